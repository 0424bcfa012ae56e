#include "route/paths.h"

static uint64_t hash_of(struct str text)
{
	struct hash_walk walk = hash_walk(text);

	while (hash_step(&walk))
		;
	return walk.hash;
}

static uint64_t key_of(const struct paths_literal *literal)
{
	return paths_key(literal->host.salt, hash_of(literal->text));
}

/* Nodes that share a place hang behind its first one. `used` counts those beyond the places. */
static struct paths_node *node_for(struct paths *paths, uint64_t key, uint32_t *used)
{
	struct paths_node *first = &paths->nodes[index_place(&paths->index, key)];
	struct paths_node *node;

	if (!first->host)
		return first;
	node = &paths->nodes[paths->index.place_count + *used];
	node->next = first->next;
	first->next = paths->index.place_count + ++*used;
	return node;
}

static void put(struct paths *paths, const struct paths_literal *literal, uint64_t key,
		uint32_t *used)
{
	struct paths_node *node = node_for(paths, key, used);
	struct str text = literal->text;

	node->host = literal->host.id;
	node->length = (uint32_t)text.len;
	memcpy(node->values, literal->values, sizeof node->values);
	if (text.len > PATHS_SHORT)
		node->text.there = text.at;
	else if (text.len)
		memcpy(node->text.here, text.at, text.len);
	paths->lengths |= UINT64_C(1) << text.len % 64;
	if (paths->longest < text.len)
		paths->longest = text.len;
}

static const struct paths_node *longest(const struct paths *paths, const struct paths_host *host,
					struct str path, size_t below)
{
	struct hash_walk steps = hash_walk(path);
	const struct paths_node *found = NULL;

	while (hash_step(&steps) && steps.length < below) {
		uint32_t number;
		const struct paths_node *node;

		if (!paths_has_length(paths, steps.length))
			continue;
		number = index_find(&paths->index, paths_key(host->salt, steps.hash));
		node = paths_get(paths, number, host->id, str_sub(path, 0, steps.length));
		if (node)
			found = node;
	}
	return found;
}

static void link_up(struct paths *paths, const struct paths_literal *literal, uint64_t key)
{
	struct str text = literal->text;
	const struct paths_node *above = longest(paths, &literal->host, text, text.len);
	struct paths_node *node = (struct paths_node *)paths_get(
		paths, index_find(&paths->index, key), literal->host.id, text);

	node->up = above ? (uint32_t)(above - paths->nodes) + 1 : 0;
}

void paths_build(struct paths *paths, struct arena *arena, const struct paths_literal *literals,
		 size_t count)
{
	struct arena scratch;
	uint32_t used = 0;
	uint64_t *keys;

	arena_init(&scratch);
	keys = arena_array(&scratch, uint64_t, count + 1);
	for (size_t i = 0; i < count; i++)
		keys[i] = key_of(&literals[i]);
	*paths = (struct paths){0};
	index_build(&paths->index, arena, keys, count);
	paths->nodes = index_records(&paths->index, arena, sizeof *paths->nodes);
	for (size_t i = 0; i < count; i++)
		put(paths, &literals[i], keys[i], &used);
	for (size_t i = 0; i < count; i++)
		link_up(paths, &literals[i], keys[i]);
	arena_finish(&scratch);
}

const struct paths_node *paths_search(const struct paths *paths, const struct paths_host *host,
				      struct str path)
{
	return longest(paths, host, path, paths->longest + 1);
}
