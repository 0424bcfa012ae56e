/* gate.h - what the findings of a run mean, after everything the user decided.
 *
 * Nothing here changes what is converted: a route that is held back stays so, whoever does not want to
 * see the finding.
 */
#ifndef CHECK_GATE_H
#define CHECK_GATE_H

#include "check/baseline.h"
#include "check/codes.h"
#include "check/levels.h"
#include "check/suppress.h"
#include "check/verdict.h"

/* Codes that are ignored in some of the sources: --per-path. */
struct path_ignore {
	struct codes codes;
	const bool *sources; /* by index: whether it is one of them */
};

enum baseline_use {
	BASELINE_COMPARE,
	BASELINE_UPDATE, /* takes what there is now */
	BASELINE_PRUNE,  /* leaves out what is gone */
};

struct gate {
	struct codes select; /* only these; none: all. Others are as if they had not been raised */
	struct codes ignore;
	struct levels levels;
	const struct path_ignore *paths;
	size_t path_count;
	struct suppressions *suppressions; /* NULL: none were looked for */
	struct baseline *baseline;         /* NULL: none */
	enum baseline_use baseline_use;
	/* Findings of this run can have these codes (none: all but 7xx): for others no suppression is
	 * called unused. */
	struct codes raises;
	bool partial; /* objects were left out by namespace, label or class: nothing is called unused */
};

/* Leaves out what is not selected, and adds 9xx. `files` are the names of the sources, by index, as the
 * baseline writes them. The verdicts, one a finding, live in the arena. */
struct verdict *gate_judge(const struct gate *gate, struct findings *findings,
			   const struct sources *sources, const struct str *files,
			   struct arena *arena);

/* Whether a run of this gate would have met a finding with this code: it is raised and selected. */
bool gate_meets(const struct gate *gate, const struct rule *rule);

#endif
