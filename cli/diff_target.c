#include "cli/diff_target.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include "cli/say.h"

/* ---- reading ---- */

static bool refuse(const char *flag, struct str value, const char *why)
{
	say_error("--%s=%.*s: %s", flag, STR_ARG(value), why);
	return false;
}

static bool read_port(struct str text, uint32_t *port)
{
	int64_t number;

	if (!str_to_int(text, &number) || number < 1 || number > 65535)
		return false;
	*port = (uint32_t)number;
	return true;
}

/* "host", "host:port", "[::1]:port". */
static bool split_address(struct str text, struct str *host, struct str *port)
{
	size_t from = text.len && text.at[0] == '[' ? str_find(text, ']') : 0;
	size_t colon;

	if (from == SIZE_MAX)
		return false;
	colon = str_find(str_from_pos(text, from), ':');
	*host = str_sub(text, 0, colon == SIZE_MAX ? SIZE_MAX : from + colon);
	*port = colon == SIZE_MAX ? (struct str){NULL, 0} : str_from_pos(text, from + colon + 1);
	return host->len > 0 && (colon == SIZE_MAX || port->len > 0);
}

static bool is_plain(struct str host)
{
	for (size_t i = 0; i < host.len; i++)
		if ((unsigned char)host.at[i] <= ' ' || strchr("/?#@\\", host.at[i]))
			return false;
	return true;
}

/* The scheme's usual port is the one of the listener: what a client means by the URL. */
static bool read_one(struct ask_target *target, const char *flag, struct str value,
		     struct arena *arena)
{
	struct str rest = value, host, port;
	struct ask_port way = {0};
	size_t scheme = str_find_str(value, "://");

	if (scheme != SIZE_MAX) {
		rest = str_from_pos(value, scheme + 3);
		way.port = str_is_nocase(str_sub(value, 0, scheme), "https")  ? 443
			   : str_is_nocase(str_sub(value, 0, scheme), "http") ? 80
									      : 0;
		if (!way.port)
			return refuse(flag, value, "only http:// and https:// can be asked");
	}
	if (str_ends(rest, "/"))
		rest = str_sub(rest, 0, rest.len - 1);
	if (!split_address(rest, &host, &port) || !is_plain(host))
		return refuse(flag, value,
			      "not an address; give a host, http://HOST:PORT or "
			      "https://HOST:PORT, without path or user");
	if (target->address.len && !str_eq(target->address, host))
		return refuse(flag, value, "all addresses of a side must be the same host");
	target->address = host;
	if (!port.len)
		return true;
	if (!way.port)
		return refuse(flag, value,
			      "say http:// or https:// in front of an address with a "
			      "port");
	if (!read_port(port, &way.to))
		return refuse(flag, value, "the port must be a number from 1 to 65535");
	for (size_t i = 0; i < target->port_count; i++)
		if (target->ports[i].port == way.port)
			return refuse(flag, value, "this scheme has an address already");
	{
		struct ask_port *ports =
			arena_array(arena, struct ask_port, target->port_count + 1);

		if (target->port_count)
			memcpy(ports, target->ports, target->port_count * sizeof *ports);
		ports[target->port_count++] = way;
		target->ports = ports;
	}
	return true;
}

bool diff_target_read(struct ask_target *target, const char *flag, const struct texts *values,
		      struct arena *arena)
{
	for (size_t i = 0; i < values->count; i++) {
		struct str value = str_from(values->at[i]);

		if (!read_one(target, flag, value, arena))
			return false;
		target->name =
			target->name.len ? STR_JOIN(arena, target->name, STR(", "), value) : value;
	}
	return true;
}

/* ---- asking ---- */

bool diff_target_has_port(const struct ask_target *target, uint32_t port)
{
	for (size_t i = 0; i < target->port_count; i++)
		if (target->ports[i].port == port)
			return true;
	return !target->port_count;
}

static bool is_loopback(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)address;

		return (ntohl(v4->sin_addr.s_addr) >> 24) == 127;
	}
	if (address->sa_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(
			&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
	return false;
}

bool diff_target_is_loopback(const struct ask_target *target)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct str host = target->address;
	struct addrinfo *list;
	bool loopback = true;
	char name[256];

	if (host.len && host.at[0] == '[')
		host = str_sub(host, 1, host.len - 2);
	if (!host.len || host.len >= sizeof name)
		return false;
	memcpy(name, host.at, host.len);
	name[host.len] = '\0';
	if (getaddrinfo(name, NULL, &hints, &list) != 0)
		return false;
	for (const struct addrinfo *one = list; one; one = one->ai_next)
		loopback &= is_loopback(one->ai_addr);
	freeaddrinfo(list);
	return loopback;
}
