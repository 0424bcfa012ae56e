/* admin.h - the pages of --admin: how the proxy is, what it serves, what it has done.
 *
 *   /healthz   200 while it runs           /metrics   counters for Prometheus
 *   /readyz    503 once it drains          /routes    what is served, JSON
 *   /          a page for people           /status    listeners, counters, reloads, JSON
 *   /match     what becomes of a request, JSON
 */
#ifndef PROXY_ADMIN_H
#define PROXY_ADMIN_H

#include <pthread.h>

#include "proxy/binds.h"
#include "proxy/client_limits.h"

struct exchange;
struct worker;

/* What the main thread tells the pages. */
struct overview {
	pthread_mutex_t lock;
	struct worker *const *workers;
	unsigned worker_count;
	const struct binds *binds;
	struct limits limits;       /* of clients, for all workers */
	time_t started, loaded;     /* when; loaded: the routes that are served */
	unsigned reloads, failures; /* reloads that went well, and others */
	char failure[512];          /* why the last one failed; empty when it went well */
};

/* Answers a request that came by the address of --admin. */
void admin_answer(struct exchange *exchange);

/* /match */
void admin_match(struct exchange *exchange);

#endif
