/* probe.h - the questions of a comparison: requests with where they come from.
 *
 *   generate.c     one of every class that either table can tell apart (route/witness.h)
 *   requests.c     files of requests; one reader a format, requests_<format>.c
 *   choose.c       which of them are asked: methods that are safe, a sample, a shard
 *   draws.c        how often each is asked, where a backend is chosen by lot
 *   secret.c       what of them is not shown
 *   probe_curl.c   the command that asks one of them
 *
 * The numbers of probes only depend on inputs and seed, never on time or on the order of answers: shards
 * and recordings name probes by them.
 */
#ifndef COMPARE_PROBE_H
#define COMPARE_PROBE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "route/request.h"

#define PROBE_GENERATED "generated" /* the origin of probes that tables gave */

struct probe {
	uint32_t number;              /* from 1 */
	struct route_request request; /* what is sent; texts live as long as the probes */
	struct str body;   /* bytes to send; empty with request.body_length > 0: as many zeros */
	struct str origin; /* PROBE_GENERATED, "access.log:17", "shop.har: entry 3" */
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
	size_t addresses; /* left out: clients at the edges of networks, whose addresses nobody has */
	size_t capped;    /* left out: more than there is room for (below) */

	struct map known; /* private: identity -> index + 1, of probes that files gave */
};

/* Most probes of one run, from tables and from files each, and most bytes of them beyond which none is read. */
enum {
	PROBES_GENERATED_MOST = 10000,
	PROBES_READ_MOST = 200000,
	PROBES_BYTES_MOST = 256 * 1024 * 1024,
};

void probes_init(struct probes *probes);
void probes_finish(struct probes *probes);

/* The next one, all zero but for its number. */
struct probe *probes_add(struct probes *probes);

/* Whether tables gave it, not a file. */
bool probe_is_generated(const struct probe *probe);

/* "GET" unless the request says otherwise. */
struct str probe_method(const struct probe *probe);

/* Methods that change nothing and that every server has: GET, HEAD, OPTIONS. */
bool probe_is_safe(struct str method);

/* Takes over a request; its texts are copied into the arena. */
void probe_set_request(struct probe *probe, struct arena *arena,
		       const struct route_request *request);

/* What tells a probe from others, whatever its number: method, scheme, host, port, server name, target,
 * headers, body. Credentials do not count, but that there are some does. */
uint64_t probe_identity(const struct probe *probe);

/* The same with credentials, which tell requests of one run apart: what a cookie or token says may decide where
 * they go. It must not be written anywhere, as it gives a credential away to whoever guesses it. */
uint64_t probe_fingerprint(const struct probe *probe);

/* Target, authority, body and value of a header as they may be shown: without credentials (secret.h). Slices
 * of the probe's, or made in the arena. */
struct str probe_shown_target(const struct probe *probe, struct arena *arena);
struct str probe_shown_authority(const struct probe *probe, struct arena *arena);
struct str probe_shown_body(const struct probe *probe, struct arena *arena);

struct str probe_shown_value(const struct probe *probe, const struct route_header *header,
			     struct arena *arena);

/* Whether a credential is told to whoever is asked this. */
bool probe_has_secrets(const struct probe *probe);

/* Whether it comes from a recording that has not kept a credential of it, and none of these headers stands in. */
bool probe_lacks_secrets(const struct probe *probe, const struct route_header *known, size_t count);

/* "GET https://a.example/x" without headers, as a line of text for people. Credentials of the target
 * (user:pw@, ?token=) are not shown; control bytes are escaped. */
void probe_describe(struct buf *buf, const struct probe *probe);

/* A curl command for a POSIX shell that asks it, for reports. Values of headers that carry credentials are
 * "REDACTED". What curl cannot be told (no server name, a body of zeros from a file) is a comment at its
 * end. */
void probe_curl(struct buf *buf, const struct probe *probe);

#endif
