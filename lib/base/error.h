/* error.h - the second kind of bad: the world (a file that is missing, an address in use).
 *
 * Functions that can fail this way return bool and take a struct error * last. The text is a
 * complete sentence without capital and full stop, wrapped once a layer:
 * "cannot read deploy/: permission denied".
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>

struct error {
	char text[512];
};

/* Sets the text (cut at the ceiling) and returns false, so that `return error_set(...)` reads well.
 * A NULL error is allowed. */
bool error_set(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
