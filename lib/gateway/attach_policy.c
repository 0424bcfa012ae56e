#include <stdlib.h>

#include "gateway/attach_parts.h"

/* ---- one policy ---- */

static struct attach_problem ca_problem(struct attach *attach, const struct gateway_ref *ref,
					enum attach_ref_state state)
{
	if (state == ATTACH_REF_KIND)
		return attach_problem(attach, "InvalidKind", ref->span,
				      "%.*s is of a kind that is not supported",
				      STR_ARG(attach_ref_text(attach, ref)));
	return attach_problem(attach, "InvalidCACertificateRef", ref->span, "%.*s %s",
			      STR_ARG(attach_ref_text(attach, ref)),
			      state == ATTACH_REF_MISSING ? "does not exist"
							  : "has no CA certificate in ca.crt that "
							    "can be read");
}

static void check_cas(struct attach *attach, struct attach_policy *policy)
{
	const struct gateway_tls_policy *spec = policy->spec;
	size_t usable = 0;

	for (size_t i = 0; i < spec->cas.count; i++) {
		enum attach_ref_state state = attach_ca(attach, "BackendTLSPolicy",
							spec->meta.namespace, &spec->cas.at[i]);

		usable += state == ATTACH_REF_OK;
		if (state != ATTACH_REF_OK && !policy->resolved.reason)
			policy->resolved = ca_problem(attach, &spec->cas.at[i], state);
	}
	if (spec->cas.count && !usable)
		policy->accepted =
			attach_problem(attach, "NoValidCACertificate", spec->cas.at[0].span,
				       "none of its CA certificates can be used");
	if (spec->well_known.text.len && !str_is(spec->well_known.text, "System"))
		policy->accepted = attach_problem(attach, "Invalid", spec->well_known.span,
						  "only System is known");
}

/* ---- who has a target ---- */

static struct str target_key(struct attach *attach, struct str namespace, struct str service,
			     struct str section)
{
	return str_format(attach->arena, "%.*s/%.*s%s%.*s", STR_ARG(namespace), STR_ARG(service),
			  section.len ? "/" : "", STR_ARG(section));
}

static bool is_service(const struct gateway_ref *target)
{
	return !target->group.len && str_is(target->kind, "Service");
}

/* The first policy of a target has it; a policy that gets none of its targets is in conflict. */
static void claim(struct attach *attach, struct attach_policy *policy)
{
	const struct gateway_tls_policy *spec = policy->spec;
	const struct attach_policy *winner = NULL;
	size_t won = 0;

	for (size_t i = 0; i < spec->targets.count; i++) {
		const struct gateway_ref *target = &spec->targets.at[i];
		void **place;

		if (!is_service(target))
			continue;
		place = map_at(&attach->policy_map,
			       target_key(attach, spec->meta.namespace, target->name.text,
					  target->section.text));
		if (!*place) {
			*place = policy;
			won++;
		} else if (*place != policy) {
			winner = *place;
		}
	}
	if (won || !winner)
		return;
	policy->winner = winner->spec;
	policy->accepted = attach_problem(attach, "Conflicted", spec->targets.at[0].span,
					  "%.*s has the same target and comes first",
					  STR_ARG(winner->spec->meta.name));
}

static int by_precedence(const void *a, const void *b)
{
	return gateway_precedence(&(*(struct attach_policy *const *)a)->spec->meta,
				  &(*(struct attach_policy *const *)b)->spec->meta);
}

/* ---- which Gateways it matters to ---- */

static void add_ancestor(struct attach_policy *policy, struct attach_gateway *gateway)
{
	for (size_t i = 0; i < policy->ancestor_count; i++)
		if (policy->ancestors[i] == gateway)
			return;
	if (policy->ancestor_count < ATTACH_ANCESTORS)
		policy->ancestors[policy->ancestor_count++] = gateway;
}

/* Policies that name a Service, whether they have it or not. */
struct claim {
	struct claim *next;
	struct attach_policy *policy;
};

static void add_claims(struct attach *attach, struct map *claims, struct attach_policy *policy)
{
	const struct gateway_refs *targets = &policy->spec->targets;

	for (size_t i = 0; i < targets->count; i++) {
		struct claim *entry = arena_new(attach->arena, struct claim);
		void **place;

		if (!is_service(&targets->at[i]))
			continue;
		place = map_at(claims, target_key(attach, policy->spec->meta.namespace,
						  targets->at[i].name.text, STR("")));
		*entry = (struct claim){*place, policy};
		*place = entry;
	}
}

