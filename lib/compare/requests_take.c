#include "compare/requests_read.h"

#include "base/map.h"
#include "compare/encode.h"

void requests_blank(struct requests_reader *reader, struct requests_one *one, uint32_t line)
{
	arena_rewind(&reader->scratch, reader->start);
	*one = (struct requests_one){.line = line};
	one->headers = arena_array(&reader->scratch, struct route_header, REQUESTS_HEADERS);
}

bool requests_wrong(struct requests_one *one, const char *why)
{
	if (!one->wrong)
		one->wrong = why;
	return false;
}

bool requests_line(struct str *rest, struct str *line, uint32_t *number)
{
	const char *end;

	if (!rest->len)
		return false;
	end = memchr(rest->at, '\n', rest->len);
	*line = str_sub(*rest, 0, end ? (size_t)(end - rest->at) : rest->len);
	*rest = str_from_pos(*rest, line->len + 1);
	if (str_ends(*line, "\r"))
		line->len--;
	++*number;
	return true;
}

/* ---- headers ---- */

/* RFC 9110 5.6.2. */
static bool is_token(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] <= ' ' || text.at[i] >= 0x7f ||
		    strchr("\"(),/:;<=>?@[\\]{}", text.at[i]))
			return false;
	return text.len > 0;
}

static bool is_of_connection(struct str name)
{
	static const char *const names[] = {
		"connection",        "content-length",   "expect", "http2-settings",
		"keep-alive",        "proxy-connection", "te",     "trailer",
		"transfer-encoding",
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is_nocase(name, names[i]))
			return true;
	return false;
}

static bool has_break(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] == '\n' || text.at[i] == '\r' || text.at[i] == '\0')
			return true;
	return false;
}

bool requests_header(struct requests_reader *reader, struct requests_one *one, struct str name,
		     struct str value)
{
	struct route_request *request = &one->request;

	(void)reader;
	name = str_trim(name);
	value = str_trim(value);
	if (str_starts(name, ":") || is_of_connection(name))
		return true;
	if (!is_token(name))
		return requests_wrong(one, "a header has no name that can be sent");
	if (has_break(value))
		return requests_wrong(one, "the value of a header has a line break");
	if (str_is_nocase(name, "host")) {
		one->host = value;
		return true;
	}
	if (request->header_count == REQUESTS_HEADERS)
		return requests_wrong(one, "it has more than 100 headers");
	one->headers[request->header_count++] = (struct route_header){name, value};
	return true;
}

bool requests_has_header(const struct requests_one *one, const char *name)
{
	for (size_t i = 0; i < one->request.header_count; i++)
		if (str_is_nocase(one->headers[i].name, name))
			return true;
	return false;
}

bool requests_basic(struct requests_reader *reader, struct requests_one *one, struct str user)
{
	struct buf buf;
	struct str value;

	buf_init(&buf);
	buf_text(&buf, "Basic ");
	encode_base64(&buf, user);
	value = str_dup(&reader->scratch, buf_slice(&buf));
	buf_finish(&buf);
	return requests_header(reader, one, STR("Authorization"), value);
}

/* ---- URLs ---- */

/* What a request line cannot hold is written as browsers do. "%41" stays. */
static struct str escape_target(struct arena *arena, struct str target)
{
	struct buf buf;
	bool clean = true;

	for (size_t i = 0; i < target.len; i++)
		clean &= target.at[i] > ' ' && target.at[i] < 0x7f;
	if (clean)
		return target;
	buf_init(&buf);
	for (size_t i = 0; i < target.len; i++) {
		if (target.at[i] > ' ' && target.at[i] < 0x7f)
			buf_char(&buf, target.at[i]);
		else
			buf_format(&buf, "%%%02X", (unsigned char)target.at[i]);
	}
	target = str_dup(arena, buf_slice(&buf));
	buf_finish(&buf);
	return target;
}

static struct str unescape(struct arena *arena, struct str text)
{
	char *to = arena_bytes(arena, text.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		int high = text.at[i] == '%' && i + 2 < text.len ? encode_hex(text.at[i + 1]) : -1;
		int low = high >= 0 ? encode_hex(text.at[i + 2]) : -1;

		to[len++] = low >= 0 ? (char)(high << 4 | low) : text.at[i];
		i += low >= 0 ? 2 : 0;
	}
	return (struct str){to, len};
}

static bool read_authority(struct requests_reader *reader, struct requests_one *one,
			   struct str authority)
{
	size_t at = SIZE_MAX;

	for (size_t i = 0; i < authority.len; i++)
		if (authority.at[i] == '@')
			at = i;
	if (at != SIZE_MAX) {
		struct str user = unescape(&reader->scratch, str_sub(authority, 0, at));

		if (user.len && !requests_basic(reader, one, user))
			return false;
		authority = str_from_pos(authority, at + 1);
	}
	one->request.authority = authority;
	return true;
}

