#include "schema/quick_rules.h"

#include "schema/pattern.h"

struct builder {
	struct schema_set *set;
	struct quick_schema *scope[CEL_SLOTS_MOST]; /* what is in the slots */
	unsigned over_self; /* slot of the innermost macro over the list `self`; 0: none */
	uint64_t
		steps; /* that cel_eval.c would count, but for lengths of texts and macros' turns */
};

static const struct quick_expr *compile(struct builder *b, const struct cel_node *node);

/* A key of a map of free keys. */
static struct quick_schema key_schema = {.kind = QUICK_STRING, .node_kind = NODE_STRING};

/* ---- help ---- */

static struct quick_expr *expr_new(struct builder *b, enum quick_type type)
{
	struct quick_expr *expr = arena_new(b->set->arena, struct quick_expr);

	expr->type = type;
	return expr;
}

static struct quick_expr *truth_new(struct builder *b, quick_truth *truth,
				    const struct quick_expr *a, const struct quick_expr *c)
{
	struct quick_expr *expr = expr_new(b, QUICK_TRUTH);

	expr->truth = truth;
	expr->a = a;
	expr->b = c;
	return expr;
}

static struct quick_expr *number_new(struct builder *b, quick_number *number,
				     const struct quick_expr *a, const struct quick_expr *c)
{
	struct quick_expr *expr = expr_new(b, QUICK_NUMBER);

	expr->number = number;
	expr->a = a;
	expr->b = c;
	return expr;
}

/* What is in a cell of a scalar. */
static const struct quick_expr *load(struct builder *b, const struct quick_expr *cell)
{
	struct quick_expr *expr;

	if (!cell || cell->type != QUICK_CELL)
		return cell;
	switch (cell->of->kind) {
	case QUICK_STRING:
		expr = expr_new(b, QUICK_TEXT);
		expr->text = quick_load_text;
		break;
	case QUICK_INTEGER:
		expr = expr_new(b, QUICK_NUMBER);
		expr->number = quick_load_number;
		break;
	case QUICK_BOOLEAN:
		expr = expr_new(b, QUICK_TRUTH);
		expr->truth = quick_load_truth;
		break;
	default:
		return cell;
	}
	expr->place = cell->place;
	expr->slot = cell->slot;
	expr->field = cell->field;
	expr->a = cell->place == QUICK_ELSEWHERE ? cell : NULL;
	return expr;
}

/* An operand of a type; NULL when it is of another. */
static const struct quick_expr *operand(struct builder *b, const struct cel_node *node,
					enum quick_type type)
{
	const struct quick_expr *expr = compile(b, node);

	if (type != QUICK_CELL)
		expr = load(b, expr);
	return expr && expr->type == type ? expr : NULL;
}

/* A cell whose values are of one of two kinds. */
static const struct quick_expr *cell_operand(struct builder *b, const struct cel_node *node,
					     enum quick_kind kind, enum quick_kind other)
{
	const struct quick_expr *expr = operand(b, node, QUICK_CELL);

	return expr && (expr->of->kind == kind || expr->of->kind == other) ? expr : NULL;
}

/* ---- values ---- */

static const struct quick_expr *constant(struct builder *b, const struct cel_node *node)
{
	const struct cel_value *value = &node->constant;
	struct quick_expr *expr;

	switch (value->kind) {
	case CEL_BOOL:
		expr = truth_new(b, quick_constant_truth, NULL, NULL);
		expr->constant = value->truth;
		return expr;
	case CEL_INT:
		expr = number_new(b, quick_constant_number, NULL, NULL);
		expr->constant = value->number;
		return expr;
	case CEL_STRING:
		expr = expr_new(b, QUICK_TEXT);
		expr->text = quick_constant_text;
		expr->literal = value->text;
		return expr;
	default:
		return NULL;
	}
}

