/* take.h - the items of a batch become objects; runs on the reading threads. Private to lib/kube. */
#ifndef KUBE_TAKE_H
#define KUBE_TAKE_H

#include "kube/install.h"
#include "kube/kinds.h"
#include "kube/select.h"

/* An object on its way into the set. */
struct kube_entry {
	struct kube_entry *next; /* in the batch; in the whole input once merged */
	const struct kube_kind *kind;
	struct kube_meta *meta;     /* NULL: packed */
	struct kube_packed *packed; /* NULL: not packed */
	struct str key;             /* "namespace/name"; set when merged */
	size_t findings;            /* of the batch that were there when the object was taken */
	bool more;                  /* of a kind of the caller's */
	bool left_out;              /* an Ingress that was not chosen */
};

/* An object of another kind, by its name: "group/Kind/namespace/name". */
struct kube_other {
	struct kube_other *next;
	struct str key;
};

/* What one reading thread works with. */
struct kube_worker {
	struct arena *kept;   /* objects and findings */
	struct arena entries; /* until everything is merged */
	struct arena scratch; /* until the object is read */
	struct kube_cache cache;
};

struct kube_batch {
	struct kube_worker *worker;
	const struct kube_load_options *options;
	const struct kube_selector *selector;
	struct findings findings;
	struct kube_entry *first, *last;
	size_t documents; /* that could be parsed */
	size_t others;
	struct kube_other *other_keys;
	struct kube_install *installs, *last_install;
};

/* Takes an item, or counts it. */
void kube_take(struct kube_batch *batch, const struct yaml_item *item);

#endif
