#include "base/sort.h"
#include "gateway/limits.h"
#include "gateway/planner.h"

/* ---- namespaces ---- */

/* matchExpressions on the label that the API server puts on every Namespace. */
static void select_namespaces(struct arena *arena, struct node *namespaces, const struct str *names,
			      size_t count)
{
	struct node *selector = node_set_map(arena, namespaces, "selector");
	struct node *list = node_set_list(arena, selector, "matchExpressions");
	struct node *expression = node_push_map(arena, list);

	node_set_string(arena, expression, "key", STR("kubernetes.io/metadata.name"));
	node_set_string(arena, expression, "operator", STR("In"));

	struct node *values = node_set_list(arena, expression, "values");

	for (size_t i = 0; i < count; i++)
		node_push_string(arena, values, names[i]);
}

/* Opens to exactly these namespaces; `own` is that of the object with the listener. */
static void allow(struct arena *arena, struct node *parent, const struct str *names, size_t count,
		  struct str own)
{
	struct node *namespaces = node_set_map(arena, parent, "namespaces");
	bool same = !count || (count == 1 && str_eq(names[0], own));

	node_set_string(arena, namespaces, "from", same ? STR("Same") : STR("Selector"));
	if (!same)
		select_namespaces(arena, namespaces, names, count);
}

/* ---- listeners ---- */

static bool seen_before(const struct model_host *host, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (str_eq(host->certificates[i].secret, host->certificates[at].secret) &&
		    str_eq(host->certificates[i].namespace, host->certificates[at].namespace))
			return true;
	return false;
}

static void write_certificate(struct planner *planner, struct node *list,
			      const struct model_certificate *certificate,
			      const struct target *holder)
{
	struct arena *arena = &planner->scratch;
	struct node *ref = node_push_map(arena, list);

	node_set_string(arena, ref, "name", certificate->secret);
	if (!str_eq(certificate->namespace, holder->namespace))
		node_set_string(arena, ref, "namespace", certificate->namespace);
	grants_need(planner, (struct reference){
				     .from_kind = holder->kind,
				     .from_namespace = holder->namespace,
				     .to_group = "",
				     .to_kind = "Secret",
				     .to_namespace = certificate->namespace,
				     .to_name = certificate->secret,
			     });
}

/* cert-manager demands that the mode is written out. */
static void write_terminate(struct planner *planner, struct node *tls,
			    const struct listener *listener)
{
	struct arena *arena = &planner->scratch;
	const struct model_host *host = listener->host;

	node_set_string(arena, tls, "mode", STR("Terminate"));

	struct node *list = node_set_list(arena, tls, "certificateRefs");

	for (size_t i = 0; i < host->certificate_count; i++) {
		struct model_certificate *certificate = &host->certificates[i];

		if (list->count == GATEWAY_CERTIFICATES) {
			planner_say(planner, "I2G607", &host->origin, STR(""),
				    "'%.*s' has more than 64 certificates", STR_ARG(host->name));
			ledger_mark(certificate->item, OUTCOME_REFUSED, "I2G607");
			continue;
		}
		if (!seen_before(host, i))
			write_certificate(planner, list, certificate, listener->holder->target);
		ledger_mark(certificate->item, OUTCOME_EXACT, NULL);
		ledger_target(certificate->item, listener->holder->target, TARGET_LISTENER_TLS,
			      listener->index);
	}
}

static void write_tls(struct planner *planner, struct node *node, const struct listener *listener)
{
	struct arena *arena = &planner->scratch;

	if (strcmp(listener->protocol, "TLS") == 0)
		node_set_string(arena, node_set_map(arena, node, "tls"), "mode",
				STR("Passthrough"));
	else if (listener->host)
		write_terminate(planner, node_set_map(arena, node, "tls"), listener);
}

static void write_listener(struct planner *planner, struct node *list, struct listener *listener)
{
	struct arena *arena = &planner->scratch;

	if (!listener)
		return;

	struct node *node = node_push_map(arena, list);

	node_set_string(arena, node, "name", listener->name);
	if (listener->hostname.len)
		node_set_string(arena, node, "hostname", listener->hostname);
	node_set_int(arena, node, "port", listener->port);
	node_set_string(arena, node, "protocol", str_from(listener->protocol));
	write_tls(planner, node, listener);
	listener->namespace_count = sort_unique(listener->namespaces, listener->namespace_count);
	allow(arena, node_set_map(arena, node, "allowedRoutes"), listener->namespaces,
	      listener->namespace_count, listener->holder->target->namespace);
}

static void write_listeners(struct planner *planner, struct node *spec, const struct holder *holder)
{
	struct node *list = node_set_list(&planner->scratch, spec, "listeners");

	for (size_t i = 0; i < holder->unit_count; i++) {
		const struct unit *unit = holder->units[i];

		write_listener(planner, list, unit->http);
		write_listener(planner, list, unit->https);
		write_listener(planner, list, unit->tls);
		write_listener(planner, list, unit->port);
	}
	if (holder->spare)
		comment_add(planner, list->first,
			    STR("no route uses this listener; a Gateway must have one, and the "
				"hosts stand in ListenerSets"));
}

/* ---- objects ---- */

static void comment_holder(struct planner *planner, struct node *root, const struct holder *holder)
{
	struct owners owners = {0};

	if (!planner->options->comments)
		return;
	for (size_t i = 0; i < holder->unit_count; i++) {
		const struct unit *unit = holder->units[i];

		for (size_t j = 0; unit->host && j < unit->host->owner_count; j++)
			owners_add(&planner->arena, &owners, unit->host->owners[j]);
		if (unit->host && !unit->host->owner_count)
			owners_add(&planner->arena, &owners, unit->host->origin.object);
		owners_add(&planner->arena, &owners, unit->owner);
	}
	comment_owners(planner, root, &owners);
}

