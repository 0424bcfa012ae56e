/* probe.h - the questions of a comparison: requests with where they come from.
 *
 *   generate.c     one of every class that either table can tell apart (route/witness.h)
 *   requests.c     files of requests; one reader a format, requests_<format>.c
 *   choose.c       which of them are asked: methods that are safe, a sample, a shard
 *
 * The numbers of probes only depend on inputs and seed, never on time or on the order of answers: shards
 * and recordings name probes by them.
 */
#ifndef COMPARE_PROBE_H
#define COMPARE_PROBE_H

#include "base/arena.h"
#include "base/buf.h"
#include "route/request.h"

struct probe {
	uint32_t number;              /* from 1 */
	struct route_request request; /* what is sent; texts live as long as the probes */
	struct str body;   /* bytes to send; empty with request.body_length > 0: as many zeros */
	struct str origin; /* "generated", "access.log:17", "shop.har: entry 3" */
	unsigned recorded_status; /* that the file says was answered; 0: it does not say */
	uint32_t times;           /* how often it stands in its file; repetitions are one probe */
	/* Backends with shares decide by lot: asked so often that shares can be compared. 0: once. */
	uint32_t draws;
	bool follows; /* the draws are one client: cookies it is given are sent back (affinity) */
};

struct probes {
	struct arena arena; /* owns everything */
	struct probe *at;
	size_t count;
	size_t unsafe;     /* left out: methods that may change something */
	size_t unreadable; /* lines or entries of files that are no request */
	size_t streams;    /* left out: TCP, UDP and bare TLS, which are not asked over HTTP */
};

void probes_init(struct probes *probes);
void probes_finish(struct probes *probes);

/* The next one, all zero but for its number. */
struct probe *probes_add(struct probes *probes);

/* What tells a probe from others, whatever its number: method, scheme, host, target, headers, body. */
uint64_t probe_identity(const struct probe *probe);

/* "GET https://a.example/x" without headers, as a line of text for people. Credentials of the target
 * (user:pw@) are not shown. */
void probe_describe(struct buf *buf, const struct probe *probe);

/* A curl command that asks it, for reports. Values of headers that carry credentials are "REDACTED". */
void probe_curl(struct buf *buf, const struct probe *probe);

#endif
