/* chains.h - finds the items of an array by keys that are not one text, where a map (map.h) would need a text
 * made for each: places in the array, chained by the hash of their keys.
 *
 *	for (uint32_t at = chains_first(&chains, hash); at; at = chains_next(&chains, at))
 *		if (has_key(&items[at - 1], key))
 *			...
 */
#ifndef BASE_CHAINS_H
#define BASE_CHAINS_H

#include "base/arena.h"

/* Places count from 1; 0 ends a chain. */
struct chains {
	uint32_t *first; /* by hash */
	uint32_t *next;  /* by place */
	uint32_t mask;
};

/* For an array of up to `room` items. */
static inline void chains_init(struct chains *chains, struct arena *arena, size_t room)
{
	size_t count = 1;

	while (count < room)
		count *= 2;
	chains->first = arena_array(arena, uint32_t, count);
	chains->next = arena_array(arena, uint32_t, room + 1);
	chains->mask = (uint32_t)(count - 1);
}

/* Also of chains that were never made, which are empty. */
static inline uint32_t chains_first(const struct chains *chains, uint32_t hash)
{
	return chains->first ? chains->first[hash & chains->mask] : 0;
}

static inline uint32_t chains_next(const struct chains *chains, uint32_t place)
{
	return chains->next[place];
}

static inline void chains_add(struct chains *chains, uint32_t hash, uint32_t place)
{
	chains->next[place] = chains->first[hash & chains->mask];
	chains->first[hash & chains->mask] = place;
}

#endif
