/* to_standard.c - Gateway API as it is written, for any implementation: no class, no policies.
 *
 * Regular expressions have no dialect of their own in Gateway API; RE2 against the whole path is what
 * most implementations, those on Envoy, do with them.
 */
#include "converters/emitter.h"

const struct emitter emitter_standard = {
	.name = "standard",
	.title = "any implementation of Gateway API",
	.dialect = REGEX_RE2_FULL,
	.external_auth = true,
};
