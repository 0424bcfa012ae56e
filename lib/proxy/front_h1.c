#include "proxy/front_h1.h"

#include <stdlib.h>

#include "base/bug.h"
#include "proxy/front_h2.h"
#include "proxy/h1.h"
#include "proxy/h2.h"
#include "proxy/worker.h"

enum {
	READS = 16,       /* in one go, before others get their turn */
	LINGER_MS = 2000, /* how long an unread rest of a request is read and thrown away */
	LINGER_BYTES = 256 * 1024, /* and how much of it */
};

enum state {
	STATE_IDLE,   /* between requests */
	STATE_HEAD,   /* some of a head has come */
	STATE_BODY,   /* the body is coming */
	STATE_ASKED,  /* the request is complete */
	STATE_TUNNEL, /* bytes in both directions */
	STATE_LINGER, /* answered and closed, but the client may still be sending */
};

/* What it takes to read one request; in the arena of its exchange, so that an idle connection has none. */
struct reading {
	struct h1_reader reader;
	struct h1_body body;
};

struct front_h1 {
	struct client client; /* first */
	struct front front;
	struct timer timer;
	enum state state;
	struct exchange *next;   /* where the head of the next request is read */
	struct reading *reading; /* of `next`, then of the exchange */
	struct h1_frame frame;   /* of the answer */
	bool known;              /* it is no HTTP/2: a request has begun */
	bool old;                /* HTTP/1.0 */
	bool persists;
	bool held;
	bool answered; /* the answer is complete */
	bool last;     /* the last chunk has been written */
	bool cut;
	char *bytes; /* head of the request, then whatever came with it; malloc, or those of `slab` */
	struct slab *slab;
	size_t from, len, room;
	char *stash; /* what came behind a body: the next request; malloc */
	size_t stashed;
	size_t lingered;
	uint64_t seen; /* bytes that had been sent when the timer was last looked at */
};

static struct front_h1 *of_conn(struct conn *conn)
{
	return (struct front_h1 *)conn;
}

static struct front_h1 *of_front(struct front *front)
{
	return (struct front_h1 *)((char *)front - offsetof(struct front_h1, front));
}

static struct conn *conn_of(struct front_h1 *at)
{
	return &at->client.conn;
}

static const struct proxy_options *options(const struct front_h1 *at)
{
	return at->client.worker->options;
}

/* ---- the end ---- */

static void free_bytes(struct front_h1 *at)
{
	if (!at->slab)
		free(at->bytes);
	slab_free(&at->client.worker->slabs, at->slab);
	at->slab = NULL;
	at->bytes = NULL;
	at->len = at->room = 0;
}

static void release(struct client *client)
{
	struct front_h1 *at = (struct front_h1 *)client;

	free_bytes(at);
	free(at->stash);
	free(at);
}

static void close_now(struct front_h1 *at, bool reset)
{
	timer_stop(&at->client.worker->loop, &at->timer);
	exchange_discard(at->next);
	at->next = NULL;
	client_leave(&at->client, reset);
}

/* A client that still sends would be told of a reset, perhaps before it has read the answer
 * (RFC 9112 9.6). */
static void linger(struct front_h1 *at)
{
	at->state = STATE_LINGER;
	conn_shut(conn_of(at));
	timer_set(&at->client.worker->loop, &at->timer, at->client.worker->loop.now + LINGER_MS);
	conn_resume(conn_of(at));
}

static void kill_client(struct client *client)
{
	struct front_h1 *at = (struct front_h1 *)client;
	struct exchange *exchange = at->front.exchange;

	at->front.exchange = NULL;
	if (exchange)
		exchange_gone(exchange, 0, "the proxy ends");
	close_now(at, true);
}

static void drain(struct client *client)
{
	struct front_h1 *at = (struct front_h1 *)client;

	at->persists = false;
	if (at->state == STATE_IDLE && !conn_of(at)->out.bytes)
		close_now(at, false);
}

static void set_timer(struct front_h1 *at, int64_t wait)
{
	timer_set(&at->client.worker->loop, &at->timer, at->client.worker->loop.now + wait);
}

