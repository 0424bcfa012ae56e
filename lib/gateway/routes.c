#include <stdio.h>

#include "base/sort.h"
#include "gateway/limits.h"
#include "gateway/planner.h"

/* What routes of one namespace are called. */
struct namespace
{
	struct str name;
	struct names names;
	uint32_t number; /* among all, as they came */
};

/* Names of routes are known when all routes are: a walk over the hosts makes them with the names that
 * they wish for, and those that cannot have theirs get another one afterwards. What the walk needs of
 * a host is forgotten with it. */
struct routing {
	struct planner *planner;
	struct arena lasting;  /* wishes */
	struct arena drafts;   /* of the host at hand */
	struct map namespaces; /* name -> struct namespace */
	struct namespace **list;
	size_t list_count;
	bool shared; /* several routes wish for one name */
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
	struct namespace *namespace;
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
static struct str part_name(struct arena *arena, struct str name, size_t part, size_t count)
{
	char digits[24];
	int width;

	if (part == 0)
		return name;
	width = snprintf(digits, sizeof digits, "%zu", count);
	return str_format(arena, "%.*s-%0*zu", STR_ARG(name), width < 2 ? 2 : width, part + 1);
}

static struct namespace *namespace_of(struct routing *routing, struct str name)
{
	struct namespace **place = (struct namespace **)map_at(&routing->namespaces, name);

	if (!*place) {
		*place = arena_new(&routing->lasting, struct namespace);
		(*place)->name = name;
		(*place)->number = (uint32_t)routing->list_count;
		names_init(&(*place)->names, &routing->lasting);
		ARENA_PUSH(&routing->lasting, routing->list, routing->list_count, *place);
	}
	return *place;
}

/* On a host with HTTPS, the route for plain HTTP says so in its name (peers.md, row 24). */
static bool is_http_variant(unsigned listen, const struct planned_host *host, struct str suffix)
{
	return listen == LISTEN_HTTP && host->listen & LISTEN_HTTPS && !str_ends(suffix, "-http");
}

static struct str name_suffix(struct arena *arena, unsigned listen, const struct planned_host *host,
			      const struct model_rule *rule)
{
	struct str suffix = str_from(rule->suffix);

	return is_http_variant(listen, host, suffix) ? STR_JOIN(arena, suffix, STR("-http"))
						     : suffix;
}

/* Characters that are left for a name when the numbers of its parts must fit as well. */
static unsigned name_room(size_t part_count)
{
	char digits[24];
	int width;

	if (part_count <= 1)
		return GATEWAY_NAME;
	width = snprintf(digits, sizeof digits, "-%zu", part_count);
	return GATEWAY_NAME - (unsigned)(width < 3 ? 3 : width);
}

static void name_family(struct routing *routing, struct family *family)
{
	const struct model_rule *rule = family->group->first->rule;
	struct str suffix = name_suffix(&routing->drafts, family->listen, routing->host, rule);

	family->suffix = suffix;
	family->namespace = namespace_of(routing, rule->namespace);
	family->name = name_join(&routing->drafts, name_room(family->part_count), rule->route_name,
				 routing->host_name, str_from_pos(suffix, str_starts(suffix, "-")));
}

static void note_cut(struct routing *routing, const struct family *family)
{
	const struct model_rule *rule = family->group->first->rule;
	size_t wanted = rule->route_name.len + routing->host_name.len + family->suffix.len + 1;

	if (wanted > name_room(family->part_count))
		planner_say(routing->planner, "I2G602", &rule->origin, STR(""),
			    "the name of the route for '%.*s' would be too long and was cut to "
			    "'%.*s'",
			    STR_ARG(routing->host->host->name), STR_ARG(family->name));
}

/* What a family is known by; in the first realm as if there was no other one. */
static struct str family_identity(struct routing *routing, const struct route *part)
{
	const struct model_rule *rule = part->entries->planned->rule;
	uint32_t realm = part->host->host->realm;
	struct str identity =
		STR_JOIN(&routing->lasting, rule->route_name, STR("|"), part->host->host->name,
			 STR("|"), name_suffix(&routing->lasting, part->listen, part->host, rule));

