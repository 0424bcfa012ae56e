/* Migrate now or wait? The counts give the answer, and the reasons stand beside it. */
#include "report/audit.h"

static void add_reason(struct audit *audit, struct str reason)
{
	struct audit_advice *advice = &audit->advice;

	if (advice->reason_count < sizeof advice->reasons / sizeof *advice->reasons)
		advice->reasons[advice->reason_count++] = reason;
}

static const struct audit_target *chosen(const struct audit *audit)
{
	for (size_t i = 0; i < audit->target_count; i++)
		if (audit->targets[i].chosen)
			return &audit->targets[i];
	return NULL;
}

static bool is_better(const struct audit_target *a, const struct audit_target *b)
{
	if (a->counts[READINESS_BLOCKED] != b->counts[READINESS_BLOCKED])
		return a->counts[READINESS_BLOCKED] < b->counts[READINESS_BLOCKED];
	return a->counts[READINESS_READY] > b->counts[READINESS_READY];
}

/* The target with the fewest blocked Ingresses among those with or without the experimental channel. */
static const struct audit_target *best(const struct audit *audit, bool experimental)
{
	const struct audit_target *found = NULL;

	for (size_t i = 0; i < audit->target_count; i++)
		if (audit->targets[i].experimental == experimental &&
		    (!found || is_better(&audit->targets[i], found)))
			found = &audit->targets[i];
	return found;
}

static const char *verb(size_t count, const char *one, const char *many)
{
	return count == 1 ? one : many;
}

/* ---- reasons ---- */

static void reason_target(struct audit *audit)
{
	const struct audit_target *now = chosen(audit), *other = best(audit, false);
	size_t blocked = audit->counts[READINESS_BLOCKED];

	if (!now || !other || other == now || !is_better(other, now))
		return;
	if (other->counts[READINESS_BLOCKED] < blocked)
		add_reason(audit,
			   str_format(audit->arena,
				      "The target decides much: with %s, %zu %s blocked instead of "
				      "%zu, because it has policies of its own (--emitter=%s).",
				      other->title, other->counts[READINESS_BLOCKED],
				      verb(other->counts[READINESS_BLOCKED], "is", "are"), blocked,
				      other->name));
	else
		add_reason(audit, str_format(audit->arena,
					     "With %s, %zu %s ready instead of %zu (--emitter=%s).",
					     other->title, other->counts[READINESS_READY],
					     verb(other->counts[READINESS_READY], "is", "are"),
					     audit->counts[READINESS_READY], other->name));
}

/* Fields on their way into the standard channel are the one thing that waiting brings. */
static size_t experimental_gain(const struct audit *audit)
{
	const struct audit_target *later = best(audit, true), *now = chosen(audit);

	if (!later || !now || now->experimental ||
	    later->counts[READINESS_BLOCKED] >= audit->counts[READINESS_BLOCKED])
		return 0;
	return audit->counts[READINESS_BLOCKED] - later->counts[READINESS_BLOCKED];
}

static void reason_experimental(struct audit *audit)
{
	size_t gain = experimental_gain(audit);

	if (gain)
		add_reason(audit,
			   str_format(audit->arena,
				      "%zu blocked %s wait for a field that only the experimental "
				      "channel has today: they can wait for it, use that channel "
				      "(--channel=experimental), or take a policy of the target.",
				      gain, verb(gain, "one could", "ones could")));
}

static void reason_retired(struct audit *audit)
{
	size_t count = 0;
	const struct audit_ingress *first = NULL;

	for (size_t i = 0; i < audit->count; i++)
		if (audit->objects[i].of->retired) {
			first = first ? first : audit->objects[i].of;
			count++;
		}
	if (count)
		add_reason(audit, str_format(audit->arena,
					     "Waiting has a price: %s is retired since %s, and its "
					     "security holes stay open. %zu %s served by it.",
					     first->controller, first->retired, count,
					     verb(count, "Ingress is", "Ingresses are")));
}

