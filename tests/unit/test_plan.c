/* The model becomes objects: topology, grouping, splitting, what is refused, the ledger. */
#include "test.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/map.h"
#include "gateway/limits.h"
#include "gateway/name.h"
#include "gateway/plan.h"
#include "yaml/write.h"

static struct arena arena;
static struct model model;
static struct findings findings;
static struct plan_options options;
static struct buf output;
static struct map listeners;
static unsigned kinds_seen[16], built_apart, built_here;

static const char *const kind_order[] = {
	"GatewayClass", "Gateway",  "ListenerSet",      "HTTPRoute", "TLSRoute",
	"TCPRoute",     "UDPRoute", "BackendTLSPolicy", "ConfigMap", "ReferenceGrant"};
enum { KIND_COUNT = sizeof kind_order / sizeof *kind_order };

static int setup(void **state)
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

static int teardown(void **state)
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

static void run(void)
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

static bool wrote(const char *text)
{
	return str_find_str(buf_slice(&output), text) != SIZE_MAX;
}

#define assert_wrote(text)                                                                         \
	do {                                                                                       \
		if (!wrote(text))                                                                  \
			fail_msg("'%s' is not in:\n%.*s", (text), STR_ARG(buf_slice(&output)));    \
	} while (0)
#define assert_not_wrote(text)                                                                     \
	do {                                                                                       \
		if (wrote(text))                                                                   \
			fail_msg("'%s' is in:\n%.*s", (text), STR_ARG(buf_slice(&output)));        \
	} while (0)

static size_t raised(const char *code)
{
	size_t count = 0;

	for (size_t i = 0; i < findings.count; i++)
		count += strcmp(findings.at[i].code, code) == 0;
	return count;
}

/* ---- making models ---- */

static struct ledger_item *item(enum item_kind kind, const char *name)
{
	return ledger_add(&model.ledger,
			  (struct ledger_item){.kind = kind, .name = str_from(name)});
}

static struct kube_meta *ingress(const char *namespace, const char *name)
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

static void annotate(struct kube_meta *meta, const char *key, const char *value)
{
	ARENA_PUSH(&arena, meta->annotations.at, meta->annotations.count,
		   (struct kube_pair){.key = str_from(key), .value = str_from(value)});
	ledger_add(&model.ledger, (struct ledger_item){.kind = ITEM_ANNOTATION,
						       .owner = meta,
						       .name = str_from(key)});
}

static struct model_host *host(const char *name, unsigned listen)
{
	struct model_host *made = model_host(&model, str_from(name));

	made->listen = listen;
	return made;
}

static void certificate(struct model_host *on, const char *namespace, const char *secret)
{
	ARENA_PUSH(&arena, on->certificates, on->certificate_count,
		   (struct model_certificate){str_from(namespace), str_from(secret),
					      item(ITEM_TLS, secret)});
}

static void owned(struct model_host *on, const struct kube_meta *owner)
{
	ARENA_PUSH(&arena, on->owners, on->owner_count, owner);
}

/* A secured host of one Ingress. */
static struct model_host *tls_host(const char *name, const char *namespace)
{
	struct model_host *made = host(name, LISTEN_BOTH);

	certificate(made, namespace, "tls");
	return made;
}

static struct model_backend backend(const char *namespace, const char *name)
{
	return (struct model_backend){
		.group = "",
		.kind = "Service",
		.namespace = str_from(namespace),
		.name = str_from(name),
		.port = 8080,
		.item = item(ITEM_BACKEND, name),
	};
}

static void add_backend(struct model_rule *rule, struct model_backend added)
{
	ARENA_PUSH(&arena, rule->backends, rule->backend_count, added);
}

/* A rule of Ingress NAMESPACE/shop with one backend. */
static struct model_rule *rule(struct model_host *on, const char *namespace, enum path_kind kind,
			       const char *path)
{
	struct model_rule *made = model_rule_add(
		&model, on,
		(struct model_rule){
			.match.path = {kind, str_from(path)},
			.listen = on->listen,
			.namespace = str_from(namespace),
			.route_name = STR("shop"),
			.suffix = "",
			.path_item = item(ITEM_PATH, path),
			.host_item = item(ITEM_HOST, on->name.len ? on->name.at : ""),
		});

	add_backend(made, backend(namespace, "cart"));
	return made;
}

static struct model_rule *redirect(struct model_host *on, const char *namespace)
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
static void close_items(void)
{
	for (size_t i = 0; i < model.ledger.count; i++)
		if (ledger_at(&model.ledger, i)->kind == ITEM_BACKEND)
			ledger_mark(ledger_at(&model.ledger, i), OUTCOME_INERT, NULL);
}

/* ---- topology ---- */

