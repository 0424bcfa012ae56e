#include "yaml/lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/bug.h"
#include "yaml/split.h"
#include "yaml/utf8.h"

enum { ODD_MOST = 1 << 16 };

struct line_odd {
	size_t line; /* libyaml's */
	struct line_place place;
};

/* What the bytes in front may be the start of. */
enum { NOTHING, AFTER_CR, AFTER_C2, AFTER_E2, AFTER_E2_80 };

static void note_odd(struct lines *lines)
{
	lines->line++;
	if (lines->odd_count == ODD_MOST)
		return;
	if (lines->odd_count == lines->odd_room) {
		size_t room = lines->odd_room ? 2 * lines->odd_room : 16;
		struct line_odd *more = realloc(lines->odd, room * sizeof *more);

		if (!more)
			bug_out_of_memory(room * sizeof *more);
		lines->odd = more;
		lines->odd_room = room;
	}
	lines->odd[lines->odd_count++] = (struct line_odd){lines->line, lines->here};
}

static unsigned char opened_by(unsigned char byte, unsigned char open)
{
	if (byte == 0xc2)
		return AFTER_C2;
	if (byte == 0xe2)
		return AFTER_E2;
	return open == AFTER_E2 && byte == 0x80 ? AFTER_E2_80 : NOTHING;
}

static void take_byte(struct lines *lines, unsigned char byte)
{
	unsigned char open = lines->open;

	lines->open = NOTHING;
	if (byte == '\n' && open == AFTER_CR)
		return;
	if (byte == '\n' || byte == '\r') {
		lines->line++;
		lines->here = (struct line_place){.line = lines->here.line + 1};
		lines->open = byte == '\r' ? AFTER_CR : NOTHING;
		return;
	}
	/* The first byte of a character has moved the column. */
	lines->here.column += (byte & 0xc0) != 0x80;
	if ((open == AFTER_C2 && byte == 0x85) ||
	    (open == AFTER_E2_80 && (byte == 0xa8 || byte == 0xa9)))
		note_odd(lines);
	else
		lines->open = opened_by(byte, open);
}

static bool has_byte(struct str text, int byte)
{
	return memchr(text.at, byte, text.len) != NULL;
}

/* Text without other breaks than \n, as nearly all is: true when it could be taken as a whole. */
static bool take_plain(struct lines *lines, struct str piece, size_t until)
{
	if (piece.len == 0)
		return true;
	if (lines->open != NOTHING || has_byte(piece, '\r') || has_byte(piece, 0xc2) ||
	    has_byte(piece, 0xe2))
		return false;

	uint32_t breaks = split_newlines(piece);
	size_t last = piece.len;

	if (until - lines->line <= breaks)
		return false;
	while (last > 0 && piece.at[last - 1] != '\n')
		last--;
	if (breaks)
		lines->here.column = 0;
	lines->line += breaks;
	lines->here.line += breaks;
	lines->here.column += utf8_count(piece.at + last, piece.len - last);
	return true;
}

size_t lines_take(struct lines *lines, struct str piece, size_t until)
{
	if (take_plain(lines, piece, until))
		return piece.len;
	for (size_t i = 0; i < piece.len; i++) {
		bool closes = lines->open == AFTER_CR && piece.at[i] == '\n';

		if (lines->line >= until && !closes)
			return i;
		take_byte(lines, (unsigned char)piece.at[i]);
	}
	return piece.len;
}

struct line_place lines_place(const struct lines *lines, size_t line)
{
	size_t from = 0, to = lines->odd_count;

	/* The last odd line at or in front of it. */
	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (lines->odd[middle].line <= line)
			from = middle + 1;
		else
			to = middle;
	}
	if (from == 0)
		return (struct line_place){.line = (uint32_t)line};

	const struct line_odd *odd = &lines->odd[from - 1];

	if (odd->line == line)
		return odd->place;
	return (struct line_place){.line = odd->place.line + (uint32_t)(line - odd->line)};
}

void lines_finish(struct lines *lines)
{
	free(lines->odd);
	*lines = (struct lines){0};
}
