#include "kube/object.h"

struct object_ref kube_ref(const struct kube_meta *meta)
{
	return (struct object_ref){str_from(meta->kind), meta->namespace, meta->name};
}

const struct kube_pair *kube_pair_find(const struct kube_pairs *pairs, struct str key)
{
	size_t low = 0, high = pairs->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = str_cmp(pairs->at[middle].key, key);

		if (!order)
			return &pairs->at[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct kube_pair *kube_annotation(const struct kube_meta *meta, const char *key)
{
	return kube_pair_find(&meta->annotations, str_from(key));
}
