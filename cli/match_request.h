/* match_request.h - a request as it is typed: [METHOD] URL, headers, addresses.
 */
#ifndef CLI_MATCH_REQUEST_H
#define CLI_MATCH_REQUEST_H

#include "cli/flags.h"
#include "route/request.h"

struct match_values {
	struct texts headers, against;
	const char *sni, *from;
	int output;
};

/* Schemes: http, https, grpc and grpcs (POST over HTTP/2 with the content type of gRPC), tls (a ClientHello),
 * tcp, udp. The port is that of the URL or the usual one. The server name is the host of the URL unless
 * --sni says otherwise or the host is an address. Lists live in the arena, texts are slices of the
 * arguments. False with a sentence when something cannot be read. */
bool match_request_read(struct route_request *request, const struct texts *args,
			const struct match_values *values, struct arena *arena,
			struct error *error);

#endif
