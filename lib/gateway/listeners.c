#include <stdio.h>

#include "gateway/limits.h"
#include "gateway/planner.h"

/* ---- sites ---- */

static struct str gateway_name(const struct plan_gateway *gateway)
{
	if (gateway->name.len)
		return gateway->name;
	return gateway->class.len ? gateway->class : STR("gateway");
}

/* The name of a Gateway that is made. Names joined of parts can be alike where the parts are not: then a
 * hash tells them apart. */
static struct str name_gateway(struct planner *planner, struct str home, struct str class,
			       struct str namespace)
{
	struct arena *arena = &planner->arena;
	struct str name = name_join(arena, GATEWAY_NAME, class, namespace, STR(""));

	if (names_wish_once(&planner->gateways, STR_JOIN(arena, home, STR("/"), name)))
		return name;
	return names_hashed(&planner->gateways, GATEWAY_NAME, name,
			    STR_JOIN(arena, class, STR("|"), namespace));
}

/* `namespace` of the routes; empty for the one shared Gateway. */
static struct target *gateway_target(struct planner *planner, const struct plan_gateway *gateway,
				     struct str namespace)
{
	struct str name = gateway_name(gateway);
	struct str home = gateway->namespace;

	if (gateway->exists)
		return target_new(planner, "Gateway", home.len ? home : STR("default"), name);
	/* Gateways of several namespaces in one place need names of their own. */
	if (home.len)
		return target_new(planner, "Gateway", home,
				  name_gateway(planner, home, name, namespace));
	home = namespace.len ? namespace : STR("default");
	return target_new(planner, "Gateway", home, name_gateway(planner, home, name, STR("")));
}

static struct holder *holder_new(struct planner *planner, struct site *site, struct target *target)
{
	struct holder *holder = arena_new(&planner->arena, struct holder);

	holder->site = site;
	holder->target = target;
	return holder;
}

/* What is expected of a site for all namespaces: the hosts of its realm. */
static void reserve(struct planner *planner, struct site *site)
{
	size_t count = planner->realms[site->realm].hosts.count;

	if (site->namespace.len)
		return;
	map_reserve(&site->hosts, count);
	map_reserve(&site->names.wishes, count * 2);
}

static struct site *site_new(struct planner *planner, uint32_t realm, struct str namespace)
{
	struct model_realm *served = planner->model->realms[realm];
	struct site *site = arena_new(&planner->arena, struct site);

	site->realm = realm;
	site->plan = &planner->realms[realm].gateway;
	site->namespace = namespace;
	site->gateway = holder_new(planner, site, gateway_target(planner, site->plan, namespace));
	site->gateway->exists = site->plan->exists;
	map_init(&site->hosts, &planner->arena);
	map_init(&site->l4, &planner->arena);
	names_init(&site->names, &planner->wishes);
	reserve(planner, site);
	ARENA_PUSH(&planner->arena, planner->sites, planner->site_count, site);
	ARENA_PUSH(planner->model->arena, served->gateways, served->gateway_count,
		   site->gateway->target);
	return site;
}

static struct str site_key(const struct planner *planner, struct str namespace)
{
	return planner->options->topology == TOPOLOGY_NAMESPACE ? namespace : STR("");
}

static struct site *site_at(struct planner *planner, uint32_t realm, struct str namespace)
{
	struct str key = site_key(planner, namespace);
	struct site **place = (struct site **)map_at(&planner->realms[realm].sites, key);

	if (!*place)
		*place = site_new(planner, realm, key);
	return *place;
}

/* ---- units ---- */

static struct unit *unit_new(struct planner *planner, struct site *site, struct str hostname)
{
	struct unit *unit = arena_new(&planner->arena, struct unit);

	unit->hostname = hostname;
	ARENA_PUSH(&planner->arena, site->units, site->unit_count, unit);
	return unit;
}

/* "<host>-http"; the hostless one is just "http". */
static struct str listener_wish(struct planner *planner, struct str hostname, const char *suffix)
{
	struct arena_mark mark = arena_mark(&planner->scratch);
	struct str name;

