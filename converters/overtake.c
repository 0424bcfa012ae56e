/* A source with regular expressions has an order of its own (nginx: the longer text first, the first
 * that fits wins), which a Gateway does not keep. Where a guarded rule would lose requests by that to
 * one without a guard, that one is held back as well; where a prefix is written in the place of a pattern, what
 * lies between the two must not pass a guard by either. */
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

static bool has_guard_like(const struct model_rule *rule, const struct model_feature *wanted)
{
	for (size_t i = 0; i < rule->feature_count; i++)
		if (rule->features[i] == wanted ||
		    (rule->features[i]->feature == wanted->feature &&
		     rule->features[i]->inert == wanted->inert &&
		     str_eq(rule->features[i]->value, wanted->value)))
			return true;
	return false;
}

/* Whether `rule` asks for all that the features of `guard` ask for. */
static bool guards_as_much(const struct model_rule *rule, const struct model_rule *guard)
{
	for (size_t i = 0; i < guard->feature_count; i++)
		if (feature_guards(guard->features[i]->feature) &&
		    !has_guard_like(rule, guard->features[i]))
			return false;
	return true;
}

/* A guard that is held back for another reason than its features is known by nobody. */
static bool stands_for(const struct model_rule *rule, const struct model_rule *guard)
{
	return !guard->held && !guard->deny &&
	       model_same_ext_auth(rule->ext_auth, guard->ext_auth) && guards_as_much(rule, guard);
}

bool overtake_is_kept(const struct convert_options *options, const struct model_rule *rule)
{
	return !rule->held && !rule->deny && !rule->redirect && rule->backend_count &&
	       overtake_is_guarded(options, rule);
}

bool overtake_may_take(const struct convert_options *options, const struct model_rule *rule,
		       const struct model_rule *guard)
{
	return overtake_is_open(options, rule) ||
	       (overtake_is_kept(options, rule) && !stands_for(rule, guard));
}

