#include "kube/read.h"

#include "kube/names.h"
#include "kube/timestamp.h"

/* ObjectMeta; what is not read below is the server's own bookkeeping. */
enum {
	META_NAME,
	META_GENERATE_NAME,
	META_NAMESPACE,
	META_CREATED,
	META_LABELS,
	META_ANNOTATIONS,
	META_KNOWN = 16,
};

static const struct str meta_names[META_KNOWN] = {
	[META_NAME] = STR_INIT("name"),
	[META_GENERATE_NAME] = STR_INIT("generateName"),
	[META_NAMESPACE] = STR_INIT("namespace"),
	[META_CREATED] = STR_INIT("creationTimestamp"),
	[META_LABELS] = STR_INIT("labels"),
	[META_ANNOTATIONS] = STR_INIT("annotations"),
	STR_INIT("uid"),
	STR_INIT("resourceVersion"),
	STR_INIT("generation"),
	STR_INIT("managedFields"),
	STR_INIT("ownerReferences"),
	STR_INIT("finalizers"),
	STR_INIT("selfLink"),
	STR_INIT("deletionTimestamp"),
	STR_INIT("deletionGracePeriodSeconds"),
	STR_INIT("clusterName"),
};

/* A copy of the whole object, made by kubectl: as large as all the rest, and never looked at. */
static bool is_last_applied(struct str key)
{
	return str_is(key, "kubectl.kubernetes.io/last-applied-configuration");
}

static struct str scalar_of(const struct node *key)
{
	const struct node *value = kube_value(key);

	return value && value->kind != NODE_MAP && value->kind != NODE_LIST ? value->text : STR("");
}

/* Findings about the metadata name the object as well, so its name must be known before they are
 * read. */
static void peek_identity(struct kube_reader *reader, const struct node *metadata, bool namespaced,
			  struct kube_meta *meta)
{
	struct str name = scalar_of(node_key(metadata, "name"));
	struct str namespace = scalar_of(node_key(metadata, "namespace"));

	if (!name.len) {
		name = scalar_of(node_key(metadata, "generateName"));
		while (str_ends(name, "-") || str_ends(name, "."))
			name.len--;
		meta->name_generated = name.len > 0;
	}
	meta->name = kube_keep(reader, name);
	if (namespaced) {
		meta->namespace_given = namespace.len > 0;
		meta->namespace = namespace.len ? kube_keep(reader, namespace) : STR("default");
	}
	reader->object = kube_ref(meta);
}

static int64_t read_time(struct kube_reader *reader, const struct kube_at *at,
			 const struct node *node)
{
	int64_t seconds;

	if (!node)
		return KUBE_NO_TIME;
	if (node->kind != NODE_STRING) {
		kube_say_type(reader, at, node, "string", STR(""));
		return KUBE_NO_TIME;
	}
	if (kube_timestamp_parse(node->text, &seconds))
		return seconds;
	kube_say(reader, at, node,
		 (struct finding){
			 .code = "I2G105",
			 .message = str_format(reader->arena,
					       "invalid time \"%.*s\"; the API server refuses this "
					       "object",
					       STR_ARG(kube_excerpt(node->text))),
			 .hint = STR("write it as 2024-01-31T08:00:00Z, or leave it out"),
		 });
	return KUBE_NO_TIME;
}

static bool say_nameless(struct kube_reader *reader, const struct kube_at *at,
			 const struct node *node)
{
	kube_say(reader, at, node,
		 (struct finding){
			 .code = "I2G108",
			 .message = STR("metadata.name is missing; the object is left out"),
			 .hint = STR("write metadata.name"),
		 });
	return false;
}

static void check_name(struct kube_reader *reader, const struct kube_at *at,
		       const struct node *node, struct str name)
{
	if (!names_wrong_subdomain(name) || kube_placeholder(name).len)
		return;
	kube_say(reader, at, node,
		 (struct finding){
			 .code = "I2G105",
			 .message =
				 str_format(reader->arena,
					    "invalid name \"%.*s\": expected lower case letters, "
					    "digits, \"-\" and \".\"; the API server refuses this "
					    "object",
					    STR_ARG(kube_excerpt(name))),
		 });
}

