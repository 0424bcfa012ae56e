/* ask_tls.h - what a handshake showed. Private to ask*.c. */
#ifndef COMPARE_ASK_TLS_H
#define COMPARE_ASK_TLS_H

#include <openssl/ssl.h>

#include "base/map.h"
#include "compare/answer.h"

/* Certificates that were seen, by fingerprint: their texts are made once. */
struct ask_certificates {
	struct arena *arena;
	struct map by_fingerprint; /* -> struct answer_tls *, without version and alpn */
};

/* The facts of a connection; texts live as long as `seen`, or as the library. */
struct answer_tls ask_tls(struct ask_certificates *seen, SSL *ssl);

#endif
