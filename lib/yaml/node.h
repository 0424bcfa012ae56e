/* node.h - the tree that YAML and JSON are read into and written from.
 *
 * Read trees keep line and column on every key and scalar; built trees (gateway objects) leave them
 * 0. All memory, texts included, lives in the arena that was given to the reader or builder.
 */
#ifndef YAML_NODE_H
#define YAML_NODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/source.h"
#include "base/str.h"

/* Scalars carry the type the Kubernetes API server would see: go-yaml's resolution of plain scalars
 * (yes, on, 0777, 1_000, ~ ... are not strings), JSON's own types, or what the builder said. */
enum node_kind {
	NODE_NULL,
	NODE_STRING,
	NODE_BOOL,
	NODE_INT,
	NODE_FLOAT,
	NODE_LIST,
	NODE_MAP,
};

struct node {
	uint8_t kind;    /* enum node_kind */
	bool merged;     /* a map key that came in through a merge key "<<" */
	bool plain;      /* a scalar written without quotes or block style */
	uint32_t line;   /* from 1; 0 when the node was built */
	uint32_t column; /* from 1, in code points */
	uint32_t length; /* code points of the scalar as written, on its first line; 1 for others */
	uint32_t count;  /* items of a list, keys of a map */
	struct str text; /* scalars and keys: the value with escapes resolved */
	struct node *next;  /* next item of the list, next key of the map */
	struct node *value; /* keys only: the value */
	/* Of a list or map. Of a key, `first` is the key of the same name that it replaced: no more a
	 * part of the map, and on purpose only when a merge key brought it in (then it is NULL). */
	struct node *first, *last;
	struct str comment; /* written as "# ..." lines in front of this map, item or key */
};

/* Names of kinds as the API server prints them: "string", "bool", "int", "float", "null", "array",
 * "object". */
const char *node_kind_name(enum node_kind kind);

/* ---- reading ---- */

/* Key node / value of a key of a map; NULL when `map` is NULL, no map, or has no such key. With
 * duplicate keys the last one counts, as in kubectl. */
struct node *node_key(const struct node *map, const char *key);
struct node *node_get(const struct node *map, const char *key);

/* Text of a string value; empty when absent or no string. */
struct str node_text(const struct node *map, const char *key);

/* Value of a NODE_INT scalar as the API server gets it (0x50, 0o17, 017, 1_000 and whole floats such
 * as 1e3 included) / of a NODE_BOOL scalar (yes, on, ... included). False when `node` is NULL or of
 * another kind. */
bool node_to_int(const struct node *node, int64_t *value);
bool node_to_bool(const struct node *node, bool *value);

/* Place of a node in source `source`. */
struct span node_span(const struct node *node, uint32_t source);

#define node_each(child, parent)                                                                   \
	for (struct node *child = (parent) ? (parent)->first : NULL; child; child = child->next)

/* ---- building ---- */

struct node *node_map_new(struct arena *arena);
struct node *node_list_new(struct arena *arena);
struct node *node_string_new(struct arena *arena, struct str text);
struct node *node_int_new(struct arena *arena, int64_t value);
struct node *node_bool_new(struct arena *arena, bool value);

/* Appends a key; returns the value. Texts are not copied. Keys are written in the order they were
 * set: builders set them in the order that readers expect (apiVersion, kind, metadata, spec). */
struct node *node_set_str(struct arena *arena, struct node *map, struct str key,
			  struct node *value);
static inline struct node *node_set(struct arena *arena, struct node *map, const char *key,
				    struct node *value)
{
	return node_set_str(arena, map, str_from(key), value);
}

static inline void node_set_string(struct arena *arena, struct node *map, const char *key,
				   struct str text)
{
	node_set(arena, map, key, node_string_new(arena, text));
}

static inline void node_set_int(struct arena *arena, struct node *map, const char *key,
				int64_t value)
{
	node_set(arena, map, key, node_int_new(arena, value));
}

static inline void node_set_bool(struct arena *arena, struct node *map, const char *key, bool value)
{
	node_set(arena, map, key, node_bool_new(arena, value));
}

static inline struct node *node_set_map(struct arena *arena, struct node *map, const char *key)
{
	return node_set(arena, map, key, node_map_new(arena));
}

static inline struct node *node_set_list(struct arena *arena, struct node *map, const char *key)
{
	return node_set(arena, map, key, node_list_new(arena));
}

/* Appends an item; returns it. */
struct node *node_push(struct node *list, struct node *item);
struct node *node_push_map(struct arena *arena, struct node *list);
void node_push_string(struct arena *arena, struct node *list, struct str text);

#endif
