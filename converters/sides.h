/* sides.h - what today's controllers decide: one table for each controller and provider with Ingresses. */
#ifndef CONVERTERS_SIDES_H
#define CONVERTERS_SIDES_H

#include "converters/convert.h"
#include "route/table.h"

struct side_of {
	const struct provider *provider;
	const struct controller *controller; /* at whose address it is asked */
	uint32_t realm;                      /* the controller's place in `controllers` */
	struct route_table *table;
};

struct sides {
	struct arena arena; /* of what was read; the tables have their own */
	struct claimed claimed;
	struct controllers controllers;
	struct side_of *at; /* by controller, then by provider */
	size_t count;       /* providers without a source side are left out */
};

/* Builds the tables from a set as a conversion with these options would divide it. The set must outlive
 * them. What is not sure of a controller is a gap of its tables. */
void sides_build(struct sides *sides, const struct kube_set *set,
		 const struct convert_options *options);
void sides_finish(struct sides *sides);

/* Whether several providers read the Ingresses of one controller: then hosts that this side does not name
 * may be those of another side with the same address. */
bool sides_share(const struct sides *sides, const struct side_of *side);

#endif
