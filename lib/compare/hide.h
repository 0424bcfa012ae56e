/* hide.h - credentials that were sent, found again wherever a server repeats them. Private to lib/compare and to
 * who takes answers in.
 *
 * A credential is looked for as it is and as servers are used to write it: in percent, as text of JSON or HTML,
 * in base64 (wherever it begins in what was encoded), in hex; letters of either case. What else a server makes of
 * it (compressed, encrypted, backwards) is not found.
 */
#ifndef COMPARE_HIDE_H
#define COMPARE_HIDE_H

#include "compare/answer.h"
#include "compare/probe.h"

struct hide_value;

/* What is looked for. */
struct hide {
	struct arena *arena;
	size_t count;                    /* ways of writing the credentials */
	struct hide_value *by_byte[256]; /* by the first byte, in lower case */
};

/* Nothing is hidden yet. Everything that is made lives in the arena. */
void hide_init(struct hide *hide, struct arena *arena);

/* Headers whose values are credentials, those of -H; but for Host and those that negotiate what comes (Accept). */
void hide_headers(struct hide *hide, const struct route_header *headers, size_t count);

/* Credentials of a request: in its headers, its target, its authority and a form in its body. */
void hide_probe(struct hide *hide, const struct probe *probe);

/* The text with "REDACTED" in the place of each; the text itself where there is none. */
struct str hide_text(const struct hide *hide, struct str text);

/* The answer without them; the answer itself where there is nothing to hide. Headers that carry credentials of the
 * server's own (Set-Cookie) are as they were. */
const struct answer *hide_answer(const struct hide *hide, const struct answer *answer);

/* The answer as it may be shown or kept: hide_answer(), and of its own credentials the values are "REDACTED", too. A
 * copy in the arena; NULL for NULL. */
const struct answer *hide_shown(const struct hide *hide, const struct answer *answer);

#endif
