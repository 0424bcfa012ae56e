/* from_ingress_parts.h - plain Ingress: what the files of the conversion share. Private to from_ingress.c and
 * from_ingress_hosts.c.
 */
#ifndef CONVERTERS_FROM_INGRESS_PARTS_H
#define CONVERTERS_FROM_INGRESS_PARTS_H

#include "converters/from_ingress.h"

/* One run. */
struct plain {
	struct provider_run *run;
	struct arena *arena;
	struct map seen; /* "host\npath\ntype" -> struct model_rule * of the winner */
	struct map
		told; /* "namespace\nname" -> code a Service holds its routes with; itself: none */
};

/* The host of that name, with HTTP; made when it is not there yet. `view`: an Ingress that names it. */
struct model_host *plain_host_of(struct plain *plain, const struct ingress_view *view,
				 struct str name);

/* Makes the hosts of an Ingress, and gives them HTTPS where one of its entries covers them. Of all Ingresses, before the
 * rules of any: whether a host has HTTPS decides where all of its rules go. */
void plain_open_hosts(struct plain *plain, const struct ingress_view *view);

/* Takes the listeners of hosts that got no rule. Such a host is answered as one that nobody names. */
void plain_close_hosts(struct plain *plain, const struct ingress_view *view);

/* Marks the TLS entries of an Ingress; I2G505 for those with which no host is served. */
void plain_account_tls(struct plain *plain, const struct ingress_view *view);

/* I2G214 when a request for a named host could fall through to a host that covers more. */
void plain_note_isolation(struct plain *plain);

#endif
