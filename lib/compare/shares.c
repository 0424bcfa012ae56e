#include <math.h>
#include <stdlib.h>

#include "compare/diff_parts.h"
#include "compare/fact_parts.h"

/* Backends and statuses of a pool that are told apart; further ones are one. Answers of one backend that are
 * compared among themselves to learn noise. */
enum { SLOTS = 12, LEARN_MOST = 20 };

enum side { LIVE, CANDIDATE, SIDES };

struct count {
	struct str name;
	uint64_t of[SIDES];
};

struct counts {
	struct count at[SLOTS];
	size_t count;
};

/* Answers of one backend with one status: they can be compared. */
struct slot {
	struct str backend;
	unsigned status;
	const struct answer *live; /* the first one */
	unsigned learned;
	bool compared;
};

/* One client that asks again and again. */
struct client {
	uint64_t last; /* hash of who answered */
	struct str name;
	uint64_t draws, moves;
};

struct pool {
	struct pending *pending;
	struct counts backends, reached;
	struct slot slots[SLOTS];
	size_t slot_count;
	struct client clients[SIDES];
	uint64_t route;
	bool follows, draws;
	bool odd; /* a backend answered that `from` does not name */
};

struct shares {
	struct arena *arena;
	struct map by_key; /* of 8 bytes */
	struct pool **pools;
	size_t pool_count;
	size_t tests; /* that are made at the end */
};

struct shares *shares_new(struct arena *arena)
{
	struct shares *shares = arena_new(arena, struct shares);

	shares->arena = arena;
	map_init(&shares->by_key, arena);
	return shares;
}

/* ---- pools ---- */

static uint64_t pool_key(const struct share_take *take)
{
	const struct forecast *forecast = take->forecast;
	uint64_t key = forecast->route * 3 + 1;

	if (take->probe->draws)
		return take->probe->number * (uint64_t)3;
	for (size_t i = 0; i < forecast->from.backend_count; i++) {
		const struct route_backend *backend = &forecast->from.backends[i];

		key = (key ^ str_hash(backend->namespace)) * 0x9e3779b97f4a7c15u;
		key = (key ^ str_hash(backend->name)) * 0x9e3779b97f4a7c15u + backend->weight;
	}
	return key;
}

static struct pool *pool_for(struct diff_state *state, const struct share_take *take, bool *first)
{
	struct shares *shares = state->shares;
	uint64_t key = pool_key(take), *copy;
	struct pool *pool = map_get(&shares->by_key, (struct str){(const char *)&key, sizeof key});

	*first = !pool;
	if (pool)
		return pool;
	pool = arena_new(shares->arena, struct pool);
	copy = arena_new(shares->arena, uint64_t);
	*copy = key;
	*map_at(&shares->by_key, (struct str){(const char *)copy, sizeof *copy}) = pool;
	ARENA_PUSH(shares->arena, shares->pools, shares->pool_count, pool);
	pool->draws = take->probe->draws > 0;
	pool->follows = take->probe->follows;
	pool->route = take->forecast->route;
	pool->pending = diff_pend(state, take->probe, DIFF_DIFFERENT);
	pool->pending->route = pool->route;
	return pool;
}

static struct count *count_for(struct counts *counts, struct str name, struct arena *arena)
{
	for (size_t i = 0; i < counts->count; i++)
		if (str_eq(counts->at[i].name, name))
			return &counts->at[i];
	if (counts->count == SLOTS)
		return &counts->at[SLOTS - 1];
	counts->at[counts->count].name =
		counts->count == SLOTS - 1 ? STR("others") : str_dup(arena, name);
	return &counts->at[counts->count++];
}

static struct slot *slot_for(struct pool *pool, const struct answer *answer, struct arena *arena)
{
	for (size_t i = 0; i < pool->slot_count; i++)
		if (pool->slots[i].status == answer->status &&
		    str_eq(pool->slots[i].backend, answer->backend))
			return &pool->slots[i];
	if (pool->slot_count == SLOTS)
		return NULL;
	pool->slots[pool->slot_count].status = answer->status;
	pool->slots[pool->slot_count].backend = str_dup(arena, answer->backend);
	return &pool->slots[pool->slot_count++];
}

/* ---- one answer ---- */

static struct str reached(const struct answer *answer, char text[static STR_DIGITS])
{
	return answer->failure == ANSWER_CAME ? str_digits(text, answer->status)
					      : str_from(answer_failure_name(answer->failure));
}

