/* Markdown for pull requests and step summaries: the counts, a table of findings, what the codes mean.
 * A table that would be too long ends earlier, and says how many rows are missing. */
#include "report/formats.h"
#include "report/markup.h"

enum { TEXT_MOST = 400 }; /* bytes of a message or hint in a cell */

struct markdown {
	struct buf *buf;
	const struct report *report;
	struct arena *arena;
	size_t start; /* of this report in the buffer */
};

static void add_clipped(struct buf *buf, struct str text)
{
	markup_clipped(buf, markup_markdown, text, TEXT_MOST);
}

void report_code_link(struct buf *buf, struct str pages, const char *code)
{
	if (pages.len)
		buf_format(buf, "[%s](%.*s%s)", code, STR_ARG(pages), code);
	else
		buf_text(buf, code);
}

static void add_place(struct markdown *m, const struct finding *finding)
{
	struct span span = report_place(m->report, finding);
	struct str path, place;

	if (!span.line)
		return;
	path = report_path(m->report, span.source, m->arena);
	place = str_format(m->arena, "%.*s:%u", STR_ARG(path), span.line);
	markup_code(m->buf, place);
}

static void add_object(struct markdown *m, const struct object_ref *object)
{
	if (!object->name.len)
		return;
	markup_markdown(m->buf, object->kind);
	buf_char(m->buf, ' ');
	if (object->namespace.len) {
		markup_markdown(m->buf, object->namespace);
		buf_char(m->buf, '/');
	}
	markup_markdown(m->buf, object->name);
}

static void add_row(struct markdown *m, const struct report_entry *entry)
{
	const struct finding *finding = entry->finding;
	struct buf *buf = m->buf;

	buf_format(buf, "| %s | ",
		   entry->verdict.severity == SEVERITY_ERROR
			   ? "**error**"
			   : severity_name(entry->verdict.severity));
	report_code_link(buf, m->report->pages, entry->rule->code);
	buf_text(buf, " | ");
	add_clipped(buf, finding->message);
	if (finding->hint.len) {
		buf_text(buf, "<br>*Hint:* ");
		add_clipped(buf, finding->hint);
	}
	buf_text(buf, " | ");
	add_place(m, finding);
	buf_text(buf, " | ");
	add_object(m, &finding->object);
	if (entry->verdict.state != VERDICT_COUNTS) {
		buf_text(buf, entry->verdict.state == VERDICT_KNOWN ? " | in the baseline"
								    : " | suppressed");
		if (entry->verdict.reason.len) {
			buf_text(buf, ": ");
			add_clipped(buf, entry->verdict.reason);
		}
	}
	buf_text(buf, " |\n");
}

static void add_rows(struct markdown *m, const struct report_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		if (m->buf->len - m->start > REPORT_TABLES_MOST) {
			buf_format(m->buf, "\n%zu more are not listed here.\n", list->count - i);
			return;
		}
		add_row(m, &list->at[i]);
	}
}

static void add_table(struct markdown *m, const struct report_list *list)
{
	if (!list->count)
		return;
	buf_text(m->buf, "| Severity | Code | Finding | Place | Object |\n"
			 "|---|---|---|---|---|\n");
	add_rows(m, list);
	buf_char(m->buf, '\n');
}

static void add_aside(struct markdown *m, const struct report_list *list)
{
	if (!list->count)
		return;
	buf_format(m->buf,
		   "<details><summary>%zu in the baseline or suppressed</summary>\n\n"
		   "| Severity | Code | Finding | Place | Object | Why it does not count |\n"
		   "|---|---|---|---|---|---|\n",
		   list->count);
	add_rows(m, list);
	buf_text(m->buf, "\n</details>\n\n");
}

static void add_codes(struct markdown *m, const struct report_list *list)
{
	bool *shown = arena_array(m->arena, bool, rule_count);

	if (!list->count)
		return;
	for (size_t i = 0; i < list->count; i++)
		shown[list->at[i].rule - rules] = true;
	buf_text(m->buf, "<details><summary>What the codes mean</summary>\n\n");
	for (size_t i = 0; i < rule_count; i++)
		if (shown[i]) {
			buf_text(m->buf, "- **");
			report_code_link(m->buf, m->report->pages, rules[i].code);
			buf_text(m->buf, "** ");
			markup_markdown(m->buf, str_from(rules[i].title));
			buf_text(m->buf, ". ");
			markup_markdown(m->buf, str_from(rules[i].text));
			buf_text(m->buf, " *");
			markup_markdown(m->buf, str_from(rules[i].fix));
			buf_text(m->buf, "*\n");
		}
	buf_text(m->buf, "\n</details>\n");
}

void markdown_write(struct buf *buf, const struct report *report)
{
	struct arena arena;
	struct markdown m = {.buf = buf, .report = report, .arena = &arena, .start = buf->len};
	struct buf counts;

	arena_init(&arena);
	buf_init(&counts);

	struct report_list list = report_list(report, &arena);
	struct report_list aside = report_list_aside(report, &arena);

	report_summary(&counts, report);
	buf_text(buf, "### ingress2gw\n\n");
	markup_markdown(buf, str_trim(buf_slice(&counts)));
	buf_text(buf, "\n\n");
	report_worst_first(&list);
	add_table(&m, &list);
	add_aside(&m, &aside);
	add_codes(&m, &list);
	buf_finish(&counts);
	arena_finish(&arena);
}
