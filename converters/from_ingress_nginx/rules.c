/* Locations become rules of the model, host by host. */
#include "converters/from_ingress_nginx/nginx.h"

#include "gateway/name.h"

/* ---- names ---- */

static bool names_before(const struct kube_meta *a, const struct kube_meta *b)
{
	if (a->created != b->created) {
		if (a->created == KUBE_NO_TIME || b->created == KUBE_NO_TIME)
			return b->created == KUBE_NO_TIME;
		return a->created < b->created;
	}
	return str_cmp(a->name, b->name) < 0;
}

/* Routes are named after the first Ingress of their host and namespace: the oldest, else the first
 * by name. */
static void name_routes(struct nginx_server *server)
{
	for (size_t i = 0; i < server->owner_count; i++) {
		const struct kube_meta *meta = &server->owners[i]->ingress->meta;

		if (server->owners[i]->canary)
			continue;

		void **place = map_at(&server->route_names, meta->namespace);

		if (!*place || names_before(meta, *place))
			*place = (void *)meta;
	}
}

static struct str route_name(const struct nginx_server *server, struct str namespace)
{
	const struct kube_meta *first = map_get(&server->route_names, namespace);

	return first ? first->name : STR("ingress");
}

/* ---- rules ---- */

struct model_rule *nginx_add_rule(struct nginx_draft *draft, struct model_rule rule)
{
	const struct nginx_location *location = draft->location;

	rule.namespace = location->owner->ingress->meta.namespace;
	rule.route_name = route_name(draft->server, rule.namespace);
	rule.suffix = location->is_catch_all ? "-default-backend" : "";
	rule.origin = location->origin;
	rule.path_item = location->path_item;
	rule.host_item = location->host_item;
	draft->nginx->redirects_plain |= rule.redirect && rule.listen & LISTEN_HTTP;
	draft->nginx->redirects_secure |= rule.redirect && rule.listen & LISTEN_HTTPS;
	return model_rule_add(draft->nginx->model, draft->host, rule);
}

struct model_rule *nginx_add_redirect(struct nginx_draft *draft, struct model_rule rule)
{
	if (draft->server->held && rule.listen & LISTEN_HTTPS) {
		struct model_rule closed = rule;

		closed.listen = LISTEN_HTTPS;
		closed.held = draft->server->held;
		nginx_add_rule(draft, closed);
		rule.listen &= LISTEN_HTTP;
	}
	return rule.listen ? nginx_add_rule(draft, rule) : NULL;
}

static struct str hsts_value(struct nginx *nginx)
{
	const struct nginx_config *config = &nginx->config;

	return str_format(nginx->arena, "max-age=%.*s%s%s", STR_ARG(config->hsts_max_age),
			  config->hsts_subdomains ? "; includeSubDomains" : "",
			  config->hsts_preload ? "; preload" : "");
}

static void set_hsts(struct nginx *nginx, struct model_header_edits *edits)
{
	model_header_set(nginx->arena, edits, STR("Strict-Transport-Security"), hsts_value(nginx));
}

/* On HTTPS every answer carries Strict-Transport-Security. */
static void add_hsts(struct nginx *nginx, struct model_rule *rule)
{
	const struct model_header_edits *plain = rule->response_headers;

	if (!plain) {
		if (!nginx->config.hsts_only)
			set_hsts(nginx, model_edits(nginx->arena, &nginx->config.hsts_only));
		rule->response_headers = nginx->config.hsts_only;
		return;
	}
	/* Those of before are shared with the rule for plain HTTP. */
	rule->response_headers = model_edits_copy(nginx->arena, plain);
	set_hsts(nginx, rule->response_headers);
}

void nginx_finish_rule(struct nginx_draft *draft, struct model_rule rule)
{
	bool hsts = draft->nginx->config.hsts && (rule.listen & LISTEN_HTTPS) && !rule.redirect &&
		    !rule.deny && !draft->host->passthrough;

	if (!hsts) {
		nginx_add_rule(draft, rule);
		return;
	}
	if (rule.listen & LISTEN_HTTP) {
		struct model_rule plain = rule;

		plain.listen = LISTEN_HTTP;
		nginx_add_rule(draft, plain);
	}
	rule.listen = LISTEN_HTTPS;
	draft->nginx->sends_hsts = true;
	add_hsts(draft->nginx, &rule);
	nginx_add_rule(draft, rule);
}

