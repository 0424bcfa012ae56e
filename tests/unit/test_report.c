#include "test.h"

#include "report/clean.h"
#include "report/excerpt.h"
#include "report/report.h"

struct fixture {
	struct arena arena;
	struct sources sources;
	struct findings findings;
	struct buf buf;
};

static const char shop[] = "apiVersion: networking.k8s.io/v1\n"
			   "kind: Ingress\n"
			   "metadata:\n"
			   "  name: shop\n"
			   "  namespace: web\n"
			   "  annotations:\n"
			   "    nginx.ingress.kubernetes.io/auth-url: https://auth.example.com\r\n"
			   "\ttabbed: value\n";

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);

	arena_init(&fixture->arena);
	buf_init(&fixture->buf);
	findings_init(&fixture->findings, &fixture->arena);
	sources_add(&fixture->sources,
		    (struct source){.name = STR("deploy/shop.yaml"), .text = STR(shop)});
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	buf_finish(&fixture->buf);
	sources_finish(&fixture->sources);
	arena_finish(&fixture->arena);
	free(fixture);
	return 0;
}

static struct finding auth(void)
{
	return (struct finding){
		.code = "I2G301",
		.object = {STR("Ingress"), STR("web"), STR("shop")},
		.path = STR("metadata.annotations[nginx.ingress.kubernetes.io/auth-url]"),
		.span = {.source = 0, .line = 7, .column = 5, .length = 36},
		.message = STR("external authentication would be lost"),
		.hint = STR("use an emitter with a policy"),
	};
}

static struct report report_of(struct fixture *fixture)
{
	return (struct report){.findings = &fixture->findings, .sources = &fixture->sources};
}

static void write_as(struct fixture *fixture, const char *format)
{
	struct report report = report_of(fixture);

	report_format_find(str_from(format))->write(&fixture->buf, &report);
}

static void text_shows_line_and_caret(void **state)
{
	struct fixture *fixture = *state;

	findings_add(&fixture->findings, auth());
	write_as(fixture, "text");
	assert_str(buf_slice(&fixture->buf),
		   "error[I2G301]: external authentication would be lost\n"
		   " --> deploy/shop.yaml:7:5  (Ingress web/shop)\n"
		   "  |\n"
		   "7 |     nginx.ingress.kubernetes.io/auth-url: https://auth.example.com\n"
		   "  |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
		   "  |\n"
		   "  = hint: use an emitter with a policy\n"
		   "\n"
		   "Pages: ingress2gw explain I2G301\n"
		   "1 error.\n");
}

static void two_findings_on_a_line(void **state)
{
	struct fixture *fixture = *state;
	struct report report = report_of(fixture);
	struct str text;
	size_t first;

	findings_add(&fixture->findings, auth());
	findings_add(&fixture->findings, (struct finding){.code = "I2G315",
							  .message = STR("second"),
							  .span = {0, 7, 43, 24}});
	findings_add(
		&fixture->findings,
		(struct finding){.code = "I2G204", .message = STR("third"), .span = {0, 4, 3, 4}});
	report_text_findings(&fixture->buf, &report);
	text = buf_slice(&fixture->buf);
	assert_true(str_find_str(text, "4 |   name: shop\n") != SIZE_MAX);
	first = str_find_str(text, "7 |     nginx.ingress.kubernetes.io/auth-url: ");
	assert_true(first != SIZE_MAX);
	text = str_from_pos(text, first + 1);
	assert_true(str_find_str(text, "7 |     nginx.ingress.kubernetes.io/auth-url: ") !=
		    SIZE_MAX);
}

static void text_without_a_place(void **state)
{
	struct fixture *fixture = *state;

	findings_add(&fixture->findings,
		     (struct finding){.code = "I2G606", .message = STR("nothing was converted")});
	write_as(fixture, "text");
	assert_str(buf_slice(&fixture->buf), "warning[I2G606]: nothing was converted\n"
					     "\n"
					     "Pages: ingress2gw explain I2G606\n"
					     "1 warning.\n");
}

static void text_without_findings(void **state)
{
	struct fixture *fixture = *state;
	struct report report = report_of(fixture);

	report.subject = STR("3 Ingresses");
	report_format_find(STR("text"))->write(&fixture->buf, &report);
	assert_str(buf_slice(&fixture->buf), "3 Ingresses, no findings.\n");
}

