/* read.h - how the typed views read a tree: fields by name, scalars with the API server's types.
 *
 * For lib/kube and for rooms that read kinds of their own. Whatever shape the tree has, a read yields something usable or nothing at
 * all; what the API server would say about it becomes a finding. Node arguments may be NULL (absent).
 */
#ifndef KUBE_READ_H
#define KUBE_READ_H

#include "base/arena.h"
#include "base/finding.h"
#include "kube/object.h"
#include "yaml/node.h"

/* Texts that were kept last, in pairs. Manifests repeat themselves (annotation keys, hosts in rules and
 * in tls, Service names in every path): most short texts are found here and cost no memory. */
enum { KUBE_CACHE_BITS = 9, KUBE_CACHE_LONGEST = 64 };

struct kube_kept {
	const char *at; /* NULL: free */
	uint32_t tag;   /* of the text's hash: most misses are seen without touching the text */
	uint32_t len;
};

struct kube_cache {
	struct kube_kept sets[1 << KUBE_CACHE_BITS][2];
};

/* What the objects of one batch are read with. The lower half is set anew for each object. */
struct kube_reader {
	struct arena *arena;      /* owns what is kept, messages included */
	struct arena *scratch;    /* rewound after each object */
	struct kube_cache *cache; /* NULL: `arena` does not live as long as the cache */
	struct findings *findings;
	uint32_t source;
	bool keep_keys;           /* as in kube_load_options */
	struct object_ref object; /* once its metadata were read */
	bool old;                 /* an Ingress of a version before networking.k8s.io/v1 */
	unsigned old_forms;       /* KUBE_OLD_... that were met in it */
	unsigned said;            /* findings of this object */
	bool broken;              /* the object cannot be used and is left out */
};

enum {
	KUBE_OLD_BACKEND = 1,         /* serviceName, servicePort */
	KUBE_OLD_DEFAULT_BACKEND = 2, /* spec.backend */
	KUBE_OLD_PATH_TYPE = 4,       /* no pathType */
};

/* Where the reader stands: a chain of frames on the stack of the callers, spelled out as a field path
 * only when a finding needs it. The object itself is NULL. */
struct kube_at {
	const struct kube_at *up;
	enum { KUBE_AT_FIELD, KUBE_AT_ITEM, KUBE_AT_ENTRY } kind;
	struct str name; /* of a field (".host") or an entry of a free map ("[my-label]") */
	size_t index;    /* of an item ("[0]") */
};

#define KUBE_FIELD(up, literal) (&(struct kube_at){(up), KUBE_AT_FIELD, STR_INIT(literal), 0})
#define KUBE_ITEM(up, index) (&(struct kube_at){(up), KUBE_AT_ITEM, {NULL, 0}, (index)})

/* "spec.rules[0].host", in the reader's arena. */
struct str kube_at_path(const struct kube_reader *reader, const struct kube_at *at);

/* ---- findings ---- */

/* Findings of one object; what is wrong beyond them is not listed (one I2G102 says so), so that a
 * hostile object cannot fill the memory with complaints. */
enum { KUBE_FINDINGS_MOST = 500 };

/* Adds a finding; its object, its path (from `at`) and its span (of `node`, unless that is
 * NULL) are filled in. */
void kube_say(struct kube_reader *reader, const struct kube_at *at, const struct node *node,
	      struct finding finding);

/* I2G105: `node` is no `wanted` ("string", "object"). `hint` may be empty. */
void kube_say_type(struct kube_reader *reader, const struct kube_at *at, const struct node *node,
		   const char *wanted, struct str hint);

/* First line of a text, cut at 80 bytes: what messages quote of values that may be long. */
struct str kube_excerpt(struct str text);

/* Name of `names` that `word` is most likely a slip of; empty when none is near. */
struct str kube_nearest(const struct str *names, size_t count, struct str word);

/* "did you mean NAME?" in the reader's arena; empty for an empty name. */
struct str kube_did_you_mean(const struct kube_reader *reader, struct str name);

/* The placeholder that nobody filled in ("${HOST}", "$(HOST)", "$HOST", "__HOST__", "<host>",
 * "{{ .Values.host }}", "{HOST}"); empty when there is none. A slice of `text`. */
struct str kube_placeholder(struct str text);

/* ---- reading ---- */

/* The fields that a kind of map has. */
struct kube_fields {
	const struct str *names;
	size_t count;
};

#define KUBE_FIELDS(table) (&(struct kube_fields){(table), sizeof(table) / sizeof *(table)})

/* Sets found[i] to the key node of names[i], or NULL; of duplicates the last one counts. Keys that are
 * not in the table are I2G107. Absent and null maps have no fields; anything else that is no map is
 * I2G105 and has none either. */
