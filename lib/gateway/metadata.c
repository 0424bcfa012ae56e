#include <string.h>

#include "base/sort.h"
#include "gateway/planner.h"
#include "kube/names.h"

/* Where a key works after the migration: cert-manager's gateway-shim reads the object with the
 * listeners, external-dns reads targets there and everything else on the route. */
enum place { PLACE_NONE, PLACE_ISSUER, PLACE_TARGET, PLACE_ROUTE };

static enum place place_of(struct str key)
{
	static const char *const dns[] = {"external-dns.alpha.kubernetes.io/",
					  "external-dns.kubernetes.io/"};

	if (str_starts(key, "cert-manager.io/") || str_starts(key, "acme.cert-manager.io/") ||
	    str_is(key, "kubernetes.io/tls-acme"))
		return PLACE_ISSUER;
	for (size_t i = 0; i < sizeof dns / sizeof *dns; i++)
		if (str_starts(key, dns[i]))
			return str_ends(key, "/target") ? PLACE_TARGET : PLACE_ROUTE;
	return PLACE_NONE;
}

bool plan_moves_annotation(struct str key)
{
	return place_of(key) != PLACE_NONE;
}

const char *plan_annotation_words(struct str key)
{
	static const char *const words[] = {
		[PLACE_NONE] = NULL,
		[PLACE_ISSUER] =
			"cert-manager reads it from the object that has the listeners, so it "
			"moves to the Gateway or ListenerSet whose certificates it asks "
			"for; Gateway API has to be switched on in cert-manager.",
		[PLACE_TARGET] = "external-dns reads it from the Gateway, so it moves there.",
		[PLACE_ROUTE] =
			"external-dns reads it from routes, so it moves to the HTTPRoutes of "
			"the Ingress.",
	};

	return words[place_of(key)];
}

/* ---- what a host asks for ---- */

/* All annotations of one place as a text that is equal when they are. */
static struct str place_text(struct planner *planner, const struct kube_meta *owner,
			     enum place place)
{
	struct arena_mark mark = arena_mark(&planner->scratch);
	struct str text = {0};

	for (size_t i = 0; i < owner->annotations.count; i++) {
		const struct kube_pair *pair = &owner->annotations.at[i];

		if (place_of(pair->key) == place)
			text = STR_JOIN(&planner->scratch, text, pair->key, STR("="), pair->value,
					STR("\n"));
	}
	if (text.len)
		text = planner_text(planner, text);
	arena_rewind(&planner->scratch, mark);
	return text;
}

/* ingress-shim makes certificates for spec.tls of the annotated Ingress, so the annotations of
 * others do not count: their Secret is in another namespace, or nobody issues it. Without the Ingresses the
 * namespace decides. */
static bool issues_for(const struct planner *planner, const struct kube_meta *owner,
		       const struct model_host *host)
{
	if (planner->set)
		return issued_by(planner, host, owner);
	for (size_t i = 0; i < host->certificate_count; i++)
		if (str_eq(host->certificates[i].namespace, owner->namespace))
			return true;
	return false;
}

static void ask_issuer(struct planner *planner, struct metadata_key *key,
		       const struct kube_meta *owner)
{
	key->issuer = place_text(planner, owner, PLACE_ISSUER);
	key->namespace = owner->namespace;
	key->asker = key->issuer.len ? owner : NULL;
}

static void ask(struct planner *planner, struct metadata_key *key, const struct kube_meta *owner,
		bool issuer)
{
	if (issuer && !key->issuer.len)
		ask_issuer(planner, key, owner);
	if (!key->target.len)
		key->target = place_text(planner, owner, PLACE_TARGET);
}

struct metadata_key metadata_of_host(struct planner *planner, const struct model_host *host,
				     bool https)
{
	struct metadata_key key = {0};

	for (size_t i = 0; i < host->owner_count; i++)
		if (host->owners[i]->annotations.count)
			ask(planner, &key, host->owners[i],
			    https && issues_for(planner, host->owners[i], host));
	if (!host->owner_count && host->origin.object)
		ask(planner, &key, host->origin.object, false);
	/* An Ingress that has no rule for the host may name it in spec.tls. */
	if (https && !key.issuer.len) {
		const struct kube_meta *other = issued_for(planner, host);

		if (other)
			ask_issuer(planner, &key, other);
	}
	return key;
}

