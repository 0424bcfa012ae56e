/* JUnit XML in the shape that both Jenkins and GitLab read (lib/report/junit.c): a suite a host, a case a
 * request that is not plainly equal, and one case for those that are. Flaky ones are skipped, neither passed nor
 * failed; one that was not asked is an error, as is a run that was cut off. */
#include "compare/report_parts.h"

#include "report/markup.h"

enum { TEXT_MOST = 2000 }; /* bytes of a value */

struct junit {
	struct buf *buf;
	const struct diff_report *report;
	struct arena *arena;
	size_t tests, failures, errors, skipped;
};

static void add_value(struct buf *buf, char sign, struct str value)
{
	bool cut;

	buf_format(buf, "%c ", sign);
	if (value.at)
		markup_xml(buf, markup_clip(value, TEXT_MOST, &cut));
	else
		buf_text(buf, "(absent)");
	buf_char(buf, '\n');
}

static void add_fact(struct buf *buf, const struct fact *fact)
{
	struct buf name;

	buf_init(&name);
	report_fact_name(&name, fact);
	markup_xml(buf, buf_slice(&name));
	buf_char(buf, '\n');
	add_value(buf, '-', fact->live);
	add_value(buf, '+', fact->candidate);
	buf_finish(&name);
}

static void add_place(const struct junit *j, const struct diff_result *result)
{
	struct span span = report_result_place(result);
	struct str path = report_source_path(j->report, span.source, j->arena);

	if (!span.line || !path.len)
		return;
	markup_xml(j->buf, path);
	buf_format(j->buf, ":%u\n", span.line);
}

/* The texts of the case; GitLab shows these, not the message attribute. */
static void add_texts(const struct junit *j, const struct diff_result *result)
{
	for (size_t i = 0; i < result->fact_count; i++)
		add_fact(j->buf, &result->facts[i]);
	if (result->verdict == DIFF_DIFFERENT) {
		report_words_xml(j->buf, report_cause_words, result);
		buf_char(j->buf, '\n');
		add_place(j, result);
	}
}

static void add_result(const struct junit *j, const struct diff_result *result)
{
	struct buf *buf = j->buf;

	if (result->verdict == DIFF_FLAKY) {
		buf_text(buf,
			 "<skipped message=\"flaky: the live side does not agree with itself\">");
		add_texts(j, result);
		buf_text(buf, "</skipped>");
		return;
	}
	if (result->verdict == DIFF_UNASKED) {
		buf_text(buf, "<error message=\"not asked, or the live side did not answer\"/>");
		return;
	}
	buf_format(buf, "<failure type=\"%s\" message=\"",
		   result->finding ? "predicted" : "not predicted");
	report_words_xml(buf, report_facts_line, result);
	buf_text(buf, "\">");
	add_texts(j, result);
	buf_text(buf, "</failure>");
}

static void begin_case(const struct junit *j, struct str host)
{
	buf_text(j->buf, "    <testcase classname=\"");
	markup_xml(j->buf, host);
	buf_text(j->buf, "\" name=\"");
}

/* The number makes names unique. */
static void add_case(struct junit *j, struct str host, const struct diff_result *of)
{
	struct arena_mark mark = arena_mark(j->arena);
	const struct diff_result *result = report_shown(j->arena, j->report, of);
	struct buf line;

	buf_init(&line);
	probe_describe(&line, &result->probe);
	begin_case(j, host);
	markup_xml(j->buf, buf_slice(&line));
	buf_format(j->buf, " (%u)\" time=\"0\">", result->probe.number);
	add_result(j, result);
	buf_text(j->buf, "</testcase>\n");
	j->tests++;
	j->failures += result->verdict == DIFF_DIFFERENT;
	j->errors += result->verdict == DIFF_UNASKED;
	j->skipped += result->verdict == DIFF_FLAKY;
	buf_finish(&line);
	arena_rewind(j->arena, mark);
}

static void add_equal(struct junit *j, const struct diff_host *host)
{
	if (!host->equal)
		return;
	begin_case(j, host->host);
	report_counted(j->buf, host->equal, "request");
	buf_text(j->buf, host->equal == 1 ? " agrees\" time=\"0\"/>\n" : " agree\" time=\"0\"/>\n");
	j->tests++;
}

/* Whose host it is; results of hosts that the run does not list go to the first suite. */
static size_t host_of(const struct diff_run *run, const struct diff_result *result)
{
	struct str host = route_host(result->probe.request.authority);

	for (size_t i = 0; i < run->host_count; i++)
		if (str_eq_nocase(run->hosts[i].host, host))
			return i;
	return 0;
}

static void add_suite(struct junit *all, size_t host, const size_t *hosts)
{
	const struct diff_run *run = all->report->run;
	struct str name = run->host_count ? run->hosts[host].host : STR("requests");
	struct junit suite = {.buf = NULL, .report = all->report, .arena = all->arena};
	struct buf cases;

	buf_init(&cases);
	suite.buf = &cases;
	if (run->host_count)
		add_equal(&suite, &run->hosts[host]);
	for (size_t i = 0; i < run->result_count; i++)
		if (hosts[i] == host)
			add_case(&suite, name, &run->results[i]);
	buf_text(all->buf, "  <testsuite name=\"");
	markup_xml(all->buf, name);
	buf_format(all->buf,
		   "\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"0\">\n",
		   suite.tests, suite.failures, suite.errors, suite.skipped);
	buf_str(all->buf, buf_slice(&cases));
	buf_text(all->buf, "  </testsuite>\n");
	all->tests += suite.tests;
	all->failures += suite.failures;
	all->errors += suite.errors;
	buf_finish(&cases);
}

/* A run that was cut off is no green one, whatever it has seen. */
static void add_incomplete(struct junit *all)
{
	buf_text(all->buf,
		 "  <testsuite name=\"run\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\" "
		 "time=\"0\">\n"
		 "    <testcase classname=\"run\" name=\"everything is asked\" time=\"0\">"
		 "<error message=\"the run ended before everything was asked\"/></testcase>\n"
		 "  </testsuite>\n");
	all->tests++;
	all->errors++;
}

void report_junit_write(struct buf *buf, const struct diff_report *report)
{
	const struct diff_run *run = report->run;
	struct arena arena;
	struct buf suites;
	struct junit all = {.buf = &suites, .report = report, .arena = &arena};
	size_t *hosts;

	arena_init(&arena);
	buf_init(&suites);
	hosts = arena_array(&arena, size_t, run->result_count);
	for (size_t i = 0; i < run->result_count; i++)
		hosts[i] = host_of(run, &run->results[i]);
	for (size_t i = 0; i < run->host_count || (i == 0 && run->result_count); i++)
		add_suite(&all, i, hosts);
	if (!run->complete)
		add_incomplete(&all);
	buf_format(buf,
		   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		   "<testsuites name=\"ingress2gw diff\" tests=\"%zu\" failures=\"%zu\" "
		   "errors=\"%zu\" time=\"0\">\n",
		   all.tests, all.failures, all.errors);
	buf_str(buf, buf_slice(&suites));
	buf_text(buf, "</testsuites>\n");
	buf_finish(&suites);
	arena_finish(&arena);
}
