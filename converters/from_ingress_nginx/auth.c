/* External authentication and client certificates. */
#include "converters/from_ingress_nginx/nginx.h"
#include "converters/guards.h"

#include "converters/from_ingress_nginx/url.h"

/* ---- auth-url ---- */

static void list_headers(struct arena *arena, struct str text, struct str **items, size_t *count)
{
	struct str part;
	bool more = true;

	while (str_split(&text, ',', &more, &part))
		if (str_trim(part).len && *count < 64)
			ARENA_PUSH(arena, *items, *count, str_trim(part));
}

/* nginx sends all request headers; gateways send a few, and those that are listed. X-Original-URL is none of
 * them: nginx sets it, and a Gateway would pass on what the client made of it. */
static void add_request_headers(struct arena *arena, struct model_ext_auth *auth)
{
	list_headers(arena,
		     STR("Accept,Authorization,Cookie,Origin,User-Agent,X-Forwarded-For,"
			 "X-Forwarded-Host,X-Forwarded-Proto,X-Requested-With"),
		     &auth->request_headers, &auth->request_header_count);
}

static const char asks_url[] =
	"ingress-nginx asks exactly this URL with GET and lets any 2xx answer pass; the "
	"ExternalAuth "
	"filter puts its path in front of the request path, only 200 passes, and X-Original-URL is "
	"not "
	"sent";
static const char asks_url_hint[] = "check that the authentication service answers below that path";
static const char clears_headers[] = "where the authentication answer lacks one of these headers, "
				     "nginx clears it; a Gateway may "
				     "pass on what the client sent";
static const char clears_headers_hint[] =
	"have the authentication service set every header on every answer";

/* NULL when an ExternalAuth filter cannot ask that URL. `namespace`: of a name without one. */
static struct model_ext_auth *ext_auth(struct nginx *nginx, const struct url *url,
				       struct str namespace, struct str response_headers)
{
	struct url_service service;
	bool bare = false, guessed = false;

	if (url->is_ip || url->has_variables || url->has_query || !str_is(url->scheme, "http") ||
	    !url_service(url->host, namespace, &service, &bare, &guessed) ||
	    (guessed && !kube_service(nginx->run->set, service.namespace, service.name)))
		return NULL;

	struct model_ext_auth *auth = arena_new(nginx->arena, struct model_ext_auth);

	auth->backend = (struct model_backend){.group = "",
					       .kind = "Service",
					       .namespace = service.namespace,
					       .name = service.name,
					       .port = url_port(url),
					       .weight = 1};
	auth->path = url->path;
	add_request_headers(nginx->arena, auth);
	list_headers(nginx->arena, response_headers, &auth->response_headers,
		     &auth->response_header_count);
	return auth;
}

/* auth-url */
static bool own_auth(struct nginx_draft *draft, const struct nginx_value *value,
		     const struct url *url)
{
	struct nginx *nginx = draft->nginx;
	const struct nginx_ingress *owner = draft->location->owner;

	draft->rule.ext_auth = ext_auth(nginx, url, owner->ingress->meta.namespace,
					nginx_text(owner, "auth-response-headers"));
	if (!draft->rule.ext_auth)
		return false;
	ledger_mark(value->item, OUTCOME_APPROXIMATE, "I2G313");
	nginx_note(nginx, owner, value, "I2G313", STR(asks_url), STR(asks_url_hint));
	return true;
}

/* ---- global-auth-url ---- */

bool nginx_is_exempt(const struct nginx_config *config, struct str path)
{
	struct str rest = config->no_auth_locations, part;
	bool more = true;

	if (!config->known)
		return false;
	if (!rest.len)
		rest = STR("/.well-known/acme-challenge");
	while (str_split(&rest, ',', &more, &part)) {
		struct str prefix = str_trim(part);

		if (prefix.len && str_eq(str_sub(path, 0, prefix.len), prefix))
			return true;
	}
	return false;
}

bool nginx_is_authentication(enum feature feature)
{
	return feature == FEATURE_AUTH_BASIC || feature == FEATURE_AUTH_CACHE ||
	       feature == FEATURE_AUTH_DIGEST || feature == FEATURE_AUTH_EXTERNAL ||
	       feature == FEATURE_AUTH_OPTIONS || feature == FEATURE_AUTH_REALM ||
	       feature == FEATURE_AUTH_SIGN_IN;
}

bool nginx_needs_global_auth(const struct nginx_draft *draft)
{
	const struct nginx_ingress *owner = draft->location->owner;
	const struct nginx_config *config = &draft->nginx->config;

	return config->global_auth && !nginx_text(owner, "auth-url").len &&
	       nginx_bool(owner, "enable-global-auth", true) &&
	       !nginx_is_exempt(config, draft->location->path);
}

