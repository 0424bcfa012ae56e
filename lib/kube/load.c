#include "kube/load.h"

#include "base/bug.h"
#include "base/crew.h"
#include "kube/read.h"
#include "kube/take.h"

/* A run of kube_load(). */
struct loader {
	struct kube_set *set;
	const struct sources *sources;
	const struct kube_load_options *options;
	struct kube_selector selector;
	struct findings *findings; /* of the caller */
	struct arena arena;        /* until the end of the run */
	struct kube_worker *workers[CREW_THREADS];

	/* Of the source that is being read, by number. */
	struct kube_batch **batches;
	size_t batch_count, batch_room;

	/* Merged so far. */
	struct kube_entry *first, *last;
	struct map seen; /* entries by "Kind/namespace/name" */
	uint32_t order;
};

/* ---- reading ---- */

static void *open_batch(void *user, unsigned worker, size_t number)
{
	struct loader *loader = user;
	struct kube_batch *batch = arena_new(&loader->arena, struct kube_batch);

	BUG_UNLESS(worker < CREW_THREADS);
	batch->worker = loader->workers[worker];
	batch->options = loader->options;
	batch->selector = &loader->selector;
	findings_init(&batch->findings, batch->worker->kept);
	if (number >= loader->batch_room) {
		size_t room = (number + 1) * 2;
		struct kube_batch **more = arena_array(&loader->arena, struct kube_batch *, room);

		if (loader->batch_count)
			memcpy(more, loader->batches, loader->batch_count * sizeof *more);
		loader->batches = more;
		loader->batch_room = room;
	}
	loader->batches[number] = batch;
	if (number >= loader->batch_count)
		loader->batch_count = number + 1;
	return batch;
}

static void take(void *batch, const struct yaml_item *item)
{
	kube_take(batch, item);
}

static struct findings *findings_of(void *batch)
{
	return &((struct kube_batch *)batch)->findings;
}

/* ---- merging ---- */

/* What merging needs to know of an object, packed or not. */
struct name {
	struct str namespace, name;
	struct span span;
	bool generated;
};

static struct name name_of(const struct kube_entry *entry)
{
	const struct kube_packed *packed = entry->packed;
	const struct kube_meta *meta = entry->meta;

	return packed ? (struct name){packed->namespace, packed->name, packed->name_span,
				      packed->name_generated}
		      : (struct name){meta->namespace, meta->name, meta->name_span,
				      meta->name_generated};
}

static void rename_entry(struct kube_entry *entry, struct str name)
{
	if (entry->meta) {
		entry->meta->name = name;
		return;
	}
	entry->packed->name = name;
	entry->packed->renamed = true;
}

/* "Kind/namespace/name"; the part behind the kind is the key of the maps. */
static struct str identity_of(struct arena *arena, const char *kind, const struct name *name)
{
	return STR_JOIN(arena, str_from(kind), STR("/"), name->namespace, STR("/"), name->name);
}

/* Names made of generateName must not meet: the cluster gives each object a name of its own. */
static struct str unused_identity(struct loader *loader, struct kube_entry *entry)
{
	/* Maps of the set have keys of objects that are not packed. */
	struct arena *arena = entry->packed ? &loader->arena : loader->set->arena;
	struct name name = name_of(entry);
	struct str prefix = name.name, identity = identity_of(arena, entry->kind->name, &name);

	for (uint32_t i = loader->order; name.generated && map_get(&loader->seen, identity); i++) {
		name.name = str_format(loader->set->arena, "%.*s-%u", STR_ARG(prefix), i);
		rename_entry(entry, name.name);
		identity = identity_of(arena, entry->kind->name, &name);
	}
	return identity;
}

static void say_twice(struct loader *loader, const struct kube_entry *before,
		      const struct kube_entry *entry)
{
	struct name first = name_of(before), name = name_of(entry);
	struct str file = source_name(loader->sources, first.span.source);

	findings_add(
		loader->findings,
		(struct finding){
			.code = "I2G112",
			.object = {str_from(entry->kind->name), name.namespace, name.name},
			.path = STR("metadata.name"),
			.span = name.span,
			.message = str_format(loader->set->arena,
					      "the same %s stands at %.*s:%u; as with kubectl "
					      "apply, this one replaces it",
					      entry->kind->name, STR_ARG(file), first.span.line),
			.hint = STR("leave one of the two out"),
		});
}

