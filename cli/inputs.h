/* inputs.h - where objects are read from: files, directories, patterns, standard input.
 */
#ifndef CLI_INPUTS_H
#define CLI_INPUTS_H

#include "base/source.h"
#include "cli/flags.h"

struct input_values {
	struct texts files; /* -f */
	struct texts exclude;
	bool flat;   /* -R=false */
	bool silent; /* what cannot be read is left out without a word */
};

extern const struct flag_group input_flags;

/* Whether there is anything to read: a path, or something other than a terminal on standard
 * input. */
bool inputs_given(const struct input_values *values, const struct texts *paths);

/* Adds a source for each file, in the order of the command line, directories in the order of their
 * names; a file that is named twice is read once. Standard input and other pipes are copied into an
 * unlinked file, so that excerpts can be shown later. What cannot be read is said on standard error
 * and left out; then the result is false. */
bool inputs_open(struct sources *sources, const struct input_values *values,
		 const struct texts *paths, struct arena *arena);

#endif
