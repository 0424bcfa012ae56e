#include "report/formats.h"

/* Sorted by name. */
const struct report_format report_formats[] = {
	{.name = "concise", .title = "one line a finding, for editors", .write = concise_write},
	{
		.name = "github",
		.title = "annotations in GitHub Actions, and the step summary",
		.write = github_write,
		.side_variable = "GITHUB_STEP_SUMMARY",
		.write_side = markdown_write,
	},
	{.name = "gitlab", .title = "GitLab's code quality report", .write = gitlab_write},
	{.name = "html", .title = "one page to read, sort and filter", .write = html_write},
	{.name = "json", .title = "for programs", .write = json_report_write},
	{.name = "junit", .title = "JUnit XML for GitLab and Jenkins", .write = junit_write},
	{
		.name = "markdown",
		.title = "a table for pull requests",
		.write = markdown_write,
		.counts = true,
	},
	{.name = "sarif", .title = "SARIF 2.1.0 for code scanning", .write = sarif_write},
	{.name = "tap", .title = "TAP 14, one test an object", .write = tap_write},
	{.name = "text", .title = "source lines with carets", .write = text_write, .counts = true},
};

const size_t report_format_count = sizeof report_formats / sizeof *report_formats;

const struct report_format *report_format_find(struct str name)
{
	for (size_t i = 0; i < report_format_count; i++)
		if (str_is(name, report_formats[i].name))
			return &report_formats[i];
	return NULL;
}
