#include "proxy/binds.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/bug.h"

enum { PRIVILEGED = 1024, MOVED_BY = 8000 };

/* ---- what is wanted ---- */

struct wish {
	struct route_front front;
	uint32_t table;
	struct str title; /* of the table; may be empty */
	struct net_address address;
};

struct wishes {
	struct arena arena;
	const struct proxy_options *options;
	struct wish *at;
	size_t count;
	uint32_t table;
	struct binds *binds;
	const struct str *titles;
	struct error *error;
	bool failed;
};

static bool same_gateway(const struct route_front *a, const struct route_front *b)
{
	return str_eq(a->gateway, b->gateway) && str_eq(a->gateway_namespace, b->gateway_namespace);
}

/* What the user said about it; the most telling word counts. */
static const struct proxy_listen *listen_for(const struct proxy_options *options,
					     const struct route_front *front)
{
	const struct proxy_listen *best = NULL;
	int most = -1;

	for (size_t i = 0; i < options->listen_count; i++) {
		const struct proxy_listen *listen = &options->listens[i];
		int weight = (listen->gateway.len ? 2 : 0) + (listen->port ? 1 : 0);

		if ((listen->port && listen->port != front->port) ||
		    (listen->gateway.len && (!str_eq(listen->gateway, front->gateway) ||
					     !str_eq(listen->namespace, front->gateway_namespace))))
			continue;
		if (weight >= most) {
			best = listen;
			most = weight;
		}
	}
	return best;
}

/* 127.0.0.1, 127.0.0.2 ...: Linux has all of 127.0.0.0/8 without setting anything up. A Gateway, or a table
 * that knows no Gateways, keeps its number over reloads. */
static unsigned number_of(struct wishes *wishes, const struct route_front *front)
{
	for (size_t i = 0; i < wishes->count; i++)
		if (wishes->at[i].table == wishes->table &&
		    same_gateway(&wishes->at[i].front, front))
			return ntohl(wishes->at[i].address.v4.sin_addr.s_addr) & 0xffffff;
	for (const struct bind *bind = wishes->binds->first; bind; bind = bind->next)
		if (!bind->admin && bind->table == wishes->table &&
		    str_is(front->gateway, bind->gateway) &&
		    str_is(front->gateway_namespace, bind->namespace))
			return ntohl(bind->address.v4.sin_addr.s_addr) & 0xffffff;
	return ++wishes->binds->gateways;
}

static bool choose_address(struct wishes *wishes, const struct route_front *front,
			   struct net_address *address)
{
	const struct proxy_listen *listen = listen_for(wishes->options, front);
	uint32_t port = front->port < PRIVILEGED ? front->port + MOVED_BY : front->port;

	if (!net_parse(address, listen ? listen->address : STR("127.0.0.1"), port, wishes->error))
		return false;
	if (wishes->options->own_addresses && !(listen && listen->gateway.len) &&
	    address->any.sa_family == AF_INET)
		address->v4.sin_addr.s_addr = htonl(0x7f000000u + number_of(wishes, front));
	return true;
}

/* Gateways that have the same port at the same address share it. */
static bool shares(const struct wish *wish, const struct wish *other)
{
	return wish->front.port == other->front.port &&
	       wish->front.protocol == other->front.protocol && wish->table == other->table &&
	       net_equal(&wish->address, &other->address);
}

static bool clashes(const struct wish *wish, const struct wish *other)
{
	return net_port(&wish->address) && net_equal(&wish->address, &other->address) &&
	       (wish->front.protocol == ROUTE_FRONT_UDP) ==
		       (other->front.protocol == ROUTE_FRONT_UDP);
}

static void say_clash(struct wishes *wishes, const struct wish *wish, const struct wish *other)
{
	char text[NET_TEXT];

	wishes->failed = true;
	if (wish->table != other->table)
		error_set(
			wishes->error,
			"%.*s and %.*s both have port %u: --gateway-addresses=loopback gives each "
			"an address of its own, --ingress-class chooses one",
			STR_ARG(other->title), STR_ARG(wish->title), wish->front.port);
	else
		error_set(wishes->error,
			  "ports %u and %u cannot both listen on %s: give each an address, as in "
			  "--listen=%u=127.0.0.1:0, or use --gateway-addresses=loopback",
			  other->front.port, wish->front.port, net_text(&wish->address, text),
			  wish->front.port);
}

