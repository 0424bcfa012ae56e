#include "proxy/front_h2.h"

#include <stdlib.h>

#include "proxy/h2.h"
#include "proxy/worker.h"

enum { READS = 16, DRAIN_MS = 1000 };

struct front_h2 {
	struct client client; /* first */
	struct h2 *h2;
	struct front_stream *streams;
	struct timer timer;
	struct task write; /* at the end of the turn, once for all streams */
	/* Bytes that had been sent when something was last seen to move, and when that was. */
	uint64_t seen;
	int64_t seen_at;
	int64_t idle_since; /* there are no streams */
	bool ended;         /* the client will send nothing more, or nothing in order */
	bool leaving;
};

/* A request. Its head lives here, for it outlives the exchange. */
struct front_stream {
	struct front front;
	struct front_h2 *at;
	struct front_stream *later, **link; /* in the list of the connection */
	struct h2_stream *stream;           /* NULL: closed */
	struct exchange *next;              /* not begun yet */
	struct head head;
	struct room *room;
	int64_t moved_at; /* when the client last did its part */
	uint64_t sent;    /* h2_sent() at that time */
	bool held;        /* the backend does not take more of the body */
	bool finished;    /* END_STREAM was given to the session */
};

static struct front_stream *of_front(struct front *front)
{
	return (struct front_stream *)front;
}

static struct conn *conn_of(struct front_h2 *at)
{
	return &at->client.conn;
}

static int64_t now_of(const struct front_stream *at)
{
	return at->at->client.worker->loop.now;
}

/* ---- output ---- */

static void close_now(struct front_h2 *at, bool reset);

static void write_out(struct front_h2 *at)
{
	bool waited = conn_of(at)->out.bytes;

	while (conn_has_room(conn_of(at))) {
		struct str bytes = h2_output(at->h2);

		if (!bytes.len)
			break;
		conn_send(conn_of(at), &(struct iovec){(char *)bytes.at, bytes.len}, 1);
	}
	if (!waited) {
		at->seen = conn_of(at)->sent;
		at->seen_at = at->client.worker->loop.now;
	}
	if ((at->ended || h2_is_over(at->h2)) && !conn_of(at)->out.bytes)
		close_now(at, false);
}

static void write_task(struct task *task)
{
	write_out((struct front_h2 *)((char *)task - offsetof(struct front_h2, write)));
}

static void write_soon(struct front_h2 *at)
{
	if (!at->leaving)
		loop_post(&at->client.worker->loop, &at->write);
}

/* ---- the end ---- */

static void release(struct client *client)
{
	free(client);
}

static void close_now(struct front_h2 *at, bool reset)
{
	if (at->leaving)
		return;
	at->leaving = true;
	loop_cancel(&at->client.worker->loop, &at->write);
	timer_stop(&at->client.worker->loop, &at->timer);
	if (at->h2) {
		h2_gone(at->h2);
		h2_destroy(at->h2);
	}
	client_leave(&at->client, reset);
}

static void kill_client(struct client *client)
{
	close_now((struct front_h2 *)client, true);
}

static void drain(struct client *client)
{
	struct front_h2 *at = (struct front_h2 *)client;

	h2_drain(at->h2);
	timer_set(&client->worker->loop, &at->timer, client->worker->loop.now + DRAIN_MS);
	write_soon(at);
}

/* ---- the answer ---- */

static void send_head(struct front *front, const struct head *answer)
{
	struct front_stream *at = of_front(front);
	bool final = answer->status >= 200 || answer->status == 101;
	bool last = final && answer->body == HEAD_NO_BODY && !answer->websocket;

	if (!at->stream)
		return;
	/* An answer without content may close the stream before this returns. */
	at->finished = last;
	h2_answer(at->stream, answer, last);
	write_soon(at->at);
}

/* From here on the client has to take what is sent. */
static void begin_sending(struct front_stream *at)
{
	if (!h2_is_sending(at->stream))
		at->moved_at = now_of(at);
}

static void send_end(struct front *front, const struct head *trailers)
{
	struct front_stream *at = of_front(front);

	if (!at->stream || at->finished)
		return;
	begin_sending(at);
	at->finished = true;
	h2_end(at->stream, trailers);
	write_soon(at->at);
}

static bool send_data(struct front *front, struct str bytes, bool last)
{
	struct front_stream *at = of_front(front);
	bool more;

	if (!at->stream || at->finished)
		return true;
	begin_sending(at);
	more = h2_send(at->stream, bytes);
	if (last)
		send_end(front, NULL);
	write_soon(at->at);
	return more;
}

static void flush(struct front *front)
{
	write_soon(of_front(front)->at);
}

static void cut(struct front *front)
{
	struct front_stream *at = of_front(front);

	front->exchange = NULL; /* it ends by itself */
	if (at->stream)
		h2_reset(at->stream, H2_INTERNAL_ERROR);
}

