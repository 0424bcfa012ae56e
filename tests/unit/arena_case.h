/* arena_case.h - for tests that need nothing but an arena: `arena` is empty when one begins. To be included
 * behind headers whose inline functions have a parameter of that name. */
#ifndef TESTS_ARENA_CASE_H
#define TESTS_ARENA_CASE_H

#include "test.h"

static struct arena arena;

static inline int setup(void **state)
{
	(void)state;
	arena_init(&arena);
	return 0;
}

static inline int teardown(void **state)
{
	(void)state;
	arena_finish(&arena);
	return 0;
}

#endif
