/* Names of locations: the controller's updateServerLocations() and its template. */
#include "converters/from_ingress_nginx/side.h"

#include <stdlib.h>

/* ---- order ---- */

/* Longer paths first, then by text, greater first; a stable sort on the paths of the Ingresses. */
static int compare_paths(const void *a, const void *b)
{
	const struct side_location *left = *(struct side_location *const *)a;
	const struct side_location *right = *(struct side_location *const *)b;

	if (left->path.len != right->path.len)
		return left->path.len > right->path.len ? -1 : 1;
	return str_cmp(right->path, left->path);
}

/* Paths that compare equal differ in type; their order of arrival stays. The "/" of the host is there
 * before all others. */
static void sort_locations(struct side_server *server)
{
	struct side_location **at = server->locations;
	size_t count = server->location_count;

	if (!count)
		return;
	for (size_t i = 0; i < count; i++)
		at[i]->arrival = at[i]->exact || !str_is(at[i]->path, "/") ? i + 1 : 0;
	qsort(at, count, sizeof *at, compare_paths);
	for (size_t i = 0; i + 1 < count; i++)
		if (str_eq(at[i]->path, at[i + 1]->path) && at[i]->arrival > at[i + 1]->arrival) {
			struct side_location *second = at[i];

			at[i] = at[i + 1];
			at[i + 1] = second;
		}
}

/* ---- one location becomes one or two entries ---- */

/* A location with the name it has in the template, which the twins of a Prefix do not share. */
struct named {
	const struct side_location *of;
	struct str name;
	bool exact;
};

static struct str rewrite_target(const struct side_location *location)
{
	return location->bare ? STR("") : nginx_text(location->owner, "rewrite-target");
}

/* The target is compared with the name: "/foo" to "/foo" is no rewrite, but "/foo/" to "/foo" is. */
static bool rewrites(const struct named *named)
{
	struct str target = rewrite_target(named->of);

	return target.len && !str_eq(target, named->name);
}

static bool uses_regex(const struct side_location *location)
{
	return !location->bare && nginx_bool(location->owner, "use-regex", false);
}

static struct str with_slash(struct side *side, struct str path)
{
	return str_ends(path, "/") ? str_dup(&side->table->arena, path)
				   : str_format(&side->table->arena, "%.*s/", STR_ARG(path));
}

/* Fills `named`; how many there are. */
static size_t name_location(struct side *side, struct side_server *server,
			    const struct side_location *location, struct named named[static 2])
{
	bool exact_twin = map_get(&server->seen,
				  str_format(side->own, "E%.*s", STR_ARG(location->path))) != NULL;

	named[0] = (struct named){location, location->path, location->exact};
	if (str_is(location->path, "/") || location->exact || rewrites(&named[0]) ||
	    uses_regex(location))
		return 1;
	named[0].name = with_slash(side, location->path);
	named[1] = (struct named){location, location->path, true};
	return exact_twin ? 1 : 2;
}

/* ---- Host ---- */

static struct str replace(struct side *side, struct str text, const char *name, struct str value)
{
	size_t at;

	/* Names of objects hold no "$", so this ends. */
	while ((at = str_find_str(text, name)) != SIZE_MAX)
		text = str_format(&side->table->arena, "%.*s%.*s%.*s", (int)at, text.at,
				  STR_ARG(value), STR_ARG(str_from_pos(text, at + strlen(name))));
	return text;
}

/* Variables that are constant for a location; $host and $http_host are what is sent anyway. */
static struct str vhost_of(struct side *side, const struct side_location *location)
{
	const struct nginx_ingress *owner = location->owner;
	const struct side_upstream *upstream = location->upstream;
	struct str text = nginx_text(owner, "upstream-vhost");

	if (!upstream || str_is(text, "$host") || str_is(text, "$http_host"))
		return (struct str){0};
	text = replace(side, text, "$namespace", owner->ingress->meta.namespace);
	text = replace(side, text, "$ingress_name", owner->ingress->meta.name);
	text = replace(side, text, "$service_name", upstream->made.backend.name);
	if (str_find_str(text, "$service_port") == SIZE_MAX)
		return text;
	return replace(side, text, "$service_port",
		       upstream->port ? str_format(side->own, "%u", upstream->port)
				      : upstream->made.backend.port_name);
}

/* ---- entries ---- */

