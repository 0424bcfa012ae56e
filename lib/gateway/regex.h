/* regex.h - one pattern, four dialects.
 *
 * An nginx location pattern (PCRE, any case, anchored at the start of its first alternative, open at
 * the end) is written for the engine of the target so that it accepts the same paths.
 */
#ifndef GATEWAY_REGEX_H
#define GATEWAY_REGEX_H

#include "base/str.h"

struct arena;

enum regex_dialect {
	REGEX_RE2_FULL,   /* Envoy: RE2, must match the whole text, case-sensitive */
	REGEX_PCRE_START, /* NGINX Gateway Fabric: PCRE "~ ^VALUE"; starts with "/", no blank { } ; */
	REGEX_GO_SEARCH,  /* Traefik: Go regexp, anywhere in the text */
	REGEX_RUST_START, /* Kong: Rust regex, "^" added by the router */
};

/* "RE2, whole path" and so on, for messages. */
const char *regex_dialect_words(enum regex_dialect dialect);

/* The value of a path match that accepts what `~* "^PATTERN"` accepts. Empty with *why set (a
 * phrase: "uses a lookahead, which RE2 does not have") when the dialect cannot express it. */
struct str regex_path(struct arena *arena, struct str pattern, enum regex_dialect dialect,
		      const char **why);

/* The value of a header match that accepts what a PCRE search for PATTERN in the value accepts. */
struct str regex_search(struct arena *arena, struct str pattern, enum regex_dialect dialect,
			const char **why);

/* Escapes what is special in every dialect: for literal text inside a pattern. */
struct str regex_escape(struct arena *arena, struct str text);

/* Whether the pattern has no character that is special in PCRE, so that it matches only itself. */
bool regex_is_literal(struct str pattern);

/* Whether alternatives stand outside of all parentheses, where "^" anchors only the first. */
bool regex_has_alternatives(struct str pattern);

/* Whether it compiles under PCRE2; false with the engine's words and offset in *why (arena). */
bool regex_compiles(struct arena *arena, struct str pattern, const char **why);

#endif
