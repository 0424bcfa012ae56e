#define _GNU_SOURCE /* memmem */

#include "check/comments.h"

#include "base/arena.h"
#include "yaml/input.h"

#define MARK "ingress2gw:"

/* BLOCK is also the longest line that is looked at; what of a line lies behind it is not. */
enum { BLOCK = 64 * 1024, COMMENTS_MOST = 10000, NEAR = 2 };

/* A comment on a line of its own, waiting for the line it is about. */
struct waiting {
	struct waiting *next;
	struct comment comment;
};

struct scan {
	uint32_t source, line;
	void (*take)(void *user, const struct comment *comment);
	void *user;
	struct arena arena;
	struct waiting *first, **last;
	unsigned taken;
	bool rest_of_line; /* the line began in the block before */
};

/* ---- one line ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Quotes begin a scalar where one can begin: not the apostrophe of "it's". */
static bool opens_scalar(struct str line, size_t at)
{
	while (at > 0 && is_blank(line.at[at - 1]))
		at--;
	return at == 0 || strchr(":,[{-?", line.at[at - 1]);
}

/* Position behind the quoted scalar that begins at `at`. */
static size_t skip_quoted(struct str line, size_t at)
{
	char quote = line.at[at++];

	for (; at < line.len; at++) {
		bool doubled = quote == '\'' && str_starts(str_from_pos(line, at), "''");

		if (doubled || (quote == '"' && line.at[at] == '\\'))
			at++;
		else if (line.at[at] == quote)
			break;
	}
	return at + 1;
}

/* Position of the # that begins the comment of a line; SIZE_MAX without one. */
static size_t comment_start(struct str line)
{
	for (size_t i = 0; i < line.len; i++) {
		char c = line.at[i];

		if (c == '#' && (i == 0 || is_blank(line.at[i - 1])))
			return i;
		if ((c == '"' || c == '\'') && opens_scalar(line, i))
			i = skip_quoted(line, i) - 1;
	}
	return SIZE_MAX;
}

static struct str skip_blanks(struct str text)
{
	while (text.len && is_blank(text.at[0]))
		text = str_from_pos(text, 1);
	return text;
}

static uint32_t code_points(struct str text)
{
	uint32_t count = 0;

	for (size_t i = 0; i < text.len; i++)
		count += ((unsigned char)text.at[i] & 0xc0) != 0x80;
	return count;
}

static bool means_ignore(struct str verb)
{
	static const char *const slips[] = {"allow", "disable", "noqa", "skip", "suppress"};

	for (size_t i = 0; i < sizeof slips / sizeof *slips; i++)
		if (str_is_nocase(verb, slips[i]))
			return true;
	return str_distance(verb, STR("ignore"), NEAR) <= NEAR;
}

/* Fills in everything but the line it is about. False when this is no comment for us. */
static bool read_comment(const struct scan *scan, struct str line, size_t at,
			 struct comment *comment)
{
	struct str text = skip_blanks(str_from_pos(line, at + 1));
	size_t end = 0;

	if (!str_starts(text, MARK))
		return false;
	text = skip_blanks(str_from_pos(text, strlen(MARK)));
	while (end < text.len && !is_blank(text.at[end]))
		end++;
	*comment = (struct comment){
		.verb = str_sub(text, 0, end),
		.text = str_trim(str_from_pos(text, end)),
		.span = {scan->source, scan->line, code_points(str_sub(line, 0, at)) + 1,
			 code_points(str_trim(str_from_pos(line, at)))},
	};
	return means_ignore(comment->verb);
}

static void give(struct scan *scan, struct comment comment, uint32_t line)
{
	comment.line = line;
	if (scan->taken++ < COMMENTS_MOST)
		scan->take(scan->user, &comment);
}

