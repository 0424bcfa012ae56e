/* check.c - objects a second of the schema engine alone: the objects of a file are read once and checked
 * again and again.
 *
 * usage: check FILE [ROUNDS] [general]
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "schema/schema.h"
#include "yaml/stream.h"

static struct arena arena, scratch;
static struct node **objects;
static size_t count;
static struct findings findings;

static struct node *copy(const struct node *from)
{
	struct node *node = arena_alloc(&arena, sizeof *node);

	*node = *from;
	node->next = node->first = node->last = node->value = NULL;
	node->count = 0;
	node->text = str_dup(&arena, from->text);
	if (from->value)
		node->value = copy(from->value);
	node_each(child, from) node_push(node, copy(child));
	return node;
}

static void take(void *batch, const struct yaml_item *item)
{
	(void)batch;
	ARENA_PUSH(&arena, objects, count, copy(item->root));
}

static struct findings *findings_of(void *batch)
{
	(void)batch;
	return &findings;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	const struct yaml_sink sink = {
		.user = &arena, .open = yaml_one_batch, .take = take, .findings = findings_of};
	unsigned rounds = argc > 2 ? (unsigned)atoi(argv[2]) : 1;
	struct sources sources = {0};
	struct schema_set set;
	struct error error;
	size_t bad = 0;

	findings_init(&findings, &arena);
	sources_add(&sources, (struct source){.name = str_from(argv[1]), .path = argv[1]});
	if (argc < 2 || !yaml_read(&sources, 0, NULL, 1, &sink, &error))
		return 2;
	schema_set_init(&set, &arena);
	schema_set_add_gateway_api(&set, SCHEMA_STANDARD);
	set.general_only = argc > 3;

	double start = now();

	for (unsigned r = 0; r < rounds; r++)
		for (size_t i = 0; i < count; i++) {
			const struct schema_kind *kind;
			struct schema_result result = {.arena = &arena};
			struct arena_mark mark = arena_mark(&scratch);

			if (schema_find(&set, node_text(objects[i], "apiVersion"),
					node_text(objects[i], "kind"), &kind) != SCHEMA_KNOWN)
				continue;
			schema_check(&set, kind, objects[i], &scratch, &result);
			bad += result.count > 0;
			arena_rewind(&scratch, mark);
		}

	double seconds = now() - start;

	printf("%zu objects, %zu with violations, %u rounds, %.3f s of CPU: %.0f objects/s\n",
	       count, bad, rounds, seconds, (double)count * rounds / seconds);
	schema_set_finish(&set);
	return 0;
}
