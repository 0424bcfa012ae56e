/* A source with regular expressions has an order of its own (nginx: the longer text first, the first
 * that fits wins), which a Gateway does not keep. Where a guarded rule would lose requests by that to
 * one without a guard, that one is held back as well. */
#include "converters/overtake.h"

#include "converters/emitter.h"
#include "converters/guards.h"
#include "gateway/blocking.h"
#include "gateway/precedence.h"

/* Beyond this many pairs of a run whether two patterns can fit one request is not looked at: the answer
 * is yes. */
enum { PAIRS_MOST = 20000000 };

struct runner {
	struct model_rule *rule;
	unsigned rank;
	size_t length;
};

struct race {
	const struct convert_options *options;
	struct findings *findings;
	enum regex_dialect dialect;
	struct arena arena; /* of a host */
	size_t pairs;
	/* Guarded rules of the host, in the order in which the source looks; and the one that a target
	 * looks at last. */
	struct runner *guards;
	size_t guard_count;
	const struct runner *last;
	const struct model_rule *said;
};

bool is_guard_code(const char *code)
{
	return strncmp(code, "I2G3", 4) == 0 || strcmp(code, "I2G512") == 0;
}

static const struct emitter *emitter_of(const struct convert_options *options)
{
	return options->emitter ? options->emitter : emitter_find(STR("standard"));
}

static bool keeps_feature(const struct convert_options *options,
			  const struct model_feature *feature)
{
	return !options->allow_unguarded ||
	       emitter_capability(emitter_of(options), feature->feature).support ==
		       SUPPORT_BUILT_IN;
}

bool overtake_is_guarded(const struct convert_options *options, const struct model_rule *rule)
{
	if (rule->deny || rule->ext_auth || (rule->held && is_guard_code(rule->held)))
		return true;
	for (size_t i = 0; i < rule->feature_count; i++)
		if (feature_guards(rule->features[i]->feature) && !rule->features[i]->inert &&
		    keeps_feature(options, rule->features[i]))
			return true;
	return false;
}

bool overtake_is_open(const struct convert_options *options, const struct model_rule *rule)
{
	return !rule->held && !rule->redirect && rule->backend_count &&
	       !overtake_is_guarded(options, rule);
}

/* Without regular expressions sources look in the order of Gateway API. */
static bool is_race(const struct race *race, const struct model_host *host)
{
	bool guarded = false, open = false, regex = false;

	for (size_t i = 0; i < host->rule_count; i++) {
		const struct model_rule *rule = host->rules[i];

		guarded = guarded || overtake_is_guarded(race->options, rule);
		open = open || overtake_is_open(race->options, rule);
		regex = regex || rule->match.path.kind == PATH_REGEX;
	}
	return guarded && open && regex;
}

static struct runner runner_of(struct race *race, struct model_rule *rule)
{
	/* A rule that is held back blocks all that the source matches, or more. */
	const struct model_path path =
		rule->held ? blocking_path(&race->arena, rule, race->dialect) : rule->match.path;

	return (struct runner){rule, precedence_rank(&path),
			       precedence_length(&race->arena, &path, race->dialect)};
}

/* Routes of one age are ordered by namespace and name. */
static int compare_routes(const struct model_rule *a, const struct model_rule *b)
{
	int order = str_cmp(a->namespace, b->namespace);

	return order ? order : str_cmp(a->route_name, b->route_name);
}

static bool overtakes(const struct runner *guard, const struct runner *open)
{
	const struct model_match *a = &guard->rule->match, *b = &open->rule->match;

	if (guard->rank != open->rank)
		return open->rank > guard->rank;
	if (guard->length != open->length)
		return open->length > guard->length;
	if (!a->method.len != !b->method.len)
		return b->method.len > 0;
	if (a->header_count != b->header_count)
		return b->header_count > a->header_count;
	if (a->query_count != b->query_count)
		return b->query_count > a->query_count;
	return compare_routes(open->rule, guard->rule) < 0;
}

/* The rules of one path are said once. */
static bool is_said(const struct race *race, const struct model_rule *rule)
{
	const struct model_rule *said = race->said;

	return said && said->origin.object == rule->origin.object &&
	       str_eq(said->origin.field, rule->origin.field);
}

static void say(struct race *race, const struct model_rule *guard, const struct model_rule *open)
{
	const struct guard_talk talk = {race->findings, race->options->allow_unguarded};

	if (is_said(race, open))
		return;
	race->said = open;
	guard_say(
		&talk,
		(struct finding){
			.code = "I2G323",
			.object = kube_ref(open->origin.object),
			.path = open->origin.field,
			.span = open->origin.span,
			.message = str_format(
				race->findings->arena,
				"a Gateway looks at '%.*s' before '%.*s', which is guarded and "
				"which "
				"the controller looks at first: requests that fit both would pass "
				"the guard by",
				STR_ARG(open->match.path.value), STR_ARG(guard->match.path.value)),
			.hint = STR("make one of the two patterns exclude the other, or give both "
				    "the same guard"),
		});
}

static bool may_overlap(struct race *race, const struct model_rule *guard,
			const struct model_rule *open)
{
	const struct model_path *path =
		guard->source_path ? guard->source_path : &guard->match.path;

	/* On whichever listener: where the guard stands on HTTPS only, plain HTTP is redirected there. */
	return race->pairs++ >= PAIRS_MOST || paths_may_overlap(path, &open->match.path);
}

static const struct model_rule *overtaken_by(struct race *race, const struct runner *open)
{
	if (!race->last || !overtakes(race->last, open))
		return NULL;
	for (size_t i = 0; i < race->guard_count; i++)
		if (overtakes(&race->guards[i], open) &&
		    may_overlap(race, race->guards[i].rule, open->rule))
			return race->guards[i].rule;
	return NULL;
}

static void add_guard(struct race *race, struct model_rule *rule)
{
	struct runner *guard = &race->guards[race->guard_count++];

	*guard = runner_of(race, rule);
	if (!race->last || overtakes(guard, race->last))
		race->last = guard;
}

static size_t run_host(struct race *race, const struct model_host *host)
{
	size_t held = 0;

	race->guards = arena_array(&race->arena, struct runner, host->rule_count);
	race->guard_count = 0;
	race->last = NULL;
	for (size_t i = 0; i < host->rule_count; i++) {
		struct model_rule *rule = host->rules[i];

		if (overtake_is_guarded(race->options, rule)) {
			add_guard(race, rule);
			continue;
		}
		if (!race->last || !overtake_is_open(race->options, rule))
			continue;

		const struct runner open = runner_of(race, rule);
		const struct model_rule *guard = overtaken_by(race, &open);

		if (!guard)
			continue;
		say(race, guard, rule);
		if (race->options->allow_unguarded)
			continue;
		rule->held = "I2G323";
		held++;
	}
	return held;
}

size_t overtake_hold(struct model *model, const struct convert_options *options,
		     struct findings *findings)
{
	struct race race = {
		.options = options,
		.findings = findings,
		.dialect = options->emitter ? options->emitter->dialect : REGEX_RE2_FULL,
	};
	size_t held = 0;

	arena_init(&race.arena);
	for (size_t h = 0; h < model->host_count; h++) {
		struct arena_mark mark = arena_mark(&race.arena);

		if (is_race(&race, model->hosts[h]))
			held += run_host(&race, model->hosts[h]);
		arena_rewind(&race.arena, mark);
	}
	arena_finish(&race.arena);
	return held;
}
