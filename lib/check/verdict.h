/* verdict.h - what a gate made of one finding: how severe it counts, and whether it counts.
 *
 * Findings state facts; configuration, suppressions and the baseline decide what they mean for a run.
 * A gate keeps one verdict a finding beside the list, so that findings stay as they were raised.
 */
#ifndef CHECK_VERDICT_H
#define CHECK_VERDICT_H

#include "check/rules.h"

enum verdict_state {
	VERDICT_COUNTS,  /* shown, and measured against --fail-on */
	VERDICT_KNOWN,   /* stands in the baseline */
	VERDICT_IGNORED, /* set aside by somebody who gave a reason */
};

/* Where a finding was set aside: in the manifest itself, or beside it. */
enum verdict_place {
	VERDICT_NOWHERE, /* of findings that count, and of known ones */
	VERDICT_ANNOTATION,
	VERDICT_COMMENT,
	VERDICT_CONFIG, /* configuration file */
	VERDICT_FLAG,   /* --ignore, --select */
};

struct verdict {
	enum severity severity; /* after --severity and configuration */
	enum verdict_state state;
	enum verdict_place place;
	struct str reason; /* of whoever set it aside; may be empty */
};

/* What a finding means when nobody says otherwise: its rule's severity, and it counts. */
static inline struct verdict verdict_plain(const struct rule *rule)
{
	return (struct verdict){.severity = rule->severity};
}

#endif
