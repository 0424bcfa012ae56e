/* Which server block takes a request. nginx looks at exact names first, then at "*.x" by length, at "x.*"
 * by length, and at regular expressions in their order; the controller writes a wildcard host as a
 * regular expression for exactly one label. */
#include "route/ngx.h"

struct ngx_table *ngx_table_new(void)
{
	struct arena arena;
	struct ngx_table *table;

	arena_init(&arena);
	table = arena_new(&arena, struct ngx_table);
	table->base.side = &ngx_side;
	table->arena = arena;
	matchers_init(&table->matchers, &table->arena);
	map_init(&table->names, &table->arena);
	map_init(&table->wildcard, &table->arena);
	map_init(&table->certificates, &table->arena);
	return table;
}

struct ngx_server *ngx_server_add(struct ngx_table *table, struct str name)
{
	struct ngx_server *server = arena_new(&table->arena, struct ngx_server);

	server->name = name;
	map_init(&server->exact, &table->arena);
	map_init(&server->prefix, &table->arena);
	ARENA_PUSH(&table->arena, table->servers, table->server_count, server);
	if (!name.len)
		table->fallback = server;
	else if (str_starts(name, "*."))
		*map_at(&table->wildcard, str_from_pos(name, 1)) = server;
	else
		*map_at(&table->names, name) = server;
	return server;
}

/* ngx_http_validate_host(). */
bool ngx_host_parse(struct str *host, struct str given, struct arena *arena)
{
	struct str name = route_host(given);

	if (str_ends(name, "."))
		name.len--;
	for (size_t i = 0; i < name.len; i++)
		if ((unsigned char)name.at[i] <= ' ' || name.at[i] == 0x7f || name.at[i] == '/')
			return false;
	if (!name.len || str_find_str(name, "..") != SIZE_MAX)
		return false;
	*host = str_lower(arena, name);
	return true;
}

/* [\w-]+ */
static bool is_label(struct str label)
{
	for (size_t i = 0; i < label.len; i++) {
		char c = label.at[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'))
			return false;
	}
	return label.len > 0;
}

static struct ngx_server *one_label(const struct ngx_table *table, struct str host)
{
	size_t dot = str_find(host, '.');

	return dot != SIZE_MAX && is_label(str_sub(host, 0, dot))
		       ? map_get(&table->wildcard, str_from_pos(host, dot))
		       : NULL;
}

static bool alias_takes(const struct ngx_alias *alias, struct str host,
			struct route_scratch *scratch)
{
	struct str text = alias->text;

	switch (alias->kind) {
	case NGX_ALIAS_HEAD:
		return host.len > text.len && str_eq(str_from_pos(host, host.len - text.len), text);
	case NGX_ALIAS_TAIL:
		return host.len > text.len && str_eq(str_sub(host, 0, text.len), text);
	case NGX_ALIAS_REGEX:
		break;
	}
	return matcher_matches(alias->pattern, host, scratch);
}

static const struct ngx_server *by_alias(const struct ngx_table *table, enum ngx_alias_kind kind,
					 struct str host, struct route_scratch *scratch)
{
	const struct ngx_alias *best = NULL;

	for (size_t i = 0; i < table->alias_count; i++) {
		const struct ngx_alias *alias = &table->aliases[i];

		if (alias->kind != kind || !alias_takes(alias, host, scratch) ||
		    (best && (kind == NGX_ALIAS_REGEX || best->text.len >= alias->text.len)))
			continue;
		best = alias;
	}
	return best ? best->server : NULL;
}

const struct ngx_server *ngx_server_find(const struct ngx_table *table, struct str host,
					 struct route_scratch *scratch)
{
	const struct ngx_server *server = map_get(&table->names, host);

	if (!server && table->alias_count)
		server = by_alias(table, NGX_ALIAS_HEAD, host, scratch);
	if (!server && table->alias_count)
		server = by_alias(table, NGX_ALIAS_TAIL, host, scratch);
	if (!server)
		server = one_label(table, host);
	if (!server && table->alias_count)
		server = by_alias(table, NGX_ALIAS_REGEX, host, scratch);
	return server ? server : table->fallback;
}

const struct route_front_tls *ngx_certificate(const struct ngx_table *table, struct str host,
					      struct arena *arena)
{
	const struct route_front_tls *tls = map_get(&table->certificates, host);
	size_t dot = str_find(host, '.');

	if (tls || dot == SIZE_MAX)
		return tls;
	return map_get(&table->certificates,
		       str_format(arena, "*%.*s", STR_ARG(str_from_pos(host, dot))));
}
