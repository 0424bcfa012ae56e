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

#define GET "GET / HTTP/1.1\r\n"
#define HOST "Host: a.test\r\n"
#define POST "POST / HTTP/1.1\r\n" HOST
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"
#define OK "HTTP/1.1 200 OK\r\n"

/* One row or more for each fault that a short text can have; limits have tests of their own. */
static const struct refusal {
	enum h1_fault fault;
	bool response;
	const char *text;
} refusals[] = {
	{H1_BARE_LF, false, "\n" GET HOST "\r\n"},
	{H1_BARE_LF, false, "GET / HTTP/1.1\n" HOST "\r\n"},
	{H1_BARE_LF, false, "GET /\n"},
	{H1_BARE_LF, false, "GET\n"},
	{H1_BARE_LF, false, GET "Host\n"},
	{H1_BARE_LF, false, GET "\n"},
	{H1_BARE_LF, false, GET HOST "X: a\nY: b\r\n\r\n"},
	{H1_BARE_LF, false, GET HOST "\n"},
	{H1_BARE_LF, true, "HTTP/1.1 200 OK\n\n"},
	{H1_LONE_CR, false, "\rGET"},
	{H1_LONE_CR, false, "GET / HTTP/1.1\rHost: a\r\r"},
	{H1_LONE_CR, false, GET HOST "X: a\rb\r\n\r\n"},
	{H1_LONE_CR, false, GET HOST "\r\r\n"},
	{H1_LONE_CR, true, OK "X: a\rb\r\n\r\n"},
	{H1_EMPTY_LINES, false, "\r\n\r\n\r\n\r\n\r\n" GET HOST "\r\n"},
	{H1_METHOD, false, " GET / HTTP/1.1\r\n"},
	{H1_METHOD, false, "GET\t/ HTTP/1.1\r\n"},
	{H1_METHOD, false, "G\xc3\xa9T / HTTP/1.1\r\n"},
	{H1_METHOD, false, "\x16\x03\x01\x02"},
	{H1_METHOD_CASE, false, "Get / HTTP/1.1\r\n"},
	{H1_TARGET, false, "GET  / HTTP/1.1\r\n"},
	{H1_TARGET, false, "GET /a\x7f HTTP/1.1\r\n"},
	{H1_TARGET, false, "GET /a\tb HTTP/1.1\r\n"},
	{H1_TARGET, false, "GET /a#b HTTP/1.1\r\n"},
	{H1_TARGET, false, "GET /\xc3\xa9 HTTP/1.1\r\n"},
	{H1_TARGET, false, "GET /a%2 HTTP/1.1\r\n"},
	{H1_TARGET, false, "GET /a%00 HTTP/1.1\r\n"},
	{H1_TARGET, false, "GET /a\\b HTTP/1.1\r\n"},
	{H1_TARGET, false, "GET http://u@a/ HTTP/1.1\r\n"},
	{H1_TARGET, false, "GET http:///x HTTP/1.1\r\n"},
	{H1_TARGET, false, "GET http://?x HTTP/1.1\r\n"},
	{H1_TARGET, false, "GET http://a/\\x HTTP/1.1\r\n"},
	{H1_TARGET_FORM, false, "GET * HTTP/1.1\r\n"},
	{H1_TARGET_FORM, false, "GET a:80 HTTP/1.1\r\n"},
	{H1_TARGET_FORM, false, "GET a HTTP/1.1\r\n"},
	{H1_TARGET_FORM, false, "GET ?a HTTP/1.1\r\n"},
	{H1_TARGET_FORM, false, "OPTIONS ** HTTP/1.1\r\n"},
	{H1_TARGET_FORM, false, "CONNECT a HTTP/1.1\r\n"},
	{H1_TARGET_FORM, false, "CONNECT /a HTTP/1.1\r\n"},
	{H1_TARGET_FORM, false, "CONNECT http://a:80/ HTTP/1.1\r\n"},
	{H1_CONNECT, false, "CONNECT a:80 HTTP/1.1\r\n"},
	{H1_SCHEME, false, "GET gopher://a/ HTTP/1.1\r\n"},
	{H1_VERSION, false, "GET /\r\n\r\n"},
	{H1_VERSION, false, "GET / b HTTP/1.1\r\n"},
	{H1_VERSION, false, "GET / http/1.1\r\n"},
	{H1_VERSION, false, "GET / HTTP/1.\r\n"},
	{H1_VERSION, false, "GET / HTTP/1.11\r\n"},
	{H1_VERSION, false, "GET / HTTP/1.1 \r\n"},
	{H1_VERSION, false, "GET / HTTPS/1.1\r\n"},
	{H1_VERSION_OTHER, false, "GET / HTTP/2.0\r\n"},
	{H1_VERSION_OTHER, false, "GET / HTTP/0.9\r\n"},
	{H1_STATUS_LINE, true, "HTP/1.1 200 OK\r\n"},
	{H1_STATUS_LINE, true, "HTTP/2.0 200 OK\r\n"},
	{H1_STATUS_LINE, true, "HTTP/1.1  200 OK\r\n"},
	{H1_STATUS_LINE, true, "HTTP/1.1 20 OK\r\n"},
	{H1_STATUS_LINE, true, "HTTP/1.1 2000 OK\r\n"},
	{H1_STATUS_LINE, true, "\r\n" OK},
	{H1_STATUS, true, "HTTP/1.1 099 x\r\n"},
	{H1_STATUS, true, "HTTP/1.1 600 x\r\n"},
	{H1_FIELD_NAME, false, GET ": b\r\n"},
	{H1_FIELD_NAME, false, GET "X(: b\r\n"},
	{H1_FIELD_NAME, false, GET "X\xc3\xa9: b\r\n"},
	{H1_FIELD_NAME, true, OK "(: b\r\n"},
	{H1_FIELD_BLANK, false, GET "Host : a\r\n"},
	{H1_FIELD_BLANK, false, GET "Host\t: a\r\n"},
	{H1_FIELD_FOLDED, false, GET " X: a\r\n"},
	{H1_FIELD_FOLDED, false, GET HOST "X: a\r\n\tb\r\n\r\n"},
	{H1_FIELD_FOLDED, true, OK "X: a\r\n b\r\n\r\n"},
	{H1_FIELD_NO_COLON, false, GET "Host\r\n"},
	{H1_FIELD_NO_COLON, true, OK "Host x\r\n"},
	{H1_FIELD_VALUE, false, GET "X: a\x01\r\n"},
	{H1_FIELD_VALUE, false, GET "X: \x0b\r\n"},
	{H1_FIELD_VALUE, false, GET "X: 0123456789abcdef0123456789abcdef\x7f\r\n"},
	{H1_FIELD_VALUE, true, "HTTP/1.1 200 O\x01K\r\n"},
	{H1_HOST_MISSING, false, GET "X: y\r\n\r\n"},
	{H1_HOST_MISSING, false, "GET http://a.test/ HTTP/1.1\r\nX: y\r\n\r\n"},
	{H1_HOST_TWICE, false, GET HOST HOST "\r\n"},
	{H1_HOST_TWICE, false, "GET / HTTP/1.0\r\n" HOST "hOST: a.test\r\n\r\n"},
	{H1_HOST, false, GET "Host: a, b\r\n\r\n"},
	{H1_HOST, false, GET "Host:\r\n\r\n"},
	{H1_HOST, false, "GET http://a.test/ HTTP/1.1\r\nHost: u@b\r\n\r\n"},
	{H1_NOMINATED, false, GET HOST "Connection: close, hOst\r\n\r\n"},
	{H1_NOMINATED, false, GET HOST "Connection: Transfer-Encoding\r\n\r\n"},
	{H1_NOMINATED, false, GET HOST "Connection: X\r\nConnection: cookie\r\n\r\n"},
	{H1_NOMINATED, true, OK "Connection: Content-Length\r\n\r\n"},
	{H1_LENGTH, false, POST "Content-Length: +5\r\n\r\n"},
	{H1_LENGTH, false, POST "Content-Length:\r\n\r\n"},
	{H1_LENGTH, false, POST "Content-Length: 0x5\r\n\r\n"},
	{H1_LENGTH, false, POST "Content-Length: 5,5\r\n\r\n"},
	{H1_LENGTH, false, POST "Content-Length: 1 0\r\n\r\n"},
	{H1_LENGTH, false, POST "Content-Length: 9223372036854775808\r\n\r\n"},
	{H1_LENGTH, false, POST "Content-Length: 18446744073709551621\r\n\r\n"},
	{H1_LENGTH, true, OK "Content-Length: ,\r\n\r\n"},
	{H1_LENGTH, true, OK "Content-Length: 5;\r\n\r\n"},
	{H1_LENGTH_TWICE, false, POST "Content-Length: 5\r\nContent-Length: 5\r\n\r\n"},
	{H1_LENGTH_TWICE, true, OK "Content-Length: 5\r\nContent-Length: 6\r\n\r\n"},
	{H1_LENGTH_TWICE, true, OK "Content-Length: 5, 6\r\n\r\n"},
	{H1_LENGTH_AND_CODING, false,
	 POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"},
	{H1_LENGTH_AND_CODING, false, POST "Transfer-Encoding: x\r\nContent-Length: 5\r\n\r\n"},
	{H1_LENGTH_AND_CODING, true, OK "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"},
	{H1_CODING, false, POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"},
	{H1_CODING, false, POST "Transfer-Encoding: chunked, chunked\r\n\r\n"},
	{H1_CODING, false, POST "Transfer-Encoding: chunked, gzip\r\n\r\n"},
	{H1_CODING, false, POST "Transfer-Encoding: , chunked\r\n\r\n"},
	{H1_CODING, false, POST "Transfer-Encoding: chunked,\r\n\r\n"},
	{H1_CODING, false, POST "Transfer-Encoding: chunked;q=1\r\n\r\n"},
	{H1_CODING, false, POST "Transfer-Encoding: \"chunked\"\r\n\r\n"},
	{H1_CODING, false, POST "Transfer-Encoding:\r\n\r\n"},
	{H1_CODING, false, POST "Transfer-Encoding: identity\r\n\r\n"},
	{H1_CODING, false, POST "Transfer-Encoding: gzip, identity, chunked\r\n\r\n"},
	{H1_CODING_UNKNOWN, false, POST "Transfer-Encoding: xchunked\r\n\r\n"},
	{H1_CODING_UNKNOWN, false, POST "Transfer-Encoding: gzip, chunked\r\n\r\n"},
	{H1_CODING_UNKNOWN, true, OK "Transfer-Encoding: gzip\r\n\r\n"},
	{H1_CODING_VERSION, false, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"},
	{H1_CODING_VERSION, true, "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"},
	{H1_SWITCHED, true, "HTTP/1.1 101 x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"},
	{H1_CHUNK_SIZE, false, CHUNKED "0x5\r\n"},
	{H1_CHUNK_SIZE, false, CHUNKED "\r\n"},
	{H1_CHUNK_SIZE, false, CHUNKED " 5\r\n"},
	{H1_CHUNK_SIZE, false, CHUNKED "-5\r\n"},
	{H1_CHUNK_SIZE, false, CHUNKED ";a\r\n"},
	{H1_CHUNK_SIZE, false, CHUNKED "8000000000000000\r\n"},
	{H1_CHUNK_SIZE, false, CHUNKED "10000000000000005\r\n"},
	{H1_CHUNK_SIZE, false, CHUNKED "00000000000000005\r\n"},
	{H1_CHUNK_SIZE, true, OK "Transfer-Encoding: chunked\r\n\r\nzz"},
	{H1_CHUNK_LINE, false, CHUNKED "5 \r\n"},
	{H1_CHUNK_LINE, false, CHUNKED "5;\r\n"},
	{H1_CHUNK_LINE, false, CHUNKED "5;=a\r\n"},
	{H1_CHUNK_LINE, false, CHUNKED "5;a=\r\n"},
	{H1_CHUNK_LINE, false, CHUNKED "5;a=\"\r\n"},
	{H1_CHUNK_LINE, false, CHUNKED "5;a=\"\\\r\n"},
	{H1_CHUNK_LINE, false, CHUNKED "5;a=\"b\"c\r\n"},
	{H1_CHUNK_LINE, false, CHUNKED "5;a=b \r\n"},
	{H1_CHUNK_LINE, false, CHUNKED "5;a\n"},
	{H1_CHUNK_LINE, false, CHUNKED "5;a\x01\r\n"},
	{H1_CHUNK_LINE, false, CHUNKED "5\n"},
	{H1_CHUNK_LINE, false, CHUNKED "5\rh"},
	{H1_CHUNK_LINE, false, CHUNKED "5;a\rb"},
	{H1_CHUNK_LINE, false, CHUNKED "1\r\nx\r\n0\n\n"},
	{H1_CHUNK_END, false, CHUNKED "1\r\nxy"},
	{H1_CHUNK_END, false, CHUNKED "1\r\nx\n"},
	{H1_CHUNK_END, false, CHUNKED "1\r\nx\rx"},
	{H1_TRAILER, false, CHUNKED "0\r\nX\r\n\r\n"},
	{H1_TRAILER, false, CHUNKED "0\r\nX: a\r\n b\r\n\r\n"},
	{H1_TRAILER, false, CHUNKED "0\r\nHost: a\r\n\r\n"},
	{H1_TRAILER, false, CHUNKED "0\r\ncontent-length: 5\r\n\r\n"},
	{H1_TRAILER, false, CHUNKED "0\r\nCookie: a\r\n\r\n"},
	{H1_TRAILER, true, OK "Transfer-Encoding: chunked\r\n\r\n0\r\nX y\r\n\r\n"},
};

static void refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
		const struct refusal *one = &refusals[i];
		enum h1_fault fault = one->response ? response_fault(one->text, HEAD_METHOD_GET)
						    : fault_of(one->text);

		if (fault != one->fault)
			fail_msg("%s: %s, not: %s", one->text, h1_faults[fault].text,
				 h1_faults[one->fault].text);
	}
}

/* Every rule has a status that refuses, a sentence, a source and a fixture. */
static void rules_are_complete(void **state)
{
	static const enum h1_fault limits[] = {H1_METHOD_LONG, H1_TARGET_LONG,  H1_HEAD_LARGE,
					       H1_FIELDS_MANY, H1_INTERIM_MANY, H1_TRAILERS_LARGE,
					       H1_CUT_SHORT};

	(void)state;
	for (unsigned fault = H1_OK + 1; fault < H1_FAULTS; fault++) {
		bool shown = false;

		assert_true(h1_faults[fault].status >= 400 && h1_faults[fault].status < 600);
		assert_true(*h1_reason(h1_faults[fault].status) != '\0');
		assert_true(strlen(h1_faults[fault].text) > 10 && *h1_faults[fault].rule);
		for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
			shown |= limits[i] == fault;
		for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
			shown |= refusals[i].fault == fault;
		if (!shown)
			fail_msg("nothing shows: %s", h1_faults[fault].text);
	}
}

/* What looks odd and is legal. */
static void accepts(void **state)
{
	static const char *const texts[] = {
		"\r\n\r\n\r\n\r\n" GET HOST "\r\n",
		"FROB / HTTP/1.1\r\n" HOST "\r\n",
		"GET / HTTP/1.2\r\n" HOST "\r\n",
		"GET //b.test/../c?d=%zz\\{} HTTP/1.1\r\n" HOST "\r\n",
		"GET HTTPS://b.test HTTP/1.1\r\n" HOST "\r\n",
		"OPTIONS * HTTP/1.1\r\n" HOST "\r\n",
		"GET / HTTP/1.0\r\n\r\n",
		GET "Host: [::1]:80\r\n\r\n",
		GET HOST "X:\r\nY: \t \r\nZ:a\tb\r\n!#$%&'*+-.^_`|~9: caf\xc3\xa9\r\n\r\n",
		GET HOST "Connection: , ,close,,\r\n\r\n",
		POST "Content-Length: 0005 \t\r\n\r\nhello",
		CHUNKED "0\r\n\r\n",
		CHUNKED
		"0000000000000005;a=b;c=\"d;\\\"e\";f = g\r\nhello\r\n0;z\r\nX-T: v\r\n\r\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct got got;

		read_all(&got, str_from(texts[i]), false, (struct h1_asked){0});
		if (got.result != H1_DONE || got.used != strlen(texts[i]))
			fail_msg("%s: %s", texts[i], h1_faults[got.fault].text);
		buf_finish(&got.body);
	}
}

/* ---- limits ---- */

static struct buf text;

static enum h1_fault filled(const char *before, const char *filler, size_t count, const char *after,
			    bool response)
{
	struct got got;

	buf_clear(&text);
	buf_text(&text, before);
	while (count--)
		buf_text(&text, filler);
	buf_text(&text, after);
	run(&got, buf_slice(&text), response, (struct h1_asked){0}, 0);
	buf_finish(&got.body);
	if (text.len < 20000) {
		struct got other;

		run(&other, buf_slice(&text), response, (struct h1_asked){0}, 97);
		assert_int_equal(got.fault, other.fault);
		buf_finish(&other.body);
	}
	return got.fault;
}

static void holds_its_limits(void **state)
{
	const struct h1_limits *limits = &h1_limits;
	const char *rest = " / HTTP/1.1\r\n" HOST "\r\n", *line = " HTTP/1.1\r\n" HOST "\r\n";
	size_t head = strlen(GET HOST "X: \r\n\r\n"), section = strlen("X: \r\n\r\n");

	(void)state;
	buf_init(&text);
	assert_int_equal(filled("", "M", limits->method, rest, false), H1_OK);
	assert_int_equal(filled("", "M", limits->method + 1, rest, false), H1_METHOD_LONG);
	assert_int_equal(filled("GET /", "a", limits->target - 1, line, false), H1_OK);
	assert_int_equal(filled("GET /", "a", limits->target, line, false), H1_TARGET_LONG);
	assert_int_equal(filled(GET HOST, "X:\r\n", limits->fields, "\r\n", false), H1_OK);
	assert_int_equal(filled(GET HOST, "X:\r\n", limits->fields + 1, "\r\n", false),
			 H1_FIELDS_MANY);
	assert_int_equal(filled(GET HOST "X: ", "b", limits->head - head, "\r\n\r\n", false),
			 H1_OK);
	assert_int_equal(filled(GET HOST "X: ", "b", limits->head - head + 1, "\r\n\r\n", false),
			 H1_HEAD_LARGE);
	assert_int_equal(filled(OK "X: ", "b", limits->head, "\r\n\r\n", true), H1_HEAD_LARGE);
	assert_int_equal(
		filled(CHUNKED "1;", "a", limits->chunk_line - 2, "\r\nx\r\n0\r\n\r\n", false),
		H1_OK);
	assert_int_equal(filled(CHUNKED "1;", "a", limits->chunk_line, "\r\nx\r\n0\r\n\r\n", false),
			 H1_CHUNK_LINE);
	assert_int_equal(
		filled(CHUNKED, "1;a=b\r\nx\r\n", limits->extensions / 4, "0\r\n\r\n", false),
		H1_OK);
	assert_int_equal(
		filled(CHUNKED, "1;a=b\r\nx\r\n", limits->extensions / 4 + 1, "0\r\n\r\n", false),
		H1_CHUNK_LINE);
	assert_int_equal(
		filled(CHUNKED "0\r\nX: ", "v", limits->trailers - section, "\r\n\r\n", false),
		H1_OK);
	assert_int_equal(
		filled(CHUNKED "0\r\nX: ", "v", limits->trailers - section + 1, "\r\n\r\n", false),
		H1_TRAILERS_LARGE);
	assert_int_equal(filled(CHUNKED "0\r\n", "X:\r\n", limits->fields + 1, "\r\n", false),
			 H1_TRAILERS_LARGE);
	assert_int_equal(filled(CHUNKED, "1\r\nx\r\n", 3000, "0\r\n\r\n", false), H1_OK);
	buf_finish(&text);
}

/* A head that has filled its limit is refused before another byte comes. */
static void refuses_at_the_limit(void **state)
{
	struct h1_reader reader;
	struct head head;

	(void)state;
	buf_init(&text);
	buf_text(&text, GET HOST "X: ");
	buf_fill(&text, 'b', h1_limits.head - text.len);
	head_init(&head, &arena);
	h1_request_start(&reader, &head, NULL);
	assert_int_equal(h1_request_read(&reader, text.at, text.len - 1), H1_MORE);
	assert_int_equal(h1_request_read(&reader, text.at, text.len), H1_BAD);
	assert_int_equal(reader.fault, H1_HEAD_LARGE);
	buf_finish(&text);
}

static void caps_interim_answers(void **state)
{
	static const char interim[] = "HTTP/1.1 103 Early\r\n\r\n";
	struct h1_reader reader;
	struct head head;

	(void)state;
	head_init(&head, &arena);
	h1_response_start(&reader, &head, NULL, (struct h1_asked){HEAD_METHOD_GET, false});
	for (uint32_t i = 0; i < h1_limits.interim; i++) {
		assert_int_equal(h1_response_read(&reader, interim, strlen(interim)), H1_DONE);
		assert_int_equal(head.status, 103);
		assert_int_equal(head.body, HEAD_NO_BODY);
		head_init(&head, &arena);
		h1_response_next(&reader, &head);
	}
	assert_int_equal(h1_response_read(&reader, interim, strlen(interim)), H1_BAD);
	assert_int_equal(reader.fault, H1_INTERIM_MANY);
}

/* ---- what fields mean ---- */

static void heads_say_how_to_go_on(void **state)
{
	static const struct {
		const char *text;
		bool persists, websocket, trailers, continues, other;
	} rows[] = {
		{GET HOST "\r\n", true, false, false, false, false},
		{GET HOST "Connection: Close\r\n\r\n", false, false, false, false, false},
		{GET HOST "Connection: x\r\nConnection: y, close\r\n\r\n", false, false, false,
		 false, false},
		{"GET / HTTP/1.0\r\n\r\n", false, false, false, false, false},
		{"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true, false, false, false,
		 false},
		{"GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", false, false, false,
		 false, false},
		{GET HOST "Connection: Upgrade\r\nUpgrade: WebSocket\r\n\r\n", true, true, false,
		 false, false},
		{GET HOST "Upgrade: websocket\r\n\r\n", true, false, false, false, false},
		{GET HOST "Connection: upgrade\r\nUpgrade: h2c\r\n\r\n", true, false, false, false,
		 false},
		{GET HOST "Connection: upgrade\r\nUpgrade: h2c, websocket\r\n\r\n", true, false,
		 false, false, false},
		{GET HOST "Connection: upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c\r\n\r\n", true,
		 false, false, false, false},
		{"GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", false,
		 false, false, false, false},
		{POST "Connection: upgrade\r\nUpgrade: websocket\r\n\r\n", true, false, false,
		 false, false},
		{GET HOST "Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 1\r\n\r\nx",
		 true, false, false, false, false},
		{GET HOST "TE: gzip, Trailers\r\n\r\n", true, false, true, false, false},
		{GET HOST "TE: trailers;q=1\r\n\r\n", true, false, false, false, false},
		{POST "Expect: 100-Continue\r\nContent-Length: 1\r\n\r\nx", true, false, false,
		 true, false},
		{GET HOST "Expect: 100-continue\r\n\r\n", true, false, false, false, false},
		{POST "Expect: y 100-continue\r\nContent-Length: 1\r\n\r\nx", true, false, false,
		 false, true},
		{POST "Expect: 100-continue\r\nExpect: x\r\nContent-Length: 1\r\n\r\nx", true,
		 false, false, false, true},
		{"POST / HTTP/1.0\r\nExpect: x\r\nContent-Length: 1\r\n\r\nx", false, false, false,
		 false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct got got;

		read_all(&got, str_from(rows[i].text), false, (struct h1_asked){0});
		if (got.result != H1_DONE || got.head.persists != rows[i].persists ||
		    got.head.websocket != rows[i].websocket ||
		    got.head.trailers != rows[i].trailers ||
		    got.head.expects_continue != rows[i].continues ||
		    got.head.expects_other != rows[i].other)
			fail_msg("%s is understood in another way", rows[i].text);
		buf_finish(&got.body);
	}
}

static void targets_are_taken_apart(void **state)
{
	static const struct {
		const char *line, *target, *authority;
	} rows[] = {
		{"GET /x HTTP/1.1\r\n", "/x", "a.test"},
		{"GET http://B.test:81/x?y HTTP/1.1\r\n", "/x?y", "B.test:81"},
		{"GET http://b.test?y HTTP/1.1\r\n", "/?y", "b.test"},
		{"GET http://b.test HTTP/1.1\r\n", "/", "b.test"},
		{"OPTIONS http://b.test HTTP/1.1\r\n", "*", "b.test"},
		{"GET //b.test/x HTTP/1.1\r\n", "//b.test/x", "a.test"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct got got;

		read_all(&got, STR_JOIN(&arena, str_from(rows[i].line), STR(HOST "\r\n")), false,
			 (struct h1_asked){0});
		assert_int_equal(got.result, H1_DONE);
		assert_str(got.head.target, rows[i].target);
		assert_str(got.head.authority, rows[i].authority);
		buf_finish(&got.body);
	}
}

/* RFC 9112 6.3, row by row. */
static void content_of_responses(void **state)
{
	static const struct {
		enum head_method method;
		const char *text;
		enum head_body body;
		bool has_length, persists;
		const char *content;
	} rows[] = {
		{HEAD_METHOD_GET, OK "Content-Length: 2\r\n\r\nhix", HEAD_LENGTH, true, true, "hi"},
		{HEAD_METHOD_GET, OK "Content-Length: 0\r\n\r\n", HEAD_NO_BODY, true, true, ""},
		{HEAD_METHOD_GET, OK "Content-Length: 2, 2\r\n\r\nhi", HEAD_LENGTH, true, true,
		 "hi"},
		{HEAD_METHOD_HEAD, OK "Content-Length: 500\r\n\r\n", HEAD_NO_BODY, true, true, ""},
		{HEAD_METHOD_HEAD, OK "Transfer-Encoding: chunked\r\n\r\n", HEAD_NO_BODY, false,
		 true, ""},
		{HEAD_METHOD_HEAD, OK "\r\n", HEAD_NO_BODY, false, true, ""},
		{HEAD_METHOD_GET, "HTTP/1.1 304 x\r\nContent-Length: 500\r\n\r\n", HEAD_NO_BODY,
		 true, true, ""},
		{HEAD_METHOD_GET, "HTTP/1.1 204 x\r\n\r\n", HEAD_NO_BODY, false, true, ""},
		{HEAD_METHOD_GET, "HTTP/1.1 204 x\r\nContent-Length: 2\r\n\r\nhi", HEAD_NO_BODY,
		 false, false, ""},
		{HEAD_METHOD_GET, "HTTP/1.1 204 x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		 HEAD_NO_BODY, false, false, ""},
		{HEAD_METHOD_GET, OK "\r\nall", HEAD_UNTIL_CLOSE, false, false, "all"},
		{HEAD_METHOD_GET, "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nall",
		 HEAD_UNTIL_CLOSE, false, false, "all"},
		{HEAD_METHOD_GET,
		 OK "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nHost: x\r\nAuthorization: "
		    "y\r\nX: z\r\n\r\n",
		 HEAD_CHUNKED, false, true, "hi"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct got got;

		read_all(&got, str_from(rows[i].text), true,
			 (struct h1_asked){rows[i].method, false});
		if (got.result != H1_DONE || got.head.body != rows[i].body ||
		    got.head.has_length != rows[i].has_length ||
		    got.head.persists != rows[i].persists ||
		    !str_is(buf_slice(&got.body), rows[i].content))
			fail_msg("%s is understood in another way", rows[i].text);
		buf_finish(&got.body);
	}
}

static void switches_when_asked(void **state)
{
	struct got got;
	const char *good = "HTTP/1.1 101 x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nraw";

	(void)state;
	read_all(&got, str_from(good), true, (struct h1_asked){HEAD_METHOD_GET, true});
	assert_int_equal(got.result, H1_DONE);
	assert_true(got.head.websocket);
	assert_int_equal(got.used, strlen(good) - 3);
	buf_finish(&got.body);
	read_all(&got, STR("HTTP/1.1 101 x\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n"), true,
		 (struct h1_asked){HEAD_METHOD_GET, true});
	assert_int_equal(got.fault, H1_SWITCHED);
	buf_finish(&got.body);
}

static void knows_when_it_was_cut_short(void **state)
{
	static const struct {
		const char *text;
		bool complete;
	} rows[] = {
		{CHUNKED "5\r\nhel", false},
		{CHUNKED "5\r\nhello\r\n", false},
		{CHUNKED "0\r\n", false},
		{CHUNKED "0\r\n\r\n", true},
		{POST "Content-Length: 2\r\n\r\nx", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct h1_reader reader;
		struct h1_body body;
		struct h1_piece piece;
		struct head head;
		char *bytes = strdup(rows[i].text);

		head_init(&head, &arena);
		h1_request_start(&reader, &head, NULL);
		assert_true(h1_is_idle(&reader));
		assert_int_equal(h1_request_read(&reader, bytes, strlen(bytes)), H1_DONE);
		assert_false(h1_is_idle(&reader));
		h1_body_start(&body, &head, false, NULL);
		h1_body_read(&body, bytes + reader.used, strlen(bytes) - reader.used, &piece);
		assert_int_equal(h1_body_closed(&body), rows[i].complete ? H1_DONE : H1_BAD);
		assert_int_equal(body.fault, rows[i].complete ? H1_OK : H1_CUT_SHORT);
		free(bytes);
	}
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

static void frames_the_next_hop(void **state)
{
	struct head head;
	struct h1_frame frame;

	(void)state;
	head_init(&head, &arena);
	head.body = HEAD_UNTIL_CLOSE;
	frame = h1_frame(&head, false);
	assert_int_equal(frame.body, HEAD_CHUNKED);
	assert_false(frame.close);
	/* A client of HTTP/1.0 gets no chunks. */
	frame = h1_frame(&head, true);
	assert_int_equal(frame.body, HEAD_UNTIL_CLOSE);
	assert_true(frame.close);
	head.body = HEAD_CHUNKED;
	assert_int_equal(h1_frame(&head, true).body, HEAD_UNTIL_CLOSE);
	head.body = HEAD_LENGTH;
	head.has_length = true;
	head.length = 7;
	frame = h1_frame(&head, true);
	assert_true(frame.has_length && frame.length == 7 && !frame.close);
}

static void writes_responses(void **state)
{
	struct got got;
	struct h1_frame frame;
	struct buf out;
	char chunk[H1_CHUNK_HEAD];

	(void)state;
	buf_init(&out);
	RESPONSE(&got, "HTTP/1.0 200\r\nConnection: X-Hop\r\nX-Hop: 1\r\nproxy-connection: "
		       "x\r\nset-cookie: a\r\n"
		       "Set-Cookie: b\r\n\r\nrest");
	frame = h1_frame(&got.head, false);
	frame.keep = true;
	h1_response_write(&out, &got.head, &frame);
	buf_str(&out, h1_chunk_head(chunk, 0x1234));
	h1_chunk_last(&out, NULL);
	assert_str(buf_slice(&out), "HTTP/1.1 200 OK\r\nset-cookie: a\r\nSet-Cookie: b\r\n"
				    "Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n"
				    "1234\r\n0\r\n\r\n");
	buf_finish(&got.body);
	buf_clear(&out);
	RESPONSE(&got,
		 OK "Transfer-Encoding: chunked\r\n\r\n0\r\nX-Sum: 1\r\nSet-Cookie: x\r\n\r\n");
	h1_chunk_last(&out, &got.trailers);
	assert_str(buf_slice(&out), "0\r\nX-Sum: 1\r\n\r\n");
	assert_str(h1_chunk_head(chunk, UINT64_MAX), "ffffffffffffffff\r\n");
	buf_finish(&got.body);
	buf_finish(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_request),
		cmocka_unit_test(reads_chunks),
		cmocka_unit_test(reads_a_response),
		cmocka_unit_test(refuses),
		cmocka_unit_test(rules_are_complete),
		cmocka_unit_test(accepts),
		cmocka_unit_test(holds_its_limits),
		cmocka_unit_test(refuses_at_the_limit),
		cmocka_unit_test(caps_interim_answers),
		cmocka_unit_test(heads_say_how_to_go_on),
		cmocka_unit_test(targets_are_taken_apart),
		cmocka_unit_test(content_of_responses),
		cmocka_unit_test(switches_when_asked),
		cmocka_unit_test(knows_when_it_was_cut_short),
		cmocka_unit_test(writes_what_was_read),
		cmocka_unit_test(frames_the_next_hop),
		cmocka_unit_test(writes_responses),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
