/* Which finding covers which difference. A row says in what aspects a finding of that code may make the
 * sides differ, on which requests, and how it must have to do with them. Rows are as narrow as the text of
 * the rule: what is wider hides mistakes of the conversion. The rule table has their sum as a column, and
 * a test holds the two together. */
#include "route/verify.h"

struct row {
	const char *code;
	enum verify_scope scope;
	unsigned aspects;
	bool (*explains)(const struct verify_case *one);
	const char *field; /* the finding is about this annotation or option; NULL: about any */
	uint64_t guards;   /* features: what decides today is behind one of them; 0: or is not */
};

/* ---- predicates ---- */

static bool always(const struct verify_case *one)
{
	(void)one;
	return true;
}

static bool is_error(const struct route_decision *decision)
{
	return decision->action == ROUTE_CLOSE ||
	       (decision->action == ROUTE_ANSWER && decision->status >= 400);
}

/* The route was left out, or answers an error in its place. */
static bool is_refused(const struct verify_case *one)
{
	/* The redirect to HTTPS comes first on the new side; there the error follows. */
	if (!one->request->tls && one->to->action == ROUTE_REDIRECT)
		return str_starts(one->to->location, "https://");
	return is_error(one->to);
}

static bool differs_by_case(const struct verify_case *one)
{
	return one->witness->twist & WITNESS_CASE;
}

static bool is_not_normal(const struct verify_case *one)
{
	return one->witness->twist & WITNESS_NORMAL;
}

static bool is_deep(const struct verify_case *one)
{
	return one->witness->twist & WITNESS_HOST_DEEP;
}

static struct str without_query(struct str url)
{
	return str_sub(url, 0, str_find(url, '?'));
}

/* The same path, with scheme and host in front. */
static bool is_absolute_of(struct str url, struct str path)
{
	return str_starts(path, "/") && url.len > path.len &&
	       str_eq(str_from_pos(url, url.len - path.len), path);
}

/* nginx drops the query, the Gateway keeps it. Whether scheme and host stand in front is not asked here. */
static bool keeps_query(const struct verify_case *one)
{
	struct str from = without_query(one->from->location), to = without_query(one->to->location);

	return one->from->action == ROUTE_REDIRECT && one->to->action == ROUTE_REDIRECT &&
	       to.len < one->to->location.len &&
	       (route_same_location(from, to) || is_absolute_of(to, from));
}

static struct str without_slash(struct str url)
{
	return str_sub(url, 0, url.len - str_ends(url, "/"));
}

/* Nothing but the slash that nginx takes off the end. */
static bool keeps_slash(const struct verify_case *one)
{
	return one->to->location.len == one->from->location.len + 1 &&
	       str_eq_nocase(without_slash(one->to->location), one->from->location);
}

/* Nothing but a port that is usual for the scheme, and the slash. */
static bool drops_port(const struct verify_case *one)
{
	struct str from = one->from->location;
	size_t at = str_find_str(from, ":80/"), len = 3;
	struct arena arena;
	bool same;

	if (at == SIZE_MAX) {
		at = str_find_str(from, ":443");
		len = 4;
	}
	if (at == SIZE_MAX && str_ends(from, ":80")) {
		at = from.len - 3;
		len = 3;
	}
	if (at == SIZE_MAX)
		return false;
	arena_init(&arena);
	from = str_format(&arena, "%.*s%.*s", (int)at, from.at,
			  STR_ARG(str_from_pos(from, at + len)));
	same = route_same_location(without_slash(from), without_slash(one->to->location)) ||
	       route_same_location(from, without_slash(one->to->location));
	arena_finish(&arena);
	return same;
}

/* Behind a proxy that ends TLS: requests without X-Forwarded-Proto. */
static bool is_forwarded(const struct verify_case *one)
{
	struct str scheme;

	return keeps_slash(one) ||
	       (one->from->action == ROUTE_REDIRECT && !one->request->tls &&
		str_starts(one->from->location, "https://") &&
		!(route_header_find(one->request, STR("X-Forwarded-Proto"), &scheme) &&
		  str_is(scheme, "http")));
}

static bool is_relative(const struct verify_case *one)
{
	return is_absolute_of(one->to->location, one->from->location);
}

/* A redirect to HTTPS that one side makes of the scheme that a proxy in front says, and the other of that of
 * the connection. */
static bool heeds_forwarded_scheme(const struct verify_case *one)
{
	const struct route_decision *redirect = one->request->tls ? one->from : one->to;
	struct str scheme;

	return route_header_find(one->request, STR("X-Forwarded-Proto"), &scheme) &&
	       redirect->action == ROUTE_REDIRECT && str_starts(redirect->location, "https://");
}

/* Where the controller shows its own certificate. */
static bool shows_default(const struct verify_case *one)
{
	return one->request->tls && one->from->tls && !one->from->tls->name.len;
}

