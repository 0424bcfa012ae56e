/* Patterns of nginx locations in the dialect of each target. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "arena_case.h"

#include <pcre2.h>
#include <stdio.h>

#include "gateway/regex.h"

static struct str path(const char *pattern, enum regex_dialect dialect)
{
	const char *why;
	struct str text = regex_path(&arena, str_from(pattern), dialect, &why);

	if (why)
		fail_msg("%s: %s", pattern, why);
	return text;
}

static const char *refusal(const char *pattern, enum regex_dialect dialect)
{
	const char *why;
	struct str text = regex_path(&arena, str_from(pattern), dialect, &why);

	if (!why)
		fail_msg("%s became %.*s", pattern, STR_ARG(text));
	assert_int_equal(text.len, 0);
	return why;
}

struct example {
	const char *pattern, *re2, *nginx, *go, *rust;
};

static const struct example examples[] = {
	{"/foo", "/(?i)foo.*", "/(?i)foo", "^/(?i)foo", "/(?i)foo"},
	{"/foo.*", "/(?i)foo.*.*", "/(?i)foo.*", "^/(?i)foo.*", "/(?i)foo.*"},
	{"/[A-Z]{3}", "/(?i)[A-Z]{3}.*", "/(?i)[A-Z][A-Z][A-Z]", "^/(?i)[A-Z]{3}", "/(?i)[A-Z]{3}"},
	{"/headers", "/(?i)headers.*", "/(?i)headers", "^/(?i)headers", "/(?i)headers"},
	{"/v1.0", "/(?i)v1.0.*", "/(?i)v1.0", "^/(?i)v1.0", "/(?i)v1.0"},
	{"/api|/v2", ".*(?:^(?i)/api|/v2).*", "/(?i)api|/v2", "^/(?i)api|/v2", "/(?i)api|/v2"},
	{"/a|/b", ".*(?:^(?i)/a|/b).*", "/(?i)a|/b", "^/(?i)a|/b", "/(?i)a|/b"},
	{"/foo/bar/[a-z]{3}", "/(?i)foo/bar/[a-z]{3}.*", "/(?i)foo/bar/[a-z][a-z][a-z]",
	 "^/(?i)foo/bar/[a-z]{3}", "/(?i)foo/bar/[a-z]{3}"},
	{"/id/[0-9]+$", "/(?i)id/[0-9]+$.*", "/(?i)id/[0-9]+$", "^/(?i)id/[0-9]+$",
	 "/(?i)id/[0-9]+$"},
	{"/something(/|$)(.*)", "/(?i)something(/|$)(.*).*", "/(?i)something(/|$)(.*)",
	 "^/(?i)something(/|$)(.*)", "/(?i)something(/|$)(.*)"},
	{"/?(.*)", "/?(?i)(.*).*", "/?(?i)(.*)", "^/?(?i)(.*)", "/?(?i)(.*)"},
	{"/", "/(?i).*", "/(?i)", "^/(?i)", "/(?i)"},
	{"^/foo", "/(?i)foo.*", "/(?i)foo", "^/(?i)foo", "/(?i)foo"},
	{"(?i)/foo", "/(?i)foo.*", "/(?i)foo", "^/(?i)foo", "/(?i)foo"},
	{"/x{2,4}", "/(?i)x{2,4}.*", "/(?i)xxx?x?", "^/(?i)x{2,4}", "/(?i)x{2,4}"},
	{"/x{2,}", "/(?i)x{2,}.*", "/(?i)xx+", "^/(?i)x{2,}", "/(?i)x{2,}"},
	{"/(ab){0,2}?c", "/(?i)(ab){0,2}?c.*", "/(?i)(ab)\?\?(ab)\?\?c", "^/(?i)(ab){0,2}?c",
	 "/(?i)(ab){0,2}?c"},
	{"/a{x", "/(?i)a{x.*", "/(?i)a\\x7bx", "^/(?i)a{x", "/(?i)a\\{x"},
	{"/a b", "/(?i)a%20b.*", "/(?i)a\\x20b", "^/(?i)a b", "/(?i)a b"},
	{"/a +b", "/(?i)a(?:%20)+b.*", "/(?i)a\\x20+b", "^/(?i)a +b", "/(?i)a +b"},
	{"/[\\w-.]+", "/(?i)[\\w\\-.]+.*", "/(?i)[\\w\\-.]+", "^/(?i)[\\w\\-.]+",
	 "/(?i)[\\w\\-.]+"},
	{"/[]a]", "/(?i)[\\]a].*", "/(?i)[\\]a]", "^/(?i)[\\]a]", "/(?i)[\\]a]"},
	{"/[[:alpha:]]+\\/x", "/(?i)[[:alpha:]]+\\/x.*", "/(?i)[[:alpha:]]+\\/x",
	 "^/(?i)[[:alpha:]]+\\/x", "/(?i)[[:alpha:]]+/x"},
	{"/\\h\\R", "/(?i)[\\t ](?:\\r\\n|[\\n\\x0b\\f\\r]).*", "/(?i)\\h\\R",
	 "^/(?i)[\\t ](?:\\r\\n|[\\n\\x0b\\f\\r])", "/(?i)[\\t ](?:\\r\\n|[\\n\\x0b\\f\\r])"},
	{"/(?<id>\\d+)", "/(?i)(\\d+).*", "/(?i)(?<id>\\d+)", "^/(?i)(\\d+)", "/(?i)(\\d+)"},
	{"/a(?#note)b", "/(?i)ab.*", "/(?i)ab", "^/(?i)ab", "/(?i)ab"},
	{"/\\Qa.b\\E+", "/(?i)a\\.b+.*", "/(?i)a\\.b+", "^/(?i)a\\.b+", "/(?i)a\\.b+"},
	{"/a{2}{3}", "/(?i)(?:a{2}){3}.*", NULL, "^/(?i)(?:a{2}){3}", "/(?i)(?:a{2}){3}"},
	{"\\/a", "/(?i)a.*", "/(?i)a", "^/(?i)a", "/(?i)a"},
	{"/\\Q \\E+", "/(?i)(?:%20)+.*", "/(?i)\\x20+", "^/(?i) +", "/(?i) +"},
	{"/[--9^-]", "/(?i)[\\--9^-].*", "/(?i)[\\--9^-]", "^/(?i)[\\--9^-]", "/(?i)[\\--9\\^-]"},
	{"/[\\^a]", "/(?i)[\\^a].*", "/(?i)[\\^a]", "^/(?i)[\\^a]", "/(?i)[\\^a]"},
	{"/[&&a]", "/(?i)[&&a].*", "/(?i)[&&a]", "^/(?i)[&&a]", "/(?i)[\\&\\&a]"},
};

static void examples_become_what_the_reference_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
		const struct example *e = &examples[i];

		assert_str(path(e->pattern, REGEX_RE2_FULL), e->re2);
		if (e->nginx)
			assert_str(path(e->pattern, REGEX_PCRE_START), e->nginx);
		assert_str(path(e->pattern, REGEX_GO_SEARCH), e->go);
		assert_str(path(e->pattern, REGEX_RUST_START), e->rust);
	}
}

static void backtracking_constructs_are_refused_with_their_name(void **state)
{
	(void)state;
	static const struct {
		const char *pattern, *words;
	} cases[] = {
		{"/(?!admin).*", "uses a negative lookahead, which RE2 does not have"},
		{"/(?=x)", "uses a lookahead, which RE2 does not have"},
		{"/a(?<=a)", "uses a lookbehind, which RE2 does not have"},
		{"/a(?<!a)", "uses a negative lookbehind, which RE2 does not have"},
		{"/(a)\\1", "uses a backreference, which RE2 does not have"},
		{"/(a)\\g{1}", "uses a backreference, which RE2 does not have"},
		{"/(?<n>a)\\k<n>", "uses a backreference, which RE2 does not have"},
		{"/(?P<n>a)(?P=n)", "uses a backreference, which RE2 does not have"},
		{"/a++", "uses a possessive quantifier, which RE2 does not have"},
		{"/a{2}+", "uses a possessive quantifier, which RE2 does not have"},
		{"/(?>a)", "uses an atomic group, which RE2 does not have"},
		{"/a\\Kb", "uses \\K, which RE2 does not have"},
		{"/(?R)?", "uses recursion, which RE2 does not have"},
		{"/(a)(?1)", "uses recursion, which RE2 does not have"},
		{"/(a)(?-1)", "uses recursion, which RE2 does not have"},
		{"/(a)?(?(1)b|c)", "uses a conditional group, which RE2 does not have"},
		{"/(?x) a", "uses an option, which RE2 does not have"},
		{"/(*UTF)a", "uses a control verb"},
		{"/a{1001}", "repeats more than 1000 times, which RE2 refuses"},
		{"/(a{40}){40}", "repeats more than 1000 times, which RE2 refuses"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(refusal(cases[i].pattern, REGEX_RE2_FULL), cases[i].words);
	assert_string_equal(refusal("/(?!a)", REGEX_GO_SEARCH),
			    "uses a negative lookahead, which Go's regexp does not have");
	assert_string_equal(refusal("/(?!a)", REGEX_RUST_START),
			    "uses a negative lookahead, which Rust's regex does not have");
	assert_str(path("/(?!admin).*", REGEX_PCRE_START), "/(?i)(?!admin).*");
}

static void broken_patterns_are_refused(void **state)
{
	(void)state;
	static const char *const broken[] = {"/(",  "/)",     "/[a",   "/a\\", "*",     "/a{3,2}",
					     "/\\", "/[b-a]", "/(?<n", "/\\y", "/(?#x", "/(?q)"};

	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
		for (int d = REGEX_RE2_FULL; d <= REGEX_RUST_START; d++)
			refusal(broken[i], (enum regex_dialect)d);
}

static void nginx_gateway_fabric_has_conditions_of_its_own(void **state)
{
	(void)state;
	refusal("(/a|/b)", REGEX_PCRE_START);
	refusal("a/b", REGEX_PCRE_START);
	refusal("/(abcdefghij){200}", REGEX_PCRE_START);
	refusal("/(a)\\1{3}(a){2}", REGEX_PCRE_START);
	assert_str(path("/[{;} ]", REGEX_PCRE_START), "/(?i)[\\x7b\\x3b\\x7d\\x20]");
	assert_str(path("/\\x{41}\\;", REGEX_PCRE_START), "/(?i)\\x41\\x3b");

	/* Whatever comes out may not break nginx's configuration. */
	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
		if (!examples[i].nginx)
			continue;

		struct str text = path(examples[i].pattern, REGEX_PCRE_START);

		for (size_t j = 0; j < text.len; j++)
			assert_null(strchr(" \t\n{};", text.at[j]));
	}
}

