/* report.h - findings and ledgers become text for people and for programs.
 *
 * To add a format: write <format>.c with its write function and add a row to the table in
 * formats.c.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "base/buf.h"
#include "check/rules.h"
#include "model/ledger.h"

struct report {
	const struct findings *findings;
	const struct sources *sources;
	struct str subject;  /* in front of the counts: "14 Ingresses"; empty: nothing */
	enum severity least; /* text formats leave out findings below; counts never do */
	size_t most;         /* text: at most this many in full, then "and N more"; 0: all */
	unsigned width;      /* columns; 0 means 100 */
	bool colour;
};

struct report_format {
	const char *name;
	const char *title; /* for help: "source lines with carets" */
	void (*write)(struct buf *buf, const struct report *report);
};

extern const struct report_format report_formats[];
extern const size_t report_format_count;

/* NULL when unknown. */
const struct report_format *report_format_find(struct str name);

/* The findings of a report in order of file, line and column, those without a place last; equal
 * ones stay in the order they were added. `least` is applied. The array lives in the arena. */
struct report_list {
	const struct finding **at;
	size_t count;
};
struct report_list report_list(const struct report *report, struct arena *arena);

/* Text: the findings in full, without the closing lines (explain, counts). */
void report_text_findings(struct buf *buf, const struct report *report);

/* "1 error, 6 warnings, 3 infos"; zeros are left out; "no findings" when all are. */
void report_counts(struct buf *buf, const struct findings *findings);

/* Number with its noun in the plural where needed: "1 Gateway", "2 HTTPRoutes", "3 policies". */
void report_number(struct buf *buf, size_t count, const char *noun);

/* 16 hex digits and NUL: code, object and field path, never the line, so that it survives edits
 * elsewhere in the file. Findings without an object are told apart by the name of their source. */
void report_id(char id[17], const struct finding *finding, const struct sources *sources);

/* Appends ,"path":["spec","rules",0,"http"] for "spec.rules[0].http"; keys in brackets that are no
 * numbers are taken whole, dots included. Nothing for an empty path. */
void report_json_path(struct buf *buf, struct str path);

/* Appends ,"object":{...}; nothing when the reference is empty. */
void report_json_object(struct buf *buf, const struct object_ref *object);

/* Appends ,"file":...,"line":...,"column":...,"endColumn":...; nothing without a place. */
void report_json_place(struct buf *buf, const struct sources *sources, struct span span);

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
