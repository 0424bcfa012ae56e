#include "route/witness.h"

struct terms_of {
	const struct route_term **at;
	size_t count;
};

static void add_term(struct witness_hosts *hosts, const struct route_term *term)
{
	struct terms_of **place = (struct terms_of **)map_at(&hosts->by_host, term->host);

	if (!*place)
		*place = arena_new(hosts->arena, struct terms_of);
	ARENA_PUSH(hosts->arena, (*place)->at, (*place)->count, term);
}

static const struct str *copies(struct arena *arena, const struct str *texts, size_t count)
{
	struct str *list = arena_array(arena, struct str, count + 1);

	for (size_t i = 0; i < count; i++)
		list[i] = str_dup(arena, texts[i]);
	return list;
}

static const struct route_network *networks_copy(struct arena *arena, const struct route_term *term)
{
	struct route_network *list = arena_array(arena, struct route_network, term->network_count);

	for (size_t i = 0; i < term->network_count; i++)
		list[i] = term->networks[i];
	return list;
}

/* Texts of a term are copied: a side may make them for the call. */
static void keep(void *user, const struct route_term *term)
{
	struct witness_hosts *hosts = user;
	struct route_term copy = *term;
	struct route_field_term *fields =
		arena_array(hosts->arena, struct route_field_term, term->field_count + 1);

	for (size_t i = 0; i < term->field_count; i++) {
		fields[i] = term->fields[i];
		fields[i].name = str_dup(hosts->arena, fields[i].name);
		fields[i].value = str_dup(hosts->arena, fields[i].value);
	}
	copy.fields = fields;
	copy.host = str_dup(hosts->arena, term->host);
	copy.path = str_dup(hosts->arena, term->path);
	copy.method = str_dup(hosts->arena, term->method);
	copy.networks = networks_copy(hosts->arena, term);
	copy.origins = copies(hosts->arena, term->origins, term->origin_count);
	ARENA_PUSH(hosts->arena, hosts->terms, hosts->term_count, copy);
}

/* ---- which terms concern a host ---- */

static void take_terms(struct witness_hosts *hosts, struct witness_host *host, struct str key)
{
	const struct terms_of *terms = map_get(&hosts->by_host, key);

	for (size_t i = 0; terms && i < terms->count; i++) {
		ARENA_PUSH(hosts->arena, host->terms, host->term_count, terms->at[i]);
		host->known |= key.len && terms->at[i] < hosts->terms + hosts->first_count;
	}
}

static void find_terms(struct witness_hosts *hosts, struct witness_host *host)
{
	size_t dot = str_find(host->name, '.');

	take_terms(hosts, host, host->name);
	while (dot != SIZE_MAX) {
		struct str parent = str_from_pos(host->name, dot);
		size_t next = str_find(str_from_pos(parent, 1), '.');

		take_terms(hosts, host, str_format(hosts->arena, "*%.*s", STR_ARG(parent)));
		dot = next == SIZE_MAX ? SIZE_MAX : dot + 1 + next;
	}
	take_terms(hosts, host, STR(""));
}

/* ---- hosts ---- */

static void add_host(struct witness_hosts *hosts, struct map *seen, struct str name, unsigned twist)
{
	struct witness_host host = {.name = name, .twist = twist};
	void **place = map_at(seen, name);

	if (*place)
		return;
	*place = (void *)name.at;
	find_terms(hosts, &host);
	ARENA_PUSH(hosts->arena, hosts->at, hosts->count, host);
}

/* A label that makes a name which no term names. */
static struct str below(struct witness_hosts *hosts, const char *label, struct str parent)
{
	struct str name = str_format(hosts->arena, "%s%.*s", label, STR_ARG(parent));

	while (map_get(&hosts->by_host, name))
		name = str_format(hosts->arena, "w%.*s", STR_ARG(name));
	return name;
}

/* What no client can send as a host is no class of requests. */
static bool can_be_sent(struct str host)
{
	for (size_t i = 0; i < host.len; i++)
		if (host.at[i] <= ' ' || host.at[i] >= 0x7f || strchr("/?#@\\", host.at[i]))
			return false;
	return host.len && str_find_str(host, "..") == SIZE_MAX && host.at[0] != '.';
}

/* A match of Host is one of the host, whatever else it says of the port. */
static void add_matched(struct witness_hosts *hosts, struct map *seen,
			const struct route_term *term)
{
	for (size_t i = 0; i < term->field_count; i++) {
		const struct route_field_term *field = &term->fields[i];
		struct str host = route_host(field->value);

		if (witness_is_host(field) && !field->regex && can_be_sent(host))
			add_host(hosts, seen, str_lower(hosts->arena, host), 0);
	}
}

static void hosts_of(struct witness_hosts *hosts, struct map *seen, const struct route_term *term)
{
	struct str host = term->host;

	add_matched(hosts, seen, term);
	if (!can_be_sent(host))
		return;
	if (!str_starts(host, "*.")) {
		add_host(hosts, seen, host, 0);
		return;
	}
	add_host(hosts, seen, below(hosts, "any", str_from_pos(host, 1)), 0);
	add_host(hosts, seen, below(hosts, "far.any", str_from_pos(host, 1)), WITNESS_HOST_DEEP);
}

void witness_find_hosts(struct witness_hosts *hosts, const struct route_table *const *tables,
			size_t table_count)
{
	struct map seen;

	map_init(&seen, hosts->arena);
	map_init(&hosts->by_host, hosts->arena);
	for (size_t i = 0; i < table_count; i++) {
		tables[i]->side->terms(tables[i], keep, hosts);
		if (i == 0)
			hosts->first_count = hosts->term_count;
	}
	for (size_t i = 0; i < hosts->term_count; i++)
		add_term(hosts, &hosts->terms[i]);
	for (size_t i = 0; i < hosts->term_count; i++)
		hosts_of(hosts, &seen, &hosts->terms[i]);
	add_host(hosts, &seen, below(hosts, "unknown", STR(".example")), WITNESS_HOST_UNKNOWN);
}
