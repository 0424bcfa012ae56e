/* HTML: one page for people who decide and for people who repair. */
#include "report/clean.h"
#include "report/excerpt.h"
#include "report/formats.h"
#include "report/groups.h"
#include "report/markup.h"
#include "report/page.h"

enum {
	TOP_MOST = 10,
	LISTED_MOST = 5000, /* a browser has to lay them out */
};

struct html {
	struct buf *buf;
	const struct report *report;
	struct arena *arena;
	struct report_list list, aside;
	struct report_totals totals;
	struct source_lines lines;
	size_t *places; /* by index of a finding: its number in the order of places */
	bool *shown;    /* by index into rules[]: some finding has it */
	size_t *counts; /* the same: findings that count */
};

/* ---- the top ---- */

/* What a reader who has one minute must know. */
static void add_verdict(struct html *h)
{
	const size_t *counts = h->totals.counts;
	struct buf *buf = h->buf;

	buf_text(buf, "<p class=\"lead\">");
	if (counts[SEVERITY_ERROR]) {
		buf_text(buf, "<b>Not ready.</b> ");
		report_number(buf, counts[SEVERITY_ERROR], "error");
		buf_format(buf, " %s a decision first: something would be lost or refused.",
			   counts[SEVERITY_ERROR] == 1 ? "needs" : "need");
	} else if (counts[SEVERITY_WARNING]) {
		buf_text(buf, "<b>Ready after a review.</b> Nothing is lost, but ");
		report_number(buf, counts[SEVERITY_WARNING], "warning");
		buf_format(buf, " %s where requests may be answered differently.",
			   counts[SEVERITY_WARNING] == 1 ? "says" : "say");
	} else {
		buf_text(buf, "<b>Ready.</b> Nothing is lost, and no difference was found that "
			      "anybody is likely to notice.");
	}
	buf_text(buf, "</p>\n");
}

static size_t count_clean(const struct report_groups *groups)
{
	size_t count = 0;

	for (size_t i = 0; i < groups->count; i++)
		count += groups->at[i]->count == 0;
	return count;
}

static void add_cards(struct html *h, const struct report_groups *groups)
{
	const size_t *counts = h->totals.counts;
	size_t clean = count_clean(groups);
	struct buf *buf = h->buf;

	buf_text(buf, "<ul class=\"cards\">\n");
	page_card(buf, "error", counts[SEVERITY_ERROR],
		  counts[SEVERITY_ERROR] == 1 ? "error" : "errors");
	page_card(buf, "warning", counts[SEVERITY_WARNING],
		  counts[SEVERITY_WARNING] == 1 ? "warning" : "warnings");
	page_card(buf, "info", counts[SEVERITY_INFO],
		  counts[SEVERITY_INFO] == 1 ? "info" : "infos");
	if (groups->count)
		page_card(buf, "ok", clean,
			  clean == 1 ? "object without findings" : "objects without findings");
	if (h->report->baseline || h->totals.known)
		page_card(buf, "", h->totals.known, "in the baseline");
	if (h->totals.ignored)
		page_card(buf, "", h->totals.ignored, "suppressed");
	buf_text(buf, "</ul>\n");
}

/* Objects by the worst that was found about each. */
static void add_objects(struct html *h, const struct report_groups *groups)
{
	struct page_part parts[] = {
		{.style = "error", .noun = "with errors"},
		{.style = "warning", .noun = "with warnings"},
		{.style = "info", .noun = "with infos only"},
		{.style = "ok", .noun = "without findings"},
	};
	size_t total = 0;

	for (size_t i = 0; i < groups->count; i++) {
		if (!groups->at[i]->ref.name.len)
			continue;
		total++;
		parts[SEVERITY_ERROR - report_group_worst(groups->at[i], VERDICT_COUNTS)].count++;
	}
	if (!total)
		return;
	buf_text(h->buf, "<h2>Objects</h2>\n<div class=\"meter\">");
	page_bar(h->buf, parts, 4, total);
	buf_text(h->buf, "</div>\n");
	page_key(h->buf, parts, 4);
}

