/* verify_explain.h - which findings explain the difference of one request: what `verify` finds for request
 * classes, for a request that somebody typed.
 */
#ifndef ROUTE_VERIFY_EXPLAIN_H
#define ROUTE_VERIFY_EXPLAIN_H

#include "route/verify.h"

struct verify_question {
	const struct route_table *from, *to;
	const struct findings *findings;        /* of the conversion that made `to` */
	unsigned (*explains)(const char *code); /* as in struct verify */
	const struct route_request *request;
	const struct route_decision *decisions[2]; /* of both tables about it, and they differ */
};

/* Findings are those of the list. */
void verify_explain(const struct verify_question *question, struct verify_covers *covers);

#endif
