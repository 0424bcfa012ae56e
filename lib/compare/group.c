#include <stdlib.h>

#include "compare/diff_parts.h"

static uint64_t mix(uint64_t hash, struct str text)
{
	return (hash ^ str_hash(text)) * 0x9e3779b97f4a7c15u + text.len;
}

/* Kinds and names of the facts, what is absent where, and of a status also which: 308 in the place of 301 has
 * another cause than 404. */
static uint64_t cause_of(const struct diff_result *result)
{
	uint64_t hash = (uintptr_t)result->finding * 2 + result->predicted;

	for (size_t i = 0; i < result->fact_count; i++) {
		const struct fact *fact = &result->facts[i];

		hash = mix(hash + (uint64_t)fact->kind, fact->name);
		hash = hash * 4 + (fact->live.at ? 1u : 0u) + (fact->candidate.at ? 2u : 0u);
		if (fact->kind == FACT_STATUS)
			hash = mix(mix(hash, fact->live), fact->candidate);
	}
	return hash;
}

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
	uint64_t *cause = arena_new(&run->arena, uint64_t);
	struct str key = {(const char *)cause, sizeof *cause};
	struct diff_group **at;

	*cause = cause_of(result);
	at = (struct diff_group **)map_at(by_cause, key);
	if (!*at) {
		*at = arena_new(&run->arena, struct diff_group);
		(*at)->finding = result->finding;
		(*at)->predicted = result->predicted;
	}
	return *at;
}

static bool is_announced(const struct diff_group *group)
{
	return group->predicted || group->finding;
}

static int in_order(const void *a, const void *b)
{
	const struct diff_group *x = *(struct diff_group *const *)a;
	const struct diff_group *y = *(struct diff_group *const *)b;

	if (x->predicted != y->predicted)
		return x->predicted - y->predicted;
	if (is_announced(x) != is_announced(y))
		return is_announced(x) - is_announced(y);
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
