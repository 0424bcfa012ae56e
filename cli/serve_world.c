#include "cli/serve_world.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bug.h"
#include "base/pages.h"
#include "cli/lost.h"
#include "cli/say.h"
#include "cli/serve_origin.h"
#include "cli/worlds.h"
#include "converters/sides.h"

struct serve_world {
	struct proxy_world proxy; /* first */
	struct arena arena;
	struct sources sources, address_sources;
	struct convert_result converted;
	struct buf output;
	struct gateway_world gateway;
	struct sides sides;
	struct kube_set addresses;
	struct serve_origins origins;
	struct str *titles; /* of the tables of sides */
	size_t title_count;
	bool has_converted, has_addresses;
};

static void finish(struct proxy_world *proxy)
{
	struct serve_world *world = (struct serve_world *)proxy;

	gateway_world_finish(&world->gateway);
	if (world->has_converted) {
		sides_finish(&world->sides);
		convert_finish(&world->converted);
	}
	if (world->has_addresses)
		kube_set_finish(&world->addresses);
	buf_finish(&world->output);
	sources_finish(&world->address_sources);
	sources_finish(&world->sources);
	arena_finish(&world->arena);
	free(world);
}

/* ---- reading ---- */

/* `user` is NULL when nobody wants the objects. */
static void take_text(void *user, const struct convert_object *object, struct str text)
{
	(void)object;
	if (user)
		buf_str(user, text);
}

static void say_held(size_t count)
{
	struct buf line;

	buf_init(&line);
	buf_format(&line, "%zu rule%s held back and not served: 'ingress2gw lint' says why\n",
		   count, count == 1 ? " is" : "s are");
	say_bytes(STDERR_FILENO, "standard error", buf_slice(&line));
	buf_finish(&line);
}

/* In a cluster each has an address of its own, and what one serves is not reached by way of another. */
static void say_shared(const struct controllers *controllers)
{
	struct buf line;

	buf_init(&line);
	buf_format(&line,
		   "%zu controllers serve the Ingresses; their Gateways share an address here and "
		   "are told apart by host: --gateway-addresses=loopback gives each its own\n",
		   controllers->count);
	say_bytes(STDERR_FILENO, "standard error", buf_slice(&line));
	buf_finish(&line);
}

static bool convert(struct serve_world *world, struct serve_inputs *inputs, struct error *error)
{
	const struct convert_sink sink = {inputs->ingress ? NULL : &world->output, take_text};
	bool read;

	inputs->options.load.keep_keys = true;
	inputs->options.format = OUTPUT_YAML;
	inputs->options.plan.comments = inputs->origins;
	read = convert_run(&world->converted, &world->sources, &inputs->options, &sink, error);
	world->has_converted = true;
	if (inputs->ingress)
		sides_build(&world->sides, &world->converted.set, &inputs->options);
	if (!read)
		return false;
	if (lost_say(&world->converted.findings, &world->sources))
		return error_set(error, "a document cannot be read");
	if (world->converted.held_count && !inputs->ingress && !inputs->quiet)
		say_held(world->converted.held_count);
	if (world->converted.controllers.count > 1 && !inputs->ingress && !inputs->own_addresses &&
	    !inputs->quiet)
		say_shared(&world->converted.controllers);
	/* Model, ledger and findings are three times as large as the objects that they are of. */
	convert_forget(&world->converted);
	return true;
}

static bool read_gateway(struct serve_world *world, struct serve_inputs *inputs,
			 struct error *error)
{
	if (world->converted.set.ingress_count) {
		bool read = gateway_world_converted(&world->gateway, buf_slice(&world->output),
						    &world->converted, &inputs->options, error);

		if (inputs->origins)
			serve_origins_read(&world->origins, &world->arena,
					   buf_slice(&world->output));
		/* What was read is kept; its text, 1 KB a route, is not looked at any more. */
		world->gateway.sources.at[0].text = (struct str){0};
		buf_finish(&world->output);
		gateway_world_lend(&world->gateway, &world->converted.set);
		return read;
	}
	if (!gateway_world_read(&world->gateway, &world->sources, NULL, &inputs->options, error))
		return false;
	if (lost_say(&world->gateway.findings, &world->sources))
		return error_set(error, "a document cannot be read");
	return true;
}

static bool open_sources(struct sources *sources, const struct input_values *values,
			 const struct texts *paths, struct arena *arena, struct error *error)
{
	return inputs_open(sources, values, paths, arena) ||
	       error_set(error, "not every input can be read");
}

static bool read_addresses(struct serve_world *world, const struct serve_inputs *inputs,
			   struct error *error)
{
	const struct input_values values = {.files = *inputs->addresses};
	const struct texts none = {NULL, 0};
	const struct kube_load_options load = {.silent = true, .threads = 1};
	struct findings findings;

	if (!inputs->addresses->count)
		return true;
	if (!open_sources(&world->address_sources, &values, &none, &world->arena, error))
		return false;
	findings_init(&findings, &world->arena);
	world->has_addresses = true;
	return kube_load(&world->addresses, &world->arena, &world->address_sources, &load,
			 &findings, error);
}

/* ---- where routes come from ---- */

static struct str origin(const struct proxy_world *proxy, const struct route_place *place,
			 struct arena *arena)
{
	const struct serve_world *world = (const struct serve_world *)proxy;
	struct str name;

	if (!place->object)
		return (struct str){NULL, 0};
	if (world->origins.arena)
		return serve_origin(&world->origins, place->object, arena);
	name = source_name(&world->sources, place->span.source);
	return name.len && place->span.line
		       ? str_format(arena, "%.*s:%u", STR_ARG(name), place->span.line)
		       : name;
}