/* ---- the answer ---- */

static void put(struct front_h1 *at, struct buf *text)
{
	conn_queue(conn_of(at), text->at, text->len);
}

/* From now on bytes are passed on as they are, those that came too early as well. */
static void open_tunnel(struct front_h1 *at)
{
	at->state = STATE_TUNNEL;
	timer_stop(&at->client.worker->loop, &at->timer);
	conn_of(at)->readable = true;
	conn_resume(conn_of(at));
}

static void send_head(struct front *front, const struct head *answer)
{
	struct front_h1 *at = of_front(front);
	struct buf *text = &at->client.worker->text;
	bool final = answer->status >= 200 || answer->status == 101;

	buf_clear(text);
	if (!final) {
		const struct h1_frame none = {0};

		h1_response_write(text, answer, &none);
		put(at, text);
		return;
	}
	at->frame = h1_frame(answer, at->old);
	at->frame.upgrade = answer->websocket;
	if (at->client.worker->draining || at->frame.body == HEAD_UNTIL_CLOSE)
		at->persists = false;
	if (answer->websocket)
		open_tunnel(at);
	else
		at->frame.close = !at->persists;
	at->frame.keep = at->old && at->persists;
	h1_response_write(text, answer, &at->frame);
	put(at, text);
}

static bool send_data(struct front *front, struct str bytes, bool last)
{
	struct front_h1 *at = of_front(front);
	static const char end[] = H1_CHUNK_TAIL "0\r\n\r\n";
	char line_text[H1_CHUNK_HEAD];
	struct str line;

	if (at->frame.body == HEAD_NO_BODY && at->state != STATE_TUNNEL)
		return true;
	if (at->frame.body != HEAD_CHUNKED || at->state == STATE_TUNNEL) {
		conn_send(conn_of(at), &(struct iovec){(char *)bytes.at, bytes.len}, 1);
	} else {
		line = h1_chunk_head(line_text, bytes.len);
		conn_send(conn_of(at),
			  (struct iovec[]){
				  {(char *)line.at, line.len},
				  {(char *)bytes.at, bytes.len},
				  {(char *)end, last ? sizeof end - 1 : sizeof H1_CHUNK_TAIL - 1}},
			  3);
		at->last = last;
	}
	if (conn_of(at)->out.bytes)
		set_timer(at, options(at)->body_ms);
	return conn_has_room(conn_of(at));
}

static void send_end(struct front *front, const struct head *trailers)
{
	struct front_h1 *at = of_front(front);

	at->answered = true;
	if (at->state == STATE_TUNNEL) {
		conn_shut(conn_of(at));
		return;
	}
	if (at->frame.body != HEAD_CHUNKED || at->last)
		return;
	buf_clear(&at->client.worker->text);
	h1_chunk_last(&at->client.worker->text, trailers);
	put(at, &at->client.worker->text);
}

static void cut(struct front *front)
{
	of_front(front)->cut = true;
}

static void hold(struct front *front, bool hold)
{
	struct front_h1 *at = of_front(front);

	at->held = hold;
	if (!hold)
		conn_resume(conn_of(at));
}

/* What has come of the next request goes to the front of the buffer. */
static void keep_rest(struct front_h1 *at)
{
	if (at->stash) {
		free_bytes(at);
		at->bytes = at->stash;
		at->len = at->room = at->stashed;
		at->stash = NULL;
	} else if (at->from < at->len) {
		memmove(at->bytes, at->bytes + at->from, at->len - at->from);
		at->len -= at->from;
	} else {
		free_bytes(at);
	}
	at->from = 0;
}

static void stash(struct front_h1 *at, const char *bytes, size_t len)
{
	at->stash = malloc(len);
	if (!at->stash)
		bug_out_of_memory(len);
	memcpy(at->stash, bytes, len);
	at->stashed = len;
}

