#include "check/gateway_parts.h"

/* A rule whose redirect is looked at, on one site. */
struct loop {
	struct gateway_run *run;
	const struct gateway_rule *rule;
	const struct gateway_redirect *redirect;
	struct gateway_site site;
};

static const char *scheme_of(const struct attach_listener *listener)
{
	return str_is(listener->spec->protocol.text, "HTTPS") ? "https" : "http";
}

/* The port that Location leads to (HTTPRequestRedirectFilter.port): the one given, else that of the
 * scheme when one is given, else that of the listener. */
static uint32_t port_of(const struct gateway_redirect *redirect,
			const struct attach_listener *listener)
{
	if (redirect->port)
		return redirect->port;
	if (!redirect->scheme.text.len)
		return listener->spec->port;
	return str_is(redirect->scheme.text, "https") ? 443 : 80;
}

static bool stays_on_site(const struct loop *loop)
{
	const struct gateway_redirect *redirect = loop->redirect;
	const struct attach_listener *listener = loop->site.listener;
	struct str both, host = loop->site.host;

	if (redirect->scheme.text.len && !str_is(redirect->scheme.text, scheme_of(listener)))
		return false;
	if (port_of(redirect, listener) != listener->spec->port)
		return false;
	return !redirect->hostname.text.len || !host.len ||
	       (attach_hostname(host, redirect->hostname.text, &both) &&
		str_eq_nocase(both, redirect->hostname.text));
}

/* Clients ask again with GET, and with the same method after 307 and 308. */
static bool comes_again(const struct loop *loop, const struct gateway_match *match)
{
	return !match->method.text.len || str_is(match->method.text, "GET") ||
	       str_is(match->method.text, "HEAD") || loop->redirect->status >= 307;
}

static struct str without_slash(struct str path)
{
	if (path.len > 1 && str_ends(path, "/"))
		path.len--;
	return path;
}

static bool takes(const struct gateway_match *match, struct str path)
{
	struct str prefix = without_slash(match->path.text);

	if (match->path_type == GATEWAY_MATCH_EXACT)
		return str_eq(match->path.text, path);
	if (match->path_type != GATEWAY_MATCH_PREFIX)
		return false;
	if (str_is(prefix, "/"))
		return true;
	return str_eq(str_sub(path, 0, prefix.len), prefix) &&
	       (path.len == prefix.len || path.at[prefix.len] == '/');
}

/* The path that the shortest request of the match is sent to. */
static bool target_of(const struct loop *loop, struct str *target)
{
	const struct gateway_path_edit *edit = &loop->redirect->path;

	*target = edit->value.text;
	if (edit->change == GATEWAY_PATH_KEPT)
		return false;
	if (edit->change == GATEWAY_PATH_PREFIX_REPLACED)
		*target = without_slash(*target);
	if (!target->len)
		*target = STR("/");
	return true;
}

static bool is_loop(struct loop *loop, const struct gateway_match *match)
{
	struct str target;

	if (!comes_again(loop, match))
		return false;
	if (!target_of(loop, &target))
		return true;
	return takes(match, target) && (str_eq(target, without_slash(match->path.text)) ||
					!gateway_has_nearer_path(loop->run, &loop->site, target,
								 without_slash(match->path.text)));
}

static bool loops_on_site(struct loop *loop)
{
	if (!stays_on_site(loop))
		return false;
	for (size_t i = 0; i < loop->rule->match_count; i++)
		if (is_loop(loop, &loop->rule->matches[i]))
			return true;
	return false;
}

static bool loops_somewhere(struct loop *loop, const struct attach_route *route)
{
	for (size_t i = 0; i < route->parent_count; i++)
		for (size_t j = 0; j < route->parents[i].binding_count; j++) {
			const struct attach_binding *binding = &route->parents[i].bindings[j];

			loop->site = (struct gateway_site){.listener = binding->listener};
			if (!binding->hostnames.count && loops_on_site(loop))
				return true;
			for (size_t k = 0; k < binding->hostnames.count; k++) {
				loop->site.host = binding->hostnames.at[k].text;
				if (loops_on_site(loop))
					return true;
			}
		}
	return false;
}

static void say_loop(struct loop *loop, const struct attach_route *route, size_t rule,
		     size_t filter)
{
	const struct gateway_listener *listener = loop->site.listener->spec;

	gateway_say(
		loop->run, &route->spec->meta,
		(struct finding){
			.code = "I2G266",
			.path = gateway_text(loop->run, "spec.rules[%zu].filters[%zu]", rule,
					     filter),
			.span = loop->rule->filters.at[filter].span,
			.message = gateway_text(loop->run,
						"on listener \"%.*s\" (%.*s, port %u) the "
						"redirect leads back to its own rule, for ever",
						STR_ARG(listener->name.text),
						STR_ARG(listener->protocol.text), listener->port),
			.hint = STR("attach a redirect to https to the listener of http only, "
				    "with sectionName"),
		});
}

void gateway_check_redirects(struct gateway_run *run, const struct attach_route *route)
{
	if (route->spec->kind != GATEWAY_HTTP_ROUTE)
		return;
	for (size_t i = 0; i < route->spec->rule_count; i++) {
		struct loop loop = {.run = run, .rule = &route->spec->rules[i]};

		for (size_t j = 0; j < loop.rule->filters.count; j++) {
			const struct gateway_filter *filter = &loop.rule->filters.at[j];

			loop.redirect = &filter->redirect;
			if (filter->type == GATEWAY_FILTER_REDIRECT &&
			    loops_somewhere(&loop, route))
				say_loop(&loop, route, i, j);
		}
	}
}
