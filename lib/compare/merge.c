/* Several results become one: counts are added, groups of one cause are joined, shards are ticked off. */
#include <stdlib.h>

#include "compare/merge_read.h"

enum { SHARDS_MOST = 100000, NAMED_MOST = 10 };

static struct diff_merge_state *state_of(struct diff_run *run)
{
	if (!run->merge) {
		run->merge = arena_new(&run->arena, struct diff_merge_state);
		map_init(&run->merge->hosts, &run->arena);
		map_init(&run->merge->groups, &run->arena);
		map_init(&run->merge->findings, &run->arena);
		map_init(&run->merge->names[0], &run->arena);
		map_init(&run->merge->names[1], &run->arena);
		run->complete = true;
	}
	return run->merge;
}

/* ---- which shard it is ---- */

static void take_first(struct diff_run *run, const struct merge_file *file)
{
	run->merge->first = str_dup(&run->arena, file->name);
	run->seed = file->seed;
	run->shards = file->shards;
	run->live.name = merge_text(file, node_get(file->root, "live"), "name");
	run->candidate.name = merge_text(file, node_get(file->root, "candidate"), "name");
	run->merge->from = arena_array(&run->arena, struct str, (size_t)file->shards + 1);
}

/* Two results without shards would count every request twice. */
static bool is_of_one_whole(struct diff_run *run, const struct merge_file *file)
{
	struct str first = run->merge->first;

	if (file->shards != run->shards)
		return merge_fail(
			file, node_get(file->root, "shard"),
			"this is a shard of %u, but %.*s is one of %u: they are not of one "
			"whole",
			file->shards ? file->shards : 1, STR_ARG(first),
			run->shards ? run->shards : 1);
	if (!file->shards)
		return merge_fail(file, file->root,
				  "this is a whole result and %.*s is one too: only shards can be "
				  "merged (--shard)",
				  STR_ARG(first));
	if (file->seed != run->seed)
		return merge_fail(file, node_get(file->root, "seed"),
				  "the seed is another one than in %.*s: they are not of one whole",
				  STR_ARG(first));
	return true;
}

static bool take_shard(struct diff_run *run, const struct merge_file *file)
{
	struct diff_merge_state *merge = state_of(run);

	if (file->shards > SHARDS_MOST || file->shard > file->shards ||
	    (file->shards && !file->shard))
		return merge_fail(file, node_get(file->root, "shard"),
				  "a shard is a number from 1 to how many there are, at most %d",
				  SHARDS_MOST);
	if (!merge->files)
		take_first(run, file);
	else if (!is_of_one_whole(run, file))
		return false;
	if (merge->from[file->shard].at)
		return merge_fail(file, node_get(file->root, "shard"),
				  "shard %u of %u comes twice, first in %.*s", file->shard,
				  file->shards, STR_ARG(merge->from[file->shard]));
	merge->from[file->shard] = str_dup(&run->arena, file->name);
	return true;
}

/* ---- counts ---- */

static void add_count(const struct merge_file *file, const struct node *map, const char *key,
		      size_t *count)
{
	*count += merge_number(file, map, key);
}

static void raise_count(const struct merge_file *file, const struct node *map, const char *key,
			size_t *count)
{
	size_t other = merge_number(file, map, key);

	*count = other > *count ? other : *count;
}

static void raise_to(const struct merge_file *file, const struct node *map, const char *key,
		     int64_t *value)
{
	int64_t other = (int64_t)merge_number(file, map, key);

	*value = other > *value ? other : *value;
}

static void add_side(const struct merge_file *file, const char *key, struct diff_side *side)
{
	const struct node *map = node_get(file->root, key), *latency = node_get(map, "latency");

	add_count(file, map, "failed", &side->failed);
	raise_to(file, latency, "p50", &side->latency.p50);
	raise_to(file, latency, "p90", &side->latency.p90);
	raise_to(file, latency, "p99", &side->latency.p99);
	raise_to(file, latency, "max", &side->latency.most);
}

