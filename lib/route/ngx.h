/* ngx.h - how ingress-nginx decides: the nginx configuration that the controller writes, as a table.
 *
 * One server a host, locations as the controller names them, the phases of nginx in their order. The
 * provider fills the structs (converters/from_ingress_nginx/side*.c); what happens with a request is
 * decided here. Behaviour is that of controller 1.15 on nginx 1.27, read from its source and compared
 * with a running nginx by tests/prop/nginx_oracle.py. docs/routing.md has the long explanation.
 *
 *   ngx_uri.c       what nginx makes of a request target
 *   ngx_server.c    Host and SNI to a server
 *   ngx_location.c  URI to a location; the automatic 301
 *   ngx_decide.c    the phases
 *   ngx_answer.c    answers and redirects; rewrite-target
 *   ngx_page.c      answers that a page of somebody else replaces
 *   ngx_forward.c   what a backend is sent, and which upstream: the canary
 *   ngx_terms.c     what the table looks at
 */
#ifndef ROUTE_NGX_H
#define ROUTE_NGX_H

#include "base/map.h"
#include "route/matcher.h"
#include "route/table.h"

/* ---- what the locations of one Ingress have in common ---- */

/* enable-cors. Headers go on every answer to an allowed origin; OPTIONS is answered with 204. */
struct ngx_cors {
	bool any;                     /* origin "*" */
	const struct matcher *origin; /* without case, anchored at the end; NULL when `any` */
	struct route_edits headers;   /* all but Access-Control-Allow-Origin */
};

/* Whether plain HTTP is sent to HTTPS. */
enum ngx_https { NGX_HTTPS_NEVER, NGX_HTTPS_WITH_CERTIFICATE, NGX_HTTPS_ALWAYS };

enum ngx_protocol {
	NGX_HTTP,
	NGX_HTTP_TLS,
	NGX_HTTP_AUTO, /* as the client came */
	NGX_GRPC,
	NGX_GRPC_TLS,
	NGX_FASTCGI,
};

struct ngx_settings {
	bool denied;         /* `return 503` and nothing else */
	struct str redirect; /* temporal- or permanent-redirect; empty: none */
	unsigned redirect_status;
	bool relative;   /* absolute_redirect off */
	bool keep_slash; /* preserve-trailing-slash */
	bool port_in_redirect;
	unsigned https_status; /* http-redirect-code */
	struct str rewrite;    /* rewrite-target; empty: none */
	struct str app_root;   /* a path; empty: none */
	struct str prefix;     /* x-forwarded-prefix */
	const struct ngx_cors *cors;
	const struct route_network *deny, *allow;
	size_t deny_count, allow_count;
	bool satisfy_any; /* an address that is not allowed may still pass by authentication */
	enum ngx_protocol protocol;
	const struct route_backend_tls *tls; /* of NGX_HTTP_TLS and its kin */
	const struct route_mirror *mirrors;
	size_t mirror_count;
	struct route_edits request, response, response_https;
	const struct route_pages *pages; /* custom-http-errors; NULL: those of the ConfigMap */
};

/* A line of block-user-agents or block-referers: nginx compares texts without case. */
struct ngx_block {
	struct str header, text;
	const struct matcher *pattern; /* in place of a text; NULL: none */
};

/* ---- backends ---- */

/* The alternative backend of an upstream: canary-*. */
struct ngx_canary {
	struct route_backend backend;
	struct str header, value;      /* canary-by-header, -value */
	const struct matcher *pattern; /* canary-by-header-pattern */
	struct str cookie;             /* canary-by-cookie */
	int64_t weight, total;
	struct route_place place;
};

/* A Service port; all locations share it, and so does its canary. */
struct ngx_upstream {
	struct route_backend backend;    /* protocol and edits are those of the location */
	const struct ngx_canary *canary; /* NULL: none */
};

/* ---- locations ---- */

