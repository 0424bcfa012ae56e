/* How the guards of an Ingress are carried out: basic authentication, limits, auth-url. What cannot be said
 * here stays a fact of the policy and keeps everybody out of what is served. */
#include "converters/from_ingress_nginx/side.h"

#include "converters/from_ingress_nginx/url.h"
#include "route/guards.h"

static struct str keep(struct side *side, struct str text)
{
	return str_dup(&side->table->arena, text);
}

static struct str controller_namespace(const struct side *side)
{
	const struct kube_config_map *config = side->nginx.run->config;

	return config ? config->meta.namespace : STR("ingress-nginx");
}

/* ---- basic authentication ---- */

static const struct route_basic *basic_of(struct side *side, const struct nginx_ingress *owner)
{
	struct str reference = nginx_text(owner, "auth-secret");
	size_t slash = str_find(reference, '/');
	struct route_basic *basic;

	if (str_find_str(nginx_text(owner, "auth-type"), "basic") == SIZE_MAX || !reference.len)
		return NULL;
	basic = arena_new(&side->table->arena, struct route_basic);
	basic->realm = keep(side, nginx_text(owner, "auth-realm"));
	basic->namespace = slash == SIZE_MAX ? owner->ingress->meta.namespace
					     : keep(side, str_sub(reference, 0, slash));
	basic->secret =
		keep(side, slash == SIZE_MAX ? reference : str_from_pos(reference, slash + 1));
	basic->map = str_is(nginx_text(owner, "auth-secret-type"), "auth-map");
	return basic;
}

/* ---- limits ---- */

enum { RATE_MOST = 1000 * 1000 };

/* ngx_http_limit_req_zone() keeps thousandths, rounded down. */
static struct route_rate rate_of(const struct nginx_ingress *owner, const char *key,
				 uint32_t seconds)
{
	int64_t count = nginx_int(owner, key, 0);
	int64_t burst = nginx_int(owner, "limit-burst-multiplier", 5);

	if (count <= 0)
		return (struct route_rate){0};
	count = count > RATE_MOST ? RATE_MOST : count;
	burst = burst < 1 ? 1 : burst;
	burst = burst > RATE_MOST / count ? RATE_MOST / count : burst;
	return (struct route_rate){.rate = (uint32_t)(count * 1000 / seconds),
				   .burst = (uint32_t)(count * burst * 1000)};
}

static unsigned status_option(const struct side *side, const char *key)
{
	const struct kube_config_map *config = side->nginx.run->config;
	const struct kube_pair *pair = config ? kube_pair_find(&config->data, str_from(key)) : NULL;
	int64_t status;

	return pair && str_to_int(str_trim(pair->value), &status) && status >= 400 && status <= 599
		       ? (unsigned)status
		       : 503;
}

static const struct route_limits *limits_of(struct side *side, const struct nginx_ingress *owner)
{
	const struct kube_meta *meta = &owner->ingress->meta;
	int64_t connections = nginx_int(owner, "limit-connections", 0);
	struct str exempt = nginx_text(owner, "limit-allowlist");
	struct route_limits made = {
		.rates = {rate_of(owner, "limit-rps", 1), rate_of(owner, "limit-rpm", 60)},
		.connections =
			connections > 0 && connections <= UINT32_MAX ? (uint32_t)connections : 0,
		.status = status_option(side, "limit-req-status-code"),
		.connections_status = status_option(side, "limit-conn-status-code"),
	};
	struct route_limits *limits;

	if (!made.rates[0].rate && !made.rates[1].rate && !made.connections)
		return NULL;
	made.zone = str_format(&side->table->arena, "%.*s/%.*s", STR_ARG(meta->namespace),
			       STR_ARG(meta->name));
	side_networks(side, exempt.len ? exempt : nginx_text(owner, "limit-whitelist"),
		      &made.exempt, &made.exempt_count);
	limits = arena_new(&side->table->arena, struct route_limits);
	*limits = made;
	return limits;
}

/* ---- auth-url ---- */

/* The controller's own words for where a question goes. */
struct asking {
	struct str url, method, response_headers, signin, parameter, redirect, set_headers;
	struct str namespace; /* of a ConfigMap without one */
	bool always_cookie;
};

static struct str option(const struct side *side, const char *key)
{
	const struct kube_config_map *config = side->nginx.run->config;
	const struct kube_pair *pair = config ? kube_pair_find(&config->data, str_from(key)) : NULL;

	return pair ? str_trim(pair->value) : (struct str){0};
}

static struct asking own_asking(const struct nginx_ingress *owner)
{
	return (struct asking){
		.url = nginx_text(owner, "auth-url"),
		.method = nginx_text(owner, "auth-method"),
		.response_headers = nginx_text(owner, "auth-response-headers"),
		.signin = nginx_text(owner, "auth-signin"),
		.parameter = nginx_text(owner, "auth-signin-redirect-param"),
		.redirect = nginx_text(owner, "auth-request-redirect"),
		.set_headers = nginx_text(owner, "auth-proxy-set-headers"),
		.namespace = owner->ingress->meta.namespace,
		.always_cookie = nginx_bool(owner, "auth-always-set-cookie", false),
	};
}

