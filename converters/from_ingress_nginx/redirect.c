/* Redirects that annotations ask for. They answer before HTTPS redirects and every access check. */
#include "converters/from_ingress_nginx/nginx.h"

#include "converters/from_ingress_nginx/url.h"
#include "converters/places.h"
#include "gateway/name.h"

/* ---- permanent-redirect, temporal-redirect ---- */

static unsigned redirect_code(const struct nginx_ingress *owner, bool temporal)
{
	int64_t code =
		nginx_int(owner, temporal ? "temporal-redirect-code" : "permanent-redirect-code",
			  temporal ? 302 : 301);
	int64_t most = temporal ? 307 : 308;

	if (code < 300 || code > most)
		return temporal ? 302 : 301;
	return (unsigned)code;
}

/* A code outside the range the controller knows is replaced in silence. */
static void note_code(struct nginx_draft *draft, const char *key, unsigned used)
{
	const struct nginx_ingress *owner = draft->location->owner;
	const struct nginx_value *value = nginx_get(owner, key);

	if (!value || !str_trim(value->pair->value).len || value->item->outcome != OUTCOME_OPEN)
		return;
	if (nginx_int(owner, key, 0) != used)
		nginx_note(draft->nginx, owner, value, "I2G115",
			   str_format(draft->nginx->arena,
				      "'%s' is outside %s: the controller redirects with %u", key,
				      strcmp(key, "temporal-redirect-code") == 0 ? "300 to 307"
										 : "300 to 308",
				      used),
			   STR("write the code that is used"));
	ledger_mark(value->item, OUTCOME_EXACT, NULL);
}

static bool is_writable_code(unsigned code)
{
	return code == 301 || code == 302 || code == 303 || code == 307 || code == 308;
}

static void refuse_redirect(struct nginx_draft *draft, const struct nginx_value *value,
			    const char *reason)
{
	struct arena *arena = draft->nginx->arena;
	struct str places = feature_places(arena, FEATURE_REDIRECT_LITERAL);

	nginx_note(draft->nginx, draft->location->owner, value, "I2G224",
		   str_format(arena, "the redirect to '%.*s' %s; its route is left out",
			      STR_ARG(str_trim(value->pair->value)), reason),
		   places.len ? str_format(arena, "targets have it in %.*s", STR_ARG(places))
			      : (struct str){0});
	ledger_mark(value->item, OUTCOME_REFUSED, "I2G224");
	draft->rule.held = "I2G224";
	draft->no_backend = true;
}

/* Why the URL cannot be a RequestRedirect; NULL when it can. */
static const char *unwritable(const struct url *url, unsigned code)
{
	if (!is_writable_code(code))
		return "has a status that Gateway API does not know";
	if (url->has_variables)
		return "uses nginx variables";
	if (url->has_query || url->has_fragment)
		return "has a query or fragment of its own, which Gateway API cannot write";
	if (url->is_ip)
		return "goes to an IP address, which Gateway API does not allow";
	if (url->scheme.len && !str_is(url->scheme, "http") && !str_is(url->scheme, "https"))
		return "has a scheme other than http and https";
	if (!url->scheme.len && !url->host.len && url->path.len && !str_starts(url->path, "/"))
		return "is relative to the path of the request, and a Gateway puts it behind the "
		       "host";
	return NULL;
}

/* The filter would not answer in front of a redirect, and is not written there. */
void nginx_note_preflight(struct nginx_draft *draft)
{
	const struct nginx_ingress *owner = draft->location->owner;

	if (!nginx_bool(owner, "enable-cors", false))
		return;
	nginx_note(draft->nginx, owner, nginx_get(owner, "enable-cors"), "I2G311",
		   STR("ingress-nginx answers OPTIONS requests with 204 before it redirects; a "
		       "Gateway redirects them as well"),
		   STR("check clients that send preflights to the old address"));
	nginx_mark(owner, "enable-cors", OUTCOME_APPROXIMATE, "I2G311");
}

/* "//new.example/x" names no host to nginx: it puts scheme and host of the request in front of all that begins with a
 * slash, but for relative-redirects. */
