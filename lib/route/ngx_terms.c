/* What a request can differ in for this table to change its mind. */
#include "route/ngx.h"

enum { FIELDS_MOST = 3 };

struct speaker {
	const struct ngx_table *table;
	void (*say)(void *user, const struct route_term *term);
	void *user;
	const struct ngx_server *server;
	struct str host;
	bool deep;             /* the host is a wildcard for any number of labels */
	struct arena *scratch; /* rewound at each entry */
	struct arena *names;   /* of hosts */
};

static size_t canary_fields(const struct ngx_upstream *upstream,
			    struct route_field_term fields[static FIELDS_MOST])
{
	const struct ngx_canary *canary = upstream ? upstream->canary : NULL;
	size_t count = 0;

	if (!canary)
		return 0;
	if (canary->header.len)
		fields[count++] = (struct route_field_term){
			ROUTE_FIELD_HEADER, canary->pattern && !canary->value.len, canary->header,
			canary->value.len ? canary->value
			: canary->pattern ? canary->pattern->text
					  : STR("always")};
	if (canary->header.len && !canary->value.len && !canary->pattern)
		fields[count++] = (struct route_field_term){ROUTE_FIELD_HEADER, false,
							    canary->header, STR("never")};
	if (canary->cookie.len)
		fields[count++] = (struct route_field_term){ROUTE_FIELD_COOKIE, false,
							    canary->cookie, STR("always")};
	return count;
}

/* Both lists, one behind the other; else that of the ConfigMap. */
static void add_networks(struct route_term *term, const struct ngx_table *table,
			 const struct ngx_settings *settings, struct arena *arena)
{
	struct route_network *all;

	term->network_count = settings->deny_count + settings->allow_count;
	if (!term->network_count) {
		term->networks = table->deny;
		term->network_count = table->deny_count;
		return;
	}
	term->networks = all = arena_array(arena, struct route_network, term->network_count);
	for (size_t i = 0; i < settings->deny_count; i++)
		all[i] = settings->deny[i];
	for (size_t i = 0; i < settings->allow_count; i++)
		all[settings->deny_count + i] = settings->allow[i];
}

static void say_on(const struct speaker *speaker, struct route_term term, bool tls)
{
	term.tls = tls;
	term.port = tls ? speaker->table->https_port : speaker->table->http_port;
	term.host = speaker->host;
	term.deep = speaker->deep;
	speaker->say(speaker->user, &term);
}

static void say_both(const struct speaker *speaker, struct route_term term)
{
	say_on(speaker, term, false);
	say_on(speaker, term, true);
}

/* Of regular expressions that are alike, which stand next to each other, the first takes all requests. */
static bool is_reached(const struct ngx_server *server, const struct ngx_entry *entry)
{
	return !server->regex || entry == server->entries || !str_eq(entry[-1].name, entry->name);
}

static void say_entry(const struct speaker *speaker, const struct ngx_entry *entry)
{
	static const enum route_path_kind kinds[] = {
		[NGX_PREFIX] = ROUTE_PATH_PREFIX,
		[NGX_EXACT] = ROUTE_PATH_EXACT,
		[NGX_REGEX] = ROUTE_PATH_REGEX,
	};
	struct route_field_term fields[FIELDS_MOST];
	struct route_term term = {
		.path_kind = kinds[entry->modifier],
		.path = entry->modifier == NGX_REGEX ? entry->pattern->text : entry->name,
		.path_nocase = entry->modifier == NGX_REGEX,
		.fields = fields,
		.field_count = canary_fields(entry->location->upstream, fields),
		.body_bytes = entry->location->upstream && is_reached(speaker->server, entry)
				      ? ngx_body_limit(entry->location)
				      : 0,
		.place = entry->location->place,
		.policy = entry->location->settings->denied ? NULL : entry->location->policy,
	};
	struct arena_mark mark = arena_mark(speaker->scratch);

	add_networks(&term, speaker->table, entry->location->settings, speaker->scratch);
	if (entry->location->settings->cors)
		term.method = STR("OPTIONS");
	say_both(speaker, term);
	if (term.method.len) {
		term.method = (struct str){0};
		say_both(speaker, term);
	}
	if (entry->location->upstream && entry->location->upstream->canary) {
		/* The canary has to do with all hosts of its upstream. */
		term.place = entry->location->upstream->canary->place;
		say_both(speaker, term);
	}
	if (entry->location->canary.object) {
		term.place = entry->location->canary;
		say_both(speaker, term);
	}
	arena_rewind(speaker->scratch, mark);
}

