#include "kube/read.h"

static size_t list_count(const struct node *list)
{
	return list && list->kind == NODE_LIST ? list->count : 0;
}

/* Core v1: addresses that are not ready stand in a list of their own. */
void kube_read_endpoints(struct kube_reader *reader, const struct node *root, void *object)
{
	struct kube_endpoints *endpoints = object;
	const struct node *subsets = node_get(root, "subsets");

	(void)reader;
	endpoints->service = endpoints->meta.name;
	if (!list_count(subsets))
		return;
	node_each(subset, subsets) endpoints->ready += list_count(node_get(subset, "addresses"));
}

/* discovery.k8s.io: an unset condition "ready" is to be read as true. */
static bool is_ready(const struct node *endpoint)
{
	bool ready;

	return !node_to_bool(node_get(node_get(endpoint, "conditions"), "ready"), &ready) || ready;
}

void kube_read_slice(struct kube_reader *reader, const struct node *root, void *object)
{
	struct kube_endpoints *endpoints = object;
	const struct node *list = node_get(root, "endpoints");
	const struct kube_pair *service =
		kube_pair_find(&endpoints->meta.labels, STR("kubernetes.io/service-name"));

	(void)reader;
	if (service)
		endpoints->service = service->value;
	if (!list_count(list))
		return;
	node_each(endpoint, list) endpoints->ready +=
		is_ready(endpoint) && list_count(node_get(endpoint, "addresses")) > 0;
}
