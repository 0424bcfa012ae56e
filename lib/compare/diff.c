#include "compare/diff_parts.h"

#include <stdlib.h>

#include "compare/fact_parts.h"

/* Bytes of answers that are kept, over all and of one. */
enum {
	KEPT_MOST = 24 * 1024 * 1024,
	BODY_MOST = 16 * 1024,
	BODY_LATER = 1024, /* when half of it is used */
	HEADERS_MOST = 100,
	VALUE_MOST = 4096,
};

void diff_init(struct diff_run *run, struct ignore *ignore, const struct diff_models *models)
{
	struct diff_state *state;

	*run = (struct diff_run){.complete = true};
	arena_init(&run->arena);
	state = run->state = arena_new(&run->arena, struct diff_state);
	state->run = run;
	state->ignore = ignore ? ignore : ignore_new(&run->arena);
	if (models)
		state->models = *models;
	arena_init(&state->scratch);
	route_scratch_init(&state->route[0], false);
	route_scratch_init(&state->route[1], false);
	noise_init(&state->noise, &run->arena);
	state->shares = shares_new(&run->arena);
	map_init(&state->hosts, &run->arena);
}

void diff_begin_as(struct diff_run *run, const struct diff_run *earlier)
{
	run->state->live_echoes = earlier->state->live_echoes;
}

void diff_finish(struct diff_run *run)
{
	struct diff_state *state = run->state;

	route_scratch_finish(&state->route[0]);
	route_scratch_finish(&state->route[1]);
	arena_finish(&state->scratch);
	arena_finish(&run->arena);
}

size_t diff_so_far(const struct diff_run *run)
{
	return run->state->different;
}

/* ---- what is kept ---- */

struct probe diff_copy_probe(struct arena *arena, const struct probe *probe)
{
	struct probe copy = *probe;
	struct route_request *request = &copy.request;
	struct route_header *headers =
		arena_array(arena, struct route_header, request->header_count + 1);

	for (size_t i = 0; i < request->header_count; i++)
		headers[i] = (struct route_header){str_dup(arena, request->headers[i].name),
						   str_dup(arena, request->headers[i].value)};
	request->headers = headers;
	request->gateway_namespace = str_dup(arena, request->gateway_namespace);
	request->gateway = str_dup(arena, request->gateway);
	request->sni = str_dup(arena, request->sni);
	request->method = str_dup(arena, request->method);
	request->target = str_dup(arena, request->target);
	if (request->authority.at)
		request->authority = str_dup(arena, request->authority);
	copy.body = str_dup(arena, probe->body);
	copy.origin = str_dup(arena, probe->origin);
	return copy;
}

/* The value of a cookie is a credential, and nothing that is compared. */
static struct str without_secret(struct arena *arena, const struct answer_header *header)
{
	size_t equals = str_find(header->value, '='), end = str_find(header->value, ';');

	if (!str_is(header->name, "set-cookie") || equals == SIZE_MAX || equals > end)
		return str_sub(header->value, 0, VALUE_MOST);
	return STR_JOIN(arena, str_sub(header->value, 0, equals + 1), STR("REDACTED"),
			str_sub(str_from_pos(header->value, end), 0, VALUE_MOST));
}

static size_t size_of(const struct answer *answer)
{
	size_t size = sizeof *answer + answer->body.len;

	for (size_t i = 0; i < answer->header_count; i++)
		size += sizeof(struct answer_header) + answer->headers[i].name.len +
			answer->headers[i].value.len;
	return size;
}

