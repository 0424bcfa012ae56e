/* status.h - what a conformant controller would write into the status of these objects.
 *
 * Conditions, reasons and counts of Gateway API v1.6.1, worked out from files alone (attach.h). What only
 * a cluster knows is left out: times, generations, addresses that are handed out, whether the data plane
 * has started. A parent that is not in the set gets no entry, as no controller would write one; the lines
 * for people say so all the same.
 */
#ifndef GATEWAY_STATUS_H
#define GATEWAY_STATUS_H

#include "gateway/attach.h"
#include "yaml/node.h"

enum { STATUS_CONDITIONS = 8 }; /* the bound of the CRDs */

struct status_condition {
	const char *type; /* "Accepted" */
	bool is_true;
	const char *reason;
	struct str message;
};

struct status_conditions {
	struct status_condition at[STATUS_CONDITIONS];
	size_t count;
};

/* Messages are made in the arena of `attach`. */
void status_of_class(struct attach *attach, const struct gateway_class *class,
		     struct status_conditions *conditions);
void status_of_gateway(struct attach *attach, const struct attach_gateway *gateway,
		       struct status_conditions *conditions);
void status_of_set(struct attach *attach, const struct attach_set *set,
		   struct status_conditions *conditions);
void status_of_listener(struct attach *attach, const struct attach_listener *listener,
			struct status_conditions *conditions);
void status_of_parent(struct attach *attach, const struct attach_route *route,
		      const struct attach_parent *parent, struct status_conditions *conditions);
void status_of_policy(struct attach *attach, const struct attach_policy *policy,
		      struct status_conditions *conditions);

/* The condition of a type; NULL when it is not set. */
const struct status_condition *status_find(const struct status_conditions *conditions,
					   const char *type);

/* Every object of the set with its status, as apiVersion, kind, metadata and status: classes, Gateways,
 * ListenerSets, routes, policies, each in input order. The node may be dropped after take() returns: it
 * lives in `scratch`, which is rewound. */
void status_objects(struct attach *attach, struct arena *scratch,
		    void (*take)(void *user, const struct node *object), void *user);

/* The same for people: one line for each thing that has conditions of its own. */
struct status_line {
	struct str kind;   /* "HTTPRoute" */
	struct str object; /* "shop/cart" */
	struct str part;   /* listener "https", parent "Gateway infra/public https" */
	/* "yes", "no", or "-" when there is no such condition. */
	const char *accepted, *resolved, *programmed;
	struct str count; /* attached routes or ListenerSets; "" */
	struct str why;   /* reason and message of the first thing that is wrong; "" */
};
void status_lines(struct attach *attach, void (*take)(void *user, const struct status_line *line),
		  void *user);

#endif
