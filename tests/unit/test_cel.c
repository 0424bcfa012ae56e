/* CEL: what the language definition says of each operator, macro and function, and what is refused. */
#include "test.h"

#include <stdio.h>

#include "schema/cel.h"
#include "schema/cel_parts.h"
#include "yaml/stream.h"

static struct arena arena;
static struct patterns patterns;
static struct cel_value result;
static char text[512];

static int setup(void **state)
{
	(void)state;
	arena_init(&arena);
	patterns_init(&patterns, &arena);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	patterns_finish(&patterns);
	arena_finish(&arena);
	return 0;
}

/* ---- reading `self` from YAML ---- */

static const struct cel_program *program;
static uint64_t steps;

static void take(void *batch, const struct yaml_item *item)
{
	struct cel_run run = {.arena = &arena, .patterns = &patterns, .steps = steps};

	(void)batch;
	result = cel_evaluate(program, item->root, &run);
	if (result.kind == CEL_ERROR || result.kind == CEL_STRING)
		snprintf(text, sizeof text, "%.*s", STR_ARG(result.text));
}

static struct findings *findings_of(void *batch)
{
	return batch;
}

static void evaluate(const char *rule, const char *self)
{
	struct findings findings;
	const struct yaml_sink sink = {
		.user = &findings, .open = yaml_one_batch, .take = take, .findings = findings_of};
	struct sources sources = {0};
	struct error error;

	findings_init(&findings, &arena);
	program = cel_compile(&arena, &patterns, str_from(rule));
	if (program->problem.len)
		fail_msg("%s: %.*s", rule, STR_ARG(program->problem));
	result = (struct cel_value){.kind = CEL_ERROR};
	sources_add(&sources, (struct source){.name = STR("self"), .text = str_from(self)});
	assert_true(yaml_read(&sources, 0, NULL, 1, &sink, &error));
	assert_int_equal(findings.count, 0);
	sources_finish(&sources);
}

static void expect(const char *rule, const char *self, bool truth)
{
	steps = CEL_STEPS_MOST;
	evaluate(rule, self);
	if (result.kind != CEL_BOOL)
		fail_msg("%s of %s is no bool: %s", rule, self, text);
	if (result.truth != truth)
		fail_msg("%s of %s should be %s", rule, self, truth ? "true" : "false");
}

#define YES(rule, self) expect(rule, self, true)
#define NO(rule, self) expect(rule, self, false)

static void fails(const char *rule, const char *self, const char *message)
{
	steps = CEL_STEPS_MOST;
	evaluate(rule, self);
	assert_int_equal(result.kind, CEL_ERROR);
	assert_string_equal(text, message);
}

static void refused(const char *rule, const char *problem)
{
	const struct cel_program *compiled = cel_compile(&arena, &patterns, str_from(rule));

	assert_str(compiled->problem, problem);
}

/* ---- the language ---- */

static void operators_bind_as_in_the_language(void **state)
{
	(void)state;
	YES("1 + 2 * 3 == 7", "0");
	YES("-2 + 5 == 3 && 7 % 4 == 3 && -7 % 4 == -3 && 7 / 2 == 3", "0");
	YES("true || false && false", "0");
	YES("(1 < 2) == true", "0");
	YES("1 <= 1 && 1 >= 1 && !(1 < 1) && !(1 > 1) && 'a' <= 'a' && 1.5 >= 1.5", "0");
	YES("false ? false : true ? true : false", "0");
	YES("!!(self == 3) && !(self != 3)", "3");
	YES("1.5 + 1.5 == 3.0 && 3 == 3.0 && 2 < 2.5 && 1e3 > 999.0", "0");
	YES("0x1F == 31", "0");
	YES("'a' + \"b\" == 'ab' && [1] + [2] == [1, 2]", "0");
	YES("'a' < 'b' && false < true && duration('1s') < duration('1m')", "0");
	YES("self in [1, 2] && !(self in ['1'])", "1");
	YES("'x' in self && !('y' in self)", "{x: null}");
	YES("1 == 1 // a comment\n && true", "0");
	NO("'1' == 1", "0");
	NO("null == false", "0");
}

static void strings_have_all_their_spellings(void **state)
{
	(void)state;
	YES("self == 'a\\n\\x41\\u00e9\\101\"'", "\"a\\nA\u00e9A\\\"\"");
	YES("self == r'a\\n'", "'a\\n'");
	YES("self == \"\"\"a'\"b\"\"\"", "a'\"b");
	YES("self == r\"\"\"\\.\"\"\"", "'\\.'");
	YES("size('\u00e9\u20ac') == 2 && '\u00e9\u20acx'.substring(1, 2) == '\u20ac'", "0");
}

static void fields_and_indexes(void **state)
{
	(void)state;
	YES("has(self.a) && !has(self.b) && self.a.b[1] == 3", "{a: {b: [2, 3]}}");
	YES("self.__namespace__ == 'ns' && self.a__dash__b == 1 && self.c__dot__d == 2",
	    "{namespace: ns, a-b: 1, c.d: 2}");
	YES("self['a-b'] == 1", "{a-b: 1}");
	YES("{'a': 1, 'b': 2}[self] == 2", "b");
	YES("self.a == null", "{a: null}");
	fails("self.x == 1", "{a: 1}", "no such key: x");
	fails("self[2] == 1", "[1]", "index out of bounds: 2");
	fails("self[-1] == 1", "[1]", "index out of bounds: -1");
	fails("self.a.b == 1", "{a: 1}", "no such key: b");
	fails("has(self.a)", "[]", "no such overload");
}

