#include "compare/tally.h"

#include <stdlib.h>

#include "base/bug.h"

enum { ROOM_FIRST = 1024 };

/* The finalizer of splitmix64. */
uint64_t tally_mix(uint64_t hash, uint64_t number)
{
	hash = (hash ^ number) + 0x9e3779b97f4a7c15;
	hash = (hash ^ hash >> 30) * 0xbf58476d1ce4e5b9;
	hash = (hash ^ hash >> 27) * 0x94d049bb133111eb;
	return hash ^ hash >> 31;
}

static struct tally_slot *find(const struct tally *tally, uint64_t key)
{
	size_t at = (size_t)tally_mix(key, 0) & (tally->room - 1);

	while (tally->slots[at].seen && tally->slots[at].key != key)
		at = (at + 1) & (tally->room - 1);
	return &tally->slots[at];
}

static void grow(struct tally *tally)
{
	struct tally old = *tally;

	tally->room = old.room ? old.room * 2 : ROOM_FIRST;
	tally->slots = calloc(tally->room, sizeof *tally->slots);
	if (!tally->slots)
		bug_out_of_memory(tally->room * sizeof *tally->slots);
	for (size_t i = 0; i < old.room; i++)
		if (old.slots[i].seen)
			*find(tally, old.slots[i].key) = old.slots[i];
	free(old.slots);
}

uint32_t tally_count(struct tally *tally, uint64_t key)
{
	struct tally_slot *slot;

	if (tally->count * 4 >= tally->room * 3)
		grow(tally);
	slot = find(tally, key);
	slot->key = key;
	tally->count += !slot->seen;
	return slot->seen == UINT32_MAX ? slot->seen : slot->seen++;
}

void tally_finish(struct tally *tally)
{
	free(tally->slots);
	*tally = (struct tally){0};
}
