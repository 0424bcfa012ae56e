/* JSON: everything that the run says, docs/diff.schema.json. `diff --merge` reads it back, so bytes that are
 * no UTF-8 are base64. Fields are added, never renamed. */
#include "compare/encode.h"
#include "compare/json_write.h"
#include "compare/report_parts.h"

enum { BODY_MOST = 16 * 1024 }; /* bytes of each body */

struct json_writer {
	struct buf *buf;
	const struct diff_report *report;
	struct arena *arena;
	size_t body_most;
	const struct finding **findings; /* that some group or result names, each once */
	size_t finding_count;
};

static void add_number(struct buf *buf, const char *key, uint64_t value)
{
	if (value)
		buf_format(buf, ",\"%s\":%llu", key, (unsigned long long)value);
}

static void add_bool(struct buf *buf, const char *key, bool value)
{
	if (value)
		buf_format(buf, ",\"%s\":true", key);
}

static size_t finding_index(const struct json_writer *j, const struct finding *finding)
{
	size_t i = 0;

	while (i < j->finding_count && j->findings[i] != finding)
		i++;
	return i;
}

static void collect_finding(struct json_writer *j, const struct finding *finding)
{
	if (finding && finding_index(j, finding) == j->finding_count)
		ARENA_PUSH(j->arena, j->findings, j->finding_count, finding);
}

/* ---- the head ---- */

static void add_latency(struct buf *buf, const struct diff_latency *latency)
{
	buf_format(buf, ",\"latency\":{\"p50\":%lld,\"p90\":%lld,\"p99\":%lld,\"max\":%lld}",
		   (long long)latency->p50, (long long)latency->p90, (long long)latency->p99,
		   (long long)latency->most);
}

static void add_side(struct buf *buf, const char *key, const struct diff_side *side)
{
	buf_format(buf, ",\n \"%s\":{\"name\":", key);
	json_bytes(buf, side->name);
	add_latency(buf, &side->latency);
	buf_format(buf, ",\"failed\":%zu}", side->failed);
}

static void add_names(struct buf *buf, const char *key, const struct str *names, size_t count)
{
	buf_format(buf, ",\n \"%s\":[", key);
	for (size_t i = 0; i < count; i++) {
		buf_text(buf, i ? "," : "");
		json_bytes(buf, names[i]);
	}
	buf_char(buf, ']');
}

/* The seed as text: 64 bits are more than a number of JavaScript holds. */
static void add_head(const struct json_writer *j)
{
	const struct diff_run *run = j->report->run;
	struct buf *buf = j->buf;

	buf_format(buf, "{\"version\":1,\"kind\":\"diff\",\"complete\":%s,\"seed\":\"%llu\"",
		   run->complete ? "true" : "false", (unsigned long long)run->seed);
	if (run->shards)
		buf_format(buf, ",\"shard\":{\"number\":%u,\"of\":%u}", run->shard, run->shards);
	if (run->took > 0)
		buf_format(buf, ",\"microseconds\":%lld", (long long)run->took);
	buf_format(buf,
		   ",\n \"summary\":{\"asked\":%zu,\"equal\":%zu,\"different\":%zu,"
		   "\"notPredicted\":%zu,\"flaky\":%zu,\"unasked\":%zu,\"unsafe\":%zu,"
		   "\"unreadable\":%zu,\"echoed\":%zu}",
		   run->asked, run->equal, run->different, report_unpredicted(run), run->flaky,
		   run->unasked, run->unsafe, run->unreadable, run->echoed);
	add_side(buf, "live", &run->live);
	add_side(buf, "candidate", &run->candidate);
	add_names(buf, "ignored", run->ignored, run->ignored_count);
	add_names(buf, "noise", run->noise, run->noise_count);
}

static void add_hosts(const struct json_writer *j)
{
	const struct diff_run *run = j->report->run;

	buf_text(j->buf, ",\n \"hosts\":[");
	for (size_t i = 0; i < run->host_count; i++) {
		const struct diff_host *host = &run->hosts[i];

		buf_text(j->buf, i ? ",\n  {\"host\":" : "\n  {\"host\":");
		json_bytes(j->buf, host->host);
		buf_format(j->buf,
			   ",\"equal\":%zu,\"different\":%zu,\"flaky\":%zu,\"unasked\":%zu}",
			   host->equal, host->different, host->flaky, host->unasked);
	}
	buf_char(j->buf, ']');
}

/* ---- findings and groups ---- */