static bool read_scheme(struct requests_one *one, struct str scheme)
{
	if (!str_is_nocase(scheme, "http") && !str_is_nocase(scheme, "https"))
		return requests_wrong(one, "its scheme is neither http nor https");
	one->request.tls = str_is_nocase(scheme, "https");
	one->has_scheme = true;
	return true;
}

bool requests_url(struct requests_reader *reader, struct requests_one *one, struct str url,
		  bool bare)
{
	size_t colon = str_find_str(str_sub(url, 0, 32), "://"), end = 0;

	if (colon != SIZE_MAX && !memchr(url.at, '/', colon) && !memchr(url.at, '?', colon)) {
		if (!read_scheme(one, str_sub(url, 0, colon)))
			return false;
		url = str_from_pos(url, colon + 3);
		bare = true;
	}
	if (bare && !str_starts(url, "/")) {
		while (end < url.len && !strchr("/?#\\", url.at[end]))
			end++;
		if (!end)
			return requests_wrong(one, "its URL names no host");
		if (!read_authority(reader, one, str_sub(url, 0, end)))
			return false;
		url = str_from_pos(url, end);
	} else if (bare) {
		return requests_wrong(one, "its URL names no host");
	}
	url = str_sub(url, 0, str_find(url, '#'));
	if (!url.len || url.at[0] == '?')
		url = STR_JOIN(&reader->scratch, STR("/"), url);
	one->request.target = escape_target(&reader->scratch, url);
	return true;
}

/* ---- request lines ---- */

enum route_version requests_version(struct str text)
{
	if (str_is_nocase(str_sub(text, 0, 5), "http/"))
		text = str_from_pos(text, 5);
	else if (str_is_nocase(str_sub(text, 0, 1), "h"))
		text = str_from_pos(text, 1);
	if (str_is(text, "1.0"))
		return ROUTE_HTTP_1_0;
	if (str_is(text, "2") || str_is(text, "2.0"))
		return ROUTE_HTTP_2;
	return str_is(text, "3") || str_is(text, "3.0") ? ROUTE_HTTP_3 : ROUTE_HTTP_1_1;
}

bool requests_request_line(struct requests_reader *reader, struct requests_one *one,
			   struct str line)
{
	size_t blank = str_find(line, ' '), last = line.len;
	struct str target;

	if (blank == SIZE_MAX)
		return requests_wrong(one, "it has no method and path");
	one->request.method = str_sub(line, 0, blank);
	while (last > blank && line.at[last - 1] != ' ')
		last--;
	if (last > blank + 1 && str_is_nocase(str_sub(line, last, 5), "http/"))
		one->request.version = requests_version(str_from_pos(line, last));
	else
		last = line.len + 1;
	target = str_sub(line, blank + 1, last - blank - 2);
	if (str_starts(target, "/") || str_is(target, "*")) {
		one->request.target = target;
		return true;
	}
	if (str_find_str(target, "://") == SIZE_MAX)
		return requests_wrong(one, "its path does not begin with a slash");
	return requests_url(reader, one, target, false);
}

/* ---- is it a request ---- */

static bool is_host(struct str host)
{
	struct route_address address;

	if (host.len && host.at[0] == '[')
		return str_ends(host, "]") &&
		       route_address_parse(str_sub(host, 1, host.len - 2), &address);
	for (size_t i = 0; i < host.len; i++)
		if (host.at[i] <= ' ' || host.at[i] >= 0x7f ||
		    strchr(":[]<>\"\\^`{|}/?#@%,;", host.at[i]))
			return false;
	return host.len > 0 && host.len < 256;
}

static bool is_address(struct str host)
{
	struct route_address address;

	return host.at[0] == '[' || route_address_parse(host, &address);
}

static bool check_target(struct requests_one *one)
{
	struct str target = one->request.target;

	if (!target.len)
		return requests_wrong(one, "it names no path");
	if (target.len > REQUESTS_LINE)
		return requests_wrong(one, "its path is longer than 1 MiB");
	for (size_t i = 0; i < target.len; i++)
		if ((unsigned char)target.at[i] <= ' ' || target.at[i] == 0x7f)
			return requests_wrong(one, "its path has blanks or control bytes in it");
	if (target.at[0] != '/' && !str_is(target, "*"))
		return requests_wrong(one, "its path does not begin with a slash");
	return true;
}

static bool check_headers(struct requests_one *one)
{
	size_t bytes = 0;

	for (size_t i = 0; i < one->request.header_count; i++)
		bytes += one->headers[i].name.len + one->headers[i].value.len;
	return bytes <= REQUESTS_LINE || requests_wrong(one, "its headers are larger than 1 MiB");
}

