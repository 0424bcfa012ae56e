/* Ingresses become servers with locations, as the controller builds them (reference: its
 * controller.createServers and template.buildLocation). */
#include "converters/from_ingress_nginx/nginx.h"
#include "base/sort.h"
#include "converters/guards.h"

#include "converters/from_ingress_nginx/url.h"
#include "gateway/name.h"

/* Nearly all paths stand at one of a few places, so those are worded once. */
struct str nginx_path_field(struct nginx *nginx, size_t rule, size_t path)
{
	struct str *known =
		rule < NGINX_FIELDS && path < NGINX_FIELDS ? &nginx->path_fields[rule][path] : NULL;
	struct str field;

	if (known && known->len)
		return *known;
	field = str_format(nginx->arena, "spec.rules[%zu].http.paths[%zu].path", rule, path);
	if (known)
		*known = field;
	return field;
}

struct str nginx_host_field(struct nginx *nginx, size_t rule)
{
	struct str *known = rule < NGINX_FIELDS ? &nginx->host_fields[rule] : NULL;
	struct str field;

	if (known && known->len)
		return *known;
	field = str_format(nginx->arena, "spec.rules[%zu].host", rule);
	if (known)
		*known = field;
	return field;
}

static void add_owner(struct nginx *nginx, struct nginx_server *server,
		      struct nginx_ingress *ingress)
{
	if (server->owner_count && server->owners[server->owner_count - 1] == ingress)
		return;
	ARENA_PUSH(&nginx->own, server->owners, server->owner_count, ingress);
}

static struct nginx_server *server_get(struct nginx *nginx, struct str host)
{
	struct str name = str_lower(nginx->arena, host);
	struct nginx_server **place = (struct nginx_server **)map_at(&nginx->server_map, name);

	if (!*place) {
		struct nginx_server *server = arena_new(&nginx->own, struct nginx_server);

		server->name = name;
		map_init(&server->seen, &nginx->own);
		map_init(&server->route_names, &nginx->own);
		ARENA_PUSH(&nginx->own, nginx->servers, nginx->server_count, server);
		*place = server;
	}
	return *place;
}

/* The servers of its rules and memory for its locations. Ingresses come in the order of the input here, which is that
 * of hosts more than that of ages is, so what is used together later lies together. */
static void lay_out(struct nginx *nginx, struct nginx_ingress *ingress)
{
	size_t rules = ingress->ingress->rule_count, paths = 0;

	ingress->servers = arena_array(&nginx->own, struct nginx_server *, rules + !rules);
	if (!rules)
		ingress->servers[0] = server_get(nginx, STR(""));
	for (size_t r = 0; r < rules; r++) {
		ingress->servers[r] = server_get(nginx, ingress->ingress->rules[r].host.text);
		paths += ingress->ingress->rules[r].path_count;
	}
	ingress->room = arena_array(&nginx->own, struct nginx_location, paths);
	ingress->room_left = paths;
}

static struct nginx_location *new_location(struct nginx *nginx, struct nginx_ingress *owner)
{
	if (!owner->room_left)
		return arena_new(&nginx->own, struct nginx_location);
	owner->room_left--;
	return owner->room++;
}

static struct str seen_key(struct arena *arena, const struct nginx_location *location)
{
	return STR_JOIN(arena, location->exact ? STR("E") : STR("P"), location->path);
}

bool nginx_same_age(const struct nginx_ingress *a, const struct nginx_ingress *b)
{
	return a->ingress->meta.created == b->ingress->meta.created;
}

/* The guard of the one that loses here may be in force in the cluster. */
void nginx_doubt_winner(struct nginx *nginx, struct nginx_location *winner,
			const struct nginx_location *loser, struct str why, struct str host)
{
	const struct kube_pair *guard = guard_annotation(&loser->owner->ingress->meta);

	if (!guard)
		return;
	winner->held = "I2G321";
	guard_say(
		&(struct guard_talk){nginx->findings, nginx->run->unguarded},
		(struct finding){
			.code = "I2G321",
			.object = kube_ref(&loser->owner->ingress->meta),
			.path = str_format(nginx->arena, "metadata.annotations[%.*s]",
					   STR_ARG(guard->key)),
			.span = guard->key_span,
			.message =
				str_format(nginx->arena, "'%.*s' may guard '%.*s' of '%.*s': %.*s",
					   STR_ARG(guard->key), STR_ARG(loser->path),
					   STR_ARG(loser->owner->ingress->meta.name), STR_ARG(why)),
			.hint = STR("read the objects from the cluster (kubectl get ingress -A -o "
				    "yaml), or remove one of the two"),
			.scope = finding_scope_new(nginx->arena,
						   (struct finding_scope){
							   .part = loser->origin.field,
							   .host = host,
							   .backend = winner->backend->name.text,
						   }),
		});
}

