#include "check/gate.h"

#include "base/arena.h"

/* A run of gate_judge(). */
struct judging {
	const struct gate *gate;
	struct findings *findings;
	const struct sources *sources;
	const struct str *files;
	struct arena *arena;
	struct verdict *verdicts;
	size_t judged;
};

/* ---- what is selected ---- */

static bool is_selected(const struct gate *gate, const struct rule *rule)
{
	return !gate->select.count || codes_have(&gate->select, rule);
}

bool gate_meets(const struct gate *gate, const struct rule *rule)
{
	bool raised = gate->raises.count ? codes_have(&gate->raises, rule)
					 : !str_starts(str_from(rule->code), "I2G7");

	return raised && is_selected(gate, rule);
}

static void leave_out(const struct gate *gate, struct findings *findings)
{
	size_t kept = 0;

	if (!gate->select.count)
		return;
	for (size_t i = 0; i < findings->count; i++)
		if (is_selected(gate, rule_of(&findings->at[i])))
			findings->at[kept++] = findings->at[i];
	findings->count = kept;
}

static void add(struct judging *judging, struct finding finding)
{
	if (is_selected(judging->gate, rule_of(&finding)))
		findings_add(judging->findings, finding);
}

/* ---- what is set aside ---- */

static struct verdict set_aside(struct verdict verdict, enum verdict_place place, struct str reason)
{
	verdict.state = VERDICT_IGNORED;
	verdict.place = place;
	verdict.reason = reason;
	return verdict;
}

static bool is_ignored_here(const struct gate *gate, const struct finding *finding)
{
	for (size_t i = 0; finding->span.line && i < gate->path_count; i++)
		if (gate->paths[i].sources[finding->span.source] &&
		    codes_have(&gate->paths[i].codes, rule_of(finding)))
			return true;
	return false;
}

/* What stands nearest to the finding decides. Every suppression is asked, so that one that is not
 * needed because of another is not called unused. */
static struct verdict judge(const struct gate *gate, const struct finding *finding)
{
	struct verdict verdict = {.severity = levels_of(&gate->levels, finding)};
	const struct suppression *suppression =
		gate->suppressions ? suppressions_match(gate->suppressions, finding) : NULL;

	if (suppression)
		return set_aside(verdict, suppression->place, suppression->reason);
	if (is_ignored_here(gate, finding))
		return set_aside(verdict, VERDICT_CONFIG, STR(""));
	if (codes_have(&gate->ignore, rule_of(finding)))
		return set_aside(verdict, VERDICT_FLAG, STR(""));
	return verdict;
}

static void judge_new(struct judging *judging)
{
	while (judging->judged < judging->findings->count) {
		struct verdict verdict =
			judge(judging->gate, &judging->findings->at[judging->judged]);

		ARENA_PUSH(judging->arena, judging->verdicts, judging->judged, verdict);
	}
}

/* ---- suppressions that do nothing ---- */

static bool might_have_met(const struct gate *gate, struct str word)
{
	for (size_t i = 0; i < rule_count; i++)
		if (code_fits(word, &rules[i]) && gate_meets(gate, &rules[i]))
			return true;
	return false;
}

static void say_unused(struct judging *judging, const struct suppression *one)
{
	bool annotation = one->place == VERDICT_ANNOTATION;

	add(judging,
	    (struct finding){
		    .code = "I2G901",
		    .object = one->object,
		    .path = annotation ? str_format(judging->arena, "metadata.annotations[%s].%.*s",
						    SUPPRESS_ANNOTATION, STR_ARG(one->word))
				       : one->word,
		    .span = one->span,
		    .message = str_format(judging->arena, "nothing %s raises %.*s",
					  annotation ? "in this object" : "on this line",
					  STR_ARG(one->word)),
		    .hint = STR("remove it, so that it does not hide a later finding"),
	    });
}

static void say_suppressions(struct judging *judging)
{
	const struct gate *gate = judging->gate;
	const struct suppressions *all = gate->suppressions;

	for (size_t i = 0; i < all->malformed.count; i++)
		add(judging, all->malformed.at[i]);
	for (size_t i = 0; !gate->partial && i < all->count; i++)
		if (!all->at[i]->used && might_have_met(gate, all->at[i]->word))
			say_unused(judging, all->at[i]);
}

/* ---- the baseline ---- */

static struct str file_of(const struct judging *judging, const struct finding *finding)
{
	return finding->span.line ? judging->files[finding->span.source] : STR("");
}

static void take_known(struct judging *judging, enum baseline_match match)
{
	char id[FINDING_ID];

	for (size_t i = 0; i < judging->findings->count; i++) {
		const struct finding *finding = &judging->findings->at[i];

		if (judging->verdicts[i].state != VERDICT_COUNTS)
			continue;
		finding_id(id, finding, judging->sources);
		if (baseline_takes(judging->gate->baseline, finding, id, file_of(judging, finding),
				   match))
			judging->verdicts[i].state = VERDICT_KNOWN;
	}
}

static void update(struct judging *judging)
{
	struct baseline *baseline = judging->gate->baseline;
	char id[FINDING_ID];

	baseline_forget_judged(baseline);
	for (size_t i = 0; i < judging->findings->count; i++) {
		const struct finding *finding = &judging->findings->at[i];

		if (judging->verdicts[i].state != VERDICT_COUNTS)
			continue;
		finding_id(id, finding, judging->sources);
		baseline_add(baseline, id, finding, file_of(judging, finding));
	}
	baseline_restart(baseline);
}

static void say_stale(struct judging *judging, const struct baseline_entry *entry)
{
	struct str what = entry->object.len ? entry->object : entry->file;
	struct arena *arena = judging->arena;

	add(judging,
	    (struct finding){
		    .code = "I2G903",
		    .path = entry->id,
		    .span = entry->span,
		    .message =
			    entry->left < entry->count
				    ? str_format(arena, "%zu of %zu findings %.*s of %.*s are gone",
						 entry->left, entry->count, STR_ARG(entry->code),
						 STR_ARG(what))
				    : str_format(arena, "the finding %.*s of %.*s is gone",
						 STR_ARG(entry->code), STR_ARG(what)),
		    .hint = STR("--prune-baseline takes it out"),
	    });
}

static void compare(struct judging *judging)
{
	const struct gate *gate = judging->gate;

	if (gate->baseline_use == BASELINE_UPDATE)
		update(judging);
	for (int match = 0; match < BASELINE_MATCHES; match++)
		take_known(judging, (enum baseline_match)match);
	if (gate->baseline_use != BASELINE_COMPARE) {
		baseline_prune(gate->baseline);
		return;
	}
	for (size_t i = 0; i < gate->baseline->count; i++)
		if (gate->baseline->at[i]->judged && gate->baseline->at[i]->left)
			say_stale(judging, gate->baseline->at[i]);
}

struct verdict *gate_judge(const struct gate *gate, struct findings *findings,
			   const struct sources *sources, const struct str *files,
			   struct arena *arena)
{
	struct judging judging = {gate, findings, sources, files, arena, NULL, 0};

	leave_out(gate, findings);
	judge_new(&judging);
	if (gate->suppressions)
		say_suppressions(&judging);
	judge_new(&judging);
	if (gate->baseline)
		compare(&judging);
	judge_new(&judging);
	return judging.verdicts;
}
