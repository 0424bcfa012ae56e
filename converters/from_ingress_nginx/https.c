/* Redirects of plain HTTP to HTTPS: one rule for the whole host where all of it goes there, else one for each
 * location. */
#include "converters/from_ingress_nginx/nginx.h"

/* ---- by X-Forwarded-Proto ---- */

static const char forwarded[] =
	"requests with X-Forwarded-Proto: http are redirected to HTTPS; requests without that "
	"header, which ingress-nginx redirects as well, are served";
static const char forwarded_hint[] = "see that the proxy in front always sets the header";

/* The ConfigMap asks for it; said once. */
static void note_forwarded_option(struct nginx *nginx)
{
	if (nginx->option_forwards)
		return;
	nginx->option_forwards = true;
	for (size_t i = 0; i < nginx->run->config->data.count; i++)
		if (str_is(nginx->run->config->data.at[i].key, "force-ssl-redirect"))
			nginx_note_option(nginx, nginx->run->options[i], "I2G244", STR(forwarded),
					  STR(forwarded_hint));
}

/* Also of an alias, for which all else was said: its host may have a certificate that it has not. */
static void note_forwarded(struct nginx_draft *draft)
{
	struct nginx *nginx = draft->nginx;
	struct nginx_ingress *owner = draft->location->owner;
	const struct nginx_value *value = nginx_get(owner, "force-ssl-redirect");
	struct findings *findings = nginx->findings;

	nginx->findings = nginx->run->findings;
	if (!value)
		note_forwarded_option(nginx);
	else if (!owner->forwards)
		nginx_note(nginx, owner, value, "I2G244", STR(forwarded), STR(forwarded_hint));
	owner->forwards = true;
	nginx->findings = findings;
	if (value)
		ledger_mark(value->item, OUTCOME_APPROXIMATE, "I2G244");
}

/* force-ssl-redirect behind something that ends TLS: the scheme is in X-Forwarded-Proto. */
static void redirect_forwarded(struct nginx_draft *draft, struct model_path path)
{
	struct nginx *nginx = draft->nginx;
	struct model_rule rule = {.match.path = path, .listen = LISTEN_HTTP};

	rule.match.headers = arena_new(nginx->arena, struct model_field_match);
	*rule.match.headers =
		(struct model_field_match){STR("X-Forwarded-Proto"), STR("http"), false};
	rule.match.header_count = 1;
	rule.redirect = arena_new(nginx->arena, struct model_redirect);
	*rule.redirect = (struct model_redirect){.scheme = STR("https"),
						 .status = nginx->config.redirect_code};
	nginx_redirect_headers(draft);
	nginx_add_rule(draft, rule);
}

void nginx_forwarded_redirect(struct nginx_draft *draft)
{
	if (draft->also.value.len)
		redirect_forwarded(draft, draft->also);
	redirect_forwarded(draft, draft->rule.match.path);
	note_forwarded(draft);
}

/* ---- on the HTTP listener ---- */

static bool prints_port(const struct nginx *nginx, const struct nginx_ingress *owner)
{
	return nginx_bool(owner, "use-port-in-redirects", nginx->config.use_port_in_redirects);
}

/* One redirect may stand for all locations of a host, whatever each of them says. */
static bool cuts_slash(const struct nginx *nginx, const struct nginx_server *server)
{
	for (size_t i = 0; i < server->owner_count; i++)
		if (!nginx_bool(server->owners[i], "preserve-trailing-slash",
				nginx->config.preserve_slash))
			return true;
	return false;
}

static struct model_redirect *to_https(struct nginx *nginx, bool port)
{
	struct model_redirect **place = &nginx->to_https[port];

	if (*place)
		return *place;
	*place = arena_new(nginx->arena, struct model_redirect);
	**place = (struct model_redirect){
		.scheme = STR("https"),
		.port = port ? 443 : 0,
		.status = nginx->config.redirect_code,
	};
	return *place;
}

static struct model_rule *redirect_rule(struct nginx_draft *draft, struct model_path path)
{
	struct nginx *nginx = draft->nginx;
	struct model_rule rule = {.match.path = path, .listen = LISTEN_HTTP};

	rule.redirect = to_https(nginx, prints_port(nginx, draft->location->owner));
	nginx->cuts_slash |= cuts_slash(nginx, draft->server);
	nginx->redirects_to_https = true;
	nginx_redirect_headers(draft);
	return nginx_add_rule(draft, rule);
}

