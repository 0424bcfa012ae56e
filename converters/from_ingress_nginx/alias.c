/* server-alias: other names of a server, and wildcard hosts that they take the requests of. */
#include "converters/from_ingress_nginx/server.h"

#include "gateway/name.h"

static void note_taken_alias(struct nginx *nginx, struct nginx_ingress *owner,
			     const struct nginx_value *value, struct str name)
{
	nginx_note(nginx, owner, value, "I2G125",
		   str_format(nginx->arena,
			      "the alias '%.*s' has no effect: it is a host of another rule, or "
			      "the alias of another host",
			      STR_ARG(name)),
		   STR("remove it from the list"));
}

/* The oldest Ingress with a rule for the host that sets server-alias: createServers() reads it rule by
 * rule, so that of an Ingress that is a default backend only is never read. NULL: none does. */
static struct nginx_ingress *alias_owner(struct nginx *nginx, const struct nginx_server *server)
{
	struct nginx_ingress *winner = NULL;

	for (size_t i = 0; i < server->owner_count; i++) {
		struct nginx_ingress *owner = server->owners[i];
		const struct nginx_value *here = nginx_get(owner, "server-alias");

		if (!here || owner->canary)
			continue;
		if (!owner->ingress->rule_count) {
			nginx_note_inert(nginx, owner, here, STR("on an Ingress without rules"));
		} else if (winner) {
			nginx_note(
				nginx, owner, here, "I2G125",
				STR("an older Ingress of this host sets server-alias, so this one "
				    "has no effect"),
				STR("join both lists in the older Ingress"));
			ledger_mark(here->item, OUTCOME_INERT, "I2G125");
		} else {
			winner = owner;
		}
	}
	return winner;
}

void nginx_find_aliases(struct nginx *nginx, struct nginx_server *server)
{
	struct nginx_ingress *owner = alias_owner(nginx, server);
	const struct nginx_value *value = owner ? nginx_get(owner, "server-alias") : NULL;

	if (!value)
		return;

	struct str rest = value->pair->value, part;
	bool more = true;

	while (str_split(&rest, ',', &more, &part)) {
		struct str name = str_lower(nginx->arena, str_trim(part));

		if (!name.len)
			continue;
		if (!map_get(&nginx->server_map, name))
			*map_at(&nginx->alias_holders, name) = server;
		if (map_get(&nginx->server_map, name) || map_get(&nginx->alias_map, name)) {
			note_taken_alias(nginx, owner, value, name);
			continue;
		}
		if (str_starts(name, "~") || str_ends(name, ".*")) {
			nginx_note(
				nginx, owner, value, "I2G235",
				str_format(nginx->arena,
					   "the alias '%.*s' is a pattern that Gateway API has no "
					   "hostname for",
					   STR_ARG(name)),
				STR("list the names it stands for"));
			ledger_mark(value->item, OUTCOME_REFUSED, "I2G235");
			continue;
		}
		*map_at(&nginx->alias_map, name) = server;
		ARENA_PUSH(&nginx->own, server->aliases, server->alias_count, name);
	}
	server->alias_cause = value;
	server->alias_owner = owner;
	ledger_mark(value->item, server->alias_count ? OUTCOME_EXACT : OUTCOME_INERT, NULL);
}

/* The server whose alias takes the requests for a wildcard host; NULL for none. The controller writes such a
 * host as a regular expression, and nginx looks at names with a wildcard in front before those. */
static const struct nginx_server *eclipsing(struct nginx *nginx, const struct nginx_server *server,
					    struct str *alias)
{
	if (!str_starts(server->name, "*."))
		return NULL;
	for (*alias = name_wildcard_above(nginx->arena, server->name); alias->len;
	     *alias = name_wildcard_above(nginx->arena, *alias)) {
		const struct nginx_server *other = map_get(&nginx->alias_map, *alias);

		if (other && other != server)
			return other;
	}
	return NULL;
}

void nginx_eclipse(struct nginx *nginx, struct nginx_server *server)
{
	struct str alias;
	const struct nginx_server *other = eclipsing(nginx, server, &alias);

	if (!other)
		return;
	server->eclipsed = true;
	for (size_t i = 0; i < server->location_count; i++) {
		nginx_note_location(
			nginx, server->locations[i], "I2G217",
			str_format(nginx->arena,
				   "'%.*s', an alias of '%.*s', takes all requests for '%.*s': "
				   "nginx looks at it first",
				   STR_ARG(alias), STR_ARG(other->name), STR_ARG(server->name)),
			STR("remove the host, or list the names that the alias stands for"));
		if (!server->alias_count)
			nginx_lose(nginx, server->locations[i]);
	}
}
