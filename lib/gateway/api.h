/* api.h - Gateway API objects as typed, read-only views.
 *
 * What a file says becomes structs with the defaults of the CRDs applied (v1.6.1, both channels), so
 * that status, rules and the router read fields and never trees. An object that does not have the shape
 * of its CRD is left out with finding I2G617: it is never read halfway. Whether it keeps every bound and
 * CEL rule is the schema's business, which sees each object first (kube/load.h, `admit`).
 *
 * Everything lives in the arena of the set. Texts have the span they were read from; what was given by
 * a default has line 0. Lists keep the order and the index they have in the file.
 */
#ifndef GATEWAY_API_H
#define GATEWAY_API_H

#include "kube/load.h"
#include "kube/select.h"

#define GATEWAY_GROUP "gateway.networking.k8s.io"

/* No duration given. */
#define GATEWAY_NO_DURATION (-1)

/* ---- references ---- */

/* A reference to another object: a parent, backend, certificate, CA, policy target, extension. */
struct gateway_ref {
	struct str group, kind; /* with the default of the place; core is "" */
	struct kube_text name;
	struct str namespace; /* the referrer's own when none is given; "" for cluster scope */
	bool namespace_given;
	struct kube_text section; /* sectionName of parents and policy targets; absent: any */
	uint32_t port;            /* of parents and backends; 0: none given */
	struct span port_span;
	struct span span; /* of the reference */
};

struct gateway_refs {
	struct gateway_ref *at;
	size_t count;
};

struct gateway_texts {
	struct kube_text *at;
	size_t count;
};

/* ---- filters ---- */

enum gateway_filter_type {
	GATEWAY_FILTER_REQUEST_HEADERS,
	GATEWAY_FILTER_RESPONSE_HEADERS,
	GATEWAY_FILTER_MIRROR,
	GATEWAY_FILTER_REDIRECT,
	GATEWAY_FILTER_REWRITE,
	GATEWAY_FILTER_CORS,
	GATEWAY_FILTER_AUTH, /* experimental */
	GATEWAY_FILTER_EXTENSION,
};

struct gateway_header {
	struct kube_text name, value;
};

struct gateway_headers {
	struct gateway_header *at;
	size_t count;
};

struct gateway_header_edits {
	struct gateway_headers set, add;
	struct gateway_texts remove;
};

enum gateway_path_change {
	GATEWAY_PATH_KEPT,
	GATEWAY_PATH_REPLACED,        /* ReplaceFullPath */
	GATEWAY_PATH_PREFIX_REPLACED, /* ReplacePrefixMatch */
};

struct gateway_path_edit {
	enum gateway_path_change change;
	struct kube_text value;
};

struct gateway_redirect {
	struct kube_text scheme, hostname; /* absent: that of the request */
	struct gateway_path_edit path;
	uint32_t port; /* 0: see the spec's rules for Location */
	uint32_t status;
};

struct gateway_rewrite {
	struct kube_text hostname;
	struct gateway_path_edit path;
};

/* numerator / denominator of the requests are copied: 100 / 100 when nothing is said. */
struct gateway_mirror {
	struct gateway_ref backend;
	uint32_t numerator, denominator;
};

struct gateway_cors {
	bool allow_credentials;
	struct gateway_texts origins, methods, headers, expose;
	uint32_t max_age; /* seconds */
};

struct gateway_auth {
	struct gateway_ref backend;
	bool grpc;             /* else HTTP */
	struct kube_text path; /* HTTP: prefix of the request to the backend */
	struct gateway_texts headers, response_headers;
	bool forwards_body;
	int64_t body_size; /* bytes; 0: no bound given */
};

struct gateway_filter {
	enum gateway_filter_type type;
	struct span span; /* of its type */
	union {
		struct gateway_header_edits headers; /* both header filters */
		struct gateway_mirror mirror;
		struct gateway_redirect redirect;
		struct gateway_rewrite rewrite;
		struct gateway_cors cors;
		struct gateway_auth auth;
		struct gateway_ref extension;
	};
};

struct gateway_filters {
	struct gateway_filter *at;
	size_t count;
};

/* ---- routes ---- */

enum gateway_match_type {
	GATEWAY_MATCH_EXACT,
	GATEWAY_MATCH_PREFIX, /* paths only */
	GATEWAY_MATCH_REGEX,
};

/* A header or query parameter. */
struct gateway_value_match {
	struct kube_text name, value;
	enum gateway_match_type type;
};

struct gateway_value_matches {
	struct gateway_value_match *at;
	size_t count;
};

/* One match of an HTTPRoute or GRPCRoute rule. A rule without matches has one that takes everything,
 * with line 0 in its span. */
struct gateway_match {
	/* HTTPRoute */
	enum gateway_match_type path_type;
	struct kube_text path;   /* "/" when none is given */
	struct kube_text method; /* "GET"; absent: every method */
	struct gateway_value_matches params;
	/* GRPCRoute */
	enum gateway_match_type rpc_type;
	struct kube_text service, rpc; /* absent: any */
	/* both */
	struct gateway_value_matches headers;
	struct span span;
};