/* Port 443 of a host without a certificate of its own. */
static bool has_no_listener(const struct verify_case *one)
{
	return shows_default(one) && (one->to->action == ROUTE_CLOSE ||
				      (one->to->status == 404 && !one->to->place.object));
}

/* A client that names no server gets the default certificate, and no listener for all hosts. */
static bool names_nobody(const struct verify_case *one)
{
	return one->request->tls && !one->request->sni.len && one->to->action == ROUTE_CLOSE;
}

static bool is_https(const struct verify_case *one)
{
	return one->request->tls;
}

/* nginx answers 503 where nobody is there, a Gateway 500. */
static bool is_backend_missing(const struct verify_case *one)
{
	if (one->from->action == ROUTE_ANSWER && one->from->status == 503)
		return true;
	for (size_t i = 0; i < one->to->backend_count; i++)
		if (one->to->backends[i].state != ROUTE_BACKEND_OK)
			return true;
	return one->to->action == ROUTE_ANSWER &&
	       (one->to->status == 500 || one->to->status == 503);
}

static bool has_cookie(const struct verify_case *one)
{
	struct str cookie;

	return route_header_find(one->request, STR("Cookie"), &cookie);
}

static bool has_headers(const struct verify_case *one)
{
	return one->request->header_count > 0;
}

/* What a Gateway adds to an answer that is no preflight: less. */
static bool is_no_preflight(const struct verify_case *one)
{
	return one->from->cors != ROUTE_CORS_PREFLIGHT && one->to->cors != ROUTE_CORS_PREFLIGHT;
}

/* One side takes the origin for allowed, the other does not. */
static bool is_allowed_once(const struct verify_case *one)
{
	return (one->from->cors == ROUTE_CORS_ALLOWED) != (one->to->cors == ROUTE_CORS_ALLOWED);
}

/* "*" goes on every answer of nginx, and on those to other origins here. */
static bool is_same_origin(const struct verify_case *one)
{
	struct str origin;

	return !route_header_find(one->request, STR("Origin"), &origin);
}

static bool has_backend_tls(const struct verify_case *one)
{
	for (size_t i = 0; i < one->from->backend_count; i++)
		if (one->from->backends[i].tls)
			return true;
	return false;
}

static bool speaks_http2(const struct route_decision *decision)
{
	for (size_t i = 0; i < decision->backend_count; i++)
		if (decision->backends[i].protocol == ROUTE_PROTOCOL_GRPC ||
		    decision->backends[i].protocol == ROUTE_PROTOCOL_H2C)
			return true;
	return false;
}

static bool is_http2(const struct verify_case *one)
{
	return speaks_http2(one->from) || speaks_http2(one->to);
}

/* OPTIONS is answered by itself. */
static bool is_options(const struct verify_case *one)
{
	return str_is(route_method(one->request), "OPTIONS") &&
	       (one->from->cors == ROUTE_CORS_PREFLIGHT || one->to->cors == ROUTE_CORS_PREFLIGHT);
}

/* A redirect to an address with nginx variables. */
static bool has_variable(const struct verify_case *one)
{
	return one->from->action == ROUTE_REDIRECT &&
	       str_find(one->from->location, '$') != SIZE_MAX;
}

/* Both sides found a rule, and not one that was made of the other. */
static bool took_another(const struct verify_case *one)
{
	return one->from->place.object && one->to->place.object &&
	       one->aspects & (ROUTE_DIFFERS_ANSWER | ROUTE_DIFFERS_LOCATION |
			       ROUTE_DIFFERS_BACKENDS | ROUTE_DIFFERS_PATH);
}

static bool is_made_up(const struct verify_case *one)
{
	return one->from->place.object && one->from->place.match < 0 && is_refused(one);
}

/* The prefix takes more or less than the pattern did, so that another rule answers on one of the sides. */
static bool is_approximate(const struct verify_case *one)
{
	return one->aspects & (ROUTE_DIFFERS_ANSWER | ROUTE_DIFFERS_LOCATION |
			       ROUTE_DIFFERS_BACKENDS | ROUTE_DIFFERS_PATH);
}

/* A host without HTTPS listener, whose requests one for all hosts takes. */
static bool falls_through(const struct verify_case *one)
{
	return shows_default(one) && is_error(one->from);
}

/* The same where the source has no certificate to show at all. */
static bool opens_https(const struct verify_case *one)
{
	return one->request->tls && one->from->action == ROUTE_CLOSE && one->to->place.object;
}

/* The same on a connection that was made for another name. */
static bool is_elsewhere(const struct verify_case *one)
{
	return one->witness->twist & (WITNESS_OTHER_SNI | WITNESS_NO_SNI) && took_another(one);
}

static bool is_dotted(const struct verify_case *one)
{
	return str_ends(route_host(one->request->authority), ".");
}

/* Nobody is served by either; today's error may stand behind the redirect to HTTPS. */
static bool is_denied(const struct verify_case *one)
{
	bool is_sent_on = one->from->action == ROUTE_REDIRECT && !one->request->tls &&
			  str_starts(one->from->location, "https://");

	return (is_error(one->from) || is_sent_on) && is_refused(one);
}