static const struct quick_expr *variable(struct builder *b, const struct cel_node *node)
{
	struct quick_expr *expr = expr_new(b, QUICK_CELL);

	expr->cell = quick_slot;
	expr->place = QUICK_IN_SLOT;
	expr->slot = node->slot;
	expr->of = b->scope[node->slot];
	return expr->of ? expr : NULL;
}

static const struct quick_expr *field(struct builder *b, const struct cel_node *node)
{
	const struct quick_expr *object =
		cell_operand(b, node->args[0], QUICK_OBJECT, QUICK_OBJECT);
	struct quick_expr *expr;
	unsigned number;

	if (!object)
		return NULL;
	number = quick_field_of(object->of, node->name);
	if (number == QUICK_FIELDS_MOST)
		return NULL;
	b->steps += object->of->field_count / 16 + 1;
	if (node->op == CEL_OP_HAS) {
		expr = truth_new(b, quick_has, object, NULL);
		expr->field = number;
		return expr;
	}
	expr = expr_new(b, QUICK_CELL);
	expr->cell = quick_field_cell;
	expr->a = object;
	expr->field = number;
	expr->of = quick_below(b->set, &object->of->fields[number]);
	if (object->place == QUICK_IN_SLOT) {
		expr->place = QUICK_FIELD_OF_SLOT;
		expr->slot = object->slot;
	}
	return expr;
}

static const struct quick_expr *item(struct builder *b, const struct cel_node *node)
{
	const struct quick_expr *list = cell_operand(b, node->args[0], QUICK_LIST, QUICK_LIST);
	const struct cel_node *index = node->args[1];
	struct quick_expr *expr;

	if (!list || index->op != CEL_OP_CONSTANT || index->constant.kind != CEL_INT ||
	    index->constant.number < 0)
		return NULL;
	b->steps += (uint64_t)index->constant.number / 8 + 2;
	expr = expr_new(b, QUICK_CELL);
	expr->cell = quick_item_cell;
	expr->a = list;
	expr->constant = index->constant.number;
	expr->of = quick_items(b->set, list->of);
	return expr;
}

/* ---- logic ---- */

static const struct quick_expr *logic(struct builder *b, const struct cel_node *node)
{
	const struct quick_expr *left = operand(b, node->args[0], QUICK_TRUTH), *right;

	if (!left)
		return NULL;
	if (node->op == CEL_OP_NOT)
		return truth_new(b, quick_not, left, NULL);
	right = operand(b, node->args[1], QUICK_TRUTH);
	return right ? truth_new(b, node->op == CEL_OP_AND ? quick_and : quick_or, left, right)
		     : NULL;
}

static const struct quick_expr *choice(struct builder *b, const struct cel_node *node)
{
	const struct quick_expr *condition = operand(b, node->args[0], QUICK_TRUTH);
	const struct quick_expr *yes = load(b, compile(b, node->args[1]));
	const struct quick_expr *no = load(b, compile(b, node->args[2]));
	struct quick_expr *expr;

	if (!condition || !yes || !no || yes->type != no->type || yes->type == QUICK_CELL)
		return NULL;
	expr = expr_new(b, yes->type);
	expr->a = condition;
	expr->b = yes;
	expr->c = no;
	if (yes->type == QUICK_TRUTH)
		expr->truth = quick_choose_truth;
	else if (yes->type == QUICK_TEXT)
		expr->text = quick_choose_text;
	else
		expr->number = quick_choose_number;
	return expr;
}

/* ---- comparison ---- */

static const struct quick_expr *equal_texts(struct builder *b, const struct quick_expr *left,
					    const struct quick_expr *right)
{
	struct quick_expr *expr;

	if (right->text != quick_constant_text || right->place != QUICK_ELSEWHERE)
		return truth_new(b, quick_same_text, left, right);
	expr = truth_new(b, quick_is_literal, left, NULL);
	expr->literal = right->literal;
	return expr;
}

