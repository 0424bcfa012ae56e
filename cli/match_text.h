/* match_text.h - what two worlds make of one request: columns for people, JSON for programs.
 */
#ifndef CLI_MATCH_TEXT_H
#define CLI_MATCH_TEXT_H

#include "base/buf.h"
#include "base/finding.h"
#include "route/request.h"
#include "route/table.h"
#include "route/verify.h"

/* One world's answer. */
struct match_side {
	const char *title; /* "Ingress (ingress-nginx)"; NULL: there is no such side */
	struct route_decision decision;
	const struct sources *sources; /* of its spans */
	const struct route_table *table;
	bool spans; /* its objects stand in files that people have */
};

struct match_result {
	const struct route_request *request;
	struct match_side sides[2];      /* today, then the new one */
	unsigned aspects;                /* in what they differ: enum route_aspect */
	struct verify_covers covers;     /* the findings that explain it */
	bool explained;                  /* findings were asked: what is left, none explains */
	const struct findings *unusable; /* what of the input is not compared */
	const struct sources *all;       /* of its places */
	bool differs;                    /* in more than limits (ROUTE_DIFFERS_POLICY) */
	bool nothing;                    /* neither serves the request */
	struct str at;        /* whose address was asked, where there are several; else empty */
	struct str elsewhere; /* who else serves the request at another address; empty: nobody */
};

/* `width`: columns of the terminal. */
void match_text(struct buf *buf, const struct match_result *result, unsigned width, bool verbose);
void match_json(struct buf *buf, const struct match_result *result);

#endif