const struct answer *diff_keep_answer(struct diff_state *state, const struct answer *answer)
{
	struct answer cut;
	struct answer_header *headers;
	size_t most = state->kept_bytes < KEPT_MOST / 2 ? BODY_MOST
		      : state->kept_bytes < KEPT_MOST   ? BODY_LATER
							: 0;

	if (!answer)
		return NULL;
	cut = *answer;
	if (cut.header_count > HEADERS_MOST)
		cut.header_count = HEADERS_MOST;
	if (!most)
		cut.header_count = 0;
	headers = arena_array(&state->scratch, struct answer_header, cut.header_count + 1);
	for (size_t i = 0; i < cut.header_count; i++)
		headers[i] = (struct answer_header){
			str_sub(answer->headers[i].name, 0, VALUE_MOST),
			without_secret(&state->scratch, &answer->headers[i])};
	cut.headers = headers;
	cut.body = str_sub(answer->body, 0, most);
	cut.why = str_sub(answer->why, 0, VALUE_MOST);
	state->kept_bytes += size_of(&cut);
	return answer_copy(&state->run->arena, &cut);
}

const struct answer *diff_keep_to_compare(struct diff_state *state, const struct answer *answer)
{
	struct answer cut = *answer;

	cut.body = str_sub(answer->body, 0, BODY_MOST);
	if (state->kept_bytes + size_of(&cut) > KEPT_MOST)
		return NULL;
	state->kept_bytes += size_of(&cut);
	return answer_copy(&state->run->arena, &cut);
}

void diff_keep_answers(struct diff_state *state, struct pending *pending, const struct answer *live,
		       const struct answer *candidate)
{
	if (!pending->result.live)
		pending->result.live = diff_keep_answer(state, live);
	if (!pending->result.candidate)
		pending->result.candidate = diff_keep_answer(state, candidate);
}

static bool has_fact(const struct fact *facts, size_t count, const struct fact *fact)
{
	for (size_t i = 0; i < count; i++)
		if (facts[i].kind == fact->kind && str_eq(facts[i].name, fact->name))
			return true;
	return false;
}

void diff_keep_facts(struct diff_state *state, struct pending *pending, const struct facts *facts)
{
	struct arena *arena = &state->run->arena;
	size_t count = pending->result.fact_count;
	struct fact *all;

	if (!facts->count)
		return;
	all = arena_array(arena, struct fact, count + facts->count);
	if (count)
		memcpy(all, pending->facts, count * sizeof *all);
	for (size_t i = 0; i < facts->count; i++) {
		struct fact *fact = &all[count];

		if (has_fact(all, count, &facts->at[i]))
			continue;
		count++;
		*fact = facts->at[i];
		fact->name = str_dup(arena, fact->name);
		if (fact->live.at)
			fact->live = str_dup(arena, fact->live);
		if (fact->candidate.at)
			fact->candidate = str_dup(arena, fact->candidate);
	}
	pending->facts = all;
	pending->result.facts = all;
	pending->result.fact_count = count;
}

/* ---- hosts ---- */

static struct diff_host *host_of(struct diff_state *state, const struct probe *probe)
{
	struct arena *arena = &state->run->arena;
	struct arena_mark mark = arena_mark(&state->scratch);
	struct str name =
		str_lower(&state->scratch, str_sub(route_host(probe->request.authority), 0, 255));
	struct diff_host *host = map_get(&state->hosts, name);

	if (!host) {
		host = arena_new(arena, struct diff_host);
		host->host = str_dup(arena, name);
		*map_at(&state->hosts, host->host) = host;
		ARENA_PUSH(arena, state->host_list, state->host_count, host);
	}
	arena_rewind(&state->scratch, mark);
	return host;
}

static void count(struct diff_run *run, struct diff_host *host, enum diff_verdict verdict)
{
	size_t *const all[] = {&run->equal, &run->different, &run->flaky, &run->unasked};
	size_t *const here[] = {&host->equal, &host->different, &host->flaky, &host->unasked};

	++*all[verdict];
	++*here[verdict];
}

struct pending *diff_pend(struct diff_state *state, const struct probe *probe,
			  enum diff_verdict verdict)
{
	struct pending *pending = arena_new(&state->run->arena, struct pending);

