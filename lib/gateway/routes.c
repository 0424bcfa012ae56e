#include <stdio.h>
#include <stdlib.h>

#include "gateway/limits.h"
#include "gateway/planner.h"

/* Names of routes are known when all routes are: a first walk over the hosts makes their wishes, a
 * second one the routes. What a walk needs of a host is forgotten with it. */
struct routing {
	struct planner *planner;
	struct arena lasting; /* wishes */
	struct arena drafts;  /* of the host at hand */
	struct map names;     /* namespace -> struct names */
	const struct planned_host *host;
	struct str host_name; /* as a part of names */
};

/* ---- grouping ---- */

/* Rules of a host that share an HTTPRoute. */
struct group {
	const struct planned_rule *first;
	struct planned_rule **rules;
	size_t count;
	unsigned any, all; /* listeners of some / of all rules */
};

struct groups {
	struct group **at;
	size_t count;
	struct map map; /* used when there are more than a few */
	struct group *last;
};

enum { FEW_GROUPS = 8 };

static bool same_group(const struct model_rule *a, const struct model_rule *b)
{
	return str_eq(a->namespace, b->namespace) && str_eq(a->route_name, b->route_name) &&
	       strcmp(a->suffix, b->suffix) == 0;
}

static struct str group_key(struct routing *routing, const struct model_rule *rule)
{
	return STR_JOIN(&routing->drafts, rule->namespace, STR("/"), rule->route_name, STR("/"),
			str_from(rule->suffix));
}

static struct group *find_group(struct routing *routing, struct groups *groups,
				const struct model_rule *rule)
{
	if (groups->last && same_group(groups->last->first->rule, rule))
		return groups->last;
	if (groups->count > FEW_GROUPS)
		return map_get(&groups->map, group_key(routing, rule));
	for (size_t i = 0; i < groups->count; i++)
		if (same_group(groups->at[i]->first->rule, rule))
			return groups->at[i];
	return NULL;
}

static struct group *add_new_group(struct routing *routing, struct groups *groups,
				   const struct planned_rule *planned)
{
	struct group *group = arena_new(&routing->drafts, struct group);
	size_t from = groups->count < FEW_GROUPS    ? SIZE_MAX
		      : groups->count == FEW_GROUPS ? 0
						    : groups->count;

	group->first = planned;
	group->all = LISTEN_BOTH;
	ARENA_PUSH(&routing->drafts, groups->at, groups->count, group);
	for (size_t i = from; i < groups->count; i++)
		*map_at(&groups->map, group_key(routing, groups->at[i]->first->rule)) =
			groups->at[i];
	return group;
}

static struct group *group_of(struct routing *routing, struct groups *groups,
			      struct planned_rule *planned)
{
	struct group *group = find_group(routing, groups, planned->rule);

	if (!group)
		group = add_new_group(routing, groups, planned);
	return groups->last = group;
}

static struct groups group_rules(struct routing *routing)
{
	const struct planned_host *host = routing->host;
	struct groups groups = {0};

	map_init(&groups.map, &routing->drafts);
	for (size_t i = 0; i < host->rule_count; i++) {
		struct group *group = group_of(routing, &groups, host->rules[i]);

		ARENA_PUSH(&routing->drafts, group->rules, group->count, host->rules[i]);
		group->any |= host->rules[i]->listen;
		group->all &= host->rules[i]->listen;
	}
	return groups;
}

/* ---- families: the routes that one group becomes on one set of listeners ---- */

struct family {
	const struct group *group;
	unsigned listen;
	struct route_entry *entries;
	size_t entry_count;
	size_t *parts; /* first entry of each route */
	size_t part_count;
	struct str suffix, name;
	struct names *names;
};

static void pick_entries(struct routing *routing, struct family *family)
{
	const struct group *group = family->group;

	family->entries = arena_array(&routing->drafts, struct route_entry, group->count);
	for (size_t i = 0; i < group->count; i++)
		if (group->rules[i]->listen & family->listen)
			family->entries[family->entry_count++].planned = group->rules[i];
}

