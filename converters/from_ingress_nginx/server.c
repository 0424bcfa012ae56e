/* Ingresses become servers with locations, as the controller builds them (reference: its
 * controller.createServers and template.buildLocation). */
#include "converters/from_ingress_nginx/server.h"

#include "base/sort.h"
#include "converters/from_ingress_nginx/url.h"
#include "converters/guards.h"

/* Nearly all paths stand at one of a few places, so those are worded once. */
struct str nginx_path_field(struct nginx *nginx, size_t rule, size_t path)
{
	struct str *known =
		rule < NGINX_FIELDS && path < NGINX_FIELDS ? &nginx->path_fields[rule][path] : NULL;
	struct str field;

	if (known && known->len)
		return *known;
	field = str_format(nginx->arena, "spec.rules[%zu].http.paths[%zu].path", rule, path);
	if (known)
		*known = field;
	return field;
}

struct str nginx_host_field(struct nginx *nginx, size_t rule)
{
	struct str *known = rule < NGINX_FIELDS ? &nginx->host_fields[rule] : NULL;
	struct str field;

	if (known && known->len)
		return *known;
	field = str_format(nginx->arena, "spec.rules[%zu].host", rule);
	if (known)
		*known = field;
	return field;
}

void nginx_add_owner(struct nginx *nginx, struct nginx_server *server,
		     struct nginx_ingress *ingress)
{
	if (server->owner_count && server->owners[server->owner_count - 1] == ingress)
		return;
	ARENA_PUSH(&nginx->own, server->owners, server->owner_count, ingress);
}

struct nginx_server *nginx_server_get(struct nginx *nginx, struct str host)
{
	struct str name = str_lower(nginx->arena, host);
	struct nginx_server **place = (struct nginx_server **)map_at(&nginx->server_map, name);

	if (!*place) {
		struct nginx_server *server = arena_new(&nginx->own, struct nginx_server);

		server->name = name;
		map_init(&server->seen, &nginx->own);
		map_init(&server->route_names, &nginx->own);
		ARENA_PUSH(&nginx->own, nginx->servers, nginx->server_count, server);
		*place = server;
	}
	return *place;
}

/* The servers of its rules and memory for its locations. Ingresses come in the order of the input here, which is that
 * of hosts more than that of ages is, so what is used together later lies together. */
static void lay_out(struct nginx *nginx, struct nginx_ingress *ingress)
{
	size_t rules = ingress->ingress->rule_count, paths = 0;

	ingress->servers = arena_array(&nginx->own, struct nginx_server *, rules + !rules);
	if (!rules)
		ingress->servers[0] = nginx_server_get(nginx, STR(""));
	for (size_t r = 0; r < rules; r++) {
		ingress->servers[r] = nginx_server_get(nginx, ingress->ingress->rules[r].host.text);
		paths += ingress->ingress->rules[r].path_count;
	}
	ingress->room = arena_array(&nginx->own, struct nginx_location, paths);
	ingress->room_left = paths;
}

static struct nginx_location *new_location(struct nginx *nginx, struct nginx_ingress *owner)
{
	if (!owner->room_left)
		return arena_new(&nginx->own, struct nginx_location);
	owner->room_left--;
	return owner->room++;
}

struct str nginx_seen_key(struct arena *arena, const struct nginx_location *location)
{
	return STR_JOIN(arena, location->exact ? STR("E") : STR("P"), location->path);
}

bool nginx_same_age(const struct nginx_ingress *a, const struct nginx_ingress *b)
{
	return a->ingress->meta.created == b->ingress->meta.created;
}