static void one_host_stands_on_one_gateway(void **state)
{
	(void)state;
	struct model_host *shop = tls_host("shop.example.com", "web");
	struct model_rule *cart = rule(shop, "web", PATH_PREFIX, "/cart");

	cart->listen = LISTEN_HTTPS;
	redirect(shop, "web");
	close_items();
	options.controller_name = "example.com/gateway";
	run();
	assert_str(buf_slice(&output), "apiVersion: gateway.networking.k8s.io/v1\n"
				       "kind: GatewayClass\n"
				       "metadata:\n"
				       "  name: nginx\n"
				       "spec:\n"
				       "  controllerName: example.com/gateway\n"
				       "---\n"
				       "apiVersion: gateway.networking.k8s.io/v1\n"
				       "kind: Gateway\n"
				       "metadata:\n"
				       "  name: nginx\n"
				       "  namespace: default\n"
				       "spec:\n"
				       "  gatewayClassName: nginx\n"
				       "  listeners:\n"
				       "  - name: shop-example-com-http\n"
				       "    hostname: shop.example.com\n"
				       "    port: 80\n"
				       "    protocol: HTTP\n"
				       "    allowedRoutes:\n"
				       "      namespaces:\n"
				       "        from: Selector\n"
				       "        selector:\n"
				       "          matchExpressions:\n"
				       "          - key: kubernetes.io/metadata.name\n"
				       "            operator: In\n"
				       "            values:\n"
				       "            - web\n"
				       "  - name: shop-example-com-https\n"
				       "    hostname: shop.example.com\n"
				       "    port: 443\n"
				       "    protocol: HTTPS\n"
				       "    tls:\n"
				       "      mode: Terminate\n"
				       "      certificateRefs:\n"
				       "      - name: tls\n"
				       "        namespace: web\n"
				       "    allowedRoutes:\n"
				       "      namespaces:\n"
				       "        from: Selector\n"
				       "        selector:\n"
				       "          matchExpressions:\n"
				       "          - key: kubernetes.io/metadata.name\n"
				       "            operator: In\n"
				       "            values:\n"
				       "            - web\n"
				       "---\n"
				       "apiVersion: gateway.networking.k8s.io/v1\n"
				       "kind: HTTPRoute\n"
				       "metadata:\n"
				       "  name: shop-shop-example-com\n"
				       "  namespace: web\n"
				       "spec:\n"
				       "  parentRefs:\n"
				       "  - name: nginx\n"
				       "    namespace: default\n"
				       "    sectionName: shop-example-com-https\n"
				       "  hostnames:\n"
				       "  - shop.example.com\n"
				       "  rules:\n"
				       "  - matches:\n"
				       "    - path:\n"
				       "        type: PathPrefix\n"
				       "        value: /cart\n"
				       "    backendRefs:\n"
				       "    - name: cart\n"
				       "      port: 8080\n"
				       "---\n"
				       "apiVersion: gateway.networking.k8s.io/v1\n"
				       "kind: HTTPRoute\n"
				       "metadata:\n"
				       "  name: shop-shop-example-com-http\n"
				       "  namespace: web\n"
				       "spec:\n"
				       "  parentRefs:\n"
				       "  - name: nginx\n"
				       "    namespace: default\n"
				       "    sectionName: shop-example-com-http\n"
				       "  hostnames:\n"
				       "  - shop.example.com\n"
				       "  rules:\n"
				       "  - matches:\n"
				       "    - path:\n"
				       "        type: PathPrefix\n"
				       "        value: /\n"
				       "    filters:\n"
				       "    - type: RequestRedirect\n"
				       "      requestRedirect:\n"
				       "        scheme: https\n"
				       "        statusCode: 308\n"
				       "---\n"
				       "apiVersion: gateway.networking.k8s.io/v1\n"
				       "kind: ReferenceGrant\n"
				       "metadata:\n"
				       "  name: ingress2gw-gateway-default-secret\n"
				       "  namespace: web\n"
				       "spec:\n"
				       "  from:\n"
				       "  - group: gateway.networking.k8s.io\n"
				       "    kind: Gateway\n"
				       "    namespace: default\n"
				       "  to:\n"
				       "  - group: \"\"\n"
				       "    kind: Secret\n"
				       "    name: tls\n");
	assert_str(cart->path_item->target->name, "shop-shop-example-com");
	assert_int_equal(cart->path_item->target_field, TARGET_RULE);
	assert_string_equal(shop->certificates[0].item->target->kind, "Gateway");
	assert_int_equal(shop->certificates[0].item->index, 1);
	assert_int_equal(findings.count, 0);
}

static void a_hostless_route_is_pinned_to_the_hostless_listener(void **state)
{
	(void)state;
	rule(host("", LISTEN_HTTP), "default", PATH_PREFIX, "/");
	run();
	assert_wrote("  - name: http\n    port: 80\n    protocol: HTTP\n    allowedRoutes:\n"
		     "      namespaces:\n        from: Same\n");
	assert_wrote("  - name: nginx\n    sectionName: http\n");
	assert_wrote("name: shop-all-hosts\n");
	assert_not_wrote("hostnames");
	assert_int_equal(kinds_seen[9], 0);
}

static void names_that_collide_are_told_apart(void **state)
{
	(void)state;
	rule(host("a.b.com", LISTEN_HTTP), "default", PATH_PREFIX, "/");
	rule(host("a-b.com", LISTEN_HTTP), "default", PATH_PREFIX, "/");
	rule(host("*.b.com", LISTEN_HTTP), "default", PATH_PREFIX, "/");
	rule(host("b.com", LISTEN_HTTP), "default", PATH_PREFIX, "/");
	run();
	assert_int_equal(kinds_seen[3], 4);
	assert_wrote("name: b-com-http\n");
	assert_wrote("name: wildcard-b-com-http\n");
	assert_wrote("name: shop-wildcard-b-com\n");
	assert_not_wrote("name: a-b-com-http\n");
	assert_wrote("name: a-b-com-http-");
}

static void many_hosts_spill_into_listener_sets(void **state)
{
	(void)state;
	rule(tls_host("", "default"), "default", PATH_PREFIX, "/");
	for (int i = 0; i < 100; i++) {
		const char *name = str_format(&arena, "h%02d.example.com", i).at;

		rule(tls_host(name, "web"), i % 2 ? "web" : "shop", PATH_PREFIX, "/");
	}
	run();
	assert_int_equal(kinds_seen[1], 1);
	assert_int_equal(kinds_seen[2], 4); /* 200 listeners, 64 each, pairs together */
	assert_wrote("  gatewayClassName: nginx\n  allowedListeners:\n    namespaces:\n"
		     "      from: Same\n");
	assert_wrote("  - kind: ListenerSet\n    name: nginx-1\n    namespace: default\n"
		     "    sectionName: h00-example-com-http\n");
	/* The Gateway keeps the hostless pair. */
	assert_wrote("  - name: nginx\n    sectionName: https\n");
	/* 100 services' routes need no grant; the Secret of all hosts is one name. */
	assert_int_equal(kinds_seen[9], 1);
}

static void without_hostless_rules_the_gateway_keeps_what_fits(void **state)
{
	(void)state;
	for (int i = 0; i < 40; i++)
		rule(tls_host(str_format(&arena, "h%02d.example.com", i).at, "default"), "default",
		     PATH_PREFIX, "/");
	run();
	assert_int_equal(kinds_seen[1], 1);
	assert_int_equal(kinds_seen[2], 1);
	assert_wrote("name: nginx\n    sectionName: h00-example-com-http\n");
	assert_wrote("name: nginx-1\n    sectionName: h39-example-com-https\n");
}

static void sixty_four_listeners_fit(void **state)
{
	(void)state;
	for (int i = 0; i < 32; i++)
		rule(tls_host(str_format(&arena, "h%02d.example.com", i).at, "default"), "default",
		     PATH_PREFIX, "/");
	run();
	assert_int_equal(kinds_seen[2], 0);
}

static void listener_sets_by_choice(void **state)
{
	(void)state;
	options.listener_sets = true;
	rule(tls_host("a.example", "web"), "web", PATH_PREFIX, "/");
	rule(tls_host("b.example", "web"), "web", PATH_PREFIX, "/");
	run();
	assert_int_equal(kinds_seen[1], 1);
	assert_int_equal(kinds_seen[2], 1);
	assert_wrote("sectionName: a-example-https\n");
	assert_wrote("  - kind: ListenerSet\n    name: nginx-1\n    namespace: default\n"
		     "    sectionName: b-example-http\n");
}

