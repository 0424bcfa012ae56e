/* report.h - findings and ledgers become text for people and for programs.
 *
 * To add a format: write <format>.c with its write function and add a row to the table in
 * formats.c.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "base/buf.h"
#include "check/identity.h"
#include "check/verdict.h"
#include "model/ledger.h"

/* --fail-on: the least severity that makes a run fail. The order is that of the flag's words. */
enum report_threshold {
	REPORT_FAIL_ERROR,
	REPORT_FAIL_WARNING,
	REPORT_FAIL_INFO,
	REPORT_FAIL_NEVER,
};

/* An object that was examined, with its place. */
struct report_object {
	struct object_ref ref;
	struct span span;
};

struct report {
	const struct findings *findings;
	const struct verdict *verdicts; /* one a finding, in their order; NULL: verdict_plain() */
	const struct sources *sources;
	const struct report_object *objects; /* what was examined, for formats that list what */
	size_t object_count;                 /* passed; may be none */
	struct str subject; /* in front of the counts: "14 Ingresses"; empty: nothing */
	struct str pages;   /* address in front of a code: "https://host/rules/"; empty: none */
	struct str root;    /* absolute path of the repository; empty: in none */
	struct str
		directory; /* absolute path that names of sources start from, when there is a root */
	enum severity least; /* text formats leave out findings below; counts never do */
	enum report_threshold fail_on;
	int64_t date;   /* for html: seconds since 1970; 0: none is written */
	bool baseline;  /* a baseline was used: what counts is new */
	size_t most;    /* text: at most this many in full, then "and N more"; 0: all */
	unsigned width; /* columns; 0 means 100 */
	bool colour;
};

struct report_format {
	const char *name;
	const char *title; /* for help: "source lines with carets" */
	void (*write)(struct buf *buf, const struct report *report);
	bool counts; /* ends in the counts, so that nobody need print them elsewhere */
	/* A second text for the file that an environment variable names; NULL: none. */
	const char *side_variable; /* "GITHUB_STEP_SUMMARY" */
	void (*write_side)(struct buf *buf, const struct report *report);
};

extern const struct report_format report_formats[];
extern const size_t report_format_count;

/* NULL when unknown. */
const struct report_format *report_format_find(struct str name);

struct report_entry {
	const struct finding *finding;
	const struct rule *rule;
	struct verdict verdict;
	size_t index; /* in the findings of the report */
};

/* The findings of a report that count, in order of file, line and column, those without a place last;
 * equal ones stay in the order they were added. `least` is applied. The array lives in the arena. */
struct report_list {
	struct report_entry *at;
	size_t count;
};
struct report_list report_list(const struct report *report, struct arena *arena);

/* The same of those that do not count: known ones and those set aside. */
struct report_list report_list_aside(const struct report *report, struct arena *arena);

/* Brings the worst severity to the front; within one the order stays. */
void report_worst_first(struct report_list *list);

/* How many count, by severity, and how many do not. */
struct report_totals {
	size_t counts[3]; /* by enum severity */
	size_t known, ignored;
};
struct report_totals report_totals(const struct report *report);

/* Whether something of this severity crosses the threshold; whether something in the report does. */
bool report_is_failure(const struct report *report, enum severity severity);
bool report_fails(const struct report *report);

/* Text: the findings in full, without the closing lines (explain, counts). */
void report_text_findings(struct buf *buf, const struct report *report);

/* "1 error, 6 warnings, 3 infos"; zeros are left out; "no findings" when all are. */
void report_counts(struct buf *buf, const struct findings *findings);

/* The closing line: "14 Ingresses, 1 error, 2 warnings (3 more in the baseline, 1 suppressed)." */
void report_summary(struct buf *buf, const struct report *report);

/* Number with its noun in the plural where needed: "1 Gateway", "2 HTTPRoutes", "3 policies". */
void report_number(struct buf *buf, size_t count, const char *noun);

/* finding_id() of every finding of the report, by its index, made unique: of those with one identity,
 * the second and later ones (in the order they were added) have their number mixed in. */
struct report_id {
	char text[FINDING_ID];
};
struct report_id *report_ids(const struct report *report, struct arena *arena);

/* Appends ,"path":["spec","rules",0,"http"] for "spec.rules[0].http"; keys in brackets that are no
 * numbers are taken whole, dots included. Nothing for an empty path. */
void report_json_path(struct buf *buf, struct str path);

/* Appends ,"object":{...}; nothing when the reference is empty. */
void report_json_object(struct buf *buf, const struct object_ref *object);

/* Appends ,"file":...,"line":...,"column":...,"endColumn":...; nothing without a place. */
void report_json_place(struct buf *buf, const struct sources *sources, struct span span);

/* The name of a source as a path from the repository's root: "./" and ".." are resolved, standard input
 * is "stdin". A path outside of the repository stays absolute; without a root, relative. */
struct str report_path(const struct report *report, uint32_t source, struct arena *arena);

/* Markdown: bytes of tables in one report. GitHub takes 1 MiB of summary for a step and shows nothing of a larger
 * one; what stands below the tables needs the rest. */
enum { REPORT_TABLES_MOST = 900 * 1024 };

/* Markdown: a code, as a link where `pages` (see struct report) is not empty. */
void report_code_link(struct buf *buf, struct str pages, const char *code);

/* Where a finding is shown: its own place, else that of its object, else line 0. */
struct span report_place(const struct report *report, const struct finding *finding);

/* The message, and on a second line "Hint: " and the hint; escaped for people. */
void report_message(struct buf *buf, const struct finding *finding);

/* "Ingress web/shop", or "IngressClass nginx" without a namespace; escaped. */
void report_object(struct buf *buf, const struct object_ref *object);

/* ---- the ledger: convert --report=FILE ---- */

struct ledger_format {
	const char *name;
	const char *extension; /* ".json" */
	void (*write)(struct buf *buf, const struct ledger *ledger, const struct sources *sources);
};

extern const struct ledger_format ledger_formats[];
extern const size_t ledger_format_count;

/* By the end of a file name; NULL when no format has it. */
const struct ledger_format *ledger_format_for(struct str file);

#endif
