/* JSON: what RFC 8259 allows and nothing else; the rest is YAML's. */
#include "yaml_case.h"

#include "yaml/json.h"

static struct arena arena;
static struct findings findings;
static struct buf items;

static void take(void *user, const struct yaml_item *item)
{
	(void)user;
	json_write(&items, item->root, false, 0);
}

/* Reads one value with the JSON reader alone. */
static enum json_result read_window(struct str text, size_t room, struct problem *problem)
{
	struct input input = {.fd = -1, .text = text, .size = text.len};
	struct yaml_limits limits = {1 << 20, 1 << 20, 1 << 20, 100, 1000, 1000, 16};
	struct tree tree = {.findings = &findings, .limits = &limits, .take = take};
	struct json json = {.tree = &tree, .room = room};
	size_t skip = 0;

	buf_clear(&items);
	tree_init(&tree);
	json_init(&json, room ? (struct str){0} : text, &input, 0, 1);

	enum json_result result_ = json_next(&json, &skip);

	if (result_ == JSON_VALUE && json_next(&json, &skip) != JSON_END)
		result_ = JSON_REFUSED;
	*problem = json.problem;
	json_finish(&json);
	tree_finish(&tree);
	buf_char(&items, '\0');
	return result_;
}

/* In memory and through windows so small that every token crosses one: the result is the same. */
static enum json_result read_json(struct str text, struct problem *problem)
{
	enum json_result wanted = read_window(text, 0, problem);
	struct str whole = str_dup(&arena, buf_slice(&items));

	for (size_t room = 1; room < 8; room++) {
		struct problem other;

		assert_int_equal(read_window(text, room, &other), wanted);
		assert_int_equal(other.line, problem->line);
		assert_int_equal(other.column, problem->column);
		assert_true(str_eq(other.message, problem->message));
		assert_true(str_eq(buf_slice(&items), whole));
	}
	return wanted;
}

static void accepted_values_are_read(void **state)
{
	(void)state;
	static const char *const rows[][2] = {
		{"{}", "{}"},
		{"[]", "[]"},
		{" [ ] ", "[]"},
		{"\t\r\n{\"a\"\n:\t1 , \"b\" : [ 1 ,2]}\n", "{\"a\":1,\"b\":[1,2]}"},
		{"\"\"", "\"\""},
		{"\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"a\\\"\\\\/\\u0008\\u000c\\n\\r\\t\""},
		{"\"\\u00e4\\u20AC\\ud83d\\ude00\"", "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\""},
		{"\"\\ud83d\"", "\"\xef\xbf\xbd\""},
		{"\"\\ude00x\"", "\"\xef\xbf\xbdx\""},
		{"\"\\ud83d\\ud83d\\ude00\"", "\"\xef\xbf\xbd\xf0\x9f\x98\x80\""},
		{"\"\\ud83d\\n\"", "\"\xef\xbf\xbd\\n\""},
		{"\"\\u0000\"", "\"\\u0000\""},
		{"\"\xf0\x9f\x98\x80\xc3\xa4\"", "\"\xf0\x9f\x98\x80\xc3\xa4\""},
		{"\"\x7f\"", "\"\\u007f\""},
		{"0", "0"},
		{"-0", "-0"},
		{"-1", "-1"},
		{"123456789012345678", "123456789012345678"},
		{"1.5", "1.5"},
		{"1e3", "1000"},
		{"1E+3", "1000"},
		{"-0.5e-3", "-0.0005"},
		{"true", "true"},
		{"false", "false"},
		{"[[[[]]]]", "[[[[]]]]"},
		{"{\"\":{\"\":\"\"}}", "{\"\":{\"\":\"\"}}"},
		{"{\"a\":1,\"a\":2}", "{\"a\":2}"},
		{"{\"<<\":{\"a\":1}}", "{\"<<\":{\"a\":1}}"},
		{"{\"y\":\"yes\",\"1\":\"0x10\"}", "{\"y\":\"yes\",\"1\":\"0x10\"}"},
		{"null", ""},
	};
	struct problem problem;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (read_json(str_from(rows[i][0]), &problem) != JSON_VALUE)
			fail_msg("%s was refused: %.*s", rows[i][0], STR_ARG(problem.message));
		assert_string_equal(items.at, rows[i][1]);
	}
}

