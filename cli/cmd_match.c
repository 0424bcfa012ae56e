#include "cli/cmd.h"

#include <stdlib.h>
#include <unistd.h>

#include "check/rules.h"
#include "cli/conversion_flags.h"
#include "cli/inputs.h"
#include "cli/lost.h"
#include "cli/match_request.h"
#include "cli/match_text.h"
#include "cli/pairs.h"
#include "cli/worlds.h"
#include "route/verify_explain.h"

static const char *const formats[] = {"text", "json", NULL};

struct command_values {
	struct input_values input;
	struct conversion_values conversion;
	struct match_values match;
};

#define AT(field) .offset = offsetof(struct match_values, field)

static const struct flag flags[] = {
	{
		.name = "header",
		.letter = 'H',
		.kind = FLAG_LIST,
		.argument = "'NAME: VALUE'",
		.help = "a header of the request",
		.more = "May be given several times. Host replaces the host of the URL, but "
			"neither the port nor the server name.",
		AT(headers),
	},
	{
		.name = "sni",
		.kind = FLAG_TEXT,
		.argument = "NAME",
		.help = "the server name of the TLS handshake; empty: none is sent",
		.more = "Without it, the host of the URL.",
		AT(sni),
	},
	{
		.name = "from",
		.kind = FLAG_TEXT,
		.argument = "CIDR",
		.help = "the address of the client, or a network it is in",
		AT(from),
	},
	{
		.name = "against",
		.kind = FLAG_LIST,
		.argument = "PATH",
		.help = "compare with the Gateway API objects of this file or directory",
		.more = "Without it, with what convert writes for the same Ingresses. May be given "
			"several times.",
		AT(against),
	},
	{
		.name = "output",
		.letter = 'o',
		.kind = FLAG_CHOICE,
		.choices = formats,
		.help = "columns for people, or JSON",
		AT(output),
	},
};

static const struct flag_group match_group = {"Request", flags, sizeof flags / sizeof *flags};

static const struct flag_section sections[] = {
	{&input_flags, offsetof(struct command_values, input)},
	{&match_group, offsetof(struct command_values, match)},
	{&selection_flags, offsetof(struct command_values, conversion)},
	{&target_flags, offsetof(struct command_values, conversion)},
	{NULL, 0},
};

struct job {
	struct cli *cli;
	const struct command_values *values;
	struct convert_options options;
	struct route_request request;
	struct sources sources, against;
	struct convert_result converted;
	struct buf output;
	struct gateway_world before, after;
	struct sides sides;
	struct pairs pairs;
	const struct pair *asked; /* NULL: there is no Ingress */
	struct route_scratch scratch[2];
	struct findings unusable; /* what is not compared; spans are in `all` */
	struct sources all;       /* those of both sides; owns none of them */
	bool incomplete, empty;   /* empty: a side that has nothing to ask */
};

static void fail(struct job *job, const struct error *error)
{
	say_error("%s", error->text);
	job->incomplete = true;
}

/* ---- the two worlds ---- */

static void take_text(void *user, const struct convert_object *object, struct str text)
{
	(void)object;
	buf_str(user, text);
}

static void convert(struct job *job)
{
	const struct convert_sink sink = {&job->output, take_text};
	struct error error;

	job->options.format = OUTPUT_YAML;
	if (!convert_run(&job->converted, &job->sources, &job->options, &sink, &error))
		fail(job, &error);
	lost_say(&job->converted.findings, &job->sources);
	lost_collect(&job->unusable, &job->converted.findings, NULL, 0);
	sides_build(&job->sides, &job->converted.set, &job->options);
}

/* Nothing answers nothing: status 1 is for a Gateway that does not serve the request. */
static void check_side(struct job *job, const struct gateway_world *world, const char *which)
{
	if (!gateway_world_is_empty(world))
		return;
	say_error("nothing to ask: %s", which);
	job->empty = true;
}

static void read_against(struct job *job)
{
	struct input_values input = job->values->input;
	const struct texts none = {NULL, 0};
	struct error error;

	input.files = job->values->match.against;
	job->incomplete |= !inputs_open(&job->against, &input, &none, &job->cli->arena);
	if (!gateway_world_read(&job->after, &job->against, NULL, &job->options, &error))
		fail(job, &error);
	lost_say(&job->after.findings, &job->against);
	lost_collect(&job->unusable, &job->after.findings, NULL, job->sources.count);
	check_side(job, &job->after, "--against holds no object of Gateway API");
}

