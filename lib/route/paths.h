/* paths.h - the literal paths of all hosts in one table. Private to lib/route.
 *
 * A path is looked for once for each of its elements that some literal is as long as, so the cost does
 * not depend on how many there are. All places are known (index.h) and asked for before the first is
 * looked at. What a node holds is the caller's and stands beside the text: a literal that is found costs
 * one miss of the cache.
 */
#ifndef ROUTE_PATHS_H
#define ROUTE_PATHS_H

#include "base/arena.h"
#include "route/index.h"

/* Of one host, or whoever else has literals of its own. */
struct paths_host {
	uint32_t id;   /* distinct for each host; not 0 */
	uint64_t salt; /* of its keys; best known before the host is */
};

/* Numbers of nodes count from 1; 0: none. */
enum { PATHS_SHORT = 32, PATHS_VALUES = 10 };

struct paths_node {
	uint64_t values[PATHS_VALUES]; /* the caller's */
	uint32_t host;                 /* 0: there is nothing at this place */
	uint32_t length;               /* of the text */
	uint32_t
		up; /* node of the longest other literal of this host that is a prefix by elements */
	uint32_t next; /* node that shares the place */
	union {
		char here[PATHS_SHORT];
		const char *there; /* longer ones */
	} text;
};
_Static_assert(sizeof(struct paths_node) == 128, "two lines of the cache");

struct paths {
	struct index index;
	struct paths_node *nodes; /* by place; behind them those that share one */
	uint64_t lengths;         /* bit n: there is a literal of n bytes, modulo 64 */
	size_t longest;
};

/* One literal to put in. Equal texts of a host must be put together by the caller. `text` must live as
 * long as the table. */
struct paths_literal {
	struct str text;
	struct paths_host host;
	uint64_t values[PATHS_VALUES];
};

/* Builds the table. Owned by the arena. */
void paths_build(struct paths *paths, struct arena *arena, const struct paths_literal *literals,
		 size_t count);

static inline const struct paths_node *paths_node(const struct paths *paths, uint32_t number)
{
	return number ? &paths->nodes[number - 1] : NULL;
}

static inline struct str paths_text(const struct paths_node *node)
{
	bool here = node->length <= PATHS_SHORT;

	return (struct str){here ? node->text.here : node->text.there, node->length};
}

/* Key of a text with this hash. */
static inline uint64_t paths_key(uint64_t salt, uint64_t hash)
{
	return hash_mix(hash, salt);
}

/* The node of exactly this text from node `number` on, which index_find() knows; NULL: there is none. */
static inline const struct paths_node *paths_get(const struct paths *paths, uint32_t number,
						 uint32_t host, struct str text)
{
	const struct paths_node *node;

	for (node = paths_node(paths, number); node; node = paths_node(paths, node->next))
		if (node->host == host && str_eq(paths_text(node), text))
			break;
	return node;
}

/* A path on its way into the table: its prefixes that some literal is as long as. */
enum { PATHS_STEPS = 16 };
struct paths_walk {
	struct str path;
	uint32_t count;
	bool more; /* than there is room for: the path is gone through again */
	uint64_t salt;
	uint32_t lengths[PATHS_STEPS];
	uint64_t hashes[PATHS_STEPS];
	uint32_t numbers[PATHS_STEPS]; /* of nodes, for a host with that salt */
};

static inline bool paths_has_length(const struct paths *paths, size_t length)
{
	return paths->lengths >> length % 64 & 1;
}

static inline void paths_walk(const struct paths *paths, struct paths_walk *walk, struct str path)
{
	struct hash_walk steps = hash_walk(path);

	walk->path = path;
	walk->count = 0;
	walk->more = false;
	while (hash_step(&steps) && steps.length <= paths->longest) {
		if (!paths_has_length(paths, steps.length))
			continue;
		walk->more = walk->count == PATHS_STEPS;
		if (walk->more)
			return;
		walk->lengths[walk->count] = (uint32_t)steps.length;
		walk->hashes[walk->count++] = steps.hash;
	}
}

/* Asks memory for the nodes where the literals of a host with this salt would be. */
static inline void paths_aim(const struct paths *paths, struct paths_walk *walk, uint64_t salt)
{
	walk->salt = salt;
	for (uint32_t i = 0; i < walk->count; i++) {
		uint64_t key = paths_key(salt, walk->hashes[i]);
		uint32_t place = index_place(&paths->index, key);

		/* Before the mark is known: it may be farther away than the pilot. */
		index_expect(&paths->nodes[place]);
		walk->numbers[i] = index_number(&paths->index, key, place);
	}
}

/* The longest literal of the host that is a prefix of the path by elements, perhaps the whole of it; NULL:
 * there is none. Shorter ones are found by paths_up(). */
static inline const struct paths_node *
paths_find(const struct paths *paths, const struct paths_host *host, struct paths_walk *walk);

static inline const struct paths_node *paths_up(const struct paths *paths,
						const struct paths_node *node)
{
	return paths_node(paths, node->up);
}

/* ---- private to this file ---- */

const struct paths_node *paths_search(const struct paths *paths, const struct paths_host *host,
				      struct str path);

static inline const struct paths_node *
paths_find(const struct paths *paths, const struct paths_host *host, struct paths_walk *walk)
{
	const struct paths_node *node = NULL;

	if (walk->more)
		return paths_search(paths, host, walk->path);
	if (walk->salt != host->salt)
		paths_aim(paths, walk, host->salt);
	for (uint32_t i = walk->count; i-- > 0 && !node;)
		if (walk->numbers[i])
			node = paths_get(paths, walk->numbers[i], host->id,
					 (struct str){walk->path.at, walk->lengths[i]});
	return node;
}

#endif
