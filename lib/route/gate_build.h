/* gate_build.h - a table while it grows. Private to gate_build.c and gate_table.c.
 *
 * All listeners of a front come first, then the routes on them, then gate_builder_finish().
 */
#ifndef ROUTE_GATE_BUILD_H
#define ROUTE_GATE_BUILD_H

#include "route/gate.h"

struct gate_growing {
	struct gate_front front;
	struct gate_host **hosts;
	size_t count;
	struct map names; /* of hosts */
};

struct gate_builder {
	struct gate_table *table;
	struct arena scratch, growing; /* `growing`: literals, until paths_build() copies them */
	struct gate_growing **fronts;
	size_t count;
	struct map front_map; /* by Gateway and port */
	struct map rules;     /* of routes */
	struct paths_literal *literals;
	size_t literal_count;
	uint32_t host_ids;
};

void gate_builder_init(struct gate_builder *builder, struct gate_table *table);

/* The front of a port, created when new. */
struct gate_growing *gate_growing_front(struct gate_builder *builder, const struct gateway *gateway,
					uint32_t port, bool udp);

void gate_grow_listener(struct gate_builder *builder, struct gate_growing *front,
			const struct gate_listener *listener);

/* A route on a listener under one name (lower case; "" every name), which both allow. */
void gate_grow_route(struct gate_builder *builder, struct gate_listener *listener,
		     const struct gateway_route *route, struct str name);

/* Fills in the table, and ends the builder. */
void gate_builder_finish(struct gate_builder *builder);

#endif