struct meeting {
	struct attach *attach;
	struct map claims; /* struct claim by "namespace/service" */
	struct map done;   /* pairs of Service and Gateway that met before */
};

/* True the first time. */
static bool is_new(struct meeting *meeting, const struct gateway_ref *service,
		   const struct attach_gateway *gateway)
{
	const struct kube_meta *meta = &gateway->spec->meta;
	struct str key = str_format(meeting->attach->arena, "%.*s/%.*s/%.*s/%.*s",
				    STR_ARG(service->namespace), STR_ARG(service->name.text),
				    STR_ARG(meta->namespace), STR_ARG(meta->name));
	void **place = map_at(&meeting->done, key);
	bool fresh = !*place;

	*place = meeting;
	return fresh;
}

static void meet_service(struct meeting *meeting, const struct attach_route *route,
			 const struct gateway_ref *service)
{
	const struct claim *first =
		kube_map_get(&meeting->claims, service->namespace, service->name.text);

	for (size_t i = 0; first && i < route->parent_count; i++) {
		struct attach_gateway *gateway = route->parents[i].gateway;

		if (route->parents[i].outcome != ATTACH_OK || !is_new(meeting, service, gateway))
			continue;
		for (const struct claim *claim = first; claim; claim = claim->next)
			add_ancestor(claim->policy, gateway);
	}
}

static void meet_filters(struct meeting *meeting, const struct attach_route *route,
			 const struct gateway_filters *filters)
{
	for (size_t i = 0; i < filters->count; i++) {
		const struct gateway_filter *filter = &filters->at[i];

		if (filter->type == GATEWAY_FILTER_MIRROR)
			meet_service(meeting, route, &filter->mirror.backend);
		if (filter->type == GATEWAY_FILTER_AUTH)
			meet_service(meeting, route, &filter->auth.backend);
	}
}

static void meet_route(struct meeting *meeting, const struct attach_route *route)
{
	for (size_t i = 0; i < route->spec->rule_count; i++) {
		const struct gateway_rule *rule = &route->spec->rules[i];

		meet_filters(meeting, route, &rule->filters);
		for (size_t j = 0; j < rule->backend_count; j++) {
			meet_service(meeting, route, &rule->backends[j].ref);
			meet_filters(meeting, route, &rule->backends[j].filters);
		}
	}
}

/* ---- all of them ---- */

static void find_ancestors(struct attach *attach)
{
	struct meeting meeting = {.attach = attach};
	struct arena scratch;

	map_init(&meeting.claims, attach->arena);
	map_init(&meeting.done, attach->arena);
	for (size_t i = 0; i < attach->set->policy_count; i++)
		add_claims(attach, &meeting.claims, &attach->policies[i]);
	arena_init(&scratch);
	for (size_t i = 0; meeting.claims.count && i < attach->set->route_count; i++) {
		struct arena_mark mark = arena_mark(&scratch);

		meet_route(&meeting, attach_route_at(attach, i, &scratch));
		arena_rewind(&scratch, mark);
	}
	arena_finish(&scratch);
}

void attach_policies(struct attach *attach)
{
	size_t count = attach->set->policy_count;
	struct attach_policy **order =
		arena_array(attach->arena, struct attach_policy *, count + 1);

	attach->policies = arena_array(attach->arena, struct attach_policy, count + 1);
	for (size_t i = 0; i < count; i++) {
		attach->policies[i].spec = attach->set->policies[i];
		check_cas(attach, &attach->policies[i]);
		order[i] = &attach->policies[i];
	}
	if (count)
		qsort(order, count, sizeof *order, by_precedence);
	for (size_t i = 0; i < count; i++)
		claim(attach, order[i]);
	find_ancestors(attach);
}

const struct attach_policy *attach_policy_for(const struct attach *attach, struct str namespace,
					      struct str service, struct str port_name)
{
	const struct attach_policy *found = NULL;
	struct arena scratch;

	if (!attach->policy_map.count)
		return NULL;
	if (port_name.len) {
		arena_init(&scratch);
		found = kube_map_get(
			&attach->policy_map, namespace,
			str_format(&scratch, "%.*s/%.*s", STR_ARG(service), STR_ARG(port_name)));
		arena_finish(&scratch);
	}
	return found ? found : kube_map_get(&attach->policy_map, namespace, service);
}
