/* A model becomes objects; what every object must hold is checked for each. */
#include "plan_case.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/map.h"
#include "gateway/limits.h"
#include "gateway/name.h"
#include "yaml/write.h"

struct arena arena;
struct model model;
struct findings findings;
struct plan_options options;
struct buf output;
static struct map listeners;
static unsigned kinds_seen[16];
unsigned built_apart, built_here;

static const char *const kind_order[] = {
	"GatewayClass", "Gateway",  "ListenerSet",      "HTTPRoute", "TLSRoute",
	"TCPRoute",     "UDPRoute", "BackendTLSPolicy", "ConfigMap", "ReferenceGrant"};
enum { KIND_COUNT = sizeof kind_order / sizeof *kind_order };

int setup(void **state)
{
	(void)state;
	arena_init(&arena);
	model_init(&model, &arena);
	findings_init(&findings, &arena);
	buf_init(&output);
	options = (struct plan_options){
		.gateway_class = STR("nginx"),
		.comments = false,
		.http_port = 80,
		.https_port = 443,
	};
	return 0;
}

int teardown(void **state)
{
	(void)state;
	buf_finish(&output);
	arena_finish(&arena);
	return 0;
}

/* ---- what every object must hold ---- */

static unsigned kind_index(const char *kind)
{
	for (unsigned i = 0; i < KIND_COUNT; i++)
		if (strcmp(kind_order[i], kind) == 0)
			return i;
	fail_msg("unknown kind %s", kind);
	return 0;
}

static struct str section_key(const char *kind, struct str namespace, struct str name,
			      struct str section)
{
	return str_format(&arena, "%s %.*s/%.*s %.*s", kind, STR_ARG(namespace), STR_ARG(name),
			  STR_ARG(section));
}

static void check_listeners(const struct plan_object *object)
{
	const struct node *list = node_get(node_get(object->root, "spec"), "listeners");
	struct map slots;

	map_init(&slots, &arena);
	assert_in_range(list->count, 1, GATEWAY_LISTENERS);
	node_each(listener, list)
	{
		struct str name = node_text(listener, "name");
		struct str slot = str_format(&arena, "%.*s %.*s %.*s",
					     STR_ARG(node_get(listener, "port")->text),
					     STR_ARG(node_text(listener, "protocol")),
					     STR_ARG(node_text(listener, "hostname")));
		void **place = map_at(&listeners, section_key(object->kind, object->namespace,
							      object->name, str_dup(&arena, name)));

		assert_true(name_is_subdomain(name));
		assert_null(*place);
		*place = &listeners;
		place = map_at(&slots, slot);
		assert_null(*place);
		*place = &slots;
		assert_non_null(node_get(node_get(listener, "allowedRoutes"), "namespaces"));
		if (str_is(node_text(listener, "protocol"), "HTTPS"))
			assert_in_range(
				node_get(node_get(listener, "tls"), "certificateRefs")->count, 1,
				GATEWAY_CERTIFICATES);
	}
}

static void check_parents(const struct plan_object *object)
{
	const struct node *list = node_get(node_get(object->root, "spec"), "parentRefs");

	assert_in_range(list->count, 1, GATEWAY_PARENTS);
	node_each(parent, list)
	{
		struct str kind = node_text(parent, "kind");
		struct str namespace = node_text(parent, "namespace");
		struct str key =
			section_key(kind.len ? str_dup(&arena, kind).at : "Gateway",
				    namespace.len ? namespace : object->namespace,
				    node_text(parent, "name"), node_text(parent, "sectionName"));

		assert_int_not_equal(node_text(parent, "sectionName").len, 0);
		if (!map_get(&listeners, key))
			fail_msg("no listener %.*s", STR_ARG(key));
	}
}

