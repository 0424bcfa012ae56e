#define PCRE2_CODE_UNIT_WIDTH 8
#include "schema/pattern.h"

#include <pcre2.h>

#include "base/arena.h"
#include "base/bug.h"

/* Backtracking beyond this is left to the breadth-first matcher. */
enum { BACKTRACKS_MOST = 20000, HEAP_KIB_MOST = 8192, WORKSPACE = 8192 };

void patterns_init(struct patterns *patterns, struct arena *arena)
{
	*patterns = (struct patterns){.arena = arena};
	map_init(&patterns->seen, arena);
}

void patterns_finish(struct patterns *patterns)
{
	for (struct pattern *pattern = patterns->first; pattern; pattern = pattern->next)
		pcre2_code_free(pattern->code);
	pcre2_match_data_free(patterns->match);
	pcre2_match_context_free(patterns->context);
	*patterns = (struct patterns){0};
}

static void ready_to_match(struct patterns *patterns)
{
	if (patterns->match)
		return;
	patterns->match = pcre2_match_data_create(1, NULL);
	patterns->context = pcre2_match_context_create(NULL);
	if (!patterns->match || !patterns->context)
		bug_out_of_memory(sizeof(struct patterns));
	pcre2_set_match_limit(patterns->context, BACKTRACKS_MOST);
	pcre2_set_depth_limit(patterns->context, BACKTRACKS_MOST);
	pcre2_set_heap_limit(patterns->context, HEAP_KIB_MOST);
}

static void compile(struct patterns *patterns, struct pattern *pattern)
{
	struct str text = pattern_translate(patterns->arena, pattern->text, &pattern->why);
	int error;
	PCRE2_SIZE at;

	if (!text.at)
		return;

	pcre2_compile_context *context = pcre2_compile_context_create(NULL);

	if (!context)
		bug_out_of_memory(text.len);
	pcre2_set_newline(context, PCRE2_NEWLINE_LF);
	pattern->code = pcre2_compile((PCRE2_SPTR)text.at, text.len,
				      PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NO_AUTO_CAPTURE |
					      PCRE2_NEVER_BACKSLASH_C,
				      &error, &at, context);
	pcre2_compile_context_free(context);
	if (!pattern->code) {
		char message[128];

		pcre2_get_error_message(error, (PCRE2_UCHAR *)message, sizeof message);
		pattern->why = str_format(patterns->arena, "%s at offset %zu", message, at);
		return;
	}
	/* Speed only: where there is no compiler for this machine, the interpreter matches. */
	pcre2_jit_compile(pattern->code, PCRE2_JIT_COMPLETE);
}

const struct pattern *pattern_of(struct patterns *patterns, struct str text)
{
	void **place = map_at(&patterns->seen, text.at ? text : STR(""));

	if (*place)
		return *place;

	struct pattern *pattern = arena_new(patterns->arena, struct pattern);

	*place = pattern;
	pattern->text = text;
	pattern->next = patterns->first;
	patterns->first = pattern;
	ready_to_match(patterns);
	compile(patterns, pattern);
	return pattern;
}

/* The breadth-first matcher has no use for groups, so their number is no matter. */
static enum pattern_answer search_breadth_first(const struct patterns *patterns,
						const struct pattern *pattern, struct str text)
{
	int workspace[WORKSPACE];
	pcre2_match_context *context = pcre2_match_context_create(NULL);
	int result;

	if (!context)
		bug_out_of_memory(sizeof workspace);
	pcre2_set_heap_limit(context, HEAP_KIB_MOST);
	result =
		pcre2_dfa_match(pattern->code, (PCRE2_SPTR)text.at, text.len, 0, PCRE2_DFA_SHORTEST,
				patterns->match, context, workspace, WORKSPACE);
	pcre2_match_context_free(context);
	if (result == PCRE2_ERROR_NOMATCH)
		return PATTERN_NO;
	return result >= 0 ? PATTERN_YES : PATTERN_UNKNOWN;
}

enum pattern_answer pattern_search(const struct patterns *patterns, const struct pattern *pattern,
				   struct str text)
{
	if (!pattern->code)
		return PATTERN_UNKNOWN;
	if (!text.at)
		text = STR("");

	int result = pcre2_match(pattern->code, (PCRE2_SPTR)text.at, text.len, 0, 0,
				 patterns->match, patterns->context);

	switch (result) {
	case PCRE2_ERROR_NOMATCH:
		return PATTERN_NO;
	case PCRE2_ERROR_MATCHLIMIT:
	case PCRE2_ERROR_DEPTHLIMIT:
	case PCRE2_ERROR_HEAPLIMIT:
	case PCRE2_ERROR_JIT_STACKLIMIT:
		return search_breadth_first(patterns, pattern, text);
	default:
		return result >= 0 ? PATTERN_YES : PATTERN_UNKNOWN;
	}
}
