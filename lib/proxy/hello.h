/* hello.h - what a TLS client says first, read without answering it (RFC 8446 4.1.2, 6066 3, 7301).
 *
 * A listener that passes TLS through, or that chooses among certificates and backends by name, peeks at the
 * first bytes of a connection. They are not taken: whoever terminates TLS reads them again.
 */
#ifndef PROXY_HELLO_H
#define PROXY_HELLO_H

#include "base/str.h"

/* Most bytes that are looked at: handshake messages of clients are far below. */
enum { HELLO_MOST = 16 * 1024 };

enum hello_result {
	HELLO_MORE,    /* the bytes so far can begin a ClientHello */
	HELLO_DONE,    /* it is whole */
	HELLO_NOT_TLS, /* the first byte says that this is something else */
	HELLO_BAD,     /* it is malformed, or longer than HELLO_MOST */
};

struct hello {
	struct str server_name; /* as sent, which may be in any case; empty: none was sent */
	bool h2, http1;         /* protocols offered by ALPN; none of both: no ALPN, or others */
	bool alpn;              /* ALPN was there */
};

/* Reads `bytes`, all there are of the connection. The ClientHello may come in several TLS records. Slices of the
 * result point into `scratch`, which has room for HELLO_MOST bytes. A server name is a host name: one with
 * octets that none may have makes the message malformed. */
enum hello_result hello_read(struct hello *hello, const char *bytes, size_t len, char *scratch);

#endif
