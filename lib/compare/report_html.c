/* HTML: one page to look at differences side by side. The frame, its policy and its script are those of the
 * other reports (lib/report/page.h); what is one request is in report_html_result.c. */
#include "compare/report_html.h"

#include "report/markup.h"

enum {
	LISTED_MOST = 1000,  /* a browser has to lay them out */
	HOSTS_OPEN = 15,     /* rows of the table that are not folded */
	REQUEST_MOST = 300,  /* bytes of a request in the table of causes */
	EMBEDDED_BODY = 512, /* bytes of each body in the data for programs */
	STEPS = 5,           /* of the heat */
};

/* ---- the top ---- */

static void add_lead(struct buf *buf, const struct diff_run *run)
{
	size_t unpredicted = report_unpredicted(run);

	buf_text(buf, "<p class=\"lead\">");
	if (!run->asked)
		buf_text(buf, "<b>Nothing was asked.</b>");
	else if (!run->different)
		buf_text(buf, "<b>No difference.</b> Every request that can be compared was "
			      "answered alike.");
	else if (unpredicted)
		buf_format(buf,
			   "<b>Not ready.</b> %zu %s differently, and no finding announced it.",
			   unpredicted,
			   unpredicted == 1 ? "request is answered" : "requests are answered");
	else
		buf_text(buf, "<b>Ready after a review.</b> Every difference was announced by a "
			      "finding of the conversion.");
	if (!run->complete)
		buf_text(buf, " The run ended early: this is not the whole picture.");
	buf_text(buf, "</p>\n");
}

static void add_cards(struct buf *buf, const struct diff_run *run)
{
	size_t unpredicted = report_unpredicted(run);
	size_t predicted = run->different > unpredicted ? run->different - unpredicted : 0;

	buf_text(buf, "<ul class=\"cards\">\n");
	page_card(buf, "ok", run->equal, run->equal == 1 ? "agrees" : "agree");
	page_card(buf, "error", unpredicted, "differ, not predicted");
	page_card(buf, "warning", predicted, "differ as announced");
	page_card(buf, "info", run->flaky, "flaky");
	page_card(buf, "", run->unasked, "not asked");
	buf_text(buf, "</ul>\n");
}

static void add_ms(struct buf *buf, int64_t micros)
{
	buf_format(buf, "<td class=\"number\">%.1f</td>", (double)micros / 1000);
}

static void add_side(struct buf *buf, const char *which, const struct diff_side *side)
{
	buf_format(buf, "<tr><td>%s</td><td>", which);
	markup_xml(buf, side->name);
	buf_text(buf, "</td>");
	add_ms(buf, side->latency.p50);
	add_ms(buf, side->latency.p90);
	add_ms(buf, side->latency.p99);
	add_ms(buf, side->latency.most);
	buf_format(buf, "<td class=\"number\">%zu</td></tr>\n", side->failed);
}

static void add_sides(struct buf *buf, const struct diff_run *run)
{
	buf_text(buf, "<h2>The two sides</h2>\n<div class=\"card scroll\"><table>\n<thead><tr>"
		      "<th></th><th>Asked at</th><th class=\"number\">Median, ms</th>"
		      "<th class=\"number\">90 %</th><th class=\"number\">99 %</th>"
		      "<th class=\"number\">Most</th><th class=\"number\">No answer</th></tr>"
		      "</thead>\n<tbody>\n");
	add_side(buf, "Live", &run->live);
	add_side(buf, "Candidate", &run->candidate);
	buf_text(buf, "</tbody></table></div>\n");
}

static void add_names(struct buf *buf, const char *title, const struct str *names, size_t count)
{
	if (!count)
		return;
	buf_format(buf, "<p class=\"soft\">%s ", title);
	for (size_t i = 0; i < count; i++) {
		buf_text(buf, i ? ", <code>" : "<code>");
		markup_xml(buf, names[i]);
		buf_text(buf, "</code>");
	}
	buf_text(buf, ".</p>\n");
}

