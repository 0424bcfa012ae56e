#include "compare/shorten.h"

enum part { PART_HEADER, PART_QUERY, PART_BODY, PART_PATH };

/* A request without one part, or without all that did not matter. */
struct shorten_try {
	size_t group;
	enum part part;
	size_t which;    /* index of the header; bytes of the path that stay */
	uint32_t number; /* of its probe */
	bool shows;      /* the difference */
};

/* ---- requests without something ---- */

/* With it, a request is another one, or none. */
static bool is_needed(struct str name)
{
	return str_is_nocase(name, "content-type") || str_is_nocase(name, "te") ||
	       str_is_nocase(name, "transfer-encoding");
}

static void without_header(struct probes *probes, struct route_request *request, size_t which)
{
	struct route_header *headers =
		arena_array(&probes->arena, struct route_header, request->header_count);
	size_t count = 0;

	for (size_t i = 0; i < request->header_count; i++)
		if (i != which)
			headers[count++] = request->headers[i];
	request->headers = headers;
	request->header_count = count;
}

static void without_query(struct route_request *request)
{
	request->target = str_sub(request->target, 0, str_find(request->target, '?'));
}

static void with_path(struct probes *probes, struct route_request *request, size_t len)
{
	size_t query = str_find(request->target, '?');

	request->target =
		STR_JOIN(&probes->arena, str_sub(request->target, 0, len),
			 query == SIZE_MAX ? STR("") : str_from_pos(request->target, query));
}

static void drop(struct probes *probes, struct probe *probe, enum part part, size_t which)
{
	switch (part) {
	case PART_HEADER:
		without_header(probes, &probe->request, which);
		break;
	case PART_QUERY:
		without_query(&probe->request);
		break;
	case PART_BODY:
		probe->body = (struct str){NULL, 0};
		probe->request.body_length = 0;
		break;
	case PART_PATH:
		with_path(probes, &probe->request, which);
		break;
	}
}

/* The number is the caller's: results are found by it. */
static struct probe *add_copy(struct shorten *shorten, const struct probe *of)
{
	uint32_t number = probes_add(&shorten->probes)->number;
	struct probe *probe = &shorten->probes.at[shorten->probes.count - 1];

	*probe = *of;
	probe->number = number;
	return probe;
}

static void try_without(struct shorten *shorten, size_t group, enum part part, size_t which)
{
	struct probe *probe = add_copy(shorten, &shorten->run->groups[group].example->probe);
	struct shorten_try one = {
		.group = group, .part = part, .which = which, .number = probe->number};

	drop(&shorten->probes, probe, part, which);
	ARENA_PUSH(&shorten->run->arena, shorten->tries, shorten->count, one);
}

/* ---- the first round ---- */

/* Positions behind "/" that end a shorter path, the shortest first. */
static void try_paths(struct shorten *shorten, size_t group, struct str target)
{
	struct str path = str_sub(target, 0, str_find(target, '?'));
	size_t tried = 0;

	if (!path.len || path.at[0] != '/')
		return;
	for (size_t i = 1; i < path.len && tried < SHORTEN_PARTS / 4; i++)
		if (path.at[i - 1] == '/' || path.at[i] == '/') {
			try_without(shorten, group, PART_PATH, i);
			tried++;
		}
}

static void try_parts(struct shorten *shorten, size_t group)
{
	const struct probe *probe = &shorten->run->groups[group].example->probe;
	const struct route_request *request = &probe->request;

	/* What is decided by lot, or by one client's cookies, is not shown by one request. */
	if (probe->draws)
		return;
	for (size_t i = 0; i < request->header_count && i < SHORTEN_PARTS; i++)
		if (!is_needed(request->headers[i].name))
			try_without(shorten, group, PART_HEADER, i);
	if (str_find(request->target, '?') != SIZE_MAX)
		try_without(shorten, group, PART_QUERY, 0);
	if (request->body_length)
		try_without(shorten, group, PART_BODY, 0);
	try_paths(shorten, group, request->target);
}

void shorten_begin(struct shorten *shorten, struct diff_run *run)
{
	*shorten = (struct shorten){.run = run};
	probes_init(&shorten->probes);
	for (size_t i = 0; i < run->group_count && i < SHORTEN_GROUPS; i++)
		try_parts(shorten, i);
}

/* ---- what it showed ---- */

static bool has_fact(const struct diff_result *result, const struct fact *fact)
{
	for (size_t i = 0; i < result->fact_count; i++)
		if (result->facts[i].kind == fact->kind &&
		    str_eq(result->facts[i].name, fact->name) &&
		    (fact->kind != FACT_STATUS ||
		     (str_eq(result->facts[i].live, fact->live) &&
		      str_eq(result->facts[i].candidate, fact->candidate))))
			return true;
	return false;
}

/* All facts of the example; more of them do not hurt, as less noise is known here. */
static bool shows(const struct shorten *shorten, const struct diff_run *own, size_t group,
		  uint32_t number)
{
	const struct diff_result *example = shorten->run->groups[group].example;

	for (size_t i = 0; i < own->result_count; i++) {
		const struct diff_result *result = &own->results[i];

		if (result->probe.number != number || result->verdict != DIFF_DIFFERENT)
			continue;
		for (size_t f = 0; f < example->fact_count; f++)
			if (!has_fact(result, &example->facts[f]))
				return false;
		return true;
	}
	return false;
}

/* Without all that did not matter: headers from the last one, so that indices stay, and the shortest path. */
static bool without_all(struct shorten *shorten, size_t group, struct probe *probe)
{
	bool path = false, less = false;

	for (size_t i = shorten->count; i > 0; i--) {
		const struct shorten_try *one = &shorten->tries[i - 1];

		if (one->group != group || !one->shows || one->part == PART_PATH)
			continue;
		drop(&shorten->probes, probe, one->part, one->which);
		less = true;
	}
	for (size_t i = 0; i < shorten->count && !path; i++) {
		const struct shorten_try *one = &shorten->tries[i];

		path = one->group == group && one->shows && one->part == PART_PATH;
		if (path)
			drop(&shorten->probes, probe, PART_PATH, one->which);
	}
	return less || path;
}

void shorten_learn(struct shorten *shorten, const struct diff_run *own)
{
	const size_t groups = shorten->run->group_count;

	for (size_t i = 0; i < shorten->count; i++)
		shorten->tries[i].shows =
			shows(shorten, own, shorten->tries[i].group, shorten->tries[i].number);
	shorten->probes.count = 0;
	for (size_t i = 0; i < groups && i < SHORTEN_GROUPS; i++) {
		struct probe *probe = add_copy(shorten, &shorten->run->groups[i].example->probe);

		/* The number says which group it is. */
		probe->number = (uint32_t)i + 1;
		if (!without_all(shorten, i, probe))
			shorten->probes.count--;
	}
}

/* ---- the second round ---- */

void shorten_end(struct shorten *shorten, const struct diff_run *own)
{
	for (size_t i = 0; i < shorten->probes.count; i++) {
		const struct probe *probe = &shorten->probes.at[i];
		size_t group = probe->number - 1;

		if (shows(shorten, own, group, probe->number)) {
			struct probe *kept = arena_new(&shorten->run->arena, struct probe);

			*kept = diff_copy_probe(&shorten->run->arena, probe);
			shorten->run->groups[group].shorter = kept;
		}
	}
}

void shorten_finish(struct shorten *shorten)
{
	probes_finish(&shorten->probes);
}