/* The guard of the one that loses here may be in force in the cluster. */
void nginx_doubt_winner(struct nginx *nginx, struct nginx_location *winner,
			const struct nginx_location *loser, struct str why, struct str host)
{
	const struct kube_pair *guard = guard_annotation(&loser->owner->ingress->meta);

	if (!guard)
		return;
	winner->held = "I2G321";
	guard_say(
		&(struct guard_talk){nginx->findings, nginx->run->unguarded},
		(struct finding){
			.code = "I2G321",
			.object = kube_ref(&loser->owner->ingress->meta),
			.path = str_format(nginx->arena, "metadata.annotations[%.*s]",
					   STR_ARG(guard->key)),
			.span = guard->key_span,
			.message =
				str_format(nginx->arena, "'%.*s' may guard '%.*s' of '%.*s': %.*s",
					   STR_ARG(guard->key), STR_ARG(loser->path),
					   STR_ARG(loser->owner->ingress->meta.name), STR_ARG(why)),
			.hint = STR("read the objects from the cluster (kubectl get ingress -A -o "
				    "yaml), or remove one of the two"),
			.scope = finding_scope_new(nginx->arena,
						   (struct finding_scope){
							   .part = loser->origin.field,
							   .host = host,
							   .backend = winner->backend->name.text,
						   }),
		});
}

/* The same host, path and type twice: the oldest Ingress wins, backend and annotations included. */
static void lose_location(struct nginx *nginx, struct nginx_location *winner,
			  const struct nginx_location *loser)
{
	const struct kube_meta *meta = &winner->owner->ingress->meta;

	nginx_note_location(
		nginx, loser, "I2G217",
		str_format(nginx->arena,
			   "this path is defined twice: Ingress %.*s/%.*s wins, so backend "
			   "and annotations given here have no effect on it",
			   STR_ARG(meta->namespace), STR_ARG(meta->name)),
		STR("remove one of the two"));
	if (winner->owner != loser->owner && nginx_same_age(winner->owner, loser->owner)) {
		nginx_doubt_winner(
			nginx, winner, loser,
			STR("which of two Ingresses wins depends on their age, which the "
			    "input does not say"),
			(struct str){0});
		nginx_note_location(nginx, loser, "I2G233",
				    STR("which Ingress wins depends on their age, and the input "
					"does not say it"),
				    STR("read the objects from the cluster (kubectl get ingress -A "
					"-o yaml), or "
					"remove one of the two"));
	}
	ledger_mark(loser->path_item, OUTCOME_INERT, "I2G217");
	ledger_mark(loser->backend_item, OUTCOME_INERT, "I2G217");
	ledger_mark(loser->host_item, OUTCOME_INERT, NULL);
}

/* A backend that is no Service: the controller leaves the path out, so it answers 404. */
static bool refuse_resource(struct nginx *nginx, const struct nginx_location *location)
{
	if (location->backend->type == KUBE_BACKEND_SERVICE)
		return false;
	nginx_note_location(
		nginx, location, "I2G222",
		location->backend->type == KUBE_BACKEND_RESOURCE
			? STR("ingress-nginx leaves out paths with a resource backend, as "
			      "if they were not there")
			: STR("this path has no backend, so ingress-nginx leaves it out"),
		STR("no route is written for it"));
	ledger_mark(location->path_item, OUTCOME_REFUSED, "I2G222");
	ledger_mark(location->backend_item, OUTCOME_REFUSED, "I2G222");
	ledger_mark(location->host_item, OUTCOME_INERT, NULL);
	return true;
}

/* Of what the controller makes no location another one may have the place. */
static void displace(struct nginx_location *unserved)
{
	ledger_mark(unserved->path_item, OUTCOME_REFUSED, "I2G327");
	ledger_mark(unserved->backend_item, OUTCOME_REFUSED, "I2G327");
	ledger_mark(unserved->host_item, OUTCOME_INERT, NULL);
	unserved->owner->locations--;
}

void nginx_add_location(struct nginx *nginx, struct nginx_server *server,
			struct nginx_location location)
{
	if (refuse_resource(nginx, &location))
		return;
	nginx_hold_shared(nginx, &location);

	void **place = map_at(&server->seen, nginx_seen_key(&nginx->own, &location));
	struct nginx_location *kept = *place;

	if (kept && (location.unserved || !kept->unserved)) {
		lose_location(nginx, kept, &location);
		return;
	}
	if (kept) {
		displace(kept);
	} else {
		*place = kept = new_location(nginx, location.owner);
		ARENA_PUSH(&nginx->own, server->locations, server->location_count, kept);
	}
	*kept = location;
	kept->added = !location.exact && str_is(location.path, "/")
			      ? 0
			      : (uint32_t)server->location_count;
	location.owner->locations++;
	if (!server->www && !location.unserved && location.host_item &&
	    nginx_bool(location.owner, "from-to-www-redirect", false))
		server->www = kept;
	nginx_count_upstream(nginx, kept);
}

