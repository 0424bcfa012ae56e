/* udp.h - UDPRoute: datagrams of a client go to one backend, and its answers come back from the address that
 * the client sent to.
 */
#ifndef PROXY_UDP_H
#define PROXY_UDP_H

#include "proxy/listener.h"

enum {
	UDP_SESSIONS = 4096, /* clients at a time, a port and worker; those beyond are dropped */
	UDP_IDLE_MS = 30 * 1000, /* after which a client's backend is forgotten */
};

/* The listener is one of a UDP port. */
void udp_open(struct listener *listener);
void udp_close(struct listener *listener);

#endif