/* A slot without backend mixes what several say; only the live side can tell how much that differs. */
static void learn(struct diff_state *state, struct pool *pool, struct slot *slot,
		  const struct answer *answer)
{
	struct facts facts = {.arena = &state->scratch};

	if (slot->learned++ >= LEARN_MOST)
		return;
	facts_find(&facts, state->ignore, slot->live, answer);
	noise_learn(&state->noise, pool->route, &facts);
}

static void follow(struct client *client, const struct answer *answer, struct arena *arena)
{
	struct str name = answer->backend;
	struct body_json json;
	struct echo_said said;
	uint64_t hash;

	body_json_read(&json, answer);
	if (echo_read(json.root, &said) && said.pod.len)
		name = said.pod;
	hash = str_hash(name);
	if (name.len) {
		if (!client->draws)
			client->name = str_dup(arena, name);
		else
			client->moves += hash != client->last;
		client->draws++;
		client->last = hash;
	}
	body_json_finish(&json);
}

static void count_answer(struct diff_state *state, struct pool *pool, enum side side,
			 const struct answer *answer)
{
	struct arena *arena = state->shares->arena;
	char text[STR_DIGITS];
	struct slot *slot;

	count_for(&pool->reached, reached(answer, text), arena)->of[side]++;
	if (answer->failure != ANSWER_CAME)
		return;
	if (answer->backend.len)
		count_for(&pool->backends, answer->backend, arena)->of[side]++;
	if (side == CANDIDATE || !pool->draws)
		return;
	slot = slot_for(pool, answer, arena);
	if (slot && !slot->live)
		slot->live = diff_keep_to_compare(state, answer);
	else if (slot)
		learn(state, pool, slot, answer);
}

static bool is_silent(const struct answer *answer)
{
	return answer->failure == ANSWER_REFUSED || answer->failure == ANSWER_TIMEOUT;
}

/* Whether the table knows a backend of that name, and gives it a share. */
static bool names_backend(const struct route_decision *decision, struct str backend)
{
	for (size_t i = 0; i < decision->backend_count; i++) {
		const struct route_backend *known = &decision->backends[i];

		if (known->weight && backend.len == known->namespace.len + 1 + known->name.len &&
		    str_eq(str_sub(backend, 0, known->namespace.len), known->namespace) &&
		    backend.at[known->namespace.len] == '/' &&
		    str_eq(str_from_pos(backend, known->namespace.len + 1), known->name))
			return true;
	}
	return false;
}

static bool is_odd(const struct share_take *take)
{
	const struct forecast *forecast = take->forecast;

	return forecast->by_lot && take->live && take->candidate && take->candidate->backend.len &&
	       names_backend(&forecast->from, take->live->backend) &&
	       !names_backend(&forecast->from, take->candidate->backend);
}

/* ---- one probe of many ---- */

/* An answer of the live side that the backend gave which the candidate asked; NULL: none is known. */
static const struct answer *partner_of(const struct share_take *take)
{
	struct str backend = take->candidate->backend;

	if (backend.len && str_eq(take->live->backend, backend))
		return take->live;
	if (backend.len && take->again && str_eq(take->again->backend, backend))
		return take->again;
	return NULL;
}

/* No share is there to fail. */
static bool is_failure(const struct share_take *take)
{
	const struct answer *candidate = take->candidate;
	bool failed = candidate->failure != ANSWER_CAME || candidate->status >= 500;

	return failed && take->live->failure == ANSWER_CAME && take->live->status < 500 &&
	       (!take->again || (take->again->failure == ANSWER_CAME && take->again->status < 500));
}

/* With an answer of the same backend all can be compared; else what no backend has a say in. */
static void compare_alone(struct diff_state *state, const struct share_take *take,
			  struct facts *facts)
{
	const struct answer *partner = partner_of(take);
	bool failure = is_failure(take);
	size_t kept = 0;

	facts_find(facts, state->ignore, partner ? partner : take->live, take->candidate);
	for (size_t i = 0; i < facts->count; i++) {
		enum fact_kind kind = facts->at[i].kind;
		bool is_reach = kind == FACT_STATUS || kind == FACT_REACH;

		if (kind == FACT_TLS || (failure && is_reach) ||
		    (partner && (is_reach || partner->status == take->candidate->status)))
			facts->at[kept++] = facts->at[i];
	}
	facts->count = kept;
}

/* A draw with one of the live side that the same backend answered; once for each. */
static void compare_draw(struct diff_state *state, struct pool *pool, struct share_take *take,
			 struct facts *facts)
{
	struct slot *slot = NULL;

