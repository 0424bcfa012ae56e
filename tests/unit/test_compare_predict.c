/* What the tables say of a difference, and what they change about a verdict. The tables are made up: a decision for
 * each target. */
#include "test.h"

#include "compare/diff.h"

static struct arena arena;
static struct diff_run run;

/* ---- tables ---- */

struct row {
	const char *target;
	struct route_decision decision;
};

struct made_table {
	struct route_table table;
	struct row rows[12];
	size_t count;
};

static void decide(const struct route_table *table, const struct route_request *request,
		   struct route_scratch *scratch, struct route_decision *decision)
{
	const struct made_table *made = (const struct made_table *)table;

	(void)scratch;
	*decision = (struct route_decision){
		.action = ROUTE_ANSWER, .status = 404, .policy = &route_no_policy};
	for (size_t i = 0; i < made->count; i++)
		if (str_is(request->target, made->rows[i].target))
			*decision = made->rows[i].decision;
}

static void no_terms(const struct route_table *table,
		     void (*say)(void *user, const struct route_term *term), void *user)
{
	(void)table;
	(void)say;
	(void)user;
}

static void no_fronts(const struct route_table *table,
		      void (*say)(void *user, const struct route_front *front), void *user)
{
	(void)table;
	(void)say;
	(void)user;
}

static const struct route_side side = {
	.name = "made", .title = "Made", .decide = decide, .terms = no_terms, .fronts = no_fronts};

static struct made_table from, to;
static struct findings findings;

static const struct object_ref ingress = {STR_INIT("Ingress"), STR_INIT("web"), STR_INIT("shop")};
static const struct object_ref route = {STR_INIT("HTTPRoute"), STR_INIT("web"), STR_INIT("shop-x")};

static struct route_backend backends[] = {
	{.kind = STR_INIT("Service"),
	 .namespace = STR_INIT("web"),
	 .name = STR_INIT("a"),
	 .port = 80,
	 .weight = 1},
	{.kind = STR_INIT("Service"),
	 .namespace = STR_INIT("web"),
	 .name = STR_INIT("b"),
	 .port = 80,
	 .weight = 1},
};

/* To one of the backends, or by lot to both. */
static struct route_decision forward(size_t first, size_t count)
{
	return (struct route_decision){
		.action = ROUTE_FORWARD,
		.phase = ROUTE_PHASE_BACKEND,
		.backends = &backends[first],
		.backend_count = count,
		.weight = count,
		.sent = {.path = STR("/"), .host = STR("a.example")},
		.policy = &route_no_policy,
	};
}

static struct route_decision answered(enum route_action action, unsigned status)
{
	return (struct route_decision){
		.action = action, .status = status, .policy = &route_no_policy};
}

static void row(struct made_table *table, const char *target, struct route_decision decision)
{
	decision.place = (struct route_place){.object = table == &from ? &ingress : &route,
					      .span = {.line = 7, .column = 3},
					      .rule = (int)table->count,
					      .match = 0};
	table->rows[table->count++] = (struct row){target, decision};
}

static int setup(void **state)
{
	struct diff_models models = {&from.table, &to.table, &findings};

	(void)state;
	arena_init(&arena);
	from = to = (struct made_table){.table.side = &side};
	findings_init(&findings, &arena);
	diff_init(&run, NULL, &models);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	diff_finish(&run);
	arena_finish(&arena);
	return 0;
}

/* ---- answers ---- */

static struct answer answer(unsigned status, const char *backend, const char *text)
{
	struct str body = str_from(text);
	struct answer made = {.status = status,
			      .backend = str_from(backend),
			      .body = body,
			      .body_length = body.len};
	uint64_t hash = str_hash(body);

	memcpy(made.body_hash, &hash, sizeof hash);
	return made;
}

static void take(uint32_t number, const char *target, struct answer live, struct answer candidate)
{
	struct probe probe = {
		.number = number,
		.request = {.port = 80, .authority = STR("a.example"), .target = str_from(target)},
	};

	diff_take(&run, &probe, &live, &live, &candidate);
}

/* ---- tests ---- */

