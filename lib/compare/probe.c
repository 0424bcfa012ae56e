#include "compare/probe.h"

void probes_init(struct probes *probes)
{
	*probes = (struct probes){0};
	arena_init(&probes->arena);
}

void probes_finish(struct probes *probes)
{
	arena_finish(&probes->arena);
}

struct probe *probes_add(struct probes *probes)
{
	const struct probe fresh = {.number = (uint32_t)probes->count + 1};

	ARENA_PUSH(&probes->arena, probes->at, probes->count, fresh);
	return &probes->at[probes->count - 1];
}
