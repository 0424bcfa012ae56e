#include "base/finding.h"

#include "base/arena.h"

const struct finding_scope *finding_scope(const struct finding *finding)
{
	static const struct finding_scope all;

	return finding->scope ? finding->scope : &all;
}

struct finding_scope *finding_scope_new(struct arena *arena, struct finding_scope scope)
{
	struct finding_scope *made = arena_new(arena, struct finding_scope);

	*made = scope;
	return made;
}

void findings_init(struct findings *findings, struct arena *arena)
{
	*findings = (struct findings){.arena = arena};
}

void findings_add(struct findings *findings, struct finding finding)
{
	ARENA_PUSH(findings->arena, findings->at, findings->count, finding);
}

static uint32_t leading_blanks(struct str line)
{
	uint32_t count = 0;

	while (count < line.len && line.at[count] == ' ')
		count++;
	return count;
}

void findings_place(struct findings *findings, const struct sources *sources)
{
	struct source_lines lines;
	const struct span *last = NULL;
	uint32_t blanks = 0;
	struct arena arena;

	arena_init(&arena);
	source_lines_init(&lines, sources);

	struct arena_mark start = arena_mark(&arena);

	for (size_t i = 0; i < findings->count; i++) {
		struct finding *finding = &findings->at[i];
		struct span *span = &finding->span;

		if (!finding->in_block)
			continue;
		if (!last || last->source != span->source || last->line != span->line)
			blanks = leading_blanks(
				source_line(&lines, &arena, span->source, span->line));
		last = span;
		span->column += blanks;
		finding->in_block = false;
		arena_rewind(&arena, start);
	}
	source_lines_finish(&lines);
	arena_finish(&arena);
}

void findings_append(struct findings *findings, const struct findings *more)
{
	for (size_t i = 0; i < more->count; i++)
		findings_add(findings, more->at[i]);
}
