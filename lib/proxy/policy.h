/* policy.h - what a head gains and loses on its way through the proxy, beyond its framing.
 *
 * What belongs to one hop is left out by the serialisers, and fields that Connection nominates are gone after
 * parsing: before anything is added here, so that a client cannot strip what the proxy says about it. What
 * is added depends on who the proxy stands in for: a Gateway, or ingress-nginx, each a row of a table.
 */
#ifndef PROXY_POLICY_H
#define PROXY_POLICY_H

#include "proxy/head.h"

struct route_trust;

enum policy_side {
	/* RFC 9110 and what Gateway implementations have in common: the client's address is appended to
	 * X-Forwarded-For, host and scheme are the proxy's word, the way is recorded in Via. Names that become
	 * one known here when "_" is read as "-" are dropped: backends that do so (CGI, WSGI) would take them for the
	 * real ones. */
	POLICY_GATEWAY,
	/* The template of ingress-nginx: X-Forwarded-For is replaced and what the client said moves to
	 * X-Original-Forwarded-For; the port counts as 443 with TLS; all of it unless `trust` says that a proxy
	 * in front is believed. Names with other characters than letters, digits and "-" are dropped
	 * (ignore_invalid_headers); no Via; Server and X-Accel-... of responses stay here. */
	POLICY_INGRESS_NGINX,
};

/* What the proxy knows about a request besides its head. Texts must live as long as the head. */
struct policy_facts {
	struct str peer;   /* address of the connection: "192.0.2.1" */
	struct str client; /* policy_client(); empty: the peer */
	struct str host;   /* as the client sent it; empty: the head's, if nobody has changed it */
	const struct route_trust *trust; /* NULL: nothing is believed */
	bool tls;                        /* it came through TLS */
	struct str port;                 /* of the listener, in digits */
	struct str request_id;           /* a fresh one, for requests without */
};

/* Takes out of a request that has come what the side does not take for fields, so that no route sees it either. */
void policy_names(struct head *head, enum policy_side side, const struct route_trust *trust);

/* Whose request it is: the peer's, or that of whom trusted proxies name (nginx's realip module, recursive: from the
 * right, the first one that is no trusted proxy). *address is that of the peer at first. A slice of the head, or
 * `peer`. */
struct str policy_client(const struct head *head, const struct route_trust *trust, struct str peer,
			 struct route_address *address);

/* The status with which the proxy answers by itself what no backend may see (0: forward it), decided by the
 * head alone: OPTIONS * and OPTIONS with Max-Forwards: 0 get 200, TRACE with Max-Forwards: 0 gets 405
 * (RFC 9110 7.6.2, 9.3.7), an expectation other than 100-continue 417 (10.1.1). */
unsigned policy_answer(const struct head *head);

/* Edits a request that is going to be forwarded. Header filters come afterwards. */
void policy_request(struct head *head, enum policy_side side, const struct policy_facts *facts);

/* Edits a response of an upstream. `date` is an IMF-fixdate for responses without Date (RFC 9110 6.6.1). */
void policy_response(struct head *head, enum policy_side side, struct str date);

#endif