	if (take->candidate->failure == ANSWER_CAME)
		slot = slot_for(pool, take->candidate, state->shares->arena);
	if (!slot || !slot->live || slot->compared)
		return;
	facts_find(facts, state->ignore, slot->live, take->candidate);
	slot->compared = true;
	take->partner = slot->live;
}

struct pending *shares_take(struct diff_state *state, struct share_take *take, struct facts *facts,
			    bool *first)
{
	struct pool *pool = pool_for(state, take, first);
	struct arena *arena = state->shares->arena;
	const struct answer *answers[] = {take->live, take->again, take->candidate};

	for (size_t i = 0; i < 3; i++)
		if (answers[i] && answers[i]->failure != ANSWER_UNTRUSTED &&
		    (i == 2 || !is_silent(answers[i])))
			count_answer(state, pool, i == 2 ? CANDIDATE : LIVE, answers[i]);
	/* Whether the second question is one of the same client, nobody knows. */
	if (pool->follows && take->live)
		follow(&pool->clients[LIVE], take->live, arena);
	if (pool->follows && take->candidate)
		follow(&pool->clients[CANDIDATE], take->candidate, arena);
	pool->odd |= is_odd(take);
	take->partner = take->live;
	if (pool->draws && take->candidate)
		compare_draw(state, pool, take, facts);
	else if (take->live && take->candidate)
		compare_alone(state, take, facts);
	if (*first || pool->odd)
		diff_keep_answers(state, pool->pending, take->live, take->candidate);
	return *first || pool->draws ? pool->pending : NULL;
}

/* ---- the test ---- */

static double log_choose(double n, double k)
{
	return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1);
}

double shares_fisher(uint64_t a, uint64_t a_all, uint64_t b, uint64_t b_all)
{
	double n = (double)a_all, all = (double)(a_all + b_all), hits = (double)(a + b);
	double least = hits - (double)b_all > 0 ? hits - (double)b_all : 0;
	double most = hits < n ? hits : n;
	double base = log_choose(all, n);
	double seen = log_choose(hits, (double)a) + log_choose(all - hits, n - (double)a) - base;
	double here = log_choose(hits, least) + log_choose(all - hits, n - least) - base;
	double sum = 0;

	for (double k = least; k <= most; k++) {
		if (here <= seen + 1e-7)
			sum += exp(here);
		here += log((hits - k) * (n - k) / ((k + 1) * (all - hits - n + k + 1)));
	}
	return sum < 1 ? sum : 1;
}

static uint64_t total(const struct counts *counts, enum side side)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < counts->count; i++)
		sum += counts->at[i].of[side];
	return sum;
}

/* Both sides said something, and not one and the same. */
static bool can_test(const struct counts *counts)
{
	return counts->count > 1 && total(counts, LIVE) && total(counts, CANDIDATE);
}

static struct str percent(struct arena *arena, const struct counts *counts, size_t i,
			  enum side side)
{
	uint64_t all = total(counts, side);

	return str_format(arena, "%.1f %% of %llu",
			  100.0 * (double)counts->at[i].of[side] / (double)all,
			  (unsigned long long)all);
}

static void test_counts(struct diff_state *state, struct fact_job *job, const struct counts *counts,
			const char *what)
{
	double alarm = DIFF_FALSE_ALARM / (double)(state->shares->tests ? state->shares->tests : 1);

	if (!can_test(counts))
		return;
	for (size_t i = 0; i < counts->count; i++) {
		const struct count *one = &counts->at[i];

		if (shares_fisher(one->of[LIVE], total(counts, LIVE), one->of[CANDIDATE],
				  total(counts, CANDIDATE)) >= alarm)
			continue;
		fact_add(job, FACT_SHARE, STR_JOIN(job->arena, str_from(what), one->name),
			 percent(job->arena, counts, i, LIVE),
			 percent(job->arena, counts, i, CANDIDATE));
	}
}

/* The one that a side said all the time; NULL: there were several, or none. */
static const struct count *only(const struct counts *counts, enum side side)
{
	const struct count *found = NULL;

	for (size_t i = 0; i < counts->count; i++) {
		if (!counts->at[i].of[side])
			continue;
		if (found)
			return NULL;
		found = &counts->at[i];
	}
	return found;
}

static bool is_number(struct str text)
{
	return text.len && text.at[0] >= '0' && text.at[0] <= '9';
}

/* No connection, no answer, or one that says that the server failed. */
static bool is_failing(struct str reached)
{
	return !is_number(reached) || reached.at[0] == '5';
}

