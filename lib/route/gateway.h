/* gateway.h - the Gateway side: Gateway API objects become a table that decides by the letter of the
 * spec (v1.6.1). docs/routing.md says which sentence of the spec each step follows, and what was chosen
 * where the spec leaves it open.
 */
#ifndef ROUTE_GATEWAY_H
#define ROUTE_GATEWAY_H

#include "gateway/api.h"
#include "gateway/regex.h"
#include "route/matcher.h"

struct route_gateway_options {
	enum matcher_dialect dialect; /* of regular expressions: the target's */
	/* The set holds everything that there is, as in a cluster. Otherwise a Service, Secret or
	 * ConfigMap is taken to exist, with every port, when the set has none of its kind in its
	 * namespace. */
	bool complete;
	/* Only Gateways of these GatewayClasses; none: all. */
	const struct str *classes;
	size_t class_count;
	/* Only these Gateways, as if there was no other one in the cluster; NULL: all. */
	const struct object_ref *gateways;
	size_t gateway_count;
};

/* Compiles. The set must outlive the table. Never NULL: a set without Gateways makes a table that
 * closes every connection. */
struct route_table *route_gateway_new(const struct gateway_set *set,
				      const struct route_gateway_options *options);

/* The dialect in which a target reads what `regex_path()` wrote for it. */
enum matcher_dialect route_gateway_dialect(enum regex_dialect dialect);

#endif