static void add_summary(struct diff_run *run, const struct merge_file *file)
{
	const struct node *summary = node_get(file->root, "summary");
	bool complete = false;

	add_count(file, summary, "asked", &run->asked);
	add_count(file, summary, "equal", &run->equal);
	add_count(file, summary, "different", &run->different);
	add_count(file, summary, "flaky", &run->flaky);
	add_count(file, summary, "unasked", &run->unasked);
	/* What was left out was so before the whole was divided: every shard says it. */
	raise_count(file, summary, "unsafe", &run->unsafe);
	raise_count(file, summary, "unreadable", &run->unreadable);
	add_count(file, summary, "echoed", &run->echoed);
	node_to_bool(node_get(file->root, "complete"), &complete);
	run->complete &= complete;
	/* Shards run side by side. */
	raise_to(file, file->root, "microseconds", &run->took);
	add_side(file, "live", &run->live);
	add_side(file, "candidate", &run->candidate);
}

static void add_host(struct diff_run *run, const struct merge_file *file, const struct node *map)
{
	struct str name = merge_text(file, map, "host");
	void **at = map_at(&run->merge->hosts, name);
	struct diff_host *host;

	if (!*at) {
		*at = arena_new(&run->arena, struct diff_host);
		((struct diff_host *)*at)->host = name;
		ARENA_PUSH(&run->arena, run->merge->host_list, run->host_count, *at);
	}
	host = *at;
	add_count(file, map, "equal", &host->equal);
	add_count(file, map, "different", &host->different);
	add_count(file, map, "flaky", &host->flaky);
	add_count(file, map, "unasked", &host->unasked);
}

static void add_names(struct diff_run *run, const struct merge_file *file, const char *key,
		      bool noise)
{
	node_each(child, node_get(file->root, key))
	{
		struct str name = merge_bytes(file, child);
		void **at = map_at(&run->merge->names[noise], name);

		if (*at)
			continue;
		*at = run;
		if (noise)
			ARENA_PUSH(&run->arena, run->merge->noise, run->noise_count, name);
		else
			ARENA_PUSH(&run->arena, run->merge->ignored, run->ignored_count, name);
	}
}

/* ---- groups ---- */

/* The number of the group of this cause; a new one when there is none yet. */
static uint32_t group_of(struct diff_run *run, const struct diff_result *result)
{
	struct buf key;
	void **at;

	buf_init(&key);
	report_group_key(&key, result);
	at = map_at(&run->merge->groups, str_dup(&run->arena, buf_slice(&key)));
	buf_finish(&key);
	if (!*at) {
		const struct diff_group fresh = {.finding = result->finding,
						 .predicted = result->predicted};

		ARENA_PUSH(&run->arena, run->groups, run->group_count, fresh);
		*at = (void *)(uintptr_t)run->group_count;
	}
	return (uint32_t)((uintptr_t)*at - 1);
}

static void add_result(struct diff_run *run, const struct merge_file *file, const struct node *map)
{
	struct diff_result result = {.group = 0};

	if (!merge_result(file, map, &result))
		return;
	if (result.verdict == DIFF_DIFFERENT) {
		result.group = group_of(run, &result);
		run->groups[result.group].count++;
	}
	ARENA_PUSH(&run->arena, run->results, run->result_count, result);
}

static void take_file(void *user, struct merge_file *file)
{
	struct diff_run *run = user;

	state_of(run);
	if (!take_shard(run, file))
		return;
	run->merge->files++;
	merge_findings(file, &run->merge->findings);
	add_summary(run, file);
	node_each(host, node_get(file->root, "hosts")) add_host(run, file, host);
	add_names(run, file, "ignored", false);
	add_names(run, file, "noise", true);
	node_each(result, node_get(file->root, "results")) add_result(run, file, result);
}

bool diff_merge(struct diff_run *run, struct sources *sources, struct str text, const char *path,
		struct error *error)
{
	struct merge_file file = {
		.arena = &run->arena, .sources = sources, .name = str_from(path), .error = error};

