/* Markdown for pull requests and step summaries: the counts, causes, hosts that do not agree. */
#include "compare/report_parts.h"

#include "report/markup.h"

enum {
	TEXT_MOST = 300, /* bytes of a text in a cell */
	FACTS_MOST = 8,  /* in a cell */
};

struct markdown {
	struct buf *buf;
	const struct diff_report *report;
	struct arena *arena;
	size_t start; /* of this report in the buffer */
};

static void add_clipped(struct buf *buf, struct str text)
{
	markup_clipped(buf, markup_markdown, text, TEXT_MOST);
}

static void add_value(struct buf *buf, struct str value)
{
	bool cut;

	if (!value.at)
		buf_text(buf, "*absent*");
	else if (!value.len)
		buf_text(buf, "*empty*");
	else
		markup_code(buf, markup_clip(value, TEXT_MOST, &cut));
}

static void add_facts(struct buf *buf, const struct diff_result *result)
{
	for (size_t i = 0; i < result->fact_count && i < FACTS_MOST; i++) {
		const struct fact *fact = &result->facts[i];
		struct buf name;

		buf_init(&name);
		report_fact_name(&name, fact);
		buf_text(buf, i ? "<br>" : "");
		add_clipped(buf, buf_slice(&name));
		buf_text(buf, ": live ");
		add_value(buf, fact->live);
		buf_text(buf, ", candidate ");
		add_value(buf, fact->candidate);
		buf_finish(&name);
	}
	if (result->fact_count > FACTS_MOST)
		buf_format(buf, "<br>and %zu more", result->fact_count - FACTS_MOST);
}

static void add_request(struct buf *buf, const struct diff_result *result)
{
	struct buf line;
	bool cut;

	buf_init(&line);
	probe_describe(&line, &result->probe);
	markup_code(buf, markup_clip(buf_slice(&line), TEXT_MOST, &cut));
	buf_finish(&line);
}

static void add_cause(struct markdown *m, const struct diff_result *result)
{
	struct buf *buf = m->buf;

	if (!result->finding) {
		buf_text(buf, result->guard_lost  ? "**a guard of today is lost**"
			      : result->predicted ? "**not covered by a finding**"
						  : "**not predicted**");
		return;
	}
	report_code_link(buf, m->report->pages, result->finding->code);
	buf_char(buf, ' ');
	add_clipped(buf, result->finding->message);
}

static void add_place(struct markdown *m, const struct diff_result *result)
{
	struct span span = report_result_place(result);
	struct str path = report_source_path(m->report, span.source, m->arena);

	if (span.line && path.len)
		markup_code(m->buf, str_format(m->arena, "%.*s:%u", STR_ARG(path), span.line));
}

static void add_group(struct markdown *m, const struct diff_group *group)
{
	struct arena_mark mark = arena_mark(m->arena);
	const struct diff_result *result = report_shown(m->arena, m->report, group->example);

	buf_text(m->buf, "| ");
	report_count(m->buf, group->count);
	buf_text(m->buf, " | ");
	add_request(m->buf, result);
	buf_text(m->buf, " | ");
	add_facts(m->buf, result);
	buf_text(m->buf, " | ");
	add_cause(m, result);
	buf_text(m->buf, " | ");
	add_place(m, result);
	buf_text(m->buf, " |\n");
	arena_rewind(m->arena, mark);
}

static void add_groups(struct markdown *m)
{
	const struct diff_run *run = m->report->run;

	if (!run->group_count)
		return;
	buf_text(m->buf, "| Requests | One of them | What differs | Why | Place |\n"
			 "|---:|---|---|---|---|\n");
	for (size_t i = 0; i < run->group_count; i++) {
		if (m->buf->len - m->start > REPORT_TABLES_MOST) {
			buf_format(m->buf, "\n%zu more causes are not listed here.\n",
				   run->group_count - i);
			break;
		}
		add_group(m, &run->groups[i]);
	}
	buf_char(m->buf, '\n');
}

static bool agrees(const struct diff_host *host)
{
	return !host->different && !host->flaky && !host->unasked;
}

static void add_host(struct buf *buf, const struct diff_host *host)
{
	buf_text(buf, "| ");
	add_clipped(buf, host->host);
	buf_format(buf, " | %zu | %zu | %zu | %zu |\n", host->equal, host->different, host->flaky,
		   host->unasked);
}

static void add_hosts(struct markdown *m)
{
	const struct diff_run *run = m->report->run;
	size_t odd = 0;

	for (size_t i = 0; i < run->host_count; i++)
		odd += !agrees(&run->hosts[i]);
	if (!odd)
		return;
	buf_format(m->buf,
		   "<details><summary>%zu of %zu hosts do not agree in everything</summary>\n\n"
		   "| Host | Agree | Differ | Flaky | Not asked |\n|---|---:|---:|---:|---:|\n",
		   odd, run->host_count);
	for (size_t i = 0; i < run->host_count; i++)
		if (!agrees(&run->hosts[i]) && m->buf->len - m->start <= REPORT_TABLES_MOST)
			add_host(m->buf, &run->hosts[i]);
	buf_text(m->buf, "\n</details>\n");
}

void report_markdown_write(struct buf *buf, const struct diff_report *report)
{
	struct arena arena;
	struct markdown m = {.buf = buf, .report = report, .arena = &arena, .start = buf->len};
	struct buf counts;

	arena_init(&arena);
	buf_init(&counts);
	diff_report_summary(&counts, report);
	buf_text(buf, "### ingress2gw diff\n\n");
	markup_markdown(buf, str_trim(buf_slice(&counts)));
	buf_text(buf, "\n\n");
	if (!report->run->complete)
		buf_text(buf, "**The run ended early: this is not the whole picture.**\n\n");
	add_groups(&m);
	add_hosts(&m);
	buf_finish(&counts);
	arena_finish(&arena);
}
