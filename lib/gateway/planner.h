/* planner.h - what the files behind plan_write() share.
 *
 *   rules.c      which rules are written, with which values (legality)
 *   paths.c      one path value
 *   blocking.c   the path of a rule that blocks
 *   guard.c      held rules that must still stop requests
 *   listeners.c  Gateways, ListenerSets, listeners: who stands where
 *   holders.c    Gateway and ListenerSet objects
 *   routes.c     rules become HTTPRoutes: grouping, names, splitting
 *   http.c       HTTPRoute objects
 *   filters.c    filters of a rule
 *   alike.c      whether two rules do the same
 *   l4.c         TLSRoute, TCPRoute, UDPRoute
 *   policy.c     BackendTLSPolicy, CA ConfigMaps
 *   grants.c     ReferenceGrants
 *   metadata.c   annotations that move
 *   issued.c     certificates that cert-manager makes: who asks for them, which names they lose
 *   object.c     the head of every object, comments, findings
 */
#ifndef GATEWAY_PLANNER_H
#define GATEWAY_PLANNER_H

#include "base/chains.h"
#include "gateway/name.h"
#include "gateway/plan.h"

/* A rule that will be written. */
struct planned_rule {
	struct model_rule *rule;
	struct planned_host *host;
	struct str path;                           /* value to write */
	struct model_field_match *headers, *query; /* with values to write */
	unsigned listen;                /* listeners it attaches to: those its host really has */
	bool blocks;                    /* without backends: answers 500 */
	bool takes_others;              /* held, and takes requests of a rule that is not */
	struct str note;                /* why it blocks; empty: rule->comment is enough */
	struct planned_rule *same_path; /* earlier rule of the host with this path; NULL: none */
};

struct planned_host {
	struct model_host *host;
	unsigned listen; /* HTTPS only with a certificate, and never beside passthrough */
	struct planned_rule **rules; /* in the order of the model */
	size_t rule_count;
	struct planned_rule **held; /* not written, unless guard.c finds that they must block */
	size_t held_count;
	struct unit *unit; /* its listeners; NULL when it has none */
};

struct listener {
	struct str name, hostname; /* hostname empty: none */
	uint32_t port;
	const char *protocol;
	const struct model_host *host; /* of the certificates; NULL at layer 4 */
	struct holder *holder;
	unsigned index;         /* in spec.listeners of the holder */
	struct str *namespaces; /* of the routes that attach; duplicates until it is written */
	size_t namespace_count;
};

/* What a host says about certificates and DNS in annotations of the listener's object. */
struct metadata_key {
	struct str issuer;             /* cert-manager annotations as text; empty: none */
	struct str target;             /* external-dns target; empty: none */
	struct str namespace;          /* of the certificate, when there is an issuer */
	const struct kube_meta *asker; /* whose issuer it is; NULL: nobody's */
};

/* Listeners that stand in the same object: those of one host, or one of layer 4. */
struct unit {
	struct listener *http, *https, *tls, *port; /* any may be NULL */
	struct str hostname;
	const struct model_host *host;
	struct metadata_key key;
	const struct kube_meta *owner; /* layer 4 */
};

/* A Gateway or ListenerSet. */
struct holder {
	struct target *target;
	struct site *site;
	bool exists; /* not ours to write: as its plan_gateway */
	bool spare;  /* a Gateway with nothing but the listener that the API demands */
	struct unit **units;
	size_t unit_count;
	unsigned listener_count;
	unsigned kept; /* places for listeners that belong to one that stands here already */
	struct metadata_key key;
};

/* A Gateway with its ListenerSets: one of a realm, or one a namespace of it. */
struct site {
	uint32_t realm;
	const struct plan_gateway *plan; /* the realm's */
	struct str namespace;            /* of the routes; empty: all */
	struct holder *gateway;
	struct holder **sets;
	size_t set_count;
	struct unit **units;
	size_t unit_count;
	struct map hosts;   /* host -> struct unit */
	struct map l4;      /* "TLS host", "TCP port", "UDP port" -> struct unit */
	struct names names; /* of listeners, while they are distributed */
};

/* One rule of the model in a route; `joins`: one rule of the route with the entry before. */
struct route_entry {
	struct planned_rule *planned;
	bool joins;
};

