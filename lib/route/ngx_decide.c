/* The phases of nginx, in their order; the first that has an answer ends the request. */
#include "route/ngx.h"

/* ---- the connection ---- */

/* ssl-passthrough: by exact server name, before anything is decrypted. */
static bool passthrough(struct ngx_exchange *exchange)
{
	const struct route_request *request = exchange->request;
	struct str sni = str_lower(&exchange->scratch->arena, request->sni);
	const struct ngx_server *server = map_get(&exchange->table->names, sni);
	struct route_front_tls *tls;

	if (!sni.len || !server || !server->passthrough || !str_eq(server->name, sni) ||
	    request->port != exchange->table->https_port)
		return false;
	tls = arena_new(&exchange->scratch->arena, struct route_front_tls);
	tls->passthrough = true;
	exchange->decision->tls = tls;
	exchange->server = server;
	ngx_forward(exchange);
	return true;
}

/* The certificate goes by the name the controller has it for; client certificates go by the server
 * block of that name. */
static void handshake(struct ngx_exchange *exchange)
{
	struct arena *arena = &exchange->scratch->arena;
	struct str sni = str_lower(arena, exchange->request->sni);
	const struct ngx_server *server = ngx_server_find(exchange->table, sni, exchange->scratch);
	const struct route_front_tls *shown;
	struct route_front_tls *tls;

	shown = ngx_certificate(exchange->table, sni, arena);
	tls = arena_new(arena, struct route_front_tls);
	*tls = shown ? *shown : exchange->table->own;
	if (server && server->clients) {
		tls->validation = server->clients->validation;
		tls->authorities = server->clients->authorities;
		tls->authority_count = server->clients->authority_count;
	}
	exchange->decision->tls = tls;
}

/* A ClientHello alone shows the certificate. */
static bool connect(struct ngx_exchange *exchange)
{
	const struct route_request *request = exchange->request;
	bool https = request->port == exchange->table->https_port;

	if (passthrough(exchange))
		return true;
	if (https && (request->transport == ROUTE_TLS || request->tls))
		handshake(exchange);
	if (https && request->transport == ROUTE_TLS)
		return ngx_answer(exchange, ROUTE_PHASE_TLS, 0);
	if (https && request->transport == ROUTE_HTTP && !request->tls) {
		exchange->error = 497; /* "The plain HTTP request was sent to HTTPS port" */
		return ngx_answer(exchange, ROUTE_PHASE_REQUEST, 400);
	}
	if (request->transport == ROUTE_HTTP &&
	    (https || (!request->tls && request->port == exchange->table->http_port)))
		return false;
	exchange->decision->phase = ROUTE_PHASE_CONNECT;
	return true;
}

/* ---- the request ---- */

/* Host must be there, and must be one, even where absolute-form speaks for it. */
static bool check_host(struct ngx_exchange *exchange)
{
	const struct route_request *request = exchange->request;
	struct str given = route_target(request->target).authority;
	struct arena *arena = &exchange->scratch->arena;

	exchange->http_host = request->authority;
	if (!request->authority.at)
		return request->version == ROUTE_HTTP_1_0 &&
		       (!given.len || ngx_host_parse(&exchange->host, given, arena));
	return ngx_host_parse(&exchange->host, request->authority, arena) &&
	       (!given.len || ngx_host_parse(&exchange->host, given, arena));
}

static bool find_server(struct ngx_exchange *exchange)
{
	if (!check_host(exchange))
		return ngx_answer(exchange, ROUTE_PHASE_REQUEST, 400);
	exchange->server = ngx_server_find(exchange->table, exchange->host, exchange->scratch);
	exchange->decision->host = exchange->server->place;
	exchange->decision->listener =
		exchange->server->name.len ? exchange->server->name : STR("_");
	return false;
}

static bool parse_uri(struct ngx_exchange *exchange)
{
	if (ngx_uri_parse(&exchange->uri, exchange->request->target, &exchange->scratch->arena))
		return false;
	return ngx_answer(exchange, ROUTE_PHASE_REQUEST, 400);
}

