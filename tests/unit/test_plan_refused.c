/* What is not written: what the API refuses, and guarded rules that are held back. */
#include "plan_case.h"

/* ---- refused ---- */

static void paths_the_api_refuses(void **state)
{
	(void)state;
	static const char *const bad[] = {"",        "a",     "//",   "/a//b", "/./a",
					  "/a/../b", "/a/..", "/a/.", "/.."};
	struct model_host *shop = host("a.example", LISTEN_HTTP);

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		rule(shop, "web", i % 2 ? PATH_EXACT : PATH_PREFIX, bad[i]);
	rule(shop, "web", PATH_EXACT, str_format(&arena, "/%01024d", 0).at);
	run();
	assert_int_equal(written("HTTPRoute"), 0);
	assert_int_equal(raised("I2G218"), 10);
	for (size_t i = 0; i < model.ledger.count; i++)
		assert_int_equal(ledger_at(&model.ledger, i)->outcome, OUTCOME_REFUSED);
}

static void other_bytes_are_percent_encoded(void **state)
{
	(void)state;
	struct model_host *shop = host("a.example", LISTEN_HTTP);

	rule(shop, "web", PATH_EXACT, "/a b");
	rule(shop, "web", PATH_EXACT, "/caf\xc3\xa9");
	rule(shop, "web", PATH_EXACT, "/100%");
	rule(shop, "web", PATH_EXACT, "/a#b");
	rule(shop, "web", PATH_EXACT, "/a%2Fb");
	rule(shop, "web", PATH_EXACT, "/a|{b}?\"");
	rule(shop, "web", PATH_EXACT, "/~user/.well-known/(x);v=1,2@:!$&'*+");
	run();
	assert_wrote("value: /a%20b\n");
	assert_wrote("value: /caf%C3%A9\n");
	assert_wrote("value: /100%25\n");
	assert_wrote("value: /a%23b\n");
	assert_wrote("value: /a%252Fb\n");
	assert_wrote("value: /a%7C%7Bb%7D%3F%22\n");
	assert_wrote("/~user/.well-known/(x);v=1,2@:!$&");
	assert_int_equal(findings.count, 0);
}

static void regexes_are_written_for_the_target(void **state)
{
	(void)state;
	struct model_host *shop = host("a.example", LISTEN_HTTP);

	rule(shop, "web", PATH_REGEX, "/id/[0-9]+$");
	struct model_rule *refused = rule(shop, "web", PATH_REGEX, "/(?!admin)");

	run();
	assert_wrote("type: RegularExpression\n        value: /(?i)id/[0-9]+$.*\n");
	assert_int_equal(raised("I2G241"), 1);
	assert_string_equal(refused->path_item->code, "I2G241");
	assert_int_equal(refused->host_item->outcome, OUTCOME_REFUSED);
}

static void an_invalid_host_takes_all_its_items_along(void **state)
{
	(void)state;
	rule(tls_host("${HOST}", "web"), "web", PATH_PREFIX, "/");
	rule(host("under_score.example", LISTEN_HTTP), "web", PATH_PREFIX, "/");
	run();
	assert_int_equal(output.len, 0);
	assert_int_equal(raised("I2G227"), 2);
	for (size_t i = 0; i < model.ledger.count; i++)
		assert_string_equal(ledger_at(&model.ledger, i)->code, "I2G227");
}

static void a_host_counts_when_one_of_its_rules_does(void **state)
{
	(void)state;
	struct model_host *shop = host("a.example", LISTEN_HTTP);
	struct model_rule *good = rule(shop, "web", PATH_PREFIX, "/a");
	struct model_rule *bad = rule(shop, "web", PATH_PREFIX, "/a//b");

	bad->host_item->outcome = OUTCOME_INERT; /* not looked at */
	bad->host_item = good->host_item;
	run();
	assert_int_equal(good->host_item->outcome, OUTCOME_EXACT);
}

static void a_backend_without_port_is_refused(void **state)
{
	(void)state;
	struct model_rule *one = rule(host("a.example", LISTEN_HTTP), "web", PATH_PREFIX, "/");

	one->backends[0].port = 0;
	run();
	assert_int_equal(written("HTTPRoute"), 0);
	assert_int_equal(raised("I2G220"), 1);
}

