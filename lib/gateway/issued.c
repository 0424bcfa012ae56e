/* Certificates that cert-manager makes, before and after.
 *
 * For an Ingress with an issuer it makes one of each entry of spec.tls: the hosts are its names (ingress-shim). For a
 * Gateway or ListenerSet with an issuer it makes one of each Secret that HTTPS listeners refer to: their host names
 * are its names, and a Certificate that another object owns is left alone (gateway-shim,
 * https://cert-manager.io/docs/usage/gateway/). So all hosts of an entry belong into one object, and one that has no
 * listener there falls out of the certificate when it is made again. */
#include "gateway/planner.h"

static bool has_issuer(const struct kube_meta *meta)
{
	const struct kube_pair *acme = kube_annotation(meta, "kubernetes.io/tls-acme");

	return kube_annotation(meta, "cert-manager.io/issuer") ||
	       kube_annotation(meta, "cert-manager.io/cluster-issuer") ||
	       (acme && str_is(acme->value, "true"));
}

/* Of the Ingresses in the input only those that are converted have a ledger. */
static bool asks(const struct planner *planner, const struct kube_meta *meta)
{
	return meta->annotations.count && has_issuer(meta) &&
	       ledger_find(&planner->model->ledger, meta, meta->annotations.at[0].key);
}

/* ---- the table ---- */

/* A name in a certificate, or the certificate itself, which has the name "". There is one for each host of each
 * entry of spec.tls, so the texts of a key stay where they are. */
struct issued_name {
	const struct kube_ingress *ingress; /* the first that asks */
	const struct kube_tls *tls;         /* its entry */
	struct str host;                    /* in lower case */
	size_t certificate;                 /* its place in the table */
	/* Of a certificate: the first with an issuer whose listeners refer to the Secret; of a name: the same if
	 * it has a listener for the host; NULL: none has. */
	const struct holder *holder;
};

struct name_key {
	struct str namespace, secret, host;
};

static uint32_t hash_of(const struct name_key *key)
{
	uint32_t hash = map_hash(key->secret) * 31 + map_hash(key->host);

	return hash * 31 + map_hash(key->namespace);
}

static bool has_key(const struct issued_name *name, const struct name_key *key)
{
	return str_eq(name->host, key->host) && str_eq(name->tls->secret.text, key->secret) &&
	       str_eq(name->ingress->meta.namespace, key->namespace);
}

/* NULL: nobody asks for it. */
static struct issued_name *find_name(const struct issued *issued, const struct name_key *key)
{
	uint32_t at = chains_first(&issued->chains, hash_of(key));

	while (at && !has_key(&issued->at[at - 1], key))
		at = chains_next(&issued->chains, at);
	return at ? &issued->at[at - 1] : NULL;
}

/* ---- who asks ---- */

/* Its place. `host` lasts. `certificate`: that of its certificate; SIZE_MAX: it is one. */
static size_t note_name(struct planner *planner, const struct kube_ingress *ingress,
			const struct kube_tls *tls, struct str host, size_t certificate)
{
	struct issued *issued = &planner->issued;
	const struct name_key key = {ingress->meta.namespace, tls->secret.text, host};
	const struct issued_name *found = find_name(issued, &key);
	size_t place = issued->count;

	if (found)
		return (size_t)(found - issued->at);
	issued->at[issued->count++] = (struct issued_name){
		.ingress = ingress,
		.tls = tls,
		.host = host,
		.certificate = certificate == SIZE_MAX ? place : certificate,
	};
	chains_add(&issued->chains, hash_of(&key), (uint32_t)issued->count);
	return place;
}

/* In lower case, as nearly all are written. */
static struct str lower(struct planner *planner, struct str host)
{
	for (size_t i = 0; i < host.len; i++)
		if (host.at[i] >= 'A' && host.at[i] <= 'Z')
			return str_lower(&planner->arena, host);
	return host;
}

static bool has_names(const struct kube_tls *tls)
{
	return tls->secret.text.len && tls->host_count;
}

static void note_names(struct planner *planner, const struct kube_ingress *ingress)
{
	for (size_t i = 0; i < ingress->tls_count; i++) {
		const struct kube_tls *tls = &ingress->tls[i];
		size_t certificate;

		if (!has_names(tls))
			continue;
		certificate = note_name(planner, ingress, tls, STR(""), SIZE_MAX);
		for (size_t h = 0; h < tls->host_count; h++)
			note_name(planner, ingress, tls, lower(planner, tls->hosts[h].text),
				  certificate);
	}
}

/* Finds out who asks; at most so many names and certificates are asked for. */
static size_t count_names(struct planner *planner)
{
	const struct kube_set *set = planner->set;
	size_t count = 0;

	planner->issued.asks = arena_array(&planner->arena, bool, set->ingress_count);
	for (size_t i = 0; i < set->ingress_count; i++) {
		const struct kube_ingress *ingress = set->ingresses[i];

		planner->issued.asks[i] = asks(planner, &ingress->meta);
		for (size_t t = 0; planner->issued.asks[i] && t < ingress->tls_count; t++)
			if (has_names(&ingress->tls[t]))
				count += 1 + ingress->tls[t].host_count;
	}
	return count;
}