/* The same host, path and type twice: the oldest Ingress wins, backend and annotations included. */
static void lose_location(struct nginx *nginx, struct nginx_location *winner,
			  const struct nginx_location *loser)
{
	const struct kube_meta *meta = &winner->owner->ingress->meta;

	nginx_note_location(
		nginx, loser, "I2G217",
		str_format(nginx->arena,
			   "this path is defined twice: Ingress %.*s/%.*s wins, so backend "
			   "and annotations given here have no effect on it",
			   STR_ARG(meta->namespace), STR_ARG(meta->name)),
		STR("remove one of the two"));
	if (winner->owner != loser->owner && nginx_same_age(winner->owner, loser->owner)) {
		nginx_doubt_winner(
			nginx, winner, loser,
			STR("which of two Ingresses wins depends on their age, which the "
			    "input does not say"),
			(struct str){0});
		nginx_note_location(nginx, loser, "I2G233",
				    STR("which Ingress wins depends on their age, and the input "
					"does not say it"),
				    STR("read the objects from the cluster (kubectl get ingress -A "
					"-o yaml), or "
					"remove one of the two"));
	}
	ledger_mark(loser->path_item, OUTCOME_INERT, "I2G217");
	ledger_mark(loser->backend_item, OUTCOME_INERT, "I2G217");
	ledger_mark(loser->host_item, OUTCOME_INERT, NULL);
}

static struct str upstream_key(struct arena *arena, const struct nginx_location *location)
{
	const struct kube_backend *backend = location->backend;
	struct str namespace = location->owner->ingress->meta.namespace;
	char digits[STR_DIGITS];

	return STR_JOIN(arena, namespace, STR("/"), backend->name.text, STR("/"),
			backend->port ? str_digits(digits, backend->port) : backend->port_name);
}

/* ---- Services of canaries that others use ---- */

/* Who makes an upstream: the first Ingress with the Service, or the last one with it as spec.defaultBackend. When that
 * is a canary no location is made for it (NoServer), whoever else names it, and when it is none a canary has no share
 * of its requests (the controller's createUpstreams). Ingresses of one age say nothing of who was first. */
static const struct nginx_ingress **maker_at(struct nginx *nginx, struct nginx_ingress *ingress,
					     const struct kube_backend *backend)
{
	const struct nginx_location location = {.owner = ingress, .backend = backend};

	return (const struct nginx_ingress **)map_at(&nginx->makers,
						     upstream_key(&nginx->own, &location));
}

static void use_upstream(struct nginx *nginx, struct nginx_ingress *ingress,
			 const struct kube_backend *backend, bool makes)
{
	const struct nginx_ingress **maker;

	if (backend->type != KUBE_BACKEND_SERVICE)
		return;
	maker = maker_at(nginx, ingress, backend);
	if (makes || !*maker)
		*maker = ingress;
}

static void use_upstreams(struct nginx *nginx, struct nginx_ingress *ingress)
{
	use_upstream(nginx, ingress, &ingress->ingress->default_backend, true);
	for (size_t r = 0; r < ingress->ingress->rule_count; r++)
		for (size_t p = 0; p < ingress->ingress->rules[r].path_count; p++)
			use_upstream(nginx, ingress, &ingress->ingress->rules[r].paths[p].backend,
				     false);
}

static bool is_undated_canary(const struct nginx_ingress *ingress)
{
	return ingress->canary && ingress->ingress->meta.created == KUBE_NO_TIME;
}

