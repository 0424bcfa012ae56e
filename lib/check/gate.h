/* gate.h - what the findings of a run mean, after everything the user decided.
 *
 * Nothing here changes what is converted: a route that is held back stays so, whoever does not want to
 * see the finding.
 */
#ifndef CHECK_GATE_H
#define CHECK_GATE_H

#include "check/codes.h"
#include "check/levels.h"
#include "check/verdict.h"

struct gate {
	struct codes select; /* only these; none: all. Others are as if they had not been raised */
	struct codes ignore;
	struct levels levels;
};

/* Leaves out what is not selected; the verdicts, one a finding, live in the arena. */
struct verdict *gate_judge(const struct gate *gate, struct findings *findings, struct arena *arena);

#endif
