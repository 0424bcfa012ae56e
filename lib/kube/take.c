#include "kube/take.h"

/* What kind of object a document is, by its own words or by the typed list it stood in. */
struct identity {
	const struct kube_kind *kind;
	bool more; /* the kind is one of the caller's */
	enum kube_fit fit;
	struct str kind_text, version;
};

static struct str own_or(const struct node *root, const char *key, struct str otherwise)
{
	struct str own = node_text(root, key);

	return own.len ? own : otherwise;
}

static struct identity identify(const struct kube_load_options *options,
				const struct yaml_item *item)
{
	struct identity identity = {
		.kind_text = own_or(item->root, "kind", item->list_kind),
		.version = own_or(item->root, "apiVersion", item->list_version),
	};

	if (identity.kind_text.len)
		identity.kind = kube_kind_find(identity.kind_text, identity.version, &identity.fit);
	else if (node_get(node_get(item->root, "spec"), "rules"))
		identity.kind = kube_kind_guess(identity.version);
	if (!identity.kind) {
		identity.kind =
			kube_kind_more(&options->more, identity.kind_text, identity.version);
		identity.more = identity.kind;
	}
	return identity;
}

/* Findings about kind and apiVersion come before the metadata are read. */
static void name_object(struct kube_reader *reader, const struct node *root,
			const struct identity *identity)
{
	const struct node *metadata = node_get(root, "metadata");
	struct str namespace = node_text(metadata, "namespace");

	reader->object = (struct object_ref){
		.kind = str_from(identity->kind->name),
		.name = kube_keep(reader, node_text(metadata, "name")),
	};
	if (identity->kind->namespaced)
		reader->object.namespace =
			namespace.len ? kube_keep(reader, namespace) : STR("default");
}

static struct str newest_version(struct kube_reader *reader, const struct identity *identity)
{
	return str_format(reader->arena, "write apiVersion: %s", identity->kind->versions[0]);
}

/* Where `key` of the root stands; the object itself when it has no such key. */
static const struct node *value_or_root(const struct node *root, const char *key)
{
	const struct node *value = node_get(root, key);

	return value ? value : root;
}

static void say_foreign(struct kube_reader *reader, const struct node *root,
			const struct identity *identity)
{
	kube_say(reader, KUBE_FIELD(NULL, "apiVersion"), value_or_root(root, "apiVersion"),
		 (struct finding){
			 .code = "I2G114",
			 .message = str_format(reader->arena,
					       "%.*s of %.*s is another kind than that of "
					       "networking.k8s.io; it is ignored",
					       STR_ARG(kube_excerpt(identity->kind_text)),
					       STR_ARG(kube_excerpt(identity->version))),
		 });
}

static void say_missing(struct kube_reader *reader, const struct node *root, const char *field,
			struct str hint)
{
	struct kube_at at = {NULL, KUBE_AT_FIELD, str_from(field), 0};

	kube_say(reader, &at, root,
		 (struct finding){
			 .code = "I2G108",
			 .message = str_format(reader->arena,
					       "%s is missing; the API server refuses this object",
					       field),
			 .hint = hint,
		 });
}

static void say_no_match(struct kube_reader *reader, const struct node *root, const char *field,
			 const struct identity *identity, struct str hint)
{
	struct kube_at at = {NULL, KUBE_AT_FIELD, str_from(field), 0};

	kube_say(reader, &at, value_or_root(root, field),
		 (struct finding){
			 .code = "I2G105",
			 .message = str_format(reader->arena,
					       "no matches for kind \"%.*s\" in version \"%.*s\"; "
					       "the API server refuses this object",
					       STR_ARG(kube_excerpt(identity->kind_text)),
					       STR_ARG(kube_excerpt(identity->version))),
			 .hint = hint,
		 });
}