static void what_both_tables_decide_is_told(void **state)
{
	(void)state;
	row(&from, "/moved", forward(0, 1));
	row(&to, "/moved", forward(1, 1));
	row(&from, "/same", forward(0, 1));
	row(&to, "/same", forward(0, 1));
	take(1, "/moved", answer(200, "web/a", "a"), answer(200, "web/b", "b"));
	take(2, "/same", answer(200, "web/a", "a"), answer(200, "web/b", "b"));
	/* That the backend moved does not announce another certificate. */
	take(3, "/same", answer(200, "web/a", "a"), answer(500, "", "x"));
	diff_end(&run);
	assert_int_equal(run.different, 3);
	assert_true(run.results[0].predicted);
	assert_str(run.results[0].from, "web/a:80  path /");
	assert_str(run.results[0].to, "web/b:80  path /");
	assert_str(run.results[0].object->name, "shop");
	assert_int_equal(run.results[0].span.line, 7);
	assert_str(run.results[0].route, "HTTPRoute web/shop-x");
	assert_false(run.results[1].predicted);
	assert_false(run.results[2].predicted);
	assert_int_equal(run.group_count, 3);
}

static void other_aspects_announce_nothing(void **state)
{
	struct answer live = answer(200, "web/a", "a"), candidate = live;

	(void)state;
	row(&from, "/moved", forward(0, 1));
	row(&to, "/moved", forward(1, 1));
	live.tls = (struct answer_tls){.version = STR("TLSv1.3"), .fingerprint = STR("aa")};
	candidate.tls = (struct answer_tls){.version = STR("TLSv1.3"), .fingerprint = STR("bb")};
	take(1, "/moved", live, candidate);
	diff_end(&run);
	assert_int_equal(run.different, 1);
	assert_false(run.results[0].predicted);
}

static void pages_of_proxies_are_their_own(void **state)
{
	(void)state;
	row(&from, "/gone", answered(ROUTE_ANSWER, 404));
	row(&to, "/gone", answered(ROUTE_ANSWER, 404));
	row(&from, "/there", forward(0, 1));
	row(&to, "/there", forward(0, 1));
	take(1, "/gone", answer(404, "", "<h1>nginx"), answer(404, "", "nothing"));
	take(2, "/gone", answer(404, "", "<h1>nginx"), answer(410, "", "nothing"));
	take(3, "/there", answer(404, "", "of a backend"), answer(404, "", "of another"));
	diff_end(&run);
	assert_int_equal(run.equal, 1);
	assert_int_equal(run.results[0].probe.number, 2);
	assert_int_equal(run.results[0].facts[0].kind, FACT_STATUS);
	assert_int_equal(run.results[1].facts[0].kind, FACT_BODY);
}

static void nothing_is_served_in_two_ways(void **state)
{
	struct answer failed = {.failure = ANSWER_HANDSHAKE}, late = {.failure = ANSWER_TIMEOUT};

	(void)state;
	row(&from, "/gone", answered(ROUTE_ANSWER, 404));
	row(&to, "/gone", answered(ROUTE_CLOSE, 0));
	row(&from, "/there", forward(0, 1));
	row(&to, "/there", forward(0, 1));
	take(1, "/gone", answer(404, "", "none"), failed);
	take(2, "/gone", answer(200, "", "some"), failed);
	take(3, "/gone", answer(404, "", "none"), late);
	take(4, "/there", answer(404, "", "none"), failed);
	diff_end(&run);
	assert_int_equal(run.equal, 1);
	assert_int_equal(run.different, 3);
	assert_int_equal(run.results[0].probe.number, 2);
}

static void backends_by_lot_are_not_compared_one_by_one(void **state)
{
	static const char *const names[] = {"web/a", "web/b"};

	(void)state;
	row(&from, "/lot", forward(0, 2));
	row(&to, "/lot", forward(0, 2));
	for (uint32_t i = 1; i <= 100; i++)
		take(i, "/lot", answer(200, names[i % 2], names[i % 2]),
		     answer(200, names[i / 2 % 2], names[i / 2 % 2]));
	diff_end(&run);
	assert_int_equal(run.asked, 100);
	assert_int_equal(run.equal, 100);
	assert_int_equal(run.flaky, 0);
}

