/* Requests and answers over HTTP/1: what is read, what is refused. */
#include "h1_case.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reads_a_request), TEST(reads_chunks),       TEST(reads_a_response),
		TEST(refuses),         TEST(rules_are_complete), TEST(accepts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