/* ngx_http_parse_request_line() takes upper case, "-" and "_"; CONNECT and TRACE are refused once the
 * headers are read (ngx_http_process_request_header(), since 1.21.1). */
bool ngx_is_method(struct str method)
{
	for (size_t i = 0; i < method.len; i++)
		if ((method.at[i] < 'A' || method.at[i] > 'Z') && method.at[i] != '-' &&
		    method.at[i] != '_')
			return false;
	return true;
}

static bool check_method(struct ngx_exchange *exchange)
{
	struct str method = route_method(exchange->request);

	if (!ngx_is_method(method))
		return ngx_answer(exchange, ROUTE_PHASE_REQUEST, 400);
	return (str_is(method, "CONNECT") || str_is(method, "TRACE")) &&
	       ngx_answer(exchange, ROUTE_PHASE_REQUEST, 405);
}

/* The handshake asked for a certificate by the server name; whether it counts is up to the server of the Host header
 * (ngx_http_process_request()). */
static void ask_for_another(struct ngx_exchange *exchange, const struct route_front_tls *clients)
{
	const struct route_front_tls *shown = exchange->decision->tls;
	struct route_front_tls *tls;

	if (!shown || shown->validation != ROUTE_CLIENT_REQUIRED ||
	    (clients && clients->validation == ROUTE_CLIENT_REQUIRED))
		return;
	tls = arena_new(&exchange->scratch->arena, struct route_front_tls);
	*tls = *shown;
	tls->validation = ROUTE_CLIENT_OPTIONAL;
	exchange->decision->tls = tls;
}

/* auth-tls-verify-client: on. nginx completes the handshake and answers 400. */
static bool client_certificate(struct ngx_exchange *exchange)
{
	const struct route_front_tls *clients = exchange->server->clients;

	ask_for_another(exchange, clients);
	if (!exchange->request->tls || !clients || clients->validation != ROUTE_CLIENT_REQUIRED ||
	    exchange->request->client_certificate == ROUTE_CERTIFICATE_GOOD)
		return false;
	/* NGX_HTTPS_NO_CERT, NGX_HTTPS_CERT_ERROR */
	exchange->error =
		exchange->request->client_certificate == ROUTE_CERTIFICATE_NONE ? 496 : 495;
	return ngx_answer(exchange, ROUTE_PHASE_TLS, 400);
}

/* block-user-agents, then block-referers: a map that texts of any case are looked up in, and patterns. An
 * absent header is an empty one. */
static bool is_blocked(const struct ngx_exchange *exchange, const struct ngx_block *block)
{
	struct str value = STR("");

	ngx_header(exchange, block->header, &value);
	if (block->pattern)
		return matcher_matches(block->pattern, value, exchange->scratch);
	return str_eq_nocase(block->text, value);
}

static bool blocked(struct ngx_exchange *exchange)
{
	const struct ngx_table *table = exchange->table;

	for (size_t i = 0; i < table->block_count; i++)
		if (is_blocked(exchange, &table->blocks[i]))
			return ngx_answer(exchange, ROUTE_PHASE_GUARD, 403);
	return false;
}

/* $request_uri without a slash at its very end: even one of the query. */
static struct str uri_without_slash(const struct ngx_exchange *exchange)
{
	struct route_target target = route_target(exchange->request->target);
	struct str uri = str_format(&exchange->scratch->arena, "%.*s%s%.*s", STR_ARG(target.path),
				    target.has_query ? "?" : "", STR_ARG(target.query));

	return str_sub(uri, 0, uri.len - str_ends(uri, "/"));
}

static bool www(struct ngx_exchange *exchange)
{
	const struct ngx_server *server = exchange->server;

	if (!server->www.len)
		return false;
	return ngx_redirect(exchange, ROUTE_PHASE_REDIRECT, server->www_status,
			    str_format(&exchange->scratch->arena, "%s://%.*s:%u%.*s",
				       ngx_is_https(exchange) ? "https" : "http",
				       STR_ARG(server->www), exchange->request->port,
				       STR_ARG(uri_without_slash(exchange))));
}