	if (!hostname.len)
		return str_dup(&planner->arena, str_from(suffix));
	name = name_join(&planner->arena, GATEWAY_NAME, name_from_host(&planner->scratch, hostname),
			 str_from(suffix), STR(""));
	arena_rewind(&planner->scratch, mark);
	return name;
}

static struct listener *listener_new(struct planner *planner, struct site *site,
				     struct str hostname, const char *suffix)
{
	struct listener *listener = arena_new(&planner->arena, struct listener);

	listener->hostname = hostname;
	listener->name = listener_wish(planner, hostname, suffix);
	names_wish_once(&site->names, listener->name);
	return listener;
}

static void add_http(struct planner *planner, struct site *site, struct unit *unit)
{
	unit->http = listener_new(planner, site, unit->hostname, "http");
	unit->http->port = planner->options->http_port;
	unit->http->protocol = "HTTP";
}

static void add_https(struct planner *planner, struct site *site, struct unit *unit)
{
	unit->https = listener_new(planner, site, unit->hostname, "https");
	unit->https->port = planner->options->https_port;
	unit->https->protocol = "HTTPS";
	unit->https->host = unit->host;
}

static bool has_rule_in(const struct planned_host *host, struct str namespace)
{
	for (size_t i = 0; i < host->rule_count; i++)
		if (str_eq(host->rules[i]->rule->namespace, namespace))
			return true;
	return false;
}

/* The namespace in which the listeners of a host stand. It has one address, so routes of all its namespaces attach
 * to one Gateway: that of the oldest Ingress with a rule that is written, else of whoever named it. */
static struct str home_of(const struct planned_host *host)
{
	const struct model_host *of = host->host;

	for (size_t i = 0; i < of->owner_count; i++)
		if (!host->rule_count || has_rule_in(host, of->owners[i]->namespace))
			return of->owners[i]->namespace;
	if (host->rule_count)
		return host->rules[0]->rule->namespace;
	return of->origin.object ? of->origin.object->namespace : STR("");
}

static void add_host(struct planner *planner, struct planned_host *host)
{
	const struct model_host *of = host->host;
	bool homeless = !host->rule_count && !of->owner_count && !of->origin.object;
	struct site *site;
	struct unit *unit;

	if (!host->listen || (homeless && planner->options->topology == TOPOLOGY_NAMESPACE))
		return;
	site = site_at(planner, of->realm, home_of(host));
	unit = unit_new(planner, site, of->name);
	*map_at(&site->hosts, of->name) = unit;
	host->unit = unit;
	unit->host = of;
	unit->key = metadata_of_host(planner, of, host->listen & LISTEN_HTTPS);
	if (host->listen & LISTEN_HTTP)
		add_http(planner, site, unit);
	if (host->listen & LISTEN_HTTPS)
		add_https(planner, site, unit);
}

static struct str l4_key(struct planner *planner, const struct model_l4 *l4)
{
	static const char *const protocols[] = {
		[L4_TLS] = "TLS", [L4_TCP] = "TCP", [L4_UDP] = "UDP"};

	return str_format(&planner->arena, "%s %u %.*s", protocols[l4->kind], l4->port,
			  STR_ARG(l4->kind == L4_TLS ? l4->hostname : STR("")));
}

static struct listener *l4_listener(struct planner *planner, struct site *site,
				    const struct model_l4 *l4)
{
	char suffix[32];
	struct listener *listener;

	if (l4->kind == L4_TLS) {
		listener = listener_new(planner, site, l4->hostname, "tls-passthrough");
		listener->protocol = "TLS";
		listener->port = l4->port ? l4->port : planner->options->https_port;
		return listener;
	}
	snprintf(suffix, sizeof suffix, "%s-%u", l4->kind == L4_TCP ? "tcp" : "udp", l4->port);
	listener = listener_new(planner, site, STR(""), suffix);
	listener->protocol = l4->kind == L4_TCP ? "TCP" : "UDP";
	listener->port = l4->port;
	return listener;
}

static struct unit *l4_unit(struct planner *planner, const struct model_l4 *l4)
{
	struct site *site = site_at(planner, l4->realm, l4->namespace);
	struct unit **place = (struct unit **)map_at(&site->l4, l4_key(planner, l4));

