/* model.h - what the source controller does with a request, in nobody's dialect.
 *
 * A provider reads Kubernetes objects into the model; the emitter writes Gateway API objects from
 * it. The model says what is meant (connect timeout, allow list), not how a target spells it. Every
 * element carries its origin and the ledger items it answers for.
 */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include "base/arena.h"
#include "base/map.h"
#include "base/str.h"
#include "kube/object.h"
#include "model/feature.h"
#include "model/ledger.h"

/* Where an element came from. `object` may be NULL for what the controller makes up. */
struct origin {
	const struct kube_meta *object;
	struct span span;
	struct str field; /* "spec.rules[0].http.paths[1]"; may be empty */
};

/* ---- matches ---- */

enum path_kind {
	PATH_EXACT,
	PATH_PREFIX, /* by path element; the value has no trailing slash unless it is "/" */
	PATH_REGEX, /* the pattern of an nginx location `~* "^PATTERN"`: PCRE, any case, anchored at
	                the start (of the first alternative only), open at the end */
};

struct model_path {
	enum path_kind kind;
	struct str value;
};

/* Header or query parameter. `regex`: a PCRE search anywhere in the value, case-sensitive. */
struct model_field_match {
	struct str name, value;
	bool regex;
};

struct model_match {
	struct model_path path;
	struct str method; /* empty: any */
	struct model_field_match *headers, *query;
	uint32_t header_count, query_count;
};

/* ---- filters ---- */

struct model_header {
	struct str name, value;
};

/* Edits are applied in the order remove, set, add; a name stands in one list only, once (use
 * model_header_set and friends, which see to that without regard to case: setting replaces, adding
 * to a name that is edited already joins the values with ", ", adding to a removed name sets it). */
struct model_header_edits {
	struct model_header *set, *add;
	struct str *remove;
	uint32_t set_count, add_count, remove_count;
};

/* The edits at *place, made when there are none. */
struct model_header_edits *model_edits(struct arena *arena, struct model_header_edits **place);

void model_header_set(struct arena *arena, struct model_header_edits *edits, struct str name,
		      struct str value);
void model_header_add(struct arena *arena, struct model_header_edits *edits, struct str name,
		      struct str value);
void model_header_remove(struct arena *arena, struct model_header_edits *edits, struct str name);

/* Edits of their own that do the same as `from` (NULL: none). */
struct model_header_edits *model_edits_copy(struct arena *arena,
					    const struct model_header_edits *from);

enum path_edit {
	PATH_KEEP,
	PATH_REPLACE_FULL,
	PATH_REPLACE_PREFIX, /* the matched prefix; the match must be one PATH_PREFIX */
};

struct model_redirect {
	struct str scheme;   /* "http", "https" or empty: as the request */
	struct str hostname; /* empty: as the request */
	uint32_t port;       /* 0: by the scheme */
	enum path_edit edit;
	struct str path;
	unsigned status; /* 301, 302, 303, 307, 308 */
};

struct model_rewrite {
	struct str hostname; /* Host sent to the backend; empty: unchanged */
	enum path_edit edit;
	struct str path;
};

struct model_cors {
	struct str *origins, *methods, *headers, *expose;
	size_t origin_count, method_count, header_count, expose_count;
	bool credentials;
	int64_t max_age; /* seconds, at least 1 */
};

struct model_backend {
	const char *group, *kind; /* "" and "Service" */
	struct str namespace, name;
	uint32_t port;
	uint32_t weight;          /* written when the rule has several backends */
	struct ledger_item *item; /* may be NULL */
	struct span span;
};

struct model_mirror {
	struct model_backend backend;
};

/* Experimental channel. */
struct model_retry {
	unsigned attempts; /* further tries after the first */
	unsigned *codes;
	size_t code_count;
};

struct model_session {
	struct str cookie;
	int64_t lifetime; /* seconds; 0: session cookie */
};

struct model_ext_auth {
	struct model_backend backend;
	struct str path;              /* prefix added to the request path */
	struct str *request_headers;  /* sent to the auth server */
	struct str *response_headers; /* taken from its answer */
	size_t request_header_count, response_header_count;
};

/* ---- rules, hosts ---- */

/* What the match of a rule takes beyond the source, when it is a prefix "/a" that stands for a pattern. */
enum model_beyond {
	BEYOND_NOTHING,
	BEYOND_BARE,  /* "/a" */
	BEYOND_SLASH, /* "/a" and "/a/" */
};

enum listen {
	LISTEN_HTTP = 1,
	LISTEN_HTTPS = 2,
	LISTEN_BOTH = 3,
};

/* There are several for each path of the input, which is why counts are narrow here, and why what every pass over
 * them looks at stands together. */
struct model_rule {
	struct model_match match;
	/* What the source matches when match.path is a narrower likeness of it (case, open ends); NULL:
	 * no more than that. A rule that is held back blocks all of it. */
	const struct model_path *source_path;
	const char *held; /* code of the finding that held it back; NULL when it was not */
	struct ledger_item *path_item; /* may be NULL */
	struct ledger_item *host_item;
	struct model_redirect *redirect; /* excludes backends, rewrite */
	struct model_ext_auth *ext_auth;
	struct model_feature **features; /* what has no place here; the emitter resolves them */
	uint32_t feature_count;
	uint8_t listen; /* enum listen */
	uint8_t beyond; /* enum model_beyond */
	uint8_t source; /* which provider: struct model's `source` when it was added */
	bool deny;      /* nothing may be served here: the source answers an error, or a guard could
	                     not be expressed and the rule was held back */

