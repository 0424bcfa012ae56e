/* Schemas become programs of the short way. What the short way has no program for is QUICK_NOT_KNOWN. */
#include "schema/pattern.h"
#include "schema/quick.h"
#include "yaml/scalar.h"

/* ---- fields ---- */

static uint32_t name_hash(struct str name)
{
	const unsigned char *at = (const unsigned char *)name.at;

	if (!name.len)
		return 0;
	return (uint32_t)name.len * 7u + at[0] * 5u + at[name.len - 1] * 3u + at[name.len / 2];
}

unsigned quick_field_of(const struct quick_schema *quick, struct str name)
{
	uint32_t at = name_hash(name) & quick->place_mask;

	for (; quick->places[at]; at = (at + 1) & quick->place_mask) {
		unsigned field = quick->places[at] - 1u;

		if (str_eq(quick->fields[field].name, name))
			return field;
	}
	return QUICK_FIELDS_MOST;
}

static void index_fields(struct arena *arena, struct quick_schema *quick)
{
	uint32_t room = 4;

	while (room < quick->field_count * 4)
		room *= 2;
	quick->places = arena_array(arena, uint8_t, room);
	quick->place_mask = room - 1;
	for (unsigned i = 0; i < quick->field_count; i++) {
		uint32_t at = name_hash(quick->fields[i].name) & quick->place_mask;

		while (quick->places[at])
			at = (at + 1) & quick->place_mask;
		quick->places[at] = (uint8_t)(i + 1);
	}
}

/* As normal.c: a field that only the experimental channel has is said where that channel is checked. */
static struct quick_field field_of(const struct quick_schema *quick,
				   const struct schema_field *from)
{
	struct quick_field field = {.name = from->name, .schema = from->schema};

	if (!quick->other)
		return field;
	field.other = schema_of_field(quick->other, from->name);
	field.told = !field.other && !schema_keeps_unknown(quick->other);
	if (field.other == field.schema)
		field.other = NULL;
	return field;
}

/* The order of the table depends on the schema alone: cells of a default fit wherever it is used. */
static bool add_fields(struct schema_set *set, struct quick_schema *quick)
{
	const struct map *map = &quick->schema->fields;

	if (map->count > QUICK_FIELDS_MOST)
		return false;
	quick->fields = arena_array(set->arena, struct quick_field, map->count + 1);
	for (size_t i = 0; i < map->room; i++)
		if (map->entries[i].key)
			quick->fields[quick->field_count++] =
				field_of(quick, map->entries[i].value);
	index_fields(set->arena, quick);
	return true;
}

static bool add_required(struct quick_schema *quick)
{
	const struct schema_texts *required = &quick->schema->required;

	for (size_t i = 0; i < required->count; i++) {
		unsigned field = quick_field_of(quick, required->at[i]);

		if (field == QUICK_FIELDS_MOST)
			return false;
		quick->required |= UINT64_C(1) << field;
	}
	return true;
}

/* A default is checked once, here: it is the same in every object. */
static bool add_defaults(struct schema_set *set, struct quick_schema *quick)
{
	const struct schema *schema = quick->schema;
	struct quick_run run = {.set = set, .scratch = set->arena};

	if (!schema->default_count)
		return true;
	quick->defaults = arena_array(set->arena, struct quick_cell, quick->field_count);
	for (size_t i = 0; i < schema->default_count; i++) {
		const struct schema_field *from = schema->defaults[i];
		unsigned field = quick_field_of(quick, from->name);

		if (!quick_walk(&run, quick_of(set, from->schema, NULL),
				from->schema->default_value, &quick->defaults[field]))
			return false;
		quick->defaulted |= UINT64_C(1) << field;
	}
	quick->default_steps = run.steps;
	return true;
}

/* ---- kinds ---- */

static void set_bounds(struct quick_schema *quick, struct schema_bound least,
		       struct schema_bound most)
{
	quick->least = least.given ? least.value : 0;
	quick->most = most.given ? most.value : UINT32_MAX;
}

static enum quick_kind string_kind(struct quick_schema *quick)
{
	const struct schema *schema = quick->schema;