/* An HTTPRoute. */
struct route {
	struct target *target;
	struct planned_host *host;
	struct unit *unit;
	uint8_t listen; /* enum listen */
	bool continues; /* the route before, which is full: their names belong together */
	uint32_t place; /* of the namespace among all, by name; by number until routes are sorted */
	const struct route_entry *entries;
	size_t entry_count;
};

/* A layer-4 route. */
struct l4_route {
	struct target *target;
	const struct model_l4 *l4;
	struct unit *unit;
};

/* Names in certificates that Ingresses ask of cert-manager. Private to issued.c. */
struct issued {
	struct issued_name *at;
	size_t count;
	struct chains chains;
	bool *asks; /* for each Ingress of the set: whether it does */
	struct issued_name *
		*of_hosts; /* for each host of the model: its name in its certificate; NULL: none */
};

/* A realm of the model. */
struct planned_realm {
	struct plan_gateway gateway;
	struct map hosts; /* name -> struct planned_host */
	struct map sites; /* namespace -> struct site */
};

struct planner {
	struct model *model;
	const struct kube_set *set; /* NULL: none */
	const struct plan_options *options;
	const struct plan_sink *sink;
	struct findings *findings;
	struct arena arena;   /* lives as long as plan_write() */
	struct arena wishes;  /* lives until listeners have their names */
	struct arena scratch; /* trees; the sink's when an object is finished */

	/* Of plan_build(): a planner with nothing but options and scratch, that must not say, mark or
	 * note anything. What would have to is given up. */
	bool apart, gave_up;

	struct planned_realm *realms; /* as the model */
	struct planned_host *hosts;   /* as the model: realm by realm, "" first, then by name */
	size_t host_count;
	struct map paths; /* of the host that is planned: path to write -> newest rule with it */

	struct site **sites;
	size_t site_count;
	struct names gateways; /* "namespace/name" of those that are made */

	struct route *routes;
	size_t route_count;
	struct l4_route *l4_routes;
	size_t l4_route_count;
	const struct model_l4 **closed; /* held TLSRoutes with a listener all the same */
	size_t closed_count;
	struct map grants;
	struct grant **grant_list;
	size_t grant_count;
	struct issued issued;
	struct map said;
	struct map texts; /* texts that many objects share, to themselves */
	/* What was said last about an annotation that moved: the next Ingress of the same object has
	 * the same to say. */
	struct {
		const struct target *target;
		struct str key, message, field;
	} moved;
	struct {
		const struct target *target;
		struct str message;
	} needs; /* the same about cert-manager and a ListenerSet */
};

/* ---- rules.c, paths.c, guard.c ---- */

/* Fills planner->hosts. What cannot be written is refused here: finding and ledger. */
void rules_plan(struct planner *planner);

/* Marks all items of a rule as refused. */
void rule_refuse(const struct model_rule *rule, const char *code);

/* The value to write for a path, from the arena; empty with a phrase in *why when Gateway API takes
 * none that means the same. */
struct str path_value(struct arena *arena, const struct model_path *path,
		      enum regex_dialect dialect, const char **why);

/* Decides which held rules are written as rules that answer 500, because another rule that is
 * written would take their requests. */
void guards_plan(struct planner *planner);

/* ---- listeners.c, holders.c ---- */

/* Builds sites, units and listeners, and distributes them over Gateway and ListenerSets. */
void listeners_plan(struct planner *planner);

/* Notes that a route of `namespace` attaches. */
void listener_attach(struct planner *planner, struct listener *listener, struct str namespace);

/* Appends a parentRef to `listener` for a route of `namespace`. */
void listener_parent(struct planner *planner, struct node *list, const struct listener *listener,
		     struct str namespace);

void holders_write(struct planner *planner);

/* ---- routes.c, http.c, filters.c, l4.c ---- */

void routes_plan(struct planner *planner);
void http_routes_write(struct planner *planner);

/* Whether two rules do the same with a request: they may be one rule with two matches. */
bool rules_alike(const struct planned_rule *a, const struct planned_rule *b);

/* Writes filters, in the scratch arena; `rule` is the node of the rule, `namespace` the route's. */
void filters_write(struct planner *planner, struct node *rule, const struct model_rule *from,
		   struct str namespace);

