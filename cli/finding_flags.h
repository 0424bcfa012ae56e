/* finding_flags.h - the flags of every command that prints findings, and what they ask for.
 */
#ifndef CLI_FINDING_FLAGS_H
#define CLI_FINDING_FLAGS_H

#include "check/gate.h"
#include "cli/cli.h"
#include "report/report.h"

struct finding_values {
	struct texts outputs; /* -o FORMAT[=FILE] */
	struct texts select, ignore, severities;
	int fail_on; /* enum report_threshold */
};

/* "Findings": all flags / without -o, for convert, whose -o is for objects. */
extern const struct flag_group finding_flags;
extern const struct flag_group judging_flags;

/* Findings that go somewhere. */
struct finding_output {
	const struct report_format *format;
	const char *path; /* "-" for standard output */
};

/* What the flags ask for. */
struct finding_request {
	const struct finding_values *values;
	struct arena *arena;
	struct gate gate;
	struct finding_output *outputs;
	size_t output_count;
};

/* Checks the values before anything is read. False after a message on standard error. */
bool finding_request_read(struct finding_request *request, const struct finding_values *values,
			  struct arena *arena);

/* Adds "FORMAT" or "FORMAT=FILE". False after a message. */
bool finding_output_add(struct finding_request *request, const char *output);

/* What commands know about their run; the rest is filled in by finding_report(). */
struct finding_run {
	struct findings *findings;
	const struct sources *sources;
	struct str subject; /* "14 Ingresses" */
	const struct report_object *objects;
	size_t object_count;
	bool incomplete; /* something could not be read */
};

/* Judges the findings of a run. */
struct report finding_report(const struct finding_request *request, const struct finding_run *run);

/* Writes the report to where -o says. False after a message. */
bool finding_write(const struct finding_request *request, struct report *report,
		   const struct cli *cli);

/* The whole end of a command that prints findings: judges them and writes them, as text to standard
 * output when -o says nothing; the counts go to standard error unless a format on standard output has
 * them. The exit status. */
int finding_finish(const struct finding_request *request, const struct finding_run *run,
		   const struct cli *cli);

/* Words for completion, NULL behind the last: formats, codes. */
const char *word_format(size_t index);
const char *word_code(size_t index);

#endif