static void searches_in_headers(void **state)
{
	(void)state;
	const char *why;

#define SEARCH(pattern) regex_search(&arena, STR(pattern), REGEX_RE2_FULL, &why)
	assert_str(SEARCH("foo"), ".*foo.*");
	assert_str(SEARCH("^foo"), "foo.*");
	assert_str(SEARCH("foo$"), ".*foo");
	assert_str(SEARCH("^foo$"), "foo");
	assert_str(SEARCH("foo\\$"), ".*foo\\$.*");
	assert_str(SEARCH("^a|b$"), ".*(?:^a|b$).*");
	assert_str(SEARCH("(^|; )c=always"), ".*(^|; )c=always.*");
	assert_str(SEARCH("^"), ".*");
	assert_str(SEARCH("(?!x)"), "");
	assert_non_null(why);
	assert_str(regex_search(&arena, STR("^a b$"), REGEX_GO_SEARCH, &why), "^a b$");
}

static void literals_are_escaped(void **state)
{
	(void)state;
	assert_str(regex_escape(&arena, STR("a.b*c(d)[e]{f}|g^h$i\\j?k+l/m")),
		   "a\\.b\\*c\\(d\\)\\[e\\]\\{f\\}\\|g\\^h\\$i\\\\j\\?k\\+l/m");
	assert_true(regex_is_literal(STR("/foo-bar/baz_1")));
	assert_false(regex_is_literal(STR("/v1.0")));
	assert_false(regex_is_literal(STR("/a(b)")));
}