/* The host's name in the first of its certificates that has it; NULL: none has. */
static struct issued_name *find_host(const struct issued *issued, const struct model_host *host)
{
	struct issued_name *found = NULL;

	for (size_t i = 0; !found && i < host->certificate_count; i++)
		found = find_name(issued,
				  &(struct name_key){host->certificates[i].namespace,
						     host->certificates[i].secret, host->name});
	return found;
}

void issued_plan(struct planner *planner)
{
	const struct kube_set *set = planner->set;
	const struct model *model = planner->model;
	struct issued *issued = &planner->issued;
	size_t room = set ? count_names(planner) : 0;

	if (!room)
		return;
	issued->at = arena_array(&planner->arena, struct issued_name, room);
	chains_init(&issued->chains, &planner->arena, room);
	for (size_t i = 0; i < set->ingress_count; i++)
		if (issued->asks[i])
			note_names(planner, set->ingresses[i]);
	issued->of_hosts =
		arena_array(&planner->arena, struct issued_name *, model->host_count + 1);
	for (size_t i = 0; i < model->host_count; i++)
		issued->of_hosts[i] = find_host(issued, model->hosts[i]);
}

static struct issued_name *name_of_host(const struct planner *planner,
					const struct model_host *host)
{
	return planner->issued.of_hosts ? planner->issued.of_hosts[host->place] : NULL;
}

/* Who asks for the name of the host in a certificate of it; NULL: nobody does. */
static const struct kube_ingress *asker_of(const struct planner *planner,
					   const struct model_host *host)
{
	const struct issued_name *name = name_of_host(planner, host);

	return name ? name->ingress : NULL;
}

const struct kube_meta *issued_for(const struct planner *planner, const struct model_host *host)
{
	const struct kube_ingress *ingress = asker_of(planner, host);

	return ingress ? &ingress->meta : NULL;
}

static bool names_certificate(const struct kube_ingress *ingress,
			      const struct model_certificate *certificate)
{
	if (!str_eq(ingress->meta.namespace, certificate->namespace))
		return false;
	for (size_t i = 0; i < ingress->tls_count; i++)
		if (has_names(&ingress->tls[i]) &&
		    str_eq(ingress->tls[i].secret.text, certificate->secret))
			return true;
	return false;
}

bool issued_by(const struct planner *planner, const struct model_host *host,
	       const struct kube_meta *owner)
{
	const struct kube_ingress *ingress = asker_of(planner, host);

	/* Most often it asks for this very host. */
	if (ingress && &ingress->meta == owner)
		return true;
	if (strcmp(owner->kind, "Ingress") != 0 || !asks(planner, owner))
		return false;
	/* Its first member is `meta`. */
	ingress = (const struct kube_ingress *)(const void *)owner;
	for (size_t i = 0; i < host->certificate_count; i++)
		if (names_certificate(ingress, &host->certificates[i]))
			return true;
	return false;
}

/* ---- names that are lost ---- */

/* "namespace/secret host", until the scratch arena is rewound. */
static struct str wildcard_key(struct planner *planner, const struct name_key *key)
{
	return STR_JOIN(&planner->scratch, key->namespace, STR("/"), key->secret, STR(" "),
			key->host);
}

/* The name of the host in one of its certificates, or the certificate where nobody asks for the name; NULL: nobody
 * asks for either. */
static struct issued_name *find_nearest(const struct planner *planner,
					const struct model_host *host, struct name_key key)
{
	struct issued_name *found = host->certificate_count == 1
					    ? name_of_host(planner, host)
					    : find_name(&planner->issued, &key);

	key.host = STR("");
	return found ? found : find_name(&planner->issued, &key);
}

static void note_certificate(struct planner *planner, struct map *wildcards,
			     const struct holder *holder,
			     const struct model_certificate *certificate,
			     const struct model_host *host)
{
	const struct name_key key = {certificate->namespace, certificate->secret, host->name};
	struct issued_name *name = find_nearest(planner, host, key), *home;

	if (!name || !str_eq(key.namespace, holder->target->namespace))
		return;
	home = &planner->issued.at[name->certificate];
	if (!home->holder)
		home->holder = holder;
	if (home->holder != holder)
		return;
	name->holder = holder;
	if (name == home && str_starts(host->name, "*.")) {
		struct arena_mark mark = arena_mark(&planner->scratch);

		*map_at(wildcards, planner_text(planner, wildcard_key(planner, &key))) = planner;
		arena_rewind(&planner->scratch, mark);
	}
}

