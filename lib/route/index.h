/* index.h - 64-bit keys to places in a table, without probing. Private to lib/route.
 *
 * Hash and displace: a small number (a pilot) for every few keys is chosen such that no two of all keys
 * get the same place. Pilots and marks are about two bytes a key and stay in the caches near the
 * processor, so that what is asked of memory is the record at the place, and nothing else.
 *
 * Keys that somebody made to be equal, or to crowd together, share places: callers chain them, and
 * compare what they find in full. Who knows the function wins nothing but time.
 */
#ifndef ROUTE_INDEX_H
#define ROUTE_INDEX_H

#include "base/arena.h"
#include "route/hash.h"

enum { INDEX_FREE = 0, INDEX_SHARED = 255 };

struct index {
	const uint16_t *pilots;
	const uint8_t *marks; /* of the key at each place, or one of the above */
	uint32_t pilot_count, place_count;
	uint32_t sharing; /* keys beyond the first one at a place */
};

/* Owned by the arena. At most 2^31 keys, in any order; they should be well mixed. */
void index_build(struct index *index, struct arena *arena, const uint64_t *keys, size_t count);

/* Zeroed records of `size` bytes, a power of two, that begin at multiples of it: one for each place, then
 * one for each key beyond the first at a place. Owned by the arena; a large table is on large pages where
 * the system has them. */
void *index_records(const struct index *index, struct arena *arena, size_t size);

/* Asks memory for a record of two lines of the cache. The empty instruction is there because gcc takes a
 * function that only prefetches for one without effect, and drops calls of it. */
static inline void index_expect(const void *record)
{
	__builtin_prefetch(record);
	__builtin_prefetch((const char *)record + 64);
	__asm__ volatile("");
}

static inline uint32_t index_scaled(uint32_t part, uint32_t count)
{
	return (uint32_t)((uint64_t)part * count >> 32);
}

static inline uint32_t index_displaced(const struct index *index, uint64_t key, uint32_t pilot)
{
	return index_scaled(
		(uint32_t)((key ^ pilot * HASH_START) * UINT64_C(0xff51afd7ed558ccd) >> 32),
		index->place_count);
}

/* Where a key is if it is one of those in the table: below `place_count`. */
static inline uint32_t index_place(const struct index *index, uint64_t key)
{
	uint32_t bucket = index_scaled((uint32_t)key, index->pilot_count);

	return index_displaced(index, key, index->pilots[bucket]);
}

static inline uint8_t index_mark(uint64_t key)
{
	return (uint8_t)(1 + (key >> 57));
}

/* 1 + the place, when the key may be there; 0: it is not in the table. */
static inline uint32_t index_number(const struct index *index, uint64_t key, uint32_t place)
{
	uint8_t mark = index->marks[place];

	return mark == index_mark(key) || mark == INDEX_SHARED ? place + 1 : 0;
}

static inline uint32_t index_find(const struct index *index, uint64_t key)
{
	return index_number(index, key, index_place(index, key));
}

#endif
