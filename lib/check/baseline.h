/* baseline.h - a file of findings that were known before: only others count.
 *
 *     {"version": 1, "findings": [
 *       {"id":"5d1f0c9a3b7e4412","code":"I2G301","count":1,"file":"deploy/shop.yaml",
 *        "object":"Ingress web/shop","path":"metadata.annotations[...]"}]}
 *
 * A finding is known by its identity (identity.h), so that moved lines and moved files do not bring it
 * back. A path that is put in front of others moves their indices: what is then left on both sides is
 * matched by rule, object and field without index. Equal findings are counted: of three where the
 * baseline has two, one is new. Names of files are relative to the directory of the baseline.
 */
#ifndef CHECK_BASELINE_H
#define CHECK_BASELINE_H

#include "base/buf.h"
#include "base/error.h"
#include "base/map.h"
#include "check/codes.h"
#include "check/identity.h"
#include "check/verdict.h"

enum { BASELINE_COUNT_MOST = 1000000 };

struct baseline_entry {
	struct baseline_entry *next; /* private: the next one with this identity */
	struct baseline_entry
		*next_shifted; /* private: the next one that differs by indices only */
	struct str id, code, file, object, path;
	size_t count, left; /* how many there are, and how many this run has not met */
	struct span span;   /* in the file of the baseline */
	bool judged;        /* this run would have met it */
};

struct baseline {
	struct arena *arena;
	struct map by_place; /* private: identity and file -> entry */
	struct map by_id;    /* private: identity -> entries that may have something left */
	struct map shifted;  /* private: rule, object, field without index -> the same */
	struct baseline_entry **at;
	size_t count;
};

void baseline_init(struct baseline *baseline, struct arena *arena);

/* Reads a baseline. False when the source cannot be read or is none: the error says why, for people who
 * may have given the file of another tool. */
bool baseline_read(struct baseline *baseline, const struct sources *sources, uint32_t source,
		   struct error *error);

/* How near an entry has to be. */
enum baseline_match {
	BASELINE_SAME,    /* the same identity and file */
	BASELINE_MOVED,   /* the same identity */
	BASELINE_SHIFTED, /* the same rule, object and field, other indices */
};
enum { BASELINE_MATCHES = BASELINE_SHIFTED + 1 };

/* Whether the baseline still has one of this finding; `file` is its file as the baseline writes it. All
 * findings are asked for with one kind of match before the next: what stayed has the better claim. */
bool baseline_takes(struct baseline *baseline, const struct finding *finding, const char *id,
		    struct str file, enum baseline_match match);

/* ---- making one: forget, add every finding, restart ---- */

/* Empties what this run judges. */
void baseline_forget_judged(struct baseline *baseline);

/* Adds one to the entry of a finding, or a new entry. Entries that this run does not judge have their
 * old count at the least. */
void baseline_add(struct baseline *baseline, const char *id, const struct finding *finding,
		  struct str file);

/* Nothing is met yet. */
void baseline_restart(struct baseline *baseline);

/* Leaves out what this run would have met and did not; the number of findings left out. */
size_t baseline_prune(struct baseline *baseline);

/* The text of the file, sorted, one entry a line. */
void baseline_write(struct buf *buf, const struct baseline *baseline);

#endif
