/* clean.h - other people's text on a terminal.
 *
 * Input may hold control bytes, escape sequences, invalid UTF-8 and characters that turn the
 * writing direction; shown as they are, they could hide or forge parts of a report. They are
 * escaped.
 */
#ifndef REPORT_CLEAN_H
#define REPORT_CLEAN_H

#include "base/buf.h"

/* One code point as it is shown. */
struct glyph {
	char text[12]; /* not NUL-terminated */
	unsigned char len;
	unsigned char
		cells; /* columns it takes on a terminal: 0 for combining marks, 2 for wide ones */
};

/* Takes one code point (or one byte that is not UTF-8) off the front of *rest, which must not be
 * empty. Escapes look like \t, \x1b and \u202e. */
struct glyph glyph_next(struct str *rest);

/* Appends the text with everything dangerous escaped; the result is one line. */
void clean_add(struct buf *buf, struct str text);

#endif
