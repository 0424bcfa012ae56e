#include "cli/validation.h"

#include "check/gateway.h"
#include "cli/inputs.h"
#include "cli/say.h"

void validation_init(struct validation *validation, enum schema_channel channel,
		     struct arena *arena)
{
	*validation = (struct validation){.arena = arena};
	arena_init(&validation->scratch);
	pthread_mutex_init(&validation->lock, NULL);
	schema_set_init(&validation->set, arena);
	schema_set_add_gateway_api(&validation->set, channel);
}

void validation_finish(struct validation *validation)
{
	schema_set_finish(&validation->set);
	pthread_mutex_destroy(&validation->lock);
	arena_finish(&validation->scratch);
	kube_set_finish(&validation->kube);
}

/* ---- reading ---- */

/* Sources are read on this thread, batch after batch into one list. */
struct reading {
	struct validation *validation;
	struct findings *findings;
	void (*take)(struct reading *reading, const struct yaml_item *item);
	bool ok;
};

static struct findings *findings_of(void *batch)
{
	return ((struct reading *)batch)->findings;
}

static void take_item(void *batch, const struct yaml_item *item)
{
	struct reading *reading = batch;

	reading->take(reading, item);
}

static bool read_sources(struct reading *reading, const struct sources *sources)
{
	const struct yaml_sink sink = {.user = reading,
				       .open = yaml_one_batch,
				       .take = take_item,
				       .findings = findings_of};
	struct error error;

	for (uint32_t i = 0; i < sources->count; i++)
		if (!yaml_read(sources, i, NULL, 1, &sink, &error)) {
			say_error("%s", error.text);
			reading->ok = false;
		}
	return reading->ok;
}

/* ---- --crds ---- */

static void take_crd(struct reading *reading, const struct yaml_item *item)
{
	struct error error;

	if (!str_is(node_text(item->root, "kind"), "CustomResourceDefinition") ||
	    schema_set_add_crd(&reading->validation->set, item->root, &error))
		return;
	reading->ok = false;
	say_error("--crds: %.*s", STR_ARG(node_text(node_get(item->root, "metadata"), "name")));
	say_error("--crds: %s", error.text);
}

static void tell_notes(const struct schema_set *set, struct findings *findings)
{
	for (size_t i = 0; i < set->note_count; i++)
		findings_add(findings, (struct finding){
					       .code = "I2G613",
					       .object = {.kind = STR("CustomResourceDefinition"),
							  .name = set->notes[i].kind},
					       .message = str_format(findings->arena, "%.*s: %.*s",
								     STR_ARG(set->notes[i].kind),
								     STR_ARG(set->notes[i].what)),
				       });
}

/* What is wrong with the YAML of the CRDs is not about the objects: it makes the answer incomplete. */
static bool tell_broken(const struct sources *sources, const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->at[i];
		struct str name = source_name(sources, finding->span.source);

		say_error("--crds: %.*s:%u: %.*s", STR_ARG(name), finding->span.line,
			  STR_ARG(finding->message));
	}
	return findings->count == 0;
}

bool validation_read_crds(struct validation *validation, const struct texts *paths,
			  struct findings *findings)
{
	const struct texts no_paths = {NULL, 0};
	struct input_values input = {.files = *paths};
	struct sources sources = {0};
	struct findings broken;
	struct reading reading = {validation, &broken, take_crd, true};

	if (!paths->count)
		return true;
	findings_init(&broken, findings->arena);
	reading.ok = inputs_open(&sources, &input, &no_paths, findings->arena);
	read_sources(&reading, &sources);
	reading.ok = tell_broken(&sources, &broken) && reading.ok;
	sources_finish(&sources);
	tell_notes(&validation->set, findings);
	return reading.ok;
}

/* ---- one object ---- */

/* The object that is being looked at. */
struct subject {
	struct validation *validation;
	struct findings *findings;
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
	struct arena *arena = subject->findings->arena;
	struct str path = violation->path, message = violation->message;

