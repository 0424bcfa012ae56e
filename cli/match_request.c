#include "cli/match_request.h"

/* ---- URLs ---- */

struct scheme {
	const char *name;
	enum route_transport transport;
	uint32_t port; /* 0: it must be given */
	bool tls, grpc;
};

static const struct scheme schemes[] = {
	{"http", ROUTE_HTTP, 80, false, false}, {"https", ROUTE_HTTP, 443, true, false},
	{"grpc", ROUTE_HTTP, 80, false, true},  {"grpcs", ROUTE_HTTP, 443, true, true},
	{"tls", ROUTE_TLS, 443, true, false},   {"tcp", ROUTE_TCP, 0, false, false},
	{"udp", ROUTE_UDP, 0, false, false},
};

static const struct scheme *scheme_of(struct str name)
{
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (str_is_nocase(name, schemes[i].name))
			return &schemes[i];
	return NULL;
}

static size_t end_of_authority(struct str rest)
{
	size_t end = 0;

	while (end < rest.len && !strchr("/?#", rest.at[end]))
		end++;
	return end;
}

static bool read_port(struct route_request *request, const struct scheme *scheme,
		      struct error *error)
{
	struct str host = route_host(request->authority);
	struct str port = str_from_pos(request->authority, host.len + 1);
	int64_t number = scheme->port;

	if (port.len && (!str_to_int(port, &number) || number < 1 || number > 65535))
		return error_set(error, "'%.*s' is no port", STR_ARG(port));
	if (!number)
		return error_set(error, "a %s URL needs a port", scheme->name);
	request->port = (uint32_t)number;
	return true;
}

/* A target without path is "/"; a fragment stays with the browser. */
static struct str target_of(struct str rest, struct arena *arena)
{
	struct str target = str_sub(rest, 0, str_find(rest, '#'));

	if (!target.len || target.at[0] == '?')
		return str_format(arena, "/%.*s", STR_ARG(target));
	return target;
}

static bool is_address(struct str host)
{
	struct route_address address;

	return (host.len && host.at[0] == '[') || route_address_parse(host, &address);
}

static bool read_url(struct route_request *request, struct str url, bool *grpc, struct arena *arena,
		     struct error *error)
{
	size_t colon = str_find_str(url, "://");
	const struct scheme *scheme = colon == SIZE_MAX ? NULL : scheme_of(str_sub(url, 0, colon));
	struct str rest = scheme ? str_from_pos(url, colon + 3) : STR("");

	if (!scheme)
		return error_set(error, "'%.*s' is no URL: it begins with https:// or http://",
				 STR_ARG(url));
	request->transport = scheme->transport;
	request->tls = scheme->tls && scheme->transport == ROUTE_HTTP;
	request->authority = str_sub(rest, 0, end_of_authority(rest));
	if (!request->authority.len)
		return error_set(error, "'%.*s' names no host", STR_ARG(url));
	request->target = target_of(str_from_pos(rest, request->authority.len), arena);
	if (scheme->tls && !is_address(route_host(request->authority)))
		request->sni = route_host(request->authority);
	*grpc = scheme->grpc;
	return read_port(request, scheme, error);
}

/* ---- the rest ---- */

static bool read_header(const char *text, struct route_request *request, bool *has_host,
			struct route_header *header, struct error *error)
{
	struct str line = str_from(text);
	size_t colon = str_find(line, ':');

	if (colon == SIZE_MAX || colon == 0)
		return error_set(error, "'%s' is no header: NAME: VALUE", text);
	header->name = str_trim(str_sub(line, 0, colon));
	header->value = str_trim(str_from_pos(line, colon + 1));
	*has_host = str_is_nocase(header->name, "host");
	if (*has_host)
		request->authority = header->value;
	return true;
}

/* Host is no header like others: it is what the request is for. */
static bool read_headers(struct route_request *request, const struct texts *texts, bool grpc,
			 struct arena *arena, struct error *error)
{
	struct route_header *headers = arena_array(arena, struct route_header, texts->count + 1);

	for (size_t i = 0; i < texts->count; i++) {
		struct route_header header;
		bool has_host = false;

		if (!read_header(texts->at[i], request, &has_host, &header, error))
			return false;
		if (!has_host)
			headers[request->header_count++] = header;
	}
	if (grpc)
		headers[request->header_count++] =
			(struct route_header){STR("content-type"), STR("application/grpc")};
	request->headers = headers;
	return true;
}

/* Of a network its first address stands for all. */
static bool read_from(struct route_request *request, const char *from, struct error *error)
{
	struct str text = str_from(from);

	return !from ||
	       route_address_parse(str_sub(text, 0, str_find(text, '/')), &request->client) ||
	       error_set(error, "'%s' is no address", from);
}

/* A token (RFC 9110 9.1) that cannot be taken for a file: people name their input first everywhere
 * else. */
static bool is_method(const char *text)
{
	size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_");

	return length && !text[length];
}

bool match_request_read(struct route_request *request, const struct texts *args,
			const struct match_values *values, struct arena *arena, struct error *error)
{
	bool grpc = false;

	*request = (struct route_request){0};
	if (args->count == 0 || args->count > 2)
		return error_set(error, "match takes [METHOD] URL; files are named with -f");
	if (args->count == 2 && !is_method(args->at[0]))
		return error_set(error, "'%s' is no method; files are named with -f", args->at[0]);
	if (!read_url(request, str_from(args->at[args->count - 1]), &grpc, arena, error) ||
	    !read_headers(request, &values->headers, grpc, arena, error) ||
	    !read_from(request, values->from, error))
		return false;
	request->method = grpc ? STR("POST") : STR("GET");
	request->version = grpc ? ROUTE_HTTP_2 : ROUTE_HTTP_1_1;
	if (args->count == 2)
		request->method = str_from(args->at[0]);
	if (values->sni)
		request->sni = str_from(values->sni);
	return true;
}