static struct url below_own_host(const struct url *url, struct str target)
{
	return (struct url){
		.path = target,
		.has_query = url->has_query,
		.has_fragment = url->has_fragment,
		.has_variables = url->has_variables,
	};
}

static void write_redirect(struct nginx_draft *draft, const struct nginx_value *value,
			   unsigned code)
{
	struct arena *arena = draft->nginx->arena;
	struct str target = str_trim(value->pair->value);
	struct url url;
	const char *why = NULL;

	if (!url_parse(&url, target, &why)) {
		refuse_redirect(draft, value, why);
		return;
	}
	if (url.has_authority && !url.scheme.len &&
	    !nginx_bool(draft->location->owner, "relative-redirects", false))
		url = below_own_host(&url, target);
	why = unwritable(&url, code);
	if (!why && url.host.len && !name_is_subdomain(str_lower(arena, url.host)))
		why = "has a host that is no DNS name";
	if (why) {
		refuse_redirect(draft, value, why);
		return;
	}
	draft->rule.redirect = arena_new(arena, struct model_redirect);
	*draft->rule.redirect = (struct model_redirect){
		.scheme = url.scheme,
		.hostname = str_lower(arena, url.host),
		.port = url.port,
		.edit = PATH_REPLACE_FULL,
		.path = url.path.len ? url.path : STR("/"),
		.status = code,
	};
	draft->no_backend = true;
	nginx_note_preflight(draft);
	ledger_mark(value->item, OUTCOME_APPROXIMATE, "I2G223");
	nginx_note(
		draft->nginx, draft->location->owner, value, "I2G223",
		STR("ingress-nginx drops the query of the request in this redirect; most gateways "
		    "keep it"),
		(struct str){0});
}

/* A temporal-redirect that is no http URL switches off all redirects of its Ingress. */
static bool is_group_off(const struct nginx_ingress *owner)
{
	const struct nginx_value *temporal = nginx_get(owner, "temporal-redirect");

	return temporal && !str_starts(str_trim(temporal->pair->value), "http");
}

void nginx_redirect(struct nginx_draft *draft)
{
	const struct nginx_ingress *owner = draft->location->owner;
	const struct nginx_value *temporal = nginx_get(owner, "temporal-redirect");
	const struct nginx_value *permanent = nginx_get(owner, "permanent-redirect");

	/* Anything but an absolute http URL switches the whole group off. */
	if (is_group_off(owner)) {
		nginx_note(draft->nginx, owner, temporal, "I2G115",
			   STR("temporal-redirect takes absolute http URLs only: nothing is "
			       "redirected"),
			   STR("write the whole URL"));
		ledger_mark(temporal->item, OUTCOME_INERT, "I2G115");
		nginx_mark(owner, "permanent-redirect", OUTCOME_INERT, "I2G115");
		nginx_mark(owner, "temporal-redirect-code", OUTCOME_INERT, NULL);
		nginx_mark(owner, "permanent-redirect-code", OUTCOME_INERT, NULL);
		return;
	}
	if (temporal) {
		note_code(draft, "temporal-redirect-code", redirect_code(owner, true));
		write_redirect(draft, temporal, redirect_code(owner, true));
		if (permanent)
			nginx_note_inert(draft->nginx, owner, permanent,
					 STR("beside temporal-redirect, which goes first"));
	} else if (permanent && str_trim(permanent->pair->value).len) {
		note_code(draft, "permanent-redirect-code", redirect_code(owner, false));
		write_redirect(draft, permanent, redirect_code(owner, false));
	} else if (permanent) {
		ledger_mark(permanent->item, OUTCOME_INERT, NULL);
	}
	nginx_mark(owner, "temporal-redirect-code", OUTCOME_INERT, NULL);
	nginx_mark(owner, "permanent-redirect-code", OUTCOME_INERT, NULL);
}

/* ---- app-root ---- */

