/* The source side of ingress-nginx: what nginx makes of a target, of a host and of a path. */
#include "arena_case.h"

#include "route/ngx.h"

static void a_target_is_normalised(void **state)
{
	static const char *const cases[][2] = {
		{"/a", "/a"},         {"//a///b", "/a/b"},  {"/a/./b", "/a/b"},
		{"/a/../b", "/b"},    {"/a/b/..", "/a/"},   {"/a/.", "/a/"},
		{"/a/...", "/a/..."}, {"/a/.b", "/a/.b"},   {"/a/%2e%2e/b", "/b"},
		{"/a%2Fb", "/a/b"},   {"/%61", "/a"},       {"/a%3Fb", "/a?b"},
		{"/a%23b", "/a#b"},   {"/a%25b", "/a%b"},   {"/a#b", "/a"},
		{"/a;b", "/a;b"},     {"http://x/a", "/a"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ngx_uri uri;

		assert_true(ngx_uri_parse(&uri, str_from(cases[i][0]), &arena));
		assert_str(uri.path, cases[i][1]);
	}
}

static void a_bad_target_is_refused(void **state)
{
	static const char *const cases[] = {"/..",  "/a/../..", "/%",  "/%4", "/%zz",
					    "/%00", "*",        "x/y", "/a b"};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ngx_uri uri;

		assert_false(ngx_uri_parse(&uri, str_from(cases[i]), &arena));
	}
}

static void the_query_stays(void **state)
{
	struct ngx_uri uri;

	(void)state;
	assert_true(ngx_uri_parse(&uri, STR("/a?b=%2F#c"), &arena));
	assert_str(uri.query, "b=%2F");
	assert_true(ngx_uri_parse(&uri, STR("/a#b?c"), &arena));
	assert_false(uri.has_query);
}

static void a_path_is_escaped_again(void **state)
{
	(void)state;
	assert_str(ngx_uri_escape(STR("/a b%?#\"{}"), &arena), "/a%20b%25%3F%23%22%7B%7D");
	assert_str(ngx_uri_escape(STR("/a+b;c=~d"), &arena), "/a+b;c=~d");
}

static void a_host_is_validated(void **state)
{
	struct str host;

	(void)state;
	assert_true(ngx_host_parse(&host, STR("A.Example.:80"), &arena));
	assert_str(host, "a.example");
	assert_false(ngx_host_parse(&host, STR("a..example"), &arena));
	assert_false(ngx_host_parse(&host, STR("a/b"), &arena));
	assert_false(ngx_host_parse(&host, STR(""), &arena));
}

/* ---- a table by hand ---- */

static const struct ngx_settings plain;

static const struct ngx_location *location(struct ngx_table *table, const char *name)
{
	struct ngx_location *made = arena_new(&table->arena, struct ngx_location);

	made->path = str_from(name);
	made->settings = &plain;
	made->policy = &route_no_policy;
	return made;
}

static void add(struct ngx_table *table, struct ngx_server *server, enum ngx_modifier modifier,
		const char *name)
{
	const struct ngx_entry entry = {
		.modifier = modifier, .name = str_from(name), .location = location(table, name)};

	assert_true(ngx_entry_add(table, server, entry));
	assert_false(ngx_entry_add(table, server, entry));
}

static void a_location_is_found(void **state)
{
	struct ngx_table *table = ngx_table_new();
	struct ngx_server *server = ngx_server_add(table, STR("a.example"));
	struct route_scratch scratch;
	bool slash;

	(void)state;
	route_scratch_init(&scratch, false);
	add(table, server, NGX_PREFIX, "/");
	add(table, server, NGX_PREFIX, "/app/");
	add(table, server, NGX_EXACT, "/app/x");
	assert_str(ngx_location_find(server, STR("/app/x"), &scratch, &slash)->name, "/app/x");
	assert_str(ngx_location_find(server, STR("/app/y"), &scratch, &slash)->name, "/app/");
	assert_false(slash);
	assert_str(ngx_location_find(server, STR("/application"), &scratch, &slash)->name, "/");
	assert_str(ngx_location_find(server, STR("/app"), &scratch, &slash)->name, "/app/");
	assert_true(slash);
	route_scratch_finish(&scratch);
	route_table_destroy(&table->base);
}

static void a_wildcard_is_one_label(void **state)
{
	struct ngx_table *table = ngx_table_new();
	struct route_scratch scratch;

	(void)state;
	route_scratch_init(&scratch, false);
	ngx_server_add(table, STR(""));
	ngx_server_add(table, STR("*.a.example"));
	ngx_server_add(table, STR("x.a.example"));
	assert_str(ngx_server_find(table, STR("y.a.example"), &scratch)->name, "*.a.example");
	assert_str(ngx_server_find(table, STR("x.a.example"), &scratch)->name, "x.a.example");
	assert_str(ngx_server_find(table, STR("z.y.a.example"), &scratch)->name, "");
	assert_str(ngx_server_find(table, STR("a.example"), &scratch)->name, "");
	route_scratch_finish(&scratch);
	route_table_destroy(&table->base);
}

/* ---- refusals and pages ---- */

/* One server, "/" of which has these settings. */
static struct ngx_table *one_location(const struct ngx_settings *settings, bool backend)
{
	static const struct ngx_upstream web = {
		.backend = {.namespace = STR_INIT("shop"), .name = STR_INIT("web"), .weight = 1}};
	static const struct route_edit name = {ROUTE_EDIT_SET, STR_INIT("X-Ingress-Name"),
					       STR_INIT("in")};
	struct ngx_table *table = ngx_table_new();
	struct ngx_server *server = ngx_server_add(table, STR(""));
	struct ngx_location *made = arena_new(&table->arena, struct ngx_location);
	const struct ngx_entry entry = {.name = STR("/"), .location = made};

