/* client_limits.h - how often and how much at a time a client may ask: counters that all workers share.
 *
 * nginx's leaky bucket (ngx_http_limit_req_module, nodelay) and its count of requests under way
 * (ngx_http_limit_conn_module), by zone and address. Only requests of rules with limits come here, and they
 * hold one of 16 locks for a moment. As in nginx, the memory is fixed: who was not seen for longest is forgotten,
 * and when everybody has requests under way nobody new is let in.
 */
#ifndef PROXY_CLIENT_LIMITS_H
#define PROXY_CLIENT_LIMITS_H

#include <pthread.h>

#include "route/guards.h"

enum { LIMITS_LOCKS = 16 };

struct limit_set;

struct limits {
	pthread_mutex_t locks[LIMITS_LOCKS];
	struct limit_set *sets; /* made when they are first needed */
	uint64_t seed;
};

void limits_init(struct limits *limits);
void limits_finish(struct limits *limits);

enum limits_verdict { LIMITS_PASS, LIMITS_RATE, LIMITS_CONNECTIONS };

/* A request of that client at a time in ms. When it passes and *held is set, limits_leave() is due at its end. */
enum limits_verdict limits_enter(struct limits *limits, const struct route_limits *of,
				 const struct route_address *client, int64_t now, bool *held);
void limits_leave(struct limits *limits, const struct route_limits *of,
		  const struct route_address *client);

#endif
