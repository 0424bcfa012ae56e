/* gate.h - the compiled Gateway side. Private to lib/route/gate_*.c and gateway.c.
 *
 * A front is a port of a Gateway. Its hosts are the host names of its listeners and of the routes on
 * them (intersected), exact ones and wildcards, each with the names above it: the first that covers the
 * host of a request says which listener is chosen, and its routes are looked at before those of the
 * names above it that belong to the same listener (the spec's precedence begins with the host name).
 * Below a host there are its literal paths (paths.h) and its patterns (heads.h).
 */
#ifndef ROUTE_GATE_H
#define ROUTE_GATE_H

#include "gateway/attach.h"
#include "route/gateway.h"
#include "route/heads.h"
#include "route/paths.h"

/* ---- rules ---- */

struct gate_redirect {
	unsigned status;
	struct str scheme, host; /* empty: as the request */
	uint32_t port;           /* 0: by the rules for Location */
	enum gateway_path_change change;
	struct str path;
};

struct gate_rewrite {
	struct str host; /* empty: as the request */
	enum gateway_path_change change;
	struct str path;
};

struct gate_cors {
	const struct str *origins; /* as written; "*" is any */
	size_t origin_count;
	bool any_origin, any_method, any_header, credentials;
	struct str methods, headers, expose; /* joined; empty: none */
	struct str max_age;
};

/* What filters do apart from header edits and policy: of a rule, or of one backend. */
struct gate_turn {
	const struct gate_redirect *redirect;
	const struct gate_rewrite *rewrite;
	const struct gate_cors *cors;
};

struct gate_rule {
	const struct route_backend *backends;
	uint32_t backend_count;
	uint32_t status; /* answered when no backend can be asked; 0: forward */
	uint64_t weight;
	const struct route_policy *policy;
	const struct gate_turn *turn;  /* NULL: nothing of the kind */
	const struct gate_turn *turns; /* of each backend; NULL: none has any */
	const struct object_ref *object;
	bool grpc;
	bool broken; /* a filter that cannot be resolved: answers `status` */
	int index;
	struct route_edits request, response;
	const struct gateway_route *route;
	struct span span;
	const struct gate_match *matches;
	size_t match_count;
};

/* ---- matches ---- */

struct gate_condition {
	bool query; /* else a header */
	struct str name, value;
	const struct matcher *matcher; /* NULL: exactly `value` */
};

enum gate_class { GATE_PREFIX, GATE_REGEX, GATE_EXACT };

struct gate_match {
	const struct gate_rule *rule;
	struct str method; /* empty: any */
	const struct gate_condition *conditions;
	uint16_t condition_count;
	bool grpc;   /* takes gRPC requests only */
	bool is_rpc; /* takes /service/method only: something must follow the prefix */
	int index;
	struct span span;
	uint32_t prefix; /* GATE_PREFIX: length without trailing slash */
	enum gate_class class;
	uint32_t length;        /* of the path value, for precedence; gRPC: of the service */
	uint32_t method_length; /* gRPC */
	uint16_t header_count, query_count;
	struct str path; /* literal without trailing slash, or the pattern as written */
	const struct matcher *matcher; /* GATE_REGEX */
	struct str rpc;                /* GATE_PREFIX "": the method, whatever the service */
	const struct matcher *rpc_matcher;
};

/* What most decisions need of a match and its rule, once more: it stands beside the path in paths.h, so
 * that they look at nothing else of them. */
struct gate_entry {
	const struct gate_match *match;
	const struct route_backend *backends;
	const struct route_policy *policy;
	struct route_place place;
	uint32_t weight;
	uint16_t backend_count;
	bool plain;  /* takes whatever has the path */
	bool simple; /* forwards what it takes as it came; else the rule says what to do */
};
_Static_assert(sizeof(struct gate_entry) == 64, "one line of the cache");

/* The matches of one literal: exact ones, then prefixes, each in order of precedence. */
struct gate_spot {
	struct gate_entry only;           /* when there is one */
	const struct gate_entry *entries; /* when there are more */
	uint32_t exact_count, count;
};
_Static_assert(sizeof(struct gate_spot) == PATHS_VALUES * sizeof(uint64_t), "as a node holds");

