#include "base/buf.h"
#include "kube/kinds.h"

/* Keys of look-ups are mostly short. */
void *kube_map_get(const struct map *map, struct str namespace, struct str name)
{
	char small[256];
	size_t len = namespace.len + 1 + name.len;
	struct buf large;
	void *found;

	if (len <= sizeof small) {
		if (namespace.len)
			memcpy(small, namespace.at, namespace.len);
		small[namespace.len] = '/';
		if (name.len)
			memcpy(small + namespace.len + 1, name.at, name.len);
		return map_get(map, (struct str){small, len});
	}
	buf_init(&large);
	buf_str(&large, namespace);
	buf_char(&large, '/');
	buf_str(&large, name);
	found = map_get(map, buf_slice(&large));
	buf_finish(&large);
	return found;
}

struct kube_service *kube_service(const struct kube_set *set, struct str namespace, struct str name)
{
	return kube_map_get(&set->service_map, namespace, name);
}

bool kube_has_services(const struct kube_set *set, struct str namespace)
{
	for (size_t i = 0; i < set->service_count; i++)
		if (str_eq(set->services[i]->meta.namespace, namespace))
			return true;
	return false;
}

struct kube_secret *kube_secret(const struct kube_set *set, struct str namespace, struct str name)
{
	return kube_map_get(&set->secret_map, namespace, name);
}

struct kube_config_map *kube_config_map(const struct kube_set *set, struct str namespace,
					struct str name)
{
	return kube_map_get(&set->config_map_map, namespace, name);
}

struct kube_class *kube_class(const struct kube_set *set, struct str name)
{
	return map_get(&set->class_map, name);
}

struct kube_namespace *kube_namespace(const struct kube_set *set, struct str name)
{
	return map_get(&set->namespace_map, name);
}

bool kube_has_other(const struct kube_set *set, const struct object_ref *ref, struct str group)
{
	struct object_ref anywhere = *ref;
	struct arena scratch;
	bool found;

	anywhere.namespace = STR("");
	arena_init(&scratch);
	found = map_get(&set->others, kube_other_key(&scratch, ref, group)) ||
		map_get(&set->others, kube_other_key(&scratch, &anywhere, group));
	arena_finish(&scratch);
	return found;
}

long kube_ready_endpoints(const struct kube_set *set, struct str namespace, struct str name)
{
	const struct kube_ready *ready = kube_map_get(&set->ready_map, namespace, name);

	return ready ? (long)ready->count : -1;
}