/* Gateway API objects beside no Ingress are the only side there is, or today's side of --against. */
static void read_objects(struct job *job, struct gateway_world *world)
{
	struct error error;

	if (!gateway_world_read(world, &job->sources, NULL, &job->options, &error))
		fail(job, &error);
	lost_collect(&job->unusable, &world->findings, "I2G617", 0);
	check_side(job, world, "the input holds neither an Ingress nor an object of Gateway API");
}

static void read_worlds(struct job *job)
{
	bool ingresses = job->converted.set.ingress_count > 0;
	struct error error;

	if (job->values->match.against.count) {
		read_against(job);
		if (!ingresses)
			read_objects(job, &job->before);
	} else if (!ingresses) {
		read_objects(job, &job->after);
	} else if (!gateway_world_converted(&job->after, buf_slice(&job->output), &job->converted,
					    &job->options, &error)) {
		fail(job, &error);
	}
}

static bool pair_sides(struct job *job)
{
	const struct pairs_input input = {.sides = &job->sides,
					  .result = &job->converted,
					  .after = &job->after,
					  .by_hand = job->values->match.against.count > 0};
	struct error error;

	if (pairs_make(&job->pairs, &job->cli->arena, &input, &error))
		return true;
	say_error("%s", error.text);
	return false;
}

/* ---- asking ---- */

/* Each controller has an address of its own; the request goes to the first one that serves it. */
static const struct pair *pair_for(struct job *job, struct match_result *result)
{
	const struct pair *best = NULL;
	struct route_decision made;

	for (size_t i = 0; i < job->pairs.count; i++) {
		const struct pair *pair = &job->pairs.at[i];

		route_decide(pair->from->table, &job->request, &job->scratch[0], &made);
		if (!made.place.object)
			continue;
		if (!best)
			best = pair;
		else if (best->from->realm != pair->from->realm)
			result->elsewhere = pair->title;
	}
	return best || !job->pairs.count ? best : &job->pairs.at[0];
}

static const struct route_table *ask_today(struct job *job, struct match_result *result)
{
	struct match_side *side = &result->sides[0];

	side->sources = &job->sources;
	side->spans = true;
	if (job->before.table) {
		side->title = "Gateway API, before";
		side->table = job->before.table;
		route_decide(job->before.table, &job->request, &job->scratch[0], &side->decision);
		return job->before.table;
	}
	job->asked = pair_for(job, result);
	if (!job->asked)
		return NULL;
	if (job->pairs.several)
		result->at = job->asked->title;
	side->table = job->asked->from->table;
	side->title = side->table->side->title;
	route_decide(side->table, &job->request, &job->scratch[0], &side->decision);
	return side->table;
}

static void ask_gateway(struct job *job, struct match_side *side)
{
	const struct emitter *emitter = job->options.emitter;
	bool against = job->values->match.against.count > 0;

	side->sources = against                    ? &job->against
			: job->after.sources.count ? &job->after.sources
						   : &job->sources;
	side->spans = !job->after.sources.count;
	side->title = against || !job->after.sources.count
			      ? "Gateway API"
			      : str_format(&job->cli->arena, "Gateway API (%s)",
					   emitter ? emitter->name : "standard")
					.at;
	side->table = job->asked ? job->asked->to : job->after.table;
	route_decide(side->table, &job->request, &job->scratch[1], &side->decision);
}

static bool serves(const struct match_side *side)
{
	const struct route_decision *decision = &side->decision;

	return side->title && (decision->place.object || decision->action == ROUTE_FORWARD ||
			       decision->action == ROUTE_REDIRECT ||
			       (decision->action == ROUTE_ANSWER && !decision->status));
}

static void compare(struct job *job, const struct route_table *today, struct match_result *result)
{
	struct verify_question question = {
		.from = today,
		.to = result->sides[1].table,
		.findings = job->asked ? job->asked->findings : &job->converted.findings,
		.explains = rule_explains,
		.request = &job->request,
		.decisions = {&result->sides[0].decision, &result->sides[1].decision},
	};

	result->aspects = route_compare(question.decisions[0], question.decisions[1]);
	result->differs = result->aspects & ~(unsigned)ROUTE_DIFFERS_POLICY;
	/* What a conversion announces says nothing about objects that somebody wrote. */
	result->explained = result->aspects && !job->values->match.against.count;
	if (result->explained)
		verify_explain(&question, &result->covers);
}

