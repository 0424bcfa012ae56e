/* diff_join.h - results of diff as files: written, and joined from shards.
 */
#ifndef CLI_DIFF_JOIN_H
#define CLI_DIFF_JOIN_H

#include "cli/cli.h"
#include "cli/outputs.h"
#include "compare/diff.h"

/* What is shown of a run, and to whom. */
struct diff_shown {
	const struct sources *sources;     /* of its spans; may be NULL */
	const struct route_header *hidden; /* values that no report may repeat */
	size_t hidden_count;
	const struct outputs *outputs;
	struct cli *cli;
	bool quiet; /* which files are written is not said */
};

/* Writes a run in every format that is asked for. False after a message. */
bool diff_write(const struct diff_run *run, const struct diff_shown *shown);

/* diff --merge: the arguments are JSON results of all shards of one run. The exit status. */
int diff_join(struct cli *cli, const struct outputs *outputs);

#endif