static const struct quick_expr *equal(struct builder *b, const struct quick_expr *left,
				      const struct quick_expr *right)
{
	switch (left->type) {
	case QUICK_TRUTH:
		return truth_new(b, quick_same_truth, left, right);
	case QUICK_NUMBER:
	case QUICK_DURATION:
		return truth_new(b, quick_same_number, left, right);
	case QUICK_TEXT:
		return equal_texts(b, left, right);
	default:
		return NULL;
	}
}

static const struct quick_expr *less(struct builder *b, enum cel_op op,
				     const struct quick_expr *left, const struct quick_expr *right)
{
	if (left->type != QUICK_NUMBER && left->type != QUICK_DURATION)
		return NULL;
	switch (op) {
	case CEL_OP_LESS:
		return truth_new(b, quick_less, left, right);
	case CEL_OP_LESS_EQUAL:
		return truth_new(b, quick_less_equal, left, right);
	case CEL_OP_GREATER:
		return truth_new(b, quick_less, right, left);
	default:
		return truth_new(b, quick_less_equal, right, left);
	}
}

static const struct quick_expr *comparison(struct builder *b, const struct cel_node *node)
{
	const struct quick_expr *left = load(b, compile(b, node->args[0]));
	const struct quick_expr *right = load(b, compile(b, node->args[1]));

	if (!left || !right || left->type != right->type)
		return NULL;
	b->steps++;
	if (node->op == CEL_OP_EQUAL)
		return equal(b, left, right);
	if (node->op != CEL_OP_UNEQUAL)
		return less(b, node->op, left, right);
	left = equal(b, left, right);
	return left ? truth_new(b, quick_not, left, NULL) : NULL;
}

static const struct quick_expr *is_in(struct builder *b, const struct cel_node *node)
{
	const struct quick_expr *text = operand(b, node->args[0], QUICK_TEXT), *list;
	const struct cel_node *in = node->args[1];
	struct quick_expr *expr;
	struct str *choices;

	if (!text)
		return NULL;
	if (in->op != CEL_OP_LIST) {
		list = cell_operand(b, in, QUICK_LIST, QUICK_LIST);
		return list && quick_items(b->set, list->of)->kind == QUICK_STRING
			       ? truth_new(b, quick_is_in_list, text, list)
			       : NULL;
	}
	b->steps += 1 + 2 * in->count;
	choices = arena_array(b->set->arena, struct str, in->count);
	for (size_t i = 0; i < in->count; i++) {
		if (in->args[i]->op != CEL_OP_CONSTANT || in->args[i]->constant.kind != CEL_STRING)
			return NULL;
		choices[i] = in->args[i]->constant.text;
	}
	expr = truth_new(b, quick_is_choice, text, NULL);
	expr->choices = choices;
	expr->choice_count = in->count;
	return expr;
}

static const struct quick_expr *arithmetic(struct builder *b, const struct cel_node *node)
{
	const struct quick_expr *left = operand(b, node->args[0], QUICK_NUMBER), *right;

	if (!left)
		return NULL;
	if (node->op == CEL_OP_NEGATE)
		return number_new(b, quick_negate, left, NULL);
	right = operand(b, node->args[1], QUICK_NUMBER);
	if (!right)
		return NULL;
	return number_new(b,
			  node->op == CEL_OP_ADD        ? quick_add
			  : node->op == CEL_OP_SUBTRACT ? quick_subtract
							: quick_multiply,
			  left, right);
}

/* ---- macros ---- */

static bool is_self(const struct cel_node *node)
{
	return node->op == CEL_OP_VARIABLE && node->slot == 0;
}

/* The macro with its list and body, of a type that the caller sets. */
static struct quick_expr *macro_parts(struct builder *b, const struct cel_node *node)
{
	struct quick_expr *expr = expr_new(b, QUICK_TRUTH);
	uint64_t steps;
	unsigned outer;

