/* finding_flags.h - the flags of every command that prints findings, and what they ask for.
 */
#ifndef CLI_FINDING_FLAGS_H
#define CLI_FINDING_FLAGS_H

#include "check/gate.h"
#include "cli/cli.h"
#include "cli/outputs.h"
#include "report/report.h"

struct finding_values {
	struct texts outputs; /* -o FORMAT[=FILE] */
	struct texts select, ignore, severities;
	struct texts paths; /* --per-path GLOB=CODES */
	const char *baseline;
	bool update_baseline, prune_baseline;
	int fail_on; /* enum report_threshold */
};

/* "Findings": all flags / without -o, for convert, whose -o is for objects. */
extern const struct flag_group finding_flags;
extern const struct flag_group judging_flags;

/* What findings weigh, without outputs, thresholds and baselines: for commands that count. */
extern const struct flag_group weighing_flags;

struct finding_path {
	const char *glob;
	struct codes codes;
};

/* What the flags ask for. */
struct finding_request {
	const struct finding_values *values;
	struct cli *cli;
	struct gate gate;
	struct outputs outputs;     /* of report_formats */
	struct finding_path *paths; /* --per-path */
	size_t path_count;
	struct suppressions suppressions; /* commands add the annotations they meet */
	const char *baseline_path;        /* NULL: none */
	struct baseline baseline;
};

/* Checks the values, and reads the baseline, before anything else is read. False after a message on
 * standard error. */
bool finding_request_read(struct finding_request *request, const struct finding_values *values,
			  struct cli *cli);

/* Adds "FORMAT" or "FORMAT=FILE". False after a message. */
bool finding_output_add(struct finding_request *request, const char *output);

/* The format of this name; NULL after a message about the flag that named it. */
const struct report_format *finding_format(const char *flag, struct str name);

/* What a command knows about its run. */
struct finding_run {
	struct findings *findings;
	struct sources *sources;
	struct str subject; /* "14 Ingresses" */
	const struct report_object *objects;
	size_t object_count;
	struct codes raises; /* see struct gate */
	bool partial;        /* see struct gate */
	bool incomplete;     /* something could not be read */
	bool aside; /* standard output is for something else: findings go only where -o says */
};

/* False after a message when -o sends findings to standard output, which `flag` uses. */
bool finding_leaves_output(const struct finding_request *request, const char *flag);

/* Judges the findings of a run, and writes the baseline when that is asked for. Comments are looked for
 * in the sources, to which the baseline is added. False after a message. */
bool finding_judge(struct finding_request *request, struct finding_run *run, struct report *report);

/* Writes the report to where -o says. False after a message. */
bool finding_write(const struct finding_request *request, struct report *report);

/* The whole end of a command that prints findings: judges them and writes them, as text to standard
 * output when -o says nothing; the counts go to standard error unless a format on standard output has
 * them. The exit status. */
int finding_finish(struct finding_request *request, struct finding_run *run);

/* Words for completion, NULL behind the last: formats, codes. */
const char *word_format(size_t index);
const char *word_code(size_t index);

#endif
