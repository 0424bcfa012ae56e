#include "proxy/back_h2.h"

#include <openssl/ssl.h>
#include <stdlib.h>

#include "base/bug.h"
#include "proxy/conn.h"
#include "proxy/h2.h"
#include "proxy/worker.h"

enum {
	READS = 16,
	REFUSING_MOST = 4, /* connections that refuse, from which on no further one is made */
};

struct back_stream;

struct session {
	struct conn conn; /* first */
	struct session *next, **link;
	struct grave grave;
	struct worker *worker;
	struct pool_place *place;
	const struct route_backend_tls *tls; /* while the handshake lasts */
	struct snapshot_use *use;            /* that keeps it alive */
	struct h2 *h2;
	struct timer timer;
	struct task write;
	struct back_stream *streams;
	struct back_stream *turned; /* streams whose fronts are to be flushed */
	bool going;                 /* takes no more requests */
	bool refused;               /* a stream, and has answered none since */
	bool leaving, connected;
	uint64_t asked;
};

struct back_stream {
	struct back back; /* first */
	struct session *at;
	struct h2_stream *stream; /* NULL: closed, or not opened */
	struct head answer;
	struct room *room;
	struct back_stream *next, **link; /* those that are open */
	struct back_stream *next_turned;
	struct task fail;
	bool finished; /* the request is complete */
	bool done;     /* the answer is */
	bool turned, heard;
	uint64_t received; /* on the connection, until it was asked */
};

/* ---- the end ---- */

static void bury(struct grave *grave)
{
	struct session *at = (struct session *)((char *)grave - offsetof(struct session, grave));

	free(at);
}

static void close_now(struct session *at)
{
	struct worker *worker = at->worker;

	if (at->leaving)
		return;
	at->leaving = at->going = true;
	*at->link = at->next;
	if (at->next)
		at->next->link = at->link;
	loop_cancel(&worker->loop, &at->write);
	timer_stop(&worker->loop, &at->timer);
	h2_gone(at->h2);
	h2_destroy(at->h2);
	conn_close(&at->conn, false);
	if (at->use)
		snapshot_leave(at->use);
	pool_leave(&worker->pool, at->place);
	loop_bury(&worker->loop, &at->grave, bury);
}

static void write_out(struct session *at)
{
	while (conn_has_room(&at->conn)) {
		struct str bytes = h2_output(at->h2);

		if (!bytes.len)
			break;
		conn_send(&at->conn, &(struct iovec){(char *)bytes.at, bytes.len}, 1);
	}
	if (h2_is_over(at->h2) && !at->conn.out.bytes)
		close_now(at);
}

static void write_task(struct task *task)
{
	write_out((struct session *)((char *)task - offsetof(struct session, write)));
}

static void write_soon(struct session *at)
{
	if (!at->leaving)
		loop_post(&at->worker->loop, &at->write);
}

static bool is_in_use(const struct session *at)
{
	for (const struct back_stream *of = at->streams; of; of = of->next)
		if (of->back.exchange)
			return true;
	return false;
}

static void expired(struct timer *timer)
{
	struct session *at = (struct session *)((char *)timer - offsetof(struct session, timer));

	if (!is_in_use(at))
		close_now(at);
}

/* Also while streams are open that nobody needs: a peer that reads nothing never learns that they were
 * reset. */
static void idle_from_now(struct session *at)
{
	if (!at->leaving)
		timer_set(&at->worker->loop, &at->timer, at->worker->loop.now + POOL_IDLE_MS);
}

/* ---- the request ---- */

static void free_stream(struct back_stream *of)
{
	loop_cancel(&of->at->worker->loop, &of->fail);
	worker_room_free(of->at->worker, of->room);
}

static void fail_later(struct task *task)
{
	struct back_stream *of =
		(struct back_stream *)((char *)task - offsetof(struct back_stream, fail));
	struct exchange *exchange = of->back.exchange;

	of->back.exchange = NULL;
	free_stream(of);
	if (exchange)
		exchange_failed(exchange, BACK_REFUSED);
}

static void send_head(struct back *back, const struct head *request)
{
	struct back_stream *of = (struct back_stream *)back;
	bool last = request->body == HEAD_NO_BODY && !request->websocket;

	of->stream = h2_ask(of->at->h2, request, (struct str){0}, &of->answer, last);
	of->finished = last;
	if (!of->stream) {
		loop_post(&of->at->worker->loop, &of->fail);
		return;
	}
	h2_set_user(of->stream, of);
	of->next = of->at->streams;
	of->link = &of->at->streams;
	if (of->next)
		of->next->link = &of->next;
	of->at->streams = of;
	write_soon(of->at);
}

static void send_end(struct back *back, const struct head *trailers)
{
	struct back_stream *of = (struct back_stream *)back;

	if (!of->stream || of->finished)
		return;
	of->finished = true;
	h2_end(of->stream, trailers);
	write_soon(of->at);
}

