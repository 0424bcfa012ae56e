/* What the upstream is sent, and which upstream it is. */
#include "route/ngx.h"

/* ---- the canary ---- */

enum choice { CHOICE_NEXT, CHOICE_PRIMARY, CHOICE_CANARY };

bool ngx_header(const struct ngx_exchange *exchange, struct str name, struct str *value)
{
	/* $http_host is the header, even where absolute-form speaks for it. */
	if (str_is_nocase(name, "Host")) {
		*value = exchange->http_host;
		return value->at != NULL;
	}
	return route_header_value(exchange->request, name, &exchange->scratch->arena, value);
}

struct str ngx_best_host(const struct ngx_exchange *exchange)
{
	struct str said;

	if (!exchange->table->base.trust.forwarded ||
	    !ngx_header(exchange, STR("X-Forwarded-Host"), &said))
		return exchange->http_host;
	return str_sub(said, 0, str_find(said, ','));
}

static enum choice always_never(struct str value)
{
	if (str_is(value, "always"))
		return CHOICE_CANARY;
	return str_is(value, "never") ? CHOICE_PRIMARY : CHOICE_NEXT;
}

/* A pattern that does not compile sends every request with the header to the primary. */
static enum choice by_header(const struct ngx_exchange *exchange, const struct ngx_canary *canary)
{
	struct str value;

	if (!canary->header.len || !ngx_header(exchange, canary->header, &value))
		return CHOICE_NEXT;
	if (canary->value.len)
		return str_eq(value, canary->value) ? CHOICE_CANARY : CHOICE_NEXT;
	if (!canary->pattern)
		return always_never(value);
	if (!canary->pattern->code)
		return CHOICE_PRIMARY;
	return matcher_matches(canary->pattern, value, exchange->scratch) ? CHOICE_CANARY
									  : CHOICE_NEXT;
}

static enum choice by_cookie(const struct ngx_exchange *exchange, const struct ngx_canary *canary)
{
	struct str value;

	if (!canary->cookie.len || !route_cookie_find(exchange->request, canary->cookie, &value))
		return CHOICE_NEXT;
	return always_never(value);
}

/* Header, cookie, weight; without endpoints the canary gets nothing. */
static int64_t canary_weight(const struct ngx_exchange *exchange, const struct ngx_canary *canary)
{
	enum choice choice = CHOICE_PRIMARY;

	if (canary && canary->backend.state == ROUTE_BACKEND_OK) {
		choice = by_header(exchange, canary);
		if (choice == CHOICE_NEXT)
			choice = by_cookie(exchange, canary);
	}
	if (choice != CHOICE_NEXT)
		return choice == CHOICE_CANARY ? canary->total : 0;
	if (canary->weight <= 0)
		return 0;
	return canary->weight < canary->total ? canary->weight : canary->total;
}

/* ---- one share ---- */

static enum route_protocol protocol_of(enum ngx_protocol protocol)
{
	if (protocol == NGX_FASTCGI)
		return ROUTE_PROTOCOL_FASTCGI;
	return protocol == NGX_GRPC || protocol == NGX_GRPC_TLS ? ROUTE_PROTOCOL_GRPC
								: ROUTE_PROTOCOL_HTTP1;
}

static bool speaks_tls(const struct ngx_exchange *exchange, enum ngx_protocol protocol)
{
	return protocol == NGX_HTTP_TLS || protocol == NGX_GRPC_TLS ||
	       (protocol == NGX_HTTP_AUTO && ngx_is_https(exchange));
}

static struct route_backend share(const struct ngx_exchange *exchange,
				  const struct route_backend *of, int64_t weight)
{
	struct route_backend backend = *of;
	const struct ngx_settings *settings;

	backend.weight = (uint32_t)weight;
	if (!exchange->location) { /* passed through */
		backend.protocol = ROUTE_PROTOCOL_TCP;
		return backend;
	}
	settings = exchange->location->settings;
	backend.protocol = protocol_of(settings->protocol);
	backend.tls = speaks_tls(exchange, settings->protocol) ? settings->tls : NULL;
	backend.request = exchange->decision->request;
	backend.response = exchange->decision->response;
	return backend;
}

static void choose(struct ngx_exchange *exchange, const struct ngx_upstream *upstream)
{
	struct route_decision *decision = exchange->decision;
	struct route_backend *list =
		arena_array(&exchange->scratch->arena, struct route_backend, 2);
	int64_t canary = canary_weight(exchange, upstream->canary);
	int64_t total = upstream->canary ? upstream->canary->total : 1;

	if (canary < total)
		list[decision->backend_count++] =
			share(exchange, &upstream->backend, total - canary);
	if (canary > 0)
		list[decision->backend_count++] =
			share(exchange, &upstream->canary->backend, canary);
	if (decision->backend_count == 1)
		list[0].weight = 1;
	decision->backends = list;
	decision->weight = decision->backend_count == 1 ? 1 : (uint64_t)total;
}

/* ---- what is sent ---- */

static void set_request_headers(struct ngx_exchange *exchange)
{
	const struct ngx_settings *settings = exchange->location->settings;
	const struct route_edits *fixed = &exchange->decision->request;
	struct route_edit *edits;

	exchange->decision->request = settings->request;
	if (exchange->location->fallback)
		exchange->decision->request =
			ngx_page_headers(exchange, settings->request, 503, false);
	if (!exchange->location->rewrite || !settings->prefix.len)
		return;
	edits = arena_array(&exchange->scratch->arena, struct route_edit, fixed->count + 1);
	for (size_t i = 0; i < fixed->count; i++)
		edits[i] = fixed->at[i];
	edits[fixed->count] =
		(struct route_edit){ROUTE_EDIT_SET, STR("X-Forwarded-Prefix"), settings->prefix};
	exchange->decision->request = (struct route_edits){edits, fixed->count + 1};
}

/* Without a rewrite the request line goes through as it came. */
static void set_sent(struct ngx_exchange *exchange)
{
	struct route_target target = route_target(exchange->request->target);
	struct route_sent *sent = &exchange->decision->sent;

	sent->host =
		exchange->location->vhost.len ? exchange->location->vhost : ngx_best_host(exchange);
	if (sent->path.at) {
		sent->query = exchange->uri.query;
		sent->has_query = sent->query.len > 0;
		return;
	}
	sent->path = target.path;
	sent->query = target.query;
	sent->has_query = target.has_query;
}

void ngx_forward(struct ngx_exchange *exchange)
{
	struct route_decision *decision = exchange->decision;

	decision->action = ROUTE_FORWARD;
	decision->phase = ROUTE_PHASE_BACKEND;
	if (!exchange->location) {
		/* The controller's own proxy (TCPProxy) asks the Service, and knows no canary. */
		struct ngx_upstream whole = *exchange->server->passthrough;

		whole.canary = NULL;
		choose(exchange, &whole);
		return;
	}
	decision->response = ngx_is_https(exchange) ? exchange->location->settings->response_https
						    : exchange->location->settings->response;
	set_request_headers(exchange);
	set_sent(exchange);
	choose(exchange, exchange->location->upstream);
}
