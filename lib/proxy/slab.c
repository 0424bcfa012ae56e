#include "proxy/slab.h"

#include <stdlib.h>
#include <string.h>

#include "base/asan.h"
#include "base/bug.h"

struct slab *slab_new(struct slabs *slabs)
{
	struct slab *slab = slabs->free;

	if (slab) {
		slabs->free = slab->next;
		slabs->kept--;
	} else {
		slab = malloc(sizeof *slab);
		if (!slab)
			bug_out_of_memory(sizeof *slab);
	}
	slabs->given++;
	slab->next = NULL;
	slab->from = slab->to = 0;
	return slab;
}

void slab_free(struct slabs *slabs, struct slab *slab)
{
	if (!slab)
		return;
	slabs->given--;
	if (ASAN || slabs->kept >= SLABS_KEPT) {
		free(slab);
		return;
	}
	slab->next = slabs->free;
	slabs->free = slab;
	slabs->kept++;
}

void slabs_finish(struct slabs *slabs)
{
	while (slabs->free) {
		struct slab *slab = slabs->free;

		slabs->free = slab->next;
		free(slab);
	}
	*slabs = (struct slabs){0};
}

static struct slab *append(struct slabs *slabs, struct queue *queue)
{
	struct slab *slab = slab_new(slabs);

	if (queue->last)
		queue->last->next = slab;
	else
		queue->first = slab;
	return queue->last = slab;
}

void queue_add(struct slabs *slabs, struct queue *queue, const char *bytes, size_t len)
{
	while (len) {
		struct slab *slab = queue->last;
		size_t part;

		if (!slab || slab->to == SLAB_ROOM)
			slab = append(slabs, queue);
		part = SLAB_ROOM - slab->to < len ? SLAB_ROOM - slab->to : len;
		memcpy(slab->bytes + slab->to, bytes, part);
		slab->to += (uint32_t)part;
		queue->bytes += part;
		bytes += part;
		len -= part;
	}
}

void queue_drop(struct slabs *slabs, struct queue *queue, size_t len)
{
	queue->bytes -= len;
	while (queue->first) {
		struct slab *slab = queue->first;
		size_t part = slab->to - slab->from;

		if (part > len) {
			slab->from += (uint32_t)len;
			return;
		}
		len -= part;
		queue->first = slab->next;
		slab_free(slabs, slab);
	}
	queue->last = NULL;
}

void queue_clear(struct slabs *slabs, struct queue *queue)
{
	queue_drop(slabs, queue, queue->bytes);
}
