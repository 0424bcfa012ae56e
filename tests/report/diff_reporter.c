/* diff_reporter.c - writes the reports of a comparison in every format, and the json one once more after
 * `diff --merge` has read it back, for diff_readback.py.
 *
 * usage: diff_reporter CASE DIRECTORY
 */
#include "../fuzz/diff_case.h"
#include "files.h"

static const struct diff_format *format_of(const char *name)
{
	const struct diff_format *format = diff_formats;

	while (format->name && strcmp(format->name, name) != 0)
		format++;
	return format;
}

/* A single shard is never the whole: it is read, and what is missing is said. */
static void write_merged(const char *directory, const struct diff_case *made, struct str json)
{
	struct diff_run run = {0};
	struct sources sources = {0};
	struct error error;
	struct buf buf;

	arena_init(&run.arena);
	buf_init(&buf);
	if (!diff_merge(&run, &sources, json, "case.json", &error)) {
		fprintf(stderr, "merge: %s\n", error.text);
		exit(1);
	}
	if (diff_merge_end(&run, &error) == (made->run.shards > 0)) {
		fprintf(stderr, "a shard is the whole, or the whole none: %s\n", error.text);
		exit(1);
	}
	if (!made->run.shards) {
		const struct diff_report report = {.run = &run, .sources = &sources};

		format_of("json")->write(&buf, &report);
		write_file(directory, "merged", buf_slice(&buf));
	}
	buf_finish(&buf);
	sources_finish(&sources);
	arena_finish(&run.arena);
}

int main(int argc, char **argv)
{
	struct arena arena;
	struct diff_case made;
	struct buf buf;

	if (argc != 3)
		return 2;
	arena_init(&arena);
	diff_case_init(&made, read_file(&arena, argv[1]));
	buf_init(&buf);
	for (const struct diff_format *format = diff_formats; format->name; format++) {
		format->write(&buf, &made.report);
		write_file(argv[2], format->name, buf_slice(&buf));
		if (strcmp(format->name, "json") == 0)
			write_merged(argv[2], &made, buf_slice(&buf));
		buf_clear(&buf);
	}
	buf_finish(&buf);
	diff_case_finish(&made);
	arena_finish(&arena);
	return 0;
}
