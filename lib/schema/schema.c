#include "schema/schema.h"

#include "schema/quick.h"
#include "schema/tables.h"

void schema_check(struct schema_set *set, const struct schema_kind *kind, const struct node *object,
		  struct arena *scratch, struct schema_result *result)
{
	struct schema_check check = {
		.set = set,
		.kind = kind,
		.scratch = scratch,
		.result = result,
		.budget = CEL_OBJECT_STEPS,
	};
	const struct schema_at root = {.place = object->first ? object->first : object};
	const struct node *value;

	schema_kind_read(set, kind);
	if (!set->general_only && quick_is_clean(set, kind, object, scratch))
		return;
	value = schema_normalise(&check, &root, kind->root,
				 kind->other == kind->root ? NULL : kind->other, object);
	schema_check_metadata(&check, value);
	schema_check_value(&check, &root, kind->root, value);
	schema_check_lists(&check, &root, kind->root, value);
	if (check.blocking)
		result->rules_skipped = kind->root->has_rules;
	else
		schema_check_rules(&check, &root, kind->root, value);
}
