#include <stdlib.h>

#include "base/buf.h"
#include "compare/diff_parts.h"
#include "compare/report_parts.h"

/* Bytes that one has to read to understand the request. */
static size_t length_of(const struct probe *probe)
{
	const struct route_request *request = &probe->request;
	size_t length = request->method.len + request->authority.len + request->target.len +
			probe->body.len;

	for (size_t i = 0; i < request->header_count; i++)
		length += request->headers[i].name.len + request->headers[i].value.len + 4;
	return length;
}

static struct diff_group *group_for(struct diff_run *run, struct map *by_cause,
				    const struct diff_result *result)
{
	struct diff_group *group;
	struct buf key = {0};

	report_group_key(&key, result);
	group = map_get(by_cause, buf_slice(&key));
	if (!group) {
		group = arena_new(&run->arena, struct diff_group);
		group->finding = result->finding;
		group->predicted = result->predicted;
		*map_at(by_cause, str_dup(&run->arena, buf_slice(&key))) = group;
	}
	buf_finish(&key);
	return group;
}

static int in_order(const void *a, const void *b)
{
	const struct diff_group *x = *(struct diff_group *const *)a;
	const struct diff_group *y = *(struct diff_group *const *)b;

	if (!x->finding != !y->finding)
		return x->finding ? 1 : -1;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return x->example->probe.number < y->example->probe.number ? -1 : 1;
}

void groups_make(struct diff_run *run)
{
	struct diff_group **of_result, **sorted = NULL;
	struct map by_cause;
	size_t count = 0;

	map_init(&by_cause, &run->arena);
	of_result = arena_array(&run->arena, struct diff_group *, run->result_count + 1);
	for (size_t i = 0; i < run->result_count; i++) {
		struct diff_result *result = &run->results[i];
		struct diff_group *group;

		result->group = DIFF_NO_GROUP;
		if (result->verdict != DIFF_DIFFERENT)
			continue;
		of_result[i] = group = group_for(run, &by_cause, result);
		if (!group->count++)
			ARENA_PUSH(&run->arena, sorted, count, group);
		if (!group->example ||
		    length_of(&result->probe) < length_of(&group->example->probe))
			group->example = result;
	}
	if (!count)
		return;
	qsort(sorted, count, sizeof *sorted, in_order);
	run->groups = arena_array(&run->arena, struct diff_group, count);
	run->group_count = count;
	for (size_t i = 0; i < count; i++)
		run->groups[i] = *sorted[i];
	/* Places of the sorted ones: a group is found by its example. */
	for (size_t i = 0; i < count; i++)
		sorted[i]->count = i;
	for (size_t i = 0; i < run->result_count; i++)
		if (of_result[i])
			run->results[i].group = (uint32_t)of_result[i]->count;
}
