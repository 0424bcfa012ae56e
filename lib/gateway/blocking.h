/* blocking.h - the path of the rule that stands in the place of a held rule and answers 500. */
#ifndef GATEWAY_BLOCKING_H
#define GATEWAY_BLOCKING_H

#include "gateway/regex.h"
#include "model/model.h"

/* A path that is written for the target and takes all requests that the source gives to the rule, where
 * there is one: what the source matches (rule->source_path, else match.path) when the dialect has it;
 * everything that begins with the literal head of a regex that it has not; everything below the parent
 * of a path that is too long. Other impossible paths come back as they are: sources merge slashes and
 * resolve dots, so no request for them is known. Text made here is the arena's. */
struct model_path blocking_path(struct arena *arena, const struct model_rule *rule,
				enum regex_dialect dialect);

#endif
