/* decision.h - what a proxy does with one request.
 *
 * Both worlds fill in the same struct, so that two decisions can be compared field by field. What does
 * not depend on the request (backends, timeouts, guards) is shared with the table and lives as long as
 * it; what does (paths, Location) lives in the scratch until that is rewound.
 */
#ifndef ROUTE_DECISION_H
#define ROUTE_DECISION_H

#include "base/finding.h"
#include "model/feature.h"

enum route_action {
	ROUTE_CLOSE,    /* no connection, a failed handshake, a reset; a datagram is dropped */
	ROUTE_ANSWER,   /* the proxy answers by itself with `status`; 0 when a handshake was asked
	                   for (ROUTE_TLS) and made, and HTTP requests may follow */
	ROUTE_REDIRECT, /* the same, and `location` says where to go */
	ROUTE_FORWARD,  /* one of the backends is asked */
};

/* How far the request came before it was decided. Later ones are further in. */
enum route_phase {
	ROUTE_PHASE_CONNECT,  /* nothing listens on that port */
	ROUTE_PHASE_TLS,      /* server name, certificate of server or client */
	ROUTE_PHASE_REQUEST,  /* malformed, too large */
	ROUTE_PHASE_HOST,     /* which listener or server */
	ROUTE_PHASE_ROUTE,    /* which rule */
	ROUTE_PHASE_REDIRECT, /* a redirect that the rule or the controller asks for */
	ROUTE_PHASE_CORS,     /* a preflight that the proxy answers */
	ROUTE_PHASE_GUARD,    /* address lists, authentication, rate limits */
	ROUTE_PHASE_BACKEND,  /* a backend is asked, or there is none */
};

/* The element that decided. The zero value is "nothing in the input". */
struct route_place {
	const struct object_ref *object; /* HTTPRoute web/shop, Ingress web/shop ...; shared with
	                                    the table */
	struct span span;                /* of the match, or of what comes nearest to it */
	int rule, match; /* from 0; -1: none. For an Ingress: index of the rule and of its path */
};

/* ---- header edits ---- */

enum route_edit_kind {
	ROUTE_EDIT_SET,     /* replaces all of that name */
	ROUTE_EDIT_ADD,     /* appends to what is there */
	ROUTE_EDIT_REMOVE,  /* `value` is empty */
	ROUTE_EDIT_DEFAULT, /* sets it when it is absent or empty */
};

/* One edit of a header. Lists of them are applied in order. */
struct route_edit {
	enum route_edit_kind kind;
	struct str name, value;
};

struct route_edits {
	const struct route_edit *at;
	size_t count;
};

/* ---- backends ---- */

enum route_backend_state {
	ROUTE_BACKEND_OK,
	ROUTE_BACKEND_MISSING,      /* no such object */
	ROUTE_BACKEND_NO_PORT,      /* the Service has no such port */
	ROUTE_BACKEND_DENIED,       /* another namespace, and no ReferenceGrant */
	ROUTE_BACKEND_KIND,         /* a kind that cannot be asked */
	ROUTE_BACKEND_NO_ENDPOINTS, /* known to have no ready endpoint */
	ROUTE_BACKEND_TLS,          /* its certificate cannot be verified: a bad CA reference */
	ROUTE_BACKEND_FILTER,       /* a filter of its own that cannot be resolved */
};

enum route_protocol {
	ROUTE_PROTOCOL_HTTP1,
	ROUTE_PROTOCOL_H2C,       /* HTTP/2 without TLS */
	ROUTE_PROTOCOL_WEBSOCKET, /* kubernetes.io/ws: HTTP/1.1 with Upgrade */
	ROUTE_PROTOCOL_GRPC,      /* HTTP/2, plain or within TLS as `tls` says */
	ROUTE_PROTOCOL_FASTCGI,
	ROUTE_PROTOCOL_TCP,
	ROUTE_PROTOCOL_UDP,
};

/* TLS towards a backend. */
struct route_backend_tls {
	struct str sni;    /* empty: none is sent */
	bool verify;       /* else any certificate will do */
	struct str *names; /* subject alternative names that authenticate; none: `sni` does */
	size_t name_count;
	struct str *authorities; /* "ConfigMap web/ca", "Secret web/ca", or "System" */
	size_t authority_count;
	struct str client_certificate; /* "web/client" (a Secret); empty: none */
	struct route_place place;      /* the policy or annotation that says so */
};