static void hold(struct front *front, bool hold)
{
	struct front_stream *at = of_front(front);

	if (hold || !at->stream)
		return;
	at->held = false;
	at->moved_at = now_of(at);
	h2_resume(at->stream);
	write_soon(at->at);
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

static void enter(struct front_h2 *at, struct front_stream *made)
{
	struct worker *worker = at->client.worker;
	int64_t due = worker->loop.now + worker->options->head_ms;

	made->at = at;
	made->later = at->streams;
	made->link = &at->streams;
	if (made->later)
		made->later->link = &made->later;
	at->streams = made;
	made->moved_at = worker->loop.now;
	if (!timer_is_set(&at->timer) || at->timer.at > due)
		timer_set(&worker->loop, &at->timer, due);
}

static void leave(struct front_stream *of)
{
	*of->link = of->later;
	if (of->later)
		of->later->link = of->link;
}

static struct head *begin(struct h2 *h2, struct h2_stream *stream)
{
	struct front_h2 *at = h2_owner(h2);
	struct worker *worker = at->client.worker;
	struct room *room = worker_room(worker);
	struct front_stream *made = arena_new(&room->arena, struct front_stream);

	made->front.ops = &front_ops;
	enter(at, made);
	made->stream = stream;
	made->room = room;
	made->next = exchange_new(worker);
	head_init(&made->head, &room->arena);
	h2_set_user(stream, made);
	return &made->head;
}

static struct exchange *take_exchange(struct front_stream *at)
{
	struct exchange *exchange = at->next;

	at->next = NULL;
	exchange->request = at->head;
	return exchange;
}

static void head_came(struct h2 *h2, struct h2_stream *stream)
{
	struct front_h2 *at = h2_owner(h2);
	struct front_stream *of = h2_user(stream);

	of->moved_at = now_of(of);
	client_ask(&at->client, take_exchange(of), &of->front);
	write_soon(at);
}

static void refused(struct h2 *h2, struct h2_stream *stream, unsigned status, const char *why)
{
	struct front_h2 *at = h2_owner(h2);
	struct front_stream *of = h2_user(stream);

	if (of->next)
		exchange_refuse(take_exchange(of), &of->front, &at->client.place, status, why);
	else if (of->front.exchange)
		exchange_give_up(of->front.exchange, status, why);
	write_soon(at);
}

static bool data_came(struct h2 *h2, struct h2_stream *stream, struct str bytes)
{
	struct front_stream *of = h2_user(stream);
	bool more;

	(void)h2;
	of->moved_at = now_of(of);
	if (!of->front.exchange)
		return true;
	more = exchange_data(of->front.exchange, bytes, false);
	if (of->front.exchange)
		exchange_flush(of->front.exchange);
	of->held = !more && of->front.exchange;
	return !of->held;
}

static void end_came(struct h2 *h2, struct h2_stream *stream, const struct head *trailers)
{
	struct front_stream *of = h2_user(stream);

	(void)h2;
	if (of->front.exchange)
		exchange_end(of->front.exchange, trailers);
}

static void ready_again(struct h2 *h2, struct h2_stream *stream)
{
	struct front_stream *of = h2_user(stream);

	(void)h2;
	if (of->front.exchange)
		exchange_front_ready(of->front.exchange);
}

static void closed(struct h2 *h2, struct h2_stream *stream, enum h2_code code)
{
	struct front_h2 *at = h2_owner(h2);
	struct front_stream *of = h2_user(stream);
	struct worker *worker = at->client.worker;
	struct exchange *exchange;

	(void)code;
	if (!of)
		return;
	exchange = of->front.exchange;
	of->stream = NULL;
	leave(of);
	/* An answer that is complete may close the stream at once: the exchange knows. */
	if (exchange && !of->finished) {
		of->front.exchange = NULL;
		exchange_gone(exchange, 0, NULL);
	}
	exchange_discard(of->next);
	worker_room_free(worker, of->room);
	/* The timer is looked at when it fires: moving it with each request would cost more. */
	if (!at->streams)
		at->idle_since = worker->loop.now;
}

static const struct h2_ops h2_ops = {
	.begin = begin,
	.head = head_came,
	.refused = refused,
	.data = data_came,
	.end = end_came,
	.ready = ready_again,
	.closed = closed,
};

/* ---- the connection ---- */

static void take(struct front_h2 *at, const char *bytes, size_t len)
{
	if (!h2_input(at->h2, bytes, len, at->client.worker->loop.now)) {
		at->ended = true;
		conn_of(at)->readable = false;
	}
}

static void readable(struct conn *conn)
{
	struct front_h2 *at = (struct front_h2 *)conn;
	char *bytes = at->client.worker->bytes;

	/* A client that does not read is not read either. */
	for (int i = 0; i < READS && !at->ended && conn_has_room(conn); i++) {
		ssize_t got = conn_read(conn, bytes, WORKER_SCRATCH);

		if (got == CONN_WAIT)
			break;
		if (got <= 0) {
			close_now(at, false);
			return;
		}
		take(at, bytes, (size_t)got);
		write_out(at);
		if (at->leaving)
			return;
	}
	if (!at->ended && !conn->high)
		conn_resume(conn);
}

static void drained(struct conn *conn)
{
	struct front_h2 *at = (struct front_h2 *)conn;

	write_out(at);
	if (!at->leaving)
		conn_resume(conn);
}

static void broken(struct conn *conn)
{
	close_now((struct front_h2 *)conn, false);
}

static void nothing(struct conn *conn)
{
	(void)conn;
}

static const struct conn_ops conn_ops = {
	.readable = readable,
	.drained = drained,
	.broken = broken,
	.ready = nothing,
};

/* ---- clients that take their time ---- */

/* When the client has to have moved; EXCHANGE_NEVER: it is not its turn. */
static int64_t due(struct front_stream *of)
{
	const struct proxy_options *options = of->at->client.worker->options;
	const struct exchange *exchange = of->front.exchange;

	if (of->next)
		return of->moved_at + options->head_ms;
	if (h2_is_sending(of->stream)) {
		if (h2_sent(of->stream) != of->sent)
			of->moved_at = now_of(of);
		of->sent = h2_sent(of->stream);
		return of->moved_at + options->body_ms;
	}
	/* Streams of gRPC in both directions are silent for long, and have the exchange's own limit. */
	if (exchange && !exchange->requested && !exchange->began && !exchange->request.websocket &&
	    !of->held)
		return of->moved_at + options->body_ms;
	return EXCHANGE_NEVER;
}

/* Between HEADERS and its end nothing else may come (RFC 9113 4.3): no other stream goes on either. */
static void end_connection(struct front_stream *of)
{
	struct front_h2 *at = of->at;

	of->stream = NULL;
	exchange_refuse(take_exchange(of), &of->front, &at->client.place, 408,
			"the head of the request did not come in time");
	close_now(at, true);
}

/* Ends a stream the client of which is late, or its connection. */
static void end_late(struct front_stream *of)
{
	struct exchange *exchange = of->front.exchange;

	of->moved_at = now_of(of);
	if (of->next) {
		end_connection(of);
	} else if (h2_is_sending(of->stream)) {
		of->front.exchange = NULL;
		if (exchange)
			exchange_gone(exchange, 0, "the client does not read its answer");
		h2_reset(of->stream, H2_CANCEL);
	} else {
		exchange_give_up(exchange, 408, "the body of the request did not come in time");
	}
}

/* A stream that is late, NULL: there is none; *next: when to look again. */
static struct front_stream *find_late(struct front_h2 *at, int64_t *next)
{
	const struct worker *worker = at->client.worker;

	*next = worker->loop.now + worker->options->body_ms;
	for (struct front_stream *of = at->streams; of; of = of->later) {
		int64_t when = due(of);

		if (when <= worker->loop.now)
			return of;
		if (when < *next)
			*next = when;
	}
	return NULL;
}

static bool is_stuck(struct front_h2 *at)
{
	const struct worker *worker = at->client.worker;

	if (conn_of(at)->sent != at->seen)
		at->seen_at = worker->loop.now;
	at->seen = conn_of(at)->sent;
	return conn_of(at)->out.bytes && worker->loop.now >= at->seen_at + worker->options->body_ms;
}

/* Without streams: announces the end, and the next time ends. */
static void end_idle(struct front_h2 *at, int64_t *next)
{
	struct worker *worker = at->client.worker;
	int64_t when = at->idle_since + worker->options->idle_ms;

	if (worker->loop.now >= when || worker->draining) {
		h2_drain(at->h2);
		*next = worker->loop.now + DRAIN_MS;
	} else if (when < *next) {
		*next = when;
	}
}

static void expired(struct timer *timer)
{
	struct front_h2 *at = (struct front_h2 *)((char *)timer - offsetof(struct front_h2, timer));
	struct worker *worker = at->client.worker;
	struct front_stream *late;
	int64_t next;

	if (is_stuck(at)) {
		close_now(at, true);
		return;
	}
	/* Ending one may end others, so the list is looked through anew. */
	while ((late = find_late(at, &next))) {
		end_late(late);
		if (at->leaving)
			return;
	}
	if (!at->streams)
		end_idle(at, &next);
	else if (worker->draining)
		h2_drain(at->h2);
	timer_set(&worker->loop, &at->timer, next);
	write_out(at);
}

static const struct client_ops client_ops = {
	.size = sizeof(struct front_h2),
	.conn = &conn_ops,
	.drain = drain,
	.kill = kill_client,
	.free = release,
};

struct client *front_h2_new(struct worker *worker)
{
	struct front_h2 *at = client_new(worker, &client_ops);

	at->timer.fire = expired;
	at->write.run = write_task;
	return &at->client;
}

void front_h2_start(struct client *client, struct str bytes)
{
	struct front_h2 *at = (struct front_h2 *)client;
	struct worker *worker = client->worker;
	const struct h2_config config = {.ops = &h2_ops,
					 .owner = at,
					 .slabs = &worker->slabs,
					 .server = true,
					 .websocket = true};

	at->h2 = h2_create(&config);
	if (!at->h2) {
		close_now(at, true);
		return;
	}
	at->idle_since = at->seen_at = worker->loop.now;
	timer_set(&worker->loop, &at->timer, worker->loop.now + worker->options->idle_ms);
	if (bytes.len)
		take(at, bytes.at, bytes.len);
	write_out(at);
}
