/* Canaries and the locations that they are merged into (the controller's mergeAlternativeBackends). */
#include "converters/from_ingress_nginx/server.h"

static bool is_canary_of(const struct nginx_location *canary, const struct nginx_location *primary)
{
	return !(nginx_same_backend(canary->backend, primary->backend) &&
		 str_eq(canary->owner->ingress->meta.namespace,
			primary->owner->ingress->meta.namespace));
}

void nginx_canary_is_inert(struct nginx *nginx, const struct nginx_location *canary,
			   struct str message)
{
	nginx_note_location(
		nginx, canary, "I2G231", message,
		STR("it needs a primary Ingress with the same host, path and pathType"));
	ledger_mark(canary->path_item, OUTCOME_INERT, "I2G231");
	ledger_mark(canary->backend_item, OUTCOME_INERT, "I2G231");
	ledger_mark(canary->host_item, OUTCOME_INERT, NULL);
}

static bool is_deleted(struct nginx *nginx, const struct nginx_location *canary)
{
	return map_get(&nginx->deleted, nginx_upstream_key(nginx->arena, canary)) != NULL;
}

bool nginx_canary_is_deleted(struct nginx *nginx, const struct nginx_location *canary)
{
	if (!is_deleted(nginx, canary))
		return false;
	nginx_canary_is_inert(nginx, canary,
			      STR("this canary has no effect: ingress-nginx forgets a canary's "
				  "Service altogether when one path of a canary with it has no "
				  "primary"));
	return true;
}

/* The controller's loop ends at a location with the canary's own Service, and does not delete it then. */
static bool has_service(struct nginx *nginx, const struct nginx_server *server,
			const struct nginx_location *canary)
{
	if (!nginx_upstream_users(nginx, canary))
		return false;
	for (size_t i = 0; i < server->location_count; i++)
		if (!is_canary_of(canary, server->locations[i]) && !server->locations[i]->unserved)
			return true;
	return false;
}

static void find_no_primary(struct nginx *nginx, struct str host,
			    const struct nginx_location *canary)
{
	const struct nginx_server *server =
		map_get(&nginx->server_map, str_lower(nginx->arena, host));
	const struct nginx_location *named =
		server ? map_get(&server->seen, nginx_seen_key(&nginx->own, canary)) : NULL;

	/* The default server is always there. */
	if ((server || !host.len) && canary->backend->type == KUBE_BACKEND_SERVICE &&
	    !(server && has_service(nginx, server, canary)))
		*map_at(&nginx->deleted, nginx_upstream_key(&nginx->own, canary)) = canary->owner;
	nginx_canary_is_inert(nginx, canary,
			      named && !is_canary_of(canary, named)
				      ? STR("this canary has no effect: its Service is that of the "
					    "primary")
				      : STR("this canary has no effect: no primary Ingress has the "
					    "same host, path and pathType"));
}

/* Another Ingress has made its upstream, so that it is no canary's: the path is a location like others, with the
 * annotations of the canary. */
static void serve_canary(struct nginx *nginx, struct nginx_server *server,
			 struct nginx_location canary)
{
	canary.held = "I2G327";
	nginx_note_location(nginx, &canary, "I2G327",
			    STR("the Service of this canary is first that of another Ingress, so "
				"ingress-nginx serves the path as if it were no canary; it is held "
				"back"),
			    STR("give the canary a Service of its own"));
	for (size_t i = 0; i < canary.owner->value_count; i++) {
		const struct nginx_value *value = &canary.owner->values[i];

		if (str_starts(str_from(value->row->key), "canary"))
			ledger_mark(value->item, OUTCOME_REFUSED, "I2G327");
	}
	nginx_add_location(nginx, server, canary);
}

/* An older Ingress without a canary has its Service. */
static bool is_taken(struct nginx *nginx, const struct nginx_location *canary)
{
	const struct nginx_ingress *maker;

	if (canary->backend->type != KUBE_BACKEND_SERVICE)
		return false;
	maker = nginx_canary_maker(nginx, canary);
	return !maker->canary && !nginx_is_undecided(maker, canary);
}

/* A host without server is that of the default one (getBackendServers()). */
void nginx_serve_taken(struct nginx *nginx, struct nginx_ingress *ingress)
{
	for (size_t r = 0; r < ingress->ingress->rule_count; r++) {
		const struct kube_rule *rule = &ingress->ingress->rules[r];
		struct nginx_server *server =
			map_get(&nginx->server_map, str_lower(nginx->arena, rule->host.text));

		for (size_t p = 0; p < rule->path_count; p++) {
			struct nginx_location canary = nginx_location_at(nginx, ingress, r, p);
			const struct nginx_location *other;

			if (!is_taken(nginx, &canary))
				continue;
			server = server ? server : nginx_server_get(nginx, STR(""));
			other = map_get(&server->seen, nginx_seen_key(&nginx->own, &canary));
			if (other && !other->unserved)
				continue;
			if (!server->owner_count)
				nginx_add_owner(nginx, server, ingress);
			serve_canary(nginx, server, canary);
		}
	}
}

/* Whether that made a location of the path. */
static bool is_served(struct nginx *nginx, const struct nginx_server *server,
		      const struct nginx_location *canary)
{
	const struct nginx_server *taker = server ? server : map_get(&nginx->server_map, STR(""));
	const struct nginx_location *made =
		taker ? map_get(&taker->seen, nginx_seen_key(&nginx->own, canary)) : NULL;

	return made && made->path_item == canary->path_item;
}

