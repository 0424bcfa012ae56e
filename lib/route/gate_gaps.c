/* What Gateway API objects ask for that only some Gateways know. Backends of a kind of their own
 * (XBackend, a bucket) are taken to answer; how, with which TLS and which retries, is theirs. A filter of
 * that sort is answered 500, as by a Gateway that does not know it. */
#include "route/gate.h"

static void add(struct gate_table *table, const struct gateway_route *route, size_t rule,
		const struct gateway_ref *ref, const char *what)
{
	struct arena *arena = &table->arena;

	route_gap_add(
		&table->table, arena,
		(struct route_gap){
			.what = str_format(arena, "%s of kind %.*s", what, STR_ARG(ref->kind)),
			.field = str_format(arena, "spec.rules[%zu]", rule),
			.span = ref->span,
			.place = {gate_object(table, &route->meta), ref->span, -1, -1}});
}

static void read_filters(struct gate_table *table, const struct gateway_route *route, size_t rule,
			 const struct gateway_filters *filters)
{
	for (size_t i = 0; i < filters->count; i++)
		if (filters->at[i].type == GATEWAY_FILTER_EXTENSION)
			add(table, route, rule, &filters->at[i].extension, "filter");
}

static void read_rule(struct gate_table *table, const struct gateway_route *route, size_t index)
{
	const struct gateway_rule *rule = &route->rules[index];

	read_filters(table, route, index, &rule->filters);
	for (size_t i = 0; i < rule->backend_count; i++) {
		const struct gateway_ref *ref = &rule->backends[i].ref;

		read_filters(table, route, index, &rule->backends[i].filters);
		if (attach_backend(&table->attach, route, ref) == ATTACH_REF_OK &&
		    (ref->group.len || !str_is(ref->kind, "Service")))
			add(table, route, index, ref, "backend");
	}
}

/* A route of other Gateways alone is not asked. One that is attached to none may well be meant for these. */
static bool is_elsewhere(const struct gate_table *table, const struct attach_route *route)
{
	bool elsewhere = false;

	if (!table->options->gateways)
		return false;
	for (size_t i = 0; i < route->parent_count; i++)
		for (size_t j = 0; j < route->parents[i].binding_count; j++) {
			const struct attach_listener *at = route->parents[i].bindings[j].listener;

			if (gate_is_wanted(table, at->gateway->spec))
				return false;
			elsewhere = true;
		}
	return elsewhere;
}

void gate_find_gaps(struct gate_table *table)
{
	for (size_t i = 0; i < table->set->route_count; i++)
		for (size_t r = 0; r < table->set->routes[i]->rule_count &&
				   !is_elsewhere(table, &table->attach.routes[i]);
		     r++)
			read_rule(table, table->set->routes[i], r);
	route_gaps_sort(&table->table);
}
