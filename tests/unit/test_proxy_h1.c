#include "test.h"

#include "base/buf.h"
#include "proxy/h1.h"

static struct arena arena;

static int setup(void **state)
{
	(void)state;
	arena_init(&arena);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_finish(&arena);
	return 0;
}

/* ---- a message, in any pieces ---- */

struct got {
	enum h1_result result; /* of the head, then of the body */
	enum h1_fault fault;
	struct head head, trailers;
	struct buf body;
	size_t used;
};

/* How a text is cut: `every` bytes a read; 0: all at once. */
static void run(struct got *got, struct str text, bool response, struct h1_asked asked,
		size_t every)
{
	struct h1_reader reader;
	struct h1_body body;
	char *copy = NULL;
	size_t len = 0;

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
		if (copy)
			memset(copy, '#', 1);
		copy = moved;
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

static void assert_same(const struct got *a, const struct got *b)
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
static void read_all(struct got *got, struct str text, bool response, struct h1_asked asked)
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

static enum h1_fault fault_of(const char *text)
{
	struct got got;

	read_all(&got, str_from(text), false, (struct h1_asked){0});
	buf_finish(&got.body);
	assert_true(got.result != H1_DONE || !got.fault);
	return got.fault;
}

static enum h1_fault response_fault(const char *text, enum head_method method)
{
	struct got got;

	read_all(&got, str_from(text), true, (struct h1_asked){method, false});
	buf_finish(&got.body);
	return got.fault;
}

/* ---- requests ---- */

static void reads_a_request(void **state)
{
	struct got got;

	(void)state;
	REQUEST(&got,
		"\r\nPOST /a/b?c=%20 HTTP/1.1\r\nHost: A.test:80\r\nX-A:  b c \t\r\nX-A: 2\r\n"
		"Content-Length: 5\r\n\r\nhelloGET");
	assert_int_equal(got.result, H1_DONE);
	assert_str(got.head.method, "POST");
	assert_int_equal(got.head.method_id, HEAD_METHOD_POST);
	assert_str(got.head.target, "/a/b?c=%20");
	assert_str(got.head.authority, "A.test:80");
	assert_int_equal(got.head.count, 3);
	assert_str(got.head.fields[0].value, "b c");
	assert_str(got.head.fields[1].value, "2");
	assert_int_equal(got.head.body, HEAD_LENGTH);
	assert_int_equal(got.head.length, 5);
	assert_true(got.head.persists);
	assert_str(buf_slice(&got.body), "hello");
	buf_finish(&got.body);
}

static void reads_chunks(void **state)
{
	struct got got;

	(void)state;
	REQUEST(&got, "POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: Chunked \r\n\r\n"
		      "5;a=b;c=\"d;\\\"e\"\r\nhello\r\n00A ; x\r\n, world!!!\r\n000;z\r\nX-T: "
		      "v\r\nAge: 1\r\n\r\nrest");
	assert_int_equal(got.result, H1_DONE);
	assert_str(buf_slice(&got.body), "hello, world!!!");
	assert_int_equal(got.trailers.count, 2);
	assert_str(got.trailers.fields[0].value, "v");
	assert_int_equal(got.trailers.ids[1], HEAD_OTHER);
	buf_finish(&got.body);
}

static void reads_a_response(void **state)
{
	struct got got;

	(void)state;
	RESPONSE(&got, "HTTP/1.1 404 Not There\r\nX-A : b\r\nContent-Length: 2\r\nContent-Length: "
		       "2\r\n\r\nhi");
	assert_int_equal(got.result, H1_DONE);
	assert_int_equal(got.head.status, 404);
	assert_str(got.head.reason, "Not There");
	assert_str(got.head.fields[0].name, "X-A");
	assert_str(buf_slice(&got.body), "hi");
	buf_finish(&got.body);
	RESPONSE(&got, "HTTP/1.0 200\r\n\r\nall of it");
	assert_int_equal(got.result, H1_DONE);
	assert_int_equal(got.head.body, HEAD_UNTIL_CLOSE);
	assert_false(got.head.persists);
	assert_str(buf_slice(&got.body), "all of it");
	buf_finish(&got.body);
}

static void refuses(void **state)
{
	(void)state;
	assert_int_equal(fault_of("GET / HTTP/1.1\nHost: a\r\n\r\n"), H1_BARE_LF);
	assert_int_equal(fault_of("GET / HTTP/1.1\r\nX: y\r\n\r\n"), H1_HOST_MISSING);
	assert_int_equal(fault_of("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"), H1_HOST_TWICE);
	assert_int_equal(fault_of("GET / HTTP/2.0\r\nHost: a\r\n\r\n"), H1_VERSION_OTHER);
	assert_int_equal(fault_of("get / HTTP/1.1\r\nHost: a\r\n\r\n"), H1_METHOD_CASE);
	assert_int_equal(
		response_fault("HTTP/1.1 101 x\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
			       HEAD_METHOD_GET),
		H1_SWITCHED);
}

/* ---- writing ---- */

static void writes_what_was_read(void **state)
{
	struct got got;
	struct h1_frame frame;
	struct buf out;

	(void)state;
	buf_init(&out);
	REQUEST(&got,
		"POST http://b.test?x HTTP/1.1\r\nHost: a.test\r\nConnection: X-Hop, TE, close\r\n"
		"X-Hop: 1\r\nTE: trailers\r\nKeep-Alive: 3\r\nX-A:b\r\nTransfer-Encoding: "
		"chunked\r\n\r\n0\r\n\r\n");
	assert_int_equal(got.result, H1_DONE);
	frame = h1_frame(&got.head, false);
	h1_request_write(&out, &got.head, (struct str){0}, &frame);
	assert_str(buf_slice(&out),
		   "POST /?x HTTP/1.1\r\nHost: b.test\r\nX-A: b\r\n"
		   "Transfer-Encoding: chunked\r\nTE: trailers\r\nConnection: TE\r\n\r\n");
	buf_finish(&got.body);
	buf_finish(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_request),      cmocka_unit_test(reads_chunks),
		cmocka_unit_test(reads_a_response),     cmocka_unit_test(refuses),
		cmocka_unit_test(writes_what_was_read),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
