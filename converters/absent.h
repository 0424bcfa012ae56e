/* absent.h - Ingresses that nothing is written for, and the hosts that they share with others.
 *
 * All Ingresses of a host make up one server of the controller, whatever namespace they are of. What
 * --namespace, --selector or --ingress-class leave out goes on guarding its part of that server, and
 * nothing that is written may answer there in its place. Nor where the controller ignores an Ingress as
 * a whole: what it keeps of it until it restarts is the last version that it took, with its guard. */
#ifndef CONVERTERS_ABSENT_H
#define CONVERTERS_ABSENT_H

#include "converters/convert.h"

/* Raises I2G127 for each Ingress that was not chosen and serves a host for which a host of its
 * controller in the model answers. Where such an Ingress has a guard, raises I2G329 for each path
 * that would pass it by, and sees to it that none does: the guarded path is blocked where the two
 * can be told apart, else the path is held back. The same for one that the controller ignores
 * (I2G331). With options->allow_unguarded it only says so.
 * To be called before features are resolved, which counts what is held back. */
void absent_hold(struct convert_result *result, const struct convert_options *options);

#endif
