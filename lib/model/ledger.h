/* ledger.h - nothing is lost in silence.
 *
 * Every item of the input (host, path, backend, TLS entry, class, default backend, annotation, set
 * option of the controller's ConfigMap) is handed out by the framework as a ledger item and must be
 * marked with what became of it. ledger_check() aborts as a BUG when one was not.
 */
#ifndef MODEL_LEDGER_H
#define MODEL_LEDGER_H

#include "base/arena.h"
#include "base/source.h"
#include "base/str.h"
#include "kube/object.h"

enum item_kind {
	ITEM_CLASS, /* ingressClassName or the class annotation */
	ITEM_HOST,  /* one rule of spec.rules with its host */
	ITEM_PATH,
	ITEM_BACKEND,
	ITEM_DEFAULT_BACKEND,
	ITEM_TLS, /* one entry of spec.tls */
	ITEM_ANNOTATION,
	ITEM_OPTION, /* one key of the controller's ConfigMap */
	ITEM_KINDS,
};

/* What became of an item; later ones are worse, and the worst mark of an item counts. */
enum outcome {
	OUTCOME_OPEN,        /* not yet accounted for */
	OUTCOME_INERT,       /* has no effect in the source either, or needs none in the target */
	OUTCOME_EXACT,       /* same behaviour */
	OUTCOME_APPROXIMATE, /* behaviour differs in a stated way */
	OUTCOME_POLICY,      /* needs an object of the chosen implementation */
	OUTCOME_REFUSED,     /* not converted, and a finding says why */
	OUTCOME_KINDS,
};

/* An object that was written; shared by all items that point to it. */
struct target {
	const char *kind;
	struct str namespace, name;
};

/* Where in the object. */
enum target_field {
	TARGET_OBJECT, /* nowhere in particular */
	TARGET_ANNOTATIONS,
	TARGET_CLIENT_CERTIFICATES,
	TARGET_LISTENER_TLS, /* of one listener */
	TARGET_RULE,         /* one rule of a route */
	TARGET_FIELDS,
};

struct ledger_item {
	enum item_kind kind : 8;
	enum outcome outcome : 8;
	enum target_field target_field : 8;
	bool noted : 1;   /* by a provider, for itself */
	unsigned index;   /* of the listener or rule in the target */
	const char *code; /* finding that explains a mark worse than exact; or NULL */
	const struct kube_meta
		*owner;      /* an Ingress, or the ConfigMap of an option; NULL: in tests */
	uint32_t rule, path; /* of hosts, paths and backends; entries of spec.tls, annotations and
	                        options are numbered by `rule` */
	const struct target *target; /* NULL when nothing was written for it */
};

enum { LEDGER_BLOCK = 512 };

struct ledger {
	struct arena *arena;
	struct ledger_item **blocks; /* of LEDGER_BLOCK items each */
	size_t block_count;
	size_t count;
	uint32_t *annotations; /* by an owner's `order`: number of its first one, plus 1 */
	size_t annotation_room;
};

void ledger_init(struct ledger *ledger, struct arena *arena);

/* Item number `index`, in the order in which they were handed out. */
static inline struct ledger_item *ledger_at(const struct ledger *ledger, size_t index)
{
	return &ledger->blocks[index / LEDGER_BLOCK][index % LEDGER_BLOCK];
}

/* Hands out a new open item. The annotations of an owner are handed out in one go, in their order. */
struct ledger_item *ledger_add(struct ledger *ledger, struct ledger_item item);

/* The item of an annotation of `owner`; NULL when it has none with this key, or none was handed out. */
struct ledger_item *ledger_find(const struct ledger *ledger, const struct kube_meta *owner,
				struct str key);

/* What it is called in the input: host, path, annotation key, option, secret, Service; and where it stands. There
 * are many items, so they do not keep what their owner has. */
struct str ledger_name(const struct ledger_item *item);
struct span ledger_span(const struct ledger_item *item);

/* Marks an item. A worse outcome replaces a better one, with its code; `code` may be NULL. A NULL
 * item is allowed (a rule that the controller makes up has none). */
void ledger_mark(struct ledger_item *item, enum outcome outcome, const char *code);

/* Notes where it went; the first place counts. */
void ledger_target(struct ledger_item *item, const struct target *target, enum target_field field,
		   unsigned index);

/* "spec.rules[%u]", where %u stands for the item's index; NULL for the object as a whole. */
const char *target_field_text(enum target_field field);

/* Field path in the owner: "spec.rules[0].http.paths[1]". A slice of `text`, or a literal. */
enum { LEDGER_FIELD = 64 };
struct str ledger_field(const struct ledger_item *item, char text[static LEDGER_FIELD]);

/* "class", "host", ... and "exact", "approximate", ... */
const char *item_kind_name(enum item_kind kind);
const char *outcome_name(enum outcome outcome);

/* Number of items of each outcome. Aborts (BUG) when an item is open. */
void ledger_count(const struct ledger *ledger, size_t counts[OUTCOME_KINDS]);

#endif
