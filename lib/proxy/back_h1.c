#include "proxy/back_h1.h"

#include <openssl/ssl.h>
#include <stdlib.h>

#include "base/bug.h"
#include "proxy/conn.h"
#include "proxy/h1.h"
#include "proxy/worker.h"

enum { READS = 16 /* in one go, before others get their turn */ };

enum state {
	STATE_IDLE, /* no exchange */
	STATE_HEAD,
	STATE_BODY,
	STATE_TUNNEL,
	STATE_DONE, /* the answer is complete */
};

struct back_h1 {
	struct conn conn; /* first */
	struct back back;
	struct grave grave;
	struct pooled pooled;
	struct timer timer; /* while idle */
	struct worker *worker;
	struct pool_place *place;
	enum state state;
	struct h1_frame frame; /* of the request */
	uint64_t left;         /* of its content, when it has a length */
	bool strayed;          /* there was more than that */
	bool asked;            /* the request is complete */
	bool persists;         /* as far as the answer goes */
	bool held;
	bool heard; /* something of an answer has come */
	struct head head;
	struct h1_reader reader;
	struct h1_body body;
	char *bytes; /* an incomplete head; malloc */
	size_t len, room;
};

static struct back_h1 *of_conn(struct conn *conn)
{
	return (struct back_h1 *)conn;
}

static struct back_h1 *of_back(struct back *back)
{
	return (struct back_h1 *)((char *)back - offsetof(struct back_h1, back));
}

/* ---- the end ---- */

static void bury(struct grave *grave)
{
	struct back_h1 *at = (struct back_h1 *)((char *)grave - offsetof(struct back_h1, grave));

	free(at->bytes);
	free(at);
}

static void shut_down(struct back_h1 *at, bool reset)
{
	if (!at->conn.watch.ready)
		return;
	pool_remove(&at->pooled);
	timer_stop(&at->worker->loop, &at->timer);
	conn_close(&at->conn, reset);
	pool_leave(&at->worker->pool, at->place);
	loop_bury(&at->worker->loop, &at->grave, bury);
}

static void fail(struct back_h1 *at, enum back_failure failure)
{
	struct exchange *exchange = at->back.exchange;

	at->back.exchange = NULL;
	at->state = STATE_DONE;
	shut_down(at, false);
	if (exchange)
		exchange_failed(exchange, failure);
}

static void expired(struct timer *timer)
{
	shut_down((struct back_h1 *)((char *)timer - offsetof(struct back_h1, timer)), false);
}

/* ---- the request ---- */

static void send_head(struct back *back, const struct head *request)
{
	struct back_h1 *at = of_back(back);
	struct buf *out = &at->worker->text;
	struct exchange *exchange = back->exchange;

	at->frame = h1_frame(request, false);
	at->frame.upgrade = request->websocket;
	at->left = at->frame.body == HEAD_LENGTH ? at->frame.length : 0;
	at->strayed = false;
	at->asked = at->frame.body == HEAD_NO_BODY;
	at->persists = at->held = at->heard = false;
	at->state = STATE_HEAD;
	buf_clear(out);
	h1_request_write(out, request, (struct str){0}, &at->frame);
	conn_queue(&at->conn, out->at, out->len);
	head_init(&at->head, &exchange->arena);
	h1_response_start(&at->reader, &at->head, NULL,
			  (struct h1_asked){request->method_id, request->websocket});
}

static void send_raw(struct back_h1 *at, struct str bytes)
{
	conn_send(&at->conn, &(struct iovec){(char *)bytes.at, bytes.len}, 1);
}

/* Bytes behind what the head announced would be another request (RFC 9112 6.3): they are not sent. */
static void send_counted(struct back_h1 *at, struct str bytes)
{
	if (bytes.len > at->left) {
		at->strayed = true;
		bytes.len = (size_t)at->left;
	}
	at->left -= bytes.len;
	if (bytes.len)
		send_raw(at, bytes);
}

static void send_chunk(struct back_h1 *at, struct str bytes)
{
	char text[H1_CHUNK_HEAD];
	struct str line;

	line = h1_chunk_head(text, bytes.len);
	conn_send(&at->conn,
		  (struct iovec[]){{(char *)line.at, line.len},
				   {(char *)bytes.at, bytes.len},
				   {(char *)H1_CHUNK_TAIL, sizeof H1_CHUNK_TAIL - 1}},
		  3);
}

static bool send_data(struct back *back, struct str bytes, bool last)
{
	struct back_h1 *at = of_back(back);

	(void)last;
	if (!bytes.len)
		return true;
	if (at->state == STATE_TUNNEL)
		send_raw(at, bytes);
	else if (at->frame.body == HEAD_CHUNKED)
		send_chunk(at, bytes);
	else
		send_counted(at, bytes);
	return conn_has_room(&at->conn);
}

