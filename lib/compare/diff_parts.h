/* diff_parts.h - private to diff*.c and its helpers.
 */
#ifndef COMPARE_DIFF_PARTS_H
#define COMPARE_DIFF_PARTS_H

#include "base/map.h"
#include "compare/diff.h"

/* ---- latency: counts of microseconds, exact to a thousand and to 0.2 % above ---- */

/* The zero value is empty. */
struct latency {
	uint32_t *counts; /* in the arena */
	uint64_t total;
	int64_t most;
};

void latency_take(struct latency *latency, struct arena *arena, int64_t micros);

/* Percentiles; all 0 where nothing was taken. */
struct diff_latency latency_end(const struct latency *latency);

/* ---- noise ---- */

enum { NOISE_KINDS = FACT_SESSION + 1 };

/* Of one route: how much was learned. Where so much differs that it cannot be told, all of that kind is noise. */
struct noise_route {
	unsigned samples; /* pairs of answers */
	unsigned counts[NOISE_KINDS];
	unsigned lines; /* of text bodies */
};

struct noise {
	struct arena *arena;
	struct map routes; /* of 8 bytes */
	struct map
		fields; /* of 8 bytes: route, kind and name -> "p" (may be absent), "v" (its value) */
	struct map elsewhere; /* of 8 bytes: kind and name -> struct noise_elsewhere */
	struct map missing; /* of 8 bytes: route (0: all), kind and name -> struct noise_missing */
	struct map names;
	struct str *words; /* "header x-a" */
	size_t word_count;
	/* Nothing more is learned. Routes that were asked too rarely to know their own noise now take that which
	 * several others have in headers and JSON of the same name. */
	bool complete;
};

/* Routes on which it may be absent, or have another value. */
struct noise_elsewhere {
	unsigned absent, other;
};

/* How often one side had it and the other had not. */
struct noise_missing {
	unsigned live_only, candidate_only;
};

/* Nothing is known yet. What is learned lives in the arena. */
void noise_init(struct noise *noise, struct arena *arena);
/* All facts between two answers of the live side; there may be none. */
void noise_learn(struct noise *noise, uint64_t route, const struct facts *facts);
/* Notes which side lacks what, of all facts between an answer of the live side and one of the candidate. */
void noise_note_missing(struct noise *noise, uint64_t route, const struct facts *facts);
/* Whether what was learned of the route explains the fact. */
bool noise_is(const struct noise *noise, uint64_t route, const struct fact *fact);
/* Keeps what is no noise, in order; returns how many. */
size_t noise_drop(const struct noise *noise, uint64_t route, struct fact *facts, size_t count);

/* ---- prediction ---- */

/* What both tables decide. */
struct forecast {
	struct route_decision from, to; /* valid until the next forecast */
	bool has_from, has_to;
	uint64_t route; /* of noise */
	bool by_lot;    /* `from` gives backends shares */
};

struct diff_state;
/* Without `to`, which is asked only when something differs: forecast_to(). */
void forecast_make(struct diff_state *state, const struct probe *probe, struct forecast *forecast);
void forecast_to(struct diff_state *state, const struct probe *probe, struct forecast *forecast);
/* Both sides answer without asking a backend: the body is their own. */
bool forecast_own_answers(const struct forecast *forecast);
/* Both sides serve nothing, the new one by making no connection. */
bool forecast_no_service(const struct forecast *forecast);
/* The client of such a connection comes to the same, and the candidate answered as its table says. */
bool forecast_elsewhere(const struct forecast *forecast, const struct probe *probe,
			const struct answer *candidate);
/* Fills in what the tables say. */
void predict(struct diff_state *state, struct diff_result *result);

/* ---- what is not held against the candidate ---- */

struct excuse_case {
	const struct probe *probe;
	const struct answer *live, *candidate;
	const struct forecast *forecast;
};

/* Drops such facts, and notes what they were about for the summary. */
void excuse_drop(struct diff_state *state, struct facts *facts, const struct excuse_case *one);

/* ---- an echo in the place of an application ---- */

/* Whether the candidate's answer is the echo's, and the live one that of somebody else who was asked. */
bool stand_in_is(const struct diff_state *state, const struct forecast *forecast,
		 const struct answer *live, const struct answer *candidate);
/* Drops what only an application can say; returns how many facts are left. */
size_t stand_in_drop(struct fact *facts, size_t count);

/* ---- shares ---- */

/* A draw of a probe with draws, or the answers to a probe whose backend is chosen by lot. */
struct share_take {
	const struct probe *probe;
	const struct answer *live, *again, *candidate; /* NULL: not asked */
	const struct forecast *forecast;
	const struct answer *partner; /* set: the live answer that facts are about */
};

struct shares;
struct shares *shares_new(struct arena *arena);
/* Counts the answers. Draws of one probe are a pool; so are probes of one route and the same backends. What can be
 * said of this probe alone goes into `facts`. Returns the pool's pending probe when it is this one, and in
 * `*first` whether the pool begins here; shares_end() adds what the pool says to it. */
struct pending *shares_take(struct diff_state *state, struct share_take *take, struct facts *facts,
			    bool *first);
void shares_end(struct diff_state *state);

/* Two-sided p of Fisher's exact test: `a` of `a_all` and `b` of `b_all` have the same share. */
double shares_fisher(uint64_t a, uint64_t a_all, uint64_t b, uint64_t b_all);

/* ---- the run ---- */

/* A probe that is not plainly equal, while noise is still learned. */
struct pending {
	struct diff_result result;
	struct diff_host *host;
	struct fact *facts; /* of the result, to be filtered */
	uint64_t route;
	bool stood_in; /* an echo in the place of an application, unless the live side has echoes too */
};

struct diff_state {
	struct diff_run *run;
	struct ignore *ignore;
	struct diff_models models;
	struct arena scratch; /* of one diff_take() */
	struct route_scratch route[2];
	struct noise noise;
	struct shares *shares;
	struct pending **pending;
	size_t pending_count;
	struct map hosts;
	struct diff_host **host_list;
	size_t host_count;
	struct latency latency[2];
	size_t kept_bytes; /* of answers */
	size_t different;  /* pending ones that differ */
	bool live_echoes;  /* some answer of the live side was that of an echo */
};

/* A copy of an answer, as far as there is room. */
const struct answer *diff_keep_answer(struct diff_state *state, const struct answer *answer);
/* The same with all headers, for comparisons to come; NULL: there is no room. */
const struct answer *diff_keep_to_compare(struct diff_state *state, const struct answer *answer);
/* A copy of the probe, kept until diff_end() gives the verdict that is final; without facts and answers. */
struct pending *diff_pend(struct diff_state *state, const struct probe *probe,
			  enum diff_verdict verdict);
/* Adds facts to a pending one unless it has them; they are copied. */
void diff_keep_facts(struct diff_state *state, struct pending *pending, const struct facts *facts);
/* Keeps the answers of a pending one, unless it has some. */
void diff_keep_answers(struct diff_state *state, struct pending *pending, const struct answer *live,
		       const struct answer *candidate);

/* Sorts the different ones into groups. */
void groups_make(struct diff_run *run);

#endif
