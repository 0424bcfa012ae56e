#include "cli/worlds.h"

#include "route/gateway.h"

static void compile(struct gateway_world *world, const struct convert_options *options)
{
	const struct emitter *emitter = options->emitter;

	world->dialect = route_gateway_dialect(emitter ? emitter->dialect : REGEX_RE2_FULL);
	world->table = route_gateway_new(
		&world->set, &(struct route_gateway_options){.dialect = world->dialect});
}

const struct route_table *gateway_world_part(struct gateway_world *world,
					     const struct object_ref *gateways, size_t count)
{
	const struct object_ref none = {.kind = STR_INIT("Gateway")};
	const struct route_gateway_options options = {.dialect = world->dialect,
						      .gateways = gateways ? gateways : &none,
						      .gateway_count = count};
	struct route_table *table = route_gateway_new(&world->set, &options);

	ARENA_PUSH(&world->arena, world->parts, world->part_count, table);
	return table;
}

bool gateway_world_has(const struct gateway_world *world, struct str namespace, struct str name)
{
	for (size_t i = 0; i < world->set.gateway_count; i++)
		if (str_eq(world->set.gateways[i]->meta.name, name) &&
		    str_eq(world->set.gateways[i]->meta.namespace, namespace))
			return true;
	return false;
}

bool gateway_world_read(struct gateway_world *world, const struct sources *sources,
			const struct kube_set *kube, const struct convert_options *options,
			struct error *error)
{
	/* --namespace chooses among Ingresses. Gateway, routes and grants stand in several. */
	struct kube_load_options load = options->load;
	bool complete;

	load.namespace = STR("");
	arena_init(&world->arena);
	findings_init(&world->findings, &world->arena);
	complete = gateway_load(&world->set, &world->kube, &world->arena, sources, &load,
				&world->findings, error);
	if (kube) {
		world->seen = *kube;
		world->seen.secret_count = 0;
		map_init(&world->seen.secret_map, &world->arena);
		world->set.kube = &world->seen;
	}
	compile(world, options);
	return complete;
}

bool gateway_world_converted(struct gateway_world *world, struct str output,
			     const struct convert_result *result,
			     const struct convert_options *options, struct error *error)
{
	sources_add(&world->sources, (struct source){.name = STR("(converted)"), .text = output});
	return gateway_world_read(world, &world->sources, &result->set, options, error);
}

void gateway_world_lend(struct gateway_world *world, struct kube_set *kube)
{
	for (size_t i = 0; i < world->kube.config_map_count; i++) {
		struct kube_config_map *map = world->kube.config_maps[i];
		struct str key =
			STR_JOIN(&world->arena, map->meta.namespace, STR("/"), map->meta.name);
		void **at = map_at(&kube->config_map_map, key);

		if (!*at)
			*at = map;
	}
}

bool gateway_world_is_empty(const struct gateway_world *world)
{
	const struct gateway_set *set = &world->set;

	return !set->class_count && !set->gateway_count && !set->listener_set_count &&
	       !set->route_count && !set->policy_count && !set->grant_count;
}

void gateway_world_finish(struct gateway_world *world)
{
	if (!world->table)
		return;
	for (size_t i = 0; i < world->part_count; i++)
		route_table_destroy(world->parts[i]);
	route_table_destroy(world->table);
	kube_set_finish(&world->kube);
	sources_finish(&world->sources);
	arena_finish(&world->arena);
}
