#include "proxy/websocket.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/bug.h"

#define MAGIC "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

struct str websocket_key(char text[static WEBSOCKET_KEY + 1])
{
	unsigned char nonce[16];

	if (RAND_bytes(nonce, sizeof nonce) != 1)
		BUG("there is no randomness");
	EVP_EncodeBlock((unsigned char *)text, nonce, sizeof nonce);
	return (struct str){text, WEBSOCKET_KEY};
}

struct str websocket_accept(struct str key, char text[static WEBSOCKET_ACCEPT + 1])
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool done = context && EVP_DigestInit_ex(context, EVP_sha1(), NULL) &&
		    EVP_DigestUpdate(context, key.at, key.len) &&
		    EVP_DigestUpdate(context, MAGIC, sizeof MAGIC - 1) &&
		    EVP_DigestFinal_ex(context, sum, NULL);

	EVP_MD_CTX_free(context);
	if (!done)
		BUG("SHA-1 is not available");
	EVP_EncodeBlock((unsigned char *)text, sum, 20);
	return (struct str){text, WEBSOCKET_ACCEPT};
}
