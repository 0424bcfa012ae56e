#include "diff_case.h"

#include "check/rules.h"
#include "record.h"

static struct str maybe(struct str text)
{
	if (str_is(text, "\x01"))
		return (struct str){NULL, 0};
	return text.at ? text : STR("");
}

static void take_run(struct diff_case *made, const struct record *r)
{
	struct diff_run *run = &made->run;
	struct str *names = arena_array(&made->arena, struct str, 2);

	made->report.verbose = str_find(r->fields[1], 'v') != SIZE_MAX;
	made->report.colour = str_find(r->fields[1], 'c') != SIZE_MAX;
	run->complete = str_find(r->fields[1], 'e') == SIZE_MAX;
	if (str_find(r->fields[1], 's') != SIZE_MAX) {
		run->shard = 2;
		run->shards = 3;
	}
	run->live.name = r->fields[2];
	run->candidate.name = r->fields[3];
	names[0] = r->fields[4];
	names[1] = r->fields[5];
	run->ignored = &names[0];
	run->ignored_count = names[0].len > 0;
	run->noise = &names[1];
	run->noise_count = names[1].len > 0;
	for (size_t i = 6; i < r->count; i++) {
		const struct diff_host host = {.host = r->fields[i], .equal = i * 7};

		ARENA_PUSH(&made->arena, run->hosts, run->host_count, host);
		run->equal += host.equal;
	}
}

static void take_finding(struct diff_case *made, struct findings *findings, const struct record *r)
{
	unsigned line = record_number(r->fields[5], 1000);
	struct finding finding = {
		.code = rules[record_number(r->fields[1], (unsigned)rule_count)].code,
		.object = {r->fields[2], r->fields[3], r->fields[4]},
		.message = r->fields[6],
		.hint = r->fields[7],
		.path = r->fields[8],
	};

	if (line)
		finding.span = (struct span){0, line, 3, 5};
	findings->arena = &made->arena;
	findings_add(findings, finding);
}

static const struct finding *finding_at(const struct findings *findings, struct str index)
{
	return index.len && findings->count
		       ? &findings->at[record_number(index, (unsigned)findings->count)]
		       : NULL;
}

static void take_probe(struct diff_case *made, const struct findings *findings,
		       const struct record *r)
{
	struct diff_run *run = &made->run;
	struct object_ref *object = arena_new(&made->arena, struct object_ref);
	struct route_header *header = arena_new(&made->arena, struct route_header);
	struct diff_result result = {
		.verdict = (enum diff_verdict)(1 + record_number(r->fields[1], 3)),
		.finding = finding_at(findings, r->fields[2]),
		.predicted = str_is(r->fields[3], "1"),
		.from = r->fields[9],
		.to = r->fields[10],
		.route = r->fields[12],
		.object = r->fields[11].len ? object : NULL,
		.span = {0, (uint32_t)run->result_count + 1, 1, 1},
		.probe = {.number = (uint32_t)run->result_count + 1,
			  .origin = r->fields[7],
			  .body = r->fields[8],
			  .request = {.method = r->fields[4],
				      .authority = maybe(r->fields[5]),
				      .target = r->fields[6],
				      .tls = run->result_count % 2 == 0,
				      .port = 443,
				      .headers = header,
				      .header_count = r->fields[13].len > 0,
				      .body_length = (int64_t)r->fields[8].len}},
	};

	*object = (struct object_ref){STR("Ingress"), r->fields[11], r->fields[11]};
	*header = (struct route_header){r->fields[13], r->fields[14]};
	ARENA_PUSH(&made->arena, run->results, run->result_count, result);
}

static void take_fact(struct diff_case *made, const struct record *r)
{
	struct diff_result *result = &made->run.results[made->run.result_count - 1];
	struct fact *facts = (struct fact *)result->facts;
	const struct fact fact = {
		.kind = (enum fact_kind)record_number(r->fields[1], FACT_SESSION + 1),
		.live = maybe(r->fields[2]),
		.candidate = maybe(r->fields[3]),
		.name = r->fields[4],
	};

	ARENA_PUSH(&made->arena, facts, result->fact_count, fact);
	result->facts = facts;
}