static void an_existing_gateway_is_only_attached_to(void **state)
{
	(void)state;
	options.gateway_exists = true;
	options.gateway_namespace = STR("infra");
	options.gateway_name = STR("edge");
	options.controller_name = "example.com/gateway";
	options.comments = true;
	rule(tls_host("a.example", "web"), "web", PATH_PREFIX, "/");
	run();
	assert_int_equal(kinds_seen[0], 0);
	assert_int_equal(kinds_seen[1], 0);
	assert_int_equal(kinds_seen[2], 1);
	assert_wrote("# Gateway infra/edge must allow ListenerSets of namespace infra "
		     "(spec.allowedListeners)\n");
	assert_wrote("  name: edge-1\n  namespace: infra\nspec:\n  parentRef:\n    name: edge\n");
	assert_wrote("name: ingress2gw-listenerset-infra-secret\n");
}

static void a_gateway_for_every_namespace(void **state)
{
	(void)state;
	struct model_host *shared = host("a.example", LISTEN_HTTP);

	options.topology = TOPOLOGY_NAMESPACE;
	rule(shared, "web", PATH_PREFIX, "/");
	rule(shared, "api", PATH_PREFIX, "/api");
	run();
	assert_int_equal(kinds_seen[1], 2);
	assert_int_equal(kinds_seen[3], 2);
	assert_wrote("  name: nginx\n  namespace: api\n");
	assert_wrote("  name: nginx\n  namespace: web\n");
	assert_not_wrote("from: Selector");
}

/* ---- realms ---- */

static void two_realms(bool exist)
{
	struct plan_gateway *gateways = arena_array(&arena, struct plan_gateway, 2);

	gateways[0] = (struct plan_gateway){.namespace = STR("infra"),
					    .name = STR("public"),
					    .class = STR("lb"),
					    .controller_name = "example.com/gateway"};
	gateways[1] = (struct plan_gateway){.namespace = STR("infra"),
					    .name = STR("inside"),
					    .class = STR("ilb"),
					    .exists = exist};
	options.gateways = gateways;
}

/* The same host, namespace and Ingress name in both: nothing of one is attached to the Gateway of the
 * other, and no two objects have one name. */
static void realms_have_gateways_of_their_own(void **state)
{
	(void)state;
	two_realms(false);
	rule(tls_host("a.example", "web"), "web", PATH_PREFIX, "/");
	model_realm_begin(&model);
	rule(host("a.example", LISTEN_HTTP), "web", PATH_PREFIX, "/");
	run();
	assert_int_equal(kinds_seen[0], 1);
	assert_int_equal(kinds_seen[1], 2);
	assert_int_equal(kinds_seen[3], 2);
	assert_wrote("  name: public\n  namespace: infra\nspec:\n  gatewayClassName: lb\n"
		     "  listeners:\n  - name: a-example-http\n");
	assert_wrote("  name: inside\n  namespace: infra\nspec:\n  gatewayClassName: ilb\n"
		     "  listeners:\n  - name: a-example-http\n");
	assert_wrote("  - name: inside\n    namespace: infra\n    sectionName: a-example-http\n");
	assert_not_wrote("  - name: inside\n    namespace: infra\n"
			 "    sectionName: a-example-https\n");
	assert_not_wrote("  name: shop-a-example\n  namespace: web\nspec:\n");
	assert_wrote("  name: shop-a-example-");
	assert_int_equal(model.realms[0]->gateway_count, 1);
	assert_str(model.realms[1]->gateways[0]->name, "inside");
}

/* A wildcard of another realm answers nobody here: what is held back need not block. */
static void a_guard_blocks_in_its_realm_only(void **state)
{
	(void)state;
	two_realms(false);
	rule(host("*.example", LISTEN_HTTP), "web", PATH_PREFIX, "/");
	model_realm_begin(&model);
	rule(host("a.example", LISTEN_HTTP), "web", PATH_PREFIX, "/")->held = "I2G303";
	rule(host("b.example", LISTEN_HTTP), "web", PATH_PREFIX, "/");
	run();
	assert_int_equal(raised("I2G317"), 0);
}

static void client_certificates_are_of_one_realm(void **state)
{
	struct model_client_validation validation = {
		.namespace = STR("web"), .ca_config_map = STR("ca"), .item = item(ITEM_TLS, "ca")};
	struct model_rule *inside;

	(void)state;
	two_realms(true);
	rule(tls_host("a.example", "web"), "web", PATH_PREFIX, "/");
	model_realm_begin(&model);
	model_realm(&model)->client_validation = &validation;
	ledger_mark(validation.item, OUTCOME_EXACT, NULL);
	inside = rule(tls_host("a.example", "web"), "web", PATH_PREFIX, "/");
	run();
	/* The Gateway that exists is not ours to change; the other one has nothing to do with it. */
	assert_not_wrote("frontend");
	assert_str(str_from(inside->held), "I2G304");
	assert_int_equal(raised("I2G304"), 1);
}

static void passthrough_hosts_have_no_https_listener(void **state)
{
	(void)state;
	struct model_host *secure = host("p.example", LISTEN_BOTH);

	certificate(secure, "web", "unused");
	secure->passthrough = true;
	rule(secure, "web", PATH_PREFIX, "/");
	ARENA_PUSH(&arena, model.l4, model.l4_count,
		   (struct model_l4){
			   .kind = L4_TLS,
			   .hostname = STR("p.example"),
			   .port = 443,
			   .namespace = STR("web"),
			   .route_name = STR("shop"),
			   .backend = backend("web", "cart"),
			   .path_item = item(ITEM_PATH, "/"),
		   });
	run();
	assert_wrote("  - name: p-example-tls-passthrough\n    hostname: p.example\n"
		     "    port: 443\n    protocol: TLS\n    tls:\n      mode: Passthrough\n");
	assert_not_wrote("protocol: HTTPS");
	assert_wrote("kind: TLSRoute\nmetadata:\n  name: shop-p-example\n");
	assert_int_equal(secure->certificates[0].item->outcome, OUTCOME_INERT);
}

static void ports_of_layer_4_get_listeners(void **state)
{
	(void)state;
	static const struct {
		enum l4_kind kind;
		uint32_t port;
	} ports[] = {{L4_TCP, 5432}, {L4_UDP, 53}, {L4_TCP, 53}};

	for (size_t i = 0; i < 3; i++)
		ARENA_PUSH(&arena, model.l4, model.l4_count,
			   (struct model_l4){
				   .kind = ports[i].kind,
				   .port = ports[i].port,
				   .namespace = STR("db"),
				   .route_name = str_format(&arena, "port-%u", ports[i].port),
				   .backend = backend(i ? "db" : "other", "db"),
			   });
	run();
	assert_wrote("  - name: tcp-5432\n    port: 5432\n    protocol: TCP\n");
	assert_wrote("  - name: udp-53\n    port: 53\n    protocol: UDP\n");
	assert_wrote("  - name: tcp-53\n    port: 53\n    protocol: TCP\n");
	assert_int_equal(kinds_seen[5], 2);
	assert_int_equal(kinds_seen[6], 1);
	assert_wrote("name: ingress2gw-tcproute-db-service\n  namespace: other\n");
}

