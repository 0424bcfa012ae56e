#include "exchange_case.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/bug.h"
#include "proxy/client.h"
#include "proxy/front_h1.h"
#include "proxy/h1.h"
#include "proxy/log.h"
#include "route/gateway.h"

enum {
	SOCKET_ROOM = 4096, /* small, so that writing is interrupted */
	TURNS = 64,         /* until a case that still moves is left alone */
	PEER_KEPT = 1 << 20,
	LONG_MS = 90 * 1000, /* a step of the end, longer than a client may be idle */
	STEPS = 4000, /* of them: requests that were sent at once wait 300 s each for a silent backend */
};

/* Ports of backends: net_connect() below tells services apart by them. */
enum { PORT_APP = 1, PORT_H2 = 2, PORT_NOBODY = 3 };

/* Where one Service is in the input, a name without one is answered 500. */
#define SERVICE(name)                                                                              \
	"apiVersion: v1\nkind: Service\nmetadata: {name: " name ", namespace: web}\n"              \
	"spec: {ports: [{port: 80}]}\n---\n"

static const char manifests[] =
	"apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\n"
	"metadata: {name: gw, namespace: web}\n"
	"spec: {gatewayClassName: x, listeners: [{name: http, port: 80, protocol: HTTP}]}\n---\n"
	"apiVersion: v1\nkind: Service\nmetadata: {name: h2, namespace: web}\n"
	"spec: {ports: [{port: 80, appProtocol: kubernetes.io/h2c}]}\n---\n" SERVICE("app")
		SERVICE("nobody") SERVICE(
			"echo") "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\n"
				"metadata: {name: r, namespace: web}\n"
				"spec:\n  parentRefs: [{name: gw}]\n  rules:\n"
				"  - {backendRefs: [{name: app, port: 80}]}\n"
				"  - matches: [{path: {value: /h2}}]\n"
				"    backendRefs: [{name: h2, port: 80}]\n"
				"  - matches: [{path: {value: /no}}]\n"
				"    backendRefs: [{name: nobody, port: 80}]\n"
				"  - matches: [{path: {value: /echo}}]\n"
				"    backendRefs: [{name: echo, port: 80}]\n"
				"  - matches: [{path: {value: /re}}]\n"
				"    retry: {attempts: 2, codes: [503], backoff: 100ms}\n"
				"    timeouts: {request: 5s, backendRequest: 1s}\n"
				"    backendRefs: [{name: app, port: 80, weight: 3}, {name: "
				"nobody, port: 80, weight: 1},"
				" {name: h2, port: 80, weight: 1}]\n"
				"  - matches: [{path: {value: /mi}}]\n"
				"    filters: [{type: RequestMirror, requestMirror: {backendRef: "
				"{name: app, port: 80}}},"
				" {type: RequestMirror, requestMirror: {backendRef: {name: h2, "
				"port: 80}}}]\n"
				"    backendRefs: [{name: app, port: 80}]\n"
				"  - matches: [{path: {value: /au}}]\n"
				"    filters: [{type: ExternalAuth, externalAuth: {protocol: HTTP, "
				"backendRef: {name: app, "
				"port: 80}, http: {allowedResponseHeaders: [X-A]}}}]\n"
				"    backendRefs: [{name: app, port: 80}]\n"
				"  - matches: [{path: {value: /ma}}]\n"
				"    filters: [{type: ExternalAuth, externalAuth: {protocol: HTTP, "
				"backendRef: {name: app, "
				"port: 80}, http: {}}}, {type: RequestMirror, requestMirror: "
				"{backendRef: {name: app, "
				"port: 80}}}]\n"
				"    backendRefs: [{name: app, port: 80}]\n"
				"  - matches: [{path: {value: /se}}]\n"
				"    sessionPersistence: {sessionName: s}\n"
				"    filters: [{type: URLRewrite, urlRewrite: {hostname: b.test, "
				"path: {type: "
				"ReplacePrefixMatch, replacePrefixMatch: /x}}}]\n"
				"    backendRefs: [{name: app, port: 80}, {name: h2, port: 80}]\n"
				"  - matches: [{path: {value: /mo}}]\n"
				"    filters: [{type: RequestRedirect, requestRedirect: "
				"{statusCode: 301, hostname: "
				"c.test}}]\n";

