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
	(*place)->of_canary = owner->canary;
	/* What no canary made has no rules, and as a canary gets nothing. */
	(*place)->canary.total = 100;
	if (owner->canary)
		read_canary(side, *place, owner);
	return *place;
}

static void create_upstreams(struct side *side, const struct nginx_ingress *owner)
{
	const struct kube_ingress *ingress = owner->ingress;

	upstream_get(side, owner, &ingress->default_backend);
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

/* getBackendServers(): a host without a server is that of the default one. */
static void add_namer(struct side *side, struct nginx_ingress *owner)
{
	for (size_t r = 0; r < owner->ingress->rule_count; r++) {
		struct side_server *server = server_find(side, owner->ingress->rules[r].host.text);

		if (!server)
			server = side->servers[0];
		if (!server->namer_count || server->namers[server->namer_count - 1] != owner)
			ARENA_PUSH(side->own, server->namers, server->namer_count, owner);
	}
}

/* ---- locations ---- */

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
	struct side_location *other = map_get(&server->seen, location_key(side, &location));

	if (!upstream || upstream->of_canary) {
		ARENA_PUSH(&side->table->arena, server->made->unserved,
			   server->made->unserved_count, location.place);
		return;
	}
	if (side_has_affinity(owner))
		upstream->session = owner;
	if (!other)
		location_add(side, server, location);
	else if (other->is_default)
		*other = location;
}

static void add_paths(struct side *side, struct nginx_ingress *owner)
{
	for (size_t r = 0; r < owner->ingress->rule_count; r++)
		for (size_t p = 0; p < owner->ingress->rules[r].path_count; p++)
			add_path(side, owner, r, p);
}

/* ---- canaries ---- */

static void lend_canary(struct side_upstream *primary, const struct side_upstream *canary)
{
	/* Only the first alternative is ever looked at. */
	if (primary->made.canary)
		return;

	struct ngx_canary *of = (struct ngx_canary *)&canary->canary;

	of->backend = canary->made.backend;
	primary->made.canary = of;
}

/* The controller goes through the locations and stops at one that already has the canary's Service; of
 * those with the path there is one. */
static void merge_path(struct side *side, struct nginx_ingress *owner, size_t r, size_t p)
{
	const struct kube_path *path = &owner->ingress->rules[r].paths[p];
	struct side_server *server = server_find(side, owner->ingress->rules[r].host.text);
	struct side_upstream *canary = upstream_get(side, owner, &path->backend);
	bool exact = path->type == KUBE_PATH_EXACT;

	for (size_t i = 0; server && canary && i < server->location_count; i++) {
		struct side_location *location = server->locations[i];

		if (location->upstream == canary)
			return;
		if (!location->upstream || location->upstream->of_canary ||
		    location->exact != exact || !str_eq(location->path, path->path.text))
			continue;
		canary->canary.place = side_place(owner, (int)r, (int)p, path->path.span);
		lend_canary(location->upstream, canary);
	}
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

static void merge_canary(struct side *side, struct nginx_ingress *owner)
{
	for (size_t r = 0; r < owner->ingress->rule_count; r++)
		for (size_t p = 0; p < owner->ingress->rules[r].path_count; p++) {
			place_canary(side, owner, r, p);
			merge_path(side, owner, r, p);
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
		create_upstreams(side, side->nginx.ingresses[i]);
	server_add(side, STR(""));
	each(side, false, create_servers_of);
	for (size_t i = 0; i < side->nginx.ingress_count; i++)
		add_namer(side, side->nginx.ingresses[i]);
	each(side, false, add_paths);
	each(side, true, merge_canary);
}
