/* Who answers when something fails, who is refused before anything is looked at, and which cookie keeps a
 * client where it is. */
#include "converters/from_ingress_nginx/side.h"

/* ---- lists of the ConfigMap ---- */

static struct str option_text(const struct side *side, const char *key)
{
	const struct kube_config_map *config = side->nginx.run->config;
	const struct kube_pair *option =
		config ? kube_pair_find(&config->data, str_from(key)) : NULL;

	return option ? str_trim(option->value) : STR("");
}

/* "~*bot" and "~Bot" are patterns of nginx's map, anything else is the whole value. */
static void add_blocks(struct side *side, const char *key, const char *header)
{
	struct ngx_table *table = side->table;
	struct ngx_block *blocks = (struct ngx_block *)table->blocks;
	struct str list = option_text(side, key), part;
	bool more = true;

	while (list.len && str_split(&list, ',', &more, &part)) {
		struct str text = str_trim(part);
		struct ngx_block block = {.header = str_from(header), .text = text};
		bool nocase = str_starts(text, "~*");

		if (!text.len)
			continue;
		if (str_starts(text, "~"))
			block.pattern =
				matcher_new(&table->matchers, str_from_pos(text, nocase ? 2 : 1),
					    nocase ? MATCHER_NGINX : MATCHER_NGINX_CASE);
		if (block.pattern)
			block.text = block.pattern->text;
		ARENA_PUSH(&table->arena, blocks, table->block_count, block);
	}
	table->blocks = blocks;
}

/* ---- error pages ---- */

/* ConfigMap and annotation alike: what is no code between 300 and 599 is left out (filterErrors()). */
static const unsigned *read_codes(struct side *side, struct str list, size_t *count)
{
	unsigned *codes = NULL;
	struct str part;
	bool more = true;

	*count = 0;
	while (list.len && str_split(&list, ',', &more, &part)) {
		int64_t code;

		if (str_to_int(str_trim(part), &code) && code >= 300 && code < 600)
			ARENA_PUSH(&side->table->arena, codes, *count, (unsigned)code);
	}
	return codes;
}

static const struct route_pages *pages_new(struct side *side, struct str list,
					   const struct route_backend *backend)
{
	struct route_pages *pages = arena_new(&side->table->arena, struct route_pages);

	pages->codes = read_codes(side, list, &pages->code_count);
	pages->backend = backend;
	return pages->code_count ? pages : NULL;
}

const struct route_backend *side_default_backend(struct side *side,
						 const struct nginx_ingress *owner)
{
	const struct kube_set *set = side->nginx.run->set;
	struct str namespace = owner->ingress->meta.namespace;
	struct str name = nginx_text(owner, "default-backend");
	const struct kube_service *service = kube_service(set, namespace, name);
	struct route_backend *backend;

	/* getBackendServers(): without ports or endpoints it is as if it were not named. */
	if (!name.len || (!service && kube_has_services(set, namespace)) ||
	    (service && (!service->port_count || kube_ready_endpoints(set, namespace, name) == 0)))
		return NULL;
	backend = arena_new(&side->table->arena, struct route_backend);
	*backend = (struct route_backend){.kind = STR("Service"),
					  .namespace = namespace,
					  .name = name,
					  .port = service ? service->ports[0].number : 0,
					  .weight = 1};
	return backend;
}

const struct route_pages *side_pages(struct side *side, const struct nginx_ingress *owner)
{
	struct str list = nginx_text(owner, "custom-http-errors");

	return list.len ? pages_new(side, list, side_default_backend(side, owner)) : NULL;
}

const struct route_pages *side_intercepts(const struct side *side,
					  const struct nginx_ingress *owner,
					  const struct route_pages *own)
{
	bool all = str_is(option_text(side, "disable-proxy-intercept-errors"), "true");
	bool here = nginx_bool(owner, "disable-proxy-intercept-errors", all);
	const struct route_pages *global = side->table->pages;

	/* `proxy_intercept_errors on` of the http level holds in a location that says nothing. */
	if ((own && !here) || (global && !all))
		return own ? own : global;
	return NULL;
}

static void name_edit(struct side *side, struct route_edits *edits, const char *name,
		      struct str value)
{
	struct route_edit *list = (struct route_edit *)edits->at;

	if (!value.len)
		return;
	ARENA_PUSH(&side->table->arena, list, edits->count,
		   (struct route_edit){ROUTE_EDIT_SET, str_from(name), value});
	edits->at = list;
}

struct route_edits side_names(struct side *side, const struct side_location *location)
{
	const struct kube_meta *meta = &location->owner->ingress->meta;
	const struct side_upstream *upstream = location->upstream;
	struct route_edits edits = {0};

	name_edit(side, &edits, "X-Namespace", meta->namespace);
	name_edit(side, &edits, "X-Ingress-Name", meta->name);
	if (!upstream)
		return edits;
	name_edit(side, &edits, "X-Service-Name", upstream->made.backend.name);
	name_edit(side, &edits, "X-Service-Port",
		  upstream->port ? str_format(&side->table->arena, "%u", upstream->port)
				 : upstream->made.backend.port_name);
	return edits;
}

void side_read_lists(struct side *side)
{
	struct str codes = option_text(side, "custom-http-errors");

	add_blocks(side, "block-user-agents", "User-Agent");
	add_blocks(side, "block-referers", "Referer");
	side_networks(side, option_text(side, "block-cidrs"), &side->table->deny,
		      &side->table->deny_count);
	if (codes.len)
		side->table->pages = pages_new(side, codes, NULL);
}

/* ---- the session cookie: sticky.lua ---- */

static struct str attribute(struct side *side, struct str before, const char *name,
			    struct str value)
{
	if (!value.len)
		return before;
	return str_format(&side->table->arena, "%.*s; %s=%.*s", STR_ARG(before), name,
			  STR_ARG(value));
}

static struct str attributes_of(struct side *side, const struct nginx_ingress *of, struct str path)
{
	struct str own = nginx_text(of, "session-cookie-path");
	struct str all =
		str_format(&side->table->arena, "Path=%.*s", STR_ARG(own.len ? own : path));

	all = attribute(side, all, "Domain", nginx_text(of, "session-cookie-domain"));
	all = attribute(side, all, "Expires in seconds", nginx_text(of, "session-cookie-expires"));
	all = attribute(side, all, "Max-Age", nginx_text(of, "session-cookie-max-age"));
	all = attribute(side, all, "SameSite", nginx_text(of, "session-cookie-samesite"));
	return str_format(&side->table->arena, "%.*s; HttpOnly; %s", STR_ARG(all),
			  nginx_bool(of, "session-cookie-secure", false) ? "Secure"
									 : "Secure with HTTPS");
}

const struct route_session *side_session(struct side *side, const struct side_location *location)
{
	const struct nginx_ingress *of = location->upstream ? location->upstream->session : NULL;
	struct route_session *session;
	struct str name;
	int64_t age;

	if (!of || !side_has_affinity(location->owner))
		return NULL;
	name = nginx_text(of, "session-cookie-name");
	age = nginx_int(of,
			nginx_get(of, "session-cookie-max-age") ? "session-cookie-max-age"
								: "session-cookie-expires",
			0);
	session = arena_new(&side->table->arena, struct route_session);
	*session = (struct route_session){
		.kind = ROUTE_SESSION_COOKIE,
		.name = name.len ? name : STR("INGRESSCOOKIE"),
		.absolute_ms = age > 0 && age <= INT64_MAX / 1000 ? age * 1000 : ROUTE_UNSET,
		.permanent = age > 0,
		.attributes = attributes_of(side, of, location->path),
	};
	return session;
}
