#include "compare/fact_parts.h"

#include <stdlib.h>

#include "base/buf.h"

enum { VALUE_MOST = 64 * 1024 };

static struct str joined(struct arena *arena, const struct str *parts, size_t count,
			 const char *between)
{
	struct buf made = {.ceiling = VALUE_MOST};
	struct str text;

	for (size_t i = 0; i < count; i++) {
		buf_text(&made, i ? between : "");
		buf_str(&made, parts[i]);
	}
	text = str_dup(arena, buf_slice(&made));
	buf_finish(&made);
	return text;
}

static int by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* ---- values by their grammar ---- */

/* `a="b"` and `a = b` are one. */
static struct str without_quotes(struct arena *arena, struct str part)
{
	size_t equals = str_find(part, '=');
	struct str value;

	if (equals == SIZE_MAX)
		return part;
	value = str_trim(str_from_pos(part, equals + 1));
	if (value.len > 1 && value.at[0] == '"' && value.at[value.len - 1] == '"')
		value = str_sub(value, 1, value.len - 2);
	return STR_JOIN(arena, str_trim(str_sub(part, 0, equals)), STR("="), value);
}

/* Members in the order of the alphabet, in lower case, each once. */
static struct str members(struct arena *arena, struct str value, char separator)
{
	struct str *parts = NULL, part;
	size_t count = 0, kept = 0;
	bool more = true;

	while (str_split(&value, separator, &more, &part)) {
		part = without_quotes(arena, str_lower(arena, str_trim(part)));
		if (part.len)
			ARENA_PUSH(arena, parts, count, part);
	}
	if (count)
		qsort(parts, count, sizeof *parts, by_text);
	for (size_t i = 0; i < count; i++)
		if (!i || !str_eq(parts[i], parts[kept - 1]))
			parts[kept++] = parts[i];
	return joined(arena, parts, kept, separator == ';' ? "; " : ", ");
}

static struct str as_list(struct arena *arena, struct str value)
{
	return members(arena, value, ',');
}

static struct str as_directives(struct arena *arena, struct str value)
{
	return members(arena, value, ';');
}

/* Compression on the way makes a strong one weak. */
static struct str as_etag(struct arena *arena, struct str value)
{
	(void)arena;
	return str_starts(value, "W/") ? str_from_pos(value, 2) : value;
}

static const struct {
	const char *name;
	struct str (*normal)(struct arena *arena, struct str value);
} forms[] = {
	{"accept-ranges", as_list},
	{"access-control-allow-credentials", as_list},
	{"access-control-allow-headers", as_list},
	{"access-control-allow-methods", as_list},
	{"access-control-expose-headers", as_list},
	{"allow", as_list},
	{"cache-control", as_list},
	{"content-encoding", as_list},
	{"etag", as_etag},
	{"pragma", as_list},
	{"strict-transport-security", as_directives},
	{"vary", as_list},
};

static struct str normal_value(struct arena *arena, struct str name, struct str value)
{
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (str_is(name, forms[i].name))
			return forms[i].normal(arena, value);
	return value;
}

/* ---- headers ---- */

struct field {
	struct str name, value;
	size_t at; /* place in the answer */
};

struct fields {
	struct field *at;
	size_t count;
};

static int by_name_and_place(const void *a, const void *b)
{
	const struct field *x = a, *y = b;
	int order = str_cmp(x->name, y->name);

	return order ? order : (x->at > y->at) - (x->at < y->at);
}

/* They are compared elsewhere. */
static bool is_apart(struct str name)
{
	return str_is(name, "set-cookie") || str_is(name, "location") ||
	       str_is(name, "content-type");
}

/* Sorted; fields of one name are one list (RFC 9110 5.3). */
static struct fields fields_of(struct arena *arena, const struct answer *answer)
{
	struct fields fields = {arena_array(arena, struct field, answer->header_count + 1), 0};
	struct str *values = arena_array(arena, struct str, answer->header_count + 1);
	size_t kept = 0;

	for (size_t i = 0; i < answer->header_count; i++)
		if (!is_apart(answer->headers[i].name))
			fields.at[fields.count++] = (struct field){
				answer->headers[i].name, str_trim(answer->headers[i].value), i};
	qsort(fields.at, fields.count, sizeof *fields.at, by_name_and_place);
	for (size_t i = 0, end; i < fields.count; i = end) {
		struct field field = fields.at[i];

		for (end = i; end < fields.count && str_eq(fields.at[end].name, field.name); end++)
			values[end - i] = fields.at[end].value;
		if (end - i > 1)
			field.value = joined(arena, values, end - i, ", ");
		fields.at[kept++] = field;
	}
	fields.count = kept;
	return fields;
}

static struct str there(struct str text)
{
	return text.at ? text : STR("");
}

/* Whether the live side said it twice. */
static bool is_steady(const struct fields *again, const struct field *live)
{
	for (size_t i = 0; i < again->count; i++)
		if (str_eq(again->at[i].name, live->name))
			return str_eq(again->at[i].value, live->value);
	return false;
}

static void compare_field(struct fact_job *job, const struct field *live,
			  const struct field *candidate, const struct fields *again)
{
	struct str name = live ? live->name : candidate->name;

	if (live && candidate &&
	    (str_eq(live->value, candidate->value) ||
	     mask_same(job->arena, normal_value(job->arena, name, live->value),
		       normal_value(job->arena, name, candidate->value), is_steady(again, live))))
		return;
	fact_add(job, FACT_HEADER, name, live ? there(live->value) : (struct str){0},
		 candidate ? there(candidate->value) : (struct str){0});
}