	if (!*place) {
		struct unit *host = l4->kind == L4_TLS ? map_get(&site->hosts, l4->hostname) : NULL;
		bool joins = host && !host->tls && !host->https;
		struct unit *unit = joins ? host : unit_new(planner, site, l4->hostname);

		*place = unit;
		if (!joins) {
			unit->owner = l4->origin.object;
			unit->key = metadata_of_owner(planner, unit->owner);
		}
		*(l4->kind == L4_TLS ? &unit->tls : &unit->port) = l4_listener(planner, site, l4);
	}
	return *place;
}

/* ---- who stands where ---- */

static unsigned unit_size(const struct unit *unit)
{
	return !!unit->http + !!unit->https + !!unit->tls + !!unit->port;
}

static bool same_key(const struct metadata_key *a, const struct metadata_key *b)
{
	return str_eq(a->issuer, b->issuer) && str_eq(a->target, b->target) &&
	       (!a->issuer.len || str_eq(a->namespace, b->namespace));
}

/* cert-manager takes a listener's Secret only in the namespace of the object it stands in. */
static bool key_fits(const struct metadata_key *key, struct str namespace)
{
	return !key->issuer.len || str_eq(key->namespace, namespace);
}

/* Which annotations the Gateway itself can carry: none when a host on it must not have them. */
static struct metadata_key gateway_key(const struct site *site)
{
	struct str namespace = site->gateway->target->namespace;
	bool no_target = false;

	for (size_t i = 0; i < site->unit_count; i++) {
		const struct unit *unit = site->units[i];

		if (unit->key.target.len || unit->key.issuer.len)
			continue;
		if (unit->https)
			return (struct metadata_key){0};
		no_target = true;
	}
	for (size_t i = 0; i < site->unit_count; i++) {
		const struct metadata_key *key = &site->units[i]->key;

		if (key_fits(key, namespace) && (key->issuer.len || key->target.len) &&
		    !(no_target && key->target.len))
			return *key;
	}
	return (struct metadata_key){0};
}

/* An issuer on an object says nothing to a listener without a certificate. */
static bool unit_fits(const struct unit *unit, const struct metadata_key *key)
{
	if (!unit->https)
		return str_eq(unit->key.target, key->target);
	return same_key(&unit->key, key);
}

/* Mostly the name it wished for; another one outlives the wishes. */
static void name_listener(struct planner *planner, struct names *names, struct listener *listener)
{
	struct str name = names_get(names, GATEWAY_NAME, listener->name, listener->hostname);

	if (name.at != listener->name.at)
		listener->name = str_dup(&planner->arena, name);
}

static void place_unit(struct planner *planner, struct holder *holder, struct unit *unit)
{
	struct listener *listeners[] = {unit->http, unit->https, unit->tls, unit->port};

	for (size_t i = 0; i < sizeof listeners / sizeof *listeners; i++) {
		if (!listeners[i])
			continue;
		listeners[i]->holder = holder;
		listeners[i]->index = holder->listener_count++;
		name_listener(planner, &holder->site->names, listeners[i]);
	}
	ARENA_PUSH(&planner->arena, holder->units, holder->unit_count, unit);
}

/* The listeners of a certificate that cert-manager makes. They stand together, as long as they fit into one
 * object: one object owns the Certificate, and only its listeners are named in it. */
struct bundle {
	const struct unit *first;
	struct holder *holder; /* with those that stand already; NULL: none does */
	unsigned size;         /* of the others */
	bool kept;             /* they have places there */
};

/* Equal for units that may stand together. */
static struct str key_text(struct planner *planner, const struct metadata_key *key)
{
	struct arena_mark mark = arena_mark(&planner->scratch);
	struct str text =
		planner_text(planner, STR_JOIN(&planner->scratch, key->namespace, STR("|"),
					       key->target, STR("|"), key->issuer));

	arena_rewind(&planner->scratch, mark);
	return text;
}

static struct str secret_of(const struct unit *unit)
{
	return unit->host->certificates[0].secret;
}

static bool is_of(const struct bundle *bundle, const struct unit *unit)
{
	return str_eq(secret_of(bundle->first), secret_of(unit)) &&
	       same_key(&bundle->first->key, &unit->key);
}