/* What the object that is replaced had, and this one has not, may have been wanted. */
static void doubt_replaced(struct loader *loader, const struct kube_meta *before,
			   struct kube_meta *meta, bool config_map)
{
	const struct kube_pairs *old = &before->annotations, *pairs = &meta->annotations;

	if (config_map) {
		old = &((const struct kube_config_map *)before)->data;
		pairs = &((const struct kube_config_map *)meta)->data;
	}
	meta->doubts = kube_doubts_after(loader->set->arena, before, meta, old, pairs);
}

/* The new object takes the place of the old one. Nobody has doubts about what is packed. */
static void replace(struct loader *loader, struct kube_entry *before,
		    const struct kube_entry *entry)
{
	if (entry->meta) {
		doubt_replaced(loader, before->meta, entry->meta,
			       entry->kind->read == kube_read_config_map);
		entry->meta->order = before->meta->order;
	}
	before->meta = entry->meta;
	before->packed = entry->packed;
	before->kind = entry->kind;
}

static void merge_entry(struct loader *loader, struct kube_entry *entry)
{
	struct str identity = unused_identity(loader, entry);
	void **place = map_at(&loader->seen, identity);
	struct kube_entry *before = *place;

	if (entry->meta)
		entry->meta->order = loader->order;
	loader->order++;
	entry->next = NULL;
	if (before) {
		if (!loader->options->silent || entry->more)
			say_twice(loader, before, entry);
		replace(loader, before, entry);
		return;
	}
	*place = entry;
	entry->key = str_from_pos(identity, strlen(entry->kind->name) + 1);
	if (!entry->kind->namespaced)
		entry->key = name_of(entry).name;
	if (loader->last)
		loader->last->next = entry;
	else
		loader->first = entry;
	loader->last = entry;
}

/* The reader's findings have no object: each of these codes stands for a document that was left out. */
bool kube_is_lost_document(const struct finding *finding)
{
	static const char *const codes[] = {"I2G100", "I2G101", "I2G102"};

	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (!finding->object.kind.len && str_is(str_from(finding->code), codes[i]))
			return true;
	return false;
}

/* Findings of a batch from number `from` to `to`, into the caller's list. */
static void merge_findings(struct loader *loader, const struct findings *findings, size_t from,
			   size_t to)
{
	for (size_t i = from; i < to; i++) {
		findings_add(loader->findings, findings->at[i]);
		loader->set->document_count += kube_is_lost_document(&findings->at[i]);
	}
}

/* Entries and findings in input order, whatever the bounds of the batches were. */
static void merge_batch(struct loader *loader, const struct kube_batch *batch)
{
	size_t done = 0;

	for (struct kube_entry *entry = batch->first, *next; entry; entry = next) {
		next = entry->next;
		merge_findings(loader, &batch->findings, done, entry->findings);
		done = entry->findings;
		if (entry->left_out)
			ARENA_PUSH(loader->set->arena, loader->set->left_out,
				   loader->set->left_out_count, (struct kube_ingress *)entry->meta);
		else
			merge_entry(loader, entry);
	}
	merge_findings(loader, &batch->findings, done, batch->findings.count);
	if (batch->installs) {
		if (loader->set->last_install)
			loader->set->last_install->next = batch->installs;
		else
			loader->set->installs = batch->installs;
		loader->set->last_install = batch->last_install;
	}
	for (const struct kube_other *other = batch->other_keys; other; other = other->next)
		*map_at(&loader->set->others, other->key) = loader->set;
	loader->set->document_count += batch->documents;
	loader->set->other_count += batch->others;
}

