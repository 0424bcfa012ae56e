#include "proxy/front_tls.h"

#include <ctype.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "proxy/front_h1.h"
#include "proxy/front_h2.h"
#include "proxy/hello.h"
#include "proxy/relay.h"
#include "proxy/worker.h"

enum { LINGER_MS = 500, LINGER_READS = 16 };

struct front_tls {
	struct client client; /* first */
	struct timer timer;
	struct task turn;                  /* to answer the ClientHello */
	struct snapshot_use *use;          /* whose certificates are shown */
	const struct route_front_tls *tls; /* NULL: no handshake is made here */
	struct relay_plan *plan;           /* a stream that is decrypted; NULL: HTTP follows */
	struct arena arena;                /* of the decision */
	bool shaking;
	bool failed; /* the handshake, and the client is being told */
};

static struct front_tls *of_conn(struct conn *conn)
{
	return (struct front_tls *)conn;
}

/* ---- the end ---- */

static void release(struct client *client)
{
	struct front_tls *at = (struct front_tls *)client;

	if (at->plan)
		relay_plan_free(at->plan);
	if (at->use)
		snapshot_leave(at->use);
	arena_finish(&at->arena);
	free(at);
}

static void close_now(struct front_tls *at)
{
	timer_stop(&at->client.worker->loop, &at->timer);
	loop_cancel(&at->client.worker->loop, &at->turn);
	client_leave(&at->client, false);
}

static void kill_client(struct client *client)
{
	close_now((struct front_tls *)client);
}

static void drain(struct client *client)
{
	(void)client; /* what has begun is a request on its way */
}

/* In TLS 1.3 a client has sent its request before its certificate is refused. Closing over unread bytes is a
 * reset, which overtakes the alert that says why: so they are read first. */
static void linger(struct front_tls *at)
{
	at->failed = true;
	shutdown(at->client.conn.watch.fd, SHUT_WR);
	timer_set(&at->client.worker->loop, &at->timer, at->client.worker->loop.now + LINGER_MS);
}

static void throw_away(struct front_tls *at)
{
	int reads = LINGER_READS;

	while (reads-- > 0 &&
	       recv(at->client.conn.watch.fd, at->client.worker->bytes, WORKER_SCRATCH, 0) > 0)
		;
}

static void expired(struct timer *timer)
{
	struct front_tls *at =
		(struct front_tls *)((char *)timer - offsetof(struct front_tls, timer));

	if (at->failed)
		throw_away(at);
	close_now(at);
}

/* ---- after the handshake ---- */

static void become_http(struct front_tls *at)
{
	struct worker *worker = at->client.worker;
	const unsigned char *protocol;
	unsigned len;
	bool h2;
	struct client *next;

	SSL_get0_alpn_selected(at->client.conn.ssl, &protocol, &len);
	h2 = len == 2 && memcmp(protocol, "h2", 2) == 0;
	next = h2 ? front_h2_new(worker) : front_h1_new(worker);
	at->client.place.tls = true;
	at->client.place.certificate = tls_client_certificate(at->client.conn.ssl, at->tls);
	client_hand_over(&at->client, next);
	if (h2)
		front_h2_start(next, (struct str){0});
	else
		front_h1_start(next);
}

static void ready(struct conn *conn)
{
	struct front_tls *at = of_conn(conn);
	struct relay_plan *plan = at->plan;

	timer_stop(&at->client.worker->loop, &at->timer);
	at->plan = NULL;
	if (plan)
		relay_start(&at->client, plan);
	else
		become_http(at);
}

/* ---- the decision ---- */

static void decide(struct front_tls *at, struct route_decision *decision)
{
	const struct front_place *place = &at->client.place;
	const struct route_request request = {
		.transport = ROUTE_TLS,
		.gateway_namespace = place->gateway_namespace,
		.gateway = place->gateway,
		.port = place->port,
		.tls = true,
		.sni = place->sni,
		.client = place->client,
		/* Whether it is one shows in the handshake that this asks about. */
		.client_certificate = ROUTE_CERTIFICATE_GOOD,
	};

	worker_decide(at->client.worker, &at->arena, at->use, place->table, &request, decision);
}

