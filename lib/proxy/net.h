/* net.h - addresses and sockets. */
#ifndef PROXY_NET_H
#define PROXY_NET_H

#include <netinet/in.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/str.h"
#include "route/request.h"

struct net_address {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	};
	socklen_t len; /* 0: none */
};

/* "127.0.0.1:80", "[::1]:80", "127.0.0.1", "localhost:80", ":80" (every address); without a port,
 * `port` is taken. A name is looked up. False with a sentence. */
bool net_parse(struct net_address *address, struct str text, uint32_t port, struct error *error);

/* "192.0.2.1" or "2001:db8::1"; the port is 0. */
bool net_parse_bare(struct net_address *address, struct str text);

/* All addresses of a name, ports 0, in the order of the resolver; at most `room`. Takes as long as the resolver does. */
size_t net_resolve(struct str name, struct net_address *addresses, size_t room);

uint32_t net_port(const struct net_address *address);
void net_set_port(struct net_address *address, uint32_t port);

/* "127.0.0.1:80", "[::1]:80". */
enum { NET_TEXT = 64 };
const char *net_text(const struct net_address *address, char text[static NET_TEXT]);

/* The address alone, "127.0.0.1". */
const char *net_host_text(const struct net_address *address, char text[static NET_TEXT]);

bool net_equal(const struct net_address *a, const struct net_address *b);

/* Whether it is an address at which a machine or its cloud answers to whoever runs on it, with credentials among
 * other things: link-local ones (RFC 3927, RFC 4291 2.5.6), and those of metadata services outside of them. */
bool net_is_of_machine(const struct net_address *address);

bool net_is_loopback(const struct net_address *address);

struct route_address net_route_address(const struct net_address *address);

/* A bound, listening socket that several workers can have (SO_REUSEPORT); `type` is SOCK_STREAM or
 * SOCK_DGRAM. The address gets the port that the system chose. -1 with a sentence. */
int net_listen(struct net_address *address, int type, struct error *error);

/* Whether sockets at both would get in each other's way: they are equal, or one is every address of that port. */
bool net_overlap(const struct net_address *a, const struct net_address *b);

/* Whether nobody listens there: sockets of net_listen() would share it with others like them. Port 0 is
 * always free. False with a sentence. */
bool net_is_free(const struct net_address *address, int type, struct error *error);

/* A connection that is under way, not yet made; -1 with errno. */
int net_connect(const struct net_address *address);

/* Small pieces are sent at once; a dead peer is found out. */
void net_tune(int fd);

#endif
