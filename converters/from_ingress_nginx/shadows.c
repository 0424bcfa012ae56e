/* Locations that shadow each other: paths that the Ingress tells apart, and nginx does not. */
#include "converters/from_ingress_nginx/nginx.h"

/* Regular expressions ignore case, but for the letters that say what an escape or a group is. */
static struct str regex_key(struct arena *arena, struct str path)
{
	bool plain = str_find(path, '\\') == SIZE_MAX && str_find_str(path, "(?") == SIZE_MAX &&
		     str_find_str(path, "[:") == SIZE_MAX;

	return plain ? str_lower(arena, path) : path;
}

static struct str location_key(struct arena *arena, const struct nginx_server *server,
			       const struct nginx_location *location)
{
	struct str path = location->path;

	if (server->regex_cause)
		return regex_key(arena, path);
	if (!location->exact && path.len > 1 && str_ends(path, "/"))
		path.len--;
	return STR_JOIN(arena, location->exact ? STR("E") : STR("P"), path);
}

void nginx_lose(struct nginx *nginx, struct nginx_location *loser)
{
	loser->lost = true;
	ledger_mark(loser->path_item, OUTCOME_INERT, "I2G217");
	ledger_mark(loser->backend_item, OUTCOME_INERT, "I2G217");
	ledger_mark(loser->host_item, OUTCOME_INERT, NULL);
	loser->owner->locations--;
	if (!loser->canary)
		return;
	nginx_canary_is_inert(nginx, loser->canary,
			      STR("this canary has no effect: its primary is never reached"));
	nginx_canary_is_elsewhere(nginx, loser);
	loser->canary->owner->locations--;
}

/* A configuration that nginx refuses is never in force: what is served is the one before, which had either of the two.
 * Of one regular expression the first is served, and that is the older one. */
static void doubt_shadow(struct nginx *nginx, const struct nginx_server *server,
			 struct nginx_location *winner, const struct nginx_location *loser)
{
	if (winner->owner == loser->owner)
		return;
	if (!server->regex_cause)
		nginx_doubt_winner(
			nginx, winner, loser,
			STR("which of the two paths is served depends on which was there "
			    "first, because nginx refuses both together"),
			server->name);
	else if (str_eq(winner->path, loser->path) && nginx_same_age(winner->owner, loser->owner))
		nginx_doubt_winner(
			nginx, winner, loser,
			STR("which of two Ingresses wins depends on their age, which the "
			    "input does not say"),
			server->name);
}

static void shadow_location(struct nginx *nginx, const struct nginx_server *server,
			    struct nginx_location *winner, struct nginx_location *loser)
{
	doubt_shadow(nginx, server, winner, loser);
	nginx_note_location(
		nginx, loser, "I2G217",
		server->regex_cause
			? str_format(
				  nginx->arena,
				  "'%.*s' and '%.*s' are the same regular expression: this one is "
				  "never reached",
				  STR_ARG(winner->path), STR_ARG(loser->path))
			: str_format(nginx->arena,
				     "'%.*s' and '%.*s' become the same nginx location, with which "
				     "nginx refuses every new configuration; only the first is "
				     "written",
				     STR_ARG(winner->path), STR_ARG(loser->path)),
		STR("remove one of the two"));
	nginx_lose(nginx, loser);
}

/* In regex mode Exact "/" takes the same requests as the "/" that the controller makes up, and comes
 * behind it. */
static bool is_behind_root(const struct nginx_server *server, const struct nginx_location *location)
{
	return server->regex_cause && server->name.len && location->exact &&
	       str_is(location->path, "/") && !nginx_has_root(server);
}

static void shadow_exact_root(struct nginx *nginx, struct nginx_location *location)
{
	nginx_note_location(nginx, location, "I2G217",
			    STR("with regular expressions on this host the controller's own '/', "
				"which answers 404, takes all requests for this path"),
			    STR("make it a Prefix path"));
	nginx_lose(nginx, location);
}

/* A Prefix that neither rewrites nor asks for regular expressions gets a slash at its end (and an Exact twin
 * for the path itself) before it becomes one: updateServerLocations() of the controller. Where an Exact
 * path has that name already, the Prefix takes only what is below. */
void nginx_narrow_twins(struct nginx *nginx, struct nginx_server *server)
{
	for (size_t i = 0; server->regex_cause && i < server->location_count; i++) {
		struct nginx_location *location = server->locations[i];
		struct str target = nginx_text(location->owner, "rewrite-target");

		if (location->exact || str_ends(location->path, "/") ||
		    (target.len && !str_eq(target, location->path)) ||
		    nginx_bool(location->owner, "use-regex", false) ||
		    !map_get(&server->seen, STR_JOIN(&nginx->own, STR("E"), location->path)))
			continue;
		location->path = str_format(nginx->arena, "%.*s/", STR_ARG(location->path));
	}
}

/* Paths that differ in the Ingress can be one location in nginx: Exact "/a" and Prefix "/a" as regular
 * expressions, Prefix "/a" and "/a/" otherwise. The first in nginx's order stays. */
void nginx_drop_shadowed(struct nginx *nginx, struct nginx_server *server)
{
	struct map kept;
	size_t count = 0;

	if (server->location_count < 2 && !server->regex_cause)
		return;
	map_init(&kept, &nginx->own);
	for (size_t i = 0; i < server->location_count; i++) {
		struct nginx_location *location = server->locations[i];
		void **place = map_at(&kept, location_key(&nginx->own, server, location));

		if (is_behind_root(server, location)) {
			shadow_exact_root(nginx, location);
			continue;
		}
		if (*place) {
			shadow_location(nginx, server, *place, location);
			continue;
		}
		*place = location;
		server->locations[count++] = location;
	}
	server->location_count = count;
}