/* Where ages are not known the canary is taken to be the younger one. */
static void find_makers(struct nginx *nginx)
{
	map_init(&nginx->makers, &nginx->own);
	for (int undated = 0; undated < 2; undated++)
		for (size_t i = 0; i < nginx->ingress_count && nginx->has_canaries; i++)
			if (is_undated_canary(nginx->ingresses[i]) == (undated == 1))
				use_upstreams(nginx, nginx->ingresses[i]);
}

const struct nginx_ingress *nginx_canary_maker(struct nginx *nginx,
					       const struct nginx_location *canary)
{
	return *maker_at(nginx, canary->owner, canary->backend);
}

static bool is_same_backend(const struct kube_backend *a, const struct kube_backend *b)
{
	return str_eq(a->name.text, b->name.text) && a->port == b->port &&
	       str_eq(a->port_name, b->port_name);
}

/* Without timestamps nobody knows who was first; of one time it is the greater name (ListIngresses()). A Service of
 * spec.defaultBackend is that Ingress's in any case. */
static bool is_undecided(const struct nginx_ingress *maker, const struct nginx_location *location)
{
	return nginx_same_age(maker, location->owner) &&
	       maker->ingress->meta.created == KUBE_NO_TIME &&
	       !is_same_backend(&maker->ingress->default_backend, location->backend);
}

/* A path whose Service is that of an older canary is not served. */
static void hold_shared(struct nginx *nginx, struct nginx_location *location)
{
	const struct nginx_ingress *maker;
	const struct kube_meta *meta;

	if (!nginx->has_canaries || location->owner->canary)
		return;
	maker = *maker_at(nginx, location->owner, location->backend);
	if (!maker->canary || is_undecided(maker, location))
		return;
	meta = &maker->ingress->meta;
	location->held = "I2G327";
	location->unserved = true;
	nginx_note_location(
		nginx, location, "I2G327",
		str_format(nginx->arena,
			   "Service '%.*s' is first that of the canary %.*s/%.*s, so ingress-nginx "
			   "serves no path that leads to it: it is held back",
			   STR_ARG(location->backend->name.text), STR_ARG(meta->namespace),
			   STR_ARG(meta->name)),
		STR("give the canary a Service of its own"));
}

static void count_upstream(struct nginx *nginx, const struct nginx_location *location)
{
	void **place;

	if (!nginx->has_canaries)
		return;
	place = map_at(&nginx->upstreams, upstream_key(&nginx->own, location));
	*place = (void *)((uintptr_t)*place + 1);
}

/* A backend that is no Service: the controller leaves the path out, so it answers 404. */
static bool refuse_resource(struct nginx *nginx, const struct nginx_location *location)
{
	if (location->backend->type == KUBE_BACKEND_SERVICE)
		return false;
	nginx_note_location(
		nginx, location, "I2G222",
		location->backend->type == KUBE_BACKEND_RESOURCE
			? STR("ingress-nginx leaves out paths with a resource backend, as "
			      "if they were not there")
			: STR("this path has no backend, so ingress-nginx leaves it out"),
		STR("no route is written for it"));
	ledger_mark(location->path_item, OUTCOME_REFUSED, "I2G222");
	ledger_mark(location->backend_item, OUTCOME_REFUSED, "I2G222");
	ledger_mark(location->host_item, OUTCOME_INERT, NULL);
	return true;
}

/* Of what the controller makes no location another one may have the place. */
static void displace(struct nginx_location *unserved)
{
	ledger_mark(unserved->path_item, OUTCOME_REFUSED, "I2G327");
	ledger_mark(unserved->backend_item, OUTCOME_REFUSED, "I2G327");
	ledger_mark(unserved->host_item, OUTCOME_INERT, NULL);
	unserved->owner->locations--;
}

static void add_location(struct nginx *nginx, struct nginx_server *server,
			 struct nginx_location location)
{
	if (refuse_resource(nginx, &location))
		return;
	hold_shared(nginx, &location);

	void **place = map_at(&server->seen, seen_key(&nginx->own, &location));
	struct nginx_location *kept = *place;