struct metadata_key metadata_of_owner(struct planner *planner, const struct kube_meta *owner)
{
	struct metadata_key key = {0};

	if (owner)
		ask(planner, &key, owner, false);
	return key;
}

/* ---- accounting ---- */

static struct origin pair_origin(struct planner *planner, const struct kube_meta *owner,
				 const struct kube_pair *pair)
{
	return (struct origin){
		.object = owner,
		.span = pair->key_span,
		.field = str_format(planner->findings->arena, "metadata.annotations[%.*s]",
				    STR_ARG(pair->key)),
	};
}

/* Each annotation is accounted for once, whatever the number of objects it went to. */
static bool is_done(const struct ledger_item *item)
{
	return item && item->outcome != OUTCOME_OPEN;
}

static void word_move(struct planner *planner, const struct kube_pair *pair,
		      const struct target *target)
{
	struct arena *arena = planner->findings->arena;

	planner->moved.target = target;
	planner->moved.key = pair->key;
	planner->moved.field = str_format(arena, "metadata.annotations[%.*s]", STR_ARG(pair->key));
	planner->moved.message =
		str_format(arena, "'%.*s' moved to %s %.*s/%.*s", STR_ARG(pair->key), target->kind,
			   STR_ARG(target->namespace), STR_ARG(target->name));
}

/* Those without which cert-manager does nothing. */
static bool names_issuer(struct str key)
{
	return str_is(key, "cert-manager.io/issuer") ||
	       str_is(key, "cert-manager.io/cluster-issuer") ||
	       str_is(key, "kubernetes.io/tls-acme");
}

/* cert-manager 1.20.0 release notes: ListenerSet support is alpha, behind a gate and a switch. */
static void say_needs(struct planner *planner, const struct origin *origin,
		      const struct target *target)
{
	if (planner->needs.target != target) {
		planner->needs.target = target;
		planner->needs.message = str_format(
			planner->findings->arena,
			"the issuer stands on ListenerSet %.*s/%.*s: only cert-manager 1.20 or "
			"later, "
			"with support for ListenerSets switched on, renews the certificate there",
			STR_ARG(target->namespace), STR_ARG(target->name));
	}
	planner_add(
		planner, "I2G629", origin, planner->needs.message,
		planner->options->gateway_exists
			? STR("switch it on before the Ingress is deleted")
			: STR("switch it on before the Ingress is deleted, or make the Gateway in "
			      "the namespace of the Secret (--gateway-namespace, "
			      "--topology=namespace)"));
}

static void moved(struct planner *planner, const struct kube_meta *owner,
		  const struct kube_pair *pair, const struct target *target)
{
	struct ledger_item *item = ledger_find(&planner->model->ledger, owner, pair->key);

	if (is_done(item))
		return;
	if (planner->moved.target != target || !str_eq(planner->moved.key, pair->key))
		word_move(planner, pair, target);

	struct origin origin = {owner, pair->key_span, planner->moved.field};

	planner_add(planner, "I2G604", &origin, planner->moved.message, STR(""));
	if (names_issuer(pair->key) && strcmp(target->kind, "ListenerSet") == 0)
		say_needs(planner, &origin, target);
	ledger_mark(item, OUTCOME_EXACT, "I2G604");
	ledger_target(item, target, TARGET_ANNOTATIONS, 0);
}

static void dropped(struct planner *planner, const struct kube_meta *owner,
		    const struct kube_pair *pair, const char *why)
{
	struct ledger_item *item = ledger_find(&planner->model->ledger, owner, pair->key);

	if (is_done(item))
		return;

	struct origin origin = pair_origin(planner, owner, pair);

	planner_say(planner, "I2G605", &origin, STR(""), "'%.*s' was not moved: %s",
		    STR_ARG(pair->key), why);
	ledger_mark(item, OUTCOME_REFUSED, "I2G605");
}

/* ---- writing ---- */

struct pairs {
	const struct kube_pair **at;
	size_t count;
};

static int compare_pairs(const void *a, const void *b)
{
	const struct kube_pair *const *x = a, *const *y = b;

	return str_cmp((*x)->key, (*y)->key);
}

static const struct kube_pair *find_pair(const struct pairs *pairs, struct str key)
{
	for (size_t i = 0; i < pairs->count; i++)
		if (str_eq(pairs->at[i]->key, key))
			return pairs->at[i];
	return NULL;
}