struct gateway_backend {
	struct gateway_ref ref;
	uint32_t weight; /* 1 when not given */
	struct span weight_span;
	struct gateway_filters filters;
};

/* Durations are milliseconds; 0 switches a timeout off. */
struct gateway_timeouts {
	int64_t request, backend_request; /* GATEWAY_NO_DURATION when not given */
	struct span request_span, backend_request_span;
};

struct gateway_retry {
	bool given;
	uint32_t *codes;
	size_t code_count;
	uint32_t attempts; /* 0: not given */
	int64_t backoff;
};

struct gateway_session {
	bool given;
	struct kube_text name;
	bool by_header; /* else by cookie */
	bool permanent; /* the cookie has a lifetime */
	int64_t absolute_timeout;
};

struct gateway_rule {
	struct kube_text name;
	struct gateway_match *matches; /* none for TLSRoute, TCPRoute, UDPRoute */
	size_t match_count;
	struct gateway_filters filters;
	struct gateway_backend *backends;
	size_t backend_count;
	struct gateway_timeouts timeouts;
	struct gateway_retry retry;
	struct gateway_session session;
	struct span span;
};

enum gateway_route_kind {
	GATEWAY_HTTP_ROUTE,
	GATEWAY_GRPC_ROUTE,
	GATEWAY_TLS_ROUTE,
	GATEWAY_TCP_ROUTE,
	GATEWAY_UDP_ROUTE,
	GATEWAY_ROUTE_KINDS, /* how many there are */
};

struct gateway_route {
	struct kube_meta meta;
	enum gateway_route_kind kind;
	struct gateway_refs parents;
	struct gateway_texts hostnames; /* none: every name */
	struct gateway_rule *rules;
	size_t rule_count;
	struct str use_default_gateways; /* "", "All", "None"; experimental */
};

/* ---- Gateways ---- */

enum gateway_from {
	GATEWAY_FROM_NONE, /* ListenerSets only */
	GATEWAY_FROM_SAME,
	GATEWAY_FROM_ALL,
	GATEWAY_FROM_SELECTOR,
};

/* Which namespaces may attach. */
struct gateway_namespaces {
	enum gateway_from from;
	struct kube_selector selector; /* of namespaces; without requirements it takes all */
	bool selector_given;           /* `from: Selector` without one takes none */
	bool selector_broken;          /* an operator that there is not: takes none */
	struct span span;              /* of `from` */
};

struct gateway_route_group_kind {
	struct str group, kind;
	struct span span;
};

enum gateway_tls_mode {
	GATEWAY_TLS_TERMINATE,
	GATEWAY_TLS_PASSTHROUGH,
};

struct gateway_listener {
	struct kube_text name;
	struct kube_text hostname; /* absent: every name */
	uint32_t port;
	struct span port_span;
	struct kube_text protocol; /* "HTTP", "HTTPS", "TLS", "TCP", "UDP", or a vendor's */
	bool has_tls;
	enum gateway_tls_mode mode;
	struct span mode_span;
	struct gateway_refs certificates;
	struct kube_pairs tls_options;
	struct gateway_namespaces allowed;
	struct gateway_route_group_kind *kinds; /* allowedRoutes.kinds; none: by protocol */
	size_t kind_count;
	struct span tls_span; /* of `tls` */
	struct span span;
};

struct gateway_listeners {
	struct gateway_listener *at;
	size_t count;
};

/* Client certificates: tls.frontend.default and tls.frontend.perPort[]. */
struct gateway_frontend {
	uint32_t port;          /* 0: the default */
	bool validates;         /* there is a `validation` */
	bool insecure_fallback; /* mode AllowInsecureFallback */
	struct gateway_refs cas;
	struct span span; /* of `validation` */
};

struct gateway_address {
	struct kube_text type; /* "IPAddress" when not given */
	struct kube_text value;
	struct span span;
};

struct gateway {
	struct kube_meta meta;
	struct kube_text class_name;
	struct gateway_listeners listeners;
	struct gateway_address *addresses;
	size_t address_count;
	struct gateway_namespaces allowed_listeners;
	struct kube_pairs infrastructure_labels, infrastructure_annotations;
	bool has_parameters;
	struct gateway_ref parameters;      /* infrastructure.parametersRef */
	struct gateway_frontend *frontends; /* the default first, when it is given */
	size_t frontend_count;
	bool has_client_certificate;
	struct gateway_ref client_certificate; /* tls.backend.clientCertificateRef */
	struct str default_scope;              /* "", "All", "None"; experimental */
};

struct gateway_listener_set {
	struct kube_meta meta;
	struct gateway_ref parent;
	struct gateway_listeners listeners;
};

struct gateway_class {
	struct kube_meta meta;
	struct kube_text controller;
	bool has_parameters;
	struct gateway_ref parameters;
};