	if (kept && (location.unserved || !kept->unserved)) {
		lose_location(nginx, kept, &location);
		return;
	}
	if (kept) {
		displace(kept);
	} else {
		*place = kept = new_location(nginx, location.owner);
		ARENA_PUSH(&nginx->own, server->locations, server->location_count, kept);
	}
	*kept = location;
	kept->added = !location.exact && str_is(location.path, "/")
			      ? 0
			      : (uint32_t)server->location_count;
	location.owner->locations++;
	if (!server->www && !location.unserved && location.host_item &&
	    nginx_bool(location.owner, "from-to-www-redirect", false))
		server->www = kept;
	count_upstream(nginx, kept);
}

unsigned nginx_upstream_users(const struct nginx *nginx, const struct nginx_location *location)
{
	return (unsigned)(uintptr_t)map_get(&nginx->upstreams,
					    upstream_key(nginx->arena, location));
}

static struct nginx_location location_at(struct nginx *nginx, struct nginx_ingress *ingress,
					 size_t r, size_t p)
{
	const struct kube_path *path = &ingress->ingress->rules[r].paths[p];
	bool given = path->path.text.len > 0;

	return (struct nginx_location){
		.owner = ingress,
		.path = given ? path->path.text : STR("/"),
		.exact = path->type == KUBE_PATH_EXACT,
		.backend = &path->backend,
		.path_item = ingress->view->paths[r][p],
		.backend_item = ingress->view->backends[r][p],
		.host_item = ingress->view->hosts[r],
		.origin = {.object = &ingress->ingress->meta,
			   .span = path->path.span.line ? path->path.span : path->span,
			   .field = nginx_path_field(nginx, r, p)},
	};
}

static void note_empty_rule(struct nginx *nginx, struct nginx_ingress *ingress, size_t r)
{
	findings_add(nginx->findings,
		     (struct finding){
			     .code = "I2G234",
			     .object = kube_ref(&ingress->ingress->meta),
			     .path = str_format(nginx->arena, "spec.rules[%zu]", r),
			     .span = ingress->ingress->rules[r].span,
			     .message = STR("this rule has no paths: the host is served by the "
					    "default backend only"),
			     .hint = STR("add http.paths, or remove the rule"),
		     });
	ledger_mark(ingress->view->hosts[r], OUTCOME_INERT, "I2G234");
}

static void add_ingress(struct nginx *nginx, struct nginx_ingress *ingress)
{
	for (size_t r = 0; r < ingress->ingress->rule_count; r++) {
		const struct kube_rule *rule = &ingress->ingress->rules[r];
		struct nginx_server *server = ingress->servers[r];

		add_owner(nginx, server, ingress);
		if (rule->path_count == 0)
			note_empty_rule(nginx, ingress, r);
		for (size_t p = 0; p < rule->path_count; p++)
			add_location(nginx, server, location_at(nginx, ingress, r, p));
	}
	if (ingress->ingress->rule_count == 0)
		add_owner(nginx, ingress->servers[0], ingress);
}

/* ---- default backends ---- */

bool nginx_has_root(const struct nginx_server *server)
{
	return map_get(&server->seen, STR("P/")) != NULL;
}

struct nginx_ingress *nginx_heir(const struct nginx_server *server)
{
	return server->name.len && server->owner_count && !nginx_has_root(server)
		       ? server->owners[0]
		       : NULL;
}

/* Paths that no location of a host matches go to spec.defaultBackend of the oldest Ingress of the
 * host, and to nothing when that has none; without rules it is the root of the default server. */
static void add_default_backend(struct nginx *nginx, struct nginx_server *server)
{
	if (nginx_has_root(server))
		return;
	for (size_t i = 0; i < (server->name.len ? 1 : server->owner_count); i++) {
		struct nginx_ingress *owner = server->owners[i];
		const struct kube_ingress *ingress = owner->ingress;

		if (ingress->default_backend.type == KUBE_BACKEND_NONE || owner->canary ||
		    (!server->name.len && ingress->rule_count))
			continue;
		add_location(nginx, server,
			     (struct nginx_location){
				     .owner = owner,
				     .path = STR("/"),
				     .backend = &ingress->default_backend,
				     .path_item = owner->view->default_backend,
				     .backend_item = owner->view->default_backend,
				     .origin = {.object = &ingress->meta,
						.span = ledger_span(owner->view->default_backend),
						.field = STR("spec.defaultBackend")},
				     .is_catch_all = !server->name.len,
			     });
		return;
	}
}

