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

/* Clients send names in ASCII only, and IPv6 within brackets (RFC 3986 3.2.2, RFC 5890). */
static bool is_host(struct str host)
{
	struct route_address address;

	if (host.len && host.at[0] == '[')
		return str_ends(host, "]") &&
		       route_address_parse(str_sub(host, 1, host.len - 2), &address);
	for (size_t i = 0; i < host.len; i++)
		if (host.at[i] <= ' ' || host.at[i] >= 0x7f || strchr(":[]<>\"\\^`{|}", host.at[i]))
			return false;
	return host.len > 0;
}

/* What a client would take out, or never send: curl and browsers make a header of the user, and refuse
 * blanks. */
static bool check_parts(const struct route_request *request, struct error *error)
{
	struct str authority = request->authority, target = request->target;
	struct str host = route_host(authority);

	if (str_find(authority, '@') != SIZE_MAX)
		return error_set(error, "a URL with a user in it: name the host alone, and give "
					"credentials with -H 'Authorization: ...'");
	if (!is_host(host))
		return error_set(error,
				 "'%.*s' is no host: names are ASCII (xn--...), IPv6 "
				 "stands within [ ]",
				 STR_ARG(host));
	for (size_t i = 0; i < target.len; i++)
		if ((unsigned char)target.at[i] <= ' ' || target.at[i] == 0x7f)
			return error_set(error,
					 "no client sends blanks or control bytes in a "
					 "path: write %%%02X for one",
					 (unsigned char)target.at[i]);
	return true;
}

static bool read_url(struct route_request *request, struct str url, bool *grpc, struct arena *arena,
		     struct error *error)
{
	size_t colon = str_find_str(url, "://");
	const struct scheme *scheme = colon == SIZE_MAX ? NULL : scheme_of(str_sub(url, 0, colon));
	struct str rest = scheme ? str_from_pos(url, colon + 3) : STR("");

	if (colon == SIZE_MAX)
		return error_set(error, "'%.*s' is no URL: it begins with https:// or http://",
				 STR_ARG(url));
	if (!scheme)
		return error_set(error,
				 "'%.*s' is no scheme of a route: http, https, grpc, grpcs, "
				 "tls, tcp or udp",
				 STR_ARG(str_sub(url, 0, colon)));
	request->transport = scheme->transport;
	request->tls = scheme->tls && scheme->transport == ROUTE_HTTP;
	request->authority = str_sub(rest, 0, end_of_authority(rest));
	if (!request->authority.len)
		return error_set(error, "'%.*s' names no host", STR_ARG(url));
	request->target = target_of(str_from_pos(rest, request->authority.len), arena);
	if (scheme->tls && !is_address(route_host(request->authority)))
		request->sni = route_host(request->authority);
	*grpc = scheme->grpc;
	return check_parts(request, error) && read_port(request, scheme, error);
}

/* ---- the rest ---- */

/* RFC 9110 5.1. */
static bool is_token(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] <= ' ' || text.at[i] >= 0x7f ||
		    strchr("\"(),/:;<=>?@[\\]{}", text.at[i]))
			return false;
	return text.len > 0;
}

static bool read_header(const char *text, struct route_request *request, bool *has_host,
			struct route_header *header, struct error *error)
{
	struct str line = str_from(text);
	size_t colon = str_find(line, ':');

	if (colon == SIZE_MAX || colon == 0)
		return error_set(error, "'%s' is no header: NAME: VALUE", text);
	header->name = str_trim(str_sub(line, 0, colon));
	header->value = str_trim(str_from_pos(line, colon + 1));
	if (!is_token(header->name))
		return error_set(error, "'%.*s' is no name of a header", STR_ARG(header->name));
	if (str_find(header->value, '\n') != SIZE_MAX || str_find(header->value, '\r') != SIZE_MAX)
		return error_set(error,
				 "the value of '%.*s' has a line break, which no client sends",
				 STR_ARG(header->name));
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

/* Of a network the address before the slash stands for all. */
static bool read_from(struct route_request *request, const char *from, struct error *error)
{
	struct str text = str_from(from ? from : "");
	size_t slash = str_find(text, '/');
	struct str address = str_sub(text, 0, slash);
	int64_t bits = 0, most = str_find(address, ':') == SIZE_MAX ? 32 : 128;

	if (!from)
		return true;
	if (slash != SIZE_MAX &&
	    (!str_to_int(str_from_pos(text, slash + 1), &bits) || bits < 0 || bits > most))
		return error_set(error, "'%s' is no network", from);
	return route_address_parse(address, &request->client) ||
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
