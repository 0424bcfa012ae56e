/* input.h - the bytes of one source, readable from any place.
 *
 * Whatever cannot be read twice (a pipe) or is not UTF-8 (UTF-16 with a byte order mark, which libyaml
 * and kubectl decode) is copied into a temporary file first, as UTF-8.
 */
#ifndef YAML_INPUT_H
#define YAML_INPUT_H

#include <sys/types.h>

#include "base/error.h"
#include "base/source.h"

struct input {
	int fd;      /* -1: text in memory */
	FILE *spool; /* owns fd when not NULL */
	bool owned;  /* fd was opened here */
	struct str text;
	uint64_t size;
};

/* False when the source cannot be opened or read; the text says why, without the name. */
bool input_open(struct input *input, const struct source *source, struct error *error);
void input_close(struct input *input);

/* Reads up to `len` bytes at `offset`; less only at the end. -1 and an error when reading fails.
 * May be called from several threads. */
ssize_t input_read(const struct input *input, uint64_t offset, char *to, size_t len,
		   struct error *error);

#endif
