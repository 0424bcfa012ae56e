#include "gateway/limits.h"
#include "gateway/planner.h"
#include "kube/names.h"

/* ---- matches ---- */

static void write_fields(struct arena *arena, struct node *match, const char *key,
			 const struct model_field_match *fields, size_t count)
{
	if (!count)
		return;

	struct node *list = node_set_list(arena, match, key);

	for (size_t i = 0; i < count; i++) {
		struct node *field = node_push_map(arena, list);

		if (fields[i].regex)
			node_set_string(arena, field, "type", STR("RegularExpression"));
		node_set_string(arena, field, "name", fields[i].name);
		node_set_string(arena, field, "value", fields[i].value);
	}
}

static void write_match(struct arena *arena, struct node *list, const struct planned_rule *planned)
{
	const struct model_match *from = &planned->rule->match;
	struct node *match = node_push_map(arena, list);
	struct node *path = node_set_map(arena, match, "path");

	node_set_string(arena, path, "type", str_from(path_kind_name(from->path.kind)));
	node_set_string(arena, path, "value", planned->path);
	write_fields(arena, match, "headers", planned->headers, from->header_count);
	write_fields(arena, match, "queryParams", planned->query, from->query_count);
	if (from->method.len)
		node_set_string(arena, match, "method", from->method);
}

/* ---- what follows the filters ---- */

static void write_backends(struct planner *planner, struct node *node,
			   const struct model_rule *rule)
{
	struct arena *arena = &planner->scratch;

	if (!rule->backend_count)
		return;

	struct node *list = node_set_list(arena, node, "backendRefs");

	for (size_t i = 0; i < rule->backend_count; i++) {
		struct node *ref = node_push_map(arena, list);

		backend_write(planner, ref, &rule->backends[i], rule->namespace);
		if (rule->backend_count > 1)
			node_set_int(arena, ref, "weight", rule->backends[i].weight);
	}
}

/* Source controllers limit the silence between two reads, not the length of a request. */
static void write_timeouts(struct planner *planner, struct node *node,
			   const struct model_rule *rule)
{
	struct arena *arena = &planner->scratch;

	if (planner->options->unlimited_requests && rule->backend_count)
		node_set_string(arena, node_set_map(arena, node, "timeouts"), "request", STR("0s"));
}

static void write_retry(struct arena *arena, struct node *node, const struct model_retry *retry)
{
	struct node *map = node_set_map(arena, node, "retry");

	if (retry->attempts)
		node_set_int(arena, map, "attempts", retry->attempts);
	if (!retry->code_count)
		return;

	struct node *codes = node_set_list(arena, map, "codes");

	for (size_t i = 0; i < retry->code_count; i++)
		node_push(codes, node_int_new(arena, retry->codes[i]));
}

/* A duration has at most five digits a unit. */
static struct str duration(struct arena *arena, int64_t seconds)
{
	static const int64_t most = 99999;

	if (seconds <= most)
		return str_format(arena, "%llds", (long long)seconds);
	if (seconds / 3600 > most)
		return STR("99999h");
	return str_format(arena, "%lldh%lldm%llds", (long long)(seconds / 3600),
			  (long long)(seconds / 60 % 60), (long long)(seconds % 60));
}

static void write_session(struct arena *arena, struct node *node,
			  const struct model_session *session)
{
	struct node *map = node_set_map(arena, node, "sessionPersistence");

	if (session->cookie.len && session->cookie.len <= GATEWAY_SESSION_NAME)
		node_set_string(arena, map, "sessionName", session->cookie);
	node_set_string(arena, map, "type", STR("Cookie"));
	if (session->lifetime <= 0)
		return;
	node_set_string(arena, map, "absoluteTimeout", duration(arena, session->lifetime));
	node_set_string(arena, node_set_map(arena, map, "cookieConfig"), "lifetimeType",
			STR("Permanent"));
}

static void write_experimental(struct planner *planner, struct node *node,
			       const struct model_rule *rule)
{
	if (!planner->options->experimental || rule->redirect)
		return;
	if (rule->retry)
		write_retry(&planner->scratch, node, rule->retry);
	if (rule->session)
		write_session(&planner->scratch, node, rule->session);
}

/* ---- rules ---- */

