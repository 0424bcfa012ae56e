#include "cli/diff_world.h"

#include <signal.h>

#include "cli/lost.h"
#include "cli/say.h"

static bool fail(const struct error *error)
{
	say_error("%s", error->text);
	return false;
}

static void take_text(void *user, const struct convert_object *object, struct str text)
{
	(void)object;
	buf_str(user, text);
}

/* ---- the two sides ---- */

static bool read_against(struct diff_world *world, struct cli *cli,
			 const struct input_values *input, const struct texts *against,
			 const struct convert_options *options)
{
	struct input_values values = *input;
	const struct texts none = {NULL, 0};
	struct error error;

	values.files = *against;
	if (!inputs_open(&world->against, &values, &none, &cli->arena))
		return false;
	if (!gateway_world_read(&world->after, &world->against, NULL, options, &error))
		return fail(&error);
	world->lost |= lost_say(&world->after.findings, &world->against) > 0;
	if (!gateway_world_is_empty(&world->after))
		return true;
	say_error("nothing to compare: --against holds no object of Gateway API");
	return false;
}

/* Without Ingress the input is the candidate itself, and nothing is known of the live side. */
static bool read_after(struct diff_world *world, const struct convert_options *options)
{
	struct error error;

	if (world->result.set.ingress_count && !world->result.ingress_count) {
		lost_say_no_ingress(&world->result, "to compare");
		return false;
	}
	if (world->result.set.ingress_count)
		return gateway_world_converted(&world->after, buf_slice(&world->output),
					       &world->result, options, &error) ||
		       fail(&error);
	if (!gateway_world_read(&world->after, &world->sources, NULL, options, &error))
		return fail(&error);
	world->lost |= lost_say(&world->after.findings, &world->sources) > 0;
	if (!gateway_world_is_empty(&world->after))
		return true;
	if (world->result.set.left_out_count)
		lost_say_no_ingress(&world->result, "to compare");
	else
		say_error("nothing to compare: the input holds neither an Ingress nor an object "
			  "of Gateway API");
	return false;
}

/* Each controller has an address of its own, and a Gateway: two pairs of addresses, two runs. */
static void ask_which(const struct diff_world *world)
{
	const struct controller *controller = world->sides.controllers.at[0];
	struct buf classes;

	say_error("the input has Ingresses of several controllers, and --live is one of them: say "
		  "which");
	buf_init(&classes);
	for (size_t i = 0; i < controller->class_count; i++)
		buf_format(&classes, "%s%.*s", i ? "," : "", STR_ARG(controller->classes[i]));
	say_hint("--ingress-class=%.*s; --namespace and --selector choose Ingresses too",
		 STR_ARG(classes.len ? buf_slice(&classes) : STR("NAME")));
	buf_finish(&classes);
}

static bool choose_sides(struct diff_world *world)
{
	if (world->sides.count > 1) {
		ask_which(world);
		return false;
	}
	world->models = (struct diff_models){.to = world->after.table};
	if (world->sides.count) {
		world->models.from = world->sides.at[0].table;
		world->models.findings = &world->result.findings;
		world->tables[world->table_count++] = world->models.from;
	}
	world->tables[world->table_count++] = world->models.to;
	return true;
}

bool diff_world_read(struct diff_world *world, struct cli *cli, const struct input_values *input,
		     const struct texts *against, const struct convert_options *options)
{
	const struct convert_sink sink = {&world->output, take_text};
	struct convert_options own = *options;
	struct error error;

	buf_init(&world->output);
	own.format = OUTPUT_YAML;
	own.load.keep_keys = true;
	if (!inputs_open(&world->sources, input, &cli->args, &cli->arena))
		return false;
	if (!convert_run(&world->result, &world->sources, &own, &sink, &error))
		return fail(&error);
	world->lost |= lost_say(&world->result.findings, &world->sources) > 0;
	sides_build(&world->sides, &world->result.set, &own);
	return (against->count ? read_against(world, cli, input, against, &own)
			       : read_after(world, &own)) &&
	       choose_sides(world);
}