/* The template takes the server-snippet of one Ingress for the whole server. */
static const struct nginx_ingress *server_snippet(const struct side_server *server)
{
	for (size_t i = 0; i < server->owner_count; i++)
		if (nginx_get(server->owners[i], "server-snippet"))
			return server->owners[i];
	return NULL;
}

/* default-backend stands in for a Service where nobody is there. It is a copy of the upstream with other
 * endpoints (getBackendServers()), so that the canary of the Service is asked all the same. */
static void fall_back(struct side *side, const struct side_location *of,
		      struct ngx_location *location)
{
	const struct route_backend *backend;
	struct ngx_upstream *upstream;

	if (!location->upstream || location->upstream->backend.state == ROUTE_BACKEND_OK)
		return;
	backend = side_default_backend(side, of->owner);
	if (!backend)
		return;
	upstream = arena_new(&side->table->arena, struct ngx_upstream);
	upstream->backend = *backend;
	upstream->canary = location->upstream->canary;
	location->upstream = upstream;
	location->fallback = true;
}

static struct ngx_location *make_location(struct side *side, const struct side_server *server,
					  const struct named *named)
{
	const struct side_location *of = named->of;
	struct ngx_location *location = arena_new(&side->table->arena, struct ngx_location);

	*location = (struct ngx_location){
		.path = of->path,
		.settings = side_settings(side, of->owner, of->bare, side_server_tls(side, server)),
		.upstream = of->upstream ? &of->upstream->made : NULL,
		.https = side_https(side, of->owner, named->name),
		.made_up = of->bare,
		.vhost = vhost_of(side, of),
		.names = side_names(side, of),
		.policy = side_policy(side, of, server_snippet(server), named->name),
		.place = of->place,
		.canary = of->canary,
	};
	fall_back(side, of, location);
	if (rewrites(named))
		location->rewrite = matcher_new(&side->table->matchers, named->name, MATCHER_NGINX);
	return location;
}

static void write_regex(struct side *side, struct side_server *server, const struct named *named)
{
	struct arena *arena = &side->table->arena;
	struct ngx_entry entry = {.modifier = NGX_REGEX,
				  .name = named->name,
				  .location = make_location(side, server, named)};

	entry.pattern =
		matcher_new(&side->table->matchers,
			    str_format(arena, "^%.*s", STR_ARG(named->name)), MATCHER_NGINX);
	ARENA_PUSH(arena, server->made->entries, server->made->entry_count, entry);
}

static void write_entry(struct side *side, struct side_server *server, const struct named *named)
{
	struct ngx_entry entry = {.modifier = named->exact ? NGX_EXACT : NGX_PREFIX,
				  .name = named->name,
				  .location = make_location(side, server, named)};

	ngx_entry_add(side->table, server->made, entry);
}

/* Prefix "/a" and Prefix "/a/" have one name. nginx refuses that, and with it every new configuration:
 * the first of them stays, and nothing of the second is taken to be served. */
static bool is_taken(const struct side_server *server, const struct named *named)
{
	return !named->exact && map_get(&server->made->prefix, named->name);
}

/* The template writes regular expressions for the whole server once one location asks for it. */
static bool asks_for_regex(const struct named *named)
{
	return uses_regex(named->of) || rewrites(named);
}

static void write_locations(struct side *side, struct side_server *server)
{
	struct named *all = arena_array(side->own, struct named, server->location_count * 2 + 1);
	size_t count = 0;

	for (size_t i = 0; i < server->location_count; i++)
		count += name_location(side, server, server->locations[i], all + count);
	for (size_t i = 0; i < count && !server->made->regex; i++)
		server->made->regex = asks_for_regex(&all[i]);
	for (size_t i = 0; i < count; i++) {
		bool twin = i + 1 < count && all[i + 1].of == all[i].of;

		if (server->made->regex)
			write_regex(side, server, &all[i]);
		else if (is_taken(server, &all[i]))
			i += twin;
		else
			write_entry(side, server, &all[i]);
	}
}

/* The template writes an `if` for each location that has app-root; the first takes effect. */
static void find_app_root(struct side *side, struct side_server *server)
{
	for (size_t i = 0; i < server->location_count && !server->made->app_root.len; i++) {
		const struct side_location *location = server->locations[i];

		if (!location->bare)
			server->made->app_root =
				side_settings(side, location->owner, false, NULL)->app_root;
	}
}

/* ---- other names of a server ---- */

