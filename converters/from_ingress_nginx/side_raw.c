/* Raw configuration that whoever serves a table can carry out: headers, and answers of its own. What it decides
 * is not decided here: verify does not compare it. */
#include "converters/from_ingress_nginx/side.h"

#include "converters/from_ingress_nginx/snippet.h"

struct reader {
	struct side *side;
	struct route_raw *raw;
};

static struct str keep(const struct reader *reader, struct str text)
{
	return str_dup(&reader->side->table->arena, text);
}

static void add(const struct reader *reader, struct route_edits *to, enum route_edit_kind kind,
		struct str name, struct str value)
{
	struct route_edit *edits = (struct route_edit *)to->at;

	ARENA_PUSH(&reader->side->table->arena, edits, to->count,
		   (struct route_edit){kind, keep(reader, name), keep(reader, value)});
	to->at = edits;
}

/* Without "always" only answers of some statuses get it. An empty value adds nothing. */
static bool add_header(const struct reader *reader, const struct snippet_directive *directive)
{
	bool always = directive->arg_count == 3 && str_is(directive->args[2], "always");

	if (directive->arg_count != 2 + (size_t)always || !route_expands(directive->args[1]))
		return false;
	if (directive->args[1].len)
		add(reader, always ? &reader->raw->response : &reader->raw->fine, ROUTE_EDIT_ADD,
		    directive->args[0], directive->args[1]);
	return true;
}

/* "Name: value"; a name alone is taken away. Options (-s, -t) choose among answers. */
static bool more_set_headers(const struct reader *reader, const struct snippet_directive *directive)
{
	for (size_t i = 0; i < directive->arg_count; i++) {
		struct str arg = directive->args[i];
		struct str name = str_trim(str_sub(arg, 0, str_find(arg, ':')));
		struct str value = str_trim(str_from_pos(arg, str_find(arg, ':') + 1));

		if (str_starts(arg, "-") || str_find(arg, ':') == SIZE_MAX || !route_expands(value))
			return false;
		add(reader, &reader->raw->response, value.len ? ROUTE_EDIT_SET : ROUTE_EDIT_REMOVE,
		    name, value);
	}
	return true;
}

static bool clear_headers(const struct reader *reader, const struct snippet_directive *directive)
{
	for (size_t i = 0; i < directive->arg_count; i++) {
		if (str_starts(directive->args[i], "-") ||
		    str_find(directive->args[i], '*') != SIZE_MAX)
			return false;
		add(reader, &reader->raw->response, ROUTE_EDIT_REMOVE, directive->args[i],
		    (struct str){0});
	}
	return true;
}

/* The template writes some of them itself; then nginx sends two. */
static bool set_header(const struct reader *reader, const struct snippet_directive *directive)
{
	static const char *const own[] = {"Host",         "Connection", "Upgrade", "Proxy",
					  "X-Request-ID", "X-Real-IP",  "X-Scheme"};

	if (directive->arg_count != 2 || !route_expands(directive->args[1]) ||
	    str_starts(directive->args[0], "X-Forwarded-") ||
	    str_starts(directive->args[0], "X-Original-"))
		return false;
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (str_is_nocase(directive->args[0], own[i]))
			return false;
	add(reader, &reader->raw->request,
	    directive->args[1].len ? ROUTE_EDIT_SET : ROUTE_EDIT_REMOVE, directive->args[0],
	    directive->args[1]);
	return true;
}

static bool redirects(int64_t status)
{
	return (status >= 301 && status <= 303) || status == 307 || status == 308;
}

/* "return 403", "return 301 URL", "return URL", "return 200 text"; the first one counts. 444 closes without a
 * word. */
static bool answer(const struct reader *reader, const struct snippet_directive *directive)
{
	struct str text = directive->arg_count == 2 ? directive->args[1] : (struct str){0};
	int64_t status;

	if (!directive->arg_count || directive->arg_count > 2)
		return false;
	if (!str_to_int(directive->args[0], &status)) {
		status = 302;
		text = directive->args[0];
	}
	if (status < 200 || status > 599 || status == 444 || !route_expands(text) ||
	    (redirects(status) && !text.len))
		return false;
	if (reader->raw->status)
		return true;
	reader->raw->status = (unsigned)status;
	reader->raw->redirects = redirects(status);
	reader->raw->text = keep(reader, text);
	return true;
}

static const struct {
	const char *name;
	bool (*read)(const struct reader *reader, const struct snippet_directive *directive);
} directives[] = {
	{"add_header", add_header},
	{"more_clear_headers", clear_headers},
	{"more_set_headers", more_set_headers},
	{"proxy_hide_header", clear_headers},
	{"proxy_set_header", set_header},
	{"return", answer},
};

static bool read_directive(const struct reader *reader, const struct snippet_directive *directive)
{
	for (size_t i = 0; !directive->block && i < sizeof directives / sizeof *directives; i++)
		if (str_is(directive->name, directives[i].name))
			return directives[i].read(reader, directive);
	return false;
}

bool side_raw_read(struct side *side, struct str text, struct route_raw *raw)
{
	struct reader reader = {side, raw};
	struct snippet_fault fault;
	struct snippet snippet;
	bool whole = true;

	if (!snippet_parse(&snippet, side->own, text, &fault))
		return false;
	for (size_t i = 0; i < snippet.count; i++)
		whole &= read_directive(&reader, &snippet.at[i]);
	return whole;
}

/* The text is taken out unless the controller allows it. */
static struct str text_of(const struct side *side, const struct nginx_ingress *owner,
			  const char *key)
{
	const struct nginx_value *value = owner ? nginx_get(owner, key) : NULL;

	if (!value || (side->nginx.config.known && !side->nginx.config.snippets_allowed))
		return (struct str){0};
	return value->pair->value;
}

const struct route_raw *side_raw(struct side *side, const struct nginx_ingress *owner,
				 const struct nginx_ingress *server_snippet)
{
	struct route_raw *raw = arena_new(&side->table->arena, struct route_raw);

	/* Those of the server come first: its rewrite phase does. */
	side_raw_read(side, text_of(side, server_snippet, "server-snippet"), raw);
	side_raw_read(side, text_of(side, owner, "configuration-snippet"), raw);
	return raw->status || raw->request.count || raw->response.count || raw->fine.count ? raw
											   : NULL;
}
