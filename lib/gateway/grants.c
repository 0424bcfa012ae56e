#include <stdio.h>
#include <stdlib.h>

#include "base/bug.h"
#include "gateway/limits.h"
#include "gateway/planner.h"

/* What one kind of object of one namespace may refer to in another. A grant with several `from` and
 * several `to` would allow every pair of them, so there is one `from` in each. */
struct grant {
	struct reference reference; /* to_name unused */
	struct str *names;
	size_t count;
};

void grants_need(struct planner *planner, struct reference reference)
{
	if (str_eq(reference.from_namespace, reference.to_namespace))
		return;
	BUG_UNLESS(!planner->apart);

	struct str key =
		str_format(&planner->arena, "%.*s/%s/%.*s/%s/%s", STR_ARG(reference.to_namespace),
			   reference.from_kind, STR_ARG(reference.from_namespace),
			   reference.to_group, reference.to_kind);
	struct grant **place = (struct grant **)map_at(&planner->grants, key);

	if (!*place) {
		*place = arena_new(&planner->arena, struct grant);
		(*place)->reference = reference;
		ARENA_PUSH(&planner->arena, planner->grant_list, planner->grant_count, *place);
	}
	ARENA_PUSH(&planner->arena, (*place)->names, (*place)->count, reference.to_name);
}

static bool is_gateway_kind(const char *kind)
{
	return strcmp(kind, "Gateway") == 0 || strcmp(kind, "ListenerSet") == 0;
}

/* "ingress2gw-gateway-default-secret": who may refer to what. */
static struct str grant_name(struct planner *planner, const struct grant *grant, size_t part,
			     size_t parts)
{
	struct arena *arena = &planner->arena;
	struct str from = str_format(arena, "%s-%.*s", grant->reference.from_kind,
				     STR_ARG(grant->reference.from_namespace));
	struct str what = str_format(arena, "%s", grant->reference.to_kind);
	char digits[24];
	int width = snprintf(digits, sizeof digits, "%zu", parts);

	if (part > 0)
		what = str_format(arena, "%.*s-%0*zu", STR_ARG(what), width < 2 ? 2 : width,
				  part + 1);
	return name_join(arena, GATEWAY_NAME, STR("ingress2gw"), from, what);
}

struct written_grant {
	struct target *target;
	const struct grant *grant;
	size_t from, to;
};

static void write_grant(struct planner *planner, const struct written_grant *written)
{
	struct arena *arena = &planner->scratch;
	const struct reference *reference = &written->grant->reference;
	struct node *root = object_new(planner, GATEWAY_VERSION, written->target);
	struct node *spec = node_set_map(arena, root, "spec");
	struct node *from = node_push_map(arena, node_set_list(arena, spec, "from"));

	node_set_string(arena, from, "group", STR(GATEWAY_GROUP));
	node_set_string(arena, from, "kind", str_from(reference->from_kind));
	node_set_string(arena, from, "namespace", reference->from_namespace);

	struct node *list = node_set_list(arena, spec, "to");

	for (size_t i = written->from; i < written->to; i++) {
		struct node *to = node_push_map(arena, list);

		node_set_string(arena, to, "group", str_from(reference->to_group));
		node_set_string(arena, to, "kind", str_from(reference->to_kind));
		node_set_string(arena, to, "name", written->grant->names[i]);
	}
	object_write(planner, written->target,
		     is_gateway_kind(reference->from_kind) ? ROLE_OPERATOR : ROLE_DEVELOPER, root);
}

static int compare_grants(const void *a, const void *b)
{
	return target_compare(((const struct written_grant *)a)->target,
			      ((const struct written_grant *)b)->target);
}

void grants_write(struct planner *planner)
{
	struct written_grant *all = NULL;
	size_t count = 0;

	for (size_t i = 0; i < planner->grant_count; i++) {
		struct grant *grant = planner->grant_list[i];

		grant->count = sort_unique(grant->names, grant->count);

		size_t parts = (grant->count + GATEWAY_GRANT_TO - 1) / GATEWAY_GRANT_TO;

		for (size_t part = 0; part < parts; part++) {
			size_t from = part * GATEWAY_GRANT_TO, to = from + GATEWAY_GRANT_TO;
			struct target *target =
				target_new(planner, "ReferenceGrant", grant->reference.to_namespace,
					   grant_name(planner, grant, part, parts));

			ARENA_PUSH(&planner->arena, all, count,
				   (struct written_grant){target, grant, from,
							  to < grant->count ? to : grant->count});
		}
	}
	if (count)
		qsort(all, count, sizeof *all, compare_grants);
	for (size_t i = 0; i < count; i++)
		write_grant(planner, &all[i]);
}
