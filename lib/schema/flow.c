/* The rows of the tables: flow style YAML as scripts/gen-schema writes it, and nothing else. Most runs need
 * some dozen of them before their first object, so a reader that knows what is coming is worth its lines;
 * a test puts the rows together with a YAML reader, too. */
#include "base/bug.h"
#include "base/buf.h"
#include "schema/tables.h"
#include "yaml/scalar.h"

struct reader {
	struct arena *arena;
	const char *at;
};

static struct node *read_value(struct reader *r);

static void expect(struct reader *r, char c)
{
	if (*r->at != c)
		BUG("the schema tables have no '%c' at: %.40s", c, r->at);
	r->at++;
}

/* Whether another part follows: parts are separated by ", ". */
static bool goes_on(struct reader *r, char end, bool first)
{
	if (*r->at == end) {
		r->at++;
		return false;
	}
	if (!first) {
		expect(r, ',');
		expect(r, ' ');
	}
	return true;
}

/* The quote itself is written twice. */
static struct str read_single(struct reader *r)
{
	char *text = arena_bytes(r->arena, strlen(r->at) + 1);
	size_t len = 0;

	for (r->at++; *r->at && (r->at[0] != '\'' || r->at[1] == '\''); r->at++) {
		r->at += *r->at == '\'';
		text[len++] = *r->at;
	}
	expect(r, '\'');
	return (struct str){text, len};
}

/* Escaped are the line break, the quote and the backslash. */
static struct str read_double(struct reader *r)
{
	char *text = arena_bytes(r->arena, strlen(r->at) + 1);
	size_t len = 0;

	for (r->at++; *r->at && *r->at != '"'; r->at++) {
		bool escaped = *r->at == '\\';

		r->at += escaped;
		text[len++] = escaped && *r->at == 'n' ? '\n' : *r->at;
	}
	expect(r, '"');
	return (struct str){text, len};
}

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '-' && c <= '9') ||
	       c == '_' || c == '$' || c == '+';
}

static struct str read_plain(struct reader *r)
{
	struct str text = {r->at, 0};

	while (is_plain(*r->at))
		r->at++;
	text.len = (size_t)(r->at - text.at);
	if (!text.len)
		BUG("the schema tables have no value at: %.40s", r->at);
	return text;
}

static struct node *read_scalar(struct reader *r)
{
	char quote = *r->at;
	struct str text = quote == '\''  ? read_single(r)
			  : quote == '"' ? read_double(r)
					 : read_plain(r);
	struct node *node = node_string_new(r->arena, text);

	if (quote != '\'' && quote != '"')
		node->kind = (uint8_t)scalar_kind(text);
	return node;
}

static struct node *read_map(struct reader *r)
{
	struct node *map = node_map_new(r->arena);

	expect(r, '{');
	for (bool first = true; goes_on(r, '}', first); first = false) {
		struct str key = read_scalar(r)->text;

		expect(r, ':');
		expect(r, ' ');
		node_set_str(r->arena, map, key, read_value(r));
	}
	return map;
}

static struct node *read_list(struct reader *r)
{
	struct node *list = node_list_new(r->arena);

	expect(r, '[');
	for (bool first = true; goes_on(r, ']', first); first = false)
		node_push(list, read_value(r));
	return list;
}

static struct node *read_value(struct reader *r)
{
	return *r->at == '{' ? read_map(r) : *r->at == '[' ? read_list(r) : read_scalar(r);
}

struct node *schema_flow_read(struct arena *arena, const char *text)
{
	struct reader reader = {arena, text};
	struct node *node = read_value(&reader);

	if (*reader.at)
		BUG("the schema tables have more than a value at: %.40s", reader.at);
	return node;
}