/* The exchange is over: what becomes of the connection. */
static void next_request(struct front_h1 *at)
{
	struct conn *conn = conn_of(at);

	if (at->cut) {
		close_now(at, true);
		return;
	}
	if (at->state == STATE_TUNNEL) {
		close_now(at, false);
		return;
	}
	if (!at->persists || at->state != STATE_ASKED) {
		linger(at);
		return;
	}
	at->state = STATE_IDLE;
	keep_rest(at);
	set_timer(at, options(at)->idle_ms);
	if (at->len)
		conn->readable = true;
	conn_resume(conn);
}

static void flush(struct front *front)
{
	struct front_h1 *at = of_front(front);

	conn_flush(conn_of(at));
	if (!front->exchange && (at->answered || at->cut))
		next_request(at);
}

static const struct front_ops front_ops = {
	.head = send_head,
	.data = send_data,
	.end = send_end,
	.flush = flush,
	.cut = cut,
	.hold = hold,
};

/* ---- the request ---- */

/* A head that no slab holds. */
static void grow(struct front_h1 *at)
{
	size_t len = at->len;
	char *bytes = malloc(len * 2);

	if (!bytes)
		bug_out_of_memory(len * 2);
	memcpy(bytes, at->bytes, len);
	free_bytes(at);
	at->bytes = bytes;
	at->len = len;
	at->room = len * 2;
}

/* Room for more of the head behind what is there. */
static void make_room(struct front_h1 *at)
{
	if (at->len < at->room)
		return;
	if (at->room) {
		grow(at);
		return;
	}
	at->slab = slab_new(&at->client.worker->slabs);
	at->bytes = at->slab->bytes;
	at->room = SLAB_ROOM;
}

static struct exchange *begin(struct front_h1 *at)
{
	struct exchange *exchange = at->next;

	at->next = NULL;
	at->held = at->answered = at->last = at->cut = false;
	at->frame = (struct h1_frame){0};
	return exchange;
}

static void refuse(struct front_h1 *at, unsigned status, const char *why)
{
	struct exchange *exchange = begin(at);

	at->persists = false;
	at->state = STATE_HEAD;
	exchange_refuse(exchange, &at->front, &at->client.place, status, why);
}

/* What the body has been decoded to. False: nothing more is to be read now. */
static bool take_body(struct front_h1 *at, char *bytes, size_t len)
{
	struct h1_piece piece;
	enum h1_result result = h1_body_read(&at->reading->body, bytes, len, &piece);
	struct exchange *exchange = at->front.exchange;

	if (result == H1_BAD) {
		at->persists = false;
		exchange_give_up(exchange, h1_faults[at->reading->body.fault].status,
				 h1_faults[at->reading->body.fault].text);
		return false;
	}
	if (piece.data.len && !exchange_data(exchange, piece.data, result == H1_DONE))
		at->held = true;
	if (result == H1_DONE && at->front.exchange) {
		at->state = STATE_ASKED;
		timer_stop(&at->client.worker->loop, &at->timer);
		if (piece.used < len)
			stash(at, bytes + piece.used, len - piece.used);
		exchange_end(exchange,
			     at->reading->body.trailers.count ? &at->reading->body.trailers : NULL);
	}
	return at->state == STATE_BODY && at->front.exchange && !at->held;
}

/* Body, or a tunnel's bytes, that came with the head. */
static void take_buffered(struct front_h1 *at)
{
	struct str rest = {at->bytes + at->from, at->len - at->from};

	if (!rest.len || !at->front.exchange)
		return;
	if (at->state == STATE_BODY) {
		at->from = at->len;
		take_body(at, (char *)rest.at, rest.len);
	} else if (at->state == STATE_TUNNEL) {
		at->from = at->len;
		at->held = !exchange_data(at->front.exchange, rest, false);
	}
}