/* ---- what the binary is bent to: see meson.build ---- */

static struct exchange_case the;

int __wrap_net_connect(const struct net_address *address);
void __real_exchange_begin(struct exchange *exchange, struct front *front,
			   const struct front_place *place);
void __wrap_exchange_begin(struct exchange *exchange, struct front *front,
			   const struct front_place *place);
void __real_exchange_refuse(struct exchange *exchange, struct front *front,
			    const struct front_place *place, unsigned status, const char *why);
void __wrap_exchange_refuse(struct exchange *exchange, struct front *front,
			    const struct front_place *place, unsigned status, const char *why);
void __wrap_log_exchange(struct worker *worker, const struct exchange *exchange);

static void open_pair(int fds[2])
{
	const int room = SOCKET_ROOM;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) != 0)
		abort();
	for (int i = 0; i < 2; i++)
		setsockopt(fds[i], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
}

static void peer_start(struct case_peer *peer, int fd)
{
	*peer = (struct case_peer){.fd = fd};
	buf_init(&peer->got);
}

int __wrap_net_connect(const struct net_address *address)
{
	int fds[2];

	if (net_port(address) == PORT_NOBODY || the.backend_count == CASE_BACKENDS) {
		errno = ECONNREFUSED;
		return -1;
	}
	open_pair(fds);
	peer_start(&the.backends[the.backend_count], fds[1]);
	the.backends[the.backend_count++].h2 = net_port(address) == PORT_H2;
	return fds[0];
}

/* The address of a client ends in its number. */
static void note(const struct exchange *exchange, const struct front_place *place)
{
	struct case_peer *peer =
		&the.clients[place->client_text[strlen(place->client_text) - 1] - '0'];

	the.begun++;
	peer->h2 |= exchange->request.version == ROUTE_HTTP_2;
	if (peer->asked_count == CASE_ASKED)
		peer->h2 = true; /* too much to look at */
	else
		peer->asked[peer->asked_count++] = (struct h1_asked_row){
			(uint8_t)exchange->request.method_id, exchange->request.websocket};
}

void __wrap_exchange_begin(struct exchange *exchange, struct front *front,
			   const struct front_place *place)
{
	note(exchange, place);
	__real_exchange_begin(exchange, front, place);
}

void __wrap_exchange_refuse(struct exchange *exchange, struct front *front,
			    const struct front_place *place, unsigned status, const char *why)
{
	note(exchange, place);
	__real_exchange_refuse(exchange, front, place, status, why);
}

void __wrap_log_exchange(struct worker *worker, const struct exchange *exchange)
{
	(void)worker;
	the.ended++;
	BUG_UNLESS(the.ended <= the.begun);
	BUG_UNLESS(exchange->over && (exchange->status <= 599 || exchange->why));
}

/* ---- the world, which is never given back ---- */

static struct snapshot *snapshot;
static struct proxy_options options;

static void no_finish(struct proxy_world *of)
{
	(void)of;
}

static void make_world(void)
{
	static struct arena arena;
	static struct sources sources;
	static struct kube_set kube;
	static struct gateway_set set;
	static struct findings findings;
	static struct proxy_world world;
	static const struct route_table *table;
	static const struct str where[] = {STR_INIT("web/app=127.0.0.1:1"),
					   STR_INIT("web/h2=127.0.0.1:2"),
					   STR_INIT("web/nobody=127.0.0.1:3")};
	struct error error;

	arena_init(&arena);
	findings_init(&findings, &arena);
	sources_add(&sources, (struct source){.name = STR("in"), .text = STR(manifests)});
	BUG_UNLESS(gateway_load(&set, &kube, &arena, &sources,
				&(struct kube_load_options){.threads = 1}, &findings, &error));
	BUG_UNLESS(findings.count == 0);
	table = route_gateway_new(&set, &(struct route_gateway_options){.complete = false});
	world = (struct proxy_world){.tables = &table, .table_count = 1, .finish = no_finish};
	options = proxy_defaults;
	options.log = PROXY_LOG_OFF;
	options.backends = where;
	options.backend_count = sizeof where / sizeof *where;
	snapshot = snapshot_new(&world, &options, &error);
	BUG_UNLESS(snapshot != NULL);
}

