/* source.h - where text came from: the table of input files and the span of a piece of text. */
#ifndef BASE_SOURCE_H
#define BASE_SOURCE_H

#include <stdint.h>
#include <stdio.h>

#include "base/str.h"

struct arena;

/* A piece of one input line. Columns and length count code points; a length of 0 marks a place.
 * `line` 0 means "no place known" (then the rest is 0 too). */
struct span {
	uint32_t source; /* index into struct sources */
	uint32_t line;   /* from 1 */
	uint32_t column; /* from 1 */
	uint32_t length;
};

/* One input. `name` is what users see ("deploy/shop.yaml", "-" for standard input). */
struct source {
	struct str name;
	const char *path; /* to open again for excerpts; NULL when only `file` can give the text */
	FILE *file;       /* spooled standard input or pipe, rewindable; owned by the table */
	struct str text;  /* text in memory (library callers); at == NULL when there is none */
};

struct sources {
	struct source *at;
	uint32_t count;
};

/* Adds a source; its index. Not thread-safe: all sources are added before reading starts. */
uint32_t sources_add(struct sources *sources, struct source source);

/* Closes spool files and frees the table. */
void sources_finish(struct sources *sources);

/* Name of a source for messages; "" for an index out of range. */
struct str source_name(const struct sources *sources, uint32_t index);

/* Line `line` (from 1) of a source without its line end, cut at 4096 bytes, copied into the arena.
 * Empty when it cannot be read any more. Remembers the last place, so asking in order is linear. */
struct source_lines {
	const struct sources *sources;
	uint32_t source, line;
	FILE *file;
	size_t offset;
};
void source_lines_init(struct source_lines *lines, const struct sources *sources);
struct str source_line(struct source_lines *lines, struct arena *arena, uint32_t source,
		       uint32_t line);
void source_lines_finish(struct source_lines *lines);

#endif
