/* guards.h - what is said about guards that no feature of the model stands for. */
#ifndef CONVERTERS_GUARDS_H
#define CONVERTERS_GUARDS_H

#include "base/finding.h"
#include "kube/object.h"

struct provider;

/* Where it is said, and whether the routes are written in any case (--allow-unguarded). */
struct guard_talk {
	struct findings *findings;
	bool unguarded;
};

/* Raises the finding: `message` ends with a fact ("X may guard access"), and what becomes of the
 * routes is added to it. Under --allow-unguarded it is I2G314. */
void guard_say(const struct guard_talk *talk, struct finding finding);

/* Raises I2G319 for each doubt of the object that may concern a guard. Returns the code to hold its
 * routes with; NULL when there is no such doubt. Keys are the annotations of `own` (NULL: of no
 * provider) and of other controllers; with `options`, the options of `own`. */
const char *guard_doubts(const struct guard_talk *talk, const struct kube_meta *meta,
			 const struct provider *own, bool options);

/* Whether a key guards access when it is set: by its row, or by its name where `own` has no row for it or it has
 * another prefix. */
bool guard_is_annotation(struct str name, const struct provider *own);

/* The provider that has a guard of this name under a prefix of its own, where this key has another one: a
 * controller may be told to read that (--annotations-prefix of ingress-nginx). NULL for none. */
const struct provider *guard_under_other_prefix(struct str name);

/* Whether an option of the provider's ConfigMap does. */
bool guard_is_option(struct str name, const struct provider *own);

/* The first annotation of the object that guards access, or may; NULL for none. */
const struct kube_pair *guard_annotation(const struct kube_meta *meta);

#endif
