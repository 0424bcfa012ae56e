/* The page for whoever decides: how far, what stands in the way, with whom, and what to do next. */
#include "report/audit_formats.h"
#include "report/audit_tables.h"
#include "report/markup.h"
#include "report/page.h"

enum { ROWS_OPEN = 12, RING = 1000 };

static struct page_part part_of(const struct audit *audit, enum readiness readiness)
{
	static const char *const nouns[] = {"ready", "to review", "blocked"};

	return (struct page_part){readiness_style(readiness), nouns[readiness],
				  audit->counts[readiness]};
}

/* ---- the ring ---- */

/* Drawn as dashes of a circle whose length counts as RING, from twelve o'clock on. */
static void add_arc(struct buf *buf, const char *style, size_t from, size_t to)
{
	if (to > from)
		buf_format(buf,
			   "<circle class=\"ring %s\" cx=\"60\" cy=\"60\" r=\"50\" "
			   "pathLength=\"%d\" stroke-dasharray=\"%zu %zu\" "
			   "stroke-dashoffset=\"%d\" transform=\"rotate(-90 60 60)\"/>",
			   style, RING, to - from, RING - (to - from), -(int)from);
}

static void add_ring(struct buf *buf, const struct audit *audit)
{
	size_t at = 0, sum = 0;
	struct str percent =
		audit_percent(audit->arena, audit->counts[READINESS_READY], audit->count);

	buf_format(buf, "<svg viewBox=\"0 0 120 120\" role=\"img\" aria-label=\"%.*s ready\">",
		   STR_ARG(percent));
	buf_text(buf, "<circle class=\"ring track\" cx=\"60\" cy=\"60\" r=\"50\"/>");
	for (int i = READINESS_READY; i < READINESS_KINDS; i++) {
		size_t end;

		sum += audit->counts[i];
		end = audit->count ? sum * RING / audit->count : 0;
		add_arc(buf, readiness_style((enum readiness)i), at, end);
		at = end;
	}
	buf_format(
		buf,
		"<text x=\"60\" y=\"64\" text-anchor=\"middle\">%.*s</text>"
		"<text class=\"small\" x=\"60\" y=\"79\" text-anchor=\"middle\">ready</text></svg>",
		STR_ARG(percent));
}

static void add_overview(struct buf *buf, const struct audit *audit)
{
	struct page_part parts[READINESS_KINDS];

	for (int i = READINESS_READY; i < READINESS_KINDS; i++)
		parts[i] = part_of(audit, (enum readiness)i);
	buf_text(buf, "<section class=\"card side\">");
	add_ring(buf, audit);
	buf_text(buf, "<div><ul class=\"cards\">\n");
	for (int i = READINESS_READY; i < READINESS_KINDS; i++)
		page_card(buf, parts[i].style, parts[i].count, parts[i].noun);
	buf_text(buf, "</ul>\n<dl class=\"words\">");
	for (int i = READINESS_READY; i < READINESS_KINDS; i++) {
		buf_text(buf, "<dt>");
		page_badge(buf, parts[i].style, readiness_name((enum readiness)i));
		buf_format(buf, "</dt><dd>%s</dd>", readiness_meaning((enum readiness)i));
	}
	buf_text(buf, "</dl></div></section>\n");
}

static void add_advice(struct buf *buf, const struct audit_advice *advice)
{
	buf_format(buf, "<section class=\"card advice %s\"><h2>", readiness_style(advice->level));
	markup_xml(buf, advice->headline);
	buf_text(buf, "</h2>\n<p>");
	markup_xml(buf, advice->text);
	buf_text(buf, "</p>\n");
	if (advice->reason_count)
		buf_text(buf, "<ul>\n");
	for (size_t i = 0; i < advice->reason_count; i++) {
		buf_text(buf, "<li>");
		markup_xml(buf, advice->reasons[i]);
		buf_text(buf, "</li>\n");
	}
	buf_text(buf, advice->reason_count ? "</ul></section>\n" : "</section>\n");
}

/* ---- tables ---- */

static bool has_bars(const struct table *table)
{
	return table->rows[0].total > 0;
}