static void everything_else_is_refused_at_its_place(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		unsigned line, column;
	} rows[] = {
		{"{", 1, 2},
		{"[", 1, 2},
		{"[1,]", 1, 4},
		{"[1 2]", 1, 4},
		{"[,1]", 1, 2},
		{"[1,,2]", 1, 4},
		{"{,}", 1, 2},
		{"{\"a\":1,}", 1, 8},
		{"{\"a\"}", 1, 5},
		{"{\"a\":}", 1, 6},
		{"{\"a\" 1}", 1, 6},
		{"{a:1}", 1, 2},
		{"{'a':1}", 1, 2},
		{"{1:1}", 1, 2},
		{"[1}", 1, 3},
		{"{\"a\":1]", 1, 7},
		{"01", 1, 2},
		{"-", 1, 2},
		{"+1", 1, 1},
		{".5", 1, 1},
		{"1.", 1, 3},
		{"1.e3", 1, 3},
		{"1e", 1, 3},
		{"1e+", 1, 4},
		{"0x10", 1, 2},
		{"NaN", 1, 1},
		{"nul", 1, 4},
		{"nulL", 1, 4},
		{"True", 1, 1},
		{"tru\n", 1, 4},
		{"'a'", 1, 1},
		{"\"a", 1, 3},
		{"\"a\n\"", 1, 3},
		{"\"\t\"", 1, 2},
		{"\"\\x\"", 1, 3},
		{"\"\\u12\"", 1, 6},
		{"\"\\u12g4\"", 1, 6},
		{"\"\\ud83d\\u12\"", 1, 12},
		{"\"\\", 1, 3},
		{"\"\xff\"", 1, 3},
		{"\"\xc0\x80\"", 1, 3},
		{"\"\xed\xa0\x80\"", 1, 3},
		{"\"\xe4\"", 1, 3},
		{"// c\n1", 1, 1},
		{"/* c */1", 1, 1},
		{"[1]]", 1, 4},
		{"{\"a\":1}x", 1, 8},
		{"\xc2\xa0"
		 "1",
		 1, 1},
		{"\v1", 1, 1},
		{"[\n\n  \"\xc3\xa4\", x]", 3, 8},
		{"{\"a\":\n\"b\"\n\"c\":1}", 3, 1},
	};
	struct problem problem;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (read_json(str_from(rows[i].text), &problem) != JSON_REFUSED)
			fail_msg("%s was read", rows[i].text);
		if (problem.line != rows[i].line || problem.column != rows[i].column)
			fail_msg("%s is refused at %u:%u", rows[i].text, problem.line,
				 problem.column);
		assert_true(problem.message.len > 0);
	}
}

static void numbers_out_of_range_are_refused(void **state)
{
	(void)state;
	EXPECT("{\"a\": [1e308, 1e309]}\n{\"b\": 12345678901234567890}\n",
	       "{\"b\":12345678901234567890}\n",
	       "I2G100 1:20+1 this number is too large for the API server\n");
}

static void nul_is_no_end(void **state)
{
	(void)state;
	struct problem problem;

	assert_int_equal(read_json(STR("[1\0]"), &problem), JSON_REFUSED);
	assert_int_equal(read_json(STR("\"a\0b\""), &problem), JSON_REFUSED);
	assert_int_equal(read_json(STR("\0"), &problem), JSON_REFUSED);
	assert_int_equal(read_json(STR(" \n"), &problem), JSON_END);
}

static void take_places(void *user, const struct yaml_item *item)
{
	const struct node *key = node_key(item->root, "b");

	(void)user;
	assert_int_equal(item->root->line, 2);
	assert_int_equal(item->root->column, 3);
	assert_int_equal(key->line, 3);
	assert_int_equal(key->column, 7);
	assert_int_equal(key->length, 3);
	assert_int_equal(key->value->column, 12);
	assert_int_equal(key->value->length, 4);
	assert_false(key->value->plain);
	assert_true(node_get(item->root, "a")->plain);
}

static void nodes_have_places(void **state)
{
	(void)state;
	struct sources sources = {0};
	struct case_batch batch = {0};
	struct yaml_sink sink = {&batch, case_open, take_places, case_findings};

	result.batches = &batch;
	sources_add(
		&sources,
		(struct source){.text = STR("\n  {\"a\":\n 1.5, \"b\": \"\xc3\xa4\xc3\xb6\"}")});
	assert_true(yaml_read(&sources, 0, NULL, 1, &sink, NULL));
	sources_finish(&sources);
	arena_finish(&batch.arena);
	result.batches = NULL;
}