static void wish_for(void *user, const struct route_front *front)
{
	struct wishes *wishes = user;
	struct wish wish = {
		.front = *front,
		.table = wishes->table,
		.title = wishes->titles ? wishes->titles[wishes->table] : STR(""),
	};

	if (wishes->failed)
		return;
	wishes->failed = !choose_address(wishes, front, &wish.address);
	for (size_t i = 0; i < wishes->count && !wishes->failed; i++) {
		struct wish *other = &wishes->at[i];

		if (shares(&wish, other)) {
			if (!same_gateway(&wish.front, &other->front))
				other->front.gateway = other->front.gateway_namespace =
					(struct str){0};
			return;
		}
		if (clashes(&wish, other))
			say_clash(wishes, &wish, other);
	}
	if (!wishes->failed)
		ARENA_PUSH(&wishes->arena, wishes->at, wishes->count, wish);
}

/* ---- binding ---- */

static char *copy(struct str text)
{
	char *made = malloc(text.len + 1);

	if (!made)
		bug_out_of_memory(text.len + 1);
	if (text.len)
		memcpy(made, text.at, text.len);
	made[text.len] = '\0';
	return made;
}

static void bind_free(struct bind *bind)
{
	for (unsigned i = 0; i < bind->fd_count; i++)
		if (bind->fds[i] >= 0)
			close(bind->fds[i]);
	free(bind->fds);
	free(bind->title);
	free(bind->namespace);
	free(bind->gateway);
	free(bind);
}

static int type_of(enum route_front_protocol protocol)
{
	return protocol == ROUTE_FRONT_UDP ? SOCK_DGRAM : SOCK_STREAM;
}

/* NULL when it cannot be bound; `heir_to` NULL: with sockets of its own. */
static struct bind *bind_new(const struct wish *wish, const struct bind *heir_to, unsigned workers,
			     struct error *error)
{
	struct bind *bind = calloc(1, sizeof *bind);
	int type = type_of(wish->front.protocol);

	if (!bind)
		bug_out_of_memory(sizeof *bind);
	*bind = (struct bind){.protocol = wish->front.protocol,
			      .title = copy(wish->title),
			      .namespace = copy(wish->front.gateway_namespace),
			      .gateway = copy(wish->front.gateway),
			      .port = wish->front.port,
			      .table = wish->table,
			      .address = wish->address,
			      .heir_to = heir_to,
			      .wanted = true};
	bind->fds = calloc(workers, sizeof *bind->fds);
	if (!bind->fds)
		bug_out_of_memory(workers * sizeof *bind->fds);
	while (bind->fd_count < workers) {
		int fd = heir_to ? -1 : net_listen(&bind->address, type, error);

		if (fd < 0 && !heir_to) {
			bind_free(bind);
			return NULL;
		}
		bind->fds[bind->fd_count++] = fd;
	}
	return bind;
}

/* The bind that serves what is wished for: the port that the system chose is as good as any. */
static struct bind *find(const struct binds *binds, const struct wish *wish)
{
	for (struct bind *bind = binds->first; bind; bind = bind->next) {
		struct net_address address = bind->address;

		if (!net_port(&wish->address))
			net_set_port(&address, 0);
		if (bind->wanted && !bind->admin && bind->port == wish->front.port &&
		    bind->protocol == wish->front.protocol && bind->table == wish->table &&
		    str_is(wish->front.gateway, bind->gateway) &&
		    str_is(wish->front.gateway_namespace, bind->namespace) &&
		    net_equal(&address, &wish->address))
			return bind;
	}
	return NULL;
}

static bool is_wished_for(const struct binds *binds, const struct wishes *wishes,
			  const struct bind *bind)
{
	for (size_t i = 0; i < wishes->count; i++)
		if (find(binds, &wishes->at[i]) == bind)
			return true;
	return false;
}