/* A side that never failed while the other one does: a small share that goes nowhere is no matter of chance. */
static void find_failures(struct pool *pool, struct fact_job *job)
{
	const struct counts *counts = &pool->reached;

	for (size_t i = 0; i < counts->count; i++)
		if (counts->at[i].of[LIVE] && is_failing(counts->at[i].name))
			return;
	for (size_t i = 0; i < counts->count; i++)
		if (counts->at[i].of[CANDIDATE] && is_failing(counts->at[i].name))
			fact_add(job, FACT_SHARE,
				 STR_JOIN(job->arena, STR("status "), counts->at[i].name),
				 percent(job->arena, counts, i, LIVE),
				 percent(job->arena, counts, i, CANDIDATE));
}

/* Draws that all say one thing and all another need no statistics. */
static void compare_reached(struct diff_state *state, struct pool *pool, struct fact_job *job)
{
	const struct count *live = only(&pool->reached, LIVE);
	const struct count *candidate = only(&pool->reached, CANDIDATE);

	if (!live || !candidate || !pool->draws) {
		test_counts(state, job, &pool->reached, "status ");
		return;
	}
	if (live != candidate)
		fact_add(job,
			 is_number(live->name) && is_number(candidate->name) ? FACT_STATUS
									     : FACT_REACH,
			 STR(""), live->name, candidate->name);
}

/* ---- clients that stay ---- */

static struct str client_words(struct arena *arena, const struct client *client)
{
	if (!client->moves)
		return STR_JOIN(arena, STR("stayed with "), client->name);
	return str_format(arena, "moved %llu times in %llu requests",
			  (unsigned long long)client->moves, (unsigned long long)client->draws);
}

/* One side never moved, although it would have if it went like the other. */
static void compare_clients(struct diff_state *state, struct pool *pool, struct fact_job *job)
{
	const struct client *live = &pool->clients[LIVE], *candidate = &pool->clients[CANDIDATE];
	const struct client *stays = live->moves ? candidate : live;
	const struct client *moves = live->moves ? live : candidate;
	double rate;

	if (live->draws < 2 || candidate->draws < 2 || stays->moves || !moves->moves)
		return;
	rate = (double)moves->moves / (double)(moves->draws - 1);
	if (pow(1 - rate, (double)(stays->draws - 1)) <
	    DIFF_FALSE_ALARM / (double)(state->shares->tests ? state->shares->tests : 1))
		fact_add(job, FACT_SESSION, STR(""), client_words(job->arena, live),
			 client_words(job->arena, candidate));
}

/* ---- the end ---- */

static void find_odd(struct pool *pool, struct fact_job *job)
{
	const struct diff_result *result = &pool->pending->result;

	if (pool->odd)
		fact_add(job, FACT_BACKEND, STR(""), result->live ? result->live->backend : STR(""),
			 result->candidate ? result->candidate->backend : STR(""));
}

/* Whether any answer came from that side. */
static bool speaks(const struct counts *counts, enum side side)
{
	for (size_t i = 0; i < counts->count; i++)
		if (counts->at[i].of[side] && is_number(counts->at[i].name))
			return true;
	return false;
}

static void end_pool(struct diff_state *state, struct pool *pool)
{
	struct facts facts = {.arena = &state->scratch};
	struct fact_job job = {.facts = &facts, .ignore = state->ignore, .arena = &state->scratch};

	if (!total(&pool->reached, LIVE) || !total(&pool->reached, CANDIDATE) ||
	    (!speaks(&pool->reached, LIVE) && !speaks(&pool->reached, CANDIDATE))) {
		pool->pending->result.verdict = DIFF_UNASKED;
		return;
	}
	find_odd(pool, &job);
	compare_reached(state, pool, &job);
	if (pool->draws && speaks(&pool->reached, CANDIDATE))
		find_failures(pool, &job);
	if (pool->follows)
		compare_clients(state, pool, &job);
	else if (!pool->odd)
		test_counts(state, &job, &pool->backends, "");
	diff_keep_facts(state, pool->pending, &facts);
}

void shares_end(struct diff_state *state)
{
	struct shares *shares = state->shares;

	for (size_t i = 0; i < shares->pool_count; i++) {
		const struct pool *pool = shares->pools[i];

		shares->tests += can_test(&pool->reached) ? pool->reached.count : 0;
		shares->tests += pool->follows               ? 1
				 : can_test(&pool->backends) ? pool->backends.count
							     : 0;
	}
	for (size_t i = 0; i < shares->pool_count; i++) {
		struct arena_mark mark = arena_mark(&state->scratch);

		end_pool(state, shares->pools[i]);
		arena_rewind(&state->scratch, mark);
	}
}
