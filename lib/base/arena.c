#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/bug.h"

enum { BLOCK_FIRST = 16 * 1024, BLOCK_MOST = 1024 * 1024 };

struct arena_block {
	struct arena_block *older;
	size_t size;
	uint64_t serial; /* of a large one: larger than that of older ones */
	alignas(max_align_t) char bytes[];
};

void arena_init(struct arena *arena)
{
	*arena = (struct arena){0};
}

/* Frees a chain up to a block that stays, or all of it. */
static struct arena_block *free_blocks(struct arena_block *block, const struct arena_block *stop)
{
	while (block != stop) {
		struct arena_block *older = block->older;

		free(block);
		block = older;
	}
	return block;
}

static void free_until(struct arena *arena, const struct arena_block *stop)
{
	arena->blocks = free_blocks(arena->blocks, stop);
}

static void free_large(struct arena *arena, uint64_t serial)
{
	while (arena->large && arena->large->serial > serial) {
		struct arena_block *older = arena->large->older;

		free(arena->large);
		arena->large = older;
	}
	arena->serial = serial;
}

void arena_finish(struct arena *arena)
{
	free_until(arena, NULL);
	free_blocks(arena->spare, NULL);
	free_large(arena, 0);
	*arena = (struct arena){0};
}

/* Moves up to `room` blocks of the usual size; the rest of the chain. */
static struct arena_block *bequeath(struct arena_block *block, struct arena *heir, size_t *room)
{
	while (block && block->size == BLOCK_MOST && *room) {
		struct arena_block *older = block->older;

		block->older = heir->spare;
		heir->spare = block;
		block = older;
		--*room;
	}
	return block;
}

void arena_finish_into(struct arena *arena, struct arena *heir)
{
	size_t room = ARENA_SPARES;

	for (const struct arena_block *spare = heir->spare; spare && room; spare = spare->older)
		room--;
	arena->spare = bequeath(arena->spare, heir, &room);
	arena->blocks = bequeath(arena->blocks, heir, &room);
	arena_finish(arena);
}

void arena_inherit(struct arena *arena, struct arena *from)
{
	size_t all = SIZE_MAX;

	from->spare = bequeath(from->spare, arena, &all);
}

/* Zeroed: fresh pages of the system are so anyway, and calloc knows. */
static void *add_large(struct arena *arena, size_t size)
{
	struct arena_block *block = calloc(1, sizeof *block + size);

	if (!block)
		bug_out_of_memory(size);
	block->older = arena->large;
	block->size = size;
	block->serial = ++arena->serial;
	arena->large = block;
	arena->used += size;
	return block->bytes;
}

static void add_block(struct arena *arena, size_t least)
{
	size_t size = arena->blocks ? arena->blocks->size * 2 : BLOCK_FIRST;

	if (size > BLOCK_MOST)
		size = BLOCK_MOST;
	if (size < least)
		size = least;

	struct arena_block *block = size == BLOCK_MOST ? arena->spare : NULL;

	if (block)
		arena->spare = block->older;
	else
		block = malloc(sizeof *block + size);
	if (!block)
		bug_out_of_memory(size);
	block->older = arena->blocks;
	block->size = size;
	arena->blocks = block;
	arena->next = block->bytes;
	arena->end = block->bytes + size;
}

void *arena_bytes(struct arena *arena, size_t size)
{
	if (size >= ARENA_LARGE)
		return add_large(arena, size);
	if (!arena->blocks || (size_t)(arena->end - arena->next) < size)
		add_block(arena, size);

	char *at = arena->next;

	arena->next += size;
	arena->used += size;
	return at;
}

void *arena_alloc_elsewhere(struct arena *arena, size_t size)
{
	if (size >= ARENA_LARGE)
		return add_large(arena, size);
	add_block(arena, size); /* aligned */

	char *at = arena_bytes(arena, size);

	return size ? memset(at, 0, size) : at;
}

struct arena_mark arena_mark(const struct arena *arena)
{
	return (struct arena_mark){arena->blocks, arena->next, arena->used, arena->serial};
}

void arena_rewind(struct arena *arena, struct arena_mark mark)
{
	if (!mark.block && arena->blocks) {
		/* Keep the newest block: the next document needs about as much again. */
		struct arena_block *keep = arena->blocks;

		arena->blocks = keep->older;
		free_until(arena, NULL);
		keep->older = NULL;
		arena->blocks = keep;
		arena->next = keep->bytes;
		arena->end = keep->bytes + keep->size;
	} else if (mark.block) {
		free_until(arena, mark.block);
		arena->next = mark.next;
		arena->end = mark.block->bytes + mark.block->size;
	}
	free_large(arena, mark.serial);
	arena->used = mark.used;
}

/* The link to the large block of an allocation; to NULL when it has none. */
static struct arena_block **find_large(struct arena *arena, const void *at)
{
	struct arena_block **link = &arena->large;

	while (*link && (*link)->bytes != at)
		link = &(*link)->older;
	return link;
}

void arena_release(struct arena *arena, void *at, size_t size)
{
	if (size < ARENA_LARGE)
		return;

	struct arena_block **link = find_large(arena, at), *block = *link;

	if (!block)
		return;
	*link = block->older;
	arena->used -= block->size;
	free(block);
}

/* The block moves as a whole, by changing page tables when the allocator can, and counts as handed
 * out anew. */
static void *regrow_large(struct arena *arena, struct arena_block **link, size_t size)
{
	struct arena_block *block = *link;

	*link = block->older;
	arena->used += size - block->size;
	block = realloc(block, sizeof *block + size);
	if (!block)
		bug_out_of_memory(size);
	block->older = arena->large;
	block->size = size;
	block->serial = ++arena->serial;
	arena->large = block;
	return block->bytes;
}

void *arena_grow(struct arena *arena, void *items, size_t size, size_t count)
{
	size_t room = count ? count * 2 : 1;

	if (size * count >= ARENA_LARGE) {
		struct arena_block **link = find_large(arena, items);

		if (*link)
			return regrow_large(arena, link, size * room);
	}

	void *bigger = arena_alloc(arena, size * room);

	if (count)
		memcpy(bigger, items, size * count);
	return bigger;
}
