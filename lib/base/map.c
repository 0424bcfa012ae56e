#include "base/map.h"

#include "base/arena.h"
#include "base/bug.h"

void map_init(struct map *map, struct arena *arena)
{
	*map = (struct map){.arena = arena};
}

/* Eight bytes at a time. Unlike str_hash() it is nobody's business outside of this file, and may be
 * another one on another machine. */
static uint32_t hash_of(struct str key)
{
	static const uint64_t odd = 0x9e3779b97f4a7c15u;
	uint64_t hash = key.len, word;

	for (; key.len >= sizeof word; key.at += sizeof word, key.len -= sizeof word) {
		memcpy(&word, key.at, sizeof word);
		hash = (hash ^ word) * odd;
		hash ^= hash >> 32;
	}
	if (key.len) {
		word = 0;
		memcpy(&word, key.at, key.len);
		hash = (hash ^ word) * odd;
	}
	return (uint32_t)((hash ^ hash >> 29) * odd >> 32);
}

static bool holds(const struct map_entry *entry, struct str key, uint32_t hash)
{
	return entry->hash == hash && entry->len == key.len &&
	       (!key.len || memcmp(entry->key, key.at, key.len) == 0);
}

static struct map_entry *place(const struct map *map, struct str key, uint32_t hash)
{
	size_t i = hash & (map->room - 1);

	while (map->entries[i].key && !holds(&map->entries[i], key, hash))
		i = (i + 1) & (map->room - 1);
	return &map->entries[i];
}

void *map_get(const struct map *map, struct str key)
{
	if (!map->room)
		return NULL;
	return place(map, key, hash_of(key))->value;
}

/* Into a table that does not have the key yet. */
static void put(const struct map *map, struct map_entry entry)
{
	size_t i = entry.hash & (map->room - 1);

	while (map->entries[i].key)
		i = (i + 1) & (map->room - 1);
	map->entries[i] = entry;
}

static void grow(struct map *map)
{
	struct map old = *map;

	map->room = old.room ? old.room * 2 : 4; /* many maps hold one or two entries */
	map->entries = arena_array(map->arena, struct map_entry, map->room);
	for (size_t i = 0; i < old.room; i++)
		if (old.entries[i].key)
			put(map, old.entries[i]);
	arena_release(map->arena, old.entries, old.room * sizeof *old.entries);
}

void **map_at(struct map *map, struct str key)
{
	uint32_t hash = hash_of(key);

	BUG_UNLESS(key.len <= UINT32_MAX);
	/* Three quarters at most, so a search ends soon. */
	if (map->count * 4 >= map->room * 3)
		grow(map);

	struct map_entry *entry = place(map, key, hash);

	if (!entry->key) {
		entry->key = key.at ? key.at : "";
		entry->len = (uint32_t)key.len;
		entry->hash = hash;
		map->count++;
	}
	return &entry->value;
}
