#include "proxy/client.h"

#include <stdlib.h>

#include "base/bug.h"

#include "proxy/worker.h"

void *client_new(struct worker *worker, const struct client_ops *ops)
{
	struct client *client = calloc(1, ops->size);

	if (!client)
		bug_out_of_memory(ops->size);
	client->conn.ops = ops->conn;
	client->ops = ops;
	client->worker = worker;
	return client;
}

void client_enter(struct client *client)
{
	struct worker *worker = client->worker;

	client->next = worker->clients;
	client->link = &worker->clients;
	if (client->next)
		client->next->link = &client->next;
	worker->clients = client;
	worker->client_count++;
}

static void bury(struct grave *grave)
{
	struct client *client = (struct client *)((char *)grave - offsetof(struct client, grave));

	client->ops->free(client);
}

static void unlink_client(struct client *client)
{
	*client->link = client->next;
	if (client->next)
		client->next->link = client->link;
	client->link = NULL;
	client->worker->client_count--;
}

void client_hand_over(struct client *from, struct client *to)
{
	unlink_client(from);
	memcpy(to->address, from->address, sizeof to->address);
	memcpy(to->name, from->name, sizeof to->name);
	to->place = from->place;
	to->place.client_text = to->address;
	to->place.sni = str_from(to->name);
	conn_move(&to->conn, &from->conn);
	client_enter(to);
	loop_bury(&from->worker->loop, &from->grave, bury);
}

void client_leave(struct client *client, bool reset)
{
	struct worker *worker = client->worker;

	if (!client->link)
		return;
	unlink_client(client);
	conn_close(&client->conn, reset);
	loop_bury(&worker->loop, &client->grave, bury);
	worker_client_left(worker);
}

/* A bucket that holds the requests of one second. */
static bool may_ask(struct client *client)
{
	uint32_t rate = client->worker->options->client_rate;
	int64_t now = client->worker->loop.now, level;

	if (!rate)
		return true;
	level = (int64_t)client->excess - (now - client->asked_ms) * rate;
	level = (level > 0 ? level : 0) + 1000;
	if (level > (int64_t)rate * 1000)
		return false;
	client->excess = (uint32_t)level;
	client->asked_ms = now;
	return true;
}

void client_ask(struct client *client, struct exchange *exchange, struct front *front)
{
	if (may_ask(client))
		exchange_begin(exchange, front, &client->place);
	else
		exchange_refuse(exchange, front, &client->place, 429,
				"more requests a second than a connection may send");
}
