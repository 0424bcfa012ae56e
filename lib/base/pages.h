/* pages.h - memory for arenas that have grown, cut from regions which the system may map with huge pages.
 *
 * A page is mapped when it is first touched, and in a virtual machine that can cost more than all that is
 * then done with it: 4 KiB pages were a third of the time that a large conversion took. Huge pages are only
 * advice; without them all works as before.
 */
#ifndef BASE_PAGES_H
#define BASE_PAGES_H

#include <stddef.h>

/* Less than this is malloc's: a huge page would be larger than all that a small run needs. */
enum { PAGES_LEAST = 256 * 1024, PAGES_MOST = 1024 * 1024 };

/* Memory of `size` bytes, PAGES_LEAST to PAGES_MOST, aligned for any object and not zeroed. Any thread may
 * take and give. Running out of memory is fatal (bug.h). */
void *pages_take(size_t size);

/* Gives it back; `size` as it was taken. */
void pages_give(void *at, size_t size);

/* What was given back waits for who takes next; this gives it to the system. For a program that goes on
 * after the largest part of its work. */
void pages_trim(void);

#endif
