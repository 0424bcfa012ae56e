/* suppress.h - findings that somebody set aside in the manifest itself.
 *
 * As an annotation of the object, which survives kustomize and helm:
 *     ingress2gw.dev/ignore: "I2G204: clients never send upper case; I2G301"
 * or as a comment on the line of the finding, or on lines of its own right above it:
 *     # ingress2gw: ignore I2G204: clients never send upper case
 *
 * Parts are separated by semicolons or line ends. A part names codes (codes.h), with commas or blanks
 * between them, and may give a reason behind a colon. A part that begins with no code belongs to the
 * reason before it. The findings themselves say what happens to a route: nothing here changes that.
 */
#ifndef CHECK_SUPPRESS_H
#define CHECK_SUPPRESS_H

#include "base/error.h"
#include "base/finding.h"
#include "base/map.h"
#include "check/verdict.h"
#include "kube/load.h"

#define SUPPRESS_ANNOTATION "ingress2gw.dev/ignore"

/* Codes for one object or line; more are I2G902. */
enum { SUPPRESS_CODES_MOST = 64 };

/* One code of an annotation or a comment. */
struct suppression {
	struct suppression *next; /* of the same object or line */
	struct str word, reason;
	enum verdict_place place; /* VERDICT_ANNOTATION or VERDICT_COMMENT */
	struct object_ref object; /* annotations: whose findings */
	struct span span;         /* of the annotation's value, or of the comment */
	bool used;
};

struct suppressions {
	struct arena *arena;
	struct map places;       /* private: objects and lines */
	struct suppression **at; /* in the order they were added */
	size_t count;
	struct findings malformed; /* I2G902 */
};

void suppressions_init(struct suppressions *suppressions, struct arena *arena);

/* Adds the value of an object's annotation. Texts are copied. */
void suppressions_add(struct suppressions *suppressions, const struct object_ref *object,
		      struct str value, struct span span);

/* The same for every object of a set. */
void suppressions_add_set(struct suppressions *suppressions, const struct kube_set *set);

/* Adds the comments of a source. False when it cannot be read: the error says why. */
bool suppressions_scan(struct suppressions *suppressions, const struct sources *sources,
		       uint32_t source, struct error *error);

/* The suppression that a finding meets, NULL for none; all that it meets are marked as used. */
const struct suppression *suppressions_match(const struct suppressions *suppressions,
					     const struct finding *finding);

#endif
