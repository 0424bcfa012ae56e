/* Which directives guard, what cannot be read, and where findings about snippets point. */
#include "snippet_case.h"

static void assert_guard(const char *text, enum feature feature)
{
	struct snippet_action action = one(text);

	if (action.kind != SNIPPET_FEATURE || action.feature != feature || !action.guard)
		fail_msg("'%s' is of kind %d, %s: %.*s", text, (int)action.kind,
			 action.feature ? feature_name(action.feature) : "no feature",
			 STR_ARG(action.message));
	assert_string_equal(action.code, "I2G307");
}

static void address_lists(void **state)
{
	struct snippet_actions actions =
		read_at(SNIPPET_LOCATION, "allow 10.0.0.0/8; allow 192.0.2.1; deny all;");

	(void)state;
	assert_int_equal(actions.count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(actions.at[i].feature, FEATURE_IP_ALLOW);
		assert_true(actions.at[i].guard);
	}
	assert_str(actions.at[0].value, "10.0.0.0/8");
	assert_guard("deny 192.0.2.1;", FEATURE_IP_DENY);
	assert_int_equal(one("deny all;").kind, SNIPPET_DENY);
	assert_int_equal(one("deny all;").status, 403);
	assert_true(one("deny all;").guard);
	assert_kind("allow 10.0.0.0/8;", SNIPPET_INERT, "not denied");

	actions = read_at(SNIPPET_LOCATION, "deny 192.0.2.1; allow all;");
	assert_int_equal(actions.at[0].feature, FEATURE_IP_DENY);
	assert_int_equal(actions.at[1].kind, SNIPPET_INERT);
}

static void checks_are_guards(void **state)
{
	(void)state;
	assert_guard("auth_basic realm;", FEATURE_AUTH_BASIC);
	assert_guard("auth_digest realm;", FEATURE_AUTH_DIGEST);
	assert_guard("auth_request /auth;", FEATURE_AUTH_EXTERNAL);
	assert_guard("auth_jwt realm;", FEATURE_SNIPPET);
	assert_guard("limit_req zone=a burst=5 nodelay;", FEATURE_RATE_LIMIT);
	assert_guard("limit_conn a 5;", FEATURE_CONNECTION_LIMIT);
	assert_guard("limit_except GET { deny all; }", FEATURE_SNIPPET);
	assert_guard("internal;", FEATURE_SNIPPET);
	assert_guard("modsecurity on;", FEATURE_WAF);
	assert_guard("modsecurity_rules 'SecRuleEngine On';", FEATURE_WAF);
	assert_guard("ssl_verify_client on;", FEATURE_CLIENT_CERT);
	assert_guard("satisfy any;", FEATURE_AUTH_SATISFY_ANY);
	assert_guard("access_by_lua_block { ngx.exit(403) }", FEATURE_SNIPPET);
	assert_str(one("limit_req zone=a;").hint, "the annotation limit-rps is for this");
	assert_int_equal(one("internal;").hint.len, 0);
	assert_kind("satisfy all;", SNIPPET_INERT, "default");
	assert_kind("auth_basic off;", SNIPPET_REFUSED, "switches off");
	assert_false(one("modsecurity off;").guard);
}

static void conditions(void **state)
{
	(void)state;
	assert_guard("if ($http_user_agent ~* (bot)) { return 403; }", FEATURE_USER_AGENT_BLOCK);
	assert_guard("if ($http_referer ~ spam) { return 444; }", FEATURE_USER_AGENT_BLOCK);
	assert_guard("if ($geoip2_country_code != DE) { return 403; }", FEATURE_GEO);
	assert_guard("if ($ssl_client_s_dn !~ x) { return 403; }", FEATURE_CLIENT_CERT_MATCH);
	assert_guard("if ($request_method !~ ^(GET|HEAD)$) { return 405; }", FEATURE_SNIPPET);
	/* What an if looks at counts, not what it answers with. */
	assert_guard("if ($a) { return 403 '$http_user_agent'; }", FEATURE_SNIPPET);

	struct snippet_action action = one("if ($scheme = http) { return 301 https://$host/; }");

	assert_int_equal(action.kind, SNIPPET_REFUSED);
	assert_true(action.guard);
	assert_true(str_find_str(action.hint, "ssl-redirect") != SIZE_MAX);
	action = one("if ($request_method = OPTIONS) { return 204; }");
	assert_true(str_find_str(action.hint, "enable-cors") != SIZE_MAX);
	action = one("if ($host = 'a.example') { rewrite ^ https://b.example permanent; }");
	assert_true(str_find_str(action.hint, "host") != SIZE_MAX);
	assert_int_equal(one("if ($a) { set $b 1; }").hint.len, 0);
	assert_false(one("if ($a) { set $b 1; }").guard);
}