static void text_ends_after_the_most(void **state)
{
	struct fixture *fixture = *state;
	struct report report = report_of(fixture);
	struct str text;

	for (uint32_t i = 1; i <= 5; i++)
		findings_add(&fixture->findings, (struct finding){.code = "I2G301",
								  .message = STR("lost"),
								  .span = {0, i, 1, 1}});
	report.most = 3;
	report_text_findings(&fixture->buf, &report);
	text = buf_slice(&fixture->buf);
	assert_true(str_find_str(text, "shop.yaml:3:1") != SIZE_MAX);
	assert_true(str_find_str(text, "shop.yaml:4:1") == SIZE_MAX);
	assert_true(str_ends(text, "... and 2 more\n\n"));
}

static void text_leaves_out_what_is_below(void **state)
{
	struct fixture *fixture = *state;
	struct report report = report_of(fixture);

	findings_add(&fixture->findings,
		     (struct finding){.code = "I2G204", .message = STR("case")});
	findings_add(&fixture->findings,
		     (struct finding){.code = "I2G301", .message = STR("auth")});
	report.least = SEVERITY_ERROR;
	report_text_findings(&fixture->buf, &report);
	assert_str(buf_slice(&fixture->buf), "error[I2G301]: auth\n\n");
}

static void order_is_file_line_column(void **state)
{
	struct fixture *fixture = *state;
	static const struct span spans[] = {
		{1, 1, 1, 0}, {0, 0, 0, 0}, {0, 9, 2, 0}, {0, 9, 1, 0}, {0, 2, 7, 0}};
	static const size_t expected[] = {4, 3, 2, 0, 1};
	struct report report = report_of(fixture);
	struct report_list list;

	for (size_t i = 0; i < 5; i++)
		findings_add(&fixture->findings,
			     (struct finding){.code = "I2G204", .span = spans[i]});
	list = report_list(&report, &fixture->arena);
	assert_int_equal(list.count, 5);
	for (size_t i = 0; i < 5; i++)
		assert_ptr_equal(list.at[i].finding, &fixture->findings.at[expected[i]]);
}

static void concise_is_one_line_each(void **state)
{
	struct fixture *fixture = *state;

	findings_add(&fixture->findings, auth());
	findings_add(&fixture->findings,
		     (struct finding){.code = "I2G204",
				      .object = {STR("Ingress"), STR("web"), STR("two\nlines")},
				      .message = STR("a\tb\x1b[31m\nc")});
	findings_add(&fixture->findings,
		     (struct finding){.code = "I2G606", .message = STR("nothing")});
	write_as(fixture, "concise");
	assert_str(buf_slice(&fixture->buf),
		   "deploy/shop.yaml:7:5: error: external authentication would be lost [I2G301]\n"
		   "Ingress web/two\\nlines: warning: a\\tb\\x1b[31m\\nc [I2G204]\n"
		   "warning: nothing [I2G606]\n");
}

static void json_names_everything(void **state)
{
	struct fixture *fixture = *state;
	struct finding finding = auth();
	char id[17];

	findings_add(&fixture->findings, finding);
	finding_id(id, &finding, &fixture->sources);
	write_as(fixture, "json");
	assert_str(
		buf_slice(&fixture->buf),
		str_format(&fixture->arena,
			   "{\"version\":1,\"summary\":{\"error\":1,\"warning\":0,\"info\":0,"
			   "\"suppressed\":0,\"baseline\":0},\n"
			   " \"findings\":[\n"
			   "  {\"id\":\"%s\",\"code\":\"I2G301\",\"name\":\"auth-not-portable\","
			   "\"severity\":\"error\","
			   "\"message\":\"external authentication would be lost\","
			   "\"hint\":\"use an emitter with a policy\","
			   "\"file\":\"deploy/shop.yaml\",\"line\":7,\"column\":5,\"endColumn\":41,"
			   "\"object\":{\"kind\":\"Ingress\",\"namespace\":\"web\","
			   "\"name\":\"shop\"},"
			   "\"path\":[\"metadata\",\"annotations\","
			   "\"nginx.ingress.kubernetes.io/auth-url\"]}],\n"
			   " \"suppressed\":[]}\n",
			   id)
			.at);
}