static void write_allowed_listeners(struct planner *planner, struct node *spec,
				    const struct site *site)
{
	struct arena *arena = &planner->scratch;

	if (!site->set_count)
		return;

	struct str *names = arena_array(arena, struct str, site->set_count);

	for (size_t i = 0; i < site->set_count; i++)
		names[i] = site->sets[i]->target->namespace;
	allow(arena, node_set_map(arena, spec, "allowedListeners"), names,
	      sort_unique(names, site->set_count), site->gateway->target->namespace);
}

/* Client certificates are validated for all HTTPS listeners of the Gateway (GEP-91). */
static void write_client_validation(struct planner *planner, struct node *spec,
				    const struct site *site)
{
	const struct model_client_validation *from =
		planner->model->realms[site->realm]->client_validation;
	const struct target *gateway = site->gateway->target;
	struct arena *arena = &planner->scratch;

	if (!from)
		return;

	struct node *frontend = node_set_map(arena, node_set_map(arena, spec, "tls"), "frontend");
	struct node *validation =
		node_set_map(arena, node_set_map(arena, frontend, "default"), "validation");
	struct node *ref =
		node_push_map(arena, node_set_list(arena, validation, "caCertificateRefs"));

	node_set_string(arena, ref, "group", STR(""));
	node_set_string(arena, ref, "kind", STR("ConfigMap"));
	node_set_string(arena, ref, "name", from->ca_config_map);
	if (!str_eq(from->namespace, gateway->namespace))
		node_set_string(arena, ref, "namespace", from->namespace);
	if (from->optional)
		node_set_string(arena, validation, "mode", STR("AllowInsecureFallback"));
	grants_need(planner, (struct reference){
				     .from_kind = "Gateway",
				     .from_namespace = gateway->namespace,
				     .to_group = "",
				     .to_kind = "ConfigMap",
				     .to_namespace = from->namespace,
				     .to_name = from->ca_config_map,
			     });
	ledger_mark(from->item, OUTCOME_EXACT, NULL);
	ledger_target(from->item, gateway, TARGET_CLIENT_CERTIFICATES, 0);
}

static void write_gateway(struct planner *planner, const struct site *site)
{
	struct arena *arena = &planner->scratch;
	const struct holder *gateway = site->gateway;
	struct node *root = object_new(planner, GATEWAY_VERSION, gateway->target);

	comment_holder(planner, root, gateway);
	metadata_write_holder(planner, node_get(root, "metadata"), gateway);

	struct node *spec = node_set_map(arena, root, "spec");

	node_set_string(arena, spec, "gatewayClassName", site->plan->class);
	write_allowed_listeners(planner, spec, site);
	write_client_validation(planner, spec, site);
	write_listeners(planner, spec, gateway);
	object_write(planner, gateway->target, ROLE_OPERATOR, root);
}

static void comment_existing(struct planner *planner, struct node *root, const struct holder *set)
{
	const struct target *gateway = set->site->gateway->target;
	struct str words;

	if (!set->site->gateway->exists)
		return;
	words = str_format(&planner->scratch,
			   "Gateway %.*s/%.*s must allow ListenerSets of namespace %.*s "
			   "(spec.allowedListeners)",
			   STR_ARG(gateway->namespace), STR_ARG(gateway->name),
			   STR_ARG(set->target->namespace));
	comment_add(planner, root, words);
	planner_say(planner, "I2G608", &(struct origin){0},
		    STR("without it no listener of the ListenerSet is accepted, and no route"),
		    "%.*s", STR_ARG(words));
}

static void write_set(struct planner *planner, const struct holder *set)
{
	struct arena *arena = &planner->scratch;
	const struct target *gateway = set->site->gateway->target;
	struct node *root = object_new(planner, GATEWAY_VERSION, set->target);

	comment_holder(planner, root, set);
	comment_existing(planner, root, set);
	metadata_write_holder(planner, node_get(root, "metadata"), set);

	struct node *spec = node_set_map(arena, root, "spec");
	struct node *parent = node_set_map(arena, spec, "parentRef");

	node_set_string(arena, parent, "name", gateway->name);
	if (!str_eq(gateway->namespace, set->target->namespace))
		node_set_string(arena, parent, "namespace", gateway->namespace);
	write_listeners(planner, spec, set);
	object_write(planner, set->target, ROLE_OPERATOR, root);
}

static int compare_sites(const void *a, const void *b)
{
	const struct site *const *x = a, *const *y = b;

	return target_compare((*x)->gateway->target, (*y)->gateway->target);
}

static int compare_sets(const void *a, const void *b)
{
	const struct holder *const *x = a, *const *y = b;

	return target_compare((*x)->target, (*y)->target);
}

static void write_sets(struct planner *planner)
{
	struct holder **sets = NULL;
	size_t count = 0;

	for (size_t i = 0; i < planner->site_count; i++)
		for (size_t j = 0; j < planner->sites[i]->set_count; j++)
			ARENA_PUSH(&planner->arena, sets, count, planner->sites[i]->sets[j]);
	sort(sets, count, sizeof *sets, compare_sets);
	for (size_t i = 0; i < count; i++)
		write_set(planner, sets[i]);
}

void holders_write(struct planner *planner)
{
	sort(planner->sites, planner->site_count, sizeof *planner->sites, compare_sites);
	for (size_t i = 0; i < planner->site_count; i++)
		if (!planner->sites[i]->gateway->exists)
			write_gateway(planner, planner->sites[i]);
	write_sets(planner);
}
