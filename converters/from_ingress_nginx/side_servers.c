/* Servers with their locations, upstreams and canaries: the controller's createUpstreams(),
 * createServers(), getBackendServers() and mergeAlternativeBackends(), in this order. "First" is the
 * oldest Ingress throughout. */
#include "converters/from_ingress_nginx/side.h"

/* ---- upstreams ---- */

static struct str upstream_key(struct side *side, const struct nginx_ingress *owner,
			       const struct kube_backend *backend)
{
	struct str port =
		backend->port ? str_format(side->own, "%u", backend->port) : backend->port_name;

	return str_format(side->own, "%.*s/%.*s/%.*s", STR_ARG(owner->ingress->meta.namespace),
			  STR_ARG(backend->name.text), STR_ARG(port));
}

/* A number or name is compared with port, targetPort and name of each ServicePort; the first fits. */
static const struct kube_service_port *service_port(const struct kube_service *service,
						    const struct kube_backend *backend)
{
	for (size_t i = 0; i < service->port_count; i++) {
		const struct kube_service_port *port = &service->ports[i];

		if (backend->port &&
		    (port->number == backend->port || port->target_number == backend->port))
			return port;
		if (!backend->port && (str_eq(port->name, backend->port_name) ||
				       str_eq(port->target_name, backend->port_name)))
			return port;
	}
	return NULL;
}

/* A Service that is not in the input is missing only when others of its namespace are. */
static void resolve(struct side *side, struct route_backend *made,
		    const struct kube_backend *backend)
{
	const struct kube_set *set = side->nginx.run->set;
	const struct kube_service *service = kube_service(set, made->namespace, made->name);
	const struct kube_service_port *port = service ? service_port(service, backend) : NULL;
	bool external = service && str_is(service->type, "ExternalName");

	made->port = port ? port->number : backend->port;
	if (!service && kube_has_services(set, made->namespace))
		made->state = ROUTE_BACKEND_MISSING;
	else if (service && !port && !external)
		made->state = ROUTE_BACKEND_NO_PORT;
	else if (service && !external &&
		 kube_ready_endpoints(set, made->namespace, made->name) == 0)
		made->state = ROUTE_BACKEND_NO_ENDPOINTS;
	made->status = made->state == ROUTE_BACKEND_OK ? 0 : 503;
}

static struct str header_name(struct side *side, struct str name)
{
	char *text = arena_bytes(&side->table->arena, name.len + 1);

	/* $http_NAME: nginx reads "_" for "-". */
	for (size_t i = 0; i < name.len; i++)
		text[i] = (char)(name.at[i] == '_' ? '-' : name.at[i]);
	return (struct str){text, name.len};
}

static void read_canary(struct side *side, struct side_upstream *upstream,
			const struct nginx_ingress *owner)
{
	struct str pattern = nginx_text(owner, "canary-by-header-pattern");
	struct ngx_canary *canary = &upstream->canary;

	*canary = (struct ngx_canary){
		.header = header_name(side, nginx_text(owner, "canary-by-header")),
		.value = nginx_text(owner, "canary-by-header-value"),
		.cookie = nginx_text(owner, "canary-by-cookie"),
		.weight = nginx_int(owner, "canary-weight", 0),
		.total = nginx_int(owner, "canary-weight-total", 100),
	};
	/* The Lua balancer draws from 1 to max(100, total). */
	if (canary->total < 100)
		canary->total = 100;
	if (canary->weight < 0)
		canary->weight = 0;
	if (pattern.len)
		canary->pattern = matcher_new(&side->table->matchers, pattern, MATCHER_NGINX_CASE);
}

/* What no canary made has no rules, and as a canary gets nothing. */
static void set_maker(struct side *side, struct side_upstream *upstream,
		      const struct nginx_ingress *owner)
{
	upstream->maker = owner;
	if (owner->canary)
		read_canary(side, upstream, owner);
	else
		upstream->canary = (struct ngx_canary){.total = 100};
}