static void values_in_a_row_are_documents(void **state)
{
	(void)state;
	EXPECT("{\"a\":1}{\"b\":2}\n{\"c\":3}", "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n", "");
	EXPECT("{\"a\":1}\n{\"b\" 2}\n{\"c\":3}\n", "{\"a\":1}\n{\"c\":3}\n",
	       "I2G100 2:6+1 ':' is expected here\n");
	EXPECT("{\"a\":1}\n---\n{\"b\":2}\n---\nc: 3\n", "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n", "");
	EXPECT("a: 1\n---\n{\"b\":\"\\ud83d\\ude00\"}\n{\"c\":3}\n---\nd: 4\n",
	       "{\"a\":1}\n{\"b\":\"\xf0\x9f\x98\x80\"}\n{\"c\":3}\n{\"d\":4}\n", "");
	EXPECT("[{\"a\":1}]", "[{\"a\":1}]\n", "");
}

static void text_behind_a_value_is_a_finding(void **state)
{
	(void)state;
	static const char said[] = "this text behind a JSON value is not JSON\n";
	static const struct {
		const char *text, *items, *place;
	} rows[] = {
		{"{\"a\":1} garbage {\"b\":2}", "{\"a\":1}\n", "1:9"},
		{"{\"a\":1} trailing", "{\"a\":1}\n", "1:9"},
		{"{\"a\":1}, {\"b\":2}\n{\"c\":3}\n", "{\"a\":1}\n{\"c\":3}\n", "1:8"},
		{"{\"a\":1}\nb: 2\n", "{\"a\":1}\n", "2:1"},
		{"{\"a\":1} # c\n# d\nx\n---\nb: 2\n", "{\"a\":1}\n{\"b\":2}\n", "3:1"},
		{"{\"a\":1}\n--- x\n...\n", "{\"a\":1}\n\"x\"\n", NULL},
		{"{\"a\":1}\n---- x\n...\n", "{\"a\":1}\n", "2:1"},
		{"b: 2\n---\n{\"a\":1} x\n{\"c\":3}\n---\nd: 4\n",
		 "{\"b\":2}\n{\"a\":1}\n{\"c\":3}\n{\"d\":4}\n", "3:9"},
		{"{\"a\":1}\n# c\n{\"b\":2}\n...\n", "{\"a\":1}\n{\"b\":2}\n", NULL},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char wanted[100] = "";

		if (rows[i].place)
			snprintf(wanted, sizeof wanted, "I2G100 %s+1 %s", rows[i].place, said);
		case_expect(str_from(rows[i].text), rows[i].items, wanted);
	}
}

static void flow_yaml_is_yaml(void **state)
{
	(void)state;
	EXPECT("{a: 1, \"b\": [x, z,],}\n", "{\"a\":1,\"b\":[\"x\",\"z\"]}\n", "");
	EXPECT("# kyaml\n---\n{\n  apiVersion: \"v1\",\n  kind: \"List\",\n  items: [{\n    a: "
	       "yes,\n  }, {\n"
	       "    b: 2, # c\n  }],\n}\n",
	       "{\"a\":true}\n{\"b\":2}\n", "");
	EXPECT("{\"kind\":\"List\",\"items\":[{\"a\":1},{\"b\":2},]}\n", "{\"a\":1}\n{\"b\":2}\n",
	       "");
	EXPECT("{\"a\":1} # c\n", "{\"a\":1}\n", "");
	EXPECT("[a, b]\n", "[\"a\",\"b\"]\n", "");
}

static int setup(void **state)
{
	(void)state;
	arena_init(&arena);
	findings_init(&findings, &arena);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_finish(&arena);
	buf_finish(&items);
	case_finish();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepted_values_are_read),
		cmocka_unit_test(everything_else_is_refused_at_its_place),
		cmocka_unit_test(numbers_out_of_range_are_refused),
		cmocka_unit_test(nul_is_no_end),
		cmocka_unit_test(nodes_have_places),
		cmocka_unit_test(values_in_a_row_are_documents),
		cmocka_unit_test(text_behind_a_value_is_a_finding),
		cmocka_unit_test(flow_yaml_is_yaml),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
