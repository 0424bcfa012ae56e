#include "cli/cmd.h"

#include "cli/conversion_flags.h"
#include "cli/finding_flags.h"
#include "cli/inputs.h"
#include "cli/lost.h"
#include "cli/outputs.h"
#include "report/audit.h"

static const char *const thresholds[] = {"never", "error", "warning", "info", NULL};
static const enum report_threshold threshold_of[] = {REPORT_FAIL_NEVER, REPORT_FAIL_ERROR,
						     REPORT_FAIL_WARNING, REPORT_FAIL_INFO};

/* Labels that people name an owner with, when the flag does not say which. */
static const char *const usual_labels[] = {"owner", "team", "app.kubernetes.io/part-of"};

struct audit_values {
	struct input_values input;
	struct conversion_values conversion;
	struct finding_values weighing;
	struct texts outputs, owner_labels;
	int fail_on;
	bool one_target;
};

#define AT(field) .offset = offsetof(struct audit_values, field)

static const char *word_audit_format(size_t index)
{
	return index < audit_format_count ? audit_formats[index].name : NULL;
}

static const struct output_formats output_formats = {"an audit has", word_audit_format};

static const struct flag flags[] = {
	{
		.name = "output",
		.letter = 'o',
		.kind = FLAG_LIST,
		.argument = "FORMAT[=FILE]",
		.word = word_audit_format,
		.help = "text (default), markdown, json, or html with charts",
		.more = "With a file, as in html=readiness.html, it is written there. May be given "
			"several times; one format may go to standard output.",
		AT(outputs),
	},
	{
		.name = "owner-label",
		.kind = FLAG_COMMAS,
		.argument = "KEY",
		.help = "the label of Ingresses or of their Namespaces that names an owner",
		.more = "The first that is there counts. Without it: owner, team, "
			"app.kubernetes.io/part-of.",
		AT(owner_labels),
	},
	{
		.name = "one-target",
		.kind = FLAG_SWITCH,
		.help = "do not compare with other targets",
		AT(one_target),
	},
	{
		.name = "fail-on",
		.kind = FLAG_CHOICE,
		.choices = thresholds,
		.help = "end with status 1 on findings of this severity or above",
		AT(fail_on),
	},
};

static const struct flag_group audit_group = {"Audit", flags, sizeof flags / sizeof *flags};

static const struct flag_section sections[] = {
	{&input_flags, offsetof(struct audit_values, input)},
	{&selection_flags, offsetof(struct audit_values, conversion)},
	{&target_flags, offsetof(struct audit_values, conversion)},
	{&weighing_flags, offsetof(struct audit_values, weighing)},
	{&audit_group, 0},
	{NULL, 0},
};

struct job {
	struct cli *cli;
	const struct audit_values *values;
	struct convert_options options;
	struct finding_request request;
	struct outputs outputs;
	struct sources sources;
	struct convert_result result;
	struct report report;
	struct audit audit;
	struct audit_target *targets;
	size_t target_count;
	bool incomplete;
};

/* ---- the audit ---- */

static void list_ingresses(const struct convert_result *result, struct audit_input *input,
			   struct arena *arena)
{
	struct audit_ingress *list =
		arena_array(arena, struct audit_ingress, result->ingress_count + 1);

	for (size_t i = 0; i < result->ingress_count; i++)
		list[i] = (struct audit_ingress){
			.ingress = result->ingresses[i].ingress,
			.controller = result->ingresses[i].provider->title,
			.retired = result->ingresses[i].provider->retired,
		};
	input->ingresses = list;
	input->count = result->ingress_count;
}

static void list_labels(const struct texts *given, struct audit_input *input, struct arena *arena)
{
	size_t usual = sizeof usual_labels / sizeof *usual_labels;
	size_t count = given->count ? given->count : usual;
	const char *const *names = given->count ? given->at : usual_labels;
	struct str *labels = arena_array(arena, struct str, count);

	for (size_t i = 0; i < count; i++)
		labels[i] = str_from(names[i]);
	input->owner_labels = labels;
	input->owner_label_count = count;
}

static void look_at(struct audit *audit, const struct job *job, const struct convert_result *result,
		    const struct report *report, struct arena *arena)
{
	struct audit_input input = {
		.report = report, .ledger = &result->model.ledger, .set = &result->set};

	list_ingresses(result, &input, arena);
	list_labels(&job->values->owner_labels, &input, arena);
	audit_init(audit, &input, arena);
}

static bool read_and_judge(struct job *job)
{
	struct finding_run run = {.findings = &job->result.findings,
				  .sources = &job->sources,
				  .partial = conversion_is_partial(&job->values->conversion)};
	struct error error;

	if (!convert_run(&job->result, &job->sources, &job->options, NULL, &error)) {
		say_error("%s", error.text);
		job->incomplete = true;
	}
	if (!job->incomplete && (lost_say_empty(&job->sources, job->result.set.document_count) ||
				 lost_say_unchosen(&job->result, &job->options, 0)))
		job->incomplete = true;
	suppressions_add_set(&job->request.suppressions, &job->result.set);
	return finding_judge(&job->request, &run, &job->report);
}

