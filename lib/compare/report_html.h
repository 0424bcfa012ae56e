/* report_html.h - the page of a comparison, private to report_html*.c.
 */
#ifndef COMPARE_REPORT_HTML_H
#define COMPARE_REPORT_HTML_H

#include <stdlib.h>

#include "compare/report_parts.h"
#include "report/page.h"

struct html {
	struct buf *buf;
	const struct diff_report *report;
	const struct diff_run *run;
	struct arena *arena;
	const struct diff_result **list; /* worst first */
	size_t count;
};

/* One request, folded: what differs, both answers side by side, a curl command. */
void report_html_result(const struct html *h, const struct diff_result *result);

#endif