static void keep_waiting(struct scan *scan, const struct comment *comment)
{
	struct waiting *waiting = arena_new(&scan->arena, struct waiting);

	waiting->comment = *comment;
	waiting->comment.verb = str_dup(&scan->arena, comment->verb);
	waiting->comment.text = str_dup(&scan->arena, comment->text);
	*scan->last = waiting;
	scan->last = &waiting->next;
}

static void give_waiting(struct scan *scan, uint32_t line)
{
	for (const struct waiting *at = scan->first; at; at = at->next)
		give(scan, at->comment, line);
	scan->first = NULL;
	scan->last = &scan->first;
}

static void take_line(struct scan *scan, struct str line)
{
	struct str text = str_trim(line);
	struct comment comment;
	size_t at;

	scan->line++;
	if (!text.len)
		return;
	if (text.at[0] != '#' && scan->first)
		give_waiting(scan, scan->line);
	if (str_find_str(text, MARK) == SIZE_MAX)
		return;
	at = comment_start(line);
	if (at == SIZE_MAX || !read_comment(scan, line, at, &comment))
		return;
	if (text.at[0] == '#')
		keep_waiting(scan, &comment);
	else
		give(scan, comment, scan->line);
}

/* ---- all lines ---- */

/* Takes the whole lines of a block, and an incomplete one when it fills the block or the text ends.
 * Returns how many bytes were taken. */
static size_t take_lines(struct scan *scan, struct str block, bool end)
{
	size_t at = 0;

	while (at < block.len) {
		struct str rest = str_from_pos(block, at);
		size_t len = str_find(rest, '\n');
		bool cut = len == SIZE_MAX;

		if (cut && !end && rest.len < BLOCK)
			break;
		if (!scan->rest_of_line)
			take_line(scan, str_sub(rest, 0, cut ? rest.len : len));
		scan->rest_of_line = cut;
		at += cut ? rest.len : len + 1;
	}
	return at;
}

static bool scan_lines(struct scan *scan, const struct input *input, struct error *error)
{
	char *block = arena_bytes(&scan->arena, BLOCK);
	size_t held = 0;
	uint64_t offset = 0;
	ssize_t got;

	do {
		got = input_read(input, offset, block + held, BLOCK - held, error);
		if (got < 0)
			return false;
		offset += (uint64_t)got;
		held += (size_t)got;

		size_t used = take_lines(scan, (struct str){block, held}, got == 0);

		memmove(block, block + used, held - used);
		held -= used;
	} while (got > 0);
	give_waiting(scan, 0);
	return true;
}

/* Most files have no such comment, and many none at all: a search for its beginning is all they cost. */
static bool has_mark(struct scan *scan, const struct input *input, bool *found, struct error *error)
{
	const size_t overlap = strlen(MARK) - 1;
	struct arena_mark start = arena_mark(&scan->arena);
	char *block = arena_bytes(&scan->arena, BLOCK);
	uint64_t offset = 0;
	bool comments = false;
	ssize_t got;

	*found = false;
	do {
		got = input_read(input, offset, block, BLOCK, error);
		if (got > 0) {
			comments = comments || memchr(block, '#', (size_t)got);
			*found = comments && memmem(block, (size_t)got, MARK, strlen(MARK));
		}
		offset += got > 0 ? (uint64_t)got - overlap : 0;
	} while (!*found && got == BLOCK);
	arena_rewind(&scan->arena, start);
	return got >= 0;
}

bool comments_scan(const struct sources *sources, uint32_t source,
		   void (*take)(void *user, const struct comment *comment), void *user,
		   struct error *error)
{
	struct scan scan = {.source = source, .take = take, .user = user};
	struct input input;
	bool found, ok;

	if (!input_open(&input, &sources->at[source], error))
		return false;
	arena_init(&scan.arena);
	scan.last = &scan.first;
	ok = has_mark(&scan, &input, &found, error);
	if (ok && found)
		ok = scan_lines(&scan, &input, error);
	arena_finish(&scan.arena);
	input_close(&input);
	return ok;
}
