/* Paths that are written with a slash at their end: what answers the path without it. */
#include "converters/from_ingress_nginx/nginx.h"

/* The location with that path, if the controller makes one of it. `kind`: "E" or "P". */
static const struct nginx_location *made_at(struct nginx *nginx, const struct nginx_server *server,
					    const char *kind, struct str path)
{
	const struct nginx_location *location =
		map_get(&server->seen, STR_JOIN(&nginx->own, str_from(kind), path));

	return location && !location->unserved && !location->lost ? location : NULL;
}

/* "/p" of "/p/"; empty where the path has no such slash, or where a location has "/p" itself. */
static struct str bare_of(struct nginx *nginx, const struct nginx_server *server,
			  const struct nginx_location *location)
{
	struct str path = location->path, bare = str_sub(path, 0, path.len - 1);

	if (server->regex_cause || location->unserved || path.len < 2 || !str_ends(path, "/") ||
	    made_at(nginx, server, "E", bare) || made_at(nginx, server, "P", bare))
		return (struct str){0};
	return bare;
}

/* nginx sends the path without the slash to the one with it (301) before it looks at redirects and access checks. */
void nginx_slash_redirect(struct nginx_draft *draft)
{
	struct nginx *nginx = draft->nginx;
	const struct nginx_location *location = draft->location, *twin = NULL;
	struct str path = location->path, bare = bare_of(nginx, draft->server, location);
	struct model_redirect *redirect;

	/* A location that only returns has no proxy_pass, which is what the redirect comes with; one whose snippet
	 * denies everybody has. */
	if (!bare.len || location->owner->denied || nginx_host_is_denied(draft->server))
		return;
	/* The Exact twin of a Prefix writes the rule, unless it is one of those. */
	if (!location->exact)
		twin = made_at(nginx, draft->server, "E", path);
	if (twin && !twin->owner->denied)
		return;
	redirect = arena_new(nginx->arena, struct model_redirect);
	*redirect = (struct model_redirect){.edit = PATH_REPLACE_FULL, .path = path, .status = 301};
	nginx_add_redirect(draft, (struct model_rule){
					  .match.path = {PATH_EXACT, bare},
					  .listen = draft->host->listen,
					  .redirect = redirect,
					  .comment = "nginx adds the trailing slash",
				  });
	nginx_note_location(nginx, location, "I2G209",
			    str_format(nginx->arena,
				       "nginx answers '%.*s' with a redirect to '%.*s'; a rule for "
				       "that is written",
				       STR_ARG(bare), STR_ARG(path)),
			    (struct str){0});
}

/* The Prefix that takes a path which no location has. */
static const struct nginx_location *taker_of(struct nginx *nginx, const struct nginx_server *server,
					     struct str path)
{
	const struct nginx_location *taker = NULL;

	for (size_t len = path.len; !taker && len; len--)
		if (path.at[len - 1] == '/') {
			struct str above = str_sub(path, 0, len);

			taker = made_at(nginx, server, "P", above);
			if (!taker && len > 1)
				taker = made_at(nginx, server, "P", str_sub(above, 0, len - 1));
		}
	return taker;
}

void nginx_find_bares(struct nginx *nginx, struct nginx_server *server)
{
	server->bare_count = 0;
	for (size_t i = 0; i < server->location_count; i++) {
		const struct nginx_location *location = server->locations[i];
		const struct nginx_location *twin;
		struct nginx_bare bare;

		if (location->exact || !location->owner->denied)
			continue;
		bare.path = bare_of(nginx, server, location);
		twin = made_at(nginx, server, "E", location->path);
		if (!bare.path.len || (twin && !twin->owner->denied))
			continue;
		bare.taker = taker_of(nginx, server, bare.path);
		ARENA_PUSH(&nginx->own, server->bares, server->bare_count, bare);
	}
}
