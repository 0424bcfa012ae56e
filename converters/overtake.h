/* overtake.h - guards that another rule would take the requests of. */
#ifndef CONVERTERS_OVERTAKE_H
#define CONVERTERS_OVERTAKE_H

#include "converters/convert.h"

/* Whether a rule is held back under a code that stands for a guard, which --allow-unguarded lifts. Other
 * codes mean that the rule cannot be written at all. */
bool is_guard_code(const char *code);

/* Whether an access check stands before the rule, or an error in its place; with
 * options->allow_unguarded, one that is carried over. */
bool overtake_is_guarded(const struct convert_options *options, const struct model_rule *rule);

/* Whether a backend answers for the rule without such a check. */
bool overtake_is_open(const struct convert_options *options, const struct model_rule *rule);

/* Whether a backend answers for the rule behind such a check, which is carried over. */
bool overtake_is_kept(const struct convert_options *options, const struct model_rule *rule);

/* Whether requests that `guard` checks would go unchecked when `rule` took them: it has no check, or
 * another one. */
bool overtake_may_take(const struct convert_options *options, const struct model_rule *rule,
		       const struct model_rule *guard);

/* Adds a rule in the place of `open`, for just that path, that is held back under the code: its requests are
 * refused. */
void overtake_block(struct model *model, struct model_host *host, const struct model_rule *open,
		    struct model_path path, const char *code);

/* Holds back each rule without a guard, or with another one, that the target looks at before a guarded rule
 * of the host, when the source looks at that one first and a request may fit both; raises I2G323. The same
 * where the two differ in what they match, and not in their order: what a prefix takes beyond the pattern
 * that it stands for is blocked when a guarded rule has it in the source, and a guarded rule whose prefix
 * takes less than its pattern is held back when another rule would have the rest without that guard. With
 * options->allow_unguarded it says so (I2G314), and only of guards that are carried over. Returns the number
 * of rules held back. */
size_t overtake_hold(struct model *model, const struct convert_options *options,
		     struct findings *findings);

#endif