static void note_unused_default_backend(struct nginx *nginx, struct nginx_ingress *ingress)
{
	struct ledger_item *item = ingress->view->default_backend;

	if (!item || item->outcome != OUTCOME_OPEN || ingress->canary)
		return;
	for (size_t s = 0; s < nginx->server_count; s++) {
		struct nginx_location *root = map_get(&nginx->servers[s]->seen, STR("P/"));

		if (root && root->path_item == item)
			return;
	}
	findings_add(nginx->findings,
		     (struct finding){
			     .code = "I2G125",
			     .object = kube_ref(&ingress->ingress->meta),
			     .path = STR("spec.defaultBackend"),
			     .span = ledger_span(item),
			     .message = STR("this default backend is never used: every host of the "
					    "Ingress has a path '/' or an older Ingress"),
			     .hint = STR("remove it"),
		     });
	ledger_mark(item, OUTCOME_INERT, "I2G125");
}

/* ---- canary ---- */

static bool is_canary_of(const struct nginx_location *canary, const struct nginx_location *primary)
{
	return !(is_same_backend(canary->backend, primary->backend) &&
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
	return map_get(&nginx->deleted, upstream_key(nginx->arena, canary)) != NULL;
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
		server ? map_get(&server->seen, seen_key(&nginx->own, canary)) : NULL;

	/* The default server is always there. */
	if ((server || !host.len) && canary->backend->type == KUBE_BACKEND_SERVICE &&
	    !(server && has_service(nginx, server, canary)))
		*map_at(&nginx->deleted, upstream_key(&nginx->own, canary)) = canary->owner;
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
	add_location(nginx, server, canary);
}

/* An older Ingress without a canary has its Service. */
static bool is_taken(struct nginx *nginx, const struct nginx_location *canary)
{
	const struct nginx_ingress *maker;

	if (canary->backend->type != KUBE_BACKEND_SERVICE)
		return false;
	maker = *maker_at(nginx, canary->owner, canary->backend);
	return !maker->canary && !is_undecided(maker, canary);
}

/* A host without server is that of the default one (getBackendServers()). */
static void serve_taken(struct nginx *nginx, struct nginx_ingress *ingress)
{
	for (size_t r = 0; r < ingress->ingress->rule_count; r++) {
		const struct kube_rule *rule = &ingress->ingress->rules[r];
		struct nginx_server *server =
			map_get(&nginx->server_map, str_lower(nginx->arena, rule->host.text));

		for (size_t p = 0; p < rule->path_count; p++) {
			struct nginx_location canary = location_at(nginx, ingress, r, p);
			const struct nginx_location *other;

			if (!is_taken(nginx, &canary))
				continue;
			server = server ? server : server_get(nginx, STR(""));
			other = map_get(&server->seen, seen_key(&nginx->own, &canary));
			if (other && !other->unserved)
				continue;
			if (!server->owner_count)
				add_owner(nginx, server, ingress);
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
		taker ? map_get(&taker->seen, seen_key(&nginx->own, canary)) : NULL;

	return made && made->path_item == canary->path_item;
}

/* To a location that the controller merges it into. */
static void attach_to(struct nginx *nginx, struct nginx_server *server,
		      struct nginx_location *primary, struct nginx_location canary)
{
	primary->canary = arena_new(&nginx->own, struct nginx_location);
	*primary->canary = canary;
	canary.owner->locations++;
	add_owner(nginx, server, canary.owner);
}

/* The location with host, path and type of the canary; a path that is not given is none of theirs. */
static struct nginx_location *primary_of(struct nginx *nginx, const struct nginx_server *server,
					 const struct nginx_location *canary, bool given)
{
	struct nginx_location *primary =
		server && given ? map_get(&server->seen, seen_key(&nginx->own, canary)) : NULL;

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

static void attach_canaries(struct nginx *nginx, struct nginx_ingress *ingress)
{
	attach_default(nginx, ingress);
	for (size_t r = 0; r < ingress->ingress->rule_count; r++) {
		const struct kube_rule *rule = &ingress->ingress->rules[r];

		if (rule->path_count == 0)
			note_empty_rule(nginx, ingress, r);
		for (size_t p = 0; p < rule->path_count; p++)
			attach_canary(nginx, location_at(nginx, ingress, r, p), rule->host.text,
				      rule->paths[p].path.text.len > 0);
	}
}

/* ---- regex mode and order ---- */

/* A rewrite-target switches regex mode on when it is set and differs from the path of the location.
 * A Prefix "/foo" has been renamed to "/foo/" by then, so that even "/foo" -> "/foo" does; with use-regex
 * it keeps its name. */
bool nginx_rewrites(const struct nginx_location *location)
{
	struct str target = nginx_text(location->owner, "rewrite-target");
	bool renamed = !location->exact && location->path.len > 1 &&
		       !str_ends(location->path, "/") &&
		       !nginx_bool(location->owner, "use-regex", false);

	return target.len && (renamed || !str_eq(target, location->path));
}

static const struct nginx_value *regex_cause(const struct nginx_ingress *owner, bool rewrites)
{
	if (nginx_bool(owner, "use-regex", false))
		return nginx_get(owner, "use-regex");
	return rewrites ? nginx_get(owner, "rewrite-target") : NULL;
}

/* The made-up "/" of a host counts like the others. */
static void inherit_regex_mode(struct nginx_server *server)
{
	struct nginx_ingress *heir = nginx_heir(server);
	struct str target = heir ? nginx_text(heir, "rewrite-target") : STR("");

	if (!heir || server->regex_cause)
		return;
	server->regex_cause = regex_cause(heir, target.len && !str_is(target, "/"));
	server->regex_owner = server->regex_cause ? heir : NULL;
}

static void find_regex_mode(struct nginx_server *server)
{
	for (size_t i = 0; i < server->location_count && !server->regex_cause; i++) {
		struct nginx_location *location = server->locations[i];

		if (!location->is_catch_all && !location->unserved)
			server->regex_cause =
				regex_cause(location->owner, nginx_rewrites(location));
		if (server->regex_cause)
			server->regex_owner = location->owner;
	}
	inherit_regex_mode(server);
}

/* nginx takes the first regex that matches; the controller writes longer paths first, and of the same
 * path the one that it saw first. Its own "/" is there before all others. */
static int compare_locations(const void *a, const void *b)
{
	const struct nginx_location *left = *(struct nginx_location *const *)a;
	const struct nginx_location *right = *(struct nginx_location *const *)b;

	if (left->path.len != right->path.len)
		return left->path.len > right->path.len ? -1 : 1;

	int order = str_cmp(right->path, left->path);

	if (order)
		return order;
	return left->added < right->added ? -1 : left->added > right->added;
}

/* The first in nginx's order; redirects of a whole host do not ask whether a location is reached. The root
 * that spec.defaultBackend makes of the default server keeps its own rewrite settings, app-root among them. */
static void find_app_root(struct nginx_server *server)
{
	for (size_t i = 0; i < server->location_count && !server->app_root; i++) {
		struct nginx_location *location = server->locations[i];
		struct str target = nginx_text(location->owner, "app-root");

		if (target.len && !location->is_catch_all && !location->unserved &&
		    !url_has_variable(target))
			server->app_root = location;
	}
}

/* The controller calls its default server "_". */
static struct str server_sign(const struct nginx_server *server)
{
	return server->name.len ? server->name : STR("_");
}

static int compare_servers(const void *a, const void *b)
{
	return str_cmp(server_sign((*(struct nginx_server *const *)a)),
		       server_sign((*(struct nginx_server *const *)b)));
}

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

static void find_aliases(struct nginx *nginx, struct nginx_server *server)
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

static void eclipse(struct nginx *nginx, struct nginx_server *server)
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

/* What a canary sets for the whole server. */
static bool is_of_server(const char *key)
{
	return strcmp(key, "auth-tls-secret") == 0 || strcmp(key, "auth-tls-verify-client") == 0 ||
	       strcmp(key, "auth-tls-match-cn") == 0;
}

static void note_inert_canary_keys(struct nginx *nginx, const struct nginx_ingress *ingress)
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

/* getBackendServers() goes through the rules of canaries as of all others, and takes the default server for
 * a host that has none: createServers(), which makes them, passes canaries by. */
static struct nginx_server *named_server(const struct nginx *nginx, const struct kube_rule *rule)
{
	struct str name = str_lower(nginx->arena, rule->host.text);
	struct nginx_server *server = map_get(&nginx->server_map, name);

	return server ? server : map_get(&nginx->server_map, STR(""));
}

static void add_namer(struct nginx *nginx, struct nginx_ingress *ingress)
{
	for (size_t r = 0; r < ingress->ingress->rule_count; r++) {
		const struct kube_rule *rule = &ingress->ingress->rules[r];
		struct nginx_server *server =
			nginx_sets_host(rule) ? named_server(nginx, rule) : NULL;

		if (!server ||
		    (server->namer_count && server->namers[server->namer_count - 1] == ingress))
			continue;
		ARENA_PUSH(&nginx->own, server->namers, server->namer_count, ingress);
	}
}

/* Whether the Ingress is the namer of all servers that it owns, and of no others. */
static bool names_what_it_owns(const struct nginx_ingress *ingress)
{
	for (size_t r = 0; r < ingress->ingress->rule_count; r++)
		if (!nginx_sets_host(&ingress->ingress->rules[r]))
			return false;
	return ingress->ingress->rule_count && !ingress->canary;
}

static void find_namers(struct nginx *nginx)
{
	bool apart = false;

	for (size_t i = 0; i < nginx->ingress_count; i++)
		apart |= !names_what_it_owns(nginx->ingresses[i]);
	for (size_t i = 0; apart && i < nginx->ingress_count; i++)
		add_namer(nginx, nginx->ingresses[i]);
	for (size_t s = 0; !apart && s < nginx->server_count; s++) {
		nginx->servers[s]->namers = nginx->servers[s]->owners;
		nginx->servers[s]->namer_count = nginx->servers[s]->owner_count;
	}
}

bool nginx_sets_hosts(const struct nginx_ingress *ingress)
{
	for (size_t r = 0; r < ingress->ingress->rule_count; r++)
		if (nginx_sets_host(&ingress->ingress->rules[r]))
			return true;
	return false;
}

static bool has_canary_keys(const struct nginx_ingress *ingress)
{
	for (size_t i = 0; i < ingress->value_count; i++)
		if (strncmp(ingress->values[i].row->key, "canary", 6) == 0)
			return true;
	return false;
}

void nginx_build_servers(struct nginx *nginx)
{
	map_init(&nginx->server_map, &nginx->own);
	map_init(&nginx->upstreams, &nginx->own);
	map_init(&nginx->deleted, &nginx->own);
	map_init(&nginx->alias_map, &nginx->own);
	map_init(&nginx->alias_holders, &nginx->own);
	map_reserve(&nginx->server_map, nginx->ingress_count);
	for (size_t i = 0; i < nginx->ingress_count; i++)
		if (nginx->ingresses[i]->canary)
			nginx->has_canaries = true;
		else
			lay_out(nginx, nginx->ingresses[i]);
	nginx_sort_by_age(nginx);
	find_makers(nginx);
	for (size_t i = 0; i < nginx->ingress_count; i++)
		if (nginx->ingresses[i]->canary)
			serve_taken(nginx, nginx->ingresses[i]);
		else
			add_ingress(nginx, nginx->ingresses[i]);
	for (size_t s = 0; s < nginx->server_count; s++)
		add_default_backend(nginx, nginx->servers[s]);
	for (size_t i = 0; i < nginx->ingress_count; i++) {
		struct nginx_ingress *ingress = nginx->ingresses[i];

		if (ingress->canary)
			attach_canaries(nginx, ingress);
		if (has_canary_keys(ingress))
			note_inert_canary_keys(nginx, ingress);
		note_unused_default_backend(nginx, ingress);
	}
	find_namers(nginx);
	sort(nginx->servers, nginx->server_count, sizeof *nginx->servers, compare_servers);
	for (size_t s = 0; s < nginx->server_count; s++) {
		struct nginx_server *server = nginx->servers[s];

		find_regex_mode(server);
		find_aliases(nginx, server);
		sort(server->locations, server->location_count, sizeof *server->locations,
		     compare_locations);
		find_app_root(server);
		nginx_narrow_twins(nginx, server);
		nginx_drop_shadowed(nginx, server);
	}
	for (size_t s = 0; s < nginx->server_count; s++)
		eclipse(nginx, nginx->servers[s]);
}