struct ngx_location {
	struct str path; /* of the Ingress */
	const struct ngx_settings *settings;
	const struct ngx_upstream *upstream; /* NULL: the default backend, which answers 404 */
	const struct matcher
		*rewrite; /* what rewrite-target replaces; NULL: nothing is rewritten */
	struct str vhost; /* upstream-vhost, constant variables expanded; empty: none */
	enum ngx_https https;
	bool made_up;  /* the "/" that no Ingress names: redirects do not apply to it */
	bool fallback; /* `upstream` is that of default-backend: nobody is there in the path's own */
	struct route_edits names; /* X-Namespace and its kin, for pages and for `fallback` */
	const struct route_policy *policy;
	struct route_place place;
	struct route_place
		canary; /* that is of its path, whether it gets anything or not; no object: none */
};

/* What stands behind `location`. Without a modifier the name ends in "/" and is a prefix. */
enum ngx_modifier { NGX_PREFIX, NGX_EXACT, NGX_REGEX };

struct ngx_entry {
	enum ngx_modifier modifier;
	struct str name;
	const struct matcher *pattern; /* NGX_REGEX: "^PATH" */
	const struct ngx_location *location;
};

struct ngx_server {
	struct str name; /* "" is the default server */
	bool regex;      /* all entries are NGX_REGEX, in the order in which they are tried */
	struct ngx_entry *entries;
	size_t entry_count;
	struct map exact, prefix; /* name -> struct ngx_entry * */
	bool denied;              /* the whole host answers 403 */
	struct str app_root;      /* redirect of "/"; empty: none */
	struct str www; /* a server that only redirects: to this host; the port is always written */
	unsigned www_status;
	const struct route_front_tls *clients; /* asks for client certificates; NULL: it does not */
	const struct ngx_upstream *passthrough; /* port 443 is not decrypted; NULL: it is */
	struct route_place place;
	/* Rules that make no location and have to do with the host all the same: without paths, with those of an
	 * older Ingress, of canaries, or for a Service that is a canary's. */
	struct route_place *unserved;
	size_t unserved_count;
};

/* A server-alias that is no plain name, in the order of nginx: "*.x" (any depth), "x.*", "~regex". */
enum ngx_alias_kind { NGX_ALIAS_HEAD, NGX_ALIAS_TAIL, NGX_ALIAS_REGEX };

struct ngx_alias {
	enum ngx_alias_kind kind;
	struct str text; /* ".x" or "x." */
	const struct matcher *pattern;
	struct ngx_server *server;
};

struct ngx_table {
	struct route_table base;
	struct arena arena;
	struct matchers matchers;
	struct ngx_server **servers;
	size_t server_count;
	struct map names;    /* lower-case name, also of aliases -> struct ngx_server * */
	struct map wildcard; /* ".example.com" of "*.example.com" -> struct ngx_server * */
	/* Names with TLS, "*.example.com" among them -> struct route_front_tls *: the certificate that is
	 * shown. Others get `own`. */
	struct map certificates;
	struct route_front_tls own;
	struct ngx_alias *aliases;
	size_t alias_count;
	struct ngx_server *fallback; /* the default server */
	uint32_t http_port, https_port;
	const struct ngx_block *blocks;
	size_t block_count;
	const struct route_network *deny; /* block-cidrs: where no list of the location's own is */
	size_t deny_count;
	const struct route_pages *pages; /* custom-http-errors of the ConfigMap; NULL: none */
};

extern const struct route_side ngx_side;

void ngx_fronts(const struct route_table *table,
		void (*say)(void *user, const struct route_front *front), void *user);

/* A table without servers; `matchers` and maps are ready. Ended by route_table_destroy(). */
struct ngx_table *ngx_table_new(void);

/* Adds a server; its maps are ready, its lists empty. `name` must live as long as the table. */
struct ngx_server *ngx_server_add(struct ngx_table *table, struct str name);

/* Adds an entry behind those that are there. One of that name and modifier already: false. */
bool ngx_entry_add(struct ngx_table *table, struct ngx_server *server, struct ngx_entry entry);