static void json_without_findings(void **state)
{
	struct fixture *fixture = *state;

	write_as(fixture, "json");
	assert_str(buf_slice(&fixture->buf),
		   "{\"version\":1,\"summary\":{\"error\":0,\"warning\":0,\"info\":0,"
		   "\"suppressed\":0,\"baseline\":0},\n"
		   " \"findings\":[],\n"
		   " \"suppressed\":[]}\n");
}

/* What the gate decided is what is shown, not what the rule says. */
static void verdicts_decide(void **state)
{
	struct fixture *fixture = *state;
	struct report report = report_of(fixture);
	static const struct verdict verdicts[] = {
		{.severity = SEVERITY_INFO},
		{.severity = SEVERITY_ERROR, .state = VERDICT_KNOWN},
		{SEVERITY_ERROR, VERDICT_IGNORED, VERDICT_ANNOTATION, STR_INIT("never \"so\"")},
	};
	struct report_totals totals;
	struct str text;

	for (size_t i = 0; i < 3; i++)
		findings_add(&fixture->findings, auth());
	assert_true(report_fails(&report));
	report.verdicts = verdicts;
	totals = report_totals(&report);
	assert_int_equal(totals.counts[SEVERITY_ERROR], 0);
	assert_int_equal(totals.counts[SEVERITY_INFO], 1);
	assert_int_equal(totals.known, 1);
	assert_int_equal(totals.ignored, 1);
	assert_false(report_fails(&report));
	report.fail_on = REPORT_FAIL_INFO;
	assert_true(report_fails(&report));
	report.fail_on = REPORT_FAIL_NEVER;
	assert_false(report_fails(&report));
	report_format_find(STR("concise"))->write(&fixture->buf, &report);
	assert_str(buf_slice(&fixture->buf),
		   "deploy/shop.yaml:7:5: info: external authentication would be lost [I2G301]\n");
	buf_clear(&fixture->buf);
	report.subject = STR("1 Ingress");
	report_summary(&fixture->buf, &report);
	assert_str(buf_slice(&fixture->buf),
		   "1 Ingress, 1 info (1 more in the baseline, 1 suppressed).\n");
	buf_clear(&fixture->buf);
	report_format_find(STR("json"))->write(&fixture->buf, &report);
	text = buf_slice(&fixture->buf);
	assert_true(str_find_str(text, "\"by\":\"baseline\"}") != SIZE_MAX);
	assert_true(str_ends(text, "\"by\":\"annotation\",\"reason\":\"never \\\"so\\\"\"}]}\n"));
}

/* What is known is shown as such, in the words of each format, and fails nothing. */
static void known_findings_are_marked(void **state)
{
	static const struct verdict known = {.severity = SEVERITY_ERROR, .state = VERDICT_KNOWN};
	static const struct {
		const char *format, *mark;
	} rows[] = {
		{"tap", "not ok 1 - Ingress web/shop in deploy/shop.yaml # TODO in the baseline\n"},
		{"markdown", " | in the baseline |\n"},
		{"junit", "<skipped message=\"in the baseline"},
		{"sarif", "\"baselineState\":\"unchanged\""},
	};
	struct fixture *fixture = *state;
	struct report report = report_of(fixture);

	findings_add(&fixture->findings, auth());
	report.verdicts = &known;
	report.baseline = true;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		buf_clear(&fixture->buf);
		report_format_find(str_from(rows[i].format))->write(&fixture->buf, &report);
		if (str_find_str(buf_slice(&fixture->buf), rows[i].mark) == SIZE_MAX)
			fail_msg("%s: %.*s", rows[i].format, STR_ARG(buf_slice(&fixture->buf)));
	}
}

/* One identity, several findings: machines tell them apart, whatever line they stand in. */
static void ids_are_unique_and_stable(void **state)
{
	struct fixture *fixture = *state;
	struct report report = report_of(fixture);
	const struct report_id *before, *after;

	for (size_t i = 0; i < 3; i++)
		findings_add(&fixture->findings, auth());
	before = report_ids(&report, &fixture->arena);
	assert_string_not_equal(before[0].text, before[1].text);
	assert_string_not_equal(before[1].text, before[2].text);
	for (uint32_t i = 0; i < 3; i++)
		fixture->findings.at[i].span.line += 100 * i;
	after = report_ids(&report, &fixture->arena);
	assert_memory_equal(before, after, 3 * sizeof *before);
}

