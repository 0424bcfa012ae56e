#include "route/witness.h"

/* What samples of patterns bring along: slashes that every side merges or not. */
static struct str merged(struct witness_paths *paths, struct str text)
{
	char *out = arena_bytes(paths->arena, text.len);
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] != '/' || !len || out[len - 1] != '/')
			out[len++] = text.at[i];
	return (struct str){out, len};
}

void witness_path_add(struct witness_paths *paths, struct str text, struct str plain,
		      unsigned twist)
{
	void **place;

	if (!text.len || text.at[0] != '/')
		return;
	if (!(twist & WITNESS_NORMAL) && str_find_str(text, "//") != SIZE_MAX) {
		twist |= WITNESS_NORMAL;
		plain = merged(paths, plain.len ? plain : text);
	}
	place = map_at(&paths->seen, text);
	if (*place)
		return;
	*place = (void *)text.at;
	ARENA_PUSH(paths->arena, paths->at, paths->count,
		   (struct witness_path){text, plain, twist});
}

static void add(struct witness_paths *paths, struct str text)
{
	witness_path_add(paths, text, (struct str){0}, 0);
}

static struct str joined(struct witness_paths *paths, struct str text, const char *tail)
{
	return str_format(paths->arena, "%.*s%s", STR_ARG(text), tail);
}

/* ---- one literal ---- */

/* The digits of an escape stay: they are another form of the same path, and not of another. */
static struct str other_case(struct witness_paths *paths, struct str text)
{
	struct str other = str_dup(paths->arena, text);
	char *at = (char *)other.at;

	for (size_t i = 0; i < other.len; i++)
		if (at[i] == '%')
			i += 2;
		else if ((at[i] >= 'a' && at[i] <= 'z') || (at[i] >= 'A' && at[i] <= 'Z'))
			at[i] = (char)(at[i] ^ 0x20);
	return other;
}

/* "/a b" is what nginx decodes; on the request line it stands escaped. */
static struct str on_the_line(struct witness_paths *paths, struct str text)
{
	return route_percent(text, "\"#<>?[\\]^`{|}", paths->arena);
}

/* The last letter of the path, escaped. */
static struct str escaped_letter(struct witness_paths *paths, struct str text)
{
	size_t at = text.len;

	while (at && !((text.at[at - 1] | 0x20) >= 'a' && (text.at[at - 1] | 0x20) <= 'z'))
		at--;
	if (!at || (at > 2 && (text.at[at - 2] == '%' || text.at[at - 3] == '%')))
		return (struct str){0};
	return str_format(paths->arena, "%.*s%%%02X%.*s", (int)(at - 1), text.at,
			  (unsigned char)text.at[at - 1], STR_ARG(str_from_pos(text, at)));
}

static void add_twists(struct witness_paths *paths, struct str text)
{
	struct str other = other_case(paths, text);
	struct str below = joined(paths, text, str_ends(text, "/") ? "x" : "/x");

	if (!str_eq(other, text))
		witness_path_add(paths, other, text, WITNESS_CASE);
	witness_path_add(paths, str_format(paths->arena, "/%.*s", STR_ARG(text)), text,
			 WITNESS_NORMAL);
	witness_path_add(paths, str_format(paths->arena, "/.%.*s", STR_ARG(text)), text,
			 WITNESS_NORMAL);
	witness_path_add(paths, joined(paths, below, "/../x"), below, WITNESS_NORMAL);
	witness_path_add(paths, escaped_letter(paths, text), text, WITNESS_NORMAL);
	witness_path_add(paths, joined(paths, text, "%2Fx"), below, WITNESS_NORMAL);
}

/* The literal itself, each side of its element boundary, and what goes on without one. */
static void add_literal(struct witness_paths *paths, struct str literal)
{
	struct str text = on_the_line(paths, literal);
	struct str bare = str_sub(text, 0, text.len - (text.len > 1 && str_ends(text, "/")));

	add(paths, text);
	add(paths, bare);
	add(paths, joined(paths, bare, "/"));
	add(paths, joined(paths, bare, str_is(bare, "/") ? "x" : "/x"));
	add(paths, joined(paths, bare, str_is(bare, "/") ? "x/" : "/x/"));
	add(paths, joined(paths, bare, "x"));
	add(paths, joined(paths, bare, ";v=1"));
	add_twists(paths, text);
}

struct str witness_path_of(struct arena *arena, const struct route_term *term)
{
	struct witness_paths paths = {.arena = arena, .random = 1};

	if (term->path_kind != ROUTE_PATH_REGEX && !str_starts(term->path, "/"))
		return STR("/");
	if (term->path_kind != ROUTE_PATH_REGEX)
		return on_the_line(&paths, term->path);
	map_init(&paths.seen, arena);
	witness_sample(&paths, term->path);
	return paths.count ? paths.at[0].text : STR("/");
}

/* ---- all of a host ---- */

void witness_find_paths(struct witness_paths *paths, const struct witness_host *host)
{
	add(paths, STR("/"));
	add(paths, STR("/unknown"));
	for (size_t i = 0; i < host->term_count; i++) {
		const struct route_term *term = host->terms[i];

		if (!term->path.len)
			continue;
		if (term->path_kind != ROUTE_PATH_REGEX) {
			add_literal(paths, term->path);
			continue;
		}
		paths->patterns++;
		witness_sample(paths, term->path);
	}
}