struct nginx_location nginx_location_at(struct nginx *nginx, struct nginx_ingress *ingress,
					size_t r, size_t p)
{
	const struct kube_path *path = &ingress->ingress->rules[r].paths[p];
	bool given = path->path.text.len > 0;

	return (struct nginx_location){
		.owner = ingress,
		.path = given ? path->path.text : STR("/"),
		.exact = path->type == KUBE_PATH_EXACT,
		.backend = &path->backend,
		.path_item = ingress->view->paths[r][p],
		.backend_item = ingress->view->backends[r][p],
		.host_item = ingress->view->hosts[r],
		.origin = {.object = &ingress->ingress->meta,
			   .span = path->path.span.line ? path->path.span : path->span,
			   .field = nginx_path_field(nginx, r, p)},
	};
}

void nginx_note_empty_rule(struct nginx *nginx, struct nginx_ingress *ingress, size_t r)
{
	findings_add(nginx->findings,
		     (struct finding){
			     .code = "I2G234",
			     .object = kube_ref(&ingress->ingress->meta),
			     .path = str_format(nginx->arena, "spec.rules[%zu]", r),
			     .span = ingress->ingress->rules[r].span,
			     .message = STR("this rule has no paths: the host is served by the "
					    "default backend only"),
			     .hint = STR("add http.paths, or remove the rule"),
		     });
	ledger_mark(ingress->view->hosts[r], OUTCOME_INERT, "I2G234");
}

static void add_ingress(struct nginx *nginx, struct nginx_ingress *ingress)
{
	for (size_t r = 0; r < ingress->ingress->rule_count; r++) {
		const struct kube_rule *rule = &ingress->ingress->rules[r];
		struct nginx_server *server = ingress->servers[r];

		nginx_add_owner(nginx, server, ingress);
		if (rule->path_count == 0)
			nginx_note_empty_rule(nginx, ingress, r);
		for (size_t p = 0; p < rule->path_count; p++)
			nginx_add_location(nginx, server, nginx_location_at(nginx, ingress, r, p));
	}
	if (ingress->ingress->rule_count == 0)
		nginx_add_owner(nginx, ingress->servers[0], ingress);
}

/* ---- default backends ---- */

bool nginx_has_root(const struct nginx_server *server)
{
	return map_get(&server->seen, STR("P/")) != NULL;
}

struct nginx_ingress *nginx_heir(const struct nginx_server *server)
{
	return server->name.len && server->owner_count && !nginx_has_root(server)
		       ? server->owners[0]
		       : NULL;
}

/* Paths that no location of a host matches go to spec.defaultBackend of the oldest Ingress of the
 * host, and to nothing when that has none; without rules it is the root of the default server. */
static void add_default_backend(struct nginx *nginx, struct nginx_server *server)
{
	if (nginx_has_root(server))
		return;
	for (size_t i = 0; i < (server->name.len ? 1 : server->owner_count); i++) {
		struct nginx_ingress *owner = server->owners[i];
		const struct kube_ingress *ingress = owner->ingress;

		if (ingress->default_backend.type == KUBE_BACKEND_NONE || owner->canary ||
		    (!server->name.len && ingress->rule_count))
			continue;
		nginx_add_location(
			nginx, server,
			(struct nginx_location){
				.owner = owner,
				.path = STR("/"),
				.backend = &ingress->default_backend,
				.path_item = owner->view->default_backend,
				.backend_item = owner->view->default_backend,
				.origin = {.object = &ingress->meta,
					   .span = ledger_span(owner->view->default_backend),
					   .field = STR("spec.defaultBackend")},
				.is_catch_all = !server->name.len,
			});
		return;
	}
}