/* ---- the parts of a decision ---- */

struct ngx_uri {
	struct str path; /* decoded, slashes merged, dots resolved */
	struct str query;
	bool has_query;
};

/* Takes a request target apart as nginx does. False: 400. */
bool ngx_uri_parse(struct ngx_uri *uri, struct str target, struct arena *arena);

/* Escapes a decoded path for a request line. */
struct str ngx_uri_escape(struct str path, struct arena *arena);

/* Escapes a text for a query. */
struct str ngx_args_escape(struct str text, struct arena *arena);

/* Host header to a host name: lower case, without port and one trailing dot. False: 400. */
bool ngx_host_parse(struct str *host, struct str given, struct arena *arena);

const struct ngx_server *ngx_server_find(const struct ngx_table *table, struct str host,
					 struct route_scratch *scratch);

/* The certificate of a host, or of a wildcard one label up; NULL: the controller's own is shown, and the
 * host is not sent to HTTPS by itself. */
const struct route_front_tls *ngx_certificate(const struct ngx_table *table, struct str host,
					      struct arena *arena);

/* NULL: no location, 404. *slash: nginx answers 301 to the name of the entry instead. */
const struct ngx_entry *ngx_location_find(const struct ngx_server *server, struct str uri,
					  struct route_scratch *scratch, bool *slash);

/* Most bytes a request may send, 0: any. NULL: where no location is. */
int64_t ngx_body_limit(const struct ngx_location *location);

/* An `error` that no page replaces: no status is so. */
enum { NGX_AS_IT_IS = 1 };

/* One request on its way. */
struct ngx_exchange {
	const struct ngx_table *table;
	const struct route_request *request;
	struct route_scratch *scratch;
	struct route_decision *decision;
	struct str http_host; /* as sent */
	struct str host;
	struct ngx_uri uri;
	const struct ngx_server *server;
	const struct ngx_entry *entry;
	const struct ngx_location *location;
	unsigned error; /* what nginx calls an answer that it gives another status; 0: the status */
};

static inline bool ngx_is_https(const struct ngx_exchange *exchange)
{
	return exchange->request->tls;
}

/* Answers that end a request: they fill the decision and return true. */
bool ngx_answer(struct ngx_exchange *exchange, enum route_phase phase, unsigned status);
bool ngx_redirect(struct ngx_exchange *exchange, enum route_phase phase, unsigned status,
		  struct str location);

/* Whether nginx reads the method at all, and goes on to the target. */
bool ngx_is_method(struct str method);

/* Whether block-cidrs names the client: where no location has a list of its own, it is refused. */
bool ngx_is_denied_everywhere(const struct ngx_exchange *exchange);

/* What stands in the place of an answer of that status, where custom-http-errors names it. */
void ngx_page(struct ngx_exchange *exchange, unsigned status);

/* X-Code and its kin, behind `first`. `with_uri`: X-Original-URI too. */
struct route_edits ngx_page_headers(const struct ngx_exchange *exchange, struct route_edits first,
				    unsigned status, bool with_uri);

/* "http://host" of the request for redirects that nginx completes, or empty when they stay relative. */
struct str ngx_origin(const struct ngx_exchange *exchange);

/* Applies rewrite-target to what is sent. True: that ended the request (500, or a redirect). */
bool ngx_rewrite(struct ngx_exchange *exchange);

/* $best_http_host: what the backend is told, and where a redirect leads. Host as sent, or what a trusted proxy in
 * front says (parse_x_forwarded_host() of lua_ingress.lua). */
struct str ngx_best_host(const struct ngx_exchange *exchange);

/* $http_NAME. */
bool ngx_header(const struct ngx_exchange *exchange, struct str name, struct str *value);

/* The upstream is asked. */
void ngx_forward(struct ngx_exchange *exchange);

void ngx_terms(const struct route_table *table,
	       void (*say)(void *user, const struct route_term *term), void *user);

#endif