/* ---- routes ---- */

static void rules_of_different_ingresses_get_routes_of_their_own(void **state)
{
	(void)state;
	struct model_host *shop = host("a.example", LISTEN_HTTP);

	rule(shop, "web", PATH_PREFIX, "/a");
	rule(shop, "web", PATH_PREFIX, "/b")->route_name = STR("other");
	rule(shop, "web", PATH_PREFIX, "/c");
	rule(shop, "web", PATH_PREFIX, "/")->suffix = "-default-backend";
	run();
	assert_int_equal(kinds_seen[3], 3);
	assert_wrote("name: other-a-example\n");
	assert_wrote("name: shop-a-example-default-backend\n");
	assert_wrote("value: /a\n    backendRefs:\n    - name: cart\n      port: 8080\n"
		     "  - matches:\n    - path:\n        type: PathPrefix\n        value: /c\n");
}

static void seventeen_rules_are_folded_and_different_ones_split(void **state)
{
	(void)state;
	struct model_host *shop = host("a.example", LISTEN_HTTP);
	struct model_host *other = host("b.example", LISTEN_HTTP);

	for (int i = 0; i < 17; i++) {
		const char *path = str_format(&arena, "/p%02d", i).at;

		rule(shop, "web", PATH_PREFIX, path);
		rule(other, "web", PATH_PREFIX, path)->backends[0].port = (uint32_t)(1000 + i);
	}
	run();
	assert_int_equal(kinds_seen[3], 3);
	assert_wrote("name: shop-b-example-02\n");
	assert_not_wrote("name: shop-a-example-02\n");
}

static void a_prefix_that_is_replaced_stays_alone(void **state)
{
	(void)state;
	struct model_host *shop = host("a.example", LISTEN_HTTP);
	struct model_rewrite strip = {.edit = PATH_REPLACE_PREFIX, .path = STR("/")};

	for (int i = 0; i < 20; i++)
		rule(shop, "web", PATH_PREFIX, str_format(&arena, "/p%02d", i).at)->rewrite =
			&strip;
	run();
	assert_int_equal(kinds_seen[3], 2);
	assert_wrote("        path:\n          type: ReplacePrefixMatch\n"
		     "          replacePrefixMatch: /\n");
}

static void a_thousand_equal_rules_stay_within_the_limits(void **state)
{
	(void)state;
	struct model_host *shop = host("a.example", LISTEN_HTTP);

	for (int i = 0; i < 1000; i++)
		rule(shop, "web", PATH_EXACT, str_format(&arena, "/p%04d", i).at);
	run();
	assert_int_equal(kinds_seen[3], 8); /* 128 matches each */
	assert_wrote("name: shop-a-example-08\n");
}

static void names_of_parts_sort_as_the_parts(void **state)
{
	(void)state;
	struct model_host *shop = host("a.example", LISTEN_HTTP);

	for (int i = 0; i < 1700; i++)
		rule(shop, "web", PATH_EXACT, str_format(&arena, "/p%04d", i).at)
			->backends[0]
			.port = (uint32_t)(1000 + i);
	run();
	assert_int_equal(kinds_seen[3], 107);
	assert_wrote("name: shop-a-example-002\n");
	/* check_order() saw them in the order of their names; the rules are in order too. */
	size_t at = 0;

	for (int i = 0; i < 1700; i++) {
		struct str rest = str_from_pos(buf_slice(&output), at);
		size_t hit = str_find_str(rest, str_format(&arena, "value: /p%04d\n", i).at);

		assert_true(hit != SIZE_MAX);
		at += hit;
	}
}

static void a_part_name_that_is_taken_changes_all_parts(void **state)
{
	(void)state;
	struct model_host *shop = host("a.example", LISTEN_HTTP);

	for (int i = 0; i < 17; i++)
		rule(shop, "web", PATH_EXACT, str_format(&arena, "/p%04d", i).at)
			->backends[0]
			.port = (uint32_t)(1000 + i);
	rule(shop, "web", PATH_EXACT, "/x")->suffix = "-02";
	run();
	assert_int_equal(kinds_seen[3], 3);
	assert_not_wrote("name: shop-a-example\n");
	assert_not_wrote("name: shop-a-example-02\n");
}

static void mixed_listeners_make_two_routes(void **state)
{
	(void)state;
	struct model_host *shop = tls_host("a.example", "web");

	rule(shop, "web", PATH_PREFIX, "/both");
	rule(shop, "web", PATH_PREFIX, "/secure")->listen = LISTEN_HTTPS;
	run();
	assert_int_equal(kinds_seen[3], 2);
	assert_wrote("name: shop-a-example\n");
	assert_wrote("name: shop-a-example-http\n");
}

static void a_host_on_both_ports_has_one_route(void **state)
{
	(void)state;
	rule(tls_host("a.example", "web"), "web", PATH_PREFIX, "/");
	run();
	assert_int_equal(kinds_seen[3], 1);
	assert_wrote("    sectionName: a-example-http\n  - name: nginx\n    namespace: default\n"
		     "    sectionName: a-example-https\n");
}

/* ---- rules ---- */

