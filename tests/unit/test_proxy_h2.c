#include "test.h"

#include "base/buf.h"
#include "proxy/h2.h"
#include "proxy/websocket.h"

/* ---- two sessions, joined by memory ----
 * Each end writes down what it is told, as words. */

struct end {
	struct h2 *h2;
	struct arena arena;
	struct buf log;
	struct head heads[8]; /* of the streams, in order */
	struct h2_stream *streams[8];
	unsigned count;
	bool hold;    /* `data` says false */
	bool refuse;  /* `begin` gives no head */
	size_t ready; /* how often */
	struct buf body;
};

static struct head *begin(struct h2 *h2, struct h2_stream *stream)
{
	struct end *end = h2_owner(h2);

	if (end->refuse || end->count == 8)
		return NULL;
	head_init(&end->heads[end->count], &end->arena);
	end->streams[end->count] = stream;
	return &end->heads[end->count++];
}

static void head(struct h2 *h2, struct h2_stream *stream)
{
	struct end *end = h2_owner(h2);
	const struct head *head = h2_head(stream);

	if (head->status)
		buf_format(&end->log, "%u", head->status);
	else
		buf_format(&end->log, "%.*s %.*s %.*s", STR_ARG(head->method),
			   STR_ARG(head->target), STR_ARG(head->authority));
	for (uint32_t i = 0; i < head->count; i++)
		if (head->ids[i] != HEAD_GONE)
			buf_format(&end->log, " %.*s=%.*s", STR_ARG(head->fields[i].name),
				   STR_ARG(head->fields[i].value));
	buf_text(&end->log, ";");
}

static void refused(struct h2 *h2, struct h2_stream *stream, unsigned status, const char *why)
{
	struct end *end = h2_owner(h2);
	struct head answer;

	buf_format(&end->log, "refused %u;", status);
	assert_true(strlen(why) > 10);
	head_init(&answer, &end->arena);
	answer.status = status;
	h2_answer(stream, &answer, true);
}

static bool data(struct h2 *h2, struct h2_stream *stream, struct str bytes)
{
	struct end *end = h2_owner(h2);

	(void)stream;
	buf_str(&end->body, bytes);
	return !end->hold;
}

static void end_of(struct h2 *h2, struct h2_stream *stream, const struct head *trailers)
{
	struct end *end = h2_owner(h2);

	(void)stream;
	buf_text(&end->log, "end");
	for (uint32_t i = 0; trailers && i < trailers->count; i++)
		if (trailers->ids[i] != HEAD_GONE)
			buf_format(&end->log, " %.*s=%.*s", STR_ARG(trailers->fields[i].name),
				   STR_ARG(trailers->fields[i].value));
	buf_text(&end->log, ";");
}

static void ready(struct h2 *h2, struct h2_stream *stream)
{
	struct end *end = h2_owner(h2);

	(void)stream;
	end->ready++;
}

static void closed(struct h2 *h2, struct h2_stream *stream, enum h2_code code)
{
	struct end *end = h2_owner(h2);

	for (unsigned i = 0; i < end->count; i++)
		if (end->streams[i] == stream)
			end->streams[i] = NULL;
	buf_format(&end->log, "closed %x;", (unsigned)code);
}

static void going(struct h2 *h2)
{
	struct end *end = h2_owner(h2);

	buf_text(&end->log, "going;");
}

static const struct h2_ops ops = {begin, head, refused, data, end_of, ready, closed, going};

static struct end server, client;

static void open_end(struct end *end, bool is_server, const struct h2_limits *limits)
{
	struct h2_config config = {.ops = &ops,
				   .limits = limits,
				   .owner = end,
				   .server = is_server,
				   .websocket = true};

	*end = (struct end){0};
	arena_init(&end->arena);
	buf_init(&end->log);
	buf_init(&end->body);
	end->h2 = h2_create(&config);
	assert_non_null(end->h2);
}

static void close_end(struct end *end)
{
	h2_destroy(end->h2);
	arena_finish(&end->arena);
	buf_finish(&end->log);
	buf_finish(&end->body);
}