/* A rule that answers in the place of a more general one. */
static bool is_blocked(const struct verify_case *one)
{
	return one->to->action == ROUTE_ANSWER && one->to->status == 500;
}

/* A location that redirects answers preflights by itself. */
static bool is_preflight(const struct verify_case *one)
{
	return str_is(one->request->method, "OPTIONS") && one->from->action == ROUTE_ANSWER &&
	       one->from->status == 204;
}

static bool is_redirect_refused(const struct verify_case *one)
{
	return (one->from->action == ROUTE_REDIRECT || is_preflight(one)) &&
	       (is_refused(one) || one->to->action == ROUTE_REDIRECT);
}

static bool is_guard_refused(const struct verify_case *one)
{
	return route_is_guarded(one->from) && is_refused(one);
}

/* A rule that stands for more than what is guarded today. */
static bool is_refused_unguarded(const struct verify_case *one)
{
	return !route_is_guarded(one->from) && is_refused(one);
}

static bool is_client_refused(const struct verify_case *one)
{
	return is_refused(one) &&
	       (!one->request->tls || (one->from->tls && one->from->tls->validation));
}

static bool is_client_check(const struct verify_case *one)
{
	return one->request->tls && one->from->status == 400 && one->from->phase == ROUTE_PHASE_TLS;
}

/* Client certificates are checked by the port here, and not by the host. */
static bool is_redirect_behind_check(const struct verify_case *one)
{
	return one->request->tls && one->from->action == ROUTE_REDIRECT && one->from->tls &&
	       !one->from->tls->validation && one->to->action == ROUTE_CLOSE;
}

/* A page of custom-http-errors stands in the place of an answer of the controller itself. */
static bool is_page(const struct verify_case *one)
{
	return one->from->page > 0;
}

/* Somebody whom a list keeps out today, and whom nobody serves. */
static bool is_kept_out(const struct verify_case *one)
{
	return one->from->phase == ROUTE_PHASE_GUARD && is_error(one->to);
}

/* The same, and a redirect answers now. */
static bool is_kept_from_redirect(const struct verify_case *one)
{
	return one->from->phase == ROUTE_PHASE_GUARD && one->to->action == ROUTE_REDIRECT;
}

/* Above the limit, or one byte: nginx reads Content-Length before it does anything else. */
static bool is_too_large(const struct verify_case *one)
{
	return one->witness->twist & WITNESS_BODY &&
	       (one->from->page == 413 ||
		(one->from->action == ROUTE_ANSWER && one->from->status == 413));
}

/* An option may say what holds without it. */
static bool is_body_default(const struct verify_case *one)
{
	return one->from->policy->body_bytes == 1 << 20;
}

/* A port that a snippet for streams listens on. */
static bool is_connection(const struct verify_case *one)
{
	return one->request->transport == ROUTE_TCP || one->request->transport == ROUTE_UDP;
}

/* ---- aspects in parts ---- */

/* Where annotations of their own stand behind an aspect, each explains its part of it only. */
enum {
	CONNECT = 1 << 20,
	READ = 1 << 21,
	SEND = 1 << 22,
	WHOLE = 1 << 23,
	ALLOW_ORIGIN = 1 << 24,
	ALLOW_METHODS = 1 << 25,
	MAX_AGE = 1 << 26,
	CREDENTIALS = 1 << 27,
	OTHER_CORS = 1 << 28,
	TIMES = CONNECT | READ | SEND | WHOLE,
	CORS_PARTS = ALLOW_ORIGIN | ALLOW_METHODS | MAX_AGE | CREDENTIALS | OTHER_CORS,
};
_Static_assert((unsigned)CONNECT >= (unsigned)ROUTE_ASPECTS_END, "parts are no aspects");

static unsigned times_of(const struct verify_case *one)
{
	const struct route_policy *a = one->from->policy, *b = one->to->policy;

	return (a->connect_ms != b->connect_ms ? CONNECT : 0) |
	       (a->read_ms != b->read_ms ? READ : 0) | (a->send_ms != b->send_ms ? SEND : 0) |
	       (a->request_ms != b->request_ms || a->backend_ms != b->backend_ms ? WHOLE : 0);
}

static unsigned cors_of(const struct verify_case *one)
{
	static const struct {
		const char *name;
		unsigned part;
	} headers[] = {
		{"Access-Control-Allow-Origin", ALLOW_ORIGIN},
		{"Access-Control-Allow-Methods", ALLOW_METHODS},
		{"Access-Control-Max-Age", MAX_AGE},
		{"Access-Control-Allow-Credentials", CREDENTIALS},
		{"Access-Control-Allow-Headers", OTHER_CORS},
		{"Access-Control-Expose-Headers", OTHER_CORS},
	};
	unsigned parts = 0;

	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
		parts |= route_same_header(one->from, one->to, headers[i].name) ? 0
										: headers[i].part;
	return parts ? parts : OTHER_CORS;
}

