/* exchange_case.h - a worker of the proxy with its real fronts and backs, between clients and backends that are the
 * other ends of socket pairs. Time is what the test says.
 *
 * Whatever is said on these sockets: every request that begins ends once; what a backend reads is a run of
 * whole requests, and what a client reads one of answers, each to a request of its own; buffers stay within
 * what docs/proxy.md says; and when time passes, everything ends. exchange_case_finish() checks it.
 */
#ifndef TESTS_FUZZ_EXCHANGE_CASE_H
#define TESTS_FUZZ_EXCHANGE_CASE_H

#include "base/buf.h"
#include "proxy/worker.h"

enum { CASE_CLIENTS = 6, CASE_BACKENDS = 24, CASE_ASKED = 512 };

/* The other end of a connection. */
struct case_peer {
	int fd;        /* -1: closed */
	bool stalled;  /* does not read */
	bool h2;       /* what it reads is not looked at */
	bool switched; /* it has agreed to a handshake */
	struct buf got;
	size_t asked_count; /* requests of a client that began */
	struct h1_asked_row {
		uint8_t method;
		bool websocket;
	} asked[CASE_ASKED];
};

struct exchange_case {
	struct worker *worker;
	int64_t now;
	struct case_peer clients[CASE_CLIENTS], backends[CASE_BACKENDS];
	size_t client_count, backend_count;
	size_t begun, ended; /* requests */
};

/* There is one at a time. */
struct exchange_case *exchange_case_start(void);

/* A new connection of a client; NULL: there are enough. */
struct case_peer *exchange_case_connect(struct exchange_case *at);

/* Sends what the socket takes. */
void exchange_case_say(struct case_peer *peer, const void *bytes, size_t len);

/* Closes; `half`: says the end, and reads on. */
void exchange_case_close(struct case_peer *peer, bool half);

/* Lets the loop turn until nothing moves, and time pass. */
void exchange_case_turn(struct exchange_case *at, int64_t ms);

/* What the main thread may have for a worker. */
void exchange_case_reload(struct exchange_case *at);
void exchange_case_drain(struct exchange_case *at);

/* Time passes until everything must have ended; with `leave` the clients go first. */
void exchange_case_finish(struct exchange_case *at, bool leave);

#endif
