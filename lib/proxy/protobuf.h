/* protobuf.h - messages of Protocol Buffers, field by field: as much as external authentication needs
 * (https://protobuf.dev/programming-guides/encoding/). No descriptors; who writes and reads knows the numbers.
 */
#ifndef PROXY_PROTOBUF_H
#define PROXY_PROTOBUF_H

#include "base/buf.h"

/* ---- writing: fields are appended ---- */

void protobuf_number(struct buf *out, unsigned field, uint64_t value);

/* A text, bytes, or a message that was written before; empty ones are left out, as is the default. */
void protobuf_text(struct buf *out, unsigned field, struct str text);

/* An entry of map<string, string>. */
void protobuf_pair(struct buf *out, unsigned field, struct str key, struct str value);

/* ---- reading ---- */

struct protobuf {
	struct str rest; /* set by the caller */
	unsigned field;
	bool is_text; /* `text` of length-delimited fields; else `number` */
	struct str text;
	uint64_t number;
	bool broken;
};

/* The next field; false at the end, or when the message is `broken`. Groups are broken. */
bool protobuf_next(struct protobuf *message);

/* The last text field of that number; empty when there is none. */
struct str protobuf_find(struct str message, unsigned field);

/* The last number of that field; `otherwise` when there is none. */
uint64_t protobuf_find_number(struct str message, unsigned field, uint64_t otherwise);

#endif
