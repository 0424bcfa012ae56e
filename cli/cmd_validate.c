#include "cli/cmd.h"
#include "cli/finding_flags.h"
#include "cli/inputs.h"
#include "cli/lost.h"
#include "cli/status.h"
#include "cli/validation.h"

static const char *const channels[] = {"standard", "experimental", NULL};

/* In the order of enum attach_external and enum status_format. */
static const char *const externals[] = {"auto", "deny", "allow", NULL};
static const char *const status_formats[] = {"table", "yaml", "json", NULL};

struct validate_values {
	struct input_values input;
	struct finding_values judging;
	struct texts crds, lacking;
	int channel, external, status_format;
	bool status;
};

static const char *word_feature(size_t index)
{
	return attach_feature_names[index];
}

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
	{
		.name = "external-refs",
		.kind = FLAG_CHOICE,
		.choices = externals,
		.help = "whether references may lead to objects outside the input",
		.more = "With auto they may where the input has no object of that kind in that "
			"namespace.",
		AT(external),
	},
	{
		.name = "status",
		.kind = FLAG_SWITCH,
		.help = "print what a controller would report, and why a route is not attached",
		.more = "Findings are then written only where -o says.",
		AT(status),
	},
	{
		.name = "status-format",
		.kind = FLAG_CHOICE,
		.choices = status_formats,
		.help = "how --status prints it",
		AT(status_format),
	},
	{
		.name = "lacks",
		.kind = FLAG_COMMAS,
		.argument = "FEATURE",
		.help = "features of Gateway API that the implementation lacks, for --status",
		.more = "TLSRouteModeTerminate and TLSRouteModeMixed make a difference.",
		.word = word_feature,
		AT(lacking),
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
	struct attach_options attach;
	struct validation validation;
	struct sources sources;
	struct findings findings;
};

static int validate(struct job *job)
{
	struct validation *v = &job->validation;
	struct finding_run run = {
		.findings = &job->findings,
		.sources = &job->sources,
		.raises = codes_of_gateway,
		.aside = job->values->status,
	};

	if (!validation_read_crds(v, &job->values->crds, &job->findings))
		return STATUS_INCOMPLETE;
	run.incomplete =
		!inputs_open(&job->sources, &job->values->input, &job->cli->args, &job->cli->arena);
	if (run.incomplete && job->sources.count == 0)
		return STATUS_INCOMPLETE;
	run.incomplete |= !validation_read(v, &job->sources, &job->findings);
	run.incomplete |=
		!run.incomplete && lost_say_empty(&job->sources, v->objects + job->findings.count);
	run.subject = subject_of(v);
	run.objects = v->at;
	run.object_count = v->count;
	if (job->values->status)
		run.incomplete |=
			!status_print(&v->attached, (enum status_format)job->values->status_format,
				      &job->cli->arena);
	return finding_finish(&job->request, &run);
}

static bool read_options(struct job *job)
{
	const struct validate_values *values = job->values;

	if (!finding_request_read(&job->request, &values->judging, job->cli) ||
	    (values->status && !finding_leaves_output(&job->request, "status")))
		return false;
	job->attach.external = (enum attach_external)values->external;
	for (size_t i = 0; i < values->lacking.count; i++) {
		unsigned feature = attach_feature_find(str_from(values->lacking.at[i]));

		if (!feature) {
			say_error("--lacks: unknown feature '%s'", values->lacking.at[i]);
			return false;
		}
		job->attach.lacking |= feature;
	}
	return true;
}

static int run(struct cli *cli, const void *given)
{
	struct job job = {.cli = cli, .values = given};
	int status;

	if (!inputs_given(&job.values->input, &cli->args))
		return help_no_input(cli, &cmd_validate);
	if (!read_options(&job))
		return STATUS_INCOMPLETE;
	findings_init(&job.findings, &cli->arena);
	validation_init(&job.validation,
			job.values->channel ? SCHEMA_EXPERIMENTAL : SCHEMA_STANDARD, &cli->arena);
	job.validation.suppressions = &job.request.suppressions;
	job.validation.attach = job.attach;
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
