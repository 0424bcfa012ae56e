/* One request of the page. Everything here was written by somebody else: it goes through markup_xml(), or
 * add_lines() where line ends are to stay. */
#include "compare/report_html.h"
#include "report/markup.h"

enum {
	VALUE_MOST = 1000, /* bytes of a fact's value, of a header */
	BODY_MOST = 4096,
	HEADERS_MOST = 100,
};

static void add_clipped(struct buf *buf, struct str text)
{
	markup_clipped(buf, markup_xml, text, VALUE_MOST);
}

/* Line ends stay line ends, everything else as markup_xml() has it. */
static void add_lines(struct buf *buf, struct str text)
{
	struct str line;
	bool more = true, first = true;

	while (str_split(&text, '\n', &more, &line)) {
		if (!first)
			buf_char(buf, '\n');
		first = false;
		if (str_ends(line, "\r"))
			line.len--;
		markup_xml(buf, line);
	}
}

/* ---- the folded line ---- */

/* Which row of the hosts' table it is; the count when it is none. */
static size_t host_index(const struct diff_run *run, const struct diff_result *result)
{
	struct str host = route_host(result->probe.request.authority);
	size_t i = 0;

	while (i < run->host_count && !str_eq_nocase(run->hosts[i].host, host))
		i++;
	return i;
}

static void add_attributes(const struct html *h, const struct diff_result *result)
{
	const char *style = report_result_style(result);
	size_t host = host_index(h->run, result);
	struct buf *buf = h->buf;

	buf_format(buf,
		   "<details class=\"finding %s\" data-severity=\"%s\" data-place=\"%u\" "
		   "data-code=\"",
		   style, style, result->probe.number);
	if (result->verdict == DIFF_DIFFERENT)
		buf_format(buf, "cause-%u ", result->group + 1);
	if (host < h->run->host_count)
		buf_format(buf, "host-%zu", host);
	if (result->finding)
		buf_format(buf, " %s", result->finding->code);
	buf_text(buf, "\" data-object=\"");
	markup_xml(buf, result->probe.request.authority);
	buf_text(buf, "\">");
}

static const char *verdict_word(const struct diff_result *result)
{
	if (result->verdict == DIFF_DIFFERENT)
		return result->finding ? "announced" : "differs";
	return result->verdict == DIFF_FLAKY ? "flaky" : "not asked";
}

static void add_summary(const struct html *h, const struct diff_result *result)
{
	struct buf *buf = h->buf, line;

	buf_init(&line);
	probe_describe(&line, &result->probe);
	buf_text(buf, "<summary>");
	page_badge(buf, report_result_style(result), verdict_word(result));
	buf_text(buf, "<span class=\"what mono\">");
	add_clipped(buf, buf_slice(&line));
	buf_format(buf, "</span><span class=\"code mono\">%s</span><span class=\"where\">",
		   result->finding ? result->finding->code : "");
	report_words_xml(buf, report_facts_line, result);
	buf_text(buf, "</span></summary>\n");
	buf_finish(&line);
}

/* ---- what differs ---- */

static void add_value(struct buf *buf, struct str value)
{
	if (!value.at)
		buf_text(buf, "<td class=\"soft\">absent</td>");
	else {
		buf_text(buf, "<td class=\"mono\">");
		add_clipped(buf, value);
		buf_text(buf, "</td>");
	}
}

static void add_facts(struct buf *buf, const struct diff_result *result)
{
	if (!result->fact_count)
		return;
	buf_text(buf,
		 "<div class=\"scroll\"><table class=\"facts\"><thead><tr><th>What differs</th>"
		 "<th>Live</th><th>Candidate</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < result->fact_count; i++) {
		struct buf name;

		buf_init(&name);
		report_fact_name(&name, &result->facts[i]);
		buf_text(buf, "<tr><td>");
		add_clipped(buf, buf_slice(&name));
		buf_text(buf, "</td>");
		add_value(buf, result->facts[i].live);
		add_value(buf, result->facts[i].candidate);
		buf_text(buf, "</tr>\n");
		buf_finish(&name);
	}
	buf_text(buf, "</tbody></table></div>\n");
}

static void add_place(const struct html *h, const struct diff_result *result)
{
	struct span span = report_result_place(result);
	struct str path = report_source_path(h->report, span.source, h->arena);

	if (!span.line || !path.len)
		return;
	buf_text(h->buf, " <span class=\"mono\">");
	markup_xml(h->buf, path);
	buf_format(h->buf, ":%u</span>", span.line);
}

static void add_decisions(struct buf *buf, const struct diff_result *result)
{
	if (!result->from.len && !result->to.len)
		return;
	buf_text(buf, "<p class=\"soft\">The routes say: <span class=\"mono\">");
	add_clipped(buf, result->from);
	buf_text(buf, "</span> today, <span class=\"mono\">");
	add_clipped(buf, result->to);
	buf_text(buf, "</span> then");
	if (result->route.len) {
		buf_text(buf, " (");
		markup_xml(buf, result->route);
		buf_char(buf, ')');
	}
	buf_text(buf, ".</p>\n");
}

