/* snapshot.h - what requests are decided by: tables, addresses, certificates; never changed, only replaced.
 *
 * The snapshot of a reload is given to each worker, which uses it for new requests; those under way end with
 * the one they began with. It goes when no worker and no request needs it any more.
 */
#ifndef PROXY_SNAPSHOT_H
#define PROXY_SNAPSHOT_H

#include <stdatomic.h>

#include "proxy/backends.h"
#include "proxy/proxy.h"
#include "proxy/tls.h"

struct snapshot {
	_Atomic size_t uses;
	struct proxy_world *world;
	struct arena arena;
	struct backends backends;
	struct tls_store tls;
};

/* Takes the world over. NULL with a sentence when an address does not read; the world is finished then. */
struct snapshot *snapshot_new(struct proxy_world *world, const struct proxy_options *options,
			      struct error *error);

/* One reference less. */
void snapshot_release(struct snapshot *snapshot);

/* A worker's share of a snapshot: counts its requests without touching what other workers touch. */
struct snapshot_use {
	struct snapshot *snapshot;
	size_t count;
};

struct snapshot_use *snapshot_use(struct snapshot *snapshot);

static inline struct snapshot_use *snapshot_join(struct snapshot_use *use)
{
	use->count++;
	return use;
}

void snapshot_leave(struct snapshot_use *use);

/* Connections outlive reloads, their tables may not. */
static inline const struct route_table *snapshot_table(const struct snapshot_use *use,
						       uint32_t number)
{
	const struct proxy_world *world = use->snapshot->world;

	return world->tables[number < world->table_count ? number : 0];
}

#endif
