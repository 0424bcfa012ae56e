/* fuzz_cel.c - the parser and the evaluator of CEL: the first line is an expression, the rest is an object
 * in YAML that it is evaluated with.
 */
#include "schema/cel.h"
#include "yaml/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct job {
	struct arena arena;
	struct findings findings;
	struct patterns patterns;
	const struct cel_program *program;
};

/* A program that cannot be run says why, and one that can ends within its steps. */
static void evaluate(struct job *job, const struct node *self)
{
	struct cel_run run = {
		.arena = &job->arena, .patterns = &job->patterns, .steps = CEL_STEPS_MOST};
	struct cel_value value;

	if (job->program->problem.len || job->program->old_self)
		return;
	value = cel_evaluate(job->program, self, &run);
	if (run.steps > CEL_STEPS_MOST || (value.kind == CEL_ERROR && !value.text.len))
		__builtin_trap();
}

static void take(void *batch, const struct yaml_item *item)
{
	evaluate(batch, item->root);
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
	struct str all = {size ? (const char *)data : "", size};
	size_t line = str_find(all, '\n');
	struct sources sources = {0};
	struct error error;

	findings_init(&job.findings, &job.arena);
	patterns_init(&job.patterns, &job.arena);
	job.program = cel_compile(&job.arena, &job.patterns, str_sub(all, 0, line));
	if (line != SIZE_MAX) {
		sources_add(&sources, (struct source){.name = STR("fuzz"),
						      .text = str_from_pos(all, line + 1)});
		yaml_read(&sources, 0, NULL, 1, &sink, &error);
		sources_finish(&sources);
	}
	patterns_finish(&job.patterns);
	arena_finish(&job.arena);
	return 0;
}
