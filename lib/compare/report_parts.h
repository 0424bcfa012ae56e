/* report_parts.h - what the formats of a comparison share. Private to report*.c and merge*.c.
 */
#ifndef COMPARE_REPORT_PARTS_H
#define COMPARE_REPORT_PARTS_H

#include "compare/report.h"
#include "report/report.h"

/* A result without credentials: everything that a format may show. Lives in the arena. */
const struct diff_result *report_shown(struct arena *arena, const struct diff_report *report,
				       const struct diff_result *result);

/* The curl command that asks a request of a group's (diff_group.shorter), without credentials. Not escaped. */
void report_command(struct buf *buf, const struct diff_report *report, const struct probe *probe);

/* "status", "header x-powered-by", "body $.time". Not escaped. */
void report_fact_name(struct buf *buf, const struct fact *fact);

/* "status 200 -> 404, header x-a (absent) -> 1": all facts on one line. Not escaped, values clipped. */
void report_facts_line(struct buf *buf, const struct diff_result *result);

/* The status line of an answer: "200", "404 Not Found" never; "no answer: timeout". Not escaped. */
void report_answer_words(struct buf *buf, const struct answer *answer);

/* "I2G204 path-case" of a finding; what to say when there is none. */
void report_cause_words(struct buf *buf, const struct diff_result *result);

/* What one of the functions above says, for XML and HTML. */
void report_words_xml(struct buf *buf, void (*words)(struct buf *, const struct diff_result *),
		      const struct diff_result *result);

/* Probes that differ and that no finding announced. */
size_t report_unpredicted(const struct diff_run *run);

/* How bad a result is, as a style of pages: "error" (differs, not predicted), "warning" (differs, predicted),
 * "info" (flaky), "ok" (not asked). */
const char *report_result_style(const struct diff_result *result);

/* "1,000". */
void report_count(struct buf *buf, uint64_t count);

/* "1,000 requests": with its noun. */
void report_counted(struct buf *buf, uint64_t count, const char *noun);

/* Where to look in the input: the place of the finding, else that of the object that decides today. */
struct span report_result_place(const struct diff_result *result);

/* Name of a source as in findings' reports: from the repository's root where it is known. */
struct str report_source_path(const struct diff_report *report, uint32_t source,
			      struct arena *arena);

/* The json format with at most so many bytes of each body. */
void report_json(struct buf *buf, const struct diff_report *report, size_t body_most);

/* Everything that makes differences one cause: for groups of several files. */
void report_group_key(struct buf *buf, const struct diff_result *result);

/* Write functions, for the table in report.c. */
void report_github_write(struct buf *buf, const struct diff_report *report);
void report_html_write(struct buf *buf, const struct diff_report *report);
void report_json_write(struct buf *buf, const struct diff_report *report);
void report_junit_write(struct buf *buf, const struct diff_report *report);
void report_markdown_write(struct buf *buf, const struct diff_report *report);
void report_text_write(struct buf *buf, const struct diff_report *report);

#endif
