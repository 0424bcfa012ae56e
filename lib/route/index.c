#define _DEFAULT_SOURCE /* madvise */

#include "route/index.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "base/bug.h"

/* Four keys a pilot and a fifth of the places free: then a pilot is found after some dozens of tries. A
 * pilot that is not found by then never will be: the keys are alike. */
enum { KEYS_A_PILOT = 4, TRIES = 4096, CROWD = 32 };

/* Of the processors at hand; for others it is a unit like any. */
enum { LARGE_PAGE = 2 * 1024 * 1024 };

/* The keys of one pilot: `count` of them from `first` on. */
struct bucket {
	uint32_t number, first, count;
};

struct builder {
	struct index *index;
	uint64_t *keys; /* by bucket */
	uint16_t *pilots;
	uint8_t *marks;
	struct bucket *buckets;
};

static void sort_keys(struct builder *builder, const uint64_t *keys, size_t count)
{
	uint32_t buckets = builder->index->pilot_count, first = 0;

	for (size_t i = 0; i < count; i++)
		builder->buckets[index_scaled((uint32_t)keys[i], buckets)].count++;
	for (uint32_t i = 0; i < buckets; i++) {
		builder->buckets[i].number = i;
		builder->buckets[i].first = first;
		first += builder->buckets[i].count;
		builder->buckets[i].count = 0;
	}
	for (size_t i = 0; i < count; i++) {
		struct bucket *bucket = &builder->buckets[index_scaled((uint32_t)keys[i], buckets)];

		builder->keys[bucket->first + bucket->count++] = keys[i];
	}
}

/* Large ones first: they need the most room. */
static int compare_buckets(const void *a, const void *b)
{
	const struct bucket *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return x->number < y->number ? -1 : 1;
}

static void put(struct builder *builder, const struct bucket *bucket, uint16_t pilot)
{
	builder->pilots[bucket->number] = pilot;
	for (uint32_t i = bucket->first; i < bucket->first + bucket->count; i++) {
		uint8_t *mark =
			&builder->marks[index_displaced(builder->index, builder->keys[i], pilot)];

		builder->index->sharing += *mark != INDEX_FREE;
		*mark = *mark ? INDEX_SHARED : index_mark(builder->keys[i]);
	}
}

/* Whether all keys of the bucket get places of their own. */
static bool fits(const struct builder *builder, const struct bucket *bucket, uint16_t pilot)
{
	uint32_t places[CROWD];

	for (uint32_t i = 0; i < bucket->count; i++) {
		places[i] =
			index_displaced(builder->index, builder->keys[bucket->first + i], pilot);
		if (builder->marks[places[i]])
			return false;
		for (uint32_t k = 0; k < i; k++)
			if (places[k] == places[i])
				return false;
	}
	return true;
}

static void place(struct builder *builder, const struct bucket *bucket)
{
	uint16_t pilot = 0;

	while (bucket->count <= CROWD && pilot < TRIES && !fits(builder, bucket, pilot))
		pilot++;
	put(builder, bucket, pilot % TRIES);
}

void index_build(struct index *index, struct arena *arena, const uint64_t *keys, size_t count)
{
	struct arena scratch;
	struct builder builder = {.index = index};

	BUG_UNLESS(count <= INT32_MAX);
	index->sharing = 0;
	index->pilot_count = (uint32_t)(count / KEYS_A_PILOT + 1);
	index->place_count = (uint32_t)(count + count / KEYS_A_PILOT + 1);
	index->pilots = builder.pilots = arena_array(arena, uint16_t, index->pilot_count);
	index->marks = builder.marks = arena_array(arena, uint8_t, index->place_count);
	arena_init(&scratch);
	builder.keys = arena_array(&scratch, uint64_t, count + 1);
	builder.buckets = arena_array(&scratch, struct bucket, index->pilot_count);
	sort_keys(&builder, keys, count);
	qsort(builder.buckets, index->pilot_count, sizeof *builder.buckets, compare_buckets);
	for (uint32_t i = 0; i < index->pilot_count; i++)
		place(&builder, &builder.buckets[i]);
	arena_finish(&scratch);
}

/* A large table is asked all over the place: with large pages the processor finds its way without reading
 * page tables, which no cache holds either. Memory that has been in use is on small pages already: it is
 * given back first, and comes again as zeros. Only hints: where the system has no such pages nothing is
 * lost. */
static void ask_for_large_pages(char *at, size_t size)
{
#ifdef MADV_HUGEPAGE
	madvise(at, size, MADV_DONTNEED);
	madvise(at, size, MADV_HUGEPAGE);
#else
	(void)at;
	(void)size;
#endif
}

static size_t rounded_up(size_t size, size_t unit)
{
	return (size + unit - 1) / unit * unit;
}

void *index_records(const struct index *index, struct arena *arena, size_t size)
{
	size_t count = (size_t)index->place_count + index->sharing;
	size_t room = rounded_up(count * size, size);
	size_t unit = room >= LARGE_PAGE ? LARGE_PAGE : size;
	char *records;

	room = rounded_up(room, unit);
	records = arena_alloc(arena, room + unit);
	records += (unit - (uintptr_t)records % unit) % unit;
	if (unit == LARGE_PAGE)
		ask_for_large_pages(records, room);
	return records;
}