/* Whether several Ingresses share the route: then each rule says which one it is from. */
static bool is_shared(const struct route *route)
{
	for (size_t i = 1; i < route->entry_count; i++)
		if (route->entries[i].planned->rule->origin.object !=
		    route->entries[0].planned->rule->origin.object)
			return true;
	return false;
}

static void comment_origin(struct planner *planner, struct node *node, const struct route *route,
			   const struct origin *origin)
{
	if (planner->options->comments && origin->object && is_shared(route))
		comment_add(planner, node, origin_words(planner, origin->object, origin->span));
}

static void comment_rule(struct planner *planner, struct node *node, const struct route *route,
			 const struct route_entry *entries, size_t count)
{
	struct str last = {0};

	comment_origin(planner, node, route, &entries->planned->rule->origin);
	for (size_t i = 0; i < count; i++) {
		const struct planned_rule *planned = entries[i].planned;
		struct str words =
			planned->note.len ? planned->note : str_from(planned->rule->comment);

		if (!str_eq(words, last))
			comment_add(planner, node, words);
		last = words;
	}
}

static void account_rule(const struct planned_rule *planned, const struct target *target,
			 unsigned index)
{
	struct model_rule *rule = planned->rule;

	ledger_mark(rule->path_item, OUTCOME_EXACT, NULL);
	ledger_target(rule->path_item, target, TARGET_RULE, index);
	ledger_mark(rule->host_item, OUTCOME_EXACT, NULL);
	ledger_target(rule->host_item, target, TARGET_RULE, index);
	for (size_t i = 0; i < rule->backend_count; i++) {
		/* Where the source answers an error, its backend has nothing to say. */
		ledger_mark(rule->backends[i].item, planned->blocks ? OUTCOME_INERT : OUTCOME_EXACT,
			    NULL);
		if (!planned->blocks)
			ledger_target(rule->backends[i].item, target, TARGET_RULE, index);
	}
}

/* Backends of filters, and what may be referred to in another namespace. */
static void account_backends(struct planner *planner, const struct model_rule *rule,
			     struct str namespace)
{
	static const char kind[] = "HTTPRoute";

	for (size_t i = 0; i < rule->mirror_count; i++) {
		backend_grant(planner, &rule->mirrors[i].backend, kind, namespace);
		ledger_mark(rule->mirrors[i].backend.item, OUTCOME_EXACT, NULL);
	}
	if (rule->ext_auth && planner->options->experimental) {
		backend_grant(planner, &rule->ext_auth->backend, kind, namespace);
		ledger_mark(rule->ext_auth->backend.item, OUTCOME_EXACT, NULL);
	}
	for (size_t i = 0; i < rule->backend_count; i++)
		backend_grant(planner, &rule->backends[i], kind, rule->namespace);
}

/* How many entries from `at` on are one rule. */
static size_t rule_length(const struct route *route, size_t at)
{
	size_t count = 1;

	while (at + count < route->entry_count && route->entries[at + count].joins)
		count++;
	return count;
}

/* All that a route means for others: the tree can be built apart from them. */
static void account(struct planner *planner, const struct route *route)
{
	unsigned index = 0;

	for (size_t at = 0, count; at < route->entry_count; at += count, index++) {
		const struct planned_rule *first = route->entries[at].planned;

		count = rule_length(route, at);
		for (size_t i = at; i < at + count; i++)
			account_rule(route->entries[i].planned, route->target, index);
		if (!first->blocks)
			account_backends(planner, first->rule, route->target->namespace);
	}
}

static void write_rule(struct planner *planner, struct node *list, const struct route *route,
		       size_t at, size_t count)
{
	struct arena *arena = &planner->scratch;
	const struct planned_rule *first = route->entries[at].planned;
	struct node *node = node_push_map(arena, list);
	struct node *matches = node_set_list(arena, node, "matches");

	comment_rule(planner, node, route, route->entries + at, count);
	for (size_t i = at; i < at + count; i++)
		write_match(arena, matches, route->entries[i].planned);
	if (first->blocks)
		return;
	filters_write(planner, node, first->rule, route->target->namespace);
	write_backends(planner, node, first->rule);
	write_timeouts(planner, node, first->rule);
	write_experimental(planner, node, first->rule);
}

static void write_rules(struct planner *planner, struct node *spec, const struct route *route)
{
	struct node *list = node_set_list(&planner->scratch, spec, "rules");

	for (size_t at = 0, count; at < route->entry_count; at += count) {
		count = rule_length(route, at);
		write_rule(planner, list, route, at, count);
	}
}

