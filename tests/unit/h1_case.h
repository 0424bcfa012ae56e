/* h1_case.h - what tests of the HTTP/1 codec share: a message is read whole, and again in pieces of every size. */
#ifndef TESTS_H1_CASE_H
#define TESTS_H1_CASE_H

#include "arena_case.h"

#include "base/buf.h"
#include "proxy/h1.h"

#define GET "GET / HTTP/1.1\r\n"
#define HOST "Host: a.test\r\n"
#define POST "POST / HTTP/1.1\r\n" HOST
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"
#define OK "HTTP/1.1 200 OK\r\n"

struct got {
	enum h1_result result; /* of the head, then of the body */
	enum h1_fault fault;
	struct head head, trailers;
	struct buf body;
	size_t used;
};

/* How a text is cut: `every` bytes a read; 0: all at once. */
static inline void run(struct got *got, struct str text, bool response, struct h1_asked asked,
		       size_t every)
{
	struct h1_reader reader;
	struct h1_body body;
	char *copy = NULL;
	size_t len = 0, before = 0;

	*got = (struct got){.result = H1_MORE};
	buf_init(&got->body);
	head_init(&got->head, &arena);
	if (response)
		h1_response_start(&reader, &got->head, NULL, asked);
	else
		h1_request_start(&reader, &got->head, NULL);
	while (got->result == H1_MORE && len < text.len) {
		len = every && len + every < text.len ? len + every : text.len;
		/* The bytes so far are always somewhere else. */
		char *moved = arena_bytes(&arena, len);

		memcpy(moved, text.at, len);
		/* Nothing may look at where they were. */
		if (copy)
			memset(copy, '#', before);
		copy = moved;
		before = len;
		got->result = response ? h1_response_read(&reader, copy, len)
				       : h1_request_read(&reader, copy, len);
	}
	got->fault = reader.fault;
	got->used = reader.used;
	if (got->result != H1_DONE)
		return;
	h1_body_start(&body, &got->head, response, NULL);
	got->result = H1_MORE;
	do {
		size_t part = text.len - got->used;
		struct h1_piece piece;
		char *bytes;

		if (every && part > every)
			part = every;
		bytes = arena_bytes(&arena, part + 1);
		memcpy(bytes, text.at + got->used, part);
		got->result = h1_body_read(&body, bytes, part, &piece);
		buf_str(&got->body, piece.data);
		got->used += piece.used;
	} while (got->result == H1_MORE && got->used < text.len);
	if (got->result == H1_MORE && got->head.body == HEAD_UNTIL_CLOSE)
		got->result = h1_body_closed(&body);
	got->fault = body.fault;
	got->trailers = body.trailers;
}

static inline void assert_same(const struct got *a, const struct got *b)
{
	assert_int_equal(a->result, b->result);
	assert_int_equal(a->fault, b->fault);
	if (a->result != H1_DONE)
		return;
	assert_int_equal(a->used, b->used);
	assert_int_equal(a->head.count, b->head.count);
	assert_true(str_eq(a->head.target, b->head.target));
	assert_true(str_eq(a->head.authority, b->head.authority));
	assert_true(str_eq(a->head.reason, b->head.reason));
	assert_true(str_eq(buf_slice(&a->body), buf_slice(&b->body)));
	for (uint32_t i = 0; i < a->head.count; i++) {
		assert_int_equal(a->head.ids[i], b->head.ids[i]);
		assert_true(str_eq(a->head.fields[i].name, b->head.fields[i].name));
		assert_true(str_eq(a->head.fields[i].value, b->head.fields[i].value));
	}
	assert_int_equal(a->trailers.count, b->trailers.count);
}

/* Reads a message whole, and holds the same against every step from one byte on. */
static inline void read_all(struct got *got, struct str text, bool response, struct h1_asked asked)
{
	static const size_t steps[] = {1, 2, 3, 5, 7, 16, 17, 64};
	struct got other;

	run(got, text, response, asked, 0);
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		run(&other, text, response, asked, steps[i]);
		assert_same(got, &other);
		buf_finish(&other.body);
	}
}

#define REQUEST(got, text) read_all((got), STR(text), false, (struct h1_asked){0})
#define RESPONSE(got, text)                                                                        \
	read_all((got), STR(text), true, (struct h1_asked){HEAD_METHOD_GET, false})

static inline enum h1_fault fault_of(const char *text)
{
	struct got got;

	read_all(&got, str_from(text), false, (struct h1_asked){0});
	buf_finish(&got.body);
	assert_true(got.result != H1_DONE || !got.fault);
	return got.fault;
}

static inline enum h1_fault response_fault(const char *text, enum head_method method)
{
	struct got got;

	read_all(&got, str_from(text), true, (struct h1_asked){method, false});
	buf_finish(&got.body);
	return got.fault;
}

#endif
