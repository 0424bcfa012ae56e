/* paths.h - the literal paths of all hosts in one hash table. Private to lib/route.
 *
 * A path is found by one probe for each of its elements that some literal of the host is as long as, so
 * the cost does not depend on how many there are. What a node holds is the caller's: it gets room of the
 * size it asks for, beside the text, so that looking at both costs one line of the cache.
 */
#ifndef ROUTE_PATHS_H
#define ROUTE_PATHS_H

#include "base/arena.h"
#include "route/hash.h"

struct paths_slot {
	uint32_t tag, node; /* node 0: free */
};

/* Literals of one host: what keeps probes away that cannot succeed. */
struct paths_host {
	uint64_t lengths; /* bit n: there is a literal of n bytes, modulo 64 */
	uint32_t longest;
	uint32_t id;   /* distinct for each host */
	uint64_t salt; /* of its places in the table; best known before the host is */
};

struct paths_node {
	uint32_t up; /* node of the longest other literal of this host that is a prefix by elements;
	                0: none */
	uint32_t host;
	uint32_t length; /* of the text, which stands behind `count` values */
	uint32_t count;
	uint64_t values[];
};

struct paths {
	struct paths_slot *slots;
	uint64_t mask;
	uint64_t *nodes; /* node numbers count words from here; the first one is not used */
	size_t used, room;
};

/* One literal to put in. Equal texts of a host must be put together by the caller. */
struct paths_literal {
	struct str text;
	struct paths_host *host;
	const uint64_t *values;
	uint32_t count;
};

/* Builds the table. Owned by the arena. Fills in `lengths` and `longest` of the hosts; their ids are the
 * caller's. */
void paths_build(struct paths *paths, struct arena *arena, const struct paths_literal *literals,
		 size_t count);

static inline const struct paths_node *paths_node(const struct paths *paths, uint32_t number)
{
	return number ? (const struct paths_node *)(paths->nodes + number) : NULL;
}

static inline struct str paths_text(const struct paths_node *node)
{
	return (struct str){(const char *)(node->values + node->count), node->length};
}

/* Position of a hash in the table, before the mask. */
static inline uint64_t paths_place(uint64_t salt, uint64_t hash)
{
	return hash_mix(hash, salt);
}

/* The node of exactly this text; NULL when there is none. `hash` is that of a walk over it. */
static inline const struct paths_node *
paths_get(const struct paths *paths, const struct paths_host *host, struct str text, uint64_t hash)
{
	uint64_t place = paths_place(host->salt, hash);
	uint32_t tag = (uint32_t)(place >> 32);

	for (uint64_t at = place & paths->mask;; at = (at + 1) & paths->mask) {
		const struct paths_slot *slot = &paths->slots[at];

		if (!slot->node)
			return NULL;
		if (slot->tag != tag)
			continue;

		const struct paths_node *node = paths_node(paths, slot->node);

		/* Text and values are on the next lines of the cache. */
		__builtin_prefetch((const char *)node + 64);
		__builtin_prefetch((const char *)node + 128);
		if (node->host == host->id && str_eq(paths_text(node), text))
			return node;
	}
}

/* A path with the hashes at its first slashes: they are the same for every host. */
enum { PATHS_STEPS = 8 };
struct paths_walk {
	struct hash_walk rest; /* what comes behind the steps */
	uint32_t count;
	uint32_t lengths[PATHS_STEPS];
	uint64_t hashes[PATHS_STEPS];
};

static inline void paths_walk(struct paths_walk *walk, struct str path)
{
	walk->rest = hash_walk(path);
	walk->count = 0;
	do {
		hash_step(&walk->rest);
		walk->lengths[walk->count] = (uint32_t)(walk->rest.at - walk->rest.start);
		walk->hashes[walk->count++] = walk->rest.hash;
	} while (walk->rest.at < walk->rest.end && walk->count < PATHS_STEPS);
}

/* Asks for the places of the table where the literals of a host with this salt would be. */
static inline void paths_expect(const struct paths *paths, const struct paths_walk *walk,
				uint64_t salt)
{
	for (uint32_t i = 0; i < walk->count; i++)
		__builtin_prefetch(&paths->slots[paths_place(salt, walk->hashes[i]) & paths->mask]);
}

/* What is known of a path: the node of the whole of it, and the longest one that is a prefix of it by
 * elements (perhaps the same); each may be NULL. Shorter prefixes are found by paths_up(). */
struct paths_found {
	const struct paths_node *exact, *prefix;
};

static inline void paths_try(const struct paths *paths, const struct paths_host *host,
			     struct str prefix, uint64_t hash, struct paths_found *found)
{
	const struct paths_node *node;

	if (!(host->lengths >> (prefix.len % 64) & 1))
		return;
	node = paths_get(paths, host, prefix, hash);
	if (node)
		found->prefix = node;
}

static inline struct paths_found
paths_find(const struct paths *paths, const struct paths_host *host, const struct paths_walk *walk)
{
	struct hash_walk rest = walk->rest;
	const char *start = rest.start;
	struct paths_found found = {0};

	for (uint32_t i = 0; i < walk->count && walk->lengths[i] <= host->longest; i++)
		paths_try(paths, host, (struct str){start, walk->lengths[i]}, walk->hashes[i],
			  &found);
	while (rest.at < rest.end && (size_t)(rest.at - start) <= host->longest) {
		hash_step(&rest);
		paths_try(paths, host, (struct str){start, (size_t)(rest.at - start)}, rest.hash,
			  &found);
	}
	if (found.prefix && found.prefix->length == (size_t)(rest.end - start))
		found.exact = found.prefix;
	return found;
}

static inline const struct paths_node *paths_up(const struct paths *paths,
						const struct paths_node *node)
{
	return paths_node(paths, node->up);
}

#endif
