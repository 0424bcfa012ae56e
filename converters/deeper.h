/* deeper.h - guards of rules without host that a Gateway's wildcards would pass by. */
#ifndef CONVERTERS_DEEPER_H
#define CONVERTERS_DEEPER_H

#include "converters/convert.h"

/* A wildcard host of the source stands for one label (model_host.one_label); deeper names go to the rules
 * without host. A Gateway's wildcard takes them, too. Where such a rule is guarded, holds back the rules
 * of the wildcard host that would answer its requests without a guard; where the guarded path is the
 * narrower one, adds a held rule for just that path to the wildcard host. Raises I2G324. With
 * options->allow_unguarded it says so (I2G314), and only of guards that are carried over. Returns the
 * number of rules held back. */
size_t deeper_hold(struct model *model, const struct convert_options *options,
		   struct findings *findings);

#endif
