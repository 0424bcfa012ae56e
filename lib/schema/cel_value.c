#include <math.h>

#include "schema/cel_parts.h"
#include "yaml/scalar.h"
#include "yaml/utf8.h"

struct cel_value cel_no_overload(void)
{
	return CEL_FAIL("no such overload");
}

struct cel_value cel_of_node(const struct node *node)
{
	struct cel_value value = {.kind = CEL_NULL};

	switch (node->kind) {
	case NODE_STRING:
		return cel_string(node->text);
	case NODE_BOOL:
		return cel_bool(scalar_bool(node->text));
	case NODE_INT:
		return cel_int(scalar_int(node->text));
	case NODE_FLOAT:
		value.kind = CEL_DOUBLE;
		value.real = scalar_float(node->text);
		return value;
	case NODE_LIST:
	case NODE_MAP:
		value.kind = node->kind == NODE_LIST ? CEL_LIST : CEL_MAP;
		value.node = node;
		return value;
	default:
		return value;
	}
}

struct cel_value cel_list_new(struct cel_run *run, const struct cel_items *items)
{
	struct cel_items *kept = arena_new(run->arena, struct cel_items);

	*kept = *items;
	return (struct cel_value){.kind = CEL_LIST, .items = kept, .made = true};
}

size_t cel_count(struct cel_value value)
{
	if (!value.made)
		return value.node->count;
	return value.kind == CEL_MAP ? value.items->count / 2 : value.items->count;
}

static bool next_made(struct cel_value of, struct cel_walk *walk, struct cel_value *item)
{
	if (walk->index >= of.items->count)
		return false;
	*item = of.items->at[walk->index];
	walk->index += of.kind == CEL_MAP ? 2 : 1;
	return true;
}

bool cel_each(struct cel_value of, struct cel_walk *walk, struct cel_value *item)
{
	if (of.made)
		return next_made(of, walk, item);
	walk->at = walk->started ? walk->at->next : of.node->first;
	walk->started = true;
	if (!walk->at)
		return false;
	*item = of.kind == CEL_MAP ? cel_string(walk->at->text) : cel_of_node(walk->at);
	return true;
}

bool cel_find(struct cel_value map, struct cel_value key, struct cel_value *found)
{
	if (map.made) {
		for (size_t i = 0; i + 1 < map.items->count; i += 2)
			if (cel_equal(map.items->at[i], key)) {
				*found = map.items->at[i + 1];
				return true;
			}
		return false;
	}
	if (key.kind != CEL_STRING)
		return false;
	/* Normalised objects have no duplicate keys. */
	node_each(child, map.node) if (str_eq(child->text, key.text))
	{
		*found = cel_of_node(child->value);
		return true;
	}
	return false;
}

static bool is_number(struct cel_value value)
{
	return value.kind == CEL_INT || value.kind == CEL_DOUBLE;
}

static double real_of(struct cel_value value)
{
	return value.kind == CEL_INT ? (double)value.number : value.real;
}

static bool equal_lists(struct cel_value a, struct cel_value b)
{
	struct cel_walk in_a = {0}, in_b = {0};
	struct cel_value left, right;

	if (cel_count(a) != cel_count(b))
		return false;
	while (cel_each(a, &in_a, &left) && cel_each(b, &in_b, &right))
		if (!cel_equal(left, right))
			return false;
	return true;
}

static bool equal_maps(struct cel_value a, struct cel_value b)
{
	struct cel_walk walk = {0};
	struct cel_value key, left, right;

	if (cel_count(a) != cel_count(b))
		return false;
	while (cel_each(a, &walk, &key))
		if (!cel_find(a, key, &left) || !cel_find(b, key, &right) ||
		    !cel_equal(left, right))
			return false;
	return true;
}

bool cel_equal(struct cel_value a, struct cel_value b)
{
	if (is_number(a) && is_number(b))
		return a.kind == CEL_INT && b.kind == CEL_INT ? a.number == b.number
							      : real_of(a) == real_of(b);
	if (a.kind != b.kind)
		return false;
	switch (a.kind) {
	case CEL_NULL:
		return true;
	case CEL_BOOL:
		return a.truth == b.truth;
	case CEL_STRING:
	case CEL_URL:
		return str_eq(a.text, b.text);
	case CEL_DURATION:
		return a.number == b.number;
	case CEL_LIST:
		return equal_lists(a, b);
	case CEL_MAP:
		return equal_maps(a, b);
	default:
		return false;
	}
}

bool cel_order(struct cel_value a, struct cel_value b, int *order)
{
	if (a.kind != b.kind && is_number(a) && is_number(b)) {
		double left = real_of(a), right = real_of(b);

		*order = left < right ? -1 : left > right;
		return !isnan(left) && !isnan(right);
	}
	if (a.kind != b.kind)
		return false;
	switch (a.kind) {
	case CEL_BOOL:
		*order = (int)a.truth - (int)b.truth;
		return true;
	case CEL_INT:
	case CEL_DURATION:
		*order = a.number < b.number ? -1 : a.number > b.number;
		return true;
	case CEL_DOUBLE:
		*order = a.real < b.real ? -1 : a.real > b.real;
		return !isnan(a.real) && !isnan(b.real);
	case CEL_STRING:
		*order = str_cmp(a.text, b.text);
		return true;
	default:
		return false;
	}
}

int64_t cel_length(struct str text)
{
	return (int64_t)utf8_count(text.at, text.len);
}

size_t cel_offset(struct str text, int64_t index)
{
	size_t at = 0;

	for (; index > 0 && at < text.len; index--)
		do
			at++;
		while (at < text.len && (text.at[at] & 0xc0) == 0x80);
	return index ? SIZE_MAX : at;
}

static uint64_t node_weight(const struct node *node)
{
	uint64_t weight = 1 + node->text.len / 64;

	/* Maps are searched for each key of the other. */
	if (node->kind == NODE_MAP)
		weight += (uint64_t)node->count * node->count / 8;
	node_each(child, node->kind == NODE_LIST || node->kind == NODE_MAP ? node : NULL) weight +=
		node_weight(node->kind == NODE_MAP ? child->value : child);
	return weight;
}

uint64_t cel_weight(struct cel_value value)
{
	uint64_t weight = 1;

	if (value.kind == CEL_STRING)
		return 1 + value.text.len / 64;
	if (value.kind != CEL_LIST && value.kind != CEL_MAP)
		return 1;
	if (!value.made)
		return node_weight(value.node);
	for (size_t i = 0; i < value.items->count; i++)
		weight += cel_weight(value.items->at[i]);
	return weight;
}
