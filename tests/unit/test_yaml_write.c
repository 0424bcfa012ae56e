/* What the writer writes, and that every string read back is the string that was written. */
#include "yaml_case.h"

static struct arena arena;
static struct buf out;

static void expect_scalar(struct str text, const char *written)
{
	struct node node = {.kind = NODE_STRING, .text = text};

	buf_clear(&out);
	yaml_write_scalar(&out, &node, 2);
	assert_str(buf_slice(&out), written);
}

static void strings_have_the_plainest_safe_style(void **state)
{
	(void)state;
	expect_scalar(STR("nginx"), "nginx");
	expect_scalar(STR("/api(/|$)(.*)"), "/api(/|$)(.*)");
	expect_scalar(STR("a.b/c-d_e:f"), "a.b/c-d_e:f");
	expect_scalar(STR("10.0.0.0/8,1.2.3.4"), "10.0.0.0/8,1.2.3.4");
	expect_scalar(STR("0b0fe3a1"), "0b0fe3a1");
	expect_scalar(STR("80m"), "80m");
	expect_scalar(STR(""), "\"\"");
	expect_scalar((struct str){NULL, 0}, "\"\"");
	expect_scalar(STR("true"), "\"true\"");
	expect_scalar(STR("No"), "\"No\"");
	expect_scalar(STR("8080"), "\"8080\"");
	expect_scalar(STR("1_0"), "\"1_0\"");
	expect_scalar(STR("1:20"), "\"1:20\"");
	expect_scalar(STR("2001-12-14"), "\"2001-12-14\"");
	expect_scalar(STR("*.example.com"), "'*.example.com'");
	expect_scalar(STR("{a}"), "'{a}'");
	expect_scalar(STR("a: b"), "'a: b'");
	expect_scalar(STR("a #b"), "'a #b'");
	expect_scalar(STR("it's: x"), "'it''s: x'");
	expect_scalar(STR("a:"), "'a:'");
	expect_scalar(STR(" a"), "' a'");
	expect_scalar(STR("a "), "'a '");
	expect_scalar(STR("---"), "'---'");
	expect_scalar(STR("...a"), "'...a'");
	expect_scalar(STR("a\tb"), "\"a\\tb\"");
	expect_scalar(STR("\xc3\xa4"), "\"\xc3\xa4\"");
	expect_scalar(STR("a\xc2\x85\xe2\x80\xa8\xef\xbb\xbf\x7f\0"),
		      "\"a\\u0085\\u2028\\ufeff\\u007f\\u0000\"");
	expect_scalar(STR("a\xff\xe2\x82"), "\"a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}

static void several_lines_are_a_block(void **state)
{
	(void)state;
	expect_scalar(STR("a\nb\n"), "|\n  a\n  b");
	expect_scalar(STR("a\nb"), "|-\n  a\n  b");
	expect_scalar(STR("a\n\n"), "|+\n  a\n");
	expect_scalar(STR("a\n\n  b: #c\n"), "|\n  a\n\n    b: #c");
	expect_scalar(STR("\na"), "\"\\na\"");
	expect_scalar(STR(" a\nb"), "\" a\\nb\"");
	expect_scalar(STR("a \nb"), "\"a \\nb\"");
	expect_scalar(STR("a\n "), "\"a\\n \"");
	expect_scalar(STR("a\n\tb"), "\"a\\n\\tb\"");
	expect_scalar(STR("\n"), "\"\\n\"");
}

static struct node *sample(void)
{
	struct node *root = node_map_new(&arena);
	struct node *list, *item;

	node_set_string(&arena, root, "apiVersion", STR("v1"));
	item = node_set_map(&arena, root, "metadata");
	node_set_string(&arena, item, "name", STR("a"));
	node_set_map(&arena, item, "labels");
	node_set_list(&arena, item, "owners");
	list = node_set_list(&arena, root, "rules");
	item = node_push_map(&arena, list);
	item->comment = STR("first rule\nof two");
	node_set_string(&arena, item, "text", STR("a\nb\n"));
	node_set_list(&arena, item, "paths");
	node_push_string(&arena, node_get(item, "paths"), STR("/"));
	item = node_push(list, node_list_new(&arena));
	item = node_push(item, node_list_new(&arena));
	node_push_string(&arena, item, STR("x"));
	node_push_string(&arena, item, STR("a\nb"));
	node_push_map(&arena, list);
	node_set_int(&arena, root, "port", -80);
	node_set_bool(&arena, root, "on", true);
	node_key(root, "port")->comment = STR("the port");
	node_get(root, "metadata")->comment = STR("who");
	root->comment = STR("from a.yaml:1");
	return root;
}

static void layout_is_kubectls(void **state)
{
	(void)state;
	buf_clear(&out);
	yaml_write(&out, sample(), true);
	assert_str(buf_slice(&out), "# from a.yaml:1\n"
				    "apiVersion: v1\n"
				    "metadata:\n"
				    "  # who\n"
				    "  name: a\n"
				    "  labels: {}\n"
				    "  owners: []\n"
				    "rules:\n"
				    "# first rule\n"
				    "# of two\n"
				    "- text: |\n"
				    "    a\n"
				    "    b\n"
				    "  paths:\n"
				    "  - /\n"
				    "- - - x\n"
				    "    - |-\n"
				    "      a\n"
				    "      b\n"
				    "- {}\n"
				    "# the port\n"
				    "port: -80\n"
				    "\"on\": true\n");
}

static void json_is_kubectls_or_compact(void **state)
{
	(void)state;
	struct node *root = node_map_new(&arena);

	node_set_string(&arena, root, "a", STR("\"\\\n\x01<"));
	node_set_map(&arena, root, "b");
	node_push_string(&arena, node_set_list(&arena, root, "c"), STR("d"));
	buf_clear(&out);
	json_write(&out, root, true, 4);
	assert_str(buf_slice(&out),
		   "{\n        \"a\": \"\\\"\\\\\\n\\u0001<\",\n        \"b\": {},\n"
		   "        \"c\": [\n            \"d\"\n        ]\n    }");
	buf_clear(&out);
	json_write(&out, root, false, 0);
	assert_str(buf_slice(&out), "{\"a\":\"\\\"\\\\\\n\\u0001<\",\"b\":{},\"c\":[\"d\"]}");
}

/* ---- read back ---- */

/* The strings of one document: keys of a map, with themselves as values. */
static struct {
	struct str *at;
	size_t count, seen;
} strings;

static void check_string(const struct node *node, struct str wanted)
{
	if (node->kind != NODE_STRING || !str_eq(node->text, wanted)) {
		buf_clear(&out);
		json_write_string(&out, wanted);
		fail_msg("%.*s comes back as %s '%.*s'", STR_ARG(buf_slice(&out)),
			 node_kind_name(node->kind), STR_ARG(node->text));
	}
}

static void check_strings(void *user, const struct yaml_item *item)
{
	size_t i = 0;

	(void)user;
	node_each(key, item->root)
	{
		check_string(key, strings.at[i]);
		check_string(key->value, strings.at[i]);
		i++;
	}
	assert_int_equal(i, strings.count);
	strings.seen += i;
}

/* Writes the strings as keys and values, reads them with libyaml and our typing, compares. */
static void read_back(void)
{
	struct arena_mark mark = arena_mark(&arena);
	struct node *root = node_map_new(&arena);
	struct sources sources = {0};
	struct case_batch batch = {0};
	struct yaml_sink sink = {&batch, case_open, check_strings, case_findings};

	for (size_t i = 0; i < strings.count; i++)
		node_set_str(&arena, root, strings.at[i], node_string_new(&arena, strings.at[i]));
	buf_clear(&out);
	yaml_write(&out, root, false);
	result.batches = &batch;
	strings.seen = 0;
	sources_add(&sources, (struct source){.text = buf_slice(&out)});
	assert_true(yaml_read(&sources, 0, NULL, 1, &sink, NULL));
	if (batch.findings.count)
		fail_msg("line %u: %.*s", batch.findings.at[0].span.line,
			 STR_ARG(batch.findings.at[0].message));
	assert_int_equal(strings.seen, strings.count);
	sources_finish(&sources);
	arena_finish(&batch.arena);
	arena_rewind(&arena, mark);
	result.batches = NULL;
	strings.count = 0;
}

/* All strings of `len` characters over the alphabet. */
static void read_back_all(struct str alphabet, size_t len)
{
	struct arena_mark mark = arena_mark(&arena);
	size_t digits[8] = {0}, i = 0;

	strings.at = arena_array(&arena, struct str, 10000);
	while (i < len) {
		char *text = arena_bytes(&arena, len);

		for (size_t k = 0; k < len; k++)
			text[k] = alphabet.at[digits[k]];
		strings.at[strings.count++] = (struct str){text, len};
		for (i = 0; i < len && ++digits[i] == alphabet.len; i++)
			digits[i] = 0;
		if (strings.count == 10000 || i == len) {
			read_back();
			arena_rewind(&arena, mark);
			strings.at = arena_array(&arena, struct str, 10000);
		}
	}
}

static void all_short_strings_come_back(void **state)
{
	(void)state;
	char printable[95];

	for (int i = 0; i < 95; i++)
		printable[i] = (char)(' ' + i);
	for (size_t len = 1; len <= 3; len++)
		read_back_all((struct str){printable, 95}, len);
}

static void all_numbers_come_back(void **state)
{
	(void)state;
	read_back_all(STR("01289abefinox_.:+-TZ ~"), 4);
	read_back_all(STR("01x_.:e+-b"), 5);
	read_back_all(STR("01_.e+-"), 6);
	read_back_all(STR("12:-.T"), 6);
	read_back_all(STR("0b+_o1"), 6);
}

static uint32_t next_random(void)
{
	static uint64_t seed = 42;

	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33);
}

static const char *const pieces[] = {"a",
				     "b",
				     " ",
				     "  ",
				     "\n",
				     "\n\n",
				     ": ",
				     ":",
				     " #",
				     "#",
				     "- ",
				     "-",
				     "'",
				     "\"",
				     "\\",
				     "\t",
				     "\r",
				     "\r\n",
				     "{",
				     "}",
				     "[",
				     "]",
				     ",",
				     "&",
				     "*",
				     "!",
				     "|",
				     ">",
				     "%",
				     "@",
				     "`",
				     "---",
				     "...",
				     "? ",
				     "~",
				     "null",
				     "1",
				     "0x",
				     ".",
				     "e",
				     "_",
				     "\x01",
				     "\x7f",
				     "\xc2\x85",
				     "\xe2\x80\xa8",
				     "\xc3\xa4",
				     "\xf0\x9f\x98\x80",
				     "\xef\xbb\xbf",
				     "\n ",
				     "\n\t",
				     "<<",
				     "=",
				     "y",
				     "\x1b"};

static void random_strings_come_back(void **state)
{
	(void)state;
	size_t most = sizeof pieces / sizeof *pieces;

	for (int round = 0; round < 30; round++) {
		struct arena_mark mark = arena_mark(&arena);

		strings.at = arena_array(&arena, struct str, 2000);
		while (strings.count < 2000) {
			struct buf text;

			bool front = next_random() % 2;

			/* Keys must be unique: no piece has a 'z' or 'q'. */
			buf_init(&text);
			if (front)
				buf_format(&text, "%zuz", strings.count);
			for (uint32_t n = next_random() % 12; n > 0; n--)
				buf_text(&text, pieces[next_random() % most]);
			if (!front)
				buf_format(&text, "q%zu", strings.count);
			strings.at[strings.count++] = str_dup(&arena, buf_slice(&text));
			buf_finish(&text);
		}
		read_back();
		arena_rewind(&arena, mark);
	}
}

static void long_keys_come_back(void **state)
{
	(void)state;
	struct str list[6];
	size_t sizes[] = {900, 999, 1000, 1001, 1023, 5000};

	for (size_t i = 0; i < 6; i++) {
		char *text = arena_bytes(&arena, sizes[i]);

		memset(text, i == 5 ? '\n' : 'k', sizes[i]);
		list[i] = (struct str){text, sizes[i]};
	}
	strings.at = list;
	strings.count = 6;
	read_back();

	struct node *root = node_map_new(&arena);

	node_push_string(&arena, node_set_str(&arena, root, list[4], node_list_new(&arena)),
			 STR("x"));
	node_set_string(&arena, node_set_str(&arena, root, list[3], node_map_new(&arena)), "y",
			STR("z"));
	buf_clear(&out);
	yaml_write(&out, root, false);
	case_read(buf_slice(&out));
	assert_string_equal(result.findings.at, "");
	assert_non_null(strstr(result.items.at, ":[\"x\"],\"kkk"));
	assert_non_null(strstr(result.items.at, ":{\"y\":\"z\"}}\n"));
}

static void trees_come_back(void **state)
{
	(void)state;
	struct buf json;

	buf_init(&json);
	json_write(&json, sample(), false, 0);
	buf_char(&json, '\n');
	buf_char(&json, '\0');
	buf_clear(&out);
	yaml_write(&out, sample(), true);
	case_read(buf_slice(&out));
	assert_string_equal(result.items.at, json.at);
	case_read((struct str){json.at, json.len - 1});
	assert_string_equal(result.items.at, json.at);
	buf_finish(&json);
}

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
	buf_finish(&out);
	case_finish();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_have_the_plainest_safe_style),
		cmocka_unit_test(several_lines_are_a_block),
		cmocka_unit_test(layout_is_kubectls),
		cmocka_unit_test(json_is_kubectls_or_compact),
		cmocka_unit_test(all_short_strings_come_back),
		cmocka_unit_test(all_numbers_come_back),
		cmocka_unit_test(random_strings_come_back),
		cmocka_unit_test(long_keys_come_back),
		cmocka_unit_test(trees_come_back),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
