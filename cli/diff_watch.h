/* diff_watch.h - diff --every: the same questions again and again, and what changes.
 */
#ifndef CLI_DIFF_WATCH_H
#define CLI_DIFF_WATCH_H

#include "cli/diff_run.h"
#include "cli/diff_join.h"

struct diff_watch {
	const struct diff_round *round;
	int64_t every_ms;               /* from the beginning of a round to that of the next */
	struct str admin;               /* address of the metrics; empty: there are none */
	const struct diff_shown *shown; /* files are written anew with each round */
};

/* Until SIGINT or SIGTERM. The first round is reported whole, later ones by what changed. The exit status is
 * that of the last round that ended. */
int diff_watch(struct diff_watch *watch);

#endif
