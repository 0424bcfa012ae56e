/* Answers of nginx itself, and rewrite-target. */
#include "route/ngx.h"

/* Headers that go on whatever is answered: HSTS and add-headers stand at the http level, CORS headers
 * were collected on the way. A denied host or a bad request has no location. */
static void set_headers(struct ngx_exchange *exchange)
{
	const struct ngx_location *location = exchange->location;

	if (!location || location->settings->denied)
		return;
	exchange->decision->response = ngx_is_https(exchange) ? location->settings->response_https
							      : location->settings->response;
}

bool ngx_answer(struct ngx_exchange *exchange, enum route_phase phase, unsigned status)
{
	struct route_decision *decision = exchange->decision;

	set_headers(exchange);
	decision->action = ROUTE_ANSWER;
	decision->phase = phase;
	decision->status = status;
	ngx_page(exchange, exchange->error ? exchange->error : status);
	return true;
}

bool ngx_redirect(struct ngx_exchange *exchange, enum route_phase phase, unsigned status,
		  struct str location)
{
	ngx_answer(exchange, phase, status);
	exchange->decision->action = ROUTE_REDIRECT;
	exchange->decision->location = location;
	return true;
}

struct str ngx_origin(const struct ngx_exchange *exchange)
{
	bool relative = exchange->location && exchange->location->settings->relative;

	if (relative)
		return STR("");
	return str_format(&exchange->scratch->arena, "%s://%.*s",
			  ngx_is_https(exchange) ? "https" : "http", STR_ARG(exchange->host));
}

/* ---- rewrite-target ---- */

/* "$n" becomes what group n matched, or nothing. `captures` may be longer than what was matched: escaped. */
static struct str expand(struct str target, const struct str *captures, size_t count,
			 struct arena *arena)
{
	size_t len = target.len, longest = 0;

	for (size_t i = 0; i < count; i++)
		if (longest < captures[i].len)
			longest = captures[i].len;
	for (size_t i = 0; i < target.len; i++)
		if (target.at[i] == '$')
			len += longest + 1;

	char *out = arena_bytes(arena, len + 1);
	size_t used = 0;

	for (size_t i = 0; i < target.len; i++) {
		char digit = i + 1 < target.len ? target.at[i + 1] : '\0';
		size_t group = (size_t)(digit - '0');

		if (target.at[i] != '$' || digit < '1' || digit > '9') {
			out[used++] = target.at[i];
			continue;
		}
		i++;
		if (group >= count || !captures[group].len)
			continue;
		memcpy(out + used, captures[group].at, captures[group].len);
		used += captures[group].len;
	}
	return (struct str){out, used};
}

static bool is_url(struct str target)
{
	return str_starts(target, "http://") || str_starts(target, "https://");
}

/* ngx_http_script_copy_capture_code(): in a redirect what was captured is escaped as an argument, if
 * anything of the path was (`quoted_uri`, `plus_in_uri`). */
static bool is_quoted(const struct ngx_exchange *exchange)
{
	struct str path = route_target(exchange->request->target).path;

	return str_find(path, '%') != SIZE_MAX || str_find(path, '+') != SIZE_MAX;
}

static struct str with_query(const struct ngx_exchange *exchange, struct str text)
{
	if (!exchange->uri.query.len)
		return text;
	return str_format(&exchange->scratch->arena, "%.*s?%.*s", STR_ARG(text),
			  STR_ARG(exchange->uri.query));
}

bool ngx_rewrite(struct ngx_exchange *exchange)
{
	const struct ngx_location *location = exchange->location;
	struct str target = location->settings->rewrite;
	struct arena *arena = &exchange->scratch->arena;
	struct route_sent *sent = &exchange->decision->sent;
	struct str captures[MATCHER_CAPTURES];
	struct str result;
	size_t count;

	if (!location->rewrite)
		return false;
	count = matcher_captures(location->rewrite, exchange->uri.path, exchange->scratch,
				 captures);
	if (!count)
		return false;
	if (is_url(target) && is_quoted(exchange))
		for (size_t i = 0; i < count; i++)
			captures[i] = ngx_args_escape(captures[i], arena);
	result = expand(target, captures, count, arena);
	if (is_url(target))
		return ngx_redirect(exchange, ROUTE_PHASE_REDIRECT, 302,
				    with_query(exchange, result));
	if (!result.len) {
		exchange->error = NGX_AS_IT_IS; /* without a URI nginx reaches no page */
		return ngx_answer(exchange, ROUTE_PHASE_REDIRECT, 500);
	}
	sent->path = ngx_uri_escape(result, arena);
	return false;
}
