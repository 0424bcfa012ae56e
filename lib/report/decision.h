/* decision.h - what a proxy does with a request, for people and for programs.
 */
#ifndef REPORT_DECISION_H
#define REPORT_DECISION_H

#include "base/buf.h"
#include "route/decision.h"

/* One JSON object, without line end; its fields are documented in ingress2gw-match(1). Fields that say
 * nothing are left out. */
void decision_json(struct buf *buf, const struct route_decision *decision,
		   const struct sources *sources);

/* "HTTPRoute web/shop rule 1 match 2", numbers from 1; "nothing in the input" without a place. */
void decision_place_words(struct buf *buf, const struct route_place *place);

/* "shop.yaml:12"; nothing without a place. */
void decision_span_words(struct buf *buf, struct span span, const struct sources *sources);

/* "web/cart:8080", with the reason when it cannot be asked. */
void decision_backend_words(struct buf *buf, const struct route_backend *backend);

/* What comes of it in a few words: "web/cart:8080", "308 https://...", "answers 404". Shares of a split
 * stand on a line each. */
void decision_outcome_words(struct buf *buf, const struct route_decision *decision);

#endif
