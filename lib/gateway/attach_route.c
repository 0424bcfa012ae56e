#include "gateway/attach_parts.h"

/* ---- host names ---- */

/* What is left of a route's host names on a listener. False when nothing is. */
static bool meet(struct attach *attach, const struct gateway_route *route,
		 const struct gateway_listener *listener, struct gateway_texts *left)
{
	struct str both;

	*left = (struct gateway_texts){0};
	if (route->kind > GATEWAY_TLS_ROUTE)
		return true;
	if (!listener->hostname.text.len) {
		*left = route->hostnames;
		return true;
	}
	if (!route->hostnames.count) {
		left->at = arena_new(attach->arena, struct kube_text);
		left->at[left->count++] = listener->hostname;
		return true;
	}
	for (size_t i = 0; i < route->hostnames.count; i++) {
		const struct kube_text *name = &route->hostnames.at[i];

		if (attach_hostname(listener->hostname.text, name->text, &both))
			ARENA_PUSH(attach->arena, left->at, left->count,
				   (struct kube_text){both, name->span});
	}
	return left->count > 0;
}

/* ---- one parent ---- */

static bool is_ours(const struct gateway_ref *ref, const char *kind)
{
	return str_is(ref->group, GATEWAY_GROUP) && str_is(ref->kind, kind);
}

static bool is_meant(const struct gateway_ref *ref, const struct gateway_listener *listener)
{
	return (!ref->section.text.len || str_eq(ref->section.text, listener->name.text)) &&
	       (!ref->port || ref->port == listener->port);
}

/* How near a listener comes to taking the route. */
static enum attach_outcome try_listener(struct attach *attach, const struct gateway_route *route,
					const struct gateway_ref *ref,
					struct attach_binding *binding)
{
	const struct attach_listener *listener = binding->listener;

	if (!is_meant(ref, listener->spec))
		return ATTACH_NO_LISTENER;
	if (!listener->kinds[route->kind] ||
	    !attach_namespace(attach->set, &listener->spec->allowed, listener->owner->namespace,
			      route->meta.namespace))
		return ATTACH_NOT_ALLOWED;
	return meet(attach, route, listener->spec, &binding->hostnames) ? ATTACH_OK
									: ATTACH_NO_HOSTNAME;
}

/* Outcomes from the nearest to the farthest. */
static int distance(enum attach_outcome outcome)
{
	static const int distances[] = {
		[ATTACH_OK] = 0,          [ATTACH_NO_HOSTNAME] = 1, [ATTACH_NOT_ALLOWED] = 2,
		[ATTACH_NO_LISTENER] = 3, [ATTACH_NO_PARENT] = 4,   [ATTACH_OTHER] = 4,
	};

	return distances[outcome];
}

static void try_listeners(struct attach *attach, const struct gateway_route *route,
			  struct attach_listeners *listeners, struct attach_parent *parent)
{
	parent->outcome = ATTACH_NO_LISTENER;
	for (size_t i = 0; i < listeners->count; i++) {
		struct attach_binding binding = {.listener = &listeners->at[i]};
		enum attach_outcome outcome = try_listener(attach, route, parent->ref, &binding);

		if (distance(outcome) < distance(parent->outcome)) {
			parent->outcome = outcome;
			parent->refusing = outcome == ATTACH_OK ? NULL : binding.listener;
		}
		if (outcome == ATTACH_OK)
			ARENA_PUSH(attach->arena, parent->bindings, parent->binding_count, binding);
	}
}

/* A parent's status is its own: a route of a Gateway never comes to the listeners of a ListenerSet, nor
 * the other way round. */
static void find_parent(struct attach *attach, const struct gateway_route *route,
			struct attach_parent *parent)
{
	const struct gateway_ref *ref = parent->ref;

	parent->outcome = ATTACH_NO_PARENT;
	if (is_ours(ref, "Gateway")) {
		parent->gateway =
			kube_map_get(&attach->gateway_map, ref->namespace, ref->name.text);
		if (parent->gateway)
			try_listeners(attach, route, &parent->gateway->own, parent);
	} else if (is_ours(ref, "ListenerSet")) {
		parent->set = kube_map_get(&attach->set_map, ref->namespace, ref->name.text);
		parent->gateway = parent->set ? parent->set->gateway : NULL;
		if (parent->set && parent->set->joined)
			try_listeners(attach, route, &parent->set->own, parent);
		else if (parent->set)
			parent->outcome = ATTACH_NO_LISTENER;
	} else {
		parent->outcome = ATTACH_OTHER;
	}
}

