/* Inputs on which YAML readers disagree: what kubectl makes of them, and what we say. */
#include "yaml_case.h"

static void documents_are_split_as_people_write_them(void **state)
{
	(void)state;
	EXPECT("", "", "");
	EXPECT("\n\n", "", "");
	EXPECT("# only a comment\n", "", "");
	EXPECT("---\n---\n# c\n---\n~\n---\nnull\n---\na: 1\n", "{\"a\":1}\n", "");
	EXPECT("--- # c\na: 1\n", "{\"a\":1}\n", "");
	EXPECT("--- {a: b}\n", "{\"a\":\"b\"}\n", "");
	EXPECT("---foo: c\n", "{\"---foo\":\"c\"}\n", "");
	EXPECT("a: 1\n...\nb: 2\n...\n...\n---\nc: 3\n", "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n", "");
	EXPECT("a: 1", "{\"a\":1}\n", "");
	EXPECT("a: 1\n---", "{\"a\":1}\n", "");
	EXPECT("a: |\n  x\n  --- y\n ---\n", "",
	       "I2G100 4:2+3 the indentation of this line fits no map above it\n");
	EXPECT("a: |\n  ---\n  ...\n---\nb: 1\n", "{\"a\":\"---\\n...\\n\"}\n{\"b\":1}\n", "");
}

static void directives_belong_to_the_next_document(void **state)
{
	(void)state;
	EXPECT("%YAML 1.1\n---\na: 1\n...\n%YAML 1.2\n---\nb: 2\n", "{\"a\":1}\n{\"b\":2}\n", "");
	EXPECT("a: 1\n---\n%YAML 1.1\n---\nb: 2\n", "{\"a\":1}\n{\"b\":2}\n", "");
	EXPECT("%FOO x\n---\na: 1\n---\nb: 1\n", "{\"b\":1}\n",
	       "I2G100 1:1+6 a line that begins with '%' is a YAML directive, and this is none\n");
	EXPECT("%YAML 1.1\n", "",
	       "I2G100 1:10+1 no document follows the lines that begin with '%'\n");
}

static void line_ends_of_all_systems(void **state)
{
	(void)state;
	EXPECT("a: 1\r\n---\r\nb: |\r\n  x\r\n  y\r\n---\r\nc: [\r\n",
	       "{\"a\":1}\n{\"b\":\"x\\ny\\n\"}\n",
	       "I2G100 7:5+1 the document ends in the middle: a value is expected here\n");
	EXPECT("a: 1\r---\rb: 2\r---\rc: @\r", "{\"a\":1}\n{\"b\":2}\n",
	       "I2G100 5:4+1 a value cannot begin with '@' without quotes\n");
	/* NEL, LS and PS are line breaks to libyaml but not to an editor. */
	EXPECT("a: \"x\xe2\x80\xa8y\"\nb: 'u\xc2\x85v' @\n---\nc: 1\n", "{\"c\":1}\n",
	       "I2G100 2:10+1 a value cannot begin with '@' without quotes\n");
}

static void byte_order_marks(void **state)
{
	(void)state;
	EXPECT("\xef\xbb\xbf"
	       "a: 1\nb: [\n",
	       "", "I2G100 2:5+1 the document ends in the middle: a value is expected here\n");
	EXPECT("\xef\xbb\xbf"
	       "a: 1\nb: 2\n---\n\xef\xbb\xbf"
	       "c: 3\nd: 4\n",
	       "{\"a\":1,\"b\":2}\n{\"c\":3,\"d\":4}\n", "");
	EXPECT("a: 1\n\xef\xbb\xbf---\nc: 3\nd: 4\n", "{\"a\":1}\n{\"c\":3,\"d\":4}\n", "");
	EXPECT("\xef\xbb\xbf{\"a\":1}\n", "{\"a\":1}\n", "");
	EXPECT("\xef\xbb\xbf", "", "");
}

static void utf_16_is_decoded(void **state)
{
	(void)state;
	EXPECT("\xff\xfe"
	       "a\0:\0 \0\xe4\0\n\0-\0-\0-\0\n\0b\0:\0 \0\x3d\xd8\x00\xde\n\0",
	       "{\"a\":\"\xc3\xa4\"}\n{\"b\":\"\xf0\x9f\x98\x80\"}\n", "");
	EXPECT("\xfe\xff"
	       "\0a\0:\0 \0"
	       "1",
	       "{\"a\":1}\n", "");
	EXPECT("\xff\xfe"
	       "a\0:\0 \0\x00\xd8\n\0-\0-\0-\0\n\0b\0:\0 \0"
	       "1\0",
	       "{\"b\":1}\n", "I2G100 1:4+1 the byte 0xFF here is not UTF-8\n");
	EXPECT("\xff\xfe{\0}\0x", "{}\n", "");
}

