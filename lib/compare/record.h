/* record.h - answers of the live side kept in a file, to compare with when it is gone.
 *
 * JSON Lines: a head, then a line for each probe with its request and two answers. A line is written in one
 * piece, so that a file that ends anywhere is readable up to its last whole line. Credentials (Authorization,
 * Cookie, Set-Cookie values, user:pw@, what the user passes with -H) are written as "REDACTED"; a probe is
 * found again by its identity, for which they do not count.
 */
#ifndef COMPARE_RECORD_H
#define COMPARE_RECORD_H

#include "base/error.h"
#include "base/source.h"
#include "compare/answer.h"
#include "compare/probe.h"

struct record_writer;

/* Creates the file; it must not exist unless `replace`. NULL with a sentence. */
struct record_writer *record_create(const char *path, bool replace, struct error *error);
/* Writes one probe. `again` may be NULL. False with a sentence when it cannot be written. */
bool record_add(struct record_writer *writer, const struct probe *probe, const struct answer *live,
		const struct answer *again, struct error *error);
/* False with a sentence when the rest cannot be written. */
bool record_close(struct record_writer *writer, struct error *error);

struct record_entry {
	struct probe probe;          /* as it was asked, without credentials */
	struct answer *live, *again; /* again: NULL when it was asked once */
};

struct record {
	struct arena arena;
	struct record_entry *at;
	size_t count;
	size_t broken;   /* lines that do not read; the last one of a run that was killed is one */
	struct str live; /* name of the side that was recorded */
};

/* Reads a recording. False with a sentence (file:line) when it is none, or of a later version. */
bool record_read(struct record *record, struct str text, const char *path, struct error *error);
void record_finish(struct record *record);

/* The entry that was recorded for this probe; NULL: none. */
const struct record_entry *record_find(const struct record *record, const struct probe *probe);

#endif
