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

struct backends {
	struct arena *arena;
	struct map services; /* "namespace/name" -> struct backend_service * */
};

void backends_init(struct backends *backends, struct arena *arena);

/* "[NS/]NAME[:PORT]=ADDR", ADDR with or without "http://": a further address of that Service. Without a
 * namespace it is "default"; a name with dots is a host outside the cluster. The error is a sentence about the text. */
bool backends_add(struct backends *backends, struct str text, struct error *error);

/* The addresses of EndpointSlices and Endpoints of a set, by the port names of its Services. */
void backends_add_set(struct backends *backends, const struct kube_set *set);

/* NULL when no address was given. */
const struct endpoints *backends_find(const struct backends *backends, struct str namespace,
				      struct str name, uint32_t port);

#endif
