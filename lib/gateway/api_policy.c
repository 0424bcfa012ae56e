#include "gateway/api_read.h"

#include <assert.h>

#include "gateway/limits.h"

static const struct api_ref_defaults none = {NULL, NULL};

static void read_sans(struct api_reader *reader, const struct node *validation,
		      struct gateway_tls_policy *policy)
{
	static const char *const types[] = {"Hostname", "URI", NULL};
	static const char *const fields[] = {"hostname", "uri"};
	const struct node *list = api_list(reader, validation, "subjectAltNames");

	if (!list || !list->count)
		return;
	policy->sans = arena_array(reader->base->arena, struct gateway_san, list->count);
	node_each(item, list)
	{
		int type = api_choice(reader, item, "type", types, 0);

		policy->sans[policy->san_count++] = (struct gateway_san){
			.uri = type == 1, .value = api_need_text(reader, item, fields[type])};
	}
}

void api_read_tls_policy(struct kube_reader *base, const struct node *root, void *object)
{
	struct gateway_tls_policy *policy = object;
	struct api_reader reader = {base, root, policy->meta.namespace};
	const struct node *spec = api_map(&reader, root, "spec");
	const struct node *validation = api_map(&reader, spec, "validation");

	policy->targets = api_refs(&reader, spec, "targetRefs", none);
	policy->cas = api_refs(&reader, validation, "caCertificateRefs", none);
	policy->well_known = api_text(&reader, validation, "wellKnownCACertificates");
	policy->hostname = api_need_text(&reader, validation, "hostname");
	policy->options = api_pairs(&reader, spec, "options");
	read_sans(&reader, validation, policy);
}

static int64_t duration_or(struct api_reader *reader, const struct node *map, int64_t otherwise)
{
	struct span span;
	int64_t value = api_duration(reader, map, "interval", &span);

	return value == GATEWAY_NO_DURATION || value <= 0 ? otherwise : value;
}

/* Defaults are those of the CRD. */
void api_read_traffic_policy(struct kube_reader *base, const struct node *root, void *object)
{
	struct gateway_traffic_policy *policy = object;
	struct api_reader reader = {base, root, policy->meta.namespace};
	const struct node *spec = api_map(&reader, root, "spec");
	const struct node *retry = api_map(&reader, spec, "retryConstraint");
	const struct node *budget = api_map(&reader, retry, "budget");
	const struct node *least = api_map(&reader, retry, "minRetryRate");
	struct span span;

	policy->targets = api_refs(&reader, spec, "targetRefs", none);
	policy->constrained = retry != NULL;
	policy->percent = (uint32_t)api_number(&reader, budget, "percent",
					       (struct api_bounds){0, 100, 20}, &span);
	policy->interval = duration_or(&reader, budget, 10 * 1000);
	policy->least = (uint32_t)api_number(&reader, least, "count",
					     (struct api_bounds){1, 1000000, 10}, &span);
	policy->least_interval = duration_or(&reader, least, 1000);
}

static_assert(GATEWAY_GRANT_FROM == GATEWAY_GRANT_TO, "one bound for both");

static struct gateway_grant_end *ends(struct api_reader *reader, const struct node *spec,
				      const char *key, size_t *count)
{
	const struct node *list = api_list(reader, spec, key);
	struct gateway_grant_end *end;

	if (!list || !list->count)
		return NULL;
	/* Every `from` is combined with every `to`. */
	if (list->count > GATEWAY_GRANT_FROM) {
		api_misfit(reader, list, STR("there are more than 16 items"));
		return NULL;
	}
	end = arena_array(reader->base->arena, struct gateway_grant_end, list->count);
	node_each(item, list) end[(*count)++] = (struct gateway_grant_end){
		.group = api_need_text(reader, item, "group").text,
		.kind = api_need_text(reader, item, "kind").text,
		.namespace = api_text(reader, item, "namespace").text,
		.name = api_text(reader, item, "name").text,
		.span = api_span(reader, item),
	};
	return end;
}

void api_read_grant(struct kube_reader *base, const struct node *root, void *object)
{
	struct gateway_grant *grant = object;
	struct api_reader reader = {base, root, grant->meta.namespace};
	const struct node *spec = api_map(&reader, root, "spec");

	grant->from = ends(&reader, spec, "from", &grant->from_count);
	grant->to = ends(&reader, spec, "to", &grant->to_count);
}
