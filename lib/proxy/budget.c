#include "proxy/budget.h"

static void turn(struct budget_window *window, int64_t span, int64_t now)
{
	int64_t passed = (now - window->from) / span;

	if (passed < 1)
		return;
	window->before = passed == 1 ? window->now : 0;
	window->now = 0;
	window->from = passed == 1 ? window->from + span : now;
}

static void add(struct budget_window *window, int64_t span, int64_t now)
{
	turn(window, span, now);
	window->now++;
}

static uint64_t count(struct budget_window *window, int64_t span, int64_t now)
{
	turn(window, span, now);
	return window->now +
	       (uint64_t)window->before * (uint64_t)(span - (now - window->from)) / (uint64_t)span;
}

static struct budget_counts *counts_of(struct budgets *budgets, const struct route_budget *of)
{
	uint64_t hash = (uint64_t)(uintptr_t)of * 0x9e3779b97f4a7c15u;
	struct budget_counts *counts = &budgets->at[hash >> 58];

	if (counts->of != of)
		*counts = (struct budget_counts){.of = of};
	return counts;
}

void budget_request(struct budgets *budgets, const struct route_budget *of, int64_t now)
{
	if (of)
		add(&counts_of(budgets, of)->requests, of->interval_ms, now);
}

bool budget_retry(struct budgets *budgets, const struct route_budget *of, int64_t now)
{
	struct budget_counts *counts;

	if (!of)
		return true;
	counts = counts_of(budgets, of);
	if (count(&counts->least, of->least_ms, now) >= of->least &&
	    (count(&counts->retries, of->interval_ms, now) + 1) * 100 >
		    count(&counts->requests, of->interval_ms, now) * of->percent)
		return false;
	add(&counts->least, of->least_ms, now);
	add(&counts->retries, of->interval_ms, now);
	return true;
}
