/* The C API: a run is a list of inputs, a set of options and the result of the last conversion. */
#include <ingress2gw/ingress2gw.h>

#include <stdlib.h>

#include "base/buf.h"
#include "base/bug.h"
#include "check/rules.h"
#include "converters/convert.h"

/* An object in the output, while that may still move. */
struct written {
	struct convert_object object;
	size_t offset, length;
};

struct i2g_run {
	struct arena arena; /* inputs and options */
	struct sources sources;
	struct convert_options options;
	struct error error;

	bool converted;
	struct arena views; /* what the functions below hand out */
	struct convert_result result;
	struct buf output; /* with a NUL behind it */
	struct written *written;
	size_t written_count;
	struct i2g_object *objects;
	struct i2g_finding *findings;
	size_t items[OUTCOME_KINDS];
};

const char *i2g_version(void)
{
	return I2G_VERSION;
}

struct i2g_run *i2g_create(void)
{
	struct i2g_run *run = calloc(1, sizeof(*run));

	if (!run)
		bug_out_of_memory(sizeof(*run));
	arena_init(&run->arena);
	run->options.plan.comments = true;
	buf_init(&run->output);
	return run;
}

static void drop_results(struct i2g_run *run)
{
	if (!run->converted)
		return;
	convert_finish(&run->result);
	arena_finish(&run->views);
	buf_finish(&run->output);
	run->written = NULL;
	run->written_count = 0;
	run->converted = false;
}

void i2g_destroy(struct i2g_run *run)
{
	if (!run)
		return;
	drop_results(run);
	sources_finish(&run->sources);
	arena_finish(&run->arena);
	free(run);
}

const char *i2g_error(const struct i2g_run *run)
{
	return run->error.text;
}

/* ---- options ---- */

/* Position of a value among the words it can be; SIZE_MAX when it is none. */
static size_t word_index(const char *const *words, struct str value)
{
	for (size_t i = 0; words[i]; i++)
		if (str_is(value, words[i]))
			return i;
	return SIZE_MAX;
}

static bool set_bool(bool *field, struct str value)
{
	static const char *const words[] = {"false", "true", NULL};
	size_t index = word_index(words, value);

	if (index != SIZE_MAX)
		*field = index == 1;
	return index != SIZE_MAX;
}

static bool set_allow_unguarded(struct i2g_run *run, struct str value)
{
	return set_bool(&run->options.allow_unguarded, value);
}

static bool set_channel(struct i2g_run *run, struct str value)
{
	static const char *const words[] = {"standard", "experimental", NULL};
	size_t index = word_index(words, value);

	if (index != SIZE_MAX)
		run->options.plan.experimental = index == 1;
	return index != SIZE_MAX;
}

static bool set_comments(struct i2g_run *run, struct str value)
{
	return set_bool(&run->options.plan.comments, value);
}

static bool set_controller_config(struct i2g_run *run, struct str value)
{
	return controllers_set_config(&run->options, &run->arena, value);
}

static bool set_copy_labels(struct i2g_run *run, struct str value)
{
	return set_bool(&run->options.plan.copy_labels, value);
}

/* "NS/NAME", both there. */
static bool is_pair(struct str value)
{
	size_t slash = str_find(value, '/');

	return slash != SIZE_MAX && slash > 0 && slash + 1 < value.len;
}

static bool set_default_certificate(struct i2g_run *run, struct str value)
{
	if (value.len > 0 && !is_pair(value))
		return false;
	run->options.default_certificate = value;
	return true;
}

static bool set_emitter(struct i2g_run *run, struct str value)
{
	const struct emitter *emitter = emitter_find(value);

	if (emitter)
		run->options.emitter = emitter;
	return emitter != NULL;
}

static bool set_plan(struct i2g_run *run, const struct plan_options *plan)
{
	if (!plan_names_are_legal(plan, NULL))
		return false;
	run->options.plan = *plan;
	return true;
}

static bool set_gateway(struct i2g_run *run, struct str value)
{
	return controllers_set_gateway(&run->options, &run->arena, value);
}

static bool set_gateway_class(struct i2g_run *run, struct str value)
{
	return controllers_set_class(&run->options, &run->arena, value);
}

