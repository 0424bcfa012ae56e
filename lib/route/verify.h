/* verify.h - every request class asked of two tables, and the differences explained by findings.
 *
 * A difference is grouped with others of the same cause, shown by its shortest request, and covered by
 * the finding that announced it, if there is one. What no finding covers is a mistake of whoever made
 * the second table out of the first. A guard that is lost is an error even if a finding says that it
 * may be, so such requests are a group of their own.
 *
 *   verify.c         classes, groups, the shortest request
 *   verify_cover.c   which finding covers what
 *   verify_rows.c    in what a code may make sides differ: rows
 *   verify_part.c    which findings have to do with a request
 */
#ifndef ROUTE_VERIFY_H
#define ROUTE_VERIFY_H

#include "base/finding.h"
#include "route/compare.h"
#include "route/witness.h"

/* A finding, and the aspects of a difference that it covers. */
struct verify_cover {
	const struct finding *finding;
	unsigned aspects;
};

enum {
	VERIFY_COVERS = 12,
	VERIFY_SCRATCHES = 5, /* of both sides, of `announced`, and of both for the plain form */
};

struct verify_covers {
	struct verify_cover at[VERIFY_COVERS]; /* the main cause first */
	size_t count;
	unsigned left; /* aspects that none covers */
};

/* Requests on which the tables differ for one reason. */
struct verify_difference {
	unsigned aspects; /* enum route_aspect */
	struct verify_covers covers;
	struct str request;  /* the shortest: "GET https://a.example/x", headers in lines */
	struct str from, to; /* what each side decides, in words */
	const struct object_ref *object; /* of today's side, else of the new one; NULL: none */
	struct span span;
	bool is_new;      /* object and span are of the new side: they stand in its files */
	struct str field; /* in that object; may be empty */
	size_t count;     /* requests */
};

struct verify {
	struct arena arena;
	const struct route_table *from, *to;
	const struct findings *findings;
	struct route_scratch scratch[VERIFY_SCRATCHES];
	struct witness_tally tally;
	struct verify_difference **differences; /* in the order in which they were met */
	size_t difference_count;
	size_t differing; /* requests */
	size_t undecided; /* requests for which a pattern reached the limit of work */
	bool exhausted;   /* patterns took so much work that the rest was not asked */
	/* What the findings announce: the conversion that raised them, when `to` is something else. An
	 * answer that is neither today's nor that one is not covered. NULL: `to` is the conversion. */
	const struct route_table *announced;
	/* In which aspects a difference may lie that a finding of this code explains: the column of the rule
	 * table. NULL: in those that the rows of verify_rows.c name. */
	unsigned (*explains)(const char *code);
	/* Called now and then with the number of requests asked; NULL: nobody wants to know. */
	void (*progress)(void *user, size_t requests);
	void *user;

	struct map groups;    /* private */
	struct map by_object; /* private: key of a place -> struct verify_found * */
	struct verify_found *about_run, *about_options;
	bool about_services;             /* some finding is about a Service */
	const struct witness_host *host; /* whose findings are known */
	struct verify_host *about_host;
	struct arena host_arena;
};

/* Whether every aspect is covered. */
bool verify_is_covered(const struct verify_difference *difference);

/* Asks all classes. `findings` are those of the conversion that made `to`; they must outlive the result.
 * Set `announced`, `explains`, `progress` and `user` before, the rest is set here. Finish in any
 * case. */
void verify_run(struct verify *verify, const struct route_table *from, const struct route_table *to,
		const struct findings *findings, const struct witness_options *options);
void verify_finish(struct verify *verify);

/* Differences that no finding covers. */
size_t verify_uncovered(const struct verify *verify);

/* Differences by which a guard is lost, whether a finding covers them or not. */
size_t verify_unguarded(const struct verify *verify);

/* Differences that are errors: uncovered, or unguarded. */
size_t verify_errors(const struct verify *verify);

/* In which aspects the rows of a code explain differences; 0: it has no row. */
unsigned verify_row_aspects(const char *code);

/* Whether a request in a form that hardly any client sends comes to the same for its client although the two decisions
 * differ. On a connection that was made for another name, or for none, it is told 421 and asks again on one of its own, or
 * it would not have taken the certificate it is shown; which host "a.example." is is up to the target, and only a guard
 * that it may pass by counts. */
bool verify_is_alike_elsewhere(const struct route_request *request,
			       const struct route_decision *from, const struct route_decision *to);

/* ---- private to verify*.c ---- */

struct verify_found {
	const struct finding **at;
	size_t count;
};

/* One request on which the tables differ. */
struct verify_case {
	struct verify *verify;
	struct arena *arena;
	const struct witness *witness;
	const struct route_request *request;
	const struct route_decision *from, *to;
	unsigned aspects;
	unsigned plainly; /* aspects in which the request without its twist differs alike */
};

/* Whose finding has to do with a request. */
enum verify_scope {
	VERIFY_PATH,    /* of what decides today: its Ingress, and no other path or host of that */
	VERIFY_CANARY,  /* of the canary of the path that decides */
	VERIFY_HOST,    /* of an Ingress that makes up the host, and none of its other hosts */
	VERIFY_SERVICE, /* of a Service that one of the sides asks */
	VERIFY_OPTION,  /* an option of the controller's ConfigMap */
	VERIFY_RUN,     /* about the run */
	VERIFY_SCOPES,
};

/* Findings by scope, in the order in which they were raised. */
struct verify_parts {
	struct verify_found found[VERIFY_SCOPES];
};

void verify_index_init(struct verify *verify);
void verify_index_finish(struct verify *verify);
void verify_find_parts(const struct verify_case *one, struct verify_parts *parts);

/* Which findings cover a difference, and what none does. */
void verify_find_covers(const struct verify_case *one, struct verify_covers *covers);

#endif
