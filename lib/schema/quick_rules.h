/* quick_rules.h - rules of the short way: CEL with types, in closures.
 *
 *   quick_rules.c  compiles cel.h's syntax trees against a schema
 *   quick_pairs.c  what saves rules about pairs of items from looking at all of them
 *   quick_run.c    what the operations do
 *
 * A CEL error, such as a missing key, gives up: whether && or || would have absorbed it is for the
 * general path to say. Steps are counted so that they are never fewer than cel_eval.c would count.
 */
#ifndef SCHEMA_QUICK_RULES_H
#define SCHEMA_QUICK_RULES_H

#include "schema/quick.h"

enum quick_type {
	QUICK_TRUTH,
	QUICK_NUMBER,
	QUICK_DURATION, /* a number, of nanoseconds */
	QUICK_TEXT,
	QUICK_CELL, /* a list, a map, an object, or a scalar that nobody looked into yet */
};

/* Short cuts to where most values are. */
enum quick_place {
	QUICK_ELSEWHERE,
	QUICK_IN_SLOT,       /* slots[slot] */
	QUICK_FIELD_OF_SLOT, /* its field */
};

struct quick_expr;

typedef bool quick_truth(const struct quick_expr *expr, struct quick_run *run);
typedef int64_t quick_number(const struct quick_expr *expr, struct quick_run *run);
typedef struct str quick_text(const struct quick_expr *expr, struct quick_run *run);
typedef const struct quick_cell *quick_cell_of(const struct quick_expr *expr,
					       struct quick_run *run);

struct quick_expr {
	enum quick_type type;
	enum quick_place place; /* of cells, and of scalars that are loaded from one */
	unsigned slot, field;
	union {
		quick_truth *truth;
		quick_number *number;
		quick_text *text;
		quick_cell_of *cell;
	};
	const struct quick_expr *a, *b, *c; /* operands */
	struct quick_schema *of;            /* schema of a cell */
	struct str literal;
	int64_t constant;
	const struct pattern *pattern;
	const struct cel_function *function;
	const struct str *choices; /* of "in" */
	size_t choice_count;
	uint64_t steps;                  /* of one turn of a macro */
	const struct quick_pairs *pairs; /* of a macro; NULL: all items are looked at */
};

/* A macro inside of another one over the same list: fields by which most pairs are decided. */
enum { QUICK_PAIR_FIELDS = 4 };
struct quick_pairs {
	unsigned outer; /* slot of the other macro */
	unsigned count, fields[QUICK_PAIR_FIELDS];
	bool optional
		[QUICK_PAIR_FIELDS]; /* an item that lacks the field differs from one that has it */
};

struct quick_rule {
	const struct quick_expr *expr;
	uint64_t steps; /* without turns of macros and lengths of texts */
};

/* Sets expr->pairs of a macro inside of one that has its variable in slot `outer`. */
void quick_find_pairs(struct schema_set *set, struct quick_expr *expr, const struct cel_node *macro,
		      unsigned outer);

/* Keys of the items of a list, and of the item in the outer slot: items with another key than *own
 * leave the macro as it is. NULL: all must be looked at. */
const uint64_t *quick_keys(struct quick_run *run, const struct quick_expr *expr,
			   const struct quick_cell *list, uint64_t *own);

/* Literals */
quick_truth quick_constant_truth;
quick_number quick_constant_number;
quick_text quick_constant_text;

/* Cells: by slot, field or constant index; what is in a scalar one. */
quick_cell_of quick_slot, quick_field_cell, quick_item_cell;
quick_truth quick_load_truth;
quick_number quick_load_number;
quick_text quick_load_text;

/* Logic */
quick_truth quick_has, quick_and, quick_or, quick_not, quick_choose_truth;
quick_number quick_choose_number;
quick_text quick_choose_text;

/* Comparison of a and b; of a with the literal */
quick_truth quick_same_truth, quick_same_number, quick_same_text, quick_is_literal;
quick_truth quick_less, quick_less_equal;
quick_truth quick_is_choice, quick_is_in_list;

/* Numbers */
quick_number quick_negate, quick_add, quick_subtract, quick_multiply;
quick_number quick_text_size, quick_cell_size, quick_count_if, quick_parse_duration;

/* Macros: slot, list a, body b */
quick_truth quick_all, quick_exists, quick_exists_one;

/* Texts; `function` of a and perhaps b, a number */
quick_truth quick_starts, quick_ends, quick_contains, quick_matches, quick_call_truth;
quick_text quick_call_text;

#endif
