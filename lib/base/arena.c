#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/bug.h"

enum { BLOCK_FIRST = 16 * 1024, BLOCK_MOST = 1024 * 1024 };

struct arena_block {
	struct arena_block *older;
	size_t size;
	alignas(max_align_t) char bytes[];
};

void arena_init(struct arena *arena)
{
	*arena = (struct arena){0};
}

static void free_until(struct arena *arena, struct arena_block *stop)
{
	while (arena->blocks != stop) {
		struct arena_block *older = arena->blocks->older;

		free(arena->blocks);
		arena->blocks = older;
	}
}

void arena_finish(struct arena *arena)
{
	free_until(arena, NULL);
	*arena = (struct arena){0};
}

static void add_block(struct arena *arena, size_t least)
{
	size_t size = arena->blocks ? arena->blocks->size * 2 : BLOCK_FIRST;

	if (size > BLOCK_MOST)
		size = BLOCK_MOST;
	if (size < least)
		size = least;

	struct arena_block *block = malloc(sizeof *block + size);

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
	if (!arena->blocks || (size_t)(arena->end - arena->next) < size)
		add_block(arena, size);

	char *at = arena->next;

	arena->next += size;
	arena->used += size;
	return at;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	size_t skip = -(uintptr_t)arena->next & (alignof(max_align_t) - 1);

	if ((size_t)(arena->end - arena->next) >= skip)
		arena->next += skip;
	else
		arena->next = arena->end;
	if ((size_t)(arena->end - arena->next) < size)
		add_block(arena, size);
	char *at = arena_bytes(arena, size);

	return size ? memset(at, 0, size) : at;
}

struct arena_mark arena_mark(const struct arena *arena)
{
	return (struct arena_mark){arena->blocks, arena->next, arena->used};
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
	arena->used = mark.used;
}

void *arena_grow(struct arena *arena, void *items, size_t size, size_t count)
{
	size_t room = count ? count * 2 : 1;
	void *bigger = arena_alloc(arena, size * room);

	if (count)
		memcpy(bigger, items, size * count);
	return bigger;
}