struct exchange_case *exchange_case_start(void)
{
	if (!snapshot)
		make_world();
	the = (struct exchange_case){.worker =
					     worker_new(&options, 0, snapshot_use(snapshot), NULL)};
	BUG_UNLESS(the.worker != NULL);
	the.worker->random = 1;
	the.now = the.worker->loop.now;
	return &the;
}

/* ---- peers ---- */

struct case_peer *exchange_case_connect(struct exchange_case *at)
{
	struct client *client;
	int fds[2];

	if (at->client_count == CASE_CLIENTS || at->worker->draining)
		return NULL;
	open_pair(fds);
	client = front_h1_new(at->worker);
	BUG_UNLESS(conn_open(&client->conn, &at->worker->loop, &at->worker->slabs, fds[0], false));
	snprintf(client->address, sizeof client->address, "192.0.2.%u", (unsigned)at->client_count);
	client->place = (struct front_place){.port = 80, .client_text = client->address};
	client_enter(client);
	front_h1_start(client);
	peer_start(&at->clients[at->client_count], fds[1]);
	return &at->clients[at->client_count++];
}

void exchange_case_say(struct case_peer *peer, const void *bytes, size_t len)
{
	peer->switched |= str_find_str((struct str){bytes, len}, " 101") != SIZE_MAX;
	if (peer->fd >= 0 && len)
		(void)!send(peer->fd, bytes, len, MSG_NOSIGNAL);
}

void exchange_case_close(struct case_peer *peer, bool half)
{
	if (peer->fd < 0)
		return;
	if (half) {
		shutdown(peer->fd, SHUT_WR);
		return;
	}
	close(peer->fd);
	peer->fd = -1;
}

static bool take(struct case_peer *peer)
{
	static char bytes[64 * 1024];
	ssize_t got;

	if (peer->fd < 0 || peer->stalled)
		return false;
	got = recv(peer->fd, bytes, sizeof bytes, 0);
	if (got <= 0)
		return false;
	if (!peer->h2)
		buf_add(&peer->got, bytes, (size_t)got);
	/* Frames begin with their length: that of SETTINGS is small (RFC 9113 3.4). */
	if (peer->got.len > PEER_KEPT || (peer->got.len && !peer->got.at[0]))
		peer->h2 = true;
	return true;
}

static bool take_all(struct exchange_case *at)
{
	bool moved = false;

	for (size_t i = 0; i < at->client_count; i++)
		moved |= take(&at->clients[i]);
	for (size_t i = 0; i < at->backend_count; i++)
		moved |= take(&at->backends[i]);
	return moved;
}

/* ---- turning ---- */

/* What waits for sockets that take nothing: CONN_HIGH and what one read may add, for each connection; kept
 * bodies; the head that is read; one slab more of each that is not full. */
static void check_memory(const struct exchange_case *at)
{
	const size_t each = (CONN_HIGH + 2 * WORKER_SCRATCH + EXCHANGE_KEPT) / SLAB_SIZE + 3;

	size_t streams = 0;

	for (const struct exchange *exchange = at->worker->living; exchange;
	     exchange = exchange->living)
		streams += 2;
	BUG_UNLESS(at->worker->slabs.given <=
		   each * (at->client_count + at->backend_count + streams));
	for (const struct client *client = at->worker->clients; client; client = client->next)
		BUG_UNLESS(client->conn.out.bytes <= CONN_HIGH + 2 * WORKER_SCRATCH);
}

void exchange_case_turn(struct exchange_case *at, int64_t ms)
{
	struct loop *loop = &at->worker->loop;

	at->now += ms;
	loop_step(loop, at->now);
	for (int i = 0; i < TURNS; i++) {
		loop_poll(loop);
		loop_step(loop, at->now);
		check_memory(at);
		if (!take_all(at) && !loop->tasks.first)
			break;
	}
}

void exchange_case_reload(struct exchange_case *at)
{
	if (!at->worker->mail.use)
		at->worker->mail.use = snapshot_use(snapshot);
	loop_wake(&at->worker->loop);
}

void exchange_case_drain(struct exchange_case *at)
{
	at->worker->mail.drain = true;
	loop_wake(&at->worker->loop);
}

/* ---- what was read ---- */

