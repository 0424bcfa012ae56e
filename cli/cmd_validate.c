#include "cli/cmd.h"

#include <unistd.h>

#include "cli/inputs.h"
#include "report/report.h"
#include "schema/schema.h"
#include "yaml/stream.h"

static const char *const channels[] = {"standard", "experimental", NULL};
static const char *const formats[] = {"text", "concise", "json", NULL};
static const char *const thresholds[] = {"error", "warning", "info", "never", NULL};
enum { FAIL_ERROR, FAIL_WARNING, FAIL_INFO, FAIL_NEVER };

struct validate_values {
	struct input_values input;
	struct texts crds;
	int channel, format, fail_on;
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
	{
		.name = "output",
		.letter = 'o',
		.kind = FLAG_CHOICE,
		.choices = formats,
		.help = "format of the findings",
		AT(format),
	},
	{
		.name = "fail-on",
		.kind = FLAG_CHOICE,
		.choices = thresholds,
		.help = "end with status 1 on findings of this severity or above",
		AT(fail_on),
	},
};

static const struct flag_group validate_group = {"Validation", flags, sizeof flags / sizeof *flags};

static const struct flag_section sections[] = {
	{&input_flags, offsetof(struct validate_values, input)},
	{&validate_group, 0},
	{NULL, 0},
};

struct validation {
	struct cli *cli;
	const struct validate_values *values;
	struct sources sources;
	struct findings findings;
	struct schema_set set;
	struct arena scratch;
	size_t objects, checked;
	bool complete;
};

static struct findings *findings_of(void *user)
{
	return &((struct validation *)user)->findings;
}

static void *open_batch(void *user, unsigned worker, size_t number)
{
	(void)worker;
	(void)number;
	return user;
}

/* Reads all sources on this thread: a set compiles its patterns when they are first needed. */
static void read_all(struct validation *v, const struct sources *sources,
		     void (*take)(void *batch, const struct yaml_item *item))
{
	const struct yaml_sink sink = {
		.user = v, .open = open_batch, .take = take, .findings = findings_of};
	struct error error;

	for (uint32_t i = 0; i < sources->count; i++)
		if (!yaml_read(sources, i, NULL, 1, &sink, &error)) {
			say_error("%s", error.text);
			v->complete = false;
		}
}

/* ---- --crds ---- */

static void take_crd(void *batch, const struct yaml_item *item)
{
	struct validation *v = batch;
	struct error error;

	if (!str_is(node_text(item->root, "kind"), "CustomResourceDefinition") ||
	    schema_set_add_crd(&v->set, item->root, &error))
		return;
	v->complete = false;
	say_error("--crds: %.*s", STR_ARG(node_text(node_get(item->root, "metadata"), "name")));
	say_error("--crds: %s", error.text);
}

static void tell_notes(struct validation *v)
{
	for (size_t i = 0; i < v->set.note_count; i++)
		findings_add(&v->findings,
			     (struct finding){
				     .code = "I2G613",
				     .object = {.kind = STR("CustomResourceDefinition"),
						.name = v->set.notes[i].kind},
				     .message = str_format(&v->cli->arena, "%.*s: %.*s",
							   STR_ARG(v->set.notes[i].kind),
							   STR_ARG(v->set.notes[i].what)),
			     });
}

/* What is wrong with the YAML of the CRDs is not about the objects: it makes the answer incomplete. */
static bool read_crds(struct validation *v)
{
	const struct input_values none = {.flat = false};
	const struct texts no_paths = {NULL, 0};
	struct input_values input = none;
	struct sources sources = {0};

	if (!v->values->crds.count)
		return true;
	input.files = v->values->crds;
	v->complete = inputs_open(&sources, &input, &no_paths, &v->cli->arena);
	read_all(v, &sources, take_crd);
	for (size_t i = 0; i < v->findings.count; i++) {
		const struct finding *finding = &v->findings.at[i];
		struct str name = source_name(&sources, finding->span.source);

		say_error("--crds: %.*s:%u: %.*s", STR_ARG(name), finding->span.line,
			  STR_ARG(finding->message));
		v->complete = false;
	}
	sources_finish(&sources);
	v->findings.count = 0;
	tell_notes(v);
	return v->complete;
}

/* ---- one object ---- */

/* What findings about the object that is being looked at have in common. */
struct subject {
	struct validation *v;
	struct object_ref ref;
	struct span span; /* of its kind */
};

static const char *code_of(enum schema_violation_kind kind)
{
	switch (kind) {
	case SCHEMA_RULE:
		return "I2G612";
	case SCHEMA_UNSUPPORTED_RULE:
		return "I2G613";
	case SCHEMA_UNKNOWN_FIELD:
	case SCHEMA_EXPERIMENTAL_PRUNED:
		return "I2G611";
	case SCHEMA_EXPERIMENTAL_FIELD:
		return "I2G616";
	default:
		return "I2G610";
	}
}

