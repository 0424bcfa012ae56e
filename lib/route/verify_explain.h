/* verify_explain.h - which finding explains the difference of one request: what `verify` finds for request
 * classes, for a request that somebody typed.
 */
#ifndef ROUTE_VERIFY_EXPLAIN_H
#define ROUTE_VERIFY_EXPLAIN_H

#include "route/verify.h"

struct verify_question {
	const struct route_table *from, *to;
	const struct findings *findings; /* of the conversion that made `to` */
	const struct route_request *request;
	const struct route_decision *decisions[2]; /* of both tables about it, and they differ */
};

/* NULL when none does. The finding is one of the list. */
const struct finding *verify_explain(const struct verify_question *question);

#endif
