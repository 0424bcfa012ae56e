/* select.h - label selectors, as kubectl's -l takes them. */
#ifndef KUBE_SELECT_H
#define KUBE_SELECT_H

#include "base/error.h"
#include "kube/object.h"

struct arena;

enum kube_operator {
	KUBE_SELECT_EXISTS, /* key */
	KUBE_SELECT_ABSENT, /* !key */
	KUBE_SELECT_IN,     /* key=value, key==value, key in (a, b) */
	KUBE_SELECT_NOT_IN, /* key!=value, key notin (a, b): true as well when the key is absent */
};

struct kube_requirement {
	struct str key;
	enum kube_operator op;
	struct str *values;
	size_t value_count;
};

/* All requirements must hold; none at all selects everything. */
struct kube_selector {
	struct kube_requirement *at;
	size_t count;
};

/* Parses "app=shop,tier in (web, api),!legacy". The arena owns the list; the texts are slices of
 * `text`. False, with a sentence that quotes the bad part, when it is no selector. */
bool kube_selector_parse(struct kube_selector *selector, struct arena *arena, struct str text,
			 struct error *error);

bool kube_selector_matches(const struct kube_selector *selector, const struct kube_pairs *labels);

#endif