static struct str hint_of(enum schema_violation_kind kind)
{
	if (kind == SCHEMA_EXPERIMENTAL_PRUNED)
		return STR(
			"only the experimental channel has this field: a cluster with the "
			"standard channel drops it in silence; --channel=experimental checks it");
	if (kind == SCHEMA_EXPERIMENTAL_FIELD)
		return STR("a cluster with the standard channel drops it in silence");
	return STR("");
}

static void add_violation(const struct subject *subject, const struct schema_violation *violation)
{
	struct arena *arena = &subject->v->cli->arena;
	struct str path = violation->path, message = violation->message;

	if (path.len && violation->kind != SCHEMA_UNKNOWN_FIELD &&
	    violation->kind != SCHEMA_EXPERIMENTAL_PRUNED)
		message = str_format(arena, "%.*s: %.*s", STR_ARG(path), STR_ARG(message));
	findings_add(&subject->v->findings, (struct finding){
						    .code = code_of(violation->kind),
						    .object = subject->ref,
						    .path = path,
						    .span = violation->span,
						    .message = message,
						    .hint = hint_of(violation->kind),
					    });
}

static void say_of_object(const struct subject *subject, const char *code, struct str message,
			  struct str hint)
{
	findings_add(&subject->v->findings, (struct finding){
						    .code = code,
						    .object = subject->ref,
						    .path = STR("apiVersion"),
						    .span = subject->span,
						    .message = message,
						    .hint = hint,
					    });
}

static void check_object(const struct subject *subject, const struct schema_kind *kind,
			 const struct yaml_item *item)
{
	struct validation *v = subject->v;
	struct arena_mark mark = arena_mark(&v->scratch);
	struct schema_result result = {.arena = &v->cli->arena, .source = item->source};

	v->checked++;
	schema_check(&v->set, kind, item->root, &v->scratch, &result);
	arena_rewind(&v->scratch, mark);
	for (size_t i = 0; i < result.count; i++)
		add_violation(subject, &result.violations[i]);
	if (!result.count)
		return;

	struct finding *last = &v->findings.at[v->findings.count - 1];

	if (result.more)
		last->hint = STR("what else is wrong with this object is not listed");
	else if (result.rules_skipped && !last->hint.len)
		last->hint = STR("some validation rules were not checked because the object was "
				 "invalid; correct the existing errors to complete validation");
}

/* Kinds of Kubernetes itself are none of our business, and not worth a finding. */
static bool is_builtin(struct str api_version)
{
	size_t slash = str_find(api_version, '/');
	struct str group = str_sub(api_version, 0, slash);

	if (slash == SIZE_MAX || str_find(group, '.') == SIZE_MAX)
		return true;
	return str_ends(group, ".k8s.io") && !str_is(group, "gateway.networking.k8s.io");
}

static struct str no_matches(const struct subject *subject, struct str api_version)
{
	return str_format(&subject->v->cli->arena,
			  "no matches for kind \"%.*s\" in version \"%.*s\"",
			  STR_ARG(subject->ref.kind), STR_ARG(api_version));
}

static void check_known(const struct subject *subject, struct str api_version,
			const struct yaml_item *item)
{
	const struct schema_kind *kind;
	struct arena *arena = &subject->v->cli->arena;

	switch (schema_find(&subject->v->set, api_version, subject->ref.kind, &kind)) {
	case SCHEMA_KNOWN:
		check_object(subject, kind, item);
		return;
	case SCHEMA_NOT_SERVED:
		say_of_object(subject, "I2G615", no_matches(subject, api_version),
			      kind ? str_format(arena, "%.*s/%.*s is served", STR_ARG(kind->group),
						STR_ARG(kind->version))
				   : STR(""));
		return;
	case SCHEMA_OTHER_CHANNEL:
		say_of_object(subject, "I2G614", no_matches(subject, api_version),
			      STR("only the experimental channel has this kind; "
				  "--channel=experimental checks it"));
		return;
	default:
		if (!is_builtin(api_version))
			say_of_object(subject, "I2G614", no_matches(subject, api_version),
				      STR("--crds=PATH reads the CustomResourceDefinition"));
	}
}