	expr->a = cell_operand(b, node->args[0], QUICK_LIST, QUICK_MAP);
	if (!expr->a || node->count != 2)
		return NULL;
	steps = b->steps;
	b->steps = 0;
	outer = b->over_self;
	if (is_self(node->args[0]) && expr->a->of->kind == QUICK_LIST)
		b->over_self = node->slot;
	expr->slot = node->slot;
	b->scope[node->slot] =
		expr->a->of->kind == QUICK_MAP ? &key_schema : quick_items(b->set, expr->a->of);
	expr->b = operand(b, node->args[1], QUICK_TRUTH);
	b->scope[node->slot] = NULL;
	b->over_self = outer;
	if (expr->b && outer && is_self(node->args[0]))
		quick_find_pairs(b->set, expr, node, outer);
	expr->steps = b->steps;
	b->steps = steps;
	return expr->b ? expr : NULL;
}

static const struct quick_expr *macro(struct builder *b, const struct cel_node *node)
{
	static quick_truth *const truths[] = {
		[CEL_MACRO_ALL] = quick_all,
		[CEL_MACRO_EXISTS] = quick_exists,
		[CEL_MACRO_EXISTS_ONE] = quick_exists_one,
	};
	struct quick_expr *expr;

	if (node->macro > CEL_MACRO_EXISTS_ONE)
		return NULL;
	expr = macro_parts(b, node);
	if (expr)
		expr->truth = truths[node->macro];
	return expr;
}

/* ---- functions ---- */

static const struct quick_expr *size(struct builder *b, const struct cel_node *node)
{
	const struct cel_node *of = node->args[0];
	const struct quick_expr *expr;
	struct quick_expr *count;

	if (of->op == CEL_OP_MACRO && of->macro == CEL_MACRO_FILTER) {
		b->steps++;
		count = macro_parts(b, of);
		if (!count)
			return NULL;
		count->type = QUICK_NUMBER;
		count->number = quick_count_if;
		return count;
	}
	expr = load(b, compile(b, of));
	if (expr && expr->type == QUICK_TEXT)
		return number_new(b, quick_text_size, expr, NULL);
	if (!expr || expr->type != QUICK_CELL || expr->of->kind < QUICK_LIST)
		return NULL;
	return number_new(b, quick_cell_size, expr, NULL);
}

static const struct quick_expr *matches(struct builder *b, const struct cel_node *node)
{
	const struct quick_expr *text = operand(b, node->args[0], QUICK_TEXT);
	struct quick_expr *expr;

	if (!text || !node->pattern)
		return NULL;
	expr = truth_new(b, quick_matches, text, NULL);
	expr->pattern = node->pattern;
	return expr;
}

static const struct quick_expr *parse_duration(struct builder *b, const struct cel_node *node)
{
	const struct quick_expr *text = operand(b, node->args[0], QUICK_TEXT);
	struct quick_expr *expr;

	if (!text)
		return NULL;
	expr = number_new(b, quick_parse_duration, text, NULL);
	expr->type = QUICK_DURATION;
	return expr;
}

static const struct quick_expr *two_texts(struct builder *b, const struct cel_node *node,
					  quick_truth *truth)
{
	const struct quick_expr *left = operand(b, node->args[0], QUICK_TEXT), *right;

	if (!left)
		return NULL;
	right = operand(b, node->args[1], QUICK_TEXT);
	return right ? truth_new(b, truth, left, right) : NULL;
}

static const struct quick_expr *starts(struct builder *b, const struct cel_node *node)
{
	return two_texts(b, node, quick_starts);
}

static const struct quick_expr *ends(struct builder *b, const struct cel_node *node)
{
	return two_texts(b, node, quick_ends);
}

static const struct quick_expr *contains(struct builder *b, const struct cel_node *node)
{
	return two_texts(b, node, quick_contains);
}

static const struct quick_expr *call_truth(struct builder *b, const struct cel_node *node)
{
	const struct quick_expr *text = operand(b, node->args[0], QUICK_TEXT);
	struct quick_expr *expr;

	if (!text || node->count != 1)
		return NULL;
	expr = truth_new(b, quick_call_truth, text, NULL);
	expr->function = node->function;
	return expr;
}

