/* object.h - the Kubernetes objects that a migration needs, as small typed views.
 *
 * Everything lives in the arena of the loader; the YAML tree is gone once an object is taken. Texts
 * keep the span they were read from.
 */
#ifndef KUBE_OBJECT_H
#define KUBE_OBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/finding.h"
#include "base/source.h"
#include "base/str.h"

/* Text with its place. An absent field has at == NULL and line 0. */
struct kube_text {
	struct str text;
	struct span span;
};

/* An annotation, label or data entry. `key_span` is the key's place. */
struct kube_pair {
	struct str key;
	struct str value;
	struct span key_span, value_span;
};

struct kube_pairs {
	struct kube_pair *at; /* sorted by key, unique (kubectl: the last duplicate counts) */
	size_t count;
};

/* An entry of which the input does not tell what it is in the cluster: what it might guard must not
 * be taken for open. */
enum kube_doubt_kind {
	KUBE_DOUBT_LOST,     /* it has a list or a map for its value */
	KUBE_DOUBT_TYPE,     /* it has a number or a boolean, which the API server refuses */
	KUBE_DOUBT_REPLACED, /* it had another value that a later key or object replaced */
	KUBE_DOUBT_KEY,      /* its key begins or ends as no key may: the API server refuses it */
	KUBE_DOUBT_ASTRAY,   /* it stands where the API server drops it, as in `annotation:` */
};

struct kube_doubt {
	const struct kube_doubt *next;
	enum kube_doubt_kind kind;
	struct str key;   /* empty: any key, since none of them could be read */
	struct span span; /* of the value; of the replaced key */
};

/* Doubts of one object; a last one about any key stands for all beyond them. */
enum { KUBE_DOUBTS_MOST = 100 };

/* Time that a missing creationTimestamp has: such objects have no age. */
#define KUBE_NO_TIME INT64_MIN

struct kube_meta {
	const char *kind;     /* "Ingress" */
	struct str version;   /* apiVersion as written: "networking.k8s.io/v1" */
	struct str namespace; /* "default" when the file says none; "" for IngressClasses and
	                          Namespaces, which live in none */
	bool namespace_given;
	bool name_generated; /* the name was made of generateName: the cluster will know another */
	struct str name;
	int64_t created; /* seconds since 1970, or KUBE_NO_TIME */
	uint32_t order;  /* position in the whole input, from 0 */
	struct kube_pairs labels, annotations;
	const struct kube_doubt *doubts; /* about annotations; of a ConfigMap, about its data */
	struct span span;                /* first line of the object */
	struct span name_span;
};

struct object_ref kube_ref(const struct kube_meta *meta);

/* Value of an annotation; NULL when absent. */
const struct kube_pair *kube_annotation(const struct kube_meta *meta, const char *key);
const struct kube_pair *kube_pair_find(const struct kube_pairs *pairs, struct str key);

/* ---- Ingress ---- */

enum kube_path_type {
	KUBE_PATH_MISSING, /* refused by networking.k8s.io/v1, the default of the old versions */
	KUBE_PATH_EXACT,
	KUBE_PATH_PREFIX,
	KUBE_PATH_SPECIFIC, /* ImplementationSpecific */
	KUBE_PATH_UNKNOWN,  /* another word: the API server refuses the object; finding I2G105 */
};

enum kube_backend_type {
	KUBE_BACKEND_NONE,
	KUBE_BACKEND_SERVICE,
	KUBE_BACKEND_RESOURCE,
};

struct kube_resource {
	struct str group, kind;
};

struct kube_backend {
	enum kube_backend_type type;
	uint32_t port;                        /* when it is given by number, else 0 */
	struct str port_name;                 /* when by name */
	struct span port_span;                /* of either */
	struct kube_text name;                /* Service or resource name */
	const struct kube_resource *resource; /* what it is when it is no Service, else NULL */
	struct span span;
};

struct kube_path {
	struct kube_text path; /* absent, or as written (may be "") */
	enum kube_path_type type;
	struct span type_span;
	struct kube_backend backend;
	struct span span; /* of the list item */
};

struct kube_rule {
	struct kube_text host; /* absent or "": every host */
	bool has_http;
	struct kube_path *paths;
	size_t path_count;
	struct span span;
};

struct kube_tls {
	struct kube_text *hosts;
	size_t host_count;
	struct kube_text secret;
	struct span span;
};

struct kube_ingress {
	struct kube_meta meta;
	struct kube_text class_name; /* spec.ingressClassName */
	struct kube_backend default_backend;
	struct kube_rule *rules;
	size_t rule_count;
	struct kube_tls *tls;
	size_t tls_count;
};

/* ---- the others ---- */

struct kube_class {
	struct kube_meta meta;
	struct str controller; /* "k8s.io/ingress-nginx" */
	bool is_default;       /* annotation ingressclass.kubernetes.io/is-default-class */
};

struct kube_service_port {
	struct str name, protocol, app_protocol;
	uint32_t number;
	uint32_t target_number; /* targetPort as number, 0 when by name; defaults to number */
	struct str target_name;
};

struct kube_service {
	struct kube_meta meta;
	struct str type, external_name;
	bool headless;
	struct kube_service_port *ports;
	size_t port_count;
};

struct kube_endpoint_port {
	struct str name; /* that of the Service's port; may be empty */
	uint32_t number;
};

/* An EndpointSlice, or one subset of Endpoints: `ports` hold for all its addresses. */
struct kube_endpoints {
	struct kube_meta meta;
	struct str service;    /* label kubernetes.io/service-name, or the name of Endpoints */
	size_t ready;          /* addresses that are ready, of all subsets */
	struct str *addresses; /* those of them that `ports` belong to */
	size_t address_count;
	struct kube_endpoint_port *ports;
	size_t port_count;
};

struct kube_secret {
	struct kube_meta meta;
	struct str type;
	struct str *keys; /* data and stringData, sorted */
	size_t key_count;
	struct str *values; /* of each key, decoded; NULL unless they were asked for (keep_keys) */
	struct str *names;  /* DNS names of tls.crt (SANs, else CN), when the data is there */
	size_t name_count;
	bool has_certificate;
	struct str ca; /* ca.crt in PEM, when the data is there */
	/* tls.crt and tls.key in PEM, when the data is there and was asked for (keep_keys). */
	struct str certificate, key;
};

struct kube_config_map {
	struct kube_meta meta;
	struct kube_pairs data;
};

/* Whether a PEM text, such as the ca.crt of a ConfigMap, begins with a certificate that can be read. */
bool kube_is_certificate(struct str pem);

struct kube_namespace {
	struct kube_meta meta;
};

#endif
