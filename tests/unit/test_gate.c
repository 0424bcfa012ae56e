/* Codes, levels, comments, baselines: the parts of the gate. tests/cli/gate.py has the whole. */
#include "test.h"

#include "check/comments.h"
#include "check/gate.h"

#include "arena_case.h"

/* ---- codes and levels ---- */

static void words_mean_rules(void **state)
{
	const struct rule *rule = rule_find(STR("I2G204"));

	(void)state;
	assert_true(code_fits(STR("I2G204"), rule));
	assert_true(code_fits(STR("i2g20"), rule));
	assert_true(code_fits(STR("I2G"), rule));
	assert_true(code_fits(STR("path-case"), rule));
	assert_false(code_fits(STR("I2"), rule));
	assert_false(code_fits(STR("I2G205"), rule));
	assert_false(code_fits(STR("I2G2040"), rule));
	assert_false(code_fits(STR("path"), rule));
	assert_false(code_fits(STR(""), rule));
	assert_true(code_is_known(STR("I2G3")));
	assert_false(code_is_known(STR("I2G8")));
}

static void slips_are_recognised(void **state)
{
	(void)state;
	assert_string_equal(code_nearest(STR("path-csae")), "path-case");
	assert_string_equal(code_nearest(STR("I2G2044")), "I2G204");
	assert_null(code_nearest(STR("ssh")));
	assert_null(code_nearest(STR("")));
}

/* Commands would call suppressions unused that only others can need. */
static void every_rule_is_raised_somewhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < rule_count; i++) {
		bool apart = rules[i].code[3] == '7' || rules[i].code[3] == '9';
		int lists = codes_have(&codes_of_conversion, &rules[i]) +
			    codes_have(&codes_of_gateway, &rules[i]);

		if (lists != !apart)
			fail_msg("%s is in %d lists of codes.c", rules[i].code, lists);
	}
}

static void levels_change_one_rule(void **state)
{
	struct levels levels = {0};
	const struct finding auth = {.code = "I2G301"}, path = {.code = "I2G204"};

	(void)state;
	assert_int_equal(levels_of(NULL, &auth), SEVERITY_ERROR);
	assert_int_equal(levels_of(&levels, &auth), SEVERITY_ERROR);
	levels_set(&levels, &arena, rule_find(STR("I2G301")), SEVERITY_INFO);
	assert_int_equal(levels_of(&levels, &auth), SEVERITY_INFO);
	assert_int_equal(levels_of(&levels, &path), SEVERITY_WARNING);
}

/* ---- comments ---- */

struct taken {
	struct comment comments[16];
	size_t count;
};

static void take(void *user, const struct comment *comment)
{
	struct taken *taken = user;

	if (taken->count < 16) {
		taken->comments[taken->count] = *comment;
		taken->comments[taken->count].text = str_dup(&arena, comment->text);
	}
	taken->count++;
}

static struct taken scan(struct str text)
{
	struct sources sources = {0};
	struct taken taken = {.count = 0};
	struct error error;

	sources_add(&sources, (struct source){.name = STR("in.yaml"), .text = text});
	assert_true(comments_scan(&sources, 0, take, &taken, &error));
	sources_finish(&sources);
	return taken;
}

static void comments_have_places(void **state)
{
	struct taken taken = scan(STR("a: 1\r\n"
				      "\xc3\xa4: b  # ingress2gw: ignore X\r\n"
				      "  # ingress2gw: ignore Y\r\n"
				      "\r\n"
				      "  # prose\r\n"
				      "c: d\r\n"
				      "# ingress2gw: ignore Z"));

	(void)state;
	assert_int_equal(taken.count, 3);
	assert_str(taken.comments[0].text, "X");
	assert_int_equal(taken.comments[0].line, 2);
	assert_int_equal(taken.comments[0].span.line, 2);
	assert_int_equal(taken.comments[0].span.column, 7);
	assert_int_equal(taken.comments[0].span.length, 22);
	assert_str(taken.comments[1].text, "Y");
	assert_int_equal(taken.comments[1].line, 6);
	assert_int_equal(taken.comments[1].span.line, 3);
	assert_str(taken.comments[2].text, "Z");
	assert_int_equal(taken.comments[2].line, 0);
}

static void quoted_text_is_no_comment(void **state)
{
	(void)state;
	assert_int_equal(scan(STR("a: \"x # ingress2gw: ignore X\"\n")).count, 0);
	assert_int_equal(scan(STR("a: \"x\\\" # ingress2gw: ignore X\"\n")).count, 0);
	assert_int_equal(scan(STR("- 'x '' # ingress2gw: ignore X'\n")).count, 0);
	assert_int_equal(scan(STR("{a: 'x # ingress2gw: ignore X'}\n")).count, 0);
	assert_int_equal(scan(STR("a: x# ingress2gw: ignore X\n")).count, 0);
	assert_int_equal(scan(STR("a: ingress2gw: ignore X\n")).count, 0);
	assert_int_equal(scan(STR("a: 'x' # ingress2gw: ignore X\n")).count, 1);
	assert_int_equal(scan(STR("a: it's # ingress2gw: ignore X\n")).count, 1);
	assert_int_equal(scan(STR("a: \"open # ingress2gw: ignore X\n")).count, 0);
}

