/* summary.h - what convert tells people on standard error.
 */
#ifndef CLI_SUMMARY_H
#define CLI_SUMMARY_H

#include "cli/term.h"
#include "base/buf.h"
#include "converters/convert.h"
#include "report/report.h"

/* What was read and written, what became of the input's items, the errors in full (all findings
 * with `verbose`), the counts, and on a terminal what to do next. `report` has the findings judged. */
void summary_write(struct buf *buf, const struct convert_result *result, struct report report,
		   const struct term *term, bool verbose);

#endif