static void check_filters(const struct node *rule)
{
	const struct node *filters = node_get(rule, "filters");
	const struct node *previous = NULL;

	if (!filters)
		return;
	assert_in_range(filters->count, 1, 16);
	node_each(filter, filters)
	{
		struct str type = node_text(filter, "type");

		assert_int_equal(filter->count, 2);
		if (previous && !str_is(type, "RequestMirror"))
			assert_false(str_eq(type, node_text(previous, "type")));
		if (str_is(type, "RequestRedirect"))
			assert_null(node_get(rule, "backendRefs"));
		previous = filter;
	}
}

static void check_rules(const struct plan_object *object)
{
	const struct node *rules = node_get(node_get(object->root, "spec"), "rules");
	unsigned matches = 0;

	assert_in_range(rules->count, 1, GATEWAY_RULES);
	node_each(rule, rules)
	{
		unsigned count = node_get(rule, "matches")->count;

		assert_in_range(count, 1, GATEWAY_RULE_MATCHES);
		matches += count;
		check_filters(rule);
	}
	assert_in_range(matches, 1, GATEWAY_ROUTE_MATCHES);
}

static void check_grant(const struct plan_object *object)
{
	const struct node *spec = node_get(object->root, "spec");

	assert_in_range(node_get(spec, "from")->count, 1, GATEWAY_GRANT_FROM);
	assert_in_range(node_get(spec, "to")->count, 1, GATEWAY_GRANT_TO);
	node_each(from, node_get(spec, "from"))
		assert_false(str_eq(node_text(from, "namespace"), object->namespace));
}

struct last {
	unsigned kind;
	struct str namespace, name;
};
static struct last last;

static void check_order(const struct plan_object *object)
{
	unsigned kind = kind_index(object->kind);

	assert_true(kind >= last.kind);
	if (kind == last.kind && last.name.len) {
		int order = str_cmp(last.namespace, object->namespace);

		assert_true(order < 0 || (order == 0 && str_cmp(last.name, object->name) < 0));
	}
	last = (struct last){kind, str_dup(&arena, object->namespace),
			     str_dup(&arena, object->name)};
}

static void check_object(const struct plan_object *object)
{
	const struct node *metadata = node_get(object->root, "metadata");
	unsigned kind = kind_index(object->kind);

	check_order(object);
	assert_true(str_is(node_text(object->root, "kind"), object->kind));
	assert_true(str_eq(node_text(metadata, "name"), object->name));
	assert_true(str_eq(node_text(metadata, "namespace"), object->namespace));
	assert_true(name_is_subdomain(object->name));
	kinds_seen[kind]++;
	if (kind == 1 || kind == 2)
		check_listeners(object);
	if (kind >= 3 && kind <= 6)
		check_parents(object);
	if (kind == 3)
		check_rules(object);
	if (kind == 9)
		check_grant(object);
	if (output.len)
		buf_text(&output, "---\n");
	yaml_write(&output, object->root, true);
}

/* Trees of routes are built apart from the planner, where they can be, and are the same then. */
static void build(struct plan_object *object)
{
	struct arena trees;
	struct buf apart, here;
	const struct node *root;

	arena_init(&trees);
	buf_init(&apart);
	buf_init(&here);
	root = plan_build(object, &trees);
	object->root = plan_build_here(object);
	yaml_write(&here, object->root, true);
	if (root) {
		yaml_write(&apart, root, true);
		assert_true(str_eq(buf_slice(&apart), buf_slice(&here)));
	}
	*(root ? &built_apart : &built_here) += 1;
	buf_finish(&here);
	buf_finish(&apart);
	arena_finish(&trees);
}

static void take(void *user, const struct plan_object *given)
{
	struct plan_object object = *given;

	(void)user;
	if (!object.root)
		build(&object);
	check_object(&object);
}

void run(void)
{
	struct plan_sink sink = {.object = take, .builds = true};
	size_t counts[OUTCOME_KINDS];

	buf_clear(&output);
	map_init(&listeners, &arena);
	memset(kinds_seen, 0, sizeof kinds_seen);
	built_apart = built_here = 0;
	last = (struct last){0};
	plan_write(&model, NULL, &options, &sink, &findings);
	ledger_count(&model.ledger, counts); /* aborts when an item is open */
}

