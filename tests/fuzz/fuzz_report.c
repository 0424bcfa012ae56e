/* fuzz_report.c - every report writer: whatever the texts are, the output parses back.
 *
 * The input is a case of report_case.h; what has to hold stands in report_check.h.
 */
#include "report_case.h"
#include "report_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_tap(struct str text)
{
	static const char *const starts[] = {
		"TAP version 14",  "1..",    "ok ",   "not ok ", "  ---", "  findings:",
		"    - code: I2G", "      ", "  ...", NULL};

	report_check_lines(text, starts);
	HOLDS(str_starts(text, "TAP version 14\n1.."), text);
}

static bool starts_with_any(struct str line, const char *const *words)
{
	for (; *words; words++)
		if (str_starts(line, *words))
			return true;
	return false;
}

static void check_markdown(struct str text)
{
	static const char *const starts[] = {
		"| ", "|---", "- **", "<details><summary>", "</details>", "### ingress2gw", NULL};
	struct str rest = text, line;
	bool more = true;

	/* The counts, in the third line, begin with a text of the command. */
	for (int i = 0; i < 3; i++)
		str_split(&rest, '\n', &more, &line);
	report_check_text(text);
	while (str_split(&rest, '\n', &more, &line))
		HOLDS(!line.len || starts_with_any(line, starts) || str_ends(line, " here."), text);
}

static const struct {
	const char *format;
	void (*check)(struct str text);
} checks[] = {
	{"concise", report_check_text},
	{"github", report_check_github},
	{"gitlab", report_check_json},
	{"html", report_check_html},
	{"json", report_check_json},
	{"junit", report_check_xml},
	{"markdown", check_markdown},
	{"sarif", report_check_json},
	{"tap", check_tap},
	{"text", report_check_text},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct report_case made;
	struct buf buf;

	report_case_init(&made, (struct str){size ? (const char *)data : "", size});
	buf_init(&buf);
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
		report_format_find(str_from(checks[i].format))->write(&buf, &made.report);
		checks[i].check(buf_slice(&buf));
		buf_clear(&buf);
	}
	HOLDS(sizeof checks / sizeof *checks == report_format_count, STR("a format has no check"));
	buf_finish(&buf);
	report_case_finish(&made);
	return 0;
}
