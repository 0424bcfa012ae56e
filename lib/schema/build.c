/* OpenAPI schema objects, as CRDs write them, become struct schema. */
#include "schema/tables.h"
#include "schema/types.h"
#include "yaml/scalar.h"

static bool wrong(struct schema_builder *b, const char *what, struct str key)
{
	if (!b->failed)
		error_set(b->error, "the schema of %.*s cannot be used: %s '%.*s'",
			  STR_ARG(b->kind), what, STR_ARG(key));
	b->failed = true;
	return false;
}

struct node *schema_copy_node(struct arena *arena, const struct node *node)
{
	struct node *copy = arena_new(arena, struct node);

	copy->kind = node->kind;
	copy->text = str_dup(arena, node->text);
	if (node->kind == NODE_LIST)
		node_each(item, node) node_push(copy, schema_copy_node(arena, item));
	if (node->kind == NODE_MAP)
		node_each(key, node) node_set_str(arena, copy, str_dup(arena, key->text),
						  schema_copy_node(arena, key->value));
	return copy;
}

/* Integers may be written 0x10, 0o17 or 1_000. */
double schema_number(const struct node *node)
{
	return node->kind == NODE_INT ? (double)scalar_int(node->text) : scalar_float(node->text);
}

/* ---- values of keywords ---- */

static struct str text_of(struct schema_builder *b, const struct node *key)
{
	if (key->value->kind != NODE_STRING)
		wrong(b, "a string is expected at", key->text);
	return str_dup(b->arena, key->value->text);
}

static bool flag_of(struct schema_builder *b, const struct node *key)
{
	bool value = false;

	if (!node_to_bool(key->value, &value))
		wrong(b, "true or false is expected at", key->text);
	return value;
}

static struct schema_bound bound_of(struct schema_builder *b, const struct node *key)
{
	if (key->value->kind != NODE_INT && key->value->kind != NODE_FLOAT)
		wrong(b, "a number is expected at", key->text);
	else
		return (struct schema_bound){true, schema_number(key->value)};
	return (struct schema_bound){0};
}

static struct schema_texts texts_of(struct schema_builder *b, const struct node *key)
{
	struct schema_texts texts = {0};

	if (key->value->kind != NODE_LIST)
		wrong(b, "a list is expected at", key->text);
	node_each(item, b->failed ? NULL : key->value) if (item->kind == NODE_STRING)
		ARENA_PUSH(b->arena, texts.at, texts.count, str_dup(b->arena, item->text));
	return texts;
}

static struct schema_list schemas_of(struct schema_builder *b, const struct node *key)
{
	struct schema_list list = {0};

	if (key->value->kind != NODE_LIST)
		wrong(b, "a list is expected at", key->text);
	node_each(item, b->failed ? NULL : key->value)
	{
		const struct schema *schema = schema_build(b, item);

		ARENA_PUSH(b->arena, list.at, list.count, schema);
	}
	return list;
}

static enum schema_type type_of(struct schema_builder *b, const struct node *key)
{
	static const char *const names[] = {
		[SCHEMA_OBJECT] = "object", [SCHEMA_ARRAY] = "array",
		[SCHEMA_STRING] = "string", [SCHEMA_INTEGER] = "integer",
		[SCHEMA_NUMBER] = "number", [SCHEMA_BOOLEAN] = "boolean",
	};

	for (unsigned i = SCHEMA_OBJECT; i <= SCHEMA_BOOLEAN; i++)
		if (str_is(key->value->text, names[i]))
			return (enum schema_type)i;
	wrong(b, "an unknown type", key->value->text);
	return SCHEMA_ANY;
}

static enum schema_list_type list_type_of(struct schema_builder *b, const struct node *key)
{
	if (str_is(key->value->text, "set"))
		return SCHEMA_LIST_SET;
	if (str_is(key->value->text, "map"))
		return SCHEMA_LIST_MAP;
	if (!str_is(key->value->text, "atomic"))
		wrong(b, "an unknown list type", key->value->text);
	return SCHEMA_LIST_ATOMIC;
}

