/* rules.h - the table of findings: what each code means.
 *
 * One row holds everything people and machines are told about a code. `explain`, the reports, the
 * docs pages and the tests all come from the rows. Codes are never reused: 1xx input, 2xx routing,
 * 3xx access and secrets, 4xx traffic policy, 5xx TLS, 6xx output and target support, 7xx
 * differences found by verify and diff, 9xx suppressions.
 */
#ifndef CHECK_RULES_H
#define CHECK_RULES_H

#include <stddef.h>

#include "base/finding.h"
#include "route/compare.h"

enum severity {
	SEVERITY_INFO,
	SEVERITY_WARNING,
	SEVERITY_ERROR,
};

struct rule {
	const char *code; /* "I2G301" */
	const char *name; /* "auth-not-portable" */
	enum severity severity;
	/* In what two answers may differ (enum route_aspect) that a finding of this code explains: `verify`
	 * takes it as the cause of no other difference. 0: of none. */
	unsigned explains;
	const char *title; /* one line, no full stop */
	const char *text;  /* why it matters: one or two sentences */
	const char *fix;   /* what to do: one sentence */
};

/* Sorted by code. */
extern const struct rule rules[];
extern const size_t rule_count;

/* By code ("I2G301") or by name; NULL when unknown. */
const struct rule *rule_find(struct str code_or_name);

/* Row of a finding. A code without a row is a bug of ours and aborts. */
const struct rule *rule_of(const struct finding *finding);

/* The column `explains` of a code; 0 when it is unknown. */
unsigned rule_explains(const char *code);

/* "error", "warning", "info". */
const char *severity_name(enum severity severity);

/* Number of findings of each severity: counts[SEVERITY_...]. */
void findings_count(const struct findings *findings, size_t counts[3]);

#endif
