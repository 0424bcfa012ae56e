/* custom-http-errors: nginx goes to `error_page CODE = @page`, a location that asks the default backend for
 * "/" with what happened in headers; the client gets whatever status that one answers. */
#include "route/ngx.h"

static void set(struct route_edit *edits, size_t *count, const char *name, struct str value)
{
	/* proxy_set_header with an empty value sends nothing. */
	if (value.len)
		edits[(*count)++] = (struct route_edit){ROUTE_EDIT_SET, str_from(name), value};
}

static struct str original_uri(const struct ngx_exchange *exchange)
{
	struct route_target target = route_target(exchange->request->target);

	return str_format(&exchange->scratch->arena, "%.*s%s%.*s", STR_ARG(target.path),
			  target.has_query ? "?" : "", STR_ARG(target.query));
}

struct route_edits ngx_page_headers(const struct ngx_exchange *exchange, struct route_edits first,
				    unsigned status, bool with_uri)
{
	enum { OWN = 3 };
	struct arena *arena = &exchange->scratch->arena;
	struct route_edits names = {0};
	struct route_edit *edits;
	struct str accept = {0};
	size_t count = first.count;

	/* They are variables, which a location sets after it has looked at the size of the body. */
	if (exchange->location && exchange->decision->phase != ROUTE_PHASE_REQUEST)
		names = exchange->location->names;
	edits = arena_array(arena, struct route_edit, first.count + names.count + OWN);
	for (size_t i = 0; i < first.count; i++)
		edits[i] = first.at[i];
	set(edits, &count, "X-Code", str_format(arena, "%u", status));
	ngx_header(exchange, STR("Accept"), &accept);
	set(edits, &count, "X-Format", accept);
	if (with_uri)
		set(edits, &count, "X-Original-URI", original_uri(exchange));
	for (size_t i = 0; i < names.count; i++)
		edits[count++] = names.at[i];
	return (struct route_edits){edits, count};
}

static const struct route_pages *pages_of(const struct ngx_exchange *exchange)
{
	const struct ngx_location *location = exchange->location;

	if (location && !location->settings->denied && location->settings->pages)
		return location->settings->pages;
	return exchange->table->pages;
}

static bool holds(const struct route_pages *pages, unsigned status)
{
	for (size_t i = 0; i < pages->code_count; i++)
		if (pages->codes[i] == status)
			return true;
	return false;
}

static void ask_page(struct ngx_exchange *exchange, const struct route_backend *of, unsigned status)
{
	struct route_decision *decision = exchange->decision;
	struct route_backend *backend = arena_new(&exchange->scratch->arena, struct route_backend);

	*backend = *of;
	backend->weight = 1;
	backend->request = decision->request =
		ngx_page_headers(exchange, (struct route_edits){0}, status, true);
	backend->response = decision->response;
	decision->action = ROUTE_FORWARD;
	decision->status = 0;
	decision->backends = backend;
	decision->backend_count = 1;
	decision->weight = 1;
	decision->sent = (struct route_sent){.path = STR("/"),
					     .query = exchange->uri.query,
					     .has_query = exchange->uri.query.len > 0,
					     .host = exchange->http_host};
}

/* The controller's own default backend is a server of the same nginx, which knows no TRACE either. */
static unsigned own_status(const struct ngx_exchange *exchange)
{
	struct str method = route_method(exchange->request);

	return str_is(method, "TRACE") || str_is(method, "CONNECT") ? 405 : 404;
}

/* nginx goes to a named location: not without a URI ("empty URI in redirect to named location"), and not in
 * a server that only redirects, which inherits `error_page` and lacks the location. */
static bool can_go(struct ngx_exchange *exchange)
{
	if ((exchange->server && exchange->server->www.len) ||
	    !ngx_is_method(route_method(exchange->request)))
		return false;
	return exchange->uri.path.len ||
	       ngx_uri_parse(&exchange->uri, exchange->request->target, &exchange->scratch->arena);
}

void ngx_page(struct ngx_exchange *exchange, unsigned status)
{
	const struct route_pages *pages = pages_of(exchange);

	if (!pages || !holds(pages, status))
		return;
	exchange->decision->page = status;
	if (!can_go(exchange))
		exchange->decision->status = 500;
	else if (ngx_is_denied_everywhere(exchange)) /* in the page's location as well */
		exchange->decision->status = 403;
	else if (pages->backend)
		ask_page(exchange, pages->backend, status);
	else
		exchange->decision->status = own_status(exchange);
}