/* Aspects by their parts, and back. */
static unsigned parts_of(const struct verify_case *one)
{
	unsigned parts = one->aspects & ~(unsigned)(ROUTE_DIFFERS_TIMEOUTS | ROUTE_DIFFERS_CORS);

	parts |= one->aspects & ROUTE_DIFFERS_TIMEOUTS ? times_of(one) : 0;
	return parts | (one->aspects & ROUTE_DIFFERS_CORS ? cors_of(one) : 0);
}

static unsigned in_parts(unsigned aspects)
{
	return aspects | (aspects & ROUTE_DIFFERS_TIMEOUTS ? TIMES : 0) |
	       (aspects & ROUTE_DIFFERS_CORS ? CORS_PARTS : 0);
}

static unsigned in_whole(unsigned parts)
{
	return (parts & (ROUTE_ASPECTS_END - 1)) | (parts & TIMES ? ROUTE_DIFFERS_TIMEOUTS : 0) |
	       (parts & CORS_PARTS ? ROUTE_DIFFERS_CORS : 0);
}

/* ---- the rows ---- */

enum {
	SENT = ROUTE_DIFFERS_PATH | ROUTE_DIFFERS_HOST | ROUTE_DIFFERS_QUERY,
	SHARES = ROUTE_DIFFERS_BACKENDS | ROUTE_DIFFERS_WEIGHTS,
	ROUTED = ROUTE_DIFFERS_ANSWER | ROUTE_DIFFERS_LOCATION | SHARES | SENT |
		 ROUTE_DIFFERS_REQUEST | ROUTE_DIFFERS_RESPONSE | ROUTE_DIFFERS_CORS |
		 ROUTE_DIFFERS_PROTOCOL | ROUTE_DIFFERS_MIRROR | ROUTE_DIFFERS_POLICY,
	ANSWER = ROUTE_DIFFERS_ANSWER | ROUTE_DIFFERS_CERTIFICATE,
	/* What directives of snippets set. */
	SNIPPET = ROUTE_DIFFERS_ANSWER | ROUTE_DIFFERS_LOCATION | ROUTE_DIFFERS_REQUEST |
		  ROUTE_DIFFERS_RESPONSE | ROUTE_DIFFERS_CORS,
	/* What a page of another backend stood for. */
	PAGE = ROUTE_DIFFERS_ANSWER | ROUTE_DIFFERS_LOCATION | SHARES | ROUTE_DIFFERS_PATH |
	       ROUTE_DIFFERS_HOST | ROUTE_DIFFERS_REQUEST | ROUTE_DIFFERS_RESPONSE,
	/* An error instead of whatever was there. */
	REFUSED = ROUTE_DIFFERS_ANSWER | ROUTE_DIFFERS_LOCATION,
};

#define GUARD(feature) ((uint64_t)1 << FEATURE_##feature)
_Static_assert(FEATURE_KINDS <= 64, "a bit a feature");

#define ADDRESSES (GUARD(IP_ALLOW) | GUARD(IP_DENY))

