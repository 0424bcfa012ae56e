/* pool.h - connections to backends that wait for their next request.
 *
 * Of each address the one that was used last is taken first: the others grow old and go.
 */
#ifndef PROXY_POOL_H
#define PROXY_POOL_H

#include <openssl/types.h>

#include "proxy/loop.h"
#include "proxy/net.h"

struct exchange;
struct worker;
struct back;
struct endpoint;
struct session;

enum {
	POOL_PLACES = 256,
	POOL_KEPT = 512, /* of one address */
	POOL_IDLE_MS =
		60 *
		1000, /* shorter than what servers usually allow would waste, longer meets closed ones */
};

/* A connection in the pool; a member of its owner. */
struct pooled {
	struct pooled *next, **link; /* `link` NULL: not in the pool */
	struct pool_place *place;
};

struct pool_place {
	struct pool_place *next;
	struct pool *pool;
	struct net_address address;
	SSL_CTX *tls; /* what connections to it share; NULL: plain. A reference is held */
	struct pooled *first;
	size_t count;
	struct session *sessions; /* of back_h2.c */
	size_t users;             /* connections, in use or waiting */
};

struct pool {
	struct pool_place *slots[POOL_PLACES];
	size_t idle; /* connections that wait */
};

/* The place of an address, created when new. */
struct pool_place *pool_place(struct pool *pool, const struct net_address *address, SSL_CTX *tls);

/* A connection to the place begins, or has ended: places of TLS go with their last connection, since the
 * next reload brings other settings. */
void pool_join(struct pool_place *place);
void pool_leave(struct pool *pool, struct pool_place *place);

struct pooled *pool_take(struct pool_place *place); /* NULL: none waits */

/* False: enough wait already. */
bool pool_put(struct pool_place *place, struct pooled *pooled);
void pool_remove(struct pooled *pooled);

/* After everything in it was closed. */
void pool_finish(struct pool *pool);

#endif