/* Lines that are longer than a block, and a comment across the border of two. */
static void blocks_do_not_matter(void **state)
{
	(void)state;
	for (size_t before = 65500; before < 65560; before += 7) {
		struct buf buf;

		buf_init(&buf);
		buf_fill(&buf, 'x', before);
		buf_text(&buf, "\n# ingress2gw: ignore A\nb: 1\n");
		buf_fill(&buf, 'y', 200000);
		buf_text(&buf, "\nc: 1 # ingress2gw: ignore B\n");

		struct taken taken = scan(buf_slice(&buf));

		assert_int_equal(taken.count, 2);
		assert_int_equal(taken.comments[0].line, 3);
		assert_int_equal(taken.comments[1].line, 5);
		buf_finish(&buf);
	}
}

static void too_many_comments_are_cut(void **state)
{
	struct buf buf;

	(void)state;
	buf_init(&buf);
	for (int i = 0; i < 10100; i++)
		buf_text(&buf, "a: 1 # ingress2gw: ignore X\n");
	assert_int_equal(scan(buf_slice(&buf)).count, 10000);
	buf_finish(&buf);
}

/* ---- suppressions ---- */

static void codes_of_an_object_are_bounded(void **state)
{
	struct suppressions all;
	const struct object_ref object = {STR("Ingress"), STR("web"), STR("shop")};
	struct buf buf;

	(void)state;
	suppressions_init(&all, &arena);
	buf_init(&buf);
	for (int i = 0; i < 1000; i++)
		buf_text(&buf, "I2G204;");
	for (int i = 0; i < 3; i++)
		suppressions_add(&all, &object, buf_slice(&buf), (struct span){0, 1, 1, 1});
	assert_int_equal(all.count, SUPPRESS_CODES_MOST);
	assert_int_equal(all.malformed.count, 3);
	buf_finish(&buf);
}

static void namespaces_default(void **state)
{
	struct suppressions all;
	const struct object_ref given = {STR("HTTPRoute"), STR(""), STR("shop")};
	struct finding finding = {.code = "I2G610",
				  .object = {STR("HTTPRoute"), STR("default"), STR("shop")}};

	(void)state;
	suppressions_init(&all, &arena);
	suppressions_add(&all, &given, STR("I2G610: known"), (struct span){0, 1, 1, 1});
	assert_str(suppressions_match(&all, &finding)->reason, "known");
	finding.object.namespace = STR("web");
	assert_null(suppressions_match(&all, &finding));
}

/* ---- baseline ---- */

static struct baseline read_baseline(const char *text)
{
	struct sources sources = {0};
	struct baseline baseline;
	struct error error = {{0}};

	sources_add(&sources, (struct source){.name = STR("b.json"), .text = str_from(text)});
	baseline_init(&baseline, &arena);
	if (!baseline_read(&baseline, &sources, 0, &error))
		fail_msg("%s", error.text);
	sources_finish(&sources);
	return baseline;
}

#define ENTRY(id, file, count)                                                                     \
	"{\"id\":\"" id "\",\"code\":\"I2G301\",\"file\":\"" file "\",\"count\":" count "}"

static const char *const one = "00000000000000aa";

static const struct finding plain = {.code = "I2G301"};

static bool takes(struct baseline *baseline, const char *id, const char *file,
		  enum baseline_match match)
{
	return baseline_takes(baseline, &plain, id, str_from(file), match);
}

static void files_are_asked_first(void **state)
{
	struct baseline baseline = read_baseline(
		"{\"version\":1,\"findings\":[" ENTRY("00000000000000aa", "a.yaml", "1") "," ENTRY(
			"00000000000000aa", "b.yaml", "2") "," ENTRY("00000000000000aa", "a.yaml",
								     "1") "]}");

	(void)state;
	assert_int_equal(baseline.count, 2);
	assert_true(takes(&baseline, one, "a.yaml", BASELINE_SAME));
	assert_true(takes(&baseline, one, "a.yaml", BASELINE_SAME));
	assert_false(takes(&baseline, one, "a.yaml", BASELINE_SAME));
	assert_false(takes(&baseline, one, "c.yaml", BASELINE_SAME));
	assert_true(takes(&baseline, one, "c.yaml", BASELINE_MOVED));
	assert_true(takes(&baseline, one, "c.yaml", BASELINE_MOVED));
	assert_false(takes(&baseline, one, "c.yaml", BASELINE_MOVED));
	assert_false(takes(&baseline, "00000000000000bb", "a.yaml", BASELINE_MOVED));
}