/* Narrow rows first: the first that explains an aspect covers it, and the first of all is the cause. */
static const struct row rows[] = {
	{"I2G213", VERIFY_HOST, ROUTED | ROUTE_DIFFERS_CERTIFICATE | ROUTE_DIFFERS_GUARD, is_deep,
	 NULL, 0},
	{"I2G244", VERIFY_RUN, ROUTE_DIFFERS_LOCATION, keeps_slash, NULL, 0},
	{"I2G244", VERIFY_RUN, ROUTE_DIFFERS_LOCATION, drops_port, NULL, 0},
	{"I2G244", VERIFY_PATH, ANSWER | ROUTE_DIFFERS_LOCATION, is_forwarded, NULL, 0},
	{"I2G524", VERIFY_RUN, ROUTED, heeds_forwarded_scheme, NULL, 0},
	{"I2G223", VERIFY_PATH, ROUTE_DIFFERS_LOCATION, keeps_query, NULL, 0},
	{"I2G225", VERIFY_HOST, ROUTE_DIFFERS_LOCATION, keeps_query, NULL, 0},
	{"I2G225", VERIFY_HOST, ROUTE_DIFFERS_LOCATION, drops_port, NULL, 0},
	{"I2G226", VERIFY_HOST, ROUTE_DIFFERS_LOCATION | ROUTE_DIFFERS_CERTIFICATE, drops_port,
	 NULL, 0},
	{"I2G226", VERIFY_HOST, ANSWER, is_redirect_behind_check, NULL, 0},
	{"I2G244", VERIFY_PATH, ROUTE_DIFFERS_LOCATION, drops_port, NULL, 0},
	{"I2G249", VERIFY_PATH, ROUTE_DIFFERS_LOCATION, is_relative, NULL, 0},
	/* TLS */
	{"I2G503", VERIFY_HOST, ROUTE_DIFFERS_CERTIFICATE, shows_default, NULL, 0},
	{"I2G503", VERIFY_HOST, ROUTE_DIFFERS_ANSWER, has_no_listener, NULL, 0},
	{"I2G501", VERIFY_HOST, ROUTE_DIFFERS_CERTIFICATE, shows_default, NULL, 0},
	{"I2G501", VERIFY_HOST, ROUTE_DIFFERS_ANSWER, has_no_listener, NULL, 0},
	{"I2G502", VERIFY_HOST, ROUTE_DIFFERS_CERTIFICATE, shows_default, NULL, 0},
	{"I2G502", VERIFY_HOST, ROUTE_DIFFERS_ANSWER, has_no_listener, NULL, 0},
	{"I2G504", VERIFY_HOST, ROUTE_DIFFERS_CERTIFICATE, shows_default, NULL, 0},
	{"I2G504", VERIFY_HOST, ROUTE_DIFFERS_ANSWER, has_no_listener, NULL, 0},
	{"I2G509", VERIFY_RUN, ANSWER, has_no_listener, NULL, 0},
	{"I2G509", VERIFY_RUN, ROUTE_DIFFERS_ANSWER, names_nobody, NULL, 0},
	{"I2G506", VERIFY_HOST, ANSWER | ROUTE_DIFFERS_PROTOCOL, is_https, NULL, 0},
	{"I2G510", VERIFY_HOST, ANSWER, is_client_check, NULL, 0},
	{"I2G507", VERIFY_PATH, ROUTE_DIFFERS_PROTOCOL, has_backend_tls, NULL, 0},
	{"I2G508", VERIFY_PATH, ROUTE_DIFFERS_PROTOCOL, has_backend_tls, NULL, 0},
	{"I2G508", VERIFY_PATH, ROUTE_DIFFERS_ANSWER, is_blocked, NULL, 0},
	{"I2G513", VERIFY_PATH, ROUTE_DIFFERS_PROTOCOL, has_backend_tls, NULL, 0},
	{"I2G514", VERIFY_PATH, ROUTE_DIFFERS_ANSWER, is_blocked, NULL, 0},
	{"I2G237", VERIFY_PATH, ROUTE_DIFFERS_PROTOCOL, is_http2, NULL, 0},
	/* routes that were left out or held back */
	{"I2G117", VERIFY_PATH, REFUSED, is_denied, NULL, 0},
	{"I2G117", VERIFY_HOST, REFUSED, is_denied, NULL, 0},
	{"I2G212", VERIFY_PATH, REFUSED, is_refused, NULL, 0},
	{"I2G212", VERIFY_HOST, REFUSED, is_made_up, NULL, 0},
	{"I2G218", VERIFY_PATH, ROUTED, always, NULL, 0},
	{"I2G220", VERIFY_PATH, REFUSED, is_refused, NULL, 0},
	{"I2G224", VERIFY_PATH, REFUSED, is_redirect_refused, NULL, 0},
	{"I2G224", VERIFY_HOST, ROUTE_DIFFERS_ANSWER, has_variable, "app-root", 0},
	{"I2G227", VERIFY_HOST, REFUSED, is_refused, NULL, 0},
	{"I2G234", VERIFY_PATH, REFUSED, is_refused, NULL, 0},
	{"I2G235", VERIFY_HOST, REFUSED, is_refused, NULL, 0},
	{"I2G239", VERIFY_PATH, REFUSED, is_refused, NULL, 0},
	{"I2G241", VERIFY_PATH, REFUSED, is_refused, NULL, 0},
	{"I2G243", VERIFY_PATH, REFUSED, is_refused, NULL, 0},
	{"I2G301", VERIFY_PATH, REFUSED, is_refused, NULL, GUARD(AUTH_EXTERNAL)},
	{"I2G302", VERIFY_PATH, REFUSED, is_refused, NULL, GUARD(AUTH_BASIC) | GUARD(AUTH_DIGEST)},
	{"I2G303", VERIFY_PATH, REFUSED, is_refused, NULL, ADDRESSES},
	{"I2G304", VERIFY_HOST, REFUSED | ROUTE_DIFFERS_CERTIFICATE, is_client_refused, NULL, 0},
	{"I2G305", VERIFY_PATH, REFUSED, is_refused, NULL, GUARD(WAF)},
	{"I2G306", VERIFY_PATH, REFUSED, is_refused, NULL,
	 GUARD(RATE_LIMIT) | GUARD(CONNECTION_LIMIT)},
	{"I2G307", VERIFY_PATH, REFUSED, is_refused, NULL, 0},
	{"I2G307", VERIFY_HOST, REFUSED, is_refused, "server-snippet", 0},
	{"I2G308", VERIFY_PATH, REFUSED, is_refused, NULL, 0},
	{"I2G309", VERIFY_PATH, REFUSED, is_refused, NULL, GUARD(AUTH_SATISFY_ANY)},
	{"I2G317", VERIFY_HOST, REFUSED, is_blocked, NULL, 0},
	{"I2G318", VERIFY_PATH, REFUSED, is_refused, NULL, 0},
	{"I2G319", VERIFY_PATH, REFUSED, is_refused, NULL, 0},
	{"I2G320", VERIFY_HOST, REFUSED, is_refused, NULL, 0},
	{"I2G321", VERIFY_HOST, REFUSED, is_refused, NULL, 0},
	{"I2G322", VERIFY_PATH, REFUSED, is_refused_unguarded, NULL, 0},
	{"I2G323", VERIFY_PATH, REFUSED, is_refused, NULL, 0},
	{"I2G324", VERIFY_HOST, REFUSED, is_refused, NULL, 0},
	{"I2G327", VERIFY_HOST, REFUSED, is_refused, NULL, 0},
	{"I2G512", VERIFY_HOST, REFUSED | ROUTE_DIFFERS_CERTIFICATE, is_client_refused, NULL, 0},
	{"I2G511", VERIFY_HOST, REFUSED | ROUTE_DIFFERS_CERTIFICATE, is_https, NULL, 0},
	{"I2G303", VERIFY_OPTION, REFUSED, is_refused, NULL, ADDRESSES | GUARD(USER_AGENT_BLOCK)},
	{"I2G318", VERIFY_SERVICE, REFUSED, is_refused, NULL, GUARD(FOREIGN_GUARD)},
	{"I2G301", VERIFY_OPTION, REFUSED, is_refused, NULL, GUARD(AUTH_EXTERNAL)},
	{"I2G319", VERIFY_OPTION, REFUSED, is_refused, NULL, 0},
	{"I2G305", VERIFY_OPTION, REFUSED, is_refused, NULL, GUARD(WAF)},
	{"I2G307", VERIFY_OPTION, REFUSED, is_guard_refused, NULL, 0},
	{"I2G303", VERIFY_OPTION, ROUTE_DIFFERS_ANSWER, is_kept_out, NULL, 0},
	{"I2G314", VERIFY_OPTION, ROUTE_DIFFERS_ANSWER, is_kept_out, NULL, 0},
	{"I2G325", VERIFY_OPTION, REFUSED, is_kept_from_redirect, NULL, 0},
	/* choice of the rule */
	{"I2G208", VERIFY_HOST, ROUTED, took_another, NULL, 0},
	{"I2G210", VERIFY_PATH, ROUTE_DIFFERS_PATH, always, "rewrite-target", 0},
	{"I2G210", VERIFY_HOST, ROUTED, is_approximate, NULL, 0},
	{"I2G214", VERIFY_RUN, ROUTE_DIFFERS_GUARD, is_dotted, NULL, 0},
	{"I2G214", VERIFY_RUN, ANSWER, falls_through, NULL, 0},
	{"I2G214", VERIFY_RUN, ANSWER, opens_https, NULL, 0},
	{"I2G214", VERIFY_RUN, ROUTED, is_elsewhere, NULL, 0},
	{"I2G215", VERIFY_HOST, REFUSED, is_made_up, NULL, 0},
	{"I2G221", VERIFY_PATH, REFUSED, is_backend_missing, NULL, 0},
	{"I2G228", VERIFY_CANARY, SHARES, always, NULL, 0},
	{"I2G230", VERIFY_CANARY, SHARES | ROUTE_DIFFERS_ANSWER, is_backend_missing, NULL, 0},
	{"I2G232", VERIFY_CANARY, SHARES, has_cookie, NULL, 0},
	{"I2G247", VERIFY_CANARY, SHARES, has_headers, NULL, 0},
	{"I2G236", VERIFY_PATH, REFUSED | SHARES | ROUTE_DIFFERS_REQUEST, is_backend_missing, NULL,
	 0},
	{"I2G408", VERIFY_PATH, PAGE, is_page, NULL, 0},
	{"I2G408", VERIFY_OPTION, PAGE, is_page, NULL, 0},
	/* what is sent, and what comes back */
	{"I2G410", VERIFY_PATH, ROUTE_DIFFERS_HOST, always, "upstream-vhost", 0},
	{"I2G410", VERIFY_PATH, ROUTE_DIFFERS_REQUEST, always, NULL, 0},
	{"I2G240", VERIFY_PATH, ROUTE_DIFFERS_MIRROR, always, NULL, 0},
	{"I2G246", VERIFY_PATH, ROUTE_DIFFERS_MIRROR, always, NULL, 0},
	{"I2G411", VERIFY_PATH, ROUTE_DIFFERS_RESPONSE, always, NULL, 0},
	{"I2G248", VERIFY_PATH, SNIPPET, always, NULL, 0},
	{"I2G248", VERIFY_HOST, SNIPPET, always, "server-snippet", 0},
	{"I2G248", VERIFY_OPTION, ROUTE_DIFFERS_REQUEST | ROUTE_DIFFERS_RESPONSE, always, NULL, 0},
	{"I2G248", VERIFY_HOST, ROUTE_DIFFERS_ANSWER, is_connection, "stream-snippet", 0},
	{"I2G310", VERIFY_PATH, CREDENTIALS, always, NULL, 0},
	{"I2G311", VERIFY_PATH, ALLOW_ORIGIN, always, "cors-allow-origin", 0},
	{"I2G311", VERIFY_PATH, CORS_PARTS, is_allowed_once, "cors-allow-origin", 0},
	{"I2G311", VERIFY_PATH, ALLOW_METHODS, always, "cors-allow-methods", 0},
	{"I2G311", VERIFY_PATH, MAX_AGE, always, "cors-max-age", 0},
	{"I2G311", VERIFY_PATH, ALLOW_METHODS | MAX_AGE | OTHER_CORS, is_no_preflight,
	 "enable-cors", 0},
	{"I2G311", VERIFY_PATH, CORS_PARTS, is_same_origin, "enable-cors", 0},
	{"I2G311", VERIFY_PATH, ROUTE_DIFFERS_ANSWER, is_options, NULL, 0},
	/* limits */
	{"I2G401", VERIFY_PATH, ROUTE_DIFFERS_ANSWER, is_too_large, NULL, 0},
	{"I2G401", VERIFY_OPTION, ROUTE_DIFFERS_ANSWER, is_too_large, "proxy-body-size", 0},
	{"I2G413", VERIFY_RUN, ROUTE_DIFFERS_ANSWER, is_too_large, NULL, 0},
	{"I2G413", VERIFY_RUN, ROUTE_DIFFERS_BODY, is_body_default, NULL, 0},
	{"I2G401", VERIFY_PATH, ROUTE_DIFFERS_BODY, always, NULL, 0},
	{"I2G401", VERIFY_OPTION, ROUTE_DIFFERS_BODY, always, "proxy-body-size", 0},
	{"I2G402", VERIFY_PATH, CONNECT, always, "proxy-connect-timeout", 0},
	{"I2G402", VERIFY_PATH, READ, always, "proxy-read-timeout", 0},
	{"I2G402", VERIFY_PATH, SEND, always, "proxy-send-timeout", 0},
	{"I2G402", VERIFY_OPTION, CONNECT, always, "proxy-connect-timeout", 0},
	{"I2G402", VERIFY_OPTION, READ, always, "proxy-read-timeout", 0},
	{"I2G402", VERIFY_OPTION, SEND, always, "proxy-send-timeout", 0},
	{"I2G403", VERIFY_PATH, ROUTE_DIFFERS_RETRY, always, NULL, 0},
	{"I2G404", VERIFY_PATH, ROUTE_DIFFERS_SESSION, always, NULL, 0},
	{"I2G408", VERIFY_PATH, ROUTE_DIFFERS_PAGES, always, NULL, 0},
	{"I2G408", VERIFY_OPTION, ROUTE_DIFFERS_PAGES, always, NULL, 0},
	/* the form of the request, for what nothing else explains */
	{"I2G204", VERIFY_PATH, ROUTED, differs_by_case, NULL, 0},
	{"I2G216", VERIFY_RUN, ROUTED | ROUTE_DIFFERS_GUARD, is_not_normal, NULL, 0},
};

