#define _DEFAULT_SOURCE /* madvise */

#include "route/paths.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/bug.h"

static size_t words_of(size_t bytes)
{
	return (bytes + 7) / 8;
}

static size_t node_words(const struct paths_literal *literal)
{
	return words_of(sizeof(struct paths_node)) + literal->count + words_of(literal->text.len);
}

static uint64_t hash_of(struct str text)
{
	struct hash_walk walk = hash_walk(text);

	do
		hash_step(&walk);
	while (walk.at < walk.end);
	return walk.hash;
}

static void put(struct paths *paths, const struct paths_literal *literal)
{
	uint64_t place = paths_place(literal->host->salt, hash_of(literal->text));
	uint64_t at = place & paths->mask;
	struct paths_node *node = (struct paths_node *)(paths->nodes + paths->used);

	while (paths->slots[at].node)
		at = (at + 1) & paths->mask;
	paths->slots[at] = (struct paths_slot){(uint32_t)(place >> 32), (uint32_t)paths->used};
	node->host = literal->host->id;
	node->length = (uint32_t)literal->text.len;
	node->count = literal->count;
	memcpy(node->values, literal->values, literal->count * sizeof *literal->values);
	if (literal->text.len)
		memcpy(node->values + node->count, literal->text.at, literal->text.len);
	paths->used += node_words(literal);
	literal->host->lengths |= UINT64_C(1) << literal->text.len % 64;
	if (literal->host->longest < node->length)
		literal->host->longest = node->length;
}

/* Every node is asked for what is above it once all are in. */
static void link_up(struct paths *paths, const struct paths_literal *literal)
{
	struct str text = literal->text;
	struct paths_node *node =
		(struct paths_node *)paths_get(paths, literal->host, text, hash_of(text));
	struct hash_walk walk = hash_walk(text);

	do {
		hash_step(&walk);

		struct str prefix = {text.at, (size_t)(walk.at - walk.start)};
		const struct paths_node *above =
			prefix.len < text.len ? paths_get(paths, literal->host, prefix, walk.hash)
					      : NULL;

		if (above)
			node->up = (uint32_t)((const uint64_t *)above - paths->nodes);
	} while (walk.at < walk.end);
}

/* A large table is asked all over the place: with large pages the processor finds its way without reading
 * page tables. Only a hint, and only for whole pages. */
static void ask_for_large_pages(void *at, size_t size)
{
#ifdef MADV_HUGEPAGE
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t start = ((uintptr_t)at + page - 1) / page * page;
	uintptr_t end = ((uintptr_t)at + size) / page * page;

	if (end > start)
		madvise((void *)start, end - start, MADV_HUGEPAGE);
#else
	(void)at;
	(void)size;
#endif
}

void paths_build(struct paths *paths, struct arena *arena, const struct paths_literal *literals,
		 size_t count)
{
	size_t slots = 16;

	*paths = (struct paths){.used = 1, .room = 1};
	for (size_t i = 0; i < count; i++)
		paths->room += node_words(&literals[i]);
	BUG_UNLESS(paths->room <= UINT32_MAX);
	while (slots < count * 2)
		slots *= 2;
	paths->slots = arena_array(arena, struct paths_slot, slots);
	paths->mask = slots - 1;
	paths->nodes = arena_array(arena, uint64_t, paths->room);
	ask_for_large_pages(paths->slots, slots * sizeof *paths->slots);
	ask_for_large_pages(paths->nodes, paths->room * sizeof *paths->nodes);
	for (size_t i = 0; i < count; i++)
		put(paths, &literals[i]);
	for (size_t i = 0; i < count; i++)
		link_up(paths, &literals[i]);
}