bool nginx_host_is_denied(const struct nginx_server *server)
{
	for (size_t i = 0; i < server->namer_count; i++)
		if (server->namers[i]->host_denied)
			return true;
	return false;
}

/* Features of the location: those of its Ingress and those of the ConfigMap. */
static void attach_features(struct nginx_draft *draft)
{
	struct nginx *nginx = draft->nginx;
	struct nginx_ingress *owner = draft->location->owner;
	struct model_rule *rule = &draft->rule;
	size_t own = owner->feature_count, shared = nginx->config.feature_count;

	bool global = nginx_needs_global_auth(draft) && !rule->ext_auth;
	bool exempt = nginx_is_exempt(&nginx->config, draft->location->path);

	owner->features_used = true;
	owner->auth_used |= !exempt;
	nginx->config.features_used = true;
	nginx->config.global_auth_used |= nginx_needs_global_auth(draft);
	rule->features = owner->features;
	rule->feature_count = own;
	if (!shared && !global && !exempt)
		return;
	rule->features = arena_array(nginx->arena, struct model_feature *, own + shared + 2);
	rule->feature_count = 0;
	for (size_t i = 0; i < own; i++)
		if (!exempt || !nginx_is_authentication(owner->features[i]->feature))
			rule->features[rule->feature_count++] = owner->features[i];
	for (size_t i = 0; i < shared; i++)
		if (!nginx_overrides(owner, nginx->config.features[i]))
			rule->features[rule->feature_count++] = nginx->config.features[i];
		else
			ledger_mark(nginx->config.features[i]->item, OUTCOME_INERT, NULL);
	if (global)
		rule->features[rule->feature_count++] = nginx->config.global_auth;
	if (global && nginx->config.global_auth_headers)
		rule->features[rule->feature_count++] = nginx->config.global_auth_headers;
}

/* What comes before a redirect: the size of a body, and the checks that stand in the server (block-user-agents,
 * block-referers). Checks of the access phase come too late for one. */
static bool is_before_redirects(const struct model_feature *feature)
{
	return feature->feature == FEATURE_BODY_SIZE ||
	       feature->feature == FEATURE_USER_AGENT_BLOCK;
}

static void attach_redirect_features(struct nginx_draft *draft)
{
	struct nginx *nginx = draft->nginx;
	const struct nginx_ingress *owner = draft->location->owner;
	struct model_rule *rule = &draft->rule;
	size_t most = owner->feature_count + nginx->config.feature_count;

	rule->features = arena_array(nginx->arena, struct model_feature *, most);
	rule->feature_count = 0;
	for (size_t i = 0; i < owner->feature_count; i++)
		if (is_before_redirects(owner->features[i]))
			rule->features[rule->feature_count++] = owner->features[i];
	for (size_t i = 0; i < nginx->config.feature_count; i++)
		if (is_before_redirects(nginx->config.features[i]) &&
		    !nginx_overrides(owner, nginx->config.features[i]))
			rule->features[rule->feature_count++] = nginx->config.features[i];
}

static void decide_listeners(struct nginx_draft *draft, bool to_https)
{
	struct model_rule *rule = &draft->rule;

	rule->listen = draft->host->listen;
	if (to_https && (rule->listen & LISTEN_HTTPS) && !draft->no_backend && !rule->deny)
		rule->listen = LISTEN_HTTPS;
}

/* Paths that a guarded location takes and its rule does not must not go to an open one. */
static void block_beyond(struct nginx_draft *draft)
{
	struct model_rule *rule;

	if (!draft->beyond.value.len || !draft->rule.ext_auth || draft->rule.held)
		return;
	rule = nginx_add_rule(draft, (struct model_rule){.match.path = draft->beyond,
							 .listen = draft->rule.listen,
							 .held = "I2G210"});
	rule->path_item = rule->host_item = NULL;
}

