/* codec_driver.c - one connection after the other through the codec alone, for edge_cases.py.
 *
 * An exchange without sockets stands in for the proxy: it has one route (host a.test to a backend that
 * answers 200, or 101 to a websocket handshake below /ws), and passes everything on at once.
 *
 * Standard input has cases: a line "KIND EOF SEED LENGTH LENGTH", then the bytes of the client and those of the
 * backend. KIND is h1, response or h2; EOF 1 when the sender closes. Standard output has for each:
 *
 *   outcome STATUSES STATE     "200+400 close"; "-" for none; STATE is open, close or wait
 *   decided CASES              ids of the cases that the rule in question decides, if one refused
 *   upstream HEX,HEX           what the backend would have got, for HTTP/2 one a stream
 *   client HEX                 what the client got (h1 and response) or its frames (h2)
 *   splits same|differ         whether other cuts of the same bytes led to the same
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/bug.h"
#include "base/buf.h"
#include "proxy/h1.h"
#include "proxy/h2.h"
#include "proxy/policy.h"

struct outcome {
	struct buf statuses, client;
	struct buf upstream; /* in hexadecimal digits */
	struct buf trace;    /* all of it in a form that does not depend on how pieces were cut */
	bool closed, waits;
	const char *cases;
};

struct input {
	char kind[16];
	int eof;
	uint64_t seed;
	struct str client, backend;
};

static const struct policy_facts facts = {.peer = STR_INIT("192.0.2.1"),
					  .tls = false,
					  .port = STR_INIT("80"),
					  .request_id = STR_INIT("0123456789abcdef")};

static void outcome_init(struct outcome *outcome)
{
	*outcome = (struct outcome){.cases = ""};
	buf_init(&outcome->statuses);
	buf_init(&outcome->upstream);
	buf_init(&outcome->client);
	buf_init(&outcome->trace);
}

static void outcome_finish(struct outcome *outcome)
{
	buf_finish(&outcome->statuses);
	buf_finish(&outcome->upstream);
	buf_finish(&outcome->client);
	buf_finish(&outcome->trace);
}

static void say(struct outcome *outcome, unsigned status)
{
	buf_format(&outcome->statuses, "%s%u", outcome->statuses.len ? "+" : "", status);
}

/* ---- the route ---- */

static bool has_route(const struct head *head)
{
	struct str host = route_host(head->authority);

	if (host.len && host.at[host.len - 1] == '.')
		host.len--;
	return str_is_nocase(host, "a.test");
}

/* Status that the proxy answers by itself; 0: the backend is asked. */
static unsigned decide(const struct head *head)
{
	unsigned status = policy_answer(head);

	if (status)
		return status;
	return has_route(head) ? 0 : 404;
}

static unsigned backend_status(const struct head *head)
{
	return head->websocket && str_starts(head->target, "/ws") ? 101 : 200;
}

/* ---- what goes on ---- */

struct onward {
	struct outcome *outcome;
	struct buf wire;
	bool chunked;
};

static void add_hex(struct buf *to, const struct buf *bytes)
{
	for (size_t i = 0; i < bytes->len; i++)
		buf_format(to, "%02x", (unsigned char)bytes->at[i]);
}

static void onward_finish(struct onward *onward)
{
	struct buf *to = &onward->outcome->upstream;

	if (to->len && onward->wire.len)
		buf_char(to, ',');
	add_hex(to, &onward->wire);
	buf_finish(&onward->wire);
}

static void onward_head(struct onward *onward, struct head *head)
{
	struct h1_frame frame;

	policy_request(head, POLICY_GATEWAY, &facts);
	frame = h1_frame(head, false);
	frame.upgrade = head->websocket;
	onward->chunked = frame.body == HEAD_CHUNKED;
	h1_request_write(&onward->wire, head, (struct str){0}, &frame);
	h1_request_write(&onward->outcome->trace, head, (struct str){0}, &frame);
}

static void pass(struct buf *to, struct buf *trace, bool chunked, struct str data)
{
	char text[H1_CHUNK_HEAD];

	if (!data.len)
		return;
	if (chunked)
		buf_str(to, h1_chunk_head(text, data.len));
	buf_str(to, data);
	if (chunked)
		buf_text(to, H1_CHUNK_TAIL);
	buf_str(trace, data);
}