/* They answer before anything else is looked at. */
static void say_blocks(const struct speaker *speaker)
{
	for (size_t i = 0; i < speaker->table->block_count; i++) {
		const struct ngx_block *block = &speaker->table->blocks[i];
		struct route_field_term field = {ROUTE_FIELD_HEADER, block->pattern != NULL,
						 block->header, block->text};

		say_both(speaker, (struct route_term){.path = STR("/"),
						      .fields = &field,
						      .field_count = 1,
						      .alone = true,
						      .place = speaker->server->place});
	}
}

static bool heeds_scheme(const struct ngx_server *server)
{
	for (size_t i = 0; i < server->entry_count; i++)
		if (server->entries[i].location->https != NGX_HTTPS_NEVER)
			return true;
	return false;
}

/* The scheme that a proxy in front says it was asked by, where a redirect to HTTPS depends on it. */
static void say_scheme(const struct speaker *speaker)
{
	static const struct route_field_term schemes[] = {
		{ROUTE_FIELD_HEADER, false, STR_INIT("X-Forwarded-Proto"), STR_INIT("http")},
		{ROUTE_FIELD_HEADER, false, STR_INIT("X-Forwarded-Proto"), STR_INIT("https")},
	};

	if (speaker->table->base.trust.forwarded && heeds_scheme(speaker->server))
		say_both(speaker, (struct route_term){.fields = schemes,
						      .field_count = 2,
						      .place = speaker->server->place});
}

static void say_server(const struct speaker *speaker)
{
	const struct ngx_server *server = speaker->server;

	say_both(speaker, (struct route_term){.place = server->place});
	say_scheme(speaker);
	say_blocks(speaker);
	if (server->app_root.len)
		say_both(speaker, (struct route_term){.path_kind = ROUTE_PATH_EXACT,
						      .path = STR("/"),
						      .place = server->place});
	for (size_t i = 0; i < server->entry_count; i++)
		say_entry(speaker, &server->entries[i]);
	for (size_t i = 0; i < server->unserved_count; i++)
		say_both(speaker, (struct route_term){.place = server->unserved[i]});
}

/* An alias is named by a term of its own for each thing its server looks at: hosts are isolated. */
static void say_aliases(struct speaker *speaker)
{
	const struct ngx_table *table = speaker->table;

	for (size_t i = 0; i < table->names.room; i++) {
		const struct map_entry *entry = &table->names.entries[i];

		if (!entry->key || entry->value != speaker->server ||
		    str_eq(speaker->server->name, (struct str){entry->key, entry->len}))
			continue;
		speaker->host = (struct str){entry->key, entry->len};
		say_server(speaker);
	}
	for (size_t i = 0; i < table->alias_count; i++) {
		if (table->aliases[i].server != speaker->server ||
		    table->aliases[i].kind != NGX_ALIAS_HEAD)
			continue;
		speaker->host =
			str_format(speaker->names, "*%.*s", STR_ARG(table->aliases[i].text));
		speaker->deep = true;
		say_server(speaker);
	}
}

void ngx_terms(const struct route_table *base,
	       void (*say)(void *user, const struct route_term *term), void *user)
{
	const struct ngx_table *table = (const struct ngx_table *)base;
	struct arena scratch, names;

	arena_init(&scratch);
	arena_init(&names);
	for (size_t i = 0; i < table->server_count; i++) {
		struct speaker speaker = {.table = table,
					  .say = say,
					  .user = user,
					  .server = table->servers[i],
					  .host = table->servers[i]->name,
					  .scratch = &scratch,
					  .names = &names};

		say_server(&speaker);
		say_aliases(&speaker);
	}
	arena_finish(&names);
	arena_finish(&scratch);
}

/* The controller's own two ports; it listens on both whatever the Ingresses say. */
void ngx_fronts(const struct route_table *base,
		void (*say)(void *user, const struct route_front *front), void *user)
{
	const struct ngx_table *table = (const struct ngx_table *)base;

	say(user, &(struct route_front){.protocol = ROUTE_FRONT_HTTP, .port = table->http_port});
	say(user, &(struct route_front){.protocol = ROUTE_FRONT_TLS, .port = table->https_port});
}
