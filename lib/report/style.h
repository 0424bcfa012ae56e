/* style.h - the few colours of text reports: red error, yellow warning, blue info, bold place, dim
 * gutter.
 */
#ifndef REPORT_STYLE_H
#define REPORT_STYLE_H

#include "base/buf.h"
#include "check/rules.h"

enum style {
	STYLE_INFO, /* as enum severity: STYLE_INFO + severity */
	STYLE_WARNING,
	STYLE_ERROR,
	STYLE_PLACE,
	STYLE_GUTTER,
};

/* Begin and end of a styled piece; nothing is written when `colour` is false. */
void style_begin(struct buf *buf, bool colour, enum style style);
void style_end(struct buf *buf, bool colour);

#endif