static bool answers_itself(const struct nginx_location *location)
{
	return location->answers_itself || location->owner->denied;
}

/* Unmatched paths inherit the settings of the oldest Ingress of the host; one that is denied
 * answers 503 there too. The default server exists before all Ingresses and inherits nothing. */
bool nginx_unmatched_redirects(const struct nginx *nginx, const struct nginx_server *server)
{
	return server->name.len && server->owner_count && !server->owners[0]->denied &&
	       !server->unmatched_answered &&
	       nginx_redirects_to_https(nginx, server, server->owners[0], STR("/"));
}

static void redirect_unmatched_forwarded(const struct nginx_draft *draft)
{
	struct nginx_location unmatched = nginx_unmatched(draft->server);
	struct nginx_draft one = *draft;

	one.location = &unmatched;
	redirect_forwarded(&one, (struct model_path){PATH_PREFIX, STR("/")});
	note_forwarded(&one);
}

/* Whether all of the host, unmatched paths included, goes to HTTPS. */
static bool everything_redirects(const struct nginx *nginx, const struct nginx_server *server)
{
	for (size_t i = 0; i < server->location_count; i++) {
		const struct nginx_location *location = server->locations[i];

		if (answers_itself(location) ||
		    !nginx_redirects_to_https(nginx, server, location->owner, location->path) ||
		    prints_port(nginx, location->owner) != prints_port(nginx, server->owners[0]))
			return false;
	}
	return nginx_unmatched_redirects(nginx, server);
}

/* Among regular expressions the order of rules decides: each redirect goes behind the rules of its
 * location. `before`: how many rules there were before the redirects. */
static void place_redirects(struct nginx_draft *draft, size_t before)
{
	struct model_host *host = draft->host;
	const struct nginx_server *server = draft->server;
	struct model_rule **sorted =
		arena_array(&draft->nginx->own, struct model_rule *, host->rule_count);
	size_t next = 0, count = 0;

	for (size_t i = 0; i < server->location_count; i++) {
		while (next < server->locations[i]->rules_end)
			sorted[count++] = host->rules[next++];
		if (server->locations[i]->to_https)
			sorted[count++] = server->locations[i]->to_https;
	}
	while (next < before)
		sorted[count++] = host->rules[next++];
	if (count)
		memcpy(host->rules, sorted, count * sizeof *sorted);
}

static void redirect_bares(struct nginx_draft *draft, const struct nginx_location *taker)
{
	const struct nginx_server *server = draft->server;

	for (size_t i = 0; i < server->bare_count; i++)
		if (server->bares[i].taker == taker)
			redirect_rule(draft,
				      (struct model_path){PATH_EXACT, server->bares[i].path});
}

static void redirect_location(struct nginx_draft *draft)
{
	redirect_bares(draft, draft->location);
	draft->location->to_https = redirect_rule(draft, draft->location->match);
}

void nginx_https_redirects(struct nginx_draft *draft)
{
	struct nginx *nginx = draft->nginx;
	struct nginx_server *server = draft->server;
	bool root = map_get(&server->seen, STR("P/")) != NULL;

	/* A host that answers 403 does so before it looks at the scheme. */
	if (nginx_host_is_denied(server))
		return;
	if (!(draft->host->listen & LISTEN_HTTPS)) {
		if (!root && nginx_unmatched_redirects(nginx, server))
			redirect_unmatched_forwarded(draft);
		return;
	}

	bool all = everything_redirects(nginx, server);
	size_t before = draft->host->rule_count;

	for (size_t i = 0; i < server->location_count && !all; i++) {
		struct nginx_location *location = server->locations[i];

		draft->location = location;
		if (!answers_itself(location) &&
		    nginx_redirects_to_https(nginx, server, location->owner, location->path))
			redirect_location(draft);
	}
	if (server->regex_cause && !all)
		place_redirects(draft, before);
	if (!nginx_unmatched_redirects(nginx, server) || (!all && root))
		return;

	struct nginx_location unmatched = nginx_unmatched(server);
	struct nginx_draft one = *draft;

	one.location = &unmatched;
	/* Where there are paths, theirs says it; of an alias without nothing is heard. */
	if (!server->location_count && !draft->quiet)
		nginx_note_preflight(&one);
	redirect_bares(&one, NULL);
	redirect_rule(&one, (struct model_path){PATH_PREFIX, STR("/")});
}