static void note_unused_default_backend(struct nginx *nginx, struct nginx_ingress *ingress)
{
	struct ledger_item *item = ingress->view->default_backend;

	if (!item || item->outcome != OUTCOME_OPEN || ingress->canary)
		return;
	for (size_t s = 0; s < nginx->server_count; s++) {
		struct nginx_location *root = map_get(&nginx->servers[s]->seen, STR("P/"));

		if (root && root->path_item == item)
			return;
	}
	findings_add(nginx->findings,
		     (struct finding){
			     .code = "I2G125",
			     .object = kube_ref(&ingress->ingress->meta),
			     .path = STR("spec.defaultBackend"),
			     .span = ledger_span(item),
			     .message = STR("this default backend is never used: every host of the "
					    "Ingress has a path '/' or an older Ingress"),
			     .hint = STR("remove it"),
		     });
	ledger_mark(item, OUTCOME_INERT, "I2G125");
}

/* ---- regex mode and order ---- */

/* A rewrite-target switches regex mode on when it is set and differs from the path of the location.
 * A Prefix "/foo" has been renamed to "/foo/" by then, so that even "/foo" -> "/foo" does; with use-regex
 * it keeps its name. */
bool nginx_rewrites(const struct nginx_location *location)
{
	struct str target = nginx_text(location->owner, "rewrite-target");
	bool renamed = !location->exact && location->path.len > 1 &&
		       !str_ends(location->path, "/") &&
		       !nginx_bool(location->owner, "use-regex", false);

	return target.len && (renamed || !str_eq(target, location->path));
}

static const struct nginx_value *regex_cause(const struct nginx_ingress *owner, bool rewrites)
{
	if (nginx_bool(owner, "use-regex", false))
		return nginx_get(owner, "use-regex");
	return rewrites ? nginx_get(owner, "rewrite-target") : NULL;
}

/* The made-up "/" of a host counts like the others. */
static void inherit_regex_mode(struct nginx_server *server)
{
	struct nginx_ingress *heir = nginx_heir(server);
	struct str target = heir ? nginx_text(heir, "rewrite-target") : STR("");

	if (!heir || server->regex_cause)
		return;
	server->regex_cause = regex_cause(heir, target.len && !str_is(target, "/"));
	server->regex_owner = server->regex_cause ? heir : NULL;
}

static void find_regex_mode(struct nginx_server *server)
{
	for (size_t i = 0; i < server->location_count && !server->regex_cause; i++) {
		struct nginx_location *location = server->locations[i];

		if (!location->is_catch_all && !location->unserved)
			server->regex_cause =
				regex_cause(location->owner, nginx_rewrites(location));
		if (server->regex_cause)
			server->regex_owner = location->owner;
	}
	inherit_regex_mode(server);
}

/* nginx takes the first regex that matches; the controller writes longer paths first, and of the same
 * path the one that it saw first. Its own "/" is there before all others. */
static int compare_locations(const void *a, const void *b)
{
	const struct nginx_location *left = *(struct nginx_location *const *)a;
	const struct nginx_location *right = *(struct nginx_location *const *)b;

	if (left->path.len != right->path.len)
		return left->path.len > right->path.len ? -1 : 1;

	int order = str_cmp(right->path, left->path);

	if (order)
		return order;
	return left->added < right->added ? -1 : left->added > right->added;
}

/* The first in nginx's order; redirects of a whole host do not ask whether a location is reached. The root
 * that spec.defaultBackend makes of the default server keeps its own rewrite settings, app-root among them. */
static void find_app_root(struct nginx_server *server)
{
	for (size_t i = 0; i < server->location_count && !server->app_root; i++) {
		struct nginx_location *location = server->locations[i];
		struct str target = nginx_text(location->owner, "app-root");

		if (target.len && !location->is_catch_all && !location->unserved &&
		    !url_has_variable(target))
			server->app_root = location;
	}
}

/* The controller calls its default server "_". */
static struct str server_sign(const struct nginx_server *server)
{
	return server->name.len ? server->name : STR("_");
}

static int compare_servers(const void *a, const void *b)
{
	return str_cmp(server_sign((*(struct nginx_server *const *)a)),
		       server_sign((*(struct nginx_server *const *)b)));
}

/* getBackendServers() goes through the rules of canaries as of all others, and takes the default server for
 * a host that has none: createServers(), which makes them, passes canaries by. */
static struct nginx_server *named_server(const struct nginx *nginx, const struct kube_rule *rule)
{
	struct str name = str_lower(nginx->arena, rule->host.text);
	struct nginx_server *server = map_get(&nginx->server_map, name);