/* Skips a body. False: nothing behind it is to be looked at. */
static bool skip_body(struct buf *got, size_t *from, const struct head *head, bool response)
{
	struct h1_body body;
	struct h1_piece piece;
	enum h1_result result;

	h1_body_start(&body, head, response, NULL);
	result = h1_body_read(&body, got->at + *from, got->len - *from, &piece);
	BUG_UNLESS(result != H1_BAD);
	*from += piece.used;
	return result == H1_DONE;
}

/* What a backend has read: requests, the last one perhaps incomplete. Behind a handshake there is a tunnel, if it has ever
 * agreed to one. */
static void check_requests(struct case_peer *peer, struct arena *arena)
{
	size_t from = 0;
	bool more = true;

	while (more && from < peer->got.len) {
		struct h1_reader reader;
		struct head head;
		enum h1_result result;

		head_init(&head, arena);
		h1_request_start(&reader, &head, NULL);
		result = h1_request_read(&reader, peer->got.at + from, peer->got.len - from);
		BUG_UNLESS(result != H1_BAD);
		from += reader.used;
		more = result == H1_DONE && !(head.websocket && peer->switched) &&
		       skip_body(&peer->got, &from, &head, false);
	}
}

/* One answer, with the interim ones in front of it. False: the last one. */
static bool check_answer(struct case_peer *peer, size_t *from, struct h1_asked asked,
			 struct arena *arena)
{
	struct h1_reader reader;
	struct head head;
	enum h1_result result;

	head_init(&head, arena);
	h1_response_start(&reader, &head, NULL, asked);
	do {
		result = h1_response_read(&reader, peer->got.at + *from, peer->got.len - *from);
		BUG_UNLESS(result != H1_BAD);
		if (result == H1_MORE)
			return false;
		*from += reader.used;
		if (head.status >= 200 || head.status == 101)
			break;
		head_init(&head, arena);
		h1_response_next(&reader, &head);
	} while (true);
	return head.status != 101 && skip_body(&peer->got, from, &head, true);
}

/* What a client has read: answers, each to a request. */
static void check_answers(struct case_peer *peer, struct arena *arena)
{
	size_t from = 0, count = 0;

	while (from < peer->got.len) {
		struct h1_asked_row row;

		BUG_UNLESS(count < peer->asked_count);
		row = peer->asked[count++];
		if (!check_answer(peer, &from,
				  (struct h1_asked){(enum head_method)row.method, row.websocket},
				  arena))
			break;
	}
}

/* ---- the end ---- */

static bool any_h2(const struct exchange_case *at)
{
	for (size_t i = 0; i < at->client_count; i++)
		if (at->clients[i].h2)
			return true;
	return false;
}

static bool is_over(const struct exchange_case *at)
{
	const struct worker *worker = at->worker;

	return !worker->clients && !worker->client_count && !worker->living &&
	       at->begun == at->ended && !worker->slabs.given && !worker->pool.idle;
}

static void finish_peer(struct case_peer *peer)
{
	exchange_case_close(peer, false);
	buf_finish(&peer->got);
}

void exchange_case_finish(struct exchange_case *at, bool leave)
{
	struct arena arena;

	for (size_t i = 0; leave && i < at->client_count; i++)
		exchange_case_close(&at->clients[i], false);
	for (int i = 0; i < STEPS && !is_over(at) && (leave || !any_h2(at)); i++)
		exchange_case_turn(at, LONG_MS);
	BUG_UNLESS(is_over(at) || (!leave && any_h2(at)));
	arena_init(&arena);
	for (size_t i = 0; i < at->client_count; i++)
		if (!at->clients[i].h2)
			check_answers(&at->clients[i], &arena);
	for (size_t i = 0; i < at->backend_count; i++)
		if (!at->backends[i].h2)
			check_requests(&at->backends[i], &arena);
	arena_finish(&arena);
	while (at->worker->clients)
		at->worker->clients->ops->kill(at->worker->clients);
	worker_finish(at->worker);
	for (size_t i = 0; i < at->client_count; i++)
		finish_peer(&at->clients[i]);
	for (size_t i = 0; i < at->backend_count; i++)
		finish_peer(&at->backends[i]);
	BUG_UNLESS(at->begun == at->ended);
}