static void reason_main(struct audit *audit)
{
	const struct audit_reason *reason = audit->reasons;

	if (audit->reason_count)
		add_reason(audit,
			   str_format(audit->arena, "The %s is %s %s: %zu %s.",
				      reason->severity == SEVERITY_ERROR ? "main obstacle"
									 : "main difference",
				      reason->rule->code, reason->rule->name, reason->ingresses,
				      verb(reason->ingresses, "Ingress", "Ingresses")));
}

/* Where to begin: the largest namespaces that can move as a whole. */
static void reason_start(struct audit *audit)
{
	enum { SHOWN = 5 };
	struct buf names;
	size_t whole = 0;

	buf_init(&names);
	for (size_t i = 0; i < audit->namespaces.count; i++) {
		const struct audit_group *group = &audit->namespaces.at[i];

		if (group->counts[READINESS_REVIEW] || group->counts[READINESS_BLOCKED])
			continue;
		if (whole++ < SHOWN)
			buf_format(&names, "%s%.*s", whole > 1 ? ", " : "", STR_ARG(group->name));
	}
	if (whole && audit->counts[READINESS_READY] < audit->count)
		add_reason(audit,
			   str_format(audit->arena,
				      "%zu of %zu namespaces %s ready as a whole and can go "
				      "first: %.*s%s.",
				      whole, audit->namespaces.count, verb(whole, "is", "are"),
				      STR_ARG(buf_slice(&names)), whole > SHOWN ? ", ..." : ""));
	buf_finish(&names);
}

static void reason_elsewhere(struct audit *audit)
{
	if (audit->elsewhere)
		add_reason(audit,
			   str_format(audit->arena,
				      "%zu more %s about files, other objects or the run as a "
				      "whole and not counted here; ingress2gw lint shows %s.",
				      audit->elsewhere,
				      verb(audit->elsewhere, "finding is", "findings are"),
				      verb(audit->elsewhere, "it", "them")));
}

/* ---- the answer ---- */

static void answer(struct audit *audit)
{
	struct audit_advice *advice = &audit->advice;
	struct arena *arena = audit->arena;
	size_t ready = audit->counts[READINESS_READY], review = audit->counts[READINESS_REVIEW];
	size_t blocked = audit->counts[READINESS_BLOCKED];

	advice->level = READINESS_READY;
	if (!audit->count) {
		advice->headline = STR("Nothing to migrate");
		advice->text = STR("No Ingress was found in the input.");
	} else if (ready == audit->count) {
		advice->headline = STR("Migrate now");
		advice->text = STR("Every Ingress keeps its behaviour.");
	} else if (!blocked) {
		advice->level = READINESS_REVIEW;
		advice->headline = STR("Migrate now, after a review");
		advice->text = str_format(
			arena, "Nothing is lost; %zu of %zu Ingresses will differ in a stated way.",
			review, audit->count);
	} else if (blocked <= audit->count / 2) {
		advice->level = READINESS_REVIEW;
		advice->headline = STR("Start now, decide in parallel");
		advice->text = str_format(
			arena,
			"%zu of %zu Ingresses can move; for %zu somebody has to decide how to keep "
			"what would be lost.",
			ready + review, audit->count, blocked);
	} else {
		advice->level = READINESS_BLOCKED;
		advice->headline = experimental_gain(audit) * 2 >= blocked
					   ? STR("Wait, or decide first")
					   : STR("Decide first");
		advice->text =
			str_format(arena,
				   "%zu of %zu Ingresses would lose something today, most of "
				   "them for a few reasons: decide about those before moving.",
				   blocked, audit->count);
	}
}

void audit_advise(struct audit *audit, const struct audit_target *targets, size_t count)
{
	audit->targets = targets;
	audit->target_count = count;
	answer(audit);
	if (!audit->count)
		return;
	reason_main(audit);
	reason_target(audit);
	reason_experimental(audit);
	reason_start(audit);
	reason_retired(audit);
	reason_elsewhere(audit);
}
