#include "proxy/udp.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/bug.h"
#include "proxy/worker.h"

enum { SLOTS = 1024, DATAGRAMS = 64 /* in one go */ };

/* A client and its backend. */
struct udp_session {
	struct watch watch; /* first: the backend's socket */
	struct udp_session *next, **link;
	struct grave grave;
	struct timer timer;
	struct listener *listener;
	struct net_address client;
};

struct udp_sessions {
	struct udp_session *slots[SLOTS];
	size_t count;
};

/* ---- sessions ---- */

static void bury(struct grave *grave)
{
	free((char *)grave - offsetof(struct udp_session, grave));
}

static void close_session(struct udp_session *session)
{
	struct loop *loop = &session->listener->worker->loop;

	*session->link = session->next;
	if (session->next)
		session->next->link = session->link;
	session->listener->sessions->count--;
	timer_stop(loop, &session->timer);
	loop_close(loop, &session->watch);
	loop_bury(loop, &session->grave, bury);
}

static void expired(struct timer *timer)
{
	close_session((struct udp_session *)((char *)timer - offsetof(struct udp_session, timer)));
}

static void touch(struct udp_session *session)
{
	struct loop *loop = &session->listener->worker->loop;

	timer_set(loop, &session->timer, loop->now + UDP_IDLE_MS);
}

/* ---- answers ---- */

static void take_answers(struct watch *watch, unsigned events)
{
	struct udp_session *session = (struct udp_session *)watch;
	struct listener *listener = session->listener;
	char *bytes = listener->worker->bytes;

	/* A socket that nobody reads answers with an error, which is read away here. */
	if (!(events & (LOOP_READ | LOOP_ERROR)))
		return;
	for (;;) {
		ssize_t got = recv(watch->fd, bytes, WORKER_SCRATCH, 0);

		if (got < 0)
			return;
		touch(session);
		sendto(listener->watch.fd, bytes, (size_t)got, MSG_DONTWAIT, &session->client.any,
		       session->client.len);
	}
}

/* ---- clients ---- */

static const struct endpoint *decide(struct listener *listener, const struct net_address *client)
{
	struct worker *worker = listener->worker;
	const struct bind *bind = listener->bind;
	const struct route_backend *share;
	struct route_decision decision;
	const struct route_request request = {
		.transport = ROUTE_UDP,
		.gateway_namespace = str_from(bind->namespace),
		.gateway = str_from(bind->gateway),
		.port = bind->port,
		.client = net_route_address(client),
	};

	arena_rewind(&worker->arena, (struct arena_mark){0});
	worker_decide(worker, &worker->arena, worker->use, bind->table, &request, &decision);
	if (decision.action != ROUTE_FORWARD)
		return NULL;
	share = worker_draw(worker, &decision);
	return share->state == ROUTE_BACKEND_OK ? worker_endpoint(worker, worker->use, share)
						: NULL;
}

static int open_socket(const struct net_address *address)
{
	int fd = socket(address->any.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd >= 0 && connect(fd, &address->any, address->len) != 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static struct udp_session *session_new(struct listener *listener, const struct net_address *client,
				       struct udp_session **slot)
{
	const struct endpoint *endpoint = decide(listener, client);
	int fd = endpoint ? open_socket(&endpoint->address) : -1;
	struct udp_session *session;

	if (fd < 0)
		return NULL;
	session = malloc(sizeof *session);
	if (!session)
		bug_out_of_memory(sizeof *session);
	*session = (struct udp_session){.watch = {fd, take_answers},
					.next = *slot,
					.link = slot,
					.timer.fire = expired,
					.listener = listener,
					.client = *client};
	if (*slot)
		(*slot)->link = &session->next;
	*slot = session;
	listener->sessions->count++;
	if (loop_add(&listener->worker->loop, &session->watch))
		return session;
	close_session(session);
	return NULL;
}

static struct udp_session *session_of(struct listener *listener, const struct net_address *client)
{
	struct str bytes = {(const char *)&client->any, client->len};
	struct udp_session **slot = &listener->sessions->slots[str_hash(bytes) % SLOTS];

	for (struct udp_session *session = *slot; session; session = session->next)
		if (net_equal(&session->client, client))
			return session;
	return listener->sessions->count < UDP_SESSIONS ? session_new(listener, client, slot)
							: NULL;
}

static void take_datagrams(struct watch *watch, unsigned events)
{
	struct listener *listener = (struct listener *)watch;
	char *bytes = listener->worker->bytes;

	(void)events;
	for (int i = 0; i < DATAGRAMS && watch->ready; i++) {
		struct net_address client = {.len = sizeof client.v6};
		ssize_t got =
			recvfrom(watch->fd, bytes, WORKER_SCRATCH, 0, &client.any, &client.len);
		struct udp_session *session;

		if (got < 0)
			return;
		session = session_of(listener, &client);
		if (!session)
			continue;
		touch(session);
		send(session->watch.fd, bytes, (size_t)got, MSG_DONTWAIT);
	}
}

void udp_open(struct listener *listener)
{
	listener->watch.ready = take_datagrams;
	listener->sessions = calloc(1, sizeof *listener->sessions);
	if (!listener->sessions)
		bug_out_of_memory(sizeof *listener->sessions);
}

void udp_close(struct listener *listener)
{
	for (size_t i = 0; i < SLOTS; i++)
		while (listener->sessions->slots[i])
			close_session(listener->sessions->slots[i]);
	free(listener->sessions);
	listener->sessions = NULL;
}