enum { ROWS = sizeof rows / sizeof *rows };

unsigned verify_row_aspects(const char *code)
{
	unsigned aspects = 0;

	for (size_t i = 0; i < ROWS; i++)
		if (strcmp(rows[i].code, code) == 0)
			aspects |= in_whole(rows[i].aspects);
	return aspects;
}

/* ---- covering ---- */

/* "metadata.annotations[nginx.ingress.kubernetes.io/enable-cors]", "data[proxy-body-size]". */
static bool is_about(const struct finding *finding, const char *field)
{
	struct str path = finding->path;

	if (!field)
		return true;
	if (str_ends(path, "]"))
		path.len--;
	return str_ends(path, field) && path.len > strlen(field) &&
	       strchr("/.[", path.at[path.len - strlen(field) - 1]);
}

static bool asks(const struct route_decision *decision, struct str name)
{
	for (size_t i = 0; i < decision->backend_count; i++)
		if (str_eq(decision->backends[i].name, name))
			return true;
	return false;
}

/* The Service that a finding is about is asked by one of the sides; where only one asks any, nobody can
 * tell which the other would have asked. */
static bool is_asked(const struct verify_case *one, struct str name)
{
	if (!name.len || !one->from->backend_count || !one->to->backend_count)
		return true;
	return asks(one->from, name) || asks(one->to, name);
}