static void add_object(struct buf *buf, const struct object_ref *object)
{
	if (!object || !object->name.len)
		return;
	buf_text(buf, ",\"object\":{\"kind\":");
	json_bytes(buf, object->kind);
	json_member_if(buf, "namespace", object->namespace);
	json_member(buf, "name", object->name);
	buf_char(buf, '}');
}

static void add_place(const struct json_writer *j, struct span span)
{
	if (!span.line || !j->report->sources)
		return;
	json_member(j->buf, "file", source_name(j->report->sources, span.source));
	buf_format(j->buf, ",\"line\":%u,\"column\":%u,\"length\":%u", span.line, span.column,
		   span.length);
}

static void add_finding(const struct json_writer *j, const struct finding *finding)
{
	const struct rule *rule = rule_of(finding);
	struct buf *buf = j->buf;

	buf_format(buf, "{\"code\":\"%s\",\"name\":\"%s\",\"severity\":\"%s\"", rule->code,
		   rule->name, severity_name(rule->severity));
	json_member(buf, "message", finding->message);
	json_member_if(buf, "hint", finding->hint);
	add_place(j, finding->span);
	add_object(buf, &finding->object);
	json_member_if(buf, "path", finding->path);
	buf_char(buf, '}');
}

static void add_findings(struct json_writer *j)
{
	const struct diff_run *run = j->report->run;

	for (size_t i = 0; i < run->group_count; i++)
		collect_finding(j, run->groups[i].finding);
	for (size_t i = 0; i < run->result_count; i++)
		collect_finding(j, run->results[i].finding);
	buf_text(j->buf, ",\n \"findings\":[");
	for (size_t i = 0; i < j->finding_count; i++) {
		buf_text(j->buf, i ? ",\n  " : "\n  ");
		add_finding(j, j->findings[i]);
	}
	buf_char(j->buf, ']');
}

static void add_finding_index(const struct json_writer *j, const struct finding *finding)
{
	if (finding)
		buf_format(j->buf, ",\"finding\":%zu", finding_index(j, finding));
}

/* As a command, which says more than fields: it can be tried. */
static void add_shorter(const struct json_writer *j, const struct probe *shorter)
{
	struct buf words;

	if (!shorter)
		return;
	buf_init(&words);
	report_command(&words, j->report, shorter);
	json_member_if(j->buf, "shorter", buf_slice(&words));
	buf_finish(&words);
}

static void add_groups(const struct json_writer *j)
{
	const struct diff_run *run = j->report->run;

	buf_text(j->buf, ",\n \"groups\":[");
	for (size_t i = 0; i < run->group_count; i++) {
		const struct diff_group *group = &run->groups[i];

		buf_format(j->buf, "%s\n  {\"count\":%zu,\"predicted\":%s,\"example\":%u",
			   i ? "," : "", group->count, group->predicted ? "true" : "false",
			   group->example->probe.number);
		add_finding_index(j, group->finding);
		add_shorter(j, group->shorter);
		buf_char(j->buf, '}');
	}
	buf_char(j->buf, ']');
}

/* ---- results ---- */

static void add_request_headers(struct buf *buf, const struct route_request *request)
{
	if (!request->header_count)
		return;
	buf_text(buf, ",\"headers\":[");
	for (size_t i = 0; i < request->header_count; i++) {
		buf_text(buf, i ? "," : "");
		json_header(buf, request->headers[i].name, request->headers[i].value);
	}
	buf_char(buf, ']');
}

static void add_body(const struct json_writer *j, struct str body)
{
	if (body.len)
		json_member(j->buf, "body", str_sub(body, 0, j->body_most));
}

static void add_request(const struct json_writer *j, const struct probe *probe)
{
	const struct route_request *request = &probe->request;
	struct buf *buf = j->buf;

	buf_text(buf, ",\"request\":{\"method\":");
	json_bytes(buf, route_method(request));
	json_member(buf, "target", request->target);
	if (request->authority.at)
		json_member(buf, "host", request->authority);
	add_bool(buf, "tls", request->tls);
	json_member_if(buf, "sni", request->sni);
	add_number(buf, "port", request->port);
	buf_format(buf, ",\"http\":\"%s\"", json_version(request->version));
	add_request_headers(buf, request);
	if (request->body_length)
		buf_format(buf, ",\"bodyLength\":%lld", (long long)request->body_length);
	add_body(j, probe->body);
	buf_char(buf, '}');
	json_member(buf, "origin", probe->origin);
	add_number(buf, "recordedStatus", probe->recorded_status);
	add_number(buf, "times", probe->times);
	add_number(buf, "draws", probe->draws);
	add_bool(buf, "follows", probe->follows);
}

