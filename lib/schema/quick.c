#include "schema/quick.h"

#include "schema/pattern.h"
#include "yaml/scalar.h"
#include "yaml/utf8.h"

/* ---- scalars ---- */

static bool is_a_choice(const struct schema *schema, const struct node *node)
{
	node_each(choice, schema->enums) if (str_eq(choice->text, node->text)) return true;
	return false;
}

static bool matches_pattern(const struct quick_run *run, struct quick_schema *quick,
			    struct str text)
{
	if (!quick->pattern)
		quick->pattern = pattern_of(run->set->patterns, quick->schema->pattern_text);
	return pattern_search(run->set->patterns, quick->pattern, text) == PATTERN_YES;
}

/* A text has at least a quarter as many characters as bytes, and at most as many. */
static bool has_length(const struct quick_schema *quick, struct str text)
{
	double bytes = (double)text.len;

	if (bytes <= quick->most && bytes >= 4 * quick->least)
		return true;

	double length = utf8_count(text.at, text.len);

	return length <= quick->most && length >= quick->least;
}

static bool walk_string(struct quick_run *run, struct quick_schema *quick, const struct node *node)
{
	const struct schema *schema = quick->schema;

	return has_length(quick, node->text) && (!schema->enums || is_a_choice(schema, node)) &&
	       (!schema->pattern_text.len || matches_pattern(run, quick, node->text)) &&
	       (!schema->format.len || schema_format_fits(schema->format, node->text));
}

/* Plain digits, as nearly every number is written. */
static bool read_digits(struct str text, int64_t *number)
{
	*number = 0;
	if (!text.len || text.len > 15 || (text.at[0] == '0' && text.len > 1))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
		*number = *number * 10 + (text.at[i] - '0');
	}
	return true;
}

static bool walk_integer(const struct quick_schema *quick, const struct node *node,
			 struct quick_cell *cell)
{
	if (!read_digits(node->text, &cell->number))
		cell->number = scalar_int(node->text);

	double value = (double)cell->number;

	if (value < quick->minimum || value > quick->maximum)
		return false;
	if (!quick->schema->enums)
		return true;
	node_each(choice,
		  quick->schema->enums) if (scalar_int(choice->text) == cell->number) return true;
	return false;
}

/* ---- lists ---- */

/* What tells an item of a list of type set or map apart; 0 stands for an absent key. */
static uint64_t identity(const struct quick_schema *quick, const struct quick_cell *item)
{
	uint64_t hash = 0;

	if (quick->schema->list_type == SCHEMA_LIST_SET)
		return str_hash(item->node->text);
	for (size_t i = 0; i < quick->schema->list_keys.count; i++) {
		const struct quick_cell *key = &item->below[quick->keys[i]];

		hash *= 0x9e3779b97f4a7c15u;
		if (key->node)
			hash ^= key->node->kind == NODE_INT ? (uint64_t)key->number + 1
							    : str_hash(key->node->text);
	}
	return hash;
}

/* Two equal hashes may be two equal items: the general path looks. */
static bool are_unique(struct quick_run *run, const struct quick_schema *quick,
		       const struct quick_cell *items, uint32_t count)
{
	uint64_t *seen;

	if (count > QUICK_UNIQUE_MOST)
		return false;
	seen = arena_array(run->scratch, uint64_t, count);
	for (uint32_t i = 0; i < count; i++) {
		seen[i] = identity(quick, &items[i]);
		for (uint32_t k = 0; k < i; k++)
			if (seen[k] == seen[i])
				return false;
	}
	return true;
}

static bool walk_list(struct quick_run *run, struct quick_schema *quick, const struct node *node,
		      struct quick_cell *cell)
{
	struct quick_schema *items = quick_items(run->set, quick);
	struct quick_cell *cells, *at;

	if (node->count < quick->least || node->count > quick->most)
		return false;
	cells = at = arena_array(run->scratch, struct quick_cell, node->count);
	node_each(item, node) if (!quick_walk(run, items, item, at++)) return false;
	cell->below = cells;
	cell->count = node->count;
	return quick->schema->list_type == SCHEMA_LIST_ATOMIC || node->count < 2 ||
	       are_unique(run, quick, cells, node->count);
}

/* ---- maps ---- */