/* In any case: a twist is explained by itself. */
static bool is_below(const struct verify_case *one, struct str prefix)
{
	struct str path = route_target(one->request->target).path;

	return str_eq_nocase(str_sub(path, 0, prefix.len), prefix);
}

/* Where a prefix that stands for a pattern and the pattern part: at its end, and where the path goes on
 * without a slash. */
static bool is_at_edge(const struct verify_case *one, struct str prefix)
{
	struct str plain = one->witness->plain;
	struct str path = plain.len ? plain : route_target(one->request->target).path;
	struct str rest = str_from_pos(path, prefix.len < path.len ? prefix.len : path.len);

	return !prefix.len || rest.len <= 1 || rest.at[0] != '/';
}

/* The path that decides today is of the object of the finding, whichever Service stands in for its own. */
static bool decides_today(const struct verify_case *one, const struct finding *finding)
{
	const struct object_ref *object = one->from->place.object;

	return object && str_eq(object->name, finding->object.name) &&
	       str_eq(object->namespace, finding->object.namespace);
}

static bool is_missing(const struct route_decision *decision, struct str name)
{
	for (size_t i = 0; i < decision->backend_count; i++)
		if (str_eq(decision->backends[i].name, name) &&
		    decision->backends[i].state != ROUTE_BACKEND_OK)
			return true;
	return !decision->backend_count;
}

