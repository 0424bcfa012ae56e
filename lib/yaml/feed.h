/* feed.h - hands the text of a source to its readers in batches of whole documents. */
#ifndef YAML_FEED_H
#define YAML_FEED_H

#include "yaml/input.h"

struct feed {
	const struct input *input;
	size_t document_bytes; /* larger documents are streamed */
	uint64_t offset;       /* behind what was handed out */
	uint32_t line;         /* number of the line there */
	size_t batches;        /* handed out so far */
	bool failed;           /* the input could not be read: error says why */
	struct error error;
};

/* Whole documents in memory, or (streamed) one that is too large for that. */
struct batch {
	size_t number;
	uint32_t line;   /* number of the first line */
	struct str text; /* in the buffer of the batch */
	bool streamed;
	uint64_t from, to;            /* streamed: bytes of the input */
	bool is_list;                 /* streamed: the root map has a key "items" in column 1 */
	char kind[128], version[128]; /* streamed: what the root map says; cut */

	char *buffer; /* heap; reused from batch to batch */
	size_t room;
};

/* Fills the next batch; false at the end or on failure. Not thread-safe: callers hold a lock. */
bool feed_next(struct feed *feed, struct batch *batch);

void batch_finish(struct batch *batch);

/* True when the first lines of a document have a root key "items" in block style. */
bool feed_looks_like_list(struct str text);

#endif