static void onward_data(struct onward *onward, struct str data)
{
	pass(&onward->wire, &onward->outcome->trace, onward->chunked, data);
}

static void onward_end(struct onward *onward, const struct head *trailers)
{
	if (onward->chunked)
		h1_chunk_last(&onward->wire, trailers);
	h1_chunk_last(&onward->outcome->trace, trailers);
}

static void answer(struct outcome *outcome, unsigned status, struct arena *arena)
{
	struct head head;
	struct h1_frame frame = {.has_length = true};

	head_init(&head, arena);
	head.status = status;
	h1_response_write(&outcome->client, &head, &frame);
	say(outcome, status);
}

/* ---- a client of HTTP/1 ---- */

enum phase { IN_HEAD, IN_BODY, TUNNEL, CLOSED };

struct h1_client {
	struct outcome *outcome;
	struct arena arena;
	enum phase phase;
	struct h1_reader reader;
	struct h1_body body;
	struct head head;
	struct onward onward;
	unsigned status; /* that ends the request at hand */
	bool own;        /* nobody else is asked */
	char *bytes;     /* not yet used */
	size_t len;
};

static void next_request(struct h1_client *client)
{
	client->phase = IN_HEAD;
	head_init(&client->head, &client->arena);
	h1_request_start(&client->reader, &client->head, NULL);
}

static void fail(struct h1_client *client, enum h1_fault fault)
{
	answer(client->outcome, h1_faults[fault].status, &client->arena);
	client->outcome->cases = h1_faults[fault].cases;
	client->phase = CLOSED;
}

static void begin_request(struct h1_client *client)
{
	struct head *head = &client->head;

	client->status = decide(head);
	client->own = client->status != 0;
	if (!client->own) {
		client->status = backend_status(head);
		if (head->expects_continue)
			answer(client->outcome, 100, &client->arena);
		onward_head(&client->onward, head);
	}
	h1_body_start(&client->body, head, false, NULL);
	client->phase = IN_BODY;
}

static void end_request(struct h1_client *client)
{
	if (!client->own)
		onward_end(&client->onward, &client->body.trailers);
	answer(client->outcome, client->status, &client->arena);
	if (client->status == 101)
		client->phase = TUNNEL;
	else if (!client->head.persists)
		client->phase = CLOSED;
	else
		next_request(client);
}

static bool step(struct h1_client *client)
{
	enum h1_result result;
	struct h1_piece piece = {0};
	size_t used = 0;

	if (client->phase == IN_HEAD) {
		result = h1_request_read(&client->reader, client->bytes, client->len);
		if (result == H1_BAD)
			fail(client, client->reader.fault);
		if (result != H1_DONE)
			return false;
		begin_request(client);
		used = client->reader.used;
	} else {
		result = h1_body_read(&client->body, client->bytes, client->len, &piece);
		if (!client->own)
			onward_data(&client->onward, piece.data);
		used = piece.used;
		if (result == H1_BAD)
			fail(client, client->body.fault);
		else if (result == H1_DONE)
			end_request(client);
	}
	memmove(client->bytes, client->bytes + used, client->len - used);
	client->len -= used;
	return result == H1_DONE && client->phase < TUNNEL;
}

/* More bytes, in a buffer that is another one each time. */
static void client_bytes(struct h1_client *client, struct str more)
{
	char *bytes = malloc(client->len + more.len + 1);

	if (client->len)
		memcpy(bytes, client->bytes, client->len);
	memcpy(bytes + client->len, more.at, more.len);
	if (client->bytes)
		memset(client->bytes, '!', client->len);
	free(client->bytes);
	client->bytes = bytes;
	client->len += more.len;
	while (client->phase < TUNNEL && step(client))
		;
}

static void client_closed(struct h1_client *client)
{
	if (client->phase == IN_BODY && h1_body_closed(&client->body) == H1_BAD)
		fail(client, client->body.fault);
	client->phase = CLOSED;
}

/* ---- cuts ----
 * A way to cut bytes: 0 whole, 1 byte by byte, else at random. */

struct cuts {
	uint64_t seed;
};

