/* lines.h - lines as an editor shows them, from lines as libyaml counts them.
 *
 * For libyaml (YAML 1.1) NEL, LS and PS end a line. For editors, YAML 1.2 and our findings only \n, \r\n
 * and a lone \r do.
 */
#ifndef YAML_LINES_H
#define YAML_LINES_H

#include "base/str.h"

/* A place in a text as editors count: both from 0, columns in code points. */
struct line_place {
	uint32_t line, column;
};

/* What is known of a text that comes in pieces. Zero is the start of a text. */
struct lines {
	size_t line;            /* libyaml's number of the line that was reached, from 0 */
	struct line_place here; /* what was reached, for an editor */

	/* Private. */
	struct line_odd *odd; /* lines of libyaml's that begin in the middle of one */
	size_t odd_count, odd_room;
	unsigned char open; /* the start of a break that the next byte may complete */
};

/* Takes the next piece of the text. Bytes taken: all of them, or those in front of libyaml's line
 * `until` if that begins in the piece. Line SIZE_MAX never begins. */
size_t lines_take(struct lines *lines, struct str piece, size_t until);

/* Where libyaml's line `line` begins. Only the first 65,536 breaks that editors do not see are known:
 * behind them lines are too high. */
struct line_place lines_place(const struct lines *lines, size_t line);

void lines_finish(struct lines *lines);

#endif
