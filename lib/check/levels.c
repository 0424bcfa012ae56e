#include "check/levels.h"

#include "base/arena.h"

void levels_set(struct levels *levels, struct arena *arena, const struct rule *rule,
		enum severity severity)
{
	if (!levels->of) {
		levels->of = arena_array(arena, enum severity, rule_count);
		for (size_t i = 0; i < rule_count; i++)
			levels->of[i] = rules[i].severity;
	}
	levels->of[rule - rules] = severity;
}

enum severity levels_of(const struct levels *levels, const struct finding *finding)
{
	const struct rule *rule = rule_of(finding);

	return levels && levels->of ? levels->of[rule - rules] : rule->severity;
}

bool severity_find(struct str name, enum severity *severity)
{
	for (int i = SEVERITY_INFO; i <= SEVERITY_ERROR; i++)
		if (str_is(name, severity_name((enum severity)i))) {
			*severity = (enum severity)i;
			return true;
		}
	return false;
}
