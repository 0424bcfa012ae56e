/* route_naive.h - tables and requests made of bytes, and a router that looks at everything.
 *
 * The naive router knows no index: for each request it walks all listeners, bindings, rules and matches
 * and keeps the best by the words of the specification. What it says is held against lib/route by
 * fuzz_route and by test_route_naive.
 */
#ifndef TESTS_ROUTE_NAIVE_H
#define TESTS_ROUTE_NAIVE_H

#include "base/buf.h"
#include "gateway/attach.h"
#include "route/gateway.h"

/* Choices: bytes as long as there are some, then a generator; without seed zeros. */
struct naive_bytes {
	const uint8_t *at;
	size_t left;
	uint64_t seed;
};
unsigned naive_below(struct naive_bytes *bytes, unsigned limit);

/* A world of one or two Gateways with listeners, routes and grants, as YAML. */
void naive_world(struct naive_bytes *bytes, struct buf *yaml);

/* A request that has some chance to fit it. Headers go to `headers`, which has room for four. */
struct route_request naive_request(struct naive_bytes *bytes, struct route_header headers[4]);

struct naive_answer {
	enum route_action action;
	unsigned status;                   /* of an answer; 0 when a rule was found */
	const struct gateway_route *route; /* NULL: none */
	int rule, match;
};

/* `scratch` is for patterns only. */
struct naive_answer naive_decide(const struct attach *attach, const struct route_request *request,
				 struct matchers *matchers, struct route_scratch *scratch);

/* Reads a world, compiles it, asks `requests` times. NULL when both agree every time, else what differs,
 * in a static buffer. */
const char *naive_compare(struct naive_bytes *bytes, unsigned requests);

#endif
