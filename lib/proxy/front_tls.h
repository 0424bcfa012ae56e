/* front_tls.h - connections that begin with a TLS handshake: the ClientHello says where they go.
 *
 * It is looked at without being taken. The router decides by its server name: the handshake is made here and
 * HTTP follows, or a stream is decrypted and passed on, or the bytes go to a backend as they are.
 */
#ifndef PROXY_FRONT_TLS_H
#define PROXY_FRONT_TLS_H

#include "proxy/client.h"

struct client *front_tls_new(struct worker *worker);
void front_tls_start(struct client *client);

#endif