/* That its annotation or option is this one, and that its Service and its paths took part. */
static bool concerns(const struct verify_case *one, const struct row *row,
		     const struct finding *finding)
{
	if (strcmp(finding->code, row->code) != 0 || !is_about(finding, row->field) ||
	    !is_below(one, finding_scope(finding)->below))
		return false;
	if (row->explains == is_approximate)
		return is_at_edge(one, finding_scope(finding)->below) &&
		       (is_asked(one, finding_scope(finding)->backend) ||
			decides_today(one, finding));
	if (row->explains == is_backend_missing && finding_scope(finding)->backend.len)
		return is_missing(one->from, finding_scope(finding)->backend) ||
		       is_missing(one->to, finding_scope(finding)->backend);
	return is_asked(one, finding_scope(finding)->backend);
}

static bool is_behind(const struct verify_case *one, uint64_t guards)
{
	for (int i = 0; i < FEATURE_KINDS; i++)
		if (guards >> i & 1 && route_has_guard(one->from, (enum feature)i))
			return true;
	return !guards;
}

/* A twist explains what the plain request does not show, or shows otherwise. */
static unsigned explained(const struct verify_case *one, const struct row *row)
{
	bool by_twist = row->explains == differs_by_case || row->explains == is_not_normal;
	unsigned aspects = in_parts(row->aspects);

	if (by_twist)
		aspects &= ~in_parts(one->plainly);
	return one->verify->explains ? aspects & in_parts(one->verify->explains(row->code))
				     : aspects;
}

/* Some are raised once for each path that an annotation applies to. */
static bool is_same(const struct finding *a, const struct finding *b)
{
	return a == b ||
	       (a->code == b->code && str_eq(a->path, b->path) &&
		str_eq(a->object.name, b->object.name) &&
		str_eq(a->object.namespace, b->object.namespace) && str_eq(a->message, b->message));
}

static void add_cover(struct verify_covers *covers, const struct finding *finding, unsigned aspects)
{
	for (size_t i = 0; i < covers->count; i++)
		if (is_same(covers->at[i].finding, finding)) {
			covers->at[i].aspects |= aspects;
			return;
		}
	if (covers->count < VERIFY_COVERS)
		covers->at[covers->count++] = (struct verify_cover){finding, aspects};
}

/* The finding is about a path that the new side prefers, and not about the one that decides today. */
static bool is_another(const struct verify_case *one, const struct verify_parts *parts,
		       const struct finding *finding)
{
	const struct verify_found *own = &parts->found[VERIFY_PATH];

	for (size_t i = 0; i < own->count; i++)
		if (own->at[i] == finding)
			return false;
	return !finding_scope(finding)->backend.len || one->to->action != ROUTE_FORWARD ||
	       asks(one->to, finding_scope(finding)->backend);
}

/* Several annotations of an Ingress may have a finding of one code each. */
static bool apply(const struct verify_case *one, const struct row *row,
		  const struct verify_parts *parts, struct verify_covers *covers)
{
	const struct verify_found *found = &parts->found[row->scope];
	unsigned aspects = explained(one, row) & covers->left;
	bool applies = false;

	for (size_t i = 0; i < found->count; i++) {
		const struct finding *finding = found->at[i];

		if (!concerns(one, row, finding) ||
		    (row->explains == took_another && !is_another(one, parts, finding)))
			continue;
		add_cover(covers, finding, aspects);
		applies = true;
	}
	return applies;
}

void verify_find_covers(const struct verify_case *one, struct verify_covers *covers)
{
	struct verify_parts parts;

	*covers = (struct verify_covers){.left = parts_of(one)};
	verify_find_parts(one, &parts);
	for (size_t i = 0; covers->left && i < ROWS; i++) {
		const struct row *row = &rows[i];

		if (in_parts(row->aspects) & covers->left && row->explains(one) &&
		    explained(one, row) & covers->left && is_behind(one, row->guards) &&
		    apply(one, row, &parts, covers))
			covers->left &= ~explained(one, row);
	}
	covers->left = in_whole(covers->left);
	for (size_t i = 0; i < covers->count; i++)
		covers->at[i].aspects = in_whole(covers->at[i].aspects);
}
