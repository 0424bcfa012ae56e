#define PCRE2_CODE_UNIT_WIDTH 8
#include "route/matcher.h"

#include <pcre2.h>

#include "base/bug.h"
#include "schema/pattern.h"

/* 1 MiB of stack for compiled patterns, 8 MiB of heap for interpreted ones, and the states that the
 * breadth-first matcher may be in at once. */
enum { STACK_FIRST = 32 * 1024, STACK_MOST = 1024 * 1024, HEAP_KIB = 8192, WORKSPACE = 8192 };

struct dialect {
	bool linear;     /* RE2's syntax, which runs in linear time */
	bool circumflex; /* the engine's owner writes "^" in front */
	uint32_t flags;
};

static const struct dialect dialects[] = {
	[MATCHER_RE2_FULL] = {.linear = true, .flags = PCRE2_ANCHORED | PCRE2_ENDANCHORED},
	[MATCHER_GO_SEARCH] = {.linear = true},
	[MATCHER_RUST_START] = {.linear = true, .circumflex = true},
	[MATCHER_PCRE_START] = {.circumflex = true},
	[MATCHER_NGINX] = {.flags = PCRE2_CASELESS},
	[MATCHER_NGINX_CASE] = {0},
};

void matchers_init(struct matchers *matchers, struct arena *arena)
{
	*matchers = (struct matchers){.arena = arena};
	for (int i = 0; i < MATCHER_DIALECTS; i++)
		map_init(&matchers->seen[i], arena);
}

void matchers_finish(struct matchers *matchers)
{
	for (size_t i = 0; i < matchers->count; i++)
		pcre2_code_free(matchers->at[i]->code);
	*matchers = (struct matchers){0};
}

/* ---- compiling ---- */

/* Length of the literal characters at the start of `text` from `at` on; what a quantifier follows is
 * not among them. */
static size_t literal_length(struct str text, size_t at)
{
	size_t end = at;

	while (end < text.len && text.at[end] && !strchr("\\^$.*+?()[]{}|", text.at[end]) &&
	       !((unsigned char)text.at[end] & 0x80))
		end++;
	if (end > at && end < text.len && strchr("*?{", text.at[end]))
		end--;
	return end - at;
}

/* Behind the class that begins at `at`; a "]" that comes first is a member. */
static size_t after_class(struct str text, size_t at)
{
	at += at + 1 < text.len && text.at[at + 1] == '^' ? 2 : 1;
	for (size_t first = at; at < text.len && (text.at[at] != ']' || at == first); at++)
		if (text.at[at] == '\\')
			at++;
	return at + 1;
}

/* Groups whose inside reads like the outside. */
static bool is_usual_group(struct str rest)
{
	return !str_starts(rest, "(?") || str_starts(rest, "(?:") || str_starts(rest, "(?i)") ||
	       str_starts(rest, "(?i:") || str_starts(rest, "(?P<");
}

/* Whether there is a "|" outside of all groups. What is not read here (quotes, comments, options) counts
 * as one. */
static bool has_alternatives(struct str text)
{
	unsigned depth = 0;

	for (size_t at = 0; at < text.len; at++) {
		switch (text.at[at]) {
		case '\\':
			if (str_starts(str_from_pos(text, at), "\\Q"))
				return true;
			at++;
			break;
		case '[':
			at = after_class(text, at) - 1;
			break;
		case '(':
			if (!is_usual_group(str_from_pos(text, at)))
				return true;
			depth++;
			break;
		case ')':
			depth -= depth > 0;
			break;
		case '|':
			if (!depth)
				return true;
			break;
		default:
			break;
		}
	}
	return false;
}

/* Only of patterns that are anchored: elsewhere a match may begin anywhere. "/(?i)cart" begins with
 * "/cart" in some case. */
static struct str literal_head(struct arena *arena, const struct matcher *matcher)
{
	struct str text = matcher->text;
	const struct dialect *dialect = &dialects[matcher->dialect];
	bool anchored = dialect->circumflex || dialect->flags & PCRE2_ANCHORED;
	size_t at = str_starts(text, "^") ? 1 : 0;

	if ((!anchored && !at) || has_alternatives(text))
		return STR("");

	size_t len = literal_length(text, at);
	struct str head = str_sub(text, at, len);

	if (!str_starts(str_from_pos(text, at + len), "(?i)"))
		return head;
	at += len + 4;
	return str_format(arena, "%.*s%.*s", STR_ARG(head), (int)literal_length(text, at),
			  text.at + at);
}

static struct str translate(struct arena *arena, struct matcher *matcher)
{
	const struct dialect *dialect = &dialects[matcher->dialect];
	struct str text = matcher->text.at ? matcher->text : STR("");

	if (dialect->circumflex)
		text = str_format(arena, "^%.*s", STR_ARG(text));
	return dialect->linear ? pattern_translate(arena, text, &matcher->why) : text;
}

