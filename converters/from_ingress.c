/* Plain Ingress: the fields of the API by the words of the API, for controllers that have no
 * provider of their own. */
#include "converters/from_ingress_parts.h"

#include <stdlib.h>

#include "converters/guards.h"

extern const struct provider provider_ingress;

/* One path of one Ingress. */
struct plain_path {
	const struct ingress_view *view;
	size_t rule, path;
	struct model_host *host;
};

static const struct kube_path *path_of(const struct plain_path *at)
{
	return &at->view->ingress->rules[at->rule].paths[at->path];
}

static void note(struct plain *plain, const struct plain_path *at, const char *code,
		 struct str message, struct str hint)
{
	const struct kube_path *path = path_of(at);

	findings_add(
		plain->run->findings,
		(struct finding){
			.code = code,
			.object = kube_ref(&at->view->ingress->meta),
			.path = str_format(plain->arena, "spec.rules[%zu].http.paths[%zu].path",
					   at->rule, at->path),
			.span = path->path.span.line ? path->path.span : path->span,
			.message = message,
			.hint = hint,
		});
}

/* ---- backends ---- */

static bool find_port(const struct kube_service *service, const struct kube_backend *from,
		      uint32_t *port)
{
	for (size_t i = 0; i < service->port_count; i++)
		if (from->port ? service->ports[i].number == from->port
			       : str_eq(service->ports[i].name, from->port_name)) {
			*port = service->ports[i].number;
			return true;
		}
	return false;
}

static void note_backend(struct plain *plain, const struct kube_ingress *ingress,
			 const struct model_backend *backend, struct str message)
{
	findings_add(
		plain->run->findings,
		(struct finding){
			.code = "I2G221",
			.object = kube_ref(&ingress->meta),
			.path = STR("spec"),
			.span = backend->span,
			.message = message,
			.hint = STR("a Gateway answers 500 for it"),
			.scope = finding_scope_new(
				plain->arena, (struct finding_scope){.backend = backend->name}),
		});
	ledger_mark(backend->item, OUTCOME_APPROXIMATE, "I2G221");
}

static void note_missing(struct plain *plain, const struct kube_ingress *ingress,
			 const struct model_backend *backend, bool exists)
{
	note_backend(plain, ingress, backend,
		     exists ? str_format(plain->arena, "Service '%.*s' has no port %u",
					 STR_ARG(backend->name), backend->port)
			    : str_format(plain->arena,
					 "the input holds other Services of namespace '%.*s', but "
					 "not '%.*s'",
					 STR_ARG(backend->namespace), STR_ARG(backend->name)));
}

/* NULL when the port cannot be known; *why says so. */
static struct model_backend *resolve(struct plain *plain, const struct kube_ingress *ingress,
				     const struct kube_backend *from, struct ledger_item *item,
				     struct str *why)
{
	const struct kube_service *service =
		kube_service(plain->run->set, ingress->meta.namespace, from->name.text);
	struct model_backend *backend = arena_new(plain->arena, struct model_backend);

	*backend = (struct model_backend){.group = "",
					  .kind = "Service",
					  .namespace = ingress->meta.namespace,
					  .name = from->name.text,
					  .port = from->port,
					  .weight = 1,
					  .item = item,
					  .span = from->span};
	bool found = service && find_port(service, from, &backend->port);

	if (service && !found && !from->port) {
		*why = str_format(plain->arena, "Service '%.*s' has no port named '%.*s'",
				  STR_ARG(from->name.text), STR_ARG(from->port_name));
		return NULL;
	}
	if (!service && !from->port && !from->port_name.len) {
		*why = str_format(plain->arena, "the path names no port of Service '%.*s'",
				  STR_ARG(from->name.text));
		return NULL;
	}
	if (!service && !from->port) {
		*why = str_format(
			plain->arena,
			"port '%.*s' of Service '%.*s' cannot be resolved: the Service is "
			"not in the input",
			STR_ARG(from->port_name), STR_ARG(from->name.text));
		return NULL;
	}
	if (!found && kube_has_services(plain->run->set, ingress->meta.namespace))
		note_missing(plain, ingress, backend, service != NULL);
	return backend;
}

/* Gateway API lets a path have any kind of backend; the resource goes on as it is. */
static struct model_backend *resource_backend(struct plain *plain,
					      const struct kube_ingress *ingress,
					      const struct kube_backend *from,
					      struct ledger_item *item)
{
	struct model_backend *backend = arena_new(plain->arena, struct model_backend);

	*backend = (struct model_backend){
		.group = str_dup(plain->arena, from->resource->group).at,
		.kind = str_dup(plain->arena, from->resource->kind).at,
		.namespace = ingress->meta.namespace,
		.name = from->name.text,
		.weight = 1,
		.item = item,
		.span = from->span,
	};
	note_backend(plain, ingress, backend,
		     str_format(plain->arena,
				"'%.*s' of kind %.*s is asked only by Gateways that know the kind",
				STR_ARG(backend->name), STR_ARG(from->resource->kind)));
	return backend;
}

