#include "base/source.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/bug.h"

enum { LINE_MOST = 4096 };

uint32_t sources_add(struct sources *sources, struct source source)
{
	if ((sources->count & (sources->count - 1)) == 0) {
		size_t room = sources->count ? sources->count * 2u : 1;

		sources->at = realloc(sources->at, room * sizeof *sources->at);
		if (!sources->at)
			bug_out_of_memory(room * sizeof *sources->at);
	}
	sources->at[sources->count] = source;
	return sources->count++;
}

void sources_finish(struct sources *sources)
{
	for (uint32_t i = 0; i < sources->count; i++)
		if (sources->at[i].file)
			fclose(sources->at[i].file);
	free(sources->at);
	*sources = (struct sources){0};
}

struct str source_name(const struct sources *sources, uint32_t index)
{
	return index < sources->count ? sources->at[index].name : STR("");
}

void source_lines_init(struct source_lines *lines, const struct sources *sources)
{
	*lines = (struct source_lines){.sources = sources, .source = UINT32_MAX};
}

static void close_current(struct source_lines *lines)
{
	if (lines->file && lines->file != lines->sources->at[lines->source].file)
		fclose(lines->file);
	lines->file = NULL;
}

void source_lines_finish(struct source_lines *lines)
{
	close_current(lines);
}

static void open_source(struct source_lines *lines, uint32_t index)
{
	close_current(lines);

	const struct source *source = &lines->sources->at[index];

	lines->source = index;
	lines->line = 0;
	lines->offset = 0;
	if (source->file) {
		rewind(source->file);
		lines->file = source->file;
	} else if (source->path) {
		lines->file = fopen(source->path, "re");
	}
}

/* Next byte of the current source; EOF at the end. */
static int next_byte(struct source_lines *lines)
{
	if (lines->file)
		return getc_unlocked(lines->file);

	struct str text = lines->sources->at[lines->source].text;

	return lines->offset < text.len ? (unsigned char)text.at[lines->offset++] : EOF;
}

struct str source_line(struct source_lines *lines, struct arena *arena, uint32_t source,
		       uint32_t line)
{
	char text[LINE_MOST];
	size_t len = 0;
	int c = 0;

	if (source >= lines->sources->count || line == 0)
		return (struct str){0};
	if (lines->source != source || lines->line >= line)
		open_source(lines, source);
	while (lines->line < line && c != EOF) {
		len = 0;
		while ((c = next_byte(lines)) != EOF && c != '\n')
			if (len < sizeof text)
				text[len++] = (char)c;
		lines->line++;
	}
	if (lines->line < line || (c == EOF && len == 0))
		return (struct str){0};
	if (len && text[len - 1] == '\r')
		len--;
	return str_dup(arena, (struct str){text, len});
}
