/* References to backends, resolved: whether they can be asked, how, and with which TLS. */
#include "route/gate.h"

/* ---- BackendTLSPolicy ---- */

struct str *gate_authorities(struct gate_table *table, const char *kind,
			     const struct kube_meta *owner, const struct gateway_refs *refs,
			     size_t *count)
{
	struct arena *arena = &table->arena;
	struct str *names = NULL;

	*count = 0;
	for (size_t i = 0; i < refs->count; i++) {
		const struct gateway_ref *ref = &refs->at[i];

		if (attach_ca(&table->attach, kind, owner->namespace, ref) == ATTACH_REF_OK)
			ARENA_PUSH(arena, names, *count,
				   str_format(arena, "%.*s %.*s/%.*s", STR_ARG(ref->kind),
					      STR_ARG(ref->namespace), STR_ARG(ref->name.text)));
	}
	return names;
}

/* NULL when no authority is left: then nothing can be verified. */
static const struct route_backend_tls *tls_new(struct gate_table *table,
					       const struct gateway_tls_policy *policy,
					       const struct gateway *gateway)
{
	struct arena *arena = &table->arena;
	struct route_backend_tls *tls = arena_new(arena, struct route_backend_tls);

	*tls = (struct route_backend_tls){
		.sni = policy->hostname.text,
		.verify = true,
		.place = {gate_object(table, &policy->meta), policy->meta.span, -1, -1},
	};
	tls->names = arena_array(arena, struct str, policy->san_count);
	for (size_t i = 0; i < policy->san_count; i++)
		tls->names[tls->name_count++] = policy->sans[i].value.text;
	tls->authorities = gate_authorities(table, "BackendTLSPolicy", &policy->meta, &policy->cas,
					    &tls->authority_count);
	if (str_is(policy->well_known.text, "System"))
		ARENA_PUSH(arena, tls->authorities, tls->authority_count, STR("System"));
	if (gateway->has_client_certificate) {
		const struct gateway_ref *ref = &gateway->client_certificate;

		tls->client_certificate = str_format(arena, "%.*s/%.*s", STR_ARG(ref->namespace),
						     STR_ARG(ref->name.text));
	}
	return tls->authority_count ? tls : NULL;
}

/* ---- Services ---- */

static const struct kube_service_port *port_of(const struct kube_service *service, uint32_t number)
{
	for (size_t i = 0; i < service->port_count; i++)
		if (service->ports[i].number == number)
			return &service->ports[i];
	return NULL;
}

/* GEP-1911: the words that Kubernetes defines; others say nothing. */
static enum route_protocol protocol_of(const struct gateway_route *route, struct str word)
{
	switch (route->kind) {
	case GATEWAY_GRPC_ROUTE:
		return ROUTE_PROTOCOL_GRPC;
	case GATEWAY_UDP_ROUTE:
		return ROUTE_PROTOCOL_UDP;
	case GATEWAY_TLS_ROUTE:
	case GATEWAY_TCP_ROUTE:
		return ROUTE_PROTOCOL_TCP;
	default:
		break;
	}
	if (str_is(word, "kubernetes.io/h2c"))
		return ROUTE_PROTOCOL_H2C;
	if (str_is(word, "kubernetes.io/ws") || str_is(word, "kubernetes.io/wss"))
		return ROUTE_PROTOCOL_WEBSOCKET;
	return ROUTE_PROTOCOL_HTTP1;
}

/* What a share is answered that cannot be asked: 500 by the spec, 503 where that is recommended;
 * UNAVAILABLE for gRPC, which is what clients make of 503; connections are closed. */
static unsigned status_of(const struct gateway_route *route, enum route_backend_state state)
{
	if (state == ROUTE_BACKEND_OK ||
	    (route->kind != GATEWAY_HTTP_ROUTE && route->kind != GATEWAY_GRPC_ROUTE))
		return 0;
	if (route->kind == GATEWAY_GRPC_ROUTE || state == ROUTE_BACKEND_NO_ENDPOINTS)
		return 503;
	return 500;
}

static const enum route_backend_state states[] = {
	[ATTACH_REF_OK] = ROUTE_BACKEND_OK,         [ATTACH_REF_KIND] = ROUTE_BACKEND_KIND,
	[ATTACH_REF_DENIED] = ROUTE_BACKEND_DENIED, [ATTACH_REF_MISSING] = ROUTE_BACKEND_MISSING,
	[ATTACH_REF_PORT] = ROUTE_BACKEND_NO_PORT,  [ATTACH_REF_BROKEN] = ROUTE_BACKEND_MISSING,
};

static void ask_service(struct gate_table *table, const struct gateway_route *route,
			const struct gateway *gateway, struct route_backend *backend)
{
	const struct kube_set *kube = table->set->kube;
	const struct kube_service *service = kube_service(kube, backend->namespace, backend->name);
	const struct kube_service_port *port = service ? port_of(service, backend->port) : NULL;
	struct str word = port ? port->app_protocol : STR("");
	const struct attach_policy *policy = attach_policy_for(
		&table->attach, backend->namespace, backend->name, port ? port->name : STR(""));

	if (!kube_ready_endpoints(kube, backend->namespace, backend->name))
		backend->state = ROUTE_BACKEND_NO_ENDPOINTS;
	backend->protocol = protocol_of(route, word);
	if (policy)
		backend->tls = tls_new(table, policy->spec, gateway);
	if (!backend->tls && (policy || str_is(word, "kubernetes.io/wss")))
		backend->state = ROUTE_BACKEND_TLS;
}

static const struct route_budget *budget_of(struct gate_table *table,
					    const struct route_backend *backend)
{
	const struct gateway_traffic_policy *policy =
		kube_map_get(&table->set->traffic_map, backend->namespace, backend->name);
	struct route_budget *budget;

	if (!policy || !policy->constrained)
		return NULL;
	budget = arena_new(&table->arena, struct route_budget);
	*budget = (struct route_budget){.percent = policy->percent,
					.interval_ms = policy->interval,
					.least = policy->least,
					.least_ms = policy->least_interval};
	return budget;
}

struct route_backend gate_backend(struct gate_table *table, const struct gateway_route *route,
				  const struct gateway_ref *ref, const struct gateway *gateway)
{
	struct route_backend backend = {
		.kind = ref->kind,
		.namespace = ref->namespace,
		.name = ref->name.text,
		.port = ref->port,
		.state = states[attach_backend(&table->attach, route, ref)],
		.protocol = protocol_of(route, STR("")),
		.span = ref->span,
	};

	if (backend.state == ROUTE_BACKEND_OK)
		ask_service(table, route, gateway, &backend);
	if (route->kind == GATEWAY_HTTP_ROUTE || route->kind == GATEWAY_GRPC_ROUTE)
		backend.budget = budget_of(table, &backend);
	backend.status = status_of(route, backend.state);
	return backend;
}