	pending->result.probe = diff_copy_probe(&state->run->arena, probe);
	pending->result.verdict = verdict;
	pending->host = host_of(state, probe);
	ARENA_PUSH(&state->run->arena, state->pending, state->pending_count, pending);
	return pending;
}

/* ---- one probe ---- */

/* The answers to one probe, and what is known of it. */
struct question {
	struct diff_state *state;
	const struct probe *probe;
	const struct answer *live, *again, *candidate;
	struct forecast forecast;
	struct facts noise, facts;
	bool stood_in; /* the echo, for an application */
};

static bool came(const struct answer *answer)
{
	return answer && answer->failure == ANSWER_CAME;
}

/* It was asked and said nothing, not even no. */
static bool is_mute(const struct answer *answer)
{
	return answer && (answer->failure == ANSWER_REFUSED || answer->failure == ANSWER_TIMEOUT);
}

static bool is_silent(const struct answer *answer)
{
	return !answer || is_mute(answer) || answer->failure == ANSWER_UNTRUSTED;
}

/* Whoever is there speaks no HTTP: closes without a word, or says something else. */
static bool is_speechless(const struct question *question, const struct answer *answer)
{
	bool tls = answer->tls.version.len || question->probe->request.tls;

	return answer->failure == ANSWER_WRONG ||
	       (answer->failure == ANSWER_CUT && !answer->status && !tls);
}

/* The question reached it: it is we who hang up on a server that cannot prove who it is. */
static bool is_asked(const struct answer *candidate)
{
	return candidate && candidate->failure != ANSWER_UNTRUSTED;
}

static bool has(const struct facts *facts, enum fact_kind kind)
{
	for (size_t i = 0; i < facts->count; i++)
		if (facts->at[i].kind == kind)
			return true;
	return false;
}

static bool follows_from(const struct facts *facts, const struct fact *fact)
{
	if (fact->kind == FACT_HEADER || fact->kind == FACT_COOKIE || fact->kind == FACT_BODY)
		return has(facts, FACT_STATUS) || has(facts, FACT_BACKEND);
	return fact->kind == FACT_SEEN && has(facts, FACT_STATUS);
}

/* Keeps what is the cause, not what follows from it. */
static void keep_causes(struct facts *facts)
{
	const struct facts all = *facts;
	struct facts kept = {0};

	for (size_t i = 0; i < all.count; i++)
		if (!follows_from(&all, &all.at[i]))
			ARENA_PUSH(facts->arena, kept.at, kept.count, all.at[i]);
	facts->at = kept.at;
	facts->count = kept.count;
}

static void pend(struct question *question, enum diff_verdict verdict, const struct facts *facts,
		 const struct answer *other)
{
	struct pending *pending = diff_pend(question->state, question->probe, verdict);

	pending->route = question->forecast.route;
	pending->stood_in = question->stood_in;
	diff_keep_answers(question->state, pending, question->live, other);
	diff_keep_facts(question->state, pending, facts);
}

static void find_noise(struct question *question)
{
	struct diff_state *state = question->state;

	question->noise.arena = &state->scratch;
	question->noise.request = &question->probe->request;
	if (!question->live || !question->again)
		return;
	facts_find(&question->noise, state->ignore, question->live, question->again);
	/* What a status or a backend brings with it is no noise of the route. */
	if (!has(&question->noise, FACT_STATUS) && !has(&question->noise, FACT_BACKEND) &&
	    !has(&question->noise, FACT_REACH))
		noise_learn(&state->noise, question->forecast.route, &question->noise);
}

/* Facts that remain when noise and what does not count are gone. */
static void find_facts(struct question *question)
{
	struct diff_state *state = question->state;
	struct facts *facts = &question->facts;

	facts->arena = &state->scratch;
	facts->request = &question->probe->request;
	facts->again = question->again;
	facts_find(facts, state->ignore, question->live, question->candidate);
	noise_note_missing(&state->noise, question->forecast.route, facts);
	facts->count = noise_drop(&state->noise, question->forecast.route, facts->at, facts->count);
	if (!facts->count)
		return;
	forecast_to(state, question->probe, &question->forecast);
	question->stood_in =
		stand_in_is(state, &question->forecast, question->live, question->candidate);
	excuse_drop(state, facts,
		    &(struct excuse_case){question->probe, question->live, question->candidate,
					  &question->forecast});
	keep_causes(facts);
}