static void everything_a_rule_can_hold(void **state)
{
	(void)state;
	struct model_rule *full = rule(host("a.example", LISTEN_HTTP), "web", PATH_PREFIX, "/a");
	struct model_field_match header = {STR("X-Canary"), STR("^al"), true};
	struct model_field_match query = {STR("q"), STR("1"), false};
	struct model_rewrite rewrite = {STR("b.example"), PATH_REPLACE_FULL, STR("/x")};
	struct str origins[] = {STR("https://a.example"), STR("https://a.example"), STR("ftp://x")};
	struct str methods[] = {STR("GET"), STR("*")};
	struct model_cors cors = {.origins = origins,
				  .origin_count = 3,
				  .methods = methods,
				  .method_count = 2,
				  .credentials = true,
				  .max_age = 600};
	struct model_mirror mirror = {backend("other", "copy")};

	full->match.headers = &header;
	full->match.header_count = 1;
	full->match.query = &query;
	full->match.query_count = 1;
	full->match.method = STR("GET");
	full->rewrite = &rewrite;
	full->cors = &cors;
	full->mirrors = &mirror;
	full->mirror_count = 1;
	model_header_set(&arena, model_edits(&arena, &full->request_headers), STR("X-A"), STR("1"));
	model_header_remove(&arena, model_edits(&arena, &full->request_headers), STR("X-B"));
	model_header_add(&arena, model_edits(&arena, &full->response_headers), STR("X-C"),
			 STR("2"));
	full->backends[0].weight = 90;
	add_backend(full, backend("web", "canary"));
	full->backends[1].weight = 10;
	run();
	assert_wrote("  - matches:\n"
		     "    - path:\n"
		     "        type: PathPrefix\n"
		     "        value: /a\n"
		     "      headers:\n"
		     "      - type: RegularExpression\n"
		     "        name: X-Canary\n"
		     "        value: al.*\n"
		     "      queryParams:\n"
		     "      - name: q\n"
		     "        value: \"1\"\n"
		     "      method: GET\n"
		     "    filters:\n"
		     "    - type: RequestHeaderModifier\n"
		     "      requestHeaderModifier:\n"
		     "        set:\n"
		     "        - name: X-A\n"
		     "          value: \"1\"\n"
		     "        remove:\n"
		     "        - X-B\n"
		     "    - type: ResponseHeaderModifier\n"
		     "      responseHeaderModifier:\n"
		     "        add:\n"
		     "        - name: X-C\n"
		     "          value: \"2\"\n"
		     "    - type: CORS\n"
		     "      cors:\n"
		     "        allowOrigins:\n"
		     "        - https://a.example\n"
		     "        allowCredentials: true\n"
		     "        allowMethods:\n"
		     "        - '*'\n"
		     "        maxAge: 600\n"
		     "    - type: RequestMirror\n"
		     "      requestMirror:\n"
		     "        backendRef:\n"
		     "          name: copy\n"
		     "          namespace: other\n"
		     "          port: 8080\n"
		     "    - type: URLRewrite\n"
		     "      urlRewrite:\n"
		     "        hostname: b.example\n"
		     "        path:\n"
		     "          type: ReplaceFullPath\n"
		     "          replaceFullPath: /x\n"
		     "    backendRefs:\n"
		     "    - name: cart\n"
		     "      port: 8080\n"
		     "      weight: 90\n"
		     "    - name: canary\n"
		     "      port: 8080\n"
		     "      weight: 10\n");
	assert_int_equal(raised("I2G311"), 1);
	assert_wrote("name: ingress2gw-httproute-web-service\n  namespace: other\n");
}

static void experimental_fields_need_the_channel(void **state)
{
	(void)state;
	unsigned codes[] = {502, 503};
	struct model_retry retry = {2, codes, 2};
	struct model_session session = {STR("sid"), 90000};
	struct model_rule *one = rule(host("a.example", LISTEN_HTTP), "web", PATH_PREFIX, "/");

	one->retry = &retry;
	one->session = &session;
	run();
	assert_not_wrote("retry");
	assert_not_wrote("sessionPersistence");
	options.experimental = true;
	run();
	assert_wrote("    retry:\n      attempts: 2\n      codes:\n      - 502\n      - 503\n"
		     "    sessionPersistence:\n      sessionName: sid\n      type: Cookie\n"
		     "      absoluteTimeout: 90000s\n      cookieConfig:\n"
		     "        lifetimeType: Permanent\n");
}

static void external_authentication_is_never_left_out(void **state)
{
	(void)state;
	struct str headers[] = {STR("authorization"), STR("authorization")};
	struct model_ext_auth auth = {.backend = backend("auth", "verify"),
				      .path = STR("/check"),
				      .request_headers = headers,
				      .request_header_count = 2};
	struct model_rule *guarded = rule(host("a.example", LISTEN_HTTP), "web", PATH_PREFIX, "/");

	guarded->ext_auth = &auth;
	options.experimental = true;
	run();
	assert_wrote("    - type: ExternalAuth\n      externalAuth:\n        protocol: HTTP\n"
		     "        backendRef:\n          name: verify\n          namespace: auth\n"
		     "          port: 8080\n        http:\n          path: /check\n"
		     "          allowedHeaders:\n          - authorization\n");
	assert_int_equal(built_apart, 1);

	options.experimental = false;
	run();
	assert_int_equal(raised("I2G301"), 1);
	assert_int_equal(kinds_seen[3], 0);
	assert_int_equal(guarded->path_item->outcome, OUTCOME_REFUSED);
}

static void too_many_header_edits_are_reported_once(void **state)
{
	(void)state;
	struct model_rule *one = rule(host("a.example", LISTEN_HTTP), "web", PATH_PREFIX, "/");

	for (int i = 0; i < 18; i++)
		model_header_set(&arena, model_edits(&arena, &one->request_headers),
				 str_format(&arena, "X-%02d", i), STR("v"));
	model_header_set(&arena, model_edits(&arena, &one->response_headers), STR("bad name"),
			 STR("v"));
	model_header_set(&arena, model_edits(&arena, &one->response_headers), STR("X-Empty"),
			 STR(""));
	model_header_set(&arena, model_edits(&arena, &one->response_headers), STR("X-Break"),
			 STR("a\r\nb"));
	run();
	assert_wrote("X-15");
	assert_not_wrote("X-16");
	assert_not_wrote("responseHeaderModifier");
	assert_int_equal(raised("I2G410"), 5);
	assert_int_equal(built_here, 1);
}

/* ---- refused ---- */

static void paths_the_api_refuses(void **state)
{
	(void)state;
	static const char *const bad[] = {"",        "a",     "//",   "/a//b", "/./a",
					  "/a/../b", "/a/..", "/a/.", "/.."};
	struct model_host *shop = host("a.example", LISTEN_HTTP);

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		rule(shop, "web", i % 2 ? PATH_EXACT : PATH_PREFIX, bad[i]);
	rule(shop, "web", PATH_EXACT, str_format(&arena, "/%01024d", 0).at);
	run();
	assert_int_equal(kinds_seen[3], 0);
	assert_int_equal(raised("I2G218"), 10);
	for (size_t i = 0; i < model.ledger.count; i++)
		assert_int_equal(ledger_at(&model.ledger, i)->outcome, OUTCOME_REFUSED);
}

static void other_bytes_are_percent_encoded(void **state)
{
	(void)state;
	struct model_host *shop = host("a.example", LISTEN_HTTP);

	rule(shop, "web", PATH_EXACT, "/a b");
	rule(shop, "web", PATH_EXACT, "/caf\xc3\xa9");
	rule(shop, "web", PATH_EXACT, "/100%");
	rule(shop, "web", PATH_EXACT, "/a#b");
	rule(shop, "web", PATH_EXACT, "/a%2Fb");
	rule(shop, "web", PATH_EXACT, "/a|{b}?\"");
	rule(shop, "web", PATH_EXACT, "/~user/.well-known/(x);v=1,2@:!$&'*+");
	run();
	assert_wrote("value: /a%20b\n");
	assert_wrote("value: /caf%C3%A9\n");
	assert_wrote("value: /100%25\n");
	assert_wrote("value: /a%23b\n");
	assert_wrote("value: /a%252Fb\n");
	assert_wrote("value: /a%7C%7Bb%7D%3F%22\n");
	assert_wrote("/~user/.well-known/(x);v=1,2@:!$&");
	assert_int_equal(findings.count, 0);
}