/* How many tries again a backend is asked for (XBackendTrafficPolicy): as many as `least` in `least_ms` in any case, beyond
 * that up to a share of its requests. */
struct route_budget {
	uint32_t percent;
	int64_t interval_ms;
	uint32_t least;
	int64_t least_ms;
};

/* A share of the requests. Shared with the table. */
struct route_external_auth;
struct route_mirror;
struct route_backend {
	struct str kind;            /* "Service" */
	struct str namespace, name; /* an empty name answers `status` itself */
	uint32_t port;              /* of the Service; 0: not known */
	struct str port_name;       /* when the reference was by name */
	uint32_t weight;            /* 0: gets nothing */
	enum route_backend_state state;
	unsigned status; /* what this share is answered when the state is not OK; 0 otherwise */
	enum route_protocol protocol;
	const struct route_backend_tls *tls; /* NULL: plain */
	/* Header edits of this share, those of the rule included. */
	struct route_edits request, response;
	/* Of this share alone, besides those of the policy. */
	const struct route_external_auth *auth;
	const struct route_mirror *mirrors;
	size_t mirror_count;
	const struct route_budget *budget; /* of tries again; NULL: none */
	struct span span;
};

/* What a backend sees of the request, apart from header edits. */
struct route_sent {
	struct str path; /* as it is written on the request line */
	struct str query;
	bool has_query;
	struct str host; /* Host header */
	/* A redirect or a preflight that the filters of a single backend answer: its share is
	 * answered so. 0: none. */
	unsigned status;
	struct str location;
	struct route_edits late; /* like that of struct route_decision, for this share */
};

/* ---- policy: what holds for all requests of a rule ---- */

enum { ROUTE_UNSET = -1 };

struct route_retry {
	unsigned attempts; /* further tries after the first */
	const unsigned *codes;
	size_t code_count;
	bool connection_errors; /* a failed connection is tried again too */
	int64_t backoff_ms;     /* ROUTE_UNSET: up to the proxy */
	int64_t total_ms;       /* no further try after that; ROUTE_UNSET: no such limit */
};

enum route_session_kind { ROUTE_SESSION_COOKIE, ROUTE_SESSION_HEADER };

struct route_session {
	enum route_session_kind kind;
	struct str name;     /* of cookie or header; empty: up to the proxy */
	int64_t absolute_ms; /* ROUTE_UNSET: none */
	bool permanent; /* the cookie has a lifetime; else it ends with the browser's session */
	struct str
		attributes; /* of the cookie as a client gets them: "Path=/; HttpOnly"; empty: up to
	                          the proxy, and not compared */
};

/* Answers of these statuses are replaced by what somebody else says. */
struct route_pages {
	const unsigned *codes;
	size_t code_count;
	const struct route_backend *backend; /* that is asked; NULL: the proxy says 404 itself */
};

/* A copy of requests goes to a backend. */
struct route_mirror {
	struct str kind, namespace, name;
	uint32_t port;
	enum route_backend_state state;  /* only OK gets copies */
	uint32_t numerator, denominator; /* share of the requests */
	enum route_protocol protocol;
	const struct route_backend_tls *tls;
};

/* A question asked elsewhere before the backend. */
struct route_external_auth {
	bool grpc;
	struct route_backend backend; /* state not OK: nobody passes */
	struct str url;  /* a source controller's auth-url as written; empty for Gateway API */
	struct str path; /* put in front of the request path */
	const struct str *request_headers, *response_headers;
	size_t request_header_count, response_header_count;
	int64_t body_bytes; /* how much of the body goes along; 0: none */
};

/* A behaviour without a place above: guards (feature_guards() says which), limits, balancing. Sorted by
 * feature, then value, so that lists can be compared. */
struct route_guards;
struct route_fact {
	enum feature feature;
	struct str value; /* in one canonical spelling; may be empty */
	struct route_place place;
	bool raw; /* of raw configuration: nothing in `guards` of the policy stands for it */
};

struct route_policy {
	int64_t request_ms, backend_ms; /* whole exchange; one try. 0: no limit */
	int64_t connect_ms, read_ms, send_ms;
	int64_t body_bytes; /* most a request may send; 0: any; ROUTE_UNSET: not said */
	const struct route_retry *retry;
	const struct route_session *session;
	const struct route_pages *pages; /* for answers of a backend; NULL: they pass */
	const struct route_external_auth *auth;
	const struct route_mirror *mirrors;
	size_t mirror_count;
	const struct route_fact *facts;
	size_t fact_count;
	const struct route_guards *guards; /* NULL: none that a proxy could carry out (guards.h) */
};