/* ---- hosts, listeners, fronts ---- */

struct gate_patterns {
	struct heads heads;
	struct gate_entry *entries;
};

/* Numbers of hosts count from 1; 0: none. */
enum { GATE_SHORT = 40 };
struct gate_host {
	struct str key; /* lower case; of a wildcard without "*": ".example.com"; "": every host */
	bool wildcard;
	uint32_t up;   /* the next name above */
	uint32_t next; /* another one at its place */
	uint32_t match_count;
	const struct gate_listener *listener; /* the most specific one that covers it */
	struct paths_host paths;
	struct gate_patterns *patterns;    /* NULL: none */
	const struct gate_match **matches; /* all, in order of precedence */
	const struct gate_listener *own;   /* the one of this very name */
	const struct gate_rule *stream;    /* TLSRoute */
	char text[GATE_SHORT];             /* of the key, unless it is longer */
};
_Static_assert(sizeof(struct gate_host) == 128, "two lines of the cache");

enum gate_protocol { GATE_HTTP, GATE_HTTPS, GATE_TLS, GATE_TCP, GATE_UDP };

struct gate_growing;

struct gate_certificate {
	struct route_front_tls tls;
	const struct kube_secret *secret; /* NULL: its names are not known */
};

struct gate_listener {
	enum gate_protocol protocol;
	struct str name;
	struct str host; /* lower case; "" any */
	struct route_place place;
	struct gate_growing *front; /* while compiling */
	struct gate_certificate *certificates;
	size_t certificate_count;
	const char *refuses;            /* why no handshake succeeds here; NULL: it does */
	const struct gate_rule *stream; /* TCPRoute, UDPRoute */
};

struct gate_front {
	const struct gateway *gateway;
	struct object_ref object;
	uint32_t port;
	bool udp;
	uint64_t salt;
	struct index names;      /* by hash of the key */
	struct gate_host *hosts; /* by place; behind them those that share one */
	uint32_t *order;         /* numbers of hosts as they were met */
	size_t host_count;
	uint32_t any;                       /* the host "" */
	bool wildcards;                     /* there are some */
	const struct gate_listener *stream; /* of a TCP or UDP port */
};

struct gate_table {
	struct route_table table; /* first */
	struct arena arena;
	struct matchers matchers;
	struct paths paths;
	struct gate_front *fronts; /* by port, transport, Gateway */
	size_t front_count;
	const struct gateway_set *set;
	const struct route_gateway_options *options; /* while compiling */
	struct attach attach;
	struct map object_map; /* private to gate_table.c */
};

/* ---- compiling ---- */

/* Value of a map by the address of something. */
void **gate_place_of(struct map *map, const void *address);

/* Says what the routes ask for that is not simulated. */
void gate_find_gaps(struct gate_table *table);

/* Whether the table is to hold this Gateway; while compiling. */
bool gate_is_wanted(const struct gate_table *table, const struct gateway *gateway);

/* A copy of the object's reference that decisions may point to. */
const struct object_ref *gate_object(struct gate_table *table, const struct kube_meta *meta);

/* The rule as it is for a Gateway (whose client certificate its backends may see). */
const struct gate_rule *gate_rule_new(struct gate_table *table, const struct gateway_route *route,
				      size_t index, const struct gateway *gateway);

/* Order of precedence among the matches of one host: <0 when `a` is looked at first. */
int gate_match_compare(const struct gate_match *a, const struct gate_match *b);

/* One reference of a route to a backend, resolved. */
struct route_backend gate_backend(struct gate_table *table, const struct gateway_route *route,
				  const struct gateway_ref *ref, const struct gateway *gateway);

/* CA references of an object of `kind` that can be used, as "ConfigMap web/ca". */
struct str *gate_authorities(struct gate_table *table, const char *kind,
			     const struct kube_meta *owner, const struct gateway_refs *refs,
			     size_t *count);