static void identity_survives_moved_lines(void **state)
{
	struct fixture *fixture = *state;
	struct finding finding = auth(), other = auth();
	char first[17], moved[17], renamed[17];

	finding_id(first, &finding, &fixture->sources);
	finding.span.line = 70;
	finding_id(moved, &finding, &fixture->sources);
	other.object.name = STR("shop2");
	finding_id(renamed, &other, &fixture->sources);
	assert_int_equal(strlen(first), 16);
	assert_int_equal(strspn(first, "0123456789abcdef"), 16);
	assert_string_equal(first, moved);
	assert_string_not_equal(first, renamed);
	other = auth();
	other.path = STR("metadata.annotations[nginx.ingress.kubernetes.io/auth-type]");
	finding_id(renamed, &other, &fixture->sources);
	assert_string_not_equal(first, renamed);
}

static void identity_without_object_is_file_and_message(void **state)
{
	struct fixture *fixture = *state;
	struct finding finding = {.code = "I2G100", .span = {0, 1, 1, 0}, .message = STR("a tab")};
	char first[17], other[17], moved[17];

	sources_add(&fixture->sources, (struct source){.name = STR("other.yaml")});
	sources_add(&fixture->sources, (struct source){.name = STR("prod/web/shop.yaml")});
	finding_id(first, &finding, &fixture->sources);
	finding.span = (struct span){1, 1, 1, 0};
	finding_id(other, &finding, &fixture->sources);
	assert_string_not_equal(first, other);
	finding.span = (struct span){2, 7, 3, 0};
	finding_id(moved, &finding, &fixture->sources);
	assert_string_equal(first, moved);
	finding.message = STR("a brace");
	finding_id(moved, &finding, &fixture->sources);
	assert_string_not_equal(first, moved);
}

static void paths_become_lists(void **state)
{
	struct fixture *fixture = *state;

	report_json_path(&fixture->buf, STR(""));
	report_json_path(&fixture->buf, STR("spec.rules[0].http.paths[12].path"));
	report_json_path(&fixture->buf, STR("data[use-regex]"));
	report_json_path(&fixture->buf, STR("metadata.labels[a.b/c]"));
	report_json_path(&fixture->buf, STR("open[bracket"));
	assert_str(buf_slice(&fixture->buf),
		   ",\"path\":[\"spec\",\"rules\",0,\"http\",\"paths\",12,\"path\"]"
		   ",\"path\":[\"data\",\"use-regex\"]"
		   ",\"path\":[\"metadata\",\"labels\",\"a.b/c\"]"
		   ",\"path\":[\"open\",\"bracket\"]");
}

/* ---- excerpts ---- */

static void excerpt(struct fixture *fixture, const char *line, struct span span, unsigned width)
{
	struct excerpt_options options = {.gutter = 1, .width = width};

	span.line = 7;
	buf_clear(&fixture->buf);
	assert_true(excerpt_add(&fixture->buf, str_from(line), span, &options));
}

static void caret_stands_under_tabs(void **state)
{
	struct fixture *fixture = *state;

	excerpt(fixture, "\ta:\tb", (struct span){.column = 5, .length = 1}, 80);
	assert_str(buf_slice(&fixture->buf), "  |\n"
					     "7 |         a:      b\n"
					     "  |                 ^\n");
}

static void caret_counts_wide_and_escaped_characters(void **state)
{
	struct fixture *fixture = *state;

	/* two wide characters, a combining one, an escape byte */
	excerpt(fixture,
		"\xe4\xb8\xad\xe6\x96\x87"
		"e\xcc\x81"
		"\x1b"
		"X",
		(struct span){.column = 6, .length = 1}, 80);
	assert_str(buf_slice(&fixture->buf), "  |\n"
					     "7 | \xe4\xb8\xad\xe6\x96\x87"
					     "e\xcc\x81"
					     "\\x1bX\n"
					     "  |          ^\n");
}

static void place_at_the_end_of_the_line(void **state)
{
	struct fixture *fixture = *state;

	excerpt(fixture, "key:", (struct span){.column = 5}, 80);
	assert_str(buf_slice(&fixture->buf), "  |\n7 | key:\n  |     ^\n");
}