/* ---- the route ---- */

static void write_parents(struct planner *planner, struct node *spec, const struct route *route)
{
	const struct unit *unit = route->unit;
	struct node *list = node_set_list(&planner->scratch, spec, "parentRefs");

	if (route->listen & LISTEN_HTTP)
		listener_parent(planner, list, unit->http, route->target->namespace);
	if (route->listen & LISTEN_HTTPS)
		listener_parent(planner, list, unit->https, route->target->namespace);
}

/* Whether the API server takes a label, which an Ingress from a file need not have been shown. */
static bool is_legal_label(struct planner *planner, const struct kube_meta *owner,
			   const struct kube_pair *label)
{
	struct origin origin = {.object = owner, .span = label->key_span};

	if (!names_wrong_qualified(label->key) && !names_wrong_label_value(label->value))
		return true;
	if (planner->apart) {
		planner->gave_up = true;
		return false;
	}
	origin.field =
		str_format(planner->findings->arena, "metadata.labels[%.*s]", STR_ARG(label->key));
	planner_say(planner, "I2G605", &origin, STR(""),
		    "label '%.*s' was not copied: the API server takes no such label",
		    STR_ARG(label->key));
	return false;
}

static void write_labels(struct planner *planner, struct node *metadata,
			 const struct kube_meta *owner)
{
	struct arena *arena = &planner->scratch;
	struct node *labels = NULL;

	if (!planner->options->copy_labels || !owner)
		return;
	for (size_t i = 0; i < owner->labels.count; i++) {
		const struct kube_pair *label = &owner->labels.at[i];

		if (!is_legal_label(planner, owner, label))
			continue;
		if (!labels)
			labels = node_set_map(arena, metadata, "labels");
		node_set_str(arena, labels, label->key, node_string_new(arena, label->value));
	}
}

static struct owners route_owners(struct planner *planner, const struct route *route)
{
	struct owners owners = {0};

	for (size_t i = 0; i < route->entry_count; i++)
		owners_add(&planner->scratch, &owners,
			   route->entries[i].planned->rule->origin.object);
	return owners;
}

/* The Ingress that the route is named after, else the first: its labels are the route's. */
static const struct kube_meta *name_giver(const struct owners *owners, const struct route *route)
{
	struct str name = route->entries[0].planned->rule->route_name;

	for (size_t i = 0; i < owners->count; i++)
		if (owners->at[i] && str_eq(owners->at[i]->name, name))
			return owners->at[i];
	return owners->count ? owners->at[0] : NULL;
}

static struct node *build(struct planner *planner, const struct route *route)
{
	struct arena *arena = &planner->scratch;
	struct node *root = object_new(planner, GATEWAY_VERSION, route->target);
	struct node *metadata = node_get(root, "metadata");
	struct owners owners = route_owners(planner, route);

	write_labels(planner, metadata, name_giver(&owners, route));
	owners_sort(&owners);
	comment_owners(planner, root, &owners);
	metadata_write_route(planner, metadata, route->target, owners.at, owners.count);

	struct node *spec = node_set_map(arena, root, "spec");

	write_parents(planner, spec, route);
	if (route->host->host->name.len)
		node_push_string(arena, node_set_list(arena, spec, "hostnames"),
				 route->host->host->name);
	write_rules(planner, spec, route);
	return root;
}

struct node *plan_build(const struct plan_object *object, struct arena *trees)
{
	struct planner apart = {
		.options = object->planner->options, .apart = true, .scratch = *trees};
	struct node *root = build(&apart, object->route);

	*trees = apart.scratch;
	return apart.gave_up ? NULL : root;
}

struct node *plan_build_here(const struct plan_object *object)
{
	return build(object->planner, object->route);
}

void http_routes_write(struct planner *planner)
{
	for (size_t i = 0; i < planner->route_count; i++) {
		const struct route *route = &planner->routes[i];
		struct plan_object object = {
			.kind = route->target->kind,
			.namespace = route->target->namespace,
			.name = route->target->name,
			.role = ROLE_DEVELOPER,
			.planner = planner,
			.route = route,
			.trees = &planner->scratch,
		};

		account(planner, route);
		if (!planner->sink->builds)
			object.root = build(planner, route);
		planner->sink->object(planner->sink->user, &object);
	}
}
