/* heads.h - which of many patterns can match a text at all, in order. Private to lib/route.
 *
 * Each pattern has a literal that its matches begin with (struct matcher, `head`). Only those whose head
 * the text begins with are handed out, in the order in which they were given.
 */
#ifndef ROUTE_HEADS_H
#define ROUTE_HEADS_H

#include "base/arena.h"
#include "base/str.h"

struct heads_node {
	struct str head; /* in lower case */
	uint32_t up;     /* 1 + the node of the longest other head that this one begins with; 0 */
	uint32_t count;
	uint32_t *patterns; /* numbers, ascending */
};

struct heads {
	struct heads_node *nodes; /* sorted by head */
	size_t count;
	size_t patterns; /* how many there are */
};

/* `heads[i]` is the head of pattern `i`; empty: any text. */
void heads_build(struct heads *heads, struct arena *arena, const struct str *texts, size_t count);

/* Patterns that may match `text`, ascending, in the arena or in `heads`. A text with bytes above 0x7f
 * may be matched by all of them: case is more than ASCII there. */
struct heads_found {
	const uint32_t *patterns; /* NULL: all, from 0 to count - 1 */
	size_t count;
};
struct heads_found heads_find(const struct heads *heads, struct str text, struct arena *arena);

#endif
