/* pull.h - JSON read piece by piece (RFC 8259, strictly), for files that are mostly skipped: HAR, JSON logs,
 * recordings. Nothing is built; what is asked for is decoded into the arena. Private to lib/compare.
 *
 *   pull_object(&pull);
 *   while (pull_key(&pull, &key))
 *           if (str_is(key, "name")) name = pull_string(&pull);
 *           else pull_skip(&pull);
 *
 * After the first thing that is no JSON, or another kind than was asked for, `wrong` says why, and all
 * functions return false or empty. Strings may hold bytes that are no UTF-8. Whatever the bytes are, the work is
 * linear in them.
 */
#ifndef COMPARE_PULL_H
#define COMPARE_PULL_H

#include "base/arena.h"
#include "base/str.h"

enum { PULL_DEPTH = 64 };

enum pull_kind {
	PULL_NOTHING, /* the end, or no value */
	PULL_OBJECT,
	PULL_ARRAY,
	PULL_STRING,
	PULL_NUMBER,
	PULL_BOOL,
	PULL_NULL,
};

struct pull {
	const char *at, *end;
	struct arena *arena;
	const char *wrong; /* literal; NULL: all is well */
	unsigned depth;    /* objects and arrays that are open */
	bool first;        /* the innermost one was just opened */
};

/* Reads from the beginning of the text. Strings are slices of it where nothing in them is escaped. */
void pull_init(struct pull *pull, struct str text, struct arena *arena);

/* What comes next. */
enum pull_kind pull_kind(struct pull *pull);

/* Opens an object or array. pull_key() and pull_item() say whether there is another member, and close it
 * behind the last one. */
bool pull_object(struct pull *pull);
bool pull_key(struct pull *pull, struct str *key);
bool pull_array(struct pull *pull);
bool pull_item(struct pull *pull);

struct str pull_string(struct pull *pull);
/* As it is written. */
struct str pull_number(struct pull *pull);
/* A whole number, or the whole part of another one. */
int64_t pull_int(struct pull *pull);
bool pull_bool(struct pull *pull);

/* Goes over one value, whatever it is. */
void pull_skip(struct pull *pull);

/* Sets `wrong` unless something is wrong already. */
void pull_fail(struct pull *pull, const char *why);

/* Whether nothing but blanks is left. */
bool pull_end(struct pull *pull);

#endif
