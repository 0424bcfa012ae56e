#include "report/groups.h"

#include <stdlib.h>

#include "base/map.h"

struct grouping {
	const struct report *report;
	struct arena *arena;
	struct map by_key; /* source and reference -> group */
	struct map by_ref; /* reference -> first group with it */
	struct report_groups groups;
};

static struct str ref_key(struct arena *arena, const struct object_ref *ref)
{
	return str_format(arena, "%.*s\n%.*s\n%.*s", STR_ARG(ref->kind), STR_ARG(ref->namespace),
			  STR_ARG(ref->name));
}

static struct report_group *group_at(struct grouping *g, const struct object_ref *ref,
				     struct span span)
{
	struct str ref_only = ref_key(g->arena, ref);
	bool placed = span.line > 0;
	struct report_group *group;
	void **slot, **first;

	if (!placed && ref->name.len && (group = map_get(&g->by_ref, ref_only)))
		return group;
	slot = map_at(&g->by_key,
		      str_format(g->arena, "%d:%u\n%.*s", placed, span.source, STR_ARG(ref_only)));
	if (*slot)
		return *slot;
	group = arena_new(g->arena, struct report_group);
	*group = (struct report_group){
		.ref = *ref,
		.source = span.source,
		.placed = placed,
		.serial = g->groups.count,
	};
	*slot = group;
	first = map_at(&g->by_ref, ref_only);
	if (!*first)
		*first = group;
	ARENA_PUSH(g->arena, g->groups.at, g->groups.count, group);
	return group;
}

static void add_list(struct grouping *g, const struct report_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct finding *finding = list->at[i].finding;
		struct report_group *group = group_at(g, &finding->object, finding->span);

		ARENA_PUSH(g->arena, group->entries, group->count, list->at[i]);
	}
}

static int compare_groups(const void *left, const void *right)
{
	const struct report_group *a = *(struct report_group *const *)left;
	const struct report_group *b = *(struct report_group *const *)right;

	if (a->placed != b->placed)
		return a->placed ? -1 : 1;
	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	return a->serial < b->serial ? -1 : a->serial > b->serial;
}

struct report_groups report_groups(const struct report *report, struct arena *arena)
{
	struct grouping g = {.report = report, .arena = arena};
	struct report_list list = report_list(report, arena);
	struct report_list aside = report_list_aside(report, arena);

	map_init(&g.by_key, arena);
	map_init(&g.by_ref, arena);
	for (size_t i = 0; i < report->object_count; i++)
		group_at(&g, &report->objects[i].ref, report->objects[i].span);
	add_list(&g, &list);
	add_list(&g, &aside);
	if (g.groups.count)
		qsort(g.groups.at, g.groups.count, sizeof(*g.groups.at), compare_groups);
	return g.groups;
}

struct str report_group_name(const struct report *report, const struct report_group *group,
			     struct arena *arena)
{
	const struct object_ref *ref = &group->ref;

	if (!ref->name.len && !ref->kind.len)
		return group->placed ? report_path(report, group->source, arena) : STR("the run");
	if (!ref->namespace.len)
		return str_format(arena, "%.*s %.*s", STR_ARG(ref->kind), STR_ARG(ref->name));
	return str_format(arena, "%.*s %.*s/%.*s", STR_ARG(ref->kind), STR_ARG(ref->namespace),
			  STR_ARG(ref->name));
}

int report_group_worst(const struct report_group *group, enum verdict_state state)
{
	int worst = SEVERITY_INFO - 1;

	for (size_t i = 0; i < group->count; i++)
		if (group->entries[i].verdict.state == state &&
		    (int)group->entries[i].verdict.severity > worst)
			worst = (int)group->entries[i].verdict.severity;
	return worst;
}
