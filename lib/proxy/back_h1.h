/* back_h1.h - backends that speak HTTP/1.1, on connections that are kept. */
#ifndef PROXY_BACK_H1_H
#define PROXY_BACK_H1_H

#include "proxy/exchange.h"

struct pool_place;

/* A connection to the address of the place, one that waits if there is one and `fresh` is not set, else a new
 * one. NULL when there is no descriptor for it. */
struct back *back_h1_ask(struct worker *worker, struct exchange *exchange, struct pool_place *place,
			 bool fresh);

/* Closes all that wait. */
void back_h1_close_idle(struct worker *worker);

#endif
