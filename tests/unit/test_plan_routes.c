/* How rules become routes, and what a rule can hold. */
#include "plan_case.h"

/* ---- routes ---- */

static void rules_of_different_ingresses_get_routes_of_their_own(void **state)
{
	(void)state;
	struct model_host *shop = host("a.example", LISTEN_HTTP);

	rule(shop, "web", PATH_PREFIX, "/a");
	rule(shop, "web", PATH_PREFIX, "/b")->route_name = STR("other");
	rule(shop, "web", PATH_PREFIX, "/c");
	rule(shop, "web", PATH_PREFIX, "/")->suffix = "-default-backend";
	run();
	assert_int_equal(written("HTTPRoute"), 3);
	assert_wrote("name: other-a-example\n");
	assert_wrote("name: shop-a-example-default-backend\n");
	assert_wrote("value: /a\n    backendRefs:\n    - name: cart\n      port: 8080\n"
		     "  - matches:\n    - path:\n        type: PathPrefix\n        value: /c\n");
}

static void seventeen_rules_are_folded_and_different_ones_split(void **state)
{
	(void)state;
	struct model_host *shop = host("a.example", LISTEN_HTTP);
	struct model_host *other = host("b.example", LISTEN_HTTP);

	for (int i = 0; i < 17; i++) {
		const char *path = str_format(&arena, "/p%02d", i).at;

		rule(shop, "web", PATH_PREFIX, path);
		rule(other, "web", PATH_PREFIX, path)->backends[0].port = (uint32_t)(1000 + i);
	}
	run();
	assert_int_equal(written("HTTPRoute"), 3);
	assert_wrote("name: shop-b-example-02\n");
	assert_not_wrote("name: shop-a-example-02\n");
}

static void a_prefix_that_is_replaced_stays_alone(void **state)
{
	(void)state;
	struct model_host *shop = host("a.example", LISTEN_HTTP);
	struct model_rewrite strip = {.edit = PATH_REPLACE_PREFIX, .path = STR("/")};

	for (int i = 0; i < 20; i++)
		rule(shop, "web", PATH_PREFIX, str_format(&arena, "/p%02d", i).at)->rewrite =
			&strip;
	run();
	assert_int_equal(written("HTTPRoute"), 2);
	assert_wrote("        path:\n          type: ReplacePrefixMatch\n"
		     "          replacePrefixMatch: /\n");
}

static void a_thousand_equal_rules_stay_within_the_limits(void **state)
{
	(void)state;
	struct model_host *shop = host("a.example", LISTEN_HTTP);

	for (int i = 0; i < 1000; i++)
		rule(shop, "web", PATH_EXACT, str_format(&arena, "/p%04d", i).at);
	run();
	assert_int_equal(written("HTTPRoute"), 8); /* 128 matches each */
	assert_wrote("name: shop-a-example-08\n");
}

static void names_of_parts_sort_as_the_parts(void **state)
{
	(void)state;
	struct model_host *shop = host("a.example", LISTEN_HTTP);

	for (int i = 0; i < 1700; i++)
		rule(shop, "web", PATH_EXACT, str_format(&arena, "/p%04d", i).at)
			->backends[0]
			.port = (uint32_t)(1000 + i);
	run();
	assert_int_equal(written("HTTPRoute"), 107);
	assert_wrote("name: shop-a-example-002\n");
	/* check_order() saw them in the order of their names; the rules are in order too. */
	size_t at = 0;

	for (int i = 0; i < 1700; i++) {
		struct str rest = str_from_pos(buf_slice(&output), at);
		size_t hit = str_find_str(rest, str_format(&arena, "value: /p%04d\n", i).at);

		assert_true(hit != SIZE_MAX);
		at += hit;
	}
}

static void a_part_name_that_is_taken_changes_all_parts(void **state)
{
	(void)state;
	struct model_host *shop = host("a.example", LISTEN_HTTP);

	for (int i = 0; i < 17; i++)
		rule(shop, "web", PATH_EXACT, str_format(&arena, "/p%04d", i).at)
			->backends[0]
			.port = (uint32_t)(1000 + i);
	rule(shop, "web", PATH_EXACT, "/x")->suffix = "-02";
	run();
	assert_int_equal(written("HTTPRoute"), 3);
	assert_not_wrote("name: shop-a-example\n");
	assert_not_wrote("name: shop-a-example-02\n");
}

