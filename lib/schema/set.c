#include "schema/pattern.h"
#include "schema/tables.h"
#include "schema/types.h"

/* All versions of a kind that are known. */
struct versions {
	struct schema_kind *at;
	size_t count;
	bool given; /* by a CRD, not by the tables */
};

void schema_set_init(struct schema_set *set, struct arena *arena)
{
	*set = (struct schema_set){.arena = arena};
	set->patterns = arena_new(arena, struct patterns);
	patterns_init(set->patterns, arena);
	map_init(&set->kinds, arena);
	map_init(&set->quick, arena);
}

void schema_set_finish(struct schema_set *set)
{
	patterns_finish(set->patterns);
}

static struct versions *versions_of(struct schema_set *set, struct str group, struct str kind)
{
	void **place = map_at(&set->kinds,
			      str_format(set->arena, "%.*s/%.*s", STR_ARG(group), STR_ARG(kind)));

	if (!*place)
		*place = arena_new(set->arena, struct versions);
	return *place;
}

/* ---- built-in tables ---- */

static struct schema_kind kind_of(const struct schema_table_kind *row)
{
	return (struct schema_kind){
		.group = str_from(row->group),
		.version = str_from(row->version),
		.kind = str_from(row->kind),
		.cluster = row->cluster,
		.served = row->served,
		.status = row->status,
		.table = row,
	};
}

void schema_set_add_gateway_api(struct schema_set *set, enum schema_channel channel)
{
	set->channel = channel;
	for (size_t i = 0; i < schema_table_kind_count; i++) {
		const struct schema_table_kind *row = &schema_table_kinds[i];
		struct versions *versions;

		if (row->channel != channel)
			continue;
		versions = versions_of(set, str_from(row->group), str_from(row->kind));
		ARENA_PUSH(set->arena, versions->at, versions->count, kind_of(row));
	}
}

void schema_set_add_core(struct schema_set *set)
{
	struct versions *versions = versions_of(set, STR(""), STR("ConfigMap"));

	ARENA_PUSH(set->arena, versions->at, versions->count,
		   (struct schema_kind){
			   .version = STR("v1"),
			   .kind = STR("ConfigMap"),
			   .served = true,
			   .root = schema_of_config_map(set),
		   });
}

/* ---- given CRDs ---- */

static bool add_version(struct schema_set *set, const struct node *spec, const struct node *version,
			struct versions *versions, struct error *error)
{
	struct schema_kind kind = {
		.group = str_dup(set->arena, node_text(spec, "group")),
		.kind = str_dup(set->arena, node_text(node_get(spec, "names"), "kind")),
		.version = str_dup(set->arena, node_text(version, "name")),
		.cluster = str_is(node_text(spec, "scope"), "Cluster"),
		.status = node_get(node_get(version, "subresources"), "status"),
	};
	struct schema_builder builder = {
		.arena = set->arena, .set = set, .kind = kind.kind, .error = error};
	const struct node *schema = node_get(node_get(version, "schema"), "openAPIV3Schema");

	node_to_bool(node_get(version, "served"), &kind.served);
	if (!kind.version.len || !schema || schema->kind != NODE_MAP)
		return error_set(error, "a version of %.*s has no name or no schema",
				 STR_ARG(kind.kind));
	kind.root = schema_build(&builder, schema);
	if (kind.root)
		ARENA_PUSH(set->arena, versions->at, versions->count, kind);
	return kind.root;
}

bool schema_set_add_crd(struct schema_set *set, const struct node *crd, struct error *error)
{
	const struct node *spec = node_get(crd, "spec"), *list = node_get(spec, "versions");
	struct str group = node_text(spec, "group"),
		   kind = node_text(node_get(spec, "names"), "kind");
	struct versions fresh = {.given = true};

	if (!str_is(node_text(crd, "kind"), "CustomResourceDefinition") ||
	    !str_is(node_text(crd, "apiVersion"), "apiextensions.k8s.io/v1"))
		return error_set(error, "this is no CustomResourceDefinition of "
					"apiextensions.k8s.io/v1");
	if (!group.len || !kind.len || !list || list->kind != NODE_LIST || !list->count)
		return error_set(error, "a CustomResourceDefinition needs spec.group, "
					"spec.names.kind and spec.versions");
	node_each(version, list) if (!add_version(set, spec, version, &fresh, error)) return false;
	*versions_of(set, group, kind) = fresh;
	return true;
}

/* ---- looking up ---- */

static bool is_gateway_api(const struct schema_set *set, struct str group, struct str kind)
{
	for (size_t i = 0; i < schema_table_kind_count; i++)
		if (schema_table_kinds[i].channel != set->channel &&
		    str_is(group, schema_table_kinds[i].group) &&
		    str_is(kind, schema_table_kinds[i].kind))
			return true;
	return false;
}

enum schema_known schema_find(const struct schema_set *set, struct str api_version, struct str kind,
			      const struct schema_kind **found)
{
	size_t slash = str_find(api_version, '/');
	struct str group = slash == SIZE_MAX ? STR("") : str_sub(api_version, 0, slash);
	struct str version = slash == SIZE_MAX ? api_version : str_from_pos(api_version, slash + 1);
	char key[512];
	const struct versions *versions;

	*found = NULL;
	if (group.len + kind.len + 1 > sizeof key)
		return SCHEMA_UNKNOWN;
	memcpy(key, group.at ? group.at : "", group.len);
	key[group.len] = '/';
	memcpy(key + group.len + 1, kind.at ? kind.at : "", kind.len);
	versions = map_get(&set->kinds, (struct str){key, group.len + kind.len + 1});
	if (!versions)
		return is_gateway_api(set, group, kind) ? SCHEMA_OTHER_CHANNEL : SCHEMA_UNKNOWN;
	for (size_t i = 0; i < versions->count; i++) {
		const struct schema_kind *row = &versions->at[i];

		if (row->served && (!*found || str_eq(row->version, version)))
			*found = row;
		if (row->served && str_eq(row->version, version))
			return SCHEMA_KNOWN;
	}
	return SCHEMA_NOT_SERVED;
}
