#include <stdlib.h>

#include "gateway/limits.h"
#include "gateway/planner.h"

/* ---- BackendTLSPolicy ---- */

struct policy {
	struct target *target;
	const struct model_backend_tls *from;
};

struct policies {
	struct policy *at;
	size_t count;
	struct map seen;
};

static bool is_legal(struct planner *planner, const struct model_backend_tls *from)
{
	if (name_is_subdomain(from->hostname))
		return true;
	planner_say(planner, "I2G508", &from->origin, STR(""),
		    "'%.*s' is no name that the certificate of Service '%.*s' can be checked "
		    "against, so no BackendTLSPolicy was written",
		    STR_ARG(from->hostname), STR_ARG(from->service));
	return false;
}

/* One a Service: the API lets the older of two win, and both would be ours. */
static void add_policy(struct planner *planner, struct policies *policies,
		       const struct model_backend_tls *from)
{
	struct str key = str_format(&planner->arena, "%.*s/%.*s", STR_ARG(from->namespace),
				    STR_ARG(from->service));
	void **seen = map_at(&policies->seen, key);

	if (*seen || !is_legal(planner, from))
		return;
	*seen = planner;

	struct str name = name_join(&planner->arena, GATEWAY_NAME, from->service,
				    STR("backend-tls"), STR(""));

	ARENA_PUSH(&planner->arena, policies->at, policies->count,
		   (struct policy){target_new(planner, "BackendTLSPolicy", from->namespace, name),
				   from});
}

static void write_policy(struct planner *planner, const struct policy *policy)
{
	struct arena *arena = &planner->scratch;
	const struct model_backend_tls *from = policy->from;
	struct node *root = object_new(planner, GATEWAY_VERSION, policy->target);
	struct owners owners = {0};

	owners_add(arena, &owners, from->origin.object);
	comment_owners(planner, root, &owners);

	struct node *spec = node_set_map(arena, root, "spec");
	struct node *ref = node_push_map(arena, node_set_list(arena, spec, "targetRefs"));

	node_set_string(arena, ref, "group", STR(""));
	node_set_string(arena, ref, "kind", STR("Service"));
	node_set_string(arena, ref, "name", from->service);

	struct node *validation = node_set_map(arena, spec, "validation");

	if (from->ca_config_map.len) {
		ref = node_push_map(arena, node_set_list(arena, validation, "caCertificateRefs"));
		node_set_string(arena, ref, "group", STR(""));
		node_set_string(arena, ref, "kind", STR("ConfigMap"));
		node_set_string(arena, ref, "name", from->ca_config_map);
	} else {
		node_set_string(arena, validation, "wellKnownCACertificates", STR("System"));
	}
	node_set_string(arena, validation, "hostname", from->hostname);
	object_write(planner, policy->target, ROLE_DEVELOPER, root);
}

static int compare_policies(const void *a, const void *b)
{
	return target_compare(((const struct policy *)a)->target,
			      ((const struct policy *)b)->target);
}

/* ---- ConfigMaps with a CA ---- */

struct bundle {
	struct target *target;
	struct str ca;
	const struct kube_meta *owner;
	enum role role;
};

struct bundles {
	struct bundle *at;
	size_t count;
	struct map seen;
};

static void add_bundle(struct planner *planner, struct bundles *bundles, struct bundle bundle,
		       struct str namespace, struct str name)
{
	struct str key =
		str_format(&planner->arena, "%.*s/%.*s", STR_ARG(namespace), STR_ARG(name));
	void **seen = map_at(&bundles->seen, key);

	if (*seen || !name.len || !bundle.ca.len)
		return;
	*seen = planner;
	bundle.target = target_new(planner, "ConfigMap", namespace, name);
	ARENA_PUSH(&planner->arena, bundles->at, bundles->count, bundle);
}

static struct bundles collect_bundles(struct planner *planner, const struct policies *policies)
{
	struct bundles bundles = {0};

	map_init(&bundles.seen, &planner->arena);
	for (size_t i = 0; i < planner->model->realm_count; i++) {
		const struct model_client_validation *client =
			planner->model->realms[i]->client_validation;

		if (client && !planner->realms[i].gateway.exists)
			add_bundle(planner, &bundles,
				   (struct bundle){.ca = client->ca,
						   .owner = client->origin.object,
						   .role = ROLE_OPERATOR},
				   client->namespace, client->ca_config_map);
	}
	for (size_t i = 0; i < policies->count; i++) {
		const struct model_backend_tls *from = policies->at[i].from;

		add_bundle(planner, &bundles,
			   (struct bundle){.ca = from->ca,
					   .owner = from->origin.object,
					   .role = ROLE_DEVELOPER},
			   from->namespace, from->ca_config_map);
	}
	return bundles;
}

static void write_bundle(struct planner *planner, const struct bundle *bundle)
{
	struct arena *arena = &planner->scratch;
	struct node *root = object_new(planner, "v1", bundle->target);
	struct owners owners = {0};

	owners_add(arena, &owners, bundle->owner);
	comment_owners(planner, root, &owners);
	node_set_string(arena, node_set_map(arena, root, "data"), "ca.crt", bundle->ca);
	object_write(planner, bundle->target, bundle->role, root);
}

static int compare_bundles(const void *a, const void *b)
{
	return target_compare(((const struct bundle *)a)->target,
			      ((const struct bundle *)b)->target);
}

void policies_write(struct planner *planner)
{
	const struct model *model = planner->model;
	struct policies policies = {0};

	map_init(&policies.seen, &planner->arena);
	for (size_t i = 0; i < model->backend_tls_count; i++)
		add_policy(planner, &policies, &model->backend_tls[i]);
	if (policies.count)
		qsort(policies.at, policies.count, sizeof *policies.at, compare_policies);
	for (size_t i = 0; i < policies.count; i++)
		write_policy(planner, &policies.at[i]);

	struct bundles bundles = collect_bundles(planner, &policies);

	if (bundles.count)
		qsort(bundles.at, bundles.count, sizeof *bundles.at, compare_bundles);
	for (size_t i = 0; i < bundles.count; i++)
		write_bundle(planner, &bundles.at[i]);
}
