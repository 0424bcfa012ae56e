/* load.h - all inputs of a run become one set of objects.
 *
 * Objects are found anywhere in the set: a port name is resolved through a Service of another file.
 */
#ifndef KUBE_LOAD_H
#define KUBE_LOAD_H

#include "base/error.h"
#include "base/map.h"
#include "kube/install.h"
#include "kube/object.h"
#include "yaml/stream.h"

struct kube_set {
	struct arena *arena;
	struct kube_ingress **ingresses; /* input order; an object read twice stands here once */
	size_t ingress_count;
	struct kube_ingress *
		*left_out; /* not chosen by namespace or selector; nothing is said of them */
	size_t left_out_count;
	struct kube_class **classes;
	size_t class_count;
	struct kube_service **services;
	size_t service_count;
	struct kube_endpoints **endpoints;
	size_t endpoints_count;
	struct kube_secret **secrets;
	size_t secret_count;
	struct kube_config_map **config_maps;
	size_t config_map_count;
	struct kube_namespace **namespaces;
	size_t namespace_count;
	struct kube_install *installs, *last_install; /* workloads of controllers, in input order */
	size_t other_count;                           /* objects of kinds that are ignored */
	size_t document_count; /* documents and List items read, broken ones included */
	size_t source_count;   /* sources that could be read */

	/* By "namespace/name" (namespaces and classes by name). */
	struct map service_map, secret_map, config_map_map, class_map, namespace_map;

	void *more;        /* the set of kube_load_options.more */
	struct map others; /* private: names of objects of other kinds, with `keep_others` */

	struct map ready_map; /* private to lib/kube: ready endpoints by "namespace/service" */
	struct arena second;  /* what the second reading thread made */
};

struct kube_kind;

/* Kinds that a caller adds to those of lib/kube (kube/kinds.h). Their objects are taken when kind and
 * apiVersion fit exactly. */
struct kube_more {
	const struct kube_kind *kinds;
	size_t count;
	void *set;  /* where their keep() puts objects: kube_set.more */
	bool packs; /* objects of kinds with a pack() are kept packed; needs one thread, and a gate
	               that checks their metadata */
};

/* Sees every document and List item before anything is read from it, on the reading thread, and says
 * whether it may become an object. Findings are added by itself, in the arena of `findings`. */
struct kube_gate {
	bool (*admit)(void *user, const struct yaml_item *item, struct findings *findings);
	void *user;
};

struct kube_load_options {
	struct yaml_limits limits;
	unsigned threads;     /* 0: two when the machine has two processors */
	struct str namespace; /* only namespaced objects of this namespace; empty: all. Classes and
	                              Namespaces are always kept */
	struct str
		selector; /* -l: label selector (=, !=, in, notin, exists) on Ingresses; "" all */
	struct kube_more more;
	struct kube_gate gate; /* no `admit`: everything may. It checks the metadata of `more` too,
	                          so that nothing is said twice */
	bool keep_keys;   /* certificates and private keys of Secrets, for those who show them */
	bool keep_others; /* remember which objects of other kinds there are: kube_has_other() */
	bool silent;      /* says nothing about objects of lib/kube's own kinds */
};

/* Reads every source of the table, in order. Findings are appended in input order. False only when a
 * source cannot be read (the others are read all the same, and the first error is reported) or when
 * the selector is none (then nothing is read). `arena` owns the set; the second thread has an arena of
 * its own, so that texts of the set and of the findings live until kube_set_finish(). */
bool kube_load(struct kube_set *set, struct arena *arena, const struct sources *sources,
	       const struct kube_load_options *options, struct findings *findings,
	       struct error *error);

/* Whether the finding stands for a document that could not be read and was left out. */
bool kube_is_lost_document(const struct finding *finding);

/* Frees what the second thread made. Neither the set nor the findings may be used afterwards. */
void kube_set_finish(struct kube_set *set);

/* Look-ups; NULL when the set has no such object. */
struct kube_service *kube_service(const struct kube_set *set, struct str namespace,
				  struct str name);
/* Whether the set has any Service of the namespace: one that it lacks is then taken to be missing. */
bool kube_has_services(const struct kube_set *set, struct str namespace);
struct kube_secret *kube_secret(const struct kube_set *set, struct str namespace, struct str name);
struct kube_config_map *kube_config_map(const struct kube_set *set, struct str namespace,
					struct str name);
struct kube_class *kube_class(const struct kube_set *set, struct str name);
struct kube_namespace *kube_namespace(const struct kube_set *set, struct str name);

/* Value of a map of the set by "namespace/name". */
void *kube_map_get(const struct map *map, struct str namespace, struct str name);

/* Whether the input had this object of a kind that is not read, in the namespace or in none. */
bool kube_has_other(const struct kube_set *set, const struct object_ref *ref, struct str group);

/* Ready endpoints of a Service: -1 when the set holds no endpoints for it. */
long kube_ready_endpoints(const struct kube_set *set, struct str namespace, struct str name);

#endif
