#include "route/decision.h"

#include <stdio.h>

const struct route_policy route_no_policy = {
	.request_ms = ROUTE_UNSET,
	.backend_ms = ROUTE_UNSET,
	.connect_ms = ROUTE_UNSET,
	.read_ms = ROUTE_UNSET,
	.send_ms = ROUTE_UNSET,
	.body_bytes = ROUTE_UNSET,
};

const char *route_action_name(enum route_action action)
{
	static const char *const names[] = {
		[ROUTE_CLOSE] = "close",
		[ROUTE_ANSWER] = "answer",
		[ROUTE_REDIRECT] = "redirect",
		[ROUTE_FORWARD] = "forward",
	};

	return names[action];
}

const char *route_backend_words(enum route_backend_state state)
{
	static const char *const words[] = {
		[ROUTE_BACKEND_OK] = "can be asked",
		[ROUTE_BACKEND_MISSING] = "no such object",
		[ROUTE_BACKEND_NO_PORT] = "no such port",
		[ROUTE_BACKEND_DENIED] = "in another namespace without a ReferenceGrant",
		[ROUTE_BACKEND_KIND] = "a kind that cannot be asked",
		[ROUTE_BACKEND_NO_ENDPOINTS] = "no ready endpoint",
		[ROUTE_BACKEND_TLS] = "its certificate cannot be verified",
		[ROUTE_BACKEND_FILTER] = "a filter cannot be resolved",
	};

	return words[state];
}

const char *route_protocol_name(enum route_protocol protocol)
{
	static const char *const names[] = {
		[ROUTE_PROTOCOL_HTTP1] = "http",      [ROUTE_PROTOCOL_H2C] = "h2c",
		[ROUTE_PROTOCOL_WEBSOCKET] = "ws",    [ROUTE_PROTOCOL_GRPC] = "grpc",
		[ROUTE_PROTOCOL_FASTCGI] = "fastcgi", [ROUTE_PROTOCOL_TCP] = "tcp",
		[ROUTE_PROTOCOL_UDP] = "udp",
	};

	return names[protocol];
}

struct str route_place_field(const struct route_place *place, char text[static ROUTE_FIELD])
{
	int len;

	if (place->rule < 0 || !place->object)
		return STR("");

	const char *list = str_is(place->object->kind, "Ingress") ? "http.paths" : "matches";

	if (place->match < 0)
		len = snprintf(text, ROUTE_FIELD, "spec.rules[%d]", place->rule);
	else
		len = snprintf(text, ROUTE_FIELD, "spec.rules[%d].%s[%d]", place->rule, list,
			       place->match);
	return (struct str){text, (size_t)len};
}
