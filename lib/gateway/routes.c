#include <stdio.h>
#include <stdlib.h>

#include "gateway/limits.h"
#include "gateway/planner.h"

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

static struct str group_key(struct planner *planner, const struct model_rule *rule)
{
	return str_format(&planner->drafts, "%.*s/%.*s/%s", STR_ARG(rule->namespace),
			  STR_ARG(rule->route_name), rule->suffix);
}

static struct group *find_group(struct planner *planner, struct groups *groups,
				const struct model_rule *rule)
{
	if (groups->last && same_group(groups->last->first->rule, rule))
		return groups->last;
	if (groups->count > FEW_GROUPS)
		return map_get(&groups->map, group_key(planner, rule));
	for (size_t i = 0; i < groups->count; i++)
		if (same_group(groups->at[i]->first->rule, rule))
			return groups->at[i];
	return NULL;
}

static struct group *add_new_group(struct planner *planner, struct groups *groups,
				   const struct planned_rule *planned)
{
	struct group *group = arena_new(&planner->drafts, struct group);
	size_t from = groups->count < FEW_GROUPS    ? SIZE_MAX
		      : groups->count == FEW_GROUPS ? 0
						    : groups->count;

	group->first = planned;
	group->all = LISTEN_BOTH;
	ARENA_PUSH(&planner->drafts, groups->at, groups->count, group);
	for (size_t i = from; i < groups->count; i++)
		*map_at(&groups->map, group_key(planner, groups->at[i]->first->rule)) =
			groups->at[i];
	return group;
}

static struct group *group_of(struct planner *planner, struct groups *groups,
			      struct planned_rule *planned)
{
	struct group *group = find_group(planner, groups, planned->rule);

	if (!group)
		group = add_new_group(planner, groups, planned);
	return groups->last = group;
}

static struct groups group_rules(struct planner *planner, const struct planned_host *host)
{
	struct groups groups = {0};

	map_init(&groups.map, &planner->drafts);
	for (size_t i = 0; i < host->rule_count; i++) {
		struct group *group = group_of(planner, &groups, host->rules[i]);

		ARENA_PUSH(&planner->drafts, group->rules, group->count, host->rules[i]);
		group->any |= host->rules[i]->listen;
		group->all &= host->rules[i]->listen;
	}
	return groups;
}

/* ---- families: the routes that one group becomes on one set of listeners ---- */

struct family {
	struct group *group;
	unsigned listen;
	struct route_entry *entries;
	size_t entry_count;
	size_t *parts; /* first entry of each route */
	size_t part_count;
	struct str name, identity;
	struct names *names;
};

struct families {
	struct family **at;
	size_t count;
	struct map names; /* namespace -> struct names */
};

