/* Rows of the built-in tables become schemas when they are first needed: an object of one kind needs a
 * few dozen of them. */
#include "schema/tables.h"

#include "base/bug.h"
#include "schema/types.h"

/* The tables are ours: one that cannot be read is a bug. */
static const struct schema *read_text(struct schema_set *set, const char *text)
{
	struct error error = {{0}};
	struct schema_builder builder = {
		.arena = set->arena, .set = set, .tables = true, .error = &error};
	struct arena trees;
	const struct schema *schema;

	arena_init(&trees);
	schema = schema_build(&builder, schema_flow_read(&trees, text));
	arena_finish(&trees);
	if (!schema)
		BUG("the schema table %.60s cannot be used: %s", text, error.text);
	return schema;
}

const struct schema *schema_row(struct schema_set *set, size_t row)
{
	if (!set->rows)
		set->rows = arena_array(set->arena, const struct schema *, schema_row_count);
	if (!set->rows[row])
		set->rows[row] = read_text(set, schema_rows[row]);
	return set->rows[row];
}

/* The same version in the other channel. */
static const struct schema *other_root(struct schema_set *set, const struct schema_table_kind *of)
{
	for (size_t i = 0; i < schema_table_kind_count; i++) {
		const struct schema_table_kind *row = &schema_table_kinds[i];

		if (row->channel != set->channel && strcmp(row->group, of->group) == 0 &&
		    strcmp(row->kind, of->kind) == 0 && strcmp(row->version, of->version) == 0)
			return schema_row(set, row->row);
	}
	return NULL;
}

void schema_kind_read(struct schema_set *set, const struct schema_kind *kind)
{
	struct schema_kind *own = (struct schema_kind *)kind; /* one of the set's */

	if (kind->root)
		return;
	own->root = schema_row(set, kind->table->row);
	if (!set->one_channel)
		own->other = other_root(set, kind->table);
}

/* ---- kinds of Kubernetes itself ---- */

/* ValidateConfigMap and IsConfigMapKey of Kubernetes 1.36, without the limit of 1 MiB for all values. */
#define CONFIG_MAP_KEYS                                                                            \
	"x-kubernetes-validations: [{rule: 'self.all(k, "                                          \
	"k.matches(\"^[-._a-zA-Z0-9]{1,253}$\") && k != \".\" && !k.startsWith(\"..\"))', "        \
	"message: 'a valid config key must consist of alphanumeric characters, -, _ or .'}]"
static const char config_map[] =
	"{type: object, properties: {apiVersion: {type: string}, kind: {type: string}, "
	"metadata: {type: object}, immutable: {type: boolean}, "
	"data: {type: object, additionalProperties: {type: string}, " CONFIG_MAP_KEYS "}, "
	"binaryData: {type: object, additionalProperties: {type: string, format: "
	"byte}, " CONFIG_MAP_KEYS "}}}";

const struct schema *schema_of_config_map(struct schema_set *set)
{
	return read_text(set, config_map);
}