static void add_facts(struct buf *buf, const struct diff_result *result)
{
	buf_text(buf, ",\"facts\":[");
	for (size_t i = 0; i < result->fact_count; i++) {
		const struct fact *fact = &result->facts[i];

		buf_format(buf, "%s{\"kind\":\"%s\"", i ? "," : "", fact_kind_name(fact->kind));
		json_member_if(buf, "name", fact->name);
		if (fact->live.at)
			json_member(buf, "live", fact->live);
		if (fact->candidate.at)
			json_member(buf, "candidate", fact->candidate);
		buf_char(buf, '}');
	}
	buf_char(buf, ']');
}

static void add_answer_headers(struct buf *buf, const struct answer *answer)
{
	if (!answer->header_count)
		return;
	buf_text(buf, ",\"headers\":[");
	for (size_t i = 0; i < answer->header_count; i++) {
		buf_text(buf, i ? "," : "");
		json_header(buf, answer->headers[i].name, answer->headers[i].value);
	}
	buf_char(buf, ']');
}

static void add_tls(struct buf *buf, const struct answer_tls *tls)
{
	if (!tls->version.len)
		return;
	buf_text(buf, ",\"tls\":{\"version\":");
	json_bytes(buf, tls->version);
	json_member_if(buf, "alpn", tls->alpn);
	json_member_if(buf, "fingerprint", tls->fingerprint);
	json_member_if(buf, "subject", tls->subject);
	json_member_if(buf, "issuer", tls->issuer);
	json_member_if(buf, "names", tls->names);
	add_number(buf, "chain", tls->chain);
	buf_char(buf, '}');
}

static void add_answer(const struct json_writer *j, const char *key, const struct answer *answer)
{
	struct buf *buf = j->buf;

	if (!answer)
		return;
	buf_format(buf, ",\n   \"%s\":{\"microseconds\":%lld", key, (long long)answer->micros);
	if (answer->failure != ANSWER_CAME) {
		buf_format(buf, ",\"failure\":\"%s\"", answer_failure_name(answer->failure));
		json_member_if(buf, "why", answer->why);
	} else {
		buf_format(buf, ",\"status\":%u,\"http\":\"%s\"", answer->status,
			   json_version(answer->version));
		add_answer_headers(buf, answer);
		buf_format(buf, ",\"bodyLength\":%llu", (unsigned long long)answer->body_length);
		buf_text(buf, ",\"sha256\":\"");
		encode_hex_bytes(buf, answer->body_hash, sizeof answer->body_hash);
		buf_char(buf, '"');
		add_body(j, answer->body);
		json_member_if(buf, "backend", answer->backend);
	}
	add_tls(buf, &answer->tls);
	buf_char(buf, '}');
}

static void add_result(const struct json_writer *j, const struct diff_result *of)
{
	static const char *const verdicts[] = {"equal", "different", "flaky", "unasked"};
	const struct diff_result *result = report_shown(j->arena, j->report, of);
	struct buf *buf = j->buf;

	buf_format(buf, "{\"number\":%u,\"verdict\":\"%s\"", result->probe.number,
		   verdicts[result->verdict]);
	if (result->verdict == DIFF_DIFFERENT)
		buf_format(buf, ",\"group\":%u", result->group);
	add_bool(buf, "predicted", result->predicted);
	if (result->guard_lost)
		add_bool(buf, "guardLost", true);
	add_finding_index(j, result->finding);
	add_request(j, &result->probe);
	add_facts(buf, result);
	json_member_if(buf, "from", result->from);
	json_member_if(buf, "to", result->to);
	add_object(buf, result->object);
	add_place(j, result->span);
	json_member_if(buf, "route", result->route);
	add_answer(j, "live", result->live);
	add_answer(j, "candidate", result->candidate);
	buf_char(buf, '}');
}

void report_json(struct buf *buf, const struct diff_report *report, size_t body_most)
{
	const struct diff_run *run = report->run;
	struct arena arena;
	struct json_writer j = {
		.buf = buf, .report = report, .arena = &arena, .body_most = body_most};

	arena_init(&arena);
	add_head(&j);
	add_hosts(&j);
	add_findings(&j);
	add_groups(&j);
	buf_text(buf, ",\n \"results\":[");
	for (size_t i = 0; i < run->result_count; i++) {
		struct arena_mark mark = arena_mark(&arena);

		buf_text(buf, i ? ",\n  " : "\n  ");
		add_result(&j, &run->results[i]);
		arena_rewind(&arena, mark);
	}
	buf_text(buf, "]}\n");
	arena_finish(&arena);
}

void report_json_write(struct buf *buf, const struct diff_report *report)
{
	report_json(buf, report, BODY_MOST);
}