static void take_object(void *batch, const struct yaml_item *item)
{
	struct validation *v = batch;
	struct arena *arena = &v->cli->arena;
	const struct node *root = item->root, *meta = node_get(root, "metadata");
	const struct node *kind = node_get(root, "kind");
	struct subject subject = {.v = v};
	struct str api_version = node_text(root, "apiVersion");

	if (root->kind == NODE_NULL)
		return;
	v->objects++;
	subject.span = node_span(kind ? kind : root, item->source);
	subject.ref.kind = str_dup(arena, node_text(root, "kind"));
	if (!api_version.len)
		api_version = item->list_version;
	if (!subject.ref.kind.len)
		subject.ref.kind = str_dup(arena, item->list_kind);
	subject.ref.namespace = str_dup(arena, node_text(meta, "namespace"));
	subject.ref.name = str_dup(arena, node_text(meta, "name"));
	if (subject.ref.kind.len && api_version.len)
		check_known(&subject, api_version, item);
	else
		say_of_object(&subject, "I2G614", STR("the document has no apiVersion and kind"),
			      STR(""));
}

/* ---- the command ---- */

static bool fails(const struct validation *v)
{
	size_t counts[3];

	findings_count(&v->findings, counts);
	switch (v->values->fail_on) {
	case FAIL_NEVER:
		return false;
	case FAIL_INFO:
		return v->findings.count;
	case FAIL_WARNING:
		return counts[SEVERITY_WARNING] || counts[SEVERITY_ERROR];
	default:
		return counts[SEVERITY_ERROR];
	}
}

static struct str subject_of(struct validation *v)
{
	struct buf buf;
	struct str subject;

	buf_init(&buf);
	if (v->checked < v->objects)
		buf_format(&buf, "%zu of ", v->checked);
	report_number(&buf, v->objects, "object");
	subject = str_dup(&v->cli->arena, buf_slice(&buf));
	buf_finish(&buf);
	return subject;
}

/* Text ends in the counts by itself; with the others they go to standard error. */
static bool tell(struct validation *v)
{
	struct report report = {
		.findings = &v->findings,
		.sources = &v->sources,
		.subject = subject_of(v),
		.width = v->cli->out.width,
		.colour = v->cli->out.colour,
	};
	const char *format = formats[v->values->format];
	struct buf buf;
	bool ok;

	buf_init(&buf);
	report_format_find(str_from(format))->write(&buf, &report);
	ok = say_bytes(STDOUT_FILENO, "standard output", buf_slice(&buf));
	buf_clear(&buf);
	if (v->values->format != 0 && !v->cli->global.quiet) {
		buf_format(&buf, "%.*s, ", STR_ARG(report.subject));
		report_counts(&buf, &v->findings);
		buf_text(&buf, ".\n");
		say_bytes(STDERR_FILENO, "standard error", buf_slice(&buf));
	}
	buf_finish(&buf);
	return ok;
}

static int validate(struct validation *v)
{
	bool complete = inputs_open(&v->sources, &v->values->input, &v->cli->args, &v->cli->arena);

	if (!complete && v->sources.count == 0)
		return STATUS_INCOMPLETE;
	read_all(v, &v->sources, take_object);
	if (!tell(v) || !complete || !v->complete)
		return STATUS_INCOMPLETE;
	return fails(v) ? STATUS_FINDINGS : STATUS_DONE;
}

static int no_input(struct cli *cli)
{
	struct buf buf;

	buf_init(&buf);
	help_command(&buf, &cmd_validate, cli->err.width, false);
	say_bytes(STDERR_FILENO, "standard error", buf_slice(&buf));
	buf_finish(&buf);
	return STATUS_INCOMPLETE;
}

static int run(struct cli *cli, const void *given)
{
	struct validation v = {.cli = cli, .values = given, .complete = true};
	int status = STATUS_INCOMPLETE;

	if (!inputs_given(&v.values->input, &cli->args))
		return no_input(cli);
	arena_init(&v.scratch);
	findings_init(&v.findings, &cli->arena);
	schema_set_init(&v.set, &cli->arena);
	schema_set_add_gateway_api(&v.set,
				   v.values->channel ? SCHEMA_EXPERIMENTAL : SCHEMA_STANDARD);
	if (read_crds(&v))
		status = validate(&v);
	sources_finish(&v.sources);
	schema_set_finish(&v.set);
	arena_finish(&v.scratch);
	return status;
}

const struct command cmd_validate = {
	.name = "validate",
	.summary = "say whether the API server would take these Gateway API objects",
	.usage = "[flags] PATH...",
	.description =
		"Reads Gateway API objects from files, directories or standard input and checks "
		"them as the API server does: unknown fields, types, bounds, patterns, and the "
		"rules of the CRDs. Kinds of Kubernetes itself are left out. No cluster is needed.",
	.examples = "ingress2gw validate gateway.yaml\n"
		    "ingress2gw convert deploy/ | ingress2gw validate -\n"
		    "ingress2gw validate --channel=experimental --crds=crds/ -o concise deploy/",
	.sections = sections,
	.values_size = sizeof(struct validate_values),
	.run = run,
};