static struct model_backend *backend_of(struct plain *plain, const struct plain_path *at)
{
	const struct kube_backend *from = &path_of(at)->backend;
	struct ledger_item *item = at->view->backends[at->rule][at->path];
	struct model_backend *backend = NULL;
	struct str why = STR("the path has no backend");

	if (from->type == KUBE_BACKEND_SERVICE)
		backend = resolve(plain, at->view->ingress, from, item, &why);
	else if (from->type == KUBE_BACKEND_RESOURCE && from->resource->kind.len)
		backend = resource_backend(plain, at->view->ingress, from, item);
	if (backend)
		return backend;
	note(plain, at, "I2G220", why,
	     STR("a backendRef needs the number of a Service port: add the Service to the "
		 "input, or write port.number"));
	ledger_mark(item, OUTCOME_REFUSED, "I2G220");
	return NULL;
}

/* ---- rules ---- */

static struct model_path path_match(const struct kube_path *path)
{
	struct str value = path->path.text.len ? path->path.text : STR("/");

	if (path->type == KUBE_PATH_EXACT)
		return (struct model_path){PATH_EXACT, value};
	/* A star behind the last slash is how ALB and GCE write a prefix. */
	if (path->type != KUBE_PATH_PREFIX && str_ends(value, "/*"))
		value.len -= value.len == 2 ? 1 : 2;
	/* "/a//" is no path of a Gateway, and "/a/" would be another one. */
	if (value.len > 1 && str_ends(value, "/") && !str_ends(value, "//"))
		value.len--;
	return (struct model_path){PATH_PREFIX, value};
}

bool plain_is_guess(const struct kube_path *path)
{
	return path->type != KUBE_PATH_EXACT && path->type != KUBE_PATH_PREFIX &&
	       path->path.text.len && !str_is(path->path.text, "/*");
}

static void note_path_type(struct plain *plain, const struct plain_path *at,
			   const struct model_path *match)
{
	note(plain, at, "I2G250",
	     str_format(plain->arena,
			"ImplementationSpecific means what the controller makes of it: written as "
			"the prefix '%.*s'",
			STR_ARG(match->value)),
	     STR("write Prefix or Exact, or name the controller with --provider"));
	ledger_mark(at->view->paths[at->rule][at->path], OUTCOME_APPROXIMATE, "I2G250");
}

static void say_service_guard(struct plain *plain, const struct guard_talk *talk,
			      const struct kube_service *service, const struct kube_pair *guard)
{
	guard_say(talk, (struct finding){
				.code = "I2G318",
				.object = kube_ref(&service->meta),
				.path = str_format(plain->arena, "metadata.annotations[%.*s]",
						   STR_ARG(guard->key)),
				.span = guard->key_span,
				.message = str_format(plain->arena,
						      "'%.*s' belongs to a controller that is not "
						      "handled yet and may guard access to this "
						      "Service",
						      STR_ARG(guard->key)),
				.hint = STR("check what it does; --allow-unguarded writes the "
					    "routes without it"),
			});
}

/* What stands on a Service and may guard it, said once; NULL when nothing does. */
static const char *guard_of_service(struct plain *plain, const struct kube_service *service)
{
	const struct guard_talk talk = {plain->run->findings, plain->run->unguarded};
	const struct kube_pair *guard = service_guard(service);
	void **told = map_at(&plain->told, str_format(plain->arena, "%.*s\n%.*s",
						      STR_ARG(service->meta.namespace),
						      STR_ARG(service->meta.name)));
	const char *held = guard ? "I2G318" : NULL;

	if (*told)
		return *told == service ? NULL : *told;
	if (guard)
		say_service_guard(plain, &talk, service, guard);
	else
		held = guard_doubts(&talk, &service->meta, NULL, false);
	*told = held ? (void *)held : (void *)service;
	return held;
}

/* The code to hold a rule with: that of its Ingress, or that of a guard which stands on its Service. */
static const char *held_by(struct plain *plain, const struct ingress_view *view,
			   const struct kube_backend *backend)
{
	const struct kube_service *service =
		kube_service(plain->run->set, view->ingress->meta.namespace, backend->name.text);

	if (view->held || !service || backend->type != KUBE_BACKEND_SERVICE)
		return view->held;
	return guard_of_service(plain, service);
}

/* Which of two Ingresses counts is up to the controller: the guard of the one that loses here may be in
 * force. */
static void doubt_winner(struct plain *plain, const struct plain_path *at,
			 struct model_rule *winner)
{
	const char *held = held_by(plain, at->view, &path_of(at)->backend);