static void send_end(struct back *back, const struct head *trailers)
{
	struct back_h1 *at = of_back(back);

	at->asked = true;
	if (at->state == STATE_TUNNEL) {
		conn_shut(&at->conn);
	} else if (at->frame.body == HEAD_CHUNKED) {
		buf_clear(&at->worker->text);
		h1_chunk_last(&at->worker->text, trailers);
		conn_queue(&at->conn, at->worker->text.at, at->worker->text.len);
	}
}

static void flush(struct back *back)
{
	conn_flush(&of_back(back)->conn);
}

static void hold(struct back *back, bool hold)
{
	struct back_h1 *at = of_back(back);

	at->held = hold;
	if (!hold)
		conn_resume(&at->conn);
}

/* A connection is kept when nothing about it is in doubt: both messages complete, nothing behind the
 * answer. */
static void drop(struct back *back)
{
	struct back_h1 *at = of_back(back);

	if (at->state != STATE_DONE || !at->asked || at->left || at->strayed || !at->persists ||
	    at->conn.out.bytes || at->worker->draining || !pool_put(at->place, &at->pooled)) {
		shut_down(at, at->state != STATE_DONE && at->state != STATE_TUNNEL);
		return;
	}
	at->state = STATE_IDLE;
	timer_set(&at->worker->loop, &at->timer, at->worker->loop.now + POOL_IDLE_MS);
	conn_resume(&at->conn);
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

static void done(struct back_h1 *at)
{
	at->state = STATE_DONE;
	exchange_answered(at->back.exchange, at->body.trailers.count ? &at->body.trailers : NULL);
}

/* Content. False: that is all for now, the exchange is over or the connection gone. */
static bool take_body(struct back_h1 *at, char *bytes, size_t len)
{
	struct h1_piece piece;
	enum h1_result result = h1_body_read(&at->body, bytes, len, &piece);

	if (result == H1_BAD) {
		fail(at, BACK_NONSENSE);
		return false;
	}
	if (result == H1_DONE && piece.used < len)
		at->persists = false;
	if (piece.data.len) {
		bool last = result == H1_DONE && !at->body.trailers.count;

		if (!exchange_more(at->back.exchange, piece.data, last))
			at->held = true;
	}
	if (!at->back.exchange)
		return false;
	if (result == H1_DONE)
		done(at);
	return at->back.exchange && result == H1_MORE;
}

static bool take_tunnel(struct back_h1 *at, const char *bytes, size_t len)
{
	if (len && !exchange_more(at->back.exchange, (struct str){bytes, len}, false))
		at->held = true;
	return at->back.exchange != NULL;
}

static void keep_head(struct back_h1 *at, const char *bytes, size_t len)
{
	if (at->len + len > at->room) {
		at->room = (at->len + len) * 2;
		at->bytes = realloc(at->bytes, at->room);
		if (!at->bytes)
			bug_out_of_memory(at->room);
	}
	memcpy(at->bytes + at->len, bytes, len);
	at->len += len;
}

static bool take_rest(struct back_h1 *at, char *bytes, size_t len)
{
	return at->state == STATE_TUNNEL ? take_tunnel(at, bytes, len) : take_body(at, bytes, len);
}

/* The head is complete in `bytes`; what is behind it belongs to the body. */
static bool take_answer(struct back_h1 *at, char *bytes, size_t len)
{
	struct exchange *exchange = at->back.exchange;
	size_t used = at->reader.used;

	if (at->head.status < 200 && at->head.status != 101) {
		exchange_answer(exchange, &at->head);
		head_init(&at->head, &exchange->arena);
		h1_response_next(&at->reader, &at->head);
		return true;
	}
	at->state = at->head.websocket ? STATE_TUNNEL : STATE_BODY;
	at->persists = at->head.persists && !at->head.websocket;
	h1_body_start(&at->body, &at->head, true, NULL);
	exchange_answer(exchange, &at->head);
	return at->back.exchange && take_rest(at, bytes + used, len - used);
}

/* Bytes of one or more heads, then of the body. */
static bool take_head(struct back_h1 *at, char *bytes, size_t len)
{
	bool kept = at->len > 0, more = true;
	size_t from = 0;

	at->heard = true;
	if (kept) {
		keep_head(at, bytes, len);
		bytes = at->bytes;
		len = at->len;
	}
	while (more && at->state == STATE_HEAD) {
		enum h1_result result = h1_response_read(&at->reader, bytes + from, len - from);

		if (result == H1_BAD) {
			fail(at, BACK_NONSENSE);
			return false;
		}
		if (result == H1_MORE)
			break;

		size_t used = at->reader.used;

		more = take_answer(at, bytes + from, len - from);
		from += used;
	}
	if (at->state != STATE_HEAD || !more) {
		at->len = 0;
		return more;
	}
	if (kept) {
		memmove(at->bytes, at->bytes + from, at->len - from);
		at->len -= from;
	} else if (len > from) {
		keep_head(at, bytes + from, len - from);
	}
	return true;
}

static bool take(struct back_h1 *at, char *bytes, size_t len)
{
	return at->state == STATE_HEAD ? take_head(at, bytes, len) : take_rest(at, bytes, len);
}

static void ended(struct back_h1 *at, bool broken)
{
	if (at->state == STATE_HEAD) {
		fail(at, at->heard ? BACK_NONSENSE : BACK_CLOSED);
	} else if (broken || (at->state == STATE_BODY && h1_body_closed(&at->body) != H1_DONE)) {
		fail(at, BACK_BROKEN);
	} else if (at->state == STATE_BODY) {
		at->persists = false;
		done(at);
	} else if (at->state == STATE_TUNNEL) {
		at->held = true;
		exchange_answered(at->back.exchange, NULL);
	}
}

static void readable(struct conn *conn)
{
	struct back_h1 *at = of_conn(conn);
	char *bytes = at->worker->bytes;

	for (int i = 0; i < READS && !at->held; i++) {
		ssize_t got = conn_read(conn, bytes, WORKER_SCRATCH);

		if (got == CONN_WAIT)
			break;
		if (!at->back.exchange) { /* waits for a request: whatever comes is wrong */
			shut_down(at, false);
			return;
		}
		if (got <= 0) {
			ended(at, got == CONN_BROKEN);
			return;
		}
		if (!take(at, bytes, (size_t)got))
			return;
		exchange_back_turned(at->back.exchange);
		if (!at->back.exchange)
			return;
	}
	if (!at->held)
		conn_resume(conn);
}

/* ---- other events ---- */

static void drained(struct conn *conn)
{
	if (of_conn(conn)->back.exchange)
		exchange_back_ready(of_conn(conn)->back.exchange);
}

/* What could not be written may have been answered already: 413, and then a closed connection. */
static void broken(struct conn *conn)
{
	struct back_h1 *at = of_conn(conn);

	if (conn->connecting) {
		fail(at, BACK_REFUSED);
		return;
	}
	if (conn->shaking) {
		fail(at, BACK_TLS);
		return;
	}
	at->held = false;
	at->persists = false;
	conn->readable = true;
	readable(conn);
	if (at->back.exchange && !conn->readable)
		ended(at, true);
}

static void ready(struct conn *conn)
{
	struct back_h1 *at = of_conn(conn);

	if (!at->back.exchange)
		return;
	if (conn->ssl && !tls_is_for(conn->ssl, at->back.exchange->share->tls)) {
		fail(at, BACK_TLS);
		return;
	}
	exchange_connected(at->back.exchange);
	conn_flush(conn);
}

static const struct conn_ops conn_ops = {
	.readable = readable,
	.drained = drained,
	.broken = broken,
	.ready = ready,
};

/* ---- beginning ---- */

static struct back_h1 *connect_to(struct worker *worker, struct pool_place *place,
				  const struct route_backend_tls *tls)
{
	SSL *ssl = tls ? tls_connect(place->tls, tls, false) : NULL;
	int fd = tls && !ssl ? -1 : net_connect(&place->address);
	struct back_h1 *at;

	if (fd < 0) {
		SSL_free(ssl);
		return NULL;
	}
	at = malloc(sizeof *at);
	if (!at)
		bug_out_of_memory(sizeof *at);
	*at = (struct back_h1){.conn.ops = &conn_ops,
			       .back.ops = &back_ops,
			       .timer.fire = expired,
			       .worker = worker,
			       .place = place};
	if (!conn_open(&at->conn, &worker->loop, &worker->slabs, fd, true)) {
		SSL_free(ssl);
		free(at);
		return NULL;
	}
	pool_join(place);
	if (ssl)
		conn_secure(&at->conn, ssl);
	return at;
}

struct back *back_h1_ask(struct worker *worker, struct exchange *exchange, struct pool_place *place,
			 bool fresh)
{
	struct pooled *pooled = fresh ? NULL : pool_take(place);
	struct back_h1 *at;

	if (pooled) {
		at = (struct back_h1 *)((char *)pooled - offsetof(struct back_h1, pooled));
		timer_stop(&worker->loop, &at->timer);
		at->back.reused = true;
		exchange->connecting = false;
	} else {
		at = connect_to(worker, place, exchange->share->tls);
	}
	if (!at)
		return NULL;
	at->back.exchange = exchange;
	return &at->back;
}

/* The place may go with its last connection. */
static void close_idle(struct pool_place *place)
{
	size_t count = place->count;

	while (count--) {
		struct pooled *pooled = pool_take(place);

		shut_down((struct back_h1 *)((char *)pooled - offsetof(struct back_h1, pooled)),
			  false);
	}
}

void back_h1_close_idle(struct worker *worker)
{
	for (size_t i = 0; i < POOL_PLACES; i++) {
		for (struct pool_place *place = worker->pool.slots[i], *next; place; place = next) {
			next = place->next;
			close_idle(place);
		}
	}
}