static void note_global_auth(struct nginx *nginx)
{
	const struct nginx_config *config = &nginx->config;

	ledger_mark(config->global_auth->item, OUTCOME_APPROXIMATE, "I2G313");
	nginx_note_option(nginx, config->global_auth->item, "I2G313", STR(asks_url),
			  STR(asks_url_hint));
	if (!config->global_auth_headers)
		return;
	ledger_mark(config->global_auth_headers->item, OUTCOME_APPROXIMATE, "I2G312");
	nginx_note_option(nginx, config->global_auth_headers->item, "I2G312", STR(clears_headers),
			  STR(clears_headers_hint));
}

/* NULL: the option stays a guard without a place, which holds its routes back. A name without
 * namespace means a Service of the controller's, which the input has to show. */
static struct model_ext_auth *make_global_auth(struct nginx *nginx)
{
	const struct nginx_config *config = &nginx->config;
	struct str namespace = nginx->run->config->meta.namespace;
	struct str headers =
		config->global_auth_headers ? config->global_auth_headers->value : (struct str){0};
	struct url url;
	struct model_ext_auth *auth;

	if (!url_parse_absolute(&url, config->global_auth->value, NULL))
		return NULL;
	auth = ext_auth(nginx, &url, namespace, headers);
	if (!auth || (str_find(url.host, '.') == SIZE_MAX &&
		      !kube_service(nginx->run->set, namespace, auth->backend.name)))
		return NULL;
	return auth;
}

static void global_auth(struct nginx_draft *draft)
{
	struct nginx *nginx = draft->nginx;

	if (!nginx->run->external_auth || !nginx_needs_global_auth(draft))
		return;
	if (!nginx->config.global_ext_auth) {
		nginx->config.global_ext_auth = make_global_auth(nginx);
		if (nginx->config.global_ext_auth)
			note_global_auth(nginx);
	}
	draft->rule.ext_auth = nginx->config.global_ext_auth;
}

static void note_exempt(struct nginx_draft *draft)
{
	static const char *const keys[] = {"auth-url", "auth-type"};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (nginx_text(draft->location->owner, keys[i]).len)
			nginx_note_location(
				draft->nginx, draft->location, "I2G322",
				str_format(draft->nginx->arena,
					   "no-auth-locations exempts '%.*s' from '%s': it is "
					   "written without authentication, as it is served",
					   STR_ARG(draft->location->path), keys[i]),
				(struct str){0});
}

/* The controller writes a Prefix "/x" as two locations, "= /x" and "/x/", and an item "/x/" exempts the
 * second. Here they are one rule, which keeps its guard. */
static void note_half_exempt(struct nginx_draft *draft)
{
	const struct nginx_location *location = draft->location;
	struct arena *arena = draft->nginx->arena;
	bool own = nginx_text(location->owner, "auth-url").len ||
		   nginx_text(location->owner, "auth-type").len;

	if (location->exact || draft->server->regex_cause || str_ends(location->path, "/") ||
	    !(own || nginx_needs_global_auth(draft)) ||
	    !nginx_is_exempt(&draft->nginx->config, STR_JOIN(arena, location->path, STR("/"))))
		return;
	nginx_note_location(
		draft->nginx, location, "I2G322",
		str_format(arena,
			   "no-auth-locations exempts '%.*s/', but not '%.*s': one rule stands for "
			   "both, and is guarded",
			   STR_ARG(location->path), STR_ARG(location->path)),
		STR("write the item without the slash, if the path itself is exempt as well"));
}

static void mark_response_headers(struct nginx_draft *draft, bool converted)
{
	const struct nginx_ingress *owner = draft->location->owner;
	const struct nginx_value *value = nginx_get(owner, "auth-response-headers");

	if (!value)
		return;
	if (!converted) {
		nginx_add_feature(draft->nginx, draft->location->owner, FEATURE_AUTH_EXTERNAL,
				  value, "I2G301");
		return;
	}
	ledger_mark(value->item, OUTCOME_APPROXIMATE, "I2G312");
	nginx_note(draft->nginx, owner, value, "I2G312", STR(clears_headers),
		   STR(clears_headers_hint));
}

