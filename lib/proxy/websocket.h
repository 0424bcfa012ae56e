/* websocket.h - the two texts of a websocket handshake (RFC 6455 4), for a handshake that changes its version of
 * HTTP on the way: HTTP/2 has none of them (RFC 8441 5). */
#ifndef PROXY_WEBSOCKET_H
#define PROXY_WEBSOCKET_H

#include "base/str.h"

enum { WEBSOCKET_KEY = 24, WEBSOCKET_ACCEPT = 28 };

/* A fresh Sec-WebSocket-Key. */
struct str websocket_key(char text[static WEBSOCKET_KEY + 1]);

/* The Sec-WebSocket-Accept that answers a key, whatever text that is. */
struct str websocket_accept(struct str key, char text[static WEBSOCKET_ACCEPT + 1]);

#endif
