/* fuzz_schema.c - CustomResourceDefinitions and objects, in one stream: the schema loader, and the check of
 * objects of theirs and of Gateway API, on both ways. "Clean" of the short way means that the general
 * one has nothing to say.
 */
#include "schema/quick.h"
#include "yaml/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct job {
	struct arena arena, scratch;
	struct findings findings;
	struct schema_set set;
};

/* The tables take longer to read than most inputs: they are read once. */
static struct arena gateway_arena;
static struct schema_set gateway;

static void check(struct job *job, struct schema_set *set, const struct node *object)
{
	const struct schema_kind *kind;
	struct schema_result result = {.arena = &job->arena};
	struct arena_mark mark = arena_mark(&job->scratch);

	if (schema_find(set, node_text(object, "apiVersion"), node_text(object, "kind"), &kind) !=
	    SCHEMA_KNOWN)
		return;
	set->general_only = true;
	schema_check(set, kind, object, &job->scratch, &result);
	if ((result.count || result.rules_skipped) &&
	    quick_is_clean(set, kind, object, &job->scratch))
		__builtin_trap();
	arena_rewind(&job->scratch, mark);
}

static void take(void *batch, const struct yaml_item *item)
{
	struct job *job = batch;
	struct error error;

	schema_set_add_crd(&job->set, item->root, &error);
	check(job, &job->set, item->root);
	check(job, &gateway, item->root);
}

static struct findings *findings_of(void *batch)
{
	return &((struct job *)batch)->findings;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct job job = {0};
	const struct yaml_sink sink = {
		.user = &job, .open = yaml_one_batch, .take = take, .findings = findings_of};
	struct sources sources = {0};
	struct error error;

	if (!gateway.arena) {
		schema_set_init(&gateway, &gateway_arena);
		schema_set_add_gateway_api(&gateway, SCHEMA_STANDARD);
	}
	findings_init(&job.findings, &job.arena);
	schema_set_init(&job.set, &job.arena);
	sources_add(&sources, (struct source){.name = STR("fuzz"),
					      .text = {size ? (const char *)data : "", size}});
	yaml_read(&sources, 0, NULL, 1, &sink, &error);
	sources_finish(&sources);
	schema_set_finish(&job.set);
	arena_finish(&job.scratch);
	arena_finish(&job.arena);
	return 0;
}
