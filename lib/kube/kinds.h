/* kinds.h - the table of kinds that are read: one row a kind. For lib/kube and for rooms that add kinds
 * of their own (struct kube_more). */
#ifndef KUBE_KINDS_H
#define KUBE_KINDS_H

#include "kube/load.h"
#include "kube/read.h"

/* An object as bytes, and what must be known of it until all objects are read. */
struct kube_packed {
	const unsigned char *bytes;
	struct str namespace, name;
	struct span name_span;
	bool name_generated; /* as in struct kube_meta */
	bool renamed;        /* since then, so that it does not meet another one */
};

struct kube_kind {
	const char *name;            /* "Ingress" */
	const char *const *versions; /* apiVersions that have it, newest first, NULL at the end */
	bool namespaced;
	size_t size; /* of its struct, which begins with struct kube_meta */
	/* NULL when the metadata are all there is. Sets reader->broken to have the object left out. */
	void (*read)(struct kube_reader *reader, const struct node *root, void *object);
	/* Puts it into the lists and maps of the set; `key` is "namespace/name". */
	void (*keep)(struct kube_set *set, struct kube_meta *meta, struct str key);
	/* For kinds of the caller's, with kube_more.packs; NULL: they cannot be packed. Keeps the object
	 * in fewer bytes, because all its texts and lists are forgotten. keep_packed() gets them once all
	 * objects are read. */
	struct kube_packed (*pack)(void *set, const struct kube_meta *object);
	void (*keep_packed)(void *set, const struct kube_packed *packed);
};

/* How well kind and apiVersion of an object fit the row that was found for it. */
enum kube_fit {
	KUBE_FIT_EXACT,
	KUBE_FIT_CASE,       /* "ingress": the API server knows no such kind */
	KUBE_FIT_NO_VERSION, /* apiVersion is missing */
	KUBE_FIT_VERSION, /* the right group in a version it never had, or the group was forgotten */
	KUBE_FIT_FOREIGN, /* the kind of another group */
};

/* Row for a kind; NULL when the kind is none of ours. */
const struct kube_kind *kube_kind_find(struct str kind, struct str version, enum kube_fit *fit);

/* Row of `more` that fits exactly; NULL when there is none. */
const struct kube_kind *kube_kind_more(const struct kube_more *more, struct str kind,
				       struct str version);

/* Row of Ingress when an object without kind can only be one: by its apiVersion. */
const struct kube_kind *kube_kind_guess(struct str version);

/* "networking.k8s.io" of "networking.k8s.io/v1"; "" of "v1". */
struct str kube_group(struct str version);

/* Key of an object in kube_set.others. */
struct str kube_other_key(struct arena *arena, const struct object_ref *ref, struct str group);

/* Number of ready endpoints of a Service. */
struct kube_ready {
	bool sliced; /* EndpointSlices were read: the Endpoints that mirror them do not count */
	size_t count;
};

#endif
