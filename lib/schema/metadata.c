/* metadata: what the API server checks for every object (apimachinery, ValidateObjectMeta). */
#include "kube/names.h"
#include "schema/types.h"

struct meta {
	struct schema_check *check;
	const struct schema_at *at; /* metadata */
};

#define SAY(meta, at, node, how, ...)                                                              \
	schema_say((meta)->check, (at), (node),                                                    \
		   (struct schema_violation){.kind = (how),                                        \
					     .path = schema_path((meta)->check, (at)),             \
					     .message = schema_text((meta)->check, __VA_ARGS__)})

/* A string, or an error. */
static bool is_text(const struct meta *meta, const struct schema_at *at, const struct node *node)
{
	if (node->kind == NODE_STRING)
		return true;
	SAY(meta, at, node, SCHEMA_TYPE, "Invalid value: %.*s: must be a string",
	    STR_ARG(schema_quote(meta->check, node)));
	return false;
}

static void check_name(const struct meta *meta, const struct schema_at *at, const struct node *node,
		       const char *(*wrong_with)(struct str))
{
	const char *wrong;

	if (!is_text(meta, at, node))
		return;
	wrong = wrong_with(node->text);
	if (wrong)
		SAY(meta, at, node, SCHEMA_INVALID, "Invalid value: %.*s: %s",
		    STR_ARG(schema_quote(meta->check, node)), wrong);
}

static void check_pairs(const struct meta *meta, const struct schema_at *at, const struct node *map,
			bool labels)
{
	if (map->kind != NODE_MAP) {
		SAY(meta, at, map, SCHEMA_TYPE, "Invalid value: %.*s: must be an object",
		    STR_ARG(schema_quote(meta->check, map)));
		return;
	}
	node_each(key, map)
	{
		const struct schema_at below = {at, key->text, 0, key};
		const char *wrong = names_wrong_qualified(key->text);

		if (wrong)
			SAY(meta, at, key, SCHEMA_INVALID, "Invalid value: %.*s: %s",
			    STR_ARG(schema_quote(meta->check, key)), wrong);
		if (labels)
			check_name(meta, &below, key->value, names_wrong_label_value);
		else
			is_text(meta, &below, key->value);
	}
}

/* The rest of ObjectMeta is written by the server, or by controllers. */
static bool is_other_field(struct str name)
{
	static const char *const names[] = {
		"annotations",
		"clusterName",
		"creationTimestamp",
		"deletionGracePeriodSeconds",
		"deletionTimestamp",
		"finalizers",
		"generateName",
		"generation",
		"labels",
		"managedFields",
		"name",
		"namespace",
		"ownerReferences",
		"resourceVersion",
		"selfLink",
		"uid",
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(name, names[i]))
			return true;
	return false;
}

/* A generated name ends in five characters that are not known yet: a dash at the end is fine. */
static const char *wrong_prefix(struct str name)
{
	while (str_ends(name, "-"))
		name.len--;
	return names_wrong_subdomain(name);
}

static void check_namespace(const struct meta *meta, const struct schema_at *at,
			    const struct node *node)
{
	if (meta->check->kind->cluster && node->text.len)
		SAY(meta, at, node, SCHEMA_INVALID, "Forbidden: not allowed on this type");
	else if (node->kind != NODE_STRING || node->text.len)
		check_name(meta, at, node, names_wrong_label);
}

static void check_field(const struct meta *meta, const struct node *key)
{
	const struct schema_at at = {meta->at, key->text, 0, key};

	if (!is_other_field(key->text)) {
		struct str path = schema_path(meta->check, &at);

		SAY(meta, &at, NULL, SCHEMA_UNKNOWN_FIELD, "unknown field \"%.*s\"", STR_ARG(path));
		return;
	}
	if (key->value->kind == NODE_NULL)
		return;
	if (str_is(key->text, "name"))
		check_name(meta, &at, key->value, names_wrong_subdomain);
	else if (str_is(key->text, "generateName"))
		check_name(meta, &at, key->value, wrong_prefix);
	else if (str_is(key->text, "namespace"))
		check_namespace(meta, &at, key->value);
	else if (str_is(key->text, "labels") || str_is(key->text, "annotations"))
		check_pairs(meta, &at, key->value, str_is(key->text, "labels"));
}

void schema_check_metadata(struct schema_check *check, const struct node *object)
{
	static const struct node none = {.kind = NODE_MAP};
	const struct node *key = node_key(object, "metadata");
	const struct schema_at root = {.place = object->first};
	const struct schema_at at = {&root, STR("metadata"), 0, key};
	const struct meta meta = {check, &at};
	const struct node *value = key ? key->value : &none;

	if (value->kind != NODE_MAP && value->kind != NODE_NULL) {
		SAY(&meta, &at, value, SCHEMA_TYPE, "Invalid value: %.*s: must be an object",
		    STR_ARG(schema_quote(check, value)));
		return;
	}
	if (!node_get(value, "name") && !node_get(value, "generateName")) {
		const struct schema_at name = {&at, STR("name"), 0, NULL};

		SAY(&meta, &name, NULL, SCHEMA_REQUIRED,
		    "Required value: name or generateName is required");
	}
	node_each(field, value) check_field(&meta, field);
}