static void take_request(struct front_h1 *at)
{
	static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
	struct head *head = &at->next->request;
	struct exchange *exchange;
	bool waits = head->expects_continue, websocket = head->websocket;
	bool bodyless = head->body == HEAD_NO_BODY;

	at->from += at->reading->reader.used;
	at->old = head->version == ROUTE_HTTP_1_0;
	at->persists = head->persists && !at->client.worker->draining;
	h1_body_start(&at->reading->body, head, false, NULL);
	exchange = begin(at);
	at->state = bodyless ? STATE_ASKED : STATE_BODY;
	if (bodyless)
		timer_stop(&at->client.worker->loop, &at->timer);
	else
		set_timer(at, options(at)->body_ms);
	client_ask(&at->client, exchange, &at->front);
	if (!at->front.exchange)
		return;
	if (bodyless && !websocket) {
		exchange_end(exchange, NULL);
		return;
	}
	if (waits && at->from == at->len)
		conn_send(conn_of(at), &(struct iovec){(char *)go_on, sizeof go_on - 1}, 1);
	take_buffered(at);
	if (at->front.exchange)
		exchange_flush(at->front.exchange);
}

/* A client with prior knowledge speaks HTTP/2 from the first byte (RFC 9113 3.3). */
static void become_h2(struct front_h1 *at)
{
	struct client *next = front_h2_new(at->client.worker);
	struct str bytes = {at->bytes, at->len};

	timer_stop(&at->client.worker->loop, &at->timer);
	client_hand_over(&at->client, next);
	front_h2_start(next, bytes);
}

/* What is known after the first bytes. False: nothing more is to be read here. */
static bool is_h1(struct front_h1 *at, bool *more)
{
	enum h2_preface preface = at->known ? H2_NO_PREFACE : h2_preface(at->bytes, at->len);

	*more = preface == H2_MAYBE_PREFACE;
	at->known = preface == H2_NO_PREFACE;
	if (preface == H2_IS_PREFACE)
		become_h2(at);
	return at->known;
}

/* Some of a head is in the buffer. False: nothing more is to be read now. */
static bool take_head(struct front_h1 *at)
{
	struct worker *worker = at->client.worker;
	enum h1_result result;

	if (!at->next) {
		at->next = exchange_new(worker);
		at->reading = arena_new(&at->next->arena, struct reading);
		head_init(&at->next->request, &at->next->arena);
		h1_request_start(&at->reading->reader, &at->next->request, NULL);
	}
	result = h1_request_read(&at->reading->reader, at->bytes + at->from, at->len - at->from);
	if (result == H1_MORE) {
		if (at->state == STATE_IDLE)
			set_timer(at, options(at)->head_ms);
		at->state = STATE_HEAD;
		return true;
	}
	at->state = STATE_HEAD;
	if (result == H1_BAD)
		refuse(at, h1_faults[at->reading->reader.fault].status,
		       h1_faults[at->reading->reader.fault].text);
	else
		take_request(at);
	return false;
}

/* ---- reading ---- */

static void client_gone(struct front_h1 *at)
{
	struct exchange *exchange = at->front.exchange;

	at->front.exchange = NULL;
	if (exchange)
		exchange_gone(exchange, 0, NULL);
	close_now(at, false);
}

/* The client closes its side. In a tunnel the other one may go on. */
static void ended(struct front_h1 *at, bool broken)
{
	if (at->state == STATE_TUNNEL && !broken && at->front.exchange) {
		at->held = true;
		exchange_end(at->front.exchange, NULL);
		return;
	}
	client_gone(at);
}

static bool throw_away(struct front_h1 *at, size_t len)
{
	at->lingered += len;
	if (at->lingered < LINGER_BYTES)
		return true;
	close_now(at, true);
	return false;
}

/* Bytes of a body or tunnel, in the worker's memory. */
static bool take(struct front_h1 *at, char *bytes, size_t len)
{
	bool more;

	if (at->state == STATE_LINGER)
		return throw_away(at, len);
	if (at->state == STATE_TUNNEL) {
		at->held = !exchange_data(at->front.exchange, (struct str){bytes, len}, false);
		return at->front.exchange && !at->held;
	}
	set_timer(at, options(at)->body_ms);
	more = take_body(at, bytes, len);
	if (at->front.exchange)
		exchange_flush(at->front.exchange);
	return more;
}

