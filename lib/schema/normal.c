/* What the API server makes of an object before it is checked (structural schema pruning and
 * defaulting of apiextensions-apiserver): unknown fields go, nulls of fields that are not nullable go or
 * become the default, defaults are filled in. */
#include "schema/types.h"

enum { SEARCHED = 16 };

static struct node *shallow(struct arena *arena, const struct node *node)
{
	struct node *copy = arena_alloc(arena, sizeof *copy);

	*copy = *node;
	copy->next = NULL;
	return copy;
}

/* Keys that are there already; a table when there are many. */
struct keys {
	struct node *map;
	struct map table;
	bool many;
};

static struct node *known_key(struct keys *keys, struct str name)
{
	if (keys->many)
		return map_get(&keys->table, name);
	node_each(key, keys->map) if (str_eq(key->text, name)) return key;
	return NULL;
}

/* Of duplicate keys the last one counts. */
static void add_key(struct arena *arena, struct keys *keys, const struct node *key,
		    struct node *value)
{
	struct node *there = known_key(keys, key->text);

	if (!there) {
		there = shallow(arena, key);
		node_push(keys->map, there);
		if (keys->many)
			*map_at(&keys->table, there->text) = there;
	}
	there->value = value;
}

static void say_unknown(struct schema_check *check, const struct schema_at *at,
			const struct schema *other)
{
	bool experimental =
		check->set->channel == SCHEMA_STANDARD && other && schema_of_field(other, at->name);
	struct str path = schema_path(check, at);

	schema_say(check, at, NULL,
		   (struct schema_violation){
			   .kind = experimental ? SCHEMA_EXPERIMENTAL_PRUNED : SCHEMA_UNKNOWN_FIELD,
			   .path = path,
			   .message = schema_text(check, "unknown field \"%.*s\"", STR_ARG(path)),
		   });
}

/* The other channel's schema of a field. A field that only experimental has is said once, above what
 * is in it. */
static const struct schema *other_of(struct schema_check *check, const struct schema_at *at,
				     const struct schema *own, const struct schema *other)
{
	const struct schema *below;

	if (!other)
		return NULL;
	below = schema_of_field(other, at->name);
	if (!below && check->set->channel == SCHEMA_EXPERIMENTAL && !schema_keeps_unknown(other))
		schema_say(check, at, NULL,
			   (struct schema_violation){
				   .kind = SCHEMA_EXPERIMENTAL_FIELD,
				   .path = schema_path(check, at),
				   .message = STR("only the experimental channel has this field"),
			   });
	return below == own ? NULL : below;
}

static bool is_meta_field(struct str name)
{
	return str_is(name, "apiVersion") || str_is(name, "kind") || str_is(name, "metadata");
}

static bool is_dropped_null(const struct schema *schema, const struct node *value)
{
	return value->kind == NODE_NULL && !schema->nullable;
}

static void add_defaults(struct schema_check *check, const struct schema_at *at,
			 const struct schema *schema, struct keys *keys)
{
	for (size_t i = 0; i < schema->default_count; i++) {
		const struct schema_field *field = schema->defaults[i];
		const struct schema_at below = {at, field->name, 0, NULL};

		if (known_key(keys, field->name))
			continue;
		node_set_str(check->scratch, keys->map, field->name,
			     schema_normalise(check, &below, field->schema, NULL,
					      field->schema->default_value));
		if (keys->many)
			*map_at(&keys->table, field->name) = keys->map->last;
	}
}

static void normalise_field(struct schema_check *check, const struct schema_at *at,
			    const struct schema *schema, const struct schema *other,
			    const struct node *key, struct keys *keys)
{
	const struct schema_at below = {at, key->text, 0, key};
	const struct schema *field = schema_of_field(schema, key->text);
	bool whole = (!at->up || schema->embedded) && is_meta_field(key->text);

	if (!at->up && check->kind->status && str_is(key->text, "status"))
		return;
	if (whole || (!field && schema_keeps_unknown(schema)))
		add_key(check->scratch, keys, key, shallow(check->scratch, key->value));
	else if (!field)
		say_unknown(check, &below, other);
	else if (!is_dropped_null(field, key->value))
		add_key(check->scratch, keys, key,
			schema_normalise(check, &below, field,
					 other_of(check, &below, field, other), key->value));
}

static struct node *normalise_map(struct schema_check *check, const struct schema_at *at,
				  const struct schema *schema, const struct schema *other,
				  const struct node *value)
{
	struct keys keys = {.map = shallow(check->scratch, value), .many = value->count > SEARCHED};

	keys.map->first = keys.map->last = NULL;
	keys.map->count = 0;
	map_init(&keys.table, check->scratch);
	node_each(key, value) normalise_field(check, at, schema, other, key, &keys);
	add_defaults(check, at, schema, &keys);
	return keys.map;
}

static struct node *normalise_list(struct schema_check *check, const struct schema_at *at,
				   const struct schema *schema, const struct schema *other,
				   const struct node *value)
{
	struct node *list = shallow(check->scratch, value);
	struct schema_at below = {.up = at};

	list->first = list->last = NULL;
	list->count = 0;
	if (other)
		other = other->items == schema->items ? NULL : other->items;
	node_each(item, value)
	{
		const struct node *from = item;

		if (is_dropped_null(schema->items, item) && schema->items->default_value)
			from = schema->items->default_value;
		below.place = item;
		node_push(list, schema_normalise(check, &below, schema->items, other, from));
		below.index++;
	}
	return list;
}

struct node *schema_normalise(struct schema_check *check, const struct schema_at *at,
			      const struct schema *schema, const struct schema *other,
			      const struct node *value)
{
	bool holds_fields = schema->type == SCHEMA_OBJECT || schema->fields.count;

	if (value->kind == NODE_MAP && (holds_fields || schema->additional))
		return normalise_map(check, at, schema, other, value);
	if (value->kind == NODE_LIST && schema->items)
		return normalise_list(check, at, schema, other, value);
	return shallow(check->scratch, value);
}
