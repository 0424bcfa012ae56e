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

/* "namespace/secret host", until the next one is made; without a host that of the Secret. */
static struct str name_key(struct planner *planner, struct str namespace, struct str secret,
			   struct str host)
{
	return STR_JOIN(&planner->scratch, namespace, STR("/"), secret, STR(" "), host);
}

/* The place of that key in a map whose keys outlive the scratch arena. */
static void **place_of_name(struct planner *planner, struct map *map, struct str namespace,
			    struct str secret, struct str host)
{
	struct arena_mark mark = arena_mark(&planner->scratch);
	struct str key = planner_text(planner, name_key(planner, namespace, secret, host));

	arena_rewind(&planner->scratch, mark);
	return map_at(map, key);
}

static void *find_name(struct planner *planner, const struct map *map, struct str namespace,
		       struct str secret, struct str host)
{
	struct arena_mark mark = arena_mark(&planner->scratch);
	void *found = map_get(map, name_key(planner, namespace, secret, host));

	arena_rewind(&planner->scratch, mark);
	return found;
}

/* ---- who asks ---- */

/* Stands for a host; no host name has a slash. */
static struct str name_of_asker(struct planner *planner, const struct kube_meta *ingress)
{
	return STR_JOIN(&planner->scratch, STR("/"), ingress->name);
}

static void note_name(struct planner *planner, struct kube_ingress *ingress, struct str secret,
		      struct str name)
{
	void **place =
		place_of_name(planner, &planner->issued, ingress->meta.namespace, secret, name);

	if (!*place)
		*place = ingress;
}

static void note_names(struct planner *planner, struct kube_ingress *ingress)
{
	for (size_t i = 0; i < ingress->tls_count; i++) {
		const struct kube_tls *tls = &ingress->tls[i];
		struct arena_mark mark = arena_mark(&planner->scratch);

		if (!tls->secret.text.len || !tls->host_count)
			continue;
		note_name(planner, ingress, tls->secret.text,
			  name_of_asker(planner, &ingress->meta));
		for (size_t h = 0; h < tls->host_count; h++)
			note_name(planner, ingress, tls->secret.text,
				  str_lower(&planner->scratch, tls->hosts[h].text));
		arena_rewind(&planner->scratch, mark);
	}
}

void issued_plan(struct planner *planner)
{
	const struct kube_set *set = planner->set;

	map_init(&planner->issued, &planner->arena);
	for (size_t i = 0; set && i < set->ingress_count; i++)
		if (asks(planner, &set->ingresses[i]->meta))
			note_names(planner, set->ingresses[i]);
}

static const struct kube_ingress *asker_of(struct planner *planner, const struct model_host *host,
					   struct str name)
{
	const struct kube_ingress *found = NULL;

	for (size_t i = 0; planner->issued.count && !found && i < host->certificate_count; i++)
		found = find_name(planner, &planner->issued, host->certificates[i].namespace,
				  host->certificates[i].secret, name);
	return found;
}

const struct kube_meta *issued_for(struct planner *planner, const struct model_host *host)
{
	const struct kube_ingress *ingress = asker_of(planner, host, host->name);

	return ingress ? &ingress->meta : NULL;
}

bool issued_by(struct planner *planner, const struct model_host *host,
	       const struct kube_meta *owner)
{
	struct arena_mark mark = arena_mark(&planner->scratch);
	const struct kube_ingress *ingress = asker_of(planner, host, name_of_asker(planner, owner));

	arena_rewind(&planner->scratch, mark);
	return ingress && &ingress->meta == owner;
}

/* ---- names that are lost ---- */

/* Where the listeners of each Secret stand, and which names they have there. */
struct written {
	struct map homes; /* "namespace/secret " -> struct holder, the first with an issuer */
	struct map names; /* "namespace/secret host" -> the same */
};

static void note_unit(struct planner *planner, struct written *written, struct holder *holder,
		      const struct unit *unit)
{
	const struct model_host *host = unit->host;

	for (size_t i = 0; unit->https && i < host->certificate_count; i++) {
		const struct model_certificate *certificate = &host->certificates[i];
		void **home;

		if (!str_eq(certificate->namespace, holder->target->namespace))
			continue;
		home = place_of_name(planner, &written->homes, certificate->namespace,
				     certificate->secret, STR(""));
		if (!*home)
			*home = holder;
		if (*home == holder)
			*place_of_name(planner, &written->names, certificate->namespace,
				       certificate->secret, host->name) = holder;
	}
}

static void note_holder(struct planner *planner, struct written *written, struct holder *holder)
{
	for (size_t i = 0; holder->key.issuer.len && i < holder->unit_count; i++)
		note_unit(planner, written, holder, holder->units[i]);
}

static void note_written(struct planner *planner, struct written *written)
{
	map_init(&written->homes, &planner->arena);
	map_init(&written->names, &planner->arena);
	for (size_t i = 0; i < planner->site_count; i++) {
		const struct site *site = planner->sites[i];

		note_holder(planner, written, site->gateway);
		for (size_t s = 0; s < site->set_count; s++)
			note_holder(planner, written, site->sets[s]);
	}
}

/* Itself, or a wildcard one label up, which covers it in a certificate. */
static bool is_named(struct planner *planner, const struct written *written, struct str namespace,
		     struct str secret, struct str host)
{
	size_t dot = str_find(host, '.');

	if (find_name(planner, &written->names, namespace, secret, host))
		return true;
	return dot != SIZE_MAX && !str_starts(host, "*.") &&
	       find_name(planner, &written->names, namespace, secret,
			 STR_JOIN(&planner->arena, STR("*"), str_from_pos(host, dot)));
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
static void check_entry(struct planner *planner, const struct written *written, struct map *lost,
			const struct kube_ingress *ingress, size_t entry)
{
	const struct kube_tls *tls = &ingress->tls[entry];
	const struct kube_meta *meta = &ingress->meta;

	for (size_t h = 0; tls->secret.text.len && h < tls->host_count; h++) {
		struct str host = str_lower(&planner->arena, tls->hosts[h].text);

		if (is_named(planner, written, meta->namespace, tls->secret.text, host))
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

void issued_check(struct planner *planner)
{
	const struct kube_set *set = planner->set;
	struct written written;
	struct map lost;

	if (!planner->issued.count)
		return;
	map_init(&lost, &planner->arena);
	note_written(planner, &written);
	for (size_t i = 0; i < set->ingress_count; i++)
		if (asks(planner, &set->ingresses[i]->meta))
			for (size_t t = 0; t < set->ingresses[i]->tls_count; t++)
				check_entry(planner, &written, &lost, set->ingresses[i], t);
	mark_lost(planner, &lost);
}