static void set_prefix(struct arena *arena, struct model_rule *rule, struct str prefix)
{
	rule->request_headers = model_edits_copy(arena, rule->request_headers);
	model_header_set(arena, rule->request_headers, STR("X-Forwarded-Prefix"), prefix);
}

static void add_also(struct nginx_draft *draft, struct model_rule rule)
{
	rule.match.path = draft->also;
	rule.rewrite = draft->also_rewrite;
	if (draft->also_prefix.len)
		set_prefix(draft->nginx->arena, &rule, draft->also_prefix);
	nginx_finish_rule(draft, rule);
}

static void add_at(struct nginx_draft *draft, struct model_rule rule, struct str path)
{
	rule.match.path = (struct model_path){PATH_EXACT, path};
	nginx_finish_rule(draft, rule);
}

/* Before the rule of a "/p/" that is denied, which would take "/p" as well. */
static void add_bares(struct nginx_draft *draft)
{
	const struct nginx_server *server = draft->server;

	for (size_t i = 0; i < server->bare_count; i++) {
		if (server->bares[i].taker != draft->location || draft->rule.deny)
			continue;
		for (size_t v = 0; v < draft->variant_count; v++)
			add_at(draft, draft->variants[v], server->bares[i].path);
		add_at(draft, draft->rule, server->bares[i].path);
	}
}

static void add_main_rules(struct nginx_draft *draft)
{
	if (draft->location->canary)
		nginx_canary(draft);
	add_bares(draft);
	if (draft->also.value.len) {
		for (size_t i = 0; i < draft->variant_count; i++)
			add_also(draft, draft->variants[i]);
		add_also(draft, draft->rule);
	}
	for (size_t i = 0; i < draft->variant_count; i++)
		nginx_finish_rule(draft, draft->variants[i]);
	nginx_finish_rule(draft, draft->rule);
	block_beyond(draft);
}

/* Everything that only matters when a backend answers. */
static void draft_backend(struct nginx_draft *draft)
{
	nginx_headers(draft);
	nginx_cors(draft);
	nginx_mirror(draft);
	nginx_auth(draft);
	nginx_session(draft);
	nginx_retry(draft);
	nginx_backend(draft);
	attach_features(draft);
}

/* What a redirect that an annotation asks for leaves of the rest. */
static void draft_redirect(struct nginx_draft *draft)
{
	nginx_redirect_headers(draft);
	attach_redirect_features(draft);
}

/* The code to hold the location with, whatever its features are; NULL when nothing does. */
static const char *held_by(const struct nginx_draft *draft)
{
	if (draft->location->owner->held)
		return draft->location->owner->held;
	if (draft->location->held)
		return draft->location->held;
	return draft->server->held ? draft->server->held : draft->nginx->config.held;
}

static void write_location(struct nginx_draft *draft)
{
	struct nginx *nginx = draft->nginx;
	struct nginx_ingress *owner = draft->location->owner;
	struct model_rule *rule = &draft->rule;

	*rule = (struct model_rule){.held = held_by(draft)};
	nginx_match(draft);
	draft->location->match = rule->match.path;
	rule->deny = owner->denied || nginx_host_is_denied(draft->server);
	if (rule->deny) {
		ledger_mark(draft->location->path_item, OUTCOME_REFUSED, "I2G117");
		ledger_mark(draft->location->backend_item, OUTCOME_REFUSED, "I2G117");
	}
	if (!draft->location->is_catch_all && !rule->deny)
		nginx_redirect(draft);
	nginx_snippets(draft);
	if (!draft->no_backend && !rule->deny)
		draft_backend(draft);
	if (draft->no_backend && !rule->deny)
		draft_redirect(draft);
	/* A redirect, or a snippet that denies every request, never asks the backend. */
	if (draft->no_backend || rule->deny)
		ledger_mark(draft->location->backend_item, OUTCOME_INERT, NULL);
	draft->location->answers_itself = draft->no_backend || rule->deny;

	bool to_https =
		nginx_redirects_to_https(nginx, draft->server, owner, draft->location->path);

	decide_listeners(draft, to_https);
	nginx_slash_redirect(draft);
	if (to_https && !(draft->host->listen & LISTEN_HTTPS) && !draft->no_backend)
		nginx_forwarded_redirect(draft);
	add_main_rules(draft);
	draft->location->to_https = NULL;
	draft->location->rules_end = (uint32_t)draft->host->rule_count;
}