static struct asking global_asking(const struct side *side)
{
	return (struct asking){
		.url = option(side, "global-auth-url"),
		.method = option(side, "global-auth-method"),
		.response_headers = option(side, "global-auth-response-headers"),
		.signin = option(side, "global-auth-signin"),
		.parameter = option(side, "global-auth-signin-redirect-param"),
		.redirect = option(side, "global-auth-request-redirect"),
		.namespace = controller_namespace(side),
		.always_cookie = str_is(option(side, "global-auth-always-set-cookie"), "true"),
	};
}

static void list_names(struct side *side, struct str text, struct route_ask_url *ask)
{
	struct str part;
	bool more = true;

	while (text.len && str_split(&text, ',', &more, &part))
		if (str_trim(part).len)
			ARENA_PUSH(&side->table->arena, ask->headers, ask->header_count,
				   keep(side, str_trim(part)));
}

/* The certificate of the server is not looked at (proxy_ssl_verify is off). */
static const struct route_backend_tls *tls_of(struct side *side, struct str host)
{
	struct route_backend_tls *tls = arena_new(&side->table->arena, struct route_backend_tls);

	tls->sni = host;
	return tls;
}

static struct route_backend backend_of(struct side *side, const struct url *url)
{
	struct str host = keep(side, url->host);
	struct route_backend backend = {.kind = url->is_ip ? STR("Address") : STR("Host"),
					.name = host,
					.port = url_port(url),
					.weight = 1};
	struct url_service service;
	bool bare, guessed = false;

	if (str_is_nocase(url->scheme, "https"))
		backend.tls = tls_of(side, host);
	if (url->is_ip ||
	    !url_service(host, controller_namespace(side), &service, &bare, &guessed) ||
	    (guessed && !kube_service(side->nginx.run->set, service.namespace, service.name)))
		return backend;
	backend.kind = STR("Service");
	backend.namespace = service.namespace;
	backend.name = service.name;
	return backend;
}

/* Fields from a ConfigMap; false when it is not in the input. */
static bool read_set_headers(struct side *side, const struct asking *asking,
			     struct route_ask_url *ask)
{
	size_t slash = str_find(asking->set_headers, '/');
	struct str namespace =
		slash == SIZE_MAX ? asking->namespace : str_sub(asking->set_headers, 0, slash);
	struct str name = slash == SIZE_MAX ? asking->set_headers
					    : str_from_pos(asking->set_headers, slash + 1);
	const struct kube_config_map *map;
	struct route_edit *edits = NULL;

	if (!asking->set_headers.len)
		return true;
	map = kube_config_map(side->nginx.run->set, namespace, name);
	for (size_t i = 0; map && i < map->data.count; i++) {
		struct str value = str_trim(map->data.at[i].value);

		if (!route_expands(value))
			return false;
		ARENA_PUSH(&side->table->arena, edits, ask->set.count,
			   (struct route_edit){ROUTE_EDIT_SET, map->data.at[i].key, value});
	}
	ask->set.at = edits;
	return map != NULL;
}

/* "/path?query" of the URL. */
static struct str target_of(struct side *side, const struct url *url)
{
	return str_format(&side->table->arena, "%s%.*s%s%.*s",
			  url->path.len && url->path.at[0] == '/' ? "" : "/", STR_ARG(url->path),
			  url->has_query ? "?" : "", STR_ARG(url->query));
}

/* NULL when the question cannot be asked as the controller does. */
static const struct route_ask_url *ask_of(struct side *side, const struct asking *asking)
{
	struct route_ask_url *ask = arena_new(&side->table->arena, struct route_ask_url);
	struct url url;

	if (!url_parse_absolute(&url, asking->url, NULL) || url.host_variables ||
	    (!str_is_nocase(url.scheme, "http") && !str_is_nocase(url.scheme, "https")) ||
	    !route_expands(asking->url) || !route_expands(asking->signin) ||
	    !route_expands(asking->redirect))
		return NULL;
	*ask = (struct route_ask_url){
		.backend = backend_of(side, &url),
		.host = keep(side, url.host),
		.target = target_of(side, &url),
		.signin = keep(side, asking->signin),
		.redirect = keep(side, asking->redirect),
		.method = keep(side, asking->method),
		.signin_parameter =
			asking->parameter.len ? keep(side, asking->parameter) : STR("rd"),
		.always_cookie = asking->always_cookie,
	};
	list_names(side, asking->response_headers, ask);
	return read_set_headers(side, asking, ask) ? ask : NULL;
}

/* ---- all ---- */

const struct route_guards *side_guards(struct side *side, const struct nginx_ingress *owner,
				       const struct route_raw *raw, bool exempt, bool global_auth)
{
	const struct ngx_settings *settings = side_settings(side, owner, false, NULL);
	struct route_guards guards = {.limits = limits_of(side, owner), .raw = raw};
	struct route_guards *made;
	struct asking asking = global_auth ? global_asking(side) : own_asking(owner);

	if (!exempt) {
		guards.basic = basic_of(side, owner);
		guards.ask = asking.url.len ? ask_of(side, &asking) : NULL;
	}
	if (settings->satisfy_any && (guards.basic || guards.ask)) {
		guards.any = true;
		guards.allow = settings->allow;
		guards.allow_count = settings->allow_count;
	}
	if (!guards.basic && !guards.limits && !guards.ask && !raw)
		return NULL;
	made = arena_new(&side->table->arena, struct route_guards);
	*made = guards;
	return made;
}