static void compile_errors_name_the_place(void **state)
{
	(void)state;
	const char *why;

	assert_true(regex_compiles(&arena, STR("/a(b)?"), &why));
	assert_null(why);
	assert_false(regex_compiles(&arena, STR("/a(b"), &why));
	assert_non_null(strstr(why, "offset 4"));
}

/* ---- same paths ---- */

static bool matches(const char *pattern, uint32_t options, const char *text)
{
	int error;
	PCRE2_SIZE offset;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, options,
					 &error, &offset, NULL);

	if (!code)
		fail_msg("%s does not compile", pattern);

	pcre2_match_data *data = pcre2_match_data_create_from_pattern(code, NULL);
	int found = pcre2_match(code, (PCRE2_SPTR)text, strlen(text), 0, 0, data, NULL);

	pcre2_match_data_free(data);
	pcre2_code_free(code);
	return found >= 0;
}

static bool nginx_takes(const char *pattern, const char *text)
{
	return matches(str_format(&arena, "^%s", pattern).at, PCRE2_CASELESS, text);
}

static bool target_takes(const char *pattern, enum regex_dialect dialect, const char *text)
{
	struct str value = path(pattern, dialect);

	if (dialect == REGEX_RE2_FULL)
		return matches(value.at, PCRE2_ANCHORED | PCRE2_ENDANCHORED, text);
	if (dialect == REGEX_GO_SEARCH)
		return matches(value.at, 0, text);
	return matches(str_format(&arena, "^%s", value.at).at, 0, text);
}

