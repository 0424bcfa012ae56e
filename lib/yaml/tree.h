/* tree.h - builds document trees for both readers, YAML and JSON, and hands them out.
 *
 * The readers say open, scalar, close; the tree keeps the limits, finds duplicate keys, merges "<<",
 * and takes the items of Lists off one by one, so that only one of them is in memory at a time.
 */
#ifndef YAML_TREE_H
#define YAML_TREE_H

#include "base/arena.h"
#include "base/map.h"
#include "yaml/stream.h"

/* Deepest nesting that limits can allow: the tree is walked by recursion later. */
enum { TREE_DEPTH_MOST = 1000 };

/* Why a document was given up. Texts live in the findings' arena, or are literals. */
struct problem {
	const char *code; /* "I2G100" or "I2G102"; NULL: none */
	struct str message, hint;
	uint32_t line, column, length; /* as in struct span */
};

/* What is known of a document that may be a List, before its items come. */
struct list_head {
	bool known; /* false: the tree decides when the document is complete */
	struct str kind, version;
};

struct tree_anchor {
	struct node *node;
	size_t start, size; /* nodes counted when it began; nodes it stands for */
	unsigned height;    /* collections in collections that it stands for */
	bool open;          /* its collection is not complete yet */
};

/* A map or list that is not complete yet. */
struct tree_frame {
	struct node *node;
	struct node *key;           /* maps: waits for its value */
	struct tree_anchor *anchor; /* NULL, or the name this collection has */
	bool merge;                 /* the waiting key is "<<" */
	unsigned height;            /* of the highest child */
};

struct tree {
	struct findings *findings;        /* duplicate keys; its arena owns texts of findings */
	const struct yaml_limits *limits; /* no zeros */
	uint32_t source;
	void (*take)(void *user, const struct yaml_item *item);
	void *user;

	/* YAML only: called at the key "items" of a root map, to look ahead for what follows it. */
	void (*look_ahead)(void *reader, struct list_head *head);
	void *reader;

	struct arena *arena;                     /* where nodes go now: one of these */
	struct arena document_arena, item_arena; /* emptied after each document, each item */
	struct problem problem;
	struct node *root;
	struct tree_frame *frames; /* TREE_DEPTH_MOST + 1 of them */
	unsigned depth;
	size_t nodes, alias_nodes;
	const struct node *first_alias; /* first alias or merge key of the document or item */

	struct list_head head;
	struct tree_frame *items; /* the frame of a List's items; NULL when not streaming */
	size_t taken;             /* items of this document that were handed out */
	size_t skip;              /* items that were handed out by an earlier attempt */
	bool keep;                /* anchors stand in items: nothing is rewound */

	struct map anchors;           /* name -> struct tree_anchor */
	struct tree_anchor *anchor;   /* of the collection that opens next */
	struct duplicate *duplicates; /* the first ones of the document or item */
	size_t duplicate_count;
	unsigned reported;   /* findings of this batch */
	struct node **table; /* scratch of the duplicate check; heap */
	size_t table_room;
};

/* Owns arenas, frames and scratch. The caller fills in the fields up to `reader`, before or after. */
void tree_init(struct tree *tree);
void tree_finish(struct tree *tree);

/* Begins a document; empties the arenas. `skip` and `head` may be set afterwards. */
void tree_begin(struct tree *tree);

/* A new node, counted; the caller fills in place and text. */
struct node *tree_node(struct tree *tree, enum node_kind kind);

/* All return false when the document must be given up: then tree->problem says why. */
bool tree_open(struct tree *tree, struct node *collection);
bool tree_close(struct tree *tree);
bool tree_scalar(struct tree *tree, struct node *scalar);

/* Names a node that was just made (before open or scalar). The name is copied. */
void tree_anchor(struct tree *tree, struct str name, struct node *node);

/* Uses an anchor. `place` is a new node with the place of the alias; it becomes a copy of the named
 * node, whose children are shared. */
bool tree_alias(struct tree *tree, struct str name, struct node *place);

/* The document is complete: hands it out, or the items of a List that was not streamed. */
bool tree_end(struct tree *tree);

/* Adds a finding, up to a number a batch: more help nobody, and broken input can be large. The caller
 * sets `reported` to 0 for a new batch. */
void tree_report(struct tree *tree, struct finding finding);

/* Sets the problem at a node's place and returns false. `code` must be a literal. */
bool tree_fail(struct tree *tree, const char *code, const struct node *place, struct str message,
	       struct str hint);

#endif
