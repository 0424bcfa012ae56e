#include "kube/read.h"

static const struct node *next(const struct node *item)
{
	return item ? item->next : NULL;
}

/* ---- paths ---- */

static const struct str path_types[] = {
	STR_INIT("Exact"),
	STR_INIT("Prefix"),
	STR_INIT("ImplementationSpecific"),
};

static const enum kube_path_type path_type_values[] = {
	KUBE_PATH_EXACT,
	KUBE_PATH_PREFIX,
	KUBE_PATH_SPECIFIC,
};

enum { PATH_TYPES = sizeof path_types / sizeof *path_types };

static enum kube_path_type path_type_of(struct str word)
{
	for (size_t i = 0; i < PATH_TYPES; i++)
		if (str_eq_nocase(path_types[i], word))
			return path_type_values[i];
	return KUBE_PATH_UNKNOWN;
}

static bool is_path_type(struct str word)
{
	for (size_t i = 0; i < PATH_TYPES; i++)
		if (str_eq(path_types[i], word))
			return true;
	return false;
}

/* A word in the wrong case is refused by the API server like any other, but what it means is plain. */
static void read_path_type(struct kube_reader *reader, const struct kube_at *at,
			   const struct node *node, struct kube_path *path)
{
	struct kube_text word = kube_read_text(reader, at, node);

	path->type = path_type_of(word.text);
	path->type_span = node_span(node, reader->source);
	if (!word.span.line || is_path_type(word.text))
		return;

	struct str nearest = kube_nearest(path_types, PATH_TYPES, word.text);

	kube_say(reader, at, node,
		 (struct finding){
			 .code = "I2G105",
			 .message = str_format(
				 reader->arena,
				 "unsupported pathType \"%.*s\": the API server knows Exact, "
				 "ImplementationSpecific and Prefix",
				 STR_ARG(kube_excerpt(word.text))),
			 .hint = kube_did_you_mean(reader, nearest),
		 });
}

static void note_missing_type(struct kube_reader *reader, const struct kube_at *at,
			      const struct node *node)
{
	if (reader->old) {
		reader->old_forms |= KUBE_OLD_PATH_TYPE;
		return;
	}
	kube_say(reader, at, node,
		 (struct finding){
			 .code = "I2G108",
			 .message = STR("pathType is missing; networking.k8s.io/v1 requires it"),
			 .hint = STR("write pathType: Prefix, or ImplementationSpecific for what "
				     "the controller does without one"),
		 });
}

static void read_path(struct kube_reader *reader, const struct kube_at *at, const struct node *node,
		      struct kube_path *path)
{
	enum { PATH, TYPE, BACKEND, KNOWN };
	static const struct str names[KNOWN] = {STR_INIT("path"), STR_INIT("pathType"),
						STR_INIT("backend")};
	const struct node *found[KNOWN];

	kube_read_fields(reader, at, node, KUBE_FIELDS(names), found);
	path->span = node_span(node, reader->source);
	if (node->kind != NODE_MAP && node->kind != NODE_NULL)
		return;
	path->path = kube_read_text(reader, KUBE_FIELD(at, "path"), kube_value(found[PATH]));
	if (kube_value(found[TYPE]))
		read_path_type(reader, KUBE_FIELD(at, "pathType"), found[TYPE]->value, path);
	else
		note_missing_type(reader, at, kube_value(found[PATH]) ? found[PATH]->value : node);
	if (kube_value(found[BACKEND]))
		path->backend =
			kube_read_backend(reader, KUBE_FIELD(at, "backend"), found[BACKEND]->value);
	else
		kube_say(reader, at, node,
			 (struct finding){
				 .code = "I2G108",
				 .message = STR("path without a backend; the API server refuses "
						"this object"),
				 .hint = STR("write backend: {service: {name: ..., port: {number: "
					     "...}}}"),
			 });
}

/* ---- rules ---- */

static void read_paths(struct kube_reader *reader, const struct kube_at *at,
		       const struct node *list, struct kube_rule *rule)
{
	struct kube_items items = kube_read_items(reader, at, list);
	const struct node *item = items.first;

	if (!items.count)
		return;
	rule->paths = arena_array(reader->arena, struct kube_path, items.count);
	for (size_t i = 0; i < items.count && item; i++, item = next(item))
		read_path(reader, KUBE_ITEM(at, i), item, &rule->paths[rule->path_count++]);
}

static void read_http(struct kube_reader *reader, const struct kube_at *at, const struct node *node,
		      struct kube_rule *rule)
{
	static const struct str names[] = {STR_INIT("paths")};
	const struct node *found[1] = {NULL};
	const struct kube_at *paths = KUBE_FIELD(at, "paths");

