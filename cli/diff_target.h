/* diff_target.h - where diff's questions go: --live, --candidate.
 */
#ifndef CLI_DIFF_TARGET_H
#define CLI_DIFF_TARGET_H

#include "cli/flags.h"
#include "compare/ask.h"

/* The values of one flag: an address, or one URL a scheme. "203.0.113.7" and "https://203.0.113.7" stand for
 * every port as it is; "http://127.0.0.1:8080" says where connections to port 80 go, "https://...:8443" those to
 * 443, and then other ports are not asked. Texts live in the arena. False after a message. */
bool diff_target_read(struct ask_target *target, const char *flag, const struct texts *values,
		      struct arena *arena);

/* Whether a port of listeners can be asked there. */
bool diff_target_has_port(const struct ask_target *target, uint32_t port);

/* Whether it is this machine, whatever its name. */
bool diff_target_is_loopback(const struct ask_target *target);

#endif
