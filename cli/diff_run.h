/* diff_run.h - one round of diff: probes are asked, answers are judged, recorded, and named by the controller's log.
 */
#ifndef CLI_DIFF_RUN_H
#define CLI_DIFF_RUN_H

#include "cli/cli.h"
#include "compare/ask.h"
#include "compare/diff.h"
#include "compare/record.h"
#include "compare/requests.h"

struct diff_round {
	const struct cli *cli;
	const struct probes *probes;
	const struct diff_models *models;
	struct ask_options *ask; /* take, go_on and user are set here */
	struct ignore *ignore;
	struct record_writer *record;    /* NULL: nothing is recorded */
	const struct record *replay;     /* NULL: the live side is asked */
	const struct diff_run *earlier;  /* of the same sides; NULL: none */
	bool shorten;                    /* examples are asked again with less in them */
	int live_log;                    /* descriptor of the controller's access log; -1: none */
	const struct kube_set *services; /* that names in the log stand for */
	size_t lost; /* documents of the input and lines of the recording that could not be read */
};

/* SIGINT and SIGTERM end the run in order: what was asked is reported. To be called before threads are
 * started. */
void diff_catch_signals(void);

/* Whether one of them came. */
bool diff_is_interrupted(void);

/* Asks everything once. False after a message when it could not begin. `run` is ended, and must be finished in any
 * case. */
bool diff_round(const struct diff_round *round, struct diff_run *run);

/* The exit status that a round comes to: what was not read or not asked may hold differences, so the answer is not
 * the whole one. Says so where the candidate has answered nothing. */
int diff_status(const struct diff_round *round, const struct diff_run *run);

#endif
