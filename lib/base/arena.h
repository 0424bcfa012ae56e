/* arena.h - memory that is given back all at once.
 *
 * One arena per run (or per worker thread); converters never free. An arena is not thread-safe.
 * Running out of memory is fatal (bug.h): inputs are bounded, so no file can cause it.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct arena_block;

/* Allocations from this size on have a block of their own, so that they can be given back. */
enum { ARENA_LARGE = 64 * 1024 };

struct arena {
	struct arena_block *blocks; /* newest first */
	struct arena_block *large;  /* one allocation each, newest first */
	char *next, *end;
	size_t used;     /* bytes handed out, without padding at block ends */
	uint64_t serial; /* of the newest large allocation */
};

/* A place to rewind to. */
struct arena_mark {
	struct arena_block *block;
	char *next;
	size_t used;
	uint64_t serial;
};

void arena_init(struct arena *arena);
void arena_finish(struct arena *arena);

/* Uninitialised bytes without alignment / zeroed memory aligned for any object. */
void *arena_bytes(struct arena *arena, size_t size);
static inline void *arena_alloc(struct arena *arena, size_t size);

/* One zeroed object / `count` zeroed objects of a type. */
#define arena_new(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define arena_array(arena, type, count) ((type *)arena_alloc((arena), sizeof(type) * (count)))

/* Everything handed out after the mark is given back; blocks are kept for reuse up to one. */
struct arena_mark arena_mark(const struct arena *arena);
void arena_rewind(struct arena *arena, struct arena_mark mark);

/* Appends a value to an array that lives in the arena: ARENA_PUSH(arena, list->items, list->count,
 * value). Grows by doubling at powers of two, so count alone says how much room there is. */
#define ARENA_PUSH(arena, items, count, ...)                                                       \
	do {                                                                                       \
		if (((count) & ((count)-1)) == 0)                                                  \
			(items) = arena_grow((arena), (items), sizeof *(items), (count));          \
		(items)[(count)++] = (__VA_ARGS__);                                                \
	} while (0)

/* Helper of ARENA_PUSH: room for twice `count` elements (at least 1), old ones copied. A large array is
 * given back when it moves, so what it took while it was growing is not lost. */
void *arena_grow(struct arena *arena, void *items, size_t size, size_t count);

/* Gives back one allocation of `size` bytes before its time when it is large (ARENA_LARGE); smaller
 * ones stay until the arena is rewound. NULL is allowed. */
void arena_release(struct arena *arena, void *at, size_t size);

/* Helper of arena_alloc: what does not fit the block at hand. */
void *arena_alloc_elsewhere(struct arena *arena, size_t size);

static inline void *arena_alloc(struct arena *arena, size_t size)
{
	size_t skip = -(uintptr_t)arena->next & (alignof(max_align_t) - 1);

	if (!arena->next || (size_t)(arena->end - arena->next) < skip ||
	    (size_t)(arena->end - arena->next) - skip < size || size >= ARENA_LARGE)
		return arena_alloc_elsewhere(arena, size);

	char *at = arena->next + skip;

	arena->next = at + size;
	arena->used += size;
	return memset(at, 0, size);
}

#endif
