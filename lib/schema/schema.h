/* schema.h - would the API server take this object?
 *
 * A schema set knows kinds: those of Gateway API v1.6.1 in one release channel from built-in tables, and
 * those of CustomResourceDefinitions that were given. Checking an object follows the API server
 * (apiextensions-apiserver 0.36) step by step: unknown fields are pruned, nulls dropped, defaults
 * applied, the structural schema checked, lists of type set and map searched for duplicates, and last the
 * CEL rules run. CEL is left out when an error before it was of the blocking sort (required, too long,
 * too many, not supported, wrong type), and `status` is dropped, as on create.
 *
 * A set is not thread-safe: patterns and rules are compiled when they are first needed.
 */
#ifndef SCHEMA_SCHEMA_H
#define SCHEMA_SCHEMA_H

#include "base/arena.h"
#include "base/error.h"
#include "base/map.h"
#include "base/source.h"
#include "yaml/node.h"

struct schema;
struct patterns;
struct quick_schema;
struct schema_table_kind;

enum schema_channel {
	SCHEMA_STANDARD,
	SCHEMA_EXPERIMENTAL,
};

/* One version of a kind. */
struct schema_kind {
	struct str group, version, kind;
	bool cluster; /* objects have no namespace */
	bool served;
	bool status;               /* `status` is dropped on create */
	const struct schema *root; /* NULL: a built-in one that was not needed yet */
	const struct schema
		*other; /* the same version in the other channel; NULL: none, or given */
	const struct schema_table_kind *table; /* private: the row of a built-in kind */
	struct quick_schema *quick;            /* private: its program of the short way */
};

struct schema_set {
	struct arena *arena;
	enum schema_channel channel;
	struct patterns *patterns;
	struct map kinds;          /* "group/Kind" -> list of versions */
	struct schema_note *notes; /* what of a given CRD cannot be checked */
	size_t note_count;
	bool one_channel; /* say nothing about the other channel; set before the first schema_find() */
	const struct schema **rows; /* private: schemas of the tables that were needed so far */
	struct map quick;           /* private: compiled programs of the short way */
	bool general_only;          /* for tests: do without the short way */
};

/* Something of a schema that this library does not check. */
struct schema_note {
	struct str kind; /* "EnvoyProxy" */
	struct str what; /* "format \"isbn\" of spec.book is not checked" */
};

/* Starts an empty set; everything in it lives in the arena, compiled patterns on the heap. */
void schema_set_init(struct schema_set *set, struct arena *arena);
void schema_set_finish(struct schema_set *set);

/* Adds the kinds of Gateway API v1.6.1 as that channel has them. */
void schema_set_add_gateway_api(struct schema_set *set, enum schema_channel channel);

/* Adds the kinds of Kubernetes itself that a conversion writes: ConfigMap. */
void schema_set_add_core(struct schema_set *set);

/* Adds every version of a CustomResourceDefinition, replacing kinds of the same name. The tree is
 * copied. False when it is no CRD of apiextensions.k8s.io/v1, or not one that an API server takes; the
 * error says why. */
bool schema_set_add_crd(struct schema_set *set, const struct node *crd, struct error *error);

/* How an apiVersion and a kind are known. */
enum schema_known {
	SCHEMA_KNOWN,
	SCHEMA_NOT_SERVED,    /* the version is known, or the kind in other versions */
	SCHEMA_OTHER_CHANNEL, /* only the experimental channel of Gateway API has it */
	SCHEMA_UNKNOWN,
};

/* Finds the schema of a kind. With SCHEMA_NOT_SERVED, *kind is a version that is served. */
enum schema_known schema_find(const struct schema_set *set, struct str api_version, struct str kind,
			      const struct schema_kind **found);

/* ---- checking ---- */

/* The API server's field error types, and what it does without an error. */
enum schema_violation_kind {
	SCHEMA_INVALID,
	SCHEMA_REQUIRED,
	SCHEMA_TYPE,
	SCHEMA_TOO_LONG,
	SCHEMA_TOO_MANY,
	SCHEMA_NOT_SUPPORTED,
	SCHEMA_DUPLICATE,
	SCHEMA_RULE,             /* a CEL rule says no */
	SCHEMA_UNSUPPORTED_RULE, /* no error: a rule or pattern that this library cannot evaluate */
	SCHEMA_UNKNOWN_FIELD,    /* no error: pruned; kubectl's strict validation refuses it */
	SCHEMA_EXPERIMENTAL_PRUNED, /* no error: pruned by the standard channel, known to experimental */
	SCHEMA_EXPERIMENTAL_FIELD, /* no error: known here, but the standard channel would prune it */
};

struct schema_violation {
	enum schema_violation_kind kind;
	struct str path;    /* "spec.rules[0].matches[1].path.type" */
	struct span span;   /* of the nearest node that was read; line 0 when the tree was built */
	struct str message; /* the API server's words behind the path */
	struct str hint;    /* may be empty */
};

/* More are not listed: a hostile object cannot fill the memory with complaints. */
enum { SCHEMA_VIOLATIONS_MOST = 200 };

struct schema_result {
	struct arena *arena; /* of the list and its texts; not the scratch arena of the check */
	uint32_t source;     /* put into spans */
	struct schema_violation *violations;
	size_t count;
	bool more;          /* there are more than SCHEMA_VIOLATIONS_MOST */
	bool rules_skipped; /* CEL rules were not run, because of an error before them */
	bool refused;       /* one of the violations makes the API server refuse the object */
};

/* Checks an object. `result` has its arena and source set; violations are appended. `scratch` takes the
 * normalised copy of the object; the caller may rewind it afterwards. */
void schema_check(struct schema_set *set, const struct schema_kind *kind, const struct node *object,
		  struct arena *scratch, struct schema_result *result);

#endif
