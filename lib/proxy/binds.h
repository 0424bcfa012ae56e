/* binds.h - which addresses are listened on, and for which ports of which Gateways.
 *
 * The port of a listener and the port that is bound are two things: the first is what routes and redirects
 * know, the second is what this machine has free.
 */
#ifndef PROXY_BINDS_H
#define PROXY_BINDS_H

#include "proxy/net.h"
#include "proxy/proxy.h"

/* One bound address. Lives until the end: connections point to it. */
struct bind {
	struct bind *next;
	enum route_front_protocol protocol;
	char *title;               /* of the world's table; "": it has none */
	char *namespace, *gateway; /* "": Gateways that share the address are told apart by host */
	uint32_t port;             /* of the listener */
	uint32_t table;
	struct net_address address; /* with the port that was found */
	int *fds;                   /* one a worker; -1: it has it, or takes that of `heir_to` */
	unsigned fd_count;
	const struct bind *heir_to; /* whose sockets it takes over; NULL: it has its own */
	bool admin;                 /* of the proxy itself */
	bool wanted;                /* false: its listeners are closed or about to be */
	bool handed_out;            /* workers know of it */
};

struct binds {
	struct bind *first; /* also those that are not wanted any more */
	unsigned gateways;  /* that were given an address of their own */
};

/* What the world's listeners come to, added to what is there: what is bound already stays, new ones are bound
 * for `workers`, the others are marked unwanted. An address that is to be another Gateway's, or to speak something else,
 * keeps its sockets, since connections that wait in one would be reset with it. False with a sentence when one cannot be bound: then
 * nothing has changed. */
bool binds_update(struct binds *binds, const struct proxy_world *world,
		  const struct proxy_options *options, unsigned workers, struct error *error);

/* Adds the address of the pages of --admin, for one worker. False with a sentence. */
bool binds_add_admin(struct binds *binds, struct str address, struct error *error);

/* "http://127.0.0.1:8080", "tls://...", "tcp://...", "udp://...". */
enum { BIND_TEXT = NET_TEXT + 16 };
const char *bind_text(const struct bind *bind, char text[static BIND_TEXT]);

void binds_finish(struct binds *binds);

#endif
