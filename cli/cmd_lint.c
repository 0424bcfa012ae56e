#include "cli/cmd.h"

#include <stdlib.h>

#include "cli/conversion_flags.h"
#include "cli/finding_flags.h"
#include "cli/inputs.h"
#include "cli/lost.h"
#include "cli/validation.h"

struct lint_values {
	struct input_values input;
	struct conversion_values conversion;
	struct finding_values judging;
};

static const struct flag_section sections[] = {
	{&input_flags, offsetof(struct lint_values, input)},
	{&selection_flags, offsetof(struct lint_values, conversion)},
	{&target_flags, offsetof(struct lint_values, conversion)},
	{&finding_flags, offsetof(struct lint_values, judging)},
	{NULL, 0},
};

struct job {
	struct cli *cli;
	const struct lint_values *values;
	struct convert_options options;
	struct finding_request request;
	struct sources sources;
	struct convert_result result;
	struct validation validation;
	struct finding_run run;
};

/* ---- what was looked at ---- */

static struct str subject_of(const struct job *job)
{
	size_t ingresses = job->result.set.ingress_count, others = job->validation.count;
	struct buf buf;
	struct str subject;

	buf_init(&buf);
	if (ingresses || !others)
		report_number(&buf, ingresses, "Ingress");
	if (others) {
		buf_text(&buf, ingresses ? ", " : "");
		report_number(&buf, others, "Gateway API object");
	}
	subject = str_dup(&job->cli->arena, buf_slice(&buf));
	buf_finish(&buf);
	return subject;
}

static int compare_objects(const void *left, const void *right)
{
	const struct span *a = &((const struct report_object *)left)->span;
	const struct span *b = &((const struct report_object *)right)->span;

	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	return a->line < b->line ? -1 : a->line > b->line;
}

/* In the order of the input, which two reading threads do not keep. */
static void list_objects(struct job *job)
{
	const struct kube_set *set = &job->result.set;
	const struct validation *v = &job->validation;
	struct report_object *list = arena_array(&job->cli->arena, struct report_object,
						 set->ingress_count + v->count + 1);
	size_t count = 0;

	for (size_t i = 0; i < set->ingress_count; i++) {
		const struct kube_meta *meta = &set->ingresses[i]->meta;

		list[count++] = (struct report_object){kube_ref(meta), meta->span};
	}
	for (size_t i = 0; i < v->count; i++)
		list[count++] = v->at[i];
	qsort(list, count, sizeof *list, compare_objects);
	job->run.objects = list;
	job->run.object_count = count;
}

/* ---- the findings ---- */

/* Findings about the objects of a conversion, of which there are none: the class of the Gateway, and that
 * nothing was written. */
static bool is_about_output(const struct finding *finding)
{
	static const char *const codes[] = {"I2G603", "I2G606"};

	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (strcmp(finding->code, codes[i]) == 0)
			return true;
	return false;
}

static void forget_output(struct job *job)
{
	struct findings *findings = &job->result.findings;
	size_t kept = 0;

	for (size_t i = 0; i < findings->count; i++)
		if (!is_about_output(&findings->at[i]))
			findings->at[kept++] = findings->at[i];
	findings->count = kept;
}

/* Sees every object while it is read. */
static bool admit(void *user, const struct yaml_item *item, struct findings *findings)
{
	struct job *job = user;

	return validation_take(&job->validation, item, findings);
}

static int lint(struct job *job)
{
	struct validation *v = &job->validation;
	struct error error;
	int status;

	job->options.format = OUTPUT_NONE;
	gateway_set_init(&v->gateway, v->arena, &job->result.set);
	job->options.load.gate = (struct kube_gate){admit, job};
	job->options.load.more = gateway_kinds(&v->gateway);
	job->options.load.keep_others = true;
	if (!convert_run(&job->result, &job->sources, &job->options, NULL, &error)) {
		say_error("%s", error.text);
		job->run.incomplete = true;
	}
	if (!job->run.incomplete &&
	    (lost_say_empty(&job->sources, job->result.set.document_count) ||
	     (!v->count && lost_say_unchosen(&job->result, &job->options, v->left_out))))
		job->run.incomplete = true;
	validation_connect(v, &job->result.findings);
	suppressions_add_set(&job->request.suppressions, &job->result.set);
	forget_output(job);
	list_objects(job);
	job->run.findings = &job->result.findings;
	job->run.sources = &job->sources;
	job->run.partial = conversion_is_partial(&job->values->conversion);
	job->run.subject = subject_of(job);
	status = finding_finish(&job->request, &job->run);
	convert_finish(&job->result);
	return status;
}

/* ---- the command ---- */

static int run(struct cli *cli, const void *given)
{
	struct job job = {.cli = cli, .values = given};
	const struct input_values *input = &job.values->input;
	int status = STATUS_INCOMPLETE;

	if (!inputs_given(input, &cli->args))
		return help_no_input(cli, &cmd_lint);
	if (!conversion_read(&job.values->conversion, &job.options, &cli->arena) ||
	    !finding_request_read(&job.request, &job.values->judging, cli))
		return STATUS_INCOMPLETE;
	job.run.incomplete = !inputs_open(&job.sources, input, &cli->args, &cli->arena);
	validation_init(&job.validation,
			job.values->conversion.channel ? SCHEMA_EXPERIMENTAL : SCHEMA_STANDARD,
			&cli->arena);
	job.validation.known_only = true;
	job.validation.namespace = job.options.load.namespace;
	job.validation.suppressions = &job.request.suppressions;
	if (!job.run.incomplete || job.sources.count)
		status = lint(&job);
	validation_finish(&job.validation);
	sources_finish(&job.sources);
	return status;
}

const struct command cmd_lint = {
	.name = "lint",
	.summary = "say what will break or change when this is migrated",
	.usage = "[flags] PATH...",
	.description =
		"Is this safe to migrate? Reads Ingresses and what belongs to them, and Gateway "
		"API objects, and prints every finding about them that a conversion would raise, "
		"with the "
		"line that it is about; nothing is written. Gateway API objects are checked as by "
		"validate.",
	.examples = "ingress2gw lint deploy/\n"
		    "helm template . | ingress2gw lint -\n"
		    "ingress2gw lint --fail-on=warning -o concise -o json=findings.json deploy/",
	.sections = sections,
	.values_size = sizeof(struct lint_values),
	.run = run,
};
