/* attach.h - which listener takes which route, and why not.
 *
 * From a set of objects the whole attachment is worked out once, as a conformant controller does that
 * manages every Gateway of the set (Gateway API v1.6.1): listeners and the ListenerSets that join them,
 * conflicts among them, the parents of each route with the host names that are left on each listener,
 * references and their grants, BackendTLSPolicies and the Gateways they matter to. Status, rules and the
 * router read the result; nothing here is text for people but the messages of problems.
 *
 * Everything is pure and lives in the arena that was given. Cost grows with the size of the input times
 * the listeners of one parent (64 in a Gateway), never with routes times routes.
 */
#ifndef GATEWAY_ATTACH_H
#define GATEWAY_ATTACH_H

#include "gateway/api.h"

/* Extended features that an implementation may lack, by their names in the conformance suite. */
enum attach_feature {
	ATTACH_TLS_TERMINATE = 1, /* TLSRouteModeTerminate */
	ATTACH_TLS_MIXED = 2,     /* TLSRouteModeMixed: both modes on one port */
};

/* Bit of a feature by its name; 0 when nothing here depends on it. */
unsigned attach_feature_find(struct str name);

/* Names of those features, for messages: NULL at the end. */
extern const char *const attach_feature_names[];

/* What a reference names may exist outside the set: files are seldom the whole cluster. */
enum attach_external {
	/* When the set has no object of that kind in that namespace, so that nobody can say that it
	 * lacks one; and objects of kinds that nobody here reads. */
	ATTACH_EXTERNAL_AUTO,
	ATTACH_EXTERNAL_DENY,  /* never: the set is the cluster */
	ATTACH_EXTERNAL_ALLOW, /* always */
};

struct attach_options {
	unsigned lacking; /* enum attach_feature */
	enum attach_external external;
};

/* Something that makes a condition False. `reason` is a word of the specification, NULL: no problem. */
struct attach_problem {
	const char *reason;
	struct str message;
	struct span span;
};

/* ---- references ---- */

enum attach_ref_state {
	ATTACH_REF_OK,
	ATTACH_REF_KIND,    /* a group and kind that cannot be used here */
	ATTACH_REF_DENIED,  /* another namespace, and no ReferenceGrant */
	ATTACH_REF_MISSING, /* no such object */
	ATTACH_REF_PORT,    /* the Service has no such port */
	ATTACH_REF_BROKEN,  /* it is there, but does not hold what it should */
};

struct attach;

/* A reference of a route to a backend: of backendRefs, of a mirror, of an authentication service. Which
 * of several problems is told follows the specification: the kind, then the grant, then the object. */
enum attach_ref_state attach_backend(const struct attach *attach, const struct gateway_route *route,
				     const struct gateway_ref *ref);

/* Whether an object that is not in the set may exist all the same. `ref` gives group, kind and
 * namespace. */
bool attach_may_exist(const struct attach *attach, const struct gateway_ref *ref);

/* The same for an object of a kind that nobody here reads: the input has it, or may do without. */
bool attach_is_known(const struct attach *attach, const struct gateway_ref *ref);

/* Words for a state, after the name of the object: "does not exist". */
const char *attach_ref_words(enum attach_ref_state state);

/* A reference to a server or client certificate from an object of `kind` in `namespace`. */
enum attach_ref_state attach_certificate(const struct attach *attach, const char *kind,
					 struct str namespace, const struct gateway_ref *ref);

/* A reference to a bundle of CAs: a ConfigMap with PEM text in ca.crt. */
enum attach_ref_state attach_ca(const struct attach *attach, const char *kind, struct str namespace,
				const struct gateway_ref *ref);

/* ---- listeners ---- */

struct attach_gateway;
struct attach_set;

struct attach_listener {
	struct attach_gateway *gateway;
	struct attach_set *set;        /* NULL: the Gateway's own */
	const struct kube_meta *owner; /* of the Gateway or the ListenerSet */
	const struct gateway_listener *spec;
	bool kinds[GATEWAY_ROUTE_KINDS]; /* that it can take: supportedKinds */
	struct attach_problem accepted;  /* no: it gets no traffic at all */
	struct attach_problem resolved;  /* certificates, CAs of clients, kinds of routes */
	const char *conflict;            /* "HostnameConflict", "ProtocolConflict"; NULL: none */
	const char *overlap; /* "OverlappingHostnames", "OverlappingCertificates"; NULL */
	bool programmed;     /* traffic can come in */
	size_t routes;       /* attached, with Accepted = True */
	size_t last;         /* private: number of the route that was counted last, from 1 */
};

struct attach_listeners {
	struct attach_listener *at;
	size_t count;
};

