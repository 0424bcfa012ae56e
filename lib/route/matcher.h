/* matcher.h - regular expressions of routes, compiled once, with bounded work.
 *
 * PCRE2 with JIT. A match that needs more than MATCHER_LIMIT steps counts as no match and sets
 * `gave_up` of the scratch, so that no pattern can hang a decision; patterns of engines that run in
 * linear time are then answered by PCRE2's breadth-first matcher instead.
 */
#ifndef ROUTE_MATCHER_H
#define ROUTE_MATCHER_H

#include "base/map.h"
#include "route/table.h"

enum matcher_dialect {
	MATCHER_RE2_FULL,   /* Envoy and its kin: RE2, the whole text, case-sensitive */
	MATCHER_GO_SEARCH,  /* Traefik: RE2's syntax, anywhere in the text */
	MATCHER_RUST_START, /* Kong: from the start of the text on */
	MATCHER_PCRE_START, /* NGINX Gateway Fabric: PCRE, from the start on, case-sensitive */
	MATCHER_NGINX,      /* an nginx `~*`: PCRE, anywhere, without case */
	MATCHER_NGINX_CASE, /* an nginx `~`: PCRE, anywhere */
};

/* A decision in which that many patterns have reached the limit asks no further one: they count as not
 * matching, and `gave_up` is set. */
enum { MATCHER_LIMIT = 200000, MATCHER_CAPTURES = 32, MATCHER_EXHAUSTED = 32 };

struct matcher {
	struct str text; /* as written */
	enum matcher_dialect dialect;
	void *code;     /* pcre2_code; NULL: it does not compile and matches nothing */
	struct str why; /* then: why */
	/* Literal that every matching text begins with, or empty; in some case, and with bytes above
	 * 0x7f not looked at: (?i)k takes U+212A too. */
	struct str head;
};

enum { MATCHER_DIALECTS = MATCHER_NGINX_CASE + 1 };

/* Owns the compiled patterns of a table. */
struct matchers {
	struct arena *arena;
	struct matcher **at;
	size_t count;
	struct map seen[MATCHER_DIALECTS]; /* by text */
};

void matchers_init(struct matchers *matchers, struct arena *arena);
void matchers_finish(struct matchers *matchers);

/* The pattern, compiled when it is new. Never NULL. `text` must live as long as the owner. */
const struct matcher *matcher_new(struct matchers *matchers, struct str text,
				  enum matcher_dialect dialect);

bool matcher_matches(const struct matcher *matcher, struct str text, struct route_scratch *scratch);

/* The same, and what the groups matched: captures[0] is the whole match, groups without part in it are
 * empty. Returns how many there are (one more than the highest group of the pattern, at most
 * MATCHER_CAPTURES); 0: no match. */
size_t matcher_captures(const struct matcher *matcher, struct str text,
			struct route_scratch *scratch,
			struct str captures[static MATCHER_CAPTURES]);

#endif
