/* log_line.h - the parts of a line that every access log in NCSA's form has. Private to lib/compare. */
#ifndef COMPARE_LOG_LINE_H
#define COMPARE_LOG_LINE_H

#include "base/str.h"

/* Slices of the line. */
struct log_line {
	struct str before;  /* addresses and user */
	struct str request; /* between the quotes, escapes as written */
	struct str rest;    /* status and all behind it */
};

/* False when the line has no "[time] "request"" in it. */
bool log_line_split(struct str line, struct log_line *parts);

/* Position behind the closing quote of a text that begins with one; 0: it has none. "\"" is none. */
size_t log_quoted_end(struct str text);

#endif