bool wrote(const char *text)
{
	return str_find_str(buf_slice(&output), text) != SIZE_MAX;
}

unsigned written(const char *kind)
{
	return kinds_seen[kind_index(kind)];
}

size_t raised(const char *code)
{
	size_t count = 0;

	for (size_t i = 0; i < findings.count; i++)
		count += strcmp(findings.at[i].code, code) == 0;
	return count;
}

/* ---- making models ---- */

struct ledger_item *item(enum item_kind kind)
{
	return ledger_add(&model.ledger, (struct ledger_item){.kind = kind});
}

struct kube_meta *ingress(const char *namespace, const char *name)
{
	static uint32_t order;
	struct kube_meta *meta = arena_new(&arena, struct kube_meta);

	*meta = (struct kube_meta){
		.kind = "Ingress",
		.namespace = str_from(namespace),
		.name = str_from(name),
		.span = {0, 7, 1, 0},
		.order = order++,
	};
	return meta;
}

void annotate(struct kube_meta *meta, const char *key, const char *value)
{
	ARENA_PUSH(&arena, meta->annotations.at, meta->annotations.count,
		   (struct kube_pair){.key = str_from(key), .value = str_from(value)});
	ledger_add(&model.ledger,
		   (struct ledger_item){.kind = ITEM_ANNOTATION,
					.owner = meta,
					.rule = (uint32_t)meta->annotations.count - 1});
}

struct model_host *host(const char *name, unsigned listen)
{
	struct model_host *made = model_host(&model, str_from(name));

	made->listen = listen;
	return made;
}

void certificate(struct model_host *on, const char *namespace, const char *secret)
{
	ARENA_PUSH(
		&arena, on->certificates, on->certificate_count,
		(struct model_certificate){str_from(namespace), str_from(secret), item(ITEM_TLS)});
}

void owned(struct model_host *on, const struct kube_meta *owner)
{
	ARENA_PUSH(&arena, on->owners, on->owner_count, owner);
}

/* A secured host of one Ingress. */
struct model_host *tls_host(const char *name, const char *namespace)
{
	struct model_host *made = host(name, LISTEN_BOTH);

	certificate(made, namespace, "tls");
	return made;
}

struct model_backend backend(const char *namespace, const char *name)
{
	return (struct model_backend){
		.group = "",
		.kind = "Service",
		.namespace = str_from(namespace),
		.name = str_from(name),
		.port = 8080,
		.item = item(ITEM_BACKEND),
	};
}

void add_backend(struct model_rule *rule, struct model_backend added)
{
	ARENA_PUSH(&arena, rule->backends, rule->backend_count, added);
}

/* A rule of Ingress NAMESPACE/shop with one backend. */
struct model_rule *rule(struct model_host *on, const char *namespace, enum path_kind kind,
			const char *path)
{
	struct model_rule *made = model_rule_add(&model, on,
						 (struct model_rule){
							 .match.path = {kind, str_from(path)},
							 .listen = on->listen,
							 .namespace = str_from(namespace),
							 .route_name = STR("shop"),
							 .suffix = "",
							 .path_item = item(ITEM_PATH),
							 .host_item = item(ITEM_HOST),
						 });

	add_backend(made, backend(namespace, "cart"));
	return made;
}

struct model_rule *redirect(struct model_host *on, const char *namespace)
{
	struct model_rule *made = rule(on, namespace, PATH_PREFIX, "/");
	struct model_redirect *to = arena_new(&arena, struct model_redirect);

	*to = (struct model_redirect){.scheme = STR("https"), .status = 308};
	made->redirect = to;
	made->backend_count = 0;
	made->listen = LISTEN_HTTP;
	return made;
}

/* Items of backends that were replaced by a redirect or so. */
void close_items(void)
{
	for (size_t i = 0; i < model.ledger.count; i++)
		if (ledger_at(&model.ledger, i)->kind == ITEM_BACKEND)
			ledger_mark(ledger_at(&model.ledger, i), OUTCOME_INERT, NULL);
}
