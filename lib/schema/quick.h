/* quick.h - the short way to "nothing is wrong with this object". Private to lib/schema.
 *
 * A kind is compiled into a program of its own: fields are numbers, rules are chains of typed functions.
 * One walk checks structure, lists and rules together, with defaults from a template instead of a copy of
 * the tree. It gives one answer: clean, or not known. Whatever is odd (a null, an unknown or duplicate
 * field, a rule that does not hold or cannot be compiled, a text that is too long to count) ends the walk
 * with "not known", and the general path (normal.c, check.c, lists.c, rules.c), which stays the only
 * source of violations, looks at the object. "Clean" must mean that the general path would say nothing:
 * tests/prop and the fuzz targets compare the two.
 */
#ifndef SCHEMA_QUICK_H
#define SCHEMA_QUICK_H

#include "schema/cel_parts.h"
#include "schema/types.h"

/* A value as rules see it. */
struct quick_cell {
	const struct node *node; /* NULL: the field is absent. In a map of free keys: the key */
	union {
		const struct quick_cell *below; /* by number of field, item, entry */
		int64_t number;                 /* integers; booleans as 0 and 1 */
	};
	uint32_t count; /* fields that are there, items, entries */
};

enum quick_kind {
	QUICK_NOT_KNOWN, /* every value is for the general path */
	QUICK_OPAQUE,    /* only its type counts, and nothing looks into it */
	QUICK_STRING,
	QUICK_INTEGER,
	QUICK_BOOLEAN,
	QUICK_LIST,
	QUICK_OBJECT, /* known fields */
	QUICK_MAP,    /* free keys */
};

/* Objects with more fields than bits, longer lists to be searched for duplicates, and larger maps of
 * free keys are for the general path. */
enum { QUICK_FIELDS_MOST = 64, QUICK_UNIQUE_MOST = 256, QUICK_KEYS_MOST = 32 };

struct quick_rule;
struct quick_pairs;

struct quick_field {
	struct str name;
	const struct schema *schema, *other;
	struct quick_schema *quick; /* NULL: not compiled yet */
	bool told;                  /* only experimental has it, which is worth a violation */
	bool dropped;               /* status, on create */
};

/* A schema, together with that of the other channel at the same place where that matters. */
struct quick_schema {
	const struct schema *schema, *other; /* first: the key of the set's table */
	enum quick_kind kind;
	enum node_kind node_kind; /* of its values */
	double least, most;       /* code points, items, fields or entries */
	double minimum, maximum;
	const struct pattern *pattern; /* NULL: none, or not compiled yet */
	struct quick_schema *items;    /* of a list or map of free keys; NULL: not compiled yet */
	struct quick_field *fields;
	unsigned field_count;
	uint64_t required; /* bits of fields */
	uint8_t *places;   /* hash of a name -> number of the field + 1 */
	uint32_t place_mask;
	struct quick_cell *defaults; /* a cell a field; NULL: no field has one */
	uint64_t defaulted;          /* bits of fields */
	uint64_t default_steps;      /* of the rules in all defaults */
	unsigned keys[4];            /* x-kubernetes-list-map-keys: fields of the items */
	bool compiled;               /* the rules were */
	const struct quick_rule *rules;
	size_t rule_count;
};

/* One object. */
struct quick_run {
	struct schema_set *set;
	struct arena *scratch;
	bool unknown;          /* given up */
	uint64_t steps, limit; /* of CEL: at least as many as the general path would count */
	const struct quick_cell *slots[CEL_SLOTS_MOST];
	const struct quick_pairs *pairs; /* whose keys these are, and of which list */
	const struct quick_cell *pairs_list;
	uint64_t *keys;
};

/* True: the general path would find nothing in the object at all. */
bool quick_is_clean(struct schema_set *set, const struct schema_kind *kind,
		    const struct node *object, struct arena *scratch);

/* ---- quick_build.c ---- */

/* The program for a schema, compiled once a set / for the schema of a whole object. */
struct quick_schema *quick_of(struct schema_set *set, const struct schema *schema,
			      const struct schema *other);
struct quick_schema *quick_of_kind(struct schema_set *set, const struct schema_kind *kind);

/* That of a field / of items or free values. */
struct quick_schema *quick_below(struct schema_set *set, struct quick_field *field);
struct quick_schema *quick_items(struct schema_set *set, struct quick_schema *quick);

/* Number of a field; QUICK_FIELDS_MOST when the schema has none of that name. */
unsigned quick_field_of(const struct quick_schema *quick, struct str name);

/* ---- quick.c ---- */

/* Checks a value and fills its cell; false: not known. */
bool quick_walk(struct quick_run *run, struct quick_schema *quick, const struct node *node,
		struct quick_cell *cell);

/* ---- quick_rules.c, quick_run.c ---- */

/* Compiles the rules of a schema. False when one of them is for the general path. */
bool quick_compile(struct schema_set *set, struct quick_schema *quick);

/* Whether all compiled rules hold. */
bool quick_rules_hold(struct quick_run *run, const struct quick_schema *quick,
		      const struct quick_cell *self);

#endif
