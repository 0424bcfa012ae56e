/* Names of objects and listeners. */
#include "arena_case.h"

#include "gateway/name.h"

static void hosts_become_names(void **state)
{
	(void)state;
	assert_str(name_from_host(&arena, STR("shop.example.com")), "shop-example-com");
	assert_str(name_from_host(&arena, STR("")), "all-hosts");
	assert_str(name_from_host(&arena, STR("*")), "all-hosts");
	assert_str(name_from_host(&arena, STR("*.example.com")), "wildcard-example-com");
	assert_str(name_from_host(&arena, STR("Shop.Example.COM")), "shop-example-com");
	assert_str(name_from_host(&arena, STR("xn--bcher-kva.com")), "xn-bcher-kva-com");
	assert_str(name_from_host(&arena, STR("...")), "all-hosts");
}

static void parts_are_joined_and_cut(void **state)
{
	(void)state;
	assert_str(name_join(&arena, 253, STR("web"), STR("shop-example-com"), STR("http")),
		   "web-shop-example-com-http");
	assert_str(name_join(&arena, 253, STR("web"), STR(""), STR("http")), "web-http");
	assert_str(name_join(&arena, 253, STR("my.app"), STR("x"), STR("")), "my.app-x");
	assert_str(name_join(&arena, 253, STR("a--b"), STR("x"), STR("")), "a--b-x");
	assert_str(name_join(&arena, 253, STR("a_b"), STR("-c-"), STR("d.")), "a-b-c-d");

	struct str first = name_join(&arena, 20, STR("a-rather-long-name"), STR("one"), STR(""));
	struct str second = name_join(&arena, 20, STR("a-rather-long-name"), STR("two"), STR(""));

	assert_int_equal(first.len, 20);
	assert_true(name_is_subdomain(first));
	assert_false(str_eq(first, second));
	assert_true(str_starts(first, "a-rather-lo"));
}

static void a_shared_wish_is_told_apart_whatever_the_order(void **state)
{
	(void)state;
	struct str got[2][3];
	static const char *const ids[] = {"a.b.com", "a-b.com", "c.com"};
	static const char *const wishes[] = {"a-b-com", "a-b-com", "c-com"};

	for (int run = 0; run < 2; run++) {
		struct names names;

		names_init(&names, &arena);
		for (int i = 0; i < 3; i++) {
			int at = run ? 2 - i : i;

			names_wish(&names, str_from(wishes[at]), str_from(ids[at]));
			names_wish(&names, str_from(wishes[at]), str_from(ids[at]));
		}
		for (int i = 0; i < 3; i++) {
			int at = run ? 2 - i : i;

			got[run][at] =
				names_get(&names, 253, str_from(wishes[at]), str_from(ids[at]));
		}
	}
	for (int i = 0; i < 3; i++)
		assert_true(str_eq(got[0][i], got[1][i]));
	assert_str(got[0][2], "c-com");
	assert_false(str_eq(got[0][0], got[0][1]));
	assert_false(str_is(got[0][0], "a-b-com"));
	assert_true(str_starts(got[0][0], "a-b-com-"));
}

static void a_hashed_name_never_takes_somebody_elses_wish(void **state)
{
	(void)state;
	struct names names;

	names_init(&names, &arena);
	names_wish(&names, STR("x"), STR("1"));
	names_wish(&names, STR("x"), STR("2"));

	struct str hashed = names_hashed(&names, 253, STR("x"), STR("1"));

	names_wish(&names, hashed, STR("3"));

	struct str one = names_get(&names, 253, STR("x"), STR("1"));
	struct str three = names_get(&names, 253, hashed, STR("3"));

	assert_true(str_eq(three, hashed));
	assert_false(str_eq(one, three));
}

static void a_wish_without_identity_is_one_of_its_own(void **state)
{
	(void)state;
	struct names names;

	names_init(&names, &arena);
	names_wish_once(&names, STR("x"));
	names_wish_once(&names, STR("y"));
	assert_true(str_is(names_get(&names, 253, STR("x"), STR("1")), "x"));
	names_wish_once(&names, STR("x"));
	names_wish(&names, STR("y"), STR("1"));
	assert_false(names_unique(&names, STR("x")));
	assert_false(names_unique(&names, STR("y")));
	assert_false(str_eq(names_get(&names, 253, STR("x"), STR("1")),
			    names_get(&names, 253, STR("x"), STR("2"))));
}

static void the_api_servers_patterns(void **state)
{
	(void)state;
	struct str long_label = str_format(&arena, "%064d", 0);
	struct str long_name = str_format(&arena, "%0254d", 0);

	assert_true(name_is_label(STR("a-b1")));
	assert_false(name_is_label(STR("")));
	assert_false(name_is_label(STR("-a")));
	assert_false(name_is_label(STR("a-")));
	assert_false(name_is_label(STR("a.b")));
	assert_false(name_is_label(STR("A")));
	assert_false(name_is_label(long_label));

	assert_true(name_is_subdomain(STR("a.b-c.d")));
	assert_true(name_is_subdomain(long_label));
	assert_false(name_is_subdomain(long_name));
	assert_false(name_is_subdomain(STR("a..b")));
	assert_false(name_is_subdomain(STR(".a")));
	assert_false(name_is_subdomain(STR("a.")));
	assert_false(name_is_subdomain(STR("a.-b")));
	assert_false(name_is_subdomain(STR("a-.b")));
	assert_false(name_is_subdomain(STR("*.a")));

	assert_true(name_is_hostname(STR("*.example.com")));
	assert_true(name_is_hostname(STR("example.com")));
	assert_false(name_is_hostname(STR("*")));
	assert_false(name_is_hostname(STR("*.")));
	assert_false(name_is_hostname(STR("a.*.com")));
	assert_false(name_is_hostname(STR("${HOST}")));
	assert_false(name_is_hostname(STR("a_b.com")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(hosts_become_names),
		TEST(parts_are_joined_and_cut),
		TEST(a_shared_wish_is_told_apart_whatever_the_order),
		TEST(a_wish_without_identity_is_one_of_its_own),
		TEST(a_hashed_name_never_takes_somebody_elses_wish),
		TEST(the_api_servers_patterns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
