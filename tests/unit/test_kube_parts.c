#include "kube/base64.h"
#include "kube/read.h"
#include "kube/select.h"
#include "kube/timestamp.h"
#include "test.h"

static void test_timestamp(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} good[] = {
		{"1970-01-01T00:00:00Z", 0},
		{"2024-02-29T08:30:00Z", 1709195400},
		{"2024-12-31T23:59:60Z", 1735689600},
		{"2000-03-01T00:00:00Z", 951868800},
		{"1969-12-31T23:59:59Z", -1},
		{"2024-02-29T08:30:00.123456Z", 1709195400},
		{"2024-02-29t10:30:00+02:00", 1709195400},
		{"2024-02-29 05:00:00-03:30", 1709195400},
		{"0001-01-01T00:00:00Z", INT64_C(-62135596800)},
		{"9999-12-31T23:59:59Z", INT64_C(253402300799)},
	};
	static const char *const bad[] = {
		"",
		"2024-02-29",
		"2023-02-29T08:30:00Z",
		"2024-13-01T08:30:00Z",
		"2024-00-01T08:30:00Z",
		"2024-02-29T24:30:00Z",
		"2024-02-29T08:30:00",
		"2024-02-29T08:30:00.Z",
		"2024-02-29T08:30:00Z ",
		"2024-02-29T08:30:00+2:00",
		"20240229T083000Z",
	};
	int64_t seconds;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(kube_timestamp_parse(str_from(good[i].text), &seconds));
		assert_true(seconds == good[i].seconds);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(kube_timestamp_parse(str_from(bad[i]), &seconds));
}

static void test_base64(void **state)
{
	static const char *const good[][2] = {
		{"", ""},
		{"Zg==", "f"},
		{"Zm8=", "fo"},
		{"Zm9v", "foo"},
		{"Zm9v\nYmFy\r\n", "foobar"},
		{"/+8=", "\xff\xef"},
	};
	static const char *const bad[] = {"Z",     "Zg",         "Zg=",  "Zg===", "Zm=v",
					  "Zm 9v", "ENC[AES,x]", "====", "Zm9v="};
	struct arena arena;
	struct str bytes;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(kube_base64_decode(&arena, str_from(good[i][0]), &bytes));
		assert_str(bytes, good[i][1]);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(kube_base64_decode(&arena, str_from(bad[i]), &bytes));
	arena_finish(&arena);
}

static void test_placeholder(void **state)
{
	static const char *const cases[][2] = {
		{"shop.test", ""},
		{"", ""},
		{"shop.${DOMAIN}", "${DOMAIN}"},
		{"$(HOST).test", "$(HOST)"},
		{"$HOST.test", "$HOST"},
		{"cost$", ""},
		{"a$.b", ""},
		{"__HOST__.test", "__HOST__"},
		{"x__A_B__c", "__A_B__"},
		{"____", ""},
		{"_http__tcp", ""},
		{"<host>", "<host>"},
		{"a<b", ""},
		{"<>", ""},
		{"{HOST}", "{HOST}"},
		{"{{ .Values.host }}.test", "{{ .Values.host }}"},
		{"${", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_str(kube_placeholder(str_from(cases[i][0])), cases[i][1]);
}

static void test_nearest(void **state)
{
	static const struct str names[] = {STR_INIT("annotations"), STR_INIT("labels"),
					   STR_INIT("name"), STR_INIT("host")};
	static const char *const cases[][2] = {
		{"annotation", "annotations"},
		{"anotatoins", "annotations"},
		{"Labels", "labels"},
		{"nam", "name"},
		{"hots", "host"},
		{"port", ""},
		{"x", ""},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_str(kube_nearest(names, 4, str_from(cases[i][0])), cases[i][1]);
}

static void test_excerpt(void **state)
{
	char text[100];

	(void)state;
	assert_str(kube_excerpt(STR("one\ntwo")), "one");
	memset(text, 'x', sizeof text);
	assert_int_equal(kube_excerpt((struct str){text, sizeof text}).len, 80);
	/* Two bytes of one character around the cut. */
	text[79] = '\xc3';
	text[80] = '\xa9';
	assert_int_equal(kube_excerpt((struct str){text, sizeof text}).len, 79);
}

/* ---- label selectors ---- */

static void test_select(void **state)
{
	struct kube_pair at[] = {
		{.key = STR("app"), .value = STR("shop")},
		{.key = STR("example.com/tier"), .value = STR("front")},
		{.key = STR("zone"), .value = STR("")},
	};
	const struct kube_pairs labels = {at, 3};
	static const struct {
		const char *text;
		bool matches;
	} cases[] = {
		{"", true},
		{" ", true},
		{"app=shop", true},
		{"app==shop", true},
		{" app = shop ", true},
		{"app=blog", false},
		{"app!=blog", true},
		{"app!=shop", false},
		{"missing!=shop", true},
		{"missing=shop", false},
		{"zone=", true},
		{"app", true},
		{"missing", false},
		{"!app", false},
		{"! missing", true},
		{"app in (shop, blog)", true},
		{"app in(blog)", false},
		{"app in (blog)", false},
		{"app notin (blog,wiki)", true},
		{"app notin (blog,shop)", false},
		{"missing notin (shop)", true},
		{"app in (shop),example.com/tier=front,!missing", true},
		{"app in (shop),example.com/tier=back", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct kube_selector selector;
		struct arena arena;
		struct error error;

		arena_init(&arena);
		assert_true(
			kube_selector_parse(&selector, &arena, str_from(cases[i].text), &error));
		assert_int_equal(kube_selector_matches(&selector, &labels), cases[i].matches);
		arena_finish(&arena);
	}
}

static void test_bad_selectors(void **state)
{
	static const char *const cases[] = {
		"=shop",     "app=shop,",        ",",       "app in", "app in shop", "app in (shop",
		"in (shop)", "app among (shop)", "app=a b", "!",      "app=$x",      "app in (a) b",
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct kube_selector selector;
		struct arena arena;
		struct error error = {""};

		arena_init(&arena);
		assert_false(kube_selector_parse(&selector, &arena, str_from(cases[i]), &error));
		assert_non_null(strstr(error.text, "is no label selector"));
		arena_finish(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_timestamp),     cmocka_unit_test(test_base64),
		cmocka_unit_test(test_placeholder),   cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_excerpt),       cmocka_unit_test(test_select),
		cmocka_unit_test(test_bad_selectors),
	};

	return cmocka_run_group_tests_name("kube_parts", tests, NULL, NULL);
}