static int tell(struct job *job, const struct match_result *result)
{
	struct buf buf;
	bool written;

	buf_init(&buf);
	if (job->values->match.output)
		match_json(&buf, result);
	else
		match_text(&buf, result, job->cli->out.width, job->cli->global.verbose > 0);
	written = say_bytes(STDOUT_FILENO, "standard output", buf_slice(&buf));
	buf_finish(&buf);
	if (!written || job->incomplete)
		return STATUS_INCOMPLETE;
	return result->differs || result->nothing || job->unusable.count ? STATUS_FINDINGS
									 : STATUS_DONE;
}

/* Findings have places in the files of both sides. */
static void join_sources(struct job *job)
{
	const struct sources *const both[] = {&job->sources, &job->against};

	for (int side = 0; side < 2; side++)
		for (uint32_t i = 0; i < both[side]->count; i++)
			sources_add(&job->all, both[side]->at[i]);
}

static int match(struct job *job)
{
	struct match_result result = {
		.request = &job->request, .unusable = &job->unusable, .all = &job->all};
	const struct route_table *today;

	convert(job);
	read_worlds(job);
	if (!job->after.table || job->empty)
		return STATUS_INCOMPLETE;
	if (!pair_sides(job))
		return STATUS_INCOMPLETE;
	join_sources(job);
	today = ask_today(job, &result);
	ask_gateway(job, &result.sides[1]);
	if (today)
		compare(job, today, &result);
	result.nothing = !serves(&result.sides[0]) && !serves(&result.sides[1]);
	return tell(job, &result);
}

static void begin(struct job *job)
{
	buf_init(&job->output);
	findings_init(&job->unusable, &job->cli->arena);
	route_scratch_init(&job->scratch[0], true);
	route_scratch_init(&job->scratch[1], true);
}

static void finish(struct job *job)
{
	free(job->all.at);
	gateway_world_finish(&job->after);
	gateway_world_finish(&job->before);
	sides_finish(&job->sides);
	convert_finish(&job->converted);
	buf_finish(&job->output);
	route_scratch_finish(&job->scratch[1]);
	route_scratch_finish(&job->scratch[0]);
}

static int run(struct cli *cli, const void *given)
{
	struct job job = {.cli = cli, .values = given};
	const struct texts none = {NULL, 0};
	struct error error;
	int status = STATUS_INCOMPLETE;

	if (!cli->args.count && job.values->input.files.count)
		return say_error("which request? Its URL is missing, as in\n"
				 "  ingress2gw match -f deploy/ https://shop.example.com/Cart");
	if (!cli->args.count || !inputs_given(&job.values->input, &none))
		return help_no_input(cli, &cmd_match);
	if (!match_request_read(&job.request, &cli->args, &job.values->match, &cli->arena, &error))
		return say_error("%s", error.text);
	if (!conversion_read(&job.values->conversion, &job.options, &cli->arena))
		return STATUS_INCOMPLETE;
	job.incomplete = !inputs_open(&job.sources, &job.values->input, &none, &cli->arena);
	if (job.sources.count) {
		begin(&job);
		status = match(&job);
		finish(&job);
	}
	sources_finish(&job.against);
	sources_finish(&job.sources);
	return status;
}

const struct command cmd_match = {
	.name = "match",
	.summary = "show which route takes one request, in both worlds",
	.usage = "[flags] [METHOD] URL",
	.description =
		"Asks today's controller and the new Gateway, both as this program understands "
		"them, "
		"about one request, and shows side by side which rule takes it, what the backend "
		"sees "
		"and what comes back. Nothing is sent anywhere. Ends with status 1 when the worlds "
		"disagree in more than limits, and when nobody serves the request.",
	.examples =
		"ingress2gw match -f deploy/ https://shop.example.com/Cart\n"
		"ingress2gw match -f deploy/ -v POST https://api.example.com/v1 -H 'X-Env: test'\n"
		"ingress2gw match -f deploy/ --against gateway.yaml https://shop.example.com/",
	.sections = sections,
	.values_size = sizeof(struct command_values),
	.run = run,
};
