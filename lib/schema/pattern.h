/* pattern.h - patterns of the API server, which are RE2, by means of PCRE2.
 *
 * A pattern is translated, so that what RE2 and PCRE2 read differently (\s, \v, $, "(*", possessive
 * quantifiers) means the same, and what RE2 refuses is refused. Matching is unanchored, as in the API
 * server. RE2 is linear in the text: when PCRE2's backtracking reaches its limit, its breadth-first
 * matcher, which is linear in the number of states for each start, answers instead.
 */
#ifndef SCHEMA_PATTERN_H
#define SCHEMA_PATTERN_H

#include "base/map.h"

struct pattern {
	struct str text;
	struct str why; /* why it cannot be used: "RE2 has no lookahead"; empty when it can */
	void *code;     /* pcre2_code, owned by the cache */
	struct pattern *next;
};

/* Compiled patterns by their text. */
struct patterns {
	struct arena *arena;
	struct map seen;
	struct pattern *first;
	void *match, *context; /* pcre2_match_data, pcre2_match_context */
};

void patterns_init(struct patterns *patterns, struct arena *arena);
void patterns_finish(struct patterns *patterns);

/* Never NULL. The text must live as long as the cache. */
const struct pattern *pattern_of(struct patterns *patterns, struct str text);

enum pattern_answer {
	PATTERN_NO,
	PATTERN_YES,
	PATTERN_UNKNOWN, /* the pattern cannot be used, or the text would take too long */
};

enum pattern_answer pattern_search(const struct patterns *patterns, const struct pattern *pattern,
				   struct str text);

/* The PCRE2 pattern that means what the RE2 pattern means, in the arena. An empty `at` with *why set
 * (arena or literal) when RE2 would not take it, or it has no equal. */
struct str pattern_translate(struct arena *arena, struct str text, struct str *why);

#endif
