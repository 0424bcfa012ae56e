/* proxy.h - the proxy: listeners, workers, reloads. What it serves is handed in as a world.
 */
#ifndef PROXY_PROXY_H
#define PROXY_PROXY_H

#include "base/error.h"
#include "base/finding.h"
#include "kube/load.h"
#include "proxy/policy.h"
#include "route/table.h"

/* ---- the world ---- */

/* A world: what one reading of the inputs came to. */
struct proxy_world {
	const struct route_table **tables; /* at least one */
	size_t table_count;
	const struct str *titles; /* of the tables, for messages; NULL: nobody asks which it is */
	const struct kube_set *kube;      /* Secrets, ConfigMaps; may be NULL */
	const struct kube_set *addresses; /* EndpointSlices with addresses to use; may be NULL */
	const struct sources *sources;    /* of the tables, for messages; may be NULL */
	size_t routes;                    /* for messages */
	/* Which line of the input something comes from, for people; empty: not known. May be NULL. Texts
	 * live in the arena or as long as the world. */
	struct str (*origin)(const struct proxy_world *world, const struct route_place *place,
			     struct arena *arena);
	void (*finish)(struct proxy_world *world);
};

/* ---- options ---- */

/* A request that somebody asks about: /match?url=... */
struct proxy_question {
	struct str url, method, from, sni; /* empty: not said */
	const struct str *headers;         /* "Name: value" */
	size_t header_count;
};

/* Where a listener is bound, as the user said. */
struct proxy_listen {
	struct str namespace, gateway; /* empty: of every Gateway */
	uint32_t port;                 /* of the listener; 0: every port */
	struct str address;
};

enum proxy_log { PROXY_LOG_TEXT, PROXY_LOG_JSON, PROXY_LOG_OFF };

struct proxy_options {
	/* Reads the inputs. Called at the start and for each reload, on the main thread. NULL with a
	 * sentence when they cannot be served. */
	struct proxy_world *(*load)(void *user, struct error *error);
	/* Whether the inputs changed since the last load; NULL: nobody looks. */
	bool (*changed)(void *user);
	/* A line for the user: what is listened on, reloads. */
	void (*say)(void *user, struct str line);
	void *user;
	/* Reads a question; texts of the request live as long as those of the question, and the arena. False with a
	 * sentence. Called by any worker. NULL: nobody may ask. */
	bool (*read_question)(const struct proxy_question *question, struct route_request *request,
			      struct arena *arena, struct error *error);

	const struct proxy_listen *listens;
	size_t listen_count;
	bool own_addresses;         /* each Gateway gets a loopback address of its own */
	const struct str *backends; /* "[NS/]NAME[:PORT]=ADDR" */
	size_t backend_count;
	unsigned backend_status; /* answered for Services without an address; 0: the echo answers */
	unsigned workers;        /* 0: one a processor */
	enum proxy_log log;
	struct str admin;      /* address of the pages about the proxy; empty: there are none */
	enum policy_side side; /* what is added to messages */
	bool verbose;

	/* Milliseconds. */
	int64_t connect_ms, backend_idle_ms; /* where a rule says nothing */
	int64_t head_ms, body_ms, idle_ms; /* a client's: to a complete head, between two pieces of
	                                        body (also of an answer), between requests */
	int64_t drain_ms;                  /* for requests under way, at the end */
	size_t connections;                /* of clients, at a time, for each worker */
	uint32_t client_rate;              /* requests a second of one connection; 0: any number */
	bool resolve_dns;                  /* names of backends without an address are looked up */
};

/* Defaults; docs/proxy.md has the reasons. */
extern const struct proxy_options proxy_defaults;

/* Serves until SIGTERM or SIGINT. False when it could not begin, or not end in order. */
bool proxy_run(const struct proxy_options *options, struct error *error);

/* ---- beside something else ---- */

struct proxy;

/* Starts the workers and returns: the caller's thread goes on with its own work. Signals are the caller's, and
 * SIGPIPE must be ignored; the inputs are not read again. The options must outlive the proxy. NULL with a sentence when it
 * could not begin. */
struct proxy *proxy_start(const struct proxy_options *options, struct error *error);

/* A port of listeners, and the port of this machine that stands for it. */
struct proxy_front {
	uint32_t port, bound;
	bool tls;
};
void proxy_fronts(const struct proxy *proxy,
		  void (*take)(void *user, const struct proxy_front *front), void *user);

/* Ends it: requests under way get their time (drain_ms). NULL is allowed. */
void proxy_stop(struct proxy *proxy);

#endif