static void assert_same(const char *pattern, const char *text)
{
	bool wanted = nginx_takes(pattern, text);

	for (int d = REGEX_RE2_FULL; d <= REGEX_RUST_START; d++) {
		const char *why;

		regex_path(&arena, str_from(pattern), (enum regex_dialect)d, &why);
		if (!why && target_takes(pattern, (enum regex_dialect)d, text) != wanted)
			fail_msg("nginx %s %s on %s; %s differs: %s", wanted ? "takes" : "refuses",
				 pattern, text, regex_dialect_words((enum regex_dialect)d),
				 path(pattern, (enum regex_dialect)d).at);
	}
}

static const char *const patterns[] = {
	"/id/[0-9]+",
	"/id/[0-9]+$",
	"/id/[0-9]{3}$",
	"/id/[0-9]+/post/[a-zA-Z]+$",
	"/something(/|$)(.*)",
	"/something/?(.*)",
	"/foo/bar/[a-z]{3}",
	"/foo/bar/(.+)",
	"/foo.+",
	"/api|/v2",
	"/a$|/b",
	"/(a|b)+/[^/]+",
	"/[^a-c]x?",
	"/(?i:aB)(?-i)c",
	"/a(b(?-i)c|d)e",
	"/.{2,3}/",
	"/\\w+\\.\\w{2,4}$",
	"/a\\b",
	"/|/b$",
	"/?a",
	"/(a{1,2}){2}",
	"/[a-c-]+",
	"/[\\d.-]+$",
	"/x(?|a|b)y",
	"^/a|^/b",
};

