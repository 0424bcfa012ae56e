#include <stdlib.h>

#include "gateway/attach_parts.h"

struct str attach_ref_text(struct attach *attach, const struct gateway_ref *ref)
{
	return str_format(attach->arena, "%.*s %.*s%s%.*s", STR_ARG(ref->kind),
			  STR_ARG(ref->namespace), ref->namespace.len ? "/" : "",
			  STR_ARG(ref->name.text));
}

const char *attach_ref_words(enum attach_ref_state state)
{
	static const char *const words[] = {
		[ATTACH_REF_OK] = "is there",
		[ATTACH_REF_KIND] = "is of a kind that is not supported",
		[ATTACH_REF_DENIED] =
			"is in another namespace, and no ReferenceGrant there allows it",
		[ATTACH_REF_MISSING] = "does not exist",
		[ATTACH_REF_PORT] = "has no such port",
		[ATTACH_REF_BROKEN] = "does not hold a certificate that can be read",
	};

	return words[state];
}

static bool is_core(const struct gateway_ref *ref, const char *kind)
{
	return !ref->group.len && str_is(ref->kind, kind);
}

/* ---- what the set does not have ---- */

static struct str present_key(struct arena *arena, struct str kind, struct str namespace)
{
	return str_format(arena, "%.*s/%.*s", STR_ARG(kind), STR_ARG(namespace));
}

static void add_present(struct attach *attach, const struct kube_meta *meta)
{
	struct str key = present_key(attach->arena, str_from(meta->kind), meta->namespace);

	*map_at(&attach->present, key) = attach;
}

#define ADD_PRESENT(list, count)                                                                   \
	for (size_t i = 0; i < (count); i++)                                                       \
	add_present(attach, &(list)[i]->meta)

void attach_count_kinds(struct attach *attach)
{
	const struct gateway_set *set = attach->set;
	const struct kube_set *kube = set->kube;

	map_init(&attach->present, attach->arena);
	ADD_PRESENT(kube->services, kube->service_count);
	ADD_PRESENT(kube->secrets, kube->secret_count);
	ADD_PRESENT(kube->config_maps, kube->config_map_count);
	ADD_PRESENT(set->gateways, set->gateway_count);
	ADD_PRESENT(set->listener_sets, set->listener_set_count);
}

bool attach_may_exist(const struct attach *attach, const struct gateway_ref *ref)
{
	struct arena scratch;
	bool present;

	if (attach->options.external != ATTACH_EXTERNAL_AUTO)
		return attach->options.external == ATTACH_EXTERNAL_ALLOW;
	arena_init(&scratch);
	present = map_get(&attach->present, present_key(&scratch, ref->kind, ref->namespace));
	arena_finish(&scratch);
	return !present;
}

bool attach_is_known(const struct attach *attach, const struct gateway_ref *ref)
{
	const struct object_ref object = {ref->kind, ref->namespace, ref->name.text};

	switch (attach->options.external) {
	case ATTACH_EXTERNAL_ALLOW:
		return true;
	case ATTACH_EXTERNAL_AUTO:
		if (ref->group.len)
			return true;
		break;
	case ATTACH_EXTERNAL_DENY:
		break;
	}
	return kube_has_other(attach->set->kube, &object, ref->group);
}

/* ---- references ---- */

static enum attach_ref_state missing(const struct attach *attach, const struct gateway_ref *ref)
{
	return attach_may_exist(attach, ref) ? ATTACH_REF_OK : ATTACH_REF_MISSING;
}

static bool has_port(const struct kube_service *service, uint32_t port)
{
	for (size_t i = 0; i < service->port_count; i++)
		if (service->ports[i].number == port)
			return true;
	return false;
}

static enum attach_ref_state vendor_state(const struct attach *attach,
					  const struct gateway_ref *ref)
{
	return attach_is_known(attach, ref) ? ATTACH_REF_OK : ATTACH_REF_KIND;
}

enum attach_ref_state attach_backend(const struct attach *attach, const struct gateway_route *route,
				     const struct gateway_ref *ref)
{
	const struct kube_service *service;

	if (!is_core(ref, "Service") && vendor_state(attach, ref) == ATTACH_REF_KIND)
		return ATTACH_REF_KIND;
	if (!gateway_is_permitted(attach->set, gateway_route_kind_name(route->kind),
				  route->meta.namespace, ref))
		return ATTACH_REF_DENIED;
	if (!is_core(ref, "Service"))
		return ATTACH_REF_OK;
	service = kube_service(attach->set->kube, ref->namespace, ref->name.text);
	if (!service)
		return missing(attach, ref);
	return has_port(service, ref->port) ? ATTACH_REF_OK : ATTACH_REF_PORT;
}

static int compare(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* A certificate that reads, and something for its key. */
static bool is_tls_secret(const struct kube_secret *secret)
{
	const struct str key = STR("tls.key");

	return secret->has_certificate && secret->key_count &&
	       bsearch(&key, secret->keys, secret->key_count, sizeof key, compare);
}

enum attach_ref_state attach_certificate(const struct attach *attach, const char *kind,
					 struct str namespace, const struct gateway_ref *ref)
{
	const struct kube_secret *secret;

	if (!is_core(ref, "Secret"))
		return vendor_state(attach, ref);
	if (!gateway_is_permitted(attach->set, kind, namespace, ref))
		return ATTACH_REF_DENIED;
	secret = kube_secret(attach->set->kube, ref->namespace, ref->name.text);
	if (!secret)
		return missing(attach, ref);
	return is_tls_secret(secret) ? ATTACH_REF_OK : ATTACH_REF_BROKEN;
}

enum attach_ref_state attach_ca(const struct attach *attach, const char *kind, struct str namespace,
				const struct gateway_ref *ref)
{
	const struct kube_config_map *config;
	const struct kube_pair *bundle;

	if (!is_core(ref, "ConfigMap"))
		return vendor_state(attach, ref);
	if (!gateway_is_permitted(attach->set, kind, namespace, ref))
		return ATTACH_REF_DENIED;
	config = kube_config_map(attach->set->kube, ref->namespace, ref->name.text);
	if (!config)
		return missing(attach, ref);
	bundle = kube_pair_find(&config->data, STR("ca.crt"));
	return bundle && kube_is_certificate(bundle->value) ? ATTACH_REF_OK : ATTACH_REF_BROKEN;
}

bool attach_has_parameters(const struct attach *attach, const struct gateway_ref *ref)
{
	const struct kube_set *kube = attach->set->kube;

	if (is_core(ref, "ConfigMap"))
		return kube_config_map(kube, ref->namespace, ref->name.text) ||
		       attach_may_exist(attach, ref);
	if (is_core(ref, "Secret"))
		return kube_secret(kube, ref->namespace, ref->name.text) ||
		       attach_may_exist(attach, ref);
	return attach_is_known(attach, ref);
}
