/* compare.h - whether two decisions about one request are the same to those who can tell: the client,
 * the backend, and whoever relies on a guard. */
#ifndef ROUTE_COMPARE_H
#define ROUTE_COMPARE_H

#include "base/buf.h"
#include "route/decision.h"
#include "route/request.h"

/* In what two decisions differ: bits. */
enum route_aspect {
	ROUTE_DIFFERS_ANSWER = 1,   /* forwarded, redirected, answered; the status */
	ROUTE_DIFFERS_LOCATION = 2, /* of redirects */
	ROUTE_DIFFERS_BACKENDS = 4, /* which are asked */
	ROUTE_DIFFERS_PATH = 8,     /* as the backend sees it */
	ROUTE_DIFFERS_HOST = 16,
	ROUTE_DIFFERS_QUERY = 32,
	ROUTE_DIFFERS_REQUEST = 64,      /* header edits towards the backend */
	ROUTE_DIFFERS_RESPONSE = 128,    /* header edits on the answer of a backend, but for CORS */
	ROUTE_DIFFERS_PROTOCOL = 256,    /* towards the backend; TLS and how it is verified */
	ROUTE_DIFFERS_CERTIFICATE = 512, /* shown to the client, or asked of it */
	ROUTE_DIFFERS_GUARD = 1024,      /* the first one is guarded, the second is not */
	ROUTE_DIFFERS_MIRROR = 2048,
	ROUTE_DIFFERS_TIMEOUTS = 4096,
	ROUTE_DIFFERS_BODY = 1 << 13, /* how large one may be, where both take this one */
	ROUTE_DIFFERS_RETRY = 1 << 14,
	ROUTE_DIFFERS_SESSION = 1 << 15,
	ROUTE_DIFFERS_CORS = 1 << 16,    /* Access-Control-* on the answer of a backend */
	ROUTE_DIFFERS_WEIGHTS = 1 << 17, /* the same backends with other shares */
	ROUTE_DIFFERS_PAGES = 1 << 18,   /* for statuses of a backend */
	ROUTE_ASPECTS_END = 1 << 19,
	/* What no answer shows. */
	ROUTE_DIFFERS_POLICY = ROUTE_DIFFERS_TIMEOUTS | ROUTE_DIFFERS_BODY | ROUTE_DIFFERS_RETRY |
			       ROUTE_DIFFERS_SESSION | ROUTE_DIFFERS_PAGES,
};

/* 0: the same. `from` is today's decision, `to` the new one: only a guard that is lost counts. That
 * nothing is served is the same whether 404 says so or a connection that does not come about. */
unsigned route_compare(const struct route_decision *from, const struct route_decision *to);

/* "404", "301 to https://a.example/", "web/cart:8080  path /x", ...: what a decision says of the
 * aspects in which it differs from the other one, for people. */
void route_describe(struct buf *buf, const struct route_decision *decision,
		    const struct route_decision *other, unsigned aspects);

/* "GET https://a.example/x" and, in lines of their own, headers and what else a client decides: a body,
 * its address, a server name that is not the host. "TLS handshake for a.example, port 443". */
void route_describe_request(struct buf *buf, const struct route_request *request);

/* "guard", "answer", ... of one bit. */
const char *route_aspect_name(enum route_aspect aspect);

/* Whether the edits of one header on the answer of a backend are the same. */
bool route_same_header(const struct route_decision *from, const struct route_decision *to,
		       const char *name);

/* "answer, backend": the names of all bits. */
void route_aspect_names(struct buf *buf, unsigned aspects);

/* Whether two addresses are one to a client. */
bool route_same_location(struct str a, struct str b);

/* Whether a guard stands before the backend; whether that one does. */
bool route_is_guarded(const struct route_decision *decision);
bool route_has_guard(const struct route_decision *decision, enum feature feature);

#endif