static bool set_gateway_namespace(struct i2g_run *run, struct str value)
{
	struct plan_options plan = run->options.plan;

	plan.gateway_namespace = value;
	return set_plan(run, &plan);
}

static bool set_ingress_class(struct i2g_run *run, struct str value)
{
	struct convert_options *options = &run->options;

	ARENA_PUSH(&run->arena, options->classes, options->class_count, value);
	return true;
}

static bool set_listeners(struct i2g_run *run, struct str value)
{
	static const char *const words[] = {"gateway", "listenerset", NULL};
	size_t index = word_index(words, value);

	if (index != SIZE_MAX)
		run->options.plan.listener_sets = index == 1;
	return index != SIZE_MAX;
}

static bool set_namespace(struct i2g_run *run, struct str value)
{
	run->options.load.namespace = value;
	return true;
}

static bool set_output(struct i2g_run *run, struct str value)
{
	static const char *const words[] = {
		[OUTPUT_YAML] = "yaml", [OUTPUT_JSON] = "json", [OUTPUT_NAME] = "name", NULL};
	size_t index = word_index(words, value);

	if (index != SIZE_MAX)
		run->options.format = (enum output_format)index;
	return index != SIZE_MAX;
}

static bool set_provider(struct i2g_run *run, struct str value)
{
	const struct provider *provider = provider_find(value);

	if (!provider && !str_is(value, "auto"))
		return false;
	run->options.provider = provider;
	return true;
}

static bool set_selector(struct i2g_run *run, struct str value)
{
	run->options.load.selector = value;
	return true;
}

static bool set_threads(struct i2g_run *run, struct str value)
{
	static const char *const words[] = {"auto", "1", "2", NULL};
	size_t index = word_index(words, value);

	if (index != SIZE_MAX)
		run->options.load.threads = (unsigned)index;
	return index != SIZE_MAX;
}

static bool set_topology(struct i2g_run *run, struct str value)
{
	static const char *const words[] = {
		[TOPOLOGY_SHARED] = "shared", [TOPOLOGY_NAMESPACE] = "namespace", NULL};
	size_t index = word_index(words, value);

	if (index != SIZE_MAX)
		run->options.plan.topology = (enum topology)index;
	return index != SIZE_MAX;
}

static const struct option {
	const char *name;
	bool (*set)(struct i2g_run *run, struct str value);
} options[] = {
	{"allow-unguarded", set_allow_unguarded},
	{"channel", set_channel},
	{"comments", set_comments},
	{"controller-config", set_controller_config},
	{"copy-labels", set_copy_labels},
	{"default-ssl-certificate", set_default_certificate},
	{"emitter", set_emitter},
	{"gateway", set_gateway},
	{"gateway-class", set_gateway_class},
	{"gateway-namespace", set_gateway_namespace},
	{"ingress-class", set_ingress_class},
	{"listeners", set_listeners},
	{"namespace", set_namespace},
	{"output", set_output},
	{"provider", set_provider},
	{"selector", set_selector},
	{"threads", set_threads},
	{"topology", set_topology},
};

bool i2g_set(struct i2g_run *run, const char *name, const char *value)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		if (strcmp(options[i].name, name) != 0)
			continue;
		if (options[i].set(run, str_dup(&run->arena, str_from(value))))
			return true;
		return error_set(&run->error, "option '%s' cannot be '%s'", name, value);
	}
	return error_set(&run->error, "there is no option '%s'", name);
}

/* ---- inputs ---- */

void i2g_add_file(struct i2g_run *run, const char *path)
{
	struct str name = str_dup(&run->arena, str_from(path));

	sources_add(&run->sources, (struct source){.name = name, .path = name.at});
}

void i2g_add_text(struct i2g_run *run, const char *name, const char *text, size_t length)
{
	sources_add(&run->sources, (struct source){
					   .name = str_dup(&run->arena, str_from(name)),
					   .text = str_dup(&run->arena, (struct str){text, length}),
				   });
}

/* ---- results ---- */

static const char *text_of(struct i2g_run *run, struct str text)
{
	return str_dup(&run->views, text).at;
}

