/* backends.h - where Services are: addresses that the user gave.
 */
#ifndef PROXY_BACKENDS_H
#define PROXY_BACKENDS_H

#include "base/map.h"
#include "kube/load.h"
#include "proxy/net.h"

struct endpoint {
	struct net_address address;
};

struct endpoints {
	uint32_t port; /* of the Service; 0: every port */
	struct endpoint *at;
	size_t count;
};

/* Addresses that a name was found to have, ports 0. */
struct backend_host {
	struct net_address *at;
	size_t count;
};

struct backends {
	struct arena *arena;
	struct map services; /* "namespace/name" -> struct backend_service * */
	struct map hosts;    /* "namespace/name", "/name" -> struct backend_host * */
};

void backends_init(struct backends *backends, struct arena *arena);

/* "[NS/]NAME[:PORT]=ADDR", ADDR with or without "http://": a further address of that Service. Without a
 * namespace it is "default"; a name with dots is a host outside the cluster. The error is a sentence about the text. */
bool backends_add(struct backends *backends, struct str text, struct error *error);

/* The addresses of EndpointSlices and Endpoints of a set, by the port names of its Services. */
void backends_add_set(struct backends *backends, const struct kube_set *set);

/* Looks up the host of a Service, or of a name outside (namespace empty), once. Addresses that
 * net_is_of_machine() says are left out: whoever owns the name chose them, not whoever runs this. False when nothing
 * is found. */
bool backends_resolve(struct backends *backends, struct str namespace, struct str name,
		      struct str host);

/* NULL when it was not looked up. */
const struct backend_host *backends_host(const struct backends *backends, struct str namespace,
					 struct str name);

/* NULL when no address was given. */
const struct endpoints *backends_find(const struct backends *backends, struct str namespace,
				      struct str name, uint32_t port);

#endif
