/* diff.h - a comparison: answers come in, probe by probe; what differs goes out in groups of one cause.
 *
 *   diff.c          one probe: noise, verdict
 *   noise.c         what differs between two answers of the live side, learned for each route
 *   predict.c       what the tables say of the same request: the finding that announced the difference
 *   excuse.c        what differs and is not held against the candidate
 *   stand_in.c      an echo in the place of an application
 *   group.c         differences of one cause
 *   shares.c        backends by lot: are two proportions one, and do clients stay
 *   latency.c       percentiles
 *
 * Each probe is asked twice of the live side; best is live, candidate, live, so that what changes with time
 * shows. A fact counts when it differs between live and candidate, is not ignored, and never differed between
 * two answers of the live side on the same route: what decides the probe in the table `from`, else host and
 * path without numbers and ids; a route that was asked a few times only takes the noise in headers and JSON of
 * others besides. What is noise in its value must still be there. A verdict is final when diff_end() has seen
 * all of them, as noise may show late. Nothing is kept of equal probes but counts, and of the answers of others
 * less the more there are.
 *
 * Where status or backend differ, the rest follows from it and is not told. What both tables let the proxy
 * answer by itself (404, redirects, ...) is compared without its body. That nothing is served is the same
 * whether 404 says so or a connection that does not come about, if the tables say so too.
 *
 * Backends by lot (draws, or weights in the table `from`) are compared by Fisher's exact test. All shares of
 * a run together raise a false alarm in DIFF_FALSE_ALARM of runs (Bonferroni).
 */
#ifndef COMPARE_DIFF_H
#define COMPARE_DIFF_H

#include "base/finding.h"
#include "compare/fact.h"
#include "compare/probe.h"
#include "route/table.h"

#define DIFF_FALSE_ALARM 1e-4 /* share of runs */

enum diff_verdict {
	DIFF_EQUAL,
	DIFF_DIFFERENT,
	DIFF_FLAKY,   /* the live side does not agree with itself: neither equal nor different */
	DIFF_UNASKED, /* the run ended before, or the live side did not answer */
};

#define DIFF_NO_GROUP UINT32_MAX

/* One probe that is not plainly equal. Of a flaky one, facts are between two answers of the live side, the
 * second of which takes the place of the candidate's. */
struct diff_result {
	struct probe probe; /* texts are the run's own */
	enum diff_verdict verdict;
	const struct fact *facts; /* without noise and what is ignored */
	size_t fact_count;
	/* NULL: none came. Bodies may be cut further, values of cookies are left out. */
	const struct answer *live, *candidate;
	/* What the tables say. */
	const struct finding *finding; /* that announced it; NULL: none did */
	bool predicted;                /* the tables differ on it too, in the same aspects */
	bool guard_lost; /* predicted, and a guard's answer of today is gone then: no finding announces that */
	struct str from, to;             /* what each table decides, in words; empty: not known */
	const struct object_ref *object; /* of the input, that decides today; NULL: none */
	struct span span;                /* in it */
	struct str route;                /* "HTTPRoute web/shop", of the candidate; may be empty */
	uint32_t group;                  /* index; DIFF_NO_GROUP unless it is different */
};

/* Differences of one cause: the same facts, announced by the same finding or by none. */
struct diff_group {
	const struct diff_result *example; /* the shortest request */
	const struct finding *finding;     /* NULL: not predicted */
	bool predicted;
	const struct probe
		*shorter; /* with less in it than the example, and the same difference; NULL: none
	                                was looked for, or is known */
	size_t count;     /* probes */
};

/* Microseconds to the last byte; of the answers that came. */
struct diff_latency {
	int64_t p50, p90, p99, most;
};

struct diff_host {
	struct str host;
	size_t equal, different, flaky, unasked;
};

struct diff_side {
	struct str name; /* "https://203.0.113.7", "serve": for people */
	struct diff_latency latency;
	size_t failed; /* probes to which nothing came back, not even the end of the connection */
};

struct diff_run {
	struct arena arena; /* owns everything that the run says */
	struct diff_side live, candidate;
	size_t asked, equal, different, flaky, unasked; /* probes */
	struct diff_result *results; /* different, flaky and unasked ones, by number of the probe */
	size_t result_count;
	struct diff_group *groups; /* not predicted first, then by count */
	size_t group_count;
	struct diff_host *hosts; /* by name */
	size_t host_count;
	const struct str
		*ignored; /* names that differed and were ignored, and what no answer shows */
	size_t ignored_count;
	const struct str *noise; /* "header x-request-id", "body $.time" */
	size_t noise_count;
	size_t echoed;             /* probes that an echo answered in the place of an application */
	size_t unsafe, unreadable; /* as in struct probes */
	uint32_t shard, shards;    /* 0: all of it */
	uint64_t seed;
	bool complete; /* false: ended early (--max-errors, --max-time, a signal) */
	int64_t took; /* microseconds from the first request to the last answer; the caller's; 0: not known */

	struct diff_state *state;       /* private to diff*.c */
	struct diff_merge_state *merge; /* private to merge.c */
};

/* Both tables and the findings of the conversion; all NULL when nothing can be predicted. They must outlive
 * diff_end(), the findings the run. */
struct diff_models {
	const struct route_table *from, *to;
	const struct findings *findings;
};

/* An empty run. `ignore` NULL: the built-in rules; else it must live until diff_end(). `models` NULL: as all NULL. */
void diff_init(struct diff_run *run, struct ignore *ignore, const struct diff_models *models);

/* The answers to one probe; they are copied as far as they are needed. `again` NULL: it was asked only once
 * (a recording); `candidate` or `live` NULL: not asked. A live side that twice ends the handshake or the
 * connection has answered so; one that refuses connections or is silent has not. For probes with draws this is called once for
 * each draw. Not to be called from several threads at a time. */
void diff_take(struct diff_run *run, const struct probe *probe, const struct answer *live,
	       const struct answer *again, const struct answer *candidate);

/* No more answers: fills in everything that is not private. */
void diff_end(struct diff_run *run);

/* Frees everything that the run says, whether or not it was ended. */
void diff_finish(struct diff_run *run);

/* Before the first answer: what an earlier run saw of the live side that decides how answers are compared (whether its
 * applications are echoes). */
void diff_begin_as(struct diff_run *run, const struct diff_run *earlier);

/* A copy whose texts live in the arena. */
struct probe diff_copy_probe(struct arena *arena, const struct probe *probe);

/* While it runs: probes that differ so far, before noise that is still to be learned. */
size_t diff_so_far(const struct diff_run *run);

#endif
