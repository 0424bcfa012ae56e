/* The snippet parser against nginx's rules. */
#include "snippet_case.h"

static struct snippet parsed(const char *text)
{
	struct snippet snippet;
	struct snippet_fault fault;

	if (!snippet_parse(&snippet, &arena, str_from(text), &fault))
		fail_msg("'%s' is refused at %zu: %s", text, fault.offset, fault.text);
	return snippet;
}

static struct snippet_fault refused(const char *text)
{
	struct snippet snippet;
	struct snippet_fault fault;

	if (snippet_parse(&snippet, &arena, str_from(text), &fault))
		fail_msg("'%s' is taken", text);
	assert_non_null(fault.text);
	return fault;
}

static void words_and_places(void **state)
{
	struct snippet snippet = parsed("# first\n  gzip on;\n\tadd_header  X-A\n\t  b always ;\n");

	(void)state;
	assert_int_equal(snippet.count, 2);
	assert_str(snippet.at[0].name, "gzip");
	assert_str(snippet.at[0].args[0], "on");
	assert_str(snippet.at[0].raw, "gzip on;");
	assert_int_equal(snippet.at[0].line, 1);
	assert_int_equal(snippet.at[0].column, 2);
	assert_int_equal(snippet.at[0].offset, 10);
	assert_false(snippet.at[0].block);
	assert_int_equal(snippet.at[1].arg_count, 3);
	assert_str(snippet.at[1].args[2], "always");
	assert_int_equal(snippet.at[1].line, 2);
	assert_int_equal(snippet.at[1].column, 1);
}

static void an_empty_snippet_has_no_directives(void **state)
{
	(void)state;
	assert_int_equal(parsed("").count, 0);
	assert_int_equal(parsed(" \r\n\t# only a comment").count, 0);
}

static void quotes_and_escapes(void **state)
{
	struct snippet snippet =
		parsed("a \"b c\" 'd;{}#\"' \"\\\"\\\\\\n\\x\" '' e\\ f \\; #x\n ;");

	(void)state;
	assert_int_equal(snippet.count, 1);
	assert_int_equal(snippet.at[0].arg_count, 6);
	assert_str(snippet.at[0].args[0], "b c");
	assert_str(snippet.at[0].args[1], "d;{}#\"");
	assert_str(snippet.at[0].args[2], "\"\\\n\\x");
	assert_str(snippet.at[0].args[3], "");
	/* A backslash outside quotes keeps the next character in the word, and stays. */
	assert_str(snippet.at[0].args[4], "e\\ f");
	assert_str(snippet.at[0].args[5], "\\;");
}

static void a_hash_within_a_word_is_no_comment(void **state)
{
	(void)state;
	assert_str(parsed("a b#c;").at[0].args[0], "b#c");
}

static void braces_of_a_variable_belong_to_the_word(void **state)
{
	struct snippet snippet = parsed("set $a x${b}y;set ${c}{}");

	(void)state;
	assert_str(snippet.at[0].args[1], "x${b}y");
	assert_str(snippet.at[1].args[0], "${c}");
	assert_true(snippet.at[1].block);
}

static void blocks_nest(void **state)
{
	struct snippet snippet =
		parsed("location /a { if ($x = \"y\") { return 403; } deny all; } gzip on;");
	struct snippet_directive *location = &snippet.at[0];

	(void)state;
	assert_int_equal(snippet.count, 2);
	assert_true(location->block);
	assert_int_equal(location->child_count, 2);
	assert_str(location->children[0].name, "if");
	assert_int_equal(location->children[0].arg_count, 4);
	assert_str(location->children[0].args[2], "y");
	assert_str(location->children[0].args[3], ")");
	assert_str(location->children[0].children[0].raw, "return 403;");
	assert_str(location->children[1].name, "deny");
	assert_str(snippet.at[1].name, "gzip");
}

static void columns_count_code_points(void **state)
{
	struct snippet snippet = parsed("a \"\xc3\xa9\xe2\x82\xac\"; b;");

	(void)state;
	assert_int_equal(snippet.at[1].column, 8);
	assert_int_equal(snippet.at[1].offset, 11);
}

