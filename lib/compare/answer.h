/* answer.h - what came back for one request, or why nothing did.
 */
#ifndef COMPARE_ANSWER_H
#define COMPARE_ANSWER_H

#include "base/arena.h"
#include "route/request.h"

enum answer_failure {
	ANSWER_CAME,
	ANSWER_REFUSED,   /* no connection */
	ANSWER_HANDSHAKE, /* TLS did not come about */
	ANSWER_TIMEOUT,
	ANSWER_UNTRUSTED, /* its certificate cannot be verified, so it was not asked */
	ANSWER_CUT,       /* the connection ended before the answer did */
	ANSWER_WRONG,     /* what came is no HTTP */
};

struct answer_header {
	struct str name, value; /* the name in lower case */
};

/* The handshake. All empty without TLS. */
struct answer_tls {
	struct str version;         /* "TLSv1.3" */
	struct str alpn;            /* "h2" */
	struct str fingerprint;     /* SHA-256 of the leaf, in hex */
	struct str subject, issuer; /* one line each */
	struct str names;           /* subject alternative names, sorted, with ", " between them */
	unsigned chain;             /* certificates that were sent */
};

/* Of the built-in echo of `serve` (proxy/echo.h), also where there is no body to tell by (HEAD): "ns/service". */
#define ANSWER_ECHO_HEADER "x-echo-backend"

enum { ANSWER_BODY = 64 * 1024 }; /* bytes of a body that are kept */

struct answer {
	enum answer_failure failure;
	struct str why; /* of a failure, a sentence */
	unsigned status;
	enum route_version version;
	const struct answer_header *headers; /* in order, trailers behind them */
	size_t header_count;
	struct answer_tls tls;
	struct str body;       /* at most ANSWER_BODY bytes */
	uint64_t body_length;  /* all of it */
	uint8_t body_hash[32]; /* SHA-256 of all of it */
	/* Who answered, "ns/service", as far as it can be known: from the body of an echo server, from a
	 * header that the user named, from the access log of the controller. Empty: not known. */
	struct str backend;
	int64_t micros; /* from the request to the last byte */
};

/* First header of that name (lower case); false when there is none. */
bool answer_header_find(const struct answer *answer, const char *name, struct str *value);

/* A copy in another arena. */
struct answer *answer_copy(struct arena *arena, const struct answer *answer);

/* "no connection", "timeout", ... for people and programs. */
const char *answer_failure_name(enum answer_failure failure);

/* Whether an echo server gave it: that of `serve`, which says so in a header, or one whose body has the shape of the
 * Gateway API conformance tests. */
bool answer_is_echo(const struct answer *answer);

/* Sets `backend` from the body when it is that of an echo server in the shape of the Gateway API
 * conformance tests ({"namespace":..., "service" or "pod":..., "path":...}), else from the header (lower case;
 * empty: none). Texts live in the arena. */
void answer_find_backend(struct answer *answer, struct str header, struct arena *arena);

#endif
