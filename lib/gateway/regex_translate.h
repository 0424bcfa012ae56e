/* regex_translate.h - the body of a PCRE pattern, rewritten token by token for another engine.
 *
 * regex.c decides what stands around the body (anchors, "(?i)", ".*"); this file decides what each
 * token becomes. Used by regex.c only.
 */
#ifndef GATEWAY_REGEX_TRANSLATE_H
#define GATEWAY_REGEX_TRANSLATE_H

#include "gateway/regex.h"

struct regex_body {
	struct str text;
	size_t slash;     /* length of a leading "/" with its quantifier, as written; 0: none */
	bool alternation; /* has a "|" outside of all groups */
	const char *why;  /* set when the dialect cannot express it; the rest is then empty */
};

/* `path`: the text matched is a raw request path, so bytes that cannot stand in one are written as
 * the percent escapes that the engine will see (RE2 of Envoy; nginx itself decodes first). */
struct regex_body regex_translate(struct arena *arena, struct str pattern,
				  enum regex_dialect dialect, bool path);

#endif
