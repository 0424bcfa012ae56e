/* The source side of ingress-nginx: what nginx makes of a target, of a host and of a path. */
#include "test.h"

#include "route/ngx.h"

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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