static bool set_port(struct requests_reader *reader, struct requests_one *one)
{
	struct route_request *request = &one->request;
	struct str host = route_host(request->authority);
	struct str port = str_from_pos(request->authority, host.len + 1);
	int64_t number = request->tls ? reader->options->port_https : reader->options->port_http;

	if (!number)
		number = request->tls ? 443 : 80;
	if (port.len && (!str_to_int(port, &number) || number < 1 || number > 65535))
		return requests_wrong(one, "its port is none");
	request->port = (uint32_t)number;
	/* The final dot of an absolute name stands in Host, never in the server name (RFC 6066, 3). */
	if (request->tls && !request->sni.len && !is_address(host))
		request->sni = str_ends(host, ".") ? str_sub(host, 0, host.len - 1) : host;
	return true;
}

static bool complete(struct requests_reader *reader, struct requests_one *one)
{
	struct route_request *request = &one->request;
	const struct requests_options *options = reader->options;

	if (!one->has_scheme)
		request->tls = !str_is(options->scheme, "http");
	if (!request->authority.len)
		request->authority = one->host.len ? one->host : options->host;
	if (!request->authority.len)
		return requests_wrong(one, "it names no host (--request-host=URL does)");
	if (!is_host(route_host(request->authority)) ||
	    (one->host.len && !is_host(route_host(one->host))))
		return requests_wrong(one, "its host is none that a client can send");
	if (!is_token(route_method(request)))
		return requests_wrong(one, "its method is none");
	if (str_is(request->method, "CONNECT"))
		return requests_wrong(one, "CONNECT asks for a tunnel, not for an answer");
	if (one->body.len > REQUESTS_BODY)
		return requests_wrong(one, "its body is larger than 16 MiB");
	/* Without TLS nobody speaks HTTP/2 unless both sides agreed on it before. */
	if (!request->tls && request->version >= ROUTE_HTTP_2)
		request->version = ROUTE_HTTP_1_1;
	if (request->version == ROUTE_HTTP_3)
		request->version = ROUTE_HTTP_2;
	request->headers = one->headers;
	request->body_length = (int64_t)one->body.len;
	if (!check_target(one) || !check_headers(one) || !set_port(reader, one))
		return false;
	if (one->host.len)
		request->authority = one->host;
	return true;
}

static struct str origin_of(struct requests_reader *reader, const struct requests_one *one)
{
	struct arena *arena = &reader->probes->arena;

	if (one->entry.len)
		return str_format(arena, "%.*s: %.*s", STR_ARG(reader->name), STR_ARG(one->entry));
	return str_format(arena, "%.*s:%u", STR_ARG(reader->name), one->line);
}

static void add_probe(struct requests_reader *reader, const struct requests_one *one, void **place)
{
	struct probes *probes = reader->probes;
	struct probe *probe = probes_add(probes);

	probe_set_request(probe, &probes->arena, &one->request);
	probe->body = str_dup(&probes->arena, one->body);
	probe->origin = origin_of(reader, one);
	probe->recorded_status = one->status;
	probe->times = 1;
	*place = (void *)(uintptr_t)probes->count;
}

void requests_take(struct requests_reader *reader, struct requests_one *one)
{
	struct probes *probes = reader->probes;
	struct probe probe = {.body = one->body};
	uint64_t identity;
	void **place;

	if (one->wrong || !complete(reader, one)) {
		requests_refuse(reader, one->line, one->wrong);
		return;
	}
	reader->taken++;
	probe.request = one->request;
	identity = probe_fingerprint(&probe);
	place = (void **)map_get(&probes->known, (struct str){(char *)&identity, sizeof identity});
	if (place) {
		struct probe *known = &probes->at[(uintptr_t)place - 1];

		known->times += known->times < UINT32_MAX;
		if (known->recorded_status != one->status)
			known->recorded_status = 0;
		return;
	}
	if (probes->known.count >= PROBES_READ_MOST || probes->arena.used > PROBES_BYTES_MOST) {
		probes->capped++;
		return;
	}
	add_probe(reader, one,
		  map_at(&probes->known, str_dup(&probes->arena, (struct str){(char *)&identity,
									      sizeof identity})));
}

void requests_refuse(struct requests_reader *reader, uint32_t line, const char *why)
{
	reader->probes->unreadable++;
	if (reader->refused++ >= REQUESTS_SHOWN)
		return;
	findings_add(reader->findings,
		     (struct finding){
			     .code = "I2G129",
			     .span = {.source = reader->source, .line = line, .column = 1},
			     .message = str_format(reader->findings->arena,
						   "this is no request: %s", why),
		     });
}
