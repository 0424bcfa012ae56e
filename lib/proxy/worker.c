#include "proxy/worker.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "base/asan.h"
#include "base/bug.h"
#include "proxy/back_h1.h"
#include "proxy/back_h2.h"
#include "proxy/client.h"
#include "proxy/echo.h"
#include "proxy/listener.h"
#include "proxy/log.h"

/* ---- small things ---- */

int64_t worker_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* splitmix64: names of requests, no secrets. */
uint64_t worker_random(struct worker *worker)
{
	uint64_t x = worker->random += 0x9e3779b97f4a7c15u;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

struct str worker_date(struct worker *worker)
{
	time_t now = time(NULL);

	if (now != worker->wall) {
		struct tm parts;

		worker->wall = now;
		gmtime_r(&now, &parts);
		strftime(worker->date, sizeof worker->date, "%a, %d %b %Y %H:%M:%S GMT", &parts);
	}
	return str_from(worker->date);
}

/* ---- rooms ---- */

struct room *worker_room(struct worker *worker)
{
	struct room *room = worker->rooms;

	if (room) {
		worker->rooms = room->next;
		worker->room_count--;
		return room;
	}
	room = calloc(1, sizeof *room);
	if (!room)
		bug_out_of_memory(sizeof *room);
	room->worker = worker;
	arena_init(&room->arena);
	return room;
}

static void bury_room(struct grave *grave)
{
	struct room *room = (struct room *)grave;
	struct worker *worker = room->worker;

	if (ASAN || worker->room_count >= EXCHANGES_KEPT || room->arena.used > ARENA_LARGE) {
		arena_finish(&room->arena);
		free(room);
		return;
	}
	arena_rewind(&room->arena, (struct arena_mark){0});
	room->next = worker->rooms;
	worker->rooms = room;
	worker->room_count++;
}

void worker_room_free(struct worker *worker, struct room *room)
{
	loop_bury(&worker->loop, &room->grave, bury_room);
}

/* ---- decisions ---- */

void worker_decide(struct worker *worker, struct arena *arena, const struct snapshot_use *use,
		   uint32_t table, const struct route_request *request,
		   struct route_decision *decision)
{
	struct route_scratch *scratch = &worker->scratch;

	scratch->arena = *arena;
	scratch->start = arena_mark(arena);
	route_decide(snapshot_table(use, table), request, scratch, decision);
	*arena = scratch->arena;
}

const struct route_backend *worker_draw(struct worker *worker,
					const struct route_decision *decision)
{
	uint64_t point = 0;
	size_t i = 0;

	if (decision->backend_count > 1)
		point = balance_next(
			&worker->balance,
			balance_key(decision->place.object, (uint64_t)decision->place.rule + 1),
			decision->weight);
	while (i + 1 < decision->backend_count && point >= decision->backends[i].weight)
		point -= decision->backends[i++].weight;
	return &decision->backends[i];
}

/* ---- backends ---- */

const struct endpoint *worker_endpoint(struct worker *worker, const struct snapshot_use *use,
				       const struct route_backend *share)
{
	const struct endpoints *endpoints =
		backends_find(&use->snapshot->backends, share->namespace, share->name, share->port);
	size_t i = 0;

	if (!endpoints)
		return NULL;
	if (endpoints->count > 1)
		i = balance_turn(&worker->balance, balance_key(endpoints, 0), endpoints->count);
	return &endpoints->at[i];
}

static bool speaks_h2(const struct route_backend *share)
{
	return share->protocol == ROUTE_PROTOCOL_H2C || share->protocol == ROUTE_PROTOCOL_GRPC;
}

/* An address at the port of the share, for as long as the exchange. */
static const struct endpoint *at_port(struct exchange *exchange, const struct net_address *address)
{
	struct endpoint *endpoint = arena_new(&exchange->arena, struct endpoint);

	endpoint->address = *address;
	net_set_port(&endpoint->address, exchange->share->port);
	return endpoint;
}

/* What was given for the share, else the share itself: an address, or a name that was looked up. */
static const struct endpoint *endpoint_of(struct exchange *exchange)
{
	struct worker *worker = exchange->worker;
	const struct route_backend *share = exchange->share;
	const struct endpoint *given = worker_endpoint(worker, exchange->use, share);
	const struct backend_host *host;
	struct net_address address;

	if (given || !share->port)
		return given;
	if (str_is(share->kind, "Address"))
		return net_parse_bare(&address, share->name) && !net_is_of_machine(&address)
			       ? at_port(exchange, &address)
			       : NULL;
	host = backends_host(&exchange->use->snapshot->backends, share->namespace, share->name);
	if (!host || !host->count)
		return NULL;
	return at_port(
		exchange,
		&host->at[balance_turn(&worker->balance, balance_key(host, 0), host->count)]);
}

static struct back *connect_back(struct worker *worker, struct exchange *exchange,
				 struct pool_place *place, bool fresh)
{
	if (speaks_h2(exchange->share))
		return back_h2_ask(worker, exchange, place, exchange->share->tls, fresh);
	return back_h1_ask(worker, exchange, place, fresh);
}

static bool is_exhausted(int why)
{
	return why == EMFILE || why == ENFILE || why == ENOBUFS || why == ENOMEM;
}

/* Descriptors that idle connections to other backends hold are better used for this one. */
static struct back *ask_endpoint(struct worker *worker, struct exchange *exchange,
				 struct pool_place *place, bool fresh, unsigned *status)
{
	struct back *back;

	errno = 0;
	back = connect_back(worker, exchange, place, fresh);
	if (!back && is_exhausted(errno)) {
		back_h1_close_idle(worker);
		errno = 0;
		place = pool_place(&worker->pool, &exchange->endpoint->address, place->tls);
		back = connect_back(worker, exchange, place, fresh);
	}
	if (!back && is_exhausted(errno))
		*status = 503;
	return back;
}

struct back *worker_ask(struct worker *worker, struct exchange *exchange, bool fresh,
			unsigned *status)
{
	const struct route_backend *share = exchange->share;
	SSL_CTX *context = NULL;

	if (share->protocol == ROUTE_PROTOCOL_FASTCGI) {
		*status = 501;
		return NULL;
	}
	exchange->endpoint =
		exchange->wanted && exchange->tries <= 1 ? exchange->wanted : endpoint_of(exchange);
	if (!exchange->endpoint) {
		*status = exchange->no_echo ? 500 : worker->options->backend_status;
		return *status ? NULL : echo_ask(worker, exchange);
	}
	if (share->tls)
		context = tls_client(&exchange->use->snapshot->tls, share->tls);
	if (share->tls && !context)
		return NULL;
	return ask_endpoint(worker, exchange,
			    pool_place(&worker->pool, &exchange->endpoint->address, context), fresh,
			    status);
}

/* ---- mail ---- */

static void begin_draining(struct worker *worker)
{
	struct client *next;

	worker->draining = true;
	listeners_close(worker, true);
	back_h1_close_idle(worker);
	back_h2_close(worker, false);
	for (struct client *client = worker->clients; client; client = next) {
		next = client->next;
		client->ops->drain(client);
	}
	if (!worker->clients)
		worker->loop.stop = true;
}

static void kill_clients(struct worker *worker)
{
	while (worker->clients)
		worker->clients->ops->kill(worker->clients);
	worker->loop.stop = true;
}

static void take_mail(struct loop *loop)
{
	struct worker *worker = (struct worker *)loop;
	struct mail mail;

	pthread_mutex_lock(&worker->mail.lock);
	mail = worker->mail;
	worker->mail.use = NULL;
	worker->mail.fresh = NULL;
	worker->mail.fresh_count = 0;
	worker->mail.prune = false;
	pthread_mutex_unlock(&worker->mail.lock);
	if (mail.use) {
		snapshot_leave(worker->use);
		worker->use = mail.use;
	}
	for (size_t i = 0; i < mail.fresh_count; i++)
		listener_open(worker, mail.fresh[i]);
	free(mail.fresh);
	if (mail.prune)
		listeners_close(worker, false);
	if (mail.drain && !worker->draining)
		begin_draining(worker);
	if (mail.end)
		kill_clients(worker);
	pthread_mutex_lock(&worker->mail.lock);
	worker->mail.taken = mail.sent;
	pthread_cond_signal(&worker->mail_taken);
	pthread_mutex_unlock(&worker->mail.lock);
}

void worker_client_left(struct worker *worker)
{
	if (worker->draining && !worker->clients)
		worker->loop.stop = true;
	if (worker->paused && worker->client_count < worker->options->connections)
		listeners_pause(worker, false);
}

/* ---- life ---- */

static void turned(struct loop *loop)
{
	log_flush((struct worker *)loop);
	stats_turn((struct worker *)loop);
}

static void init_mail(struct worker *worker)
{
	pthread_condattr_t monotonic;

	pthread_mutex_init(&worker->mail.lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&worker->mail_taken, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

struct worker *worker_new(const struct proxy_options *options, unsigned number,
			  struct snapshot_use *use, struct overview *overview)
{
	struct worker *worker = calloc(1, sizeof *worker);

	if (!worker)
		bug_out_of_memory(sizeof *worker);
	worker->options = options;
	worker->number = number;
	worker->use = use;
	worker->ask = worker_ask;
	worker->breath.fire = listeners_breathe;
	worker->overview = overview;
	stats_init(&worker->stats);
	worker->bytes = malloc(WORKER_SCRATCH);
	if (!worker->bytes)
		bug_out_of_memory(WORKER_SCRATCH);
	init_mail(worker);
	route_scratch_init(&worker->scratch, false);
	buf_init(&worker->text);
	buf_init(&worker->log);
	if (getrandom(&worker->random, sizeof worker->random, 0) < 0)
		worker->random = (uint64_t)worker_clock() + number;
	if (!loop_init(&worker->loop))
		return NULL;
	worker->loop.woken = take_mail;
	worker->loop.turned = turned;
	return worker;
}

void worker_finish(struct worker *worker)
{
	listeners_close(worker, true);
	exchange_end_all(worker);
	back_h1_close_idle(worker);
	back_h2_close(worker, true);
	loop_finish(&worker->loop);
	log_flush(worker);
	pool_finish(&worker->pool);
	while (worker->exchanges) {
		struct exchange *exchange = worker->exchanges;

		worker->exchanges = exchange->next;
		arena_finish(&exchange->arena);
		free(exchange);
	}
	while (worker->rooms) {
		struct room *room = worker->rooms;

		worker->rooms = room->next;
		arena_finish(&room->arena);
		free(room);
	}
	arena_finish(&worker->arena);
	credentials_finish(&worker->credentials);
	stats_finish(&worker->stats);
	slabs_finish(&worker->slabs);
	snapshot_leave(worker->use);
	if (worker->mail.use) /* a reload that came too late */
		snapshot_leave(worker->mail.use);
	free(worker->mail.fresh);
	worker->scratch.arena = (struct arena){0};
	worker->scratch.start = (struct arena_mark){0};
	route_scratch_finish(&worker->scratch);
	buf_finish(&worker->text);
	buf_finish(&worker->log);
	pthread_cond_destroy(&worker->mail_taken);
	pthread_mutex_destroy(&worker->mail.lock);
	free(worker->bytes);
	free(worker);
}

static void *run(void *user)
{
	loop_run(&((struct worker *)user)->loop);
	return NULL;
}

bool worker_start(struct worker *worker)
{
	return pthread_create(&worker->thread, NULL, run, worker) == 0;
}

void worker_join(struct worker *worker)
{
	pthread_join(worker->thread, NULL);
}
