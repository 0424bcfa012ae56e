#include "cli/cmd.h"
#include "cli/finding_flags.h"
#include "cli/inputs.h"
#include "cli/validation.h"

static const char *const channels[] = {"standard", "experimental", NULL};

struct validate_values {
	struct input_values input;
	struct finding_values judging;
	struct texts crds;
	int channel;
};

#define AT(field) .offset = offsetof(struct validate_values, field)

static const struct flag flags[] = {
	{
		.name = "channel",
		.kind = FLAG_CHOICE,
		.choices = channels,
		.help = "the release channel of Gateway API that the cluster has",
		AT(channel),
	},
	{
		.name = "crds",
		.kind = FLAG_LIST,
		.argument = "PATH",
		.help = "also check the kinds of these CustomResourceDefinitions",
		.more = "A file or directory, or - for standard input. Kinds of Gateway API are "
			"replaced by those given here. May be given several times.",
		AT(crds),
	},
};

static const struct flag_group validate_group = {"Validation", flags, sizeof flags / sizeof *flags};

static const struct flag_section sections[] = {
	{&input_flags, offsetof(struct validate_values, input)},
	{&validate_group, 0},
	{&finding_flags, offsetof(struct validate_values, judging)},
	{NULL, 0},
};

static struct str subject_of(const struct validation *v)
{
	struct buf buf;
	struct str subject;

	buf_init(&buf);
	if (v->checked < v->objects)
		buf_format(&buf, "%zu of ", v->checked);
	report_number(&buf, v->objects, "object");
	subject = str_dup(v->arena, buf_slice(&buf));
	buf_finish(&buf);
	return subject;
}

struct job {
	struct cli *cli;
	const struct validate_values *values;
	struct finding_request request;
	struct validation validation;
	struct sources sources;
	struct findings findings;
};

static int validate(struct job *job)
{
	struct validation *v = &job->validation;
	static const struct str raises[] = {
		STR_INIT("I2G61"), STR_INIT("I2G62"), STR_INIT("I2G63"),
		STR_INIT("I2G64"), STR_INIT("I2G65"), STR_INIT("I2G66"),
		STR_INIT("I2G67"), STR_INIT("I2G68"), STR_INIT("I2G69"),
	};
	struct finding_run run = {
		.findings = &job->findings,
		.sources = &job->sources,
		.raises = {raises, sizeof raises / sizeof *raises},
	};

	if (!validation_read_crds(v, &job->values->crds, &job->findings))
		return STATUS_INCOMPLETE;
	run.incomplete =
		!inputs_open(&job->sources, &job->values->input, &job->cli->args, &job->cli->arena);
	if (run.incomplete && job->sources.count == 0)
		return STATUS_INCOMPLETE;
	run.incomplete |= !validation_read(v, &job->sources, &job->findings);
	run.subject = subject_of(v);
	run.objects = v->at;
	run.object_count = v->count;
	return finding_finish(&job->request, &run);
}

static int run(struct cli *cli, const void *given)
{
	struct job job = {.cli = cli, .values = given};
	int status;

	if (!inputs_given(&job.values->input, &cli->args))
		return help_no_input(cli, &cmd_validate);
	if (!finding_request_read(&job.request, &job.values->judging, cli))
		return STATUS_INCOMPLETE;
	findings_init(&job.findings, &cli->arena);
	validation_init(&job.validation,
			job.values->channel ? SCHEMA_EXPERIMENTAL : SCHEMA_STANDARD, &cli->arena);
	job.validation.suppressions = &job.request.suppressions;
	status = validate(&job);
	sources_finish(&job.sources);
	validation_finish(&job.validation);
	return status;
}

const struct command cmd_validate = {
	.name = "validate",
	.summary = "say whether the API server would take these Gateway API objects",
	.usage = "[flags] PATH...",
	.description =
		"Is this legal? Reads Gateway API objects from files, directories or standard "
		"input and checks "
		"them as the API server does: unknown fields, types, bounds, patterns, and the "
		"rules of the CRDs. Kinds of Kubernetes itself are left out. No cluster is needed. "
		"Whether Ingresses are safe to migrate is the question of lint.",
	.examples = "ingress2gw validate gateway.yaml\n"
		    "ingress2gw convert deploy/ | ingress2gw validate -\n"
		    "ingress2gw validate --channel=experimental --crds=crds/ -o concise deploy/",
	.sections = sections,
	.values_size = sizeof(struct validate_values),
	.run = run,
};