static void https_needs_a_certificate(void **state)
{
	(void)state;
	struct model_rule *one = rule(host("a.example", LISTEN_HTTPS), "web", PATH_PREFIX, "/");

	run();
	assert_int_equal(raised("I2G503"), 1);
	assert_int_equal(one->path_item->outcome, OUTCOME_REFUSED);
	assert_int_equal(output.len, 0);
}

/* ---- held rules ---- */

static struct model_rule *held(struct model_host *on, enum path_kind kind, const char *path)
{
	struct model_rule *made = rule(on, "web", kind, path);

	made->held = "I2G301";
	made->deny = true;
	return made;
}

static void a_held_rule_is_not_written(void **state)
{
	(void)state;
	struct model_host *shop = host("a.example", LISTEN_HTTP);
	struct model_rule *guarded = held(shop, PATH_PREFIX, "/admin");

	rule(shop, "web", PATH_PREFIX, "/public");
	rule(shop, "web", PATH_EXACT, "/");
	run();
	assert_not_wrote("/admin");
	assert_int_equal(guarded->path_item->outcome, OUTCOME_REFUSED);
	assert_string_equal(guarded->backends[0].item->code, "I2G301");
	assert_int_equal(raised("I2G317"), 0);
}

static void a_held_rule_blocks_what_others_would_take(void **state)
{
	(void)state;
	struct model_host *shop = host("a.example", LISTEN_HTTP);

	options.comments = true;
	held(shop, PATH_PREFIX, "/admin/users");
	rule(shop, "web", PATH_PREFIX, "/admin");
	run();
	assert_wrote("  # held back (I2G301): answers 500 so that no other route takes these "
		     "requests\n"
		     "  - matches:\n    - path:\n        type: PathPrefix\n"
		     "        value: /admin/users\n"
		     "  - matches:\n    - path:\n        type: PathPrefix\n        value: /admin\n"
		     "    backendRefs:\n");
	assert_int_equal(raised("I2G317"), 1);
}

static void wildcards_and_hostless_rules_are_other_ways_in(void **state)
{
	(void)state;
	held(host("a.b.example", LISTEN_HTTP), PATH_PREFIX, "/one");
	held(host("c.example", LISTEN_HTTP), PATH_PREFIX, "/two");
	held(host("d.c.example", LISTEN_HTTP), PATH_REGEX, "/three");
	rule(host("*.example", LISTEN_HTTP), "web", PATH_PREFIX, "/");
	run();
	assert_int_equal(raised("I2G317"), 3);
	assert_wrote("value: /one\n");
	assert_wrote("value: /(?i)three.*\n");

	findings.count = 0;
	rule(host("", LISTEN_HTTP), "web", PATH_PREFIX, "/four");
	held(host("*.org", LISTEN_HTTP), PATH_PREFIX, "/four/x");
	held(host("*.org", LISTEN_HTTP), PATH_PREFIX, "/five");
	run();
	assert_int_equal(raised("I2G317"), 4);
	assert_not_wrote("/five");
}

static void redirects_are_no_way_in(void **state)
{
	(void)state;
	struct model_host *shop = host("a.example", LISTEN_HTTP);

	held(shop, PATH_PREFIX, "/admin");
	redirect(shop, "web");
	close_items();
	run();
	assert_not_wrote("/admin");
}

static void a_denied_path_answers_an_error_there_too(void **state)
{
	(void)state;
	struct model_rule *denied = rule(host("a.example", LISTEN_HTTP), "web", PATH_PREFIX, "/x");

	denied->deny = true;
	run();
	assert_wrote("        value: /x\n");
	assert_not_wrote("backendRefs");
	assert_int_equal(denied->path_item->outcome, OUTCOME_EXACT);
	assert_int_equal(denied->backends[0].item->outcome, OUTCOME_INERT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(paths_the_api_refuses),
		TEST(other_bytes_are_percent_encoded),
		TEST(regexes_are_written_for_the_target),
		TEST(an_invalid_host_takes_all_its_items_along),
		TEST(a_host_counts_when_one_of_its_rules_does),
		TEST(a_backend_without_port_is_refused),
		TEST(https_needs_a_certificate),
		TEST(a_held_rule_is_not_written),
		TEST(a_held_rule_blocks_what_others_would_take),
		TEST(wildcards_and_hostless_rules_are_other_ways_in),
		TEST(redirects_are_no_way_in),
		TEST(a_denied_path_answers_an_error_there_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