static void text_is_sorted_and_reads_back(void **state)
{
	struct baseline baseline;
	struct finding finding = {.code = "I2G301",
				  .object = {STR("Ingress"), STR("web"), STR("sh\"op")},
				  .path = STR("spec.rules[0]")};
	struct buf first, second;

	(void)state;
	baseline_init(&baseline, &arena);
	baseline_add(&baseline, "00000000000000bb", &finding, STR("b.yaml"));
	baseline_add(&baseline, one, &finding, STR("a\n.yaml"));
	baseline_add(&baseline, one, &finding, STR("a\n.yaml"));
	buf_init(&first);
	buf_init(&second);
	baseline_write(&first, &baseline);
	assert_str(buf_slice(&first),
		   "{\n  \"version\": 1,\n  \"findings\": [\n"
		   "    {\"id\":\"00000000000000aa\",\"code\":\"I2G301\",\"count\":2,"
		   "\"file\":\"a\\n.yaml\",\"object\":\"Ingress web/sh\\\"op\","
		   "\"path\":\"spec.rules[0]\"},\n"
		   "    {\"id\":\"00000000000000bb\",\"code\":\"I2G301\",\"count\":1,"
		   "\"file\":\"b.yaml\",\"object\":\"Ingress web/sh\\\"op\","
		   "\"path\":\"spec.rules[0]\"}\n  ]\n}\n");
	baseline = read_baseline(str_dup(&arena, buf_slice(&first)).at);
	baseline_write(&second, &baseline);
	assert_true(str_eq(buf_slice(&first), buf_slice(&second)));
	for (size_t i = 0; i < baseline.count; i++)
		baseline.at[i]->judged = true;
	assert_true(takes(&baseline, one, "a\n.yaml", BASELINE_SAME));
	assert_int_equal(baseline_prune(&baseline), 2);
	buf_clear(&second);
	baseline_write(&second, &baseline);
	assert_true(str_find_str(buf_slice(&second), "\"count\":1,\"file\":\"a") != SIZE_MAX);
	assert_true(str_find_str(buf_slice(&second), "b.yaml") == SIZE_MAX);
	buf_finish(&first);
	buf_finish(&second);
}

static void indices_may_shift(void **state)
{
	struct finding finding = {.code = "I2G204",
				  .object = {STR("Ingress"), STR("web"), STR("shop")},
				  .path = STR("spec.rules[0].http.paths[11].path")};
	struct baseline baseline;

	(void)state;
	baseline_init(&baseline, &arena);
	baseline_add(&baseline, one, &finding, STR("a.yaml"));
	baseline_restart(&baseline);
	finding.path = STR("spec.rules[1].http.paths[0].path");
	assert_false(baseline_takes(&baseline, &finding, "00000000000000bb", STR("a.yaml"),
				    BASELINE_MOVED));
	finding.path = STR("spec.rules[1].http.paths[0].backend");
	assert_false(baseline_takes(&baseline, &finding, "00000000000000bb", STR("a.yaml"),
				    BASELINE_SHIFTED));
	finding.path = STR("spec.rules[1].http.paths[0].path");
	assert_true(baseline_takes(&baseline, &finding, "00000000000000bb", STR("a.yaml"),
				   BASELINE_SHIFTED));
	assert_false(baseline_takes(&baseline, &finding, "00000000000000bb", STR("a.yaml"),
				    BASELINE_SHIFTED));
}

/* Many entries with one identity: nothing is asked twice. */
static void many_equal_entries_are_quick(void **state)
{
	struct baseline baseline;
	const struct finding finding = {.code = "I2G301"};

	(void)state;
	baseline_init(&baseline, &arena);
	for (int i = 0; i < 100000; i++)
		baseline_add(&baseline, one, &finding, str_format(&arena, "%d.yaml", i));
	baseline_restart(&baseline);
	for (int i = 0; i < 100000; i++)
		assert_true(takes(&baseline, one, "elsewhere.yaml", BASELINE_MOVED));
	assert_false(takes(&baseline, one, "elsewhere.yaml", BASELINE_MOVED));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(words_mean_rules),
		TEST(slips_are_recognised),
		TEST(every_rule_is_raised_somewhere),
		TEST(levels_change_one_rule),
		TEST(comments_have_places),
		TEST(quoted_text_is_no_comment),
		TEST(blocks_do_not_matter),
		TEST(too_many_comments_are_cut),
		TEST(codes_of_an_object_are_bounded),
		TEST(namespaces_default),
		TEST(files_are_asked_first),
		TEST(text_is_sorted_and_reads_back),
		TEST(indices_may_shift),
		TEST(many_equal_entries_are_quick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