	if (path.len && violation->kind != SCHEMA_UNKNOWN_FIELD &&
	    violation->kind != SCHEMA_EXPERIMENTAL_PRUNED)
		message = str_format(arena, "%.*s: %.*s", STR_ARG(path), STR_ARG(message));
	findings_add(subject->findings, (struct finding){
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
	findings_add(subject->findings, (struct finding){
						.code = code,
						.object = subject->ref,
						.path = STR("apiVersion"),
						.span = subject->span,
						.message = message,
						.hint = hint,
					});
}

/* False when the API server refuses it. */
static bool check_object(const struct subject *subject, const struct schema_kind *kind,
			 const struct yaml_item *item)
{
	struct validation *v = subject->validation;
	struct arena_mark mark = arena_mark(&v->scratch);
	struct schema_result result = {.arena = subject->findings->arena, .source = item->source};

	v->checked++;
	schema_check(&v->set, kind, item->root, &v->scratch, &result);
	arena_rewind(&v->scratch, mark);
	for (size_t i = 0; i < result.count; i++)
		add_violation(subject, &result.violations[i]);
	if (!result.count)
		return true;

	struct finding *last = &subject->findings->at[subject->findings->count - 1];

	if (result.more)
		last->hint = STR("what else is wrong with this object is not listed");
	else if (result.rules_skipped && !last->hint.len)
		last->hint = STR("some validation rules were not checked because the object was "
				 "invalid; correct the existing errors to complete validation");
	return !result.refused;
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
	return str_format(subject->findings->arena,
			  "no matches for kind \"%.*s\" in version \"%.*s\"",
			  STR_ARG(subject->ref.kind), STR_ARG(api_version));
}

/* Whether it may be looked at further: the API server takes it, or nobody here knows its kind. */
static bool check_known(const struct subject *subject, struct str api_version,
			const struct yaml_item *item)
{
	const struct schema_kind *kind;
	struct arena *arena = subject->findings->arena;

	switch (schema_find(&subject->validation->set, api_version, subject->ref.kind, &kind)) {
	case SCHEMA_KNOWN:
		return check_object(subject, kind, item);
	case SCHEMA_NOT_SERVED:
		say_of_object(subject, "I2G615", no_matches(subject, api_version),
			      kind ? str_format(arena, "%.*s/%.*s is served", STR_ARG(kind->group),
						STR_ARG(kind->version))
				   : STR(""));
		return false;
	case SCHEMA_OTHER_CHANNEL:
		say_of_object(subject, "I2G614", no_matches(subject, api_version),
			      STR("only the experimental channel has this kind; "
				  "--channel=experimental checks it"));
		return false;
	default:
		if (!is_builtin(api_version))
			say_of_object(subject, "I2G614", no_matches(subject, api_version),
				      STR("--crds=PATH reads the CustomResourceDefinition"));
		return true;
	}
}

static struct str own_or(const struct node *root, const char *key, struct str otherwise)
{
	struct str own = node_text(root, key);

	return own.len ? own : otherwise;
}

static void name_object(struct subject *subject, const struct yaml_item *item)
{
	struct arena *arena = subject->findings->arena;
	const struct node *root = item->root, *meta = node_get(root, "metadata");
	const struct node *kind = node_get(root, "kind");

	subject->span = node_span(kind ? kind : root, item->source);
	subject->ref = (struct object_ref){
		.kind = str_dup(arena, own_or(root, "kind", item->list_kind)),
		.namespace = str_dup(arena, node_text(meta, "namespace")),
		.name = str_dup(arena, node_text(meta, "name")),
	};
}

static void note_suppression(const struct subject *subject, const struct yaml_item *item)
{
	const struct node *annotations = node_get(node_get(item->root, "metadata"), "annotations");
	const struct node *value = node_get(annotations, SUPPRESS_ANNOTATION);

	if (value && value->kind == NODE_STRING && subject->validation->suppressions)
		suppressions_add(subject->validation->suppressions, &subject->ref, value->text,
				 node_span(value, item->source));
}

static bool is_unknown(const struct validation *v, const struct yaml_item *item)
{
	const struct schema_kind *kind;
	struct str version = own_or(item->root, "apiVersion", item->list_version);

	return schema_find(&v->set, version, own_or(item->root, "kind", item->list_kind), &kind) ==
	       SCHEMA_UNKNOWN;
}

static bool is_elsewhere(const struct validation *v, const struct yaml_item *item)
{
	struct str namespace = node_text(node_get(item->root, "metadata"), "namespace");

	return v->namespace.len && namespace.len && !str_eq(namespace, v->namespace);
}

/* Asked without the lock: most objects that lint sees are none of Gateway API. */
static bool is_left_out(const struct validation *v, const struct yaml_item *item)
{
	if (v->known_only && is_unknown(v, item))
		return true;
	return is_elsewhere(v, item);
}

static bool take_object(struct subject *subject, const struct yaml_item *item)
{
	struct validation *v = subject->validation;
	struct str api_version = own_or(item->root, "apiVersion", item->list_version);
	bool taken;

	v->objects++;
	name_object(subject, item);
	note_suppression(subject, item);
	if (!subject->ref.kind.len || !api_version.len) {
		say_of_object(subject, "I2G614", STR("the document has no apiVersion and kind"),
			      STR(""));
		return true;
	}
	taken = check_known(subject, api_version, item);
	ARENA_PUSH(v->arena, v->at, v->count, (struct report_object){subject->ref, subject->span});
	return taken;
}

/* An object that would be checked in another namespace. */
static void note_elsewhere(struct validation *validation, const struct yaml_item *item)
{
	if (!is_elsewhere(validation, item) || is_unknown(validation, item))
		return;
	pthread_mutex_lock(&validation->lock);
	validation->left_out++;
	pthread_mutex_unlock(&validation->lock);
}

bool validation_take(struct validation *validation, const struct yaml_item *item,
		     struct findings *findings)
{
	struct subject subject = {.validation = validation, .findings = findings};
	bool taken;

	if (item->root->kind == NODE_NULL)
		return true;
	if (is_left_out(validation, item)) {
		note_elsewhere(validation, item);
		return true;
	}
	pthread_mutex_lock(&validation->lock);
	taken = take_object(&subject, item);
	pthread_mutex_unlock(&validation->lock);
	return taken;
}

void validation_connect(struct validation *validation, struct findings *findings)
{
	attach_run(&validation->attached, validation->arena, &validation->gateway,
		   &validation->attach);
	gateway_check(&validation->attached, findings);
}

static bool admit(void *user, const struct yaml_item *item, struct findings *findings)
{
	return validation_take(user, item, findings);
}

bool validation_read(struct validation *validation, const struct sources *sources,
		     struct findings *findings)
{
	const struct kube_load_options options = {
		.threads = 1, .gate = {admit, validation}, .silent = true};
	struct error error;
	bool ok = gateway_load_packed(&validation->gateway, &validation->kube, validation->arena,
				      sources, &options, findings, &error);

	if (!ok)
		say_error("%s", error.text);
	validation_connect(validation, findings);
	return ok;
}
