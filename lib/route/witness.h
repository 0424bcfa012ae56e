/* witness.h - requests that stand for all requests.
 *
 * What tables look at (struct route_term) divides requests into classes whose members no table can tell
 * apart; one witness is made of each. Hosts: each name, one and two labels below each wildcard, a name
 * that nobody knows. Paths: each literal, its element boundaries, its siblings, another case, doubled
 * slashes, dot segments, escapes. Fields: each value, another, absent, repeated. Bodies of the size that
 * is just taken and just not; addresses just within and just outside of each network; the server name of
 * another host, or none. Ports that a table listens on, with and without TLS. Patterns have no such
 * list: paths are made of the pattern itself, that match and that just fail, and are a sample.
 *
 *   witness.c          the product
 *   witness_edge.c     beside it: what one term looks at, at its edges
 *   witness_stream.c   connections: other server names, handshakes, TCP and UDP
 *   witness_host.c     hosts and the terms that concern each
 *   witness_path.c     paths of a host
 *   witness_sample.c   paths from a pattern
 */
#ifndef ROUTE_WITNESS_H
#define ROUTE_WITNESS_H

#include "base/buf.h"
#include "base/map.h"
#include "route/table.h"

/* What is unusual about a witness: bits. */
enum witness_twist {
	WITNESS_CASE = 1,          /* letters of the path in the other case */
	WITNESS_NORMAL = 2,        /* the path is not in its normal form: "//", "/./", "%61" */
	WITNESS_HOST_FORM = 4,     /* host in upper case, with a dot or a port behind it */
	WITNESS_HOST_DEEP = 8,     /* two labels below a wildcard */
	WITNESS_HOST_UNKNOWN = 16, /* no table names the host */
	WITNESS_NO_SNI = 32,
	WITNESS_OTHER_SNI = 64, /* the server name is that of another host */
	WITNESS_BODY = 128,     /* a body at the edge of a limit */
	WITNESS_ADDRESS = 256,  /* a client at the edge of a network */
};

/* A host, and what tables know of it. */
struct witness_host {
	struct str name;                 /* lower case */
	unsigned twist;                  /* DEEP, UNKNOWN */
	const struct route_term **terms; /* of all tables, those that concern the host */
	size_t term_count;
	bool known; /* the first table names it, or a wildcard above it */
};

struct witness {
	struct route_request request;
	const struct witness_host *host;
	unsigned twist;   /* enum witness_twist, those of the host among them */
	struct str plain; /* the path without what was twisted; empty: it was not */
};

struct witness_options {
	uint64_t seed;
	bool known_only; /* hosts that only later tables name are somebody else's */
	size_t per_host; /* most witnesses of one host; 0: 100,000 */
};

struct witness_tally {
	size_t hosts, requests;
	size_t patterns; /* regular expressions: their paths are samples */
	size_t capped;   /* hosts with more combinations than `per_host`: the rest was left out */
};

/* Makes the witnesses of several tables in an order that only depends on them and on the seed. A
 * witness lives until `take` returns, its host until witness_each() returns. `take` returns false to
 * stop. */
void witness_each(const struct route_table *const *tables, size_t table_count,
		  const struct witness_options *options,
		  bool (*take)(void *user, const struct witness *witness), void *user,
		  struct witness_tally *tally);

/* ---- private to witness*.c ---- */

struct witness_hosts {
	struct arena *arena;
	struct route_term *terms;
	size_t term_count, first_count; /* of the first table */
	struct map by_host;             /* host of a term -> struct witness_terms * */
	struct witness_host *at;
	size_t count;
};

void witness_find_hosts(struct witness_hosts *hosts, const struct route_table *const *tables,
			size_t table_count);

struct witness_path {
	struct str text, plain;
	unsigned twist;
};

struct witness_paths {
	struct arena *arena;
	struct map seen;
	struct witness_path *at;
	size_t count;
	size_t patterns;
	uint64_t random;
};

/* Whether a field is the Host header, which is the host of a request and no header beside it. */
static inline bool witness_is_host(const struct route_field_term *field)
{
	return field->kind == ROUTE_FIELD_HEADER && str_is_nocase(field->name, "Host");
}

/* The paths of a host. */
void witness_find_paths(struct witness_paths *paths, const struct witness_host *host);
void witness_path_add(struct witness_paths *paths, struct str text, struct str plain,
		      unsigned twist);

/* A path that a term means: its literal as it stands on a request line, or one made of its pattern. */
struct str witness_path_of(struct arena *arena, const struct route_term *term);

/* Asks on the path of a term what lies at the edges of what it looks at. `base` is a plain request to its
 * host and front. Texts live in the arena. */
struct witness_taker {
	struct arena *arena;
	void (*take)(void *user, const struct witness *witness);
	void *user;
};
void witness_edges(const struct witness_taker *taker, const struct route_term *term,
		   struct witness base);

/* Connections to a port with TLS under the name of a host: handshakes, and requests on a connection that
 * was made for another host of the list. `base` is a request over TLS. */
void witness_connections(const struct witness_taker *taker, const struct witness_hosts *hosts,
			 struct witness base);

/* Connections without host: each TCP and UDP port that a table listens on, and TLS without server name. */
void witness_streams(const struct witness_taker *taker, const struct witness_hosts *hosts);

/* Adds texts made of a pattern: some match, some just fail. Any text is a pattern. */
void witness_sample(struct witness_paths *paths, struct str pattern);

#endif
