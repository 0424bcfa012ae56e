/* lost.h - documents that could not be read, and Gateway API objects that are left out because they have
 * another shape than their CRD says, for commands whose answer is not a list of findings.
 */
#ifndef CLI_LOST_H
#define CLI_LOST_H

#include "base/finding.h"

/* Says each of these documents on standard error, with its place, and returns how many there are. An
 * answer that leaves them out is not the whole one: the command may not end with status 0. */
size_t lost_say(const struct findings *findings, const struct sources *sources);

/* Adds the findings about such documents to those that a command prints. */
void lost_add(struct findings *to, const struct findings *findings);

#endif
