/* The source side of plain Ingress: hosts and paths by the words of the API. */
#include "test.h"

#include "route/plain.h"

static struct plain_table *table;
static struct route_scratch scratch;

static int setup(void **state)
{
	(void)state;
	table = plain_table_new();
	route_scratch_init(&scratch, true);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	route_scratch_finish(&scratch);
	route_table_destroy(&table->base);
	return 0;
}

static const struct route_front_tls certificate = {.namespace = STR_INIT("web"),
						   .name = STR_INIT("cert")};

/* A rule whose Service is called as its path. */
static bool add(const char *host, enum plain_kind kind, const char *path)
{
	struct route_backend *backend = arena_new(&table->arena, struct route_backend);

	*backend = (struct route_backend){
		.kind = STR("Service"), .name = str_from(path), .port = 80, .weight = 1};
	return plain_rule_add(table, plain_host(table, str_from(host)),
			      (struct plain_rule){.kind = kind,
						  .path = str_from(path),
						  .backend = backend,
						  .policy = &route_no_policy,
						  .place = {NULL, {0}, 0, 0}});
}

static struct route_decision ask(const char *host, const char *target)
{
	const struct route_request request = {
		.port = 80, .authority = str_from(host), .target = str_from(target)};
	struct route_decision decision;

	route_decide(&table->base, &request, &scratch, &decision);
	return decision;
}

static bool takes(enum plain_kind kind, const char *path, const char *target)
{
	bool taken;

	teardown(NULL);
	setup(NULL);
	add("a.example", kind, path);
	taken = ask("a.example", target).action == ROUTE_FORWARD;
	assert_int_equal(taken, ask("a.example", target).status != 404);
	return taken;
}