static bool comes_before(const struct html *h, size_t a, size_t b)
{
	if (h->counts[a] != h->counts[b])
		return h->counts[a] > h->counts[b];
	return rules[a].severity > rules[b].severity;
}

static size_t next_top(const struct html *h, const bool *taken)
{
	size_t best = rule_count;

	for (size_t i = 0; i < rule_count; i++)
		if (h->counts[i] && !taken[i] && (best == rule_count || comes_before(h, i, best)))
			best = i;
	return best;
}

static void add_top_row(struct html *h, size_t rule, size_t most)
{
	struct page_part part = {severity_name(rules[rule].severity), "findings", h->counts[rule]};

	buf_format(h->buf,
		   "<tr><td class=\"code\"><a href=\"#findings\" data-only=\"%s\">%s</a></td><td>",
		   rules[rule].code, rules[rule].code);
	markup_xml(h->buf, str_from(rules[rule].title));
	buf_format(h->buf, "</td><td class=\"number\">%zu</td><td class=\"bar\">", h->counts[rule]);
	page_bar(h->buf, &part, 1, most);
	buf_text(h->buf, "</td></tr>\n");
}

static void add_top(struct html *h)
{
	bool *taken = arena_array(h->arena, bool, rule_count + 1);
	size_t first = next_top(h, taken);

	if (first == rule_count || h->counts[first] == 1)
		return;
	buf_text(h->buf, "<h2>What was found most</h2>\n<div class=\"card scroll\"><table>\n"
			 "<thead><tr><th>Code</th><th>What it is</th><th class=\"number\">Findings"
			 "</th><th class=\"bar\"></th></tr></thead>\n<tbody>\n");
	for (size_t i = 0, rule; i < TOP_MOST && (rule = next_top(h, taken)) != rule_count; i++) {
		taken[rule] = true;
		add_top_row(h, rule, h->counts[first]);
	}
	buf_text(h->buf, "</tbody></table></div>\n");
}

/* ---- one finding ---- */

static void add_where(struct html *h, const struct finding *finding, struct span span)
{
	buf_text(h->buf, "<span class=\"where\">");
	if (span.line) {
		buf_text(h->buf, "<span class=\"mono\">");
		markup_xml(h->buf, report_path(h->report, span.source, h->arena));
		buf_format(h->buf, ":%u</span>", span.line);
	}
	if (finding->object.name.len) {
		struct buf object;

		buf_init(&object);
		report_object(&object, &finding->object);
		buf_text(h->buf, span.line ? " \xc2\xb7 " : "");
		markup_xml(h->buf, buf_slice(&object));
		buf_finish(&object);
	}
	buf_text(h->buf, "</span>");
}

/* Characters of a line up to (not with) a column; tabs stay. */
static void add_cells(struct buf *buf, struct str *rest, uint32_t *column, uint32_t end)
{
	while (rest->len && *column < end) {
		struct str before = *rest;
		bool tab = rest->at[0] == '\t';

		glyph_next(rest);
		if (tab)
			buf_char(buf, '\t');
		else
			markup_xml(buf, str_sub(before, 0, before.len - rest->len));
		++*column;
	}
}

static void add_excerpt(struct html *h, struct span span)
{
	struct arena_mark mark = arena_mark(h->arena);
	struct str line = source_line(&h->lines, h->arena, span.source, span.line);
	uint32_t column = 1;

	if (line.len && span.line) {
		span = excerpt_span(line, span);
		buf_format(h->buf, "<pre><span class=\"at\">%u  </span>", span.line);
		add_cells(h->buf, &line, &column, span.column);
		buf_text(h->buf, "<mark>");
		add_cells(h->buf, &line, &column, span.column + span.length);
		buf_text(h->buf, "</mark>");
		add_cells(h->buf, &line, &column, UINT32_MAX);
		buf_text(h->buf, "</pre>\n");
	}
	arena_rewind(h->arena, mark);
}

