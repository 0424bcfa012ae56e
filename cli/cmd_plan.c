#include "cli/cmd.h"

#include "cli/conversion_flags.h"
#include "cli/inputs.h"
#include "cli/lost.h"
#include "cli/pairs.h"
#include "cli/rollover.h"
#include "cli/worlds.h"
#include "route/verify.h"

struct plan_values {
	struct input_values input;
	struct conversion_values conversion;
	int output;
};

enum plan_output { PLAN_MARKDOWN, PLAN_JSON };

static const char *const outputs[] = {"markdown", "json", NULL};

#define AT(field) .offset = offsetof(struct plan_values, field)

static const struct flag flags[] = {
	{
		.name = "output",
		.letter = 'o',
		.kind = FLAG_CHOICE,
		.choices = outputs,
		.help = "markdown, a list of tasks to tick off, or json, for programs",
		AT(output),
	},
};

static const struct flag_group plan_group = {"Output", flags, sizeof flags / sizeof *flags};

static const struct flag_section sections[] = {
	{&input_flags, offsetof(struct plan_values, input)},
	{&plan_group, 0},
	{&selection_flags, offsetof(struct plan_values, conversion)},
	{&target_flags, offsetof(struct plan_values, conversion)},
	{NULL, 0},
};

struct job {
	struct cli *cli;
	const struct plan_values *values;
	struct convert_options options;
	struct sources sources;
	struct convert_result result;
	struct gateway_world after;
	struct buf output; /* of the conversion */
	struct rollover_object *objects;
	size_t object_count;
	struct rollover_input input;
	bool incomplete;
};

/* ---- the command line, for the commands of the steps ---- */

static void add_flag(struct job *job, struct buf *buf, const char *name, const char *value)
{
	if (!value)
		return;
	buf_format(buf, " --%s=", name);
	buf_str(buf, rollover_quote(&job->cli->arena, str_from(value)));
}

static void add_flag_list(struct job *job, struct buf *buf, const char *name,
			  const struct texts *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		add_flag(job, buf, name, texts->at[i]);
}

static struct str flags_given(struct job *job, bool with_classes)
{
	const struct conversion_values *values = &job->values->conversion;
	struct str words;
	struct buf buf;

	buf_init(&buf);
	add_flag_list(job, &buf, "exclude", &job->values->input.exclude);
	add_flag(job, &buf, "recursive", job->values->input.flat ? "false" : NULL);
	add_flag(job, &buf, "namespace", values->namespace);
	add_flag(job, &buf, "selector", values->selector);
	if (with_classes)
		add_flag_list(job, &buf, "ingress-class", &values->classes);
	add_flag_list(job, &buf, "provider", &values->providers);
	add_flag_list(job, &buf, "controller-config", &values->controller_configs);
	add_flag(job, &buf, "default-ssl-certificate", values->default_certificate);
	add_flag(job, &buf, "emitter", values->emitter);
	add_flag(job, &buf, "channel", values->channel ? "experimental" : NULL);
	add_flag_list(job, &buf, "gateway", &values->gateways);
	add_flag_list(job, &buf, "gateway-class", &values->gateway_classes);
	add_flag(job, &buf, "gateway-namespace", values->gateway_namespace);
	add_flag(job, &buf, "topology", values->topology ? "namespace" : NULL);
	add_flag(job, &buf, "listeners", values->listeners ? "listenerset" : NULL);
	if (values->allow_unguarded)
		buf_text(&buf, " --allow-unguarded");
	words = str_dup(&job->cli->arena, buf_slice(&buf));
	buf_finish(&buf);
	return words;
}

static void add_path(struct job *job, struct buf *buf, const char *path)
{
	if (strcmp(path, "-") == 0) {
		job->input.from_pipe = true;
		path = "ingress.yaml";
	}
	if (buf->len)
		buf_char(buf, ' ');
	buf_str(buf, rollover_quote(&job->cli->arena, str_from(path)));
}

static struct str paths_given(struct job *job)
{
	const struct texts *files = &job->values->input.files, *args = &job->cli->args;
	struct str words;
	struct buf buf;

	buf_init(&buf);
	for (size_t i = 0; i < files->count; i++)
		add_path(job, &buf, files->at[i]);
	for (size_t i = 0; i < args->count; i++)
		add_path(job, &buf, args->at[i]);
	if (!buf.len)
		add_path(job, &buf, "-");
	words = str_dup(&job->cli->arena, buf_slice(&buf));
	buf_finish(&buf);
	return words;
}

/* ---- the run ---- */

static void take_object(void *user, const struct convert_object *object, struct str text)
{
	struct job *job = user;

	buf_str(&job->output, text);
	if (object) {
		const struct rollover_object taken = {object->kind, object->namespace, object->name,
						      object->role};

		ARENA_PUSH(&job->cli->arena, job->objects, job->object_count, taken);
	}
}

