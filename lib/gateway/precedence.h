/* precedence.h - which of two rules of a host a Gateway looks at first.
 *
 * Gateway API orders by the match: Exact first, the longer path first within a kind, then method,
 * number of headers, number of query parameters; then by the route (age, namespace, name) and the
 * place in it. Where regular expressions stand it leaves to implementations: most take them between
 * Exact and PathPrefix, the longer text first.
 */
#ifndef GATEWAY_PRECEDENCE_H
#define GATEWAY_PRECEDENCE_H

#include "gateway/regex.h"
#include "model/model.h"

/* The greater one is looked at first. */
unsigned precedence_rank(const struct model_path *path);

/* Length of the value that is written: targets compare that, and not the text of the source. Bytes. */
size_t precedence_length(struct arena *arena, const struct model_path *path,
			 enum regex_dialect dialect);

/* Text that every request path begins with that fits, in any case where the path is a regular
 * expression; empty when none is known. */
struct str path_literal_head(const struct model_path *path);

/* Whether one request may fit both: false only where none does. Of a regular expression only the
 * literal text that it begins with is known. */
bool paths_may_overlap(const struct model_path *a, const struct model_path *b);

#endif