/* Fills in a reference to a backend / notes the grant that it needs. */
void backend_write(struct planner *planner, struct node *ref, const struct model_backend *backend,
		   struct str namespace);
void backend_grant(struct planner *planner, const struct model_backend *backend,
		   const char *route_kind, struct str namespace);

/* Layer 4: names of the routes, then (with listeners known) what they attach to, then the objects. */
void l4_plan(struct planner *planner);
void l4_attach(struct planner *planner);
void l4_write(struct planner *planner);

/* ---- policy.c, grants.c ---- */

void policies_write(struct planner *planner);

/* One reference across namespaces; nothing when both namespaces are the same. */
struct reference {
	const char *from_kind;
	struct str from_namespace;
	const char *to_group, *to_kind;
	struct str to_namespace, to_name;
};
void grants_need(struct planner *planner, struct reference reference);
void grants_write(struct planner *planner);

/* ---- metadata.c ---- */

/* What the annotations of the host's Ingresses ask of the object with its listeners. */
struct metadata_key metadata_of_host(struct planner *planner, const struct model_host *host,
				     bool https);
struct metadata_key metadata_of_owner(struct planner *planner, const struct kube_meta *owner);

/* Writes annotations of a Gateway or ListenerSet / of a route, and accounts for them. */
void metadata_write_holder(struct planner *planner, struct node *metadata,
			   const struct holder *holder);
void metadata_write_route(struct planner *planner, struct node *metadata,
			  const struct target *target, const struct kube_meta **owners,
			  size_t owner_count);

/* Accounts for annotations that nothing was written for. */
void metadata_finish(struct planner *planner);

/* ---- issued.c ---- */

/* Finds the certificates that Ingresses ask of cert-manager. Call first. */
void issued_plan(struct planner *planner);

/* The Ingress that has cert-manager make the certificate of this host for this host; NULL: none says so in its spec.tls. */
const struct kube_meta *issued_for(const struct planner *planner, const struct model_host *host);

/* Whether `owner` has cert-manager make the certificate of this host, if only for other hosts. */
bool issued_by(const struct planner *planner, const struct model_host *host,
	       const struct kube_meta *owner);

/* Raises I2G525 for each host of spec.tls that has no listener in the object with the issuer, and marks its entry. Call
 * when entries in use are marked. */
void issued_check(struct planner *planner);

/* ---- object.c ---- */

struct target *target_new(struct planner *planner, const char *kind, struct str namespace,
			  struct str name);

/* The head of an object, in the scratch arena: apiVersion, kind, metadata. */
struct node *object_new(struct planner *planner, const char *version, const struct target *target);
#define GATEWAY_VERSION "gateway.networking.k8s.io/v1"
#define GATEWAY_GROUP "gateway.networking.k8s.io"

/* Hands an object to the sink, and the scratch arena with it. */
void object_write(struct planner *planner, const struct target *target, enum role role,
		  struct node *root);

/* Adds a comment line to a node; control characters and line breaks of the text are escaped. */
void comment_add(struct planner *planner, struct node *node, struct str line);

/* Distinct objects; sorted by namespace and name when they are used. */
struct owners {
	const struct kube_meta **at;
	size_t count;
};
void owners_add(struct arena *arena, struct owners *owners, const struct kube_meta *owner);
void owners_sort(struct owners *owners);

/* "from FILE:LINE Ingress ns/name". */
struct str origin_words(struct planner *planner, const struct kube_meta *owner, struct span span);

/* The same for several, at most four of them. */
void comment_owners(struct planner *planner, struct node *root, struct owners *owners);

/* Raises a finding about the object of `origin` once; the message is formatted. */
void planner_say(struct planner *planner, const char *code, const struct origin *origin,
		 struct str hint, const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The same with a text that is there already, and without looking whether it was raised before. */
void planner_add(struct planner *planner, const char *code, const struct origin *origin,
		 struct str message, struct str hint);

/* The text, from the plan's arena, once for all that are equal. */
struct str planner_text(struct planner *planner, struct str text);

/* Sorts an array of texts and drops duplicates; the new count. */
size_t sort_unique(struct str *texts, size_t count);

int target_compare(const struct target *a, const struct target *b);

#endif
