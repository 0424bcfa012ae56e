/* say.h - what the program says to people, and the one place that writes to descriptors.
 */
#ifndef CLI_SAY_H
#define CLI_SAY_H

#include <stdbool.h>

#include "base/str.h"

/* The exit statuses; see design of the command line in ingress2gw(1). */
enum status {
	STATUS_DONE = 0,
	STATUS_FINDINGS = 1,   /* done, but there is something to look at */
	STATUS_INCOMPLETE = 2, /* bad usage, unreadable input: the answer is not complete */
};

/* "ingress2gw: " and the sentence, on standard error. Always returns STATUS_INCOMPLETE. */
int say_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "  try: " and the text, on standard error, below an error. Always returns STATUS_INCOMPLETE. */
int say_hint(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Writes everything to a descriptor. A reader that went away ends the program quietly, as SIGPIPE
 * does; any other failure is said, and false is returned. `name` is for that message. */
bool say_bytes(int fd, const char *name, struct str bytes);

#endif
