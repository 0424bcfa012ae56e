/* What fields of HTTP/1 mean for the connection, and what is written. */
#include "h1_case.h"

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
		TEST(heads_say_how_to_go_on),      TEST(targets_are_taken_apart),
		TEST(content_of_responses),        TEST(switches_when_asked),
		TEST(knows_when_it_was_cut_short), TEST(writes_what_was_read),
		TEST(frames_the_next_hop),         TEST(writes_responses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
