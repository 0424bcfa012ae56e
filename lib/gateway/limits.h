/* limits.h - the bounds of Gateway API v1.6.1 that a writer must shard around. Source: the published
 * CRDs; the drift test compares. */
#ifndef GATEWAY_LIMITS_H
#define GATEWAY_LIMITS_H

enum {
	GATEWAY_RULES = 16,          /* HTTPRoute.spec.rules */
	GATEWAY_RULE_MATCHES = 64,   /* spec.rules[].matches */
	GATEWAY_ROUTE_MATCHES = 128, /* sum over the rules of a route (CEL) */
	GATEWAY_HOSTNAMES = 16,
	GATEWAY_PARENTS = 32,
	GATEWAY_BACKENDS = 16,     /* spec.rules[].backendRefs */
	GATEWAY_WEIGHT = 1000000,  /* spec.rules[].backendRefs[].weight */
	GATEWAY_HEADER_EDITS = 16, /* set, add and remove, each */
	GATEWAY_LISTENERS = 64,    /* of a Gateway and of a ListenerSet */
	GATEWAY_CERTIFICATES = 64, /* listeners[].tls.certificateRefs */
	GATEWAY_GRANT_FROM = 16,
	GATEWAY_GRANT_TO = 16,
	GATEWAY_NAME = 253,
	GATEWAY_LABEL = 63,
	GATEWAY_HEADER_NAME = 256,
	GATEWAY_HEADER_VALUE = 4096,
	GATEWAY_PATH = 1024,
	GATEWAY_CORS_ITEMS = 64,
	GATEWAY_SESSION_NAME = 128,
};

#endif