/* A filter list, added to what a rule or a backend has. */
struct gate_filters {
	struct route_edit *request, *response;
	size_t request_count, response_count;
	struct route_mirror *mirrors;
	size_t mirror_count;
	struct route_external_auth *auth;
	struct gate_turn turn;
	bool broken;
};
void gate_filters_add(struct gate_table *table, const struct gateway_route *route,
		      const struct gateway_filters *filters, const struct gateway *gateway,
		      struct gate_filters *into);

struct gate_cors *gate_cors_new(struct gate_table *table, const struct gateway_cors *cors);

/* A listener that traffic can come in by; NULL for a protocol that is not known. */
struct gate_listener *gate_listener_new(struct gate_table *table,
					const struct attach_listener *from);

/* ---- deciding ---- */

/* A request on its way through the table. */
struct gate_ask {
	const struct gate_table *table;
	const struct route_request *request;
	struct route_scratch *scratch;
	struct route_decision *decision;
	struct route_target target;
	struct str host; /* without port */
	uint64_t host_hash;
	bool grpc;
	struct paths_walk walk; /* over the path */
};

/* Salt of the paths of a name on a front. */
static inline uint64_t gate_salt(const struct gate_front *front, uint64_t name_hash)
{
	return hash_mix(name_hash, front->salt);
}

/* Asks memory for the host of this name. */
static inline void gate_host_expect(const struct gate_front *front, uint64_t hash)
{
	index_expect(&front->hosts[index_place(&front->names, hash)]);
}

/* The most specific name of the front that covers the host, whose hash_name() is `hash`; NULL when there
 * is none. */
const struct gate_host *gate_host_find(const struct gate_front *front, struct str host,
				       uint64_t hash);

static inline struct gate_host *gate_host(const struct gate_front *front, uint32_t number)
{
	return number ? &front->hosts[number - 1] : NULL;
}

static inline const struct gate_host *gate_host_up(const struct gate_front *front,
						   const struct gate_host *host)
{
	return gate_host(front, host->up);
}

/* The wildcard with this suffix (".example.com"); NULL when there is none. */
const struct gate_host *gate_wildcard_get(const struct gate_front *front, struct str suffix);

/* The first match of the host that takes the request; NULL when none does. */
const struct gate_entry *gate_match_find(struct gate_ask *ask, const struct gate_host *host);

/* Why a match does not take the request; NULL when it does. */
const char *gate_match_refuses(const struct gate_ask *ask, const struct gate_match *match);

/* The rest of the decision once the match is known. */
void gate_apply(const struct gate_ask *ask, const struct gate_entry *entry);

/* An answer of the gateway itself. */
void gate_answer(const struct gate_ask *ask, enum route_phase phase, unsigned status);

/* A TLSRoute, TCPRoute or UDPRoute takes the connection. */
void gate_stream(const struct gate_ask *ask, const struct gate_rule *rule);

/* The handshake of the chosen listener: fills in `tls`; false when it fails (decided then). */
bool gate_handshake(const struct gate_ask *ask, const struct gate_listener *listener);

/* Location of a redirect; path that is sent. In the scratch, or slices of what is there. */
struct str gate_location(const struct gate_ask *ask, const struct gate_redirect *redirect,
			 uint32_t prefix);
struct str gate_path_edited(const struct gate_ask *ask, enum gateway_path_change change,
			    struct str value, uint32_t prefix);

/* CORS of one rule or backend: what kind of request it is, and the header edits of the answer. */
enum route_cors gate_cors_answer(const struct gate_ask *ask, const struct gate_cors *cors,
				 struct route_edits *edits);

/* Notes every candidate of the chosen listener in the trace. */
void gate_explain(const struct gate_ask *ask, const struct gate_front *front,
		  const struct gate_host *host, const struct gate_match *taken);

/* "PathPrefix /cart", "GET Exact /x with header a=b". */
struct str gate_match_words(struct arena *arena, const struct gate_match *match);

extern const struct route_side gate_side;

void gate_fronts(const struct route_table *table,
		 void (*say)(void *user, const struct route_front *front), void *user);

void gate_terms(const struct route_table *table,
		void (*say)(void *user, const struct route_term *term), void *user);

#endif