/* Two servers of one name: nginx warns, and the first one in the file has it. */
static bool is_there(const struct ngx_table *table, const struct ngx_alias *alias)
{
	for (size_t i = 0; i < table->alias_count; i++)
		if (table->aliases[i].kind == alias->kind && !alias->pattern &&
		    str_eq(table->aliases[i].text, alias->text))
			return true;
	return false;
}

static void add_alias(struct side *side, struct side_server *server, struct str name)
{
	struct ngx_table *table = side->table;
	struct ngx_alias alias = {.server = server->made};

	if (str_starts(name, "~")) {
		alias.kind = NGX_ALIAS_REGEX;
		alias.pattern =
			matcher_new(&table->matchers, str_from_pos(name, 1), MATCHER_NGINX_CASE);
	} else if (str_starts(name, "*.")) {
		alias.kind = NGX_ALIAS_HEAD;
		alias.text = str_from_pos(name, 1);
	} else if (str_ends(name, ".*")) {
		alias.kind = NGX_ALIAS_TAIL;
		alias.text = str_sub(name, 0, name.len - 1);
	} else {
		void **place = map_at(&table->names, name);

		if (!*place)
			*place = server->made;
		return;
	}
	if (!is_there(table, &alias))
		ARENA_PUSH(&table->arena, table->aliases, table->alias_count, alias);
}

/* server-alias of the first Ingress of the host that has it; names of hosts are left out. */
static void add_aliases(struct side *side, struct side_server *server)
{
	struct str rest = {0}, part;
	bool more = true;

	for (size_t i = 0; i < server->owner_count && !rest.len; i++)
		rest = nginx_text(server->owners[i], "server-alias");
	while (rest.len && str_split(&rest, ',', &more, &part)) {
		struct str name = str_lower(&side->table->arena, str_trim(part));

		if (!name.len || map_get(&side->server_map, name))
			continue;
		*map_at(&side->aliases, name) = server;
		add_alias(side, server, name);
	}
}

/* A temporal-redirect that is no http URL switches all redirects of its Ingress off. The "/" that the controller
 * makes up is not asked (getBackendServers() looks at the paths of rules). */
static const struct side_location *wants_www(const struct side_server *server)
{
	for (size_t i = 0; i < server->location_count; i++) {
		const struct nginx_ingress *owner = server->locations[i]->owner;
		struct str temporal = nginx_text(owner, "temporal-redirect");

		if (!server->locations[i]->is_default &&
		    nginx_bool(owner, "from-to-www-redirect", false) &&
		    (!temporal.len || str_starts(temporal, "http")))
			return server->locations[i];
	}
	return NULL;
}

static void add_www(struct side *side, struct side_server *server)
{
	struct arena *arena = &side->table->arena;
	struct str name = str_starts(server->name, "www.")
				  ? str_from_pos(server->name, 4)
				  : str_format(arena, "www.%.*s", STR_ARG(server->name));
	const struct side_location *cause = wants_www(server);
	struct ngx_server *made;

	if (!server->name.len || str_starts(server->name, "*") || !cause ||
	    map_get(&side->server_map, name))
		return;
	made = ngx_server_add(side->table, name);
	made->www = server->name;
	made->www_status = side->nginx.config.redirect_code;
	made->place = cause->place;
}

/* ---- all ---- */

/* The template writes servers in the order of their names; the default server is called "_". */
static struct str written_name(const struct side_server *server)
{
	return server->name.len ? server->name : STR("_");
}

static int compare_servers(const void *a, const void *b)
{
	return str_cmp(written_name(*(struct side_server *const *)a),
		       written_name(*(struct side_server *const *)b));
}

static bool is_denied(const struct side_server *server)
{
	for (size_t i = 0; i < server->namer_count; i++)
		if (server->namers[i]->host_denied)
			return true;
	return false;
}

void side_write_entries(struct side *side)
{
	qsort(side->servers, side->server_count, sizeof *side->servers, compare_servers);
	for (size_t i = 0; i < side->server_count; i++) {
		struct side_server *server = side->servers[i];

		sort_locations(server);
		write_locations(side, server);
		find_app_root(side, server);
		server->made->denied = is_denied(server);
	}
	for (size_t i = 0; i < side->server_count; i++)
		add_www(side, side->servers[i]);
	map_init(&side->aliases, side->own);
	for (size_t i = 0; i < side->server_count; i++)
		add_aliases(side, side->servers[i]);
}