static void keep_text(void *user, const struct convert_object *object, struct str text)
{
	struct i2g_run *run = user;

	if (object)
		ARENA_PUSH(&run->views, run->written, run->written_count,
			   (struct written){*object, run->output.len, text.len});
	buf_str(&run->output, text);
}

static void view_objects(struct i2g_run *run)
{
	buf_char(&run->output, '\0');
	if (run->output.full)
		BUG("the output is larger than %zu bytes", BUF_CEILING);
	run->objects = arena_array(&run->views, struct i2g_object, run->written_count);
	for (size_t i = 0; i < run->written_count; i++) {
		const struct written *written = &run->written[i];

		run->objects[i] = (struct i2g_object){
			.kind = written->object.kind,
			.ns = text_of(run, written->object.namespace),
			.name = text_of(run, written->object.name),
			.text = run->output.at + written->offset,
			.length = written->length,
		};
	}
}

static struct i2g_finding view_finding(struct i2g_run *run, const struct finding *finding)
{
	const struct rule *rule = rule_of(finding);
	bool placed = finding->span.line > 0;

	return (struct i2g_finding){
		.code = rule->code,
		.rule = rule->name,
		.severity = (enum i2g_severity)rule->severity,
		.kind = text_of(run, finding->object.kind),
		.ns = text_of(run, finding->object.namespace),
		.name = text_of(run, finding->object.name),
		.path = text_of(run, finding->path),
		.file = placed ? text_of(run, source_name(&run->sources, finding->span.source))
			       : "",
		.line = finding->span.line,
		.column = finding->span.column,
		.length = finding->span.length,
		.message = text_of(run, finding->message),
		.hint = text_of(run, finding->hint),
	};
}

static void view_findings(struct i2g_run *run)
{
	const struct findings *findings = &run->result.findings;

	run->findings = arena_array(&run->views, struct i2g_finding, findings->count);
	for (size_t i = 0; i < findings->count; i++)
		run->findings[i] = view_finding(run, &findings->at[i]);
}

bool i2g_convert(struct i2g_run *run)
{
	drop_results(run);
	arena_init(&run->views);
	run->converted = true;
	run->result = (struct convert_result){0};
	const struct convert_sink sink = {run, keep_text};
	bool ok = convert_run(&run->result, &run->sources, &run->options, &sink, &run->error);

	view_objects(run);
	view_findings(run);
	ledger_count(&run->result.model.ledger, run->items);
	return ok;
}

const char *i2g_output(const struct i2g_run *run, size_t *length)
{
	if (length)
		*length = run->converted ? run->output.len - 1 : 0;
	return run->converted ? run->output.at : "";
}

size_t i2g_object_count(const struct i2g_run *run)
{
	return run->converted ? run->result.object_count : 0;
}

const struct i2g_object *i2g_object_at(const struct i2g_run *run, size_t index)
{
	return index < i2g_object_count(run) ? &run->objects[index] : NULL;
}

size_t i2g_finding_count(const struct i2g_run *run)
{
	return run->converted ? run->result.findings.count : 0;
}

const struct i2g_finding *i2g_finding_at(const struct i2g_run *run, size_t index)
{
	return index < i2g_finding_count(run) ? &run->findings[index] : NULL;
}

_Static_assert((int)I2G_INFO == (int)SEVERITY_INFO && (int)I2G_ERROR == (int)SEVERITY_ERROR,
	       "severities have the same order");

size_t i2g_item_count(const struct i2g_run *run, enum i2g_outcome outcome)
{
	static const enum outcome outcomes[] = {
		[I2G_INERT] = OUTCOME_INERT,
		[I2G_EXACT] = OUTCOME_EXACT,
		[I2G_APPROXIMATE] = OUTCOME_APPROXIMATE,
		[I2G_POLICY] = OUTCOME_POLICY,
		[I2G_REFUSED] = OUTCOME_REFUSED,
	};

	if (!run->converted || (size_t)outcome >= sizeof(outcomes) / sizeof(*outcomes))
		return 0;
	return run->items[outcomes[outcome]];
}

size_t i2g_ingress_count(const struct i2g_run *run)
{
	return run->converted ? run->result.ingress_count : 0;
}

size_t i2g_held_count(const struct i2g_run *run)
{
	return run->converted ? run->result.held_count : 0;
}
