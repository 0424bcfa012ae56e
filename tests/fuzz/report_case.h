/* report_case.h - a report made of bytes, for the fuzz target and for tests that read reports back.
 *
 * Records end in 0x1e, their fields in 0x1f:
 *   "r" flags subject root directory pages SOURCE...   once, first; flags: "b" a baseline was used,
 *                                                      "w" "i" "n" fail on warning, info, never
 *   "o" kind namespace name place                      an object that was examined
 *   "f" rule verdict kind namespace name place path message hint reason
 * A rule is a number, taken modulo the number of rules. A verdict is three digits: severity, state,
 * place. A place is "source:line:column:length", empty for none.
 */
#ifndef FUZZ_REPORT_CASE_H
#define FUZZ_REPORT_CASE_H

#include "report/report.h"

struct report_case {
	struct arena arena;
	struct sources sources;
	struct findings findings;
	struct verdict *verdicts;
	size_t verdict_count;
	struct report_object *objects;
	struct report report; /* points into the rest */
};

/* Whatever the bytes are, the report is one that the program itself could make. Texts are the bytes. */
void report_case_init(struct report_case *made, struct str bytes);
void report_case_finish(struct report_case *made);

#endif
