#include "base/finding.h"

#include "base/arena.h"

void findings_init(struct findings *findings, struct arena *arena)
{
	*findings = (struct findings){.arena = arena};
}

void findings_add(struct findings *findings, struct finding finding)
{
	ARENA_PUSH(findings->arena, findings->at, findings->count, finding);
}

void findings_append(struct findings *findings, const struct findings *more)
{
	for (size_t i = 0; i < more->count; i++)
		findings_add(findings, more->at[i]);
}