static void add_head(struct buf *buf, const struct table *table)
{
	buf_text(buf, "<thead><tr>");
	for (size_t c = 0; c < table->columns; c++) {
		buf_format(buf, "<th%s>%c", table->numbers[c] ? " class=\"number\"" : "",
			   table->heads[c][0]);
		for (const char *at = table->heads[c] + 1; *at; at++)
			buf_char(buf, (char)(*at >= 'A' && *at <= 'Z' ? *at + ('a' - 'A') : *at));
		buf_text(buf, "</th>");
		if (c == 0 && has_bars(table))
			buf_text(buf, "<th class=\"bar\"></th>");
	}
	buf_text(buf, "</tr></thead>\n");
}

static void add_row(struct buf *buf, const struct table *table, const struct table_row *row)
{
	buf_text(buf, "<tr>");
	for (size_t c = 0; c < table->columns; c++) {
		buf_text(buf, table->numbers[c] ? "<td class=\"number\">" : "<td>");
		markup_xml(buf, row->cells[c]);
		buf_text(buf, "</td>");
		if (c == 0 && has_bars(table)) {
			buf_text(buf, "<td class=\"bar\">");
			page_bar(buf, row->parts, TABLE_PARTS, row->total);
			buf_text(buf, "</td>");
		}
	}
	buf_text(buf, "</tr>\n");
}

static void add_rows(struct buf *buf, const struct table *table, size_t from, size_t to)
{
	buf_text(buf, "<div class=\"scroll\"><table>\n");
	add_head(buf, table);
	buf_text(buf, "<tbody>\n");
	for (size_t i = from; i < to; i++)
		add_row(buf, table, &table->rows[i]);
	buf_text(buf, "</tbody></table></div>\n");
}

static void add_table(struct buf *buf, const struct table *table)
{
	size_t open = table->count > ROWS_OPEN + 3 ? ROWS_OPEN : table->count;

	buf_format(buf, "<h2>%s</h2>\n", table->title);
	if (table->note)
		buf_format(buf, "<p class=\"soft\">%s</p>\n", table->note);
	buf_text(buf, "<div class=\"card\">");
	add_rows(buf, table, 0, open);
	if (open < table->count) {
		buf_format(buf, "<details class=\"fold\"><summary>%zu more</summary>\n",
			   table->count - open);
		add_rows(buf, table, open, table->count);
		buf_text(buf, "</details>");
	}
	buf_text(buf, "</div>\n");
}

/* ---- every Ingress ---- */

static void add_tools(struct buf *buf, const struct audit *audit)
{
	buf_text(buf, "<div class=\"tools\"><input type=\"search\" placeholder=\"Search\" "
		      "aria-label=\"Search the Ingresses\">\n");
	for (int i = READINESS_BLOCKED; i >= READINESS_READY; i--)
		buf_format(buf,
			   "<button type=\"button\" data-level=\"%s\" aria-pressed=\"true\">%s "
			   "%zu</button>\n",
			   readiness_style((enum readiness)i),
			   part_of(audit, (enum readiness)i).noun, audit->counts[i]);
	buf_text(buf, "<select id=\"code\" aria-label=\"Only this reason\"><option value=\"\">"
		      "every reason</option>");
	for (size_t i = 0; i < audit->reason_count; i++)
		buf_format(buf, "<option value=\"%s\">%s %s</option>", audit->reasons[i].rule->code,
			   audit->reasons[i].rule->code, audit->reasons[i].rule->name);
	buf_text(buf, "</select>\n<select id=\"order\" aria-label=\"Order\">"
		      "<option value=\"severity\">blocked first</option>"
		      "<option value=\"object\">by name</option></select>\n"
		      "<button type=\"button\" id=\"fold\">Open or close all</button>\n"
		      "<span class=\"shown\" aria-live=\"polite\"></span></div>\n");
}

static void add_codes(struct buf *buf, const struct audit_object *object)
{
	buf_text(buf, "<ul class=\"codes\">\n");
	for (size_t i = 0; i < object->code_count; i++) {
		const struct rule *rule = object->codes[i];

		buf_format(buf, "<li><a href=\"#%s\">%s</a> ", rule->code, rule->code);
		markup_xml(buf, str_from(rule->title));
		buf_text(buf, "</li>\n");
	}
	buf_text(buf, "</ul>\n");
}