	if (!held || winner->held)
		return;
	winner->held = "I2G321";
	note(plain, at, "I2G321",
	     str_format(plain->arena,
			"this path may be guarded (%s), and Ingress %.*s/%.*s has it too: which of "
			"the "
			"two wins is up to the controller",
			held, STR_ARG(winner->origin.object->namespace),
			STR_ARG(winner->origin.object->name)),
	     STR("remove one of the two"));
	plain->run->findings->at[plain->run->findings->count - 1].scope = finding_scope_new(
		plain->arena,
		(struct finding_scope){.host = at->host->name.len ? at->host->name : STR("*")});
}

static void add_rule(struct plain *plain, const struct plain_path *at)
{
	const struct kube_meta *meta = &at->view->ingress->meta;
	struct model_path match = path_match(path_of(at));
	struct ledger_item *path_item = at->view->paths[at->rule][at->path];
	struct str key = str_format(plain->arena, "%.*s\n%.*s\n%d", STR_ARG(at->host->name),
				    STR_ARG(match.value), (int)match.kind);
	struct model_rule **winner = (struct model_rule **)map_at(&plain->seen, key);

	if (*winner) {
		doubt_winner(plain, at, *winner);
		note(plain, at, "I2G217",
		     str_format(plain->arena, "this path is defined twice: Ingress %.*s/%.*s wins",
				STR_ARG((*winner)->origin.object->namespace),
				STR_ARG((*winner)->origin.object->name)),
		     STR("remove one of the two"));
		ledger_mark(path_item, OUTCOME_INERT, "I2G217");
		ledger_mark(at->view->backends[at->rule][at->path], OUTCOME_INERT, "I2G217");
		ledger_mark(at->view->hosts[at->rule], OUTCOME_INERT, NULL);
		return;
	}

	/* Without a backend the rule still keeps its requests from more general ones. */
	struct model_backend *backend = backend_of(plain, at);

	if (plain_is_guess(path_of(at)))
		note_path_type(plain, at, &match);
	*winner = model_rule_add(
		plain->run->model, at->host,
		(struct model_rule){
			.match.path = match,
			.listen = at->host->listen,
			.namespace = meta->namespace,
			.route_name = meta->name,
			.suffix = "",
			.origin = {.object = meta,
				   .span = path_of(at)->path.span.line ? path_of(at)->path.span
								       : path_of(at)->span},
			.path_item = path_item,
			.host_item = at->view->hosts[at->rule],
			.backends = backend,
			.backend_count = backend != NULL,
			.held = backend ? held_by(plain, at->view, &path_of(at)->backend)
					: "I2G220",
		});
}

/* False when the host has a "/" of its own. */
static bool add_default_backend(struct plain *plain, const struct ingress_view *view,
				struct model_host *host)
{
	const struct kube_ingress *ingress = view->ingress;
	struct str key =
		str_format(plain->arena, "%.*s\n/\n%d", STR_ARG(host->name), (int)PATH_PREFIX);
	void **taken = map_at(&plain->seen, key);
	struct str why = {0};

	if (*taken)
		return false;

	struct model_backend *backend =
		ingress->default_backend.type == KUBE_BACKEND_RESOURCE
			? resource_backend(plain, ingress, &ingress->default_backend,
					   view->default_backend)
			: resolve(plain, ingress, &ingress->default_backend, view->default_backend,
				  &why);

	if (!backend) {
		findings_add(plain->run->findings,
			     (struct finding){.code = "I2G220",
					      .object = kube_ref(&ingress->meta),
					      .path = STR("spec.defaultBackend"),
					      .span = ledger_span(view->default_backend),
					      .message = why,
					      .hint = STR("add the Service to the input")});
		ledger_mark(view->default_backend, OUTCOME_REFUSED, "I2G220");
	}
	*taken = model_rule_add(
		plain->run->model, host,
		(struct model_rule){
			.match.path = {PATH_PREFIX, STR("/")},
			.listen = host->listen,
			.namespace = ingress->meta.namespace,
			.route_name = ingress->meta.name,
			.suffix = host->name.len ? "" : "-default-backend",
			.origin = {.object = &ingress->meta,
				   .span = ledger_span(view->default_backend),
				   .field = STR("spec.defaultBackend")},
			.path_item = view->default_backend,
			.backends = backend,
			.backend_count = backend != NULL,
			.held = backend ? held_by(plain, view, &ingress->default_backend)
					: "I2G220",
		});
	return true;
}

/* ---- order of work ---- */

