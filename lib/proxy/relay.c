#include "proxy/relay.h"

#include <openssl/ssl.h>
#include <stdlib.h>

#include "base/bug.h"
#include "proxy/worker.h"

enum { READS = 16 };

struct relay_plan {
	struct snapshot_use *use;
	struct net_address address;
	const struct route_backend_tls *tls;
};

struct relay {
	struct client client; /* first */
	struct conn back;
	struct timer timer;
	struct relay_plan *plan;
	bool open;                   /* the backend's connection is */
	bool client_held, back_held; /* not read, because the other side is full */
	bool client_ended, back_ended;
};

static struct relay *of_back(struct conn *conn)
{
	return (struct relay *)((char *)conn - offsetof(struct relay, back));
}

/* ---- plans ---- */

struct relay_plan *relay_plan(struct worker *worker, struct snapshot_use *use,
			      const struct route_decision *decision)
{
	const struct route_backend *share = worker_draw(worker, decision);
	const struct endpoint *endpoint;
	struct relay_plan *plan;

	if (share->state != ROUTE_BACKEND_OK)
		return NULL;
	endpoint = worker_endpoint(worker, use, share);
	if (!endpoint)
		return NULL;
	plan = malloc(sizeof *plan);
	if (!plan)
		bug_out_of_memory(sizeof *plan);
	*plan = (struct relay_plan){snapshot_join(use), endpoint->address, share->tls};
	return plan;
}

void relay_plan_free(struct relay_plan *plan)
{
	snapshot_leave(plan->use);
	free(plan);
}

/* ---- the end ---- */

static void release(struct client *client)
{
	struct relay *at = (struct relay *)client;

	if (at->plan)
		relay_plan_free(at->plan);
	free(at);
}

static void close_now(struct relay *at, bool reset)
{
	timer_stop(&at->client.worker->loop, &at->timer);
	if (at->open)
		conn_close(&at->back, reset);
	at->open = false;
	client_leave(&at->client, reset);
}

static void kill_client(struct client *client)
{
	close_now((struct relay *)client, true);
}

/* Streams end when their peers end them. */
static void drain(struct client *client)
{
	(void)client;
}

static void expired(struct timer *timer)
{
	close_now((struct relay *)((char *)timer - offsetof(struct relay, timer)), true);
}

/* ---- bytes ---- */

static void touch(struct relay *at)
{
	struct loop *loop = &at->client.worker->loop;

	timer_set(loop, &at->timer, loop->now + RELAY_IDLE_MS);
}

/* From one side to the other. */
static void pass(struct relay *at, struct conn *from, struct conn *to, bool *held, bool *ended)
{
	char *bytes = at->client.worker->bytes;

	for (int i = 0; i < READS && !*held && !*ended; i++) {
		ssize_t got = conn_read(from, bytes, WORKER_SCRATCH);

		if (got == CONN_WAIT)
			return;
		if (got == CONN_BROKEN) {
			close_now(at, true);
			return;
		}
		if (got == CONN_END) {
			*ended = true;
			conn_shut(to);
			break;
		}
		touch(at);
		conn_send(to, &(struct iovec){bytes, (size_t)got}, 1);
		*held = !conn_has_room(to);
	}
	if (at->client_ended && at->back_ended && !at->client.conn.out.bytes && !at->back.out.bytes)
		close_now(at, false);
	else if (!*held && !*ended)
		conn_resume(from);
}

static void client_readable(struct conn *conn)
{
	struct relay *at = (struct relay *)conn;

	if (at->open && !at->back.connecting && !at->back.shaking)
		pass(at, conn, &at->back, &at->client_held, &at->client_ended);
}

static void back_readable(struct conn *conn)
{
	struct relay *at = of_back(conn);

	pass(at, conn, &at->client.conn, &at->back_held, &at->back_ended);
}

static void client_drained(struct conn *conn)
{
	struct relay *at = (struct relay *)conn;

	at->back_held = false;
	if (at->open)
		conn_resume(&at->back);
}

static void back_drained(struct conn *conn)
{
	struct relay *at = of_back(conn);

	at->client_held = false;
	conn_resume(&at->client.conn);
}

static void client_broken(struct conn *conn)
{
	close_now((struct relay *)conn, true);
}

static void back_broken(struct conn *conn)
{
	close_now(of_back(conn), true);
}

static void client_ready(struct conn *conn)
{
	(void)conn;
}

static void back_ready(struct conn *conn)
{
	struct relay *at = of_back(conn);

	if (at->plan->tls && !tls_is_for(conn->ssl, at->plan->tls)) {
		close_now(at, true);
		return;
	}
	touch(at);
	conn_flush(conn);
	conn_resume(&at->client.conn);
}

static const struct conn_ops client_conn_ops = {
	.readable = client_readable,
	.drained = client_drained,
	.broken = client_broken,
	.ready = client_ready,
};

static const struct conn_ops back_ops = {
	.readable = back_readable,
	.drained = back_drained,
	.broken = back_broken,
	.ready = back_ready,
};

/* ---- beginning ---- */

static bool connect_back(struct relay *at)
{
	struct worker *worker = at->client.worker;
	const struct route_backend_tls *tls = at->plan->tls;
	SSL_CTX *context = tls ? tls_client(&at->plan->use->snapshot->tls, tls) : NULL;
	SSL *ssl = context ? tls_connect(context, tls, false) : NULL;
	int fd = tls && !ssl ? -1 : net_connect(&at->plan->address);

	if (fd >= 0)
		at->open = conn_open(&at->back, &worker->loop, &worker->slabs, fd, true);
	if (at->open && ssl)
		conn_secure(&at->back, ssl);
	else
		SSL_free(ssl);
	return at->open;
}

static const struct client_ops client_ops = {
	.size = sizeof(struct relay),
	.conn = &client_conn_ops,
	.drain = drain,
	.kill = kill_client,
	.free = release,
};

struct client *relay_client_new(struct worker *worker)
{
	struct relay *at = client_new(worker, &client_ops);

	at->back.ops = &back_ops;
	at->timer.fire = expired;
	return &at->client;
}

static void begin(struct relay *at, struct relay_plan *plan)
{
	struct worker *worker = at->client.worker;

	at->plan = plan;
	timer_set(&worker->loop, &at->timer, worker->loop.now + worker->options->connect_ms);
	if (!connect_back(at))
		close_now(at, true);
}

void relay_start(struct client *client, struct relay_plan *plan)
{
	struct client *next = relay_client_new(client->worker);

	client_hand_over(client, next);
	begin((struct relay *)next, plan);
}

void relay_tcp(struct client *client)
{
	struct worker *worker = client->worker;
	struct route_decision decision;
	const struct route_request request = {
		.transport = ROUTE_TCP,
		.gateway_namespace = client->place.gateway_namespace,
		.gateway = client->place.gateway,
		.port = client->place.port,
		.client = client->place.client,
	};
	struct relay_plan *plan = NULL;

	arena_rewind(&worker->arena, (struct arena_mark){0});
	worker_decide(worker, &worker->arena, worker->use, client->place.table, &request,
		      &decision);
	if (decision.action == ROUTE_FORWARD)
		plan = relay_plan(worker, worker->use, &decision);
	if (plan)
		begin((struct relay *)client, plan);
	else
		close_now((struct relay *)client, false);
}