/* ---- tables ---- */

static void add_table(struct serve_world *world, const struct route_table *table)
{
	ARENA_PUSH(&world->arena, world->proxy.tables, world->proxy.table_count, table);
}

/* Each controller has an address of its own; with one controller nobody asks whose it is. */
static void add_side(struct serve_world *world, const struct side_of *side)
{
	struct str title = controller_words(side->controller, &world->arena);

	add_table(world, side->table);
	ARENA_PUSH(&world->arena, world->titles, world->title_count, title);
	world->proxy.titles = world->sides.count > 1 ? world->titles : NULL;
}

static bool choose_tables(struct serve_world *world, const struct serve_inputs *inputs,
			  struct error *error)
{
	if (!inputs->ingress) {
		add_table(world, world->gateway.table);
		world->proxy.sources =
			world->gateway.sources.count ? &world->gateway.sources : &world->sources;
		world->proxy.routes = world->gateway.set.route_count;
		world->proxy.kube = world->converted.set.ingress_count ? &world->converted.set
								       : &world->gateway.kube;
		return true;
	}
	for (size_t i = 0; i < world->sides.count; i++)
		add_side(world, &world->sides.at[i]);
	world->proxy.sources = &world->sources;
	world->proxy.routes = world->converted.set.ingress_count;
	world->proxy.kube = &world->converted.set;
	return world->proxy.table_count ||
	       error_set(error, "no Ingress of a controller whose behaviour is known");
}

/* ---- what changes ---- */

static void stamp_file(uint64_t *stamp, const char *path)
{
	struct stat status = {0};
	uint64_t parts[4];

	if (stat(path, &status) != 0)
		status.st_ino = 0;
	parts[0] = (uint64_t)status.st_ino;
	parts[1] = (uint64_t)status.st_size;
	parts[2] = (uint64_t)status.st_mtim.tv_sec;
	parts[3] = (uint64_t)status.st_mtim.tv_nsec;
	*stamp = (*stamp ^ str_hash((struct str){(const char *)parts, sizeof parts})) *
		 0x9e3779b97f4a7c15u;
}

static void stamp_directory(uint64_t *stamp, const char *path)
{
	char directory[4096];
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;

	if (!slash || len >= sizeof directory) {
		stamp_file(stamp, ".");
		return;
	}
	memcpy(directory, path, len);
	directory[len] = '\0';
	stamp_file(stamp, len ? directory : "/");
}

static void stamp_sources(uint64_t *stamp, const struct sources *sources)
{
	for (uint32_t i = 0; i < sources->count; i++) {
		if (!sources->at[i].path)
			continue;
		stamp_file(stamp, sources->at[i].path);
		stamp_directory(stamp, sources->at[i].path);
	}
}

static uint64_t stamp_of(const struct serve_inputs *inputs, struct arena *arena)
{
	const struct input_values addresses = {.files = *inputs->addresses, .silent = true};
	struct input_values values = *inputs->values;
	const struct texts none = {NULL, 0};
	struct sources sources = {0};
	uint64_t stamp = 1;

	/* Who reads them says what cannot be read. */
	values.silent = true;
	inputs_open(&sources, &values, inputs->paths, arena);
	if (inputs->addresses->count)
		inputs_open(&sources, &addresses, &none, arena);
	stamp_sources(&stamp, &sources);
	sources_finish(&sources);
	return stamp;
}

bool serve_world_changed(struct serve_inputs *inputs)
{
	struct arena arena;
	uint64_t stamp;

	arena_init(&arena);
	stamp = stamp_of(inputs, &arena);
	arena_finish(&arena);
	return stamp != inputs->stamp;
}

/* ---- all of it ---- */

/* Standard input has been read; there is nothing in it any more. */
static bool reads_standard_input(const struct serve_inputs *inputs)
{
	if (!inputs->paths->count && !inputs->values->files.count)
		return true;
	for (size_t i = 0; i < inputs->paths->count; i++)
		if (strcmp(inputs->paths->at[i], "-") == 0)
			return true;
	for (size_t i = 0; i < inputs->values->files.count; i++)
		if (strcmp(inputs->values->files.at[i], "-") == 0)
			return true;
	return false;
}

static bool load(struct serve_world *world, struct serve_inputs *inputs, struct error *error)
{
	if (inputs->loads && reads_standard_input(inputs))
		return error_set(error, "standard input cannot be read again");
	if (!reads_standard_input(inputs))
		inputs->stamp = stamp_of(inputs, &world->arena);
	return open_sources(&world->sources, inputs->values, inputs->paths, &world->arena, error) &&
	       convert(world, inputs, error) && read_addresses(world, inputs, error) &&
	       (inputs->ingress || read_gateway(world, inputs, error)) &&
	       choose_tables(world, inputs, error);
}

struct proxy_world *serve_world_load(struct serve_inputs *inputs, struct error *error)
{
	struct serve_world *world = calloc(1, sizeof *world);

	if (!world)
		bug_out_of_memory(sizeof *world);
	arena_init(&world->arena);
	buf_init(&world->output);
	world->proxy.finish = finish;
	world->proxy.origin = origin;
	if (!load(world, inputs, error)) {
		finish(&world->proxy);
		return NULL;
	}
	inputs->loads++;
	if (world->has_addresses)
		world->proxy.addresses = &world->addresses;
	/* The proxy stays as long as it may; what reading and converting took need not. */
	pages_trim();
	return &world->proxy;
}