static void drop_exact_root(struct nginx_draft *draft)
{
	struct nginx_location *root = map_get(&draft->server->seen, STR("E/"));
	struct nginx_server *server = draft->server;

	/* A regex, "^/", takes more than "/". */
	if (!root || server->regex_cause)
		return;
	nginx_note_location(draft->nginx, root, "I2G225",
			    STR("app-root answers '/' before this path is looked at"),
			    (struct str){0});
	ledger_mark(root->path_item, OUTCOME_INERT, "I2G225");
	ledger_mark(root->backend_item, OUTCOME_INERT, "I2G225");
	ledger_mark(root->host_item, OUTCOME_INERT, NULL);
	if (root->canary) {
		nginx_canary_is_inert(draft->nginx, root->canary,
				      STR("this canary has no effect: app-root answers before its "
					  "primary"));
		nginx_canary_is_elsewhere(draft->nginx, root);
	}
	for (size_t i = 0; i < server->location_count; i++)
		if (server->locations[i] == root) {
			server->location_count--;
			memmove(&server->locations[i], &server->locations[i + 1],
				(server->location_count - i) * sizeof *server->locations);
			return;
		}
}

static void write_app_root(struct nginx_draft *draft, const struct nginx_value *value)
{
	struct nginx *nginx = draft->nginx;
	struct str target = str_trim(value->pair->value);
	struct model_redirect *redirect = arena_new(nginx->arena, struct model_redirect);

	*redirect = (struct model_redirect){
		.edit = PATH_REPLACE_FULL,
		.path = target.at[0] == '/' ? target
					    : str_format(nginx->arena, "/%.*s", STR_ARG(target)),
		.status = 302,
	};
	struct model_rule *rule =
		nginx_add_redirect(draft, (struct model_rule){
						  .match.path = {PATH_EXACT, STR("/")},
						  .listen = draft->host->listen,
						  .redirect = redirect,
						  .comment = "app-root",
					  });

	if (rule)
		rule->path_item = NULL;
	ledger_mark(value->item, OUTCOME_APPROXIMATE, "I2G225");
	nginx_note(
		nginx, draft->location->owner, value, "I2G225",
		str_format(
			nginx->arena,
			"'/' of the whole host '%.*s' redirects to '%.*s', before HTTPS and access "
			"checks; nginx drops the query there, most gateways keep it",
			STR_ARG(draft->server->name), STR_ARG(target)),
		(struct str){0});
}

static void refuse_app_root(struct nginx *nginx, const struct nginx_ingress *owner,
			    const struct nginx_value *value)
{
	if (value->item->outcome != OUTCOME_OPEN)
		return;
	nginx_note(nginx, owner, value, "I2G224",
		   str_format(nginx->arena,
			      "app-root '%.*s' uses nginx variables, which Gateway API cannot "
			      "write: '/' is not redirected",
			      STR_ARG(str_trim(value->pair->value))),
		   STR("write a fixed path"));
	ledger_mark(value->item, OUTCOME_REFUSED, "I2G224");
}

/* The made-up "/" of the host comes last. */
static void inherit_app_root(struct nginx_draft *draft)
{
	const struct nginx_ingress *heir = nginx_heir(draft->server);
	const struct nginx_value *value = heir ? nginx_get(heir, "app-root") : NULL;
	struct str target = value ? str_trim(value->pair->value) : (struct str){0};

	if (!target.len || url_has_variable(target))
		return;

	struct nginx_location unmatched = nginx_unmatched(draft->server);
	struct nginx_draft one = *draft;

	one.location = &unmatched;
	write_app_root(&one, value);
	drop_exact_root(&one);
}

static void account_app_root(struct nginx_draft *draft, const struct nginx_value *used)
{
	for (size_t i = 0; i < draft->server->location_count; i++) {
		const struct nginx_location *location = draft->server->locations[i];
		const struct nginx_ingress *owner = location->owner;
		const struct nginx_value *value = nginx_get(owner, "app-root");
		struct str target = value ? str_trim(value->pair->value) : (struct str){0};

		if (!value || value == used || location->is_catch_all)
			continue;
		if (!target.len)
			ledger_mark(value->item, OUTCOME_INERT, NULL);
		else if (used)
			nginx_note_inert(draft->nginx, owner, value,
					 STR("beside the app-root of a longer path of the host"));
		else if (url_has_variable(target))
			refuse_app_root(draft->nginx, owner, value);
	}
}

