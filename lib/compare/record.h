/* record.h - answers of the live side kept in a file, to compare with when it is gone.
 *
 * JSON Lines: a head, then a line for each probe with its request and two answers; docs/diff-formats.md has
 * the fields. A line is written in one piece, so that a file that ends anywhere is readable up to its last
 * whole line. Credentials (Authorization, Cookie, Set-Cookie values, user:pw@, what the user passes with -H)
 * are written as "REDACTED"; a probe is found again by its identity, for which they do not count.
 */
#ifndef COMPARE_RECORD_H
#define COMPARE_RECORD_H

#include "base/error.h"
#include "base/map.h"
#include "base/source.h"
#include "compare/answer.h"
#include "compare/probe.h"

enum { RECORD_VERSION = 1 }; /* later ones are not read */

struct record_options {
	struct str live;                    /* name of the side that is recorded */
	const struct route_header *headers; /* that the user sends with each request (-H): their
	                                       values are credentials */
	size_t header_count;
	bool replace; /* the file may exist */
};

struct record_writer;

/* Creates the file, which only its owner may read. The options must live as long as the writer. NULL with a
 * sentence. */
struct record_writer *record_create(const char *path, const struct record_options *options,
				    struct error *error);
/* Writes one probe; once for each of its draws. `again` may be NULL. False with a sentence when it cannot be
 * written. */
bool record_add(struct record_writer *writer, const struct probe *probe, const struct answer *live,
		const struct answer *again, struct error *error);
/* Frees the writer. False with a sentence when what was written did not reach the file. */
bool record_close(struct record_writer *writer, struct error *error);

/* The answer as a recording holds it: credentials of the probe and of the user's headers do not stand in it,
 * wherever a backend repeats them. Who compares with a recording shows the candidate's answer through this
 * first; then both sides have "REDACTED" in the same places. In the arena. */
const struct answer *record_answer(struct arena *arena, const struct record_options *options,
				   const struct probe *probe, const struct answer *answer);

struct record_entry {
	struct probe probe;              /* as it was asked, without credentials */
	struct answer *live, *again;     /* again: NULL when it was asked once */
	const struct record_entry *next; /* of the same probe: its next draw; NULL: none */
	bool first;                      /* of its probe: no other entry has it as `next` */
};

struct record {
	struct arena arena;
	struct record_entry *at;
	size_t count;
	size_t broken;   /* lines that do not read, but for the last one of a run that was killed */
	struct str live; /* name of the side that was recorded */

	struct map known; /* private: identity -> first entry */
};

/* Reads a recording; the text is copied. False with a sentence (file:line) when it is none, or of a later
 * version. Finish in any case. */
bool record_read(struct record *record, struct str text, const char *path, struct error *error);
void record_finish(struct record *record);

/* The first entry that was recorded for this probe; NULL: none. */
const struct record_entry *record_find(const struct record *record, const struct probe *probe);

/* ---- private to record*.c ---- */

/* Names of enum answer_failure in the file; NULL behind them. */
extern const char *const record_failures[];

#endif
