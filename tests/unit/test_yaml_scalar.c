/* What go-yaml makes of plain scalars, and which texts must not be written plain. */
#include "yaml_case.h"

#include "yaml/scalar.h"

static void kinds_are_go_yamls(void **state)
{
	(void)state;
	static const struct {
		enum node_kind kind;
		const char *texts; /* separated by blanks */
	} rows[] = {
		{NODE_BOOL,
		 "y Y yes Yes YES true True TRUE on On ON n N no No NO false False FALSE "
		 "off Off OFF"},
		{NODE_NULL, "~ null Null NULL"},
		{NODE_INT, "8080 +5 -5 0 00 1_000 1__0 1_ 0x1F 0X1f 0o17 0O17 017 0777 089 0b101 "
			   "0B101 -0x1F 1e3 1E+3 12e03 5.0 1. -0 0_x10 0e_+0 0b+0 1e18 "
			   "9223372036854775807 -9223372036854775808 -0b11 +0x10"},
		{NODE_FLOAT, "1.5 .5 -1.5 1.10 1e-3 12345678901234567890 9223372036854775808 1e19 "
			     ".inf -.inf +.inf .Inf .nan .NaN .NAN 0.1e0 -.5"},
		{NODE_STRING,
		 "yEs tRUE nULL 2001-12-14 2001-12-14T21:59:43Z 1:20 190:20:30 = << 1e400 0x 1e "
		 "nan "
		 "inf 80m 10.0.0.1 1.2.3 0o8 0b2 0xg - + . .. +. -. _1 0b_ .5_0 1,000 a 1a "
		 "/ e9 ._ .e5 +-1 --1 0b 08e .inF Y1 on. truE"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct str rest = str_from(rows[i].texts), text;
		bool more = true;

		while (str_split(&rest, ' ', &more, &text))
			if (scalar_kind(text) != rows[i].kind)
				fail_msg("'%.*s' is %s, not %s", STR_ARG(text),
					 node_kind_name(scalar_kind(text)),
					 node_kind_name(rows[i].kind));
	}
	assert_int_equal(scalar_kind(STR("")), NODE_NULL);
}

static void integers_have_their_values(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t value;
	} rows[] = {
		{"8080", 8080},   {"0777", 511},
		{"017", 15},      {"0o17", 15},
		{"0x50", 80},     {"0b101", 5},
		{"-0x1F", -31},   {"1_000", 1000},
		{"089", 89},      {"1e3", 1000},
		{"5.0", 5},       {"+5", 5},
		{"0b+11", 3},     {"0b-11", -3},
		{"12e03", 12000}, {"-9223372036854775808", INT64_MIN},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct node node = {.kind = NODE_INT, .text = str_from(rows[i].text)};
		int64_t value = 0;

		assert_true(node_to_int(&node, &value));
		if (value != rows[i].value)
			fail_msg("%s is %lld", rows[i].text, (long long)value);
	}
}

static void truth_has_its_words(void **state)
{
	(void)state;
	struct str yes[] = {STR("y"), STR("Yes"), STR("on"), STR("ON"), STR("true")};
	struct str no[] = {STR("n"), STR("No"), STR("off"), STR("OFF"), STR("false")};

	for (size_t i = 0; i < 5; i++) {
		assert_true(scalar_bool(yes[i]));
		assert_false(scalar_bool(no[i]));
	}
}

static void quoted_and_tagged_scalars(void **state)
{
	(void)state;
	EXPECT("[\"1\", '1', !!str 1, !!int \"0x10\", !!float 1, !local 1, ! 1]\n",
	       "[\"1\",\"1\",\"1\",16,1,\"1\",1]\n", "");
	EXPECT("a: !!int x\n", "", "I2G100 1:4+7 the text behind the tag '!!int' is no int\n");
	EXPECT("a: |-\n  1\nb: >-\n  true\n", "{\"a\":\"1\",\"b\":\"true\"}\n", "");
}

static void keys_go_through_json(void **state)
{
	(void)state;
	EXPECT("y: 1\nno: 2\n0x10: 3\n1.50: 4\n\"y\": 5\n",
	       "{\"true\":1,\"false\":2,\"16\":3,\"1.5\":4,\"y\":5}\n", "");
	EXPECT("~: 1\n", "", "I2G100 1:1+1 null cannot be the key of a map\n");
}

static void some_texts_need_quotes(void **state)
{
	(void)state;
	static const char quoted[] =
		"y Yes nO on off true FALSE null ~ = << .inf -.INF .nan 1 0 +1 -1 1.5 .5 1. 1e3 "
		"0x1f "
		"0b1 0b+1 0_x10 0e_+0 0o17 1:20 190:20:30 190:20:30.15 2001-12-14 2001-1-1 "
		"2001-12-14T21:59:43Z 1_000 089 ._ - + . 12345678901234567890123";
	static const char plain[] = "a 10.0.0.1 1.2.3 80m 0b9f 1.16-alpine /$2 nginx 10.0.0.0/8 "
				    "0x 0xg 20011-12-14 1:a 3d yess nul 0b2 6f1c2a34-1111 1e 5Gi";
	struct str rest, text;
	bool more = true;

	for (rest = STR(quoted); str_split(&rest, ' ', &more, &text);)
		if (!scalar_needs_quotes(text))
			fail_msg("'%.*s' could be written plain", STR_ARG(text));
	more = true;
	for (rest = STR(plain); str_split(&rest, ' ', &more, &text);)
		if (scalar_needs_quotes(text))
			fail_msg("'%.*s' would be quoted", STR_ARG(text));
	assert_true(scalar_needs_quotes(STR("")));
	assert_true(scalar_needs_quotes(STR("2001-12-14 21:59:43")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_are_go_yamls),
		cmocka_unit_test(integers_have_their_values),
		cmocka_unit_test(truth_has_its_words),
		cmocka_unit_test(quoted_and_tagged_scalars),
		cmocka_unit_test(keys_go_through_json),
		cmocka_unit_test(some_texts_need_quotes),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	case_finish();
	return failed;
}
