#include "kube/read.h"

static struct str text_of(struct kube_reader *reader, const struct kube_at *at,
			  const struct node *node, const char *otherwise)
{
	struct str text = kube_read_text(reader, at, node).text;

	return text.len ? text : str_from(otherwise);
}

/* targetPort is an IntOrString and defaults to the port itself. */
static void read_target(struct kube_reader *reader, const struct kube_at *at,
			const struct node *node, struct kube_service_port *port)
{
	if (!node || node->kind == NODE_NULL)
		port->target_number = port->number;
	else if (node->kind == NODE_STRING && !kube_is_number(node->text))
		port->target_name = kube_keep(reader, node->text);
	else
		port->target_number = kube_read_port(reader, at, node);
}

static void read_port(struct kube_reader *reader, const struct kube_at *at, const struct node *node,
		      struct kube_service_port *port)
{
	port->name = kube_read_text(reader, KUBE_FIELD(at, "name"), node_get(node, "name")).text;
	port->protocol =
		text_of(reader, KUBE_FIELD(at, "protocol"), node_get(node, "protocol"), "TCP");
	port->app_protocol =
		kube_read_text(reader, KUBE_FIELD(at, "appProtocol"), node_get(node, "appProtocol"))
			.text;
	port->number = kube_read_port(reader, KUBE_FIELD(at, "port"), node_get(node, "port"));
	read_target(reader, KUBE_FIELD(at, "targetPort"), node_get(node, "targetPort"), port);
}

static void read_ports(struct kube_reader *reader, const struct kube_at *at,
		       const struct node *list, struct kube_service *service)
{
	struct kube_items items = kube_read_items(reader, at, list);
	const struct node *item = items.first;

	if (!items.count)
		return;
	service->ports = arena_array(reader->arena, struct kube_service_port, items.count);
	for (size_t i = 0; i < items.count && item; i++, item = item->next)
		read_port(reader, KUBE_ITEM(at, i), item, &service->ports[service->port_count++]);
}

void kube_read_service(struct kube_reader *reader, const struct node *root, void *object)
{
	struct kube_service *service = object;
	const struct kube_at *at = KUBE_FIELD(NULL, "spec");
	const struct node *spec = node_get(root, "spec");

	service->type =
		text_of(reader, KUBE_FIELD(at, "type"), node_get(spec, "type"), "ClusterIP");
	service->external_name = kube_read_name(reader, KUBE_FIELD(at, "externalName"),
						node_get(spec, "externalName"))
					 .text;
	service->headless = str_is(node_text(spec, "clusterIP"), "None");
	read_ports(reader, KUBE_FIELD(at, "ports"), node_get(spec, "ports"), service);
}