static void lua_is_kept_as_text(void **state)
{
	struct snippet snippet = parsed("access_by_lua_block {\n"
					"  local t = { \"}\", '}', [==[ } ]] ]==] } -- }\n"
					"  --[[ } ]]\n"
					"  if t[1] ~= 'a\\'}' then ngx.exit(403) end\n"
					"}\nset_by_lua_block $x { return {} } gzip on;");

	(void)state;
	assert_int_equal(snippet.count, 3);
	assert_true(str_find_str(snippet.at[0].lua, "ngx.exit(403) end\n") != SIZE_MAX);
	assert_true(str_ends(snippet.at[0].raw, "}"));
	assert_int_equal(snippet.at[0].child_count, 0);
	assert_str(snippet.at[1].lua, " return {} ");
	assert_str(snippet.at[1].args[0], "$x");
	assert_str(snippet.at[2].name, "gzip");
}

static void faults_have_a_place(void **state)
{
	struct snippet_fault fault = refused("gzip on;\n  add_header X-A \"b;\n");

	(void)state;
	assert_string_equal(fault.text, "a quote is never closed");
	assert_int_equal(fault.line, 1);
	assert_int_equal(fault.column, 17);
	assert_int_equal(fault.offset, 26);
	assert_string_equal(refused("gzip on").text, "a directive is not ended by \";\"");
	assert_string_equal(refused("gzip on }").text, "a \"}\" stands where \";\" is missing");
	assert_string_equal(refused("gzip on; }").text, "a } closes nothing");
	assert_string_equal(refused("if ($a) { gzip on;").text, "a { is never closed");
	assert_string_equal(refused("x_by_lua_block { '}' ").text, "a { is never closed");
	assert_string_equal(refused("x_by_lua_block { [[ ").text, "a { is never closed");
	assert_string_equal(refused("; gzip on;").text,
			    "a \";\" or \"{\" stands where a directive should");
	assert_string_equal(refused("{ }").text,
			    "a \";\" or \"{\" stands where a directive should");
	assert_string_equal(refused("a \"b\"c;").text,
			    "something stands right behind a closing quote");
	refused("a \\");
	refused("a \"\\");
	refused("a $");
	refused("a ${");
}

static void bounds_hold(void **state)
{
	char *text = malloc(SNIPPET_BYTES + 2);

	(void)state;
	memset(text, ' ', SNIPPET_BYTES + 1);
	text[SNIPPET_BYTES + 1] = '\0';
	assert_string_equal(refused(text).text, "it is larger than 64 KiB");
	text[SNIPPET_BYTES] = '\0';
	parsed(text);

	size_t at = 0;

	for (int i = 0; i < SNIPPET_DIRECTIVES; i++, at += 2)
		memcpy(text + at, "a;", 3);
	assert_int_equal(parsed(text).count, SNIPPET_DIRECTIVES);
	memcpy(text + at, "a;", 3);
	assert_string_equal(refused(text).text, "there are too many directives");

	for (at = 0; at < 2 * (SNIPPET_DEPTH - 1); at += 2)
		memcpy(text + at, "a{", 2);
	memset(text + at, '}', SNIPPET_DEPTH - 1);
	text[at + SNIPPET_DEPTH - 1] = '\0';
	parsed(text);
	memset(text, 'a', 2);
	for (at = 0; at < 2 * SNIPPET_DEPTH; at += 2)
		memcpy(text + at, "a{", 2);
	memset(text + at, '}', SNIPPET_DEPTH);
	text[at + SNIPPET_DEPTH] = '\0';
	assert_string_equal(refused(text).text, "blocks are nested too deeply");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(words_and_places),
		TEST(an_empty_snippet_has_no_directives),
		TEST(quotes_and_escapes),
		TEST(a_hash_within_a_word_is_no_comment),
		TEST(braces_of_a_variable_belong_to_the_word),
		TEST(blocks_nest),
		TEST(columns_count_code_points),
		TEST(lua_is_kept_as_text),
		TEST(faults_have_a_place),
		TEST(bounds_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