struct nginx_location nginx_unmatched(const struct nginx_server *server)
{
	struct nginx_ingress *owner = server->owners[0];

	return (struct nginx_location){
		.owner = owner,
		.path = STR("/"),
		.origin = {.object = &owner->ingress->meta, .span = owner->ingress->meta.span}};
}

/* permanent-redirect and temporal-redirect take the unmatched paths of their host, too. */
static void write_inherited_redirect(struct nginx_draft *draft)
{
	struct nginx_ingress *heir = nginx_heir(draft->server);

	draft->server->unmatched_answered = false;
	if (!heir || heir->denied || nginx_host_is_denied(draft->server))
		return;

	struct nginx_location unmatched = nginx_unmatched(draft->server);
	struct nginx_draft one = *draft;

	one.location = &unmatched;
	nginx_redirect(&one);
	if (!one.no_backend)
		nginx_rewrite_unmatched(&one);
	draft->server->unmatched_answered = one.no_backend;
	if (one.no_backend)
		nginx_snippets(&one);
	if (!one.rule.redirect)
		return;
	one.rule.match.path = (struct model_path){PATH_PREFIX, STR("/")};
	one.rule.listen = draft->host->listen;
	one.rule.comment = "paths without a rule of their own";
	draft_redirect(&one);
	for (size_t i = 0; i < draft->server->bare_count; i++)
		if (!draft->server->bares[i].taker) {
			struct model_rule bare = one.rule;

			bare.match.path =
				(struct model_path){PATH_EXACT, draft->server->bares[i].path};
			nginx_add_redirect(&one, bare);
		}
	nginx_add_redirect(&one, one.rule);
}

/* ---- hosts ---- */

/* Whose location, or made-up "/", redirects the host to HTTPS; NULL when none does. */
static struct nginx_ingress *forces_https(const struct nginx *nginx,
					  const struct nginx_server *server)
{
	for (size_t i = 0; i < server->location_count; i++) {
		const struct nginx_location *location = server->locations[i];

		if (nginx_redirects_to_https(nginx, server, location->owner, location->path))
			return location->owner;
	}
	return nginx_heir(server) && nginx_unmatched_redirects(nginx, server) ? server->owners[0]
									      : NULL;
}

/* The rule of the oldest Ingress that names the host. */
static struct origin host_origin(struct nginx *nginx, const struct nginx_server *server)
{
	const struct kube_ingress *ingress;

	if (!server->owner_count)
		return (struct origin){0};
	ingress = server->owners[0]->ingress;
	for (size_t r = 0; r < ingress->rule_count; r++)
		if (server->name.len && str_eq_nocase(ingress->rules[r].host.text, server->name))
			return (struct origin){.object = &ingress->meta,
					       .span = ingress->rules[r].host.span,
					       .field = nginx_host_field(nginx, r)};
	return (struct origin){.object = &ingress->meta, .span = ingress->meta.span};
}

/* The controller answers HTTPS for every host. */
void nginx_close_https(struct nginx *nginx, struct nginx_server *server, struct str name)
{
	for (struct str above = name; above.len;) {
		struct nginx_server other;
		const struct nginx_ingress *forcing;

		above = name_wildcard_above(nginx->arena, above);
		if (!nginx_server_at(nginx, above, &other))
			continue;
		forcing = other.has_certificate || nginx->config.use_forwarded_headers
				  ? NULL
				  : forces_https(nginx, &other);
		if (!other.has_certificate && !forcing)
			continue;
		nginx_share_certificate(nginx, server, name, &other, forcing);
		return;
	}
}

/* A certificate for a host without one, where its requests are sent to HTTPS or would be taken by others there. */
static void find_certificate(struct nginx *nginx, struct nginx_server *server, struct str name,
			     bool passthrough)
{
	struct nginx_ingress *forcing =
		server->has_certificate || passthrough || nginx->config.use_forwarded_headers
			? NULL
			: forces_https(nginx, server);

	if (forcing)
		nginx_require_certificate(nginx, server, nginx_get(forcing, "force-ssl-redirect"),
					  forcing);
	if (!server->has_certificate && !passthrough)
		nginx_close_https(nginx, server, name);
}

