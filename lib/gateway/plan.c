#include "gateway/plan.h"

#include "gateway/planner.h"

bool plan_names_are_legal(const struct plan_options *options, struct error *error)
{
	struct str namespace = options->gateway_namespace, name = options->gateway_name,
		   class = options->gateway_class;

	if (namespace.len && !name_is_label(namespace))
		return error_set(error, "the namespace of the Gateway cannot be '%.*s'",
				 STR_ARG(namespace));
	if (name.len && !name_is_subdomain(name))
		return error_set(error, "the name of the Gateway cannot be '%.*s'", STR_ARG(name));
	if (class.len && !name_is_subdomain(class))
		return error_set(error, "the class of the Gateway cannot be '%.*s'",
				 STR_ARG(class));
	return true;
}

/* ---- GatewayClass ---- */

static void write_class(struct planner *planner, const struct plan_gateway *gateway)
{
	struct target *target = target_new(planner, "GatewayClass", STR(""), gateway->class);
	struct node *root = object_new(planner, GATEWAY_VERSION, target);
	struct node *spec = node_set_map(&planner->scratch, root, "spec");

	node_set_string(&planner->scratch, spec, "controllerName",
			str_from(gateway->controller_name));
	object_write(planner, target, ROLE_INFRASTRUCTURE, root);
}

/* Those whose controller is known have it from the target, so all of them are of one class. */
static void write_classes(struct planner *planner)
{
	for (size_t i = 0; i < planner->site_count; i++) {
		const struct plan_gateway *gateway = planner->sites[i]->plan;

		if (!gateway->controller_name || gateway->exists)
			continue;
		write_class(planner, gateway);
		return;
	}
}

/* ---- the run ---- */

static void begin_realms(struct planner *planner)
{
	const struct plan_options *options = planner->options;
	const struct plan_gateway only = {
		.namespace = options->gateway_namespace,
		.name = options->gateway_name,
		.class = options->gateway_class,
		.controller_name = options->controller_name,
		.exists = options->gateway_exists,
	};
	size_t count = planner->model->realm_count;

	names_init(&planner->gateways, &planner->arena);
	planner->realms = arena_array(&planner->arena, struct planned_realm, count);
	for (size_t i = 0; i < count; i++) {
		planner->realms[i].gateway = options->gateways ? options->gateways[i] : only;
		map_init(&planner->realms[i].hosts, &planner->arena);
		map_init(&planner->realms[i].sites, &planner->arena);
	}
}

/* A host is converted when one of its rules is; what is open now had none that was written. */
static void finish_hosts(struct planner *planner)
{
	for (size_t i = 0; i < planner->model->host_count; i++) {
		const struct model_host *host = planner->model->hosts[i];

		for (size_t j = 0; j < host->rule_count; j++) {
			struct ledger_item *item = host->rules[j]->host_item;
			const struct ledger_item *path = host->rules[j]->path_item;

			if (!item || item->outcome != OUTCOME_OPEN)
				continue;
			if (path && path->outcome != OUTCOME_OPEN)
				ledger_mark(item, path->outcome, path->code);
			else
				ledger_mark(item, OUTCOME_REFUSED, host->rules[j]->held);
		}
	}
}

static void write_all(struct planner *planner)
{
	write_classes(planner);
	holders_write(planner);
	http_routes_write(planner);
	l4_write(planner);
	policies_write(planner);
	grants_write(planner);
	if (planner->sink->end)
		planner->sink->end(planner->sink->user, &planner->scratch);
}

void plan_write(struct model *model, const struct kube_set *set, const struct plan_options *options,
		const struct plan_sink *sink, struct findings *findings)
{
	struct planner planner = {
		.model = model,
		.set = set,
		.options = options,
		.sink = sink,
		.findings = findings,
	};

	arena_init(&planner.arena);
	arena_init(&planner.scratch);
	map_init(&planner.grants, &planner.arena);
	map_init(&planner.said, &planner.arena);
	map_init(&planner.texts, &planner.arena);
	model_sort(model);
	begin_realms(&planner);

	issued_plan(&planner);
	rules_plan(&planner);
	guards_plan(&planner);
	l4_plan(&planner);
	listeners_plan(&planner);
	routes_plan(&planner);
	l4_attach(&planner);
	write_all(&planner);
	issued_check(&planner);
	metadata_finish(&planner);
	finish_hosts(&planner);

	arena_finish(&planner.scratch);
	arena_finish(&planner.arena);
}
