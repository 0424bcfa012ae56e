#include "test.h"

#include "proxy/grammar.h"
#include "proxy/head.h"

/* ---- names ---- */

static void finds_every_name(void **state)
{
	char text[64];

	(void)state;
	for (unsigned id = HEAD_OTHER + 1; id < HEAD_NAMES; id++) {
		struct str name = head_names[id].text, lower = head_names[id].lower;

		assert_true(name.len > 1 && name.len < sizeof text);
		assert_int_equal(head_name(name), id);
		assert_int_equal(head_name(lower), id);
		assert_true(str_eq_nocase(name, lower));
		assert_true(id == 1 || str_cmp(head_names[id - 1].lower, lower) < 0);
		/* One letter off is another name. */
		for (size_t i = 0; i < lower.len; i++) {
			memcpy(text, lower.at, lower.len);
			text[i] = text[i] == 'q' ? 'z' : 'q';
			assert_int_not_equal(head_name((struct str){text, lower.len}), id);
		}
		assert_int_not_equal(head_name((struct str){lower.at, lower.len - 1}), id);
	}
	assert_int_equal(head_name(STR("a")), HEAD_OTHER);
	assert_int_equal(head_name(STR("")), HEAD_OTHER);
}

static void kinds_go_together(void **state)
{
	(void)state;
	for (unsigned id = 0; id < HEAD_NAMES; id++) {
		unsigned kinds = head_names[id].kinds;

		/* What may not be nominated may not be a trailer either; each name is in one of those lists. */
		assert_false(kinds & HEAD_IS_KEPT && !(kinds & HEAD_NO_TRAILER));
		assert_false(kinds & HEAD_NO_TRAILER && kinds & HEAD_LOST_TRAILER);
		assert_false(kinds & HEAD_IS_HOP &&
			     !(kinds & (HEAD_NO_TRAILER | HEAD_LOST_TRAILER)));
	}
}

static void finds_methods(void **state)
{
	(void)state;
	assert_int_equal(head_method(STR("GET")), HEAD_METHOD_GET);
	assert_int_equal(head_method(STR("TRACE")), HEAD_METHOD_TRACE);
	assert_int_equal(head_method(STR("get")), HEAD_METHOD_OTHER);
	assert_int_equal(head_method(STR("GETS")), HEAD_METHOD_OTHER);
}

/* ---- edits ---- */

static struct str nth(const struct head *head, uint32_t n)
{
	for (uint32_t i = 0; i < head->count; i++)
		if (head->ids[i] != HEAD_GONE && n-- == 0)
			return STR_JOIN(head->arena, head->fields[i].name, STR("="),
					head->fields[i].value);
	return (struct str){0};
}

static void edits(void **state)
{
	struct arena arena;
	struct head head;

	(void)state;
	arena_init(&arena);
	head_init(&head, &arena);
	for (int i = 0; i < 100; i++)
		head_add(&head, STR("X-Many"), STR("v"));
	head_remove(&head, STR("x-many"));
	head_add(&head, STR("X-A"), STR("1"));
	head_add(&head, STR("Via"), STR("1"));
	head_add(&head, STR("x-a"), STR("2"));
	head_add(&head, STR("VIA"), STR("2"));
	head_set(&head, STR("X-a"), STR("3"));
	head_set(&head, STR("via"), STR("3"));
	head_set(&head, STR("X-New"), STR("4"));
	assert_str(nth(&head, 0), "X-a=3");
	assert_str(nth(&head, 1), "via=3");
	assert_str(nth(&head, 2), "X-New=4");
	assert_str(nth(&head, 3), "");
	assert_str(head_value(&head, HEAD_VIA), "3");
	head_remove(&head, STR("VIA"));
	assert_str(head_value(&head, HEAD_VIA), "");
	head_set(&head, STR("Via"), STR("5"));
	assert_str(head_value(&head, HEAD_VIA), "5");
	/* Host is no field. */
	head_set(&head, STR("host"), STR("a.test"));
	assert_str(head.authority, "a.test");
	assert_str(nth(&head, 3), "");
	head_remove(&head, STR("Host"));
	assert_null(head.authority.at);
	arena_finish(&arena);
}