static struct model_host *open_host(struct nginx *nginx, struct nginx_server *server,
				    struct str name, bool passthrough)
{
	struct model_host *host = model_host(nginx->model, name);

	find_certificate(nginx, server, name, passthrough);
	host->passthrough = passthrough;
	/* An alias is a name of nginx, where a wildcard stands for any number of labels. */
	host->one_label = str_starts(name, "*.") && str_eq(name, server->name);
	host->listen |= server->has_certificate || passthrough ? LISTEN_BOTH : LISTEN_HTTP;
	if (server->has_certificate && !host->certificate_count)
		ARENA_PUSH(nginx->arena, host->certificates, host->certificate_count,
			   server->certificate);
	host->origin = host_origin(nginx, server);
	for (size_t i = 0; i < server->owner_count; i++)
		ARENA_PUSH(nginx->arena, host->owners, host->owner_count,
			   &server->owners[i]->ingress->meta);
	return host;
}

static void write_host(struct nginx *nginx, struct nginx_server *server, struct str name,
		       bool quiet)
{
	/* By SNI of the host itself: an alias is not passed through. */
	bool passthrough = !quiet && server->location_count && nginx_passthrough(nginx, server);
	struct nginx_draft draft = {.nginx = nginx,
				    .server = server,
				    .host = open_host(nginx, server, name, passthrough),
				    .quiet = quiet};

	nginx_app_root(&draft);
	nginx_find_bares(nginx, server);
	for (size_t i = 0; i < server->location_count; i++) {
		struct nginx_draft one = draft;

		one.location = server->locations[i];
		write_location(&one);
	}
	write_inherited_redirect(&draft);
	nginx_https_redirects(&draft);
	if (passthrough)
		nginx_passthrough_checks(nginx, server, draft.host);
}

static void note_bare_alias(struct nginx *nginx, const struct nginx_server *server,
			    struct str alias)
{
	nginx_note_host(
		nginx, server->alias_owner, server->alias_cause, alias,
		(struct finding){
			.code = "I2G501",
			.message = str_format(
				nginx->arena,
				"the certificate of '%.*s' is not for the alias '%.*s': the "
				"controller answers HTTPS for it with its default one, and no "
				"HTTPS listener is written for that",
				STR_ARG(server->name.len ? server->name : STR("any host")),
				STR_ARG(alias)),
			.hint = STR("give the alias a certificate by an Ingress of its own")});
}

/* In names of nginx a wildcard stands for any number of labels, in those of certificates for one. */
static void note_deep_alias(struct nginx *nginx, const struct nginx_server *server,
			    struct str alias)
{
	nginx_note_host(
		nginx, server->alias_owner, server->alias_cause, alias,
		(struct finding){.code = "I2G213",
				 .message = str_format(
					 nginx->arena,
					 "the certificate for '%.*s' stands for one label in "
					 "ingress-nginx: deeper names are shown the default one, "
					 "and are not redirected to HTTPS",
					 STR_ARG(alias)),
				 .hint = STR("a Gateway treats names of any depth alike")});
}

static void note_alias(struct nginx *nginx, const struct nginx_server *server, struct str alias)
{
	const struct nginx_server *holder = nginx_alias_holder(nginx, alias);
	int covered = nginx_covers_alias(nginx, alias);
	bool has_tls = server->tls || (holder && holder->tls);

	if (has_tls && covered < 0)
		nginx_note_host(
			nginx, server->alias_owner, server->alias_cause, alias,
			(struct finding){
				.code = "I2G501",
				.message = str_format(
					nginx->arena,
					"no TLS entry lists the alias '%.*s': its HTTPS listener "
					"shows the certificate of '%.*s'",
					STR_ARG(alias), STR_ARG(holder->name)),
				.hint = STR("add the Secret to the input, so that the names in its "
					    "certificate "
					    "decide")});
	if (has_tls && covered == 0 && !nginx_tls_wildcard(nginx, alias))
		note_bare_alias(nginx, server, alias);
	if (has_tls && covered != 0 && str_starts(alias, "*."))
		note_deep_alias(nginx, server, alias);
}

