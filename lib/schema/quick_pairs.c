/* Rules that compare every item of a list with every other ("names are unique") cost the square of its
 * length. In most of them two items with different values of some field decide the body alone: there
 * exists_one(l2, l1.name == l2.name && ...) is false. Such fields are found here by running the body over
 * what is known of two such items; at run time only items with equal keys are looked at. */
#include "schema/quick_rules.h"

/* Below this many items all are looked at. */
enum { PAIRS_LEAST = 4 };

enum verdict { NO, YES, MAYBE };

/* How two items differ in a field. */
enum difference { BOTH_THERE, ONLY_FIRST_THERE, ONLY_SECOND_THERE, DIFFERENCES };

struct pair {
	unsigned first, second; /* slots */
	struct str field;
	enum difference difference;
};

static enum verdict judge(const struct pair *pair, const struct cel_node *node);

static bool is_field(const struct pair *pair, const struct cel_node *node, unsigned slot)
{
	return node->count && node->args[0]->op == CEL_OP_VARIABLE && node->args[0]->slot == slot &&
	       str_eq(node->name, pair->field);
}

static enum verdict judge_has(const struct pair *pair, const struct cel_node *node)
{
	if (is_field(pair, node, pair->first))
		return pair->difference == ONLY_SECOND_THERE ? NO : YES;
	if (is_field(pair, node, pair->second))
		return pair->difference == ONLY_FIRST_THERE ? NO : YES;
	return MAYBE;
}

/* Whether the two sides are the field of one item and of the other: then they are not equal. */
static enum verdict judge_equal(const struct pair *pair, const struct cel_node *node)
{
	const struct cel_node *left = node->args[0], *right = node->args[1];

	if (pair->difference != BOTH_THERE || left->op != CEL_OP_SELECT ||
	    right->op != CEL_OP_SELECT)
		return MAYBE;
	if ((is_field(pair, left, pair->first) && is_field(pair, right, pair->second)) ||
	    (is_field(pair, left, pair->second) && is_field(pair, right, pair->first)))
		return NO;
	return MAYBE;
}

/* "Maybe" may also be an error; && and || let the side that decides win over it. */
static enum verdict judge_logic(const struct pair *pair, const struct cel_node *node)
{
	enum verdict deciding = node->op == CEL_OP_AND ? NO : YES;
	enum verdict left = judge(pair, node->args[0]), right = judge(pair, node->args[1]);

	if (left == deciding || right == deciding)
		return deciding;
	return left == right ? left : MAYBE;
}

static enum verdict judge(const struct pair *pair, const struct cel_node *node)
{
	enum verdict of;

	switch (node->op) {
	case CEL_OP_CONSTANT:
		return node->constant.kind != CEL_BOOL ? MAYBE : node->constant.truth ? YES : NO;
	case CEL_OP_HAS:
		return judge_has(pair, node);
	case CEL_OP_EQUAL:
		return judge_equal(pair, node);
	case CEL_OP_AND:
	case CEL_OP_OR:
		return judge_logic(pair, node);
	case CEL_OP_NOT:
		of = judge(pair, node->args[0]);
		return of == MAYBE ? MAYBE : of == YES ? NO : YES;
	case CEL_OP_CHOICE:
		of = judge(pair, node->args[0]);
		return of == MAYBE ? MAYBE : judge(pair, node->args[of == YES ? 1 : 2]);
	default:
		return MAYBE;
	}
}

/* ---- finding the fields ---- */

static bool is_scalar(const struct quick_schema *quick)
{
	return quick->kind == QUICK_STRING || quick->kind == QUICK_INTEGER ||
	       quick->kind == QUICK_BOOLEAN;
}

/* Whether items that differ like this need not be looked at. */
static bool is_decided(struct pair pair, enum difference difference, const struct cel_node *macro)
{
	pair.difference = difference;
	return judge(&pair, macro->args[1]) == (macro->macro == CEL_MACRO_ALL ? YES : NO);
}

void quick_find_pairs(struct schema_set *set, struct quick_expr *expr, const struct cel_node *macro,
		      unsigned outer)
{
	const struct quick_schema *items = quick_items(set, expr->a->of);
	struct quick_pairs *pairs;

	if (items->kind != QUICK_OBJECT)
		return;
	pairs = arena_new(set->arena, struct quick_pairs);
	pairs->outer = outer;
	for (unsigned i = 0; i < items->field_count && pairs->count < QUICK_PAIR_FIELDS; i++) {
		struct quick_field *field = &items->fields[i];
		const struct pair pair = {outer, macro->slot, field->name, BOTH_THERE};

		if (!is_scalar(quick_below(set, field)) || !is_decided(pair, BOTH_THERE, macro))
			continue;
		pairs->fields[pairs->count] = i;
		pairs->optional[pairs->count++] = is_decided(pair, ONLY_FIRST_THERE, macro) &&
						  is_decided(pair, ONLY_SECOND_THERE, macro);
	}
	if (pairs->count)
		expr->pairs = pairs;
}

/* ---- keys ---- */

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
	return hash ^ hash >> 29;
}

static uint64_t hash_of(const struct quick_cell *cell)
{
	struct str text = cell->node->text;
	uint64_t hash = text.len, word;

	if (cell->node->kind != NODE_STRING)
		return mix(1, (uint64_t)cell->number);
	for (; text.len >= sizeof word; text.at += sizeof word, text.len -= sizeof word) {
		memcpy(&word, text.at, sizeof word);
		hash = mix(hash, word);
	}
	word = 0;
	memcpy(&word, text.at ? text.at : "", text.len);
	return mix(hash, word);
}

/* Items without a field that says nothing when it is absent have no key: the field is left out for
 * all. */
static bool is_usable(const struct quick_pairs *pairs, unsigned at, const struct quick_cell *list)
{
	for (uint32_t i = 0; !pairs->optional[at] && i < list->count; i++)
		if (!list->below[i].below[pairs->fields[at]].node)
			return false;
	return true;
}

static void make_keys(struct quick_run *run, const struct quick_pairs *pairs,
		      const struct quick_cell *list)
{
	uint64_t *keys = arena_array(run->scratch, uint64_t, list->count);

	for (unsigned f = 0; f < pairs->count; f++) {
		if (!is_usable(pairs, f, list))
			continue;
		for (uint32_t i = 0; i < list->count; i++) {
			const struct quick_cell *cell = &list->below[i].below[pairs->fields[f]];

			keys[i] = mix(keys[i], cell->node ? hash_of(cell) : 0);
		}
	}
	run->pairs = pairs;
	run->pairs_list = list;
	run->keys = keys;
}

const uint64_t *quick_keys(struct quick_run *run, const struct quick_expr *expr,
			   const struct quick_cell *list, uint64_t *own)
{
	const struct quick_pairs *pairs = expr->pairs;

	if (!pairs || list->count < PAIRS_LEAST)
		return NULL;
	if (run->pairs != pairs || run->pairs_list != list)
		make_keys(run, pairs, list);
	*own = run->keys[run->slots[pairs->outer] - list->below];
	return run->keys;
}
