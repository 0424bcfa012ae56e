/* plan.h - the model becomes Gateway API objects.
 *
 * Which Gateways and ListenerSets there are, which listener each host gets, which routes carry which
 * rules, and which ReferenceGrants that needs. Objects are handed to a sink one by one in a fixed
 * order (GatewayClass, Gateway, ListenerSet, HTTPRoute, TLSRoute, TCPRoute, UDPRoute,
 * BackendTLSPolicy, ConfigMap, ReferenceGrant; within a kind by namespace and name), so that
 * what is written need not be kept and is the same bytes every time.
 *
 * Legal by construction: rules, matches, hostnames, listeners and header edits are split and merged
 * within limits.h; a value that the API server would refuse becomes a finding, and is not written.
 */
#ifndef GATEWAY_PLAN_H
#define GATEWAY_PLAN_H

#include "base/error.h"
#include "base/finding.h"
#include "gateway/regex.h"
#include "kube/load.h"
#include "model/model.h"
#include "yaml/node.h"

/* Who writes what in a split: Gateway API's three roles. */
enum role {
	ROLE_INFRASTRUCTURE, /* GatewayClass */
	ROLE_OPERATOR,       /* Gateway, ListenerSet, ReferenceGrant for their Secrets */
	ROLE_DEVELOPER,      /* routes, policies, grants for Services */
};
const char *role_name(enum role role); /* "infrastructure", "operator", "developer" */

/* One Gateway for all routes of a realm, or one a namespace with routes. A Gateway that exists already
 * stays one: then TOPOLOGY_NAMESPACE puts a ListenerSet into each namespace. A host has one address, so it stands
 * in one namespace: the routes that others have for it attach there.
 *
 * ListenerSets are written for listeners beyond the 64 of a Gateway, by choice, and for hosts whose
 * cert-manager or external-dns annotations the Gateway cannot carry: those tools read annotations an
 * object, not a listener, and cert-manager issues only into the namespace of that object. */
enum topology { TOPOLOGY_SHARED, TOPOLOGY_NAMESPACE };

/* The Gateway of one realm of the model. */
struct plan_gateway {
	struct str namespace, name, class; /* as gateway_namespace, gateway_name, gateway_class */
	struct str sets;             /* what ListenerSets are named after; empty: the Gateway */
	const char *controller_name; /* as below */
	bool exists;                 /* as gateway_exists */
};

struct plan_options {
	struct str
		gateway_namespace; /* of the Gateway that is made; empty: "default" for a shared one,
	                                  the routes' own with TOPOLOGY_NAMESPACE */
	struct str gateway_name;  /* of the Gateway that is made or attached to; empty: the class */
	bool gateway_exists;      /* --gateway: attach, make no Gateway; listeners go to a
	                                  ListenerSet attached to it */
	struct str gateway_class; /* spec.gatewayClassName */
	const char *controller_name; /* write a GatewayClass with it; NULL: write none */
	enum topology topology;
	bool listener_sets; /* --listeners=listenerset: all listeners with a hostname in ListenerSets */
	bool experimental; /* channel */
	bool comments;
	bool copy_labels; /* labels of the first Ingress of a route on the route */
	enum regex_dialect dialect;
	bool unlimited_requests; /* say that a request may take any time: timeouts.request 0s */
	/* One for each realm of the model, with names that differ; NULL: the fields above say it of the only
	 * one. */
	const struct plan_gateway *gateways;
	uint32_t http_port, https_port; /* 80, 443 */
	const struct sources *sources;  /* names of files for comments; NULL: comments name none */
};

struct planner;
struct route;

/* A finished object. Kind, namespace and name live as long as the model, texts of the tree until the
 * sink's end() has returned, the tree itself in an arena that is the sink's to empty or to take (leaving
 * an empty one): trees pile up in it until then. */
struct plan_object {
	const char *kind;
	struct str namespace, name;
	enum role role;
	struct node *root; /* NULL, where the sink builds: plan_build() makes it of these two */
	struct planner *planner;
	const struct route *route;
	struct arena *trees;
};

/* Makes the tree of an object that came without one, in the arena: on any thread, until the sink's
 * end() has returned, while the plan goes on. NULL when more comes of it than the tree (a finding, an
 * annotation that moves); then plan_build_here() makes it. */
struct node *plan_build(const struct plan_object *object, struct arena *trees);

/* The same on the thread of the plan, in its own arena; called for objects in their order. */
struct node *plan_build_here(const struct plan_object *object);

/* Whether the names in the options are such as the API server takes; the error says which is not. */
bool plan_names_are_legal(const struct plan_options *options, struct error *error);

struct plan_sink {
	void *user;
	void (*object)(void *user, const struct plan_object *object);
	void (*end)(void *user, struct arena *trees); /* there are no more; NULL: nobody asks */
	bool builds;                                  /* takes objects without trees */
};

/* Writes the whole model. `set` has the Ingresses it was made of, for what cert-manager makes of their spec.tls; NULL: none
 * are known. Marks the ledger items of hosts, paths, backends, TLS entries and default
 * backends with their target and with OUTCOME_EXACT (a worse mark stays), or with OUTCOME_REFUSED and
 * the finding's code when they could not be written; also those of annotations that move. Findings
 * raised here: I2G218 impossible path, I2G227 invalid host, I2G241 regex not expressible, I2G317
 * blocking rule written, I2G410 header edits that do not fit, I2G525 certificate that loses a name, I2G602
 * name cut, I2G604 metadata moved, I2G605 metadata not moved, I2G607 more than fits in an object; and, where a provider let it
 * through, I2G212, I2G220, I2G224, I2G301, I2G304, I2G311, I2G503, I2G508, I2G511. */
void plan_write(struct model *model, const struct kube_set *set, const struct plan_options *options,
		const struct plan_sink *sink, struct findings *findings);

/* Whether plan_write() moves an annotation with this key (cert-manager's and external-dns's keys) and
 * accounts for its ledger item. */
bool plan_moves_annotation(struct str key);

/* Where such an annotation moves and why, in a sentence for people; NULL for others. */
const char *plan_annotation_words(struct str key);

#endif
