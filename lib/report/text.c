/* The format for people: message, place, source line with a caret, hint. */
#include "report/clean.h"
#include "report/excerpt.h"
#include "report/formats.h"
#include "report/style.h"

enum { WIDTH = 100 };

static unsigned digits(uint32_t number)
{
	unsigned count = 1;

	while (number /= 10)
		count++;
	return count;
}

static void add_header(struct buf *buf, const struct report *report,
		       const struct report_entry *entry)
{
	enum severity severity = entry->verdict.severity;

	style_begin(buf, report->colour, STYLE_INFO + severity);
	buf_format(buf, "%s[%s]", severity_name(severity), entry->rule->code);
	style_end(buf, report->colour);
	buf_text(buf, ": ");
	clean_add(buf, entry->finding->message);
	buf_char(buf, '\n');
}

/* " --> deploy/shop.yaml:9:5  (Ingress web/shop)" */
static void add_place(struct buf *buf, const struct report *report, const struct finding *finding)
{
	const struct span *span = &finding->span;

	if (!span->line && !finding->object.name.len)
		return;
	buf_fill(buf, ' ', digits(span->line));
	style_begin(buf, report->colour, STYLE_GUTTER);
	buf_text(buf, "-->");
	style_end(buf, report->colour);
	buf_char(buf, ' ');
	if (span->line) {
		style_begin(buf, report->colour, STYLE_PLACE);
		clean_add(buf, source_name(report->sources, span->source));
		buf_format(buf, ":%u:%u", span->line, span->column);
		style_end(buf, report->colour);
	}
	if (finding->object.name.len) {
		buf_text(buf, span->line ? "  (" : "(");
		report_object(buf, &finding->object);
		buf_char(buf, ')');
	}
	buf_char(buf, '\n');
}

static void add_hint(struct buf *buf, const struct report *report, const struct finding *finding,
		     bool after_excerpt)
{
	int gutter = (int)digits(finding->span.line);

	if (!finding->hint.len)
		return;
	style_begin(buf, report->colour, STYLE_GUTTER);
	if (after_excerpt)
		buf_format(buf, "%*s |\n", gutter, "");
	buf_format(buf, "%*s =", gutter, "");
	style_end(buf, report->colour);
	buf_text(buf, " hint: ");
	clean_add(buf, finding->hint);
	buf_char(buf, '\n');
}

static void add_finding(struct buf *buf, const struct report *report,
			const struct report_entry *entry, struct str line)
{
	const struct finding *finding = entry->finding;
	struct excerpt_options options = {
		.gutter = digits(finding->span.line),
		.width = report->width ? report->width : WIDTH,
		.colour = report->colour,
	};

	add_header(buf, report, entry);
	add_place(buf, report, finding);
	add_hint(buf, report, finding, excerpt_add(buf, line, finding->span, &options));
	buf_char(buf, '\n');
}

static size_t shown_count(const struct report *report, const struct report_list *list)
{
	return report->most && report->most < list->count ? report->most : list->count;
}

static void add_findings(struct buf *buf, const struct report *report,
			 const struct report_list *list, struct arena *arena)
{
	struct source_lines lines;
	struct span last = {0};
	struct str line = {0};
	size_t shown = shown_count(report, list);
	struct arena_mark mark = arena_mark(arena);

	source_lines_init(&lines, report->sources);
	for (size_t i = 0; i < shown; i++) {
		struct span span = list->at[i].finding->span;

		/* Asking for the same line again would read the file from its start. */
		if (span.source != last.source || span.line != last.line) {
			arena_rewind(arena, mark);
			line = source_line(&lines, arena, span.source, span.line);
			last = span;
		}
		add_finding(buf, report, &list->at[i], line);
	}
	source_lines_finish(&lines);
	if (shown < list->count)
		buf_format(buf, "... and %zu more\n\n", list->count - shown);
}

void report_text_findings(struct buf *buf, const struct report *report)
{
	struct arena arena;

	arena_init(&arena);

	struct report_list list = report_list(report, &arena);

	add_findings(buf, report, &list, &arena);
	arena_finish(&arena);
}

static bool code_shown_before(const struct report_list *list, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (list->at[i].rule == list->at[index].rule)
			return true;
	return false;
}

/* The pages for the codes just shown, as shellcheck ends its output. */
static void add_pages(struct buf *buf, const struct report *report, const struct report_list *list)
{
	enum { MOST = 8 };
	size_t shown = shown_count(report, list), count = 0;
	struct str pages = report->pages;

	for (size_t i = 0; i < shown && count < MOST; i++) {
		if (code_shown_before(list, i))
			continue;
		buf_text(buf, count ? " " : pages.len ? "Pages: " : "Pages: ingress2gw explain ");
		buf_str(buf, pages);
		buf_text(buf, list->at[i].rule->code);
		count++;
	}
	if (count)
		buf_char(buf, '\n');
}

void text_write(struct buf *buf, const struct report *report)
{
	struct arena arena;

	arena_init(&arena);

	struct report_list list = report_list(report, &arena);

	add_findings(buf, report, &list, &arena);
	add_pages(buf, report, &list);
	arena_finish(&arena);
	report_summary(buf, report);
}