/* The redirect to HTTPS asks for a certificate of the name that was requested: an alias that the
 * certificate does not name is served in the clear. `quiet`: all else was said for the host itself. */
static void write_alias(struct nginx *nginx, const struct nginx_server *server, struct str alias,
			bool quiet)
{
	struct nginx_server bare = nginx_as_alias(nginx, server, alias);
	struct findings *findings = nginx->findings;
	struct findings silent;

	note_alias(nginx, server, alias);
	find_certificate(nginx, &bare, alias, false);
	findings_init(&silent, &nginx->own);
	if (quiet)
		nginx->findings = &silent;
	write_host(nginx, &bare, alias, true);
	nginx->findings = findings;
}

/* Whether a host that has no location would be answered by another one: the controller answers 404
 * for it, so it needs a listener of its own. */
static bool is_below_another(struct nginx *nginx, struct str name)
{
	struct nginx_server other;

	while (name.len) {
		name = name_wildcard_above(nginx->arena, name);
		if (nginx_server_at(nginx, name, &other))
			return true;
	}
	return false;
}

static bool is_shadowed(struct nginx *nginx, const struct nginx_server *server)
{
	for (size_t i = 0; i < server->alias_count; i++)
		if (is_below_another(nginx, server->aliases[i]))
			return true;
	return is_below_another(nginx, server->name);
}

/* Whether a host without any location redirects all the same, by what its oldest Ingress says. */
static bool inherits_answer(const struct nginx *nginx, const struct nginx_server *server)
{
	const struct nginx_ingress *heir = nginx_heir(server);

	return heir &&
	       (nginx_unmatched_redirects(nginx, server) || nginx_text(heir, "app-root").len ||
		nginx_text(heir, "rewrite-target").len ||
		nginx_text(heir, "permanent-redirect").len ||
		nginx_text(heir, "temporal-redirect").len);
}

static bool is_written(struct nginx *nginx, const struct nginx_server *server)
{
	if (server->eclipsed)
		return server->location_count && server->alias_count;
	return server->location_count || inherits_answer(nginx, server) ||
	       is_shadowed(nginx, server);
}

/* The "/" that the controller makes up answers preflights by what the oldest Ingress of the host says, which need not have
 * a path that is written. */
static void note_lost_preflights(struct nginx *nginx, const struct nginx_server *server)
{
	const struct nginx_ingress *heir = nginx_heir(server);
	const struct nginx_value *cors = heir ? nginx_get(heir, "enable-cors") : NULL;

	if (!cors || !nginx_parse_bool(cors->pair->value) || heir->denied ||
	    nginx_host_is_denied(server) || cors->item->outcome != OUTCOME_OPEN)
		return;
	nginx_note(nginx, heir, cors, "I2G311",
		   str_format(nginx->arena,
			      "ingress-nginx answers OPTIONS requests for paths of '%.*s' that no "
			      "rule matches with 204; a Gateway answers 404",
			      STR_ARG(server->name)),
		   (struct str){0});
	ledger_mark(cors->item, OUTCOME_APPROXIMATE, "I2G311");
}

void nginx_write_rules(struct nginx *nginx)
{
	map_reserve(&model_realm(nginx->model)->hosts, nginx->server_count);
	for (size_t s = 0; s < nginx->server_count; s++) {
		struct nginx_server *server = nginx->servers[s];

		if (!is_written(nginx, server))
			continue;
		server->written = !server->eclipsed;
		name_routes(server);
		if (!server->eclipsed)
			write_host(nginx, server, server->name, false);
		for (size_t i = 0; i < server->alias_count; i++)
			write_alias(nginx, server, server->aliases[i], i || !server->eclipsed);
		nginx_check_order(nginx, server);
	}
	for (size_t s = 0; s < nginx->server_count; s++) {
		struct nginx_server *server = nginx->servers[s];

		note_lost_preflights(nginx, server);
		for (size_t i = 0; nginx->model->backend_tls_count && i < server->location_count;
		     i++)
			nginx_note_shared_tls(nginx, server->locations[i]);
	}
	nginx_www_redirects(nginx);
	nginx_account_redirects(nginx);
}
