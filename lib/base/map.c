#include "base/map.h"

#include "base/arena.h"
#include "base/bug.h"

void map_init(struct map *map, struct arena *arena)
{
	*map = (struct map){.arena = arena};
}

/* Eight bytes at a time. */
uint32_t map_hash(struct str key)
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

/* Most maps hold one or two entries, so up to here they are looked through one by one. */
enum { ROOM_FIRST = 2, ROOM_LIST = 8 };

/* Written to at once: a table is looked at before anything is put there, and a page of the system that
 * is read first is made twice. */
static struct map_entry *new_entries(const struct map *map, size_t room)
{
	size_t size = room * sizeof(struct map_entry);

	return memset(arena_alloc(map->arena, size), 0, size);
}

void map_reserve(struct map *map, size_t count)
{
	size_t room = ROOM_FIRST;

	if (map->count || count <= map->room)
		return;
	while (room <= ROOM_LIST ? room < count : count * 4 > room * 3)
		room *= 2;
	map->room = room;
	map->entries = new_entries(map, room);
}

static bool has_key(const struct map_entry *entry, struct str key)
{
	return entry->len == key.len && (!key.len || memcmp(entry->key, key.at, key.len) == 0);
}

/* The entry of a key, or the free place for it; NULL when a list is full. */
static struct map_entry *place_in_list(const struct map *map, struct str key)
{
	for (size_t i = 0; i < map->count; i++)
		if (has_key(&map->entries[i], key))
			return &map->entries[i];
	return map->count < map->room ? &map->entries[map->count] : NULL;
}

static struct map_entry *place_in_table(const struct map *map, struct str key, uint32_t hash)
{
	size_t i = hash & (map->room - 1);

	while (map->entries[i].key &&
	       !(map->entries[i].hash == hash && has_key(&map->entries[i], key)))
		i = (i + 1) & (map->room - 1);
	return &map->entries[i];
}

void *map_get(const struct map *map, struct str key)
{
	const struct map_entry *entry = map->room <= ROOM_LIST
						? place_in_list(map, key)
						: place_in_table(map, key, map_hash(key));

	return entry ? entry->value : NULL;
}

/* Into a table that does not have the key yet. */
static void put(const struct map *map, struct map_entry entry)
{
	size_t i = entry.hash & (map->room - 1);

	while (map->entries[i].key)
		i = (i + 1) & (map->room - 1);
	map->entries[i] = entry;
}

static void fill_table(const struct map *map, const struct map *old)
{
	for (size_t i = 0; i < old->room; i++) {
		struct map_entry entry = old->entries[i];

		if (!entry.key)
			continue;
		if (old->room <= ROOM_LIST)
			entry.hash = map_hash((struct str){entry.key, entry.len});
		put(map, entry);
	}
}

static void grow(struct map *map)
{
	struct map old = *map;

	map->room = old.room ? old.room * 2 : ROOM_FIRST;
	map->entries = new_entries(map, map->room);
	if (map->room > ROOM_LIST)
		fill_table(map, &old);
	else if (old.count)
		memcpy(map->entries, old.entries, old.count * sizeof *old.entries);
	arena_release(map->arena, old.entries, old.room * sizeof *old.entries);
}

static void **value_at(struct map *map, struct map_entry *entry, struct str key, uint32_t hash)
{
	if (!entry->key) {
		*entry = (struct map_entry){key.at ? key.at : "", (uint32_t)key.len, hash, NULL};
		map->count++;
	}
	return &entry->value;
}

void **map_at(struct map *map, struct str key)
{
	BUG_UNLESS(key.len <= UINT32_MAX);
	if (map->room <= ROOM_LIST) {
		struct map_entry *entry = place_in_list(map, key);

		if (entry)
			return value_at(map, entry, key, 0);
		grow(map);
		return map_at(map, key);
	}
	/* Three quarters at most, so a search ends soon. */
	if (map->count * 4 >= map->room * 3)
		grow(map);

	uint32_t hash = map_hash(key);

	return value_at(map, place_in_table(map, key, hash), key, hash);
}
