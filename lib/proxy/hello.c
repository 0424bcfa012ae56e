#include "proxy/hello.h"

#include "proxy/grammar.h"

enum {
	RECORD_HEAD = 5,
	RECORD_MOST = 16 * 1024, /* TLSPlaintext.length (RFC 8446 5.1) */
	HANDSHAKE = 22,          /* content type */
	CLIENT_HELLO = 1,
	MESSAGE_HEAD = 4,
	EXTENSION_SERVER_NAME = 0,
	EXTENSION_ALPN = 16,
};

/* ---- reading numbers and vectors ----
 * A cursor that has run over its end stays at the end and remembers. */

struct cursor {
	const uint8_t *at, *end;
	bool failed;
};

static size_t left(const struct cursor *c)
{
	return (size_t)(c->end - c->at);
}

static const uint8_t *take(struct cursor *c, size_t len)
{
	const uint8_t *at = c->at;

	if (left(c) < len) {
		c->failed = true;
		c->at = c->end;
		return NULL;
	}
	c->at += len;
	return at;
}

static size_t number(struct cursor *c, size_t bytes)
{
	const uint8_t *at = take(c, bytes);
	size_t value = 0;

	for (size_t i = 0; at && i < bytes; i++)
		value = value << 8 | at[i];
	return value;
}

/* A vector with its length in front, in `bytes` bytes. */
static struct cursor vector(struct cursor *c, size_t bytes)
{
	size_t len = number(c, bytes);
	const uint8_t *at = take(c, len);

	return (struct cursor){.at = at, .end = at ? at + len : at, .failed = !at};
}

/* ---- extensions ---- */

/* One host_name is all that is defined (RFC 6066 3), and a list that repeats it is refused. */
static bool read_server_name(struct hello *hello, struct cursor extension)
{
	struct cursor names = vector(&extension, 2);

	while (left(&names)) {
		size_t type = number(&names, 1);
		struct cursor name = vector(&names, 2);
		struct str text = {(const char *)name.at, left(&name)};

		if (names.failed || name.failed)
			return false;
		if (type != 0)
			continue;
		if (hello->server_name.len || !text.len || text.len > 255 ||
		    !grammar_all(text, GRAMMAR_HOST))
			return false;
		hello->server_name = text;
	}
	return !names.failed && !left(&extension);
}

static bool read_alpn(struct hello *hello, struct cursor extension)
{
	struct cursor protocols = vector(&extension, 2);

	hello->alpn = true;
	while (left(&protocols)) {
		struct cursor name = vector(&protocols, 1);
		struct str text = {(const char *)name.at, left(&name)};

		if (name.failed || !text.len)
			return false;
		hello->h2 |= str_eq(text, STR("h2"));
		hello->http1 |= str_eq(text, STR("http/1.1"));
	}
	return !protocols.failed && !left(&extension);
}

/* No extension may come twice (RFC 8446 4.2); the two that are read are checked for that. */
static bool read_extensions(struct hello *hello, struct cursor all)
{
	bool named = false;

	while (left(&all)) {
		size_t type = number(&all, 2);
		struct cursor extension = vector(&all, 2);

		if (all.failed || extension.failed)
			return false;
		if (type == EXTENSION_SERVER_NAME) {
			if (named || !read_server_name(hello, extension))
				return false;
			named = true;
		} else if (type == EXTENSION_ALPN) {
			if (hello->alpn || !read_alpn(hello, extension))
				return false;
		}
	}
	return true;
}

static bool read_body(struct hello *hello, struct cursor message)
{
	number(&message, 2); /* legacy_version */
	take(&message, 32);  /* random */
	vector(&message, 1); /* legacy_session_id */
	vector(&message, 2); /* cipher_suites */
	vector(&message, 1); /* legacy_compression_methods */
	if (message.failed)
		return false;
	if (!left(&message)) /* a client of TLS 1.2 may have no extensions at all */
		return true;

	struct cursor extensions = vector(&message, 2);

	return !extensions.failed && !left(&message) && read_extensions(hello, extensions);
}

/* ---- records ---- */

/* Puts the payload of handshake records together. */
static enum hello_result gather(struct cursor wire, char *scratch, size_t *len)
{
	*len = 0;
	while (left(&wire)) {
		size_t type = *wire.at, size, part;

		if (type != HANDSHAKE)
			return *len ? HELLO_BAD : HELLO_NOT_TLS;
		if ((left(&wire) > 1 && wire.at[1] != 3))
			return HELLO_BAD;
		if (left(&wire) < RECORD_HEAD)
			return HELLO_MORE;
		take(&wire, 3);
		size = number(&wire, 2);
		if (!size || size > RECORD_MOST || *len + size > HELLO_MOST)
			return HELLO_BAD;
		part = left(&wire) < size ? left(&wire) : size;
		memcpy(scratch + *len, take(&wire, part), part);
		*len += part;
		if (part < size)
			return HELLO_MORE;
	}
	return HELLO_MORE;
}

enum hello_result hello_read(struct hello *hello, const char *bytes, size_t len, char *scratch)
{
	struct cursor wire = {.at = (const uint8_t *)bytes, .end = (const uint8_t *)bytes + len};
	struct cursor message = {0};
	size_t size, got;
	enum hello_result result = gather(wire, scratch, &got);

	*hello = (struct hello){0};
	if (got && scratch[0] != CLIENT_HELLO)
		return HELLO_BAD;
	if (got < MESSAGE_HEAD)
		return result;
	message.at = (const uint8_t *)scratch + 1;
	message.end = (const uint8_t *)scratch + got;
	size = number(&message, 3);
	if (size > HELLO_MOST - MESSAGE_HEAD)
		return HELLO_BAD;
	if (left(&message) < size)
		return result;
	message.end = message.at + size;
	return read_body(hello, message) ? HELLO_DONE : HELLO_BAD;
}
