/* Variables of nginx in texts of annotations. */
#include "base/buf.h"
#include "route/guards.h"

static const struct str names[ROUTE_VARIABLES] = {
	[ROUTE_VAR_ARGS] = STR_INIT("args"),
	[ROUTE_VAR_BEST_HTTP_HOST] = STR_INIT("best_http_host"),
	[ROUTE_VAR_ESCAPED_REQUEST_URI] = STR_INIT("escaped_request_uri"),
	[ROUTE_VAR_HOST] = STR_INIT("host"),
	[ROUTE_VAR_HTTP_HOST] = STR_INIT("http_host"),
	[ROUTE_VAR_PASS_ACCESS_SCHEME] = STR_INIT("pass_access_scheme"),
	[ROUTE_VAR_QUERY_STRING] = STR_INIT("query_string"),
	[ROUTE_VAR_REMOTE_ADDR] = STR_INIT("remote_addr"),
	[ROUTE_VAR_REQUEST_METHOD] = STR_INIT("request_method"),
	[ROUTE_VAR_REQUEST_URI] = STR_INIT("request_uri"),
	[ROUTE_VAR_SCHEME] = STR_INIT("scheme"),
	[ROUTE_VAR_URI] = STR_INIT("uri"),
};

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* The name behind the "$" that `rest` begins with; *len of it with "$" and braces. */
static struct str name_at(struct str rest, size_t *len)
{
	bool brace = rest.len > 1 && rest.at[1] == '{';
	size_t from = brace ? 2 : 1, to = from;

	while (to < rest.len && is_word(rest.at[to]))
		to++;
	*len = brace && to < rest.len && rest.at[to] == '}' ? to + 1 : to;
	return str_sub(rest, from, to - from);
}

static enum route_variable find(struct str name)
{
	enum route_variable i = 0;

	while (i < ROUTE_VARIABLES && !str_eq(names[i], name))
		i++;
	return i;
}

/* Up to the next "$". */
static struct str plain_part(struct str *rest)
{
	struct str part = str_sub(*rest, 0, str_find(*rest, '$'));

	*rest = str_from_pos(*rest, part.len);
	return part;
}

bool route_expands(struct str text)
{
	size_t len;

	for (plain_part(&text); text.len; plain_part(&text)) {
		if (find(name_at(text, &len)) == ROUTE_VARIABLES)
			return false;
		text = str_from_pos(text, len);
	}
	return true;
}

struct str route_expand(struct str text, const struct str values[static ROUTE_VARIABLES],
			struct arena *arena)
{
	struct str made = plain_part(&text);
	size_t len;

	while (text.len) {
		enum route_variable variable = find(name_at(text, &len));
		struct str value = variable < ROUTE_VARIABLES ? values[variable] : (struct str){0};
		struct str plain;

		text = str_from_pos(text, len);
		plain = plain_part(&text);
		made = str_format(arena, "%.*s%.*s%.*s", STR_ARG(made), STR_ARG(value),
				  STR_ARG(plain));
	}
	return made;
}

struct str route_escape(struct str text, struct arena *arena)
{
	static const char hex[] = "0123456789ABCDEF";
	char *made = arena_bytes(arena, text.len * 3);
	size_t used = 0;

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];

		if (is_word(text.at[i]) || c == '-' || c == '.' || c == '~') {
			made[used++] = text.at[i];
			continue;
		}
		made[used++] = '%';
		made[used++] = hex[c >> 4];
		made[used++] = hex[c & 15];
	}
	return (struct str){made, used};
}
