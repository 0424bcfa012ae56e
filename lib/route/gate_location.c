/* Paths that are sent on, and where redirects point. */
#include "route/gate.h"

static struct str without_slashes(struct str text)
{
	while (text.len && text.at[text.len - 1] == '/')
		text.len--;
	return text;
}

/* Both ends lose their trailing slashes, so that neither "//" nor nothing comes out (spec:
 * HTTPPathModifier, replacePrefixMatch, with its table of examples). */
static struct str prefix_replaced(const struct gate_ask *ask, struct str value, uint32_t prefix)
{
	struct str rest = str_from_pos(ask->target.path, prefix);
	struct str head = without_slashes(value);
	const char *slash = "";

	if (!head.len && rest.len && rest.at[0] == '/')
		return rest;
	if (!head.len || head.at[0] != '/')
		slash = "/";
	return str_format(&ask->scratch->arena, "%s%.*s%.*s", slash, STR_ARG(head), STR_ARG(rest));
}

struct str gate_path_edited(const struct gate_ask *ask, enum gateway_path_change change,
			    struct str value, uint32_t prefix)
{
	switch (change) {
	case GATEWAY_PATH_KEPT:
		break;
	case GATEWAY_PATH_REPLACED:
		return value.len ? value : STR("/");
	case GATEWAY_PATH_PREFIX_REPLACED:
		return prefix_replaced(ask, value, prefix);
	}
	return ask->target.path;
}

static bool is_usual_port(bool secure, uint32_t port)
{
	return port == (secure ? 443 : 80);
}

/* Spec: HTTPRequestRedirectFilter, port: that of the filter, else the usual one of its scheme, else the
 * listener's; left out when it is the usual one of the scheme that comes out. */
static uint32_t port_shown(const struct gate_ask *ask, const struct gate_redirect *redirect,
			   bool secure)
{
	uint32_t port = redirect->port;

	if (!port && redirect->scheme.len)
		return 0;
	if (!port)
		port = ask->request->port;
	return is_usual_port(secure, port) ? 0 : port;
}

struct str gate_location(const struct gate_ask *ask, const struct gate_redirect *redirect,
			 uint32_t prefix)
{
	bool secure = redirect->scheme.len ? str_is(redirect->scheme, "https") : ask->request->tls;
	struct str scheme = redirect->scheme.len ? redirect->scheme : STR("http");
	struct str host = redirect->host.len ? redirect->host : ask->host;
	struct str path = gate_path_edited(ask, redirect->change, redirect->path, prefix);
	uint32_t port = port_shown(ask, redirect, secure);
	struct arena *arena = &ask->scratch->arena;
	struct str shown = port ? str_format(arena, ":%u", port) : STR("");

	if (secure && !redirect->scheme.len)
		scheme = STR("https");
	return str_format(arena, "%.*s://%.*s%.*s%.*s%s%.*s", STR_ARG(scheme), STR_ARG(host),
			  STR_ARG(shown), STR_ARG(path), ask->target.has_query ? "?" : "",
			  STR_ARG(ask->target.query));
}
