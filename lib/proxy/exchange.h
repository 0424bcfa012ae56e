/* exchange.h - one request, from the decision to the line in the log.
 *
 * An exchange stands between a front, which is the client's side of a request, and a back, the side of the
 * backend; neither knows the other's protocol. It needs no socket: a test drives it with fronts and
 * backs of its own and moves the clock of the loop.
 *
 *   front: exchange_begin  exchange_data ...  exchange_end     back: exchange_answer  exchange_more ...
 *                                                                    exchange_answered
 *   exchange to front: head, data, end, or cut                 to back: head, data, end, and drop
 *
 * Bytes are passed on at once and never collected; who cannot take more says so (the result false), and
 * says later when it can (exchange_front_ready, exchange_back_ready), which goes to the other side as
 * hold(false).
 *
 *   exchange.c         its life: begin, body, end, timeouts
 *   exchange_ask.c     what the backend is sent, and the tries
 *   exchange_guards.c  limits, basic authentication
 *   exchange_auth.c    external authentication: the filter of Gateway API
 *   exchange_auth_grpc.c the same, over gRPC
 *   exchange_auth_url.c  the same: auth-url of ingress-nginx
 *   exchange_page.c    error pages
 *   exchange_raw.c     raw configuration
 *   exchange_question.c  another server is asked
 *   exchange_session.c session persistence
 *   exchange_mirror.c  copies for mirrors
 *   exchange_answer.c  what the client is answered
 */
#ifndef PROXY_EXCHANGE_H
#define PROXY_EXCHANGE_H

#include "proxy/head.h"
#include "proxy/loop.h"
#include "proxy/slab.h"
#include "route/table.h"

struct exchange;
struct worker;
struct snapshot_use;
struct endpoint;
struct question;
struct route_ask_url;

/* ---- the two sides ---- */

/* What holds for all requests of a connection. */
struct front_place {
	bool admin;                            /* the pages of --admin are asked for */
	uint32_t table;                        /* number of the table in the world */
	struct str gateway_namespace, gateway; /* as struct route_request has them */
	uint32_t port;                         /* of the listener */
	bool tls;
	struct str sni;
	struct route_address client;
	enum route_client_certificate certificate;
	const char *client_text; /* "192.0.2.1" */
};

struct front;

struct front_ops {
	/* An answer begins; below 200 it is an interim one and another will follow (101 is final). */
	void (*head)(struct front *front, const struct head *answer);
	/* Content. False: no more for now. `last`: end(NULL) follows at once, so both can go out together. */
	bool (*data)(struct front *front, struct str bytes, bool last);
	void (*end)(struct front *front, const struct head *trailers); /* NULL: none */
	/* What was made since the last flush goes out. */
	void (*flush)(struct front *front);
	/* The answer ends here although it is not complete, or there is none: the client must see it. */
	void (*cut)(struct front *front);
	/* The body of the request: stop, or go on. */
	void (*hold)(struct front *front, bool hold);
};

struct front {
	const struct front_ops *ops;
	struct exchange *exchange; /* NULL: none under way */
};

enum back_failure {
	BACK_REFUSED,  /* no connection */
	BACK_CLOSED,   /* it closed before an answer began: perhaps it never saw the request */
	BACK_BROKEN,   /* in the middle */
	BACK_NONSENSE, /* an answer that is none */
	BACK_TLS,      /* its certificate does not verify, or there is no common version */
	BACK_REFUSED_REQUEST, /* it says that it has not looked at the request (RFC 9113 8.7) */
};

struct back;

struct back_ops {
	void (*head)(struct back *back, const struct head *request);
	bool (*data)(struct back *back, struct str bytes, bool last);
	void (*end)(struct back *back, const struct head *trailers);
	void (*flush)(struct back *back);
	void (*hold)(struct back *back, bool hold);
	/* The exchange is over for this back, complete or not; it forgets the exchange. */
	void (*drop)(struct back *back);
};

struct back {
	const struct back_ops *ops;
	struct exchange *exchange;
	bool reused; /* a connection that had exchanges before */
	bool picky;  /* it may refuse a request that it was sent (BACK_REFUSED_REQUEST) */
	bool late;   /* it is dropped for it did not answer in time */
};

/* ---- what fronts call ---- */

/* An empty one, of the worker's; its `request` is read with its `arena`. */
struct exchange *exchange_new(struct worker *worker);

/* Gives one back that was never begun; NULL is allowed. */
void exchange_discard(struct exchange *exchange);

/* The head of the request is there. The bytes that it points to must live until the exchange is over, which
 * it may be (front->exchange NULL) when this returns. */