/* Neighbours only, so that the order of matches stays the order of the source. */
static void fold(struct family *family)
{
	size_t run = 1;

	if (family->entry_count <= GATEWAY_RULES)
		return;
	for (size_t i = 1; i < family->entry_count; i++) {
		struct route_entry *entry = &family->entries[i];

		entry->joins = run < GATEWAY_RULE_MATCHES &&
			       rules_alike(entry[-1].planned, entry->planned);
		run = entry->joins ? run + 1 : 1;
	}
}

static size_t run_length(const struct family *family, size_t at)
{
	size_t length = 1;

	while (at + length < family->entry_count && family->entries[at + length].joins)
		length++;
	return length;
}

static void split(struct routing *routing, struct family *family)
{
	size_t rules = GATEWAY_RULES, matches = 0, run;

	for (size_t i = 0; i < family->entry_count; i += run) {
		run = run_length(family, i);
		if (rules == GATEWAY_RULES || matches + run > GATEWAY_ROUTE_MATCHES) {
			ARENA_PUSH(&routing->drafts, family->parts, family->part_count, i);
			rules = matches = 0;
		}
		rules++;
		matches += run;
	}
}

/* ---- names ---- */

/* "x", "x-02", "x-03": padded so that the order of names, which decides between equal matches, is
 * the order of the rules. */
static struct str part_name(struct routing *routing, const struct family *family, struct str name,
			    size_t part)
{
	char digits[24];
	int width;

	if (part == 0)
		return name;
	width = snprintf(digits, sizeof digits, "%zu", family->part_count);
	return str_format(&routing->drafts, "%.*s-%0*zu", STR_ARG(name), width < 2 ? 2 : width,
			  part + 1);
}

static struct names *names_of(struct routing *routing, struct str namespace)
{
	struct names **place = (struct names **)map_at(&routing->names, namespace);

	if (!*place) {
		*place = arena_new(&routing->lasting, struct names);
		names_init(*place, &routing->lasting);
	}
	return *place;
}

/* On a host with HTTPS, the route for plain HTTP says so in its name (peers.md, row 24). */
static bool is_http_variant(const struct family *family, const struct planned_host *host)
{
	return family->listen == LISTEN_HTTP && host->listen & LISTEN_HTTPS &&
	       !str_ends(str_from(family->group->first->rule->suffix), "-http");
}

static unsigned name_room(const struct family *family)
{
	char digits[24];
	int width;

	if (family->part_count <= 1)
		return GATEWAY_NAME;
	width = snprintf(digits, sizeof digits, "-%zu", family->part_count);
	return GATEWAY_NAME - (unsigned)(width < 3 ? 3 : width);
}

static void name_family(struct routing *routing, struct family *family)
{
	const struct model_rule *rule = family->group->first->rule;
	struct str suffix = str_from(rule->suffix);

	if (is_http_variant(family, routing->host))
		suffix = STR_JOIN(&routing->drafts, suffix, STR("-http"));
	family->suffix = suffix;
	family->names = names_of(routing, rule->namespace);
	family->name = name_join(&routing->drafts, name_room(family), rule->route_name,
				 routing->host_name, str_from_pos(suffix, str_starts(suffix, "-")));
}

static void wish_names(struct routing *routing, struct family *family)
{
	const struct model_rule *rule = family->group->first->rule;
	size_t wanted = rule->route_name.len + routing->host_name.len + family->suffix.len + 1;

	if (wanted > name_room(family))
		planner_say(routing->planner, "I2G602", &rule->origin, STR(""),
			    "the name of the route for '%.*s' would be too long and was cut to "
			    "'%.*s'",
			    STR_ARG(routing->host->host->name), STR_ARG(family->name));
	for (size_t i = 0; i < family->part_count; i++)
		names_wish_once(
			family->names,
			str_dup(&routing->lasting, part_name(routing, family, family->name, i)));
}

