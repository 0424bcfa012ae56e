#include "proxy/log.h"

#include <errno.h>
#include <unistd.h>

#include "proxy/worker.h"
#include "report/clean.h"
#include "report/markup.h"

/* ---- text ---- */

static void word(struct buf *out, struct str text)
{
	if (text.len)
		clean_add(out, text);
	else
		buf_char(out, '-');
}

static void write_backend(struct buf *out, const struct exchange *exchange)
{
	const struct route_backend *share = exchange->share;
	char text[NET_TEXT];

	if (!share)
		return;
	buf_text(out, " ");
	word(out, share->namespace);
	buf_char(out, '/');
	word(out, share->name);
	buf_format(out, ":%u", share->port);
	if (exchange->tries)
		buf_format(out, " %s",
			   exchange->endpoint ? net_text(&exchange->endpoint->address, text)
					      : "echo");
	if (exchange->tries > 1)
		buf_format(out, " try %u", exchange->tries);
}

static void write_route(struct buf *out, const struct route_place *place)
{
	if (!place->object) {
		buf_text(out, " no route");
		return;
	}
	buf_char(out, ' ');
	word(out, place->object->kind);
	buf_char(out, ' ');
	word(out, place->object->namespace);
	buf_char(out, '/');
	word(out, place->object->name);
	buf_format(out, "#%d", place->rule);
}

/* 200 GET shop.example.com /cart -> HTTPRoute web/shop#0 web/cart:80 127.0.0.1:9000 3ms */
void log_text(struct buf *out, const struct exchange *exchange)
{
	const struct head *request = &exchange->request;
	const struct route_place *place = &exchange->decision.place;

	buf_format(out, "%u ", exchange->status);
	word(out, request->method);
	buf_char(out, ' ');
	word(out, request->authority);
	buf_char(out, ' ');
	word(out, request->target);
	buf_text(out, " ->");
	write_route(out, place);
	write_backend(out, exchange);
	buf_format(out, " %lldms", (long long)(worker_clock() - exchange->start_us) / 1000);
	if (exchange->why)
		buf_format(out, " (%s)", exchange->why);
	buf_char(out, '\n');
}

/* ---- JSON ---- */

static void member(struct buf *out, const char *name, struct str value)
{
	buf_format(out, ",\"%s\":", name);
	markup_json(out, value);
}

static void number(struct buf *out, const char *name, long long value)
{
	buf_format(out, ",\"%s\":%lld", name, value);
}

static void write_route_json(struct buf *out, const struct exchange *exchange)
{
	const struct route_place *place = &exchange->decision.place;
	const struct route_backend *share = exchange->share;
	char text[NET_TEXT];

	if (place->object) {
		member(out, "routeKind", place->object->kind);
		member(out, "routeNamespace", place->object->namespace);
		member(out, "route", place->object->name);
		number(out, "rule", place->rule);
	}
	if (!share)
		return;
	member(out, "backendNamespace", share->namespace);
	member(out, "backend", share->name);
	number(out, "backendPort", share->port);
	if (exchange->tries)
		member(out, "address",
		       exchange->endpoint ? str_from(net_text(&exchange->endpoint->address, text))
					  : STR("echo"));
}

static void write_json(struct buf *out, const struct exchange *exchange)
{
	const struct head *request = &exchange->request;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	buf_format(out, "{\"time\":%lld.%03ld,\"status\":%u", (long long)now.tv_sec,
		   now.tv_nsec / 1000000, exchange->status);
	member(out, "method", request->method);
	member(out, "host", request->authority);
	member(out, "target", request->target);
	number(out, "port", exchange->place->port);
	member(out, "client", exchange->client_text);
	write_route_json(out, exchange);
	number(out, "tries", exchange->tries);
	number(out, "backendMicroseconds", exchange->back_us);
	number(out, "microseconds", worker_clock() - exchange->start_us);
	number(out, "bytesIn", (long long)exchange->bytes_in);
	number(out, "bytesOut", (long long)exchange->bytes_out);
	member(out, "requestId", exchange->id);
	if (head_saw(request, HEAD_TRACEPARENT))
		member(out, "traceparent", head_value(request, HEAD_TRACEPARENT));
	if (exchange->why)
		member(out, "why", str_from(exchange->why));
	buf_text(out, "}\n");
}

/* ---- both ---- */

void log_exchange(struct worker *worker, const struct exchange *exchange)
{
	stats_exchange(worker, exchange);
	if (exchange->place->admin)
		return;
	if (worker->options->log == PROXY_LOG_TEXT)
		log_text(&worker->log, exchange);
	else if (worker->options->log == PROXY_LOG_JSON)
		write_json(&worker->log, exchange);
}

/* One call for the lines of a turn: lines of two workers do not mix. What nobody reads any more is lost. */
void log_flush(struct worker *worker)
{
	struct str rest = buf_slice(&worker->log);

	while (rest.len) {
		ssize_t written = write(STDOUT_FILENO, rest.at, rest.len);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			break;
		rest = str_from_pos(rest, (size_t)written);
	}
	buf_clear(&worker->log);
}