void exchange_begin(struct exchange *exchange, struct front *front,
		    const struct front_place *place);

/* An answer of the proxy to a request that cannot be one: nothing is decided. */
void exchange_refuse(struct exchange *exchange, struct front *front,
		     const struct front_place *place, unsigned status, const char *why);

/* Ends what is under way although no connection of a client needs it: copies for mirrors. */
void exchange_end_all(struct worker *worker);

/* Body. False: hold. */
bool exchange_data(struct exchange *exchange, struct str bytes, bool last);
void exchange_end(struct exchange *exchange, const struct head *trailers);

/* What came so far goes out: at the end of what was read in one go. */
void exchange_flush(struct exchange *exchange);

/* The client went away, or its request turned out to be malformed in the middle of its body: then the
 * front answers `status` itself if it can. */
void exchange_gone(struct exchange *exchange, unsigned status, const char *why);
void exchange_front_ready(struct exchange *exchange);

/* ---- what backs call ---- */

/* The head is edited in place; it and what it points to must live until the call returns. */
void exchange_answer(struct exchange *exchange, struct head *answer);
bool exchange_more(struct exchange *exchange, struct str bytes, bool last);
void exchange_answered(struct exchange *exchange, const struct head *trailers);
void exchange_failed(struct exchange *exchange, enum back_failure failure);
void exchange_back_ready(struct exchange *exchange);

/* The end of what was read in one go. */
void exchange_back_turned(struct exchange *exchange);

/* The connection is there: the time for making it ends. */
void exchange_connected(struct exchange *exchange);

/* ---- the exchange ---- */

enum { EXCHANGE_KEPT = 64 * 1024 }; /* bytes of body that are kept for another try */

#define EXCHANGE_NEVER INT64_MAX

struct exchange {
	struct grave grave; /* first */
	struct exchange *next;
	struct exchange *living, **link; /* in the list of the worker, from begin to end */
	struct worker *worker;
	struct front *front; /* NULL: gone */
	struct back *back;   /* NULL: none */
	struct arena arena;  /* of this request: decision, edited heads */
	struct timer timer;

	const struct front_place *place;
	struct head request; /* as it came */
	/* Whose it is: the peer's, or of whom a proxy in front names. */
	struct route_address client;
	struct str client_text;
	const struct route_trust *trust; /* of the table */
	struct snapshot_use *use;
	struct route_decision decision;
	const struct route_policy *policy;
	const struct route_backend *share; /* the backend that was drawn; NULL: none yet */
	const struct route_sent *sent;
	struct head ask;                 /* what it is asked */
	const struct endpoint *endpoint; /* NULL: the built-in echo */
	struct str id;                   /* X-Request-Id */

	struct queue kept;         /* body, for another try, or what waits for a handshake */
	struct head *trailers;     /* of the request, behind it; NULL: none */
	struct question *question; /* of external authentication, while it is open */
	size_t gathering; /* bytes of the body that go along with it: they are waited for; 0: no more */
	struct str challenge;              /* of basic authentication that failed */
	struct route_edits added, cookies; /* by guards, to the answer */
	const struct endpoint *wanted;     /* by the session; NULL: any */
	struct exchange *mirrors, *mirror_of;
	struct front discard; /* the front of a mirror */

	/* Loop time in ms; EXCHANGE_NEVER: no limit. */
	int64_t total_at, try_at, idle_at;
	int64_t idle_ms;
	unsigned tries; /* that were begun */
	bool keeping;   /* `kept` has all of the body so far */
	bool refreshed; /* tried once more because a kept connection had gone, or refused it */
	bool waiting;   /* for the next try */
	bool delayed; /* the first try did not begin with the request, which has to be caught up with */
	bool marked;  /* the client has the mark of its session */
	bool inner;   /* a mirror or a question: not the client's */
	bool no_echo; /* the built-in backend does not stand in: it would let everybody pass */
	bool paged;   /* a page was asked for in the place of an answer */
	bool counted; /* among the requests of its client that are under way */
	bool always_cookies; /* `cookies` whatever the status is */
	bool connecting;
	bool requested;        /* the request is complete */
	bool began;            /* the head of the answer is with the client */
	bool tunnel, answered; /* answered: the back's direction of a tunnel is closed */
	bool over;

	/* For the log. */
	int64_t start_us, back_us; /* when it began; how long the backend took to answer */
	int64_t asked_us;
	unsigned status;
	uint64_t bytes_in, bytes_out;
	const char
		*why; /* why there is no answer of a backend; NULL: there is one, or none was due */
};

/* ---- between the files of the exchange ---- */

