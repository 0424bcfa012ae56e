/* Limits of the HTTP/1 codec. */
#include "h1_case.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(holds_its_limits),
		TEST(refuses_at_the_limit),
		TEST(caps_interim_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
