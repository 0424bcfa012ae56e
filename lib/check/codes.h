/* codes.h - which rules somebody means: "I2G301", "i2g301", "auth-not-portable", "I2G3" for a hundred.
 */
#ifndef CHECK_CODES_H
#define CHECK_CODES_H

#include "check/rules.h"

struct arena;

/* Whether a word means this rule: its code, the beginning of it from "I2G" on, or its name. */
bool code_fits(struct str word, const struct rule *rule);

/* Whether a word means any rule. */
bool code_is_known(struct str word);

/* The code or name that an unknown word is most likely a slip of; NULL when none is near. */
const char *code_nearest(struct str word);

struct codes {
	const struct str *words; /* each of them code_is_known() */
	size_t count;
};

bool codes_have(const struct codes *codes, const struct rule *rule);

/* What can be found by converting Ingresses / by looking at Gateway API objects that people wrote. Every
 * rule but 7xx and 9xx is in one of them. */
extern const struct codes codes_of_conversion, codes_of_gateway;

#endif
