#include "gateway/status.h"

struct output {
	struct attach *attach;
	void (*take)(void *user, const struct status_line *line);
	void *user;
};

static struct str name_of(struct attach *attach, const struct kube_meta *meta)
{
	return str_format(attach->arena, "%.*s%s%.*s", STR_ARG(meta->namespace),
			  meta->namespace.len ? "/" : "", STR_ARG(meta->name));
}

static const char *word(const struct status_conditions *conditions, const char *type)
{
	const struct status_condition *condition = status_find(conditions, type);

	if (!condition)
		return "-";
	return condition->is_true ? "yes" : "no";
}

/* Conditions that are bad when they are true. */
static bool is_negative(const char *type)
{
	return strcmp(type, "Conflicted") == 0 || strcmp(type, "OverlappingTLSConfig") == 0 ||
	       strcmp(type, "PartiallyInvalid") == 0 ||
	       strcmp(type, "InsecureFrontendValidationMode") == 0;
}

static bool is_bad(const struct status_condition *condition)
{
	return condition->is_true == is_negative(condition->type) ||
	       strcmp(condition->reason, "ListenersNotValid") == 0;
}

static struct str why(struct attach *attach, const struct status_conditions *conditions)
{
	for (size_t i = 0; i < conditions->count; i++)
		if (is_bad(&conditions->at[i]))
			return str_format(attach->arena, "%s: %.*s", conditions->at[i].reason,
					  STR_ARG(conditions->at[i].message));
	return STR("");
}

static void say(const struct output *output, struct status_line line,
		const struct status_conditions *conditions)
{
	line.accepted = word(conditions, "Accepted");
	line.resolved = word(conditions, "ResolvedRefs");
	line.programmed = word(conditions, "Programmed");
	if (!line.why.len)
		line.why = why(output->attach, conditions);
	output->take(output->user, &line);
}

static struct str number(struct attach *attach, size_t number)
{
	return str_format(attach->arena, "%zu", number);
}

static void listener_lines(const struct output *output, struct str kind, struct str object,
			   const struct attach_listeners *listeners)
{
	struct status_conditions conditions;

	for (size_t i = 0; i < listeners->count; i++) {
		const struct attach_listener *listener = &listeners->at[i];

		status_of_listener(output->attach, listener, &conditions);
		say(output,
		    (struct status_line){
			    .kind = kind,
			    .object = object,
			    .part = str_format(output->attach->arena, "listener %.*s",
					       STR_ARG(listener->spec->name.text)),
			    .count = number(output->attach, listener->routes),
		    },
		    &conditions);
	}
}

static void gateway_lines(const struct output *output, const struct attach_gateway *gateway)
{
	struct str name = name_of(output->attach, &gateway->spec->meta);
	struct status_conditions conditions;

	status_of_gateway(output->attach, gateway, &conditions);
	say(output, (struct status_line){.kind = STR("Gateway"), .object = name}, &conditions);
	listener_lines(output, STR("Gateway"), name, &gateway->own);
}

static void set_lines(const struct output *output, const struct attach_set *set)
{
	struct str name = name_of(output->attach, &set->spec->meta);
	struct status_line line = {.kind = STR("ListenerSet"), .object = name};
	struct status_conditions conditions = {.count = 0};

	if (set->gateway)
		status_of_set(output->attach, set, &conditions);
	else
		line.why = STR("its Gateway does not exist");
	say(output, line, &conditions);
	if (set->gateway)
		listener_lines(output, line.kind, name, &set->own);
}

static struct str parent_text(struct attach *attach, const struct gateway_ref *ref)
{
	struct str port = ref->port ? str_format(attach->arena, " :%u", ref->port) : STR("");

	return str_format(attach->arena, "%.*s %.*s/%.*s%s%.*s%.*s", STR_ARG(ref->kind),
			  STR_ARG(ref->namespace), STR_ARG(ref->name.text),
			  ref->section.text.len ? " " : "", STR_ARG(ref->section.text),
			  STR_ARG(port));
}

static void route_lines(const struct output *output, const struct attach_route *route)
{
	struct status_line line = {
		.kind = str_from(gateway_route_kind_name(route->spec->kind)),
		.object = name_of(output->attach, &route->spec->meta),
	};
	struct status_conditions conditions = {.count = 0};

	for (size_t i = 0; i < route->parent_count; i++) {
		line.part = parent_text(output->attach, route->parents[i].ref);
		status_of_parent(output->attach, route, &route->parents[i], &conditions);
		say(output, line, &conditions);
	}
	if (route->parent_count)
		return;
	line.why = STR("it has no parentRefs");
	say(output, line, &conditions);
}

static void policy_lines(const struct output *output, const struct attach_policy *policy)
{
	struct status_line line = {
		.kind = STR("BackendTLSPolicy"),
		.object = name_of(output->attach, &policy->spec->meta),
	};
	struct status_conditions conditions;

	status_of_policy(output->attach, policy, &conditions);
	for (size_t i = 0; i < policy->ancestor_count; i++) {
		line.part = str_format(
			output->attach->arena, "Gateway %.*s",
			STR_ARG(name_of(output->attach, &policy->ancestors[i]->spec->meta)));
		say(output, line, &conditions);
	}
	if (policy->ancestor_count)
		return;
	line.why = STR("no attached route leads to its target");
	conditions.count = 0;
	say(output, line, &conditions);
}

static void class_line(const struct output *output, const struct gateway_class *class)
{
	struct status_conditions conditions;

	status_of_class(output->attach, class, &conditions);
	say(output, (struct status_line){.kind = STR("GatewayClass"), .object = class->meta.name},
	    &conditions);
}

void status_lines(struct attach *attach, void (*take)(void *user, const struct status_line *line),
		  void *user)
{
	const struct output output = {attach, take, user};

	for (size_t i = 0; i < attach->set->class_count; i++)
		class_line(&output, attach->set->classes[i]);
	for (size_t i = 0; i < attach->set->gateway_count; i++)
		gateway_lines(&output, &attach->gateways[i]);
	for (size_t i = 0; i < attach->set->listener_set_count; i++)
		set_lines(&output, &attach->sets[i]);
	for (size_t i = 0; i < attach->set->route_count; i++)
		route_lines(&output, attach_route_at(attach, i, attach->arena));
	for (size_t i = 0; i < attach->set->policy_count; i++)
		policy_lines(&output, &attach->policies[i]);
}
