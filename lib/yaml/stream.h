/* stream.h - a source of text becomes a stream of documents.
 *
 * YAML (several documents) or JSON; the items of `kind: List` and of typed lists (IngressList) are
 * handed out one by one, so that a dump of a whole cluster needs the memory of its largest object.
 * A broken document is a finding; all others of the source are still handed out.
 */
#ifndef YAML_STREAM_H
#define YAML_STREAM_H

#include "base/error.h"
#include "base/finding.h"
#include "base/source.h"
#include "yaml/node.h"

/* Ceilings against hostile input. Zero means the default in brackets. Hitting one is finding I2G102
 * at the place, and the document is left out. */
struct yaml_limits {
	size_t document_bytes; /* [16 MiB]; Lists may be larger, their items may not */
	size_t list_bytes;     /* [1 GiB] a whole List document or JSON file */
	size_t scalar_bytes;   /* [4 MiB] */
	unsigned depth;        /* [100] nested collections */
	size_t nodes;          /* [1,000,000] in a document or List item */
	size_t alias_nodes;    /* [10,000, or ten times the nodes of the document if that is more]
	                          nodes that aliases and merge keys may add */
	unsigned directives;   /* [16] %YAML and %TAG lines of a document */
};

/* A document, or one item of a List. */
struct yaml_item {
	struct node *root; /* lives until take() returns: copy what is kept */
	uint32_t source;
	struct str list_kind;     /* item of a typed list: "Ingress" for IngressList; else empty */
	struct str list_version;  /* and the apiVersion of that list */
	const struct node *alias; /* first alias or merge key used in it; NULL: none */
};

/* Who takes the items. A large source is read by two threads, in batches of whole documents; a batch
 * stays on one thread. `open` is called once a batch, in any order, with the batch's number in the
 * source (from 0, without gaps); `take` gets its items in order. Results put together by number are
 * the same for one thread and for two. */
struct yaml_sink {
	void *user;
	/* Called under a lock. `worker` is 0 or 1: results may live in an arena a worker owns. */
	void *(*open)(void *user, unsigned worker, size_t number);
	void (*take)(void *batch, const struct yaml_item *item);
	/* Where findings of this batch go: I2G100 syntax, I2G101 Helm template, I2G102 limit, I2G104
	 * duplicate key. Messages live in the findings' arena. */
	struct findings *(*findings)(void *batch);
};

/* `open` of sinks that one thread fills: every batch is `user`. */
void *yaml_one_batch(void *user, unsigned worker, size_t number);

/* Reads one source to its end. threads: 1 or 2 (2 is used only when the source is larger than
 * 512 KiB). False when it cannot be opened or read (then `error` says why, wrapped with the name). */
bool yaml_read(const struct sources *sources, uint32_t source, const struct yaml_limits *limits,
	       unsigned threads, const struct yaml_sink *sink, struct error *error);

#endif