static void logic_absorbs_errors(void **state)
{
	(void)state;
	YES("self.x || true", "{}");
	YES("true || self.x", "{}");
	NO("self.x && false", "{}");
	NO("false && self.x", "{}");
	fails("self.x || false", "{}", "no such key: x");
	fails("true && self.x", "{}", "no such key: x");
	YES("self || true", "1");
	fails("self || false", "1", "no such overload");
}

static void macros_fold_like_logic(void **state)
{
	(void)state;
	YES("self.all(x, x > 0) && self.exists(x, x == 2) && self.exists_one(x, x == 1)", "[1, 2]");
	NO("self.exists_one(x, x > 0)", "[1, 2]");
	YES("[].all(x, false) && ![].exists(x, true)", "0");
	NO("self.all(x, x.a == 1)", "[{b: 1}, {a: 2}]");
	fails("self.all(x, x.a == 1)", "[{b: 1}, {a: 1}]", "no such key: a");
	YES("self.exists(x, x.a == 1)", "[{b: 1}, {a: 1}]");
	fails("self.exists_one(x, x.a == 1)", "[{b: 1}, {a: 1}]", "no such key: a");
	YES("self.filter(x, x > 1).map(x, x * 2) == [4, 6]", "[1, 2, 3]");
	YES("self.map(x, x > 1, x * 2) == [4, 6]", "[1, 2, 3]");
	YES("self.all(k, self[k] == k + 'x')", "{a: ax, b: bx}");
	YES("self.all(a, self.exists(b, a == -b))", "[1, -1]");
	fails("self.all(x, true)", "1", "no such overload");
	YES("[true, false].filter(x, x).size() == 1", "0");
}

static void integers_do_not_wrap(void **state)
{
	(void)state;
	fails("9223372036854775807 + self > 0", "1", "integer overflow");
	fails("-9223372036854775807 - 2 < self", "1", "integer overflow");
	fails("9223372036854775807 * 2 > self", "1", "integer overflow");
	fails("1 / self == 1", "0", "division by zero");
	fails("1 % self == 1", "0", "modulus by zero");
	fails("self + 'a' == ''", "1", "no such overload");
	fails("self < 'a'", "1", "no such overload");
}

/* ---- functions ---- */

static void functions_of_strings(void **state)
{
	(void)state;
	YES("self.contains('b/') && self.startsWith('a') && self.endsWith('c')", "ab/c");
	YES("self.contains('') && self.startsWith('') && !self.endsWith('xab/c')", "ab/c");
	YES("self.split('/')[0] == 'ab' && self.split('/', 1) == ['ab/c']", "ab/c");
	YES("'abc'.split('') == ['a', 'b', 'c'] && ''.split(',') == ['']", "0");
	YES("['a', 'b'].join('-') == 'a-b' && [].join() == ''", "0");
	YES("self.trim() == 'a' && 'aBc'.lowerAscii() == 'abc' && 'aBc'.upperAscii() == 'ABC'",
	    "' \ta\u00a0'");
	YES("'abcb'.indexOf('b') == 1 && 'abcb'.lastIndexOf('b') == 3 && 'a'.indexOf('x') == -1",
	    "0");
	YES("'aXbX'.replace('X', '-') == 'a-b-' && 'aXbX'.replace('X', '', 1) == 'abX'", "0");
	YES("'ab'.charAt(1) == 'b' && 'ab'.charAt(2) == ''", "0");
	YES("self.size() == 3 && size([1]) == 1 && size({}) == 0", "abc");
	YES("int('12') == 12 && string(5) == '5' && double('1.5') == 1.5 && int(2.9) == 2", "0");
	fails("self.substring(2) == ''", "a", "invalid substring range. start: 2, end: 1");
	fails("int(self) == 0", "x", "strconv.ParseInt: parsing \"x\": invalid syntax");
}

static void matches_is_re2_anywhere(void **state)
{
	(void)state;
	YES("self.matches('b+')", "abbc");
	NO("self.matches(r'^a\\.b$')", "axb");
	YES("self.matches(r'(?i)^\\.?abc$')", ".aBC");
	NO("self.matches('^a$')", "\"a\\n\"");
	fails("'a'.matches(self)", "'('", "the pattern of matches() is not valid");
	YES("matches(self, '^a')", "abc");
	refused("self.matches('(?=a)')",
		"the pattern of matches() cannot be used: RE2 has no lookaround and no such group");
}