/* ---- policies and grants ---- */

struct gateway_san {
	bool uri; /* else a host name */
	struct kube_text value;
};

struct gateway_tls_policy {
	struct kube_meta meta;
	struct gateway_refs targets;
	struct gateway_refs cas;
	struct kube_text well_known; /* "System"; absent: `cas` */
	struct kube_text hostname;
	struct gateway_san *sans;
	size_t san_count;
	struct kube_pairs options;
};

/* What an XBackendTrafficPolicy says about tries again (GEP-3388); its session persistence is not read. */
struct gateway_traffic_policy {
	struct kube_meta meta;
	struct gateway_refs targets;
	bool constrained; /* retryConstraint is there */
	uint32_t percent, least;
	int64_t interval, least_interval; /* ms */
};

/* An entry of `from` or `to`. */
struct gateway_grant_end {
	struct str group, kind;
	struct str namespace; /* from */
	struct str name;      /* to; empty: every object of the kind */
	struct span span;
};

struct gateway_grant {
	struct kube_meta meta;
	struct gateway_grant_end *from, *to;
	size_t from_count, to_count;
};

/* ---- the set ---- */

struct gateway_set {
	struct arena *arena;
	const struct kube_set
		*kube; /* Services, Secrets, ConfigMaps, Namespaces of the same input */
	struct gateway_class **classes; /* all lists: input order */
	size_t class_count;
	struct gateway **gateways;
	size_t gateway_count;
	struct gateway_listener_set **listener_sets;
	size_t listener_set_count;
	struct gateway_route **routes; /* of all kinds; NULL when they are packed */
	size_t route_count;
	struct gateway_tls_policy **policies;
	size_t policy_count;
	struct map
		traffic_map; /* "namespace/service" -> struct gateway_traffic_policy * that comes first */
	struct gateway_grant **grants;
	size_t grant_count;

	/* Routes may be kept packed (pack.h), at a tenth of the size, for runs that look at each of them
	 * only for a moment. There is no look-up by name then. */
	struct gateway_packs *packs;  /* NULL: they are not */
	const unsigned char **packed; /* as `routes`, in their place */

	/* By "namespace/name" (classes by name); routes by kind. */
	struct map class_map, gateway_map, listener_set_map, route_maps[GATEWAY_ROUTE_KINDS];
	struct map permits; /* private: what the grants allow, see gateway_is_permitted() */
};

/* Reads all sources as kube_load() does: the core kinds into `kube`, those of Gateway API into `set`.
 * `options` may set everything but `more` and
 * `keep_others`, which are set here. Both sets live in `arena`, but for what
 * the second thread made: kube_set_finish() ends both. */
bool gateway_load(struct gateway_set *set, struct kube_set *kube, struct arena *arena,
		  const struct sources *sources, const struct kube_load_options *options,
		  struct findings *findings, struct error *error);

/* The same with routes packed: one thread, and a gate that checks the metadata. */
bool gateway_load_packed(struct gateway_set *set, struct kube_set *kube, struct arena *arena,
			 const struct sources *sources, const struct kube_load_options *options,
			 struct findings *findings, struct error *error);

/* The route with number `i` (from 0) in input order, as it stands in the set or unpacked into `arena`. */
const struct gateway_route *gateway_route_at(const struct gateway_set *set, size_t i,
					     struct arena *arena);

/* For callers of kube_load() themselves: an empty set, and the kinds to give as `more`. */
void gateway_set_init(struct gateway_set *set, struct arena *arena, const struct kube_set *kube);
struct kube_more gateway_kinds(struct gateway_set *set);

/* Look-ups; NULL when the set has no such object. */
struct gateway_class *gateway_class(const struct gateway_set *set, struct str name);
struct gateway *gateway_find(const struct gateway_set *set, struct str namespace, struct str name);
struct gateway_listener_set *gateway_listener_set(const struct gateway_set *set,
						  struct str namespace, struct str name);
struct gateway_route *gateway_route(const struct gateway_set *set, enum gateway_route_kind kind,
				    struct str namespace, struct str name);

/* "HTTPRoute" and so on. */
const char *gateway_route_kind_name(enum gateway_route_kind kind);

/* Whether a ReferenceGrant lets objects of `from_kind` (of group gateway.networking.k8s.io) in
 * `from_namespace` refer to `ref`. References within a namespace need none: true. */
bool gateway_is_permitted(const struct gateway_set *set, const char *from_kind,
			  struct str from_namespace, const struct gateway_ref *ref);

/* Who comes first when two objects want the same: the older one, then by "namespace/name". An object
 * without creationTimestamp is not in the cluster yet and so is younger than all that have one. */
int gateway_precedence(const struct kube_meta *a, const struct kube_meta *b);

/* "1h30m" as milliseconds; false when it is no duration of Gateway API (GEP-2257). */
bool gateway_duration_parse(struct str text, int64_t *milliseconds);

#endif
