/* Which Gateways and ListenerSets there are, and what stands on them. */
#include "plan_case.h"

#include "gateway/limits.h"

/* ---- topology ---- */

static const char one_secured_host[] = "apiVersion: gateway.networking.k8s.io/v1\n"
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
				       "    name: tls\n";

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
	assert_str(buf_slice(&output), one_secured_host);
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
	assert_int_equal(written("ReferenceGrant"), 0);
}

static void names_that_collide_are_told_apart(void **state)
{
	(void)state;
	rule(host("a.b.com", LISTEN_HTTP), "default", PATH_PREFIX, "/");
	rule(host("a-b.com", LISTEN_HTTP), "default", PATH_PREFIX, "/");
	rule(host("*.b.com", LISTEN_HTTP), "default", PATH_PREFIX, "/");
	rule(host("b.com", LISTEN_HTTP), "default", PATH_PREFIX, "/");
	run();
	assert_int_equal(written("HTTPRoute"), 4);
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
	assert_int_equal(written("Gateway"), 1);
	assert_int_equal(written("ListenerSet"), 4); /* 200 listeners, 64 each, pairs together */
	assert_wrote("  gatewayClassName: nginx\n  allowedListeners:\n    namespaces:\n"
		     "      from: Same\n");
	assert_wrote("  - kind: ListenerSet\n    name: nginx-1\n    namespace: default\n"
		     "    sectionName: h00-example-com-http\n");
	/* The Gateway keeps the hostless pair. */
	assert_wrote("  - name: nginx\n    sectionName: https\n");
	/* 100 services' routes need no grant; the Secret of all hosts is one name. */
	assert_int_equal(written("ReferenceGrant"), 1);
}

static void without_hostless_rules_the_gateway_keeps_what_fits(void **state)
{
	(void)state;
	for (int i = 0; i < 40; i++)
		rule(tls_host(str_format(&arena, "h%02d.example.com", i).at, "default"), "default",
		     PATH_PREFIX, "/");
	run();
	assert_int_equal(written("Gateway"), 1);
	assert_int_equal(written("ListenerSet"), 1);
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
	assert_int_equal(written("ListenerSet"), 0);
}

static void listener_sets_by_choice(void **state)
{
	(void)state;
	options.listener_sets = true;
	rule(tls_host("a.example", "web"), "web", PATH_PREFIX, "/");
	rule(tls_host("b.example", "web"), "web", PATH_PREFIX, "/");
	run();
	assert_int_equal(written("Gateway"), 1);
	assert_int_equal(written("ListenerSet"), 1);
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
	assert_int_equal(written("GatewayClass"), 0);
	assert_int_equal(written("Gateway"), 0);
	assert_int_equal(written("ListenerSet"), 1);
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
	rule(host("b.example", LISTEN_HTTP), "api", PATH_PREFIX, "/");
	run();
	assert_int_equal(written("Gateway"), 2);
	assert_int_equal(written("HTTPRoute"), 3);
	assert_wrote("  name: nginx\n  namespace: api\n");
	assert_wrote("  name: nginx\n  namespace: web\n");
	/* A host has one address: the other namespace attaches there. */
	assert_wrote("      namespaces:\n        from: Selector\n        selector:\n"
		     "          matchExpressions:\n          - key: kubernetes.io/metadata.name\n"
		     "            operator: In\n            values:\n            - api\n"
		     "            - web\n");
	assert_wrote("  - name: nginx\n    namespace: web\n    sectionName: a-example-http\n");
	assert_wrote("      namespaces:\n        from: Same\n");
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
	assert_int_equal(written("GatewayClass"), 1);
	assert_int_equal(written("Gateway"), 2);
	assert_int_equal(written("HTTPRoute"), 2);
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
		.namespace = STR("web"), .ca_config_map = STR("ca"), .item = item(ITEM_TLS)};
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
			   .path_item = item(ITEM_PATH),
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
	assert_int_equal(written("TCPRoute"), 2);
	assert_int_equal(written("UDPRoute"), 1);
	assert_wrote("name: ingress2gw-tcproute-db-service\n  namespace: other\n");
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
		TEST(hosts_in_any_order_give_the_same_bytes),
		TEST(long_names_are_cut_and_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
