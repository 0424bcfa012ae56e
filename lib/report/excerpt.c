#include "report/excerpt.h"

#include "report/clean.h"
#include "report/style.h"

enum {
	TAB_STOP = 8,
	LEAST_ROOM = 20, /* cells of text that are shown however narrow the terminal is */
	DOTS = 3,
};

/* Cells [from, to) of a line. */
struct cells {
	size_t from, to;
};

/* Next code point of a line, with a tab as that many blanks. */
static struct glyph line_glyph(struct str *rest, size_t cell)
{
	if (*rest->at != '\t')
		return glyph_next(rest);

	struct glyph tab = {.text = "        "};

	tab.len = tab.cells = (unsigned char)(TAB_STOP - cell % TAB_STOP);
	*rest = str_from_pos(*rest, 1);
	return tab;
}

/* Where the code points [column, column + length) stand; returns the cells of the whole line. */
static size_t measure(struct str line, struct span span, struct cells *marked)
{
	size_t cell = 0, column = 1;

	*marked = (struct cells){SIZE_MAX, SIZE_MAX};
	for (struct str rest = line; rest.len; column++) {
		if (column == span.column)
			marked->from = cell;
		if (column == (size_t)span.column + span.length)
			marked->to = cell;
		cell += line_glyph(&rest, cell).cells;
	}
	if (column == span.column) /* a place at the end of the line */
		marked->from = cell;
	if (marked->to > cell)
		marked->to = cell;
	if (marked->from != SIZE_MAX && marked->to <= marked->from)
		marked->to = marked->from + 1;
	return cell;
}

/* The part of the line that fits into `room` cells with the marked cells in view. */
static struct cells choose_window(size_t total, struct cells marked, size_t room)
{
	struct cells window = {0, room};
	size_t end = marked.to > total ? marked.to : total; /* a place may stand behind the text */

	if (end <= room)
		return window;
	if (marked.to > room - DOTS) {
		window.from = marked.from > room / 3 ? marked.from - room / 3 : 0;
		if (window.from + room > end)
			window.from = end - room;
	}
	window.to = window.from + room;
	return window;
}

/* The text of the window; "..." stands where something was cut off. */
static void add_text(struct buf *buf, struct str line, struct cells window, size_t total)
{
	struct cells text = {window.from ? window.from + DOTS : 0,
			     window.to < total ? window.to - DOTS : window.to};
	size_t cell = 0, at = window.from;

	if (window.from) {
		buf_text(buf, "...");
		at += DOTS;
	}
	while (line.len) {
		struct glyph glyph = line_glyph(&line, cell);

		if (cell >= text.from && cell + glyph.cells <= text.to) {
			buf_fill(buf, ' ', cell - at); /* half of a wide character was cut off */
			buf_add(buf, glyph.text, glyph.len);
			at = cell + glyph.cells;
		}
		cell += glyph.cells;
	}
	if (window.to < total)
		buf_text(buf, "...");
}

static void add_gutter(struct buf *buf, const struct excerpt_options *options, uint32_t line)
{
	style_begin(buf, options->colour, STYLE_GUTTER);
	if (line)
		buf_format(buf, "%*u |", (int)options->gutter, line);
	else
		buf_format(buf, "%*s |", (int)options->gutter, "");
	style_end(buf, options->colour);
}

struct span excerpt_span(struct str line, struct span span)
{
	if (span.column != 1 || span.length)
		return span;
	while (line.len && (line.at[0] == ' ' || line.at[0] == '\t')) {
		line = str_from_pos(line, 1);
		span.column++;
	}
	for (struct str rest = str_trim(line); rest.len; span.length++)
		glyph_next(&rest);
	return span;
}

bool excerpt_add(struct buf *buf, struct str line, struct span span,
		 const struct excerpt_options *options)
{
	struct cells marked;

	span = excerpt_span(line, span);

	size_t total = measure(line, span, &marked);
	size_t used = options->gutter + 3u;
	size_t room = options->width > used + LEAST_ROOM ? options->width - used : LEAST_ROOM;

	if (line.len == 0 || marked.from == SIZE_MAX)
		return false;

	struct cells window = choose_window(total, marked, room);

	add_gutter(buf, options, 0);
	buf_char(buf, '\n');
	add_gutter(buf, options, span.line);
	buf_char(buf, ' ');
	add_text(buf, line, window, total);
	buf_char(buf, '\n');
	add_gutter(buf, options, 0);
	buf_fill(buf, ' ', 1 + marked.from - window.from);
	if (marked.to > window.to)
		marked.to = window.to;
	buf_fill(buf, '^', marked.to - marked.from);
	buf_char(buf, '\n');
	return true;
}