/* ---- all routes ---- */

/* A route with two parentRefs to one listener is still one route there. `number` is that of the route,
 * from 1. */
static void count_bindings(const struct attach_route *route, size_t number)
{
	for (size_t i = 0; i < route->parent_count; i++)
		for (size_t j = 0; j < route->parents[i].binding_count; j++) {
			struct attach_listener *listener = route->parents[i].bindings[j].listener;

			listener->routes += listener->last != number;
			listener->last = number;
		}
}

static void add_parent(struct attach *attach, struct attach_route *route,
		       const struct gateway_ref *ref)
{
	struct attach_parent parent = {.ref = ref};

	find_parent(attach, route->spec, &parent);
	ARENA_PUSH(attach->arena, route->parents, route->parent_count, parent);
}

static bool is_named(const struct gateway_route *route, const struct kube_meta *gateway)
{
	for (size_t i = 0; i < route->parents.count; i++)
		if (is_ours(&route->parents.at[i], "Gateway") &&
		    str_eq(route->parents.at[i].namespace, gateway->namespace) &&
		    str_eq(route->parents.at[i].name.text, gateway->name))
			return true;
	return false;
}

/* useDefaultGateways (experimental, GEP-3793): a parent that nobody named, when it takes the route. */
static void add_default(struct attach *attach, struct attach_route *route,
			const struct attach_gateway *gateway)
{
	const struct kube_meta *meta = &gateway->spec->meta;
	const struct gateway_ref by_default = {
		.group = STR(GATEWAY_GROUP),
		.kind = STR("Gateway"),
		.name = {.text = meta->name},
		.namespace = meta->namespace,
		.namespace_given = true,
	};
	struct gateway_ref *ref;

	if (!str_is(gateway->spec->default_scope, "All") || is_named(route->spec, meta))
		return;
	ref = arena_new(attach->arena, struct gateway_ref);
	*ref = by_default;
	add_parent(attach, route, ref);
	if (route->parents[route->parent_count - 1].outcome != ATTACH_OK)
		route->parent_count--;
}

static void attach_one(struct attach *attach, struct attach_route *route)
{
	const struct gateway_refs *refs = &route->spec->parents;

	for (size_t i = 0; i < refs->count; i++)
		add_parent(attach, route, &refs->at[i]);
	for (size_t i = 0;
	     i < attach->set->gateway_count && str_is(route->spec->use_default_gateways, "All");
	     i++)
		add_default(attach, route, &attach->gateways[i]);
}

static void attach_packed(struct attach *attach)
{
	struct arena scratch;

	arena_init(&scratch);
	for (size_t i = 0; i < attach->set->route_count; i++) {
		struct arena_mark mark = arena_mark(&scratch);

		count_bindings(attach_route_at(attach, i, &scratch), i + 1);
		arena_rewind(&scratch, mark);
	}
	arena_finish(&scratch);
}

void attach_routes(struct attach *attach)
{
	size_t count = attach->set->route_count;

	if (attach->set->packs) {
		attach_packed(attach);
		return;
	}
	attach->routes = arena_array(attach->arena, struct attach_route, count + 1);
	for (size_t i = 0; i < count; i++) {
		attach->routes[i].spec = attach->set->routes[i];
		attach_one(attach, &attach->routes[i]);
		count_bindings(&attach->routes[i], i + 1);
		attach_check_rules(attach, &attach->routes[i]);
	}
}

const struct attach_route *attach_route_at(struct attach *attach, size_t i, struct arena *scratch)
{
	struct arena *own = attach->arena;
	struct attach_route *route;

	if (attach->routes)
		return &attach->routes[i];
	route = arena_new(scratch, struct attach_route);
	route->spec = gateway_route_at(attach->set, i, scratch);
	/* Whatever is made on the way belongs to the route. */
	attach->arena = scratch;
	attach_one(attach, route);
	attach_check_rules(attach, route);
	attach->arena = own;
	return route;
}