	return merge_read(&file, text, take_file, run);
}

/* ---- the end ---- */

static int compare_results(const void *left, const void *right)
{
	const struct diff_result *a = left, *b = right;

	return a->probe.number < b->probe.number ? -1 : a->probe.number > b->probe.number;
}

static int compare_names(const void *left, const void *right)
{
	return str_cmp(*(const struct str *)left, *(const struct str *)right);
}

static int compare_hosts(const void *left, const void *right)
{
	return str_cmp(((const struct diff_host *)left)->host,
		       ((const struct diff_host *)right)->host);
}

/* As in a run of one piece: not predicted first, then the largest, then by the first request. */
static int compare_groups(const void *left, const void *right)
{
	const struct diff_group *a = left, *b = right;

	if ((a->finding != NULL) != (b->finding != NULL))
		return a->finding ? 1 : -1;
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return compare_results(a->example, b->example);
}

/* The shortest request is the easiest to read. */
static size_t length_of(const struct diff_result *result)
{
	const struct route_request *request = &result->probe.request;
	size_t len = request->authority.len + request->target.len;

	for (size_t i = 0; i < request->header_count; i++)
		len += request->headers[i].name.len + request->headers[i].value.len;
	return len;
}

static void choose_examples(struct diff_run *run)
{
	for (size_t i = 0; i < run->result_count; i++) {
		const struct diff_result *result = &run->results[i];
		struct diff_group *group;

		/* Others are in no group, and there may be none. */
		if (result->verdict != DIFF_DIFFERENT)
			continue;
		group = &run->groups[result->group];
		if (!group->example || length_of(result) < length_of(group->example))
			group->example = result;
	}
}

static void order_groups(struct diff_run *run)
{
	uint32_t *moved = arena_array(&run->arena, uint32_t, run->group_count + 1);

	if (run->group_count)
		qsort(run->groups, run->group_count, sizeof *run->groups, compare_groups);
	for (size_t i = 0; i < run->group_count; i++)
		moved[run->groups[i].example->group] = (uint32_t)i;
	for (size_t i = 0; i < run->result_count; i++)
		if (run->results[i].verdict == DIFF_DIFFERENT)
			run->results[i].group = moved[run->results[i].group];
}

static bool is_whole(const struct diff_run *run, struct error *error)
{
	struct buf missing;
	size_t count = 0;

	buf_init(&missing);
	for (uint32_t i = 1; i <= run->shards; i++)
		if (!run->merge->from[i].at && count++ < NAMED_MOST)
			buf_format(&missing, "%s%u", count > 1 ? ", " : "", i);
	if (count > NAMED_MOST)
		buf_format(&missing, " and %zu more", count - NAMED_MOST);
	if (count)
		error_set(error, "of %u shards %zu %s missing: %.*s", run->shards, count,
			  count == 1 ? "is" : "are", STR_ARG(buf_slice(&missing)));
	buf_finish(&missing);
	return count == 0;
}

bool diff_merge_end(struct diff_run *run, struct error *error)
{
	struct diff_merge_state *merge = state_of(run);

	if (!merge->files)
		return error_set(error, "there is no result to merge");
	if (!is_whole(run, error))
		return false;
	run->shards = 0;
	if (run->result_count)
		qsort(run->results, run->result_count, sizeof *run->results, compare_results);
	choose_examples(run);
	order_groups(run);
	run->hosts = arena_array(&run->arena, struct diff_host, run->host_count);
	for (size_t i = 0; i < run->host_count; i++)
		run->hosts[i] = *merge->host_list[i];
	if (run->host_count)
		qsort(run->hosts, run->host_count, sizeof *run->hosts, compare_hosts);
	if (run->ignored_count)
		qsort(merge->ignored, run->ignored_count, sizeof *merge->ignored, compare_names);
	if (run->noise_count)
		qsort(merge->noise, run->noise_count, sizeof *merge->noise, compare_names);
	run->ignored = merge->ignored;
	run->noise = merge->noise;
	return true;
}
