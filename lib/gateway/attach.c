#include "gateway/attach_parts.h"

#include <stdarg.h>
#include <stdio.h>

const char *const attach_feature_names[] = {"TLSRouteModeTerminate", "TLSRouteModeMixed", NULL};

unsigned attach_feature_find(struct str name)
{
	for (unsigned i = 0; attach_feature_names[i]; i++)
		if (str_is(name, attach_feature_names[i]))
			return 1u << i;
	return 0;
}

struct attach_problem attach_problem(struct attach *attach, const char *reason, struct span span,
				     const char *format, ...)
{
	struct attach_problem problem = {.reason = reason, .span = span};
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	problem.message = str_dup(attach->arena, str_from(text));
	return problem;
}

/* ---- host names ---- */

static bool ends_with(struct str text, struct str end)
{
	return text.len > end.len && str_eq_nocase(str_from_pos(text, text.len - end.len), end);
}

/* "*.b.test" takes every name with at least one more label, "*.a.b.test" among them. */
static bool takes(struct str wildcard, struct str name)
{
	return str_starts(wildcard, "*.") && ends_with(name, str_from_pos(wildcard, 1));
}

bool attach_hostname(struct str listener, struct str route, struct str *both)
{
	if (!route.len || takes(route, listener)) {
		*both = listener;
		return true;
	}
	*both = route;
	return !listener.len || str_eq_nocase(listener, route) || takes(listener, route);
}

/* ---- namespaces ---- */

static bool requirement_holds(const struct kube_requirement *requirement,
			      const struct kube_pairs *labels, struct str namespace)
{
	const struct kube_selector one = {(struct kube_requirement *)requirement, 1};
	struct kube_pair name = {.key = STR("kubernetes.io/metadata.name"), .value = namespace};
	const struct kube_pairs by_server = {&name, 1};

	return kube_selector_matches(&one,
				     str_eq(requirement->key, name.key) ? &by_server : labels);
}

static bool selects(const struct gateway_set *set, const struct gateway_namespaces *allowed,
		    struct str namespace)
{
	static const struct kube_pairs none = {NULL, 0};
	const struct kube_namespace *object = kube_namespace(set->kube, namespace);

	if (!allowed->selector_given || allowed->selector_broken)
		return false;
	for (size_t i = 0; i < allowed->selector.count; i++)
		if (!requirement_holds(&allowed->selector.at[i],
				       object ? &object->meta.labels : &none, namespace))
			return false;
	return true;
}

bool attach_namespace(const struct gateway_set *set, const struct gateway_namespaces *allowed,
		      struct str own, struct str namespace)
{
	switch (allowed->from) {
	case GATEWAY_FROM_NONE:
		return false;
	case GATEWAY_FROM_SAME:
		return str_eq(own, namespace);
	case GATEWAY_FROM_ALL:
		return true;
	case GATEWAY_FROM_SELECTOR:
		return selects(set, allowed, namespace);
	}
	return false;
}

/* ---- the run ---- */

void attach_each_listener(struct attach_gateway *gateway,
			  void (*visit)(void *user, struct attach_listener *listener), void *user)
{
	for (size_t i = 0; i < gateway->own.count; i++)
		visit(user, &gateway->own.at[i]);
	for (size_t i = 0; i < gateway->set_count; i++)
		for (size_t j = 0; j < gateway->sets[i]->own.count; j++)
			visit(user, &gateway->sets[i]->own.at[j]);
}

void attach_run(struct attach *attach, struct arena *arena, const struct gateway_set *set,
		const struct attach_options *options)
{
	*attach = (struct attach){.arena = arena, .set = set, .options = *options};
	map_init(&attach->gateway_map, arena);
	map_init(&attach->set_map, arena);
	map_init(&attach->policy_map, arena);
	attach_count_kinds(attach);
	attach_gateways(attach);
	attach_check_listeners(attach);
	for (size_t i = 0; i < set->gateway_count; i++) {
		attach_find_conflicts(attach, &attach->gateways[i]);
		attach_find_overlaps(attach, &attach->gateways[i]);
	}
	attach_settle(attach);
	attach_routes(attach);
	attach_policies(attach);
}
