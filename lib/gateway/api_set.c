#include "base/buf.h"
#include "base/bug.h"
#include "gateway/api_read.h"
#include "gateway/pack.h"
#include "kube/kinds.h"

/* ---- what grants allow ---- */

/* Fields are told apart by a byte that no name has. */
enum { PERMIT_PARTS = 7 };

static struct str permit_key(const struct str parts[PERMIT_PARTS], struct buf *buf)
{
	buf_clear(buf);
	for (int i = 0; i < PERMIT_PARTS; i++) {
		buf_str(buf, parts[i]);
		buf_char(buf, '\n');
	}
	return buf_slice(buf);
}

static void add_permits(struct gateway_set *set, const struct gateway_grant *grant)
{
	struct buf buf;

	buf_init(&buf);
	for (size_t i = 0; i < grant->from_count * grant->to_count; i++) {
		const struct gateway_grant_end *from = &grant->from[i / grant->to_count];
		const struct gateway_grant_end *to = &grant->to[i % grant->to_count];
		const struct str parts[PERMIT_PARTS] = {
			from->group,           from->kind, from->namespace, to->group, to->kind,
			grant->meta.namespace, to->name};
		struct str key = permit_key(parts, &buf);

		if (!map_get(&set->permits, key))
			*map_at(&set->permits, str_dup(set->arena, key)) = (void *)grant;
	}
	buf_finish(&buf);
}

bool gateway_is_permitted(const struct gateway_set *set, const char *from_kind,
			  struct str from_namespace, const struct gateway_ref *ref)
{
	const struct str parts[PERMIT_PARTS] = {
		STR(GATEWAY_GROUP), str_from(from_kind), from_namespace, ref->group,
		ref->kind,          ref->namespace,      ref->name.text};
	struct str any_name[PERMIT_PARTS];
	struct buf buf;
	bool found;

	if (str_eq(from_namespace, ref->namespace))
		return true;
	memcpy(any_name, parts, sizeof any_name);
	any_name[PERMIT_PARTS - 1] = STR("");
	buf_init(&buf);
	found = map_get(&set->permits, permit_key(parts, &buf)) ||
		map_get(&set->permits, permit_key(any_name, &buf));
	buf_finish(&buf);
	return found;
}

/* ---- objects enter the set ---- */

static void keep_class(struct kube_set *kube, struct kube_meta *meta, struct str key)
{
	struct gateway_set *set = kube->more;

	ARENA_PUSH(set->arena, set->classes, set->class_count, (struct gateway_class *)meta);
	*map_at(&set->class_map, key) = meta;
}

static void keep_gateway(struct kube_set *kube, struct kube_meta *meta, struct str key)
{
	struct gateway_set *set = kube->more;

	ARENA_PUSH(set->arena, set->gateways, set->gateway_count, (struct gateway *)meta);
	*map_at(&set->gateway_map, key) = meta;
}

static void keep_listener_set(struct kube_set *kube, struct kube_meta *meta, struct str key)
{
	struct gateway_set *set = kube->more;

	ARENA_PUSH(set->arena, set->listener_sets, set->listener_set_count,
		   (struct gateway_listener_set *)meta);
	*map_at(&set->listener_set_map, key) = meta;
}

static struct kube_packed pack_route(void *more, const struct kube_meta *meta)
{
	const struct gateway_set *set = more;
	struct kube_packed packed = {
		.bytes = gateway_pack(set->packs, (const struct gateway_route *)meta),
		.name_span = meta->name_span,
		.name_generated = meta->name_generated,
	};

	gateway_packed_name(set->packs, packed.bytes, &packed.namespace, &packed.name);
	return packed;
}

static const unsigned char *rename_packed(struct gateway_set *set, const struct kube_packed *packed)
{
	struct arena scratch;
	struct gateway_route *route;
	const unsigned char *bytes;

	arena_init(&scratch);
	route = gateway_unpack(set->packs, packed->bytes, &scratch);
	route->meta.name = packed->name;
	bytes = gateway_pack(set->packs, route);
	arena_finish(&scratch);
	return bytes;
}

static void keep_packed(void *more, const struct kube_packed *packed)
{
	struct gateway_set *set = more;

	ARENA_PUSH(set->arena, set->packed, set->route_count,
		   packed->renamed ? rename_packed(set, packed) : packed->bytes);
}

