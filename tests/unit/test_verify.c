/* Witnesses of patterns, and the comparison of decisions. */
#include "test.h"

#include "route/compare.h"
#include "route/witness.h"

static struct arena arena;

static int setup(void **state)
{
	(void)state;
	arena_init(&arena);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_finish(&arena);
	return 0;
}

static bool holds(const struct witness_paths *paths, const char *text)
{
	return map_get(&paths->seen, str_from(text)) != NULL;
}

static struct witness_paths sample(const char *pattern)
{
	struct witness_paths paths = {.arena = &arena, .random = 1};

	map_init(&paths.seen, &arena);
	witness_sample(&paths, str_from(pattern));
	return paths;
}

static void a_pattern_gives_paths(void **state)
{
	struct witness_paths paths;

	(void)state;
	paths = sample("^/v[0-9]{2}/(a|b)$");
	assert_true(holds(&paths, "/v00/a"));
	assert_true(holds(&paths, "/v00/az"));
	paths = sample("/(?i)app(?:/x)?\\.y.*");
	assert_true(holds(&paths, "/app.y"));
	assert_true(holds(&paths, "/app/x.yq"));
	paths = sample("/a(?!b)c");
	assert_true(holds(&paths, "/ac"));
}

/* Whatever the text is: broken patterns, and nested repetitions of nothing. */
static void any_text_is_a_pattern(void **state)
{
	static const char *const texts[] = {"",
					    "(",
					    ")",
					    "[",
					    "a{",
					    "\\",
					    "(?",
					    "(?<",
					    "[^",
					    "[a-",
					    "))",
					    "a{9,1}",
					    "((((((",
					    "|||",
					    "(((){99}){99}){99}",
					    "(a{99}){99}",
					    "[]]",
					    "[]",
					    "(?i",
					    "{3}"};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		sample(texts[i]);
}

/* ---- decisions ---- */

static struct route_backend one = {.kind = STR_INIT("Service"),
				   .namespace = STR_INIT("web"),
				   .name = STR_INIT("a"),
				   .weight = 1};

static struct route_decision forward(void)
{
	return (struct route_decision){.action = ROUTE_FORWARD,
				       .backends = &one,
				       .backend_count = 1,
				       .weight = 1,
				       .sent.path = STR("/"),
				       .policy = &route_no_policy};
}

static void equal_decisions_are_equal(void **state)
{
	struct route_decision a = forward(), b = forward();
	struct route_decision closed = {.action = ROUTE_CLOSE, .policy = &route_no_policy};
	struct route_decision none = {
		.action = ROUTE_ANSWER, .status = 404, .policy = &route_no_policy};

	(void)state;
	assert_int_equal(route_compare(&a, &b), 0);
	assert_int_equal(route_compare(&none, &closed), 0);
	assert_int_equal(route_compare(&a, &closed), ROUTE_DIFFERS_ANSWER);
	b.sent.path = STR("/x");
	assert_int_equal(route_compare(&a, &b), ROUTE_DIFFERS_PATH);
}

/* 1 of 2 and 50 of 100 are one share, in any order. */
static void shares_are_fractions(void **state)
{
	struct route_backend left[] = {one, one}, right[] = {one, one};
	struct route_decision a = forward(), b = forward();

	(void)state;
	left[1].name = right[0].name = STR("b");
	right[0].weight = right[1].weight = 50;
	a.backends = left;
	b.backends = right;
	a.backend_count = b.backend_count = 2;
	a.weight = 2;
	b.weight = 100;
	assert_int_equal(route_compare(&a, &b), 0);
	right[0].weight = 49;
	right[1].weight = 51;
	assert_int_equal(route_compare(&a, &b), ROUTE_DIFFERS_BACKENDS);
}

/* A guard may be added, and not lost. */
static void a_guard_is_not_lost(void **state)
{
	const struct route_fact fact = {.feature = FEATURE_AUTH_BASIC};
	struct route_policy guarded = route_no_policy;
	struct route_decision a = forward(), b = forward();

	(void)state;
	guarded.facts = &fact;
	guarded.fact_count = 1;
	a.policy = &guarded;
	assert_int_equal(route_compare(&a, &b), ROUTE_DIFFERS_GUARD);
	assert_int_equal(route_compare(&b, &a), 0);
}

static void addresses_are_compared_as_clients_do(void **state)
{
	(void)state;
	assert_true(route_same_location(STR("https://A.example"), STR("HTTPS://a.example/")));
	assert_true(route_same_location(STR("/x"), STR("/x")));
	assert_false(route_same_location(STR("https://a.example/x"), STR("https://a.example/X")));
	assert_false(route_same_location(STR("https://a.example"), STR("http://a.example")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_pattern_gives_paths, setup, teardown),
		cmocka_unit_test_setup_teardown(any_text_is_a_pattern, setup, teardown),
		cmocka_unit_test(equal_decisions_are_equal),
		cmocka_unit_test(shares_are_fractions),
		cmocka_unit_test(a_guard_is_not_lost),
		cmocka_unit_test(addresses_are_compared_as_clients_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
