#include "proxy/backends.h"

#include "base/arena.h"

struct backend_service {
	struct endpoints *ports;
	size_t count;
};

void backends_init(struct backends *backends, struct arena *arena)
{
	*backends = (struct backends){.arena = arena};
	map_init(&backends->services, arena);
	map_init(&backends->hosts, arena);
}

static struct endpoints *place_of(struct backends *backends, struct str key, uint32_t port)
{
	struct backend_service **service = (struct backend_service **)map_at(
		&backends->services, str_dup(backends->arena, key));

	if (!*service)
		*service = arena_new(backends->arena, struct backend_service);
	for (size_t i = 0; i < (*service)->count; i++)
		if ((*service)->ports[i].port == port)
			return &(*service)->ports[i];
	ARENA_PUSH(backends->arena, (*service)->ports, (*service)->count,
		   (struct endpoints){.port = port});
	return &(*service)->ports[(*service)->count - 1];
}

static void add(struct backends *backends, struct str key, uint32_t port,
		const struct net_address *address)
{
	struct endpoints *endpoints = place_of(backends, key, port);

	ARENA_PUSH(backends->arena, endpoints->at, endpoints->count,
		   (struct endpoint){.address = *address});
}

/* ---- flags ---- */

static struct str without_scheme(struct str text)
{
	size_t colon = str_find_str(text, "://");
	struct str rest = colon == SIZE_MAX ? text : str_from_pos(text, colon + 3);
	size_t slash = str_find(rest, '/');

	return slash != SIZE_MAX && slash + 1 == rest.len ? str_sub(rest, 0, slash) : rest;
}

bool backends_add(struct backends *backends, struct str text, struct error *error)
{
	size_t equal = str_find(text, '=');
	struct str name = str_sub(text, 0, equal), where = str_from_pos(text, equal + 1);
	size_t colon = str_find(name, ':');
	struct str digits = colon == SIZE_MAX ? STR("") : str_from_pos(name, colon + 1);
	struct net_address address;
	int64_t port = 0;

	if (equal == SIZE_MAX)
		return error_set(error, "'%.*s' is not of the form [NS/]NAME[:PORT]=ADDR",
				 STR_ARG(text));
	name = str_sub(name, 0, colon);
	if (!name.len ||
	    (colon != SIZE_MAX && (!str_to_int(digits, &port) || port < 1 || port > 65535)))
		return error_set(error, "'%.*s' names no Service", STR_ARG(text));
	if (str_find_str(where, "://") != SIZE_MAX && !str_starts(where, "http://"))
		return error_set(error,
				 "the address of '%.*s' begins with a scheme other than http: TLS "
				 "to backends is what a BackendTLSPolicy asks for",
				 STR_ARG(name));
	if (!net_parse(&address, without_scheme(where), 80, error))
		return false;
	/* Names of Services have no dots: it is a host that something else names. */
	if (str_find(name, '/') == SIZE_MAX && str_find(name, '.') != SIZE_MAX)
		name = STR_JOIN(backends->arena, STR("/"), name);
	else if (str_find(name, '/') == SIZE_MAX)
		name = STR_JOIN(backends->arena, STR("default/"), name);
	add(backends, name, (uint32_t)port, &address);
	return true;
}

/* ---- EndpointSlices ---- */

/* The port of the Service that stands behind a port of its slices: they share a name. */
static uint32_t service_port(const struct kube_service *service,
			     const struct kube_endpoint_port *port)
{
	for (size_t i = 0; service && i < service->port_count; i++)
		if (str_eq(service->ports[i].name, port->name))
			return service->ports[i].number;
	return 0;
}

static void add_endpoints(struct backends *backends, const struct kube_set *set,
			  const struct kube_endpoints *endpoints)
{
	struct str namespace = endpoints->meta.namespace;
	const struct kube_service *service = kube_service(set, namespace, endpoints->service);
	struct str key = STR_JOIN(backends->arena, namespace, STR("/"), endpoints->service);

	for (size_t i = 0; i < endpoints->port_count; i++) {
		const struct kube_endpoint_port *port = &endpoints->ports[i];
		uint32_t of_service = service_port(service, port);

		if (service && !of_service)
			continue;
		for (size_t j = 0; j < endpoints->address_count; j++) {
			struct net_address address;

			if (net_parse(&address, endpoints->addresses[j], port->number, NULL))
				add(backends, key, of_service, &address);
		}
	}
}

void backends_add_set(struct backends *backends, const struct kube_set *set)
{
	for (size_t i = 0; i < set->endpoints_count; i++)
		add_endpoints(backends, set, set->endpoints[i]);
}

/* ---- names ---- */

enum { ADDRESSES_MOST = 16 };

bool backends_resolve(struct backends *backends, struct str namespace, struct str name,
		      struct str host)
{
	struct backend_host **place = (struct backend_host **)map_at(
		&backends->hosts, STR_JOIN(backends->arena, namespace, STR("/"), name));
	struct net_address found[ADDRESSES_MOST];
	size_t count;

	if (*place)
		return (*place)->count > 0;
	*place = arena_new(backends->arena, struct backend_host);
	count = net_resolve(host, found, ADDRESSES_MOST);
	(*place)->at = arena_array(backends->arena, struct net_address, count);
	for (size_t i = 0; i < count; i++)
		if (!net_is_of_machine(&found[i]))
			(*place)->at[(*place)->count++] = found[i];
	return (*place)->count > 0;
}

const struct backend_host *backends_host(const struct backends *backends, struct str namespace,
					 struct str name)
{
	return kube_map_get(&backends->hosts, namespace, name);
}

/* ---- finding ---- */

const struct endpoints *backends_find(const struct backends *backends, struct str namespace,
				      struct str name, uint32_t port)
{
	const struct backend_service *service = kube_map_get(&backends->services, namespace, name);

	for (size_t i = 0; service && i < service->count; i++)
		if (!service->ports[i].port || service->ports[i].port == port)
			return &service->ports[i];
	return NULL;
}