static int setup(void **state)
{
	(void)state;
	open_end(&server, true, NULL);
	open_end(&client, false, NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	close_end(&server);
	close_end(&client);
	return 0;
}

static size_t move(struct end *from, struct end *to)
{
	struct str bytes = h2_output(from->h2);
	char *copy = malloc(bytes.len + 1);
	size_t len = bytes.len;

	if (len)
		memcpy(copy, bytes.at, len);
	/* In two pieces, so that frames are cut. */
	h2_input(to->h2, copy, len / 3, 0);
	h2_input(to->h2, copy + len / 3, len - len / 3, 0);
	free(copy);
	return len;
}

/* Until nobody has anything to say. */
static void talk(void)
{
	while (move(&client, &server) + move(&server, &client))
		;
}

static void clear(void)
{
	buf_clear(&server.log);
	buf_clear(&client.log);
}

/* ---- heads ---- */

static struct head *message(struct end *end)
{
	struct head *head = arena_new(&end->arena, struct head);

	head_init(head, &end->arena);
	return head;
}

static struct head *request(const char *method, const char *target)
{
	struct head *head = message(&client);

	head->method = str_from(method);
	head->method_id = head_method(head->method);
	head->target = str_from(target);
	head->authority = STR("a.test");
	return head;
}

static struct head *answer(unsigned status)
{
	struct head *head = message(&server);

	head->status = status;
	return head;
}

static struct h2_stream *ask(const struct head *request, bool last)
{
	return h2_ask(client.h2, request, (struct str){0}, message(&client), last);
}

static void asks_and_answers(void **state)
{
	struct head *asked = request("GET", "/a?b"), *answered = answer(200);

	(void)state;
	head_add(asked, STR("X-Mine"), STR("1"));
	head_add(asked, STR("Connection"), STR("close"));
	head_add(asked, STR("cookie"), STR("a=1"));
	head_add(asked, STR("cookie"), STR("b=2"));
	asked->trailers = true;
	assert_non_null(ask(asked, true));
	talk();
	assert_str(buf_slice(&server.log),
		   "GET /a?b a.test x-mine=1 Cookie=a=1; b=2 TE=trailers;end;");
	assert_true(server.heads[0].trailers);
	assert_int_equal(server.heads[0].version, ROUTE_HTTP_2);
	assert_int_equal(server.heads[0].body, HEAD_NO_BODY);
	assert_int_equal(h2_streams(server.h2), 1);
	clear();
	head_add(answered, STR("Content-Type"), STR("text/x"));
	head_add(answered, STR("Keep-Alive"), STR("3"));
	answered->has_length = true;
	answered->length = 2;
	answered->body = HEAD_LENGTH;
	h2_answer(server.streams[0], answer(103), false);
	h2_answer(server.streams[0], answered, false);
	h2_send(server.streams[0], STR("hi"));
	h2_end(server.streams[0], NULL);
	talk();
	assert_str(buf_slice(&client.log),
		   "103;200 Content-Type=text/x Content-Length=2;end;closed 0;");
	assert_str(buf_slice(&client.body), "hi");
	assert_str(buf_slice(&server.log), "closed 0;");
	assert_int_equal(h2_streams(server.h2), 0);
}

static void trailers_come_behind_content(void **state)
{
	struct h2_stream *stream = ask(request("POST", "/"), false);
	struct head *trailers = message(&client), *back = message(&server);

	(void)state;
	h2_send(stream, STR("ping"));
	head_add(trailers, STR("X-Sum"), STR("7"));
	head_add(trailers, STR("Trailer"), STR("x"));
	h2_end(stream, trailers);
	talk();
	assert_str(buf_slice(&server.body), "ping");
	assert_str(buf_slice(&server.log), "POST / a.test;end x-sum=7;");
	assert_int_equal(server.heads[0].body, HEAD_CHUNKED);
	clear();
	h2_answer(server.streams[0], answer(200), false);
	h2_send(server.streams[0], STR("pong"));
	head_add(back, STR("grpc-status"), STR("0"));
	head_add(back, STR("Content-Length"), STR("9"));
	h2_end(server.streams[0], back);
	talk();
	assert_str(buf_slice(&client.log), "200;end grpc-status=0;closed 0;");
}

/* ---- flow control ---- */

static void a_slow_reader_holds_the_writer(void **state)
{
	static char lump[48 * 1024];
	struct h2_stream *stream;
	size_t sent = 0, got;

	(void)state;
	memset(lump, 'x', sizeof lump);
	stream = ask(request("POST", "/"), false);
	server.hold = true;
	while (h2_send(stream, (struct str){lump, sizeof lump})) {
		sent += sizeof lump;
		talk();
	}
	sent += sizeof lump;
	talk();
	got = server.body.len;
	/* Exactly the window has come; the rest waits at the sender. */
	assert_int_equal(got, h2_limits.window);
	assert_int_equal(client.ready, 0);
	talk();
	assert_int_equal(server.body.len, got);
	server.hold = false;
	talk();
	assert_int_equal(server.body.len, got);
	h2_resume(server.streams[0]);
	talk();
	assert_int_equal(client.ready, 1);
	h2_end(stream, NULL);
	talk();
	assert_int_equal(server.body.len, sent);
	assert_str(buf_slice(&server.log), "POST / a.test;end;");
}

/* Once held, content stays unread until it is said otherwise, whatever happens to what comes later. */
static void a_hold_lasts(void **state)
{
	static char lump[32 * 1024];
	struct h2_stream *stream = ask(request("POST", "/"), false);

	(void)state;
	server.hold = true;
	h2_send(stream, (struct str){lump, sizeof lump});
	talk();
	server.hold = false;
	h2_send(stream, (struct str){lump, sizeof lump});
	h2_send(stream, (struct str){lump, sizeof lump});
	talk();
	assert_int_equal(server.body.len, h2_limits.window);
	h2_resume(server.streams[0]);
	talk();
	assert_int_equal(server.body.len, 3 * sizeof lump);
}

/* What a stream had not read when it ended does not count against the others. */
static void streams_give_their_windows_back(void **state)
{
	static char lump[60 * 1024];

	(void)state;
	server.hold = true;
	for (int i = 0; i < 30; i++) {
		server.count = 0;
		h2_send(ask(request("POST", "/"), false), (struct str){lump, sizeof lump});
		talk();
		h2_reset(server.streams[0], H2_CANCEL);
		talk();
	}
	assert_int_equal(server.body.len, 30 * sizeof lump);
}

static void output_is_bounded(void **state)
{
	static char lump[1024 * 1024];
	struct h2_limits limits = h2_limits;
	size_t most = 0;

	(void)state;
	close_end(&client);
	limits.window = limits.connection_window = 16 * 1024 * 1024;
	open_end(&client, false, &limits);
	ask(request("GET", "/"), true);
	talk();
	h2_answer(server.streams[0], answer(200), false);
	assert_false(h2_send(server.streams[0], (struct str){lump, sizeof lump}));
	h2_end(server.streams[0], NULL);
	for (size_t len = 1; len;) {
		len = move(&server, &client);
		most = len > most ? len : most;
	}
	assert_true(most > limits.output && most < limits.output + 20 * 1024);
	assert_int_equal(client.body.len, sizeof lump);
}

/* ---- raw frames ---- */

static void frame(struct buf *out, unsigned type, unsigned flags, uint32_t id, struct str payload)
{
	char head[9] = {(char)(payload.len >> 16),
			(char)(payload.len >> 8),
			(char)payload.len,
			(char)type,
			(char)flags,
			(char)(id >> 24),
			(char)(id >> 16),
			(char)(id >> 8),
			(char)id};

	buf_add(out, head, 9);
	buf_str(out, payload);
}

enum { DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE };

/* ---- ends ---- */

static void a_response_may_come_early(void **state)
{
	struct h2_stream *stream = ask(request("POST", "/"), false);

	(void)state;
	h2_send(stream, STR("part"));
	talk();
	clear();
	h2_answer(server.streams[0], answer(413), true);
	talk();
	assert_str(buf_slice(&client.log), "413;end;closed 0;");
	assert_str(buf_slice(&server.log), "closed 0;");
}

static void resets(void **state)
{
	(void)state;
	ask(request("GET", "/1"), true);
	ask(request("GET", "/2"), true);
	talk();
	clear();
	h2_reset(server.streams[0], H2_REFUSED_STREAM);
	assert_str(buf_slice(&server.log), "closed 7;");
	talk();
	assert_str(buf_slice(&client.log), "closed 7;");
	assert_int_equal(h2_streams(client.h2), 1);
	h2_gone(client.h2);
	assert_str(buf_slice(&client.log), "closed 7;closed 2;");
	server.refuse = true;
	close_end(&client);
	close_end(&server);
	open_end(&server, true, NULL);
	open_end(&client, false, NULL);
	server.refuse = true;
	ask(request("GET", "/3"), true);
	talk();
	assert_str(buf_slice(&client.log), "closed 7;");
	assert_str(buf_slice(&server.log), "");
}

static void drains(void **state)
{
	(void)state;
	ask(request("GET", "/1"), true);
	talk();
	clear();
	h2_drain(server.h2);
	talk();
	assert_str(buf_slice(&client.log), "going;");
	assert_false(h2_can_ask(client.h2));
	assert_null(ask(request("GET", "/2"), true));
	h2_drain(server.h2);
	talk();
	assert_false(h2_is_over(server.h2));
	h2_answer(server.streams[0], answer(204), true);
	talk();
	assert_str(buf_slice(&client.log), "going;204;end;closed 0;");
	assert_true(h2_is_over(server.h2));
	assert_true(h2_is_over(client.h2));
}

static void requests_that_stay_here(void **state)
{
	struct buf out;

	(void)state;
	talk();
	/* Taken back before a byte of it was sent. */
	h2_reset(ask(request("GET", "/1"), true), H2_CANCEL);
	talk();
	assert_str(buf_slice(&client.log), "closed 8;");
	assert_str(buf_slice(&server.log), "");
	clear();
	/* Too late: it was not processed, so that it may be tried elsewhere. */
	ask(request("GET", "/2"), true);
	buf_init(&out);
	frame(&out, GOAWAY, 0, 0, STR("\0\0\0\0\0\0\0\0"));
	h2_input(client.h2, out.at, out.len, 0);
	talk();
	assert_str(buf_slice(&client.log), "going;closed 7;");
	assert_str(buf_slice(&server.log), "");
	buf_finish(&out);
}

/* ---- websocket ---- */

static void grants_websockets(void **state)
{
	char accept[WEBSOCKET_ACCEPT + 1];
	struct head *asked = request("GET", "/ws"), *granted = answer(101);
	struct h2_stream *stream;

	(void)state;
	asked->websocket = true;
	head_add(asked, STR("Sec-WebSocket-Key"), STR("dGhlIHNhbXBsZSBub25jZQ=="));
	assert_null(ask(asked, false));
	talk();
	assert_true(h2_offers_websocket(client.h2));
	stream = ask(asked, false);
	talk();
	assert_true(server.heads[0].websocket);
	assert_str(server.heads[0].method, "GET");
	/* The key is another one: HTTP/2 carries none. */
	assert_false(str_eq(head_value(&server.heads[0], HEAD_SEC_WEBSOCKET_KEY),
			    STR("dGhlIHNhbXBsZSBub25jZQ==")));
	clear();
	head_add(granted, STR("Sec-WebSocket-Accept"),
		 websocket_accept(head_value(&server.heads[0], HEAD_SEC_WEBSOCKET_KEY), accept));
	granted->websocket = true;
	h2_answer(server.streams[0], granted, false);
	h2_send(stream, STR("up"));
	h2_send(server.streams[0], STR("down"));
	talk();
	assert_str(buf_slice(&client.log),
		   "101 Sec-WebSocket-Accept=s3pPLMBiTxaQ9kYGzzhZRbK+xOo=;");
	assert_str(buf_slice(&server.body), "up");
	assert_str(buf_slice(&client.body), "down");
}

static void no_false_websockets(void **state)
{
	struct head *asked = request("GET", "/ws"), *granted = answer(101);

	(void)state;
	talk();
	asked->websocket = true;
	head_add(asked, STR("Sec-WebSocket-Key"), STR("a"));
	ask(asked, false);
	ask(asked, false);
	talk();
	clear();
	head_add(granted, STR("Sec-WebSocket-Accept"), STR("made up"));
	h2_answer(server.streams[0], granted, true);
	h2_answer(server.streams[1], answer(200), true);
	talk();
	assert_true(str_starts(buf_slice(&client.log), "502"));
	assert_true(str_find_str(buf_slice(&client.log), "101") == SIZE_MAX);
	assert_true(str_find_str(buf_slice(&client.log), "200") == SIZE_MAX);
}

/* ---- floods ---- */

/* GET http://a.test/ without the dynamic table. */
#define GET_BLOCK                                                                                  \
	STR("\x82\x86\x84\x01\x06"                                                                 \
	    "a.test")

static void preface(struct buf *out)
{
	buf_text(out, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
	frame(out, SETTINGS, 0, 0, (struct str){0});
}

/* How many of `count` frames are taken; each second there is a break. */
static int flood(unsigned type, unsigned flags, uint32_t id, struct str payload, int a_second)
{
	struct buf out;
	int64_t now = 0;
	int taken = 0;

	buf_init(&out);
	preface(&out);
	frame(&out, HEADERS, 4, 1, GET_BLOCK);
	assert_true(h2_input(server.h2, out.at, out.len, now));
	while (taken < 5000) {
		buf_clear(&out);
		frame(&out, type, flags, id, payload);
		now += taken % a_second ? 0 : 1000;
		if (!h2_input(server.h2, out.at, out.len, now))
			break;
		h2_output(server.h2);
		taken++;
	}
	buf_finish(&out);
	return taken;
}

static void floods_end_the_connection(void **state)
{
	struct str last;

	(void)state;
	assert_in_range(flood(PING, 0, 0, STR("12345678"), 10000), 990, 1110);
	assert_false(h2_input(server.h2, "", 0, 0));
	/* GOAWAY with ENHANCE_YOUR_CALM is the last word. */
	last = h2_output(server.h2);
	assert_memory_equal(last.at + last.len - 4, "\0\0\0\x0b", 4);
	close_end(&server);
	open_end(&server, true, NULL);
	assert_in_range(flood(SETTINGS, 0, 0, (struct str){0}, 10000), 990, 1110);
	close_end(&server);
	open_end(&server, true, NULL);
	assert_in_range(flood(DATA, 0, 1, (struct str){0}, 10000), 990, 1110);
	close_end(&server);
	open_end(&server, true, NULL);
	/* Unknown frames are skipped without a thought. */
	assert_int_equal(flood(0xbe, 0, 1, STR("odd"), 10000), 5000);
	close_end(&server);
	open_end(&server, true, NULL);
	assert_int_equal(flood(PING, 0, 0, STR("12345678"), 99), 5000);
	close_end(&server);
	open_end(&server, true, NULL);
	/* What carries something is no flood. */
	assert_int_equal(flood(DATA, 0, 1, STR("x"), 10000), 5000);
}

static void rapid_resets_end_the_connection(void **state)
{
	struct buf out;
	uint32_t id = 1;

	(void)state;
	buf_init(&out);
	preface(&out);
	while (id < 6000 && h2_input(server.h2, out.at, out.len, 0)) {
		buf_clear(&out);
		buf_clear(&server.log);
		server.count = 0;
		frame(&out, HEADERS, 5, id, GET_BLOCK);
		frame(&out, RST_STREAM, 0, id, STR("\0\0\0\x08"));
		h2_output(server.h2);
		id += 2;
	}
	assert_in_range(id / 2, 195, 205);
	h2_output(server.h2);
	assert_true(h2_is_over(server.h2));
	h2_gone(server.h2);
	assert_int_equal(h2_streams(server.h2), 0);
	buf_finish(&out);
}

/* Streams that the client makes the server reset (CVE-2025-8671): how many until the connection ends. */
static uint32_t provoked(struct str head, struct str window_update)
{
	struct buf out;
	uint32_t id = 1;

	open_end(&server, true, NULL);
	buf_init(&out);
	preface(&out);
	while (id < 6000 && h2_input(server.h2, out.at, out.len, 0)) {
		buf_clear(&out);
		buf_clear(&server.log);
		server.count = 0;
		while (h2_output(server.h2).len)
			continue;
		frame(&out, HEADERS, 5, id, head);
		if (window_update.len)
			frame(&out, WINDOW_UPDATE, 0, id, window_update);
		id += 2;
	}
	assert_true(h2_is_over(server.h2));
	h2_gone(server.h2);
	buf_finish(&out);
	return id / 2;
}

static void provoked_resets_end_the_connection(void **state)
{
	(void)state;
	close_end(&server);
	/* A window beyond all bounds. */
	assert_in_range(provoked(GET_BLOCK, STR("\x7f\xff\xff\xff")), 195, 205);
	close_end(&server);
	/* A name in upper case. */
	assert_in_range(provoked(STR("\x82\x86\x84\x41\x01"
				     "a\x00\x01"
				     "A\x01"
				     "b"),
				 (struct str){0}),
			195, 205);
}

/* ---- odd heads ---- */

static struct str server_says(const char *method, const char *path, const char *name,
			      const char *value)
{
	struct head *asked = request(method, path);

	head_add(asked, str_from(name), str_from(value));
	ask(asked, true);
	talk();
	return buf_slice(&server.log);
}

/* What the server makes of a request with this behind the usual fields. */
static struct str server_reads(uint32_t id, struct str more)
{
	struct buf block, out;
	struct str log;

	buf_init(&block);
	buf_init(&out);
	buf_str(&block, GET_BLOCK);
	buf_str(&block, more);
	if (id == 1)
		preface(&out);
	frame(&out, HEADERS, 5, id, buf_slice(&block));
	h2_input(server.h2, out.at, out.len, 0);
	h2_output(server.h2);
	buf_finish(&block);
	buf_finish(&out);
	log = str_dup(&server.arena, buf_slice(&server.log));
	buf_clear(&server.log);
	return log;
}

static void host_says_the_same(void **state)
{
	(void)state;
	assert_str(server_reads(1, STR("\0\4host\6A.test")), "GET / a.test;end;");
	assert_str(server_reads(3, STR("\0\4host\6b.test")), "closed 1;");
	assert_str(server_reads(5, STR("\0\4host\6a.test\0\4host\6a.test")), "closed 1;");
	assert_str(server_reads(7, STR("\0\3x-a\2 b")), "closed 1;");
	assert_str(server_reads(9, STR("")), "GET / a.test;end;");
}

static void ids_only_grow(void **state)
{
	(void)state;
	assert_str(server_reads(1, STR("")), "GET / a.test;end;");
	assert_str(server_reads(9, STR("")), "GET / a.test;end;");
	/* 1 may be late trailers; 5 was never used. */
	assert_true(h2_input(server.h2, "", 0, 0));
	assert_str(server_reads(5, STR("")), "");
	assert_false(h2_input(server.h2, "", 0, 0));
}

static void refuses_what_http1_refuses(void **state)
{
	static char large[70 * 1024];

	(void)state;
	memset(large, 'b', sizeof large - 1);
	assert_str(server_says("get", "/", "x", "y"), "refused 501;end;closed 0;");
	clear();
	assert_str(server_says("GET", "/%zz", "x", "y"), "refused 400;end;closed 0;");
	clear();
	assert_str(server_says("GET", "/", "x", large), "refused 431;end;closed 0;");
	clear();
	assert_str(server_says("GET", "*", "x", "y"), "closed 1;");
	clear();
	assert_str(server_says("OPTIONS", "*", "x", "y"), "OPTIONS * a.test x=y;end;");
}

static void knows_the_preface(void **state)
{
	const char *magic = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

	(void)state;
	for (size_t len = 0; len < 24; len++)
		assert_int_equal(h2_preface(magic, len), H2_MAYBE_PREFACE);
	assert_int_equal(h2_preface(magic, 24), H2_IS_PREFACE);
	assert_int_equal(h2_preface("GET", 3), H2_NO_PREFACE);
	assert_int_equal(h2_preface("PRI * HTTP/1", 12), H2_NO_PREFACE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(asks_and_answers),
		TEST(trailers_come_behind_content),
		TEST(a_slow_reader_holds_the_writer),
		TEST(a_hold_lasts),
		TEST(streams_give_their_windows_back),
		TEST(output_is_bounded),
		TEST(a_response_may_come_early),
		TEST(resets),
		TEST(drains),
		TEST(requests_that_stay_here),
		TEST(grants_websockets),
		TEST(no_false_websockets),
		TEST(floods_end_the_connection),
		TEST(rapid_resets_end_the_connection),
		TEST(provoked_resets_end_the_connection),
		TEST(host_says_the_same),
		TEST(ids_only_grow),
		TEST(refuses_what_http1_refuses),
		TEST(knows_the_preface),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