	*made = (struct ngx_location){.settings = settings,
				      .upstream = backend ? &web : NULL,
				      .names = {&name, 1},
				      .policy = &route_no_policy};
	assert_true(ngx_entry_add(table, server, entry));
	table->http_port = 80;
	table->https_port = 443;
	return table;
}

static struct route_scratch asked;

static struct route_decision ask(const struct ngx_table *table, struct route_request request)
{
	struct route_decision decision;

	request.port = 80;
	request.authority = STR("a.example");
	request.target = STR("/x?q");
	route_decide(&table->base, &request, &asked, &decision);
	return decision;
}

static struct route_decision ask_as(const struct ngx_table *table, const char *agent)
{
	const struct route_header header = {STR("User-Agent"), str_from(agent)};

	return ask(table, (struct route_request){.headers = &header, .header_count = 1});
}

static struct route_decision ask_from(const struct ngx_table *table, const char *address)
{
	struct route_request request = {0};

	assert_true(route_address_parse(str_from(address), &request.client));
	return ask(table, request);
}

static void a_blocked_client_is_refused_first(void **state)
{
	struct ngx_table *table = one_location(&plain, true);
	const struct ngx_block blocks[] = {
		{.header = STR("User-Agent"), .text = STR("Qwerty")},
		{.header = STR("User-Agent"),
		 .pattern = matcher_new(&table->matchers, STR("bot"), MATCHER_NGINX)},
	};

	(void)state;
	table->blocks = blocks;
	table->block_count = 2;
	assert_int_equal(ask_as(table, "qwertY").status, 403);
	assert_int_equal(ask_as(table, "qwertY").phase, ROUTE_PHASE_GUARD);
	assert_int_equal(ask_as(table, "qwerty1").action, ROUTE_FORWARD);
	assert_int_equal(ask_as(table, "A Bot").status, 403);
	assert_int_equal(ask(table, (struct route_request){0}).action, ROUTE_FORWARD);
	route_table_destroy(&table->base);
}

static void blocked_networks_give_way_to_a_list_of_the_location(void **state)
{
	static const struct route_network ten = {.at = {[10] = 0xff, 0xff, 10}, .bits = 104};
	static const struct route_network eleven = {.at = {[10] = 0xff, 0xff, 11}, .bits = 104};
	static const struct ngx_settings own = {.deny = &eleven, .deny_count = 1};
	struct ngx_table *table = one_location(&plain, true);

	(void)state;
	table->deny = &ten;
	table->deny_count = 1;
	assert_int_equal(ask_from(table, "10.1.2.3").status, 403);
	assert_int_equal(ask_from(table, "11.1.2.3").action, ROUTE_FORWARD);
	route_table_destroy(&table->base);
	table = one_location(&own, true);
	table->deny = &ten;
	table->deny_count = 1;
	assert_int_equal(ask_from(table, "10.1.2.3").action, ROUTE_FORWARD);
	assert_int_equal(ask_from(table, "11.1.2.3").status, 403);
	route_table_destroy(&table->base);
}

static void a_page_stands_in_the_place_of_an_answer(void **state)
{
	static const unsigned codes[] = {413, 404};
	static const struct route_backend errors = {.namespace = STR_INIT("shop"),
						    .name = STR_INIT("errors")};
	static const struct route_pages pages = {codes, 2, &errors}, bare = {codes, 2, NULL};
	static const struct ngx_settings own = {.pages = &pages};
	const struct route_request large = {.method = STR("POST"), .body_length = 2 << 20};
	struct ngx_table *table = one_location(&own, true);
	struct route_decision decision = ask(table, large);

	(void)state;
	assert_int_equal(decision.action, ROUTE_FORWARD);
	assert_int_equal(decision.page, 413);
	assert_str(decision.backends[0].name, "errors");
	assert_str(decision.sent.path, "/");
	assert_str(decision.sent.query, "q");
	/* What happened, and not where: 413 comes before a location says its names. */
	assert_int_equal(decision.request.count, 2);
	assert_str(decision.request.at[0].value, "413");
	assert_str(decision.request.at[1].value, "/x?q");
	assert_int_equal(ask(table, (struct route_request){0}).page, 0);
	route_table_destroy(&table->base);
	/* The default backend's own 404 passes unless answers of backends are replaced. */
	table = one_location(&own, false);
	assert_int_equal(ask(table, (struct route_request){0}).status, 404);
	route_table_destroy(&table->base);
	table = one_location(&plain, true);
	table->pages = &bare;
	assert_int_equal(ask(table, large).status, 404);
	assert_int_equal(ask(table, large).page, 413);
	route_table_destroy(&table->base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_target_is_normalised, setup, teardown),
		cmocka_unit_test_setup_teardown(a_bad_target_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(the_query_stays, setup, teardown),
		cmocka_unit_test_setup_teardown(a_path_is_escaped_again, setup, teardown),
		cmocka_unit_test_setup_teardown(a_host_is_validated, setup, teardown),
		cmocka_unit_test(a_location_is_found),
		cmocka_unit_test(a_wildcard_is_one_label),
		cmocka_unit_test(a_blocked_client_is_refused_first),
		cmocka_unit_test(blocked_networks_give_way_to_a_list_of_the_location),
		cmocka_unit_test(a_page_stands_in_the_place_of_an_answer),
	};
	int failed;

	route_scratch_init(&asked, false);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	route_scratch_finish(&asked);
	return failed;
}