/* No namespace can have such a name (RFC 1123 label), so nothing of the object can be written anywhere. */
static bool check_namespace(struct kube_reader *reader, const struct kube_at *at,
			    const struct node *node, struct str namespace)
{
	if (!names_wrong_label(namespace))
		return true;
	kube_say(reader, at, node,
		 (struct finding){
			 .code = "I2G105",
			 .message = str_format(
				 reader->arena,
				 "invalid namespace \"%.*s\": expected at most 63 lower "
				 "case letters, digits and \"-\"; the object is left out",
				 STR_ARG(kube_excerpt(namespace))),
		 });
	return false;
}

/* "annotation", "Annotations": what people write who mean the field. */
static bool is_like_annotations(struct str key)
{
	return key.len >= 10 && str_eq_nocase(str_sub(key, 0, 10), STR("annotation"));
}

/* Maps of that name in `parent`, except for the field itself where it belongs. */
static void doubt_astray(struct kube_reader *reader, struct kube_doubt_list list,
			 const struct node *parent, bool belongs)
{
	list.astray = true;
	node_each(key, parent && parent->kind == NODE_MAP
			       ? parent
			       : NULL) if (is_like_annotations(key->text) && kube_value(key) &&
					   key->value->kind == NODE_MAP &&
					   !(belongs && str_is(key->text, "annotations")))
		kube_read_doubts(reader, &list, key, true);
}

/* A second "metadata" or "annotations" of the same object takes the place of the first. */
static void doubt_annotations(struct kube_reader *reader, const struct node *root,
			      struct kube_meta *meta)
{
	const struct kube_doubt_list list = {
		.pairs = &meta->annotations, .skip = is_last_applied, .doubts = &meta->doubts};
	const struct node *newest = node_key(root, "metadata");

	for (const struct node *key = newest; key; key = key->first)
		kube_read_doubts(reader, &list, node_key(key->value, "annotations"), key != newest);
	doubt_astray(reader, list, root, false);
	doubt_astray(reader, list, kube_value(newest), true);
	doubt_astray(reader, list, node_get(root, "spec"), false);
}

bool kube_read_meta(struct kube_reader *reader, const struct node *root, bool namespaced,
		    struct kube_meta *meta)
{
	const struct kube_at *at = KUBE_FIELD(NULL, "metadata");
	const struct node *found[META_KNOWN], *metadata = node_get(root, "metadata");

	meta->span = node_span(root, reader->source);
	peek_identity(reader, metadata, namespaced, meta);
	kube_read_fields(reader, at, metadata, KUBE_FIELDS(meta_names), found);

	const struct node *name = found[meta->name_generated ? META_GENERATE_NAME : META_NAME];

	meta->name_span = kube_read_name(reader, KUBE_FIELD(at, "name"), kube_value(name)).span;
	if (!meta->name.len)
		return say_nameless(reader, at, metadata ? metadata : root);
	check_name(reader, KUBE_FIELD(at, "name"), name->value, meta->name);
	if (namespaced)
		kube_read_name(reader, KUBE_FIELD(at, "namespace"),
			       kube_value(found[META_NAMESPACE]));
	if (namespaced && !check_namespace(reader, KUBE_FIELD(at, "namespace"),
					   kube_value(found[META_NAMESPACE]), meta->namespace))
		return false;
	meta->created = read_time(reader, KUBE_FIELD(at, "creationTimestamp"),
				  kube_value(found[META_CREATED]));
	meta->labels = kube_read_pairs(reader, KUBE_FIELD(at, "labels"),
				       kube_value(found[META_LABELS]), NULL);
	meta->annotations = kube_read_pairs(reader, KUBE_FIELD(at, "annotations"),
					    kube_value(found[META_ANNOTATIONS]), is_last_applied);
	doubt_annotations(reader, root, meta);
	return true;
}
