#include "proxy/snapshot.h"

#include <stdlib.h>

#include "base/bug.h"

static void destroy(struct snapshot *snapshot)
{
	tls_store_finish(&snapshot->tls);
	snapshot->world->finish(snapshot->world);
	arena_finish(&snapshot->arena);
	free(snapshot);
}

struct snapshot *snapshot_new(struct proxy_world *world, const struct proxy_options *options,
			      struct error *error)
{
	struct snapshot *snapshot = calloc(1, sizeof *snapshot);

	if (!snapshot)
		bug_out_of_memory(sizeof *snapshot);
	snapshot->world = world;
	atomic_init(&snapshot->uses, 1);
	arena_init(&snapshot->arena);
	tls_store_init(&snapshot->tls, world->kube);
	backends_init(&snapshot->backends, &snapshot->arena);
	if (world->addresses)
		backends_add_set(&snapshot->backends, world->addresses);
	for (size_t i = 0; i < options->backend_count; i++) {
		if (backends_add(&snapshot->backends, options->backends[i], error))
			continue;
		destroy(snapshot);
		return NULL;
	}
	return snapshot;
}

void snapshot_release(struct snapshot *snapshot)
{
	if (atomic_fetch_sub(&snapshot->uses, 1) == 1)
		destroy(snapshot);
}

struct snapshot_use *snapshot_use(struct snapshot *snapshot)
{
	struct snapshot_use *use = malloc(sizeof *use);

	if (!use)
		bug_out_of_memory(sizeof *use);
	atomic_fetch_add(&snapshot->uses, 1);
	*use = (struct snapshot_use){.snapshot = snapshot, .count = 1};
	return use;
}

void snapshot_leave(struct snapshot_use *use)
{
	if (--use->count)
		return;
	snapshot_release(use->snapshot);
	free(use);
}