/* To a location that the controller merges it into. */
static void attach_to(struct nginx *nginx, struct nginx_server *server,
		      struct nginx_location *primary, struct nginx_location canary)
{
	primary->canary = arena_new(&nginx->own, struct nginx_location);
	*primary->canary = canary;
	canary.owner->locations++;
	nginx_add_owner(nginx, server, canary.owner);
}

/* The location with host, path and type of the canary; a path that is not given is none of theirs. */
static struct nginx_location *primary_of(struct nginx *nginx, const struct nginx_server *server,
					 const struct nginx_location *canary, bool given)
{
	struct nginx_location *primary =
		server && given ? map_get(&server->seen, nginx_seen_key(&nginx->own, canary))
				: NULL;

	return primary && !primary->unserved ? primary : NULL;
}

static void attach_canary(struct nginx *nginx, struct nginx_location canary, struct str host,
			  bool given)
{
	struct nginx_server *server = map_get(&nginx->server_map, str_lower(nginx->arena, host));
	struct nginx_location *primary = primary_of(nginx, server, &canary, given);

	if (is_served(nginx, server, &canary) || nginx_canary_is_deleted(nginx, &canary))
		return;
	if (canary.backend->type != KUBE_BACKEND_SERVICE || !primary) {
		find_no_primary(nginx, host, &canary);
	} else if (primary->canary || !is_canary_of(&canary, primary)) {
		nginx_canary_is_inert(
			nginx, &canary,
			primary->canary ? STR("this canary has no effect: only the oldest one "
					      "of a path is used")
					: STR("this canary has no effect: its Service is that "
					      "of the primary"));
	} else {
		attach_to(nginx, server, primary, canary);
	}
}

/* "/" of the default server is there before its other locations. */
static void attach_to_all(struct nginx *nginx, struct nginx_server *server,
			  struct nginx_location *canary)
{
	struct nginx_location *root = map_get(&server->seen, STR("P/"));
	bool merged = false;

	for (size_t i = 0; i <= server->location_count; i++) {
		struct nginx_location *primary = i ? server->locations[i - 1] : root;

		if (!primary || primary->unserved || (i && primary == root))
			continue;
		if (!is_canary_of(canary, primary))
			break;
		merged = true;
		if (!primary->canary)
			attach_to(nginx, server, primary, *canary);
	}
	if (!merged)
		find_no_primary(nginx, STR(""), canary);
	else if (!canary->owner->locations)
		nginx_canary_is_inert(
			nginx, canary,
			STR("this canary has no effect: only the oldest one of a path "
			    "is used"));
}

/* spec.defaultBackend of a canary is the alternative of all that the default server has (mergeAlternativeBackends()). */
static void attach_default(struct nginx *nginx, struct nginx_ingress *ingress)
{
	struct nginx_server *server = map_get(&nginx->server_map, STR(""));
	struct ledger_item *item = ingress->view->default_backend;
	struct nginx_location canary = {
		.owner = ingress,
		.path = STR("/"),
		.backend = &ingress->ingress->default_backend,
		.path_item = item,
		.backend_item = item,
		.origin = {.object = &ingress->ingress->meta,
			   .span = item ? ledger_span(item) : ingress->ingress->meta.span,
			   .field = STR("spec.defaultBackend")},
	};

	if (canary.backend->type == KUBE_BACKEND_NONE || nginx_canary_is_deleted(nginx, &canary))
		return;
	if (server && canary.backend->type == KUBE_BACKEND_SERVICE)
		attach_to_all(nginx, server, &canary);
	else
		find_no_primary(nginx, STR(""), &canary);
}

void nginx_attach_canaries(struct nginx *nginx, struct nginx_ingress *ingress)
{
	attach_default(nginx, ingress);
	for (size_t r = 0; r < ingress->ingress->rule_count; r++) {
		const struct kube_rule *rule = &ingress->ingress->rules[r];

		if (rule->path_count == 0)
			nginx_note_empty_rule(nginx, ingress, r);
		for (size_t p = 0; p < rule->path_count; p++)
			attach_canary(nginx, nginx_location_at(nginx, ingress, r, p),
				      rule->host.text, rule->paths[p].path.text.len > 0);
	}
}

/* ---- keys of canaries ---- */

/* What a canary sets for the whole server. */
static bool is_of_server(const char *key)
{
	return strcmp(key, "auth-tls-secret") == 0 || strcmp(key, "auth-tls-verify-client") == 0 ||
	       strcmp(key, "auth-tls-match-cn") == 0;
}

void nginx_note_canary_keys(struct nginx *nginx, const struct nginx_ingress *ingress)
{
	for (size_t i = 0; i < ingress->value_count; i++) {
		const struct nginx_value *value = &ingress->values[i];
		bool canary_key = strncmp(value->row->key, "canary", 6) == 0;

		if (ingress->canary == canary_key || is_of_server(value->row->key))
			continue;
		if (!ingress->canary && strcmp(value->row->key, "canary") == 0) {
			ledger_mark(value->item, OUTCOME_INERT, NULL);
			continue;
		}
		nginx_note(
			nginx, ingress, value, "I2G125",
			ingress->canary
				? str_format(
					  nginx->arena,
					  "'%s' has no effect on a canary: the primary's settings "
					  "apply",
					  value->row->key)
				: str_format(nginx->arena,
					     "'%s' has no effect without canary: \"true\"",
					     value->row->key),
			STR("remove it"));
		ledger_mark(value->item, OUTCOME_INERT, "I2G125");
	}
}
