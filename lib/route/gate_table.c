/* From objects to a table: listeners that are programmed, and the routes that are attached to them. */
#include "route/gate.h"
#include "route/gate_build.h"

void **gate_place_of(struct map *map, const void *address)
{
	struct str key = {(const char *)&address, sizeof address};

	return map_at(map, map_get(map, key) ? key : str_dup(map->arena, key));
}

const struct object_ref *gate_object(struct gate_table *table, const struct kube_meta *meta)
{
	void **place = gate_place_of(&table->object_map, meta);
	struct object_ref *ref = *place;

	if (!ref) {
		*place = ref = arena_new(&table->arena, struct object_ref);
		*ref = kube_ref(meta);
	}
	return ref;
}

/* ---- listeners ---- */

static bool protocol_of(const struct gateway_listener *view, enum gate_protocol *protocol)
{
	static const char *const names[] = {
		[GATE_HTTP] = "HTTP", [GATE_HTTPS] = "HTTPS", [GATE_TLS] = "TLS",
		[GATE_TCP] = "TCP",   [GATE_UDP] = "UDP",
	};

	for (int i = GATE_HTTP; i <= GATE_UDP; i++) {
		if (!str_is(view->protocol.text, names[i]))
			continue;
		*protocol = i;
		return true;
	}
	return false;
}

/* Spec: FrontendTLSValidation. When no authority is left, the listeners serve nobody. */
static void read_validation(struct gate_table *table, const struct attach_listener *from,
			    struct gate_listener *listener, struct route_front_tls *tls)
{
	const struct gateway_frontend *frontend = attach_frontend(from);

	if (!frontend || !frontend->validates || listener->protocol != GATE_HTTPS)
		return;
	tls->validation =
		frontend->insecure_fallback ? ROUTE_CLIENT_OPTIONAL : ROUTE_CLIENT_REQUIRED;
	tls->authorities = gate_authorities(table, "Gateway", &from->gateway->spec->meta,
					    &frontend->cas, &tls->authority_count);
	if (!tls->authority_count)
		listener->refuses = "no authority for client certificates can be used";
}

static void read_certificates(struct gate_table *table, const struct attach_listener *from,
			      struct gate_listener *listener, const struct route_front_tls *tls)
{
	const struct gateway_refs *refs = &from->spec->certificates;

	for (size_t i = 0; i < refs->count; i++) {
		const struct gateway_ref *ref = &refs->at[i];
		struct gate_certificate certificate = {.tls = *tls};

		if (attach_certificate(&table->attach, from->owner->kind, from->owner->namespace,
				       ref) != ATTACH_REF_OK)
			continue;
		certificate.tls.namespace = ref->namespace;
		certificate.tls.name = ref->name.text;
		certificate.secret = kube_secret(table->set->kube, ref->namespace, ref->name.text);
		ARENA_PUSH(&table->arena, listener->certificates, listener->certificate_count,
			   certificate);
	}
}

static void read_tls(struct gate_table *table, const struct attach_listener *from,
		     struct gate_listener *listener)
{
	bool passthrough = listener->protocol == GATE_TLS && from->spec->has_tls &&
			   from->spec->mode == GATEWAY_TLS_PASSTHROUGH;
	struct route_front_tls tls = {.passthrough = passthrough};

	read_validation(table, from, listener, &tls);
	if (!passthrough)
		read_certificates(table, from, listener, &tls);
	/* tls.options may name certificates in a way of the implementation's own. */
	if (!listener->certificate_count &&
	    (passthrough || (!from->spec->certificates.count && from->spec->tls_options.count)))
		ARENA_PUSH(&table->arena, listener->certificates, listener->certificate_count,
			   (struct gate_certificate){.tls = tls});
	if (!listener->certificate_count && !listener->refuses)
		listener->refuses = "it has no certificate that can be used";
}

struct gate_listener *gate_listener_new(struct gate_table *table,
					const struct attach_listener *from)
{
	struct gate_listener *listener = arena_new(&table->arena, struct gate_listener);

	if (!protocol_of(from->spec, &listener->protocol))
		return NULL;
	listener->name = from->spec->name.text;
	listener->host = str_lower(&table->arena, from->spec->hostname.text);
	listener->place =
		(struct route_place){gate_object(table, from->owner), from->spec->span, -1, -1};
	if (listener->protocol == GATE_HTTPS || listener->protocol == GATE_TLS)
		read_tls(table, from, listener);
	if (!from->programmed && !listener->refuses)
		listener->refuses = "it is not programmed";
	return listener;
}

