#include "converters/output.h"

#include "base/bug.h"
#include "yaml/write.h"

/* Bytes of trees and number of objects in a batch. Enough that handing it over costs nothing, little
 * enough that trees stay in the cache and both threads have something to do at the end. */
enum { BATCH_BYTES = 64 * 1024, BATCH_OBJECTS = 48 };

/* ---- one object; on any thread ---- */

/* As kubectl prints names: "httproute.gateway.networking.k8s.io/shop". */
static void write_name(struct buf *out, const struct plan_object *object)
{
	struct str version = node_text(object->root, "apiVersion");
	size_t slash = str_find(version, '/');

	for (const char *c = object->kind; *c; c++)
		buf_char(out, (char)(*c >= 'A' && *c <= 'Z' ? *c + ('a' - 'A') : *c));
	if (slash != SIZE_MAX)
		buf_format(out, ".%.*s", (int)slash, version.at);
	buf_format(out, "/%.*s\n", STR_ARG(object->name));
}

static void write_object(struct output_batch *batch, struct output_object *object)
{
	const struct node *root = object->planned.root;
	struct buf *text = &batch->text;

	object->offset = text->len;
	switch (batch->options->format) {
	case OUTPUT_YAML:
		yaml_write(text, root, batch->options->plan.comments);
		break;
	case OUTPUT_JSON:
		json_write(text, root, true, 8);
		break;
	case OUTPUT_NAME:
		write_name(text, &object->planned);
		break;
	case OUTPUT_NONE:
		break;
	}
	if (text->full)
		BUG("an object is larger than %zu bytes", BUF_CEILING);
	object->length = text->len - object->offset;
}

static void write_batch(void *job, unsigned worker)
{
	struct output_batch *batch = job;
	struct arena *built = &batch->built[worker];

	for (size_t i = 0; i < batch->count; i++) {
		struct output_object *object = &batch->objects[i];
		struct node *waiting = object->planned.root;

		if (!waiting)
			object->planned.root = plan_build(&object->planned, built);
		object->written = object->planned.root;
		if (object->written) {
			object->clean = legal_is_clean(batch->legal, worker, object->planned.root);
			write_object(batch, object);
		}
		object->planned.root = waiting;
		arena_rewind(built, (struct arena_mark){0});
	}
}

/* ---- delivery; on the owner's thread ---- */

static void put(struct output *output, struct str text)
{
	output->sink->write(output->sink->user, NULL, text);
}

/* kubectl reads a stream of YAML documents, or a List in JSON. */
static void put_separator(struct output *output)
{
	bool first = output->result->object_count == 0;

	if (output->options->format == OUTPUT_YAML && !first)
		put(output, STR("---\n"));
	else if (output->options->format == OUTPUT_JSON && first)
		put(output, STR("{\n    \"apiVersion\": \"v1\",\n    \"items\": [\n        "));
	else if (output->options->format == OUTPUT_JSON)
		put(output, STR(",\n        "));
}

static void count(struct convert_result *result, const char *kind)
{
	struct convert_count *last =
		result->kind_count ? &result->kinds[result->kind_count - 1] : NULL;

	result->object_count++;
	if (last && strcmp(last->kind, kind) == 0)
		last->count++;
	else
		ARENA_PUSH(&result->arena, result->kinds, result->kind_count,
			   (struct convert_count){kind, 1});
}

static void put_object(struct output *output, const struct output_batch *batch,
		       const struct output_object *written)
{
	const struct convert_object object = {
		.kind = written->planned.kind,
		.namespace = written->planned.namespace,
		.name = written->planned.name,
		.role = written->planned.role,
	};

	put_separator(output);
	output->sink->write(output->sink->user, &object,
			    str_sub(buf_slice(&batch->text), written->offset, written->length));
}

/* For an object about which something is to be said: says it, and whether it may be written. */
static bool look_again(struct output *output, struct output_batch *batch,
		       struct output_object *object)
{
	if (!object->planned.root)
		object->planned.root = plan_build_here(&object->planned);
	if (!legal_check(&output->legal, &object->planned))
		return false;
	if (!object->written)
		write_object(batch, object);
	return true;
}

static void deliver(struct output *output, struct output_batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		struct output_object *object = &batch->objects[i];

		if (!object->clean && !look_again(output, batch, object))
			continue;
		if (output->options->format != OUTPUT_NONE)
			put_object(output, batch, object);
		count(output->result, object->planned.kind);
	}
	arena_rewind(&batch->arena, (struct arena_mark){0});
	buf_clear(&batch->text);
	batch->objects = NULL;
	batch->count = 0;
}

/* Frees a batch for what comes next, when all are under way. */
static void advance(struct output *output)
{
	output->current = (output->current + 1) % OUTPUT_BATCHES;
	if (output->batches[output->current].count)
		deliver(output, crew_take(&output->crew));
}

/* The trees move with their arena; the planner gets an empty one. */
static void give(struct output *output, struct arena *trees)
{
	struct output_batch *batch = &output->batches[output->current];
	struct arena empty = batch->arena;

	batch->arena = *trees;
	*trees = empty;
	crew_give(&output->crew, batch);
	advance(output);
}

void output_object(void *user, const struct plan_object *object)
{
	struct output *output = user;
	struct output_batch *batch = &output->batches[output->current];

	ARENA_PUSH(object->trees, batch->objects, batch->count,
		   (struct output_object){.planned = *object});
	if (object->trees->used >= BATCH_BYTES || batch->count >= BATCH_OBJECTS)
		give(output, object->trees);
}

/* Texts of trees live in the plan: it is not given up before all are written. */
void output_end(void *user, struct arena *trees)
{
	struct output *output = user;
	struct output_batch *batch;

	if (output->batches[output->current].count)
		give(output, trees);
	while ((batch = crew_take(&output->crew)))
		deliver(output, batch);
	if (output->options->format == OUTPUT_JSON && output->result->object_count)
		put(output, STR("\n    ],\n    \"kind\": \"List\"\n}\n"));
}

void output_init(struct output *output, struct convert_result *result,
		 const struct convert_options *options, const struct convert_sink *sink)
{
	*output = (struct output){.result = result, .options = options, .sink = sink};
	legal_init(&output->legal, options->plan.experimental, &result->findings);
	crew_init(&output->crew, crew_threads(options->load.threads), write_batch);
	for (size_t i = 0; i < CREW_THREADS; i++)
		arena_init(&output->built[i]);
	for (size_t i = 0; i < OUTPUT_BATCHES; i++) {
		output->batches[i].options = options;
		output->batches[i].legal = &output->legal;
		output->batches[i].built = output->built;
		arena_init(&output->batches[i].arena);
		buf_init(&output->batches[i].text);
	}
}

void output_finish(struct output *output)
{
	crew_finish(&output->crew);
	legal_finish(&output->legal);
	for (size_t i = 0; i < CREW_THREADS; i++)
		arena_finish(&output->built[i]);
	for (size_t i = 0; i < OUTPUT_BATCHES; i++) {
		arena_finish(&output->batches[i].arena);
		buf_finish(&output->batches[i].text);
	}
}
