/* front_h1.h - clients that speak HTTP/1.1 or 1.0. */
#ifndef PROXY_FRONT_H1_H
#define PROXY_FRONT_H1_H

#include "proxy/client.h"

/* Serves a connection that was just accepted. */
struct client *front_h1_new(struct worker *worker);

/* The connection is open, and all of the client's members are set. */
void front_h1_start(struct client *client);

#endif
