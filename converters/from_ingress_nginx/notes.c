/* What the controller does to every request although nobody asked for it. Gateway API has no word
 * on most of it, and implementations differ. Said once a run. */
#include "converters/from_ingress_nginx/nginx.h"

static void say(struct nginx *nginx, const char *code, const char *message, const char *hint)
{
	findings_add(nginx->findings, (struct finding){.code = code,
						       .message = str_from(message),
						       .hint = str_from(hint)});
}

static bool every(const struct nginx *nginx, const char *key)
{
	for (size_t i = 0; i < nginx->ingress_count; i++)
		if (!nginx_text(nginx->ingresses[i], key).len)
			return false;
	return true;
}

/* Whether the 1 MiB that nobody asked for holds nowhere. An option that says 1m has no feature. */
static bool every_body_size(const struct nginx *nginx)
{
	for (size_t i = 0; i < nginx->config.feature_count; i++)
		if (nginx->config.features[i]->feature == FEATURE_BODY_SIZE &&
		    nginx->config.features[i]->value.len)
			return true;
	return every(nginx, "proxy-body-size");
}

struct plain_names {
	struct str first;
	size_t count;
};

static void count_plain(struct plain_names *plain, struct str name)
{
	if (!plain->count++)
		plain->first = name.len ? name : STR("any host");
}

/* Hosts without certificate, and aliases without HTTPS listener. */
static struct plain_names plain_names(struct nginx *nginx)
{
	struct plain_names plain = {0};

	for (size_t s = 0; s < nginx->server_count; s++) {
		const struct nginx_server *server = nginx->servers[s];

		if (server->written && !server->has_certificate)
			count_plain(&plain, server->name);
		for (size_t i = 0; i < server->alias_count && server->location_count; i++)
			if (!(model_host(nginx->model, server->aliases[i])->listen & LISTEN_HTTPS))
				count_plain(&plain, server->aliases[i]);
	}
	return plain;
}

static void note_https(struct nginx *nginx)
{
	struct plain_names plain = plain_names(nginx);

	if (plain.count)
		findings_add(
			nginx->findings,
			(struct finding){
				.code = "I2G509",
				.message = str_format(
					nginx->arena,
					"%zu %s without TLS ('%.*s'%s) also %s on port 443 of "
					"the "
					"controller, with its default certificate; no HTTPS "
					"listener is "
					"written for that",
					plain.count, plain.count == 1 ? "host" : "hosts",
					STR_ARG(plain.first), plain.count > 1 ? ", ..." : "",
					plain.count == 1 ? "answers" : "answer"),
				.hint = STR(
					"name the certificate with --default-ssl-certificate=NS/"
					"NAME to keep that"),
			});
}

static void note_wildcard(struct nginx *nginx, const struct nginx_server *server)
{
	struct nginx_location unmatched = nginx_unmatched(server);

	nginx_note_location(
		nginx, server->location_count ? server->locations[0] : &unmatched, "I2G213",
		str_format(nginx->arena,
			   "'%.*s' stands for one label in ingress-nginx and for any "
			   "number of labels in Gateway API",
			   STR_ARG(server->name)),
		STR("requests for deeper names got 404, or the answer of a rule without host, and "
		    "are served now"));
	nginx_last_scope(nginx)->host = server->name;
	for (size_t i = 0; i < server->location_count; i++)
		ledger_mark(server->locations[i]->host_item, OUTCOME_APPROXIMATE, "I2G213");
}

/* Every host has a listener then, and a client without SNI has none: a Gateway tells by that. */
static void note_nameless(struct nginx *nginx)
{
	const struct nginx_server *rest = map_get(&nginx->server_map, STR(""));

	if (!nginx->run->default_certificate.len || (rest && rest->written))
		return;
	say(nginx, "I2G509",
	    "clients that name no server in the TLS handshake (no SNI) get the default certificate "
	    "and are answered today; on the Gateway no listener takes them",
	    "only very old clients, and some health checks, do that");
}

static void note_hosts(struct nginx *nginx)
{
	bool hostless = false, named = false;

	for (size_t s = 0; s < nginx->server_count; s++) {
		const struct nginx_server *server = nginx->servers[s];

		if (!server->written)
			continue;
		if (!server->name.len)
			hostless = true;
		else
			named = true;
		if (str_starts(server->name, "*."))
			note_wildcard(nginx, server);
	}
	if (hostless && named)
		say(nginx, "I2G214",
		    "in ingress-nginx a request for a known host never falls through to the rules "
		    "without host; Gateways do the same only with listener isolation",
		    "check that the target supports the feature GatewayHTTPListenerIsolation");
}

/* An unmatched path is answered by the host's "/" location, which inherits the annotations of the
 * oldest Ingress of the host: 401 or 403 instead of 404. */
static void note_inherited(struct nginx *nginx)
{
	for (size_t s = 0; s < nginx->server_count; s++) {
		const struct nginx_server *server = nginx->servers[s];
		const struct nginx_ingress *owner = nginx_heir(server);

		if (!owner || !server->location_count)
			continue;
		for (size_t i = 0; i < owner->feature_count; i++)
			if (feature_guards(owner->features[i]->feature)) {
				nginx_note_location(
					nginx, server->locations[0], "I2G215",
					STR("paths that no rule matches are guarded as well in "
					    "ingress-nginx (401, 403 or 503); a Gateway "
					    "answers 404"),
					(struct str){0});
				break;
			}
	}
}

