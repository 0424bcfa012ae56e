#include "route/table.h"

#include "route/matcher.h"

void route_decide(const struct route_table *table, const struct route_request *request,
		  struct route_scratch *scratch, struct route_decision *decision)
{
	if (scratch->arena.used)
		arena_rewind(&scratch->arena, scratch->start);
	scratch->gave_up = false;
	scratch->exhausted = 0;
	table->side->decide(table, request, scratch, decision);
	decision->gave_up = scratch->gave_up;
}

void route_expect(const struct route_table *table, const struct route_request *request)
{
	if (table->side->expect)
		table->side->expect(table, request);
}

void route_table_destroy(struct route_table *table)
{
	if (table)
		table->side->destroy(table);
}

void route_explain(struct route_scratch *scratch, struct route_decision *decision,
		   struct route_step step)
{
	struct route_trace *trace = &decision->trace;

	if (scratch->explain)
		ARENA_PUSH(&scratch->arena, trace->steps, trace->count, step);
}
