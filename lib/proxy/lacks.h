/* lacks.h - what of the input this proxy does not carry out: guards keep everybody out, the rest is served
 * without, and both are said at the start.
 */
#ifndef PROXY_LACKS_H
#define PROXY_LACKS_H

#include "proxy/backends.h"
#include "route/table.h"

/* Why a request of this policy is answered 501: a guard of the rule that is not carried out. Nobody gets in because a proxy for trying things out knows less than the real one. NULL: there is
 * none. */
const char *lacks_guard(const struct route_policy *policy);

/* One line for each kind of thing in the table that is not carried out, with how many there are. Guards whose server is
 * not among the backends are such things: they keep everybody out. */
void lacks_say(const struct route_table *table, const struct backends *backends,
	       void (*say)(void *user, struct str line), void *user);

#endif