	set_bounds(quick, schema->min_length, schema->max_length);
	node_each(choice, schema->enums) if (choice->kind != NODE_STRING) return QUICK_NOT_KNOWN;
	return QUICK_STRING;
}

static enum quick_kind integer_kind(struct quick_schema *quick)
{
	const struct schema *schema = quick->schema;

	if (schema->exclusive_minimum || schema->exclusive_maximum || schema->multiple_of.given ||
	    (schema->format.len && !str_is(schema->format, "int32") &&
	     !str_is(schema->format, "int64")))
		return QUICK_NOT_KNOWN;
	node_each(choice, schema->enums) if (choice->kind != NODE_INT) return QUICK_NOT_KNOWN;
	quick->minimum = schema->minimum.given ? schema->minimum.value : -0x1p53;
	quick->maximum = schema->maximum.given ? schema->maximum.value : 0x1p53;
	if (str_is(schema->format, "int32") && quick->minimum < -0x1p31)
		quick->minimum = -0x1p31;
	if (str_is(schema->format, "int32") && quick->maximum > 0x1p31 - 1)
		quick->maximum = 0x1p31 - 1;
	return QUICK_INTEGER;
}

/* Items are told apart by a few scalar fields, or are texts. */
static bool can_tell_apart(struct schema_set *set, struct quick_schema *quick)
{
	const struct schema *schema = quick->schema;
	const struct quick_schema *items;

	if (schema->list_type == SCHEMA_LIST_ATOMIC)
		return true;
	items = quick_items(set, quick);
	if (schema->list_type == SCHEMA_LIST_SET)
		return items->kind == QUICK_STRING;
	if (items->kind != QUICK_OBJECT ||
	    schema->list_keys.count > sizeof quick->keys / sizeof *quick->keys)
		return false;
	for (size_t i = 0; i < schema->list_keys.count; i++) {
		quick->keys[i] = quick_field_of(items, schema->list_keys.at[i]);
		if (quick->keys[i] == QUICK_FIELDS_MOST)
			return false;

		const struct schema *key = items->fields[quick->keys[i]].schema;

		if (key->type != SCHEMA_STRING && key->type != SCHEMA_INTEGER)
			return false;
	}
	return true;
}

static enum quick_kind list_kind(struct schema_set *set, struct quick_schema *quick)
{
	const struct schema *schema = quick->schema;

	set_bounds(quick, schema->min_items, schema->max_items);
	if (!schema->items || schema->enums || !can_tell_apart(set, quick))
		return QUICK_NOT_KNOWN;
	return QUICK_LIST;
}

static enum quick_kind object_kind(struct schema_set *set, struct quick_schema *quick)
{
	const struct schema *schema = quick->schema;
	bool keeps = schema_keeps_unknown(schema);

	set_bounds(quick, schema->min_properties, schema->max_properties);
	if (schema->enums || schema->embedded || (schema->fields.count && schema->additional))
		return QUICK_NOT_KNOWN;
	if (schema->additional)
		return schema->required.count || keeps ? QUICK_NOT_KNOWN : QUICK_MAP;
	if (keeps)
		return schema->fields.count || schema->required.count || schema->rule_count ||
				       schema->min_properties.given || schema->max_properties.given
			       ? QUICK_NOT_KNOWN
			       : QUICK_OPAQUE;
	return add_fields(set, quick) && add_required(quick) && add_defaults(set, quick)
		       ? QUICK_OBJECT
		       : QUICK_NOT_KNOWN;
}

