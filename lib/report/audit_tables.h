/* audit_tables.h - an audit as tables, for the formats that print tables.
 */
#ifndef REPORT_AUDIT_TABLES_H
#define REPORT_AUDIT_TABLES_H

#include "report/audit.h"
#include "report/page.h"

enum { TABLE_COLUMNS = 8, TABLE_PARTS = 3 };

struct table_row {
	struct str cells[TABLE_COLUMNS];
	struct page_part parts[TABLE_PARTS]; /* for a bar; all 0: none */
	size_t total;                        /* what a whole bar stands for */
};

struct table {
	const char *title;
	const char *note; /* one sentence below the title; or NULL */
	const char *heads[TABLE_COLUMNS];
	bool numbers[TABLE_COLUMNS]; /* right-aligned */
	size_t columns;
	struct table_row *rows;
	size_t count;
};

struct tables {
	struct table *at; /* without empty ones */
	size_t count;
};

/* Classes, targets, reasons, namespaces, owners, annotations and the work, in the order in which they
 * are read. Cells are other people's text, not escaped. */
struct tables audit_tables(const struct audit *audit);

/* "73 %" */
struct str audit_percent(struct arena *arena, size_t part, size_t whole);

/* "233 Ingresses in 41 namespaces" */
struct str audit_subject(const struct audit *audit);

/* What the three words mean. */
const char *readiness_meaning(enum readiness readiness);

#endif
