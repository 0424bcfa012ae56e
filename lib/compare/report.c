#include "compare/report_parts.h"

#include "report/markup.h"

const struct diff_format diff_formats[] = {
	{"text", report_text_write, NULL, NULL},
	{"json", report_json_write, NULL, NULL},
	{"junit", report_junit_write, NULL, NULL},
	{"markdown", report_markdown_write, NULL, NULL},
	{"github", report_github_write, "GITHUB_STEP_SUMMARY", report_markdown_write},
	{"html", report_html_write, NULL, NULL},
	{NULL, NULL, NULL, NULL},
};

enum { VALUE_MOST = 60 };

void report_count(struct buf *buf, uint64_t count)
{
	char text[STR_DIGITS];
	struct str digits = str_digits(text, count);

	for (size_t i = 0; i < digits.len; i++) {
		if (i && (digits.len - i) % 3 == 0)
			buf_char(buf, ',');
		buf_char(buf, digits.at[i]);
	}
}

void report_counted(struct buf *buf, uint64_t count, const char *noun)
{
	report_count(buf, count);
	buf_format(buf, " %s%s", noun, count == 1 ? "" : "s");
}

size_t report_unpredicted(const struct diff_run *run)
{
	size_t count = 0;

	for (size_t i = 0; i < run->group_count; i++)
		count += run->groups[i].finding ? 0 : run->groups[i].count;
	return count;
}

const char *report_result_style(const struct diff_result *result)
{
	if (result->verdict == DIFF_DIFFERENT)
		return result->finding ? "warning" : "error";
	return result->verdict == DIFF_FLAKY ? "info" : "ok";
}

struct span report_result_place(const struct diff_result *result)
{
	return result->finding && result->finding->span.line ? result->finding->span : result->span;
}

struct str report_source_path(const struct diff_report *report, uint32_t source,
			      struct arena *arena)
{
	const struct report of = {
		.sources = report->sources, .root = report->root, .directory = report->directory};

	return report->sources ? report_path(&of, source, arena) : STR("");
}

void report_fact_name(struct buf *buf, const struct fact *fact)
{
	buf_text(buf, fact_kind_name(fact->kind));
	if (!fact->name.len)
		return;
	buf_char(buf, ' ');
	buf_str(buf, fact->name);
}

static void add_value(struct buf *buf, struct str value)
{
	if (value.at)
		markup_clipped(buf, buf_str, value, VALUE_MOST);
	else
		buf_text(buf, "(absent)");
}

void report_facts_line(struct buf *buf, const struct diff_result *result)
{
	for (size_t i = 0; i < result->fact_count; i++) {
		const struct fact *fact = &result->facts[i];

		buf_text(buf, i ? ", " : "");
		report_fact_name(buf, fact);
		buf_char(buf, ' ');
		add_value(buf, fact->live);
		buf_text(buf, " -> ");
		add_value(buf, fact->candidate);
	}
}

void report_answer_words(struct buf *buf, const struct answer *answer)
{
	if (!answer) {
		buf_text(buf, "not asked");
		return;
	}
	if (answer->failure == ANSWER_CAME) {
		buf_format(buf, "%u", answer->status);
		return;
	}
	buf_format(buf, "no answer: %s", answer_failure_name(answer->failure));
	if (answer->why.len) {
		buf_text(buf, ": ");
		buf_str(buf, answer->why);
	}
}

void report_cause_words(struct buf *buf, const struct diff_result *result)
{
	if (result->finding)
		buf_format(buf, "%s %s", result->finding->code, rule_of(result->finding)->name);
	else if (result->guard_lost)
		buf_text(buf, "a guard of today is lost");
	else if (result->predicted)
		buf_text(buf, "not covered by a finding, although the routes decide differently");
	else
		buf_text(buf, "not predicted");
}

void report_words_xml(struct buf *buf, void (*words)(struct buf *, const struct diff_result *),
		      const struct diff_result *result)
{
	struct buf text;

	buf_init(&text);
	words(&text, result);
	markup_xml(buf, buf_slice(&text));
	buf_finish(&text);
}

/* As in a run of one piece (group.c): of a status also which. */
static void add_key_value(struct buf *buf, const struct fact *fact, struct str value)
{
	buf_char(buf, value.at ? '+' : '-');
	if (fact->kind == FACT_STATUS)
		buf_str(buf, value);
	buf_char(buf, '\0');
}

void report_group_key(struct buf *buf, const struct diff_result *result)
{
	const struct finding *finding = result->finding;

	if (finding) {
		buf_text(buf, finding->code);
		buf_format(buf, "%c%.*s%c%.*s%c%.*s", '\0', STR_ARG(finding->object.namespace),
			   '\0', STR_ARG(finding->object.name), '\0', STR_ARG(finding->path));
	}
	buf_char(buf, result->guard_lost ? '^' : result->predicted ? '!' : '?');
	for (size_t i = 0; i < result->fact_count; i++) {
		const struct fact *fact = &result->facts[i];

		buf_format(buf, "%d", (int)fact->kind);
		buf_str(buf, fact->name);
		buf_char(buf, '\0');
		add_key_value(buf, fact, fact->live);
		add_key_value(buf, fact, fact->candidate);
	}
}