static void durations_as_go_reads_them(void **state)
{
	(void)state;
	YES("duration(self) == duration('90m')", "1h30m");
	YES("duration('1.5s') == duration('1500ms') && duration('0') == duration('0s')", "0");
	YES("duration('-1s') < duration('0s') && duration('1us') == duration('1000ns')", "0");
	YES("duration('1s') + duration('1s') == duration('2s')", "0");
	fails("duration(self) > duration('0s')", "1x", "time: invalid duration \"1x\"");
	fails("duration(self) > duration('0s')", "''", "time: invalid duration \"\"");
	fails("duration(self) > duration('0s')", "'5'", "time: invalid duration \"5\"");
}

static void addresses_urls_and_formats(void **state)
{
	(void)state;
	YES("isIP('10.0.0.1') && isIP('::1') && !isIP('::ffff:1.2.3.4') && !isIP('1.2.3')", "0");
	YES("!isIP('01.2.3.4') && !isIP('fe80::1%eth0') && isCIDR('10.0.0.0/8')", "0");
	YES("!isCIDR('10.0.0.0/33') && !isCIDR('10.0.0.0') && isCIDR('::/128')", "0");
	YES("isURL('https://a.example:80/x?y') && isURL('/a') && !isURL('a b') && !isURL('a.b')",
	    "0");
	YES("url(self).getScheme() == 'https' && url(self).getHost() == 'a:8080'",
	    "HTTPS://u@a:8080/");
	YES("url(self).getHostname() == '::1' && url(self).getPort() == '80'", "http://[::1]:80");
	YES("format.dns1123Label().validate(self) == null", "abc-1");
	NO("format.dns1123Label().validate(self) == null", "aBc");
	NO("format.dns1123Subdomain().validate(self) == null", "a..b");
}

/* ---- what is not there, and bounds ---- */

static void what_is_not_supported_is_named(void **state)
{
	(void)state;
	refused("foo(self)", "function 'foo()' is not supported");
	refused("self.frob()", "method 'frob()' is not supported");
	refused("sets.contains(self, [1])", "function 'sets.contains()' is not supported");
	refused("quantity(self) == 1", "function 'quantity()' is not supported");
	refused("x == 1", "variable 'x' is not known");
	refused("self.all(x, true) && x", "variable 'x' is not known");
	refused("self.all(i, v, true)", "macros of two variables are not supported");
	refused("self.?a == 1", "optional fields are not supported");
	refused("b'a' == self", "bytes are not supported");
	refused("1u == self", "unsigned numbers are not supported");
	refused("has(self)", "has() needs the selection of a field");
	refused("self ==", "the rule ends too early");
	refused("(self", "')' is missing");
	refused("self self", "'self' is not expected here");
	refused("'abc", "a string is not closed");
	refused("", "the rule ends too early");
	refused("self.contains()", "'contains()' does not take that many arguments");
	refused("self # 1", "a character that CEL does not know");
}

static void transition_rules_are_known(void **state)
{
	(void)state;
	assert_true(cel_compile(&arena, &patterns, STR("self == oldSelf"))->old_self);
	assert_true(cel_compile(&arena, &patterns, STR("self.all(x, x == oldSelf)"))->old_self);
	assert_false(cel_compile(&arena, &patterns, STR("self.oldSelf == 'oldSelf'"))->old_self);
}

static void nesting_is_bounded(void **state)
{
	enum { MANY = 100000 };
	static char rule[MANY + 1];

	(void)state;
	memset(rule, '(', 5000);
	refused(rule, "the rule is nested too deeply");
	memset(rule, '!', 5000);
	refused(rule, "the rule is nested too deeply");
	memset(rule, ' ', MANY);
	refused(rule, "the rule is too long");
	rule[0] = '\0';
	for (size_t i = 0; i < 5000; i++)
		strcpy(rule + 2 * i, "1+");
	strcpy(rule + 10000, "1 == 2");
	refused(rule, "the rule is nested too deeply");
}

static void steps_are_bounded(void **state)
{
	char list[2001] = "[";

	(void)state;
	for (size_t i = 0; i < 499; i++)
		strcat(list, "1,");
	strcat(list, "1]");
	steps = CEL_STEPS_MOST;
	evaluate("self.all(a, self.all(b, self.all(c, a == b)))", list);
	assert_int_equal(result.kind, CEL_ERROR);
	assert_string_equal(text, "operation cancelled: actual cost limit exceeded");
	/* An error that || absorbs does not hide it. */
	steps = 100;
	evaluate("self.all(a, self.all(b, a == b)) || true", list);
	assert_int_equal(result.kind, CEL_ERROR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(operators_bind_as_in_the_language),
		cmocka_unit_test(strings_have_all_their_spellings),
		cmocka_unit_test(fields_and_indexes),
		cmocka_unit_test(logic_absorbs_errors),
		cmocka_unit_test(macros_fold_like_logic),
		cmocka_unit_test(integers_do_not_wrap),
		cmocka_unit_test(functions_of_strings),
		cmocka_unit_test(matches_is_re2_anywhere),
		cmocka_unit_test(durations_as_go_reads_them),
		cmocka_unit_test(addresses_urls_and_formats),
		cmocka_unit_test(what_is_not_supported_is_named),
		cmocka_unit_test(transition_rules_are_known),
		cmocka_unit_test(nesting_is_bounded),
		cmocka_unit_test(steps_are_bounded),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
