#include "base/map.h"

#include "base/arena.h"

void map_init(struct map *map, struct arena *arena)
{
	*map = (struct map){.arena = arena};
}

static struct map_entry *place(const struct map *map, struct str key, uint64_t hash)
{
	size_t i = hash & (map->room - 1);

	while (map->entries[i].key.at &&
	       (map->entries[i].hash != hash || !str_eq(map->entries[i].key, key)))
		i = (i + 1) & (map->room - 1);
	return &map->entries[i];
}

void *map_get(const struct map *map, struct str key)
{
	if (!map->room)
		return NULL;
	return place(map, key, str_hash(key))->value;
}

static void grow(struct map *map)
{
	struct map old = *map;

	map->room = old.room ? old.room * 2 : 4; /* many maps hold one or two entries */
	map->entries = arena_array(map->arena, struct map_entry, map->room);
	for (size_t i = 0; i < old.room; i++)
		if (old.entries[i].key.at)
			*place(map, old.entries[i].key, old.entries[i].hash) = old.entries[i];
}

void **map_at(struct map *map, struct str key)
{
	uint64_t hash = str_hash(key);

	if (map->count * 2 >= map->room)
		grow(map);

	struct map_entry *entry = place(map, key, hash);

	if (!entry->key.at) {
		entry->key = key.at ? key : STR("");
		entry->hash = hash;
		map->count++;
	}
	return &entry->value;
}