/* A host that answers 403 does so before it redirects. */
static void deny_app_root(const struct nginx_server *server)
{
	for (size_t i = 0; i < server->owner_count; i++)
		nginx_mark(server->owners[i], "app-root", OUTCOME_REFUSED, "I2G117");
}

/* The first location in nginx's order that has app-root decides for the host. */
void nginx_app_root(struct nginx_draft *draft)
{
	struct nginx_location *location = draft->server->app_root;
	const struct nginx_value *used = NULL;

	if (nginx_host_is_denied(draft->server)) {
		deny_app_root(draft->server);
		return;
	}

	if (location) {
		used = nginx_get(location->owner, "app-root");
		draft->location = location;
		write_app_root(draft, used);
		drop_exact_root(draft);
	} else {
		inherit_app_root(draft);
	}
	account_app_root(draft, used);
	draft->location = NULL;
}

/* ---- from-to-www-redirect ---- */

/* The server that redirects asks for no client certificate; a Gateway asks per port. */
static void note_www(struct nginx *nginx, const struct model_host *host,
		     const struct nginx_server *server, const struct nginx_location *of,
		     const struct nginx_value *value)
{
	const struct model_client_validation *validation =
		model_realm(nginx->model)->client_validation;
	bool asked = validation && !validation->optional && host->listen & LISTEN_HTTPS;

	nginx_note_host(
		nginx, of->owner, value, host->name,
		(struct finding){
			.code = "I2G226",
			.message = str_format(
				nginx->arena,
				"'%.*s' redirects to '%.*s'; nginx writes the port into the "
				"Location, a Gateway leaves 80 and 443 out%s",
				STR_ARG(host->name), STR_ARG(server->name),
				asked ? ", and on 443 it asks for a client certificate first" : ""),
			.hint = asked ? STR("clients without a certificate are redirected today, "
					    "and get no connection then")
				      : (struct str){0}});
}

/* Whose certificate the name that redirects has; NULL: none. Without a listener of its own a wildcard would take its
 * HTTPS requests. `server`: a copy, which gets one then. */
static const struct nginx_server *shown_for_www(struct nginx *nginx, struct nginx_server *server,
						struct str name)
{
	const struct nginx_server *wildcard =
		server->has_certificate ? NULL : nginx_tls_wildcard(nginx, name);

	if (!server->has_certificate && !wildcard)
		nginx_close_https(nginx, server, name);
	return server->has_certificate ? server : wildcard;
}

static void write_www(struct nginx *nginx, struct nginx_server *server, struct nginx_location *of,
		      const struct nginx_value *value)
{
	bool www = str_starts(server->name, "www.");
	struct str name = www ? str_from_pos(server->name, 4)
			      : str_format(nginx->arena, "www.%.*s", STR_ARG(server->name));

	if (!server->name.len || str_starts(server->name, "*") || !name.len) {
		nginx_note(nginx, of->owner, value, "I2G226",
			   STR("a host without name or with a wildcard has no www counterpart"),
			   STR("remove the annotation"));
		ledger_mark(value->item, OUTCOME_INERT, "I2G226");
		return;
	}
	if (map_get(&nginx->server_map, name)) {
		nginx_note_inert(nginx, of->owner, value,
				 str_format(nginx->arena, "because '%.*s' is a host of its own",
					    STR_ARG(name)));
		return;
	}

	struct model_host *host = model_host(nginx->model, name);
	struct nginx_draft draft = {.nginx = nginx, .server = server, .host = host, .location = of};
	struct model_redirect *redirect = arena_new(nginx->arena, struct model_redirect);

	*redirect = (struct model_redirect){.hostname = server->name,
					    .status = nginx->config.redirect_code};
	struct nginx_server closed = *server;
	const struct nginx_server *with = shown_for_www(nginx, &closed, name);

	host->listen = with ? LISTEN_BOTH : LISTEN_HTTP;
	host->origin = of->origin;
	if (with && !host->certificate_count)
		ARENA_PUSH(nginx->arena, host->certificates, host->certificate_count,
			   with->certificate);

	struct model_rule *rule =
		nginx_add_rule(&draft, (struct model_rule){.match.path = {PATH_PREFIX, STR("/")},
							   .listen = host->listen,
							   .redirect = redirect});

	rule->suffix = "-www-redirect";
	rule->path_item = NULL;
	rule->host_item = NULL;
	ledger_mark(value->item, OUTCOME_EXACT, NULL);
	note_www(nginx, host, server, of, value);
}

