/* Text: one request of each cause with what differs, then what was asked and what does not count. */
#include "compare/report_parts.h"

#include "report/clean.h"
#include "report/markup.h"

enum {
	VALUE_MOST = 200, /* bytes of a value on its line */
	NAMES_MOST = 12,  /* of what is ignored and what is noise */
};

struct text {
	struct buf *buf;
	const struct diff_report *report;
	struct arena *arena;
};

static const char *const colours[] = {
	['-'] = "\033[31m", ['+'] = "\033[32m",   ['='] = "\033[2m",
	[' '] = "\033[2m",  ['!'] = "\033[1;31m", ['#'] = "\033[1m",
};

static void begin(const struct text *t, char sign)
{
	if (t->report->colour)
		buf_text(t->buf, colours[(unsigned char)sign]);
	if (sign == '-' || sign == '+' || sign == '=')
		buf_format(t->buf, "%c ", sign);
	else if (sign != '#')
		buf_text(t->buf, "  ");
}

static void end(const struct text *t)
{
	buf_text(t->buf, t->report->colour ? "\033[0m\n" : "\n");
}

static void add_clipped(struct buf *buf, struct str text)
{
	bool cut;

	clean_add(buf, markup_clip(text, VALUE_MOST, &cut));
	if (cut)
		buf_format(buf, "... (%zu bytes)", text.len);
}

static void add_value(const struct text *t, char sign, const struct fact *fact, struct str value)
{
	struct buf name;

	buf_init(&name);
	report_fact_name(&name, fact);
	begin(t, sign);
	clean_add(t->buf, buf_slice(&name));
	buf_text(t->buf, fact->name.len ? ": " : " ");
	if (value.at)
		add_clipped(t->buf, value);
	else
		buf_text(t->buf, "(absent)");
	end(t);
	buf_finish(&name);
}

static bool has_fact(const struct diff_result *result, enum fact_kind kind)
{
	for (size_t i = 0; i < result->fact_count; i++)
		if (result->facts[i].kind == kind)
			return true;
	return false;
}

/* What both sides say: without it a lost header reads like a lost page. */
static void add_same(const struct text *t, const struct diff_result *result)
{
	const struct answer *live = result->live, *candidate = result->candidate;

	if (!live || !candidate || live->failure != ANSWER_CAME ||
	    candidate->failure != ANSWER_CAME || live->status != candidate->status ||
	    has_fact(result, FACT_STATUS))
		return;
	begin(t, '=');
	buf_format(t->buf, "status %u", live->status);
	end(t);
}

static void add_request(const struct text *t, const struct diff_result *result)
{
	const struct route_request *request = &result->probe.request;

	begin(t, '#');
	probe_describe(t->buf, &result->probe);
	end(t);
	for (size_t i = 0; i < request->header_count; i++) {
		buf_text(t->buf, "    ");
		clean_add(t->buf, request->headers[i].name);
		buf_text(t->buf, ": ");
		add_clipped(t->buf, request->headers[i].value);
		buf_char(t->buf, '\n');
	}
}

static void add_facts(const struct text *t, const struct diff_result *result)
{
	add_same(t, result);
	for (size_t i = 0; i < result->fact_count; i++) {
		add_value(t, '-', &result->facts[i], result->facts[i].live);
		add_value(t, '+', &result->facts[i], result->facts[i].candidate);
	}
}

static void add_place(const struct text *t, const struct diff_result *result)
{
	struct span span = report_result_place(result);
	struct str path = report_source_path(t->report, span.source, t->arena);

	if (result->object && !result->finding) {
		buf_text(t->buf, ", ");
		report_object(t->buf, result->object);
	}
	if (!span.line || !path.len)
		return;
	buf_text(t->buf, ", ");
	clean_add(t->buf, path);
	buf_format(t->buf, ":%u", span.line);
}

static void add_decisions(const struct text *t, const struct diff_result *result)
{
	if (!result->from.len && !result->to.len)
		return;
	begin(t, ' ');
	buf_text(t->buf, "the routes say: ");
	add_clipped(t->buf, result->from);
	if (!str_eq(result->from, result->to)) {
		buf_text(t->buf, " today, ");
		add_clipped(t->buf, result->to);
		buf_text(t->buf, " then");
	}
	if (result->route.len) {
		buf_text(t->buf, " (");
		clean_add(t->buf, result->route);
		buf_char(t->buf, ')');
	}
	end(t);
}