	return server ? server : map_get(&nginx->server_map, STR(""));
}

static void add_namer(struct nginx *nginx, struct nginx_ingress *ingress)
{
	for (size_t r = 0; r < ingress->ingress->rule_count; r++) {
		const struct kube_rule *rule = &ingress->ingress->rules[r];
		struct nginx_server *server =
			nginx_sets_host(rule) ? named_server(nginx, rule) : NULL;

		if (!server ||
		    (server->namer_count && server->namers[server->namer_count - 1] == ingress))
			continue;
		ARENA_PUSH(&nginx->own, server->namers, server->namer_count, ingress);
	}
}

/* Whether the Ingress is the namer of all servers that it owns, and of no others. */
static bool names_what_it_owns(const struct nginx_ingress *ingress)
{
	for (size_t r = 0; r < ingress->ingress->rule_count; r++)
		if (!nginx_sets_host(&ingress->ingress->rules[r]))
			return false;
	return ingress->ingress->rule_count && !ingress->canary;
}

static void find_namers(struct nginx *nginx)
{
	bool apart = false;

	for (size_t i = 0; i < nginx->ingress_count; i++)
		apart |= !names_what_it_owns(nginx->ingresses[i]);
	for (size_t i = 0; apart && i < nginx->ingress_count; i++)
		add_namer(nginx, nginx->ingresses[i]);
	for (size_t s = 0; !apart && s < nginx->server_count; s++) {
		nginx->servers[s]->namers = nginx->servers[s]->owners;
		nginx->servers[s]->namer_count = nginx->servers[s]->owner_count;
	}
}

bool nginx_sets_hosts(const struct nginx_ingress *ingress)
{
	for (size_t r = 0; r < ingress->ingress->rule_count; r++)
		if (nginx_sets_host(&ingress->ingress->rules[r]))
			return true;
	return false;
}

static bool has_canary_keys(const struct nginx_ingress *ingress)
{
	for (size_t i = 0; i < ingress->value_count; i++)
		if (strncmp(ingress->values[i].row->key, "canary", 6) == 0)
			return true;
	return false;
}

void nginx_build_servers(struct nginx *nginx)
{
	map_init(&nginx->server_map, &nginx->own);
	map_init(&nginx->upstreams, &nginx->own);
	map_init(&nginx->deleted, &nginx->own);
	map_init(&nginx->alias_map, &nginx->own);
	map_init(&nginx->alias_holders, &nginx->own);
	map_reserve(&nginx->server_map, nginx->ingress_count);
	for (size_t i = 0; i < nginx->ingress_count; i++)
		if (nginx->ingresses[i]->canary)
			nginx->has_canaries = true;
		else
			lay_out(nginx, nginx->ingresses[i]);
	nginx_sort_by_age(nginx);
	nginx_find_makers(nginx);
	for (size_t i = 0; i < nginx->ingress_count; i++)
		if (nginx->ingresses[i]->canary)
			nginx_serve_taken(nginx, nginx->ingresses[i]);
		else
			add_ingress(nginx, nginx->ingresses[i]);
	for (size_t s = 0; s < nginx->server_count; s++)
		add_default_backend(nginx, nginx->servers[s]);
	for (size_t i = 0; i < nginx->ingress_count; i++) {
		struct nginx_ingress *ingress = nginx->ingresses[i];

		if (ingress->canary)
			nginx_attach_canaries(nginx, ingress);
		if (has_canary_keys(ingress))
			nginx_note_canary_keys(nginx, ingress);
		note_unused_default_backend(nginx, ingress);
	}
	find_namers(nginx);
	sort(nginx->servers, nginx->server_count, sizeof *nginx->servers, compare_servers);
	for (size_t s = 0; s < nginx->server_count; s++) {
		struct nginx_server *server = nginx->servers[s];

		find_regex_mode(server);
		nginx_find_aliases(nginx, server);
		sort(server->locations, server->location_count, sizeof *server->locations,
		     compare_locations);
		find_app_root(server);
		nginx_narrow_twins(nginx, server);
		nginx_drop_shadowed(nginx, server);
	}
	for (size_t s = 0; s < nginx->server_count; s++)
		nginx_eclipse(nginx, nginx->servers[s]);
}