static void add_left_out(struct buf *buf, const struct diff_run *run)
{
	add_names(buf, "Differs and is ignored:", run->ignored, run->ignored_count);
	add_names(buf, "Differs on the live side itself, so it is noise:", run->noise,
		  run->noise_count);
	if (run->unsafe)
		buf_format(buf,
			   "<p class=\"soft\">%zu left out because the method may change "
			   "something.</p>\n",
			   run->unsafe);
}

/* ---- hosts ---- */

static size_t total_of(const struct diff_host *host)
{
	return host->equal + host->different + host->flaky + host->unasked;
}

/* 0 for none, else 1 to STEPS: at least one of anything is seen. */
static size_t heat(size_t count, size_t total)
{
	if (!count || !total)
		return 0;
	return 1 + count * (STEPS - 1) / total;
}

static void add_heat(struct buf *buf, const char *style, size_t count, size_t total)
{
	size_t step = heat(count, total);

	if (step)
		buf_format(buf, "<td class=\"number heat %s step-%zu\">%zu</td>", style, step,
			   count);
	else
		buf_text(buf, "<td class=\"number soft\">0</td>");
}

static void add_host(struct buf *buf, const struct diff_host *host, size_t index)
{
	size_t total = total_of(host);

	buf_format(buf, "<tr id=\"host-%zu\"><td><a href=\"#findings\" data-only=\"host-%zu\">",
		   index, index);
	markup_xml(buf, host->host.len ? host->host : STR("(no host)"));
	buf_text(buf, "</a></td>");
	add_heat(buf, "ok", host->equal, total);
	add_heat(buf, "error", host->different, total);
	add_heat(buf, "info", host->flaky, total);
	add_heat(buf, "track", host->unasked, total);
	buf_text(buf, "</tr>\n");
}

static bool comes_first(const struct diff_host *a, const struct diff_host *b)
{
	if (a->different != b->different)
		return a->different > b->different;
	if (a->flaky + a->unasked != b->flaky + b->unasked)
		return a->flaky + a->unasked > b->flaky + b->unasked;
	return false;
}

static const struct diff_run *sorted_run; /* qsort has no user pointer */

static int compare_hosts(const void *left, const void *right)
{
	size_t a = *(const size_t *)left, b = *(const size_t *)right;

	if (comes_first(&sorted_run->hosts[a], &sorted_run->hosts[b]))
		return -1;
	if (comes_first(&sorted_run->hosts[b], &sorted_run->hosts[a]))
		return 1;
	return a < b ? -1 : a > b;
}

static void add_host_rows(const struct html *h, const size_t *order, size_t from, size_t to)
{
	buf_text(h->buf, "<div class=\"scroll\"><table>\n<thead><tr><th>Host</th>"
			 "<th class=\"number\">Agree</th><th class=\"number\">Differ</th>"
			 "<th class=\"number\">Flaky</th><th class=\"number\">Not asked</th></tr>"
			 "</thead>\n<tbody>\n");
	for (size_t i = from; i < to; i++)
		add_host(h->buf, &h->run->hosts[order[i]], order[i]);
	buf_text(h->buf, "</tbody></table></div>\n");
}

static void add_hosts(const struct html *h)
{
	size_t count = h->run->host_count;
	size_t open = count > HOSTS_OPEN + 3 ? HOSTS_OPEN : count;
	size_t *order = arena_array(h->arena, size_t, count + 1);

	if (!count)
		return;
	for (size_t i = 0; i < count; i++)
		order[i] = i;
	sorted_run = h->run;
	qsort(order, count, sizeof *order, compare_hosts);
	buf_text(h->buf, "<h2>Hosts</h2>\n<div class=\"card\">");
	add_host_rows(h, order, 0, open);
	if (open < count) {
		buf_format(h->buf, "<details class=\"fold\"><summary>%zu more</summary>\n",
			   count - open);
		add_host_rows(h, order, open, count);
		buf_text(h->buf, "</details>");
	}
	buf_text(h->buf, "</div>\n");
}

/* ---- causes ---- */