static void compile(struct arena *arena, struct matcher *matcher)
{
	const struct dialect *dialect = &dialects[matcher->dialect];
	struct str text = translate(arena, matcher);
	uint32_t flags = dialect->flags | PCRE2_NEVER_BACKSLASH_C;
	int error;
	PCRE2_SIZE at;

	if (!text.at)
		return;
	/* nginx compiles without UTF; RE2 reads UTF-8 and takes broken bytes as they come. */
	if (dialect->linear)
		flags |= PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_DOLLAR_ENDONLY;
	matcher->code = pcre2_compile((PCRE2_SPTR)text.at, text.len, flags, &error, &at, NULL);
	if (!matcher->code) {
		char message[128];

		pcre2_get_error_message(error, (PCRE2_UCHAR *)message, sizeof message);
		matcher->why = str_format(arena, "%s at offset %zu", message, at);
		return;
	}
	/* Speed only: where there is no compiler for this machine, the interpreter matches. */
	pcre2_jit_compile(matcher->code, PCRE2_JIT_COMPLETE);
}

const struct matcher *matcher_new(struct matchers *matchers, struct str text,
				  enum matcher_dialect dialect)
{
	void **place = map_at(&matchers->seen[dialect], text.at ? text : STR(""));
	struct matcher *matcher;

	if (*place)
		return *place;
	*place = matcher = arena_new(matchers->arena, struct matcher);
	matcher->text = text;
	matcher->dialect = dialect;
	ARENA_PUSH(matchers->arena, matchers->at, matchers->count, matcher);
	compile(matchers->arena, matcher);
	matcher->head = literal_head(matchers->arena, matcher);
	return matcher;
}

/* ---- matching ---- */

void route_scratch_init(struct route_scratch *scratch, bool explain)
{
	*scratch = (struct route_scratch){.explain = explain};
	arena_init(&scratch->arena);
	scratch->start = arena_mark(&scratch->arena);
	scratch->match = pcre2_match_data_create(MATCHER_CAPTURES, NULL);
	scratch->limits = pcre2_match_context_create(NULL);
	scratch->stack = pcre2_jit_stack_create(STACK_FIRST, STACK_MOST, NULL);
	if (!scratch->match || !scratch->limits || !scratch->stack)
		bug_out_of_memory(STACK_MOST);
	pcre2_set_match_limit(scratch->limits, MATCHER_LIMIT);
	pcre2_set_depth_limit(scratch->limits, MATCHER_LIMIT);
	pcre2_set_heap_limit(scratch->limits, HEAP_KIB);
	pcre2_jit_stack_assign(scratch->limits, NULL, scratch->stack);
}

void route_scratch_finish(struct route_scratch *scratch)
{
	pcre2_jit_stack_free(scratch->stack);
	pcre2_match_context_free(scratch->limits);
	pcre2_match_data_free(scratch->match);
	arena_finish(&scratch->arena);
	*scratch = (struct route_scratch){0};
}

static bool reached_limit(int result)
{
	return result == PCRE2_ERROR_MATCHLIMIT || result == PCRE2_ERROR_DEPTHLIMIT ||
	       result == PCRE2_ERROR_HEAPLIMIT || result == PCRE2_ERROR_JIT_STACKLIMIT;
}

static int match_breadth_first(const struct matcher *matcher, struct str text,
			       struct route_scratch *scratch)
{
	int workspace[WORKSPACE];

	return pcre2_dfa_match(matcher->code, (PCRE2_SPTR)text.at, text.len, 0, PCRE2_DFA_SHORTEST,
			       scratch->match, scratch->limits, workspace, WORKSPACE);
}

/* PCRE2's result: at least 0 for a match. */
static int match(const struct matcher *matcher, struct str text, struct route_scratch *scratch)
{
	int result = PCRE2_ERROR_MATCHLIMIT;

	if (scratch->exhausted < MATCHER_EXHAUSTED) {
		result = pcre2_match(matcher->code, (PCRE2_SPTR)text.at, text.len, 0, 0,
				     scratch->match, scratch->limits);
		scratch->exhausted += reached_limit(result);
		scratch->exhausted_all += reached_limit(result);
		if (reached_limit(result) && dialects[matcher->dialect].linear)
			result = match_breadth_first(matcher, text, scratch);
	}
	if (result < 0 && result != PCRE2_ERROR_NOMATCH)
		scratch->gave_up = true;
	return result;
}

bool matcher_matches(const struct matcher *matcher, struct str text, struct route_scratch *scratch)
{
	return matcher->code && match(matcher, text.at ? text : STR(""), scratch) >= 0;
}

size_t matcher_captures(const struct matcher *matcher, struct str text,
			struct route_scratch *scratch, struct str captures[static MATCHER_CAPTURES])
{
	int result;

	if (!text.at)
		text = STR("");
	if (!matcher->code || (result = match(matcher, text, scratch)) < 0)
		return 0;

	const PCRE2_SIZE *pairs = pcre2_get_ovector_pointer(scratch->match);
	uint32_t groups = 0;

	pcre2_pattern_info(matcher->code, PCRE2_INFO_CAPTURECOUNT, &groups);

	size_t count = groups + 1 < MATCHER_CAPTURES ? groups + 1 : MATCHER_CAPTURES;

	for (size_t i = 0; i < count; i++) {
		bool took_part = (result == 0 || i < (size_t)result) && pairs[2 * i] != PCRE2_UNSET;

		captures[i] = took_part
				      ? str_sub(text, pairs[2 * i], pairs[2 * i + 1] - pairs[2 * i])
				      : STR("");
	}
	return count;
}
