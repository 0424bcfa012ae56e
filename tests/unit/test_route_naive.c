/* Random worlds and requests: the router against one that looks at everything. */
#include "test.h"

#include "route_naive.h"

enum { WORLDS = 500, REQUESTS = 120 };

static void the_router_decides_as_one_that_looks_at_everything(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= WORLDS; seed++) {
		struct naive_bytes bytes = {.seed = seed};
		const char *wrong = naive_compare(&bytes, REQUESTS);

		if (wrong)
			fail_msg("seed %u: %s", (unsigned)seed, wrong);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_router_decides_as_one_that_looks_at_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