/* Whatever the lot says: the same backend answers alike, and none fails. */
static void what_no_lot_explains_is_a_difference(void **state)
{
	struct answer refused = {.failure = ANSWER_REFUSED};

	(void)state;
	row(&from, "/lot", forward(0, 2));
	row(&to, "/lot", forward(0, 2));
	take(1, "/lot", answer(200, "web/a", "x"), answer(200, "web/a", "y"));
	take(2, "/lot", answer(200, "web/a", "x"), answer(404, "web/a", "x"));
	take(3, "/lot", answer(200, "web/a", "x"), answer(502, "", ""));
	take(4, "/lot", answer(200, "web/a", "x"), refused);
	take(5, "/lot", answer(200, "web/a", "x"), answer(200, "web/b", "y"));
	take(6, "/lot", answer(200, "", "x"), answer(200, "", "y"));
	diff_end(&run);
	assert_int_equal(run.different, 4);
	assert_int_equal(run.equal, 2);
	assert_int_equal(run.results[0].facts[0].kind, FACT_BODY);
	assert_int_equal(run.results[1].facts[0].kind, FACT_STATUS);
	assert_int_equal(run.results[2].facts[0].kind, FACT_STATUS);
	assert_int_equal(run.results[3].facts[0].kind, FACT_REACH);
}

/* All probes of a route are one sample. */
static void shares_of_a_route_are_compared(void **state)
{
	static const char *const names[] = {"web/a", "web/b"};

	(void)state;
	row(&from, "/lot", forward(0, 2));
	row(&to, "/lot", forward(0, 1));
	for (uint32_t i = 1; i <= 100; i++)
		take(i, "/lot", answer(200, names[i % 2], "x"), answer(200, "web/a", "x"));
	diff_end(&run);
	assert_int_equal(run.asked, 100);
	assert_int_equal(run.equal, 99);
	assert_int_equal(run.different, 1);
	assert_int_equal(run.results[0].probe.number, 1);
	assert_int_equal(run.results[0].facts[0].kind, FACT_SHARE);
	assert_true(run.results[0].predicted);
}

static void a_backend_that_nobody_named_needs_no_statistics(void **state)
{
	(void)state;
	row(&from, "/lot", forward(0, 2));
	row(&to, "/lot", forward(0, 2));
	take(1, "/lot", answer(200, "web/a", "x"), answer(200, "web/c", "x"));
	diff_end(&run);
	assert_int_equal(run.different, 1);
	assert_int_equal(run.results[0].facts[0].kind, FACT_BACKEND);
	assert_str(run.results[0].facts[0].candidate, "web/c");
}

static void a_setting_that_is_not_simulated_is_named(void **state)
{
	struct route_gap gap = {.what = STR("configuration-snippet"),
				.field = STR("metadata.annotations.snippet"),
				.reach = ROUTE_REACH_OBJECT,
				.place = {.object = &ingress, .rule = -1, .match = -1}};

	(void)state;
	route_gap_add(&from.table, &arena, gap);
	row(&from, "/same", forward(0, 1));
	row(&to, "/same", forward(0, 1));
	findings_add(&findings,
		     (struct finding){.code = "I2G300",
				      .object = {STR("Ingress"), STR("web"), STR("other")},
				      .path = gap.field});
	findings_add(&findings,
		     (struct finding){.code = "I2G300", .object = ingress, .path = gap.field});
	take(1, "/same", answer(200, "", "a"), answer(200, "", "b"));
	diff_end(&run);
	assert_int_equal(run.different, 1);
	assert_ptr_equal(run.results[0].finding, &findings.at[1]);
	assert_false(run.results[0].predicted);
	assert_ptr_equal(run.groups[0].finding, &findings.at[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_both_tables_decide_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(other_aspects_announce_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(pages_of_proxies_are_their_own, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_is_served_in_two_ways, setup, teardown),
		cmocka_unit_test_setup_teardown(backends_by_lot_are_not_compared_one_by_one, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_no_lot_explains_is_a_difference, setup,
						teardown),
		cmocka_unit_test_setup_teardown(shares_of_a_route_are_compared, setup, teardown),
		cmocka_unit_test_setup_teardown(a_backend_that_nobody_named_needs_no_statistics,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_setting_that_is_not_simulated_is_named, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
