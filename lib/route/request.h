/* request.h - one request, as a proxy sees it before it decides anything.
 *
 * Both worlds, the source controller and Gateway API, decide from the same struct. Texts are slices of
 * whoever made the request (a command line, a witness, a connection's buffer) and are kept as they were
 * sent: case, percent escapes, a port or a trailing dot in the host, repeated headers.
 */
#ifndef ROUTE_REQUEST_H
#define ROUTE_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum route_transport {
	ROUTE_HTTP, /* an HTTP request, with or without TLS around it; gRPC is one of them */
	ROUTE_TLS,  /* a TLS connection of which only the ClientHello is known */
	ROUTE_TCP,  /* a plain connection */
	ROUTE_UDP,  /* a datagram */
};

enum route_version { ROUTE_HTTP_1_1, ROUTE_HTTP_1_0, ROUTE_HTTP_2, ROUTE_HTTP_3 };

enum route_client_certificate {
	ROUTE_CERTIFICATE_NONE, /* the client sends none */
	ROUTE_CERTIFICATE_GOOD, /* one that the configured authorities have signed */
	ROUTE_CERTIFICATE_BAD,  /* any other */
};

/* An address in the form of IPv6; IPv4 is mapped (::ffff:192.0.2.1). */
struct route_address {
	bool known;
	uint8_t at[16];
};

/* Its first `bits` bits; IPv4 is mapped, so its length counts from 96. */
struct route_network {
	uint8_t at[16];
	unsigned bits;
};

struct route_header {
	struct str name, value;
};

/* The zero value with a port, an authority and a target is a plain GET over HTTP/1.1. */
struct route_request {
	enum route_transport transport;

	/* ---- the connection ---- */
	struct str gateway_namespace, gateway; /* whose address was dialled; empty: the table finds
	                                          out by port and host */
	uint32_t port;  /* of the listener, which need not be the port that is bound */
	bool tls;       /* HTTP over TLS */
	struct str sni; /* server_name of the ClientHello; empty: none was sent */
	struct route_address client;
	enum route_client_certificate client_certificate;

	/* ---- HTTP ---- */
	enum route_version version;
	struct str method;    /* empty: GET */
	struct str target;    /* as on the request line: "/a%20b?x=1", "*", "http://host/path" */
	struct str authority; /* Host or :authority as sent; `at` NULL: none was sent */
	const struct route_header *headers; /* in order, Host left out; Cookie is one of them */
	size_t header_count;
	int64_t body_length; /* bytes that Content-Length announces; -1: chunked, not known */
};

/* "GET" unless the request says otherwise. */
static inline struct str route_method(const struct route_request *request)
{
	return request->method.len ? request->method : STR("GET");
}

/* The request target in parts, all slices of it. Absolute-form ("http://host/path") is taken apart: its
 * authority then counts instead of Host (RFC 9112 3.2.2). A fragment is no part of a target and stays
 * where it is. */
struct route_target {
	struct str path;      /* without the query; "/" when absolute-form has none; "*" as it is */
	struct str query;     /* without "?" */
	bool has_query;       /* "?" was there, perhaps with nothing behind it */
	struct str authority; /* of absolute-form, else empty */
};
struct route_target route_target(struct str target);

/* The host by which routes are chosen: without port, brackets of IPv6 kept, case as it is. A trailing
 * dot stays too: worlds differ in what they make of it. */
struct str route_host(struct str authority);

/* Whether a host has this name, or for "*.name" any number of labels in front of it. Case is ignored. */
bool route_host_is_below(struct str host, struct str pattern);

/* The text as a request line can hold it: blanks, controls, bytes above 0x7e and each of `signs` as %XX. In the
 * arena. */
struct str route_percent(struct str text, const char *signs, struct arena *arena);

/* First header of that name from position *from on, which is moved behind it; NULL when there is none.
 * Names are compared without case. */
const struct route_header *route_header_next(const struct route_request *request, struct str name,
					     size_t *from);

/* Value of the first header of that name; false when there is none. */
bool route_header_find(const struct route_request *request, struct str name, struct str *value);

/* The value that a match looks at; false when there is none. Repeated headers are one with a list, ", "
 * between its values (RFC 9110 5.3), those of Cookie "; " (RFC 9113 8.2.3): the same over HTTP/1 and 2. Host
 * is what :authority says, as it was sent; of absolute-form the authority counts (RFC 9112 3.2.2). A slice
 * of the request, or in the arena. */
bool route_header_value(const struct route_request *request, struct str name, struct arena *arena,
			struct str *value);

/* Value of a cookie: the first of that name in the Cookie headers, names compared with case. */
bool route_cookie_find(const struct route_request *request, struct str name, struct str *value);

/* Whether content-type is application/grpc, with or without "+proto" or parameters. */
bool route_is_grpc(const struct route_request *request);

/* "192.0.2.1" or "2001:db8::1"; false when it is neither. */
bool route_address_parse(struct str text, struct route_address *address);

/* Whether the address is in one of the networks. */
bool route_networks_have(const struct route_network *networks, size_t count,
			 const struct route_address *address);

#endif
