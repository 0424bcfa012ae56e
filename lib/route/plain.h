/* plain.h - how an Ingress decides by the words of its API, for controllers that nobody has written a
 * side for.
 *
 * The source are the comments at networking.k8s.io/v1 (types.go of k8s.io/api) and the page "Ingress" of
 * the Kubernetes documentation. The host is chosen first ("incoming requests are first evaluated for a
 * host match, then routed to the backend associated with the matching IngressRuleValue"), then the path:
 * longest first, Exact before Prefix. docs/routing.md says what the API leaves open and what was chosen.
 *
 * A provider fills the structs (converters/from_ingress_side.c does); what happens with a request is
 * decided here.
 */
#ifndef ROUTE_PLAIN_H
#define ROUTE_PLAIN_H

#include "base/map.h"
#include "route/table.h"

enum plain_kind { PLAIN_PREFIX, PLAIN_EXACT };

/* One path of a host, or what answers when none fits. */
struct plain_rule {
	enum plain_kind kind;
	bool is_default; /* a defaultBackend: of kind PREFIX, path "" */
	struct str path; /* as on a request line; a prefix without trailing slash: "/" is "" */
	const struct route_backend *backend; /* NULL: the path names none, 503 */
	const struct route_policy *policy;
	struct route_place place;
};

struct plain_host {
	struct str
		name; /* lower case, "*.x.example" among them; "": every host that has none of its own */
	struct plain_rule *rules; /* in the order in which they were added */
	size_t rule_count;
	struct map exact, prefix; /* path -> struct plain_rule *; of equal ones the first */
	const struct route_front_tls *tls; /* NULL: not served over HTTPS */
	struct route_place tls_place;      /* whose entry that is */
	struct route_place place;
};

struct plain_table {
	struct route_table base; /* first */
	struct arena arena;
	struct plain_host **hosts;
	size_t host_count;
	struct map names; /* of hosts -> struct plain_host * */
	uint32_t http_port, https_port;
};

extern const struct route_side plain_side;

/* A table without hosts. Ended by route_table_destroy(). */
struct plain_table *plain_table_new(void);

/* The host of that name, in any case; made when new. */
struct plain_host *plain_host(struct plain_table *table, struct str name);

/* Adds a rule unless there is one of its kind and path, which wins: false then. The path is given as the
 * Ingress has it; what it may hold and a request line may not is escaped, and of a prefix the slash at
 * the end does not count. */
bool plain_rule_add(struct plain_table *table, struct plain_host *host, struct plain_rule rule);

#endif
