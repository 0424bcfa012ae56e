/* worker.h - a thread with a loop, and everything that it does not share. */
#ifndef PROXY_WORKER_H
#define PROXY_WORKER_H

#include <pthread.h>

#include "base/buf.h"
#include "proxy/balance.h"
#include "proxy/budget.h"
#include "proxy/credentials.h"
#include "proxy/exchange.h"
#include "proxy/pool.h"
#include "proxy/proxy.h"
#include "proxy/snapshot.h"
#include "proxy/stats.h"

struct server;
struct listener;
struct client;
struct bind;
struct overview;

enum {
	WORKER_SCRATCH = 64 * 1024, /* bytes that are read at a time */
	EXCHANGES_KEPT = 256,
};

/* What the main thread has for a worker. */
struct mail {
	pthread_mutex_t lock;
	struct snapshot_use *use; /* the next one; NULL: no change */
	struct bind **fresh;      /* to listen on; malloc */
	size_t fresh_count;
	bool prune; /* listeners that are not wanted any more close */
	bool drain; /* begin nothing new */
	bool end;   /* at once */
	uint64_t sent, taken;
};

/* Memory for as long as a stream of HTTP/2 lasts. */
struct room {
	struct grave grave; /* first */
	struct room *next;
	struct worker *worker;
	struct arena arena;
};

struct worker {
	struct loop loop; /* first */
	const struct proxy_options *options;
	unsigned number;
	pthread_t thread;
	struct mail mail;
	pthread_cond_t mail_taken;
	struct slabs slabs;
	struct snapshot_use *use; /* what new requests are decided by */
	/* worker_ask(), or a test's own backends. */
	struct back *(*ask)(struct worker *worker, struct exchange *exchange, bool fresh,
			    unsigned *status);
	struct route_scratch scratch;
	struct exchange *exchanges; /* free ones */
	struct exchange *living;    /* exchanges under way */
	size_t exchange_count;
	struct pool pool;
	struct balance balance, mirrors;
	struct budgets budgets;
	struct credentials credentials;
	struct listener *listeners;
	struct client *clients; /* connections of all kinds */
	size_t client_count;
	bool draining, paused;
	struct timer breath; /* while there are no descriptors */
	uint64_t random;
	struct stats stats;
	struct overview *overview;
	uint64_t accepted;
	struct buf text; /* for a moment: heads that are written */
	struct buf log;
	char *bytes;        /* WORKER_SCRATCH, for whoever reads */
	struct room *rooms; /* free ones */
	size_t room_count;
	struct arena arena; /* of the last decision about a stream */
	time_t wall;        /* that `date` is of */
	char date[32];
};

/* A worker that is not running yet; it takes the use over. NULL when the system has no descriptors. */
struct worker *worker_new(const struct proxy_options *options, unsigned number,
			  struct snapshot_use *use, struct overview *overview);
bool worker_start(struct worker *worker);

/* Waits for the end of its thread. */
void worker_join(struct worker *worker);

/* Frees one that does not run; exchanges that are still under way end here. */
void worker_finish(struct worker *worker);

/* The time in microseconds, of CLOCK_MONOTONIC. */
int64_t worker_clock(void);

uint64_t worker_random(struct worker *worker);

/* "Sat, 28 Nov 2026 21:00:00 GMT". */
struct str worker_date(struct worker *worker);

/* A back for the share of an exchange: its endpoint is chosen, or the echo when none was given. NULL when
 * there is no connection to be had; *status is what is answered when nothing can be asked at all.
 * `fresh`: no connection that waits in the pool, or has refused. */
struct back *worker_ask(struct worker *worker, struct exchange *exchange, bool fresh,
			unsigned *status);

/* Asks the table of the use; what the decision makes lives in `arena`. */
void worker_decide(struct worker *worker, struct arena *arena, const struct snapshot_use *use,
		   uint32_t table, const struct route_request *request,
		   struct route_decision *decision);

/* The share of a decision to forward whose turn it is. */
const struct route_backend *worker_draw(struct worker *worker,
					const struct route_decision *decision);

/* The address of a share whose turn it is; NULL when none was given. */
const struct endpoint *worker_endpoint(struct worker *worker, const struct snapshot_use *use,
				       const struct route_backend *share);

/* Memory that is given back at the end of the turn in which it is freed. */
struct room *worker_room(struct worker *worker);
void worker_room_free(struct worker *worker, struct room *room);

/* A client has gone. */
void worker_client_left(struct worker *worker);

#endif