static void add_cause(const struct text *t, const struct diff_result *result, size_t count)
{
	begin(t, result->finding ? ' ' : '!');
	if (result->finding)
		report_cause_words(t->buf, result);
	else if (result->guard_lost)
		buf_text(t->buf,
			 "A GUARD IS LOST: what stands before the backend today does not then");
	else if (result->predicted)
		buf_text(t->buf,
			 "NOT COVERED BY A FINDING, although the routes decide differently");
	else
		buf_text(t->buf, "NOT PREDICTED: the routes decide alike");
	add_place(t, result);
	if (count > 1) {
		buf_text(t->buf, " (");
		report_counted(t->buf, count, "request");
		buf_text(t->buf, t->report->verbose ? ")" : ", -v shows them)");
	}
	end(t);
	if (!result->finding)
		add_decisions(t, result);
}

/* -v: the other requests of a cause. */
static void add_rest(const struct text *t, size_t group)
{
	const struct diff_run *run = t->report->run;
	const struct diff_result *example = run->groups[group].example;

	for (size_t i = 0; i < run->result_count; i++) {
		const struct diff_result *result = &run->results[i];
		struct arena_mark mark = arena_mark(t->arena);

		if (result->verdict != DIFF_DIFFERENT || result->group != group ||
		    result->probe.number == example->probe.number)
			continue;
		buf_text(t->buf, "  also ");
		probe_describe(t->buf, &report_shown(t->arena, t->report, result)->probe);
		buf_char(t->buf, '\n');
		arena_rewind(t->arena, mark);
	}
}

/* The same difference with less: a command to try it with. */
static void add_shorter(const struct text *t, const struct probe *shorter)
{
	struct buf words;

	buf_init(&words);
	report_command(&words, t->report, shorter);
	begin(t, ' ');
	buf_text(t->buf, "shows with less, too: ");
	clean_add(t->buf, buf_slice(&words));
	end(t);
	buf_finish(&words);
}

static void add_group(const struct text *t, size_t group)
{
	const struct diff_group *of = &t->report->run->groups[group];
	struct arena_mark mark = arena_mark(t->arena);
	const struct diff_result *shown = report_shown(t->arena, t->report, of->example);

	add_request(t, shown);
	add_facts(t, shown);
	add_cause(t, shown, of->count);
	if (of->shorter)
		add_shorter(t, of->shorter);
	arena_rewind(t->arena, mark);
	if (t->report->verbose)
		add_rest(t, group);
}

/* The answer that never came, of the live side if it is that; NULL: nobody asked, or the side is not known. */
static const struct answer *failed_of(const struct diff_result *result)
{
	if (result->live && result->live->failure != ANSWER_CAME)
		return result->live;
	return result->candidate && result->candidate->failure != ANSWER_CAME ? result->candidate
									      : NULL;
}

static void add_unasked(const struct text *t, const struct diff_result *result)
{
	const struct answer *failed = failed_of(result);
	struct buf why;

	buf_text(t->buf, failed && failed == result->candidate
				 ? "the candidate was not asked"
				 : "not asked, or the live side did not answer");
	if (!failed)
		return;
	buf_init(&why);
	report_answer_words(&why, failed);
	buf_text(t->buf, ": ");
	clean_add(t->buf, buf_slice(&why));
	buf_finish(&why);
}

static void add_other(const struct text *t, const struct diff_result *of)
{
	struct arena_mark mark = arena_mark(t->arena);
	const struct diff_result *result = report_shown(t->arena, t->report, of);

	add_request(t, result);
	if (result->verdict == DIFF_FLAKY)
		add_facts(t, result);
	begin(t, ' ');
	if (result->verdict == DIFF_FLAKY)
		buf_text(t->buf, "flaky: the live side does not agree with itself");
	else
		add_unasked(t, result);
	end(t);
	arena_rewind(t->arena, mark);
}

/* What is neither equal nor different: with -v each, else the first, rather one that says why. */
static void add_others(const struct text *t, enum diff_verdict verdict)
{
	const struct diff_run *run = t->report->run;
	const struct diff_result *first = NULL;

	for (size_t i = 0; i < run->result_count; i++) {
		const struct diff_result *result = &run->results[i];

		if (result->verdict != verdict)
			continue;
		if (t->report->verbose)
			add_other(t, result);
		else if (!first || (!failed_of(first) && failed_of(result)))
			first = result;
	}
	if (first)
		add_other(t, first);
}

/* ---- the end ---- */

static void add_names(struct buf *buf, const char *title, const struct str *names, size_t count)
{
	if (!count)
		return;
	buf_text(buf, title);
	for (size_t i = 0; i < count && i < NAMES_MOST; i++) {
		buf_text(buf, i ? ", " : "");
		add_clipped(buf, names[i]);
	}
	if (count > NAMES_MOST)
		buf_format(buf, " and %zu more", count - NAMES_MOST);
	buf_char(buf, '.');
}

static void add_rate(struct buf *buf, const struct diff_run *run)
{
	uint64_t rate;

	if (run->took <= 0)
		return;
	rate = (uint64_t)((double)run->asked * 1e6 / (double)run->took + 0.5);
	/* Less than one a second is no rate that anybody asks for, but draws or an answer that took long. */
	if (!rate)
		return;
	buf_text(buf, " at ");
	report_count(buf, rate);
	buf_text(buf, "/s");
}

