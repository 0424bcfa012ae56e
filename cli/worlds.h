/* worlds.h - the two worlds of one input: what its Ingresses decide today, and what Gateway API objects
 * decide, converted or written by hand.
 */
#ifndef CLI_WORLDS_H
#define CLI_WORLDS_H

#include "converters/convert.h"
#include "converters/sides.h"
#include "gateway/api.h"
#include "route/matcher.h"

/* Gateway API objects as a table. */
struct gateway_world {
	struct arena arena;
	struct kube_set kube, seen; /* of the sources; where references are looked up */
	struct gateway_set set;
	struct findings findings; /* of reading */
	struct sources sources;   /* a converted output; else empty */
	enum matcher_dialect dialect;
	struct route_table *table;
	struct route_table **parts; /* of gateway_world_part() */
	size_t part_count;
};

/* Reads the objects of the sources. `kube` is where Services are looked up, and Secrets are all taken to
 * exist, as the source side does; NULL: both among the same sources. False with the first error when one cannot be read. */
bool gateway_world_read(struct gateway_world *world, const struct sources *sources,
			const struct kube_set *kube, const struct convert_options *options,
			struct error *error);

/* What a conversion wrote, as YAML; the text must outlive the world. */
bool gateway_world_converted(struct gateway_world *world, struct str output,
			     const struct convert_result *result,
			     const struct convert_options *options, struct error *error);

/* A table of some of the Gateways alone, as if nothing else had an address; the world's own. */
const struct route_table *gateway_world_part(struct gateway_world *world,
					     const struct object_ref *gateways, size_t count);

/* Whether the world has the Gateway. */
bool gateway_world_has(const struct gateway_world *world, struct str namespace, struct str name);

/* ConfigMaps that the conversion wrote (authorities of BackendTLSPolicies) become part of what the input holds,
 * for those who serve the routes. The world must outlive the set. */
void gateway_world_lend(struct gateway_world *world, struct kube_set *kube);

/* Whether there is no object of Gateway API at all, of which a comparison could say anything. */
bool gateway_world_is_empty(const struct gateway_world *world);

void gateway_world_finish(struct gateway_world *world);

#endif
