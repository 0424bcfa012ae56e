/* verify_rows.h - which finding may cover which difference: rows, and aspects cut finer than witnesses need them.
 * Private to verify_cover.c and verify_rows.c.
 */
#ifndef ROUTE_VERIFY_ROWS_H
#define ROUTE_VERIFY_ROWS_H

#include "route/verify.h"

/* In what aspects a finding of this code may make the sides differ, on which requests, and how it must have to do with
 * them. Rows are as narrow as the text of the rule: what is wider hides mistakes of the conversion. */
struct verify_row {
	const char *code;
	enum verify_scope scope;
	unsigned aspects; /* and parts of aspects, below */
	bool (*explains)(const struct verify_case *one);
	const char *field; /* the finding is about this annotation or option; NULL: about any */
	uint64_t guards;   /* features: what decides today is behind one of them; 0: or is not */
};

/* Narrow rows first: the first that explains an aspect covers it, and the first of all is the cause. */
extern const struct verify_row verify_rows[];
extern const size_t verify_row_count;

/* Predicates of rows that the covering has to know more about. */
bool verify_is_backend_missing(const struct verify_case *one);
bool verify_took_another(const struct verify_case *one);
bool verify_is_approximate(const struct verify_case *one);

/* Whether the row explains by how the request is written (letters of another case, a path that is not normal). */
bool verify_is_about_form(const struct verify_row *row);

/* Where annotations of their own stand behind an aspect, each explains its part of it only. */
enum {
	VERIFY_CONNECT = 1 << 20,
	VERIFY_READ = 1 << 21,
	VERIFY_SEND = 1 << 22,
	VERIFY_WHOLE = 1 << 23,
	VERIFY_ALLOW_ORIGIN = 1 << 24,
	VERIFY_ALLOW_METHODS = 1 << 25,
	VERIFY_MAX_AGE = 1 << 26,
	VERIFY_CREDENTIALS = 1 << 27,
	VERIFY_OTHER_CORS = 1 << 28,
	VERIFY_TIMES = VERIFY_CONNECT | VERIFY_READ | VERIFY_SEND | VERIFY_WHOLE,
	VERIFY_CORS_PARTS = VERIFY_ALLOW_ORIGIN | VERIFY_ALLOW_METHODS | VERIFY_MAX_AGE |
			    VERIFY_CREDENTIALS | VERIFY_OTHER_CORS,
};
_Static_assert((unsigned)VERIFY_CONNECT >= (unsigned)ROUTE_ASPECTS_END, "parts are no aspects");

/* The aspects of a case, those above by their parts. */
unsigned verify_parts_of(const struct verify_case *one);

/* Aspects by all of their parts, and back. */
unsigned verify_in_parts(unsigned aspects);
unsigned verify_in_whole(unsigned parts);

#endif
