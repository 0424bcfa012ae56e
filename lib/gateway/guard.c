#include "gateway/planner.h"

/* What a host hands to backends, or sends elsewhere, without a held rule's guard. Paths are looked up, not scanned. */
struct opening {
	struct map paths; /* values of such rules: exact_mark or prefix_mark */
	bool regex;       /* a regex may match anything */
	bool any;
};

static char exact_mark, prefix_mark;

/* To HTTPS, where the same rules stand: whoever follows it is stopped there. An exact path wins over any
 * rule that blocks. */
static bool leads_astray(const struct model_rule *rule)
{
	const struct model_redirect *redirect = rule->redirect;

	return redirect && rule->match.path.kind != PATH_EXACT &&
	       (redirect->hostname.len || redirect->edit != PATH_KEEP ||
		!str_is(redirect->scheme, "https"));
}

static bool takes_requests(const struct planned_rule *planned)
{
	return !planned->blocks && (planned->rule->backend_count || leads_astray(planned->rule));
}

/* "/" is the prefix of everything: its key is the empty text. */
static struct str path_key(struct str path)
{
	return str_is(path, "/") ? STR("") : path;
}

static void note_path(struct opening *opening, const struct planned_rule *planned)
{
	void **mark = map_at(&opening->paths, path_key(planned->path));

	if (*mark != &prefix_mark)
		*mark = planned->rule->match.path.kind == PATH_EXACT ? &exact_mark : &prefix_mark;
}

static struct opening *opening_of(struct planner *planner, struct map *openings,
				  const struct planned_host *host)
{
	void **place = map_at(openings, host->host->name);

	if (*place)
		return *place;

	struct opening *opening = arena_new(&planner->arena, struct opening);

	*place = opening;
	map_init(&opening->paths, &planner->arena);
	for (size_t i = 0; i < host->rule_count; i++) {
		const struct planned_rule *planned = host->rules[i];

		if (!takes_requests(planned))
			continue;
		opening->any = true;
		if (planned->rule->match.path.kind == PATH_REGEX)
			opening->regex = true;
		else
			note_path(opening, planned);
	}
	return opening;
}

/* Whether a request for the held path could be answered by a rule of the opening: the same path, or
 * a prefix of it. A regex on either side is not analysed: it could. */
static bool could_take(const struct opening *opening, const struct planned_rule *held)
{
	struct str path = held->path;

	if (opening->regex || held->rule->match.path.kind == PATH_REGEX)
		return opening->any;
	if (map_get(&opening->paths, path_key(path)))
		return true;
	for (;;) {
		if (map_get(&opening->paths, path_key(path)) == &prefix_mark)
			return true;
		if (!path.len)
			return false;
		do
			path.len--;
		while (path.len && path.at[path.len] != '/');
	}
}

/* "a.b.c" is also served by "*.b.c", "*.c" and the hostless host where those are written. */
static bool host_could_take(struct planner *planner, struct map *openings,
			    const struct planned_rule *held)
{
	const struct map *hosts = &planner->realms[held->host->host->realm].hosts;
	struct str name = held->host->host->name;

	for (;;) {
		const struct planned_host *host = map_get(hosts, name);

		if (host && could_take(opening_of(planner, openings, host), held))
			return true;
		if (!name.len)
			return false;
		name = name_wildcard_above(&planner->arena, name);
	}
}

/* Guards hold back; what cannot be written is left out. */
static const char *words_of(const char *code)
{
	return strncmp(code, "I2G3", 4) == 0 ? "held back" : "left out";
}

static void block(struct planner *planner, struct planned_rule *held)
{
	struct model_rule *rule = held->rule;
	struct arena *arena = planner->findings->arena;
	size_t before = planner->findings->count;

	held->note = str_format(&planner->arena,
				"%s (%s): answers 500 so that no other route takes these "
				"requests",
				words_of(rule->held), rule->held);
	planner_say(planner, "I2G317", &rule->origin, STR(""),
		    "path '%.*s' is %s (%s), and another route would take its requests: a "
		    "rule that answers 500 was written",
		    STR_ARG(rule->match.path.value), words_of(rule->held), rule->held);
	if (planner->findings->count > before && rule->match.path.kind != PATH_REGEX)
		planner->findings->at[before].scope = finding_scope_new(
			arena, (struct finding_scope){.below = str_dup(arena, held->path)});
}

/* Puts the blocking rules back among the others, in the order of the model. */
static void merge(struct planner *planner, struct planned_host *host,
		  struct planned_rule **blocking, size_t count)
{
	struct planned_rule **all =
		arena_array(&planner->arena, struct planned_rule *, host->rule_count + count);
	size_t written = 0, next = 0, total = 0;

	for (size_t i = 0; i < host->host->rule_count; i++) {
		const struct model_rule *rule = host->host->rules[i];

		if (written < host->rule_count && host->rules[written]->rule == rule)
			all[total++] = host->rules[written++];
		else if (next < count && blocking[next]->rule == rule)
			all[total++] = blocking[next++];
	}
	host->rules = all;
	host->rule_count = total;
}

static void plan_host(struct planner *planner, struct map *openings, struct planned_host *host)
{
	struct planned_rule **blocking =
		arena_array(&planner->arena, struct planned_rule *, host->held_count);
	size_t count = 0;

	for (size_t i = 0; i < host->held_count; i++) {
		if (!host->held[i]->takes_others &&
		    !host_could_take(planner, openings, host->held[i]))
			continue;
		block(planner, host->held[i]);
		blocking[count++] = host->held[i];
	}
	if (count)
		merge(planner, host, blocking, count);
}

void guards_plan(struct planner *planner)
{
	struct map openings; /* of a realm */

	for (size_t i = 0; i < planner->host_count; i++) {
		struct planned_host *host = &planner->hosts[i];

		if (!i || host->host->realm != host[-1].host->realm)
			map_init(&openings, &planner->arena);
		if (host->held_count)
			plan_host(planner, &openings, host);
	}
}