/* The shortest request, and the least of it that shows the difference, too. */
static void add_example(const struct html *h, const struct diff_group *group,
			const struct diff_result *shown)
{
	struct buf words;
	bool cut;

	buf_init(&words);
	probe_describe(&words, &shown->probe);
	buf_text(h->buf, "<code>");
	markup_xml(h->buf, markup_clip(buf_slice(&words), REQUEST_MOST, &cut));
	buf_format(h->buf, "%s</code>", cut ? "..." : "");
	if (group->shorter) {
		buf_clear(&words);
		report_command(&words, h->report, group->shorter);
		buf_text(h->buf, "<details class=\"fold\"><summary>with less, too</summary><code>");
		markup_xml(h->buf, buf_slice(&words));
		buf_text(h->buf, "</code></details>");
	}
	buf_finish(&words);
}

static void add_group(const struct html *h, size_t index)
{
	const struct diff_group *group = &h->run->groups[index];
	struct arena_mark mark = arena_mark(h->arena);
	const struct diff_result *result = report_shown(h->arena, h->report, group->example);
	struct buf *buf = h->buf;

	buf_format(buf, "<tr id=\"cause-%zu\"><td class=\"number\">%zu</td><td>", index + 1,
		   group->count);
	page_badge(buf, report_result_style(result),
		   result->finding ? "announced" : "not predicted");
	buf_text(buf, "</td><td>");
	add_example(h, group, result);
	buf_text(buf, "</td><td>");
	report_words_xml(buf, report_facts_line, result);
	buf_text(buf, "</td><td>");
	if (result->finding) {
		buf_format(buf, "<a href=\"#%s\">%s</a> ", result->finding->code,
			   result->finding->code);
		markup_xml(buf, result->finding->message);
	} else {
		report_words_xml(buf, report_cause_words, result);
	}
	buf_format(buf,
		   "</td><td><a href=\"#findings\" data-only=\"cause-%zu\">show</a></td></tr>\n",
		   index + 1);
	arena_rewind(h->arena, mark);
}