static void regexes_are_written_for_the_target(void **state)
{
	(void)state;
	struct model_host *shop = host("a.example", LISTEN_HTTP);

	rule(shop, "web", PATH_REGEX, "/id/[0-9]+$");
	struct model_rule *refused = rule(shop, "web", PATH_REGEX, "/(?!admin)");

	run();
	assert_wrote("type: RegularExpression\n        value: /(?i)id/[0-9]+$.*\n");
	assert_int_equal(raised("I2G241"), 1);
	assert_string_equal(refused->path_item->code, "I2G241");
	assert_int_equal(refused->host_item->outcome, OUTCOME_REFUSED);
}

static void an_invalid_host_takes_all_its_items_along(void **state)
{
	(void)state;
	rule(tls_host("${HOST}", "web"), "web", PATH_PREFIX, "/");
	rule(host("under_score.example", LISTEN_HTTP), "web", PATH_PREFIX, "/");
	run();
	assert_int_equal(output.len, 0);
	assert_int_equal(raised("I2G227"), 2);
	for (size_t i = 0; i < model.ledger.count; i++)
		assert_string_equal(ledger_at(&model.ledger, i)->code, "I2G227");
}

static void a_host_counts_when_one_of_its_rules_does(void **state)
{
	(void)state;
	struct model_host *shop = host("a.example", LISTEN_HTTP);
	struct model_rule *good = rule(shop, "web", PATH_PREFIX, "/a");
	struct model_rule *bad = rule(shop, "web", PATH_PREFIX, "/a//b");

	bad->host_item->outcome = OUTCOME_INERT; /* not looked at */
	bad->host_item = good->host_item;
	run();
	assert_int_equal(good->host_item->outcome, OUTCOME_EXACT);
}

static void a_backend_without_port_is_refused(void **state)
{
	(void)state;
	struct model_rule *one = rule(host("a.example", LISTEN_HTTP), "web", PATH_PREFIX, "/");

	one->backends[0].port = 0;
	run();
	assert_int_equal(kinds_seen[3], 0);
	assert_int_equal(raised("I2G220"), 1);
}

static void https_needs_a_certificate(void **state)
{
	(void)state;
	struct model_rule *one = rule(host("a.example", LISTEN_HTTPS), "web", PATH_PREFIX, "/");

	run();
	assert_int_equal(raised("I2G503"), 1);
	assert_int_equal(one->path_item->outcome, OUTCOME_REFUSED);
	assert_int_equal(output.len, 0);
}

/* ---- held rules ---- */

static struct model_rule *held(struct model_host *on, enum path_kind kind, const char *path)
{
	struct model_rule *made = rule(on, "web", kind, path);

	made->held = "I2G301";
	made->deny = true;
	return made;
}

static void a_held_rule_is_not_written(void **state)
{
	(void)state;
	struct model_host *shop = host("a.example", LISTEN_HTTP);
	struct model_rule *guarded = held(shop, PATH_PREFIX, "/admin");

	rule(shop, "web", PATH_PREFIX, "/public");
	rule(shop, "web", PATH_EXACT, "/");
	run();
	assert_not_wrote("/admin");
	assert_int_equal(guarded->path_item->outcome, OUTCOME_REFUSED);
	assert_string_equal(guarded->backends[0].item->code, "I2G301");
	assert_int_equal(raised("I2G317"), 0);
}

static void a_held_rule_blocks_what_others_would_take(void **state)
{
	(void)state;
	struct model_host *shop = host("a.example", LISTEN_HTTP);

	options.comments = true;
	held(shop, PATH_PREFIX, "/admin/users");
	rule(shop, "web", PATH_PREFIX, "/admin");
	run();
	assert_wrote("  # held back (I2G301): answers 500 so that no other route takes these "
		     "requests\n"
		     "  - matches:\n    - path:\n        type: PathPrefix\n"
		     "        value: /admin/users\n"
		     "  - matches:\n    - path:\n        type: PathPrefix\n        value: /admin\n"
		     "    backendRefs:\n");
	assert_int_equal(raised("I2G317"), 1);
}

static void wildcards_and_hostless_rules_are_other_ways_in(void **state)
{
	(void)state;
	held(host("a.b.example", LISTEN_HTTP), PATH_PREFIX, "/one");
	held(host("c.example", LISTEN_HTTP), PATH_PREFIX, "/two");
	held(host("d.c.example", LISTEN_HTTP), PATH_REGEX, "/three");
	rule(host("*.example", LISTEN_HTTP), "web", PATH_PREFIX, "/");
	run();
	assert_int_equal(raised("I2G317"), 3);
	assert_wrote("value: /one\n");
	assert_wrote("value: /(?i)three.*\n");

	findings.count = 0;
	rule(host("", LISTEN_HTTP), "web", PATH_PREFIX, "/four");
	held(host("*.org", LISTEN_HTTP), PATH_PREFIX, "/four/x");
	held(host("*.org", LISTEN_HTTP), PATH_PREFIX, "/five");
	run();
	assert_int_equal(raised("I2G317"), 4);
	assert_not_wrote("/five");
}

static void redirects_are_no_way_in(void **state)
{
	(void)state;
	struct model_host *shop = host("a.example", LISTEN_HTTP);

	held(shop, PATH_PREFIX, "/admin");
	redirect(shop, "web");
	close_items();
	run();
	assert_not_wrote("/admin");
}

static void a_denied_path_answers_an_error_there_too(void **state)
{
	(void)state;
	struct model_rule *denied = rule(host("a.example", LISTEN_HTTP), "web", PATH_PREFIX, "/x");

	denied->deny = true;
	run();
	assert_wrote("        value: /x\n");
	assert_not_wrote("backendRefs");
	assert_int_equal(denied->path_item->outcome, OUTCOME_EXACT);
	assert_int_equal(denied->backends[0].item->outcome, OUTCOME_INERT);
}

/* ---- certificates, policies ---- */

