/* Lists: networks, CORS, header edits. */
#include "converters/from_ingress_nginx/side.h"

#include "converters/from_ingress_nginx/values.h"
#include "gateway/regex.h"

/* ---- networks ---- */

static bool read_network(struct str text, struct route_network *network)
{
	size_t slash = str_find(text, '/');
	struct route_address address;
	int64_t bits;
	bool four = str_find(text, ':') == SIZE_MAX;

	if (!route_address_parse(str_sub(text, 0, slash), &address))
		return false;
	bits = four ? 32 : 128;
	if (slash != SIZE_MAX && !str_to_int(str_from_pos(text, slash + 1), &bits))
		return false;
	if (bits < 0 || bits > (four ? 32 : 128))
		return false;
	memcpy(network->at, address.at, sizeof network->at);
	network->bits = (unsigned)bits + (four ? 96 : 0);
	return true;
}

void side_networks(struct side *side, struct str list, const struct route_network **networks,
		   size_t *count)
{
	struct route_network *items = NULL;
	struct str part;
	bool more = true;

	*count = 0;
	while (list.len && str_split(&list, ',', &more, &part)) {
		struct route_network network;

		if (read_network(str_trim(part), &network))
			ARENA_PUSH(&side->table->arena, items, *count, network);
	}
	*networks = items;
}

/* ---- CORS ---- */

static struct str text_or(const struct nginx_ingress *owner, const char *key, const char *fallback)
{
	struct str text = nginx_text(owner, key);

	return text.len ? text : str_from(fallback);
}

/* A star behind the scheme stands for one label. */
static struct str origin_pattern(struct side *side, struct str origin)
{
	struct str pattern = regex_escape(side->own, origin);
	size_t star = str_find_str(origin, "://*.");

	if (star == SIZE_MAX)
		return pattern;
	return str_format(side->own, "%.*s://[A-Za-z0-9\\-]+%.*s",
			  STR_ARG(regex_escape(side->own, str_sub(origin, 0, star))),
			  STR_ARG(regex_escape(side->own, str_from_pos(origin, star + 4))));
}

/* All origins as one pattern; empty when none is left. *any: "*" is among them. */
static struct str origins_of(struct side *side, const struct nginx_ingress *owner, bool *any)
{
	struct str rest = text_or(owner, "cors-allow-origin", "*"), part;
	struct str all = {0};
	bool more = true;

	*any = false;
	while (str_split(&rest, ',', &more, &part)) {
		struct str origin = str_trim(part);

		*any |= str_is(origin, "*");
		if (origin.len && nginx_is_origin(origin))
			all = str_format(side->own, "%.*s%s(%.*s)", STR_ARG(all),
					 all.len ? "|" : "", STR_ARG(origin_pattern(side, origin)));
	}
	return all;
}

static void add_edit(struct side *side, struct route_edits *edits, struct route_edit edit)
{
	struct route_edit *list = (struct route_edit *)edits->at;

	ARENA_PUSH(&side->table->arena, list, edits->count, edit);
	edits->at = list;
}

static void set_header(struct side *side, struct route_edits *edits, const char *name,
		       struct str value)
{
	add_edit(side, edits, (struct route_edit){ROUTE_EDIT_SET, str_from(name), value});
}

static void cors_headers(struct side *side, const struct nginx_ingress *owner,
			 struct route_edits *edits)
{
	if (nginx_bool(owner, "cors-allow-credentials", true))
		set_header(side, edits, "Access-Control-Allow-Credentials", STR("true"));
	set_header(side, edits, "Access-Control-Allow-Methods",
		   text_or(owner, "cors-allow-methods", "GET, PUT, POST, DELETE, PATCH, OPTIONS"));
	set_header(side, edits, "Access-Control-Allow-Headers",
		   text_or(owner, "cors-allow-headers",
			   "DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,"
			   "Cache-Control,Content-Type,Range,Authorization"));
	if (nginx_text(owner, "cors-expose-headers").len)
		set_header(side, edits, "Access-Control-Expose-Headers",
			   nginx_text(owner, "cors-expose-headers"));
	set_header(side, edits, "Access-Control-Max-Age",
		   text_or(owner, "cors-max-age", "1728000"));
}

const struct ngx_cors *side_cors(struct side *side, const struct nginx_ingress *owner)
{
	struct ngx_cors *cors;
	struct str origins;
	bool any;

	if (!nginx_bool(owner, "enable-cors", false))
		return NULL;
	origins = origins_of(side, owner, &any);
	if (!any && !origins.len)
		return NULL;
	cors = arena_new(&side->table->arena, struct ngx_cors);
	cors->any = any;
	if (!any)
		cors->origin =
			matcher_new(&side->table->matchers,
				    str_format(&side->table->arena, "(%.*s)$", STR_ARG(origins)),
				    MATCHER_NGINX);
	cors_headers(side, owner, &cors->headers);
	return cors;
}

