/* readback.c - writes strings with our writer for other readers to check; see readback.py.
 *
 * usage: readback STRINGS.json OUT.yaml
 *
 * STRINGS.json is a JSON array of strings. OUT.yaml gets two documents: a list of the strings, and a
 * map from each string to itself.
 */
#include <stdio.h>

#include "base/buf.h"
#include "yaml/stream.h"
#include "yaml/write.h"

static struct arena arena;
static struct findings findings;
static struct buf out;

static void *open_batch(void *user, unsigned worker, size_t number)
{
	(void)user;
	(void)worker;
	(void)number;
	return &findings;
}

static struct findings *findings_of(void *batch)
{
	return batch;
}

static void take(void *batch, const struct yaml_item *item)
{
	struct node *map = node_map_new(&arena);

	(void)batch;
	node_each(string, item->root) node_set_str(&arena, map, string->text, string);
	yaml_write(&out, item->root, false);
	buf_text(&out, "---\n");
	yaml_write(&out, map, false);
}

int main(int argc, char **argv)
{
	struct sources sources = {0};
	struct yaml_sink sink = {NULL, open_batch, take, findings_of};
	struct error error;

	if (argc != 3)
		return 2;
	arena_init(&arena);
	findings_init(&findings, &arena);
	sources_add(&sources, (struct source){.name = str_from(argv[1]), .path = argv[1]});
	if (!yaml_read(&sources, 0, NULL, 1, &sink, &error)) {
		fprintf(stderr, "%s\n", error.text);
		return 1;
	}
	sources_finish(&sources);

	FILE *file = fopen(argv[2], "wb");
	bool fine = file && fwrite(out.at, 1, out.len, file) == out.len && findings.count == 0;

	fine = file && fclose(file) == 0 && fine;
	buf_finish(&out);
	arena_finish(&arena);
	return fine ? 0 : 1;
}