	rule->has_http = true;
	if (node->kind == NODE_LIST) {
		kube_say_type(reader, at, node, "object",
			      STR("write paths: between http: and the list"));
		read_paths(reader, paths, node, rule);
	} else {
		kube_read_fields(reader, at, node, KUBE_FIELDS(names), found);
		read_paths(reader, paths, kube_value(found[0]), rule);
	}
	if (!rule->path_count && (node->kind == NODE_LIST || node->kind == NODE_MAP))
		kube_say(reader, at, node,
			 (struct finding){
				 .code = "I2G108",
				 .message = STR("http without paths; the API server refuses this "
						"object"),
				 .hint = STR("write at least one path"),
			 });
}

static void read_rule(struct kube_reader *reader, const struct kube_at *at, const struct node *node,
		      struct kube_rule *rule)
{
	enum { HOST, HTTP, KNOWN };
	static const struct str names[KNOWN] = {STR_INIT("host"), STR_INIT("http")};
	const struct node *found[KNOWN];

	kube_read_fields(reader, at, node, KUBE_FIELDS(names), found);
	rule->span = node_span(node, reader->source);
	rule->host = kube_read_name(reader, KUBE_FIELD(at, "host"), kube_value(found[HOST]));
	if (kube_value(found[HTTP]))
		read_http(reader, KUBE_FIELD(at, "http"), found[HTTP]->value, rule);
}

static void read_rules(struct kube_reader *reader, const struct kube_at *at,
		       const struct node *list, struct kube_ingress *ingress)
{
	struct kube_items items = kube_read_items(reader, at, list);
	const struct node *item = items.first;

	if (!items.count)
		return;
	ingress->rules = arena_array(reader->arena, struct kube_rule, items.count);
	for (size_t i = 0; i < items.count && item; i++, item = next(item))
		read_rule(reader, KUBE_ITEM(at, i), item, &ingress->rules[ingress->rule_count++]);
}

/* ---- TLS ---- */

static void read_hosts(struct kube_reader *reader, const struct kube_at *at,
		       const struct node *list, struct kube_tls *tls)
{
	struct kube_items items = kube_read_items(reader, at, list);
	const struct node *item = items.first;

	if (!items.count)
		return;
	tls->hosts = arena_array(reader->arena, struct kube_text, items.count);
	for (size_t i = 0; i < items.count && item; i++, item = next(item)) {
		struct kube_text host = kube_read_name(reader, KUBE_ITEM(at, i), item);

		if (host.text.len)
			tls->hosts[tls->host_count++] = host;
	}
}

static void read_tls_entry(struct kube_reader *reader, const struct kube_at *at,
			   const struct node *node, struct kube_tls *tls)
{
	enum { HOSTS, SECRET, KNOWN };
	static const struct str names[KNOWN] = {STR_INIT("hosts"), STR_INIT("secretName")};
	const struct node *found[KNOWN];

	kube_read_fields(reader, at, node, KUBE_FIELDS(names), found);
	tls->span = node_span(node, reader->source);
	read_hosts(reader, KUBE_FIELD(at, "hosts"), kube_value(found[HOSTS]), tls);
	tls->secret =
		kube_read_name(reader, KUBE_FIELD(at, "secretName"), kube_value(found[SECRET]));
}

static void read_tls(struct kube_reader *reader, const struct kube_at *at, const struct node *list,
		     struct kube_ingress *ingress)
{
	struct kube_items items = kube_read_items(reader, at, list);
	const struct node *item = items.first;

	if (!items.count)
		return;
	ingress->tls = arena_array(reader->arena, struct kube_tls, items.count);
	for (size_t i = 0; i < items.count && item; i++, item = next(item))
		read_tls_entry(reader, KUBE_ITEM(at, i), item, &ingress->tls[ingress->tls_count++]);
}

/* ---- spec ---- */

enum {
	SPEC_CLASS,
	SPEC_DEFAULT_BACKEND,
	SPEC_BACKEND, /* its name before v1 */
	SPEC_RULES,
	SPEC_TLS,
	SPEC_KNOWN,
};

static const struct str spec_names[SPEC_KNOWN] = {
	[SPEC_CLASS] = STR_INIT("ingressClassName"),
	[SPEC_DEFAULT_BACKEND] = STR_INIT("defaultBackend"),
	[SPEC_BACKEND] = STR_INIT("backend"),
	[SPEC_RULES] = STR_INIT("rules"),
	[SPEC_TLS] = STR_INIT("tls"),
};

