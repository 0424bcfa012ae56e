/* htpasswd.h - users and hashes of passwords as nginx takes them (ngx_crypt()).
 */
#ifndef PROXY_HTPASSWD_H
#define PROXY_HTPASSWD_H

#include <stdbool.h>

#include "base/str.h"

/* The hash of a user in lines of "user:hash" or "user:hash:comment"; empty when there is none. */
struct str htpasswd_find(struct str file, struct str user);

/* A hash that stands in for that of a user who is not there, so that looking at the password takes as long: the
 * first one of the file that is made to take time, else the first one; empty when there is none. */
struct str htpasswd_stand_in(struct str file);

enum htpasswd_kind {
	HTPASSWD_UNKNOWN, /* nobody gets in by it */
	HTPASSWD_CHEAP,   /* {PLAIN}, {SHA}, {SSHA} */
	HTPASSWD_DEAR,    /* made to take time: $apr1$, $1$, $2a$ (and b, y), $5$, $6$, DES */
	HTPASSWD_TOO_DEAR, /* bcrypt beyond cost 12, more than 100,000 rounds: a proxy that serves everything
	                      on one thread does not compute that */
};
enum htpasswd_kind htpasswd_kind(struct str hash);

/* RFC 4648 section 4, with its padding; `bytes` has room for three quarters of the text. False when it is none. */
bool htpasswd_base64(struct str text, unsigned char *bytes, size_t *len);

/* Whether it is the password's; compared in constant time. False for unknown kinds. */
bool htpasswd_matches(struct str hash, struct str password);

#endif