static bool send_data(struct back *back, struct str bytes, bool last)
{
	struct back_stream *of = (struct back_stream *)back;
	bool more;

	(void)last;
	if (!of->stream || of->finished)
		return true;
	more = h2_send(of->stream, bytes);
	write_soon(of->at);
	return more;
}

static void flush(struct back *back)
{
	write_soon(((struct back_stream *)back)->at);
}

static void hold(struct back *back, bool hold)
{
	struct back_stream *of = (struct back_stream *)back;

	if (hold || !of->stream)
		return;
	h2_resume(of->stream);
	write_soon(of->at);
}

static void drop(struct back *back)
{
	struct back_stream *of = (struct back_stream *)back;
	struct session *at = of->at;

	/* Not a byte in all that time, of no stream: perhaps nobody is there any more. */
	if (back->late && at->conn.received == of->received)
		at->going = true;
	if (!of->stream)
		free_stream(of);
	else if (!of->done || !of->finished)
		h2_reset(of->stream, H2_CANCEL);
	/* `closed` frees it, now or when both ends are known to the session. */
	write_soon(at);
	idle_from_now(at);
}

static const struct back_ops back_ops = {
	.head = send_head,
	.data = send_data,
	.end = send_end,
	.flush = flush,
	.hold = hold,
	.drop = drop,
};

/* ---- the answer ---- */

static void turn_later(struct back_stream *of)
{
	if (of->turned)
		return;
	of->turned = true;
	of->next_turned = of->at->turned;
	of->at->turned = of;
}

static void head_came(struct h2 *h2, struct h2_stream *stream)
{
	struct back_stream *of = h2_user(stream);

	(void)h2;
	of->heard = true;
	of->at->refused = false;
	if (!of->back.exchange)
		return;
	turn_later(of);
	exchange_answer(of->back.exchange, &of->answer);
}

static bool data_came(struct h2 *h2, struct h2_stream *stream, struct str bytes)
{
	struct back_stream *of = h2_user(stream);

	(void)h2;
	if (!of->back.exchange)
		return true;
	turn_later(of);
	return exchange_more(of->back.exchange, bytes, false);
}

static void end_came(struct h2 *h2, struct h2_stream *stream, const struct head *trailers)
{
	struct back_stream *of = h2_user(stream);

	(void)h2;
	of->done = true;
	if (of->back.exchange)
		exchange_answered(of->back.exchange, trailers);
}

static void ready_again(struct h2 *h2, struct h2_stream *stream)
{
	struct back_stream *of = h2_user(stream);

	(void)h2;
	if (of->back.exchange)
		exchange_back_ready(of->back.exchange);
}

static void leave_turned(struct back_stream *of)
{
	struct back_stream **link = &of->at->turned;

	if (!of->turned)
		return;
	while (*link != of)
		link = &(*link)->next_turned;
	*link = of->next_turned;
}

/* A stream that was refused, by name or for it is behind the last one of GOAWAY, was not looked at: another connection
 * may take it. */
static enum back_failure failure_of(const struct back_stream *of, enum h2_code code)
{
	if (!of->at->connected)
		return of->at->conn.ssl ? BACK_TLS : BACK_REFUSED;
	if (of->heard)
		return BACK_BROKEN;
	return code == H2_REFUSED_STREAM ? BACK_REFUSED_REQUEST : BACK_CLOSED;
}

static void closed(struct h2 *h2, struct h2_stream *stream, enum h2_code code)
{
	struct session *at = h2_owner(h2);
	struct back_stream *of = h2_user(stream);
	struct exchange *exchange;

	if (!of)
		return;
	exchange = of->back.exchange;
	of->back.exchange = NULL;
	of->stream = NULL;
	at->refused |= code == H2_REFUSED_STREAM;
	leave_turned(of);
	*of->link = of->next;
	if (of->next)
		of->next->link = of->link;
	if (exchange)
		exchange_failed(exchange, failure_of(of, code));
	free_stream(of);
	idle_from_now(at);
}

static void going(struct h2 *h2)
{
	((struct session *)h2_owner(h2))->going = true;
}

static const struct h2_ops h2_ops = {
	.head = head_came,
	.data = data_came,
	.end = end_came,
	.ready = ready_again,
	.closed = closed,
	.going = going,
};

/* ---- the connection ---- */

static void flush_fronts(struct session *at)
{
	while (at->turned) {
		struct back_stream *of = at->turned;

		at->turned = of->next_turned;
		of->turned = false;
		if (of->back.exchange)
			exchange_back_turned(of->back.exchange);
	}
}

static void readable(struct conn *conn)
{
	struct session *at = (struct session *)conn;
	char *bytes = at->worker->bytes;

	for (int i = 0; i < READS && conn_has_room(conn); i++) {
		ssize_t got = conn_read(conn, bytes, WORKER_SCRATCH);
		bool good;

		if (got == CONN_WAIT)
			break;
		if (got <= 0) {
			close_now(at);
			return;
		}
		good = h2_input(at->h2, bytes, (size_t)got, at->worker->loop.now);
		flush_fronts(at);
		write_out(at);
		if (!good)
			close_now(at);
		if (at->leaving)
			return;
	}
	if (!conn->high)
		conn_resume(conn);
}

