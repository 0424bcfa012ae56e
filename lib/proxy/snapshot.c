#include "proxy/snapshot.h"

#include <stdlib.h>

#include "base/bug.h"
#include "route/guards.h"

static void destroy(struct snapshot *snapshot)
{
	tls_store_finish(&snapshot->tls);
	snapshot->world->finish(snapshot->world);
	arena_finish(&snapshot->arena);
	free(snapshot);
}

/* ---- names ---- */

struct resolving {
	struct snapshot *snapshot;
	const struct proxy_options *options;
};

static void resolve(const struct resolving *of, struct str namespace, struct str name,
		    struct str host)
{
	struct snapshot *snapshot = of->snapshot;

	if (!backends_resolve(&snapshot->backends, namespace, name, host))
		of->options->say(of->options->user,
				 str_format(&snapshot->arena, "the host %.*s cannot be found",
					    STR_ARG(host)));
}

static void resolve_asked(void *user, const struct route_term *term)
{
	const struct route_guards *guards = term->policy ? term->policy->guards : NULL;

	if (guards && guards->ask && str_is(guards->ask->backend.kind, "Host"))
		resolve(user, (struct str){0}, guards->ask->backend.name,
			guards->ask->backend.name);
}

/* Services of type ExternalName, and hosts that auth-url names. */
static void resolve_all(struct snapshot *snapshot, const struct proxy_options *options)
{
	const struct proxy_world *world = snapshot->world;
	struct resolving of = {snapshot, options};

	for (size_t i = 0; world->kube && i < world->kube->service_count; i++) {
		const struct kube_service *service = world->kube->services[i];

		if (str_is(service->type, "ExternalName"))
			resolve(&of, service->meta.namespace, service->meta.name,
				service->external_name);
	}
	for (size_t i = 0; i < world->table_count; i++)
		world->tables[i]->side->terms(world->tables[i], resolve_asked, &of);
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
	if (options->resolve_dns)
		resolve_all(snapshot, options);
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