static void client_certificates_are_checked_by_the_gateway(void **state)
{
	(void)state;
	struct model_client_validation validation = {
		.namespace = STR("web"),
		.ca_config_map = STR("clients"),
		.ca = STR("-----BEGIN CERTIFICATE-----\n"),
		.optional = true,
		.item = item(ITEM_ANNOTATION, "auth-tls-secret"),
	};
	struct model_rule *guarded = rule(tls_host("a.example", "web"), "web", PATH_PREFIX, "/");

	model_realm(&model)->client_validation = &validation;
	run();
	assert_wrote("  tls:\n    frontend:\n      default:\n        validation:\n"
		     "          caCertificateRefs:\n          - group: \"\"\n"
		     "            kind: ConfigMap\n            name: clients\n"
		     "            namespace: web\n          mode: AllowInsecureFallback\n");
	assert_wrote("kind: ConfigMap\nmetadata:\n  name: clients\n  namespace: web\ndata:\n"
		     "  ca.crt: |\n");
	assert_wrote("name: ingress2gw-gateway-default-configmap\n");

	/* A Gateway that is there already is not changed, so the guard would be lost. */
	options.gateway_exists = true;
	run();
	assert_int_equal(raised("I2G304"), 1);
	assert_int_equal(kinds_seen[3], 0);
	assert_int_equal(kinds_seen[8], 0);
	assert_int_equal(guarded->path_item->outcome, OUTCOME_REFUSED);
}

static void backends_are_verified(void **state)
{
	(void)state;
	static const struct model_backend_tls policies[] = {
		{.namespace = STR_INIT("web"),
		 .service = STR_INIT("b"),
		 .hostname = STR_INIT("b.example"),
		 .ca_config_map = STR_INIT("ca"),
		 .ca = STR_INIT("PEM\n")},
		{.namespace = STR_INIT("web"),
		 .service = STR_INIT("a"),
		 .hostname = STR_INIT("a.example")},
		{.namespace = STR_INIT("web"),
		 .service = STR_INIT("b"),
		 .hostname = STR_INIT("c.example")},
		{.namespace = STR_INIT("web"),
		 .service = STR_INIT("x"),
		 .hostname = STR_INIT("*.bad")},
	};

	model.backend_tls = (struct model_backend_tls *)(uintptr_t)policies;
	model.backend_tls_count = 4;
	run();
	assert_int_equal(kinds_seen[7], 2);
	assert_int_equal(kinds_seen[8], 1);
	assert_int_equal(raised("I2G508"), 1);
	assert_wrote("  name: a-backend-tls\n  namespace: web\nspec:\n  targetRefs:\n"
		     "  - group: \"\"\n    kind: Service\n    name: a\n  validation:\n"
		     "    wellKnownCACertificates: System\n    hostname: a.example\n");
	assert_wrote("    caCertificateRefs:\n    - group: \"\"\n      kind: ConfigMap\n"
		     "      name: ca\n    hostname: b.example\n");
}

static void many_secrets_need_several_grants(void **state)
{
	(void)state;
	struct model_host *shop = host("a.example", LISTEN_HTTPS);

	for (int i = 0; i < 20; i++)
		certificate(shop, "web", str_format(&arena, "secret-%02d", i).at);
	certificate(shop, "web", "secret-00");
	rule(shop, "web", PATH_PREFIX, "/");
	run();
	assert_int_equal(kinds_seen[9], 2);
	assert_wrote("name: ingress2gw-gateway-default-secret\n");
	assert_wrote("name: ingress2gw-gateway-default-secret-02\n");
}

/* ---- metadata ---- */

static void issuers_move_to_the_object_with_the_listener(void **state)
{
	(void)state;
	struct kube_meta *owner = ingress("default", "shop");
	struct model_host *shop = tls_host("a.example", "default");

	annotate(owner, "cert-manager.io/cluster-issuer", "letsencrypt");
	annotate(owner, "external-dns.alpha.kubernetes.io/target", "lb.example");
	annotate(owner, "external-dns.alpha.kubernetes.io/ttl", "60");
	owned(shop, owner);
	rule(shop, "default", PATH_PREFIX, "/")->origin.object = owner;
	run();
	assert_wrote("kind: Gateway\nmetadata:\n  name: nginx\n  namespace: default\n"
		     "  annotations:\n    cert-manager.io/cluster-issuer: letsencrypt\n"
		     "    external-dns.alpha.kubernetes.io/target: lb.example\n");
	assert_wrote("kind: HTTPRoute\nmetadata:\n  name: shop-a-example\n  namespace: default\n"
		     "  annotations:\n    external-dns.alpha.kubernetes.io/ttl: \"60\"\n");
	assert_int_equal(raised("I2G604"), 3);
	assert_int_equal(built_here, 1);

	struct ledger_item *moved =
		ledger_find(&model.ledger, owner, STR("cert-manager.io/cluster-issuer"));

	assert_int_equal(moved->outcome, OUTCOME_EXACT);
	assert_string_equal(moved->target->kind, "Gateway");
}

static void hosts_with_other_issuers_stand_in_other_sets(void **state)
{
	(void)state;
	static const char *const issuers[] = {"one", "two", NULL, "two"};

	for (int i = 0; i < 4; i++) {
		struct kube_meta *owner = ingress("default", str_format(&arena, "shop-%d", i).at);
		struct model_host *made =
			tls_host(str_format(&arena, "h%d.example", i).at, "default");

		if (issuers[i])
			annotate(owner, "cert-manager.io/issuer", issuers[i]);
		owned(made, owner);
		rule(made, "default", PATH_PREFIX, "/")->origin.object = owner;
	}
	run();
	/* The host without issuer keeps the Gateway: cert-manager must not touch its Secret. */
	assert_int_equal(kinds_seen[2], 2);
	assert_wrote("  - name: nginx\n    sectionName: h2-example-https\n");
	assert_wrote("name: nginx-1\n    sectionName: h0-example-https\n");
	assert_wrote("name: nginx-2\n    sectionName: h1-example-https\n");
	assert_wrote("name: nginx-2\n    sectionName: h3-example-https\n");
}

static void issuers_need_the_secret_in_their_own_namespace(void **state)
{
	(void)state;
	struct kube_meta *owner = ingress("web", "shop");
	struct model_host *shop = tls_host("a.example", "web");

	options.comments = true;
	annotate(owner, "cert-manager.io/issuer", "ca");
	owned(shop, owner);
	rule(shop, "web", PATH_PREFIX, "/")->origin.object = owner;
	run();
	assert_wrote("kind: ListenerSet\nmetadata:\n  name: nginx-1\n  namespace: web\n"
		     "  annotations:\n    cert-manager.io/issuer: ca\n");
	assert_wrote("# no route uses this listener");
	assert_wrote("      from: Selector\n      selector:\n        matchExpressions:\n"
		     "        - key: kubernetes.io/metadata.name\n          operator: In\n"
		     "          values:\n          - web\n");
	assert_int_equal(kinds_seen[9], 0);
}