static void shake(struct task *task)
{
	struct front_tls *at =
		(struct front_tls *)((char *)task - offsetof(struct front_tls, turn));
	SSL_CTX *context =
		tls_server(&at->use->snapshot->tls, at->tls, at->client.place.sni, !at->plan);
	SSL *ssl = context ? SSL_new(context) : NULL;

	if (!ssl) {
		close_now(at);
		return;
	}
	at->shaking = true;
	SSL_set_accept_state(ssl);
	conn_secure(&at->client.conn, ssl);
}

/* Keys are agreed upon and a certificate is signed for, in hundreds of microseconds: when many clients come at
 * once, requests of those that are there already must not wait for all of them. */
static void shake_in_turn(struct front_tls *at, const struct route_front_tls *tls)
{
	at->tls = tls;
	loop_post_long(&at->client.worker->loop, &at->turn);
}

static void carry_out(struct front_tls *at, const struct route_decision *decision)
{
	if (decision->action == ROUTE_CLOSE || !decision->tls) {
		close_now(at);
		return;
	}
	if (decision->action == ROUTE_FORWARD) {
		at->plan = relay_plan(at->client.worker, at->use, decision);
		if (!at->plan) {
			close_now(at);
			return;
		}
	}
	if (at->plan && decision->tls->passthrough)
		ready(&at->client.conn);
	else
		shake_in_turn(at, decision->tls);
}

/* ---- the ClientHello ---- */

static void take_hello(struct front_tls *at, const struct hello *hello)
{
	struct route_decision decision;
	struct client *client = &at->client;
	size_t len = hello->server_name.len;

	if (len >= sizeof client->name)
		len = 0;
	for (size_t i = 0; i < len; i++)
		client->name[i] = (char)tolower(hello->server_name.at[i]);
	client->name[len] = '\0';
	client->place.sni = (struct str){client->name, len};
	at->use = snapshot_join(client->worker->use);
	decide(at, &decision);
	carry_out(at, &decision);
}

static void readable(struct conn *conn)
{
	struct front_tls *at = of_conn(conn);
	char scratch[HELLO_MOST];
	struct hello hello;
	ssize_t got;

	if (at->shaking || at->use)
		return;
	got = conn_peek(conn, at->client.worker->bytes, HELLO_MOST);
	if (got == CONN_WAIT) {
		conn->readable = false;
		return;
	}
	if (got <= 0) {
		close_now(at);
		return;
	}
	switch (hello_read(&hello, at->client.worker->bytes, (size_t)got, scratch)) {
	case HELLO_MORE:
		if (conn->hangup)
			close_now(at);
		break;
	case HELLO_DONE:
		take_hello(at, &hello);
		break;
	case HELLO_NOT_TLS:
	case HELLO_BAD:
		close_now(at);
		break;
	}
}

static void nothing(struct conn *conn)
{
	(void)conn;
}

static void broken(struct conn *conn)
{
	if (of_conn(conn)->shaking)
		linger(of_conn(conn));
	else
		close_now(of_conn(conn));
}

static const struct conn_ops conn_ops = {
	.readable = readable,
	.drained = nothing,
	.broken = broken,
	.ready = ready,
};

static const struct client_ops client_ops = {
	.size = sizeof(struct front_tls),
	.conn = &conn_ops,
	.drain = drain,
	.kill = kill_client,
	.free = release,
};

struct client *front_tls_new(struct worker *worker)
{
	struct front_tls *at = client_new(worker, &client_ops);

	at->timer.fire = expired;
	at->turn.run = shake;
	arena_init(&at->arena);
	return &at->client;
}

void front_tls_start(struct client *client)
{
	struct front_tls *at = (struct front_tls *)client;
	struct worker *worker = client->worker;

	timer_set(&worker->loop, &at->timer, worker->loop.now + worker->options->head_ms);
}
