/* resolve.h - features of the model meet the capability table of the target. */
#ifndef CONVERTERS_RESOLVE_H
#define CONVERTERS_RESOLVE_H

#include "converters/convert.h"

/* Decides every feature of every rule: marks its ledger item, raises its finding, and holds back the
 * rules of a guard that the target cannot express (unless options->allow_unguarded). Returns the
 * number of rules held back. */
size_t resolve_features(struct model *model, const struct convert_options *options,
			struct findings *findings);

#endif
