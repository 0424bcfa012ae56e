/* guards.h - how the guards of a policy are carried out.
 *
 * A decision says that there are guards (the facts of its policy); whom they turn away depends on Secrets, on
 * other servers and on the requests before. Whoever serves a table finds here what it needs for that. Nothing
 * of it is compared.
 */
#ifndef ROUTE_GUARDS_H
#define ROUTE_GUARDS_H

#include "route/decision.h"
#include "route/request.h"

/* ---- basic authentication ---- */

struct route_basic {
	struct str realm;
	struct str namespace, secret;
	bool map; /* a key is a user and its value the hash; else key "auth" is a htpasswd file */
};

/* ---- rate limits: the leaky bucket of nginx (ngx_http_limit_req_module, nodelay) ---- */

struct route_rate {
	uint32_t rate;  /* thousandths of a request a second; 0: no limit */
	uint32_t burst; /* thousandths of a request above it */
};

struct route_limits {
	struct str zone; /* whose counters these are: all rules of an Ingress share them */
	struct route_rate rates[2];
	uint32_t connections; /* requests at a time; 0: any number */
	unsigned status, connections_status;
	const struct route_network *exempt; /* clients without limits */
	size_t exempt_count;
};

/* ---- a question to a fixed URL (ngx_http_auth_request_module) ---- */

struct route_ask_url {
	struct route_backend backend; /* kind "Service", "Host" (by name), "Address" */
	struct str host;              /* Host of the question */
	struct str target;            /* path and query; this and the next three have variables */
	struct str signin;            /* where 401 leads; empty: nowhere */
	struct str redirect;          /* X-Auth-Request-Redirect; empty: $request_uri */
	struct str method;            /* empty: GET */
	struct str signin_parameter;  /* carries the URL to return to */
	struct str *
		headers; /* of the answer, for the backend: absent ones are removed from the request */
	size_t header_count;
	struct route_edits set; /* further fields of the question */
	bool always_cookie; /* cookies of the answer go to the client whatever the backend's status is */
};

/* ---- raw configuration, as far as it is understood ---- */

/* Texts and values have variables. */
struct route_raw {
	unsigned status; /* what every request is answered; 0: it goes on */
	bool redirects;  /* `text` is where to; else it is the content */
	struct str text;
	struct route_edits request, response;
	struct route_edits
		fine; /* of answers that nginx's add_header adds to: 200, 301 and so on */
};

/* ---- all of them ---- */

struct route_guards {
	bool any; /* one that lets a request pass is enough (satisfy any) */
	const struct route_network *allow; /* of `any`: addresses that pass */
	size_t allow_count;
	const struct route_basic *basic;
	const struct route_limits *limits;
	const struct route_ask_url *ask;
	const struct route_raw *raw;
};

/* ---- variables of nginx in texts ---- */

enum route_variable {
	ROUTE_VAR_ARGS,
	ROUTE_VAR_BEST_HTTP_HOST,
	ROUTE_VAR_ESCAPED_REQUEST_URI,
	ROUTE_VAR_HOST,
	ROUTE_VAR_HTTP_HOST,
	ROUTE_VAR_PASS_ACCESS_SCHEME,
	ROUTE_VAR_QUERY_STRING,
	ROUTE_VAR_REMOTE_ADDR,
	ROUTE_VAR_REQUEST_METHOD,
	ROUTE_VAR_REQUEST_URI,
	ROUTE_VAR_SCHEME,
	ROUTE_VAR_URI,
	ROUTE_VARIABLES,
};

/* Whether route_expand() knows all variables of a text. */
bool route_expands(struct str text);

/* The text with "$name" and "${name}" replaced; a slice of it when there are none, else of the arena. */
struct str route_expand(struct str text, const struct str values[static ROUTE_VARIABLES],
			struct arena *arena);

/* What ngx_http_set_misc_module makes of a text for a query: all but letters, digits and "-._~" as %XX. */
struct str route_escape(struct str text, struct arena *arena);

#endif