/* ---- what does not show ---- */

static bool hashes(const struct model_rule *rule)
{
	for (size_t i = 0; i < rule->feature_count; i++)
		if (rule->features[i]->feature == FEATURE_HASH_BALANCING &&
		    !rule->features[i]->inert)
			return true;
	return false;
}

/* One client asks, and pods are no part of a comparison: whether all requests of a key go to one of them is not seen. */
void diff_world_note_unseen(const struct diff_world *world, struct ignore *ignore)
{
	const struct model *model = &world->result.model;
	struct buf words;

	buf_init(&words);
	for (size_t host = 0; host < model->host_count; host++)
		for (size_t i = 0; i < model->hosts[host]->rule_count; i++) {
			const struct model_rule *rule = model->hosts[host]->rules[i];

			if (!hashes(rule))
				continue;
			buf_clear(&words);
			buf_format(&words, "the endpoint that a hash chooses for Ingress %.*s/%.*s",
				   STR_ARG(rule->origin.object->namespace),
				   STR_ARG(rule->origin.object->name));
			ignore_note(ignore, buf_slice(&words));
		}
	buf_finish(&words);
}

/* ---- serving ---- */

/* The tables are the world's own, and are there already. */
static void finish_nothing(struct proxy_world *served)
{
	(void)served;
}

static struct proxy_world *load(void *user, struct error *error)
{
	struct diff_world *world = user;

	(void)error;
	gateway_world_lend(&world->after, &world->result.set);
	world->served = (struct proxy_world){
		.tables = (const struct route_table **)&world->models.to,
		.table_count = 1,
		.kube = world->after.set.route_count && !world->result.set.ingress_count
				? &world->after.kube
				: &world->result.set,
		.routes = world->after.set.route_count,
		.finish = finish_nothing,
	};
	return &world->served;
}

static void say_nothing(void *user, struct str line)
{
	(void)user;
	(void)line;
}

struct fronts {
	struct arena *arena;
	struct ask_port *at;
	size_t count;
};

static void take_front(void *user, const struct proxy_front *front)
{
	struct fronts *fronts = user;

	ARENA_PUSH(fronts->arena, fronts->at, fronts->count,
		   (struct ask_port){front->port, front->bound});
}

bool diff_world_serve(struct diff_world *world, struct cli *cli, const struct texts *backends,
		      struct ask_target *target)
{
	static const struct proxy_listen listens[] = {{.address = STR_INIT("127.0.0.1:0")}};
	struct fronts fronts = {.arena = &cli->arena};
	struct str *list = arena_array(&cli->arena, struct str, backends->count + 1);
	struct error error;

	for (size_t i = 0; i < backends->count; i++)
		list[i] = str_from(backends->at[i]);
	world->options = proxy_defaults;
	world->options.load = load;
	world->options.say = say_nothing;
	world->options.user = world;
	world->options.listens = listens;
	world->options.listen_count = 1;
	world->options.backends = list;
	world->options.backend_count = backends->count;
	world->options.workers = 1;
	world->options.log = PROXY_LOG_OFF;
	world->options.drain_ms = 1000;
	signal(SIGPIPE, SIG_IGN);
	world->proxy = proxy_start(&world->options, &error);
	if (!world->proxy)
		return fail(&error);
	proxy_fronts(world->proxy, take_front, &fronts);
	*target = (struct ask_target){.name = STR_INIT("the converted routes, served here"),
				      .address = STR_INIT("127.0.0.1"),
				      .ports = fronts.at,
				      .port_count = fronts.count,
				      .insecure = true};
	return true;
}

void diff_world_finish(struct diff_world *world)
{
	proxy_stop(world->proxy);
	gateway_world_finish(&world->after);
	sides_finish(&world->sides);
	convert_finish(&world->result);
	buf_finish(&world->output);
	sources_finish(&world->against);
	sources_finish(&world->sources);
}