static struct side_upstream *upstream_get(struct side *side, const struct nginx_ingress *owner,
					  const struct kube_backend *backend)
{
	struct side_upstream **place;

	if (backend->type != KUBE_BACKEND_SERVICE)
		return NULL;
	place = (struct side_upstream **)map_at(&side->upstreams,
						upstream_key(side, owner, backend));
	if (*place)
		return *place;
	*place = arena_new(&side->table->arena, struct side_upstream);
	(*place)->made.backend = (struct route_backend){.kind = STR("Service"),
							.namespace = owner->ingress->meta.namespace,
							.name = backend->name.text,
							.port_name = backend->port_name,
							.weight = 1,
							.span = backend->span};
	(*place)->port = backend->port;
	resolve(side, &(*place)->made.backend, backend);
	set_maker(side, *place, owner);
	return *place;
}

static void create_upstreams(struct side *side, const struct nginx_ingress *owner)
{
	const struct kube_ingress *ingress = owner->ingress;
	struct side_upstream *upstream = upstream_get(side, owner, &ingress->default_backend);

	/* That of spec.defaultBackend is made anew, whoever has made it. */
	if (upstream)
		set_maker(side, upstream, owner);
	for (size_t r = 0; r < ingress->rule_count; r++)
		for (size_t p = 0; p < ingress->rules[r].path_count; p++)
			upstream_get(side, owner, &ingress->rules[r].paths[p].backend);
}

/* ---- servers ---- */

static struct side_server *server_find(struct side *side, struct str host)
{
	return map_get(&side->server_map, str_lower(side->own, host));
}

static struct str location_key(struct side *side, const struct side_location *location)
{
	return str_format(side->own, "%c%.*s", location->exact ? 'E' : 'P',
			  STR_ARG(location->path));
}

static void location_add(struct side *side, struct side_server *server,
			 struct side_location location)
{
	struct side_location *kept = arena_new(side->own, struct side_location);

	*kept = location;
	ARENA_PUSH(side->own, server->locations, server->location_count, kept);
	*map_at(&server->seen, location_key(side, kept)) = kept;
}

static struct side_server *server_add(struct side *side, struct str name)
{
	struct side_server *server = arena_new(side->own, struct side_server);

	server->name = str_lower(&side->table->arena, name);
	server->made = ngx_server_add(side->table, server->name);
	map_init(&server->seen, side->own);
	*map_at(&side->server_map, server->name) = server;
	ARENA_PUSH(side->own, side->servers, side->server_count, server);
	return server;
}

static struct side_location root_of(struct nginx_ingress *owner, struct side_upstream *upstream)
{
	const struct kube_backend *backend = &owner->ingress->default_backend;
	struct span span = upstream ? backend->span : owner->ingress->meta.span;

	return (struct side_location){.owner = owner,
				      .path = STR("/"),
				      .is_default = true,
				      .upstream = upstream,
				      .place = side_place(owner, -1, -1, span)};
}

/* An Ingress without rules is the root of the default server, without its redirects and rewrites. */
static void catch_all(struct side *side, struct nginx_ingress *owner)
{
	struct side_server *server = side->servers[0];
	struct side_upstream *upstream =
		upstream_get(side, owner, &owner->ingress->default_backend);
	struct side_location root = root_of(owner, upstream);

	if (!upstream || owner->ingress->rule_count || server->location_count)
		return;
	root.bare = true;
	location_add(side, server, root);
	server->made->place = root.place;
}

static void create_servers_of(struct side *side, struct nginx_ingress *owner)
{
	const struct kube_ingress *ingress = owner->ingress;
	struct side_upstream *upstream = upstream_get(side, owner, &ingress->default_backend);

	catch_all(side, owner);
	for (size_t r = 0; r < ingress->rule_count; r++) {
		struct side_server *server = server_find(side, ingress->rules[r].host.text);

		if (!server) {
			server = server_add(side, ingress->rules[r].host.text);
			server->made->place =
				side_place(owner, (int)r, -1, ingress->rules[r].host.span);
			location_add(side, server, root_of(owner, upstream));
		}
		if (!server->owner_count || server->owners[server->owner_count - 1] != owner)
			ARENA_PUSH(side->own, server->owners, server->owner_count, owner);
	}
}