static void add_aside_words(struct html *h, const struct verdict *verdict)
{
	if (verdict->state == VERDICT_COUNTS)
		return;
	buf_text(h->buf, verdict->state == VERDICT_KNOWN ? "<p class=\"soft\">In the baseline"
							 : "<p class=\"soft\">Suppressed");
	if (verdict->reason.len) {
		buf_text(h->buf, ": ");
		markup_xml(h->buf, verdict->reason);
	}
	buf_text(h->buf, "</p>\n");
}

static void add_finding(struct html *h, const struct report_entry *entry)
{
	const struct finding *finding = entry->finding;
	struct span span = report_place(h->report, finding);
	const char *severity = severity_name(entry->verdict.severity);
	struct buf *buf = h->buf;

	buf_format(buf,
		   "<details class=\"finding %s\" data-severity=\"%s\" data-code=\"%s\" "
		   "data-place=\"%zu\" data-object=\"",
		   severity, severity, entry->rule->code, h->places[entry->index]);
	markup_xml(buf, finding->object.kind);
	markup_xml(buf, STR(" "));
	markup_xml(buf, finding->object.namespace);
	markup_xml(buf, STR("/"));
	markup_xml(buf, finding->object.name);
	buf_text(buf, "\"><summary>");
	page_badge(buf, severity, severity);
	buf_text(buf, "<span class=\"what\">");
	markup_xml(buf, finding->message);
	buf_format(buf, "</span><span class=\"code mono\">%s</span>", entry->rule->code);
	add_where(h, finding, span);
	buf_text(buf, "</summary>\n<div class=\"more\">\n");
	add_excerpt(h, span);
	if (finding->hint.len) {
		buf_text(buf, "<p class=\"hint\">");
		markup_xml(buf, finding->hint);
		buf_text(buf, "</p>\n");
	}
	add_aside_words(h, &entry->verdict);
	buf_format(buf, "<p class=\"soft\"><a href=\"#%s\">%s</a> ", entry->rule->code,
		   entry->rule->name);
	markup_xml(buf, str_from(entry->rule->title));
	buf_text(buf, "</p>\n</div></details>\n");
}

/* ---- the lists ---- */

static void add_tools(struct html *h)
{
	struct buf *buf = h->buf;

	buf_text(buf, "<div class=\"tools\"><input type=\"search\" placeholder=\"Search\" "
		      "aria-label=\"Search the findings\">\n");
	for (int severity = SEVERITY_ERROR; severity >= SEVERITY_INFO; severity--) {
		const char *name = severity_name((enum severity)severity);

		buf_format(buf,
			   "<button type=\"button\" data-level=\"%s\" aria-pressed=\"true\">%ss "
			   "%zu</button>\n",
			   name, name, h->totals.counts[severity]);
	}
	buf_text(buf, "<select id=\"code\" aria-label=\"Only this code\"><option value=\"\">every "
		      "code</option>");
	for (size_t i = 0; i < rule_count; i++)
		if (h->counts[i])
			buf_format(buf, "<option value=\"%s\">%s %s</option>", rules[i].code,
				   rules[i].code, rules[i].name);
	buf_text(buf, "</select>\n<select id=\"order\" aria-label=\"Order\">"
		      "<option value=\"severity\">worst first</option>"
		      "<option value=\"place\">by place</option>"
		      "<option value=\"code\">by code</option>"
		      "<option value=\"object\">by object</option></select>\n"
		      "<button type=\"button\" id=\"fold\">Open or close all</button>\n"
		      "<span class=\"shown\" aria-live=\"polite\"></span></div>\n");
}

