/* report.h - a comparison in words: one row a format in report.c, report_<format>.c each.
 */
#ifndef COMPARE_REPORT_H
#define COMPARE_REPORT_H

#include "base/buf.h"
#include "base/error.h"
#include "compare/diff.h"

struct diff_report {
	const struct diff_run *run;
	const struct sources *sources; /* of spans; may be NULL */
	bool colour, verbose;          /* verbose: every probe, not only one of each group */
	const char *date;              /* for html; NULL: none is shown */
};

struct diff_format {
	const char *name; /* "text", "json", ... */
	void (*write)(struct buf *buf, const struct diff_report *report);
};

/* text, json, junit, markdown, github, html; a row without name ends it. */
extern const struct diff_format diff_formats[];

/* ---- joining shards ---- */

/* Reads a result written with the json format, and adds it to the run: counts, results, groups, hosts. The
 * run was set up with diff_init(run, NULL, NULL); diff_end() is not called. The findings' texts come from
 * the file. False with a sentence (file:line) when it is no such file, when a shard comes twice, or
 * when the shards are not of one whole. */
bool diff_merge(struct diff_run *run, struct str text, const char *path, struct error *error);

/* After the last one: false with a sentence that names the shards that are missing. */
bool diff_merge_end(struct diff_run *run, struct error *error);

#endif