static uint32_t hash_of_bundle(const struct unit *unit)
{
	uint32_t hash = map_hash(secret_of(unit)) * 31 + map_hash(unit->key.namespace);

	return (hash * 31 + map_hash(unit->key.target)) * 31 + map_hash(unit->key.issuer);
}

/* By the place of the unit; NULL for one without such a certificate. */
static struct bundle **find_bundles(struct arena *arena, const struct site *site)
{
	struct bundle **found = arena_array(arena, struct bundle *, site->unit_count);
	struct bundle *bundles = arena_array(arena, struct bundle, site->unit_count);
	struct chains chains;
	uint32_t count = 0;

	chains_init(&chains, arena, site->unit_count);
	for (size_t i = 0; i < site->unit_count; i++) {
		const struct unit *unit = site->units[i];
		uint32_t at, hash;

		if (!unit->https || !unit->key.issuer.len)
			continue;
		hash = hash_of_bundle(unit);
		at = chains_first(&chains, hash);
		while (at && !is_of(&bundles[at - 1], unit))
			at = chains_next(&chains, at);
		if (!at) {
			bundles[count++].first = unit;
			chains_add(&chains, hash, at = count);
		}
		found[i] = &bundles[at - 1];
		found[i]->size += unit_size(unit);
	}
	return found;
}

static unsigned places_left(const struct holder *holder)
{
	return GATEWAY_LISTENERS - holder->listener_count - holder->kept;
}

/* Whether the unit may go there, and what belongs to it after it. */
static bool has_room(const struct holder *holder, const struct bundle *bundle,
		     const struct unit *unit, unsigned left)
{
	if (bundle && bundle->holder)
		return bundle->holder == holder && (bundle->kept || unit_size(unit) <= left);
	return (bundle && bundle->size <= GATEWAY_LISTENERS ? bundle->size : unit_size(unit)) <=
	       left;
}

/* Notes that the unit stands there, and keeps places for what belongs to it. */
static void grow(struct bundle *bundle, struct holder *holder, const struct unit *unit)
{
	unsigned size = unit_size(unit);

	bundle->size -= size;
	if (bundle->kept) {
		holder->kept -= size;
	} else if (bundle->holder != holder && bundle->size + size <= GATEWAY_LISTENERS) {
		bundle->kept = true;
		holder->kept += bundle->size;
	}
	bundle->holder = holder;
}

/* The ListenerSet with room for the unit among those with the same annotations. */
static struct holder *set_for(struct planner *planner, struct site *site, struct map *families,
			      const struct unit *unit, const struct bundle *bundle)
{
	struct metadata_key key = unit->key;
	struct holder **place = (struct holder **)map_at(families, key_text(planner, &key));
	struct holder *open = bundle && bundle->holder ? bundle->holder : *place;

	if (open && open != site->gateway && has_room(open, bundle, unit, places_left(open)))
		return open;

	/* Beside the Secrets when cert-manager fills them, else beside the Gateway; for a Gateway
	 * that is there already, in the namespace of the routes. */
	struct str home = site->gateway->exists && site->namespace.len
				  ? site->namespace
				  : site->gateway->target->namespace;

	open = holder_new(
		planner, site,
		target_new(planner, "ListenerSet", key.issuer.len ? key.namespace : home, STR("")));
	open->key = key;
	ARENA_PUSH(&planner->arena, site->sets, site->set_count, open);
	return *place = open;
}

/* Two Gateways that are there already may have one name in two namespaces; their ListenerSets may stand
 * in the same one. */
static struct str name_of_sets(const struct site *site)
{
	return site->plan->sets.len ? site->plan->sets : site->gateway->target->name;
}

/* `<gateway>-<n>`, padded so that the order of names is the order of the sets. */
static void name_sets(struct planner *planner, struct site *site)
{
	char digits[24];
	int width = snprintf(digits, sizeof digits, "%zu", site->set_count);

	for (size_t i = 0; i < site->set_count; i++) {
		snprintf(digits, sizeof digits, "%0*zu", width, i + 1);
		site->sets[i]->target->name =
			name_join(planner->model->arena, GATEWAY_NAME, name_of_sets(site),
				  str_from(digits), STR(""));
	}
}

struct distribution {
	bool all;      /* what fits the Gateway's annotations fits its 64 places too */
	bool hostless; /* some unit without hostname fits */
	struct metadata_key key;
};

