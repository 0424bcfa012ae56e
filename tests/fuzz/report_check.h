/* report_check.h - what every report of a format holds, whatever its texts are. A report that does not
 * hold aborts.
 */
#ifndef FUZZ_REPORT_CHECK_H
#define FUZZ_REPORT_CHECK_H

#include "base/bug.h"
#include "base/str.h"

#define HOLDS(what, text)                                                                          \
	do {                                                                                       \
		if (!(what))                                                                       \
			BUG("does not hold: %s\n%.*s", #what, STR_ARG(str_sub(text, 0, 4000)));    \
	} while (0)

/* UTF-8 without control characters other than these. */
void report_check_characters(struct str text, const char *control);

/* Lines for people. */
void report_check_text(struct str text);

/* One value, read by our own strict reader. */
void report_check_json(struct str text);

/* XML, and pages of ours, read by a reader that knows no way out of an error. */
void report_check_xml(struct str text);
void report_check_html(struct str text);

/* Lines that are empty or begin with one of these words; NULL ends them. */
void report_check_lines(struct str text, const char *const *starts);

/* Workflow commands, and lines that begin with a number. */
void report_check_github(struct str text);

#endif