/* A probe with draws counts once, by the first of them. */
static void count_asked(const struct question *question)
{
	struct diff_run *run = question->state->run;

	run->asked++;
	run->live.failed +=
		is_mute(question->live) && (!question->again || is_mute(question->again));
	run->candidate.failed += is_mute(question->candidate);
}

static void judge(struct question *question)
{
	struct diff_run *run = question->state->run;
	static const struct facts none;

	count_asked(question);
	find_noise(question);
	/* Silence has more than one name: a host that is not found, a timeout. */
	if (question->live && question->again &&
	    !(is_silent(question->live) && is_silent(question->again)) &&
	    (has(&question->noise, FACT_REACH) || has(&question->noise, FACT_STATUS) ||
	     has(&question->noise, FACT_BACKEND))) {
		keep_causes(&question->noise);
		pend(question, DIFF_FLAKY, &question->noise, question->again);
		return;
	}
	if (is_silent(question->live) || !is_asked(question->candidate) ||
	    (is_speechless(question, question->live) &&
	     is_speechless(question, question->candidate))) {
		pend(question, DIFF_UNASKED, &none, question->candidate);
		return;
	}
	find_facts(question);
	if (!question->facts.count) {
		count(run, host_of(question->state, question->probe), DIFF_EQUAL);
		return;
	}
	pend(question, DIFF_DIFFERENT, &question->facts, question->candidate);
	question->state->different++;
}

/* The answers that differ are shown, rather than the first ones. */
static void keep_for_pool(struct diff_state *state, struct pending *pending,
			  const struct share_take *take, const struct facts *facts)
{
	if (facts->count && !pending->result.fact_count) {
		pending->result.live = diff_keep_answer(state, take->partner);
		pending->result.candidate = diff_keep_answer(state, take->candidate);
	}
	diff_keep_facts(state, pending, facts);
}

/* Draws are one probe; others whose backend is chosen by lot are one each. */
static void judge_shares(struct question *question)
{
	struct diff_state *state = question->state;
	struct share_take take = {
		.probe = question->probe,
		.live = question->live,
		.again = question->again,
		.candidate = question->candidate,
		.forecast = &question->forecast,
	};
	struct facts *facts = &question->facts;
	struct pending *pending;
	bool first;

	facts->arena = &state->scratch;
	facts->request = &question->probe->request;
	if (!question->probe->draws &&
	    (is_silent(question->live) || !is_asked(question->candidate))) {
		count_asked(question);
		pend(question, DIFF_UNASKED, facts, question->candidate);
		return;
	}
	pending = shares_take(state, &take, facts, &first);
	if (first || !question->probe->draws)
		count_asked(question);
	facts->count = noise_drop(&state->noise, question->forecast.route, facts->at, facts->count);
	if (facts->count && question->candidate && take.partner) {
		forecast_to(state, question->probe, &question->forecast);
		excuse_drop(state, facts,
			    &(struct excuse_case){question->probe, take.partner,
						  question->candidate, &question->forecast});
	}
	question->stood_in =
		facts->count && question->live && question->candidate && take.partner &&
		stand_in_is(state, &question->forecast, take.partner, question->candidate);
	if (pending)
		pending->stood_in |= question->stood_in;
	if (pending)
		keep_for_pool(state, pending, &take, facts);
	else if (facts->count)
		pend(question, DIFF_DIFFERENT, facts, question->candidate);
	else
		count(state->run, host_of(state, question->probe), DIFF_EQUAL);
}

static void clock_answer(struct diff_state *state, size_t side, const struct answer *answer)
{
	if (came(answer))
		latency_take(&state->latency[side], &state->run->arena, answer->micros);
}

