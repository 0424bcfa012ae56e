/* Every way to break YAML that people find: one finding, at the right place, with a way out. */
#include "yaml_case.h"

#define HEAD "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: a\nspec:\n"

static const struct row {
	const char *text; /* broken; a whole document is put behind it */
	unsigned line, column, length;
	const char *message, *hint; /* parts of them */
} rows[] = {
	{HEAD "  host: \"abc\n  x: y\n", 6, 9, 4, "never closed", "closing \""},
	{HEAD "  host: 'abc\n  x: y\n", 6, 9, 4, "never closed", "closing '"},
	{HEAD "\thost: a\n", 6, 1, 1, "a tab is used", "blanks only"},
	{HEAD "  rules:\n\t- host: a\n", 7, 1, 1, "a tab is used", "blanks only"},
	{HEAD "  host: *.example.com\n", 6, 9, 13, "begins with '*'", "write \"*.example.com\""},
	{HEAD "  - host: *.example.com # c\n", 6, 11, 13, "begins with '*'", "\"*.example.com\""},
	{HEAD "  a: &.b\n", 6, 6, 3, "begins with '&'", "write \"&.b\""},
	{HEAD "  ingressClassName:nginx\n  rules: []\n", 6, 3, 22, "no blank behind the colon",
	 "write 'ingressClassName: nginx'"},
	{HEAD "  a: b\n  class:nginx\nstatus: {}\n", 7, 3, 11, "no blank behind the colon",
	 "write 'class: nginx'"},
	{HEAD "  a: b\n    c: d\n", 7, 5, 1, "indented deeper", "column 3"},
	{"a:\n  b: c\n d: e\n", 3, 2, 4, "fits no map above", "line 3 in column 1"},
	{HEAD "    rules:\n  - host: a\n", 7, 3, 9, "belongs to no key", "line 3 in column 1"},
	{HEAD "  path: \"/foo\\.bar\"\n", 6, 14, 2, "'\\.' is no escape", "\\\\."},
	{HEAD "  snippet: return 301: https\n", 6, 22, 1, "second ': '", "'return 301: https'"},
	{HEAD "  host: @foo\n", 6, 9, 4, "cannot begin with '@'", "write \"@foo\""},
	{HEAD "  host: %foo\n", 6, 9, 4, "cannot begin with '%'", "write \"%foo\""},
	{HEAD "  host: `foo`\n", 6, 9, 5, "cannot begin with '`'", "write \"`foo`\""},
	{HEAD "  host: 'a' b\n", 6, 13, 1, "behind the closing quote", "enclose the whole value"},
	{HEAD "  host: 'it's'\n", 6, 13, 2, "behind the closing quote", "'' is a quote"},
	{HEAD "  a: \"x\n  b: \"y\"\n", 7, 7, 2, "opened on a line above", "value above"},
	{HEAD "  hosts: [a, b\n  x: y\n", 6, 10, 1, "'[' is not closed", "quote the value"},
	{HEAD "  a: {b: c\n  x: y\n", 6, 6, 1, "'{' is not closed", "quote the value"},
	{HEAD "  a: [b] c\n", 6, 10, 1, "expected", ""},
	{HEAD "  hosts: - a\n", 6, 10, 3, "a list cannot begin", "line of its own"},
	{"a:\n  - b: c\n   d: e\n", 3, 4, 4, "an item '- ' is expected", "one column"},
	{HEAD "  a: b\n  key without colon\n  c: d\n", 7, 3, 17, "no 'key: value'", "colon"},
	{"key without colon\nb: c\n", 1, 1, 17, "no 'key: value'", "colon"},
	{": a\n", 1, 1, 3, "no key in front of this colon", ""},
	{HEAD "  {YOUR}: x\n", 6, 3, 1, "cannot be the key", "quote"},
	{"a: &x [*x]\n", 1, 8, 2, "contains itself", ""},
	{"a: b\nc: *y\n", 2, 4, 2, "no anchor '&y'", "one document only"},
	{"a: b\n%FOO bar\n", 2, 1, 8, "YAML directive", "remove the line"},
	{"a: b\n\001c: d\n", 2, 1, 1, "control character U+0001", "remove it"},
	{"a: \177\n", 1, 4, 1, "control character U+007F", "remove it"},
	{"a: b\n# caf\xe9\nc: d\n", 2, 6, 1, "byte 0xE9 here is not UTF-8", "iconv"},
	{"\xc3\xa4: caf\xc3\n", 1, 7, 1, "byte 0xC3 here is not UTF-8", "iconv"},
	{"a: \xc0\x80\n", 1, 4, 1, "byte 0xC0 here is not UTF-8", "iconv"},
	{"a: \xed\xa0\x80\n", 1, 4, 1, "byte 0xED here is not UTF-8", "iconv"},
	{"<<: 1\n", 1, 1, 2, "merge key", "kubectl"},
	{"<<: [{a: b}, 1]\n", 1, 1, 2, "merge key", "kubectl"},
	{"\xc3\xa4\xc3\xb6: \"x\\q\"\n", 1, 7, 2, "'\\q' is no escape", "single quotes"},
	{"{\n  \"a\": 1,\n  \"b\" 2\n}\n", 3, 7, 1, "':' is expected", ""},
	{"{\n  \"a\": 1,\n  \"b\": [1 }\n}\n", 3, 11, 1, "',' or ']' is expected", ""},
	{"{\n  \"a\": \"x\n}\n", 2, 10, 1, "control character must be escaped", "quote"},
};

