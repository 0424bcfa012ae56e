#include "schema/cel_parts.h"

static struct cel_value evaluate(struct cel_run *run, const struct cel_node *node);

static struct cel_value out_of_steps(void)
{
	return CEL_FAIL("operation cancelled: actual cost limit exceeded");
}

/* ---- fields and indexes ---- */

static struct cel_value no_such_key(struct cel_run *run, struct str key)
{
	return cel_error(str_format(run->arena, "no such key: %.*s", STR_ARG(key)));
}

static struct cel_value of_field(struct cel_run *run, const struct cel_node *node)
{
	struct cel_value of = evaluate(run, node->args[0]), found;

	if (of.kind == CEL_ERROR)
		return of;
	if (of.kind != CEL_MAP)
		return node->op == CEL_OP_HAS ? cel_no_overload() : no_such_key(run, node->name);
	if (!cel_spend(run, cel_count(of) / 16 + 1))
		return out_of_steps();
	if (cel_find(of, cel_string(node->name), &found))
		return node->op == CEL_OP_HAS ? cel_bool(true) : found;
	return node->op == CEL_OP_HAS ? cel_bool(false) : no_such_key(run, node->name);
}

static struct cel_value item_of(struct cel_run *run, struct cel_value list, int64_t index)
{
	struct cel_walk walk = {0};
	struct cel_value item;

	if (index < 0 || (uint64_t)index >= cel_count(list))
		return cel_error(
			str_format(run->arena, "index out of bounds: %lld", (long long)index));
	if (list.made)
		return list.items->at[index];
	if (!cel_spend(run, (uint64_t)index / 8 + 1))
		return out_of_steps();
	for (int64_t i = 0; cel_each(list, &walk, &item) && i < index; i++)
		;
	return item;
}

static struct cel_value of_index(struct cel_run *run, const struct cel_node *node)
{
	struct cel_value of = evaluate(run, node->args[0]), found;

	if (of.kind == CEL_ERROR)
		return of;

	struct cel_value index = evaluate(run, node->args[1]);

	if (index.kind == CEL_ERROR)
		return index;
	if (of.kind == CEL_LIST && index.kind == CEL_INT)
		return item_of(run, of, index.number);
	if (of.kind != CEL_MAP)
		return cel_no_overload();
	if (!cel_spend(run, cel_count(of) / 16 + 1))
		return out_of_steps();
	if (cel_find(of, index, &found))
		return found;
	return no_such_key(run, index.kind == CEL_STRING ? index.text : STR("(no string)"));
}

/* Items of a list literal, or keys and values of a map literal. */
static struct cel_value made(struct cel_run *run, const struct cel_node *node)
{
	struct cel_items items = {0};

	items.at = arena_array(run->arena, struct cel_value, node->count);
	for (; items.count < node->count; items.count++) {
		items.at[items.count] = evaluate(run, node->args[items.count]);
		if (items.at[items.count].kind == CEL_ERROR)
			return items.at[items.count];
	}

	struct cel_value value = cel_list_new(run, &items);

	if (node->op == CEL_OP_MAP)
		value.kind = CEL_MAP;
	return value;
}

/* ---- logic: what decides makes an error on the other side vanish ---- */

static struct cel_value logic(struct cel_run *run, const struct cel_node *node)
{
	bool deciding = node->op == CEL_OP_OR;
	struct cel_value left = evaluate(run, node->args[0]);

	if (left.kind == CEL_BOOL && left.truth == deciding)
		return left;

	struct cel_value right = evaluate(run, node->args[1]);

	if (right.kind == CEL_BOOL && right.truth == deciding)
		return right;
	if (left.kind == CEL_ERROR)
		return left;
	if (left.kind != CEL_BOOL)
		return cel_no_overload();
	return right.kind == CEL_BOOL || right.kind == CEL_ERROR ? right : cel_no_overload();
}

static struct cel_value choice(struct cel_run *run, const struct cel_node *node)
{
	struct cel_value condition = evaluate(run, node->args[0]);

	if (condition.kind == CEL_ERROR)
		return condition;
	if (condition.kind != CEL_BOOL)
		return cel_no_overload();
	return evaluate(run, node->args[condition.truth ? 1 : 2]);
}

/* ---- macros ---- */

/* all and exists: a fold of && or ||, so that one deciding item outweighs errors of others. */
static struct cel_value quantify(struct cel_run *run, const struct cel_node *node,
				 struct cel_value of)
{
	bool deciding = node->macro == CEL_MACRO_EXISTS;
	struct cel_value result = cel_bool(!deciding), item;
	struct cel_walk walk = {0};

	while (cel_each(of, &walk, &item)) {
		run->slots[node->slot] = item;
		item = evaluate(run, node->args[1]);
		if (item.kind == CEL_BOOL && item.truth == deciding)
			return item;
		if (!run->steps)
			return out_of_steps();
		if (result.kind == CEL_BOOL && item.kind != CEL_BOOL)
			result = item.kind == CEL_ERROR ? item : cel_no_overload();
	}
	return result;
}

