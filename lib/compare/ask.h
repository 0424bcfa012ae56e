/* ask.h - probes are sent, answers come back: the only file of this room that knows sockets (libcurl).
 *
 * HTTP/1.1 and HTTP/2, redirects not followed, cookies not kept, nothing sent that the probe does not say but
 * for Host, User-Agent and X-Request-ID.
 */
#ifndef COMPARE_ASK_H
#define COMPARE_ASK_H

#include "base/error.h"
#include "compare/answer.h"
#include "compare/pace.h"
#include "compare/probe.h"

/* Where connections of one port of listeners go. */
struct ask_port {
	uint32_t port; /* of the listener: 80, 443 */
	uint32_t to;   /* that is dialled */
};

struct ask_target {
	struct str name; /* for people */
	struct str
		address; /* host name or address that is dialled, whatever the Host; IPv6 in brackets */
	const struct ask_port *ports;
	size_t port_count;
	const char *ca, *certificate, *key; /* files; NULL: none */
	struct pace pace;                   /* of all requests that are sent to it */
	bool insecure; /* the certificate is not verified against the CA; it is compared in any case */
};

struct ask_options {
	struct ask_target live, candidate;
	bool no_live;                       /* a recording answers for it */
	unsigned concurrency;               /* probes under way: requests to one side */
	int64_t timeout_ms;                 /* of one request */
	unsigned retries;                   /* of requests to which nothing came back */
	int64_t max_ms;                     /* of the whole run; 0: no end */
	size_t max_errors;                  /* live failures after which the run ends; 0: no end */
	const struct route_header *headers; /* sent with each */
	size_t header_count;
	struct str backend_header; /* lower case: answers name their backend there; empty: none */
	struct str run_id;         /* of X-Request-ID: "i2g-<run>-<number>" */
	bool http2; /* where TLS and ALPN allow it; else HTTP/1.1 unless the probe says otherwise */
	/* Answers to one probe; `again` and `candidate` as in diff_take(). Called on the caller's thread. */
	void (*take)(void *user, const struct probe *probe, const struct answer *live,
		     const struct answer *again, const struct answer *candidate);
	/* Called at least ten times a second; false ends the run, requests under way are waited for. */
	bool (*go_on)(void *user, size_t asked, size_t live_failures);
	void *user;
};

/* Asks all probes, at the pace of each side, which goes on from one call to the next. False with a sentence when it
 * cannot even begin. `*asked`: how many came to an end; fewer than there are when the run was ended. */
bool ask_all(struct ask_options *options, const struct probes *probes, size_t *asked,
	     struct error *error);

#endif
