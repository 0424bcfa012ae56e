#include <stdlib.h>

#include "gateway/limits.h"
#include "gateway/planner.h"

static const char *const kinds[] = {
	[L4_TLS] = "TLSRoute",
	[L4_TCP] = "TCPRoute",
	[L4_UDP] = "UDPRoute",
};

static void mark_refused(const struct model_l4 *l4, const char *code)
{
	ledger_mark(l4->path_item, OUTCOME_REFUSED, code);
	ledger_mark(l4->host_item, OUTCOME_REFUSED, code);
	ledger_mark(l4->backend.item, OUTCOME_REFUSED, code);
}

static void refuse(struct planner *planner, const struct model_l4 *l4, const char *code,
		   const char *words)
{
	planner_say(planner, code, &l4->origin, STR(""), "%s", words);
	mark_refused(l4, code);
}

static bool is_legal(struct planner *planner, const struct model_l4 *l4)
{
	bool service = !*l4->backend.group && strcmp(l4->backend.kind, "Service") == 0;

	if (l4->held)
		mark_refused(l4, l4->held);
	else if (l4->kind == L4_TLS && !l4->hostname.len)
		refuse(planner, l4, "I2G511",
		       "TLS is passed through for every host, but a TLSRoute must name its hosts");
	else if (l4->kind == L4_TLS && !name_is_hostname(l4->hostname))
		refuse(planner, l4, "I2G227",
		       "TLS is passed through for a host name that Gateway API does not take");
	else if (service && !l4->backend.port)
		refuse(planner, l4, "I2G220", "the port of the Service is not known");
	else
		return true;
	return false;
}

/* Names of the three kinds cannot collide with each other: the kind is part of the identity. */
static struct str wish(struct planner *planner, const struct model_l4 *l4)
{
	struct arena *arena = &planner->arena;

	return name_join(arena, GATEWAY_NAME, l4->route_name,
			 l4->kind == L4_TLS ? name_from_host(arena, l4->hostname) : STR(""),
			 STR(""));
}

static struct str identity(struct planner *planner, const struct model_l4 *l4)
{
	return str_format(&planner->arena, "%.*s|%.*s|%u|%.*s|%u", STR_ARG(l4->route_name),
			  STR_ARG(l4->hostname), l4->port, STR_ARG(l4->backend.name),
			  l4->backend.port);
}

static struct names *names_for(struct planner *planner, struct map *map, const struct model_l4 *l4)
{
	struct str key =
		str_format(&planner->arena, "%s/%.*s", kinds[l4->kind], STR_ARG(l4->namespace));
	struct names **place = (struct names **)map_at(map, key);

	if (!*place) {
		*place = arena_new(&planner->arena, struct names);
		names_init(*place, &planner->arena);
	}
	return *place;
}

/* Connections for the host of a held TLSRoute would be decrypted by an HTTPS listener for more names, and answered by the
 * routes there: a listener that no route uses ends them. */
static bool needs_closing(struct planner *planner, const struct model_l4 *l4)
{
	const struct map *hosts = &planner->realms[l4->realm].hosts;
	struct str name = l4->hostname;

	if (!l4->held || l4->kind != L4_TLS || !name_is_hostname(name))
		return false;
	while (name.len) {
		const struct planned_host *host;

		name = name_wildcard_above(&planner->arena, name);
		host = map_get(hosts, name);
		if (host && host->listen & LISTEN_HTTPS)
			return true;
	}
	return false;
}

void l4_plan(struct planner *planner)
{
	const struct model *model = planner->model;
	struct map names;

	map_init(&names, &planner->arena);
	for (size_t i = 0; i < model->l4_count; i++) {
		const struct model_l4 *l4 = &model->l4[i];

		if (!is_legal(planner, l4)) {
			if (needs_closing(planner, l4))
				ARENA_PUSH(&planner->arena, planner->closed, planner->closed_count,
					   l4);
			continue;
		}
		names_wish(names_for(planner, &names, l4), wish(planner, l4),
			   identity(planner, l4));
		ARENA_PUSH(&planner->arena, planner->l4_routes, planner->l4_route_count,
			   (struct l4_route){.l4 = l4});
	}
	for (size_t i = 0; i < planner->l4_route_count; i++) {
		struct l4_route *route = &planner->l4_routes[i];
		const struct model_l4 *l4 = route->l4;
		struct str name = names_get(names_for(planner, &names, l4), GATEWAY_NAME,
					    wish(planner, l4), identity(planner, l4));

		route->target = target_new(planner, kinds[l4->kind], l4->namespace, name);
	}
}

/* ---- writing ---- */

static struct listener *listener_of(const struct l4_route *route)
{
	return route->l4->kind == L4_TLS ? route->unit->tls : route->unit->port;
}

void l4_attach(struct planner *planner)
{
	for (size_t i = 0; i < planner->l4_route_count; i++) {
		const struct l4_route *route = &planner->l4_routes[i];

		listener_attach(planner, listener_of(route), route->l4->namespace);
	}
}

static void write_route(struct planner *planner, const struct l4_route *route)
{
	struct arena *arena = &planner->scratch;
	const struct model_l4 *l4 = route->l4;
	struct node *root = object_new(planner, GATEWAY_VERSION, route->target);
	struct owners owners = {0};

	owners_add(arena, &owners, l4->origin.object);
	comment_owners(planner, root, &owners);
	metadata_write_route(planner, node_get(root, "metadata"), route->target, owners.at,
			     owners.count);

	struct node *spec = node_set_map(arena, root, "spec");

	listener_parent(planner, node_set_list(arena, spec, "parentRefs"), listener_of(route),
			l4->namespace);
	if (l4->kind == L4_TLS)
		node_push_string(arena, node_set_list(arena, spec, "hostnames"), l4->hostname);

	struct node *rule = node_push_map(arena, node_set_list(arena, spec, "rules"));
	struct node *ref = node_push_map(arena, node_set_list(arena, rule, "backendRefs"));

	backend_write(planner, ref, &l4->backend, l4->namespace);
	backend_grant(planner, &l4->backend, route->target->kind, l4->namespace);
	object_write(planner, route->target, ROLE_DEVELOPER, root);
}

static void account(const struct l4_route *route)
{
	struct ledger_item *items[] = {route->l4->path_item, route->l4->host_item,
				       route->l4->backend.item};

	for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
		ledger_mark(items[i], OUTCOME_EXACT, NULL);
		ledger_target(items[i], route->target, TARGET_RULE, 0);
	}
}

static int compare_l4(const void *a, const void *b)
{
	const struct l4_route *x = a, *y = b;

	if (x->l4->kind != y->l4->kind)
		return x->l4->kind < y->l4->kind ? -1 : 1;
	return target_compare(x->target, y->target);
}

void l4_write(struct planner *planner)
{
	if (planner->l4_route_count)
		qsort(planner->l4_routes, planner->l4_route_count, sizeof *planner->l4_routes,
		      compare_l4);
	for (size_t i = 0; i < planner->l4_route_count; i++) {
		write_route(planner, &planner->l4_routes[i]);
		account(&planner->l4_routes[i]);
	}
}