static void add_list(struct html *h)
{
	buf_text(h->buf, "<h2>Findings</h2>\n");
	if (!h->list.count) {
		buf_text(h->buf, "<div class=\"card none\">Nothing was found.</div>\n");
		return;
	}
	if (h->list.count > LISTED_MOST)
		buf_format(h->buf,
			   "<p class=\"soft\">The %d worst of %zu are listed; the data for "
			   "programs in "
			   "this page has them all.</p>\n",
			   LISTED_MOST, h->list.count);
	add_tools(h);
	buf_text(h->buf, "<div class=\"card list\" id=\"findings\">\n");
	for (size_t i = 0; i < h->list.count && i < LISTED_MOST; i++)
		add_finding(h, &h->list.at[i]);
	buf_text(h->buf,
		 "</div>\n<p class=\"card none\" id=\"none\" hidden>No finding fits.</p>\n");
}

static void add_aside(struct html *h)
{
	if (!h->aside.count)
		return;
	buf_format(h->buf,
		   "<h2>What does not count</h2>\n<details class=\"card fold\"><summary>%zu in the "
		   "baseline or suppressed</summary>\n",
		   h->aside.count);
	for (size_t i = 0; i < h->aside.count && i < LISTED_MOST; i++)
		add_finding(h, &h->aside.at[i]);
	buf_text(h->buf, "</details>\n");
}

/* Objects about which there is nothing to say, so that a reader can tell that they were read. */
static void add_clean(struct html *h, const struct report_groups *groups)
{
	size_t count = count_clean(groups);

	if (!count)
		return;
	buf_text(h->buf, "<h2>Without findings</h2>\n<details class=\"card fold\"><summary>");
	report_number(h->buf, count, "object");
	buf_text(h->buf, "</summary><ul>\n");
	for (size_t i = 0; i < groups->count; i++)
		if (groups->at[i]->count == 0) {
			buf_text(h->buf, "<li>");
			markup_xml(h->buf, report_group_name(h->report, groups->at[i], h->arena));
			buf_text(h->buf, "</li>\n");
		}
	buf_text(h->buf, "</ul></details>\n");
}

/* ---- the page ---- */

static void count_rules(struct html *h)
{
	h->places = arena_array(h->arena, size_t, h->report->findings->count + 1);
	h->shown = arena_array(h->arena, bool, rule_count + 1);
	h->counts = arena_array(h->arena, size_t, rule_count + 1);
	for (size_t i = 0; i < h->list.count; i++) {
		h->places[h->list.at[i].index] = i;
		h->shown[h->list.at[i].rule - rules] = true;
		h->counts[h->list.at[i].rule - rules]++;
	}
	for (size_t i = 0; i < h->aside.count; i++)
		h->shown[h->aside.at[i].rule - rules] = true;
}

static void write_page(struct html *h)
{
	struct report_groups groups = report_groups(h->report, h->arena);
	struct buf json;

	page_begin(h->buf, STR("ingress2gw: findings"));
	buf_text(h->buf, "<header><h1>Migration to Gateway API: findings</h1>\n<p>");
	markup_xml(h->buf, h->report->subject);
	buf_text(h->buf, "</p></header>\n<main>\n");
	add_verdict(h);
	add_cards(h, &groups);
	add_objects(h, &groups);
	add_top(h);
	add_list(h);
	add_aside(h);
	add_clean(h, &groups);
	if (h->list.count + h->aside.count)
		page_rules(h->buf, h->shown, h->report->pages);
	buf_text(h->buf, "</main>\n");
	buf_init(&json);
	json_report_write(&json, h->report);
	page_end(h->buf, buf_slice(&json), h->report->date);
	buf_finish(&json);
}

void html_write(struct buf *buf, const struct report *report)
{
	struct arena arena;
	struct html h = {.buf = buf, .report = report, .arena = &arena};

	arena_init(&arena);
	source_lines_init(&h.lines, report->sources);
	h.list = report_list(report, &arena);
	h.aside = report_list_aside(report, &arena);
	h.totals = report_totals(report);
	count_rules(&h);
	report_worst_first(&h.list);
	write_page(&h);
	source_lines_finish(&h.lines);
	arena_finish(&arena);
}
