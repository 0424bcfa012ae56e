/* reporter.c - writes the reports of a case in every format, for readback.py to read with the readers
 * that others use.
 *
 * usage: reporter CASE DIRECTORY
 */
#include <stdio.h>
#include <stdlib.h>

#include "../fuzz/report_case.h"

static void write_file(const char *directory, const char *name, struct str text)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", directory, name);
	file = fopen(path, "wb");
	if (!file || (text.len && fwrite(text.at, text.len, 1, file) != 1) || fclose(file) != 0) {
		perror(path);
		exit(1);
	}
}

static struct str read_file(struct arena *arena, const char *path)
{
	FILE *file = fopen(path, "rb");
	struct str text = {NULL, 0};
	long len = -1;

	if (file && fseek(file, 0, SEEK_END) == 0)
		len = ftell(file);
	if (len < 0) {
		perror(path);
		exit(1);
	}
	rewind(file);

	char *bytes = arena_alloc(arena, (size_t)len + 1);

	text = (struct str){bytes, fread(bytes, 1, (size_t)len, file)};
	fclose(file);
	return text;
}

int main(int argc, char **argv)
{
	struct arena arena;
	struct report_case made;
	struct buf buf;

	if (argc != 3)
		return 2;
	arena_init(&arena);
	report_case_init(&made, read_file(&arena, argv[1]));
	buf_init(&buf);
	for (size_t i = 0; i < report_format_count; i++) {
		report_formats[i].write(&buf, &made.report);
		write_file(argv[2], report_formats[i].name, buf_slice(&buf));
		buf_clear(&buf);
	}
	buf_finish(&buf);
	report_case_finish(&made);
	arena_finish(&arena);
	return 0;
}