static void set_list_type(struct schema *schema, enum schema_list_type type)
{
	schema->list_type = type;
	schema->has_lists |= type != SCHEMA_LIST_ATOMIC;
}

static struct str format_of(struct schema_builder *b, const struct node *key)
{
	struct str format = text_of(b, key);

	if (!b->failed && !schema_format_is_known(format))
		ARENA_PUSH(b->arena, b->set->notes, b->set->note_count,
			   (struct schema_note){b->kind,
						str_format(b->arena, "format '%.*s' is not checked",
							   STR_ARG(format))});
	return format;
}

/* ---- fields and rules ---- */

/* What is below is worth a walk. */
static void inherit(struct schema *schema, const struct schema *below)
{
	schema->has_rules |= below && below->has_rules;
	schema->has_lists |= below && below->has_lists;
}

static void fields_of(struct schema_builder *b, struct schema *schema, const struct node *key)
{
	if (key->value->kind != NODE_MAP) {
		wrong(b, "an object is expected at", key->text);
		return;
	}
	node_each(property, key->value)
	{
		struct schema_field *field = arena_new(b->arena, struct schema_field);

		field->name = str_dup(b->arena, property->text);
		field->schema = schema_build(b, property->value);
		if (b->failed)
			return;
		*map_at(&schema->fields, field->name) = field;
		if (field->schema->default_value)
			ARENA_PUSH(b->arena, schema->defaults, schema->default_count, field);
		inherit(schema, field->schema);
	}
}

static void rules_of(struct schema_builder *b, struct schema *schema, const struct node *key)
{
	if (key->value->kind != NODE_LIST) {
		wrong(b, "a list is expected at", key->text);
		return;
	}
	node_each(item, key->value)
	{
		struct schema_rule rule = {
			.rule = str_dup(b->arena, node_text(item, "rule")),
			.message = str_dup(b->arena, node_text(item, "message")),
			.message_expression =
				str_dup(b->arena, node_text(item, "messageExpression")),
			.field_path = str_dup(b->arena, node_text(item, "fieldPath")),
			.reason = str_dup(b->arena, node_text(item, "reason")),
		};

		ARENA_PUSH(b->arena, schema->rules, schema->rule_count, rule);
		schema->has_rules = true;
	}
}

static void additional_of(struct schema_builder *b, struct schema *schema, const struct node *key)
{
	if (key->value->kind == NODE_BOOL) {
		schema->any_additional = flag_of(b, key);
		return;
	}
	schema->additional = schema_build(b, key->value);
	inherit(schema, schema->additional);
}

static void items_of(struct schema_builder *b, struct schema *schema, const struct node *key)
{
	schema->items = schema_build(b, key->value);
	inherit(schema, schema->items);
}

/* ---- keywords ---- */

static bool read_bound(struct schema_builder *b, struct schema *schema, const struct node *key)
{
	const struct {
		const char *name;
		struct schema_bound *bound;
	} bounds[] = {
		{"maxItems", &schema->max_items},           {"maxLength", &schema->max_length},
		{"maxProperties", &schema->max_properties}, {"maximum", &schema->maximum},
		{"minItems", &schema->min_items},           {"minLength", &schema->min_length},
		{"minProperties", &schema->min_properties}, {"minimum", &schema->minimum},
		{"multipleOf", &schema->multiple_of},
	};

	for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++)
		if (str_is(key->text, bounds[i].name)) {
			*bounds[i].bound = bound_of(b, key);
			return true;
		}
	return false;
}

static bool read_flag(struct schema_builder *b, struct schema *schema, const struct node *key)
{
	const struct {
		const char *name;
		bool *flag;
	} flags[] = {
		{"exclusiveMaximum", &schema->exclusive_maximum},
		{"exclusiveMinimum", &schema->exclusive_minimum},
		{"nullable", &schema->nullable},
		{"x-kubernetes-embedded-resource", &schema->embedded},
		{"x-kubernetes-int-or-string", &schema->int_or_string},
		{"x-kubernetes-preserve-unknown-fields", &schema->preserve},
	};

	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		if (str_is(key->text, flags[i].name)) {
			*flags[i].flag = flag_of(b, key);
			return true;
		}
	return false;
}

