#include "proxy/client.h"

#include "proxy/worker.h"

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

	client->free(client);
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
