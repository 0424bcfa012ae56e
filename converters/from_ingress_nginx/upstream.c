/* Services of Ingresses as upstreams of nginx (the controller's createUpstreams): who makes one, how many paths use it, and
 * what comes of paths that share one with a canary. */
#include "converters/from_ingress_nginx/server.h"

struct str nginx_upstream_key(struct arena *arena, const struct nginx_location *location)
{
	const struct kube_backend *backend = location->backend;
	struct str namespace = location->owner->ingress->meta.namespace;
	char digits[STR_DIGITS];

	return STR_JOIN(arena, namespace, STR("/"), backend->name.text, STR("/"),
			backend->port ? str_digits(digits, backend->port) : backend->port_name);
}

/* ---- Services of canaries that others use ---- */

/* Who makes an upstream: the first Ingress with the Service, or the last one with it as spec.defaultBackend. When that
 * is a canary no location is made for it (NoServer), whoever else names it, and when it is none a canary has no share
 * of its requests (the controller's createUpstreams). Ingresses of one age say nothing of who was first. */
static const struct nginx_ingress **maker_at(struct nginx *nginx, struct nginx_ingress *ingress,
					     const struct kube_backend *backend)
{
	const struct nginx_location location = {.owner = ingress, .backend = backend};

	return (const struct nginx_ingress **)map_at(&nginx->makers,
						     nginx_upstream_key(&nginx->own, &location));
}

static void use_upstream(struct nginx *nginx, struct nginx_ingress *ingress,
			 const struct kube_backend *backend, bool makes)
{
	const struct nginx_ingress **maker;

	if (backend->type != KUBE_BACKEND_SERVICE)
		return;
	maker = maker_at(nginx, ingress, backend);
	if (makes || !*maker)
		*maker = ingress;
}

static void use_upstreams(struct nginx *nginx, struct nginx_ingress *ingress)
{
	use_upstream(nginx, ingress, &ingress->ingress->default_backend, true);
	for (size_t r = 0; r < ingress->ingress->rule_count; r++)
		for (size_t p = 0; p < ingress->ingress->rules[r].path_count; p++)
			use_upstream(nginx, ingress, &ingress->ingress->rules[r].paths[p].backend,
				     false);
}

static bool is_undated_canary(const struct nginx_ingress *ingress)
{
	return ingress->canary && ingress->ingress->meta.created == KUBE_NO_TIME;
}

/* Where ages are not known the canary is taken to be the younger one. */
void nginx_find_makers(struct nginx *nginx)
{
	map_init(&nginx->makers, &nginx->own);
	for (int undated = 0; undated < 2; undated++)
		for (size_t i = 0; i < nginx->ingress_count && nginx->has_canaries; i++)
			if (is_undated_canary(nginx->ingresses[i]) == (undated == 1))
				use_upstreams(nginx, nginx->ingresses[i]);
}

const struct nginx_ingress *nginx_canary_maker(struct nginx *nginx,
					       const struct nginx_location *canary)
{
	return *maker_at(nginx, canary->owner, canary->backend);
}

bool nginx_same_backend(const struct kube_backend *a, const struct kube_backend *b)
{
	return str_eq(a->name.text, b->name.text) && a->port == b->port &&
	       str_eq(a->port_name, b->port_name);
}

/* Without timestamps nobody knows who was first; of one time it is the greater name (ListIngresses()). A Service of
 * spec.defaultBackend is that Ingress's in any case. */
bool nginx_is_undecided(const struct nginx_ingress *maker, const struct nginx_location *location)
{
	return nginx_same_age(maker, location->owner) &&
	       maker->ingress->meta.created == KUBE_NO_TIME &&
	       !nginx_same_backend(&maker->ingress->default_backend, location->backend);
}

/* A path whose Service is that of an older canary is not served. */
void nginx_hold_shared(struct nginx *nginx, struct nginx_location *location)
{
	const struct nginx_ingress *maker;
	const struct kube_meta *meta;

	if (!nginx->has_canaries || location->owner->canary)
		return;
	maker = nginx_canary_maker(nginx, location);
	if (!maker->canary || nginx_is_undecided(maker, location))
		return;
	meta = &maker->ingress->meta;
	location->held = "I2G327";
	location->unserved = true;
	nginx_note_location(
		nginx, location, "I2G327",
		str_format(nginx->arena,
			   "Service '%.*s' is first that of the canary %.*s/%.*s, so ingress-nginx "
			   "serves no path that leads to it: it is held back",
			   STR_ARG(location->backend->name.text), STR_ARG(meta->namespace),
			   STR_ARG(meta->name)),
		STR("give the canary a Service of its own"));
}

void nginx_count_upstream(struct nginx *nginx, const struct nginx_location *location)
{
	void **place;

	if (!nginx->has_canaries)
		return;
	place = map_at(&nginx->upstreams, nginx_upstream_key(&nginx->own, location));
	*place = (void *)((uintptr_t)*place + 1);
}

unsigned nginx_upstream_users(const struct nginx *nginx, const struct nginx_location *location)
{
	return (unsigned)(uintptr_t)map_get(&nginx->upstreams,
					    nginx_upstream_key(nginx->arena, location));
}