static void drained(struct conn *conn)
{
	struct session *at = (struct session *)conn;

	write_out(at);
	if (!at->leaving)
		conn_resume(conn);
}

static void broken(struct conn *conn)
{
	close_now((struct session *)conn);
}

static bool speaks_h2(const struct conn *conn)
{
	const unsigned char *protocol;
	unsigned len;

	if (!conn->ssl)
		return true;
	SSL_get0_alpn_selected(conn->ssl, &protocol, &len);
	return len == 2 && memcmp(protocol, "h2", 2) == 0;
}

static void ready(struct conn *conn)
{
	struct session *at = (struct session *)conn;

	if ((at->tls && !tls_is_for(conn->ssl, at->tls)) || !speaks_h2(conn)) {
		close_now(at);
		return;
	}
	at->connected = true;
	if (at->use)
		snapshot_leave(at->use);
	at->use = NULL;
	at->tls = NULL;
	for (struct back_stream *of = at->streams; of; of = of->next)
		if (of->back.exchange)
			exchange_connected(of->back.exchange);
	conn_flush(conn);
}

static const struct conn_ops conn_ops = {
	.readable = readable,
	.drained = drained,
	.broken = broken,
	.ready = ready,
};

/* ---- beginning ---- */

static bool secure(struct session *at, struct exchange *exchange,
		   const struct route_backend_tls *tls)
{
	SSL_CTX *context = tls_client(&exchange->use->snapshot->tls, tls);
	SSL *ssl = context ? tls_connect(context, tls, true) : NULL;

	if (!ssl)
		return false;
	at->tls = tls;
	at->use = snapshot_join(exchange->use);
	conn_secure(&at->conn, ssl);
	return true;
}

static void enter(struct session *at)
{
	struct session **first = &at->place->sessions;

	at->next = *first;
	at->link = first;
	if (at->next)
		at->next->link = &at->next;
	*first = at;
}

static struct session *session_new(struct worker *worker, struct exchange *exchange,
				   struct pool_place *place, const struct route_backend_tls *tls)
{
	struct session *at = calloc(1, sizeof *at);
	const struct h2_config config = {.ops = &h2_ops, .owner = at, .slabs = &worker->slabs};
	int fd = net_connect(&place->address);

	if (!at)
		bug_out_of_memory(sizeof *at);
	at->conn.ops = &conn_ops;
	if (fd < 0 || !conn_open(&at->conn, &worker->loop, &worker->slabs, fd, true)) {
		free(at);
		return NULL;
	}
	at->h2 = h2_create(&config);
	if (!at->h2)
		bug_out_of_memory(sizeof *at);
	at->worker = worker;
	at->place = place;
	at->timer.fire = expired;
	at->write.run = write_task;
	pool_join(place);
	enter(at);
	if (!tls || secure(at, exchange, tls))
		return at;
	close_now(at);
	return NULL;
}

/* `fresh`: one that does not refuse. There is none any more when a few do: it is the backend that takes no requests, and
 * one connection a request would not help it. */
static struct session *find(struct pool_place *place, bool fresh)
{
	struct session *refusing = NULL;
	size_t count = 0;

	for (struct session *at = place->sessions; at; at = at->next) {
		bool open = !at->going && h2_can_ask(at->h2);

		if (open && !(fresh && at->refused))
			return at;
		if (open)
			refusing = at;
		count += at->refused;
	}
	return count < REFUSING_MOST ? NULL : refusing;
}

struct back *back_h2_ask(struct worker *worker, struct exchange *exchange, struct pool_place *place,
			 const struct route_backend_tls *tls, bool fresh)
{
	struct session *at = find(place, fresh);
	struct room *room;
	struct back_stream *of;

	if (!at)
		at = session_new(worker, exchange, place, tls);
	if (!at)
		return NULL;
	if (at->connected)
		exchange->connecting = false;
	room = worker_room(worker);
	of = arena_new(&room->arena, struct back_stream);
	*of = (struct back_stream){.back = {.ops = &back_ops,
					    .exchange = exchange,
					    .reused = at->asked++ > 0,
					    .picky = true},
				   .at = at,
				   .room = room,
				   .received = at->conn.received,
				   .fail.run = fail_later};
	head_init(&of->answer, &room->arena);
	return &of->back;
}

void back_h2_close(struct worker *worker, bool all)
{
	for (size_t i = 0; i < POOL_PLACES; i++) {
		for (struct pool_place *place = worker->pool.slots[i], *next; place; place = next) {
			struct session *at = place->sessions, *other;

			next = place->next;
			for (; at; at = other) {
				other = at->next;
				if (all || !h2_streams(at->h2))
					close_now(at);
			}
		}
	}
}