static bool read_schema(struct schema_builder *b, struct schema *schema, const struct node *key)
{
	struct str name = key->text;

	if (str_is(name, "properties"))
		fields_of(b, schema, key);
	else if (str_is(name, "items"))
		items_of(b, schema, key);
	else if (str_is(name, "additionalProperties"))
		additional_of(b, schema, key);
	else if (str_is(name, "allOf"))
		schema->all_of = schemas_of(b, key);
	else if (str_is(name, "anyOf"))
		schema->any_of = schemas_of(b, key);
	else if (str_is(name, "oneOf"))
		schema->one_of = schemas_of(b, key);
	else if (str_is(name, "not"))
		schema->not = schema_build(b, key->value);
	else if (str_is(name, "x-kubernetes-validations"))
		rules_of(b, schema, key);
	else
		return false;
	return true;
}

/* Keywords without an effect on what is accepted. */
static bool is_inert(struct str name)
{
	static const char *const inert[] = {
		"description", "example", "externalDocs", "title", "x-kubernetes-map-type",
		"$schema",     "id"};

	for (size_t i = 0; i < sizeof inert / sizeof *inert; i++)
		if (str_is(name, inert[i]))
			return true;
	return false;
}

static void read_keyword(struct schema_builder *b, struct schema *schema, const struct node *key)
{
	struct str name = key->text;

	if (key->value->kind == NODE_NULL || is_inert(name) || read_bound(b, schema, key) ||
	    read_flag(b, schema, key) || read_schema(b, schema, key))
		return;
	if (str_is(name, "type"))
		schema->type = type_of(b, key);
	else if (str_is(name, "format"))
		schema->format = format_of(b, key);
	else if (str_is(name, "pattern"))
		schema->pattern_text = text_of(b, key);
	else if (str_is(name, "required"))
		schema->required = texts_of(b, key);
	else if (str_is(name, "x-kubernetes-list-type"))
		set_list_type(schema, list_type_of(b, key));
	else if (str_is(name, "x-kubernetes-list-map-keys"))
		schema->list_keys = texts_of(b, key);
	else if (str_is(name, "default"))
		schema->default_value = schema_copy_node(b->arena, key->value);
	else if (str_is(name, "enum"))
		schema->enums = schema_copy_node(b->arena, key->value);
	else
		ARENA_PUSH(b->arena, b->set->notes, b->set->note_count,
			   (struct schema_note){b->kind, str_format(b->arena,
								    "keyword '%.*s' is not checked",
								    STR_ARG(name))});
}

static const struct schema *row_of(struct schema_builder *b, const struct node *node)
{
	int64_t row = -1;

	if (b->tables && node_to_int(node, &row) && row >= 0 && (size_t)row < schema_row_count)
		return schema_row(b->set, (size_t)row);
	wrong(b, "an object is expected, not", node->text);
	return NULL;
}

struct schema *schema_build(struct schema_builder *b, const struct node *node)
{
	struct schema *schema;

	if (node->kind != NODE_MAP)
		return (struct schema *)row_of(b, node);
	schema = arena_new(b->arena, struct schema);
	map_init(&schema->fields, b->arena);
	if (++b->depth > SCHEMA_DEPTH_MOST)
		wrong(b, "it is nested deeper than an API server takes, at", STR("properties"));
	node_each(key, node)
	{
		if (b->failed)
			return NULL;
		read_keyword(b, schema, key);
	}
	b->depth--;
	return b->failed ? NULL : schema;
}

const struct schema *schema_of_field(const struct schema *schema, struct str name)
{
	const struct schema_field *field = map_get(&schema->fields, name);

	return field ? field->schema : schema->additional;
}

bool schema_keeps_unknown(const struct schema *schema)
{
	return schema->preserve || schema->any_additional;
}