static void note_empty_rule(struct plain *plain, const struct ingress_view *view, size_t r)
{
	findings_add(plain->run->findings,
		     (struct finding){
			     .code = "I2G234",
			     .object = kube_ref(&view->ingress->meta),
			     .path = str_format(plain->arena, "spec.rules[%zu]", r),
			     .span = view->ingress->rules[r].span,
			     .message = STR("this rule has no paths: the host is served by the "
					    "default backend only"),
			     .hint = STR("add http.paths, or remove the rule"),
		     });
	ledger_mark(view->hosts[r], OUTCOME_INERT, "I2G234");
}

static void note_wildcard(struct plain *plain, const struct ingress_view *view, size_t r)
{
	const struct kube_rule *rule = &view->ingress->rules[r];

	findings_add(plain->run->findings,
		     (struct finding){
			     .code = "I2G213",
			     .object = kube_ref(&view->ingress->meta),
			     .path = str_format(plain->arena, "spec.rules[%zu].host", r),
			     .span = rule->host.span,
			     .message = str_format(
				     plain->arena,
				     "'%.*s' stands for one label in an Ingress and for any "
				     "number of labels in Gateway API",
				     STR_ARG(rule->host.text)),
			     .hint = STR("requests for deeper names are served now as well"),
			     .scope = finding_scope_new(
				     plain->arena, (struct finding_scope){.host = rule->host.text}),
		     });
	ledger_mark(view->hosts[r], OUTCOME_APPROXIMATE, "I2G213");
}

static void write_ingress(struct plain *plain, const struct ingress_view *view)
{
	const struct kube_ingress *ingress = view->ingress;

	for (size_t r = 0; r < ingress->rule_count; r++) {
		struct plain_path at = {.view = view, .rule = r};

		at.host = plain_host_of(plain, view, ingress->rules[r].host.text);
		if (!ingress->rules[r].path_count)
			note_empty_rule(plain, view, r);
		if (str_starts(at.host->name, "*.") &&
		    (ingress->rules[r].path_count || view->default_backend))
			note_wildcard(plain, view, r);
		for (at.path = 0; at.path < ingress->rules[r].path_count; at.path++)
			add_rule(plain, &at);
	}
}

/* "The backend that should handle requests that don't match any rule" (IngressSpec): those to a host of
 * the Ingress, and those to a host that nobody names. */
static void write_default(struct plain *plain, const struct ingress_view *view)
{
	const struct kube_ingress *ingress = view->ingress;
	bool used = false;

	if (!view->default_backend)
		return;
	for (size_t r = 0; r < ingress->rule_count; r++)
		used |= add_default_backend(
			plain, view, plain_host_of(plain, view, ingress->rules[r].host.text));
	used |= add_default_backend(plain, view, plain_host_of(plain, view, STR("")));
	if (!used)
		ledger_mark(view->default_backend, OUTCOME_INERT, NULL);
}

static int compare_views(const void *a, const void *b)
{
	const struct kube_meta *left = &(*(struct ingress_view *const *)a)->ingress->meta;
	const struct kube_meta *right = &(*(struct ingress_view *const *)b)->ingress->meta;
	int64_t left_age = left->created == KUBE_NO_TIME ? INT64_MAX : left->created;
	int64_t right_age = right->created == KUBE_NO_TIME ? INT64_MAX : right->created;

	if (left_age != right_age)
		return left_age < right_age ? -1 : 1;

	int order = str_cmp(left->namespace, right->namespace);

	return order ? order : str_cmp(left->name, right->name);
}

struct ingress_view **plain_by_age(const struct provider_run *run, struct arena *arena)
{
	struct ingress_view **views = arena_array(arena, struct ingress_view *, run->view_count);

	for (size_t i = 0; i < run->view_count; i++)
		views[i] = run->views[i];
	if (run->view_count)
		qsort(views, run->view_count, sizeof *views, compare_views);
	return views;
}

static void read_ingresses(struct provider_run *run)
{
	struct plain plain = {.run = run, .arena = run->model->arena};
	struct ingress_view **views = plain_by_age(run, plain.arena);

	map_init(&plain.seen, plain.arena);
	map_init(&plain.told, plain.arena);
	for (size_t i = 0; i < run->view_count; i++)
		plain_open_hosts(&plain, views[i]);
	for (size_t i = 0; i < run->view_count; i++)
		write_ingress(&plain, views[i]);
	for (size_t i = 0; i < run->view_count; i++) {
		write_default(&plain, views[i]);
		plain_account_tls(&plain, views[i]);
	}
	for (size_t i = 0; i < run->view_count; i++)
		plain_close_hosts(&plain, views[i]);
	plain_note_isolation(&plain);
}

static const char *const none[] = {NULL};

const struct provider provider_ingress = {
	.name = "ingress",
	.title = "plain Ingress",
	.prefixes = none,
	.class_names = none,
	.controllers = none,
	.read = read_ingresses,
	.side = plain_side_new,
};