/* kustomize knows it by these names alone. Its own documents are of a kind that is not read. */
static void note_kustomization(struct loader *loader, uint32_t source)
{
	static const char *const names[] = {"kustomization.yaml", "kustomization.yml",
					    "Kustomization"};
	struct str name = source_name(loader->sources, source), base = name;

	for (size_t slash; (slash = str_find(base, '/')) != SIZE_MAX;)
		base = str_from_pos(base, slash + 1);
	for (size_t i = 0; !loader->options->silent && i < sizeof names / sizeof *names; i++)
		if (str_is(base, names[i]))
			findings_add(loader->findings,
				     (struct finding){
					     .code = "I2G133",
					     .span = {.source = source, .line = 1, .column = 1},
					     .message = STR(
						     "this directory is a kustomization: its files "
						     "are read as they stand, without its patches"),
					     .hint = str_format(
						     loader->set->arena,
						     "kustomize build %.*s | ingress2gw lint -",
						     STR_ARG(name.len == base.len
								     ? STR(".")
								     : str_sub(name, 0,
									       name.len - base.len -
										       1))),
				     });
}

static bool read_source(struct loader *loader, uint32_t source, unsigned threads,
			struct error *error)
{
	const struct yaml_sink sink = {loader, open_batch, take, findings_of};
	size_t documents = 0;
	bool done;

	loader->batch_count = 0;
	done = yaml_read(loader->sources, source, &loader->options->limits, threads, &sink, error);
	for (size_t i = 0; i < loader->batch_count; i++)
		documents += loader->batches[i] ? loader->batches[i]->documents : 0;
	map_reserve(&loader->seen, documents);
	for (size_t i = 0; i < loader->batch_count; i++)
		if (loader->batches[i])
			merge_batch(loader, loader->batches[i]);
	if (loader->batch_count)
		memset(loader->batches, 0, loader->batch_count * sizeof *loader->batches);
	loader->set->source_count += done;
	if (done)
		note_kustomization(loader, source);
	return done;
}

/* ---- the run ---- */

static void set_init(struct kube_set *set, struct arena *arena, void *more)
{
	*set = (struct kube_set){.arena = arena, .more = more};
	arena_init(&set->second);
	map_init(&set->service_map, arena);
	map_init(&set->secret_map, arena);
	map_init(&set->config_map_map, arena);
	map_init(&set->class_map, arena);
	map_init(&set->namespace_map, arena);
	map_init(&set->ready_map, arena);
	map_init(&set->others, arena);
}

static void loader_init(struct loader *loader)
{
	arena_init(&loader->arena);
	map_init(&loader->seen, &loader->arena);
	for (unsigned i = 0; i < CREW_THREADS; i++) {
		struct kube_worker *worker = arena_new(&loader->arena, struct kube_worker);

		worker->kept = i ? &loader->set->second : loader->set->arena;
		arena_init(&worker->entries);
		arena_init(&worker->scratch);
		loader->workers[i] = worker;
	}
}

static void loader_finish(struct loader *loader)
{
	for (unsigned i = 0; i < CREW_THREADS; i++) {
		arena_finish(&loader->workers[i]->entries);
		arena_finish(&loader->workers[i]->scratch);
	}
	arena_finish(&loader->arena);
}

static bool read_all(struct loader *loader, struct error *error)
{
	unsigned threads = crew_threads(loader->options->threads);
	bool all = true;

	for (uint32_t i = 0; i < loader->sources->count; i++) {
		struct error later;

		all &= read_source(loader, i, threads, all ? error : &later);
	}
	for (struct kube_entry *entry = loader->first; entry; entry = entry->next)
		if (entry->packed)
			entry->kind->keep_packed(loader->set->more, entry->packed);
		else
			entry->kind->keep(loader->set, entry->meta, entry->key);
	return all;
}

bool kube_load(struct kube_set *set, struct arena *arena, const struct sources *sources,
	       const struct kube_load_options *options, struct findings *findings,
	       struct error *error)
{
	struct loader loader = {
		.set = set, .sources = sources, .options = options, .findings = findings};
	bool done;

	set_init(set, arena, options->more.set);
	loader_init(&loader);
	done = kube_selector_parse(&loader.selector, &loader.arena, options->selector, error) &&
	       read_all(&loader, error);
	loader_finish(&loader);
	return done;
}

void kube_set_finish(struct kube_set *set)
{
	arena_finish(&set->second);
	*set = (struct kube_set){0};
}
