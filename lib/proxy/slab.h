/* slab.h - buffers of 16 KiB, kept in a list while nobody needs them, and queues of them.
 *
 * A connection holds slabs only while bytes are under way: an idle one has none.
 */
#ifndef PROXY_SLAB_H
#define PROXY_SLAB_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum {
	SLAB_SIZE = 16 * 1024,
	SLAB_ROOM = SLAB_SIZE - 16,
	SLABS_KEPT = 256, /* free ones that a worker keeps: 4 MiB */
};

struct slab {
	struct slab *next;
	uint32_t from, to; /* bytes that are in use */
	char bytes[SLAB_ROOM];
};

struct slabs {
	struct slab *free;
	size_t kept, given; /* free ones; those in use */
};

struct slab *slab_new(struct slabs *slabs);
void slab_free(struct slabs *slabs, struct slab *slab); /* NULL is allowed */
void slabs_finish(struct slabs *slabs);

/* Bytes waiting, in order. */
struct queue {
	struct slab *first, *last;
	size_t bytes;
};

void queue_add(struct slabs *slabs, struct queue *queue, const char *bytes, size_t len);
void queue_drop(struct slabs *slabs, struct queue *queue, size_t len); /* from the front */
void queue_clear(struct slabs *slabs, struct queue *queue);

#endif