static void mixed_listeners_make_two_routes(void **state)
{
	(void)state;
	struct model_host *shop = tls_host("a.example", "web");

	rule(shop, "web", PATH_PREFIX, "/both");
	rule(shop, "web", PATH_PREFIX, "/secure")->listen = LISTEN_HTTPS;
	run();
	assert_int_equal(written("HTTPRoute"), 2);
	assert_wrote("name: shop-a-example\n");
	assert_wrote("name: shop-a-example-http\n");
}

static void a_host_on_both_ports_has_one_route(void **state)
{
	(void)state;
	rule(tls_host("a.example", "web"), "web", PATH_PREFIX, "/");
	run();
	assert_int_equal(written("HTTPRoute"), 1);
	assert_wrote("    sectionName: a-example-http\n  - name: nginx\n    namespace: default\n"
		     "    sectionName: a-example-https\n");
}

/* ---- rules ---- */

static void everything_a_rule_can_hold(void **state)
{
	(void)state;
	struct model_rule *full = rule(host("a.example", LISTEN_HTTP), "web", PATH_PREFIX, "/a");
	struct model_field_match header = {STR("X-Canary"), STR("^al"), true};
	struct model_field_match query = {STR("q"), STR("1"), false};
	struct model_rewrite rewrite = {STR("b.example"), PATH_REPLACE_FULL, STR("/x")};
	struct str origins[] = {STR("https://a.example"), STR("https://a.example"), STR("ftp://x")};
	struct str methods[] = {STR("GET"), STR("*")};
	struct model_cors cors = {.origins = origins,
				  .origin_count = 3,
				  .methods = methods,
				  .method_count = 2,
				  .credentials = true,
				  .max_age = 600};
	struct model_mirror mirror = {backend("other", "copy")};

	full->match.headers = &header;
	full->match.header_count = 1;
	full->match.query = &query;
	full->match.query_count = 1;
	full->match.method = STR("GET");
	full->rewrite = &rewrite;
	full->cors = &cors;
	full->mirrors = &mirror;
	full->mirror_count = 1;
	model_header_set(&arena, model_edits(&arena, &full->request_headers), STR("X-A"), STR("1"));
	model_header_remove(&arena, model_edits(&arena, &full->request_headers), STR("X-B"));
	model_header_add(&arena, model_edits(&arena, &full->response_headers), STR("X-C"),
			 STR("2"));
	full->backends[0].weight = 90;
	add_backend(full, backend("web", "canary"));
	full->backends[1].weight = 10;
	run();
	assert_wrote("  - matches:\n"
		     "    - path:\n"
		     "        type: PathPrefix\n"
		     "        value: /a\n"
		     "      headers:\n"
		     "      - type: RegularExpression\n"
		     "        name: X-Canary\n"
		     "        value: al.*\n"
		     "      queryParams:\n"
		     "      - name: q\n"
		     "        value: \"1\"\n"
		     "      method: GET\n"
		     "    filters:\n"
		     "    - type: RequestHeaderModifier\n"
		     "      requestHeaderModifier:\n"
		     "        set:\n"
		     "        - name: X-A\n"
		     "          value: \"1\"\n"
		     "        remove:\n"
		     "        - X-B\n"
		     "    - type: ResponseHeaderModifier\n"
		     "      responseHeaderModifier:\n"
		     "        add:\n"
		     "        - name: X-C\n"
		     "          value: \"2\"\n"
		     "    - type: CORS\n"
		     "      cors:\n"
		     "        allowOrigins:\n"
		     "        - https://a.example\n"
		     "        allowCredentials: true\n"
		     "        allowMethods:\n"
		     "        - '*'\n"
		     "        maxAge: 600\n"
		     "    - type: RequestMirror\n"
		     "      requestMirror:\n"
		     "        backendRef:\n"
		     "          name: copy\n"
		     "          namespace: other\n"
		     "          port: 8080\n"
		     "    - type: URLRewrite\n"
		     "      urlRewrite:\n"
		     "        hostname: b.example\n"
		     "        path:\n"
		     "          type: ReplaceFullPath\n"
		     "          replaceFullPath: /x\n"
		     "    backendRefs:\n"
		     "    - name: cart\n"
		     "      port: 8080\n"
		     "      weight: 90\n"
		     "    - name: canary\n"
		     "      port: 8080\n"
		     "      weight: 10\n");
	assert_int_equal(raised("I2G311"), 1);
	assert_wrote("name: ingress2gw-httproute-web-service\n  namespace: other\n");
}

