/* sort.h - qsort() for lists that may be empty and most often are in order already: what kubectl prints is
 * sorted, and so is what was made of it one after the other.
 */
#ifndef BASE_SORT_H
#define BASE_SORT_H

#include <stddef.h>
#include <stdlib.h>

/* Sorts `count` items of `size` bytes; `at` may be NULL when there is none. `compare` as for qsort(). */
static inline void sort(void *at, size_t count, size_t size,
			int (*compare)(const void *, const void *))
{
	const char *item = at;

	for (size_t i = 1; i < count; i++, item += size)
		if (compare(item, item + size) > 0) {
			qsort(at, count, size, compare);
			return;
		}
}

#endif
