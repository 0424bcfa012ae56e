/* x-kubernetes-list-type set and map: no two equal items, no two with equal keys. */
#include "schema/types.h"
#include "yaml/write.h"

/* The text by which items are told apart: the item as JSON, or its keys as the API server quotes them. */
static struct str identity(struct schema_check *check, const struct schema *schema,
			   const struct node *item)
{
	struct buf buf;
	struct str text;

	buf_init(&buf);
	if (schema->list_type == SCHEMA_LIST_SET) {
		json_write(&buf, item, false, 0);
	} else {
		for (size_t i = 0; i < schema->list_keys.count; i++) {
			struct str key = schema->list_keys.at[i];

			buf_char(&buf, i ? ',' : '{');
			json_write_string(&buf, key);
			buf_char(&buf, ':');
			node_each(field, item) if (str_eq(field->text, key))
				json_write(&buf, field->value, false, 0);
		}
		buf_char(&buf, '}');
	}
	text = str_dup(check->scratch, buf_slice(&buf));
	buf_finish(&buf);
	return text;
}

static void check_unique(struct schema_check *check, const struct schema_at *at,
			 const struct schema *schema, const struct node *list)
{
	struct schema_at below = {.up = at};
	struct map seen;

	map_init(&seen, check->scratch);
	node_each(item, list)
	{
		below.place = item;
		if (schema->list_type == SCHEMA_LIST_SET || item->kind == NODE_MAP) {
			struct str text = identity(check, schema, item);
			void **place = map_at(&seen, text);

			if (*place)
				schema_say(check, &below, item,
					   (struct schema_violation){
						   .kind = SCHEMA_DUPLICATE,
						   .path = schema_path(check, &below),
						   .message = schema_text(check,
									  "Duplicate value: %.*s",
									  STR_ARG(text)),
					   });
			*place = item;
		}
		below.index++;
	}
}

static void check_items(struct schema_check *check, const struct schema_at *at,
			const struct schema *schema, const struct node *list)
{
	struct schema_at below = {.up = at};

	if (schema->list_type != SCHEMA_LIST_ATOMIC && list->count > 1)
		check_unique(check, at, schema, list);
	node_each(item, schema->items ? list : NULL)
	{
		below.place = item;
		schema_check_lists(check, &below, schema->items, item);
		below.index++;
	}
}

void schema_check_lists(struct schema_check *check, const struct schema_at *at,
			const struct schema *schema, const struct node *value)
{
	if (!schema->has_lists)
		return;
	if (value->kind == NODE_LIST) {
		check_items(check, at, schema, value);
		return;
	}
	node_each(key, value->kind == NODE_MAP ? value : NULL)
	{
		const struct schema *field = schema_of_field(schema, key->text);
		const struct schema_at below = {at, key->text, 0, key};

		if (field)
			schema_check_lists(check, &below, field, key->value);
	}
}
