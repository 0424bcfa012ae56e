#define _DEFAULT_SOURCE /* madvise */
#include "base/pages.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/asan.h"
#include "base/bug.h"

/* A huge page of x86-64 and of arm64 with 4 KiB pages, divided into units; a region has some of them. */
enum { HUGE = 2 * 1024 * 1024, UNITS = 32, UNIT = HUGE / UNITS, PAGES = 16 };

struct region {
	struct region *next;
	char *base;
	uint32_t used[PAGES]; /* of each huge page: a bit for each unit that is taken */
};

/* Older regions first: what is given back there is taken first, so that younger ones become free. */
static struct region *regions;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static uint32_t mask_of(size_t size)
{
	size_t units = (size + UNIT - 1) / UNIT;

	return (uint32_t)((uint64_t)1 << units) - 1;
}

/* Address space for a region on the boundary of a huge page; what lies beside is not kept. */
static char *map_region(void)
{
	const size_t size = (size_t)HUGE * PAGES;
	char *at =
		mmap(NULL, size + HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t skip;

	if (at == MAP_FAILED)
		bug_out_of_memory(size);
	skip = -(uintptr_t)at & (HUGE - 1);
	if (skip)
		munmap(at, skip);
	if (skip < HUGE)
		munmap(at + skip + size, HUGE - skip);
	/* Refused where the system has no huge pages. */
	(void)madvise(at + skip, size, MADV_HUGEPAGE);
	return at + skip;
}

static struct region *add_region(void)
{
	struct region *region = calloc(1, sizeof *region), **end = &regions;

	if (!region)
		bug_out_of_memory(sizeof *region);
	region->base = map_region();
	while (*end)
		end = &(*end)->next;
	*end = region;
	return region;
}

/* Takes neighbouring units of a region; NULL when it does not have as many. */
static void *take_from(struct region *region, uint32_t mask)
{
	for (size_t page = 0; page < PAGES; page++)
		for (unsigned unit = 0; unit < UNITS && mask << unit >> unit == mask; unit++)
			if (!(region->used[page] & mask << unit)) {
				region->used[page] |= mask << unit;
				return region->base + page * HUGE + (size_t)unit * UNIT;
			}
	return NULL;
}

static void *take(uint32_t mask)
{
	for (struct region *region = regions; region; region = region->next) {
		void *at = take_from(region, mask);

		if (at)
			return at;
	}
	return take_from(add_region(), mask);
}

static bool is_free(const struct region *region)
{
	for (size_t page = 0; page < PAGES; page++)
		if (region->used[page])
			return false;
	return true;
}

static void give(const char *at, uint32_t mask)
{
	struct region **link = &regions, *region;
	size_t offset;

	while ((uintptr_t)at - (uintptr_t)(*link)->base >= (size_t)HUGE * PAGES)
		link = &(*link)->next;
	region = *link;
	offset = (size_t)(at - region->base);
	region->used[offset / HUGE] &= ~(mask << (offset % HUGE / UNIT));
	if (!is_free(region))
		return;
	*link = region->next;
	munmap(region->base, (size_t)HUGE * PAGES);
	free(region);
}

/* The sanitizers see uses of memory that was given back, and pointers to other memory, in malloc's only. */
void *pages_take(size_t size)
{
	void *at;

	if (ASAN) {
		at = malloc(size);
		if (!at)
			bug_out_of_memory(size);
		return at;
	}
	pthread_mutex_lock(&lock);
	at = take(mask_of(size));
	pthread_mutex_unlock(&lock);
	return at;
}

void pages_give(void *at, size_t size)
{
	if (ASAN) {
		free(at);
		return;
	}
	pthread_mutex_lock(&lock);
	give(at, mask_of(size));
	pthread_mutex_unlock(&lock);
}

/* A run of units that are free, from `unit` on; 0: it is taken. */
static unsigned free_run(uint32_t used, unsigned unit)
{
	unsigned count = 0;

	while (unit + count < UNITS && !(used >> (unit + count) & 1))
		count++;
	return count;
}

static void trim_page(char *base, uint32_t used)
{
	for (unsigned unit = 0, count; unit < UNITS; unit += count ? count : 1) {
		count = free_run(used, unit);
		if (count)
			(void)madvise(base + (size_t)unit * UNIT, (size_t)count * UNIT,
				      MADV_DONTNEED);
	}
}

void pages_trim(void)
{
	pthread_mutex_lock(&lock);
	for (const struct region *region = regions; region; region = region->next)
		for (size_t page = 0; page < PAGES; page++)
			trim_page(region->base + page * HUGE, region->used[page]);
	pthread_mutex_unlock(&lock);
}