static void experimental_fields_need_the_channel(void **state)
{
	(void)state;
	unsigned codes[] = {502, 503};
	struct model_retry retry = {2, codes, 2};
	struct model_session session = {STR("sid"), 90000};
	struct model_rule *one = rule(host("a.example", LISTEN_HTTP), "web", PATH_PREFIX, "/");

	one->retry = &retry;
	one->session = &session;
	run();
	assert_not_wrote("retry");
	assert_not_wrote("sessionPersistence");
	options.experimental = true;
	run();
	assert_wrote("    retry:\n      attempts: 2\n      codes:\n      - 502\n      - 503\n"
		     "    sessionPersistence:\n      sessionName: sid\n      type: Cookie\n"
		     "      absoluteTimeout: 90000s\n      cookieConfig:\n"
		     "        lifetimeType: Permanent\n");
}

static void external_authentication_is_never_left_out(void **state)
{
	(void)state;
	struct str headers[] = {STR("authorization"), STR("authorization")};
	struct model_ext_auth auth = {.backend = backend("auth", "verify"),
				      .path = STR("/check"),
				      .request_headers = headers,
				      .request_header_count = 2};
	struct model_rule *guarded = rule(host("a.example", LISTEN_HTTP), "web", PATH_PREFIX, "/");

	guarded->ext_auth = &auth;
	options.experimental = true;
	run();
	assert_wrote("    - type: ExternalAuth\n      externalAuth:\n        protocol: HTTP\n"
		     "        backendRef:\n          name: verify\n          namespace: auth\n"
		     "          port: 8080\n        http:\n          path: /check\n"
		     "          allowedHeaders:\n          - authorization\n");
	assert_int_equal(built_apart, 1);

	options.experimental = false;
	run();
	assert_int_equal(raised("I2G301"), 1);
	assert_int_equal(written("HTTPRoute"), 0);
	assert_int_equal(guarded->path_item->outcome, OUTCOME_REFUSED);
}

static void too_many_header_edits_are_reported_once(void **state)
{
	(void)state;
	struct model_rule *one = rule(host("a.example", LISTEN_HTTP), "web", PATH_PREFIX, "/");

	for (int i = 0; i < 18; i++)
		model_header_set(&arena, model_edits(&arena, &one->request_headers),
				 str_format(&arena, "X-%02d", i), STR("v"));
	model_header_set(&arena, model_edits(&arena, &one->response_headers), STR("bad name"),
			 STR("v"));
	model_header_set(&arena, model_edits(&arena, &one->response_headers), STR("X-Empty"),
			 STR(""));
	model_header_set(&arena, model_edits(&arena, &one->response_headers), STR("X-Break"),
			 STR("a\r\nb"));
	run();
	assert_wrote("X-15");
	assert_not_wrote("X-16");
	assert_not_wrote("responseHeaderModifier");
	assert_int_equal(raised("I2G410"), 5);
	assert_int_equal(built_here, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rules_of_different_ingresses_get_routes_of_their_own),
		TEST(seventeen_rules_are_folded_and_different_ones_split),
		TEST(a_prefix_that_is_replaced_stays_alone),
		TEST(a_thousand_equal_rules_stay_within_the_limits),
		TEST(names_of_parts_sort_as_the_parts),
		TEST(a_part_name_that_is_taken_changes_all_parts),
		TEST(mixed_listeners_make_two_routes),
		TEST(a_host_on_both_ports_has_one_route),
		TEST(everything_a_rule_can_hold),
		TEST(experimental_fields_need_the_channel),
		TEST(external_authentication_is_never_left_out),
		TEST(too_many_header_edits_are_reported_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