static void take_answer(struct diff_case *made, const struct record *r)
{
	struct diff_result *result = &made->run.results[made->run.result_count - 1];
	struct answer *answer = arena_new(&made->arena, struct answer);
	struct answer_header *headers = NULL;

	*answer = (struct answer){
		.failure = (enum answer_failure)record_number(r->fields[2], ANSWER_WRONG + 1),
		.status = record_number(r->fields[3], 1000),
		.why = r->fields[4],
		.body = r->fields[5],
		.body_length = r->fields[5].len,
		.backend = r->fields[6],
		.micros = 1500,
		.tls = {.version = STR("TLSv1.3"), .alpn = STR("h2"), .subject = r->fields[6]},
	};
	for (size_t i = 7; i + 1 < r->count; i += 2) {
		const struct answer_header header = {str_lower(&made->arena, r->fields[i]),
						     r->fields[i + 1]};

		ARENA_PUSH(&made->arena, headers, answer->header_count, header);
	}
	answer->headers = headers;
	if (str_is(r->fields[1], "live"))
		result->live = answer;
	else
		result->candidate = answer;
}

static void take_header(struct diff_case *made, const struct record *r)
{
	struct route_header *hidden = (struct route_header *)made->report.hidden;
	const struct route_header header = {r->fields[1], r->fields[2]};

	ARENA_PUSH(&made->arena, hidden, made->report.hidden_count, header);
	made->report.hidden = hidden;
}

static bool is_one_cause(const struct diff_result *a, const struct diff_result *b)
{
	return a->finding == b->finding && a->predicted == b->predicted &&
	       a->fact_count == b->fact_count;
}

static void add_to_group(struct diff_run *run, struct arena *arena, struct diff_result *result)
{
	for (size_t i = 0; i < run->group_count; i++)
		if (is_one_cause(run->groups[i].example, result)) {
			run->groups[i].count++;
			if (!run->groups[i].shorter)
				run->groups[i].shorter = &result->probe;
			result->group = (uint32_t)i;
			return;
		}

	const struct diff_group fresh = {result, result->finding, result->predicted, NULL, 1};

	ARENA_PUSH(arena, run->groups, run->group_count, fresh);
	result->group = (uint32_t)run->group_count - 1;
}

static struct diff_host *host_of(struct diff_run *run, const struct diff_result *result)
{
	struct str host = route_host(result->probe.request.authority);

	for (size_t i = 0; i < run->host_count; i++)
		if (str_eq_nocase(run->hosts[i].host, host))
			return &run->hosts[i];
	return NULL;
}

static void sum_up(struct diff_run *run, struct arena *arena)
{
	for (size_t i = 0; i < run->result_count; i++) {
		struct diff_result *result = &run->results[i];
		struct diff_host *host = host_of(run, result);

		if (result->verdict == DIFF_DIFFERENT)
			add_to_group(run, arena, result);
		run->different += result->verdict == DIFF_DIFFERENT;
		run->flaky += result->verdict == DIFF_FLAKY;
		run->unasked += result->verdict == DIFF_UNASKED;
		if (!host)
			continue;
		host->different += result->verdict == DIFF_DIFFERENT;
		host->flaky += result->verdict == DIFF_FLAKY;
		host->unasked += result->verdict == DIFF_UNASKED;
	}
	run->asked = run->equal + run->different + run->flaky;
}

static void take_record(struct diff_case *made, struct findings *findings, struct str text)
{
	struct record record = record_cut(text);
	struct str kind = record.fields[0];

	if (str_is(kind, "r"))
		take_run(made, &record);
	else if (str_is(kind, "f") && !made->run.result_count)
		take_finding(made, findings, &record);
	else if (str_is(kind, "p"))
		take_probe(made, findings, &record);
	else if (str_is(kind, "c") && made->run.result_count)
		take_fact(made, &record);
	else if (str_is(kind, "a") && made->run.result_count)
		take_answer(made, &record);
	else if (str_is(kind, "h"))
		take_header(made, &record);
}

void diff_case_init(struct diff_case *made, struct str data)
{
	struct findings findings = {NULL, NULL, 0};
	struct str part;
	bool more = true;

	*made = (struct diff_case){.report = {.pages = STR("https://pages.example/rules/")}};
	arena_init(&made->arena);
	sources_add(&made->sources,
		    (struct source){.name = STR("deploy/shop.yaml"), .text = STR("")});
	made->run.complete = true;
	made->run.seed = 0xfedcba9876543210;
	made->run.took = 2000000;
	made->run.live.latency = (struct diff_latency){1500, 4000, 12000, 20000};
	while (str_split(&data, '\x1e', &more, &part))
		take_record(made, &findings, part);
	sum_up(&made->run, &made->arena);
	made->report.run = &made->run;
	made->report.sources = &made->sources;
}

void diff_case_finish(struct diff_case *made)
{
	sources_finish(&made->sources);
	arena_finish(&made->arena);
}
