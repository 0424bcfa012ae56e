#include "kube/kinds.h"

static void keep_ingress(struct kube_set *set, struct kube_meta *meta, struct str key)
{
	(void)key;
	ARENA_PUSH(set->arena, set->ingresses, set->ingress_count, (struct kube_ingress *)meta);
}

static void keep_class(struct kube_set *set, struct kube_meta *meta, struct str key)
{
	ARENA_PUSH(set->arena, set->classes, set->class_count, (struct kube_class *)meta);
	*map_at(&set->class_map, key) = meta;
}

static void keep_service(struct kube_set *set, struct kube_meta *meta, struct str key)
{
	ARENA_PUSH(set->arena, set->services, set->service_count, (struct kube_service *)meta);
	*map_at(&set->service_map, key) = meta;
}

static void keep_secret(struct kube_set *set, struct kube_meta *meta, struct str key)
{
	ARENA_PUSH(set->arena, set->secrets, set->secret_count, (struct kube_secret *)meta);
	*map_at(&set->secret_map, key) = meta;
}

static void keep_config_map(struct kube_set *set, struct kube_meta *meta, struct str key)
{
	ARENA_PUSH(set->arena, set->config_maps, set->config_map_count,
		   (struct kube_config_map *)meta);
	*map_at(&set->config_map_map, key) = meta;
}

static void keep_namespace(struct kube_set *set, struct kube_meta *meta, struct str key)
{
	ARENA_PUSH(set->arena, set->namespaces, set->namespace_count,
		   (struct kube_namespace *)meta);
	*map_at(&set->namespace_map, key) = meta;
}

/* The API server mirrors Endpoints into slices: with both in the input each address is there twice. */
static void count_ready(struct kube_set *set, const struct kube_endpoints *endpoints, bool sliced)
{
	struct str key = str_format(set->arena, "%.*s/%.*s", STR_ARG(endpoints->meta.namespace),
				    STR_ARG(endpoints->service));
	void **place = map_at(&set->ready_map, key);
	struct kube_ready *ready = *place;

	if (!ready)
		*place = ready = arena_new(set->arena, struct kube_ready);
	if (sliced && !ready->sliced)
		*ready = (struct kube_ready){.sliced = true};
	if (sliced == ready->sliced)
		ready->count += endpoints->ready;
}

static void keep_endpoints(struct kube_set *set, struct kube_meta *meta, struct str key)
{
	(void)key;
	ARENA_PUSH(set->arena, set->endpoints, set->endpoints_count, (struct kube_endpoints *)meta);
	count_ready(set, (struct kube_endpoints *)meta, false);
}

static void keep_slice(struct kube_set *set, struct kube_meta *meta, struct str key)
{
	(void)key;
	ARENA_PUSH(set->arena, set->endpoints, set->endpoints_count, (struct kube_endpoints *)meta);
	count_ready(set, (struct kube_endpoints *)meta, true);
}

static const char *const core[] = {"v1", NULL};
static const char *const discovery[] = {"discovery.k8s.io/v1", "discovery.k8s.io/v1beta1", NULL};
static const char *const networking[] = {"networking.k8s.io/v1", "networking.k8s.io/v1beta1", NULL};
static const char *const ingress[] = {"networking.k8s.io/v1", "networking.k8s.io/v1beta1",
				      "extensions/v1beta1", NULL};

static const struct kube_kind kinds[] = {
	{"ConfigMap", core, true, sizeof(struct kube_config_map), kube_read_config_map,
	 keep_config_map, NULL, NULL},
	{"EndpointSlice", discovery, true, sizeof(struct kube_endpoints), kube_read_slice,
	 keep_slice, NULL, NULL},
	{"Endpoints", core, true, sizeof(struct kube_endpoints), kube_read_endpoints,
	 keep_endpoints, NULL, NULL},
	{"Ingress", ingress, true, sizeof(struct kube_ingress), kube_read_ingress, keep_ingress,
	 NULL, NULL},
	{"IngressClass", networking, false, sizeof(struct kube_class), kube_read_class, keep_class,
	 NULL, NULL},
	{"Namespace", core, false, sizeof(struct kube_namespace), NULL, keep_namespace, NULL, NULL},
	{"Secret", core, true, sizeof(struct kube_secret), kube_read_secret, keep_secret, NULL,
	 NULL},
	{"Service", core, true, sizeof(struct kube_service), kube_read_service, keep_service, NULL,
	 NULL},
};

enum { KINDS = sizeof kinds / sizeof *kinds };

struct str kube_group(struct str version)
{
	size_t slash = str_find(version, '/');

	return str_sub(version, 0, slash == SIZE_MAX ? 0 : slash);
}

struct str kube_other_key(struct arena *arena, const struct object_ref *ref, struct str group)
{
	return str_format(arena, "%.*s/%.*s/%.*s/%.*s", STR_ARG(group), STR_ARG(ref->kind),
			  STR_ARG(ref->namespace), STR_ARG(ref->name));
}

static enum kube_fit fit_of(const struct kube_kind *kind, struct str version)
{
	struct str group = kube_group(version);

	if (!version.len)
		return KUBE_FIT_NO_VERSION;
	for (const char *const *known = kind->versions; *known; known++)
		if (str_is(version, *known))
			return KUBE_FIT_EXACT;
	for (const char *const *known = kind->versions; *known; known++)
		if (str_eq(group, kube_group(str_from(*known))))
			return KUBE_FIT_VERSION;
	/* A slip in the group leaves an object that no API server takes, and not one of somebody else. */
	for (const char *const *known = kind->versions; group.len && *known; known++)
		if (kube_group(str_from(*known)).len > 4 &&
		    str_distance(group, kube_group(str_from(*known)), 2) <= 2)
			return KUBE_FIT_VERSION;
	/* "v1" without a group, in front of a kind that has one. */
	return group.len ? KUBE_FIT_FOREIGN : KUBE_FIT_VERSION;
}

const struct kube_kind *kube_kind_find(struct str kind, struct str version, enum kube_fit *fit)
{
	for (size_t i = 0; i < KINDS; i++) {
		if (!str_is_nocase(kind, kinds[i].name))
			continue;
		*fit = fit_of(&kinds[i], version);
		if (str_is(kind, kinds[i].name))
			return &kinds[i];
		if (*fit != KUBE_FIT_EXACT)
			return NULL;
		*fit = KUBE_FIT_CASE;
		return &kinds[i];
	}
	return NULL;
}

const struct kube_kind *kube_kind_more(const struct kube_more *more, struct str kind,
				       struct str version)
{
	for (size_t i = 0; i < more->count; i++)
		if (str_is(kind, more->kinds[i].name) &&
		    fit_of(&more->kinds[i], version) == KUBE_FIT_EXACT)
			return &more->kinds[i];
	return NULL;
}

const struct kube_kind *kube_kind_guess(struct str version)
{
	for (size_t i = 0; i < KINDS; i++)
		if (kinds[i].read == kube_read_ingress &&
		    fit_of(&kinds[i], version) == KUBE_FIT_EXACT)
			return &kinds[i];
	return NULL;
}