/* The examples in the documentation of path types, and what they leave out. */
static void a_path_is_matched_by_its_type(void **state)
{
	static const struct {
		enum plain_kind kind;
		const char *path, *target;
		bool taken;
	} cases[] = {
		{PLAIN_PREFIX, "/", "/any/path", true},
		{PLAIN_PREFIX, "/", "/", true},
		{PLAIN_EXACT, "/foo", "/foo", true},
		{PLAIN_EXACT, "/foo", "/bar", false},
		{PLAIN_EXACT, "/foo", "/foo/", false},
		{PLAIN_EXACT, "/foo/", "/foo", false},
		{PLAIN_EXACT, "/foo", "/FOO", false},
		{PLAIN_PREFIX, "/foo", "/foo", true},
		{PLAIN_PREFIX, "/foo", "/foo/", true},
		{PLAIN_PREFIX, "/foo/", "/foo", true},
		{PLAIN_PREFIX, "/foo/", "/foo/", true},
		{PLAIN_PREFIX, "/foo", "/Foo/x", false},
		{PLAIN_PREFIX, "/aaa/bb", "/aaa/bbb", false},
		{PLAIN_PREFIX, "/aaa/bbb", "/aaa/bbb", true},
		{PLAIN_PREFIX, "/aaa/bbb/", "/aaa/bbb", true},
		{PLAIN_PREFIX, "/aaa/bbb", "/aaa/bbb/", true},
		{PLAIN_PREFIX, "/aaa/bbb", "/aaa/bbb/ccc", true},
		{PLAIN_PREFIX, "/aaa/bbb", "/aaa/bbbxyz", false},
		{PLAIN_PREFIX, "/aaa", "/aaa?x=/b", true},
		{PLAIN_EXACT, "/aaa", "/aaa?x", true},
		{PLAIN_PREFIX, "/aaa", "//aaa", false},
		{PLAIN_EXACT, "/a b", "/a%20b", true},
		{PLAIN_PREFIX, "/caf\xc3\xa9", "/caf%C3%A9/x", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (takes(cases[i].kind, cases[i].path, cases[i].target) != cases[i].taken)
			fail_msg("%s and %s", cases[i].path, cases[i].target);
}

static struct str name_of(const char *host, const char *target)
{
	struct route_decision decision = ask(host, target);

	return decision.action == ROUTE_FORWARD ? decision.backends[0].name : STR("none");
}

static void the_longest_wins_and_exact_before_prefix(void **state)
{
	(void)state;
	add("a.example", PLAIN_PREFIX, "/");
	add("a.example", PLAIN_PREFIX, "/aaa/");
	add("a.example", PLAIN_EXACT, "/aaa");
	add("a.example", PLAIN_PREFIX, "/aaa/bbb");
	assert_str(name_of("a.example", "/aaa"), "/aaa");
	assert_str(name_of("a.example", "/aaa/x"), "/aaa/");
	assert_str(name_of("a.example", "/aaa/bbb/c"), "/aaa/bbb");
	assert_str(name_of("a.example", "/aaa/bbbc"), "/aaa/");
	assert_str(name_of("a.example", "/aaab"), "/");
}

static void the_first_of_two_wins(void **state)
{
	(void)state;
	assert_true(add("a.example", PLAIN_PREFIX, "/a"));
	assert_false(add("A.example", PLAIN_PREFIX, "/a/"));
	assert_true(add("a.example", PLAIN_EXACT, "/a/"));
	assert_str(name_of("a.example", "/a/b"), "/a");
}

/* "*.foo.com" matches bar.foo.com, and neither baz.bar.foo.com nor foo.com. */
static void a_host_goes_before_its_wildcard(void **state)
{
	(void)state;
	add("*.foo.com", PLAIN_PREFIX, "/wild");
	add("own.foo.com", PLAIN_PREFIX, "/own");
	assert_str(name_of("bar.foo.com", "/wild"), "/wild");
	assert_str(name_of("BAR.foo.com:80", "/wild"), "/wild");
	assert_str(name_of("own.foo.com", "/wild"), "none");
	assert_str(name_of("baz.bar.foo.com", "/wild"), "none");
	assert_str(name_of("foo.com", "/wild"), "none");
	assert_str(name_of(".foo.com", "/wild"), "none");
	add("", PLAIN_PREFIX, "/");
	assert_str(name_of("foo.com", "/"), "/");
	assert_str(name_of("own.foo.com", "/"), "none");
	assert_int_equal(ask("own.foo.com", "*").status, 400);
}

static struct route_decision ask_tls(const char *sni, const char *host, uint32_t port)
{
	const struct route_request request = {.port = port,
					      .tls = true,
					      .sni = str_from(sni),
					      .authority = str_from(host),
					      .target = STR("/")};
	struct route_decision decision;

	route_decide(&table->base, &request, &scratch, &decision);
	return decision;
}

static void https_needs_an_entry(void **state)
{
	(void)state;
	add("a.example", PLAIN_PREFIX, "/");
	add("b.example", PLAIN_PREFIX, "/");
	plain_host(table, STR("a.example"))->tls = &certificate;
	assert_int_equal(ask_tls("a.example", "a.example", 443).action, ROUTE_FORWARD);
	assert_ptr_equal(ask_tls("a.example", "a.example", 443).tls, &certificate);
	assert_int_equal(ask_tls("b.example", "b.example", 443).action, ROUTE_CLOSE);
	assert_int_equal(ask_tls("", "a.example", 443).action, ROUTE_CLOSE);
	assert_int_equal(ask_tls("a.example", "a.example", 80).action, ROUTE_CLOSE);
	/* Nothing sends plain HTTP to HTTPS. */
	assert_int_equal(ask("a.example", "/").action, ROUTE_FORWARD);
}

/* ---- why a path lost ---- */

static struct str why(const char *target, const char *what)
{
	struct route_decision decision = ask("a.example", target);

	for (size_t i = 0; i < decision.trace.count; i++)
		if (str_is(decision.trace.steps[i].what, what))
			return decision.trace.steps[i].why;
	return STR("not considered");
}

static void every_path_that_lost_says_why(void **state)
{
	(void)state;
	add("a.example", PLAIN_PREFIX, "/");
	add("a.example", PLAIN_PREFIX, "/a");
	add("a.example", PLAIN_EXACT, "/a");
	add("a.example", PLAIN_PREFIX, "/B");
	add("a.example", PLAIN_EXACT, "/c");
	assert_str(why("/a", "Exact /a"), "");
	assert_str(why("/a", "Prefix /a"), "Exact goes before Prefix");
	assert_str(why("/a", "Prefix /"), "Exact goes before Prefix");
	assert_str(why("/a/x", "Prefix /"), "a longer path fits");
	assert_str(why("/ab", "Prefix /a"), "the path element goes on");
	assert_str(why("/b", "Prefix /B"), "case differs");
	assert_str(why("/C", "Exact /c"), "case differs");
	assert_str(why("/z", "Exact /c"), "another path");
}

/* ---- what is not simulated ---- */

static const struct object_ref one = {STR_INIT("Ingress"), STR_INIT("web"), STR_INIT("one")};
static const struct object_ref same = {STR_INIT("Ingress"), STR_INIT("web"), STR_INIT("one")};
static const struct object_ref other = {STR_INIT("Ingress"), STR_INIT("web"), STR_INIT("other")};
static const struct object_ref service = {STR_INIT("Service"), STR_INIT("web"), STR_INIT("s")};

static bool concerns(enum route_reach reach, struct route_place place, const char *host,
		     const struct route_decision *decision)
{
	const struct route_gap gap = {.reach = reach, .place = place};
	const struct route_request request = {.authority = str_from(host)};

	return route_gap_concerns(&table->base, &gap, &request, decision);
}

static void a_gap_concerns_what_it_can_change(void **state)
{
	const struct route_backend backend = {
		.kind = STR("Service"), .namespace = STR("web"), .name = STR("s")};
	const struct route_decision decision = {.place = {&one, {0}, 1, 2}};
	const struct route_decision asks = {.backends = &backend, .backend_count = 1};

	(void)state;
	assert_true(concerns(ROUTE_REACH_OBJECT, (struct route_place){&same, {0}, -1, -1}, "x",
			     &decision));
	assert_true(concerns(ROUTE_REACH_OBJECT, (struct route_place){&same, {0}, 1, 2}, "x",
			     &decision));
	assert_false(concerns(ROUTE_REACH_OBJECT, (struct route_place){&same, {0}, 1, 1}, "x",
			      &decision));
	assert_false(concerns(ROUTE_REACH_OBJECT, (struct route_place){&other, {0}, -1, -1}, "x",
			      &decision));
	assert_true(concerns(ROUTE_REACH_OBJECT, (struct route_place){&service, {0}, -1, -1}, "x",
			     &asks));
	assert_false(concerns(ROUTE_REACH_OBJECT, (struct route_place){&service, {0}, -1, -1}, "x",
			      &decision));
	assert_true(concerns(ROUTE_REACH_ALL, (struct route_place){0}, "x", &decision));
}

static void a_gap_of_hosts_goes_by_names(void **state)
{
	const struct route_decision nothing = {0};
	const struct route_place place = {&one, {0}, -1, -1};

	(void)state;
	plain_host(table, STR("*.a.example"))->place = place;
	plain_host(table, STR("b.example"))->place = (struct route_place){&other, {0}, 0, -1};
	assert_true(concerns(ROUTE_REACH_HOSTS, place, "X.a.example:80", &nothing));
	assert_false(concerns(ROUTE_REACH_HOSTS, place, "b.example", &nothing));
	assert_false(concerns(ROUTE_REACH_HOSTS, place, "a.example", &nothing));
}

static void gaps_come_in_the_order_of_the_input(void **state)
{
	static const uint32_t lines[] = {7, 3, 5};

	(void)state;
	for (size_t i = 0; i < 3; i++)
		route_gap_add(&table->base, &table->arena,
			      (struct route_gap){.what = STR("x"), .span.line = lines[i]});
	route_gaps_sort(&table->base);
	assert_int_equal(table->base.gap_count, 3);
	assert_int_equal(table->base.gaps[0].span.line, 3);
	assert_int_equal(table->base.gaps[2].span.line, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_path_is_matched_by_its_type),
		TEST(the_longest_wins_and_exact_before_prefix),
		TEST(the_first_of_two_wins),
		TEST(a_host_goes_before_its_wildcard),
		TEST(https_needs_an_entry),
		TEST(every_path_that_lost_says_why),
		TEST(a_gap_concerns_what_it_can_change),
		TEST(a_gap_of_hosts_goes_by_names),
		TEST(gaps_come_in_the_order_of_the_input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