static void keep_route(struct kube_set *kube, struct kube_meta *meta, struct str key)
{
	struct gateway_set *set = kube->more;
	struct gateway_route *route = (struct gateway_route *)meta;

	ARENA_PUSH(set->arena, set->routes, set->route_count, route);
	*map_at(&set->route_maps[route->kind], key) = route;
}

static void keep_policy(struct kube_set *kube, struct kube_meta *meta, struct str key)
{
	struct gateway_set *set = kube->more;

	(void)key;
	ARENA_PUSH(set->arena, set->policies, set->policy_count, (struct gateway_tls_policy *)meta);
}

/* Of several policies of a Service the oldest counts, then the first by name (GEP-713). */
static void keep_traffic(struct kube_set *kube, struct kube_meta *meta, struct str key)
{
	struct gateway_set *set = kube->more;
	struct gateway_traffic_policy *policy = (struct gateway_traffic_policy *)meta;

	(void)key;
	for (size_t i = 0; i < policy->targets.count; i++) {
		const struct gateway_ref *target = &policy->targets.at[i];
		struct gateway_traffic_policy **place;

		if (target->group.len || !str_is(target->kind, "Service"))
			continue;
		place = (struct gateway_traffic_policy **)map_at(
			&set->traffic_map,
			STR_JOIN(set->arena, meta->namespace, STR("/"), target->name.text));
		if (!*place || gateway_precedence(meta, &(*place)->meta) < 0)
			*place = policy;
	}
}

static void keep_grant(struct kube_set *kube, struct kube_meta *meta, struct str key)
{
	struct gateway_set *set = kube->more;

	(void)key;
	ARENA_PUSH(set->arena, set->grants, set->grant_count, (struct gateway_grant *)meta);
	add_permits(set, (struct gateway_grant *)meta);
}

/* ---- the kinds ---- */

#define V1 GATEWAY_GROUP "/v1"
#define V1BETA1 GATEWAY_GROUP "/v1beta1"
#define V1ALPHA2 GATEWAY_GROUP "/v1alpha2"
#define V1ALPHA3 GATEWAY_GROUP "/v1alpha3"

/* The versions of the CRDs of v1.6.1, served or not; their fields are those of v1 (reference: the
 * CRDs). Which of them a channel serves is for the schema to say. */
static const char *const v1_only[] = {V1, NULL};
static const char *const with_beta[] = {V1, V1BETA1, NULL};
static const char *const with_alpha2[] = {V1, V1ALPHA2, NULL};
static const char *const with_alpha3[] = {V1, V1ALPHA3, NULL};
static const char *const x_alpha1[] = {"gateway.networking.x-k8s.io/v1alpha1", NULL};
static const char *const tls_versions[] = {V1, V1ALPHA3, V1ALPHA2, NULL};

#define ROUTE(kind, versions, read)                                                                \
	{                                                                                          \
		kind, versions, true, sizeof(struct gateway_route), read, keep_route, pack_route,  \
			keep_packed                                                                \
	}

static const struct kube_kind kinds[] = {
	{"BackendTLSPolicy", with_alpha3, true, sizeof(struct gateway_tls_policy),
	 api_read_tls_policy, keep_policy, NULL, NULL},
	ROUTE("GRPCRoute", v1_only, api_read_grpc_route),
	{"Gateway", with_beta, true, sizeof(struct gateway), api_read_gateway, keep_gateway, NULL,
	 NULL},
	{"GatewayClass", with_beta, false, sizeof(struct gateway_class), api_read_class, keep_class,
	 NULL, NULL},
	ROUTE("HTTPRoute", with_beta, api_read_http_route),
	{"ListenerSet", v1_only, true, sizeof(struct gateway_listener_set), api_read_listener_set,
	 keep_listener_set, NULL, NULL},
	{"ReferenceGrant", with_beta, true, sizeof(struct gateway_grant), api_read_grant,
	 keep_grant, NULL, NULL},
	ROUTE("TCPRoute", with_alpha2, api_read_tcp_route),
	ROUTE("TLSRoute", tls_versions, api_read_tls_route),
	ROUTE("UDPRoute", with_alpha2, api_read_udp_route),
	{"XBackendTrafficPolicy", x_alpha1, true, sizeof(struct gateway_traffic_policy),
	 api_read_traffic_policy, keep_traffic, NULL, NULL},
};

