/* What both sides of the router share: requests taken apart, patterns with bounded work. */
#include "test.h"

#include "route/matcher.h"

static struct arena arena;
static struct matchers matchers;
static struct route_scratch scratch;

static int setup(void **state)
{
	(void)state;
	arena_init(&arena);
	matchers_init(&matchers, &arena);
	route_scratch_init(&scratch, false);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	route_scratch_finish(&scratch);
	matchers_finish(&matchers);
	arena_finish(&arena);
	return 0;
}

static void a_target_is_taken_apart(void **state)
{
	(void)state;
	struct route_target target = route_target(STR("/a%20b//c?x=1?y"));

	assert_str(target.path, "/a%20b//c");
	assert_true(target.has_query);
	assert_str(target.query, "x=1?y");
	assert_str(target.authority, "");

	target = route_target(STR("/a?"));
	assert_true(target.has_query);
	assert_str(target.query, "");

	target = route_target(STR("http://Shop.example:8080?x"));
	assert_str(target.path, "/");
	assert_str(target.query, "x");
	assert_str(target.authority, "Shop.example:8080");

	assert_str(route_target(STR("/go?to=http://x/")).path, "/go");
	assert_str(route_target(STR("*")).path, "*");
	assert_str(route_target(STR("")).path, "/");
}

static void a_host_has_no_port(void **state)
{
	(void)state;
	assert_str(route_host(STR("a.example:80")), "a.example");
	assert_str(route_host(STR("a.example")), "a.example");
	assert_str(route_host(STR("a.example:")), "a.example");
	assert_str(route_host(STR("a.example.:443")), "a.example.");
	assert_str(route_host(STR("[::1]:80")), "[::1]");
	assert_str(route_host(STR("[::1]")), "[::1]");
	assert_str(route_host(STR("::1")), "::1");
	assert_str(route_host(STR("10.0.0.1")), "10.0.0.1");
	assert_str(route_host(STR("")), "");
}

static void headers_and_cookies_are_found_in_order(void **state)
{
	(void)state;
	static const struct route_header headers[] = {
		{STR_INIT("X-A"), STR_INIT("1")},
		{STR_INIT("cookie"), STR_INIT("one=1;two = 2; Two=3")},
		{STR_INIT("x-a"), STR_INIT("2")},
		{STR_INIT("Cookie"), STR_INIT("three=a=b")},
	};
	struct route_request request = {.headers = headers, .header_count = 4};
	struct str value;
	size_t from = 0;

	assert_true(route_header_find(&request, STR("x-A"), &value));
	assert_str(value, "1");
	assert_ptr_equal(route_header_next(&request, STR("x-a"), &from), &headers[0]);
	assert_ptr_equal(route_header_next(&request, STR("x-a"), &from), &headers[2]);
	assert_null(route_header_next(&request, STR("x-a"), &from));
	assert_false(route_header_find(&request, STR("x-b"), &value));

	assert_true(route_cookie_find(&request, STR("Two"), &value));
	assert_str(value, "3");
	assert_true(route_cookie_find(&request, STR("three"), &value));
	assert_str(value, "a=b");
	assert_false(route_cookie_find(&request, STR("two"), &value));
}

