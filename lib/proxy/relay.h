/* relay.h - streams of bytes between a client and a backend: TCPRoute, TLSRoute, passthrough.
 */
#ifndef PROXY_RELAY_H
#define PROXY_RELAY_H

#include "proxy/client.h"
#include "proxy/snapshot.h"

enum { RELAY_IDLE_MS = 3600 * 1000 /* without a byte in either direction */ };

/* Which backend, and how. */
struct relay_plan;

/* Draws a backend of a decision to forward. NULL: it cannot be asked, and the connection is to be closed
 * (as the spec has it for that share). Freed by relay_start() or relay_plan_free(). */
struct relay_plan *relay_plan(struct worker *worker, struct snapshot_use *use,
			      const struct route_decision *decision);
void relay_plan_free(struct relay_plan *plan);

/* Takes over the connection of a client, decrypted or as it is. */
void relay_start(struct client *client, struct relay_plan *plan);

/* A connection to a TCP listener: decided, and relayed or closed. */
void relay_tcp(struct client *client);

/* A client that is nothing yet: it is open, and waits to be handed over. */
struct client *relay_client_new(struct worker *worker);

#endif
