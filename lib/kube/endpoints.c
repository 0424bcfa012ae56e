#include "kube/read.h"

static size_t list_count(const struct node *list)
{
	return list && list->kind == NODE_LIST ? list->count : 0;
}

static void read_ports(struct kube_reader *reader, const struct node *ports,
		       struct kube_endpoints *endpoints)
{
	if (!list_count(ports))
		return;
	endpoints->ports = arena_array(reader->arena, struct kube_endpoint_port, ports->count);
	node_each(port, ports)
	{
		int64_t number;

		if (!node_to_int(node_get(port, "port"), &number) || number < 1 || number > 65535)
			continue;
		endpoints->ports[endpoints->port_count++] = (struct kube_endpoint_port){
			.name = kube_keep(reader, node_text(port, "name")),
			.number = (uint32_t)number,
		};
	}
}

static void keep_address(struct kube_reader *reader, struct str address,
			 struct kube_endpoints *endpoints)
{
	if (address.len)
		ARENA_PUSH(reader->arena, endpoints->addresses, endpoints->address_count,
			   kube_keep(reader, address));
}

/* Addresses of the first subset that has any: one is what a Service has, but for ports by name that
 * differ from Pod to Pod. */
static void read_subset(struct kube_reader *reader, const struct node *subset,
			struct kube_endpoints *endpoints)
{
	const struct node *addresses = node_get(subset, "addresses");

	endpoints->ready += list_count(addresses);
	if (!list_count(addresses) || endpoints->address_count)
		return;
	node_each(address, addresses) keep_address(reader, node_text(address, "ip"), endpoints);
	read_ports(reader, node_get(subset, "ports"), endpoints);
}

/* Core v1: addresses that are not ready stand in a list of their own. */
void kube_read_endpoints(struct kube_reader *reader, const struct node *root, void *object)
{
	struct kube_endpoints *endpoints = object;
	const struct node *subsets = node_get(root, "subsets");

	endpoints->service = endpoints->meta.name;
	if (!list_count(subsets))
		return;
	node_each(subset, subsets) read_subset(reader, subset, endpoints);
}

/* discovery.k8s.io: an unset condition "ready" is to be read as true. */
static bool is_ready(const struct node *endpoint)
{
	bool ready;

	return !node_to_bool(node_get(node_get(endpoint, "conditions"), "ready"), &ready) || ready;
}

/* Addresses of one endpoint are all the same Pod: the first one will do. */
static void read_endpoint(struct kube_reader *reader, const struct node *endpoint,
			  struct kube_endpoints *endpoints)
{
	const struct node *addresses = node_get(endpoint, "addresses");

	if (!is_ready(endpoint) || !list_count(addresses))
		return;
	endpoints->ready++;
	keep_address(reader, addresses->first->text, endpoints);
}

void kube_read_slice(struct kube_reader *reader, const struct node *root, void *object)
{
	struct kube_endpoints *endpoints = object;
	const struct node *list = node_get(root, "endpoints");
	const struct kube_pair *service =
		kube_pair_find(&endpoints->meta.labels, STR("kubernetes.io/service-name"));

	if (service)
		endpoints->service = service->value;
	read_ports(reader, node_get(root, "ports"), endpoints);
	if (!list_count(list))
		return;
	node_each(endpoint, list) read_endpoint(reader, endpoint, endpoints);
}