static void check_part(const struct row *row, const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("of\n%s\nit says \"%s\", without \"%s\"", row->text, text, part);
}

static void check_row(const struct row *row, const char *behind)
{
	char text[1024];
	unsigned lines = 0;

	snprintf(text, sizeof text, "x: 0\n---\n%s%s", row->text, behind);
	case_read(str_from(text));
	for (const char *at = result.findings.at; *at; at++)
		lines += *at == '\n';
	if (lines != 1)
		fail_msg("%u findings for\n%s\n%s", lines, text, result.findings.at);
	assert_string_equal(result.last.code, "I2G100");
	if (result.last.span.line != row->line + 2 || result.last.span.column != row->column ||
	    result.last.span.length != row->length)
		fail_msg("of\n%s\nthe place is %u:%u+%u", row->text, result.last.span.line - 2,
			 result.last.span.column, result.last.span.length);
	check_part(row, result.last_message, row->message);
	check_part(row, result.last_hint, row->hint);
	assert_string_equal(result.items.at, *behind ? "{\"x\":0}\n{\"z\":1}\n" : "{\"x\":0}\n");
}

static void mistakes_are_told_with_place_and_hint(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		check_row(&rows[i], "---\nz: 1\n");
		check_row(&rows[i], "");
	}
}

static void nul_bytes_have_a_line(void **state)
{
	(void)state;
	EXPECT("a: b\nc: \"\0\"\n---\nz: 1\n", "{\"z\":1}\n",
	       "I2G100 2:5+1 control character U+0000 is not allowed in YAML\n");
	assert_non_null(strstr(result.last_hint, "UTF-16"));
}

static void truncated_json_is_suspected(void **state)
{
	(void)state;
	case_read(STR("{\n \"a\": [1,\n"));
	assert_non_null(strstr(result.last_hint, "cut off"));
	assert_int_equal(result.last.span.line, 3);
}

#define HELM "this is a Helm template, which is YAML only after Helm has rendered it\n"

static void templates_are_one_finding_a_file(void **state)
{
	(void)state;
	EXPECT("a: 1\n---\nb: {{ .x }}\n---\n{{- if .y }}\nc: 1\n{{- end }}\n---\nd: 1\n",
	       "{\"a\":1}\n{\"d\":1}\n", "I2G101 3:4+8 " HELM);
	assert_string_equal(result.last_hint,
			    "render it first: helm template . | ingress2gw lint -");
	EXPECT("{{- if .y }}\nc: 1\n{{- end }}\n", "", "I2G101 1:1+12 " HELM);
	EXPECT("name: \"{{ .x }}\"\n", "{\"name\":\"{{ .x }}\"}\n", "");
	EXPECT("a: {{ x\n", "", "I2G101 1:4+2 " HELM);
	EXPECT("a: [}\n---\n{{ x }}: b\n", "",
	       "I2G100 1:5+1 a value is expected here\nI2G101 3:1+7 " HELM);
}

static void long_values_are_cut_in_messages(void **state)
{
	(void)state;
	char text[400] = "a: *";

	memset(text + 4, '.', 300);
	case_read(str_from(text));
	assert_true(strlen(result.last_hint) < 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mistakes_are_told_with_place_and_hint),
		cmocka_unit_test(nul_bytes_have_a_line),
		cmocka_unit_test(truncated_json_is_suspected),
		cmocka_unit_test(templates_are_one_finding_a_file),
		cmocka_unit_test(long_values_are_cut_in_messages),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	case_finish();
	return failed;
}
