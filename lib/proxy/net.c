#define _GNU_SOURCE /* accept4 and its flags */
#include "proxy/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- text ---- */

/* Host and port of "host:port", "[v6]:port", "host", "v6". */
static bool divide(struct str text, struct str *host, struct str *port)
{
	size_t close = str_find(text, ']'), colon = str_find(text, ':');

	*port = (struct str){0};
	if (text.len && text.at[0] == '[' && close != SIZE_MAX) {
		*host = str_sub(text, 1, close - 1);
		*port = str_from_pos(text, close + 1);
		if (port->len && port->at[0] != ':')
			return false;
		*port = str_from_pos(*port, port->len > 0);
		return true;
	}
	*host = text;
	if (colon == SIZE_MAX || memchr(text.at + colon + 1, ':', text.len - colon - 1))
		return true;
	*host = str_sub(text, 0, colon);
	*port = str_from_pos(text, colon + 1);
	return port->len > 0;
}

static bool look_up(struct net_address *address, const char *host)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
	struct addrinfo *found;

	if (getaddrinfo(host, NULL, &hints, &found) != 0)
		return false;
	memcpy(&address->any, found->ai_addr, found->ai_addrlen);
	address->len = found->ai_addrlen;
	freeaddrinfo(found);
	return true;
}

size_t net_resolve(struct str name, struct net_address *addresses, size_t room)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
	struct addrinfo *found;
	char text[256];
	size_t count = 0;

	if (name.len >= sizeof text)
		return 0;
	memcpy(text, name.at, name.len);
	text[name.len] = '\0';
	if (getaddrinfo(text, NULL, &hints, &found) != 0)
		return 0;
	for (const struct addrinfo *at = found; at && count < room; at = at->ai_next) {
		if (at->ai_family != AF_INET && at->ai_family != AF_INET6)
			continue;
		addresses[count] = (struct net_address){.len = at->ai_addrlen};
		memcpy(&addresses[count++].any, at->ai_addr, at->ai_addrlen);
	}
	freeaddrinfo(found);
	return count;
}

bool net_parse_bare(struct net_address *address, struct str text)
{
	struct route_address probe;

	return route_address_parse(text, &probe) && net_parse(address, text, 0, NULL);
}

static bool parse_host(struct net_address *address, const char *host)
{
	*address = (struct net_address){0};
	if (!*host || strcmp(host, "0.0.0.0") == 0) {
		address->v4.sin_family = AF_INET;
		address->len = sizeof address->v4;
	} else if (inet_pton(AF_INET, host, &address->v4.sin_addr) == 1) {
		address->v4.sin_family = AF_INET;
		address->len = sizeof address->v4;
	} else if (inet_pton(AF_INET6, host, &address->v6.sin6_addr) == 1) {
		address->v6.sin6_family = AF_INET6;
		address->len = sizeof address->v6;
	} else {
		return look_up(address, host);
	}
	return true;
}

bool net_parse(struct net_address *address, struct str text, uint32_t port, struct error *error)
{
	struct str host, digits;
	int64_t number = port;
	char name[256];

	if (!divide(text, &host, &digits) || host.len >= sizeof name ||
	    (digits.len && (!str_to_int(digits, &number) || number < 0 || number > 65535)))
		return error_set(error, "'%.*s' is no address", STR_ARG(text));
	if (host.len)
		memcpy(name, host.at, host.len);
	name[host.len] = '\0';
	if (!parse_host(address, name))
		return error_set(error, "the host '%s' cannot be found", name);
	net_set_port(address, (uint32_t)number);
	return true;
}

uint32_t net_port(const struct net_address *address)
{
	return ntohs(address->any.sa_family == AF_INET6 ? address->v6.sin6_port
							: address->v4.sin_port);
}

void net_set_port(struct net_address *address, uint32_t port)
{
	if (address->any.sa_family == AF_INET6)
		address->v6.sin6_port = htons((uint16_t)port);
	else
		address->v4.sin_port = htons((uint16_t)port);
}

const char *net_host_text(const struct net_address *address, char text[static NET_TEXT])
{
	const void *at = address->any.sa_family == AF_INET6 ? (const void *)&address->v6.sin6_addr
							    : (const void *)&address->v4.sin_addr;

	if (!inet_ntop(address->any.sa_family, at, text, NET_TEXT))
		text[0] = '\0';
	return text;
}

