/* term.h - what a stream can show.
 */
#ifndef CLI_TERM_H
#define CLI_TERM_H

#include <stdbool.h>

struct term {
	int fd;
	bool is_terminal;
	bool colour;
	unsigned width; /* columns of the terminal or COLUMNS; 100 when neither says */
};

enum term_colour { TERM_COLOUR_AUTO, TERM_COLOUR_ALWAYS, TERM_COLOUR_NEVER };

/* Colour is decided by the first of these that says something: `when`, INGRESS2GW_COLOR (auto,
 * always, never), NO_COLOR (not empty: never), CLICOLOR_FORCE and FORCE_COLOR (not empty, not 0:
 * always), TERM=dumb (never), and whether the stream is a terminal. */
void term_init(struct term *term, int fd, enum term_colour when);

#endif