void nginx_www_redirects(struct nginx *nginx)
{
	for (size_t s = 0; s < nginx->server_count; s++) {
		struct nginx_server *server = nginx->servers[s];
		bool done = false;

		for (size_t i = 0; i < server->location_count; i++) {
			struct nginx_location *location = server->locations[i];
			const struct nginx_value *value =
				nginx_get(location->owner, "from-to-www-redirect");

			if (!value)
				continue;
			if (done || location->unserved || !nginx_parse_bool(value->pair->value) ||
			    is_group_off(location->owner)) {
				ledger_mark(value->item, OUTCOME_INERT, NULL);
				continue;
			}
			write_www(nginx, server, location, value);
			done = true;
		}
		if (!done && server->www && !is_group_off(server->www->owner))
			write_www(nginx, server, server->www,
				  nginx_get(server->www->owner, "from-to-www-redirect"));
	}
}

/* ---- options of the redirects that nginx makes ---- */

static void account_relative(struct nginx *nginx, const struct nginx_ingress *ingress)
{
	const struct nginx_value *value = nginx_get(ingress, "relative-redirects");

	if (!value || value->item->outcome != OUTCOME_OPEN)
		return;
	if (!nginx_parse_bool(value->pair->value)) {
		ledger_mark(value->item, OUTCOME_INERT, NULL);
		return;
	}
	nginx_note(
		nginx, ingress, value, "I2G249",
		STR("with relative-redirects nginx leaves scheme and host out of the Location; a "
		    "Gateway writes them"),
		STR("check it where a proxy in front changes scheme or host"));
	ledger_mark(value->item, OUTCOME_APPROXIMATE, "I2G249");
}

static void account_port(struct nginx *nginx, const struct nginx_ingress *ingress)
{
	const struct nginx_value *value = nginx_get(ingress, "use-port-in-redirects");

	if (!value || value->item->outcome != OUTCOME_OPEN)
		return;
	if (!nginx_parse_bool(value->pair->value)) {
		ledger_mark(value->item, OUTCOME_INERT, NULL);
		return;
	}
	nginx_note(nginx, ingress, value, "I2G244",
		   STR("use-port-in-redirects prints the port 443 into the Location; most Gateways "
		       "leave out the usual port of a scheme"),
		   (struct str){0});
	ledger_mark(value->item, OUTCOME_APPROXIMATE, "I2G244");
}

/* Redirects of an Ingress that serves nothing but its default backend, to which the controller copies
 * all other settings. */
static void account_default_backend(struct nginx *nginx, const struct nginx_ingress *ingress)
{
	static const char *const keys[] = {"app-root", "permanent-redirect",
					   "permanent-redirect-code", "temporal-redirect",
					   "temporal-redirect-code"};

	if (!ingress->locations || ingress->denied || ingress->host_denied)
		return;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const struct nginx_value *value = nginx_get(ingress, keys[i]);

		if (value)
			nginx_note_inert(nginx, ingress, value, STR("on a default backend"));
	}
}

void nginx_account_redirects(struct nginx *nginx)
{
	for (size_t i = 0; i < nginx->ingress_count; i++) {
		const struct nginx_ingress *ingress = nginx->ingresses[i];

		nginx_mark(ingress, "ssl-redirect", OUTCOME_EXACT, NULL);
		nginx_mark(ingress, "force-ssl-redirect", OUTCOME_EXACT, NULL);
		nginx_mark(ingress, "preserve-trailing-slash", OUTCOME_EXACT, NULL);
		account_port(nginx, ingress);
		account_relative(nginx, ingress);
		account_default_backend(nginx, ingress);
	}
}