/* Says what does not fit and settles on a version. False when the object is none of ours. */
static bool settle(struct kube_reader *reader, const struct node *root, struct identity *identity)
{
	const struct kube_kind *kind = identity->kind;

	if (!identity->kind_text.len) {
		say_missing(reader, root, "kind",
			    str_format(reader->arena, "write kind: %s", kind->name));
		return true;
	}
	switch (identity->fit) {
	case KUBE_FIT_EXACT:
		return true;
	case KUBE_FIT_CASE:
		say_no_match(reader, root, "kind", identity,
			     kube_did_you_mean(reader, str_from(kind->name)));
		return true;
	case KUBE_FIT_NO_VERSION:
		say_missing(reader, root, "apiVersion", newest_version(reader, identity));
		break;
	case KUBE_FIT_VERSION:
		say_no_match(reader, root, "apiVersion", identity,
			     newest_version(reader, identity));
		break;
	case KUBE_FIT_FOREIGN:
		/* A Service of Knative is no news; an Ingress that is not converted is. */
		if (kind->read == kube_read_ingress)
			say_foreign(reader, root, identity);
		return false;
	}
	identity->version = str_from(kind->versions[0]);
	return true;
}

static bool is_in_namespace(const struct node *root, const struct kube_kind *kind,
			    struct str wanted)
{
	struct str namespace = node_text(node_get(root, "metadata"), "namespace");

	return !wanted.len || !kind->namespaced ||
	       str_eq(namespace.len ? namespace : STR("default"), wanted);
}

static bool is_packed(const struct kube_batch *batch, const struct identity *identity)
{
	return identity->more && batch->options->more.packs && identity->kind->pack;
}

static void add_entry(struct kube_batch *batch, const struct identity *identity,
		      struct kube_meta *meta, bool left_out)
{
	struct kube_entry *entry = arena_new(&batch->worker->entries, struct kube_entry);

	*entry = (struct kube_entry){
		.kind = identity->kind,
		.meta = meta,
		.findings = batch->findings.count,
		.more = identity->more,
		.left_out = left_out,
	};
	if (is_packed(batch, identity)) {
		entry->meta = NULL;
		entry->packed = arena_new(&batch->worker->entries, struct kube_packed);
		*entry->packed = identity->kind->pack(batch->options->more.set, meta);
	}
	if (batch->last)
		batch->last->next = entry;
	else
		batch->first = entry;
	batch->last = entry;
}

/* NULL when the object is left out; *chosen is false when it is not asked for. */
static struct kube_meta *read_object(struct kube_batch *batch, struct kube_reader *reader,
				     const struct node *root, const struct identity *identity,
				     bool *chosen)
{
	const struct kube_kind *kind = identity->kind;
	size_t findings = batch->findings.count;
	struct kube_meta *meta = arena_alloc(reader->arena, kind->size);
	bool named;

	meta->kind = kind->name;
	meta->version = kube_keep(reader, identity->version);
	named = kube_read_meta(reader, root, kind->namespaced, meta);
	/* The gate has said it in its own words; of what is packed, these texts are gone soon. */
	if (identity->more && batch->options->gate.admit)
		batch->findings.count = findings;
	if (!named)
		return NULL;
	*chosen = *chosen && (kind->read != kube_read_ingress ||
			      kube_selector_matches(batch->selector, &meta->labels));
	if (kind->read)
		kind->read(reader, root, meta);
	return reader->broken ? NULL : meta;
}

/* What aliases and merge keys bring in stands at another place than where it counts. */
static void say_alias(struct kube_reader *reader, const struct yaml_item *item)
{
	if (item->alias)
		kube_say(
			reader, NULL, item->alias,
			(struct finding){
				.code = "I2G113",
				.message = STR("this alias or merge key is resolved: findings name "
					       "the place of the anchor, and the written objects "
					       "hold the values"),
			});
}

/* False when the item is none of our kinds. An Ingress that is not asked for is read all the same, in
 * silence: it may have to do with those that are. */