static bool read_head(struct front_h1 *at, ssize_t *got)
{
	bool more;

	make_room(at);
	*got = conn_read(conn_of(at), at->bytes + at->len, at->room - at->len);
	if (*got <= 0)
		return false;
	at->len += (size_t)*got;
	return is_h1(at, &more) ? take_head(at) : more;
}

static bool reads_head(const struct front_h1 *at)
{
	return at->state == STATE_IDLE || at->state == STATE_HEAD;
}

/* False: that is all for now. */
static bool read_some(struct front_h1 *at)
{
	char *bytes = at->client.worker->bytes;
	ssize_t got;
	bool more;

	if (reads_head(at)) {
		more = read_head(at, &got);
	} else {
		got = conn_read(conn_of(at), bytes, WORKER_SCRATCH);
		more = got > 0 && take(at, bytes, (size_t)got);
	}
	if (got <= 0 && got != CONN_WAIT)
		ended(at, got == CONN_BROKEN);
	return more;
}

/* While an answer is awaited, or nobody takes the body, nothing is read; a client that goes away is seen all the same. */
static void look_after(struct front_h1 *at)
{
	bool waits = at->state == STATE_ASKED || conn_of(at)->lost;

	if (waits && at->front.exchange && conn_is_gone(conn_of(at)))
		client_gone(at);
}

static void readable(struct conn *conn)
{
	struct front_h1 *at = of_conn(conn);
	bool more = true;

	if (at->state == STATE_IDLE && at->from < at->len)
		more = take_head(at);
	else if (at->state == STATE_TUNNEL)
		take_buffered(at);
	for (int i = 0; i < READS && more && !at->held && at->state != STATE_ASKED; i++)
		more = read_some(at);
	if (!at->held && at->state != STATE_ASKED)
		conn_resume(conn);
	look_after(at);
}

/* ---- other events ---- */

static void drained(struct conn *conn)
{
	struct front_h1 *at = of_conn(conn);

	if (at->front.exchange)
		exchange_front_ready(at->front.exchange);
}

static void broken(struct conn *conn)
{
	client_gone(of_conn(conn));
}

static void ready(struct conn *conn)
{
	struct front_h1 *at = of_conn(conn);

	set_timer(at, options(at)->head_ms);
}

static const struct conn_ops conn_ops = {
	.readable = readable,
	.drained = drained,
	.broken = broken,
	.ready = ready,
};

/* Something was sent since the last look: a slow reader is none that has gone. */
static bool moved(struct front_h1 *at)
{
	bool sent = conn_of(at)->sent != at->seen;

	at->seen = conn_of(at)->sent;
	return sent && conn_of(at)->out.bytes;
}

static void expired(struct timer *timer)
{
	struct front_h1 *at = (struct front_h1 *)((char *)timer - offsetof(struct front_h1, timer));
	struct exchange *exchange = at->front.exchange;

	if (moved(at) || (at->state == STATE_BODY && at->held)) {
		set_timer(at, options(at)->body_ms);
	} else if (at->state == STATE_HEAD && at->next) {
		refuse(at, 408, "the head of the request did not come in time");
	} else if (at->state == STATE_BODY && exchange) {
		at->persists = false;
		exchange_give_up(exchange, 408, "the body of the request did not come in time");
	} else if (exchange && conn_of(at)->out.bytes) {
		exchange_gone(exchange, 0, "the client does not read its answer");
		close_now(at, true);
	} else if (!exchange) {
		close_now(at, false);
	}
}

static const struct client_ops client_ops = {
	.size = sizeof(struct front_h1),
	.conn = &conn_ops,
	.drain = drain,
	.kill = kill_client,
	.free = release,
};

struct client *front_h1_new(struct worker *worker)
{
	struct front_h1 *at = client_new(worker, &client_ops);

	at->front.ops = &front_ops;
	at->timer.fire = expired;
	return &at->client;
}

void front_h1_start(struct client *client)
{
	struct front_h1 *at = (struct front_h1 *)client;

	set_timer(at, options(at)->head_ms);
}
