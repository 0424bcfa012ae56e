/* diff_case.h - a comparison made by hand from bytes, for tests of its reports.
 *
 * Records end in 0x1e, fields in 0x1f; what is missing is empty, and a field that is the byte 0x01 is an
 * absent text.
 *
 *   r  flags (v: verbose, e: ended early, s: a shard) live candidate ignored noise host...
 *   f  rule kind namespace name line message hint path
 *   p  verdict (0-3) finding (number, empty: none) predicted method authority target origin body from to
 *      object route header value        a probe
 *   c  kind live candidate name         a fact of the last probe
 *   a  side failure status why body backend (header value)...   an answer to it
 *   h  name value                       a header passed with -H
 */
#ifndef FUZZ_DIFF_CASE_H
#define FUZZ_DIFF_CASE_H

#include "compare/report.h"

struct diff_case {
	struct arena arena;
	struct sources sources;
	struct diff_run run;
	struct diff_report report;
};

void diff_case_init(struct diff_case *made, struct str data);
void diff_case_finish(struct diff_case *made);

#endif
