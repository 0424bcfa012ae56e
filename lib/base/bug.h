/* bug.h - the third kind of bad: our own mistakes. They abort with file and line.
 *
 * Findings (the user's YAML) and errors (the world) never end here; see finding.h and error.h.
 */
#ifndef BASE_BUG_H
#define BASE_BUG_H

#include <stddef.h>

#define BUG(...) bug_abort(__FILE__, __LINE__, __VA_ARGS__)

/* Checks an invariant of ours in every build. */
#define BUG_UNLESS(condition)                                                                      \
	do {                                                                                       \
		if (!(condition))                                                                  \
			BUG("%s does not hold", #condition);                                       \
	} while (0)

_Noreturn void bug_abort(const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* `size` bytes were asked for. Prints a message and exits with status 2. */
_Noreturn void bug_out_of_memory(size_t size);

#endif