static void tabs_where_libyaml_allows_them(void **state)
{
	(void)state;
	EXPECT("host: a\t\nmeta:\t\n  b: c\t# d\n", "{\"host\":\"a\",\"meta\":{\"b\":\"c\"}}\n",
	       "");
	EXPECT("{\n\t\"a\":\t1\n}\n", "{\"a\":1}\n", "");
	EXPECT("a: |\n  x\n  \ty\n", "{\"a\":\"x\\n\\ty\\n\"}\n", "");
	case_read(STR("- \ta\n---\nb: 1\n"));
	assert_string_equal(result.items.at, "{\"b\":1}\n");
}

static void scalars_that_other_readers_get_wrong(void **state)
{
	(void)state;
	EXPECT("a: >\n  x\n\n    y\n  z\n", "{\"a\":\"x\\n\\n  y\\nz\\n\"}\n", "");
	EXPECT("a: '''' \n", "{\"a\":\"'\"}\n", "");
	EXPECT("a: '''x'\n", "{\"a\":\"'x\"}\n", "");
	EXPECT("a: |", "{\"a\":\"\"}\n", "");
	EXPECT("a: |\n  x", "{\"a\":\"x\"}\n", "");
	EXPECT("a: |+\n  x\n\n", "{\"a\":\"x\\n\\n\"}\n", "");
	EXPECT("a: |-2\n    x\n", "{\"a\":\"  x\"}\n", "");
	EXPECT("a: |0\n  x\n---\nb: 1\n", "{\"b\":1}\n",
	       "I2G100 1:5+1 found an indentation indicator equal to 0\n");
	EXPECT("a: \"x\ny\"\n", "{\"a\":\"x y\"}\n", "");
	EXPECT("a: {\nb: c\n}\n", "{\"a\":{\"b\":\"c\"}}\n", "");
	EXPECT("a: \"b\"#c\n", "{\"a\":\"b\"}\n", "");
	EXPECT("a: \"\\/\"\n", "{\"a\":\"/\"}\n", "");
}

static void keys_longer_than_readers_look_ahead(void **state)
{
	(void)state;
	struct buf text;

	buf_init(&text);
	buf_fill(&text, 'k', 1100);
	buf_text(&text, ": v\n---\nb: 1\n");
	case_read(buf_slice(&text));
	assert_string_equal(result.items.at, "{\"b\":1}\n");
	assert_string_equal(result.last.code, "I2G100");
	buf_finish(&text);
}

static void places_are_of_keys_and_values(void **state)
{
	(void)state;
	EXPECT("a: 1\na: 2\nb:\n  \xc3\xa4: \"x\"\n  \xc3\xa4: 'yy'\n",
	       "{\"a\":2,\"b\":{\"\xc3\xa4\":\"yy\"}}\n",
	       "I2G104 5:3+1 duplicate key '\xc3\xa4': kubectl takes this value and drops the one "
	       "on line 4\n"
	       "I2G104 2:1+1 duplicate key 'a': kubectl takes this value and drops the one on line "
	       "1\n");
}

static void duplicate_keys_have_object_and_path(void **state)
{
	(void)state;
	EXPECT("kind: Ingress\nmetadata:\n  name: web\n  namespace: ns\n  annotations:\n"
	       "    a.b/c: x\n    a.b/c: z\nspec:\n- r:\n  - {h: 1, h: 2}\n",
	       "{\"kind\":\"Ingress\",\"metadata\":{\"name\":\"web\",\"namespace\":\"ns\","
	       "\"annotations\":"
	       "{\"a.b/c\":\"z\"}},\"spec\":[{\"r\":[{\"h\":2}]}]}\n",
	       "I2G104 7:5+5 duplicate key 'a.b/c': kubectl takes this value and drops the one on "
	       "line 6\n"
	       "I2G104 10:12+1 duplicate key 'h': kubectl takes this value and drops the one on "
	       "line 10\n");
	assert_string_equal(result.last_path, "spec[0].r[0].h");
}

static void large_maps_find_duplicates_as_well(void **state)
{
	(void)state;
	struct buf text;

	buf_init(&text);
	for (int i = 0; i < 20000; i++)
		buf_format(&text, "key%d: v\n", i == 19999 ? 5 : i);
	case_read(buf_slice(&text));
	assert_string_equal(result.findings.at,
			    "I2G104 20000:1+4 duplicate key 'key5': kubectl takes this value and "
			    "drops the one on line 6\n");
	buf_finish(&text);
}

static void a_forgotten_separator_is_one_finding(void **state)
{
	(void)state;
	EXPECT("apiVersion: v1\nkind: A\nmetadata: {name: a}\n\n"
	       "apiVersion: v1\nkind: B\nmetadata: {name: b, name: c}\n",
	       "{\"apiVersion\":\"v1\",\"kind\":\"B\",\"metadata\":{\"name\":\"c\"}}\n",
	       "I2G104 5:1+10 a second object starts here without '---' in front; kubectl reads "
	       "both as "
	       "one, and of each key the last one wins\n"
	       "I2G104 7:21+4 duplicate key 'name': kubectl takes this value and drops the one on "
	       "line 7\n");
}