static bool server_rewrite(struct ngx_exchange *exchange)
{
	const struct ngx_server *server = exchange->server;

	if (server->denied)
		return ngx_answer(exchange, ROUTE_PHASE_GUARD, 403);
	if (!server->app_root.len || !str_is(exchange->uri.path, "/"))
		return false;
	return ngx_redirect(exchange, ROUTE_PHASE_REDIRECT, 302,
			    str_format(&exchange->scratch->arena, "%s://%.*s%.*s",
				       ngx_is_https(exchange) ? "https" : "http",
				       STR_ARG(exchange->http_host), STR_ARG(server->app_root)));
}

/* ---- the location ---- */

/* Prefixes that the controller writes end in "/". */
static const char *why_not(struct str uri, const struct ngx_entry *entry)
{
	bool exact = entry->modifier == NGX_EXACT;
	struct str head = exact ? uri : str_sub(uri, 0, entry->name.len);

	if (entry->modifier == NGX_REGEX)
		return "the pattern does not match";
	if (str_eq(head, entry->name))
		return "an exact or longer location fits";
	if (str_eq_nocase(head, entry->name))
		return "case differs";
	return exact && str_eq(str_sub(uri, 0, entry->name.len), entry->name) ? "the path goes on"
									      : "another path";
}

static void explain(struct ngx_exchange *exchange, const struct ngx_entry *entry, bool taken)
{
	static const char *const modifiers[] = {"", "= ", "~* "};
	struct str what = str_format(&exchange->scratch->arena, "%s%.*s",
				     modifiers[entry->modifier], STR_ARG(entry->name));

	route_explain(
		exchange->scratch, exchange->decision,
		(struct route_step){.kind = ROUTE_STEP_MATCH,
				    .taken = taken,
				    .place = entry->location->place,
				    .what = what,
				    .why = taken ? STR("")
						 : str_from(why_not(exchange->uri.path, entry))});
	if (taken)
		exchange->decision->what = what;
}

static void explain_all(struct ngx_exchange *exchange)
{
	const struct ngx_server *server = exchange->server;
	bool found = false;

	for (size_t i = 0; i < server->entry_count && !(server->regex && found); i++) {
		const struct ngx_entry *entry = &server->entries[i];

		found = exchange->entry && entry->modifier == exchange->entry->modifier &&
			str_eq(entry->name, exchange->entry->name);
		explain(exchange, entry, found);
	}
}

/* Without a word the controller's default of 1 MiB holds, which is nginx's own as well. */
int64_t ngx_body_limit(const struct ngx_location *location)
{
	int64_t most = location && !location->settings->denied ? location->policy->body_bytes
							       : ROUTE_UNSET;

	return most == ROUTE_UNSET ? 1 << 20 : most;
}

static bool too_large(const struct ngx_exchange *exchange)
{
	int64_t most = ngx_body_limit(exchange->location);

	return most > 0 && exchange->request->body_length > most;
}

bool ngx_is_denied_everywhere(const struct ngx_exchange *exchange)
{
	const struct ngx_table *table = exchange->table;
	const struct route_address *client = &exchange->request->client;

	return client->known && route_networks_have(table->deny, table->deny_count, client);
}

/* The default server has a "/" in any case, with nothing but what stands at the http level. */
static bool no_location(struct ngx_exchange *exchange)
{
	if (ngx_is_denied_everywhere(exchange))
		return ngx_answer(exchange, ROUTE_PHASE_GUARD, 403);
	exchange->error = NGX_AS_IT_IS;
	return ngx_answer(exchange, ROUTE_PHASE_ROUTE, 404);
}

