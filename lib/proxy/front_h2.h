/* front_h2.h - clients that speak HTTP/2, over TLS or with prior knowledge. */
#ifndef PROXY_FRONT_H2_H
#define PROXY_FRONT_H2_H

#include "proxy/client.h"

struct client *front_h2_new(struct worker *worker);

/* `bytes` are what was read already. */
void front_h2_start(struct client *client, struct str bytes);

#endif