static bool is_behind_block(const struct model_rule *rule)
{
	for (size_t i = 0; i < rule->feature_count; i++)
		if (rule->features[i]->feature == FEATURE_USER_AGENT_BLOCK)
			return true;
	return false;
}

/* Redirects to HTTPS and to a trailing slash, which carry no guard. */
static bool redirects(const struct model *model)
{
	for (size_t h = 0; h < model->host_count; h++)
		for (size_t r = 0; r < model->hosts[h]->rule_count; r++)
			if (model->hosts[h]->rules[r]->redirect &&
			    !is_behind_block(model->hosts[h]->rules[r]))
				return true;
	return false;
}

static void note_blocks(struct nginx *nginx)
{
	for (size_t i = 0; i < nginx->config.feature_count; i++) {
		const struct model_feature *feature = nginx->config.features[i];

		if (feature->feature == FEATURE_USER_AGENT_BLOCK && redirects(nginx->model))
			nginx_note_option(
				nginx, feature->item, "I2G325",
				str_format(
					nginx->arena,
					"'%.*s' also keeps clients from redirects to HTTPS or to a "
					"trailing slash; those are written without it",
					STR_ARG(ledger_name(feature->item))),
				(struct str){0});
	}
}

/* Headers that nginx puts on every answer are on its redirects, too: more_set_headers of the Lua module goes by no
 * status. */
static void note_redirects(struct nginx *nginx)
{
	const struct model_header_edits *all = &nginx->config.response_headers;
	bool edits =
		nginx->edits_responses || all->set_count || all->add_count || all->remove_count;
	bool any = nginx->redirects_plain || nginx->redirects_secure || nginx->redirects_to_https;

	if ((any && edits) || (nginx->redirects_secure && nginx->config.hsts))
		say(nginx, "I2G425",
		    "redirects of ingress-nginx carry the headers that it puts on every answer "
		    "(Strict-Transport-Security on HTTPS, add-headers, custom-headers, those of "
		    "CORS); those of the Gateway carry none",
		    "Gateway API does not say whether a ResponseHeaderModifier beside a "
		    "RequestRedirect counts: add one where your gateway does it");
}

void nginx_note_defaults(struct nginx *nginx)
{
	if (!model_realm(nginx->model)->hosts.count)
		return;
	note_https(nginx);
	note_nameless(nginx);
	note_hosts(nginx);
	note_inherited(nginx);
	note_blocks(nginx);
	if (nginx->sends_hsts)
		say(nginx, "I2G417",
		    "ingress-nginx sends Strict-Transport-Security on every HTTPS answer; it is "
		    "written as a response header",
		    "answers that the gateway makes itself do not carry it");
	note_redirects(nginx);
	if (nginx->cuts_slash)
		say(nginx, "I2G244",
		    "when ingress-nginx redirects to HTTPS it takes one slash off the end of the "
		    "address; a Gateway keeps it",
		    "harmless, unless a client compares addresses by the letter");
	if (nginx->redirects_to_https && nginx->config.use_forwarded_headers)
		say(nginx, "I2G524",
		    "with use-forwarded-headers, ingress-nginx does not redirect requests that "
		    "carry X-Forwarded-Proto: https; the redirect that is written knows the "
		    "listener only",
		    "let the load balancer in front pass TLS through or speak HTTPS to the "
		    "gateway; else every request is redirected to itself");
	say(nginx, "I2G216",
	    "nginx decodes and normalises the path before it matches, and without a rewrite sends "
	    "it "
	    "on as it came; Gateways differ for //, /../, %2F and encoded letters",
	    "check backends that use encoded slashes");
	if (!every_body_size(nginx))
		say(nginx, "I2G413",
		    "request bodies over 1 MiB get 413 from ingress-nginx unless proxy-body-size "
		    "says "
		    "otherwise; most Gateways have no limit",
		    "set a limit in the target's policy if you rely on it");
	if (!every(nginx, "proxy-next-upstream"))
		say(nginx, "I2G414",
		    "ingress-nginx tries another pod when a connection fails (3 attempts); most "
		    "Gateways do not unless told to",
		    "add a retry policy of the target for connection failures");
	if (!nginx->config.appends_forwarded_for)
		say(nginx, "I2G415",
		    "ingress-nginx replaces X-Forwarded-For by the address of the peer; most "
		    "Gateways "
		    "append "
		    "to what the client sent",
		    "configure the target's detection of the client address before anything trusts "
		    "it");
	say(nginx, "I2G424",
	    "ingress-nginx sends X-Real-IP, X-Forwarded-Port, X-Forwarded-Scheme and X-Scheme to "
	    "backends; most Gateways do not, or pass on what the client sent",
	    "check that no backend relies on them");
	if (!nginx->config.underscores)
		say(nginx, "I2G416",
		    "ingress-nginx drops request headers with underscores; Gateways pass them on, "
		    "or "
		    "refuse "
		    "the request (Envoy Gateway)",
		    "set the target's treatment of such headers");
}
