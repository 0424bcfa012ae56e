/* client.h - a client's connection, whatever it speaks. The first member of its owner. */
#ifndef PROXY_CLIENT_H
#define PROXY_CLIENT_H

#include "proxy/conn.h"
#include "proxy/exchange.h"
#include "proxy/net.h"

struct bind;

struct client;

/* What one kind of front or relay does. */
struct client_ops {
	size_t size; /* of the owner */
	const struct conn_ops *conn;
	/* The worker ends: finish what is under way, begin nothing. */
	void (*drain)(struct client *client);
	/* At once. */
	void (*kill)(struct client *client);
	void (*free)(struct client *client);
};

struct client {
	struct conn conn; /* first */
	const struct client_ops *ops;
	struct client *next, **link;
	struct grave grave;
	struct worker *worker;
	struct front_place place;
	char address[NET_TEXT];
	int64_t asked_ms; /* when the last request came, and what was in the bucket then: thousandths */
	uint32_t excess;
	char name[256]; /* server name of the handshake */
};

/* The owner of a new one: zeroes behind the client, which is in no list yet. Heap; it ends with ops->free. */
void *client_new(struct worker *worker, const struct client_ops *ops);

/* Puts it into the list of the worker. */
void client_enter(struct client *client);

/* exchange_begin(), or 429 when the connection has sent more requests than the options allow in a second. */
void client_ask(struct client *client, struct exchange *exchange, struct front *front);

/* `to`, which is new, takes over the connection and the place of `from`, which is freed at the end of the
 * turn. Events come to `to` from now on; what can be read is announced anew. */
void client_hand_over(struct client *from, struct client *to);

/* Takes it out, closes the connection; memory goes at the end of the turn through `free`. */
void client_leave(struct client *client, bool reset);

#endif