static void set_kind(struct schema_set *set, struct quick_schema *quick)
{
	static const enum node_kind node_kinds[] = {
		[SCHEMA_OBJECT] = NODE_MAP,    [SCHEMA_ARRAY] = NODE_LIST,
		[SCHEMA_STRING] = NODE_STRING, [SCHEMA_INTEGER] = NODE_INT,
		[SCHEMA_BOOLEAN] = NODE_BOOL,
	};
	const struct schema *schema = quick->schema;

	if (schema->int_or_string || schema->all_of.count || schema->any_of.count ||
	    schema->one_of.count || schema->not || schema->type == SCHEMA_ANY ||
	    schema->type == SCHEMA_NUMBER)
		return;
	quick->node_kind = node_kinds[schema->type];
	switch (schema->type) {
	case SCHEMA_OBJECT:
		quick->kind = object_kind(set, quick);
		break;
	case SCHEMA_ARRAY:
		quick->kind = list_kind(set, quick);
		break;
	case SCHEMA_STRING:
		quick->kind = string_kind(quick);
		break;
	case SCHEMA_INTEGER:
		quick->kind = integer_kind(quick);
		break;
	default:
		quick->kind = schema->enums ? QUICK_NOT_KNOWN : QUICK_BOOLEAN;
		break;
	}
}

/* ---- programs of a set ---- */

struct quick_schema *quick_of(struct schema_set *set, const struct schema *schema,
			      const struct schema *other)
{
	const struct schema *key[2] = {schema, other};
	struct quick_schema *quick = map_get(&set->quick, (struct str){(char *)key, sizeof key});

	if (quick)
		return quick;
	quick = arena_new(set->arena, struct quick_schema);
	quick->schema = schema;
	quick->other = other;
	*map_at(&set->quick, (struct str){(char *)quick, sizeof key}) = quick;
	set_kind(set, quick);
	return quick;
}

struct quick_schema *quick_below(struct schema_set *set, struct quick_field *field)
{
	if (!field->quick)
		field->quick = quick_of(set, field->schema, field->other);
	return field->quick;
}

struct quick_schema *quick_items(struct schema_set *set, struct quick_schema *quick)
{
	const struct schema *schema = quick->schema, *other = quick->other;

	if (quick->items)
		return quick->items;
	if (schema->additional) {
		other = other ? schema_of_field(other, STR("")) : NULL;
		quick->items = quick_of(set, schema->additional,
					other == schema->additional ? NULL : other);
		return quick->items;
	}
	other = other && other->items != schema->items ? other->items : NULL;
	quick->items = quick_of(set, schema->items, other);
	return quick->items;
}

/* metadata is kept whole; its schema must leave it to metadata.c. */
static bool is_plain_object(const struct schema *schema)
{
	return schema->type == SCHEMA_OBJECT && !schema->fields.count && !schema->additional &&
	       !schema->has_rules && !schema->required.count && !schema->enums &&
	       !schema->min_properties.given && !schema->max_properties.given &&
	       !schema->all_of.count && !schema->any_of.count && !schema->one_of.count &&
	       !schema->not ;
}

struct quick_schema *quick_of_kind(struct schema_set *set, const struct schema_kind *kind)
{
	static const char *const whole[] = {"apiVersion", "kind", "metadata"};
	struct quick_schema *quick = kind->quick;
	struct quick_schema *metadata;

	if (quick)
		return quick;
	quick = arena_new(set->arena, struct quick_schema);
	((struct schema_kind *)kind)->quick = quick;
	quick->schema = kind->root;
	if (kind->other != kind->root && set->channel == SCHEMA_EXPERIMENTAL)
		quick->other = kind->other;
	set_kind(set, quick);
	for (size_t i = 0; quick->kind == QUICK_OBJECT && i < 3; i++)
		if (quick_field_of(quick, str_from(whole[i])) == QUICK_FIELDS_MOST)
			quick->kind = QUICK_NOT_KNOWN;
	if (quick->kind != QUICK_OBJECT)
		return quick;

	struct quick_field *field = &quick->fields[quick_field_of(quick, STR("metadata"))];

	metadata = arena_new(set->arena, struct quick_schema);
	metadata->schema = field->schema;
	metadata->node_kind = NODE_MAP;
	metadata->kind = is_plain_object(field->schema) ? QUICK_OPAQUE : QUICK_NOT_KNOWN;
	field->quick = metadata;
	for (unsigned i = 0; kind->status && i < quick->field_count; i++)
		quick->fields[i].dropped = str_is(quick->fields[i].name, "status");
	return quick;
}