static size_t cut(struct cuts *cuts, size_t left)
{
	size_t most;

	if (!cuts->seed || !left)
		return left;
	if (cuts->seed == 1)
		return 1;
	cuts->seed = cuts->seed * 6364136223846793005u + 1442695040888963407u;
	most = (size_t)1 << (cuts->seed >> 60);
	most = 1 + (size_t)(cuts->seed >> 33) % most;
	return most < left ? most : left;
}

static struct str next_piece(struct cuts *cuts, struct str *rest)
{
	size_t len = cut(cuts, rest->len);
	struct str piece = {rest->at, len};

	*rest = str_from_pos(*rest, len);
	return piece;
}

static void run_h1(const struct input *input, struct cuts cuts, struct outcome *outcome)
{
	struct h1_client client = {.outcome = outcome, .onward.outcome = outcome};
	struct str rest = input->client;

	arena_init(&client.arena);
	buf_init(&client.onward.wire);
	next_request(&client);
	while (rest.len && client.phase < TUNNEL)
		client_bytes(&client, next_piece(&cuts, &rest));
	outcome->waits = client.phase == IN_BODY ||
			 (client.phase == IN_HEAD && (!outcome->statuses.len || client.len));
	if (input->eof)
		client_closed(&client);
	outcome->closed = client.phase == CLOSED;
	onward_finish(&client.onward);
	free(client.bytes);
	arena_finish(&client.arena);
}

/* ---- a backend of HTTP/1 ---- */

struct h1_backend {
	struct outcome *outcome;
	struct arena arena;
	enum phase phase;
	struct h1_reader reader;
	struct h1_body body;
	struct head head;
	struct h1_frame frame;
	char *bytes;
	size_t len;
	bool answered;
};

static void no_answer(struct h1_backend *backend, enum h1_fault fault)
{
	if (backend->answered)
		buf_text(&backend->outcome->statuses, "-truncated");
	else
		answer(backend->outcome, 502, &backend->arena);
	backend->outcome->cases = h1_faults[fault].cases;
	backend->phase = CLOSED;
}

/* 100 goes to those who asked for it only; other interim answers go on. */
static void begin_answer(struct h1_backend *backend)
{
	struct head *head = &backend->head;

	if (head->status < 200 && head->status != 101) {
		if (head->status != 100)
			answer(backend->outcome, head->status, &backend->arena);
		head_init(head, &backend->arena);
		h1_response_next(&backend->reader, head);
		return;
	}
	policy_response(head, POLICY_GATEWAY, STR("Thu, 01 Jan 1970 00:00:00 GMT"));
	backend->frame = h1_frame(head, false);
	h1_response_write(&backend->outcome->client, head, &backend->frame);
	h1_response_write(&backend->outcome->trace, head, &backend->frame);
	say(backend->outcome, head->status);
	backend->answered = true;
	h1_body_start(&backend->body, head, true, NULL);
	backend->phase = IN_BODY;
}

static void end_answer(struct h1_backend *backend)
{
	if (backend->frame.body == HEAD_CHUNKED)
		h1_chunk_last(&backend->outcome->client, &backend->body.trailers);
	backend->phase = TUNNEL;
}

static bool backend_step(struct h1_backend *backend)
{
	enum h1_result result;
	struct h1_piece piece = {0};
	size_t used = 0;

	if (backend->phase == IN_HEAD) {
		result = h1_response_read(&backend->reader, backend->bytes, backend->len);
		used = backend->reader.used;
		if (result == H1_DONE)
			begin_answer(backend);
		else if (result == H1_BAD)
			no_answer(backend, backend->reader.fault);
		if (result != H1_DONE)
			return false;
	} else {
		result = h1_body_read(&backend->body, backend->bytes, backend->len, &piece);
		pass(&backend->outcome->client, &backend->outcome->trace,
		     backend->frame.body == HEAD_CHUNKED, piece.data);
		used = piece.used;
		if (result == H1_BAD)
			no_answer(backend, backend->body.fault);
		else if (result == H1_DONE)
			end_answer(backend);
	}
	memmove(backend->bytes, backend->bytes + used, backend->len - used);
	backend->len -= used;
	return result == H1_DONE && backend->phase < TUNNEL;
}

