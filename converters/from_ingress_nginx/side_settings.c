/* Annotations of an Ingress as what its locations do. */
#include "converters/from_ingress_nginx/side.h"

#include "converters/from_ingress_nginx/url.h"

/* ---- redirects ---- */

static unsigned code_within(const struct nginx_ingress *owner, const char *key, unsigned fallback,
			    int64_t most)
{
	int64_t code = nginx_int(owner, key, fallback);

	return code < 300 || code > most ? fallback : (unsigned)code;
}

/* A temporal-redirect that is no http URL switches the whole group off. */
static void read_redirect(const struct nginx_ingress *owner, struct ngx_settings *settings)
{
	struct str temporal = nginx_text(owner, "temporal-redirect");

	if (temporal.len && !str_starts(temporal, "http"))
		return;
	settings->redirect = temporal;
	settings->redirect_status = code_within(owner, "temporal-redirect-code", 302, 307);
	if (temporal.len)
		return;
	settings->redirect = nginx_text(owner, "permanent-redirect");
	settings->redirect_status = code_within(owner, "permanent-redirect-code", 301, 308);
}

static struct str path_of(struct side *side, struct str text)
{
	return !text.len || text.at[0] == '/'
		       ? text
		       : str_format(&side->table->arena, "/%.*s", STR_ARG(text));
}

static bool is_exempt(struct str list, struct str path)
{
	struct str part;
	bool more = true;

	while (str_split(&list, ',', &more, &part)) {
		struct str prefix = str_trim(part);

		if (prefix.len && str_eq(str_sub(path, 0, prefix.len), prefix))
			return true;
	}
	return false;
}

enum ngx_https side_https(const struct side *side, const struct nginx_ingress *owner,
			  struct str path)
{
	const struct nginx_config *config = &side->nginx.config;

	if (is_exempt(config->no_redirect_locations, path))
		return NGX_HTTPS_NEVER;
	if (nginx_bool(owner, "force-ssl-redirect", config->force_ssl_redirect))
		return NGX_HTTPS_ALWAYS;
	return nginx_bool(owner, "ssl-redirect", config->ssl_redirect) ? NGX_HTTPS_WITH_CERTIFICATE
								       : NGX_HTTPS_NEVER;
}

/* ---- the backend ---- */

static enum ngx_protocol read_protocol(const struct nginx_ingress *owner)
{
	static const struct {
		const char *word;
		enum ngx_protocol protocol;
	} words[] = {
		{"AUTO_HTTP", NGX_HTTP_AUTO}, {"FCGI", NGX_FASTCGI},   {"GRPC", NGX_GRPC},
		{"GRPCS", NGX_GRPC_TLS},      {"HTTPS", NGX_HTTP_TLS},
	};
	struct str word = nginx_text(owner, "backend-protocol");

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_is_nocase(word, words[i].word))
			return words[i].protocol;
	return NGX_HTTP;
}

/* name.ns.svc and its kin; other hosts are not mirrored to anything that a table knows. */
static void read_mirror(struct side *side, const struct nginx_ingress *owner,
			struct ngx_settings *settings)
{
	struct str target = nginx_text(owner, "mirror-target");
	struct route_mirror *mirror = arena_new(&side->table->arena, struct route_mirror);
	struct url_service service;
	struct url url;
	bool guessed = false;

	target = str_sub(target, 0, str_find(target, '$'));
	if (!target.len || !url_parse_absolute(&url, target, NULL) || url.is_ip ||
	    !url_service(url.host, owner->ingress->meta.namespace, &service, NULL, &guessed) ||
	    (guessed && !kube_service(side->nginx.run->set, service.namespace, service.name)))
		return;
	*mirror = (struct route_mirror){.kind = STR("Service"),
					.namespace = service.namespace,
					.name = service.name,
					.port = url_port(&url),
					.numerator = 1,
					.denominator = 1};
	settings->mirrors = mirror;
	settings->mirror_count = 1;
}

/* auth-url that is no URL makes the location answer 503. */
static bool is_denied(const struct nginx_ingress *owner)
{
	struct str target = nginx_text(owner, "auth-url");
	struct url url;

	return owner->denied || (target.len && !url_parse_absolute(&url, target, NULL));
}

/* An annotation replaces the list of the ConfigMap; whitelist-source-range is the old name. */
static struct str list_of(const struct side *side, const struct nginx_ingress *owner,
			  const char *key, const char *old)
{
	struct str list = nginx_text(owner, key);
	const struct kube_config_map *config = side->nginx.run->config;
	const struct kube_pair *option =
		config ? kube_pair_find(&config->data,
					str_from(strcmp(key, "allowlist-source-range") == 0
							 ? "whitelist-source-range"
							 : key))
		       : NULL;

	if (!list.len && old)
		list = nginx_text(owner, old);
	return list.len || !option ? list : str_trim(option->value);
}

static void read_lists(struct side *side, const struct nginx_ingress *owner,
		       struct ngx_settings *settings)
{
	side_networks(side, list_of(side, owner, "denylist-source-range", NULL), &settings->deny,
		      &settings->deny_count);
	side_networks(side,
		      list_of(side, owner, "allowlist-source-range", "whitelist-source-range"),
		      &settings->allow, &settings->allow_count);
	settings->satisfy_any =
		str_is(nginx_text(owner, "satisfy"), "any") &&
		(nginx_text(owner, "auth-type").len || nginx_text(owner, "auth-url").len);
}

static struct ngx_settings *read_settings(struct side *side, const struct nginx_ingress *owner,
					  bool bare, const struct nginx_ingress *server_tls)
{
	const struct nginx_config *config = &side->nginx.config;
	struct ngx_settings *settings = arena_new(&side->table->arena, struct ngx_settings);

	*settings = (struct ngx_settings){
		.denied = is_denied(owner),
		.relative = nginx_bool(owner, "relative-redirects", false),
		.keep_slash = nginx_bool(owner, "preserve-trailing-slash", config->preserve_slash),
		.port_in_redirect =
			nginx_bool(owner, "use-port-in-redirects", config->use_port_in_redirects),
		.https_status = config->redirect_code,
		.cors = side_cors(side, owner),
		.protocol = read_protocol(owner),
		.tls = side_backend_tls(side, owner, server_tls),
		.pages = side_pages(side, owner),
	};
	if (!bare) {
		read_redirect(owner, settings);
		settings->rewrite = nginx_text(owner, "rewrite-target");
		settings->app_root = path_of(side, nginx_text(owner, "app-root"));
		settings->prefix = nginx_text(owner, "x-forwarded-prefix");
	}
	read_mirror(side, owner, settings);
	read_lists(side, owner, settings);
	side_headers(side, owner, settings);
	return settings;
}

const struct ngx_settings *side_settings(struct side *side, const struct nginx_ingress *owner,
					 bool bare, const struct nginx_ingress *server_tls)
{
	struct str key = str_format(side->own, "%p%d%p", (const void *)owner, bare,
				    (const void *)server_tls);
	void **place = map_at(&side->settings, key);

	if (!*place)
		*place = read_settings(side, owner, bare, server_tls);
	return *place;
}