static struct cel_value exists_one(struct cel_run *run, const struct cel_node *node,
				   struct cel_value of)
{
	struct cel_walk walk = {0};
	struct cel_value item;
	size_t count = 0;

	while (cel_each(of, &walk, &item)) {
		run->slots[node->slot] = item;
		item = evaluate(run, node->args[1]);
		if (item.kind != CEL_BOOL)
			return item.kind == CEL_ERROR ? item : cel_no_overload();
		count += item.truth;
	}
	return cel_bool(count == 1);
}

/* filter(x, test), map(x, value), map(x, test, value). */
static struct cel_value collect(struct cel_run *run, const struct cel_node *node,
				struct cel_value of)
{
	bool tests = node->macro == CEL_MACRO_FILTER || node->count == 3;
	struct cel_items items = {0};
	struct cel_walk walk = {0};
	struct cel_value item, value;

	while (cel_each(of, &walk, &item)) {
		run->slots[node->slot] = item;
		value = tests ? evaluate(run, node->args[1]) : cel_bool(true);
		if (value.kind != CEL_BOOL)
			return value.kind == CEL_ERROR ? value : cel_no_overload();
		if (!value.truth)
			continue;
		if (node->macro == CEL_MACRO_MAP) {
			item = evaluate(run, node->args[node->count - 1]);
			if (item.kind == CEL_ERROR)
				return item;
		}
		ARENA_PUSH(run->arena, items.at, items.count, item);
	}
	return cel_list_new(run, &items);
}

static struct cel_value macro(struct cel_run *run, const struct cel_node *node)
{
	struct cel_value of = evaluate(run, node->args[0]);

	if (of.kind == CEL_ERROR)
		return of;
	if (of.kind != CEL_LIST && of.kind != CEL_MAP)
		return cel_no_overload();
	switch (node->macro) {
	case CEL_MACRO_ALL:
	case CEL_MACRO_EXISTS:
		return quantify(run, node, of);
	case CEL_MACRO_EXISTS_ONE:
		return exists_one(run, node, of);
	default:
		return collect(run, node, of);
	}
}

/* ---- operators ---- */

static struct cel_value compare(struct cel_run *run, enum cel_op op, struct cel_value a,
				struct cel_value b)
{
	int order;

	if (!cel_spend(run, cel_weight(a)))
		return out_of_steps();

	if (op == CEL_OP_EQUAL || op == CEL_OP_UNEQUAL)
		return cel_bool(cel_equal(a, b) == (op == CEL_OP_EQUAL));
	if (!cel_order(a, b, &order))
		return cel_no_overload();
	switch (op) {
	case CEL_OP_LESS:
		return cel_bool(order < 0);
	case CEL_OP_LESS_EQUAL:
		return cel_bool(order <= 0);
	case CEL_OP_GREATER:
		return cel_bool(order > 0);
	default:
		return cel_bool(order >= 0);
	}
}

static struct cel_value is_in(struct cel_run *run, struct cel_value a, struct cel_value b)
{
	struct cel_walk walk = {0};
	struct cel_value item;

	if (b.kind == CEL_MAP)
		return cel_bool(cel_find(b, a, &item));
	if (b.kind != CEL_LIST)
		return cel_no_overload();
	while (cel_each(b, &walk, &item)) {
		if (!cel_spend(run, cel_weight(a)))
			return out_of_steps();
		if (cel_equal(a, item))
			return cel_bool(true);
	}
	return cel_bool(false);
}

static struct cel_value whole(enum cel_op op, struct cel_value a, struct cel_value b)
{
	struct cel_value result = {.kind = a.kind};
	bool overflow;

	switch (op) {
	case CEL_OP_ADD:
		overflow = __builtin_add_overflow(a.number, b.number, &result.number);
		break;
	case CEL_OP_SUBTRACT:
		overflow = __builtin_sub_overflow(a.number, b.number, &result.number);
		break;
	case CEL_OP_MULTIPLY:
		overflow = __builtin_mul_overflow(a.number, b.number, &result.number);
		break;
	default:
		if (b.number == 0)
			return op == CEL_OP_DIVIDE ? CEL_FAIL("division by zero")
						   : CEL_FAIL("modulus by zero");
		overflow = a.number == INT64_MIN && b.number == -1;
		if (!overflow)
			result.number =
				op == CEL_OP_DIVIDE ? a.number / b.number : a.number % b.number;
	}
	return overflow ? CEL_FAIL("integer overflow") : result;
}

static struct cel_value real(enum cel_op op, double a, double b)
{
	struct cel_value result = {.kind = CEL_DOUBLE};

	switch (op) {
	case CEL_OP_ADD:
		result.real = a + b;
		break;
	case CEL_OP_SUBTRACT:
		result.real = a - b;
		break;
	case CEL_OP_MULTIPLY:
		result.real = a * b;
		break;
	case CEL_OP_DIVIDE:
		result.real = a / b;
		break;
	default:
		return cel_no_overload();
	}
	return result;
}

