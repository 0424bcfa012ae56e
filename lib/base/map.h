/* map.h - text to pointer, in an arena: a short list while it is small, then a hash table with open
 * addressing. Keys are not copied. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/str.h"

struct arena;

struct map_entry {
	const char *key;    /* NULL: free */
	uint32_t len, hash; /* the hash is set in a table only */
	void *value;
};

struct map {
	struct arena *arena;
	struct map_entry *entries;
	size_t count, room; /* room is 0 or a power of two */
};

void map_init(struct map *map, struct arena *arena);

/* The hash that tables of keys use, for those whose keys are not one text. Nothing that is written may depend
 * on it: it may be another one on another machine. */
uint32_t map_hash(struct str key);

/* Makes room for `count` keys in a map that is empty, so that it need not grow on the way there. */
void map_reserve(struct map *map, size_t count);

/* NULL when absent. */
void *map_get(const struct map *map, struct str key);

/* The place of the value for `key`, created with NULL when absent. Valid until the next map_at. The
 * key's bytes must live as long as the map. */
void **map_at(struct map *map, struct str key);

#endif
