/* A probe as a curl command. Whatever stands in it must reach curl as it is: every word is quoted for a
 * POSIX shell, globbing of curl is off, and dots in paths stay. */
#include "compare/probe.h"

enum { BODY_SHOWN = 4096 };

/* Within single quotes nothing is special but the quote itself. */
static void add_quoted(struct buf *buf, struct str text)
{
	buf_char(buf, '\'');
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '\'')
			buf_text(buf, "'\\''");
		else
			buf_char(buf, text.at[i]);
	}
	buf_char(buf, '\'');
}

static bool is_plain(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.at[i] < ' ' && text.at[i] != '\n' && text.at[i] != '\t')
			return false;
	return true;
}

/* Bytes that an argument cannot hold (NUL) or a terminal should not see: octal escapes of printf(1). */
static void add_printf(struct buf *buf, struct str bytes)
{
	buf_text(buf, "printf '");
	for (size_t i = 0; i < bytes.len; i++) {
		unsigned char c = (unsigned char)bytes.at[i];

		if (c < ' ' || c >= 0x7f || c == '\'' || c == '\\')
			buf_format(buf, "\\%03o", c);
		else if (c == '%')
			buf_text(buf, "%%");
		else
			buf_char(buf, (char)c);
	}
	buf_text(buf, "' | ");
}

enum body_kind { BODY_NONE, BODY_WORD, BODY_PIPE, BODY_ZEROS, BODY_LARGE };

static enum body_kind body_kind(const struct probe *probe)
{
	if (!probe->body.len)
		return probe->request.body_length > 0 ? BODY_ZEROS : BODY_NONE;
	if (probe->body.len > BODY_SHOWN)
		return BODY_LARGE;
	return is_plain(probe->body) ? BODY_WORD : BODY_PIPE;
}

static void add_body(struct buf *buf, const struct probe *probe)
{
	struct str type;

	switch (body_kind(probe)) {
	case BODY_NONE:
		return;
	case BODY_WORD:
		buf_text(buf, " --data-raw ");
		add_quoted(buf, probe->body);
		break;
	case BODY_PIPE:
	case BODY_ZEROS:
		buf_text(buf, " --data-binary @-");
		break;
	case BODY_LARGE:
		buf_text(buf, " --data-binary @BODY");
		break;
	}
	/* curl would make a form of it. */
	if (!route_header_find(&probe->request, STR("content-type"), &type))
		buf_text(buf, " -H 'Content-Type:'");
	if (probe->request.body_length < 0)
		buf_text(buf, " -H 'Transfer-Encoding: chunked'");
}

static void add_header(struct buf *buf, struct str name, struct str value)
{
	struct buf line;

	buf_init(&line);
	buf_str(&line, name);
	/* "Name:" would take a header away, "Name;" sends it empty. */
	buf_text(&line, value.len ? ": " : ";");
	buf_str(&line, value);
	buf_text(buf, " -H ");
	add_quoted(buf, buf_slice(&line));
	buf_finish(&line);
}

/* The name that curl shakes hands with is the host of its URL. */
static struct str url_host(const struct route_request *request)
{
	struct str host = route_host(request->authority);

	return request->tls && request->sni.len ? request->sni : host.len ? host : STR("ADDRESS");
}

static void add_url(struct buf *buf, const struct route_request *request, struct str target)
{
	struct buf url;

	buf_init(&url);
	buf_text(&url, request->tls ? "https://" : "http://");
	buf_str(&url, url_host(request));
	if (request->port && request->port != (request->tls ? 443u : 80u))
		buf_format(&url, ":%u", request->port);
	buf_str(&url, str_starts(target, "/") ? target : STR("/"));
	buf_char(buf, ' ');
	add_quoted(buf, buf_slice(&url));
	buf_finish(&url);
}

/* Host as curl would write it of its URL; versions differ about a dot at its end. */
static bool is_curls_host(const struct route_request *request)
{
	struct str host = url_host(request), rest;
	struct str authority = request->authority;
	char text[STR_DIGITS];

	if (!str_eq(str_sub(authority, 0, host.len), host) || str_ends(host, "."))
		return false;
	rest = str_from_pos(authority, host.len);
	if (!request->port || request->port == (request->tls ? 443u : 80u))
		return !rest.len;
	return rest.len && rest.at[0] == ':' &&
	       str_eq(str_from_pos(rest, 1), str_digits(text, request->port));
}

static void add_options(struct buf *buf, const struct route_request *request, struct str method)
{
	static const char *const versions[] = {"--http1.1", "--http1.0", "--http2", "--http3"};

	buf_text(buf, versions[request->version]);
	if (str_is(method, "HEAD")) {
		buf_text(buf, " -I");
	} else {
		buf_text(buf, " -i");
		if (!str_is(method, "GET") || request->body_length) {
			buf_text(buf, " -X ");
			add_quoted(buf, method);
		}
	}
	buf_text(buf, " -g --path-as-is");
}

void probe_curl(struct buf *buf, const struct probe *probe)
{
	const struct route_request *request = &probe->request;
	enum body_kind body = body_kind(probe);
	struct str target;
	struct arena arena;

	arena_init(&arena);
	target = probe_shown_target(probe, &arena);
	if (body == BODY_PIPE)
		add_printf(buf, probe->body);
	if (body == BODY_ZEROS)
		buf_format(buf, "head -c %lld /dev/zero | ", (long long)request->body_length);
	buf_text(buf, "curl ");
	add_options(buf, request, probe_method(probe));
	if (!request->authority.at)
		buf_text(buf, " -H 'Host:'");
	else if (!is_curls_host(request))
		add_header(buf, STR("Host"), request->authority);
	for (size_t i = 0; i < request->header_count; i++)
		add_header(buf, request->headers[i].name,
			   probe_shown_value(probe, &request->headers[i], &arena));
	add_body(buf, probe);
	/* A fragment would not be sent, "*" and absolute-form are no paths. */
	if (!str_starts(target, "/") || str_find(target, '#') != SIZE_MAX) {
		buf_text(buf, " --request-target ");
		add_quoted(buf, target);
	}
	add_url(buf, request, target);
	if (request->tls && !request->sni.len)
		buf_text(buf, " # without server name: write the address in place of the host");
	if (body == BODY_LARGE)
		buf_format(buf, " # BODY is a file of %zu bytes", probe->body.len);
	arena_finish(&arena);
}
