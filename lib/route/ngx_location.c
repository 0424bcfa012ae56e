/* Which location takes a URI: ngx_http_core_find_location(). In regex mode every location is a regular
 * expression and the first that matches wins; otherwise `=` wins, then the longest prefix. All
 * prefixes that the controller writes end in "/". */
#include "route/ngx.h"

bool ngx_entry_add(struct ngx_table *table, struct ngx_server *server, struct ngx_entry entry)
{
	struct map *map = entry.modifier == NGX_PREFIX ? &server->prefix : &server->exact;
	void **place = map_at(map, entry.name);

	if (*place)
		return false;

	struct ngx_entry *kept = arena_new(&table->arena, struct ngx_entry);

	*kept = entry;
	*place = kept;
	ARENA_PUSH(&table->arena, server->entries, server->entry_count, entry);
	return true;
}

static const struct ngx_entry *first_regex(const struct ngx_server *server, struct str uri,
					   struct route_scratch *scratch)
{
	for (size_t i = 0; i < server->entry_count; i++)
		if (matcher_matches(server->entries[i].pattern, uri, scratch))
			return &server->entries[i];
	return NULL;
}

static bool proxies(const struct ngx_entry *entry)
{
	return entry && !entry->location->settings->denied;
}

/* Locations whose name is the URI and a slash: where one of them proxies nginx sends the client there, by the settings of
 * the exact one (ngx_http_create_locations_tree(), ngx_http_core_find_static_location()). */
static const struct ngx_entry *slashed(const struct ngx_server *server, struct str uri,
				       struct route_scratch *scratch)
{
	struct str name = str_format(&scratch->arena, "%.*s/", STR_ARG(uri));
	const struct ngx_entry *exact = map_get(&server->exact, name);
	const struct ngx_entry *prefix = map_get(&server->prefix, name);

	if (!proxies(exact) && !proxies(prefix))
		return NULL;
	return exact ? exact : prefix;
}

const struct ngx_entry *ngx_location_find(const struct ngx_server *server, struct str uri,
					  struct route_scratch *scratch, bool *slash)
{
	const struct ngx_entry *entry;

	*slash = false;
	if (server->regex)
		return first_regex(server, uri, scratch);
	entry = map_get(&server->exact, uri);
	if (entry)
		return entry;
	entry = slashed(server, uri, scratch);
	*slash = entry != NULL;
	for (size_t len = uri.len; !entry && len; len--)
		if (uri.at[len - 1] == '/')
			entry = map_get(&server->prefix, str_sub(uri, 0, len));
	return entry;
}