static void reads_lists(void **state)
{
	struct str rest = STR(" ,a ,, b,\t"), member;

	(void)state;
	assert_true(head_list_next(&rest, &member));
	assert_str(member, "a");
	assert_true(head_list_next(&rest, &member));
	assert_str(member, "b");
	assert_false(head_list_next(&rest, &member));
	assert_true(head_list_has(STR("x, Close"), "close"));
	assert_false(head_list_has(STR("x, closed"), "close"));
}

/* ---- grammar ---- */

static void classes_are_what_they_say(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++) {
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		bool digit = c >= '0' && c <= '9';
		bool hex = digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
		bool token = letter || digit || (c && strchr("!#$%&'*+-.^_`|~", c));
		bool host = letter || digit || (c && strchr("-._~", c));

		assert_int_equal(grammar_is((char)c, GRAMMAR_TOKEN), token);
		assert_int_equal(grammar_is((char)c, GRAMMAR_HOST), host);
		assert_int_equal(grammar_is((char)c, GRAMMAR_HEX), hex);
		assert_int_equal(grammar_is((char)c, GRAMMAR_TARGET),
				 c > 0x20 && c < 0x7f && c != '#');
		assert_int_equal(grammar_is((char)c, GRAMMAR_VALUE),
				 c == '\t' || (c >= 0x20 && c != 0x7f));
	}
}

/* Every octet at every distance from start and end of a vector. */
static void both_scans_agree(void **state)
{
	char text[64];

	(void)state;
	for (size_t len = 0; len <= sizeof text; len++) {
		for (size_t at = 0; at < len; at++) {
			for (int c = 0; c < 256; c++) {
				memset(text, 'v', sizeof text);
				text[at] = (char)c;
				const char *end = text + len;
				const char *want =
					grammar_is((char)c, GRAMMAR_VALUE) ? end : text + at;

				assert_ptr_equal(scan_value(text, end), want);
				assert_ptr_equal(scan_value_plain(text, end), want);
			}
		}
	}
}

static void knows_authorities(void **state)
{
	static const char *const good[] = {
		"a",         "a.test", "a.test:80", "a.test:",           "A_b~-.",
		"127.0.0.1", "[::1]",  "[::1]:443", "[::ffff:1.2.3.4]:", "a.test:65535"};
	static const char *const bad[] = {
		"",      ":80",      "a:65536", "a:+1",        "a:1x",   "a,b",
		"u@a",   "a/x",      "a b",     "a?b",         "a%41",   "[::1",
		"[]",    "[::1]x",   "[::1]:x", "[1.2.3.4]",   "[g::1]", "::1",
		"a:b:1", "\xc3\xa9", "a\\b",    "[::1%25eth0]"};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(grammar_is_authority(str_from(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (grammar_is_authority(str_from(bad[i])))
			fail_msg("%s counts as an authority", bad[i]);
}

static void knows_paths(void **state)
{
	static const char *const good[] = {"/",  "/a%2Fb",     "/a?b%zz\\%00",
					   "/?", "//b.test/c", "/a/../b"};
	static const char *const bad[] = {"",     "a",      "?",     "/%", "/%4",
					  "/%g0", "/a%00b", "/a\\b", "*"};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(grammar_is_path(str_from(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(grammar_is_path(str_from(bad[i])));
}

static void knows_numbers(void **state)
{
	uint64_t value = 7;

	(void)state;
	assert_true(grammar_number(STR("0005"), &value));
	assert_int_equal(value, 5);
	assert_true(grammar_number(STR("9223372036854775807"), &value));
	assert_true(value == INT64_MAX);
	assert_false(grammar_number(STR("9223372036854775808"), &value));
	assert_false(grammar_number(STR("18446744073709551621"), &value));
	assert_false(grammar_number(STR(""), &value));
	assert_false(grammar_number(STR("+5"), &value));
	assert_false(grammar_number(STR("5 "), &value));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_every_name), cmocka_unit_test(kinds_go_together),
		cmocka_unit_test(finds_methods),    cmocka_unit_test(edits),
		cmocka_unit_test(reads_lists),      cmocka_unit_test(classes_are_what_they_say),
		cmocka_unit_test(both_scans_agree), cmocka_unit_test(knows_authorities),
		cmocka_unit_test(knows_paths),      cmocka_unit_test(knows_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