static const struct quick_expr *call_text(struct builder *b, const struct cel_node *node)
{
	struct quick_expr *expr = expr_new(b, QUICK_TEXT);

	expr->text = quick_call_text;
	expr->function = node->function;
	expr->a = operand(b, node->args[0], QUICK_TEXT);
	if (node->count == 2)
		expr->b = operand(b, node->args[1], QUICK_NUMBER);
	return expr->a && node->count <= 2 && (node->count == 1 || expr->b) ? expr : NULL;
}

static const struct {
	const char *name;
	const struct quick_expr *(*compile)(struct builder *b, const struct cel_node *node);
} functions[] = {
	{"contains", contains}, {"duration", parse_duration},
	{"endsWith", ends},     {"isCIDR", call_truth},
	{"isIP", call_truth},   {"isURL", call_truth},
	{"matches", matches},   {"size", size},
	{"startsWith", starts}, {"substring", call_text},
};

static const struct quick_expr *call(struct builder *b, const struct cel_node *node)
{
	b->steps += node->count;
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		if (str_is(node->name, functions[i].name))
			return functions[i].compile(b, node);
	return NULL;
}

/* ---- any expression; NULL: not one of the short way ---- */

static const struct quick_expr *compile(struct builder *b, const struct cel_node *node)
{
	static const struct quick_expr *(*const compilers[])(struct builder *,
							     const struct cel_node *) = {
		[CEL_OP_CONSTANT] = constant,
		[CEL_OP_VARIABLE] = variable,
		[CEL_OP_SELECT] = field,
		[CEL_OP_HAS] = field,
		[CEL_OP_INDEX] = item,
		[CEL_OP_CALL] = call,
		[CEL_OP_MACRO] = macro,
		[CEL_OP_AND] = logic,
		[CEL_OP_OR] = logic,
		[CEL_OP_CHOICE] = choice,
		[CEL_OP_NOT] = logic,
		[CEL_OP_NEGATE] = arithmetic,
		[CEL_OP_EQUAL] = comparison,
		[CEL_OP_UNEQUAL] = comparison,
		[CEL_OP_LESS] = comparison,
		[CEL_OP_LESS_EQUAL] = comparison,
		[CEL_OP_GREATER] = comparison,
		[CEL_OP_GREATER_EQUAL] = comparison,
		[CEL_OP_IN] = is_in,
		[CEL_OP_ADD] = arithmetic,
		[CEL_OP_SUBTRACT] = arithmetic,
		[CEL_OP_MULTIPLY] = arithmetic,
		[CEL_OP_REMAINDER] = NULL,
	};

	b->steps++;
	return compilers[node->op] ? compilers[node->op](b, node) : NULL;
}

/* ---- the rules of a schema ---- */

static bool compile_rule(struct schema_set *set, struct quick_schema *quick,
			 const struct schema_rule *from, struct quick_rule *rule)
{
	struct builder b = {.set = set, .scope = {quick}};

	rule->expr = operand(&b, from->program->root, QUICK_TRUTH);
	rule->steps = b.steps;
	return rule->expr;
}

static bool compile_rules(struct schema_set *set, struct quick_schema *quick)
{
	const struct schema *schema = quick->schema;
	struct quick_rule *rules = arena_array(set->arena, struct quick_rule, schema->rule_count);

	for (size_t i = 0; i < schema->rule_count; i++) {
		schema_rule_compile(set, &schema->rules[i]);
		if (schema->rules[i].program->problem.len)
			return false;
		/* A transition rule is not looked at on create. */
		if (!schema->rules[i].program->old_self &&
		    !compile_rule(set, quick, &schema->rules[i], &rules[quick->rule_count++]))
			return false;
	}
	quick->rules = rules;
	return true;
}

bool quick_compile(struct schema_set *set, struct quick_schema *quick)
{
	if (quick->compiled)
		return true;
	quick->compiled = true;
	if (compile_rules(set, quick))
		return true;
	quick->kind = QUICK_NOT_KNOWN;
	return false;
}