/* ---- what clients say of themselves ---- */

static struct str option_text(const struct side *side, const char *key, const char *fallback)
{
	const struct kube_config_map *config = side->nginx.run->config;
	const struct kube_pair *pair = config ? kube_pair_find(&config->data, str_from(key)) : NULL;

	return pair && str_trim(pair->value).len ? str_trim(pair->value) : str_from(fallback);
}

/* Whose word is taken for who the client is. A list that is empty names nobody (ngx_http_realip_handler() declines), and
 * neither does a member that is no network, with which nginx does not start. */
static void trust_proxies(struct side *side, struct route_trust *trust)
{
	const struct kube_config_map *config = side->nginx.run->config;
	const struct kube_pair *pair =
		config ? kube_pair_find(&config->data, STR("proxy-real-ip-cidr")) : NULL;

	trust->any_proxy = !pair || str_is(str_trim(pair->value), "0.0.0.0/0");
	if (!trust->any_proxy)
		side_networks(side, pair->value, &trust->proxies, &trust->proxy_count);
}

/* real_ip_header is written for either of two options (template, `UseForwardedHeaders or EnableRealIP`). */
void side_trust(struct side *side)
{
	const struct nginx_config *config = &side->nginx.config;
	struct route_trust *trust = &side->table->base.trust;

	trust->forwarded = config->use_forwarded_headers;
	trust->appends = config->appends_forwarded_for;
	trust->underscores = config->underscores;
	trust->odd_names = str_is(option_text(side, "ignore-invalid-headers", "true"), "false");
	if (!trust->forwarded && !str_is(option_text(side, "enable-real-ip", "false"), "true"))
		return;
	trust->client_field = option_text(side, "forwarded-for-header", "X-Forwarded-For");
	trust_proxies(side, trust);
}

/* ---- header edits ---- */

static void add_model_edits(struct side *side, struct route_edits *to,
			    const struct model_header_edits *from)
{
	for (size_t i = 0; i < from->remove_count; i++)
		add_edit(side, to, (struct route_edit){ROUTE_EDIT_REMOVE, from->remove[i], {0}});
	for (size_t i = 0; i < from->set_count; i++)
		add_edit(
			side, to,
			(struct route_edit){ROUTE_EDIT_SET, from->set[i].name, from->set[i].value});
	for (size_t i = 0; i < from->add_count; i++)
		add_edit(
			side, to,
			(struct route_edit){ROUTE_EDIT_ADD, from->add[i].name, from->add[i].value});
}

static const struct kube_config_map *custom_headers(const struct side *side,
						    const struct nginx_ingress *owner)
{
	struct str reference = nginx_text(owner, "custom-headers");
	struct str namespace = owner->ingress->meta.namespace;
	size_t slash = str_find(reference, '/');

	if (slash != SIZE_MAX) {
		namespace = str_sub(reference, 0, slash);
		reference = str_from_pos(reference, slash + 1);
	}
	return reference.len ? kube_config_map(side->nginx.run->set, namespace, reference) : NULL;
}

/* On every HTTPS answer, whatever the backend says. */
static void add_hsts(struct side *side, struct route_edits *edits)
{
	const struct nginx_config *config = &side->nginx.config;

	if (!config->hsts)
		return;
	set_header(side, edits, "Strict-Transport-Security",
		   str_format(&side->table->arena, "max-age=%.*s%s%s",
			      STR_ARG(config->hsts_max_age),
			      config->hsts_subdomains ? "; includeSubDomains" : "",
			      config->hsts_preload ? "; preload" : ""));
}

static void response_headers(struct side *side, const struct nginx_ingress *owner,
			     struct route_edits *edits)
{
	const struct kube_config_map *map = custom_headers(side, owner);

	add_model_edits(side, edits, &side->nginx.config.response_headers);
	for (size_t i = 0; map && i < map->data.count; i++)
		add_edit(side, edits,
			 (struct route_edit){ROUTE_EDIT_SET, map->data.at[i].key,
					     str_trim(map->data.at[i].value)});
}

void side_headers(struct side *side, const struct nginx_ingress *owner,
		  struct ngx_settings *settings)
{
	add_model_edits(side, &settings->request, &side->nginx.config.request_headers);
	response_headers(side, owner, &settings->response);
	response_headers(side, owner, &settings->response_https);
	add_hsts(side, &settings->response_https);
}
