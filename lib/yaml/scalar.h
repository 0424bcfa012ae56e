/* scalar.h - what go-yaml v2 makes of a plain scalar, as the API server then sees it.
 *
 * kubectl turns YAML into JSON before anything looks at types, so whole floats (1e3, 5.0, 089) that
 * fit 64 bits arrive as integers, larger integers as floats, timestamps and base-60 as strings.
 */
#ifndef YAML_SCALAR_H
#define YAML_SCALAR_H

#include "yaml/node.h"

/* Kind of a plain scalar: NULL, BOOL, INT, FLOAT or STRING. */
enum node_kind scalar_kind(struct str text);

/* Value of text for which scalar_kind said NODE_INT / NODE_BOOL. */
int64_t scalar_int(struct str text);
bool scalar_bool(struct str text);

/* Value of INT and FLOAT text; infinite or NaN for the words. */
double scalar_float(struct str text);

/* Fewest digits that read back as the same number. */
struct scalar_digits {
	char text[32];
};
struct scalar_digits scalar_print(double value);

/* Text of a map key of that kind after the way through JSON: "yes" is "true", "0x10" is "16".
 * Strings come back as they are; the rest lives in the arena. */
struct str scalar_key(struct arena *arena, enum node_kind kind, struct str text);

/* Length of the longest word that is no string ("false", "+.inf"). */
enum { SCALAR_WORD = 5 };

/* True when some YAML 1.1 or 1.2 reader would take the text, written plain, for anything but a
 * string: words (yes, null, =, <<, .inf), numbers with or without underscores, base 60, dates. */
bool scalar_needs_quotes(struct str text);

#endif
