/* verify.h - every request class asked of two tables, and the differences explained by findings.
 *
 * A difference is grouped with others of the same cause, shown by its shortest request, and covered by
 * the finding that announced it, if there is one. What no finding covers is a mistake of whoever made
 * the second table out of the first. A guard that is lost is an error even if a finding says that it
 * may be, so such requests are a group of their own.
 *
 *   verify.c         classes, groups, the shortest request
 *   verify_cover.c   which finding covers what: one row a code
 */
#ifndef ROUTE_VERIFY_H
#define ROUTE_VERIFY_H

#include "base/finding.h"
#include "route/compare.h"
#include "route/witness.h"

/* Requests on which the tables differ for one reason. */
struct verify_difference {
	unsigned aspects;              /* enum route_aspect */
	const struct finding *finding; /* that covers it; NULL: none does */
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
	struct route_scratch scratch[3];
	struct witness_tally tally;
	struct verify_difference **differences; /* in the order in which they were met */
	size_t difference_count;
	size_t differing; /* requests */
	size_t undecided; /* requests for which a pattern reached the limit of work */
	bool exhausted;   /* patterns took so much work that the rest was not asked */
	/* What the findings announce: the conversion that raised them, when `to` is something else. An
	 * answer that is neither today's nor that one is not covered. NULL: `to` is the conversion. */
	const struct route_table *announced;
	/* Called now and then with the number of requests asked; NULL: nobody wants to know. */
	void (*progress)(void *user, size_t requests);
	void *user;

	struct map groups;    /* private */
	struct map by_object; /* private: "ns/name" -> struct verify_found * */
	struct verify_found *about_run;
	const struct witness_host *host; /* whose findings are known */
	struct verify_found *about_host;
};

/* Asks all classes. `findings` are those of the conversion that made `to`; they must outlive the result.
 * Set `announced`, `progress` and `user` before, the rest is set here. Finish in any case. */
void verify_run(struct verify *verify, const struct route_table *from, const struct route_table *to,
		const struct findings *findings, const struct witness_options *options);
void verify_finish(struct verify *verify);

/* Differences that no finding covers. */
size_t verify_uncovered(const struct verify *verify);

/* Differences by which a guard is lost, whether a finding covers them or not. */
size_t verify_unguarded(const struct verify *verify);

/* Differences that are errors: uncovered, or unguarded. */
size_t verify_errors(const struct verify *verify);

/* ---- private to verify*.c ---- */

struct verify_found {
	const struct finding **at;
	size_t count;
};

/* One request on which the tables differ. */
struct verify_case {
	struct verify *verify;
	const struct witness *witness;
	const struct route_request *request;
	const struct route_decision *from, *to;
	unsigned aspects;
	unsigned plainly; /* aspects in which the request without its twist differs as well */
};

void verify_index_findings(struct verify *verify);

/* The finding that covers a difference; NULL: some aspect of it is not covered. */
const struct finding *verify_cover(const struct verify_case *one);

#endif
