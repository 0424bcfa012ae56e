/* What nginx makes of a request target: ngx_http_parse_complex_uri() with merge_slashes on, and
 * ngx_escape_uri(NGX_ESCAPE_URI). */
#include "route/ngx.h"

enum state { USUAL, SLASH, DOT, DOT_DOT };

struct reader {
	struct str in;
	size_t at;
	char *out;
	size_t len;
	enum state state;
	bool bad;
};

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The next character, escapes decoded. *plain: it came out of an escape and cannot end the path. */
static char next(struct reader *reader, bool *plain)
{
	char c = reader->in.at[reader->at++];

	*plain = false;
	if (c != '%')
		return c;

	int high = reader->at + 1 < reader->in.len ? hex(reader->in.at[reader->at]) : -1;
	int low = high < 0 ? -1 : hex(reader->in.at[reader->at + 1]);

	reader->at += 2;
	reader->bad |= low < 0 || (high == 0 && low == 0);
	c = (char)(high * 16 + low);
	*plain = c == '%' || c == '#' || c == '?';
	return c;
}

/* Drops the last segment and the dots behind it. */
static void up(struct reader *reader, size_t dots)
{
	if (reader->len < dots + 2) {
		reader->bad = true;
		return;
	}
	reader->len -= dots + 1;
	while (reader->len && reader->out[reader->len - 1] != '/')
		reader->len--;
	reader->bad |= !reader->len;
}

static void put(struct reader *reader, char c, enum state state)
{
	reader->out[reader->len++] = c;
	reader->state = state;
}

static void slash(struct reader *reader)
{
	if (reader->state == USUAL)
		put(reader, '/', SLASH);
	else if (reader->state == DOT)
		reader->len--;
	else if (reader->state == DOT_DOT)
		up(reader, 2);
	reader->state = SLASH;
}

static void step(struct reader *reader, char c, bool plain)
{
	if (plain)
		put(reader, c, USUAL);
	else if (c == '/')
		slash(reader);
	else if (c == '.' && reader->state == SLASH)
		put(reader, c, DOT);
	else if (c == '.' && reader->state == DOT)
		put(reader, c, DOT_DOT);
	else
		put(reader, c, USUAL);
}

static void finish(struct reader *reader)
{
	if (reader->state == DOT)
		reader->len--;
	else if (reader->state == DOT_DOT)
		up(reader, 2);
}

static bool has_control(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.at[i] <= ' ' || text.at[i] == 0x7f)
			return true;
	return false;
}

bool ngx_uri_parse(struct ngx_uri *uri, struct str target, struct arena *arena)
{
	struct route_target parts = route_target(target);
	struct reader reader = {.in = parts.path, .out = arena_bytes(arena, parts.path.len + 1)};
	size_t end = str_find(parts.path, '#');
	bool plain;

	*uri = (struct ngx_uri){.query = parts.query, .has_query = parts.has_query};
	if (!parts.path.len || parts.path.at[0] != '/' || has_control(target))
		return false;
	reader.in = str_sub(parts.path, 0, end);
	if (end != SIZE_MAX)
		uri->has_query = false;
	while (reader.at < reader.in.len && !reader.bad) {
		char c = next(&reader, &plain);

		step(&reader, c, plain);
	}
	finish(&reader);
	if (!reader.bad)
		uri->path = (struct str){reader.out, reader.len};
	uri->query = uri->has_query ? str_sub(uri->query, 0, str_find(uri->query, '#'))
				    : (struct str){0};
	return !reader.bad;
}

/* Signs that ngx_escape_uri() writes as an escape. */
struct str ngx_uri_escape(struct str path, struct arena *arena)
{
	return route_percent(path, "\"#%<>?\\^`{|}", arena);
}

struct str ngx_args_escape(struct str text, struct arena *arena)
{
	return route_percent(text, "\"#%&+;<>?\\^`{|}", arena);
}
