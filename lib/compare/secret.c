#include "compare/secret.h"

/* A name is that of a credential when it is one of these, or has such a word (below). */
static const char *const headers[] = {
	"apikey", "authorization", "cookie", "proxy-authorization", "set-cookie",
};

static const char *const parameters[] = {
	"apikey", "code",         "jwt", "key", "otp",       "passwd", "password",
	"pwd",    "samlresponse", "sid", "sig", "sessionid", "ticket", "signature",
};

/* Of names in words: "X-Forwarded-Access-Token", "client_secret". */
static const char *const words[] = {
	"auth",     "credential", "credentials", "jwt",       "passwd",
	"password", "secret",     "session",     "signature", "token",
};

/* A "key" is one of a cache or a table, too, unless such a word stands with it. */
static const char *const key_words[] = {
	"access", "account", "api",    "app",     "client",       "functions",
	"goog",   "license", "master", "private", "subscription",
};

static bool is_listed(const char *const *list, size_t count, struct str name)
{
	for (size_t i = 0; i < count; i++)
		if (str_is_nocase(name, list[i]))
			return true;
	return false;
}

#define LISTED(list, name) is_listed(list, sizeof(list) / sizeof *(list), name)

static bool has_secret_word(struct str name)
{
	bool key = false, of_key = false;

	for (size_t at = 0, end; at < name.len; at = end + 1) {
		struct str word;

		for (end = at; end < name.len && !strchr("-_.", name.at[end]); end++)
			;
		word = str_sub(name, at, end - at);
		if (LISTED(words, word))
			return true;
		key |= str_is_nocase(word, "key");
		of_key |= LISTED(key_words, word);
	}
	return key && of_key;
}

bool secret_header(struct str name)
{
	return LISTED(headers, name) || has_secret_word(name);
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

static bool is_parameter(struct str name)
{
	return LISTED(parameters, name) || has_secret_word(name);
}

static bool begins_parameter(char c)
{
	return c == '?' || c == '#' || c == '&' || c == ';';
}

/* "name=value" and more behind it; a fragment is one more place for them (RFC 6749 4.2.2). */
static void query_parts(struct str query, void (*take)(void *user, struct str part), void *user)
{
	for (size_t at = 0; at < query.len;) {
		size_t equal = at, end;

		while (equal < query.len && query.at[equal] != '=' &&
		       !begins_parameter(query.at[equal]))
			equal++;
		if (equal == query.len || query.at[equal] != '=') {
			at = equal + 1;
			continue;
		}
		/* A "#" in a request is no fragment: one that was sent was data. */
		for (end = equal + 1; end < query.len && query.at[end] != '&';)
			end++;
		if (end > equal + 1 && is_parameter(str_sub(query, at, equal - at)))
			take(user, str_sub(query, equal + 1, end - equal - 1));
		else
			for (end = equal + 1; end < query.len && !begins_parameter(query.at[end]);)
				end++;
		at = end + 1;
	}
}

void secret_parts(struct str target, void (*take)(void *user, struct str part), void *user)
{
	size_t from = 0, at = userinfo_end(target, &from), mark = at;

	if (at)
		take(user, str_sub(target, from, at - from));
	while (mark < target.len && target.at[mark] != '?' && target.at[mark] != '#')
		mark++;
	query_parts(str_from_pos(target, mark < target.len ? mark + 1 : mark), take, user);
}

/* ---- bodies ---- */

/* Where the string ends whose text begins at `at`: at its quote, or with the text. */
static size_t string_end(struct str json, size_t at)
{
	while (at < json.len && json.at[at] != '"')
		at += json.at[at] == '\\' ? 2 : 1;
	return at < json.len ? at : json.len;
}

static size_t skip_blank(struct str text, size_t at)
{
	while (at < text.len && strchr(" \t\r\n", text.at[at]) && text.at[at])
		at++;
	return at;
}

/* A string behind the name of a credential. What reads it does not matter, so this need not be all of JSON. */
static void json_parts(struct str json, void (*take)(void *user, struct str part), void *user)
{
	for (size_t at = 0; at < json.len; at++) {
		size_t end, colon, value;

		if (json.at[at] != '"')
			continue;
		end = string_end(json, at + 1);
		colon = skip_blank(json, end + 1);
		value = skip_blank(json, colon + 1) + 1;
		if (value > json.len || json.at[colon] != ':' || json.at[value - 1] != '"' ||
		    !is_parameter(str_sub(json, at + 1, end - at - 1))) {
			at = end;
			continue;
		}
		at = string_end(json, value);
		if (at > value)
			take(user, str_sub(json, value, at - value));
	}
}

void secret_form_parts(struct str body, void (*take)(void *user, struct str part), void *user)
{
	size_t from = skip_blank(body, 0);

	if (from < body.len && (body.at[from] == '{' || body.at[from] == '['))
		json_parts(body, take, user);
	else
		query_parts(body, take, user);
}

/* ---- texts without them ---- */

struct redacted {
	struct str text;
	struct buf made;
	size_t kept; /* bytes of the text that were gone past */
};

static void redact(void *user, struct str part)
{
	struct redacted *redacted = user;
	size_t at = (size_t)(part.at - redacted->text.at);

	if (str_is(part, SECRET_REDACTED))
		return;
	buf_add(&redacted->made, redacted->text.at + redacted->kept, at - redacted->kept);
	buf_text(&redacted->made, SECRET_REDACTED);
	redacted->kept = at + part.len;
}

static struct str end_redacting(struct arena *arena, struct redacted *redacted)
{
	struct str text = redacted->text;

	if (redacted->kept) {
		buf_str(&redacted->made, str_from_pos(text, redacted->kept));
		text = str_dup(arena, buf_slice(&redacted->made));
	}
	buf_finish(&redacted->made);
	return text;
}

struct str secret_target(struct arena *arena, struct str target)
{
	struct redacted redacted = {.text = target};

	secret_parts(target, redact, &redacted);
	return end_redacting(arena, &redacted);
}

struct str secret_body(struct arena *arena, struct str body)
{
	struct redacted redacted = {.text = body};

	secret_form_parts(body, redact, &redacted);
	return end_redacting(arena, &redacted);
}