struct attach_gateway {
	const struct gateway *spec;
	const struct gateway_class *class; /* NULL: not in the set */
	struct attach_listeners own;
	struct attach_set **sets; /* that may join, in their order of precedence */
	size_t set_count;
	struct attach_problem
		accepted; /* InvalidParameters, UnsupportedAddress; ListenersNotValid when
	                                   all its listeners are refused */
	struct attach_problem address;  /* AddressNotUsable */
	struct attach_problem resolved; /* the client certificate */
	bool insecure_frontend;         /* AllowInsecureFallback somewhere */
	size_t attached_sets;           /* of `sets`, those with a listener that is accepted */
};

struct attach_set {
	const struct gateway_listener_set *spec;
	struct attach_gateway *gateway; /* NULL: its parent is not in the set */
	struct attach_problem refused;  /* NotAllowed, ParentNotAccepted, ListenersNotValid */
	bool joined; /* its listeners stand beside those of the Gateway, conflicts apart */
	struct attach_listeners own;
};

/* ---- routes ---- */

enum attach_outcome {
	ATTACH_OK,
	ATTACH_OTHER,       /* the parent is neither a Gateway nor a ListenerSet */
	ATTACH_NO_PARENT,   /* no such object in the set */
	ATTACH_NO_LISTENER, /* none has that name and port, or the ListenerSet has not joined */
	ATTACH_NOT_ALLOWED, /* no listener takes routes of this kind from this namespace */
	ATTACH_NO_HOSTNAME, /* no host name meets that of a listener */
};

/* A listener that takes a route, and the host names that are left of it there: the intersection, most of
 * all none for "every name". */
struct attach_binding {
	struct attach_listener *listener;
	struct gateway_texts hostnames;
};

struct attach_parent {
	const struct gateway_ref *ref;
	enum attach_outcome outcome;
	struct attach_gateway *gateway; /* NULL unless found */
	struct attach_set *set;         /* when the parent is a ListenerSet */
	struct attach_binding *bindings;
	size_t binding_count;
	const struct attach_listener *refusing; /* the one that came nearest, to say why not */
};

struct attach_route {
	const struct gateway_route *spec;
	/* One for each parentRef, in order; then the default Gateways that take it
	   (useDefaultGateways), whose `ref` was made up and has no span. */
	struct attach_parent *parents;
	size_t parent_count;
	bool *dropped; /* rules that no implementation can serve; NULL when there are none */
	size_t dropped_count;
	struct attach_problem rules; /* UnsupportedValue: why the first of them is dropped */
	struct attach_problem refs;  /* the first reference that does not resolve */
};

/* ---- policies ---- */

enum { ATTACH_ANCESTORS = 16 }; /* the bound of status.ancestors */

struct attach_policy {
	const struct gateway_tls_policy *spec;
	const struct gateway_tls_policy *winner; /* the policy that has its target; NULL: itself */
	struct attach_problem accepted;          /* Conflicted, NoValidCACertificate, Invalid */
	struct attach_problem resolved;          /* InvalidCACertificateRef, InvalidKind */
	struct attach_gateway *ancestors[ATTACH_ANCESTORS];
	size_t ancestor_count;
};

/* ---- all of it ---- */

struct attach {
	struct arena *arena;
	const struct gateway_set *set;
	struct attach_options options;
	struct attach_gateway *gateways; /* as in set->gateways */
	struct attach_set *sets;         /* as in set->listener_sets */
	struct attach_route *routes;     /* as in set->routes; NULL when they are packed */
	struct attach_policy *policies;  /* as in set->policies */
	struct map gateway_map, set_map; /* by "namespace/name" */
	struct map present; /* private: "Service/shop" for kinds that a namespace of the set has */
	struct map policy_map; /* winners by "namespace/service" or "namespace/service/section" */
};

/* Works it out. The set must live as long as the result. */
void attach_run(struct attach *attach, struct arena *arena, const struct gateway_set *set,
		const struct attach_options *options);

/* The route with number `i` of the set as it is attached. Of a packed set it is worked out once more, into
 * `scratch`. */
const struct attach_route *attach_route_at(struct attach *attach, size_t i, struct arena *scratch);

/* The policy that connections to this port of a Service follow: one for the port by its name, else one
 * for the whole Service; NULL: none. `port_name` may be empty. Policies that are not accepted are found
 * too: such connections must fail. */
const struct attach_policy *attach_policy_for(const struct attach *attach, struct str namespace,
					      struct str service, struct str port_name);

/* ---- the parts ---- */

/* Host names of a listener and a route: what both allow. Absent or empty means every name. False when
 * they never meet. */
bool attach_hostname(struct str listener, struct str route, struct str *both);

/* Whether objects of `namespace` may attach to something in `own`. Labels are those of the Namespace in
 * the set; kubernetes.io/metadata.name is there in any case, as the API server sets it. */
bool attach_namespace(const struct gateway_set *set, const struct gateway_namespaces *allowed,
		      struct str own, struct str namespace);

/* Position of a listener's client certificate rules in spec->frontends: that of its port, else the
 * default; NULL: none are asked for. */
const struct gateway_frontend *attach_frontend(const struct attach_listener *listener);

#endif