static void compare(struct job *job, const struct pair *pair)
{
	const struct witness_options options = {.seed = 1, .known_only = pair->shares};
	struct verify verify = {.progress = NULL};

	verify_run(&verify, pair->from->table, pair->to, pair->findings, &options);
	job->input.requests += verify.tally.requests;
	job->input.differing += verify.differing;
	job->input.uncovered += verify_uncovered(&verify);
	job->input.unguarded += verify_unguarded(&verify);
	job->input.verified = true;
	verify_finish(&verify);
}

static bool compare_all(struct job *job, struct error *error)
{
	struct sides sides;
	const struct pairs_input input = {
		.sides = &sides, .result = &job->result, .after = &job->after};
	struct pairs pairs;
	bool paired;

	sides_build(&sides, &job->result.set, &job->options);
	paired = pairs_make(&pairs, &job->cli->arena, &input, error);
	for (size_t i = 0; paired && i < pairs.count; i++)
		compare(job, &pairs.at[i]);
	sides_finish(&sides);
	return paired;
}

static int print_plan(struct job *job)
{
	struct rollover rollover;
	struct buf buf;
	int status;

	rollover_make(&rollover, &job->cli->arena, &job->input);
	buf_init(&buf);
	if (job->values->output == PLAN_JSON)
		rollover_json(&buf, &rollover);
	else
		rollover_markdown(&buf, &rollover);
	status = cli_print(&buf);
	return status == STATUS_DONE && rollover_is_blocked(&rollover) ? STATUS_FINDINGS : status;
}

static int make_plan(struct job *job)
{
	struct error error;

	if (!job->result.ingress_count) {
		lost_say_no_ingress(&job->result, "to plan for");
		return STATUS_INCOMPLETE;
	}
	if (!gateway_world_converted(&job->after, buf_slice(&job->output), &job->result,
				     &job->options, &error) ||
	    !compare_all(job, &error)) {
		say_error("%s", error.text);
		return STATUS_INCOMPLETE;
	}
	job->input.result = &job->result;
	job->input.options = &job->options;
	job->input.set = &job->after.set;
	job->input.objects = job->objects;
	job->input.object_count = job->object_count;
	job->input.sources = &job->sources;
	job->input.flags = flags_given(job, true);
	job->input.flags_of_all = flags_given(job, false);
	job->input.paths = paths_given(job);
	return print_plan(job);
}

static int plan(struct job *job)
{
	const struct convert_sink sink = {job, take_object};
	struct error error;
	size_t lost;
	int status;

	job->options.format = OUTPUT_YAML;
	buf_init(&job->output);
	if (!convert_run(&job->result, &job->sources, &job->options, &sink, &error)) {
		say_error("%s", error.text);
		job->incomplete = true;
	}
	lost = lost_say(&job->result.findings, &job->sources);
	status = make_plan(job);
	gateway_world_finish(&job->after);
	convert_finish(&job->result);
	buf_finish(&job->output);
	if (job->incomplete)
		return STATUS_INCOMPLETE;
	return status == STATUS_DONE && lost ? STATUS_FINDINGS : status;
}

static int run(struct cli *cli, const void *given)
{
	struct job job = {.cli = cli, .values = given};
	const struct input_values *input = &job.values->input;
	int status = STATUS_INCOMPLETE;

	if (!inputs_given(input, &cli->args))
		return help_no_input(cli, &cmd_plan);
	if (!conversion_read(&job.values->conversion, &job.options, &cli->arena))
		return STATUS_INCOMPLETE;
	job.incomplete = !inputs_open(&job.sources, input, &cli->args, &cli->arena);
	if (!job.incomplete || job.sources.count)
		status = plan(&job);
	sources_finish(&job.sources);
	return status;
}

const struct command cmd_plan = {
	.name = "plan",
	.summary = "the rollover as a checklist, from decisions to the last Ingress",
	.usage = "[flags] PATH...",
	.description =
		"Prints what to do to move these Ingresses, in order, with the commands and their "
		"real names: what to decide, what to install and apply, how to prove and compare, "
		"which certificates and DNS records are concerned, what to watch, what to remove, "
		"and for each step the way back. A step that does not apply is not there. Nothing "
		"is written, and no cluster is asked. Ends with status 1 while something has to be "
		"decided first.",
	.examples = "ingress2gw plan deploy/ --emitter=envoy-gateway > plan.md\n"
		    "ingress2gw plan deploy/ -o json\n"
		    "kubectl get ingress,ingressclass,svc,secret -A -o yaml | ingress2gw plan -",
	.sections = sections,
	.values_size = sizeof(struct plan_values),
	.run = run,
};
