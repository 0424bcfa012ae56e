/* fuzz_pattern.c - patterns: the first line is one, each further line a text that it is searched in. What
 * RE2 would refuse is refused with a reason, and a search ends soon, whatever the pattern.
 */
#include "base/arena.h"
#include "schema/pattern.h"
#include "yaml/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Texts come from readers that take UTF-8 only. */
static bool is_text(struct str text)
{
	uint32_t c;

	for (size_t i = 0, len; i < text.len; i += len) {
		len = utf8_decode(text, i, &c);
		if (!len)
			return false;
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = {size ? (const char *)data : "", size}, line;
	struct arena arena = {0};
	struct patterns patterns;
	const struct pattern *pattern;
	bool more = true;

	if (!is_text(rest) || !str_split(&rest, '\n', &more, &line))
		return 0;
	patterns_init(&patterns, &arena);
	pattern = pattern_of(&patterns, line);
	if (!pattern->code != (pattern->why.len > 0))
		__builtin_trap();
	while (str_split(&rest, '\n', &more, &line)) {
		enum pattern_answer answer = pattern_search(&patterns, pattern, line);

		if (answer != pattern_search(&patterns, pattern, line) ||
		    (!pattern->code && answer != PATTERN_UNKNOWN))
			__builtin_trap();
	}
	patterns_finish(&patterns);
	arena_finish(&arena);
	return 0;
}