static void grpc_is_known_by_its_content_type(void **state)
{
	(void)state;
	static const struct {
		const char *type;
		bool grpc;
	} cases[] = {
		{"application/grpc", true},      {"Application/gRPC+proto", true},
		{"application/grpc; x=y", true}, {"application/grpc-web", false},
		{"application/json", false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct route_header header = {STR("Content-Type"), str_from(cases[i].type)};
		struct route_request request = {.headers = &header, .header_count = 1};

		assert_int_equal(route_is_grpc(&request), cases[i].grpc);
	}
	assert_false(route_is_grpc(&(struct route_request){0}));
}

static void addresses_have_one_form(void **state)
{
	(void)state;
	struct route_address four, six;

	assert_true(route_address_parse(STR("192.0.2.1"), &four));
	assert_true(route_address_parse(STR("::ffff:192.0.2.1"), &six));
	assert_memory_equal(four.at, six.at, sizeof four.at);
	assert_true(route_address_parse(STR("2001:db8::1"), &six));
	assert_false(route_address_parse(STR("192.0.2"), &four));
	assert_false(route_address_parse(STR(""), &four));
	assert_false(four.known);
}

static bool takes(const char *pattern, enum matcher_dialect dialect, const char *text)
{
	return matcher_matches(matcher_new(&matchers, str_from(pattern), dialect), str_from(text),
			       &scratch);
}

static void dialects_differ_in_where_they_look(void **state)
{
	(void)state;
	/* dialect, then whether /ab takes: /ab, /abc, /x/ab, /AB */
	static const bool wanted[][4] = {
		[MATCHER_RE2_FULL] = {true, false, false, false},
		[MATCHER_GO_SEARCH] = {true, true, true, false},
		[MATCHER_RUST_START] = {true, true, false, false},
		[MATCHER_PCRE_START] = {true, true, false, false},
		[MATCHER_NGINX] = {true, true, true, true},
		[MATCHER_NGINX_CASE] = {true, true, true, false},
	};
	static const char *const texts[] = {"/ab", "/abc", "/x/ab", "/AB"};

	for (int dialect = 0; dialect <= MATCHER_NGINX_CASE; dialect++)
		for (size_t i = 0; i < 4; i++)
			assert_int_equal(takes("/ab", dialect, texts[i]), wanted[dialect][i]);
	/* The whole text, whichever branch gets there. */
	assert_true(takes("/a|/ab", MATCHER_RE2_FULL, "/ab"));
	/* What is written in front belongs to the first branch only. */
	assert_true(takes("/a|/b", MATCHER_PCRE_START, "/x/b"));
	assert_true(takes("/(?i)cart(/|$)(.*).*", MATCHER_RE2_FULL, "/CART/1"));
	assert_false(takes("/(?=a)", MATCHER_RE2_FULL, "/"));
	assert_true(takes("/(?=a)", MATCHER_NGINX, "/a"));
}

static void a_broken_pattern_matches_nothing_and_says_why(void **state)
{
	(void)state;
	const struct matcher *matcher = matcher_new(&matchers, STR("/(a"), MATCHER_NGINX);

	assert_true(matcher->why.len > 0);
	assert_false(matcher_matches(matcher, STR("/a"), &scratch));
	assert_true(matcher_new(&matchers, STR("(a)\\1"), MATCHER_RE2_FULL)->why.len > 0);
}

static void captures_are_slices_of_the_text(void **state)
{
	(void)state;
	const struct matcher *matcher =
		matcher_new(&matchers, STR("^/(a)(x)?(/.*)?"), MATCHER_NGINX);
	struct str captures[MATCHER_CAPTURES];

	assert_int_equal(matcher_captures(matcher, STR("/A/b"), &scratch, captures), 4);
	assert_str(captures[0], "/A/b");
	assert_str(captures[1], "A");
	assert_str(captures[2], "");
	assert_str(captures[3], "/b");
	assert_int_equal(matcher_captures(matcher, STR("/a"), &scratch, captures), 4);
	assert_str(captures[3], "");
	assert_int_equal(matcher_captures(matcher, STR("/b"), &scratch, captures), 0);
}

static void heads_are_what_every_match_begins_with(void **state)
{
	(void)state;
	static const struct {
		const char *pattern;
		enum matcher_dialect dialect;
		const char *head;
	} cases[] = {
		{"/cart/[0-9]+", MATCHER_RE2_FULL, "/cart/"},
		{"/carts?", MATCHER_RE2_FULL, "/cart"},
		{"/carts+", MATCHER_RE2_FULL, "/carts"},
		{"/a|/b", MATCHER_RE2_FULL, ""},
		{"/(?i)cart(/.*)?", MATCHER_RE2_FULL, "/cart"},
		{"/(?i)cart(/|$)(.*).*", MATCHER_RE2_FULL, "/cart"},
		{"/a[|]b", MATCHER_RE2_FULL, "/a"},
		{"/a[]|]b", MATCHER_RE2_FULL, "/a"},
		{"/a\\|b", MATCHER_RE2_FULL, "/a"},
		{"/a(b)|/c", MATCHER_RE2_FULL, ""},
		{"/a(?x)b # (\n|/c", MATCHER_PCRE_START, ""},
		{".*/x", MATCHER_RE2_FULL, ""},
		{"/cart", MATCHER_GO_SEARCH, ""},
		{"^/cart", MATCHER_GO_SEARCH, "/cart"},
		{"/cart", MATCHER_NGINX, ""},
		{"^/cart", MATCHER_NGINX, "/cart"},
		{"/cart", MATCHER_PCRE_START, "/cart"},
		{"", MATCHER_RE2_FULL, ""},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_str(
			matcher_new(&matchers, str_from(cases[i].pattern), cases[i].dialect)->head,
			cases[i].head);
}

static void bombs_end(void **state)
{
	(void)state;
	char text[4096];

	memset(text, 'a', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	text[0] = '/';
	/* A linear engine answers. */
	assert_false(takes("/(a+)+b", MATCHER_RE2_FULL, text));
	assert_false(scratch.gave_up);
	assert_true(takes("/(a|aa)+", MATCHER_RE2_FULL, text));
	assert_false(scratch.gave_up);
	/* A backtracking one stops, and says so. */
	text[sizeof text - 2] = '!';
	assert_false(takes("^/(a|a|aa)+$", MATCHER_NGINX, text));
	assert_true(scratch.gave_up);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_target_is_taken_apart),
		cmocka_unit_test(a_host_has_no_port),
		cmocka_unit_test(headers_and_cookies_are_found_in_order),
		cmocka_unit_test(grpc_is_known_by_its_content_type),
		cmocka_unit_test(addresses_have_one_form),
		cmocka_unit_test_setup_teardown(dialects_differ_in_where_they_look, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_broken_pattern_matches_nothing_and_says_why,
						setup, teardown),
		cmocka_unit_test_setup_teardown(captures_are_slices_of_the_text, setup, teardown),
		cmocka_unit_test_setup_teardown(heads_are_what_every_match_begins_with, setup,
						teardown),
		cmocka_unit_test_setup_teardown(bombs_end, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