void diff_report_summary(struct buf *buf, const struct diff_report *report)
{
	const struct diff_run *run = report->run;
	size_t unpredicted = report_unpredicted(run);

	report_counted(buf, run->asked, "request");
	add_rate(buf, run);
	buf_text(buf, ": ");
	report_count(buf, run->equal);
	buf_text(buf, " agree, ");
	report_count(buf, run->different);
	buf_text(buf, " differ");
	if (unpredicted)
		buf_format(buf, " (%zu not predicted)", unpredicted);
	if (run->flaky)
		buf_format(buf, ", %zu flaky", run->flaky);
	if (run->unasked)
		buf_format(buf, ", %zu not asked", run->unasked);
	buf_char(buf, '.');
	add_names(buf, "  Ignored: ", run->ignored, run->ignored_count);
	buf_char(buf, '\n');
}

static void add_ms(struct buf *buf, int64_t micros)
{
	buf_format(buf, micros < 10000 ? "%.1f" : "%.0f", (double)micros / 1000);
}

static void add_latency(struct buf *buf, const char *which, const struct diff_side *side)
{
	const struct diff_latency *latency = &side->latency;

	buf_format(buf, "%s ", which);
	add_ms(buf, latency->p50);
	buf_text(buf, " / ");
	add_ms(buf, latency->p90);
	buf_text(buf, " / ");
	add_ms(buf, latency->p99);
	buf_text(buf, " / ");
	add_ms(buf, latency->most);
	buf_text(buf, " ms");
}

static void add_failed(const struct text *t, const struct diff_side *side)
{
	if (!side->failed)
		return;
	report_counted(t->buf, side->failed, "request");
	buf_text(t->buf, " got no answer from ");
	clean_add(t->buf, side->name);
	buf_text(t->buf, ".\n");
}

/* It was not asked, so its silence says nothing about it. */
static void add_untrusted(const struct text *t)
{
	const struct diff_run *run = t->report->run;
	size_t count = 0;

	for (size_t i = 0; i < run->result_count; i++) {
		const struct diff_result *result = &run->results[i];

		count += result->verdict == DIFF_UNASKED &&
			 ((result->live && result->live->failure == ANSWER_UNTRUSTED) ||
			  (result->candidate && result->candidate->failure == ANSWER_UNTRUSTED));
	}
	if (!count)
		return;
	report_counted(t->buf, count, "request");
	buf_text(t->buf,
		 " with something secret not sent: the other side could not prove who it is. "
		 "--cacert says who signs for it, --insecure sends all the same.\n");
}

static void add_end(const struct text *t)
{
	const struct diff_run *run = t->report->run;
	struct buf *buf = t->buf;

	add_failed(t, &run->live);
	add_failed(t, &run->candidate);
	add_untrusted(t);
	if (run->unsafe) {
		report_counted(buf, run->unsafe, "request");
		buf_text(buf, " left out: the method may change something (--unsafe-methods).\n");
	}
	if (run->echoed) {
		report_counted(buf, run->echoed, "answer");
		buf_text(buf,
			 " came from the echo in the place of an application: --backend says where "
			 "it is, and what it answers is compared, too.\n");
	}
	if (run->unreadable) {
		report_counted(buf, run->unreadable, "piece");
		buf_text(buf, " of the files of requests left out: not a request.\n");
	}
	if (run->noise_count) {
		add_names(buf, "Noise, differs on the live side itself: ", run->noise,
			  run->noise_count);
		buf_char(buf, '\n');
	}
	if (run->live.latency.most || run->candidate.latency.most) {
		buf_text(buf, "Latency, median / 90 % / 99 % / most: ");
		if (run->live.latency.most)
			add_latency(buf, "live", &run->live);
		if (run->live.latency.most && run->candidate.latency.most)
			buf_text(buf, ", ");
		if (run->candidate.latency.most)
			add_latency(buf, "candidate", &run->candidate);
		buf_text(buf, ".\n");
	}
	if (!run->complete)
		buf_text(buf, "The run ended early: this is not the whole picture.\n");
	if (run->shards)
		buf_format(buf, "Shard %u of %u.\n", run->shard, run->shards);
	diff_report_summary(buf, t->report);
}

void report_text_write(struct buf *buf, const struct diff_report *report)
{
	struct arena arena;
	const struct text t = {buf, report, &arena};
	size_t start = buf->len;

	arena_init(&arena);
	for (size_t i = 0; i < report->run->group_count; i++)
		add_group(&t, i);
	add_others(&t, DIFF_FLAKY);
	add_others(&t, DIFF_UNASKED);
	if (buf->len > start)
		buf_char(buf, '\n');
	add_end(&t);
	arena_finish(&arena);
}
