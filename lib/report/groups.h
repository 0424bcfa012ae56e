/* groups.h - the findings of a report, object by object: for formats that list tests.
 */
#ifndef REPORT_GROUPS_H
#define REPORT_GROUPS_H

#include "report/report.h"

/* One object that was examined, or a file, or the run itself, with what was found about it. */
struct report_group {
	struct object_ref ref; /* all empty: findings about a file, or about the run */
	uint32_t source;
	bool placed; /* `source` is known */
	struct report_entry *entries;
	size_t count;
	size_t serial; /* in the order in which they were met */
};

struct report_groups {
	struct report_group **at;
	size_t count;
};

/* Every object of report->objects and everything else that a finding is about, by source and then in
 * the order of the objects; what has no source comes last. Findings that do not count are there too:
 * look at their verdicts. */
struct report_groups report_groups(const struct report *report, struct arena *arena);

/* "Ingress web/shop", the file's name, or "the run"; not escaped. */
struct str report_group_name(const struct report *report, const struct report_group *group,
			     struct arena *arena);

/* The worst severity among the entries that count in a state, SEVERITY_INFO - 1 when there is none. */
int report_group_worst(const struct report_group *group, enum verdict_state state);

#endif