static void blocks_that_deny_are_guards(void **state)
{
	(void)state;
	assert_true(one_at(SNIPPET_SERVER, "location /admin { deny all; }").guard);
	assert_true(one_at(SNIPPET_SERVER, "location ~ x { if ($a) { return 404; } }").guard);
	assert_true(one_at(SNIPPET_SERVER, "location /x { return 200 ok; }").guard);
	assert_int_equal(one_at(SNIPPET_SERVER, "location /x { return 200 ok; }").kind,
			 SNIPPET_REFUSED);
	assert_true(one("no_such_block { deny all; }").guard);
}

static void what_may_keep_requests_out_is_a_guard(void **state)
{
	static const char *const texts[] = {
		"include /etc/nginx/auth.conf;",
		"if ($a) { return 302 https://login.example/; }",
		"if ($a) { return 200 denied; }",
		"if ($a) { rewrite ^ https://login.example/ redirect; }",
		"if ($a) { rewrite ^ /403 break; }",
		"if ($a) { proxy_pass http://x; }",
		"if ($a) { auth_gss on; }",
		"return 200 denied;",
		"return 302 https://login.example/?to=$request_uri;",
		"rewrite ^/a|/b /c break;",
		"location /x { gzip on; }",
		"content_by_lua_block { ngx.exit(403) }",
		"header_filter_by_lua_block { ngx.status = 403 }",
		"error_page 404 =403 /x;",
		"try_files $uri =404;",
		"ldap_auth on;",
		"SecRulesEnabled;",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		for (int place = SNIPPET_LOCATION; place <= SNIPPET_SERVER; place++) {
			struct snippet_action action = one_at((enum snippet_place)place, texts[i]);

			if (!action.guard)
				fail_msg("'%s' is no guard", texts[i]);
			assert_string_equal(action.code, "I2G307");
		}
	}
}