static bool find_config(struct ngx_exchange *exchange)
{
	struct arena *arena = &exchange->scratch->arena;
	bool slash;

	exchange->entry =
		ngx_location_find(exchange->server, exchange->uri.path, exchange->scratch, &slash);
	if (exchange->scratch->explain)
		explain_all(exchange);
	if (exchange->entry) {
		exchange->location = exchange->entry->location;
		exchange->decision->place = exchange->location->place;
		exchange->decision->policy = exchange->location->policy;
	}
	if (too_large(exchange))
		return ngx_answer(exchange, ROUTE_PHASE_REQUEST, 413);
	if (!exchange->entry)
		return no_location(exchange);
	if (!slash)
		return false;
	return ngx_redirect(exchange, ROUTE_PHASE_ROUTE, 301,
			    str_format(arena, "%.*s%.*s%s%.*s", STR_ARG(ngx_origin(exchange)),
				       STR_ARG(ngx_uri_escape(exchange->entry->name, arena)),
				       exchange->uri.query.len ? "?" : "",
				       STR_ARG(exchange->uri.query)));
}

/* ---- rewrite ---- */

/* The headers go on every answer of an allowed origin; "*" does not look at the origin at all. */
static bool cors(struct ngx_exchange *exchange)
{
	const struct ngx_cors *cors = exchange->location->settings->cors;
	struct route_decision *decision = exchange->decision;
	struct arena *arena = &exchange->scratch->arena;
	struct str origin = STR("*");
	struct route_edit *edits;

	if (!cors)
		return false;
	if (!cors->any && (!route_header_find(exchange->request, STR("Origin"), &origin) ||
			   !matcher_matches(cors->origin, origin, exchange->scratch))) {
		decision->cors = ROUTE_CORS_REFUSED;
		return false;
	}
	edits = arena_array(arena, struct route_edit, cors->headers.count + 1);
	edits[0] = (struct route_edit){ROUTE_EDIT_SET, STR("Access-Control-Allow-Origin"), origin};
	for (size_t i = 0; i < cors->headers.count; i++)
		edits[i + 1] = cors->headers.at[i];
	decision->late = (struct route_edits){edits, cors->headers.count + 1};
	decision->cors = ROUTE_CORS_ALLOWED;
	if (!str_is(route_method(exchange->request), "OPTIONS"))
		return false;
	decision->cors = ROUTE_CORS_PREFLIGHT;
	return ngx_answer(exchange, ROUTE_PHASE_CORS, 204);
}

static bool denied(struct ngx_exchange *exchange)
{
	return exchange->location->settings->denied && ngx_answer(exchange, ROUTE_PHASE_ROUTE, 503);
}

/* temporal-redirect, else permanent-redirect. */
static bool redirect(struct ngx_exchange *exchange)
{
	const struct ngx_settings *settings = exchange->location->settings;
	struct str target = settings->redirect;

	if (!target.len || exchange->location->made_up)
		return false;
	if (target.at[0] == '/')
		target = str_format(&exchange->scratch->arena, "%.*s%.*s",
				    STR_ARG(ngx_origin(exchange)), STR_ARG(target));
	return ngx_redirect(exchange, ROUTE_PHASE_REDIRECT, settings->redirect_status, target);
}

static struct str https_port(const struct ngx_exchange *exchange)
{
	return exchange->location->settings->port_in_redirect
		       ? str_format(&exchange->scratch->arena, ":%u", exchange->table->https_port)
		       : STR("");
}

/* With use-forwarded-headers the scheme is what the proxy in front says, in small letters (pass_access_scheme
 * of lua_ingress.lua). */
static bool is_plain(const struct ngx_exchange *exchange)
{
	struct str scheme;

	if (exchange->table->base.trust.forwarded &&
	    ngx_header(exchange, STR("X-Forwarded-Proto"), &scheme))
		return str_is(scheme, "http");
	return !ngx_is_https(exchange);
}

/* redirect_host() of lua_ingress.lua. */
static struct str redirect_host(const struct ngx_exchange *exchange)
{
	struct str best = ngx_best_host(exchange);

	return best.at == exchange->http_host.at ? exchange->host
						 : str_sub(best, 0, str_find(best, ':'));
}

