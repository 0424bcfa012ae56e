#include <stdlib.h>

#include "base/bug.h"
#include "compare/requests.h"
#include "compare/tally.h"

static bool is_wanted(struct probes *probes, const struct probe *probe,
		      const struct choose_options *options)
{
	struct str method = probe_method(probe);

	if (!options->unsafe_methods && !probe_is_safe(method)) {
		probes->unsafe++;
		return false;
	}
	for (size_t i = 0; i < options->method_count; i++)
		if (str_eq(method, options->methods[i]))
			return true;
	return !options->method_count;
}

static void choose_methods(struct probes *probes, const struct choose_options *options)
{
	size_t kept = 0;

	for (size_t i = 0; i < probes->count; i++)
		if (is_wanted(probes, &probes->at[i], options))
			probes->at[kept++] = probes->at[i];
	probes->count = kept;
}

/* ---- a sample ---- */

struct candidate {
	size_t index;
	uint64_t host, lot; /* the lot decides within a host */
	size_t turn;        /* its place among those of its host */
};

static int by_host(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->host != y->host)
		return x->host < y->host ? -1 : 1;
	if (x->lot != y->lot)
		return x->lot < y->lot ? -1 : 1;
	return x->index < y->index ? -1 : 1;
}

static int by_turn(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return x->turn != y->turn ? (x->turn < y->turn ? -1 : 1) : by_host(a, b);
}

static int by_index(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return (x->index > y->index) - (x->index < y->index);
}

/* The first of each host, then the second of each, ... as the seed has shuffled them. */
static void choose_sample(struct probes *probes, const struct choose_options *options)
{
	struct candidate *all;
	struct arena arena;

	if (!options->sample || probes->count <= options->sample)
		return;
	all = calloc(probes->count, sizeof *all);
	if (!all)
		bug_out_of_memory(probes->count * sizeof *all);
	arena_init(&arena);
	for (size_t i = 0; i < probes->count; i++) {
		struct str host = route_host(probes->at[i].request.authority);

		all[i].index = i;
		all[i].host = tally_mix(options->seed, str_hash(str_lower(&arena, host)));
		all[i].lot = tally_mix(options->seed, probe_identity(&probes->at[i]));
	}
	arena_finish(&arena);
	qsort(all, probes->count, sizeof *all, by_host);
	for (size_t i = 1; i < probes->count; i++)
		all[i].turn = all[i].host == all[i - 1].host ? all[i - 1].turn + 1 : 0;
	qsort(all, probes->count, sizeof *all, by_turn);
	qsort(all, options->sample, sizeof *all, by_index);
	for (size_t i = 0; i < options->sample; i++)
		probes->at[i] = probes->at[all[i].index];
	probes->count = options->sample;
	free(all);
}

/* ---- a shard ---- */

/* By identity: adding a line to a file moves no other probe to another shard. */
static void choose_shard(struct probes *probes, const struct choose_options *options)
{
	size_t kept = 0;

	if (!options->shards)
		return;
	for (size_t i = 0; i < probes->count; i++)
		if (tally_mix(probe_identity(&probes->at[i]), 0) % options->shards ==
		    options->shard - 1)
			probes->at[kept++] = probes->at[i];
	probes->count = kept;
}

void probes_choose(struct probes *probes, const struct choose_options *options)
{
	choose_methods(probes, options);
	choose_sample(probes, options);
	choose_shard(probes, options);
}
