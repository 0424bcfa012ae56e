/* attach_parts.h - the steps of attach_run(), in their order. Private to lib/gateway/attach*.c. */
#ifndef GATEWAY_ATTACH_PARTS_H
#define GATEWAY_ATTACH_PARTS_H

#include "gateway/attach.h"

/* Which kinds of objects the namespaces of the set have. */
void attach_count_kinds(struct attach *attach);

/* Gateways, ListenerSets and their listeners; which sets join which Gateway. */
void attach_gateways(struct attach *attach);

/* What is wrong with each listener by itself: protocol, kinds, certificates, CAs. */
void attach_check_listeners(struct attach *attach);

/* Listeners of one Gateway that cannot stand side by side / whose TLS settings overlap. */
void attach_find_conflicts(struct attach *attach, struct attach_gateway *gateway);
void attach_find_overlaps(struct attach *attach, struct attach_gateway *gateway);

/* What follows for Gateways and ListenerSets from their listeners. */
void attach_settle(struct attach *attach);

void attach_routes(struct attach *attach);

/* Rules of a route that are dropped, and references of it that do not resolve. */
void attach_check_rules(struct attach *attach, struct attach_route *route);
void attach_policies(struct attach *attach);

/* Calls `visit` for the listeners of a Gateway and of the ListenerSets that joined it, by precedence. */
void attach_each_listener(struct attach_gateway *gateway,
			  void (*visit)(void *user, struct attach_listener *listener), void *user);

/* Whether the parameters of a class or a Gateway are there. */
bool attach_has_parameters(const struct attach *attach, const struct gateway_ref *ref);

/* A problem with a message in the arena. */
struct attach_problem attach_problem(struct attach *attach, const char *reason, struct span span,
				     const char *format, ...) __attribute__((format(printf, 4, 5)));

/* "ConfigMap infra/ca" of a reference, in the arena. */
struct str attach_ref_text(struct attach *attach, const struct gateway_ref *ref);

#endif
