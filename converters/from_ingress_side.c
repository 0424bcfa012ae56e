/* The source side of plain Ingress: what the fields of the API say, as the table that decides by them. */
#include "converters/from_ingress.h"
#include "route/plain.h"

struct side {
	struct provider_run *run;
	struct plain_table *table;
	struct arena *own;   /* until the table is made */
	struct map services; /* "ns/name" of those whose guard is a gap already */
};

/* One Ingress at hand. */
struct owner {
	const struct kube_ingress *ingress;
	struct object_ref *ref;
	struct route_fact *facts; /* guards of its own */
	size_t fact_count;
};

static struct route_place place_of(const struct owner *owner, int rule, int path, struct span span)
{
	return (struct route_place){
		.object = owner->ref, .span = span, .rule = rule, .match = path};
}

/* ---- what is not simulated, and guards among it ---- */

static void add_gap(struct side *side, struct str what, struct str field, struct route_place place)
{
	route_gap_add(&side->table->base, &side->table->arena,
		      (struct route_gap){.what = str_dup(&side->table->arena, what),
					 .field = str_dup(&side->table->arena, field),
					 .span = place.span,
					 .place = place});
}

static struct str annotation_field(struct side *side, struct str key)
{
	return str_format(side->own, "metadata.annotations[%.*s]", STR_ARG(key));
}

static void read_annotations(struct side *side, struct owner *owner)
{
	const struct kube_pairs *annotations = &owner->ingress->meta.annotations;

	for (size_t i = 0; i < annotations->count; i++) {
		const struct kube_pair *pair = &annotations->at[i];
		enum annotation_kind kind = annotation_kind(side->run->provider, pair->key);
		struct route_place place = place_of(owner, -1, -1, pair->key_span);

		if (kind != ANNOTATION_FOREIGN && kind != ANNOTATION_FOREIGN_GUARD)
			continue;
		add_gap(side, pair->key, annotation_field(side, pair->key), place);
		if (kind == ANNOTATION_FOREIGN_GUARD)
			ARENA_PUSH(&side->table->arena, owner->facts, owner->fact_count,
				   (struct route_fact){
					   .feature = FEATURE_FOREIGN_GUARD,
					   .value = str_dup(&side->table->arena, pair->key),
					   .place = place});
	}
}

static void add_service_gap(struct side *side, const struct kube_service *service,
			    const struct kube_pair *pair)
{
	void **seen = map_at(&side->services,
			     str_format(side->own, "%.*s/%.*s", STR_ARG(service->meta.namespace),
					STR_ARG(service->meta.name)));
	struct object_ref *ref = arena_new(&side->table->arena, struct object_ref);

	if (*seen)
		return;
	*seen = ref;
	*ref = kube_ref(&service->meta);
	add_gap(side, pair->key, annotation_field(side, pair->key),
		(struct route_place){ref, pair->key_span, -1, -1});
}

/* The guards of the Ingress, and one that stands on the Service: GKE and Kong look there. */
static const struct route_policy *policy_of(struct side *side, const struct owner *owner,
					    const struct kube_service *service)
{
	const struct kube_pair *guard = service ? service_guard(service) : NULL;
	struct route_policy *policy = arena_new(&side->table->arena, struct route_policy);
	struct route_fact *facts =
		arena_array(&side->table->arena, struct route_fact, owner->fact_count + 1);

	*policy = route_no_policy;
	policy->facts = facts;
	policy->fact_count = owner->fact_count;
	if (owner->fact_count)
		memcpy(facts, owner->facts, owner->fact_count * sizeof *facts);
	if (!guard)
		return policy;
	add_service_gap(side, service, guard);
	facts[policy->fact_count++] =
		(struct route_fact){.feature = FEATURE_FOREIGN_GUARD,
				    .value = str_dup(&side->table->arena, guard->key),
				    .place = place_of(owner, -1, -1, guard->key_span)};
	return policy;
}

/* ---- backends ---- */

static const struct kube_service_port *port_of(const struct kube_service *service,
					       const struct kube_backend *from)
{
	for (size_t i = 0; i < service->port_count; i++)
		if (from->port ? service->ports[i].number == from->port
			       : str_eq(service->ports[i].name, from->port_name))
			return &service->ports[i];
	return NULL;
}

/* A Service that is not in the input is missing only when others of its namespace are. */
static void resolve(const struct side *side, const struct kube_service *service,
		    const struct kube_backend *from, struct route_backend *backend)
{
	const struct kube_set *set = side->run->set;
	const struct kube_service_port *port = service ? port_of(service, from) : NULL;

	backend->port = port ? port->number : from->port;
	if (!service && kube_has_services(set, backend->namespace))
		backend->state = ROUTE_BACKEND_MISSING;
	else if (service && !port)
		backend->state = ROUTE_BACKEND_NO_PORT;
	else if (service && kube_ready_endpoints(set, backend->namespace, backend->name) == 0)
		backend->state = ROUTE_BACKEND_NO_ENDPOINTS;
	backend->status = backend->state == ROUTE_BACKEND_OK ? 0 : 503;
}

static void set_backend(struct side *side, const struct owner *owner,
			const struct kube_backend *from, struct plain_rule *rule)
{
	struct str namespace = owner->ingress->meta.namespace;
	bool is_service = from->type == KUBE_BACKEND_SERVICE;
	const struct kube_service *service =
		is_service ? kube_service(side->run->set, namespace, from->name.text) : NULL;
	struct route_backend *backend = arena_new(&side->table->arena, struct route_backend);

	rule->policy = policy_of(side, owner, service);
	if (!is_service && (from->type != KUBE_BACKEND_RESOURCE || !from->resource->kind.len))
		return;
	*backend =
		(struct route_backend){.kind = is_service ? STR("Service") : from->resource->kind,
				       .namespace = namespace,
				       .name = from->name.text,
				       .port_name = from->port_name,
				       .weight = 1,
				       .span = from->span};
	if (is_service)
		resolve(side, service, from, backend);
	rule->backend = backend;
}

