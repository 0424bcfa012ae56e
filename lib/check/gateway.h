/* gateway.h - rules on Gateway API objects that people write: legal, but not what they mean.
 *
 * What the API server refuses is the schema's business; these rules look at how objects fit together:
 * references that lead nowhere, routes that no listener takes, matches that never win, certificates for
 * other names. Codes I2G260-I2G289, I2G520-I2G529, I2G618-I2G639; each has an example under
 * testdata/rules.
 */
#ifndef CHECK_GATEWAY_H
#define CHECK_GATEWAY_H

#include "gateway/attach.h"

/* Annotation on a route that says which dialect its regular expressions are written in: then nobody
 * needs to be asked (I2G268). */
#define GATEWAY_DIALECT "ingress2gw.dev/regex-dialect"

/* Most entries of matches that are compared with each other (hosts times matches times ports, over all
 * routes). What lies beyond is not compared; one finding I2G102 says so. */
enum { GATEWAY_COMPARED_MOST = 1000 * 1000 };

/* Adds what the rules find in the attached set, in the order of the objects. Texts live in the arena of
 * `attach`. */
void gateway_check(struct attach *attach, struct findings *findings);

#endif