static void e2e_paths_of_the_controller_are_taken_alike(void **state)
{
	(void)state;
	static const char *const paths[] = {
		"/id/1",
		"/id/12",
		"/id/123",
		"/id/aaa",
		"/id/123a",
		"/id/99",
		"/id/9999",
		"/id/123/post/abc",
		"/id/123/post/abc123",
		"/id/abc/post/abc",
		"/something",
		"/something/",
		"/something/new",
		"/somethingelse",
		"/SOMETHING/x",
		"/foo",
		"/foo/bar",
		"/foo/bar/bar",
		"/FOO/BAR/BAR",
		"/foobar",
		"/api",
		"/x/v2",
		"/v2",
		"/uuid",
		"/x/api",
		"/aa",
		"/ABC",
		"/abc",
		"/aBC",
		"/xay",
		"/b",
		"/x/b",
		"/a",
		"/",
		"",
	};

	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
		for (size_t j = 0; j < sizeof paths / sizeof *paths; j++)
			assert_same(patterns[i], paths[j]);
}

static unsigned next_random(unsigned *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* Letters that the patterns are made of, so that many hits and near misses come out. */
static const char *random_path(unsigned *seed)
{
	static const char letters[] = "/abcdABxy12.-/";
	char text[13] = "/";
	size_t len = 1 + next_random(seed) % 11;

	for (size_t i = 1; i < len; i++)
		text[i] = letters[next_random(seed) % (sizeof letters - 1)];
	text[len] = '\0';
	return str_dup(&arena, str_from(text)).at;
}

/* Grown from atoms and quantifiers; always valid PCRE. */
static const char *random_pattern(unsigned *seed)
{
	static const char *const atoms[] = {"a",       "b",   "/",      "[a-c]", "[^a/]",
					    "(a|b)",   ".",   "\\d",    "x",     "(?:ab)",
					    "(a(b)?)", "\\.", "[\\w-]", "1"};
	static const char *const quantifiers[] = {"",    "",      "",      "",     "*",  "+", "?",
						  "{2}", "{1,2}", "{0,2}", "{1,}", "+?", "|/"};
	char text[128] = "/";
	size_t tokens = 1 + next_random(seed) % 5;

	for (size_t i = 0; i < tokens; i++) {
		strcat(text, atoms[next_random(seed) % (sizeof atoms / sizeof *atoms)]);
		strcat(text,
		       quantifiers[next_random(seed) % (sizeof quantifiers / sizeof *quantifiers)]);
	}
	if (next_random(seed) % 5 == 0)
		strcat(text, "$");
	return str_dup(&arena, str_from(text)).at;
}

static void random_patterns_take_the_same_random_paths(void **state)
{
	(void)state;
	unsigned seed = 20;

	for (int i = 0; i < 400; i++) {
		struct arena_mark mark = arena_mark(&arena);
		const char *pattern = random_pattern(&seed);

		for (int j = 0; j < 20; j++)
			assert_same(pattern, random_path(&seed));
		arena_rewind(&arena, mark);
	}
}

static void any_bytes_end_in_a_pattern_or_a_reason(void **state)
{
	(void)state;
	static const char alphabet[] = "\\[](){}|*+?^$.-:=!<>#&,;/ 019abxQEKNpP'\xc3\xa9";
	unsigned seed = 7;

	for (int i = 0; i < 20000; i++) {
		struct arena_mark mark = arena_mark(&arena);
		char text[24];
		size_t len = next_random(&seed) % sizeof text;

		for (size_t j = 0; j < len; j++)
			text[j] = alphabet[next_random(&seed) % (sizeof alphabet - 1)];
		for (int d = REGEX_RE2_FULL; d <= REGEX_RUST_START; d++) {
			const char *why;
			struct str value = regex_path(&arena, (struct str){text, len},
						      (enum regex_dialect)d, &why);

			assert_true((why != NULL) != (value.len > 0));
		}
		arena_rewind(&arena, mark);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(examples_become_what_the_reference_says),
		TEST(backtracking_constructs_are_refused_with_their_name),
		TEST(broken_patterns_are_refused),
		TEST(nginx_gateway_fabric_has_conditions_of_its_own),
		TEST(searches_in_headers),
		TEST(literals_are_escaped),
		TEST(compile_errors_name_the_place),
		TEST(e2e_paths_of_the_controller_are_taken_alike),
		TEST(random_patterns_take_the_same_random_paths),
		TEST(any_bytes_end_in_a_pattern_or_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