static void long_lines_are_cut_around_the_span(void **state)
{
	struct fixture *fixture = *state;
	char line[301];

	memset(line, 'x', 300);
	line[300] = '\0';
	memcpy(line + 150, "HERE", 4);
	excerpt(fixture, line, (struct span){.column = 151, .length = 4}, 44);
	assert_str(buf_slice(&fixture->buf), "  |\n"
					     "7 | ...xxxxxxxxxxHERExxxxxxxxxxxxxxxxxxxx...\n"
					     "  |              ^^^^\n");
	memcpy(line + 296, "LAST", 4);
	excerpt(fixture, line, (struct span){.column = 297, .length = 4}, 44);
	assert_str(buf_slice(&fixture->buf), "  |\n"
					     "7 | ...xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxLAST\n"
					     "  |                                     ^^^^\n");
	excerpt(fixture, line, (struct span){.column = 1, .length = 300}, 44);
	assert_str(buf_slice(&fixture->buf), "  |\n"
					     "7 | xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...\n"
					     "  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n");
}

/* Whatever is cut, no line is longer than the terminal. */
static void excerpts_fit(void **state)
{
	struct fixture *fixture = *state;
	char line[200];

	for (size_t i = 0; i < sizeof line - 1; i++)
		line[i] = i % 7 == 3 ? '\t' : (char)('a' + i % 26);
	line[sizeof line - 1] = '\0';
	for (unsigned width = 24; width < 140; width += 7)
		for (uint32_t column = 1; column < sizeof line; column++) {
			struct str rest, text;
			bool more = true;

			excerpt(fixture, line, (struct span){.column = column, .length = 3}, width);
			rest = buf_slice(&fixture->buf);
			while (str_split(&rest, '\n', &more, &text))
				if (text.len > width + 1)
					fail_msg("width %u column %u: %.*s", width, column,
						 STR_ARG(text));
		}
}

static void nothing_to_show(void **state)
{
	struct fixture *fixture = *state;
	struct excerpt_options options = {.gutter = 1, .width = 80};

	assert_false(excerpt_add(&fixture->buf, STR(""), (struct span){0, 1, 1, 1}, &options));
	assert_false(excerpt_add(&fixture->buf, STR("abc"), (struct span){0, 1, 9, 1}, &options));
	assert_int_equal(fixture->buf.len, 0);
}

static void dangerous_text_is_escaped(void **state)
{
	struct fixture *fixture = *state;

	clean_add(&fixture->buf,
		  STR("ok \xc3\xa4 \xff \xc0\x80 \xed\xa0\x80 \xe2\x80\xae \xc2\x9b"));
	assert_str(buf_slice(&fixture->buf),
		   "ok \xc3\xa4 \\xff \\xc0\\x80 \\xed\\xa0\\x80 \\u202e \\x9b");
}

static void colours_only_when_asked(void **state)
{
	struct fixture *fixture = *state;
	struct report report = report_of(fixture);

	findings_add(&fixture->findings, auth());
	report_text_findings(&fixture->buf, &report);
	assert_int_equal(str_find(buf_slice(&fixture->buf), '\033'), SIZE_MAX);
	buf_clear(&fixture->buf);
	report.colour = true;
	report_text_findings(&fixture->buf, &report);
	assert_true(str_starts(buf_slice(&fixture->buf), "\033[31merror[I2G301]\033[0m: "));
}

static void numbers_with_nouns(void **state)
{
	struct fixture *fixture = *state;

	report_number(&fixture->buf, 1, "Gateway");
	buf_char(&fixture->buf, ' ');
	report_number(&fixture->buf, 2, "Gateway");
	buf_char(&fixture->buf, ' ');
	report_number(&fixture->buf, 0, "Ingress");
	buf_char(&fixture->buf, ' ');
	report_number(&fixture->buf, 3, "BackendTLSPolicy");
	assert_str(buf_slice(&fixture->buf),
		   "1 Gateway 2 Gateways 0 Ingresses 3 BackendTLSPolicies");
}

/* ---- the ledger ---- */

static const struct kube_ingress owner = {
	.meta =
		{
			.kind = "Ingress",
			.namespace = STR_INIT("web"),
			.name = STR_INIT("shop"),
			.span = {0, 1, 1, 1},
			.annotations = {&(struct kube_pair){.key = STR_INIT("auth-url")}, 1},
		},
	.rules =
		&(struct kube_rule){
			.paths = &(struct kube_path){.path = {STR_INIT("/cart"), {0, 12, 9, 5}}},
			.path_count = 1,
		},
	.rule_count = 1,
};

