/* budget.h - how many tries again a backend is asked for, next to its first ones (GEP-3388).
 *
 * Counts of a sliding window: what the last window had counts for as much of it as still overlaps. A worker has its own.
 */
#ifndef PROXY_BUDGET_H
#define PROXY_BUDGET_H

#include "route/decision.h"

struct budget_window {
	int64_t from; /* ms */
	uint32_t now, before;
};

enum { BUDGETS = 64 };

struct budget_counts {
	const struct route_budget *of;
	struct budget_window requests, retries, least;
};

/* By hash of the policy: of two that meet, the one that came last counts anew. */
struct budgets {
	struct budget_counts at[BUDGETS];
};

/* A first try of a backend; NULL: nobody counts. */
void budget_request(struct budgets *budgets, const struct route_budget *of, int64_t now);

/* Whether there may be a try again, which is counted then. */
bool budget_retry(struct budgets *budgets, const struct route_budget *of, int64_t now);

#endif
