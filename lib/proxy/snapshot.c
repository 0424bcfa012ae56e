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
	struct map said; /* lines: once is enough */
};

static void say_once(struct resolving *of, struct str line)
{
	void **place = map_at(&of->said, line);

	if (!*place)
		of->options->say(of->options->user, line);
	*place = of;
}

static void resolve(struct resolving *of, struct str namespace, struct str name, struct str host)
{
	struct snapshot *snapshot = of->snapshot;

	if (of->options->resolve_dns &&
	    !backends_resolve(&snapshot->backends, namespace, name, host))
		say_once(of, str_format(&snapshot->arena,
					"the host %.*s cannot be found, or is link-local",
					STR_ARG(host)));
}

/* Whether the auth-url at this address of the input is asked: whoever wrote it may not send requests to where
 * credentials of machines are given out. */
static bool may_be_asked(struct resolving *of, const struct route_backend *backend,
			 const struct net_address *address)
{
	const struct backends *backends = &of->snapshot->backends;

	if (backends_find(backends, backend->namespace, backend->name, backend->port))
		return false; /* what was given is */
	if (!net_is_of_machine(address))
		return true;
	say_once(of, str_format(&of->snapshot->arena,
				"the auth-url at %.*s is not asked: it is link-local "
				"(--backend=%.*s=ADDR asks it)",
				STR_ARG(backend->name), STR_ARG(backend->name)));
	return false;
}

static void say_plain(struct resolving *of, const struct route_backend *backend,
		      const struct net_address *address)
{
	if (!backend->tls && !net_is_loopback(address))
		say_once(of,
			 str_format(&of->snapshot->arena,
				    "the auth-url at %.*s is asked without TLS, with the cookies "
				    "and the Authorization of clients",
				    STR_ARG(backend->name)));
}

static void look_at_asked(void *user, const struct route_term *term)
{
	const struct route_guards *guards = term->policy ? term->policy->guards : NULL;
	struct resolving *of = user;
	const struct route_backend *backend;
	const struct backend_host *host;
	struct net_address address;

	if (!guards || !guards->ask)
		return;
	backend = &guards->ask->backend;
	if (str_is(backend->kind, "Host")) {
		resolve(of, (struct str){0}, backend->name, backend->name);
		host = backends_host(&of->snapshot->backends, (struct str){0}, backend->name);
		if (host && host->count)
			say_plain(of, backend, &host->at[0]);
	} else if (str_is(backend->kind, "Address") && net_parse_bare(&address, backend->name) &&
		   may_be_asked(of, backend, &address)) {
		say_plain(of, backend, &address);
	}
}

/* Services of type ExternalName, and what auth-url names. */
static void resolve_all(struct snapshot *snapshot, const struct proxy_options *options)
{
	const struct proxy_world *world = snapshot->world;
	struct resolving of = {.snapshot = snapshot, .options = options};

	map_init(&of.said, &snapshot->arena);
	for (size_t i = 0; world->kube && i < world->kube->service_count; i++) {
		const struct kube_service *service = world->kube->services[i];

		if (str_is(service->type, "ExternalName"))
			resolve(&of, service->meta.namespace, service->meta.name,
				service->external_name);
	}
	for (size_t i = 0; i < world->table_count; i++)
		world->tables[i]->side->terms(world->tables[i], look_at_asked, &of);
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
