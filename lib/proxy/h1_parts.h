/* h1_parts.h - what the files of the HTTP/1 codec share. Private to lib/proxy/h1_*.c. */
#ifndef PROXY_H1_PARTS_H
#define PROXY_H1_PARTS_H

#include "proxy/grammar.h"
#include "proxy/h1.h"

/* Where a reader stands. */
enum h1_state {
	H1_AT_START, /* empty lines before a request */
	H1_AT_START_LF,
	H1_IN_METHOD,
	H1_IN_TARGET,
	H1_IN_VERSION, /* "HTTP/1.1" of a request */
	H1_IN_STATUS,  /* "HTTP/1.1 200" of a response */
	H1_IN_REASON,
	H1_AT_LINE_CR, /* CR, then LF, of the start line */
	H1_AT_LINE_LF,
	H1_AT_FIELD, /* first octet of a field line, or of the empty line at the end */
	H1_IN_NAME,
	H1_BEFORE_COLON, /* blanks there, which responses may have */
	H1_BEFORE_VALUE,
	H1_IN_VALUE,
	H1_AT_FIELD_LF,
	H1_AT_END_LF,
	H1_AT_END,
};

/* Sets the fault and returns H1_BAD. */
static inline enum h1_result h1_refuse(struct h1_reader *reader, enum h1_fault fault)
{
	reader->fault = fault;
	return H1_BAD;
}

/* Runs the states until the empty line that ends the fields (H1_DONE; reader->at is behind it). `bytes`
 * as for h1_request_read(), `len` cut to what the section may have. */
enum h1_result h1_fields_read(struct h1_reader *reader, const char *bytes, size_t len);

/* What can be said about a request or response once all fields are there. */
enum h1_fault h1_request_check(struct h1_reader *reader);
enum h1_fault h1_response_check(struct h1_reader *reader);

/* The target as soon as it is complete. */
enum h1_fault h1_target_check(const struct head *head);

#endif