static void pick_entries(struct planner *planner, struct family *family, unsigned wanted)
{
	const struct group *group = family->group;

	family->entries = arena_array(&planner->arena, struct route_entry, group->count);
	for (size_t i = 0; i < group->count; i++)
		if (group->rules[i]->listen & wanted)
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

static void split(struct planner *planner, struct family *family)
{
	size_t rules = GATEWAY_RULES, matches = 0, run;

	for (size_t i = 0; i < family->entry_count; i += run) {
		run = run_length(family, i);
		if (rules == GATEWAY_RULES || matches + run > GATEWAY_ROUTE_MATCHES) {
			ARENA_PUSH(&planner->drafts, family->parts, family->part_count, i);
			rules = matches = 0;
		}
		rules++;
		matches += run;
	}
}

/* ---- names ---- */

/* "x", "x-02", "x-03": padded so that the order of names, which decides between equal matches, is
 * the order of the rules. */
static struct str part_name(struct planner *planner, const struct family *family, struct str name,
			    size_t part)
{
	char digits[24];
	int width = snprintf(digits, sizeof digits, "%zu", family->part_count);

	if (part == 0)
		return name;
	return str_format(&planner->drafts, "%.*s-%0*zu", STR_ARG(name), width < 2 ? 2 : width,
			  part + 1);
}

static struct names *names_of(struct planner *planner, struct families *families,
			      struct str namespace)
{
	struct names **place = (struct names **)map_at(&families->names, namespace);

	if (!*place) {
		*place = arena_new(&planner->drafts, struct names);
		names_init(*place, &planner->drafts);
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
	int width = snprintf(digits, sizeof digits, "-%zu", family->part_count);

	return family->part_count > 1 ? GATEWAY_NAME - (unsigned)(width < 3 ? 3 : width)
				      : GATEWAY_NAME;
}

static void wish_names(struct planner *planner, struct families *families, struct family *family,
		       const struct planned_host *host)
{
	const struct model_rule *rule = family->group->first->rule;
	struct arena *arena = &planner->drafts;
	struct str suffix = is_http_variant(family, host)
				    ? str_format(arena, "%s-http", rule->suffix)
				    : str_from(rule->suffix);
	struct str host_name = name_from_host(arena, host->host->name);
	unsigned most = name_room(family);

	family->names = names_of(planner, families, rule->namespace);
	family->name = name_join(arena, most, rule->route_name, host_name,
				 str_from_pos(suffix, str_starts(suffix, "-")));
	family->identity = str_format(arena, "%.*s|%.*s|%.*s", STR_ARG(rule->route_name),
				      STR_ARG(host->host->name), STR_ARG(suffix));
	if (rule->route_name.len + host_name.len + suffix.len + 1 > most)
		planner_say(planner, "I2G602", &rule->origin, STR(""),
			    "the name of the route for '%.*s' would be too long and was cut to "
			    "'%.*s'",
			    STR_ARG(host->host->name), STR_ARG(family->name));
	for (size_t i = 0; i < family->part_count; i++)
		names_wish(family->names, part_name(planner, family, family->name, i),
			   family->identity);
}

/* All parts change their name together, or their order would change. */
static struct str family_name(struct planner *planner, struct family *family)
{
	for (size_t i = 0; i < family->part_count; i++)
		if (!names_unique(family->names, part_name(planner, family, family->name, i)))
			return names_hashed(family->names, name_room(family), family->name,
					    family->identity);
	return family->name;
}

/* ---- routes ---- */

static void add_family(struct planner *planner, struct families *families, struct group *group,
		       const struct planned_host *host, unsigned listen)
{
	struct family *family = arena_new(&planner->drafts, struct family);

	family->group = group;
	family->listen = listen;
	pick_entries(planner, family, listen);
	fold(family);
	split(planner, family);
	wish_names(planner, families, family, host);
	ARENA_PUSH(&planner->drafts, families->at, families->count, family);
}

/* One route when all rules want the same listeners, else one a listener. */
static void add_group(struct planner *planner, struct families *families, struct group *group,
		      const struct planned_host *host)
{
	if (group->any == group->all) {
		add_family(planner, families, group, host, group->any);
		return;
	}
	add_family(planner, families, group, host, LISTEN_HTTPS);
	add_family(planner, families, group, host, LISTEN_HTTP);
}

static void attach(struct planner *planner, const struct route *route)
{
	if (route->listen & LISTEN_HTTP)
		listener_attach(planner, route->unit->http, route->target->namespace);
	if (route->listen & LISTEN_HTTPS)
		listener_attach(planner, route->unit->https, route->target->namespace);
}

static void add_routes(struct planner *planner, struct family *family)
{
	struct planned_host *host = family->group->first->host;
	struct str namespace = family->group->first->rule->namespace;
	struct str name = family_name(planner, family);
	struct unit *unit = map_get(&site_of(planner, namespace)->hosts, host->host->name);

	for (size_t i = 0; i < family->part_count; i++) {
		size_t from = family->parts[i];
		size_t to = i + 1 < family->part_count ? family->parts[i + 1] : family->entry_count;
		struct route route = {
			.target = target_new(planner, "HTTPRoute", namespace,
					     part_name(planner, family, name, i)),
			.host = host,
			.unit = unit,
			.listen = family->listen,
			.entries = family->entries + from,
			.entry_count = to - from,
		};

		attach(planner, &route);
		ARENA_PUSH(&planner->arena, planner->routes, planner->route_count, route);
	}
}

static int compare_routes(const void *a, const void *b)
{
	return target_compare(((const struct route *)a)->target, ((const struct route *)b)->target);
}

void routes_plan(struct planner *planner)
{
	struct families families = {0};

	map_init(&families.names, &planner->drafts);
	for (size_t i = 0; i < planner->host_count; i++) {
		const struct planned_host *host = &planner->hosts[i];
		struct groups groups = group_rules(planner, host);

		for (size_t j = 0; j < groups.count; j++)
			add_group(planner, &families, groups.at[j], host);
	}
	for (size_t i = 0; i < families.count; i++)
		add_routes(planner, families.at[i]);
	if (planner->route_count)
		qsort(planner->routes, planner->route_count, sizeof *planner->routes,
		      compare_routes);
	arena_finish(&planner->drafts);
}
