/* files.h - what commands write into files.
 */
#ifndef CLI_FILES_H
#define CLI_FILES_H

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

/* Whether a path means standard output. */
bool file_is_dash(const char *path);

/* Adds a whole file to a buffer, "-" for standard input. False with a sentence, also when it is larger than the
 * buffer's ceiling. */
bool file_read(const char *path, struct buf *buf, struct error *error);

/* Writes a text into a file, whole or not at all where that can be (not into a pipe or a device), or to standard
 * output. False after a message on standard error. */
bool file_write(const char *path, struct str text);

/* Whether that can be expected to work; for those who write something else before. False after a message. */
bool file_may_be_written(const char *path);

/* Adds a text to the end of a file, which is made when it is not there. */
bool file_append(const char *path, struct str text);

/* Writes a text into a file whole or not at all: into a new file beside it, which then takes its name
 * and its mode. What a link points to is replaced, not the link. */
bool file_replace(const char *path, struct str text, struct error *error);

#endif
