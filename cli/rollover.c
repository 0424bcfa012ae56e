#include "cli/rollover.h"

#include <stdarg.h>
#include <stdio.h>

#include "report/report.h"

static bool is_plain(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      (c && strchr("-._/:=,@%+", c))))
			return false;
	}
	return text.len > 0;
}

struct str rollover_quote(struct arena *arena, struct str text)
{
	struct buf buf;

	if (is_plain(text))
		return text;
	buf_init(&buf);
	buf_char(&buf, '\'');
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] == '\'')
			buf_text(&buf, "'\\''");
		else
			buf_char(&buf, text.at[i]);
	buf_char(&buf, '\'');
	text = str_dup(arena, buf_slice(&buf));
	buf_finish(&buf);
	return text;
}

__attribute__((format(printf, 2, 0))) static struct str
format_words(struct arena *arena, const char *format, va_list args)
{
	va_list again;
	int len;
	char *text;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	text = arena_alloc(arena, (size_t)len + 1);
	vsnprintf(text, (size_t)len + 1, format, args);
	return (struct str){text, (size_t)len};
}

struct str rollover_words(struct rollover *rollover, const char *format, ...)
{
	struct str words;
	va_list args;

	va_start(args, format);
	words = format_words(rollover->arena, format, args);
	va_end(args);
	return words;
}

void rollover_line(struct rollover *rollover, struct rollover_lines *lines, const char *format, ...)
{
	struct str line;
	va_list args;

	va_start(args, format);
	line = format_words(rollover->arena, format, args);
	va_end(args);
	ARENA_PUSH(rollover->arena, lines->at, lines->count, line);
}

struct str rollover_number(struct rollover *rollover, size_t count, const char *noun)
{
	struct str words;
	struct buf buf;

	buf_init(&buf);
	report_number(&buf, count, noun);
	words = str_dup(rollover->arena, buf_slice(&buf));
	buf_finish(&buf);
	return words;
}

struct str rollover_asked(struct rollover *rollover, struct str name)
{
	return str_starts(name, "*.") ? STR_JOIN(rollover->arena, STR("any"), str_from_pos(name, 1))
				      : name;
}

static void drop_empty(struct rollover *rollover)
{
	if (rollover->count && !rollover->phases[rollover->count - 1].count)
		rollover->count--;
}

void rollover_phase(struct rollover *rollover, const char *id, const char *title)
{
	const struct rollover_phase phase = {.id = id, .title = title};

	drop_empty(rollover);
	ARENA_PUSH(rollover->arena, rollover->phases, rollover->count, phase);
}

struct rollover_step *rollover_step(struct rollover *rollover, const char *id, struct str title)
{
	struct rollover_phase *phase = &rollover->phases[rollover->count - 1];
	const struct rollover_step step = {.id = id, .title = title};

	ARENA_PUSH(rollover->arena, phase->steps, phase->count, step);
	return &phase->steps[phase->count - 1];
}

bool rollover_is_blocked(const struct rollover *rollover)
{
	return rollover->errors || rollover->stay_count || rollover->input->uncovered ||
	       rollover->input->unguarded;
}

void rollover_make(struct rollover *rollover, struct arena *arena,
		   const struct rollover_input *input)
{
	*rollover = (struct rollover){.arena = arena, .input = input};
	rollover_find_facts(rollover);
	rollover_before(rollover);
	rollover_switch(rollover);
	drop_empty(rollover);
}