static void what_keeps_nobody_out_is_no_guard(void **state)
{
	static const char *const texts[] = {
		"error_page 502 /sorry.html;",
		"if ($a) { add_header X-A b; set $c d; }",
		"types { text/x-own own; }",
		"map $a $b { own 1; }",
		"access_log off;",
		"more_set_headers 'X-A: $b';",
		"return 301 https://a.example$request_uri;",
		"rewrite ^/a$ /b break;",
		"log_by_lua_block { x() }",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (one(texts[i]).guard)
			fail_msg("'%s' is a guard", texts[i]);
	assert_false(one_at(SNIPPET_HTTP, "map $a $b { own 1; }").guard);
	assert_false(one_at(SNIPPET_MAIN, "worker_rlimit_core 1g;").guard);
	assert_false(one_at(SNIPPET_STREAM, "server { listen 81; no_such_directive on; }").guard);
}

static void unknown_directives_guard_everywhere(void **state)
{
	(void)state;
	for (int place = SNIPPET_LOCATION; place <= SNIPPET_STREAM; place++)
		if (!one_at((enum snippet_place)place, "no_such_directive on;").guard)
			fail_msg("an unknown directive is no guard at place %d", place);
	assert_true(one_at(SNIPPET_HTTP, "server { listen 81; return 301 /x; }").guard);
	assert_true(one("set $proxy_upstream_name shop-other-80;").guard);
	assert_false(one("set $tenant blue;").guard);
}

static void features_and_the_rest(void **state)
{
	struct snippet_action action = one("proxy_read_timeout 600s;");

	(void)state;
	assert_int_equal(action.feature, FEATURE_TIMEOUT_READ);
	assert_str(action.value, "proxy_read_timeout 600s;");
	assert_str(action.hint, "the annotation proxy-read-timeout is for this");
	assert_string_equal(action.code, "I2G243");
	assert_int_equal(one("client_max_body_size 10m;").feature, FEATURE_BODY_SIZE);
	assert_int_equal(one("gzip on;").feature, FEATURE_COMPRESSION);
	assert_kind("server_tokens off;", SNIPPET_INERT, "version");
	assert_kind("set $a b;", SNIPPET_INERT, "variable");
	assert_kind("proxy_pass http://x;", SNIPPET_REFUSED, "replaces the backend");
	assert_kind("frobnicate 1;", SNIPPET_REFUSED,
		    "'frobnicate 1' has no equivalent in Gateway API");
}

static void messages_quote_one_short_line(void **state)
{
	struct str text = {0};
	struct snippet_action action = one("frobnicate  {\n\ta;\n\tb;\n}");

	(void)state;
	assert_str(action.message, "'frobnicate { a; b; }' has no equivalent in Gateway API");
	text = str_format(&arena, "frobnicate %0200d;", 0);
	action = one(text.at);
	assert_true(action.message.len < 140);
	assert_true(str_find_str(action.message, "000...'") != SIZE_MAX);
	text = str_format(&arena, "frobnicate %068d\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac;", 0);
	assert_true(str_find_str(one(text.at).message, "\xe2\x82\xac...'") != SIZE_MAX);
}

static void a_snippet_that_cannot_be_parsed_is_a_guard(void **state)
{
	struct snippet_action action = one("gzip on;\nadd_header X-A \"b;");

	(void)state;
	assert_int_equal(action.kind, SNIPPET_REFUSED);
	assert_true(action.guard);
	assert_string_equal(action.code, "I2G307");
	assert_str(action.message,
		   "the snippet is no nginx configuration: a quote is never closed");
	assert_null(action.directive);
}

static void spans_point_into_the_file(void **state)
{
	struct snippet_value value = {
		.text = STR("gzip on;\n  deny all; # x\n"),
		.first = {.source = 2, .line = 10, .column = 50, .length = 1},
		.literal = true,
		.indent = 6,
	};
	struct snippet_actions actions = snippet_read(&arena, &value);

	(void)state;
	assert_int_equal(actions.at[0].span.line, 11);
	assert_int_equal(actions.at[0].span.column, 7);
	assert_int_equal(actions.at[0].span.length, 8);
	assert_int_equal(actions.at[0].span.source, 2);
	assert_int_equal(actions.at[1].span.line, 12);
	assert_int_equal(actions.at[1].span.column, 9);
	assert_int_equal(actions.at[1].span.length, 9);

	value.indent = 0;
	actions = snippet_read(&arena, &value);
	assert_int_equal(actions.at[1].span.line, 12);
	assert_int_equal(actions.at[1].span.column, 1);
	assert_int_equal(actions.at[1].span.length, 9);
	assert_true(actions.at[1].in_block);

	value.literal = false;
	actions = snippet_read(&arena, &value);
	assert_int_equal(actions.at[1].span.line, 10);
	assert_int_equal(actions.at[1].span.column, 50);

	value.literal = true;
	value.first = (struct span){0};
	actions = snippet_read(&arena, &value);
	assert_int_equal(actions.at[1].span.line, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(address_lists),
		TEST(checks_are_guards),
		TEST(conditions),
		TEST(blocks_that_deny_are_guards),
		TEST(what_may_keep_requests_out_is_a_guard),
		TEST(what_keeps_nobody_out_is_no_guard),
		TEST(unknown_directives_guard_everywhere),
		TEST(features_and_the_rest),
		TEST(messages_quote_one_short_line),
		TEST(a_snippet_that_cannot_be_parsed_is_a_guard),
		TEST(spans_point_into_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