static struct cel_value joined(struct cel_run *run, struct cel_value a, struct cel_value b)
{
	if (!cel_spend(run, (a.text.len + b.text.len) / 16 + 1))
		return out_of_steps();
	return cel_string(str_format(run->arena, "%.*s%.*s", STR_ARG(a.text), STR_ARG(b.text)));
}

static struct cel_value chained(struct cel_run *run, struct cel_value a, struct cel_value b)
{
	struct cel_items items = {0};
	struct cel_walk walk = {0};
	struct cel_value item;

	if (!cel_spend(run, cel_count(a) + cel_count(b) + 1))
		return out_of_steps();
	while (cel_each(a, &walk, &item))
		ARENA_PUSH(run->arena, items.at, items.count, item);
	walk = (struct cel_walk){0};
	while (cel_each(b, &walk, &item))
		ARENA_PUSH(run->arena, items.at, items.count, item);
	return cel_list_new(run, &items);
}

static struct cel_value arithmetic(struct cel_run *run, enum cel_op op, struct cel_value a,
				   struct cel_value b)
{
	if (a.kind != b.kind)
		return cel_no_overload();
	switch (a.kind) {
	case CEL_INT:
		return whole(op, a, b);
	case CEL_DOUBLE:
		return real(op, a.real, b.real);
	case CEL_DURATION:
		return op == CEL_OP_ADD || op == CEL_OP_SUBTRACT ? whole(op, a, b)
								 : cel_no_overload();
	case CEL_STRING:
		return op == CEL_OP_ADD ? joined(run, a, b) : cel_no_overload();
	case CEL_LIST:
		return op == CEL_OP_ADD ? chained(run, a, b) : cel_no_overload();
	default:
		return cel_no_overload();
	}
}

static struct cel_value binary(struct cel_run *run, const struct cel_node *node)
{
	struct cel_value a = evaluate(run, node->args[0]);

	if (a.kind == CEL_ERROR)
		return a;

	struct cel_value b = evaluate(run, node->args[1]);

	if (b.kind == CEL_ERROR)
		return b;
	if (node->op == CEL_OP_IN)
		return is_in(run, a, b);
	if (node->op >= CEL_OP_EQUAL && node->op <= CEL_OP_GREATER_EQUAL)
		return compare(run, node->op, a, b);
	return arithmetic(run, node->op, a, b);
}

static struct cel_value unary(struct cel_run *run, const struct cel_node *node)
{
	struct cel_value value = evaluate(run, node->args[0]);

	if (value.kind == CEL_ERROR)
		return value;
	if (node->op == CEL_OP_NOT)
		return value.kind == CEL_BOOL ? cel_bool(!value.truth) : cel_no_overload();
	if (value.kind == CEL_INT)
		return whole(CEL_OP_SUBTRACT, cel_int(0), value);
	if (value.kind != CEL_DOUBLE)
		return cel_no_overload();
	value.real = -value.real;
	return value;
}

static struct cel_value call(struct cel_run *run, const struct cel_node *node)
{
	struct cel_value args[CEL_ARGS_MOST];

	for (size_t i = 0; i < node->count; i++) {
		args[i] = evaluate(run, node->args[i]);
		if (args[i].kind == CEL_ERROR)
			return args[i];
		if (args[i].kind == CEL_STRING && !cel_spend(run, args[i].text.len / 16 + 1))
			return out_of_steps();
	}
	if (node->pattern)
		return cel_matches(run, args[0], node->pattern);
	return node->function->call(run, args, node->count);
}

static struct cel_value evaluate(struct cel_run *run, const struct cel_node *node)
{
	if (!cel_spend(run, 1))
		return out_of_steps();
	switch (node->op) {
	case CEL_OP_CONSTANT:
		return node->constant;
	case CEL_OP_VARIABLE:
		return run->slots[node->slot];
	case CEL_OP_SELECT:
	case CEL_OP_HAS:
		return of_field(run, node);
	case CEL_OP_INDEX:
		return of_index(run, node);
	case CEL_OP_LIST:
	case CEL_OP_MAP:
		return made(run, node);
	case CEL_OP_CALL:
		return call(run, node);
	case CEL_OP_MACRO:
		return macro(run, node);
	case CEL_OP_AND:
	case CEL_OP_OR:
		return logic(run, node);
	case CEL_OP_CHOICE:
		return choice(run, node);
	case CEL_OP_NOT:
	case CEL_OP_NEGATE:
		return unary(run, node);
	default:
		return binary(run, node);
	}
}

struct cel_value cel_evaluate(const struct cel_program *program, const struct node *self,
			      struct cel_run *run)
{
	struct cel_value slots[CEL_SLOTS_MOST];

	slots[0] = cel_of_node(self);
	run->slots = slots;

	struct cel_value value = evaluate(run, program->root);

	run->slots = NULL;
	/* An error that && or || absorbed may have been this one. */
	return run->steps ? value : out_of_steps();
}
