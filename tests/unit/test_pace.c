/* How often a side is asked: the time between requests, what is made up for, and no limit. */
#include "test.h"

#include "compare/pace.h"

enum { SECOND = 1000 * 1000, START = 7 * SECOND };

/* Requests of somebody who looks every `step_us` for `us`. */
static int count_sent(struct pace *pace, int64_t from_us, int64_t us, int64_t step_us)
{
	int sent = 0;

	for (int64_t now = from_us; now < from_us + us; now += step_us)
		while (!pace_wait(pace, now) && sent < SECOND) {
			pace_take(pace, now);
			sent++;
		}
	return sent;
}

/* The time before the first request is none that was lost. */
static void requests_are_spread(void **state)
{
	struct pace pace = {.rate = 20, .due_us = START};

	(void)state;
	assert_int_equal(pace_wait(&pace, START), 0);
	pace_take(&pace, START);
	assert_int_equal(pace_wait(&pace, START), SECOND / 20);
	assert_int_equal(pace_wait(&pace, START + 1), SECOND / 20 - 1);
	assert_int_equal(pace_wait(&pace, START + SECOND / 20), 0);
	pace_take(&pace, START + SECOND / 20);
	assert_int_equal(pace_wait(&pace, START + SECOND / 20), SECOND / 20);
}

/* Whoever looks seldom makes up for what was lost meanwhile: a tenth of a second of it. */
static void little_is_made_up_for(void **state)
{
	struct pace often = {.rate = 2000, .due_us = START};
	struct pace seldom = often, away = often;

	(void)state;
	assert_int_equal(count_sent(&often, START, SECOND, 100), 2000);
	assert_in_range(count_sent(&seldom, START, SECOND, 50 * 1000), 1900, 2000);
	assert_int_equal(count_sent(&away, START + 60 * SECOND, 1, 1), 1 + 2000 / 10);
}

/* No more than one a microsecond is promised for any rate, and no fewer than one in a thousand seconds. */
static void no_rate_is_too_high_or_too_low(void **state)
{
	struct pace none = {0}, fast = {.rate = 700 * 1000, .due_us = START},
		    slow = {.rate = PACE_LEAST, .due_us = START};

	(void)state;
	pace_take(&none, START);
	assert_int_equal(pace_wait(&none, START), 0);
	assert_in_range(count_sent(&fast, START, SECOND / 10, 1), 1, 70 * 1000);
	assert_int_equal(count_sent(&slow, START, 1000 * (int64_t)SECOND, SECOND), 1);
	assert_int_equal(pace_wait(&slow, START + 1000 * (int64_t)SECOND), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_spread),
		cmocka_unit_test(little_is_made_up_for),
		cmocka_unit_test(no_rate_is_too_high_or_too_low),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
