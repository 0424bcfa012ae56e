#include "route/request.h"

#include <arpa/inet.h>

/* Scheme and authority of absolute-form are cut off; what is no absolute-form is left alone. */
static struct str after_authority(struct str target, struct str *authority)
{
	size_t colon;

	if (!target.len || target.at[0] == '/')
		return target;
	colon = str_find_str(target, "://");
	if (colon == SIZE_MAX)
		return target;

	struct str rest = str_from_pos(target, colon + 3);
	size_t end = 0;

	while (end < rest.len && rest.at[end] != '/' && rest.at[end] != '?')
		end++;
	*authority = str_sub(rest, 0, end);
	return str_from_pos(rest, end);
}

struct route_target route_target(struct str target)
{
	struct route_target parts = {0};
	struct str rest = after_authority(target, &parts.authority);
	const char *mark = rest.len ? memchr(rest.at, '?', rest.len) : NULL;

	parts.path = mark ? (struct str){rest.at, (size_t)(mark - rest.at)} : rest;
	if (mark) {
		parts.has_query = true;
		parts.query = str_from_pos(rest, parts.path.len + 1);
	}
	if (!parts.path.len)
		parts.path = STR("/");
	return parts;
}

struct str route_host(struct str authority)
{
	size_t at = authority.len;

	while (at && authority.at[at - 1] >= '0' && authority.at[at - 1] <= '9')
		at--;
	if (at && authority.at[at - 1] == ':' &&
	    (authority.at[0] == '[' ? at > 1 && authority.at[at - 2] == ']'
				    : !memchr(authority.at, ':', at - 1)))
		return str_sub(authority, 0, at - 1);
	return authority;
}

const struct route_header *route_header_next(const struct route_request *request, struct str name,
					     size_t *from)
{
	for (size_t i = *from; i < request->header_count; i++) {
		if (request->headers[i].name.len != name.len ||
		    !str_eq_nocase(request->headers[i].name, name))
			continue;
		*from = i + 1;
		return &request->headers[i];
	}
	return NULL;
}

bool route_header_find(const struct route_request *request, struct str name, struct str *value)
{
	size_t from = 0;
	const struct route_header *header = route_header_next(request, name, &from);

	if (header)
		*value = header->value;
	return header != NULL;
}

static bool host_value(const struct route_request *request, struct str *value)
{
	struct str authority = route_target(request->target).authority;

	*value = authority.len ? authority : request->authority;
	return value->at != NULL;
}

bool route_header_value(const struct route_request *request, struct str name, struct arena *arena,
			struct str *value)
{
	const char *between = str_is_nocase(name, "Cookie") ? "; " : ", ";
	const struct route_header *header;
	size_t from = 0;
	bool found = false;

	if (str_is_nocase(name, "Host"))
		return host_value(request, value);
	while ((header = route_header_next(request, name, &from))) {
		*value = found ? str_format(arena, "%.*s%s%.*s", STR_ARG(*value), between,
					    STR_ARG(header->value))
			       : header->value;
		found = true;
	}
	return found;
}

/* "a=1; b=2": blanks around a pair are not part of it. */
static bool cookie_in(struct str line, struct str name, struct str *value)
{
	struct str part;
	bool more = true;

	while (str_split(&line, ';', &more, &part)) {
		struct str pair = str_trim(part);
		size_t equal = str_find(pair, '=');

		if (equal == SIZE_MAX || !str_eq(str_sub(pair, 0, equal), name))
			continue;
		*value = str_from_pos(pair, equal + 1);
		return true;
	}
	return false;
}

bool route_cookie_find(const struct route_request *request, struct str name, struct str *value)
{
	const struct route_header *header;
	size_t from = 0;

	while ((header = route_header_next(request, STR("Cookie"), &from)))
		if (cookie_in(header->value, name, value))
			return true;
	return false;
}

bool route_is_grpc(const struct route_request *request)
{
	struct str type;
	const struct str grpc = STR("application/grpc");

	if (!route_header_find(request, STR("content-type"), &type) ||
	    !str_eq_nocase(str_sub(type, 0, grpc.len), grpc))
		return false;
	return type.len == grpc.len || type.at[grpc.len] == '+' || type.at[grpc.len] == ';';
}

bool route_address_parse(struct str text, struct route_address *address)
{
	char copy[INET6_ADDRSTRLEN];

	*address = (struct route_address){0};
	if (text.len >= sizeof copy || !text.len)
		return false;
	memcpy(copy, text.at, text.len);
	copy[text.len] = '\0';
	if (inet_pton(AF_INET6, copy, address->at) == 1) {
		address->known = true;
	} else if (inet_pton(AF_INET, copy, address->at + 12) == 1) {
		address->at[10] = address->at[11] = 0xff;
		address->known = true;
	}
	return address->known;
}

bool route_networks_have(const struct route_network *networks, size_t count,
			 const struct route_address *address)
{
	for (size_t i = 0; i < count; i++) {
		unsigned whole = networks[i].bits / 8, rest = networks[i].bits % 8;
		unsigned mask = 0xff00u >> rest & 0xff;

		if (memcmp(networks[i].at, address->at, whole) == 0 &&
		    (!rest || ((networks[i].at[whole] ^ address->at[whole]) & mask) == 0))
			return true;
	}
	return false;
}

bool route_host_is_below(struct str host, struct str pattern)
{
	struct str suffix = str_from_pos(pattern, 1);

	if (!str_starts(pattern, "*."))
		return str_eq_nocase(pattern, host);
	return host.len > suffix.len &&
	       str_eq_nocase(str_from_pos(host, host.len - suffix.len), suffix);
}

struct str route_percent(struct str text, const char *signs, struct arena *arena)
{
	char *out = arena_bytes(arena, text.len * 3 + 1);
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];

		if (c > ' ' && c < 0x7f && !strchr(signs, c)) {
			out[len++] = (char)c;
			continue;
		}
		out[len++] = '%';
		out[len++] = "0123456789ABCDEF"[c >> 4];
		out[len++] = "0123456789ABCDEF"[c & 15];
	}
	return (struct str){out, len};
}