const char *net_text(const struct net_address *address, char text[static NET_TEXT])
{
	char host[NET_TEXT];
	bool v6 = address->any.sa_family == AF_INET6;

	snprintf(text, NET_TEXT, v6 ? "[%.45s]:%u" : "%.45s:%u", net_host_text(address, host),
		 net_port(address));
	return text;
}

bool net_equal(const struct net_address *a, const struct net_address *b)
{
	if (a->any.sa_family != b->any.sa_family || net_port(a) != net_port(b))
		return false;
	if (a->any.sa_family == AF_INET6)
		return memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr, sizeof a->v6.sin6_addr) == 0;
	return a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
}

static bool is_any(const struct net_address *address)
{
	return address->any.sa_family == AF_INET6
		       ? IN6_IS_ADDR_UNSPECIFIED(&address->v6.sin6_addr)
		       : address->v4.sin_addr.s_addr == htonl(INADDR_ANY);
}

bool net_overlap(const struct net_address *a, const struct net_address *b)
{
	return net_equal(a, b) || (net_port(a) == net_port(b) && (is_any(a) || is_any(b)));
}

bool net_is_of_machine(const struct net_address *address)
{
	static const uint8_t mapped[12] = {[10] = 0xff, 0xff};
	static const uint8_t aws[16] = {0xfd, 0x00, 0x0e, 0xc2, [14] = 0x02, 0x54};
	static const uint8_t alibaba[4] = {100, 100, 100, 200};
	struct route_address plain =
		net_route_address(address); /* IPv4 within IPv6 is mapped alike */
	const uint8_t *v4 = plain.at + sizeof mapped;

	if (memcmp(plain.at, mapped, sizeof mapped) == 0)
		return (v4[0] == 169 && v4[1] == 254) || memcmp(v4, alibaba, sizeof alibaba) == 0;
	return (plain.at[0] == 0xfe && (plain.at[1] & 0xc0) == 0x80) ||
	       memcmp(plain.at, aws, sizeof aws) == 0;
}

bool net_is_loopback(const struct net_address *address)
{
	if (address->any.sa_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&address->v6.sin6_addr);
	return ntohl(address->v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
}

struct route_address net_route_address(const struct net_address *address)
{
	struct route_address made = {.known = true};

	if (address->any.sa_family == AF_INET6) {
		memcpy(made.at, &address->v6.sin6_addr, sizeof made.at);
	} else {
		made.at[10] = made.at[11] = 0xff;
		memcpy(made.at + 12, &address->v4.sin_addr, 4);
	}
	return made;
}

/* ---- sockets ---- */

static void set(int fd, int level, int name)
{
	const int on = 1;

	setsockopt(fd, level, name, &on, sizeof on);
}

static void complain(const struct net_address *address, struct error *error)
{
	char text[NET_TEXT];

	error_set(error, "cannot listen on %s: %s", net_text(address, text), strerror(errno));
}

bool net_is_free(const struct net_address *address, int type, struct error *error)
{
	int fd;
	bool is_free;

	if (!net_port(address))
		return true;
	fd = socket(address->any.sa_family, type | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return error_set(error, "cannot open a socket: %s", strerror(errno));
	/* Connections of before may linger on a port that nobody listens on; of datagrams it would be shared. */
	if (type == SOCK_STREAM)
		set(fd, SOL_SOCKET, SO_REUSEADDR);
	is_free = bind(fd, &address->any, address->len) == 0;
	if (!is_free)
		complain(address, error);
	close(fd);
	return is_free;
}

int net_listen(struct net_address *address, int type, struct error *error)
{
	socklen_t len = sizeof address->v6;
	int fd = socket(address->any.sa_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0) {
		error_set(error, "cannot open a socket: %s", strerror(errno));
		return -1;
	}
	set(fd, SOL_SOCKET, SO_REUSEADDR);
	set(fd, SOL_SOCKET, SO_REUSEPORT);
	if (bind(fd, &address->any, address->len) != 0 ||
	    (type == SOCK_STREAM && listen(fd, 4096) != 0)) {
		complain(address, error);
		close(fd);
		return -1;
	}
	if (getsockname(fd, &address->any, &len) == 0)
		address->len = len;
	return fd;
}

void net_tune(int fd)
{
	set(fd, IPPROTO_TCP, TCP_NODELAY);
}

int net_connect(const struct net_address *address)
{
	int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	net_tune(fd);
	if (connect(fd, &address->any, address->len) == 0 || errno == EINPROGRESS)
		return fd;

	int why = errno;

	close(fd);
	errno = why;
	return -1;
}
