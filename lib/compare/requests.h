/* requests.h - probes out of files and tables.
 *
 * A format is a row in requests.c: name, how its text is recognised, and its reader. Readers take any bytes:
 * what is no request is counted and the first few are reported with file and line, the rest is read on.
 */
#ifndef COMPARE_REQUESTS_H
#define COMPARE_REQUESTS_H

#include "base/error.h"
#include "base/finding.h"
#include "base/source.h"
#include "compare/probe.h"
#include "kube/load.h"
#include "route/witness.h"

/* What a request that names no host or scheme is completed with. */
struct requests_options {
	struct str scheme; /* "https" unless said otherwise */
	struct str
		host; /* for access logs without host; empty: such lines are counted as unreadable */
	const char *
		format; /* "har", "nginx", "apache", "json", "lines", "curl", "openapi"; NULL: recognise it */
	uint32_t port_http, port_https; /* of the listeners: 80, 443 */
};

/* Adds the requests of one source. Repetitions become one probe with `times`. A file in which nothing is a
 * request, or whose format is not known, is an error: false with a sentence. */
bool requests_read(struct probes *probes, const struct source *source, uint32_t number,
		   const struct requests_options *options, struct findings *findings,
		   struct error *error);

/* Names of the formats, NULL at the end. */
extern const char *const requests_formats[];

/* One probe of every class of requests that the tables can tell apart and that can be asked over HTTP: the
 * most telling ones when there are more than PROBES_GENERATED_MOST with safe methods, or with others. */
void probes_generate(struct probes *probes, const struct route_table *const *tables,
		     size_t table_count, const struct witness_options *options);

/* ---- which are asked ---- */

struct choose_options {
	bool unsafe_methods; /* also what is not GET, HEAD, OPTIONS (or a gRPC POST to an echo) */
	const struct str *methods; /* only these; none: all that are allowed */
	size_t method_count;
	size_t sample; /* most probes; 0: all. The same seed takes the same ones, spread over routes' hosts */
	uint64_t seed;
	uint32_t shard, shards; /* 1/4 ...; 0: all */
};

/* Drops what is not asked; numbers stay. Nothing is added to the probes afterwards. The sample is taken
 * before the shard, so that all shards together are one sample. */
void probes_choose(struct probes *probes, const struct choose_options *options);

/* Sets `draws` and `follows` of the probes for which a table decides by lot, whatever gave them. After
 * probes_choose(): each shard draws for itself. */
void probes_draw(struct probes *probes, const struct route_table *const *tables,
		 size_t table_count);

/* ---- the access log of a live ingress-nginx: who answered ---- */

/* Reads lines of the controller's default log format as they are appended. Names of upstreams are those that
 * Services and backends of Ingresses in `set` can give; the set need not outlive the call. Ids are the
 * X-Request-ID that was sent, and only those that begin with "i2g-" are kept. Any bytes may come. */
struct live_log;
struct live_log *live_log_new(struct arena *arena, const struct kube_set *set);
void live_log_feed(struct live_log *log, struct str bytes);
/* "ns/service" of the upstream that answered the request with this id; empty: not (yet) in the log, no upstream
 * was asked, or its name can be that of several Services. */
struct str live_log_backend(const struct live_log *log, struct str id);

#endif
