/* fuzz_diff_report.c - every writer of a comparison: whatever the texts are, the output parses back, and what
 * `diff --merge` reads of its json is written again as it was.
 *
 * The input is a case of diff_case.h. When it begins with "{" it is a result to merge instead, of any bytes.
 */
#include "diff_case.h"
#include "report_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_markdown(struct str text)
{
	static const char *const starts[] = {"| ",         "|---",           "<details><summary>",
					     "</details>", "### ingress2gw", "**The run",
					     NULL};
	struct str rest = text, line;
	bool more = true;

	report_check_text(text);
	/* The summary, in the third line, begins with a number. */
	for (int i = 0; i < 3; i++)
		str_split(&rest, '\n', &more, &line);
	while (str_split(&rest, '\n', &more, &line)) {
		bool known = !line.len || str_ends(line, " here.");

		for (size_t i = 0; starts[i]; i++)
			known |= str_starts(line, starts[i]);
		HOLDS(known, text);
	}
}

static const struct {
	const char *format;
	void (*check)(struct str text);
} checks[] = {
	{"text", report_check_text},  {"json", report_check_json},     {"junit", report_check_xml},
	{"markdown", check_markdown}, {"github", report_check_github}, {"html", report_check_html},
};

static void write_as(struct buf *buf, const struct diff_report *report, size_t format)
{
	diff_formats[format].write(buf, report);
}

/* What can be merged at all can be shown. */
static void merge(struct str json, bool must)
{
	struct diff_run run = {.complete = true};
	struct sources sources = {0};
	struct error error;
	struct buf buf;
	bool good;

	arena_init(&run.arena);
	buf_init(&buf);
	good = diff_merge(&run, &sources, json, "case.json", &error);
	HOLDS(good || !must, json);
	if (good && diff_merge_end(&run, &error)) {
		const struct diff_report report = {.run = &run, .sources = &sources};

		for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
			write_as(&buf, &report, i);
			checks[i].check(buf_slice(&buf));
			buf_clear(&buf);
		}
	}
	buf_finish(&buf);
	sources_finish(&sources);
	arena_finish(&run.arena);
}

static void write_case(struct str data)
{
	struct diff_case made;
	struct buf buf;
	size_t count = 0;

	diff_case_init(&made, data);
	buf_init(&buf);
	for (; diff_formats[count].name; count++) {
		write_as(&buf, &made.report, count);
		HOLDS(strcmp(diff_formats[count].name, checks[count].format) == 0,
		      STR("the checks are in another order"));
		if (!made.report.colour || count)
			checks[count].check(buf_slice(&buf));
		if (strcmp(diff_formats[count].name, "json") == 0)
			merge(buf_slice(&buf), true);
		buf_clear(&buf);
	}
	HOLDS(sizeof checks / sizeof *checks == count, STR("a format has no check"));
	buf_finish(&buf);
	diff_case_finish(&made);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {size ? (const char *)data : "", size};

	if (str_starts(text, "{"))
		merge(text, false);
	else
		write_case(text);
	return 0;
}
