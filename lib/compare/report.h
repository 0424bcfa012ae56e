/* report.h - a comparison in words: one row a format in report.c, report_<format>.c each.
 *
 * No format shows a credential: values of headers that carry them, what the user passes with -H, and both
 * wherever a backend repeats what it was sent, are "REDACTED" (report_shown.c).
 */
#ifndef COMPARE_REPORT_H
#define COMPARE_REPORT_H

#include "base/buf.h"
#include "base/error.h"
#include "compare/diff.h"

struct diff_report {
	const struct diff_run *run;
	const struct sources *sources;     /* of spans; may be NULL */
	const struct route_header *hidden; /* passed with -H: their values are not shown */
	size_t hidden_count;
	struct str pages, root, directory; /* as in struct report (report/report.h); may be empty */
	int64_t date;                      /* for html: seconds since 1970; 0: none is written */
	bool colour, verbose;              /* verbose: every probe, not only one of each group */
};

struct diff_format {
	const char *name; /* "text", "json", ... */
	void (*write)(struct buf *buf, const struct diff_report *report);
	/* A second text for the file that an environment variable names; NULL: none. */
	const char *side_variable; /* "GITHUB_STEP_SUMMARY" */
	void (*write_side)(struct buf *buf, const struct diff_report *report);
};

/* text, json, junit, markdown, github, html; a row without name ends it. */
extern const struct diff_format diff_formats[];

/* The closing line: "1,000 requests at 20/s: 998 agree, 2 differ.  Ignored: date, server." */
void diff_report_summary(struct buf *buf, const struct diff_report *report);

/* ---- joining shards ---- */

/* Reads a result written with the json format, and adds it to the run: counts, results, groups, hosts. Of
 * the run only the arena need be set up (diff_init(run, NULL, NULL) does); diff_end() is not called. Findings
 * and places come from the file: names of files are added to `sources`. Percentiles of the whole cannot be
 * known from those of its parts; the run gets the largest of each.
 *
 * False with a sentence (file:line) when it is no such file, when a shard comes twice, or when the
 * shards are not of one whole. The run is of no use then. */
bool diff_merge(struct diff_run *run, struct sources *sources, struct str text, const char *path,
		struct error *error);

/* After the last one: puts results, groups and hosts in order. False with a sentence that names the shards
 * that are missing. */
bool diff_merge_end(struct diff_run *run, struct error *error);

#endif