static void metadata_without_a_place_is_accounted_for(void **state)
{
	(void)state;
	struct kube_meta *plain = ingress("web", "plain"), *first = ingress("web", "a"),
			 *second = ingress("web", "b");
	struct model_host *made = host("a.example", LISTEN_HTTP);

	annotate(plain, "cert-manager.io/issuer", "ca");
	annotate(plain, "external-dns.alpha.kubernetes.io/ttl", "1");
	annotate(first, "external-dns.alpha.kubernetes.io/ttl", "60");
	annotate(second, "external-dns.alpha.kubernetes.io/ttl", "90");
	owned(made, first);
	owned(made, second);
	rule(made, "web", PATH_PREFIX, "/b")->origin.object = second;
	rule(made, "web", PATH_PREFIX, "/a")->origin.object = first;
	run();
	assert_wrote("ttl: \"60\"");
	assert_int_equal(raised("I2G605"), 2);
	assert_int_equal(ledger_find(&model.ledger, plain, STR("cert-manager.io/issuer"))->outcome,
			 OUTCOME_INERT);
	assert_int_equal(
		ledger_find(&model.ledger, second, STR("external-dns.alpha.kubernetes.io/ttl"))
			->outcome,
		OUTCOME_REFUSED);
}

static void labels_of_the_first_ingress_by_choice(void **state)
{
	(void)state;
	struct kube_meta *owner = ingress("web", "shop");
	struct kube_pair label = {.key = STR("team"), .value = STR("cart")};

	owner->labels.at = &label;
	owner->labels.count = 1;
	rule(host("a.example", LISTEN_HTTP), "web", PATH_PREFIX, "/")->origin.object = owner;
	run();
	assert_not_wrote("labels");
	options.copy_labels = true;
	run();
	assert_wrote("  labels:\n    team: cart\n");
}

static void comments_say_where_it_came_from(void **state)
{
	(void)state;
	struct sources sources = {0};
	struct model_host *shop = host("a.example", LISTEN_HTTP);
	static const char *const names[] = {"e", "d", "c", "b", "a"};

	sources_add(&sources, (struct source){.name = STR("deploy/\nevil: true.yaml")});
	options.comments = true;
	options.sources = &sources;
	for (int i = 0; i < 5; i++) {
		struct model_rule *one =
			rule(shop, "web", PATH_PREFIX, str_format(&arena, "/%d", i).at);

		one->origin.object = ingress("web", names[i]);
		owned(shop, one->origin.object);
		one->comment = STR("drops\r\nkind: Secret \xe2\x80\xa8 x \xc2\x85 \xef\xbb\xbf");
	}
	run();
	assert_wrote("# from deploy/\\x0aevil: true.yaml:7 Ingress web/a\n"
		     "# from deploy/\\x0aevil: true.yaml:7 Ingress web/b\n"
		     "# from deploy/\\x0aevil: true.yaml:7 Ingress web/c\n"
		     "# from deploy/\\x0aevil: true.yaml:7 Ingress web/d\n"
		     "# and 1 more\n"
		     "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\n");
	assert_wrote("  # drops\\x0d\\x0akind: Secret \\xe2\\x80\\xa8 x \\xc2\\x85 "
		     "\\xef\\xbb\\xbf\n");
	sources_finish(&sources);
}

/* ---- all of it ---- */

static void hosts_in_any_order_give_the_same_bytes(void **state)
{
	(void)state;
	struct str first = {0};

	for (int run_index = 0; run_index < 2; run_index++) {
		findings.count = 0;
		model_init(&model, &arena);
		for (int i = 0; i < 50; i++) {
			int at = run_index ? 49 - i : i;

			rule(tls_host(str_format(&arena, "h%02d.example", at).at,
				      at % 3 ? "web" : "api"),
			     at % 3 ? "web" : "api", PATH_PREFIX, "/");
		}
		run();
		if (!run_index)
			first = str_dup(&arena, buf_slice(&output));
	}
	assert_true(str_eq(first, buf_slice(&output)));
}

static void long_names_are_cut_and_told(void **state)
{
	(void)state;
	struct model_rule *one = rule(host(str_format(&arena, "%0200d.example", 0).at, LISTEN_HTTP),
				      "web", PATH_PREFIX, "/");

	one->route_name = str_format(&arena, "%0100d", 1);
	run();
	assert_int_equal(raised("I2G602"), 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(one_host_stands_on_one_gateway),
		TEST(a_hostless_route_is_pinned_to_the_hostless_listener),
		TEST(names_that_collide_are_told_apart),
		TEST(many_hosts_spill_into_listener_sets),
		TEST(without_hostless_rules_the_gateway_keeps_what_fits),
		TEST(sixty_four_listeners_fit),
		TEST(listener_sets_by_choice),
		TEST(an_existing_gateway_is_only_attached_to),
		TEST(a_gateway_for_every_namespace),
		TEST(realms_have_gateways_of_their_own),
		TEST(a_guard_blocks_in_its_realm_only),
		TEST(client_certificates_are_of_one_realm),
		TEST(passthrough_hosts_have_no_https_listener),
		TEST(ports_of_layer_4_get_listeners),
		TEST(rules_of_different_ingresses_get_routes_of_their_own),
		TEST(seventeen_rules_are_folded_and_different_ones_split),
		TEST(a_prefix_that_is_replaced_stays_alone),
		TEST(a_thousand_equal_rules_stay_within_the_limits),
		TEST(names_of_parts_sort_as_the_parts),
		TEST(a_part_name_that_is_taken_changes_all_parts),
		TEST(mixed_listeners_make_two_routes),
		TEST(a_host_on_both_ports_has_one_route),
		TEST(everything_a_rule_can_hold),
		TEST(experimental_fields_need_the_channel),
		TEST(external_authentication_is_never_left_out),
		TEST(too_many_header_edits_are_reported_once),
		TEST(paths_the_api_refuses),
		TEST(other_bytes_are_percent_encoded),
		TEST(regexes_are_written_for_the_target),
		TEST(an_invalid_host_takes_all_its_items_along),
		TEST(a_host_counts_when_one_of_its_rules_does),
		TEST(a_backend_without_port_is_refused),
		TEST(https_needs_a_certificate),
		TEST(a_held_rule_is_not_written),
		TEST(a_held_rule_blocks_what_others_would_take),
		TEST(wildcards_and_hostless_rules_are_other_ways_in),
		TEST(redirects_are_no_way_in),
		TEST(a_denied_path_answers_an_error_there_too),
		TEST(client_certificates_are_checked_by_the_gateway),
		TEST(backends_are_verified),
		TEST(many_secrets_need_several_grants),
		TEST(issuers_move_to_the_object_with_the_listener),
		TEST(hosts_with_other_issuers_stand_in_other_sets),
		TEST(issuers_need_the_secret_in_their_own_namespace),
		TEST(metadata_without_a_place_is_accounted_for),
		TEST(labels_of_the_first_ingress_by_choice),
		TEST(comments_say_where_it_came_from),
		TEST(hosts_in_any_order_give_the_same_bytes),
		TEST(long_names_are_cut_and_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
