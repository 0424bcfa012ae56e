/* outputs.h - -o FORMAT[=FILE] of commands that write reports of their own.
 */
#ifndef CLI_OUTPUTS_H
#define CLI_OUTPUTS_H

#include "cli/flags.h"

/* The formats of a command, the default first. */
struct output_formats {
	const char *what;                  /* "an audit", for messages */
	const char *(*name)(size_t index); /* NULL behind the last */
};

struct output {
	size_t format;    /* index */
	const char *path; /* "-": standard output */
};

struct outputs {
	struct output *at;
	size_t count; /* at least one once they have been read */
};

/* What the values of -o ask for; without one, the first format on standard output. False after a message: an
 * unknown format, a file without name, two formats for standard output. */
bool outputs_read(struct outputs *outputs, const struct texts *values,
		  const struct output_formats *formats, struct arena *arena);

/* Writes a text where it belongs, and says so when that is a file. False after a message. */
bool output_write(const struct output *output, struct str text, bool quiet);

#endif
