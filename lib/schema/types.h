/* types.h - a schema in memory, and the walk of a check. Private to lib/schema.
 */
#ifndef SCHEMA_TYPES_H
#define SCHEMA_TYPES_H

#include "base/buf.h"
#include "schema/cel.h"
#include "schema/schema.h"

enum schema_type {
	SCHEMA_ANY,
	SCHEMA_OBJECT,
	SCHEMA_ARRAY,
	SCHEMA_STRING,
	SCHEMA_INTEGER,
	SCHEMA_NUMBER,
	SCHEMA_BOOLEAN,
};

enum schema_list_type {
	SCHEMA_LIST_ATOMIC,
	SCHEMA_LIST_SET,
	SCHEMA_LIST_MAP,
};

struct schema_rule {
	struct str rule, message, message_expression;
	struct str field_path; /* ".spec.x"; empty: the place of the rule */
	struct str reason;     /* "FieldValueForbidden"; empty: Invalid */
	const struct cel_program *program, *message_program; /* NULL: not compiled yet */
};

struct schema_field {
	struct str name;
	const struct schema *schema;
};

struct schema_list {
	const struct schema **at;
	size_t count;
};

struct schema_texts {
	struct str *at;
	size_t count;
};

/* A bound that may be absent. */
struct schema_bound {
	bool given;
	double value;
};

/* One schema node. Nodes of built-in tables are shared between kinds and channels, so equal pointers
 * mean equal schemas. */
struct schema {
	enum schema_type type;
	enum schema_list_type list_type;
	bool nullable, int_or_string, preserve, embedded;
	bool any_additional;       /* additionalProperties: true */
	bool has_rules, has_lists; /* here or below; lists: of type set or map */
	bool exclusive_minimum, exclusive_maximum;
	struct schema_bound minimum, maximum, multiple_of;
	struct schema_bound min_length, max_length, min_items, max_items, min_properties,
		max_properties;
	struct str format;
	struct str pattern_text;
	const struct pattern *pattern;  /* NULL: none, or not compiled yet */
	struct map fields;              /* name -> struct schema_field */
	struct schema_field **defaults; /* fields that have one */
	size_t default_count;
	const struct node *default_value;
	const struct node *enums; /* a list; NULL: any value */
	const struct schema *items, *additional, *not ;
	struct schema_list all_of, any_of, one_of;
	struct schema_texts required, list_keys;
	struct schema_rule *rules;
	size_t rule_count;
};

/* ---- building ---- */

struct schema_builder {
	struct arena *arena;
	bool tables;            /* numbers stand for rows of the tables */
	struct schema_set *set; /* takes notes */
	struct str kind;        /* for notes */
	struct error *error;
	bool failed;
	unsigned depth;
};

/* Schemas nested deeper are refused. */
enum { SCHEMA_DEPTH_MOST = 100 };

/* A schema of an OpenAPI object. NULL with builder->error set when it is none. */
struct schema *schema_build(struct schema_builder *builder, const struct node *node);

/* A copy without places. */
struct node *schema_copy_node(struct arena *arena, const struct node *node);

/* Value of a NODE_INT or NODE_FLOAT. */
double schema_number(const struct node *node);

/* Schema of a field, or of an additional property; NULL when the field is not known. */
const struct schema *schema_of_field(const struct schema *schema, struct str name);

/* Whether fields that the schema does not know are kept. */
bool schema_keeps_unknown(const struct schema *schema);

/* The formats of strings that are checked. */
bool schema_format_is_known(struct str format);
bool schema_format_fits(struct str format, struct str text);

/* ---- checking ---- */

/* Where a check stands: frames on the callers' stack, spelled out when a violation needs it. */
struct schema_at {
	const struct schema_at *up;
	struct str name;          /* of a field; at == NULL: */
	size_t index;             /* of an item */
	const struct node *place; /* key of a field, or item */
};

/* Steps of CEL for an object: RuntimeCELCostBudget of the API server. */
enum { CEL_OBJECT_STEPS = 10 * CEL_STEPS_MOST };

struct schema_check {
	struct schema_set *set;
	const struct schema_kind *kind;
	struct arena *scratch;
	struct schema_result *result;
	bool blocking;   /* an error that keeps CEL from running */
	bool silent;     /* trying an alternative: violations are only counted */
	bool spoke;      /* there was something to say, silent or not */
	size_t errors;   /* those counted */
	size_t visited;  /* schema nodes that were applied: the best alternative has most */
	uint64_t budget; /* steps of CEL left for the object */
};

/* "spec.rules[0].name" in the result's arena. */
struct str schema_path(const struct schema_check *check, const struct schema_at *at);

/* Adds a violation at a place; `node` is the value there, or NULL. */
void schema_say(struct schema_check *check, const struct schema_at *at, const struct node *node,
		struct schema_violation violation);

/* A value as the API server quotes it: strings in quotes, others as JSON, long ones cut. In the
 * result's arena. */
struct str schema_quote(const struct schema_check *check, const struct node *node);

/* printf in the result's arena. */
#define schema_text(check, ...) str_format((check)->result->arena, __VA_ARGS__)

/* Unknown fields, nulls, defaults: a copy in the scratch arena. `other` is the schema of the other
 * channel at this place, or NULL. */
struct node *schema_normalise(struct schema_check *check, const struct schema_at *at,
			      const struct schema *schema, const struct schema *other,
			      const struct node *value);

/* The structural schema, without list types and rules. */
void schema_check_value(struct schema_check *check, const struct schema_at *at,
			const struct schema *schema, const struct node *value);

/* Lists of type set and map. */
void schema_check_lists(struct schema_check *check, const struct schema_at *at,
			const struct schema *schema, const struct node *value);

/* Compiles a rule, when that was not done yet. */
void schema_rule_compile(struct schema_set *set, struct schema_rule *rule);

/* CEL rules here and below. */
void schema_check_rules(struct schema_check *check, const struct schema_at *at,
			const struct schema *schema, const struct node *value);

/* metadata, which CRDs leave to the API server. */
void schema_check_metadata(struct schema_check *check, const struct node *object);

#endif