static bool to_https(struct ngx_exchange *exchange)
{
	const struct ngx_location *location = exchange->location;
	struct arena *arena = &exchange->scratch->arena;
	struct str uri;

	if (location->https == NGX_HTTPS_NEVER || !is_plain(exchange) ||
	    (location->https == NGX_HTTPS_WITH_CERTIFICATE &&
	     !ngx_certificate(exchange->table, exchange->host, arena)))
		return false;
	uri = uri_without_slash(exchange);
	if (location->settings->keep_slash && str_ends(exchange->request->target, "/"))
		uri.len++;
	return ngx_redirect(exchange, ROUTE_PHASE_REDIRECT, location->settings->https_status,
			    str_format(arena, "https://%.*s%.*s%.*s",
				       STR_ARG(redirect_host(exchange)),
				       STR_ARG(https_port(exchange)), STR_ARG(uri)));
}

/* No endpoint is 503 before any access check; the default backend answers 404 behind them. */
static bool nobody_there(struct ngx_exchange *exchange)
{
	const struct ngx_upstream *upstream = exchange->location->upstream;

	return upstream && upstream->backend.state != ROUTE_BACKEND_OK &&
	       ngx_answer(exchange, ROUTE_PHASE_BACKEND, 503);
}

/* ---- access ---- */

/* denylist, then allowlist; block-cidrs stands at the http level, which nginx inherits only where a
 * location has no list of its own. A request whose client is not known is one that passes. */
static bool access_lists(struct ngx_exchange *exchange)
{
	const struct ngx_settings *settings = exchange->location->settings;
	const struct route_address *client = &exchange->request->client;
	bool out;

	if (!client->known || settings->satisfy_any)
		return false;
	out = route_networks_have(settings->deny, settings->deny_count, client) ||
	      (settings->allow_count &&
	       !route_networks_have(settings->allow, settings->allow_count, client));
	if (!settings->deny_count && !settings->allow_count)
		out = ngx_is_denied_everywhere(exchange);
	return out && ngx_answer(exchange, ROUTE_PHASE_GUARD, 403);
}

/* The controller's default backend is a backend as well, an nginx: its 404 passes unless answers of backends
 * are replaced, and a path that was rewritten to no path is no request. */
static bool default_backend(struct ngx_exchange *exchange)
{
	struct str path = exchange->decision->sent.path;

	if (exchange->location->upstream)
		return false;
	if (!exchange->location->policy->pages)
		exchange->error = NGX_AS_IT_IS;
	return ngx_answer(exchange, ROUTE_PHASE_BACKEND,
			  path.at && !str_starts(path, "/") ? 400 : 404);
}

/* ---- all of them ---- */

static bool (*const phases[])(struct ngx_exchange *exchange) = {
	connect,
	find_server,
	parse_uri,
	check_method,
	client_certificate,
	blocked,
	www,
	server_rewrite,
	find_config,
	denied,
	cors,
	redirect,
	ngx_rewrite,
	to_https,
	nobody_there,
	access_lists,
	default_backend,
};

static void decide(const struct route_table *base, const struct route_request *request,
		   struct route_scratch *scratch, struct route_decision *decision)
{
	struct ngx_exchange exchange = {.table = (const struct ngx_table *)base,
					.request = request,
					.scratch = scratch,
					.decision = decision};

	*decision = (struct route_decision){.policy = &route_no_policy, .grpc_status = ROUTE_UNSET};
	for (size_t i = 0; i < sizeof phases / sizeof *phases; i++)
		if (phases[i](&exchange))
			return;
	ngx_forward(&exchange);
}

static void destroy(struct route_table *base)
{
	struct ngx_table *table = (struct ngx_table *)base;
	struct arena arena = table->arena;

	matchers_finish(&table->matchers);
	arena_finish(&arena);
}

const struct route_side ngx_side = {
	.name = "ingress-nginx",
	.title = "Ingress (ingress-nginx)",
	.decide = decide,
	.terms = ngx_terms,
	.fronts = ngx_fronts,
	.destroy = destroy,
};
