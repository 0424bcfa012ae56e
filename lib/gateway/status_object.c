#include "gateway/status.h"

/* Where the objects go. */
struct output {
	struct attach *attach;
	struct arena *arena;
	void (*take)(void *user, const struct node *object);
	void *user;
};

static struct node *object(struct arena *arena, const struct kube_meta *meta)
{
	struct node *root = node_map_new(arena), *metadata;

	node_set_string(arena, root, "apiVersion", STR(GATEWAY_GROUP "/v1"));
	node_set_string(arena, root, "kind", str_from(meta->kind));
	metadata = node_set_map(arena, root, "metadata");
	node_set_string(arena, metadata, "name", meta->name);
	if (meta->namespace.len)
		node_set_string(arena, metadata, "namespace", meta->namespace);
	return root;
}

static void set_conditions(struct arena *arena, struct node *map,
			   const struct status_conditions *conditions)
{
	struct node *list = node_set_list(arena, map, "conditions");

	for (size_t i = 0; i < conditions->count; i++) {
		const struct status_condition *condition = &conditions->at[i];
		struct node *item = node_push_map(arena, list);

		node_set_string(arena, item, "type", str_from(condition->type));
		node_set_string(arena, item, "status",
				condition->is_true ? STR("True") : STR("False"));
		node_set_string(arena, item, "reason", str_from(condition->reason));
		node_set_string(arena, item, "message", condition->message);
	}
}

static void set_kinds(struct arena *arena, struct node *map, const struct attach_listener *listener)
{
	struct node *list = node_set_list(arena, map, "supportedKinds");

	for (int i = 0; i < GATEWAY_ROUTE_KINDS; i++) {
		const char *name = gateway_route_kind_name((enum gateway_route_kind)i);
		struct node *item;

		if (!listener->kinds[i])
			continue;
		item = node_push_map(arena, list);
		node_set_string(arena, item, "group", STR(GATEWAY_GROUP));
		node_set_string(arena, item, "kind", str_from(name));
	}
}

static void set_listeners(const struct output *output, struct node *map,
			  const struct attach_listeners *listeners)
{
	struct node *list = node_set_list(output->arena, map, "listeners");
	struct status_conditions conditions;

	for (size_t i = 0; i < listeners->count; i++) {
		const struct attach_listener *listener = &listeners->at[i];
		struct node *item = node_push_map(output->arena, list);

		status_of_listener(output->attach, listener, &conditions);
		node_set_string(output->arena, item, "name", listener->spec->name.text);
		set_kinds(output->arena, item, listener);
		node_set_int(output->arena, item, "attachedRoutes", (int64_t)listener->routes);
		set_conditions(output->arena, item, &conditions);
	}
}

static struct node *class_object(const struct output *output, size_t i)
{
	const struct gateway_class *class = output->attach->set->classes[i];
	struct node *root = object(output->arena, &class->meta);
	struct status_conditions conditions;

	status_of_class(output->attach, class, &conditions);
	set_conditions(output->arena, node_set_map(output->arena, root, "status"), &conditions);
	return root;
}

static struct node *gateway_object(const struct output *output, size_t i)
{
	const struct attach_gateway *gateway = &output->attach->gateways[i];
	struct node *root = object(output->arena, &gateway->spec->meta);
	struct node *status = node_set_map(output->arena, root, "status");
	struct status_conditions conditions;

	status_of_gateway(output->attach, gateway, &conditions);
	set_conditions(output->arena, status, &conditions);
	set_listeners(output, status, &gateway->own);
	node_set_int(output->arena, status, "attachedListenerSets",
		     (int64_t)gateway->attached_sets);
	return root;
}

static struct node *set_object(const struct output *output, size_t i)
{
	const struct attach_set *set = &output->attach->sets[i];
	struct node *root = object(output->arena, &set->spec->meta);
	struct node *status = node_set_map(output->arena, root, "status");
	struct status_conditions conditions;

	/* No controller knows a ListenerSet whose Gateway does not exist. */
	if (!set->gateway)
		return root;
	status_of_set(output->attach, set, &conditions);
	set_conditions(output->arena, status, &conditions);
	set_listeners(output, status, &set->own);
	return root;
}

static void set_ref(struct arena *arena, struct node *map, const struct gateway_ref *ref)
{
	node_set_string(arena, map, "group", ref->group);
	node_set_string(arena, map, "kind", ref->kind);
	node_set_string(arena, map, "name", ref->name.text);
	if (ref->namespace_given)
		node_set_string(arena, map, "namespace", ref->namespace);
	if (ref->section.text.len)
		node_set_string(arena, map, "sectionName", ref->section.text);
	if (ref->port)
		node_set_int(arena, map, "port", ref->port);
}

static void set_controller(struct arena *arena, struct node *map,
			   const struct attach_gateway *gateway)
{
	node_set_string(arena, map, "controllerName",
			gateway->class ? gateway->class->controller.text
				       : STR("ingress2gw.dev/offline"));
}

static struct node *route_object(const struct output *output, size_t i)
{
	struct arena *arena = output->arena;
	const struct attach_route *route = attach_route_at(output->attach, i, arena);
	struct node *root = object(arena, &route->spec->meta);
	struct node *list = node_set_list(arena, node_set_map(arena, root, "status"), "parents");
	struct status_conditions conditions;

	for (size_t j = 0; j < route->parent_count; j++) {
		const struct attach_parent *parent = &route->parents[j];
		struct node *item;

		if (!parent->gateway)
			continue;
		item = node_push_map(arena, list);
		set_ref(arena, node_set_map(arena, item, "parentRef"), parent->ref);
		set_controller(arena, item, parent->gateway);
		status_of_parent(output->attach, route, parent, &conditions);
		set_conditions(arena, item, &conditions);
	}
	return root;
}

static struct node *policy_object(const struct output *output, size_t i)
{
	const struct attach_policy *policy = &output->attach->policies[i];
	struct arena *arena = output->arena;
	struct node *root = object(arena, &policy->spec->meta);
	struct node *list = node_set_list(arena, node_set_map(arena, root, "status"), "ancestors");
	struct status_conditions conditions;

	status_of_policy(output->attach, policy, &conditions);
	for (size_t j = 0; j < policy->ancestor_count; j++) {
		const struct attach_gateway *gateway = policy->ancestors[j];
		struct node *item = node_push_map(arena, list);
		struct node *ref = node_set_map(arena, item, "ancestorRef");

		node_set_string(arena, ref, "group", STR(GATEWAY_GROUP));
		node_set_string(arena, ref, "kind", STR("Gateway"));
		node_set_string(arena, ref, "namespace", gateway->spec->meta.namespace);
		node_set_string(arena, ref, "name", gateway->spec->meta.name);
		set_controller(arena, item, gateway);
		set_conditions(arena, item, &conditions);
	}
	return root;
}

static void each(const struct output *output, size_t count,
		 struct node *(*make)(const struct output *output, size_t i))
{
	for (size_t i = 0; i < count; i++) {
		struct arena_mark mark = arena_mark(output->arena);

		output->take(output->user, make(output, i));
		arena_rewind(output->arena, mark);
	}
}

void status_objects(struct attach *attach, struct arena *scratch,
		    void (*take)(void *user, const struct node *object), void *user)
{
	const struct output output = {attach, scratch, take, user};

	each(&output, attach->set->class_count, class_object);
	each(&output, attach->set->gateway_count, gateway_object);
	each(&output, attach->set->listener_set_count, set_object);
	each(&output, attach->set->route_count, route_object);
	each(&output, attach->set->policy_count, policy_object);
}