/* ---- other targets ---- */

/* What a target would make of the same input; findings are judged as those of the audit are. */
static void count_target(const struct job *job, struct audit_target *target,
			 const struct convert_options *options)
{
	struct convert_result result = {.ingress_count = 0};
	struct report report = job->report;
	struct arena arena;
	struct audit audit;
	struct error error;

	arena_init(&arena);
	/* What cannot be read was said before. */
	convert_run(&result, &job->sources, options, NULL, &error);
	report.findings = &result.findings;
	report.verdicts =
		gate_judge(&job->request.gate, &result.findings, &job->sources, NULL, &arena);
	look_at(&audit, job, &result, &report, &arena);
	memcpy(target->counts, audit.counts, sizeof target->counts);
	arena_finish(&arena);
	convert_finish(&result);
}

static void add_target(struct job *job, const struct emitter *emitter, bool experimental)
{
	struct convert_options options = job->options;
	struct audit_target target = {
		.name = emitter->name,
		.title = emitter->title,
		.experimental = experimental,
		.chosen = emitter == job->options.emitter &&
			  experimental == job->options.plan.experimental,
	};

	options.emitter = emitter;
	options.plan.experimental = experimental;
	if (target.chosen)
		memcpy(target.counts, job->audit.counts, sizeof target.counts);
	else
		count_target(job, &target, &options);
	ARENA_PUSH(&job->cli->arena, job->targets, job->target_count, target);
}

/* The chosen one, also with what may become standard one day, and then all others. */
static void compare_targets(struct job *job)
{
	const struct emitter *chosen = job->options.emitter;
	bool experimental = job->options.plan.experimental;

	add_target(job, chosen, experimental);
	if (job->values->one_target || !job->audit.count)
		return;
	if (!experimental)
		add_target(job, chosen, true);
	for (size_t i = 0; emitters[i]; i++)
		if (emitters[i] != chosen)
			add_target(job, emitters[i], experimental);
}

/* ---- the command ---- */

static bool write_outputs(const struct job *job)
{
	struct buf buf;
	bool ok = true;

	buf_init(&buf);
	for (size_t i = 0; i < job->outputs.count; i++) {
		buf_clear(&buf);
		audit_formats[job->outputs.at[i].format].write(&buf, &job->audit);
		ok = output_write(&job->outputs.at[i], buf_slice(&buf), job->cli->global.quiet) &&
		     ok;
	}
	buf_finish(&buf);
	return ok;
}

static int audit(struct job *job)
{
	size_t lost;
	bool ok, fails;

	ok = read_and_judge(job);
	lost = lost_say(&job->result.findings, &job->sources);

	look_at(&job->audit, job, &job->result, &job->report, &job->cli->arena);
	compare_targets(job);
	audit_advise(&job->audit, job->targets, job->target_count);
	ok = write_outputs(job) && ok;
	job->report.fail_on = threshold_of[job->values->fail_on];
	fails = report_fails(&job->report);
	convert_finish(&job->result);
	if (!ok || job->incomplete)
		return STATUS_INCOMPLETE;
	return fails || lost ? STATUS_FINDINGS : STATUS_DONE;
}

static int run(struct cli *cli, const void *given)
{
	struct job job = {.cli = cli, .values = given};
	const struct input_values *input = &job.values->input;
	int status = STATUS_INCOMPLETE;

	if (!inputs_given(input, &cli->args))
		return help_no_input(cli, &cmd_audit);
	if (!conversion_read(&job.values->conversion, &job.options, &cli->arena) ||
	    !finding_request_read(&job.request, &job.values->weighing, cli) ||
	    !outputs_read(&job.outputs, &job.values->outputs, &output_formats, &cli->arena))
		return STATUS_INCOMPLETE;
	job.options.format = OUTPUT_NONE;
	if (!job.options.emitter)
		job.options.emitter = emitter_find(STR("standard"));
	job.incomplete = !inputs_open(&job.sources, input, &cli->args, &cli->arena);
	if (!job.incomplete || job.sources.count)
		status = audit(&job);
	sources_finish(&job.sources);
	return status;
}

const struct command cmd_audit = {
	.name = "audit",
	.summary = "inventory and migration readiness",
	.usage = "[flags] PATH...",
	.description =
		"How far is a migration? Counts Ingresses that are ready, that need a review, and "
		"that would lose something, by class, namespace and owner; says why, what to do, "
		"which target fits best, and whether to migrate now. Nothing is written.",
	.examples = "ingress2gw audit deploy/\n"
		    "ingress2gw audit -o text -o html=readiness.html deploy/\n"
		    "kubectl get ingress,ingressclass,svc,ns -A -o yaml | ingress2gw audit -",
	.sections = sections,
	.values_size = sizeof(struct audit_values),
	.run = run,
};