static void fill_ledger(struct ledger *ledger, struct arena *arena)
{
	static const struct target route = {"HTTPRoute", STR_INIT("web"), STR_INIT("shop-a")};
	struct ledger_item *path, *annotation;

	ledger_init(ledger, arena);
	path = ledger_add(ledger, (struct ledger_item){.kind = ITEM_PATH, .owner = &owner.meta});
	ledger_mark(path, OUTCOME_EXACT, NULL);
	ledger_target(path, &route, TARGET_RULE, 3);
	annotation = ledger_add(
		ledger, (struct ledger_item){.kind = ITEM_ANNOTATION, .owner = &owner.meta});
	ledger_mark(annotation, OUTCOME_REFUSED, "I2G301");
}

static void ledger_as_json(void **state)
{
	struct fixture *fixture = *state;
	struct ledger ledger;

	fill_ledger(&ledger, &fixture->arena);
	ledger_format_for(STR("out/l.json"))->write(&fixture->buf, &ledger, &fixture->sources);
	assert_str(buf_slice(&fixture->buf),
		   "{\"version\":1,\"outcomes\":{\"inert\":0,\"exact\":1,\"approximate\":0,"
		   "\"policy\":0,"
		   "\"refused\":1},\n \"items\":[\n"
		   "  {\"kind\":\"path\",\"name\":\"/cart\",\"outcome\":\"exact\","
		   "\"file\":\"deploy/shop.yaml\",\"line\":12,\"column\":9,\"endColumn\":14,"
		   "\"object\":{\"kind\":\"Ingress\",\"namespace\":\"web\",\"name\":\"shop\"},"
		   "\"path\":[\"spec\",\"rules\",0,\"http\",\"paths\",0],"
		   "\"target\":{\"kind\":\"HTTPRoute\",\"namespace\":\"web\",\"name\":\"shop-a\","
		   "\"field\":\"spec.rules[3]\"}},\n"
		   "  {\"kind\":\"annotation\",\"name\":\"auth-url\",\"outcome\":\"refused\","
		   "\"code\":\"I2G301\","
		   "\"object\":{\"kind\":\"Ingress\",\"namespace\":\"web\",\"name\":\"shop\"},"
		   "\"path\":[\"metadata\",\"annotations\"]}]}\n");
}

static void ledger_as_text(void **state)
{
	struct fixture *fixture = *state;
	struct ledger ledger;

	fill_ledger(&ledger, &fixture->arena);
	ledger_format_for(STR("l.txt"))->write(&fixture->buf, &ledger, &fixture->sources);
	assert_str(buf_slice(&fixture->buf),
		   "Ingress web/shop  deploy/shop.yaml:1\n"
		   "  exact        path                     /cart  (line 12)"
		   "                        -> HTTPRoute web/shop-a spec.rules[3]\n"
		   "  refused      annotation       I2G301  auth-url\n"
		   "\n"
		   "2 items: 0 inert, 1 exact, 0 approximate, 0 policy, 1 refused\n");
	assert_null(ledger_format_for(STR("l.csv")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(text_shows_line_and_caret),
		TEST(two_findings_on_a_line),
		TEST(text_without_a_place),
		TEST(text_without_findings),
		TEST(text_ends_after_the_most),
		TEST(text_leaves_out_what_is_below),
		TEST(order_is_file_line_column),
		TEST(concise_is_one_line_each),
		TEST(json_names_everything),
		TEST(json_without_findings),
		TEST(verdicts_decide),
		TEST(known_findings_are_marked),
		TEST(ids_are_unique_and_stable),
		TEST(identity_survives_moved_lines),
		TEST(identity_without_object_is_file_and_message),
		TEST(paths_become_lists),
		TEST(caret_stands_under_tabs),
		TEST(caret_counts_wide_and_escaped_characters),
		TEST(place_at_the_end_of_the_line),
		TEST(long_lines_are_cut_around_the_span),
		TEST(excerpts_fit),
		TEST(nothing_to_show),
		TEST(dangerous_text_is_escaped),
		TEST(colours_only_when_asked),
		TEST(numbers_with_nouns),
		TEST(ledger_as_json),
		TEST(ledger_as_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
