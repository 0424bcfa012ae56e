/* fuzz_hello.c - the ClientHello peek, against OpenSSL.
 *
 * No prefix is decided in another way than the whole; where both read a ClientHello, they see the same
 * server name.
 */
#include <openssl/ssl.h>
#include <stdlib.h>

#include "base/bug.h"
#include "proxy/hello.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char scratch[HELLO_MOST];

static enum hello_result peek(struct hello *hello, const uint8_t *data, size_t len)
{
	char *copy = calloc(1, len ? len : 1);
	enum hello_result result;

	if (len)
		memcpy(copy, data, len);
	result = hello_read(hello, copy, len, scratch);
	free(copy);
	return result;
}

static bool holds(const unsigned char *at, size_t len, struct str part)
{
	for (size_t i = 0; i + part.len <= len; i++)
		if (memcmp(at + i, part.at, part.len) == 0)
			return true;
	return false;
}

/* OpenSSL hands out the whole extension, the name is within. */
static int compare(SSL *ssl, int *alert, void *user)
{
	const struct hello *hello = user;
	const unsigned char *at;
	size_t len;

	(void)alert;
	if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &at, &len))
		BUG_UNLESS(holds(at, len, hello->server_name));
	else
		BUG_UNLESS(!hello->server_name.len);
	return SSL_CLIENT_HELLO_ERROR;
}

static void ask_openssl(const struct hello *hello, const uint8_t *data, size_t size)
{
	static SSL_CTX *context;
	SSL *ssl;
	BIO *in = BIO_new_mem_buf(data, (int)size), *out = BIO_new(BIO_s_mem());

	if (!context)
		context = SSL_CTX_new(TLS_server_method());
	SSL_CTX_set_client_hello_cb(context, compare, (void *)(uintptr_t)hello);
	ssl = SSL_new(context);
	SSL_set_bio(ssl, in, out);
	SSL_accept(ssl);
	SSL_free(ssl);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hello hello, other;
	enum hello_result result = peek(&hello, data, size);
	size_t step = 1 + size / 64;

	for (size_t len = 0; len < size; len += step) {
		enum hello_result early = peek(&other, data, len);

		BUG_UNLESS(early == HELLO_MORE || early == result);
	}
	result = peek(&hello, data, size);
	if (result == HELLO_DONE)
		ask_openssl(&hello, data, size);
	return 0;
}