static void add_unserved(struct side *side, struct side_server *server, struct route_place place)
{
	ARENA_PUSH(&side->table->arena, server->made->unserved, server->made->unserved_count,
		   place);
}

/* getBackendServers(): a host without a server is that of the default one. */
static void add_namer(struct side *side, struct nginx_ingress *owner)
{
	for (size_t r = 0; r < owner->ingress->rule_count; r++) {
		const struct kube_rule *rule = &owner->ingress->rules[r];
		struct side_server *server = server_find(side, rule->host.text);

		if (!server)
			server = side->servers[0];
		if (!rule->path_count)
			add_unserved(side, server, side_place(owner, (int)r, -1, rule->span));
		if (nginx_sets_host(rule) &&
		    (!server->namer_count || server->namers[server->namer_count - 1] != owner))
			ARENA_PUSH(side->own, server->namers, server->namer_count, owner);
	}
}

/* ---- locations ---- */

/* A path of a canary is a location like others when its upstream is no canary's, on the default server if its host has
 * none. Where ages are not known it is a canary's. */
static bool is_served(struct side *side, const struct nginx_ingress *owner,
		      const struct side_upstream *upstream)
{
	const struct nginx_ingress *maker = upstream ? upstream->maker : NULL;
	bool undecided = maker && owner->canary && owner->ingress->meta.created == KUBE_NO_TIME &&
			 maker->ingress->meta.created == KUBE_NO_TIME &&
			 upstream_get(side, maker, &maker->ingress->default_backend) != upstream;

	return maker && !maker->canary && !undecided;
}

static void add_path(struct side *side, struct nginx_ingress *owner, size_t r, size_t p)
{
	const struct kube_rule *rule = &owner->ingress->rules[r];
	const struct kube_path *path = &rule->paths[p];
	struct side_server *server = server_find(side, rule->host.text);
	struct side_upstream *upstream = upstream_get(side, owner, &path->backend);
	struct side_location location = {
		.owner = owner,
		.path = path->path.text.len ? path->path.text : STR("/"),
		.exact = path->type == KUBE_PATH_EXACT,
		.upstream = upstream,
		.place = side_place(owner, (int)r, (int)p,
				    path->path.span.line ? path->path.span : path->span),
	};
	struct side_location *other;

	if (!server)
		server = side->servers[0];
	if (!is_served(side, owner, upstream)) {
		add_unserved(side, server, location.place);
		return;
	}
	other = map_get(&server->seen, location_key(side, &location));
	if (side_has_affinity(owner))
		upstream->session = owner;
	if (!other)
		location_add(side, server, location);
	else if (other->is_default)
		*other = location;
	else
		add_unserved(side, server, location.place);
}

static void add_paths(struct side *side, struct nginx_ingress *owner)
{
	for (size_t r = 0; r < owner->ingress->rule_count; r++)
		for (size_t p = 0; p < owner->ingress->rules[r].path_count; p++)
			add_path(side, owner, r, p);
}

/* ---- canaries ---- */

/* A location that the canary may be merged into: not the controller's own, nor one whose Service is a canary's. */
static bool takes_canary(const struct side_location *location)
{
	return location->upstream && !location->upstream->maker->canary;
}

/* Only the first alternative is ever looked at. */
static void merge_into(struct side_location *location, struct side_upstream *canary,
		       struct route_place place)
{
	canary->canary.place = place;
	if (!location->upstream->alternative)
		location->upstream->alternative = canary;
}

/* mergeAlternativeBackends(): goes through the locations up to one that has the canary's Service itself. `path` NULL: of
 * spec.defaultBackend, which goes with every location. What is merged nowhere is deleted, be it that of an older canary. */