/* Sets the limits of time that the policy and the options ask for. */
void exchange_start_clock(struct exchange *exchange);

/* What the backend is to be asked. */
void exchange_build(struct exchange *exchange);

/* A copy with a list of fields of its own; their texts, and the other ones, stay where they are. */
void exchange_copy_head(struct head *copy, const struct head *head, struct arena *arena);

/* Asks a backend, for the first time or again. */
void exchange_try(struct exchange *exchange);

/* Whether a handshake was asked for that no backend has agreed to. What the client sends behind it waits: to a backend
 * that does not agree it would be the next request (RFC 9110 7.8). */
bool exchange_awaits_upgrade(const struct exchange *exchange);

/* Keeps trailers of the request (NULL: there are none) for as long as the exchange. */
void exchange_keep_trailers(struct exchange *exchange, const struct head *trailers);

/* Sends the back what is known of the request so far, behind its head: what was kept, and the end. */
void exchange_catch_up(struct exchange *exchange);

/* A try failed, or was answered with a status that is tried again: whether there is another one. */
bool exchange_try_again(struct exchange *exchange);

/* Forgets the back. */
void exchange_drop_back(struct exchange *exchange);

/* Answers with a short text of the proxy's own; `why` is for the log. */
void exchange_answer_own(struct exchange *exchange, unsigned status, const char *why);
void exchange_answer_text(struct exchange *exchange, unsigned status, const char *type,
			  struct str text);
void exchange_answer_head(struct exchange *exchange, struct head *head, struct str text);
void exchange_redirect(struct exchange *exchange, unsigned status, struct str location);

/* No backend will answer any more: says so, or cuts an answer that has begun. */
void exchange_give_up(struct exchange *exchange, unsigned status, const char *why);

/* The answer is complete. */
void exchange_finish(struct exchange *exchange);

/* Something moved: the time without any progress begins anew. */
void exchange_progress(struct exchange *exchange);
void exchange_set_timer(struct exchange *exchange);

/* What comes after external authentication, or at once. */
void exchange_go_on(struct exchange *exchange);

/* Readies `made`, an exchange that asks `share` on behalf of another one; its `ask` is the caller's. */
void exchange_open_inner(struct exchange *made, struct exchange *of, struct front *front,
			 const struct route_backend *share);

/* Asks the guards of the policy, which ends in exchange_go_on() or an answer; a request of its client ends. */
void exchange_guard(struct exchange *exchange);
void exchange_uncount(struct exchange *exchange);

/* A page of another server in the place of an answer of that status, if the policy says so; false: there is none. */
bool exchange_page(struct exchange *exchange, unsigned status);

/* Raw configuration: edits of what is asked and answered (`fine`: the status is one that add_header adds to); an answer
 * that it gives, false: none. */
void exchange_raw_request(struct exchange *exchange);
void exchange_raw_response(struct exchange *exchange, struct head *answer, bool fine);
bool exchange_raw_answer(struct exchange *exchange);

/* Values of nginx's variables, by enum route_variable (guards.h). */
void exchange_variables(struct exchange *exchange, struct str *values);

/* 401 with what WWW-Authenticate says; empty: nothing. */
void exchange_challenge(struct exchange *exchange, struct str challenge);

/* External authentication of an exchange (NULL: none); asking, which ends in exchange_go_on() or an answer, and
 * waits for the body that goes along; sending, once that is there; forgetting the question, for the exchange is
 * over. */
const struct route_external_auth *exchange_auth_of(const struct exchange *exchange);
void exchange_auth_ask(struct exchange *exchange);
void exchange_auth_send(struct exchange *exchange);
void exchange_auth_grpc_ask(struct exchange *exchange, const struct route_external_auth *auth,
			    struct str body);
void exchange_auth_url_ask(struct exchange *exchange, const struct route_ask_url *ask);
void exchange_question_forget(struct exchange *exchange);

/* The share of a session that goes on, NULL: there is none; the mark of one that begins. */
const struct route_backend *exchange_session_share(struct exchange *exchange);
void exchange_session_mark(struct exchange *exchange, struct head *answer);

/* Copies of a request for the mirrors of its rule and share. */
void exchange_mirror(struct exchange *exchange);

/* Texts as they may stand in a header or in a request target. Slices of the text, or of the arena. */
struct str exchange_clean_value(struct arena *arena, struct str text);
struct str exchange_clean_target(struct arena *arena, struct str text);

/* The name of a backend as the host it is asked for; one that cannot be a host is none that exists (RFC 6761 6.4). */
struct str exchange_clean_host(struct str name);

/* Edits of filters and rules. */
void exchange_edit(struct head *head, const struct route_edits *edits);

#endif
