#include "check/gate.h"

#include "base/arena.h"

static bool is_selected(const struct gate *gate, const struct finding *finding)
{
	return !gate->select.count || codes_have(&gate->select, rule_of(finding));
}

static void leave_out(const struct gate *gate, struct findings *findings)
{
	size_t kept = 0;

	for (size_t i = 0; i < findings->count; i++)
		if (is_selected(gate, &findings->at[i]))
			findings->at[kept++] = findings->at[i];
	findings->count = kept;
}

static struct verdict judge(const struct gate *gate, const struct finding *finding)
{
	struct verdict verdict = {.severity = levels_of(&gate->levels, finding)};

	if (codes_have(&gate->ignore, rule_of(finding))) {
		verdict.state = VERDICT_IGNORED;
		verdict.place = VERDICT_FLAG;
	}
	return verdict;
}

struct verdict *gate_judge(const struct gate *gate, struct findings *findings, struct arena *arena)
{
	struct verdict *verdicts;

	leave_out(gate, findings);
	verdicts = arena_array(arena, struct verdict, findings->count + 1);
	for (size_t i = 0; i < findings->count; i++)
		verdicts[i] = judge(gate, &findings->at[i]);
	return verdicts;
}