/* Adds the owner's annotations of a place; those that another owner has with a different value are
 * dropped. */
static void collect(struct planner *planner, struct pairs *pairs, const struct target *target,
		    const struct kube_meta *owner, enum place place)
{
	for (size_t i = 0; i < owner->annotations.count; i++) {
		const struct kube_pair *pair = &owner->annotations.at[i];

		if (place_of(pair->key) != place)
			continue;
		if (planner->apart) {
			planner->gave_up = true;
			return;
		}

		/* An Ingress from a file may have a key that no object in a cluster has. */
		if (names_wrong_qualified(pair->key)) {
			dropped(planner, owner, pair, "the API server takes no such key");
			continue;
		}

		const struct kube_pair *known = find_pair(pairs, pair->key);

		if (known && !str_eq(known->value, pair->value)) {
			dropped(planner, owner, pair,
				"another Ingress of the same object sets it to something else");
			continue;
		}
		if (!known)
			ARENA_PUSH(&planner->scratch, pairs->at, pairs->count, pair);
		moved(planner, owner, pair, target);
	}
}

static void write_pairs(struct planner *planner, struct node *metadata, struct pairs *pairs)
{
	struct arena *arena = &planner->scratch;

	if (!pairs->count)
		return;
	sort(pairs->at, pairs->count, sizeof *pairs->at, compare_pairs);

	struct node *annotations = node_set_map(arena, metadata, "annotations");

	for (size_t i = 0; i < pairs->count; i++)
		node_set_str(arena, annotations, pairs->at[i]->key,
			     node_string_new(arena, pairs->at[i]->value));
}

/* All units of a holder ask for the same, so the first one fills the list and the others only
 * account for theirs. */
static void collect_unit(struct planner *planner, struct pairs *pairs, const struct holder *holder,
			 const struct unit *unit)
{
	const struct metadata_key *key = &unit->key;

	for (size_t i = 0; unit->host && i < unit->host->owner_count; i++) {
		const struct kube_meta *owner = unit->host->owners[i];

		if (!owner->annotations.count)
			continue;
		if (key->issuer.len && issues_for(planner, owner, unit->host))
			collect(planner, pairs, holder->target, owner, PLACE_ISSUER);
		collect(planner, pairs, holder->target, owner, PLACE_TARGET);
	}
	if (unit->host && !unit->host->owner_count && unit->host->origin.object)
		collect(planner, pairs, holder->target, unit->host->origin.object, PLACE_TARGET);
	if (key->asker)
		collect(planner, pairs, holder->target, key->asker, PLACE_ISSUER);
	if (unit->owner)
		collect(planner, pairs, holder->target, unit->owner, PLACE_TARGET);
}

void metadata_write_holder(struct planner *planner, struct node *metadata,
			   const struct holder *holder)
{
	struct pairs pairs = {0};

	for (size_t i = 0; i < holder->unit_count; i++)
		collect_unit(planner, &pairs, holder, holder->units[i]);
	write_pairs(planner, metadata, &pairs);
}

void metadata_write_route(struct planner *planner, struct node *metadata,
			  const struct target *target, const struct kube_meta **owners,
			  size_t owner_count)
{
	struct pairs pairs = {0};

	for (size_t i = 0; i < owner_count; i++)
		collect(planner, &pairs, target, owners[i], PLACE_ROUTE);
	write_pairs(planner, metadata, &pairs);
}

/* cert-manager does nothing for an Ingress without spec.tls, so what is left of its annotations had
 * no effect. A route that was not written takes its DNS annotations along. */
void metadata_finish(struct planner *planner)
{
	const struct ledger *ledger = &planner->model->ledger;

	for (size_t i = 0; i < ledger->count; i++) {
		struct ledger_item *item = ledger_at(ledger, i);
		enum place place;

		if (item->kind != ITEM_ANNOTATION || item->outcome != OUTCOME_OPEN || !item->owner)
			continue;
		place = place_of(ledger_name(item));
		if (place == PLACE_NONE)
			continue;
		if (place == PLACE_ISSUER) {
			ledger_mark(item, OUTCOME_INERT, NULL);
			continue;
		}

		const struct kube_pair *pair = &item->owner->annotations.at[item->rule];

		dropped(planner, item->owner, pair, "no route of its Ingress was written");
		ledger_mark(item, OUTCOME_REFUSED, "I2G605");
	}
}