/* The bind at the address of a new one that nobody wishes for any more: of streams, for datagrams wait for nobody. */
static const struct bind *find_legacy(const struct binds *binds, const struct bind *fresh,
				      const struct wishes *wishes, const struct wish *wish)
{
	for (; fresh; fresh = fresh->next)
		if (net_equal(&fresh->address, &wish->address))
			return NULL;
	for (const struct bind *bind = binds->first; bind; bind = bind->next)
		if (bind->wanted && !bind->admin && net_equal(&bind->address, &wish->address) &&
		    type_of(bind->protocol) == SOCK_STREAM &&
		    type_of(wish->front.protocol) == SOCK_STREAM &&
		    !is_wished_for(binds, wishes, bind))
			return bind;
	return NULL;
}

static void prune(struct binds *binds, const struct wishes *wishes)
{
	for (struct bind *bind = binds->first; bind; bind = bind->next)
		bind->wanted = bind->admin || (bind->wanted && is_wished_for(binds, wishes, bind));
}

/* Sockets of this program are no obstacle, those that are being closed after a reload among them. */
static bool is_own(const struct binds *binds, const struct wish *wish)
{
	for (const struct bind *bind = binds->first; bind; bind = bind->next)
		if (type_of(bind->protocol) == type_of(wish->front.protocol) &&
		    net_overlap(&bind->address, &wish->address))
			return true;
	return false;
}

static bool are_free(const struct binds *binds, const struct wishes *wishes)
{
	for (size_t i = 0; i < wishes->count; i++) {
		const struct wish *wish = &wishes->at[i];

		if (!is_own(binds, wish) &&
		    !net_is_free(&wish->address, type_of(wish->front.protocol), wishes->error))
			return false;
	}
	return true;
}

static bool bind_all(struct binds *binds, const struct wishes *wishes, unsigned workers)
{
	struct bind *fresh = NULL, **end = &fresh;

	for (size_t i = 0; i < wishes->count; i++) {
		if (find(binds, &wishes->at[i]))
			continue;
		*end = bind_new(&wishes->at[i], find_legacy(binds, fresh, wishes, &wishes->at[i]),
				workers, wishes->error);
		if (!*end) {
			while (fresh) {
				struct bind *next = fresh->next;

				bind_free(fresh);
				fresh = next;
			}
			return false;
		}
		end = &(*end)->next;
	}
	prune(binds, wishes);
	*end = binds->first;
	binds->first = fresh;
	return true;
}

bool binds_update(struct binds *binds, const struct proxy_world *world,
		  const struct proxy_options *options, unsigned workers, struct error *error)
{
	struct wishes wishes = {
		.options = options, .binds = binds, .titles = world->titles, .error = error};
	bool done;

	arena_init(&wishes.arena);
	for (; wishes.table < world->table_count; wishes.table++) {
		const struct route_table *table = world->tables[wishes.table];

		table->side->fronts(table, wish_for, &wishes);
	}
	if (!wishes.failed && !wishes.count)
		wishes.failed = !error_set(error, "no Gateway has a listener that can be served");
	done = !wishes.failed && are_free(binds, &wishes) && bind_all(binds, &wishes, workers);
	arena_finish(&wishes.arena);
	return done;
}

bool binds_add_admin(struct binds *binds, struct str address, struct error *error)
{
	struct wish wish = {.front.protocol = ROUTE_FRONT_HTTP};
	struct bind *bind;

	if (!net_parse(&wish.address, address, 0, error) ||
	    !net_is_free(&wish.address, SOCK_STREAM, error))
		return false;
	bind = bind_new(&wish, NULL, 1, error);
	if (!bind)
		return false;
	bind->admin = true;
	bind->next = binds->first;
	binds->first = bind;
	return true;
}

const char *bind_text(const struct bind *bind, char text[static BIND_TEXT])
{
	static const char *const schemes[] = {
		[ROUTE_FRONT_HTTP] = "http",
		[ROUTE_FRONT_TLS] = "https",
		[ROUTE_FRONT_TCP] = "tcp",
		[ROUTE_FRONT_UDP] = "udp",
	};
	char address[NET_TEXT];

	snprintf(text, BIND_TEXT, "%s://%s", schemes[bind->protocol],
		 net_text(&bind->address, address));
	return text;
}

void binds_finish(struct binds *binds)
{
	while (binds->first) {
		struct bind *bind = binds->first;

		binds->first = bind->next;
		bind_free(bind);
	}
}