static void add_place(struct buf *buf, const struct audit *audit, const struct kube_meta *meta)
{
	if (!meta->span.line)
		return;
	buf_text(buf, "<span class=\"mono\">");
	markup_xml(buf, report_path(audit->report, meta->span.source, audit->arena));
	buf_format(buf, ":%u</span> \xc2\xb7 ", meta->span.line);
}

static void add_attributes(struct buf *buf, const struct audit_object *object, size_t place)
{
	const char *style = readiness_style(object->readiness);

	buf_format(buf,
		   "<details class=\"finding %s\" data-severity=\"%s\" data-place=\"%zu\" "
		   "data-code=\"",
		   style, style, place);
	for (size_t i = 0; i < object->code_count; i++)
		buf_format(buf, "%s%s", i ? " " : "", object->codes[i]->code);
	buf_text(buf, "\" data-object=\"");
	markup_xml(buf, object->of->ingress->meta.namespace);
	buf_char(buf, '/');
	markup_xml(buf, object->of->ingress->meta.name);
	buf_text(buf, "\">");
}

static void add_object(struct buf *buf, const struct audit *audit,
		       const struct audit_object *object, size_t place)
{
	const struct kube_meta *meta = &object->of->ingress->meta;

	add_attributes(buf, object, place);
	buf_text(buf, "<summary>");
	page_badge(buf, readiness_style(object->readiness), readiness_name(object->readiness));
	buf_text(buf, "<span class=\"what\">");
	markup_xml(buf, meta->namespace);
	buf_char(buf, '/');
	markup_xml(buf, meta->name);
	buf_text(buf, "</span><span class=\"code mono\">");
	for (size_t i = 0; i < object->code_count && i < 3; i++)
		buf_format(buf, "%s%s", i ? " " : "", object->codes[i]->code);
	buf_text(buf, object->code_count > 3 ? " ..." : "");
	buf_text(buf, "</span><span class=\"where\">");
	add_place(buf, audit, meta);
	buf_text(buf, "class ");
	markup_xml(buf, object->class);
	if (audit->has_owners) {
		buf_text(buf, " \xc2\xb7 owner ");
		markup_xml(buf, object->owner);
	}
	buf_text(buf, "</span></summary>\n<div class=\"more\">\n");
	if (object->code_count)
		add_codes(buf, object);
	else
		buf_text(buf, "<p class=\"soft\">Nothing was found.</p>\n");
	buf_text(buf, "</div></details>\n");
}

static void add_objects(struct buf *buf, const struct audit *audit)
{
	if (!audit->count)
		return;
	buf_text(buf, "<h2>Ingresses</h2>\n");
	add_tools(buf, audit);
	buf_text(buf, "<div class=\"card list\" id=\"findings\">\n");
	for (size_t i = 0; i < audit->count; i++)
		add_object(buf, audit, &audit->objects[i], i);
	buf_text(buf, "</div>\n<p class=\"card none\" id=\"none\" hidden>No Ingress fits.</p>\n");
}

static void add_rules(struct buf *buf, const struct audit *audit)
{
	bool *shown = arena_array(audit->arena, bool, rule_count);
	bool some = false;

	for (size_t i = 0; i < audit->count; i++)
		for (size_t c = 0; c < audit->objects[i].code_count; c++)
			some = shown[audit->objects[i].codes[c] - rules] = true;
	if (some)
		page_rules(buf, shown, audit->report->pages);
}

void audit_html_write(struct buf *buf, const struct audit *audit)
{
	struct tables tables = audit_tables(audit);
	struct buf json;

	page_begin(buf, STR("ingress2gw: migration readiness"));
	buf_text(buf, "<header><h1>Migration to Gateway API: readiness</h1>\n<p>");
	markup_xml(buf, audit_subject(audit));
	buf_text(buf, "</p></header>\n<main>\n");
	if (audit->count)
		add_overview(buf, audit);
	add_advice(buf, &audit->advice);
	for (size_t i = 0; i < tables.count; i++)
		add_table(buf, &tables.at[i]);
	add_objects(buf, audit);
	add_rules(buf, audit);
	buf_text(buf, "</main>\n");
	buf_init(&json);
	audit_json_write(&json, audit);
	page_end(buf, buf_slice(&json), audit->report->date);
	buf_finish(&json);
}