static void note_holder(struct planner *planner, struct map *wildcards, const struct holder *holder)
{
	for (size_t i = 0; holder->key.issuer.len && i < holder->unit_count; i++) {
		const struct unit *unit = holder->units[i];

		for (size_t c = 0; unit->https && c < unit->host->certificate_count; c++)
			note_certificate(planner, wildcards, holder, &unit->host->certificates[c],
					 unit->host);
	}
}

/* Where the listeners of each Secret stand, and which names they have there. `wildcards` gets those that
 * nobody asks for. */
static void note_written(struct planner *planner, struct map *wildcards)
{
	for (size_t i = 0; i < planner->site_count; i++) {
		const struct site *site = planner->sites[i];

		note_holder(planner, wildcards, site->gateway);
		for (size_t s = 0; s < site->set_count; s++)
			note_holder(planner, wildcards, site->sets[s]);
	}
}

static bool has_listener(const struct planner *planner, const struct name_key *key)
{
	const struct issued_name *name = find_name(&planner->issued, key);

	return name && name->holder;
}

/* Itself, or a wildcard one label up, which covers it in a certificate. */
static bool is_named(struct planner *planner, const struct map *wildcards, struct name_key key)
{
	size_t dot = str_find(key.host, '.');

	if (has_listener(planner, &key))
		return true;
	if (dot == SIZE_MAX || str_starts(key.host, "*."))
		return false;
	key.host = STR_JOIN(&planner->scratch, STR("*"), str_from_pos(key.host, dot));
	return has_listener(planner, &key) || map_get(wildcards, wildcard_key(planner, &key));
}

static struct str entry_key(struct arena *arena, const struct kube_meta *ingress, size_t entry)
{
	return str_format(arena, "%.*s/%.*s %zu", STR_ARG(ingress->namespace),
			  STR_ARG(ingress->name), entry);
}

static void say_lost(struct planner *planner, const struct kube_ingress *ingress, size_t entry,
		     size_t at)
{
	const struct kube_tls *tls = &ingress->tls[entry];
	const struct origin origin = {
		.object = &ingress->meta,
		.span = tls->hosts[at].span,
		.field =
			str_format(planner->findings->arena, "spec.tls[%zu].hosts[%zu]", entry, at),
	};

	planner_say(planner, "I2G525", &origin,
		    STR("give the host a rule, or take the issuer off the listeners and write a "
			"Certificate with all its names"),
		    "no HTTPS listener for '%.*s' stands with the issuer: the certificate "
		    "'%.*s/%.*s' that cert-manager makes next does not name it",
		    STR_ARG(tls->hosts[at].text), STR_ARG(ingress->meta.namespace),
		    STR_ARG(tls->secret.text));
}

/* Notes the entry in `lost` when one of its hosts will not be named again. */
static void check_entry(struct planner *planner, const struct map *wildcards, struct map *lost,
			const struct kube_ingress *ingress, size_t entry)
{
	const struct kube_tls *tls = &ingress->tls[entry];
	const struct kube_meta *meta = &ingress->meta;

	for (size_t h = 0; has_names(tls) && h < tls->host_count; h++) {
		struct arena_mark mark = arena_mark(&planner->scratch);
		const struct name_key key = {
			meta->namespace,
			tls->secret.text,
			str_lower(&planner->scratch, tls->hosts[h].text),
		};
		bool named = is_named(planner, wildcards, key);

		arena_rewind(&planner->scratch, mark);
		if (named)
			continue;
		say_lost(planner, ingress, entry, h);
		*map_at(lost, entry_key(&planner->arena, meta, entry)) = planner;
	}
}

static void mark_lost(struct planner *planner, const struct map *lost)
{
	const struct ledger *ledger = &planner->model->ledger;

	for (size_t i = 0; lost->count && i < ledger->count; i++) {
		struct ledger_item *item = ledger_at(ledger, i);
		struct arena_mark mark = arena_mark(&planner->scratch);

		if (item->kind == ITEM_TLS &&
		    map_get(lost, entry_key(&planner->scratch, item->owner, item->rule)))
			ledger_mark(item, OUTCOME_APPROXIMATE, "I2G525");
		arena_rewind(&planner->scratch, mark);
	}
}

/* Most often every name has its listener, and then nothing is lost, whoever asks for it. */
static bool all_have_listeners(const struct issued *issued)
{
	for (size_t i = 0; i < issued->count; i++)
		if (issued->at[i].host.len && !issued->at[i].holder)
			return false;
	return true;
}

void issued_check(struct planner *planner)
{
	const struct kube_set *set = planner->set;
	struct map wildcards, lost;

	if (!planner->issued.count)
		return;
	map_init(&wildcards, &planner->arena);
	map_init(&lost, &planner->arena);
	note_written(planner, &wildcards);
	if (all_have_listeners(&planner->issued))
		return;
	for (size_t i = 0; i < set->ingress_count; i++)
		if (planner->issued.asks[i])
			for (size_t t = 0; t < set->ingresses[i]->tls_count; t++)
				check_entry(planner, &wildcards, &lost, set->ingresses[i], t);
	mark_lost(planner, &lost);
}