static void say_foreign_backend(struct kube_reader *reader, const struct kube_at *at,
				const struct node *key)
{
	kube_say(reader, at, key,
		 (struct finding){
			 .code = "I2G107",
			 .message = str_format(reader->arena,
					       "unknown field \"%.*s\" in this apiVersion: kubectl "
					       "refuses it, other clients drop it in silence",
					       STR_ARG(key->text)),
			 .hint = reader->old ? STR("write apiVersion: networking.k8s.io/v1")
					     : STR("write defaultBackend"),
		 });
}

/* The field of the version counts; the field of the other versions stands in for it. */
static void read_default_backend(struct kube_reader *reader, const struct kube_at *spec,
				 const struct node **found, struct kube_ingress *ingress)
{
	const struct node *own = found[reader->old ? SPEC_BACKEND : SPEC_DEFAULT_BACKEND];
	const struct node *foreign = found[reader->old ? SPEC_DEFAULT_BACKEND : SPEC_BACKEND];

	if (kube_value(own) && reader->old)
		reader->old_forms |= KUBE_OLD_DEFAULT_BACKEND;
	if (foreign)
		say_foreign_backend(
			reader, &(struct kube_at){spec, KUBE_AT_FIELD, foreign->text, 0}, foreign);

	const struct node *key = kube_value(own) ? own : foreign;

	if (key && kube_value(key))
		ingress->default_backend = kube_read_backend(
			reader, &(struct kube_at){spec, KUBE_AT_FIELD, key->text, 0}, key->value);
}

static void read_spec(struct kube_reader *reader, const struct node *node,
		      struct kube_ingress *ingress)
{
	const struct kube_at *at = KUBE_FIELD(NULL, "spec");
	const struct node *found[SPEC_KNOWN];

	kube_read_fields(reader, at, node, KUBE_FIELDS(spec_names), found);
	ingress->class_name = kube_read_name(reader, KUBE_FIELD(at, "ingressClassName"),
					     kube_value(found[SPEC_CLASS]));
	read_default_backend(reader, at, found, ingress);
	read_rules(reader, KUBE_FIELD(at, "rules"), kube_value(found[SPEC_RULES]), ingress);
	read_tls(reader, KUBE_FIELD(at, "tls"), kube_value(found[SPEC_TLS]), ingress);
	if (!ingress->rule_count && !ingress->default_backend.span.line)
		kube_say(reader, at, node,
			 (struct finding){
				 .code = "I2G111",
				 .span = ingress->meta.span,
				 .message = STR("Ingress without rules and without a default "
						"backend routes nothing"),
				 .hint = STR("if this is a kustomize patch, give the output of "
					     "kustomize build instead"),
			 });
}

/* One hint with everything that must be written another way. */
static void say_old_version(struct kube_reader *reader, const struct node *root,
			    const struct kube_ingress *ingress)
{
	static const struct {
		unsigned form;
		const char *hint;
	} changes[] = {
		{KUBE_OLD_BACKEND, "service: {name, port} for serviceName and servicePort"},
		{KUBE_OLD_DEFAULT_BACKEND, "defaultBackend for backend"},
		{KUBE_OLD_PATH_TYPE, "pathType: ImplementationSpecific in paths without one"},
	};
	const struct node *version = node_get(root, "apiVersion");
	struct str hint = STR("write apiVersion: networking.k8s.io/v1");

	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
		if (reader->old_forms & changes[i].form)
			hint = str_format(reader->arena, "%.*s; %s", STR_ARG(hint),
					  changes[i].hint);
	kube_say(reader, KUBE_FIELD(NULL, "apiVersion"), version ? version : root,
		 (struct finding){
			 .code = "I2G106",
			 .message = str_format(reader->arena,
					       "%.*s is gone since Kubernetes 1.22; read as "
					       "networking.k8s.io/v1",
					       STR_ARG(ingress->meta.version)),
			 .hint = hint,
		 });
}

void kube_read_ingress(struct kube_reader *reader, const struct node *root, void *object)
{
	enum { SPEC, KNOWN = 5 };
	static const struct str names[KNOWN] = {
		[SPEC] = STR_INIT("spec"), STR_INIT("apiVersion"), STR_INIT("kind"),
		STR_INIT("metadata"),      STR_INIT("status"),
	};
	const struct node *found[KNOWN];
	struct kube_ingress *ingress = object;

	reader->old = str_ends(ingress->meta.version, "/v1beta1");
	kube_read_fields(reader, NULL, root, KUBE_FIELDS(names), found);
	read_spec(reader, kube_value(found[SPEC]), ingress);
	if (reader->old)
		say_old_version(reader, root, ingress);
}
