#include "converters/deeper.h"

#include "converters/guards.h"
#include "converters/overtake.h"
#include "gateway/precedence.h"

/* Beyond this many pairs of a run paths are not compared: they meet. */
enum { PAIRS_MOST = 20000000 };

struct descent {
	struct model *model;
	const struct convert_options *options;
	struct findings *findings;
	const struct model_host *rest; /* the rules without host */
	struct model_rule **guards;    /* of them */
	size_t guard_count;
	size_t pairs, held;
};

/* ---- paths ---- */

static bool is_within(struct str prefix, struct str path)
{
	return str_is(prefix, "/") || str_eq(prefix, path) ||
	       (str_eq(str_sub(path, 0, prefix.len), prefix) && path.len > prefix.len &&
		path.at[prefix.len] == '/');
}

static const struct model_path *path_of(const struct model_rule *rule)
{
	return rule->source_path ? rule->source_path : &rule->match.path;
}

static bool is_regex(const struct model_path *path)
{
	return path->kind == PATH_REGEX;
}

/* Whether the guarded path is only a part of the open one. */
static bool is_narrower(const struct model_path *guard, const struct model_path *open)
{
	struct str head = path_literal_head(guard);

	return open->kind == PATH_PREFIX && is_within(open->value, head) &&
	       (head.len > open->value.len || guard->kind == PATH_EXACT);
}

/* Whether a request for the open path may be one for the guarded path. */
static bool meets(const struct model_path *guard, const struct model_path *open)
{
	if (is_regex(guard) || is_regex(open))
		return paths_may_overlap(guard, open);
	if (guard->kind == PATH_PREFIX)
		return is_within(guard->value, open->value);
	return open->kind == PATH_EXACT && str_eq(guard->value, open->value);
}

/* Whether an open rule without host takes all of the open path before the guarded one. */
static bool is_open_anyway(const struct descent *descent, const struct model_path *guard,
			   const struct model_path *open)
{
	for (size_t i = 0; i < descent->rest->rule_count && !is_regex(guard); i++) {
		const struct model_rule *rule = descent->rest->rules[i];
		const struct model_path *path = &rule->match.path;

		if (path->kind == PATH_PREFIX && path->value.len > guard->value.len &&
		    is_within(path->value, open->value) && !rule->match.header_count &&
		    overtake_is_open(descent->options, rule))
			return true;
	}
	return false;
}

/* ---- one wildcard host ---- */

static void say(const struct descent *descent, const struct model_host *host,
		const struct model_rule *open, const struct model_rule *guard, struct str path)
{
	const struct guard_talk talk = {descent->findings, descent->options->allow_unguarded};

	guard_say(
		&talk,
		(struct finding){
			.code = "I2G324",
			.object = kube_ref(open->origin.object),
			.path = open->origin.field,
			.span = open->origin.span,
			.message = str_format(
				descent->findings->arena,
				"names deeper than one label below '%.*s' go to the path '%.*s' "
				"without host today, which is guarded: a Gateway's wildcard takes "
				"them, too, and would answer '%.*s' unguarded",
				STR_ARG(str_from_pos(host->name, 2)),
				STR_ARG(path_of(guard)->value), STR_ARG(path)),
			.hint = STR("list the names of the wildcard host, or guard it alike"),
		});
}

static void hold(struct descent *descent, const struct model_host *host, struct model_rule *open,
		 const struct model_rule *guard)
{
	say(descent, host, open, guard, open->match.path.value);
	if (descent->options->allow_unguarded)
		return;
	open->held = "I2G324";
	descent->held++;
}

/* Blocks the guarded path alone. */
static void add_block(struct descent *descent, struct model_host *host,
		      const struct model_rule *open, const struct model_rule *guard)
{
	say(descent, host, open, guard, path_of(guard)->value);
	if (descent->options->allow_unguarded)
		return;
	model_rule_add(descent->model, host,
		       (struct model_rule){.match.path = *path_of(guard),
					   .namespace = open->namespace,
					   .route_name = open->route_name,
					   .suffix = open->suffix,
					   .origin = open->origin,
					   .listen = LISTEN_BOTH,
					   .source = open->source,
					   .held = "I2G324"});
	descent->held++;
}

static const struct model_rule *guard_of(struct descent *descent, const struct model_rule *open)
{
	for (size_t i = 0; i < descent->guard_count; i++) {
		const struct model_path *guard = path_of(descent->guards[i]);

		if (!overtake_may_take(descent->options, open, descent->guards[i]))
			continue;
		if (descent->pairs++ >= PAIRS_MOST ||
		    (meets(guard, &open->match.path) && !is_narrower(guard, &open->match.path) &&
		     !is_open_anyway(descent, guard, &open->match.path)))
			return descent->guards[i];
	}
	return NULL;
}

/* The open rule of the host of whose path the guarded one is a part. */
static const struct model_rule *open_around(struct descent *descent, const struct model_host *host,
					    const struct model_rule *guard)
{
	for (size_t i = 0; i < host->rule_count; i++)
		if (descent->pairs++ < PAIRS_MOST &&
		    overtake_may_take(descent->options, host->rules[i], guard) &&
		    is_narrower(path_of(guard), &host->rules[i]->match.path))
			return host->rules[i];
	return NULL;
}

static bool has_path(const struct model_host *host, const struct model_path *path)
{
	for (size_t i = 0; i < host->rule_count; i++)
		if (host->rules[i]->match.path.kind == path->kind &&
		    str_eq(host->rules[i]->match.path.value, path->value))
			return true;
	return false;
}

static void run_host(struct descent *descent, struct model_host *host)
{
	for (size_t i = 0; i < host->rule_count; i++) {
		struct model_rule *open = host->rules[i];
		const struct model_rule *guard = !open->held ? guard_of(descent, open) : NULL;

		if (guard)
			hold(descent, host, open, guard);
	}
	for (size_t i = 0; i < descent->guard_count; i++) {
		const struct model_path *guard = path_of(descent->guards[i]);
		const struct model_rule *open = open_around(descent, host, descent->guards[i]);

		if (open && !has_path(host, guard))
			add_block(descent, host, open, descent->guards[i]);
	}
}

/* ---- the run ---- */

static void find_guards(struct descent *descent)
{
	struct arena *arena = descent->findings->arena;

	for (size_t i = 0; i < descent->rest->rule_count; i++)
		if (overtake_is_guarded(descent->options, descent->rest->rules[i]))
			ARENA_PUSH(arena, descent->guards, descent->guard_count,
				   descent->rest->rules[i]);
}

/* Names of a wildcard and rules without host meet within a realm only. */
static void run_realm(struct descent *descent, uint32_t realm)
{
	struct model *model = descent->model;

	descent->rest = map_get(&model->realms[realm]->hosts, STR(""));
	descent->guards = NULL;
	descent->guard_count = 0;
	if (!descent->rest)
		return;
	find_guards(descent);
	for (size_t h = 0; h < model->host_count && descent->guard_count; h++)
		if (model->hosts[h]->realm == realm && model->hosts[h]->one_label)
			run_host(descent, model->hosts[h]);
}

size_t deeper_hold(struct model *model, const struct convert_options *options,
		   struct findings *findings)
{
	struct descent descent = {.model = model, .options = options, .findings = findings};

	for (uint32_t realm = 0; realm < model->realm_count; realm++)
		run_realm(&descent, realm);
	return descent.held;
}