/* Without regular expressions sources look in the order of Gateway API. */
static bool is_race(const struct race *race, const struct model_host *host)
{
	bool differs = false;
	size_t guarded = 0, taking = 0;

	for (size_t i = 0; i < host->rule_count; i++) {
		const struct model_rule *rule = host->rules[i];

		guarded += overtake_is_guarded(race->options, rule);
		taking += overtake_is_open(race->options, rule) ||
			  overtake_is_kept(race->options, rule);
		differs = differs || rule->match.path.kind == PATH_REGEX || rule->source_path;
	}
	/* One rule may be both, and takes nothing from itself. */
	return differs && guarded && taking && guarded + taking > 1 && host->rule_count > 1;
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

static struct finding about(const struct model_rule *rule, struct str message)
{
	return (struct finding){
		.code = "I2G323",
		.object = kube_ref(rule->origin.object),
		.path = rule->origin.field,
		.span = rule->origin.span,
		.message = message,
		.hint = STR("make one of the two patterns exclude the other, or give both the same "
			    "guard"),
	};
}

/* That a rule is held back, and why. */
static void say(struct race *race, const struct model_rule *rule, struct str message)
{
	const struct guard_talk talk = {race->findings, race->options->allow_unguarded};

	if (!is_said(race, rule))
		guard_say(&talk, about(rule, message));
	race->said = rule;
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
		    overtake_may_take(race->options, open->rule, race->guards[i].rule) &&
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

static struct str words_of_order(struct race *race, const struct model_rule *guard,
				 const struct model_rule *open)
{
	return str_format(race->findings->arena,
			  "a Gateway looks at '%.*s' before '%.*s', which is guarded and which "
			  "the controller looks at first: requests that fit both would pass "
			  "the guard by",
			  STR_ARG(open->match.path.value), STR_ARG(guard->match.path.value));
}

/* One that a guard of its own stands before is one more that others must not take requests of; held back,
 * it blocks what it matches. */
static size_t hold_if_overtaking(struct race *race, struct model_rule *rule)
{
	const struct model_rule *guard;
	struct runner taker;

	if (!race->last ||
	    (!overtake_is_open(race->options, rule) && !overtake_is_kept(race->options, rule)))
		return 0;
	taker = runner_of(race, rule);
	guard = overtaken_by(race, &taker);
	if (!guard)
		return 0;
	say(race, rule, words_of_order(race, guard, rule));
	if (race->options->allow_unguarded)
		return 0;
	rule->held = "I2G323";
	return 1;
}

/* Rules that come before a guarded one in the target, and behind it in the source. */
static size_t hold_overtaking(struct race *race, const struct model_host *host)
{
	size_t held = 0;

	race->guards = arena_array(&race->arena, struct runner, host->rule_count);
	race->guard_count = 0;
	race->last = NULL;
	for (size_t i = 0; i < host->rule_count; i++) {
		struct model_rule *rule = host->rules[i];

		held += hold_if_overtaking(race, rule);
		if (overtake_is_guarded(race->options, rule))
			add_guard(race, rule);
	}
	return held;
}

/* ---- a prefix that stands for a pattern ---- */

/* The guarded rule that has such requests in the source, and that the target would look at later. */
static const struct model_rule *robbed(struct race *race, const struct model_rule *open,
				       const struct model_path *path)
{
	const struct runner taker = runner_of(race, (struct model_rule *)open);

	for (size_t i = 0; i < race->guard_count; i++) {
		const struct runner *guard = &race->guards[i];

		if (guard->rule->listen & open->listen && overtakes(guard, &taker) &&
		    guard->rule != open && overtake_may_take(race->options, open, guard->rule) &&
		    paths_may_overlap(path, &guard->rule->match.path))
			return guard->rule;
	}
	return NULL;
}

/* Exact paths come before everything else in a Gateway. */
void overtake_block(struct model *model, struct model_host *host, const struct model_rule *open,
		    struct model_path path, const char *code)
{
	struct model_rule *rule = model_rule_add(model, host, *open);

	*rule = (struct model_rule){.match.path = path,
				    .namespace = open->namespace,
				    .route_name = open->route_name,
				    .suffix = open->suffix,
				    .origin = open->origin,
				    .listen = open->listen,
				    .source = open->source,
				    .held = code};
}

/* The rule itself is written, but for the requests of one path. */
static void say_beyond(struct race *race, const struct model_rule *open,
		       const struct model_rule *guard, struct str path)
{
	const struct guard_talk talk = {race->findings, race->options->allow_unguarded};
	struct finding finding = about(
		open,
		str_format(race->findings->arena,
			   "PathPrefix '%.*s' also takes '%.*s', which '%.*s' does not, and "
			   "which '%.*s' guards today",
			   STR_ARG(open->match.path.value), STR_ARG(path),
			   STR_ARG(open->source_path->value), STR_ARG(guard->match.path.value)));

	if (talk.unguarded) {
		guard_say(&talk, finding);
		return;
	}
	finding.message = str_format(race->findings->arena, "%.*s: requests for it are refused",
				     STR_ARG(finding.message));
	findings_add(race->findings, finding);
}

/* Returns how many rules that block were added. */
static size_t block_beyond(struct race *race, struct model *model, struct model_host *host,
			   const struct model_rule *open)
{
	struct arena *arena = race->findings->arena;
	struct str prefix = open->match.path.value;
	const struct model_path beyond[] = {
		{PATH_EXACT, prefix},
		{PATH_EXACT, str_format(arena, "%.*s/", STR_ARG(prefix))},
	};
	size_t blocked = 0;

	for (size_t i = 0; i < open->beyond; i++) {
		const struct model_rule *guard = robbed(race, open, &beyond[i]);

		if (!guard)
			continue;
		say_beyond(race, open, guard, beyond[i].value);
		if (race->options->allow_unguarded)
			continue;
		overtake_block(model, host, open, beyond[i], "I2G323");
		blocked++;
	}
	return blocked;
}

static size_t block_all_beyond(struct race *race, struct model *model, struct model_host *host)
{
	size_t count = host->rule_count, blocked = 0;

	for (size_t i = 0; i < count; i++) {
		const struct model_rule *rule = host->rules[i];

		/* A canary has a rule more for the same path. */
		if (rule->beyond && !rule->match.header_count &&
		    (overtake_is_open(race->options, rule) ||
		     overtake_is_kept(race->options, rule)))
			blocked += block_beyond(race, model, host, rule);
	}
	return blocked;
}

/* Whether the guard of a rule is written, for less than what it guards in the source. */
static bool guards_less(const struct race *race, const struct model_rule *rule)
{
	return rule->source_path && !rule->held && !rule->deny && !rule->redirect &&
	       overtake_is_guarded(race->options, rule) &&
	       (race->options->plan.experimental || !rule->ext_auth);
}

static const struct model_rule *taker_of_rest(struct race *race, const struct model_host *host,
					      const struct model_rule *guard)
{
	for (size_t i = 0; i < host->rule_count; i++)
		if (host->rules[i] != guard &&
		    overtake_may_take(race->options, host->rules[i], guard) &&
		    may_overlap(race, guard, host->rules[i]))
			return host->rules[i];
	return NULL;
}

static size_t hold_leaking(struct race *race, const struct model_host *host)
{
	size_t held = 0;

	for (size_t i = 0; i < host->rule_count; i++) {
		struct model_rule *rule = host->rules[i];
		const struct model_rule *taker =
			guards_less(race, rule) ? taker_of_rest(race, host, rule) : NULL;

		if (!taker)
			continue;
		say(race, rule,
		    str_format(
			    race->findings->arena,
			    "'%.*s' is guarded in letters of any case, PathPrefix '%.*s' is not: "
			    "other requests that fit it would reach '%.*s' without the guard",
			    STR_ARG(rule->source_path->value), STR_ARG(rule->match.path.value),
			    STR_ARG(taker->match.path.value)));
		if (race->options->allow_unguarded)
			continue;
		rule->held = "I2G323";
		held++;
	}
	return held;
}

static size_t run_host(struct race *race, struct model *model, struct model_host *host)
{
	size_t held = hold_overtaking(race, host);

	held += hold_leaking(race, host);
	return held + block_all_beyond(race, model, host);
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
			held += run_host(&race, model, model->hosts[h]);
		arena_rewind(&race.arena, mark);
	}
	arena_finish(&race.arena);
	return held;
}