static void add_cause(const struct html *h, const struct diff_result *result)
{
	struct buf *buf = h->buf;

	buf_text(buf, "<p>");
	if (result->verdict != DIFF_DIFFERENT) {
		buf_text(buf, result->verdict == DIFF_FLAKY
				      ? "The live side does not agree with itself."
				      : "It was not asked, or the live side did not answer.");
	} else if (result->finding) {
		buf_format(buf, "<a href=\"#%s\">%s</a> ", result->finding->code,
			   result->finding->code);
		markup_xml(buf, result->finding->message);
	} else if (result->guard_lost) {
		buf_text(buf, "<b>A guard is lost</b>: what stands before the backend today does "
			      "not then.");
	} else {
		buf_text(buf,
			 result->predicted
				 ? "<b>Not covered by a finding</b>, although the routes decide "
				   "differently."
				 : "<b>Not predicted</b>: no finding announced it.");
	}
	add_place(h, result);
	if (result->verdict == DIFF_DIFFERENT)
		buf_format(buf, " <a href=\"#cause-%u\">Its cause</a>", result->group + 1);
	if (host_index(h->run, result) < h->run->host_count)
		buf_format(buf, " <a href=\"#host-%zu\">Its host</a>", host_index(h->run, result));
	buf_text(buf, "</p>\n");
	if (result->verdict == DIFF_DIFFERENT)
		add_decisions(buf, result);
}

/* ---- both answers ---- */

/* Whether a header is one of the facts: it is marked. */
static bool is_fact(const struct diff_result *result, struct str name)
{
	for (size_t i = 0; i < result->fact_count; i++) {
		const struct fact *fact = &result->facts[i];

		if ((fact->kind == FACT_HEADER && str_eq_nocase(fact->name, name)) ||
		    (fact->kind == FACT_LOCATION && str_is(name, "location")) ||
		    (fact->kind == FACT_COOKIE && str_is(name, "set-cookie")))
			return true;
	}
	return false;
}

static void add_headers(struct buf *buf, const struct diff_result *result,
			const struct answer *answer)
{
	for (size_t i = 0; i < answer->header_count && i < HEADERS_MOST; i++) {
		const struct answer_header *header = &answer->headers[i];
		bool marked = is_fact(result, header->name);

		buf_text(buf, marked ? "\n<mark>" : "\n");
		add_clipped(buf, header->name);
		buf_text(buf, ": ");
		add_clipped(buf, header->value);
		buf_text(buf, marked ? "</mark>" : "");
	}
	if (answer->header_count > HEADERS_MOST)
		buf_format(buf, "\n(%zu more headers)", answer->header_count - HEADERS_MOST);
}

static void add_body(struct buf *buf, const struct answer *answer)
{
	bool cut;
	struct str body = markup_clip(answer->body, BODY_MOST, &cut);

	if (!answer->body_length)
		return;
	buf_text(buf, "\n\n");
	add_lines(buf, body);
	if (body.len < answer->body_length)
		buf_format(buf, "\n(%llu bytes in all)", (unsigned long long)answer->body_length);
}

static void add_answer(const struct html *h, const char *which, const struct diff_result *result,
		       const struct answer *answer)
{
	struct buf *buf = h->buf, words;

	buf_format(buf, "<div><h4>%s", which);
	if (answer && answer->backend.len) {
		buf_text(buf, " <span class=\"soft\">by ");
		markup_xml(buf, answer->backend);
		buf_text(buf, "</span>");
	}
	buf_text(buf, "</h4>\n<pre>");
	buf_init(&words);
	report_answer_words(&words, answer);
	buf_text(buf, answer && answer->failure == ANSWER_CAME ? "HTTP " : "");
	add_clipped(buf, buf_slice(&words));
	buf_finish(&words);
	if (answer && answer->failure == ANSWER_CAME) {
		add_headers(buf, result, answer);
		add_body(buf, answer);
	}
	buf_text(buf, "</pre></div>\n");
}

static void add_curl(struct buf *buf, const struct diff_result *result)
{
	struct buf command;

	buf_init(&command);
	probe_curl(&command, &result->probe);
	buf_text(buf, "<div class=\"copy\"><button type=\"button\" data-copy=\"\" "
		      "hidden>Copy</button><pre>");
	add_lines(buf, buf_slice(&command));
	buf_text(buf, "</pre></div>\n<p class=\"soft\">Asked because of: ");
	markup_xml(buf, result->probe.origin);
	buf_text(buf, "</p>\n");
	buf_finish(&command);
}

void report_html_result(const struct html *h, const struct diff_result *of)
{
	struct arena_mark mark = arena_mark(h->arena);
	const struct diff_result *result = report_shown(h->arena, h->report, of);

	add_attributes(h, result);
	add_summary(h, result);
	buf_text(h->buf, "<div class=\"more\">\n");
	add_cause(h, result);
	add_facts(h->buf, result);
	buf_text(h->buf, "<div class=\"pair\">\n");
	add_answer(h, "Live", result, result->live);
	add_answer(h, "Candidate", result, result->candidate);
	buf_text(h->buf, "</div>\n");
	add_curl(h->buf, result);
	buf_text(h->buf, "</div></details>\n");
	arena_rewind(h->arena, mark);
}