/* All parts change their name together, or their order would change. */
static struct str final_name(struct routing *routing, const struct family *family)
{
	struct str identity;

	for (size_t i = 0; i < family->part_count; i++) {
		if (names_unique(family->names, part_name(routing, family, family->name, i)))
			continue;
		identity = STR_JOIN(&routing->lasting, family->group->first->rule->route_name,
				    STR("|"), routing->host->host->name, STR("|"), family->suffix);
		return names_hashed(family->names, name_room(family), family->name, identity);
	}
	return family->name;
}

/* ---- routes ---- */

static void attach(struct planner *planner, const struct route *route)
{
	if (route->listen & LISTEN_HTTP)
		listener_attach(planner, route->unit->http, route->target->namespace);
	if (route->listen & LISTEN_HTTPS)
		listener_attach(planner, route->unit->https, route->target->namespace);
}

static void add_routes(struct routing *routing, struct family *family)
{
	struct planner *planner = routing->planner;
	struct str namespace = family->group->first->rule->namespace;
	struct str name = final_name(routing, family);
	struct route_entry *entries =
		arena_array(&planner->arena, struct route_entry, family->entry_count);

	memcpy(entries, family->entries, family->entry_count * sizeof *entries);
	for (size_t i = 0; i < family->part_count; i++) {
		size_t from = family->parts[i];
		size_t to = i + 1 < family->part_count ? family->parts[i + 1] : family->entry_count;
		struct route route = {
			.target = target_new(planner, "HTTPRoute", namespace,
					     part_name(routing, family, name, i)),
			.host = family->group->first->host,
			.unit = map_get(&site_of(planner, namespace)->hosts,
					routing->host->host->name),
			.listen = family->listen,
			.entries = entries + from,
			.entry_count = to - from,
		};

		attach(planner, &route);
		ARENA_PUSH(&planner->arena, planner->routes, planner->route_count, route);
	}
}

/* ---- the walks ---- */

static void walk_family(struct routing *routing, const struct group *group, unsigned listen,
			void (*take)(struct routing *, struct family *))
{
	struct family family = {.group = group, .listen = listen};

	pick_entries(routing, &family);
	fold(&family);
	split(routing, &family);
	name_family(routing, &family);
	take(routing, &family);
}

/* One route when all rules want the same listeners, else one a listener. */
static void walk_group(struct routing *routing, const struct group *group,
		       void (*take)(struct routing *, struct family *))
{
	if (group->any == group->all) {
		walk_family(routing, group, group->any, take);
		return;
	}
	walk_family(routing, group, LISTEN_HTTPS, take);
	walk_family(routing, group, LISTEN_HTTP, take);
}

static void walk(struct routing *routing, void (*take)(struct routing *, struct family *))
{
	for (size_t i = 0; i < routing->planner->host_count; i++) {
		routing->host = &routing->planner->hosts[i];
		routing->host_name = name_from_host(&routing->drafts, routing->host->host->name);

		struct groups groups = group_rules(routing);

		for (size_t j = 0; j < groups.count; j++)
			walk_group(routing, groups.at[j], take);
		arena_rewind(&routing->drafts, (struct arena_mark){0});
	}
}

static int compare_routes(const void *a, const void *b)
{
	return target_compare(((const struct route *)a)->target, ((const struct route *)b)->target);
}

void routes_plan(struct planner *planner)
{
	struct routing routing = {.planner = planner};

	arena_init(&routing.lasting);
	arena_init(&routing.drafts);
	map_init(&routing.names, &routing.lasting);
	walk(&routing, wish_names);
	walk(&routing, add_routes);
	if (planner->route_count)
		qsort(planner->routes, planner->route_count, sizeof *planner->routes,
		      compare_routes);
	arena_finish(&routing.drafts);
	arena_finish(&routing.lasting);
}
