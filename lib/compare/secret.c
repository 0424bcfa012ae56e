#include "compare/secret.h"

/* Sorted. The usual names of APIs and gateways that pass a credential in a header of its own. */
static const char *const headers[] = {
	"api-key",
	"apikey",
	"authorization",
	"cookie",
	"ocp-apim-subscription-key",
	"private-token",
	"proxy-authorization",
	"set-cookie",
	"x-access-token",
	"x-amz-security-token",
	"x-api-key",
	"x-auth-token",
	"x-csrf-token",
	"x-gitlab-token",
	"x-goog-api-key",
	"x-vault-token",
	"x-xsrf-token",
};

static const char *const parameters[] = {
	"access_token",
	"api_key",
	"apikey",
	"auth_token",
	"client_secret",
	"id_token",
	"password",
	"passwd",
	"refresh_token",
	"secret",
	"sig",
	"signature",
	"token",
	"x-amz-credential",
	"x-amz-security-token",
	"x-amz-signature",
	"x-goog-credential",
	"x-goog-signature",
};

static bool is_listed(const char *const *list, size_t count, struct str name)
{
	for (size_t i = 0; i < count; i++)
		if (str_is_nocase(name, list[i]))
			return true;
	return false;
}

bool secret_header(struct str name)
{
	return is_listed(headers, sizeof headers / sizeof *headers, name);
}

/* ---- values of headers ---- */

/* "name=value; name=value" of Cookie; of Set-Cookie only the first pair is one, the rest attributes. */
static struct str cookies(struct arena *arena, struct str value, bool only_first)
{
	struct str rest = value, part;
	struct buf buf;
	bool more = true;

	buf_init(&buf);
	for (size_t i = 0; str_split(&rest, ';', &more, &part); i++) {
		size_t equal = str_find(part, '=');

		if (i)
			buf_char(&buf, ';');
		if (i && only_first) {
			buf_str(&buf, part);
			continue;
		}
		if (equal != SIZE_MAX)
			buf_str(&buf, str_sub(part, 0, equal + 1));
		else if (part.len && part.at[0] == ' ')
			buf_char(&buf, ' ');
		/* A part without "=" may be all secret (RFC 6265 5.2: a value without name); an empty
		 * one is nothing. */
		if (str_trim(part).len)
			buf_text(&buf, SECRET_REDACTED);
	}
	value = str_dup(arena, buf_slice(&buf));
	buf_finish(&buf);
	return value;
}

/* Schemes of RFC 9110 11 whose name says nothing secret. */
static struct str credentials(struct arena *arena, struct str value)
{
	static const char *const schemes[] = {"Basic", "Bearer", "Digest", "Negotiate"};
	size_t blank = str_find(value, ' ');
	struct str scheme = str_sub(value, 0, blank);

	if (blank != SIZE_MAX && is_listed(schemes, sizeof schemes / sizeof *schemes, scheme))
		return STR_JOIN(arena, scheme, STR(" " SECRET_REDACTED));
	return STR(SECRET_REDACTED);
}

struct str secret_header_value(struct arena *arena, struct str name, struct str value)
{
	if (str_is_nocase(name, "location") || str_is_nocase(name, "referer"))
		return secret_target(arena, value);
	if (!value.len || !secret_header(name))
		return value;
	if (str_is_nocase(name, "cookie"))
		return cookies(arena, value, false);
	if (str_is_nocase(name, "set-cookie"))
		return cookies(arena, value, true);
	if (str_is_nocase(name, "authorization") || str_is_nocase(name, "proxy-authorization"))
		return credentials(arena, value);
	return STR(SECRET_REDACTED);
}

/* ---- targets ---- */

/* Where user and password end in "scheme://user:pw@host/..."; 0: there are none. */
static size_t userinfo_end(struct str target, size_t *from)
{
	size_t start = str_find_str(target, "://"), end, at = 0;

	if (start == SIZE_MAX || str_find(str_sub(target, 0, start), '/') != SIZE_MAX ||
	    str_find(str_sub(target, 0, start), '?') != SIZE_MAX)
		return 0;
	*from = start += 3;
	for (end = start; end < target.len && !strchr("/?#", target.at[end]); end++)
		if (target.at[end] == '@')
			at = end;
	return at;
}

static void add_query(struct buf *buf, struct str query)
{
	struct str part;
	bool more = true;

	for (size_t i = 0; str_split(&query, '&', &more, &part); i++) {
		size_t equal = str_find(part, '=');
		bool is_secret = equal != SIZE_MAX && equal + 1 < part.len &&
				 is_listed(parameters, sizeof parameters / sizeof *parameters,
					   str_sub(part, 0, equal));

		if (i)
			buf_char(buf, '&');
		buf_str(buf, is_secret ? str_sub(part, 0, equal + 1) : part);
		if (is_secret)
			buf_text(buf, SECRET_REDACTED);
	}
}

struct str secret_target(struct arena *arena, struct str target)
{
	size_t from = 0, at = userinfo_end(target, &from), mark = str_find(target, '?');
	struct str whole = target;
	struct buf buf;

	if (!at && mark == SIZE_MAX)
		return target;
	buf_init(&buf);
	if (at) {
		buf_str(&buf, str_sub(target, 0, from));
		buf_text(&buf, SECRET_REDACTED);
		target = str_from_pos(target, at);
		mark = str_find(target, '?');
	}
	buf_str(&buf, str_sub(target, 0, mark == SIZE_MAX ? target.len : mark + 1));
	if (mark != SIZE_MAX)
		add_query(&buf, str_from_pos(target, mark + 1));
	if (!str_eq(buf_slice(&buf), whole))
		whole = str_dup(arena, buf_slice(&buf));
	buf_finish(&buf);
	return whole;
}