/* ---- putting it together ---- */

struct assembly {
	struct gate_table *table;
	struct gate_builder builder;
	struct map listeners; /* struct attach_listener -> struct gate_listener */
};

bool gate_is_wanted(const struct gate_table *table, const struct gateway *gateway)
{
	const struct route_gateway_options *options = table->options;
	bool of_class = !options->class_count, named = !options->gateways;

	for (size_t i = 0; i < options->class_count && !of_class; i++)
		of_class = str_eq(options->classes[i], gateway->class_name.text);
	for (size_t i = 0; i < options->gateway_count && !named; i++)
		named = str_eq(options->gateways[i].name, gateway->meta.name) &&
			str_eq(options->gateways[i].namespace, gateway->meta.namespace);
	return of_class && named;
}

/* A refused listener gets no traffic. One whose references do not resolve keeps its name and its port:
 * no other listener answers in its place. */
static void add_listeners(struct assembly *assembly, const struct attach_listeners *listeners)
{
	for (size_t i = 0; i < listeners->count; i++) {
		const struct attach_listener *from = &listeners->at[i];
		struct gate_listener *listener;

		if (from->accepted.reason || from->conflict)
			continue;
		listener = gate_listener_new(assembly->table, from);
		if (!listener)
			continue;
		*gate_place_of(&assembly->listeners, from) = listener;
		listener->front =
			gate_growing_front(&assembly->builder, from->gateway->spec,
					   from->spec->port, listener->protocol == GATE_UDP);
		gate_grow_listener(&assembly->builder, listener->front, listener);
	}
}

static void add_gateway(struct assembly *assembly, const struct attach_gateway *gateway)
{
	if (gateway->accepted.reason || !gate_is_wanted(assembly->table, gateway->spec))
		return;
	add_listeners(assembly, &gateway->own);
	for (size_t i = 0; i < gateway->set_count; i++)
		if (gateway->sets[i]->joined)
			add_listeners(assembly, &gateway->sets[i]->own);
}

static void add_binding(struct assembly *assembly, const struct gateway_route *route,
			const struct attach_binding *binding)
{
	struct gate_listener *listener = *gate_place_of(&assembly->listeners, binding->listener);
	struct gate_builder *builder = &assembly->builder;

	if (!listener)
		return;
	if (!binding->hostnames.count)
		gate_grow_route(builder, listener, route, STR(""));
	for (size_t i = 0; i < binding->hostnames.count; i++)
		gate_grow_route(builder, listener, route,
				str_lower(&assembly->table->arena, binding->hostnames.at[i].text));
}

static void add_route(struct assembly *assembly, const struct attach_route *route)
{
	for (size_t i = 0; i < route->parent_count; i++)
		for (size_t j = 0; j < route->parents[i].binding_count; j++)
			add_binding(assembly, route->spec, &route->parents[i].bindings[j]);
}

struct route_table *route_gateway_new(const struct gateway_set *set,
				      const struct route_gateway_options *options)
{
	struct arena arena;
	struct gate_table *table;
	struct assembly assembly = {0};
	struct attach_options attach_options = {
		.external = options->complete ? ATTACH_EXTERNAL_DENY : ATTACH_EXTERNAL_AUTO,
	};

	arena_init(&arena);
	table = arena_new(&arena, struct gate_table);
	table->arena = arena;
	table->table.side = &gate_side;
	table->set = set;
	table->options = options;
	matchers_init(&table->matchers, &table->arena);
	map_init(&table->object_map, &table->arena);
	attach_run(&table->attach, &table->arena, set, &attach_options);

	assembly.table = table;
	gate_builder_init(&assembly.builder, table);
	map_init(&assembly.listeners, &assembly.builder.scratch);
	for (size_t i = 0; i < set->gateway_count; i++)
		add_gateway(&assembly, &table->attach.gateways[i]);
	for (size_t i = 0; i < set->route_count; i++)
		add_route(&assembly, &table->attach.routes[i]);
	gate_builder_finish(&assembly.builder);
	gate_find_gaps(table);
	table->options = NULL;
	return &table->table;
}