	return realm ? STR_JOIN(&routing->lasting, identity, STR("|"),
				routing->planner->realms[realm].gateway.name)
		     : identity;
}

/* All parts change their name together, or their order would change. */
static void rename_family(struct routing *routing, struct route *parts, size_t count)
{
	const struct model_rule *rule = parts->entries->planned->rule;
	struct arena *arena = routing->planner->model->arena;
	struct names *names = &namespace_of(routing, rule->namespace)->names;
	bool unique = true;

	for (size_t i = 0; i < count; i++)
		unique &= names_unique(names, parts[i].target->name);
	if (unique)
		return;

	struct str name = names_hashed(names, name_room(count), parts->target->name,
				       family_identity(routing, parts));

	for (size_t i = 0; i < count; i++)
		parts[i].target->name = str_dup(arena, part_name(arena, name, i, count));
}

static void rename_families(struct routing *routing)
{
	struct route *routes = routing->planner->routes;

	for (size_t i = 0, count; i < routing->planner->route_count; i += count) {
		count = 1;
		while (i + count < routing->planner->route_count && routes[i + count].continues)
			count++;
		rename_family(routing, routes + i, count);
	}
}

/* ---- routes ---- */

static void attach(struct planner *planner, const struct route *route)
{
	if (route->listen & LISTEN_HTTP)
		listener_attach(planner, route->unit->http, route->target->namespace);
	if (route->listen & LISTEN_HTTPS)
		listener_attach(planner, route->unit->https, route->target->namespace);
}

static void add_part(struct routing *routing, const struct family *family,
		     const struct route_entry *entries, size_t part)
{
	struct planner *planner = routing->planner;
	struct str namespace = family->group->first->rule->namespace;
	size_t from = family->parts[part];
	size_t to = part + 1 < family->part_count ? family->parts[part + 1] : family->entry_count;
	struct route route = {
		.target = target_new(
			planner, "HTTPRoute", namespace,
			part_name(&routing->drafts, family->name, part, family->part_count)),
		.host = family->group->first->host,
		.unit = routing->host->unit,
		.listen = (uint8_t)family->listen,
		.continues = part > 0,
		.place = family->namespace->number,
		.entries = entries + from,
		.entry_count = to - from,
	};

	if (!names_wish_once(&family->namespace->names, route.target->name))
		routing->shared = true;
	attach(planner, &route);
	ARENA_PUSH(&planner->arena, planner->routes, planner->route_count, route);
}

static void add_family(struct routing *routing, const struct family *family)
{
	struct route_entry *entries =
		arena_array(&routing->planner->arena, struct route_entry, family->entry_count);

	memcpy(entries, family->entries, family->entry_count * sizeof *entries);
	note_cut(routing, family);
	for (size_t i = 0; i < family->part_count; i++)
		add_part(routing, family, entries, i);
}

/* ---- the walk ---- */

static void walk_family(struct routing *routing, const struct group *group, unsigned listen)
{
	struct family family = {.group = group, .listen = listen};

	pick_entries(routing, &family);
	fold(&family);
	split(routing, &family);
	name_family(routing, &family);
	add_family(routing, &family);
}

/* One route when all rules want the same listeners, else one a listener. */
static void walk_group(struct routing *routing, const struct group *group)
{
	if (group->any == group->all) {
		walk_family(routing, group, group->any);
		return;
	}
	walk_family(routing, group, LISTEN_HTTPS);
	walk_family(routing, group, LISTEN_HTTP);
}

static void walk(struct routing *routing)
{
	for (size_t i = 0; i < routing->planner->host_count; i++) {
		routing->host = &routing->planner->hosts[i];
		routing->host_name = name_from_host(&routing->drafts, routing->host->host->name);

		struct groups groups = group_rules(routing);

		for (size_t j = 0; j < groups.count; j++)
			walk_group(routing, groups.at[j]);
		arena_rewind(&routing->drafts, (struct arena_mark){0});
	}
}

/* ---- order ---- */

static int compare_namespaces(const void *a, const void *b)
{
	const struct namespace *const *x = a, *const *y = b;

	return str_cmp((*x)->name, (*y)->name);
}

static int compare_routes(const void *a, const void *b)
{
	const struct route *x = a, *y = b;

	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	return str_cmp(x->target->name, y->target->name);
}

/* By namespace and name. */
static void sort_routes(struct routing *routing)
{
	struct planner *planner = routing->planner;
	uint32_t *places = arena_array(&routing->lasting, uint32_t, routing->list_count);

	sort(routing->list, routing->list_count, sizeof *routing->list, compare_namespaces);
	for (size_t i = 0; i < routing->list_count; i++)
		places[routing->list[i]->number] = (uint32_t)i;
	for (size_t i = 0; i < planner->route_count; i++)
		planner->routes[i].place = places[planner->routes[i].place];
	sort(planner->routes, planner->route_count, sizeof *planner->routes, compare_routes);
}

void routes_plan(struct planner *planner)
{
	struct routing routing = {.planner = planner};

	arena_init(&routing.lasting);
	arena_init(&routing.drafts);
	map_init(&routing.namespaces, &routing.lasting);
	walk(&routing);
	if (routing.shared)
		rename_families(&routing);
	sort_routes(&routing);
	arena_finish(&routing.drafts);
	arena_finish(&routing.lasting);
}