static void merge_keys_follow_go_yaml(void **state)
{
	(void)state;
	/* What stands later wins, the merge at its place included. */
	EXPECT("b: &b {x: 1, w: 2}\na:\n  <<: *b\n  x: 3\n",
	       "{\"b\":{\"x\":1,\"w\":2},\"a\":{\"w\":2,\"x\":3}}\n", "");
	EXPECT("b: &b {x: 1}\na:\n  x: 3\n  <<: *b\n", "{\"b\":{\"x\":1},\"a\":{\"x\":1}}\n", "");
	/* Of a list, the first map wins. */
	EXPECT("a:\n  <<: [{x: 1}, {x: 2, w: 3}]\n", "{\"a\":{\"w\":3,\"x\":1}}\n", "");
	EXPECT("a:\n  <<: {<<: {z: 1}, x: 2}\n", "{\"a\":{\"z\":1,\"x\":2}}\n", "");
	/* Quoted it is a key as any other. */
	EXPECT("\"<<\": {x: 1}\n", "{\"<<\":{\"x\":1}}\n", "");
}

static const struct node *seen_alias;

static void take_alias(void *batch, const struct yaml_item *item)
{
	(void)batch;
	seen_alias = item->alias;
	if (seen_alias)
		assert_int_equal(seen_alias->line * 100 + seen_alias->column, 204);
}

static void aliases_are_copies_at_their_place(void **state)
{
	(void)state;
	EXPECT("a: &x {b: [1, 2]}\nc: *x\n---\nd: *x\n",
	       "{\"a\":{\"b\":[1,2]},\"c\":{\"b\":[1,2]}}\n",
	       "I2G100 4:4+2 no anchor '&x' stands above this alias\n");
	EXPECT("a: &x 1\nb: &x 2\nc: *x\n*x : d\n", "{\"a\":1,\"b\":2,\"c\":2,\"2\":\"d\"}\n", "");

	struct sources sources = {0};
	struct case_batch batch = {0};
	struct yaml_sink sink = {&batch, case_open, take_alias, case_findings};

	result.batches = &batch;
	sources_add(&sources, (struct source){.text = STR("a: &x 1\nc: *x\n")});
	assert_true(yaml_read(&sources, 0, NULL, 1, &sink, NULL));
	assert_non_null(seen_alias);
	sources_finish(&sources);
	arena_finish(&batch.arena);
	result.batches = NULL;
}

static void garbage_behind_a_document_is_found(void **state)
{
	(void)state;
	EXPECT("x: 0\n---\n{a: b}\n{c: d}\n---\ne: f\n",
	       "{\"x\":0}\n{\"a\":\"b\"}\n{\"c\":\"d\"}\n{\"e\":\"f\"}\n",
	       "I2G100 4:1+6 the document is complete in front of this text\n");
	EXPECT("x: 0\n---\n[a]\nfoo\n---\ne: f\n", "{\"x\":0}\n[\"a\"]\n{\"e\":\"f\"}\n",
	       "I2G100 4:1+3 the document is complete in front of this text\n");
}

static void sources_that_cannot_be_read(void **state)
{
	(void)state;
	case_read_source((struct source){.path = "/nonexistent/a.yaml"}, NULL, 1);
	assert_true(result.failed);
	assert_string_equal(result.error.text, "cannot read case.yaml: No such file or directory");
	case_read_source((struct source){.path = "/"}, NULL, 1);
	assert_true(result.failed);
	assert_string_equal(result.error.text, "cannot read case.yaml: Is a directory");
	case_read_source((struct source){.path = "/dev/null"}, NULL, 1);
	assert_false(result.failed);
	assert_string_equal(result.items.at, "");
}

static void spooled_files_and_pipes(void **state)
{
	(void)state;
	FILE *file = tmpfile();

	fputs("a: 1\n---\nb: 2\n", file);
	case_read_source((struct source){.file = file}, NULL, 1);
	assert_string_equal(result.items.at, "{\"a\":1}\n{\"b\":2}\n");

	FILE *pipe = popen("printf 'c: 3\\n'; printf 'd: 4\\n'", "r");

	case_read_source((struct source){.file = pipe}, NULL, 1);
	assert_string_equal(result.items.at, "{\"c\":3,\"d\":4}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_are_split_as_people_write_them),
		cmocka_unit_test(directives_belong_to_the_next_document),
		cmocka_unit_test(line_ends_of_all_systems),
		cmocka_unit_test(byte_order_marks),
		cmocka_unit_test(utf_16_is_decoded),
		cmocka_unit_test(tabs_where_libyaml_allows_them),
		cmocka_unit_test(scalars_that_other_readers_get_wrong),
		cmocka_unit_test(keys_longer_than_readers_look_ahead),
		cmocka_unit_test(places_are_of_keys_and_values),
		cmocka_unit_test(duplicate_keys_have_object_and_path),
		cmocka_unit_test(large_maps_find_duplicates_as_well),
		cmocka_unit_test(a_forgotten_separator_is_one_finding),
		cmocka_unit_test(merge_keys_follow_go_yaml),
		cmocka_unit_test(aliases_are_copies_at_their_place),
		cmocka_unit_test(garbage_behind_a_document_is_found),
		cmocka_unit_test(sources_that_cannot_be_read),
		cmocka_unit_test(spooled_files_and_pipes),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	case_finish();
	return failed;
}