static void merge(struct side_server *server, struct side_upstream *canary,
		  const struct kube_path *path, struct route_place place)
{
	bool merged = false;

	if (!server || !canary || canary->deleted)
		return;
	for (size_t i = 0; i < server->location_count; i++) {
		struct side_location *location = server->locations[i];

		if (location->upstream == canary)
			return;
		if (!takes_canary(location) ||
		    (path && (location->exact != (path->type == KUBE_PATH_EXACT) ||
			      !str_eq(location->path, path->path.text))))
			continue;
		merge_into(location, canary, place);
		merged = true;
	}
	canary->deleted = !merged;
}

/* A canary that gets nothing has to do with its path as well: findings say why. */
static void place_canary(struct side *side, struct nginx_ingress *owner, size_t r, size_t p)
{
	const struct kube_path *path = &owner->ingress->rules[r].paths[p];
	struct side_server *server = server_find(side, owner->ingress->rules[r].host.text);
	bool exact = path->type == KUBE_PATH_EXACT;

	for (size_t i = 0; server && i < server->location_count; i++) {
		struct side_location *location = server->locations[i];

		if (location->exact == exact && str_eq(location->path, path->path.text) &&
		    !location->canary.object)
			location->canary = side_place(owner, (int)r, (int)p, path->path.span);
	}
}

static void merge_default(struct side *side, struct nginx_ingress *owner)
{
	const struct kube_backend *backend = &owner->ingress->default_backend;
	struct side_server *server = side->servers[0];
	struct side_upstream *canary = upstream_get(side, owner, backend);
	struct route_place place = side_place(owner, -1, -1, backend->span);

	for (size_t i = 0; canary && i < server->location_count; i++)
		if (!server->locations[i]->canary.object)
			server->locations[i]->canary = place;
	merge(server, canary, NULL, place);
}

static void merge_canary(struct side *side, struct nginx_ingress *owner)
{
	merge_default(side, owner);
	for (size_t r = 0; r < owner->ingress->rule_count; r++) {
		const struct kube_rule *rule = &owner->ingress->rules[r];
		struct side_server *server = server_find(side, rule->host.text);

		for (size_t p = 0; p < rule->path_count; p++) {
			place_canary(side, owner, r, p);
			merge(server, upstream_get(side, owner, &rule->paths[p].backend),
			      &rule->paths[p],
			      side_place(owner, (int)r, (int)p, rule->paths[p].path.span));
		}
	}
}

static void lend_canaries(struct side_server *server)
{
	for (size_t i = 0; i < server->location_count; i++) {
		struct side_upstream *primary = server->locations[i]->upstream;
		struct side_upstream *canary = primary ? primary->alternative : NULL;

		if (!canary || canary->deleted)
			continue;
		canary->canary.backend = canary->made.backend;
		primary->made.canary = &canary->canary;
	}
}

/* ---- all ---- */

static void each(struct side *side, bool canary,
		 void (*take)(struct side *side, struct nginx_ingress *owner))
{
	for (size_t i = 0; i < side->nginx.ingress_count; i++)
		if (side->nginx.ingresses[i]->canary == canary)
			take(side, side->nginx.ingresses[i]);
}

static bool is_undated_canary(const struct nginx_ingress *owner)
{
	return owner->canary && owner->ingress->meta.created == KUBE_NO_TIME;
}

void side_build_servers(struct side *side)
{
	/* Where ages are not known the canary is taken to be the younger one. */
	for (size_t i = 0; i < side->nginx.ingress_count; i++)
		if (!is_undated_canary(side->nginx.ingresses[i]))
			create_upstreams(side, side->nginx.ingresses[i]);
	for (size_t i = 0; i < side->nginx.ingress_count; i++)
		if (is_undated_canary(side->nginx.ingresses[i]))
			create_upstreams(side, side->nginx.ingresses[i]);
	server_add(side, STR(""));
	each(side, false, create_servers_of);
	for (size_t i = 0; i < side->nginx.ingress_count; i++)
		add_namer(side, side->nginx.ingresses[i]);
	for (size_t i = 0; i < side->nginx.ingress_count; i++)
		add_paths(side, side->nginx.ingresses[i]);
	each(side, true, merge_canary);
	for (size_t i = 0; i < side->server_count; i++)
		lend_canaries(side->servers[i]);
}
