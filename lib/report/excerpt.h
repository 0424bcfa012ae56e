/* excerpt.h - the source line of a finding with a caret under the span.
 */
#ifndef REPORT_EXCERPT_H
#define REPORT_EXCERPT_H

#include "base/buf.h"
#include "base/source.h"

struct excerpt_options {
	unsigned gutter; /* columns of the line number */
	unsigned width;  /* columns of the terminal; the line is cut around the span to fit */
	bool colour;
};

/* Appends
 *      |
 *    9 |     nginx.ingress.kubernetes.io/auth-url: https://auth.example.com/verify
 *      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
 * Tabs become blanks, so that the caret stands under the span. False, with nothing written, when
 * the line cannot be shown: `line` empty, or the span outside of it. */
bool excerpt_add(struct buf *buf, struct str line, struct span span,
		 const struct excerpt_options *options);

/* A span that knows its line only (column 1, no length) means the text of that line; others stay. */
struct span excerpt_span(struct str line, struct span span);

#endif