/* A policy that says nothing: all times ROUTE_UNSET. */
extern const struct route_policy route_no_policy;

/* ---- the TLS handshake with the client ---- */

enum route_client_validation {
	ROUTE_CLIENT_UNASKED,
	ROUTE_CLIENT_OPTIONAL, /* asked for; none or a bad one is let through */
	ROUTE_CLIENT_REQUIRED,
};

struct route_front_tls {
	bool passthrough;           /* the backend makes the handshake */
	struct str namespace, name; /* Secret of the certificate; empty: the proxy's own */
	enum route_client_validation validation;
	const struct str *authorities; /* as in struct route_backend_tls */
	size_t authority_count;
};

/* ---- explanation ---- */

enum route_step_kind {
	ROUTE_STEP_LISTENER, /* or server */
	ROUTE_STEP_HOST,     /* a hostname pattern */
	ROUTE_STEP_MATCH,    /* one match of a rule, or a location */
	ROUTE_STEP_FILTER,
	ROUTE_STEP_BACKEND,
};

/* One candidate that was considered, in the order in which it was. */
struct route_step {
	enum route_step_kind kind;
	bool taken;
	struct route_place place;
	struct str what;  /* "PathPrefix /cart", "~* ^/cart(/|$)(.*)" */
	struct str why;   /* why it lost: "case differs"; empty when it was taken */
	const char *code; /* rule that explains it, "I2G204"; or NULL */
};

struct route_trace {
	struct route_step *steps;
	size_t count;
};

/* ---- the decision ---- */

enum route_cors {
	ROUTE_CORS_NONE,      /* no rule about it, or no cross-origin request */
	ROUTE_CORS_PREFLIGHT, /* answered */
	ROUTE_CORS_ALLOWED,   /* forwarded; the answer allows the origin */
	ROUTE_CORS_REFUSED,   /* forwarded; the answer does not */
};

struct route_decision {
	enum route_action action;
	enum route_phase phase;
	unsigned status;     /* ROUTE_ANSWER, ROUTE_REDIRECT */
	int grpc_status;     /* of an answer to a gRPC request; ROUTE_UNSET otherwise */
	struct str location; /* ROUTE_REDIRECT: as sent */
	enum route_cors cors;
	unsigned
		page; /* the status that the proxy would have answered by itself, in whose place a page
	                  of `backends` stands, or a status of its own; 0: no such thing */
	bool gave_up; /* a pattern reached the limit of work and counted as not matching */

	/* ROUTE_FORWARD */
	const struct route_backend *backends;
	size_t backend_count;
	uint64_t weight;         /* sum of the weights; never 0 */
	struct route_sent sent;  /* to every backend, unless */
	struct route_sent *each; /* not NULL: to backends[i] goes each[i] */

	struct route_edits request;  /* of the rule; struct route_backend has them all in one */
	struct route_edits response; /* on the answer, whoever gives it; the same holds */
	struct route_edits
		late; /* on top of a share's response edits: made of this request (CORS) */
	const struct route_policy *policy; /* never NULL */
	const struct route_front_tls *tls; /* NULL: no TLS, or no handshake came about */

	struct str listener;      /* name of the listener, "_" or a server's name; may be empty */
	struct route_place host;  /* where listener or host stand */
	struct route_place place; /* what decided */
	struct str what;          /* that match in words; only in an explained decision */
	struct route_trace trace; /* only in an explained decision */
};

/* What backend number `i` sees. */
static inline const struct route_sent *route_sent(const struct route_decision *decision, size_t i)
{
	return decision->each ? &decision->each[i] : &decision->sent;
}

/* "close", "answer", ...; "no such object", ...; "http", "h2c", ... */
const char *route_action_name(enum route_action action);
const char *route_backend_words(enum route_backend_state state);
const char *route_protocol_name(enum route_protocol protocol);

/* Field path of a place: "spec.rules[0].matches[1]", or "spec.rules[0].http.paths[1]" for an Ingress. A
 * slice of `text`; empty for a place without rule. */
enum { ROUTE_FIELD = 64 };
struct str route_place_field(const struct route_place *place, char text[static ROUTE_FIELD]);

#endif