/* ---- paths ---- */

/* ImplementationSpecific: "implementations can treat this as a separate PathType or treat it identically
 * to Prefix or Exact path types"; here Prefix, with the glob of ALB and GCE. A gap says so. */
static void read_path(struct side *side, const struct owner *owner, size_t r, size_t p)
{
	const struct kube_path *path = &owner->ingress->rules[r].paths[p];
	struct str value = path->path.text.len ? path->path.text : STR("/");
	struct route_place place = place_of(owner, (int)r, (int)p,
					    path->path.span.line ? path->path.span : path->span);
	struct plain_rule rule = {
		.kind = path->type == KUBE_PATH_EXACT ? PLAIN_EXACT : PLAIN_PREFIX, .place = place};

	if (path->type != KUBE_PATH_EXACT && path->type != KUBE_PATH_PREFIX &&
	    str_ends(value, "/*"))
		value.len--;
	rule.path = value;
	set_backend(side, owner, &path->backend, &rule);
	if (!plain_rule_add(side->table,
			    plain_host(side->table, owner->ingress->rules[r].host.text), rule))
		return;
	if (!plain_is_guess(path))
		return;
	if (path->type_span.line)
		place.span = path->type_span;
	add_gap(side, STR("pathType ImplementationSpecific"),
		str_format(side->own, "spec.rules[%zu].http.paths[%zu].pathType", r, p), place);
}

/* ---- certificates ---- */

/* Without secretName the certificate is the controller's own, or the one its flag names. */
static void set_certificate(struct side *side, const struct owner *owner, struct plain_host *host)
{
	int entry = plain_tls_entry(owner->ingress, host->name);
	struct str given = side->run->default_certificate;
	size_t slash = str_find(given, '/');
	struct route_front_tls *tls;

	if (entry < 0 || host->tls)
		return;
	tls = arena_new(&side->table->arena, struct route_front_tls);
	*tls = (struct route_front_tls){.namespace = owner->ingress->meta.namespace,
					.name = owner->ingress->tls[entry].secret.text};
	if (!tls->name.len && slash != SIZE_MAX)
		*tls = (struct route_front_tls){.namespace = str_sub(given, 0, slash),
						.name = str_from_pos(given, slash + 1)};
	host->tls = tls;
	host->tls_place = place_of(owner, -1, -1, owner->ingress->tls[entry].span);
}

/* ---- one Ingress ---- */

static void read_rules(struct side *side, struct owner *owner)
{
	const struct kube_ingress *ingress = owner->ingress;

	for (size_t r = 0; r < ingress->rule_count; r++) {
		struct plain_host *host;

		if (!ingress->rules[r].path_count)
			continue;
		host = plain_host(side->table, ingress->rules[r].host.text);
		if (!host->place.object)
			host->place = place_of(owner, (int)r, -1, ingress->rules[r].span);
		for (size_t p = 0; p < ingress->rules[r].path_count; p++)
			read_path(side, owner, r, p);
	}
}

/* "The backend that should handle requests that don't match any rule": on the hosts of its Ingress, and
 * on all that nobody names. */
static void read_default(struct side *side, struct owner *owner)
{
	const struct kube_ingress *ingress = owner->ingress;
	struct plain_rule rule = {.is_default = true,
				  .place = place_of(owner, -1, -1, ingress->default_backend.span)};

	if (ingress->default_backend.type == KUBE_BACKEND_NONE)
		return;
	set_backend(side, owner, &ingress->default_backend, &rule);
	for (size_t r = 0; r <= ingress->rule_count; r++) {
		struct plain_host *host =
			plain_host(side->table,
				   r < ingress->rule_count ? ingress->rules[r].host.text : STR(""));

		if (!host->place.object)
			host->place = rule.place;
		plain_rule_add(side->table, host, rule);
	}
}

static void read_tls(struct side *side, struct owner *owner)
{
	const struct kube_ingress *ingress = owner->ingress;

	for (size_t r = 0; r < ingress->rule_count; r++) {
		struct plain_host *host = map_get(
			&side->table->names, str_lower(side->own, ingress->rules[r].host.text));

		if (host)
			set_certificate(side, owner, host);
	}
	if (ingress->default_backend.type != KUBE_BACKEND_NONE)
		set_certificate(side, owner, plain_host(side->table, STR("")));
}

static void each(struct side *side, struct owner *owners,
		 void (*take)(struct side *side, struct owner *owner))
{
	for (size_t i = 0; i < side->run->view_count; i++)
		take(side, &owners[i]);
}

struct route_table *plain_side_new(struct provider_run *run)
{
	struct side side = {.run = run, .table = plain_table_new(), .own = run->model->arena};
	struct owner *owners = arena_array(side.own, struct owner, run->view_count);
	struct ingress_view **views = plain_by_age(run, side.own);

	map_init(&side.services, side.own);
	for (size_t i = 0; i < run->view_count; i++) {
		owners[i] = (struct owner){.ingress = views[i]->ingress,
					   .ref = arena_new(&side.table->arena, struct object_ref)};
		*owners[i].ref = kube_ref(&views[i]->ingress->meta);
	}
	each(&side, owners, read_annotations);
	each(&side, owners, read_rules);
	each(&side, owners, read_default);
	each(&side, owners, read_tls);
	route_gaps_sort(&side.table->base);
	return &side.table->base;
}