static void add_groups(const struct html *h)
{
	if (!h->run->group_count)
		return;
	buf_text(h->buf, "<h2>Causes</h2>\n<div class=\"card scroll\"><table>\n<thead><tr>"
			 "<th class=\"number\">Requests</th><th></th><th>One of them</th><th>What "
			 "differs</th>"
			 "<th>Why</th><th></th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < h->run->group_count && i < LISTED_MOST; i++)
		add_group(h, i);
	buf_text(h->buf, "</tbody></table></div>\n");
}

/* ---- the list ---- */

static size_t count_style(const struct html *h, const char *style)
{
	size_t count = 0;

	for (size_t i = 0; i < h->count; i++)
		count += strcmp(report_result_style(h->list[i]), style) == 0;
	return count;
}

static void add_choices(const struct html *h)
{
	struct buf *buf = h->buf;

	buf_text(buf, "<select id=\"code\" aria-label=\"Only this cause or host\">"
		      "<option value=\"\">every cause and host</option>");
	for (size_t i = 0; i < h->run->group_count && i < LISTED_MOST; i++)
		buf_format(buf, "<option value=\"cause-%zu\">cause %zu%s%s</option>", i + 1, i + 1,
			   h->run->groups[i].finding ? ": " : ": not predicted",
			   h->run->groups[i].finding ? h->run->groups[i].finding->code : "");
	for (size_t i = 0; i < h->run->host_count && i < LISTED_MOST; i++) {
		buf_format(buf, "<option value=\"host-%zu\">", i);
		markup_xml(buf, h->run->hosts[i].host);
		buf_text(buf, "</option>");
	}
	buf_text(buf, "</select>\n");
}

static void add_tools(const struct html *h)
{
	static const char *const levels[][2] = {{"error", "not predicted"},
						{"warning", "announced"},
						{"info", "flaky"},
						{"ok", "not asked"}};
	struct buf *buf = h->buf;

	buf_text(buf, "<div class=\"tools\"><input type=\"search\" placeholder=\"Search\" "
		      "aria-label=\"Search the requests\">\n");
	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
		buf_format(buf,
			   "<button type=\"button\" data-level=\"%s\" aria-pressed=\"true\">%s "
			   "%zu</button>\n",
			   levels[i][0], levels[i][1], count_style(h, levels[i][0]));
	add_choices(h);
	buf_text(buf, "<select id=\"order\" aria-label=\"Order\">"
		      "<option value=\"severity\">worst first</option>"
		      "<option value=\"place\">in the order they were asked</option>"
		      "<option value=\"object\">by host</option></select>\n"
		      "<button type=\"button\" id=\"fold\">Open or close all</button>\n"
		      "<span class=\"shown\" aria-live=\"polite\"></span></div>\n");
}

static void add_list(const struct html *h)
{
	size_t listed = h->count < LISTED_MOST ? h->count : LISTED_MOST;

	buf_text(h->buf, "<h2>Requests</h2>\n");
	if (!h->count) {
		buf_text(h->buf,
			 "<div class=\"card none\">There is no difference to show.</div>\n");
		return;
	}
	if (listed < h->count)
		buf_format(h->buf,
			   "<p class=\"soft\">The %d worst of %zu are listed; the data for "
			   "programs in this page has them all.</p>\n",
			   LISTED_MOST, h->count);
	add_tools(h);
	buf_text(h->buf, "<div class=\"card list\" id=\"findings\">\n");
	for (size_t i = 0; i < listed; i++)
		report_html_result(h, h->list[i]);
	buf_text(h->buf,
		 "</div>\n<p class=\"card none\" id=\"none\" hidden>No request fits.</p>\n");
}

/* ---- the page ---- */

static int rank_of(const struct diff_result *result)
{
	if (result->verdict == DIFF_DIFFERENT)
		return result->finding ? 1 : 0;
	return result->verdict == DIFF_FLAKY ? 2 : 3;
}

static int compare_results(const void *left, const void *right)
{
	const struct diff_result *a = *(const struct diff_result *const *)left;
	const struct diff_result *b = *(const struct diff_result *const *)right;

	if (rank_of(a) != rank_of(b))
		return rank_of(a) - rank_of(b);
	return a->probe.number < b->probe.number ? -1 : a->probe.number > b->probe.number;
}

static void sort_results(struct html *h)
{
	h->count = h->run->result_count;
	h->list = arena_array(h->arena, const struct diff_result *, h->count + 1);
	for (size_t i = 0; i < h->count; i++)
		h->list[i] = &h->run->results[i];
	qsort(h->list, h->count, sizeof *h->list, compare_results);
}

static void add_rules(const struct html *h)
{
	bool *shown = arena_array(h->arena, bool, rule_count), some = false;

	for (size_t i = 0; i < h->run->group_count; i++)
		if (h->run->groups[i].finding)
			some = shown[rule_of(h->run->groups[i].finding) - rules] = true;
	if (some)
		page_rules(h->buf, shown, h->report->pages);
}

void report_html_write(struct buf *buf, const struct diff_report *report)
{
	struct arena arena;
	struct html h = {.buf = buf, .report = report, .run = report->run, .arena = &arena};
	struct buf text;

	arena_init(&arena);
	buf_init(&text);
	sort_results(&h);
	page_begin(buf, STR("ingress2gw: live and candidate"));
	buf_text(buf, "<header><h1>Migration to Gateway API: answers compared</h1>\n<p>");
	diff_report_summary(&text, report);
	markup_xml(buf, str_trim(buf_slice(&text)));
	buf_text(buf, "</p></header>\n<main>\n");
	add_lead(buf, h.run);
	add_cards(buf, h.run);
	add_sides(buf, h.run);
	add_hosts(&h);
	add_groups(&h);
	add_list(&h);
	add_left_out(buf, h.run);
	add_rules(&h);
	buf_text(buf, "</main>\n");
	buf_clear(&text);
	report_json(&text, report, EMBEDDED_BODY);
	page_end(buf, buf_slice(&text), report->date);
	buf_finish(&text);
	arena_finish(&arena);
}
