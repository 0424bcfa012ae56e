/* files.h - files that reporter and diff_reporter read and write; what cannot be ends the program. */
#ifndef REPORT_FILES_H
#define REPORT_FILES_H

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"

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

#endif
