/* levels.h - severities that the user changed.
 *
 * The row of a rule says how bad a finding is; --severity CODE=LEVEL and the configuration say what it
 * counts as here. Reports, counts and thresholds ask this table, never the row.
 */
#ifndef CHECK_LEVELS_H
#define CHECK_LEVELS_H

#include "check/rules.h"

struct arena;

/* The zero value changes nothing. */
struct levels {
	enum severity *of; /* by index into rules[]; NULL: those of the rows */
};

/* Sets the severity of one rule. The table lives in the arena. */
void levels_set(struct levels *levels, struct arena *arena, const struct rule *rule,
		enum severity severity);

/* What a finding counts as. `levels` may be NULL. */
enum severity levels_of(const struct levels *levels, const struct finding *finding);

/* By name ("error"); false for any other word. */
bool severity_find(struct str name, enum severity *severity);

#endif