void nginx_auth(struct nginx_draft *draft)
{
	struct nginx *nginx = draft->nginx;
	struct nginx_ingress *owner = draft->location->owner;
	const struct nginx_value *value = nginx_get(owner, "auth-url");
	bool exempt = nginx_is_exempt(&nginx->config, draft->location->path);
	struct url url;
	const char *why = NULL;

	if (exempt)
		note_exempt(draft);
	else
		note_half_exempt(draft);
	nginx_mark(owner, "enable-global-auth",
		   nginx->config.global_auth ? OUTCOME_EXACT : OUTCOME_INERT, NULL);
	if (!value || !str_trim(value->pair->value).len) {
		nginx_mark(owner, "auth-url", OUTCOME_INERT, NULL);
		nginx_mark(owner, "auth-response-headers", OUTCOME_INERT, NULL);
		global_auth(draft);
		return;
	}
	if (!url_parse_absolute(&url, str_trim(value->pair->value), &why)) {
		nginx_note(nginx, owner, value, "I2G117",
			   str_format(nginx->arena,
				      "the controller answers 503 on these paths: this auth-url %s",
				      why),
			   STR("write an absolute http URL"));
		ledger_mark(value->item, OUTCOME_REFUSED, "I2G117");
		nginx_mark(owner, "auth-response-headers", OUTCOME_INERT, NULL);
		draft->rule.deny = true;
		return;
	}

	if (exempt)
		return;

	/* Headers of their own are a part of the question that the filter cannot ask. */
	bool asks_more = nginx_text(owner, "auth-proxy-set-headers").len > 0;
	bool converted = nginx->run->external_auth && !asks_more && own_auth(draft, value, &url);

	owner->auth_used = true;

	if (!converted)
		nginx_add_feature(nginx, owner, FEATURE_AUTH_EXTERNAL, value, "I2G301");
	mark_response_headers(draft, converted);
}

/* ---- client certificates ---- */

struct client_check {
	struct nginx_ingress *owner;
	const struct nginx_value *secret;
	struct str mode;
};

static struct client_check check_of(struct nginx_ingress *owner)
{
	struct str mode = nginx_text(owner, "auth-tls-verify-client");

	return (struct client_check){.owner = owner,
				     .secret = nginx_get(owner, "auth-tls-secret"),
				     .mode = mode.len ? mode : STR("on")};
}

static bool checks(const struct client_check *check)
{
	return check->secret && str_trim(check->secret->pair->value).len &&
	       !str_is(check->mode, "off");
}

/* The first Ingress of a host that sets auth-tls-secret decides for the host. Where nobody can tell
 * which is the first, one that checks counts more than one that does not. */
static bool find_check(const struct nginx_server *server, struct client_check *check)
{
	*check = (struct client_check){0};
	for (size_t i = 0; i < server->namer_count; i++) {
		struct client_check next = check_of(server->namers[i]);

		if (next.secret && (!check->secret || (!checks(check) && checks(&next) &&
						       nginx_same_age(check->owner, next.owner))))
			*check = next;
	}
	return checks(check);
}

/* Gateway API checks client certificates per port: all HTTPS hosts the same way, or none. */
static bool all_hosts_agree(const struct nginx *nginx, const struct client_check *with)
{
	for (size_t s = 0; s < nginx->server_count; s++) {
		const struct nginx_server *server = nginx->servers[s];
		struct client_check check;

		if (!server->has_certificate || !server->location_count ||
		    nginx_host_is_denied(server))
			continue;
		if (!find_check(server, &check) || !str_eq(check.mode, with->mode) ||
		    !str_eq(str_trim(check.secret->pair->value),
			    str_trim(with->secret->pair->value)))
			return false;
	}
	return true;
}

static void validate_clients(struct nginx *nginx, const struct client_check *check)
{
	struct str reference = str_trim(check->secret->pair->value);
	size_t slash = str_find(reference, '/');
	struct str namespace = str_sub(reference, 0, slash);
	struct str name = slash == SIZE_MAX ? reference : str_from_pos(reference, slash + 1);
	const struct kube_secret *secret = kube_secret(nginx->run->set, namespace, name);
	struct model_client_validation *validation =
		arena_new(nginx->model->arena, struct model_client_validation);

	*validation = (struct model_client_validation){
		.namespace = namespace,
		.ca_config_map = name,
		.ca = secret ? secret->ca : (struct str){0},
		.optional = str_is(check->mode, "optional_no_ca"),
		.origin = {.object = &check->owner->ingress->meta,
			   .span = check->secret->pair->key_span},
		.item = check->secret->item,
	};
	model_realm(nginx->model)->client_validation = validation;
	nginx_note(
		nginx, check->owner, check->secret, "I2G510",
		validation->optional
			? STR("ingress-nginx lets every client in and tells the backend what "
			      "certificate it showed; a Gateway lets them in too, and tells the "
			      "backend nothing")
			: STR("a client without a valid certificate gets 400 from ingress-nginx; a "
			      "Gateway ends the TLS handshake instead"),
		validation->optional
			? STR("have the backend check what reaches it, or use the target's policy "
			      "for client certificates")
			: STR("tell those who read such errors"));
	if (validation->ca.len)
		return;
	nginx_note(
		nginx, check->owner, check->secret, "I2G514",
		str_format(nginx->arena,
			   "the CA for client certificates must be in a ConfigMap '%.*s/%.*s' with "
			   "the key ca.crt",
			   STR_ARG(namespace), STR_ARG(name)),
		STR("create it from ca.crt of the Secret, or add the Secret to the input"));
}

