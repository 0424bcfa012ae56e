/* outputs.h - -o FORMAT[=FILE]: where the reports of a command go.
 */
#ifndef CLI_OUTPUTS_H
#define CLI_OUTPUTS_H

#include "cli/flags.h"

enum { OUTPUT_FORMATS = 16 };

/* The formats of a command, the default first. */
struct output_formats {
	const char *says;                  /* "an audit has", "there is": in front of "no format" */
	const char *(*name)(size_t index); /* NULL behind the last; at most OUTPUT_FORMATS */
};

struct output {
	size_t format;    /* index */
	const char *path; /* "-": standard output */
};

struct outputs {
	struct output *at;
	size_t count;
};

/* Index of the format of this name; SIZE_MAX after a message that begins with the flag ("-o"). */
size_t output_format_find(const struct output_formats *formats, const char *flag, struct str name);

/* Adds what "FORMAT" or "FORMAT=FILE" asks for; the name of the file is a part of `text`. False after a message: an
 * unknown format, a file without name, two formats for standard output. */
bool outputs_add(struct outputs *outputs, const char *text, const struct output_formats *formats,
		 struct arena *arena);

/* Adds what the values of -o ask for; without one, the first format on standard output. False after a message. */
bool outputs_read(struct outputs *outputs, const struct texts *values,
		  const struct output_formats *formats, struct arena *arena);

/* Writes a text where it belongs, and says so when that is a file. False after a message. */
bool output_write(const struct output *output, struct str text, bool quiet);

/* The file that the CI system names in this variable of the environment, for the second text of a format; NULL when
 * it names none, or the variable is NULL. */
const char *output_side(const char *variable);

/* The day that a report carries, in seconds since 1970: today's, or that of SOURCE_DATE_EPOCH for builds that must be
 * reproducible. */
int64_t output_date(void);

#endif