struct kube_more gateway_kinds(struct gateway_set *set)
{
	return (struct kube_more){kinds, sizeof kinds / sizeof *kinds, set, set->packs};
}

/* ---- the set ---- */

void gateway_set_init(struct gateway_set *set, struct arena *arena, const struct kube_set *kube)
{
	*set = (struct gateway_set){.arena = arena, .kube = kube};
	map_init(&set->class_map, arena);
	map_init(&set->gateway_map, arena);
	map_init(&set->listener_set_map, arena);
	map_init(&set->permits, arena);
	map_init(&set->traffic_map, arena);
	for (int i = 0; i < GATEWAY_ROUTE_KINDS; i++)
		map_init(&set->route_maps[i], arena);
}

static bool load(struct gateway_set *set, struct kube_set *kube, const struct sources *sources,
		 const struct kube_load_options *options, struct findings *findings,
		 struct error *error)
{
	struct kube_load_options with_ours = *options;

	with_ours.more = gateway_kinds(set);
	with_ours.keep_others = true;
	return kube_load(kube, set->arena, sources, &with_ours, findings, error);
}

bool gateway_load(struct gateway_set *set, struct kube_set *kube, struct arena *arena,
		  const struct sources *sources, const struct kube_load_options *options,
		  struct findings *findings, struct error *error)
{
	gateway_set_init(set, arena, kube);
	return load(set, kube, sources, options, findings, error);
}

bool gateway_load_packed(struct gateway_set *set, struct kube_set *kube, struct arena *arena,
			 const struct sources *sources, const struct kube_load_options *options,
			 struct findings *findings, struct error *error)
{
	/* Findings about metadata would have texts that are gone. */
	BUG_UNLESS(options->threads == 1 && options->gate.admit);
	gateway_set_init(set, arena, kube);
	set->packs = gateway_packs_new(arena);
	return load(set, kube, sources, options, findings, error);
}

const struct gateway_route *gateway_route_at(const struct gateway_set *set, size_t i,
					     struct arena *arena)
{
	return set->packs ? gateway_unpack(set->packs, set->packed[i], arena) : set->routes[i];
}

struct gateway_class *gateway_class(const struct gateway_set *set, struct str name)
{
	return map_get(&set->class_map, name);
}

struct gateway *gateway_find(const struct gateway_set *set, struct str namespace, struct str name)
{
	return kube_map_get(&set->gateway_map, namespace, name);
}

struct gateway_listener_set *gateway_listener_set(const struct gateway_set *set,
						  struct str namespace, struct str name)
{
	return kube_map_get(&set->listener_set_map, namespace, name);
}

struct gateway_route *gateway_route(const struct gateway_set *set, enum gateway_route_kind kind,
				    struct str namespace, struct str name)
{
	return kube_map_get(&set->route_maps[kind], namespace, name);
}

const char *gateway_route_kind_name(enum gateway_route_kind kind)
{
	static const char *const names[GATEWAY_ROUTE_KINDS] = {
		[GATEWAY_HTTP_ROUTE] = "HTTPRoute", [GATEWAY_GRPC_ROUTE] = "GRPCRoute",
		[GATEWAY_TLS_ROUTE] = "TLSRoute",   [GATEWAY_TCP_ROUTE] = "TCPRoute",
		[GATEWAY_UDP_ROUTE] = "UDPRoute",
	};

	return names[kind];
}

/* KUBE_NO_TIME is the smallest number. */
static uint64_t birth(const struct kube_meta *meta)
{
	return meta->created == KUBE_NO_TIME ? UINT64_MAX
					     : (uint64_t)meta->created + (uint64_t)INT64_MAX;
}

/* Byte `i` of "namespace/name"; -1 behind its end. */
static int byte_of(const struct kube_meta *meta, size_t i)
{
	if (i < meta->namespace.len)
		return (unsigned char)meta->namespace.at[i];
	if (i == meta->namespace.len)
		return '/';
	i -= meta->namespace.len + 1;
	return i < meta->name.len ? (unsigned char)meta->name.at[i] : -1;
}

int gateway_precedence(const struct kube_meta *a, const struct kube_meta *b)
{
	uint64_t born_a = birth(a), born_b = birth(b);
	int order = (born_a > born_b) - (born_a < born_b);

	for (size_t i = 0; !order && (byte_of(a, i) >= 0 || byte_of(b, i) >= 0); i++)
		order = byte_of(a, i) - byte_of(b, i);
	return order;
}