static void backend_bytes(struct h1_backend *backend, struct str more)
{
	char *bytes = malloc(backend->len + more.len + 1);

	if (backend->len)
		memcpy(bytes, backend->bytes, backend->len);
	memcpy(bytes + backend->len, more.at, more.len);
	free(backend->bytes);
	backend->bytes = bytes;
	backend->len += more.len;
	while (backend->phase < TUNNEL && backend_step(backend))
		;
}

static void backend_closed(struct h1_backend *backend)
{
	if (backend->phase == IN_HEAD)
		no_answer(backend, H1_CUT_SHORT);
	else if (backend->phase == IN_BODY && h1_body_closed(&backend->body) == H1_BAD)
		no_answer(backend, H1_CUT_SHORT);
	else if (backend->phase == IN_BODY)
		end_answer(backend);
}

static void run_response(const struct input *input, struct cuts cuts, struct outcome *outcome)
{
	struct h1_backend backend = {.outcome = outcome};
	struct h1_reader asking;
	struct head request;
	struct str rest = input->backend;

	arena_init(&backend.arena);
	head_init(&request, &backend.arena);
	h1_request_start(&asking, &request, NULL);
	if (h1_request_read(&asking, input->client.at, input->client.len) != H1_DONE)
		BUG("the request of a response case cannot be read");
	head_init(&backend.head, &backend.arena);
	h1_response_start(&backend.reader, &backend.head, NULL,
			  (struct h1_asked){request.method_id, request.websocket});
	do
		backend_bytes(&backend, next_piece(&cuts, &rest));
	while (rest.len && backend.phase < TUNNEL);
	if (input->eof)
		backend_closed(&backend);
	outcome->waits = backend.phase < TUNNEL;
	free(backend.bytes);
	arena_finish(&backend.arena);
}

/* ---- a client of HTTP/2 ---- */

struct h2_request {
	struct head head;
	struct arena arena;
	struct onward onward;
	unsigned own;
	bool headed;
};

static struct head *on_begin(struct h2 *h2, struct h2_stream *stream)
{
	struct h2_request *request = calloc(1, sizeof *request);

	arena_init(&request->arena);
	head_init(&request->head, &request->arena);
	request->onward.outcome = h2_owner(h2);
	buf_init(&request->onward.wire);
	h2_set_user(stream, request);
	return &request->head;
}

static void answer_h2(struct h2 *h2, struct h2_stream *stream, unsigned status)
{
	struct h2_request *request = h2_user(stream);
	struct head head;

	head_init(&head, &request->arena);
	head.status = status;
	say(h2_owner(h2), status);
	h2_answer(stream, &head, true);
}

static void on_head(struct h2 *h2, struct h2_stream *stream)
{
	struct h2_request *request = h2_user(stream);

	request->headed = true;
	request->own = decide(&request->head);
	if (request->own)
		answer_h2(h2, stream, request->own);
	else
		onward_head(&request->onward, &request->head);
}

static void on_refused(struct h2 *h2, struct h2_stream *stream, unsigned status, const char *why)
{
	struct h2_request *request = h2_user(stream);

	(void)why;
	request->own = status;
	answer_h2(h2, stream, status);
}

static bool on_data(struct h2 *h2, struct h2_stream *stream, struct str bytes)
{
	struct h2_request *request = h2_user(stream);

	(void)h2;
	if (!request->own)
		onward_data(&request->onward, bytes);
	return true;
}

static void on_end(struct h2 *h2, struct h2_stream *stream, const struct head *trailers)
{
	struct h2_request *request = h2_user(stream);

	if (request->own)
		return;
	onward_end(&request->onward, trailers);
	answer_h2(h2, stream, 200);
}

static void on_ready(struct h2 *h2, struct h2_stream *stream)
{
	(void)h2;
	(void)stream;
}

static void on_closed(struct h2 *h2, struct h2_stream *stream, enum h2_code code)
{
	struct h2_request *request = h2_user(stream);

	(void)h2;
	(void)code;
	onward_finish(&request->onward);
	arena_finish(&request->arena);
	free(request);
}

static const struct h2_ops ops = {on_begin, on_head,  on_refused, on_data,
				  on_end,   on_ready, on_closed,  NULL};

static void take_output(struct h2 *h2, struct outcome *outcome)
{
	struct str bytes;

	while ((bytes = h2_output(h2)).len)
		buf_str(&outcome->client, bytes);
}

