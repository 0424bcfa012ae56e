/* h1_case.h - one message of HTTP/1 read in pieces, for the fuzz targets about HTTP/1. */
#ifndef TESTS_FUZZ_H1_CASE_H
#define TESTS_FUZZ_H1_CASE_H

#include "base/buf.h"
#include "proxy/h1.h"

struct h1_case {
	struct arena arena;
	char *bytes;           /* that the head was read from */
	enum h1_result result; /* of the whole message; H1_MORE: it is not complete */
	enum h1_fault fault;
	bool headed;
	struct head head, trailers;
	size_t head_len, len; /* of the head; of the message */
	struct buf content;
};

/* Reads `bytes`; `seed` 0: at once. Every read gets a buffer of exactly its length. A body up to the end of the
 * connection ends with the bytes. */
void h1_case_read(struct h1_case *one, struct str bytes, bool response, struct h1_asked asked,
		  uint64_t seed);
void h1_case_finish(struct h1_case *one);

/* Aborts unless both were read alike. */
void h1_case_same(const struct h1_case *a, const struct h1_case *b);

/* Aborts unless the head is what any careless reader of lines would see as well: it ends at the first empty line,
 * all lines end in CRLF, each has a name, and no other octet could end a line. */
void h1_case_plain(const struct h1_case *one, struct str bytes);

#endif
