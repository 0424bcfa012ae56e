#include "kube/read.h"

void kube_read_config_map(struct kube_reader *reader, const struct node *root, void *object)
{
	struct kube_config_map *map = object;
	const struct kube_doubt_list list = {.pairs = &map->data, .doubts = &map->meta.doubts};

	map->data = kube_read_pairs(reader, KUBE_FIELD(NULL, "data"), node_get(root, "data"), NULL);
	map->meta.doubts = NULL;
	kube_read_doubts(reader, &list, node_key(root, "data"), false);
}
