#include "base/arena.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/bug.h"
#include "base/pages.h"

struct arena_block {
	struct arena_block *older;
	size_t size;
	uint64_t serial; /* of a large one: larger than that of older ones */
	alignas(max_align_t) char bytes[];
};

/* What is left of the last block of an arena is lost: large enough for few of them, and not larger. */
enum { BLOCK_FIRST = 16 * 1024, BLOCK_MOST = PAGES_LEAST - sizeof(struct arena_block) };

static bool is_in_pages(size_t size)
{
	return size >= PAGES_LEAST - sizeof(struct arena_block) &&
	       size <= PAGES_MOST - sizeof(struct arena_block);
}

/* With so many bytes, not zeroed. */
static struct arena_block *new_block(size_t size)
{
	struct arena_block *block;

	if (is_in_pages(size)) {
		block = pages_take(sizeof *block + size);
	} else {
		block = malloc(sizeof *block + size);
		if (!block)
			bug_out_of_memory(size);
	}
	block->size = size;
	return block;
}

static void free_block(struct arena_block *block)
{
	if (is_in_pages(block->size))
		pages_give(block, sizeof *block + block->size);
	else
		free(block);
}

void arena_init(struct arena *arena)
{
	*arena = (struct arena){0};
}

/* Up to a block that stays; NULL: all. */
static void free_until(struct arena *arena, const struct arena_block *stop)
{
	while (arena->blocks != stop) {
		struct arena_block *older = arena->blocks->older;

		free_block(arena->blocks);
		arena->blocks = older;
	}
}

static void free_large(struct arena *arena, uint64_t serial)
{
	while (arena->large && arena->large->serial > serial) {
		struct arena_block *older = arena->large->older;

		free_block(arena->large);
		arena->large = older;
	}
	arena->serial = serial;
}

void arena_finish(struct arena *arena)
{
	free_until(arena, NULL);
	free_large(arena, 0);
	*arena = (struct arena){0};
}

static void push_large(struct arena *arena, struct arena_block *block)
{
	block->older = arena->large;
	block->serial = ++arena->serial;
	arena->large = block;
}

/* Zeroed: fresh pages of the system are so anyway, and calloc knows. */
static void *add_large(struct arena *arena, size_t size)
{
	struct arena_block *block;

	if (is_in_pages(size)) {
		block = new_block(size);
		memset(block->bytes, 0, size);
	} else {
		block = calloc(1, sizeof *block + size);
		if (!block)
			bug_out_of_memory(size);
		block->size = size;
	}
	push_large(arena, block);
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

	struct arena_block *block = new_block(size);

	block->older = arena->blocks;
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
	free_block(block);
}

/* To a larger size. The block moves as a whole, by changing page tables when the allocator can. */
static struct arena_block *resize(struct arena_block *block, size_t size)
{
	if (is_in_pages(block->size) || is_in_pages(size)) {
		struct arena_block *bigger = new_block(size);

		memcpy(bigger->bytes, block->bytes, block->size);
		free_block(block);
		return bigger;
	}
	block = realloc(block, sizeof *block + size);
	if (!block)
		bug_out_of_memory(size);
	block->size = size;
	return block;
}

/* Counts as handed out anew. */
static void *regrow_large(struct arena *arena, struct arena_block **link, size_t size)
{
	struct arena_block *block = *link;

	*link = block->older;
	arena->used += size - block->size;
	block = resize(block, size);
	push_large(arena, block);
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