static struct distribution survey(const struct planner *planner, const struct site *site)
{
	struct distribution survey = {.key = gateway_key(site)};
	unsigned total = 0;

	for (size_t i = 0; i < site->unit_count; i++) {
		if (!unit_fits(site->units[i], &survey.key))
			continue;
		total += unit_size(site->units[i]);
		survey.hostless |= !site->units[i]->hostname.len;
	}
	survey.all = total <= GATEWAY_LISTENERS && !planner->options->listener_sets;
	return survey;
}

static bool stays(const struct planner *planner, const struct distribution *survey,
		  const struct holder *gateway, const struct unit *unit,
		  const struct bundle *bundle)
{
	unsigned left = places_left(gateway);

	if (gateway->exists || !unit_fits(unit, &survey->key) ||
	    !has_room(gateway, bundle, unit, left))
		return false;
	if (survey->all)
		return true;
	if (survey->hostless)
		return !unit->hostname.len;
	return !planner->options->listener_sets;
}

/* Every listener belongs into a ListenerSet, by choice or because the Gateway's annotations are not for it: the Gateway
 * gets one of its own that no route uses, since the API demands one. One without hostname stays, which it would be like. */
static void add_spare(struct planner *planner, struct site *site)
{
	struct unit *unit = arena_new(&planner->arena, struct unit);

	unit->http = listener_new(planner, site, STR(""), "unused");
	unit->http->port = planner->options->http_port;
	unit->http->protocol = "HTTP";
	site->gateway->spare = true;
	place_unit(planner, site->gateway, unit);
}

static void distribute_unit(struct planner *planner, const struct distribution *plan,
			    struct site *site, struct unit *unit, struct map *families,
			    struct bundle *bundle)
{
	bool here = stays(planner, plan, site->gateway, unit, bundle);
	struct holder *holder =
		here ? site->gateway : set_for(planner, site, families, unit, bundle);

	place_unit(planner, holder, unit);
	if (bundle)
		grow(bundle, holder, unit);
}

static void distribute(struct planner *planner, struct site *site)
{
	struct distribution plan = survey(planner, site);
	struct bundle **bundles = find_bundles(&planner->wishes, site);
	struct map families;

	map_init(&families, &planner->arena);
	site->gateway->key = plan.key;
	for (size_t i = 0; i < site->unit_count; i++)
		distribute_unit(planner, &plan, site, site->units[i], &families, bundles[i]);
	if (!site->gateway->exists && !site->gateway->unit_count)
		add_spare(planner, site);
	name_sets(planner, site);
}

void listeners_plan(struct planner *planner)
{
	arena_init(&planner->wishes);
	for (size_t i = 0; i < planner->host_count; i++)
		add_host(planner, &planner->hosts[i]);
	for (size_t i = 0; i < planner->l4_route_count; i++)
		planner->l4_routes[i].unit = l4_unit(planner, planner->l4_routes[i].l4);
	for (size_t i = 0; i < planner->closed_count; i++)
		l4_unit(planner, planner->closed[i]);
	for (size_t i = 0; i < planner->site_count; i++)
		distribute(planner, planner->sites[i]);
	arena_finish(&planner->wishes);
}

/* ---- use by routes ---- */

void listener_attach(struct planner *planner, struct listener *listener, struct str namespace)
{
	if (listener->namespace_count &&
	    str_eq(listener->namespaces[listener->namespace_count - 1], namespace))
		return;
	ARENA_PUSH(&planner->arena, listener->namespaces, listener->namespace_count, namespace);
}

void listener_parent(struct planner *planner, struct node *list, const struct listener *listener,
		     struct str namespace)
{
	struct arena *arena = &planner->scratch;
	const struct target *target = listener->holder->target;
	struct node *parent = node_push_map(arena, list);

	if (strcmp(target->kind, "Gateway") != 0)
		node_set_string(arena, parent, "kind", str_from(target->kind));
	node_set_string(arena, parent, "name", target->name);
	if (!str_eq(target->namespace, namespace))
		node_set_string(arena, parent, "namespace", target->namespace);
	node_set_string(arena, parent, "sectionName", listener->name);
}
