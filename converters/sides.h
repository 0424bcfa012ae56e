/* sides.h - what today's controllers decide: one table for each provider that has Ingresses. */
#ifndef CONVERTERS_SIDES_H
#define CONVERTERS_SIDES_H

#include "converters/convert.h"
#include "route/table.h"

struct side_of {
	const struct provider *provider;
	struct route_table *table;
};

struct sides {
	struct arena arena; /* of what was read; the tables have their own */
	struct side_of at[16];
	size_t count; /* providers without a source side are left out */
};

/* Builds the tables from a set as a conversion with these options would divide it. The set must outlive
 * them. */
void sides_build(struct sides *sides, const struct kube_set *set,
		 const struct convert_options *options);
void sides_finish(struct sides *sides);

#endif
