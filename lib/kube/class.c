#include "kube/read.h"

void kube_read_class(struct kube_reader *reader, const struct node *root, void *object)
{
	struct kube_class *class = object;
	const struct kube_at *spec = KUBE_FIELD(NULL, "spec");
	const struct kube_pair *is_default =
		kube_annotation(&class->meta, "ingressclass.kubernetes.io/is-default-class");

	class->controller = kube_read_name(reader, KUBE_FIELD(spec, "controller"),
					   node_get(node_get(root, "spec"), "controller"))
				    .text;
	class->is_default = is_default && str_is(is_default->value, "true");
}