void kube_read_fields(struct kube_reader *reader, const struct kube_at *at, const struct node *map,
		      const struct kube_fields *fields, const struct node **found);

/* Value of a key node; NULL when the key is absent or its value null. */
const struct node *kube_value(const struct node *key);

/* Text in the reader's arena, NUL behind it; equal short texts share their bytes. */
struct str kube_keep(struct kube_reader *reader, struct str text);

/* A string. Numbers and booleans are I2G105 and taken as written; lists and maps are I2G105 (I2G109
 * when they are a placeholder in braces) and absent, like null. */
struct kube_text kube_read_text(struct kube_reader *reader, const struct kube_at *at,
				const struct node *node);

/* The same for a host or a name: placeholders in it are I2G109. */
struct kube_text kube_read_name(struct kube_reader *reader, const struct kube_at *at,
				const struct node *node);

/* Items of a list, for walking `count` steps along `next`. A value in place of a list is I2G105 and
 * counts as the only item. Items may be null. */
struct kube_items {
	const struct node *first;
	size_t count;
};
struct kube_items kube_read_items(struct kube_reader *reader, const struct kube_at *at,
				  const struct node *list);

/* Labels, annotations, data. Values of wrong type are treated as in kube_read_text(), null is "".
 * Keys for which `skip` (may be NULL) is true are not kept. */
struct kube_pairs kube_read_pairs(struct kube_reader *reader, const struct kube_at *at,
				  const struct node *map, bool (*skip)(struct str key));

/* Appends to *doubts what cannot be known of `pairs`, which were read with `skip` from the map under
 * the key node `field` (may be NULL): values of wrong type, and other values that a later key of the
 * same name replaced. With `replaced` the whole field was replaced. */
struct kube_doubt_list {
	const struct kube_pairs *pairs;
	bool (*skip)(struct str key); /* may be NULL */
	bool astray;                  /* the field is none that the API server knows */
	const struct kube_doubt **doubts;
};
void kube_read_doubts(struct kube_reader *reader, const struct kube_doubt_list *list,
		      const struct node *field, bool replaced);

/* The doubts of an object that takes the place of `before`, in the arena: its own, those of `before`,
 * and one for each entry of `before` that it does not have. */
const struct kube_doubt *kube_doubts_after(struct arena *arena, const struct kube_meta *before,
					   const struct kube_meta *meta,
					   const struct kube_pairs *old,
					   const struct kube_pairs *pairs);

/* A number from 1 to 65535; 0 and I2G105 when it is none. A number in quotes is I2G105 and taken. */
uint32_t kube_read_port(struct kube_reader *reader, const struct kube_at *at,
			const struct node *node);

/* `number` when it is a port; else 0 and I2G105 at `node`, which it was read from. */
uint32_t kube_check_port(struct kube_reader *reader, const struct kube_at *at,
			 const struct node *node, int64_t number);

/* Text of decimal digits only, at least one. */
bool kube_is_number(struct str text);

/* ---- the kinds ---- */

/* Reads the metadata of `root`, a map, into `meta`, whose kind and version are set already. An object
 * with generateName alone gets that prefix as its name. False when the object has no name at all and
 * is left out (I2G108). */
bool kube_read_meta(struct kube_reader *reader, const struct node *root, bool namespaced,
		    struct kube_meta *meta);

/* Each takes `root`, a map whose metadata were read, into the struct of its kind. */
void kube_read_ingress(struct kube_reader *reader, const struct node *root, void *object);
void kube_read_class(struct kube_reader *reader, const struct node *root, void *object);
void kube_read_service(struct kube_reader *reader, const struct node *root, void *object);
void kube_read_endpoints(struct kube_reader *reader, const struct node *root, void *object);
void kube_read_slice(struct kube_reader *reader, const struct node *root, void *object);
void kube_read_secret(struct kube_reader *reader, const struct node *root, void *object);
void kube_read_config_map(struct kube_reader *reader, const struct node *root, void *object);

/* Backend of a path or of the whole Ingress. The form of v1 is I2G107 in an old version and the other
 * way round; both are taken. I2G108 when neither Service nor resource is named. */
struct kube_backend kube_read_backend(struct kube_reader *reader, const struct kube_at *at,
				      const struct node *node);

/* ---- certificates (certificate.c) ---- */

/* Longest PEM text that is looked at; a Secret has 1 MiB at most. */
enum { KUBE_PEM_LONGEST = 1024 * 1024 };

/* DNS names of the first certificate of a PEM text: its SANs, else its common name. Fills `secret`'s
 * has_certificate, names and name_count; broken text has none. */
void kube_read_certificate(struct arena *arena, struct str pem, struct kube_secret *secret);

#endif