void fact_headers(struct fact_job *job)
{
	struct fields a = fields_of(job->arena, job->live);
	struct fields b = fields_of(job->arena, job->candidate);
	struct fields again = {0};
	size_t i = 0, k = 0;

	if (job->again)
		again = fields_of(job->arena, job->again);

	while (i < a.count || k < b.count) {
		int order = i == a.count   ? 1
			    : k == b.count ? -1
					   : str_cmp(a.at[i].name, b.at[k].name);

		compare_field(job, order <= 0 ? &a.at[i] : NULL, order >= 0 ? &b.at[k] : NULL,
			      &again);
		i += order <= 0;
		k += order >= 0;
	}
}

/* ---- cookies ---- */

/* What a browser makes of the attributes (RFC 6265 5.2): the last of a name counts. */
struct attributes {
	struct str path, domain, same_site, max_age;
	bool secure, http_only, expires, past;
};

static void take_attribute(struct attributes *attributes, struct str part)
{
	size_t equals = str_find(part, '=');
	struct str name = str_trim(str_sub(part, 0, equals));
	struct str value = equals == SIZE_MAX ? STR("") : str_trim(str_from_pos(part, equals + 1));

	if (str_is_nocase(name, "path"))
		attributes->path = value;
	else if (str_is_nocase(name, "domain"))
		attributes->domain = str_from_pos(value, str_starts(value, "."));
	else if (str_is_nocase(name, "samesite"))
		attributes->same_site = value;
	else if (str_is_nocase(name, "max-age"))
		attributes->max_age = value.len ? value : STR("0");
	else if (str_is_nocase(name, "secure"))
		attributes->secure = true;
	else if (str_is_nocase(name, "httponly"))
		attributes->http_only = true;
	else if (str_is_nocase(name, "expires")) {
		attributes->expires = true;
		attributes->past = str_find_str(value, "1970") != SIZE_MAX;
	}
}

/* How long it lives is not compared, but whether it outlives the session, or is taken away. */
static const char *lifetime(const struct attributes *attributes)
{
	int64_t seconds;

	if (attributes->max_age.len)
		return str_to_int(attributes->max_age, &seconds) && seconds <= 0 ? "; deleted"
										 : "; lasting";
	if (!attributes->expires)
		return "";
	return attributes->past ? "; deleted" : "; lasting";
}

struct cookie {
	struct str name, words;
};

static struct cookie cookie_of(struct arena *arena, struct str value)
{
	struct attributes attributes = {0};
	struct str pair, part;
	bool more = true;
	struct cookie cookie;

	str_split(&value, ';', &more, &pair);
	while (str_split(&value, ';', &more, &part))
		take_attribute(&attributes, part);
	cookie.name = str_trim(str_sub(pair, 0, str_find(pair, '=')));
	cookie.words = str_format(
		arena, "path %.*s%s%.*s%s%.*s%s%s%s",
		STR_ARG(attributes.path.len ? str_sub(attributes.path, 0, FACT_TEXT) : STR("-")),
		attributes.domain.len ? "; domain " : "",
		STR_ARG(str_lower(arena, str_sub(attributes.domain, 0, FACT_TEXT))),
		attributes.same_site.len ? "; SameSite " : "",
		STR_ARG(str_lower(arena, str_sub(attributes.same_site, 0, FACT_TEXT))),
		attributes.secure ? "; Secure" : "", attributes.http_only ? "; HttpOnly" : "",
		lifetime(&attributes));
	return cookie;
}

static int by_cookie(const void *a, const void *b)
{
	const struct cookie *x = a, *y = b;
	int order = str_cmp(x->name, y->name);

	return order ? order : str_cmp(x->words, y->words);
}

struct cookies {
	struct cookie *at;
	size_t count;
};

/* Sorted; a name that is set several times is one cookie with all of their words. */
static struct cookies cookies_of(struct arena *arena, const struct answer *answer)
{
	struct cookies cookies = {0};
	struct str *words;
	size_t kept = 0;

	for (size_t i = 0; i < answer->header_count; i++)
		if (str_is(answer->headers[i].name, "set-cookie"))
			ARENA_PUSH(arena, cookies.at, cookies.count,
				   cookie_of(arena, answer->headers[i].value));
	if (cookies.count)
		qsort(cookies.at, cookies.count, sizeof *cookies.at, by_cookie);
	words = arena_array(arena, struct str, cookies.count + 1);
	for (size_t i = 0, end; i < cookies.count; i = end) {
		struct cookie cookie = cookies.at[i];

		for (end = i; end < cookies.count && str_eq(cookies.at[end].name, cookie.name);
		     end++)
			words[end - i] = cookies.at[end].words;
		if (end - i > 1)
			cookie.words = joined(arena, words, end - i, " | ");
		cookies.at[kept++] = cookie;
	}
	cookies.count = kept;
	return cookies;
}

void fact_cookies(struct fact_job *job)
{
	struct cookies a = cookies_of(job->arena, job->live);
	struct cookies b = cookies_of(job->arena, job->candidate);
	size_t i = 0, k = 0;

	while (i < a.count || k < b.count) {
		int order = i == a.count   ? 1
			    : k == b.count ? -1
					   : str_cmp(a.at[i].name, b.at[k].name);
		struct str live = order <= 0 ? a.at[i].words : (struct str){0};
		struct str candidate = order >= 0 ? b.at[k].words : (struct str){0};

		if (order || !str_eq(live, candidate))
			fact_add(job, FACT_COOKIE, order <= 0 ? a.at[i].name : b.at[k].name, live,
				 candidate);
		i += order <= 0;
		k += order >= 0;
	}
}