	struct model_backend *backends;
	uint32_t backend_count, mirror_count;
	/* Rules of one host, namespace and route_name share an HTTPRoute. */
	struct str namespace;
	struct str route_name; /* without the host part: "<first Ingress of the group>" */
	const char *suffix;    /* "", "-default-backend", "-www-redirect" ...: own HTTPRoute */
	struct origin origin;
	const char *comment; /* one sentence for a reviewer; NULL: none */

	struct model_rewrite *rewrite;
	/* NULL: none. Copies of a rule share them, so they are complete when it is copied. */
	struct model_header_edits *request_headers, *response_headers;
	struct model_cors *cors;
	struct model_mirror *mirrors;
	struct model_retry *retry;
	struct model_session *session;
};

struct model_certificate {
	struct str namespace, secret;
	struct ledger_item *item; /* may be NULL */
};

struct model_host {
	struct str name; /* lower case; "" is every host; "*.example.com" any depth below */
	unsigned listen; /* which listeners it needs: enum listen */
	uint32_t realm;  /* of struct model */
	struct model_certificate
		*certificates; /* of the HTTPS listener; at least one if it has one */
	size_t certificate_count;
	bool passthrough; /* port 443 belongs to a TLSRoute */
	bool one_label; /* a wildcard that the source takes for one label: deeper names go to "" */
	uint32_t place; /* among the hosts; from model_sort() on */
	struct model_rule **rules; /* in the order in which the source looks */
	size_t rule_count;
	struct origin origin;            /* first rule that named it */
	const struct kube_meta **owners; /* Ingresses that contribute; for metadata that moves */
	size_t owner_count;
};

/* Layer 4. */
enum l4_kind { L4_TLS, L4_TCP, L4_UDP };

struct model_l4 {
	enum l4_kind kind;
	struct str hostname; /* L4_TLS */
	uint32_t port;       /* of the listener */
	uint32_t realm;      /* of struct model */
	struct str namespace, route_name;
	struct model_backend backend;
	struct origin origin;
	struct ledger_item *path_item, *host_item;
	const char *held; /* as of a rule */
};

/* Verification of a backend's certificate. */
struct model_backend_tls {
	struct str namespace, service;
	struct str hostname;
	struct str ca_config_map; /* ConfigMap with key ca.crt in the same namespace */
	struct str ca; /* PEM to write that ConfigMap; empty when the data is not known */
	struct origin origin;
};

/* Client certificates; Gateway API validates per port, so there is one for a Gateway or none. */
struct model_client_validation {
	struct str namespace, ca_config_map, ca;
	bool optional; /* AllowInsecureFallback */
	struct origin origin;
	struct ledger_item *item;
};

/* What is served at the addresses of one controller. Hosts of two realms never meet: each may have one
 * of the same name, with rules of its own, and each realm gets Gateways of its own. */
struct model_realm {
	struct map hosts;                                  /* name -> struct model_host */
	struct model_client_validation *client_validation; /* NULL: none */
	const struct target **gateways; /* that it was planned for (gateway/plan.h); in no order */
	size_t gateway_count;
};

struct model {
	struct arena *arena;
	unsigned source; /* number of the provider that is reading */
	struct ledger ledger;
	struct model_realm **realms; /* at least one */
	uint32_t realm_count, realm; /* `realm`: whose Ingresses are read */
	struct model_host **hosts; /* of all realms, one after the other; "" first, then by name */
	size_t host_count;
	struct model_l4 *l4;
	size_t l4_count;
	struct model_backend_tls *backend_tls;
	size_t backend_tls_count;
};

/* With one realm, which is read. */
void model_init(struct model *model, struct arena *arena);

/* Adds a realm: what is read from now on belongs to it. */
void model_realm_begin(struct model *model);

/* The realm that is read. */
static inline struct model_realm *model_realm(const struct model *model)
{
	return model->realms[model->realm];
}

/* The host of that name in the realm that is read, created when new. `name` must live as long as the
 * model. */
struct model_host *model_host(struct model *model, struct str name);

/* Appends a copy of the rule to the host; returns it. */
struct model_rule *model_rule_add(struct model *model, struct model_host *host,
				  struct model_rule rule);

/* Appends a copy to the realm that is read. */
struct model_l4 *model_l4_add(struct model *model, struct model_l4 l4);

/* Brings hosts into their final order. */
void model_sort(struct model *model);

/* Names of the last part of a path kind: "Exact", "PathPrefix", "RegularExpression". */
const char *path_kind_name(enum path_kind kind);

/* Whether it is the same object and port, whatever the weight. */
bool model_same_backend(const struct model_backend *a, const struct model_backend *b);

/* Whether the same server is asked the same and the same is taken of its answer. Either may be NULL. */
bool model_same_ext_auth(const struct model_ext_auth *a, const struct model_ext_auth *b);

#endif
