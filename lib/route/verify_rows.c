/* The rows. The rule table has their sum as a column, and a test holds the two together. */
#include "route/verify_rows.h"

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

static bool is_redirect(const struct verify_case *one)
{
	return one->from->action == ROUTE_REDIRECT && one->to->action == ROUTE_REDIRECT;
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
	const struct route_front_tls *shown = one->from->tls;

	return one->request->tls && shown && !shown->name.len && !shown->passthrough;
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
bool verify_is_backend_missing(const struct verify_case *one)
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

/* A policy of the Service holds for every route to it. */
static bool gets_backend_tls(const struct verify_case *one)
{
	for (size_t i = 0; i < one->to->backend_count; i++)
		if (one->to->backends[i].tls)
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
bool verify_took_another(const struct verify_case *one)
{
	return one->from->place.object && one->to->place.object &&
	       one->aspects & (ROUTE_DIFFERS_ANSWER | ROUTE_DIFFERS_LOCATION |
			       ROUTE_DIFFERS_BACKENDS | ROUTE_DIFFERS_PATH);
}

static bool is_made_up(const struct verify_case *one)
{
	return one->from->place.object && one->from->place.match < 0 && is_refused(one);
}

/* Nobody is served there: what answers is the guard that is inherited, or the controller behind it. */
static bool is_inherited(const struct verify_case *one)
{
	return is_made_up(one) && one->from->action != ROUTE_FORWARD;
}

/* The prefix takes more or less than the pattern did, so that another rule answers on one of the sides. */
bool verify_is_approximate(const struct verify_case *one)
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
	return one->witness->twist & (WITNESS_OTHER_SNI | WITNESS_NO_SNI) &&
	       verify_took_another(one);
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

/* The new side redirects, with the certificate of the host that it redirects to, whatever was answered with which. */
static bool is_redirect_with_another(const struct verify_case *one)
{
	return one->request->tls && one->to->action == ROUTE_REDIRECT;
}

/* TLS that is not decrypted today, for a host whose routes are held back. */
static bool was_passed_through(const struct verify_case *one)
{
	return one->request->tls && one->from->tls && one->from->tls->passthrough;
}

/* The canary of a Service that default-backend stands in for gets X-Code and its kin as well. */
static bool is_canary_of_fallback(const struct verify_case *one)
{
	const struct route_edits *edits = &one->from->request;

	for (size_t i = 0; i < edits->count; i++)
		if (str_is_nocase(edits->at[i].name, "X-Code"))
			return true;
	return false;
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

const struct verify_row verify_rows[] = {
	{"I2G213", VERIFY_HOST, ROUTED | ROUTE_DIFFERS_CERTIFICATE | ROUTE_DIFFERS_GUARD, is_deep,
	 NULL, 0},
	{"I2G244", VERIFY_RUN, ROUTE_DIFFERS_LOCATION, keeps_slash, NULL, 0},
	{"I2G244", VERIFY_RUN, ROUTE_DIFFERS_LOCATION, drops_port, NULL, 0},
	{"I2G244", VERIFY_PATH, ANSWER | ROUTE_DIFFERS_LOCATION, is_forwarded, NULL, 0},
	{"I2G244", VERIFY_OPTION, ANSWER | ROUTE_DIFFERS_LOCATION, is_forwarded,
	 "force-ssl-redirect", 0},
	{"I2G524", VERIFY_RUN, ROUTED, heeds_forwarded_scheme, NULL, 0},
	{"I2G223", VERIFY_PATH, ROUTE_DIFFERS_LOCATION, keeps_query, NULL, 0},
	{"I2G225", VERIFY_HOST, ROUTE_DIFFERS_LOCATION, keeps_query, NULL, 0},
	{"I2G225", VERIFY_HOST, ROUTE_DIFFERS_LOCATION, drops_port, NULL, 0},
	{"I2G226", VERIFY_HOST, ROUTE_DIFFERS_LOCATION | ROUTE_DIFFERS_CERTIFICATE, drops_port,
	 NULL, 0},
	{"I2G226", VERIFY_HOST, ANSWER, is_redirect_behind_check, NULL, 0},
	{"I2G226", VERIFY_HOST, ROUTE_DIFFERS_CERTIFICATE, is_redirect_with_another, NULL, 0},
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
	{"I2G508", VERIFY_PATH, ROUTE_DIFFERS_PROTOCOL, gets_backend_tls, NULL, 0},
	{"I2G508", VERIFY_PATH, ROUTE_DIFFERS_ANSWER, is_blocked, NULL, 0},
	{"I2G508", VERIFY_CANARY, ROUTE_DIFFERS_PROTOCOL, has_backend_tls, NULL, 0},
	{"I2G508", VERIFY_CANARY, ROUTE_DIFFERS_ANSWER, is_blocked, NULL, 0},
	{"I2G513", VERIFY_PATH, ROUTE_DIFFERS_PROTOCOL, has_backend_tls, NULL, 0},
	{"I2G514", VERIFY_PATH, ROUTE_DIFFERS_ANSWER, is_blocked, NULL, 0},
	{"I2G237", VERIFY_PATH, ROUTE_DIFFERS_PROTOCOL, is_http2, NULL, 0},
	{"I2G237", VERIFY_CANARY, ROUTE_DIFFERS_PROTOCOL, is_http2, NULL, 0},
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
	{"I2G309", VERIFY_PATH, REFUSED, is_refused, NULL, GUARD(AUTH_SATISFY_ANY)},
	{"I2G317", VERIFY_HOST, REFUSED, is_blocked, NULL, 0},
	{"I2G318", VERIFY_PATH, REFUSED, is_refused, NULL, 0},
	{"I2G319", VERIFY_PATH, REFUSED, is_refused, NULL, 0},
	{"I2G320", VERIFY_HOST, REFUSED, is_refused, NULL, 0},
	{"I2G320", VERIFY_HOST, REFUSED | ROUTE_DIFFERS_CERTIFICATE, was_passed_through, NULL, 0},
	{"I2G321", VERIFY_HOST, REFUSED, is_refused, NULL, 0},
	{"I2G322", VERIFY_PATH, REFUSED, is_refused_unguarded, NULL, 0},
	{"I2G323", VERIFY_PATH, REFUSED, is_refused, NULL, 0},
	{"I2G324", VERIFY_HOST, REFUSED, is_refused, NULL, 0},
	{"I2G327", VERIFY_HOST, REFUSED, is_refused, NULL, 0},
	{"I2G329", VERIFY_HOST, REFUSED, is_refused, NULL, 0},
	{"I2G330", VERIFY_PATH, REFUSED, is_refused, NULL, 0},
	{"I2G331", VERIFY_HOST, REFUSED, is_refused, NULL, 0},
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
	{"I2G208", VERIFY_HOST, ROUTED, verify_took_another, NULL, 0},
	{"I2G210", VERIFY_PATH, ROUTE_DIFFERS_PATH, always, "rewrite-target", 0},
	{"I2G210", VERIFY_HOST, ROUTED, verify_is_approximate, NULL, 0},
	{"I2G214", VERIFY_RUN, ROUTE_DIFFERS_GUARD, is_dotted, NULL, 0},
	{"I2G214", VERIFY_RUN, ANSWER, falls_through, NULL, 0},
	{"I2G214", VERIFY_RUN, ANSWER, opens_https, NULL, 0},
	{"I2G214", VERIFY_RUN, ROUTED, is_elsewhere, NULL, 0},
	{"I2G215", VERIFY_HOST, REFUSED, is_inherited, NULL, 0},
	{"I2G221", VERIFY_PATH, REFUSED, verify_is_backend_missing, NULL, 0},
	{"I2G228", VERIFY_CANARY, SHARES, always, NULL, 0},
	{"I2G230", VERIFY_CANARY, SHARES | ROUTE_DIFFERS_ANSWER, verify_is_backend_missing, NULL,
	 0},
	{"I2G232", VERIFY_CANARY, SHARES, has_cookie, NULL, 0},
	{"I2G247", VERIFY_CANARY, SHARES, has_headers, NULL, 0},
	{"I2G236", VERIFY_PATH, REFUSED | SHARES | ROUTE_DIFFERS_REQUEST, verify_is_backend_missing,
	 NULL, 0},
	{"I2G236", VERIFY_PATH, ROUTE_DIFFERS_REQUEST, is_canary_of_fallback, NULL, 0},
	{"I2G408", VERIFY_PATH, PAGE, is_page, NULL, 0},
	{"I2G408", VERIFY_OPTION, PAGE, is_page, NULL, 0},
	/* what is sent, and what comes back */
	{"I2G410", VERIFY_PATH, ROUTE_DIFFERS_HOST, always, "upstream-vhost", 0},
	{"I2G410", VERIFY_PATH, ROUTE_DIFFERS_REQUEST, always, NULL, 0},
	{"I2G240", VERIFY_PATH, ROUTE_DIFFERS_MIRROR, always, NULL, 0},
	{"I2G246", VERIFY_PATH, ROUTE_DIFFERS_MIRROR, always, NULL, 0},
	{"I2G411", VERIFY_PATH, ROUTE_DIFFERS_RESPONSE, always, NULL, 0},
	{"I2G425", VERIFY_RUN, ROUTE_DIFFERS_RESPONSE | ROUTE_DIFFERS_CORS, is_redirect, NULL, 0},
	{"I2G248", VERIFY_PATH, SNIPPET, always, NULL, 0},
	{"I2G248", VERIFY_HOST, SNIPPET, always, "server-snippet", 0},
	{"I2G248", VERIFY_OPTION, ROUTE_DIFFERS_REQUEST | ROUTE_DIFFERS_RESPONSE, always, NULL, 0},
	{"I2G248", VERIFY_HOST, ROUTE_DIFFERS_ANSWER, is_connection, "stream-snippet", 0},
	{"I2G310", VERIFY_PATH, VERIFY_CREDENTIALS, always, NULL, 0},
	{"I2G311", VERIFY_PATH, VERIFY_ALLOW_ORIGIN, always, "cors-allow-origin", 0},
	{"I2G311", VERIFY_PATH, VERIFY_CORS_PARTS, is_allowed_once, "cors-allow-origin", 0},
	{"I2G311", VERIFY_PATH, VERIFY_ALLOW_METHODS, always, "cors-allow-methods", 0},
	{"I2G311", VERIFY_PATH, VERIFY_MAX_AGE, always, "cors-max-age", 0},
	{"I2G311", VERIFY_PATH, VERIFY_ALLOW_METHODS | VERIFY_MAX_AGE | VERIFY_OTHER_CORS,
	 is_no_preflight, "enable-cors", 0},
	{"I2G311", VERIFY_PATH, VERIFY_CORS_PARTS, is_same_origin, "enable-cors", 0},
	{"I2G311", VERIFY_PATH, ROUTE_DIFFERS_ANSWER, is_options, NULL, 0},
	/* limits */
	{"I2G401", VERIFY_PATH, ROUTE_DIFFERS_ANSWER, is_too_large, NULL, 0},
	{"I2G401", VERIFY_OPTION, ROUTE_DIFFERS_ANSWER, is_too_large, "proxy-body-size", 0},
	{"I2G413", VERIFY_RUN, ROUTE_DIFFERS_ANSWER, is_too_large, NULL, 0},
	{"I2G413", VERIFY_RUN, ROUTE_DIFFERS_BODY, is_body_default, NULL, 0},
	{"I2G401", VERIFY_PATH, ROUTE_DIFFERS_BODY, always, NULL, 0},
	{"I2G401", VERIFY_OPTION, ROUTE_DIFFERS_BODY, always, "proxy-body-size", 0},
	{"I2G402", VERIFY_PATH, VERIFY_CONNECT, always, "proxy-connect-timeout", 0},
	{"I2G402", VERIFY_PATH, VERIFY_READ, always, "proxy-read-timeout", 0},
	{"I2G402", VERIFY_PATH, VERIFY_SEND, always, "proxy-send-timeout", 0},
	{"I2G402", VERIFY_OPTION, VERIFY_CONNECT, always, "proxy-connect-timeout", 0},
	{"I2G402", VERIFY_OPTION, VERIFY_READ, always, "proxy-read-timeout", 0},
	{"I2G402", VERIFY_OPTION, VERIFY_SEND, always, "proxy-send-timeout", 0},
	{"I2G403", VERIFY_PATH, ROUTE_DIFFERS_RETRY, always, NULL, 0},
	{"I2G404", VERIFY_PATH, ROUTE_DIFFERS_SESSION, always, NULL, 0},
	{"I2G408", VERIFY_PATH, ROUTE_DIFFERS_PAGES, always, NULL, 0},
	{"I2G408", VERIFY_OPTION, ROUTE_DIFFERS_PAGES, always, NULL, 0},
	/* the form of the request, for what nothing else explains */
	{"I2G204", VERIFY_PATH, ROUTED, differs_by_case, NULL, 0},
	{"I2G216", VERIFY_RUN, ROUTED | ROUTE_DIFFERS_GUARD, is_not_normal, NULL, 0},
};

const size_t verify_row_count = sizeof verify_rows / sizeof *verify_rows;

bool verify_is_about_form(const struct verify_row *row)
{
	return row->explains == differs_by_case || row->explains == is_not_normal;
}

unsigned verify_row_aspects(const char *code)
{
	unsigned aspects = 0;

	for (size_t i = 0; i < verify_row_count; i++)
		if (strcmp(verify_rows[i].code, code) == 0)
			aspects |= verify_in_whole(verify_rows[i].aspects);
	return aspects;
}