static bool take_object(struct kube_batch *batch, struct kube_reader *reader,
			const struct yaml_item *item)
{
	struct identity identity = identify(batch->options, item);
	size_t findings = batch->findings.count;
	struct kube_meta *meta = NULL;
	bool ours, wanted, chosen;

	if (!identity.kind)
		return false;
	wanted = is_in_namespace(item->root, identity.kind, batch->options->namespace);
	if (!wanted && identity.more)
		return true;
	/* The controller's ConfigMap may guard Ingresses of every namespace. */
	chosen = wanted || identity.kind->read != kube_read_ingress;
	if (is_packed(batch, &identity)) {
		reader->arena = reader->scratch;
		reader->cache = NULL;
	}
	name_object(reader, item->root, &identity);
	ours = settle(reader, item->root, &identity);
	if (ours)
		meta = read_object(batch, reader, item->root, &identity, &chosen);
	if (meta && identity.kind->read == kube_read_ingress)
		say_alias(reader, item);
	if (!chosen || !wanted || (batch->options->silent && !identity.more))
		batch->findings.count = findings;
	if (meta)
		add_entry(batch, &identity, meta, !chosen);
	return ours || !chosen;
}

static bool is_admitted(struct kube_batch *batch, const struct yaml_item *item)
{
	const struct kube_gate *gate = &batch->options->gate;

	return !gate->admit || gate->admit(gate->user, item, &batch->findings);
}

static void keep_other(struct kube_batch *batch, const struct yaml_item *item)
{
	const struct node *metadata = node_get(item->root, "metadata");
	struct kube_other *other;

	if (!batch->options->keep_others)
		return;
	other = arena_new(&batch->worker->entries, struct kube_other);
	other->key =
		kube_other_key(batch->worker->kept,
			       &(struct object_ref){
				       own_or(item->root, "kind", item->list_kind),
				       node_text(metadata, "namespace"),
				       node_text(metadata, "name"),
			       },
			       kube_group(own_or(item->root, "apiVersion", item->list_version)));
	other->next = batch->other_keys;
	batch->other_keys = other;
}

/* Objects that are not read may say which ConfigMap is the controller's. */
static void keep_install(struct kube_batch *batch, const struct yaml_item *item)
{
	struct kube_install *install =
		kube_read_install(batch->worker->kept, item->root, item->source);

	if (!install)
		return;
	if (batch->last_install)
		batch->last_install->next = install;
	else
		batch->installs = install;
	batch->last_install = install;
}

/* The objects of a bare list, as `jq .items` prints them, count as those of a List do. */
static void take_list(struct kube_batch *batch, const struct yaml_item *list)
{
	node_each(root, list->root)
	{
		struct yaml_item item = {
			.root = root, .source = list->source, .alias = list->alias};

		kube_take(batch, &item);
	}
}

void kube_take(struct kube_batch *batch, const struct yaml_item *item)
{
	struct kube_worker *worker = batch->worker;
	struct kube_reader reader = {
		.arena = worker->kept,
		.scratch = &worker->scratch,
		.cache = &worker->cache,
		.findings = &batch->findings,
		.source = item->source,
		.keep_keys = batch->options->keep_keys,
	};

	/* Nothing between two "---", or only comments: kubectl skips it. */
	if (!item->root || item->root->kind == NODE_NULL)
		return;

	if (item->root->kind == NODE_LIST) {
		take_list(batch, item);
		return;
	}

	struct arena_mark mark = arena_mark(&worker->scratch);

	batch->documents++;
	if (item->root->kind != NODE_MAP && !batch->options->gate.admit)
		kube_say(&reader, NULL, item->root,
			 (struct finding){
				 .code = "I2G105",
				 .message =
					 str_format(worker->kept,
						    "this document is no object but a %s: kubectl "
						    "refuses it",
						    node_kind_name(item->root->kind)),
				 .hint = STR("write apiVersion, kind and metadata, or remove it"),
			 });
	if (!is_admitted(batch, item) || item->root->kind != NODE_MAP ||
	    !take_object(batch, &reader, item)) {
		batch->others++;
		keep_other(batch, item);
		keep_install(batch, item);
	}
	arena_rewind(&worker->scratch, mark);
}
