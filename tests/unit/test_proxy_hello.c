#include "test.h"

#include "base/buf.h"
#include "proxy/hello.h"

static char scratch[HELLO_MOST];

static void number(struct buf *out, size_t value, int bytes)
{
	while (bytes--)
		buf_char(out, (char)(value >> 8 * bytes));
}

static void vector(struct buf *out, struct str bytes, int length_bytes)
{
	number(out, bytes.len, length_bytes);
	buf_str(out, bytes);
}

static void extension(struct buf *out, unsigned type, struct str body)
{
	number(out, type, 2);
	vector(out, body, 2);
}

static void server_name(struct buf *out, const char *name)
{
	struct buf list, body;

	buf_init(&list);
	buf_init(&body);
	buf_char(&list, 0);
	vector(&list, str_from(name), 2);
	vector(&body, buf_slice(&list), 2);
	extension(out, 0, buf_slice(&body));
	buf_finish(&list);
	buf_finish(&body);
}

/* A ClientHello with these extensions, in records of at most `record` bytes. */
static void hello_make(struct buf *out, struct str extensions, size_t record)
{
	struct buf message, body;
	char *random;

	buf_init(&message);
	buf_init(&body);
	number(&body, 0x0303, 2);
	random = buf_reserve(&body, 32);
	memset(random, 7, 32);
	body.len += 32;
	vector(&body, STR("session"), 1);
	vector(&body, STR("\x13\x01"), 2);
	vector(&body, (struct str){"\0", 1}, 1);
	if (extensions.at)
		vector(&body, extensions, 2);
	number(&message, 1, 1);
	vector(&message, buf_slice(&body), 3);
	for (size_t at = 0; at < message.len; at += record) {
		buf_str(out, STR("\x16\x03\x01"));
		vector(out, str_sub(buf_slice(&message), at, record), 2);
	}
	buf_finish(&message);
	buf_finish(&body);
}

/* All prefixes ask for more, the whole is what it is. */
static void reads(struct hello *hello, const struct buf *wire)
{
	for (size_t len = 0; len < wire->len; len++) {
		char *copy = malloc(len + 1);

		memcpy(copy, wire->at ? wire->at : "", len);
		assert_int_equal(hello_read(hello, copy, len, scratch), HELLO_MORE);
		free(copy);
	}
	assert_int_equal(hello_read(hello, wire->at, wire->len, scratch), HELLO_DONE);
}

static void reads_names_and_protocols(void **state)
{
	struct buf extensions, wire;
	struct hello hello;

	(void)state;
	buf_init(&extensions);
	extension(&extensions, 0x0a0a, STR("grease"));
	server_name(&extensions, "A.test");
	extension(&extensions, 16, STR("\x00\x0c\x02h2\x08http/1.1"));
	for (size_t record = 1; record < 200; record += 33) {
		buf_init(&wire);
		hello_make(&wire, buf_slice(&extensions), record);
		reads(&hello, &wire);
		assert_str(hello.server_name, "A.test");
		assert_true(hello.alpn && hello.h2 && hello.http1);
		/* What follows is not looked at. */
		buf_str(&wire, STR("\x17\x03\x03"));
		assert_int_equal(hello_read(&hello, wire.at, wire.len, scratch), HELLO_DONE);
		buf_finish(&wire);
	}
	buf_finish(&extensions);
}

static void extensions_may_be_missing(void **state)
{
	struct buf wire;
	struct hello hello;

	(void)state;
	buf_init(&wire);
	hello_make(&wire, (struct str){0}, 1000);
	reads(&hello, &wire);
	assert_str(hello.server_name, "");
	assert_false(hello.alpn);
	buf_finish(&wire);
}

static enum hello_result with(struct str extensions)
{
	struct buf wire;
	struct hello hello;
	enum hello_result result;

	buf_init(&wire);
	hello_make(&wire, extensions, 1000);
	result = hello_read(&hello, wire.at, wire.len, scratch);
	buf_finish(&wire);
	return result;
}

/* Nothing may follow the extensions within the message. */
static void ends_with_its_extensions(void **state)
{
	struct buf wire;
	struct hello hello;

	(void)state;
	buf_init(&wire);
	hello_make(&wire, STR(""), 1000);
	assert_int_equal(hello_read(&hello, wire.at, wire.len, scratch), HELLO_DONE);
	buf_char(&wire, 'x');
	wire.at[4]++; /* length of the record */
	wire.at[8]++; /* and of the message */
	assert_int_equal(hello_read(&hello, wire.at, wire.len, scratch), HELLO_BAD);
	buf_finish(&wire);
}

static void refuses(void **state)
{
	struct buf twice;
	struct hello hello;

	(void)state;
	buf_init(&twice);
	server_name(&twice, "a.test");
	assert_int_equal(with(buf_slice(&twice)), HELLO_DONE);
	server_name(&twice, "b.test");
	assert_int_equal(with(buf_slice(&twice)), HELLO_BAD);
	buf_finish(&twice);
	buf_init(&twice);
	server_name(&twice, "a b");
	assert_int_equal(with(buf_slice(&twice)), HELLO_BAD);
	buf_finish(&twice);
	/* No extension twice, even when the first holds no host name. */
	buf_init(&twice);
	extension(&twice, 0, STR("\x00\x04\x01\x00\x01x"));
	assert_int_equal(with(buf_slice(&twice)), HELLO_DONE);
	server_name(&twice, "b.test");
	assert_int_equal(with(buf_slice(&twice)), HELLO_BAD);
	buf_finish(&twice);
	assert_int_equal(with(STR("\x00")), HELLO_BAD);
	assert_int_equal(with(STR("\x00\x10\x00\x03\x00\x05\x02")), HELLO_BAD);
	assert_int_equal(hello_read(&hello, "GET", 3, scratch), HELLO_NOT_TLS);
	assert_int_equal(hello_read(&hello, "\x16\x02", 2, scratch), HELLO_BAD);
	assert_int_equal(hello_read(&hello, "\x16\x03\x01\x00\x01\x02", 6, scratch), HELLO_BAD);
	assert_int_equal(hello_read(&hello, "\x16\x03\x01\x00\x04\x01\x01\x00\x00", 9, scratch),
			 HELLO_BAD);
	assert_int_equal(hello_read(&hello, "\x16\x03\x01\x00\x00", 5, scratch), HELLO_BAD);
	assert_int_equal(hello_read(&hello, "\x16\x03\x01\xff\xff", 5, scratch), HELLO_BAD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_names_and_protocols),
		cmocka_unit_test(extensions_may_be_missing),
		cmocka_unit_test(ends_with_its_extensions),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
