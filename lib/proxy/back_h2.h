/* back_h2.h - backends that speak HTTP/2: many requests share a connection. */
#ifndef PROXY_BACK_H2_H
#define PROXY_BACK_H2_H

#include "proxy/exchange.h"

struct pool_place;

/* A request to the address of the place, on the worker's connection to it or a new one; with `fresh`, not on one that
 * has just refused a request. NULL when there is no descriptor for it. */
struct back *back_h2_ask(struct worker *worker, struct exchange *exchange, struct pool_place *place,
			 const struct route_backend_tls *tls, bool fresh);

/* Closes connections without requests; with `all`, every one. */
void back_h2_close(struct worker *worker, bool all);

#endif