void diff_take(struct diff_run *run, const struct probe *probe, const struct answer *live,
	       const struct answer *again, const struct answer *candidate)
{
	struct diff_state *state = run->state;
	struct question question = {
		.state = state,
		.probe = probe,
		.live = live,
		.again = again,
		.candidate = candidate,
	};
	struct arena_mark mark = arena_mark(&state->scratch);

	/* One answer of two is better than none, and tells of no noise. */
	if (!live) {
		question.live = again;
		question.again = NULL;
	}
	clock_answer(state, 0, live);
	clock_answer(state, 0, again);
	clock_answer(state, 1, candidate);
	if (!state->live_echoes && came(live) && came(candidate))
		state->live_echoes = answer_is_echo(live);
	forecast_make(state, probe, &question.forecast);
	if (probe->draws || question.forecast.by_lot)
		judge_shares(&question);
	else
		judge(&question);
	arena_rewind(&state->scratch, mark);
}

/* ---- the end ---- */

static int by_number(const void *a, const void *b)
{
	const struct pending *x = *(struct pending *const *)a, *y = *(struct pending *const *)b;

	return (x->result.probe.number > y->result.probe.number) -
	       (x->result.probe.number < y->result.probe.number);
}

static int by_host(const void *a, const void *b)
{
	return str_cmp((*(struct diff_host *const *)a)->host,
		       (*(struct diff_host *const *)b)->host);
}

static int by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* Noise that showed later than the difference, and what only applications can say if none of them is an echo, too. */
static void settle(struct diff_state *state, struct pending *pending)
{
	struct diff_result *result = &pending->result;

	if (result->verdict == DIFF_DIFFERENT) {
		result->fact_count = noise_drop(&state->noise, pending->route, pending->facts,
						result->fact_count);
		if (pending->stood_in && !state->live_echoes) {
			result->fact_count = stand_in_drop(pending->facts, result->fact_count);
			state->run->echoed++;
		}
		facts_sort(pending->facts, result->fact_count);
		if (!result->fact_count)
			result->verdict = DIFF_EQUAL;
	}
	count(state->run, pending->host, result->verdict);
}

static void end_results(struct diff_run *run)
{
	struct diff_state *state = run->state;

	if (state->pending_count)
		qsort(state->pending, state->pending_count, sizeof(struct pending *), by_number);
	run->results = arena_array(&run->arena, struct diff_result, state->pending_count + 1);
	for (size_t i = 0; i < state->pending_count; i++) {
		struct pending *pending = state->pending[i];
		struct arena_mark mark = arena_mark(&state->scratch);

		settle(state, pending);
		if (pending->result.verdict == DIFF_EQUAL)
			continue;
		predict(state, &pending->result);
		run->results[run->result_count++] = pending->result;
		arena_rewind(&state->scratch, mark);
	}
}

static void end_hosts(struct diff_run *run)
{
	struct diff_state *state = run->state;

	if (state->host_count)
		qsort(state->host_list, state->host_count, sizeof(struct diff_host *), by_host);
	run->hosts = arena_array(&run->arena, struct diff_host, state->host_count + 1);
	run->host_count = state->host_count;
	for (size_t i = 0; i < state->host_count; i++)
		run->hosts[i] = *state->host_list[i];
}

void diff_end(struct diff_run *run)
{
	struct diff_state *state = run->state;

	state->noise.complete = true;
	shares_end(state);
	end_results(run);
	groups_make(run);
	end_hosts(run);
	run->live.latency = latency_end(&state->latency[0]);
	run->candidate.latency = latency_end(&state->latency[1]);
	run->ignored_count = ignore_seen(state->ignore, &run->ignored);
	if (state->noise.word_count)
		qsort(state->noise.words, state->noise.word_count, sizeof(struct str), by_text);
	run->noise = state->noise.words;
	run->noise_count = state->noise.word_count;
}