/* The server asks for a subject on all its paths; only those of the Ingress itself have that as a guard. */
static bool asks_others_for_name(const struct nginx_server *server,
				 const struct client_check *check)
{
	for (size_t i = 0; i < server->location_count; i++)
		if (server->locations[i]->owner != check->owner)
			return nginx_text(check->owner, "auth-tls-match-cn").len > 0;
	return false;
}

static void hold_server(struct nginx *nginx, struct nginx_server *server,
			const struct client_check *check)
{
	bool optional = str_is(check->mode, "optional");
	const char *code = optional ? "I2G304" : "I2G512";

	server->held = code;
	nginx_note(
		nginx, check->owner, check->secret, code,
		str_format(
			nginx->arena,
			optional
				? "'%.*s' checks client certificates only when they are sent, "
				  "which Gateway API cannot say; its routes are held back"
				: "'%.*s' asks for client certificates, other hosts of the port do "
				  "not or differ: Gateway API checks per port, so its routes are "
				  "held back",
			STR_ARG(server->name)),
		STR("give the host a Gateway or port of its own, or use the target's policy for "
		    "client certificates"));
	/* It need not be one that a path of the host belongs to. */
	if (check->owner->canary && !server->alias_count)
		nginx_last_scope(nginx)->host = server->name;
}

static void mark_checks(struct nginx *nginx)
{
	static const char *const keys[] = {"auth-tls-secret", "auth-tls-verify-client"};

	for (size_t i = 0; i < nginx->ingress_count; i++)
		if (nginx->ingresses[i]->canary)
			nginx_mark(nginx->ingresses[i], "auth-tls-match-cn", OUTCOME_INERT, NULL);

	for (size_t i = 0; i < nginx->ingress_count; i++)
		for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
			const struct nginx_value *value = nginx_get(nginx->ingresses[i], keys[k]);

			if (value && !nginx_sets_hosts(nginx->ingresses[i]))
				nginx_note_inert(nginx, nginx->ingresses[i], value,
						 STR("on an Ingress without paths"));
			else if (value && value->item->outcome == OUTCOME_OPEN)
				ledger_mark(value->item, OUTCOME_INERT, NULL);
		}
}

static bool is_namer(const struct nginx_server *server, const struct nginx_ingress *ingress)
{
	for (size_t i = 0; i < server->namer_count; i++)
		if (server->namers[i] == ingress)
			return true;
	return false;
}

/* Live, the path is open: no rule of its Ingress says it for the host. Converted, somebody has to decide. */
static void hold_unchecked(struct nginx *nginx, const struct nginx_server *server,
			   struct nginx_location *location)
{
	const struct client_check check = check_of(location->owner);

	if (!checks(&check) || is_namer(server, location->owner))
		return;
	location->held = "I2G330";
	ledger_mark(check.secret->item, OUTCOME_REFUSED, "I2G330");
	nginx_mark(check.owner, "auth-tls-verify-client", OUTCOME_REFUSED, "I2G330");
	guard_say(&(struct guard_talk){nginx->findings, nginx->run->unguarded},
		  (struct finding){
			  .code = "I2G330",
			  .object = kube_ref(&check.owner->ingress->meta),
			  .path = nginx_annotation_field(nginx, check.secret->pair->key),
			  .span = check.secret->pair->key_span,
			  .message = str_format(
				  nginx->arena,
				  "ingress-nginx asks nobody for a client "
				  "certificate at '%.*s': it takes '%s' from rules "
				  "with paths only, and lets everybody in here",
				  STR_ARG(server->name.len ? server->name : STR("any host")),
				  check.secret->row->key),
			  .hint = STR("give the rule a path, or remove the annotation"),
		  });
}

void nginx_client_certificates(struct nginx *nginx)
{
	for (size_t s = 0; s < nginx->server_count; s++) {
		struct nginx_server *server = nginx->servers[s];
		struct client_check check;

		for (size_t i = 0; i < server->location_count; i++)
			hold_unchecked(nginx, server, server->locations[i]);
		if (!server->location_count || nginx_host_is_denied(server) ||
		    !find_check(server, &check))
			continue;

		bool agree = !str_is(check.mode, "optional") && all_hosts_agree(nginx, &check) &&
			     server->has_certificate && !asks_others_for_name(server, &check);
		enum outcome outcome = agree ? OUTCOME_APPROXIMATE : OUTCOME_REFUSED;

		if (!agree)
			hold_server(nginx, server, &check);
		else if (!model_realm(nginx->model)->client_validation)
			validate_clients(nginx, &check);
		ledger_mark(check.secret->item, outcome, agree ? "I2G510" : server->held);
		nginx_mark(check.owner, "auth-tls-verify-client",
			   agree ? OUTCOME_EXACT : OUTCOME_REFUSED, server->held);
	}
	mark_checks(nginx);
}