static void run_h2(const struct input *input, struct cuts cuts, struct outcome *outcome)
{
	struct h2_config config = {.ops = &ops, .owner = outcome, .server = true};
	struct h2 *h2 = h2_create(&config);
	struct str rest = input->client;
	bool alive = true;

	while (rest.len && alive) {
		struct str piece = next_piece(&cuts, &rest);
		char *bytes = malloc(piece.len + 1);

		memcpy(bytes, piece.at, piece.len);
		alive = h2_input(h2, bytes, piece.len, 0);
		free(bytes);
		take_output(h2, outcome);
		alive = alive && !h2_is_over(h2);
	}
	outcome->closed = !alive;
	outcome->waits = alive && !outcome->statuses.len;
	h2_gone(h2);
	h2_destroy(h2);
}

/* ---- all cases ---- */

static void run(const struct input *input, uint64_t seed, struct outcome *outcome)
{
	struct cuts cuts = {seed};

	outcome_init(outcome);
	if (strcmp(input->kind, "h1") == 0 &&
	    h2_preface(input->client.at, input->client.len) == H2_IS_PREFACE) {
		buf_text(&outcome->statuses, "h2");
		run_h2(input, cuts, outcome);
	} else if (strcmp(input->kind, "h1") == 0)
		run_h1(input, cuts, outcome);
	else if (strcmp(input->kind, "response") == 0)
		run_response(input, cuts, outcome);
	else
		run_h2(input, cuts, outcome);
}

/* Whether a connection of HTTP/2 is given up may depend on what had been answered by then. */
static bool same(const struct input *input, const struct outcome *a, const struct outcome *b)
{
	if (strcmp(input->kind, "h2") != 0 && (a->closed != b->closed || a->waits != b->waits))
		return false;
	return str_eq(buf_slice(&a->statuses), buf_slice(&b->statuses)) &&
	       str_eq(buf_slice(&a->trace), buf_slice(&b->trace)) &&
	       strcmp(a->cases, b->cases) == 0;
}

enum { RANDOM_CUTS = 8, BYTEWISE_MOST = 20000 };

static bool splits_agree(const struct input *input, const struct outcome *whole)
{
	bool agree = true;

	for (uint64_t i = 0; i < RANDOM_CUTS && agree; i++) {
		struct outcome other;
		size_t len = input->client.len + input->backend.len;

		/* Byte by byte costs the square of the length here, not in the codec. */
		run(input, i == 0 && len < BYTEWISE_MOST ? 1 : input->seed + 2 + i, &other);
		agree = same(input, whole, &other);
		outcome_finish(&other);
	}
	return agree;
}

static void report(const struct input *input)
{
	struct outcome outcome;

	run(input, 0, &outcome);
	printf("outcome %.*s %s\n", outcome.statuses.len ? (int)outcome.statuses.len : 1,
	       outcome.statuses.len ? outcome.statuses.at : "-",
	       outcome.closed ? "close" : (outcome.waits ? "wait" : "open"));
	printf("decided %s\n", outcome.cases);
	printf("upstream %.*s\n", STR_ARG(outcome.upstream));
	printf("client ");
	buf_clear(&outcome.upstream);
	add_hex(&outcome.upstream, &outcome.client);
	printf("%.*s\n", STR_ARG(outcome.upstream));
	printf("splits %s\n", splits_agree(input, &outcome) ? "same" : "differ");
	outcome_finish(&outcome);
}

static char *read_bytes(size_t len)
{
	char *bytes = malloc(len + 1);

	if (!bytes || fread(bytes, 1, len, stdin) != len) {
		fprintf(stderr, "the input ends in the middle of a case\n");
		exit(2);
	}
	return bytes;
}

int main(void)
{
	struct input input;
	size_t client, backend;

	while (scanf("%15s %d %" SCNu64 " %zu %zu", input.kind, &input.eof, &input.seed, &client,
		     &backend) == 5) {
		char *bytes;

		getchar(); /* the line end */
		bytes = read_bytes(client + backend);
		input.client = (struct str){bytes, client};
		input.backend = (struct str){bytes + client, backend};
		report(&input);
		free(bytes);
	}
	return 0;
}
