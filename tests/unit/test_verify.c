/* Witnesses of patterns, and the comparison of decisions. */
#include "arena_case.h"

#include "route/compare.h"
#include "route/witness.h"

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
	assert_int_equal(route_compare(&a, &b), ROUTE_DIFFERS_WEIGHTS);
	right[0].name = STR("c");
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

/* ---- what is asked ---- */

/* One term that looks at everything. */
static void say_term(const struct route_table *table,
		     void (*say)(void *user, const struct route_term *term), void *user)
{
	static const struct route_field_term fields[] = {
		{ROUTE_FIELD_HEADER, false, STR_INIT("X-V"), STR_INIT("one")},
		{ROUTE_FIELD_QUERY, false, STR_INIT("q"), STR_INIT("two")},
		{ROUTE_FIELD_COOKIE, false, STR_INIT("c"), STR_INIT("three")},
	};
	static const struct route_network networks[] = {
		{{[10] = 0xff, [11] = 0xff, [12] = 10, [13] = 64}, 96 + 10},
		{{0x20, 0x01, 0x0d, 0xb8}, 32},
	};
	struct route_term term = {
		.port = 8443,
		.tls = true,
		.host = STR("a.example"),
		.path_kind = ROUTE_PATH_ELEMENTS,
		.path = STR("/p"),
		.fields = fields,
		.field_count = 3,
		.networks = networks,
		.network_count = 2,
		.body_bytes = 10,
	};

	(void)table;
	say(user, &term);
	term = (struct route_term){.transport = ROUTE_UDP, .port = 53};
	say(user, &term);
	term = (struct route_term){
		.transport = ROUTE_TLS, .port = 853, .tls = true, .host = STR("*.b.example")};
	say(user, &term);
}

static bool note_request(void *user, const struct witness *witness)
{
	struct buf buf;

	buf_init(&buf);
	route_describe_request(&buf, &witness->request);
	*map_at(user, str_dup(&arena, buf_slice(&buf))) = user;
	buf_finish(&buf);
	return true;
}

static void edges_are_asked(void **state)
{
	static const char *const requests[] = {
		"POST https://a.example:8443/p\nContent-Length: 10",
		"POST https://a.example:8443/p\nContent-Length: 11",
		"GET https://a.example:8443/p\n(from 10.63.255.255)",
		"GET https://a.example:8443/p\n(from 10.64.0.0)",
		"GET https://a.example:8443/p\n(from 10.127.255.255)",
		"GET https://a.example:8443/p\n(from 10.128.0.0)",
		"GET https://a.example:8443/p\n(from 2001:db7:ffff:ffff:ffff:ffff:ffff:ffff)",
		"GET https://a.example:8443/p\n(from 2001:db8::)",
		"GET https://a.example:8443/p\n(from 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff)",
		"GET https://a.example:8443/p\n(from 2001:db9::)",
		"GET https://a.example:8443/p?q=two\nX-V: one\nX-V: other\nCookie: c=three",
		"GET https://a.example:8443/p?q=two\nX-V: other\nX-V: one\nCookie: c=three",
		"GET https://a.example:8443/p?q=two\nX-V: \nCookie: c=three",
		"GET https://a.example:8443/p?q=two&q=other\nX-V: one\nCookie: c=three",
		"GET https://a.example:8443/p?q=other&q=two\nX-V: one\nCookie: c=three",
		"GET https://a.example:8443/p?q=\nX-V: one\nCookie: c=three",
		"GET https://a.example:8443/p?q\nX-V: one\nCookie: c=three",
		"GET https://a.example:8443/p?q=two\nX-V: one\nCookie: c=other; c=three",
		"GET https://a.example:8443/\n(no server name)",
		"GET https://a.example:8443/\n(server name any.b.example)",
		"UDP datagram, port 53",
		"TLS handshake for any.b.example, port 853",
		"TLS handshake for far.any.b.example, port 853",
		"TLS handshake without server name, port 853",
	};
	const struct route_side side = {.terms = say_term};
	const struct route_table table = {.side = &side};
	const struct route_table *const tables[] = {&table};
	struct witness_tally tally;
	struct map seen;

	(void)state;
	map_init(&seen, &arena);
	witness_each(tables, 1, &(struct witness_options){.seed = 1}, note_request, &seen, &tally);
	for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
		if (!map_get(&seen, str_from(requests[i])))
			fail_msg("not asked: %s", requests[i]);
}

static void a_session_is_its_cookie(void **state)
{
	const struct route_session cookie = {.name = STR("a"), .absolute_ms = ROUTE_UNSET};
	struct route_session other = cookie;
	struct route_policy left = route_no_policy, right = route_no_policy;
	struct route_decision a = forward(), b = forward();

	(void)state;
	a.policy = &left;
	b.policy = &right;
	left.session = &cookie;
	assert_int_equal(route_compare(&a, &b), ROUTE_DIFFERS_SESSION);
	right.session = &other;
	assert_int_equal(route_compare(&a, &b), 0);
	other.name = STR("b");
	assert_int_equal(route_compare(&a, &b), ROUTE_DIFFERS_SESSION);
	other.name = STR("");
	assert_int_equal(route_compare(&a, &b), 0);
	other.permanent = true;
	assert_int_equal(route_compare(&a, &b), ROUTE_DIFFERS_SESSION);
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
		cmocka_unit_test_setup_teardown(edges_are_asked, setup, teardown),
		cmocka_unit_test(a_session_is_its_cookie),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