static bool walk_fields(struct quick_run *run, struct quick_schema *quick, const struct node *node,
			struct quick_cell *cells, uint64_t *there)
{
	node_each(key, node)
	{
		unsigned number = quick_field_of(quick, key->text);
		struct quick_field *field = &quick->fields[number];

		if (number == QUICK_FIELDS_MOST || *there >> number & 1)
			return false;
		if (field->dropped)
			continue;
		if (field->told ||
		    !quick_walk(run, quick_below(run->set, field), key->value, &cells[number]))
			return false;
		*there |= UINT64_C(1) << number;
	}
	return true;
}

static bool walk_object(struct quick_run *run, struct quick_schema *quick, const struct node *node,
			struct quick_cell *cell)
{
	struct quick_cell *cells = arena_array(run->scratch, struct quick_cell, quick->field_count);
	uint64_t there = 0;

	if (quick->defaults) {
		memcpy(cells, quick->defaults, quick->field_count * sizeof *cells);
		run->steps += quick->default_steps;
	}
	if (!walk_fields(run, quick, node, cells, &there))
		return false;
	there |= quick->defaulted;
	cell->below = cells;
	cell->count = (uint32_t)__builtin_popcountll(there);
	return (quick->required & ~there) == 0 && cell->count >= quick->least &&
	       cell->count <= quick->most;
}

static bool is_repeated(const struct node *map, const struct node *key)
{
	for (const struct node *other = map->first; other != key; other = other->next)
		if (str_eq(other->text, key->text))
			return true;
	return false;
}

/* The cell of an entry is that of its value, except for the node, which is the key: rules look at
 * keys. */
static bool walk_map(struct quick_run *run, struct quick_schema *quick, const struct node *node,
		     struct quick_cell *cell)
{
	struct quick_schema *items = quick_items(run->set, quick);
	struct quick_cell *cells, *at;

	if (node->count < quick->least || node->count > quick->most ||
	    node->count > QUICK_KEYS_MOST)
		return false;
	cells = at = arena_array(run->scratch, struct quick_cell, node->count);
	node_each(key, node)
	{
		if (is_repeated(node, key) || !quick_walk(run, items, key->value, at))
			return false;
		at++->node = key;
	}
	cell->below = cells;
	cell->count = node->count;
	return true;
}

/* ---- any value ---- */

static bool walk_kind(struct quick_run *run, struct quick_schema *quick, const struct node *node,
		      struct quick_cell *cell)
{
	switch (quick->kind) {
	case QUICK_OPAQUE:
		return true;
	case QUICK_STRING:
		return walk_string(run, quick, node);
	case QUICK_INTEGER:
		return walk_integer(quick, node, cell);
	case QUICK_BOOLEAN:
		cell->number = scalar_bool(node->text);
		return true;
	case QUICK_LIST:
		return walk_list(run, quick, node, cell);
	case QUICK_OBJECT:
		return walk_object(run, quick, node, cell);
	case QUICK_MAP:
		return walk_map(run, quick, node, cell);
	default:
		return false;
	}
}

bool quick_walk(struct quick_run *run, struct quick_schema *quick, const struct node *node,
		struct quick_cell *cell)
{
	if (quick->kind == QUICK_NOT_KNOWN || node->kind != quick->node_kind)
		return false;
	cell->node = node;
	if (!walk_kind(run, quick, node, cell))
		return false;
	return !quick->schema->rule_count ||
	       (quick_compile(run->set, quick) && quick_rules_hold(run, quick, cell));
}

static bool metadata_is_clean(struct schema_set *set, const struct schema_kind *kind,
			      const struct node *object, struct arena *scratch)
{
	struct schema_result nothing = {.arena = scratch};
	struct schema_check check = {.set = set, .kind = kind, .result = &nothing, .silent = true};

	schema_check_metadata(&check, object);
	return !check.spoke;
}

bool quick_is_clean(struct schema_set *set, const struct schema_kind *kind,
		    const struct node *object, struct arena *scratch)
{
	struct quick_run run = {.set = set, .scratch = scratch};
	struct arena_mark mark = arena_mark(scratch);
	struct quick_cell root;
	bool clean = quick_walk(&run, quick_of_kind(set, kind), object, &root) &&
		     run.steps < CEL_OBJECT_STEPS && metadata_is_clean(set, kind, object, scratch);

	arena_rewind(scratch, mark);
	return clean;
}
