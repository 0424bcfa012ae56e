/* page.h - the frame of html reports: one file that asks nobody for anything.
 *
 * Style and script stand in page.css and page.js and are built in. The policy in the page's head allows
 * exactly these two, by their hashes: no request, no other script, no style attribute, whatever text
 * gets into the page. Without the script everything can be read; it only sorts and filters.
 */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include "base/buf.h"
#include "check/rules.h"

/* Everything up to the first heading. */
void page_begin(struct buf *buf, struct str title);

/* The report as JSON for tools, in <script type="application/json" id="ingress2gw-report">, and the end
 * of the page. `date` is in seconds since 1970; 0 writes none. */
void page_end(struct buf *buf, struct str json, int64_t date);

/* One part of a bar or ring. */
struct page_part {
	const char *style; /* "error", "warning", "info", "ok" */
	const char *noun;  /* for the label: "blocked" */
	size_t count;
};

/* A bar whose parts add up to `total`, what is missing in a pale colour. At least one of anything is
 * seen. */
void page_bar(struct buf *buf, const struct page_part *parts, size_t count, size_t total);

/* What the colours of a bar mean, with the numbers; parts of 0 are left out. */
void page_key(struct buf *buf, const struct page_part *parts, size_t count);

/* A box with a number and what it counts. */
void page_card(struct buf *buf, const char *style, size_t count, const char *what);

/* The word of a severity in a coloured pill; any word in the colour of a style. */
void page_badge(struct buf *buf, const char *style, const char *word);

/* The codes of a report with their texts, each with the id of its code. */
void page_rules(struct buf *buf, const bool *shown, struct str pages);

#endif
