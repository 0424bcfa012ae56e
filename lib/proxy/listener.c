#define _GNU_SOURCE /* accept4 */
#include "proxy/listener.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/bug.h"
#include "proxy/client.h"
#include "proxy/front_h1.h"
#include "proxy/front_tls.h"
#include "proxy/relay.h"
#include "proxy/udp.h"
#include "proxy/worker.h"

enum {
	ACCEPTS = 64,    /* in one go */
	BREATH_MS = 100, /* until it is tried again when descriptors have run out */
};

static void place(struct client *client, const struct listener *listener,
		  const struct net_address *from)
{
	client->place = (struct front_place){
		.admin = listener->bind->admin,
		.table = listener->bind->table,
		.gateway_namespace = str_from(listener->bind->namespace),
		.gateway = str_from(listener->bind->gateway),
		.port = listener->bind->port,
		.client = net_route_address(from),
		.client_text = net_host_text(from, client->address),
	};
}

/* What a port speaks. */
static const struct {
	struct client *(*create)(struct worker *worker);
	void (*start)(struct client *client);
} fronts[] = {
	[ROUTE_FRONT_HTTP] = {front_h1_new, front_h1_start},
	[ROUTE_FRONT_TLS] = {front_tls_new, front_tls_start},
	[ROUTE_FRONT_TCP] = {relay_client_new, relay_tcp},
};

static void take_client(struct listener *listener, int fd, const struct net_address *from)
{
	struct worker *worker = listener->worker;
	enum route_front_protocol protocol = listener->bind->protocol;
	struct client *client = fronts[protocol].create(worker);

	worker->accepted++;
	net_tune(fd);
	if (!conn_open(&client->conn, &worker->loop, &worker->slabs, fd, false)) {
		client->ops->free(client);
		return;
	}
	place(client, listener, from);
	client_enter(client);
	fronts[protocol].start(client);
}

/* Descriptors are the whole process's: whose end brings some back need not be this worker's. */
static void out_of_descriptors(struct worker *worker)
{
	listeners_pause(worker, true);
	timer_set(&worker->loop, &worker->breath, worker->loop.now + BREATH_MS);
}

void listeners_breathe(struct timer *timer)
{
	struct worker *worker = (struct worker *)((char *)timer - offsetof(struct worker, breath));

	if (worker->client_count < worker->options->connections)
		listeners_pause(worker, false);
}

static void accept_some(struct watch *watch, unsigned events)
{
	struct listener *listener = (struct listener *)watch;
	struct worker *worker = listener->worker;

	(void)events;
	for (int i = 0; i < ACCEPTS && watch->ready; i++) {
		struct net_address from = {.len = sizeof from.v6};
		int fd;

		if (worker->client_count >= worker->options->connections) {
			listeners_pause(worker, true);
			return;
		}
		fd = accept4(watch->fd, &from.any, &from.len, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0)
			take_client(listener, fd, &from);
		else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			out_of_descriptors(worker);
		if (fd < 0)
			return;
	}
}

static bool take_over(struct worker *worker, struct bind *bind)
{
	for (struct listener *at = worker->listeners; at && bind->heir_to; at = at->next) {
		if (at->bind != bind->heir_to)
			continue;
		at->bind = bind;
		return true;
	}
	return false;
}

void listener_open(struct worker *worker, struct bind *bind)
{
	int *fd = &bind->fds[worker->number];
	struct listener *listener;
	struct error error;

	if (take_over(worker, bind))
		return;
	/* Its predecessor has been closed by the reload before, for which this worker came too late. */
	if (*fd < 0)
		*fd = net_listen(&bind->address, SOCK_STREAM, &error);
	if (*fd < 0)
		return;
	listener = malloc(sizeof *listener);
	if (!listener)
		bug_out_of_memory(sizeof *listener);
	*listener = (struct listener){.watch = {*fd, accept_some},
				      .next = worker->listeners,
				      .worker = worker,
				      .bind = bind};
	if (bind->protocol == ROUTE_FRONT_UDP)
		udp_open(listener);
	*fd = -1;
	loop_add_listener(&worker->loop, &listener->watch);
	worker->listeners = listener;
}

static void bury(struct grave *grave)
{
	free((char *)grave - offsetof(struct listener, grave));
}

void listeners_close(struct worker *worker, bool all)
{
	struct listener **at = &worker->listeners;

	while (*at) {
		struct listener *listener = *at;

		if (!all && listener->bind->wanted) {
			at = &listener->next;
			continue;
		}
		*at = listener->next;
		if (listener->sessions)
			udp_close(listener);
		loop_close(&worker->loop, &listener->watch);
		loop_bury(&worker->loop, &listener->grave, bury);
	}
}

void listeners_pause(struct worker *worker, bool pause)
{
	worker->paused = pause;
	for (struct listener *at = worker->listeners; at; at = at->next)
		loop_pause_listener(&worker->loop, &at->watch, pause);
}
