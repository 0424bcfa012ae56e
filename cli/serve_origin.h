/* serve_origin.h - which input a converted object came from: what convert writes above it as a comment.
 */
#ifndef CLI_SERVE_ORIGIN_H
#define CLI_SERVE_ORIGIN_H

#include "base/finding.h"
#include "base/map.h"

struct serve_origins {
	struct arena *arena;
	struct map
		by_object; /* "HTTPRoute web/shop" -> struct str *: "deploy/shop.yaml:2 Ingress web/shop" */
};

/* Reads a text as convert writes it, with comments. What is kept lives in the arena. */
void serve_origins_read(struct serve_origins *origins, struct arena *arena, struct str text);

/* Empty: not known. */
struct str serve_origin(const struct serve_origins *origins, const struct object_ref *object,
			struct arena *arena);

#endif
