/* The CORS filter (GEP-1767): which origins may ask, what a preflight is answered, what is added to the
 * answers of backends. */
#include "base/buf.h"
#include "route/gate.h"

/* ---- compiling ---- */

static struct str joined(struct arena *arena, const struct gateway_texts *texts)
{
	struct buf buf;
	struct str all;

	buf_init(&buf);
	for (size_t i = 0; i < texts->count; i++) {
		buf_text(&buf, i ? ", " : "");
		buf_str(&buf, texts->at[i].text);
	}
	all = str_dup(arena, buf_slice(&buf));
	buf_finish(&buf);
	return all;
}

static bool holds_star(const struct gateway_texts *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		if (str_is(texts->at[i].text, "*"))
			return true;
	return false;
}

struct gate_cors *gate_cors_new(struct gate_table *table, const struct gateway_cors *cors)
{
	struct arena *arena = &table->arena;
	struct gate_cors *made = arena_new(arena, struct gate_cors);
	struct str *origins = arena_array(arena, struct str, cors->origins.count);

	for (size_t i = 0; i < cors->origins.count; i++)
		origins[i] = cors->origins.at[i].text;
	*made = (struct gate_cors){
		.origins = origins,
		.origin_count = cors->origins.count,
		.any_origin = holds_star(&cors->origins),
		.any_method = holds_star(&cors->methods),
		.any_header = holds_star(&cors->headers),
		.credentials = cors->allow_credentials,
		.methods = joined(arena, &cors->methods),
		.headers = joined(arena, &cors->headers),
		.expose = joined(arena, &cors->expose),
		.max_age = str_format(arena, "%u", cors->max_age),
	};
	return made;
}

/* ---- origins ---- */

struct origin {
	struct str scheme, host, port;
};

static struct origin origin_parts(struct str text)
{
	size_t colon = str_find_str(text, "://");
	struct origin parts = {.scheme = str_sub(text, 0, colon)};
	struct str rest = colon == SIZE_MAX ? STR("") : str_from_pos(text, colon + 3);

	parts.host = route_host(rest);
	parts.port = str_from_pos(rest, parts.host.len + 1);
	if (!parts.port.len)
		parts.port = str_is_nocase(parts.scheme, "https") ? STR("443") : STR("80");
	return parts;
}

/* "*.bar.com" takes any number of labels, "*" any host. */
static bool host_fits(struct str pattern, struct str host)
{
	return str_is(pattern, "*") || route_host_is_below(host, pattern);
}

static bool origin_fits(struct str pattern, struct str origin)
{
	struct origin wanted = origin_parts(pattern), given = origin_parts(origin);

	if (str_eq(pattern, origin))
		return true;
	return str_eq_nocase(wanted.scheme, given.scheme) && given.host.len &&
	       str_eq(wanted.port, given.port) && host_fits(wanted.host, given.host);
}

static bool is_allowed(const struct gate_cors *cors, struct str origin)
{
	bool allowed = cors->any_origin;

	for (size_t i = 0; i < cors->origin_count && !allowed; i++)
		allowed = origin_fits(cors->origins[i], origin);
	return allowed;
}

/* ---- answers ---- */

static void set(const struct gate_ask *ask, struct route_edits *edits, const char *name,
		struct str value)
{
	struct route_edit *list = (struct route_edit *)edits->at;

	if (!value.len)
		return;
	ARENA_PUSH(&ask->scratch->arena, list, edits->count,
		   (struct route_edit){ROUTE_EDIT_SET, str_from(name), value});
	edits->at = list;
}

/* What is said of every answer to an allowed origin. With credentials "*" means nothing to a browser
 * (Fetch standard 3.2.5), so the origin itself is said. */
static void allow(const struct gate_ask *ask, const struct gate_cors *cors, struct str origin,
		  struct route_edits *edits)
{
	bool star = cors->any_origin && !cors->credentials;

	set(ask, edits, "Access-Control-Allow-Origin", star ? STR("*") : origin);
	set(ask, edits, "Access-Control-Allow-Credentials",
	    cors->credentials ? STR("true") : STR(""));
	set(ask, edits, "Access-Control-Expose-Headers", cors->expose);
}

static void allow_more(const struct gate_ask *ask, const struct gate_cors *cors, struct str method,
		       struct route_edits *edits)
{
	struct str headers = {0};
	struct str methods = cors->methods;

	route_header_find(ask->request, STR("Access-Control-Request-Headers"), &headers);
	if (cors->any_method)
		methods = cors->credentials ? method : STR("*");
	set(ask, edits, "Access-Control-Allow-Methods", methods);
	if (headers.len && !cors->any_header)
		headers = cors->headers;
	else if (headers.len && !cors->credentials)
		headers = STR("*");
	set(ask, edits, "Access-Control-Allow-Headers", headers);
	set(ask, edits, "Access-Control-Max-Age", cors->max_age);
}

enum route_cors gate_cors_answer(const struct gate_ask *ask, const struct gate_cors *cors,
				 struct route_edits *edits)
{
	struct str origin, method;
	bool preflight, allowed;

	if (!route_header_find(ask->request, STR("Origin"), &origin))
		return ROUTE_CORS_NONE;
	preflight = str_is(route_method(ask->request), "OPTIONS") &&
		    route_header_find(ask->request, STR("Access-Control-Request-Method"), &method);
	allowed = is_allowed(cors, origin);
	if (allowed)
		allow(ask, cors, origin, edits);
	if (preflight && allowed)
		allow_more(ask, cors, method, edits);
	if (preflight)
		return ROUTE_CORS_PREFLIGHT;
	return allowed ? ROUTE_CORS_ALLOWED : ROUTE_CORS_REFUSED;
}
