/* stats.h - what is counted for --admin. Without it nothing is.
 *
 * Each worker counts for itself; whoever asks adds up. A worker's counts are behind a lock that hardly
 * anybody else ever takes.
 */
#ifndef PROXY_STATS_H
#define PROXY_STATS_H

#include <pthread.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"

struct exchange;
struct worker;

enum {
	STATS_SERIES = 4096, /* routes times backends times statuses; those beyond are one */
	STATS_BUCKETS = 12,
	STATS_LAST = 32, /* requests that are remembered */
	STATS_LINE = 256,
};

/* Upper bounds of the histogram, in microseconds; the last bucket has none. */
extern const int64_t stats_bounds[STATS_BUCKETS];

struct stats_series {
	struct stats_series *next;
	const char *labels; /* route="...",backend="...",code="200" */
	uint64_t count;
};

struct stats {
	pthread_mutex_t lock;
	struct arena arena;
	struct map map; /* by labels */
	struct stats_series *series;
	size_t series_count;
	uint64_t requests, microseconds, buckets[STATS_BUCKETS + 1];
	uint64_t bytes_in, bytes_out, accepted;
	size_t connections, idle_backends; /* at the end of the last turn */
	char last[STATS_LAST][STATS_LINE];
	uint64_t last_count;
};

void stats_init(struct stats *stats);
void stats_finish(struct stats *stats);

/* A request is over. */
void stats_exchange(struct worker *worker, const struct exchange *exchange);

/* A turn of the loop is over. */
void stats_turn(struct worker *worker);

#endif
