/* tables.h - what the CRDs of Gateway API v1.6.1 say, as scripts/gen-schema wrote it down.
 *
 * A row is a schema: an OpenAPI v3 schema object of a CRD as YAML in flow style, without descriptions.
 * Where a schema is expected, a number is the row of that number. Rows use only rows before them.
 */
#ifndef SCHEMA_TABLES_H
#define SCHEMA_TABLES_H

#include "schema/schema.h"

extern const char *const schema_rows[];
extern const size_t schema_row_count;

struct schema_table_kind {
	const char *group, *kind, *version;
	enum schema_channel channel;
	bool cluster; /* not namespaced */
	bool served;
	bool status; /* has the status subresource */
	size_t row;
};

/* Sorted by group, kind, version. */
extern const struct schema_table_kind schema_table_kinds[];
extern const size_t schema_table_kind_count;

/* The tree of a row, in the arena, without places. Aborts (BUG) when it is not written like one. */
struct node *schema_flow_read(struct arena *arena, const char *text);

/* The schema of a row, read when it is first asked for. */
const struct schema *schema_row(struct schema_set *set, size_t row);

/* The schema of Kubernetes' own ConfigMap. */
const struct schema *schema_of_config_map(struct schema_set *set);

/* Reads the schemas of a built-in kind, when that was not done yet. */
void schema_kind_read(struct schema_set *set, const struct schema_kind *kind);

#endif
