/* What stands beside the routes: certificates, policies, grants, annotations, labels, comments. */
#include "plan_case.h"

/* ---- certificates, policies ---- */

static void client_certificates_are_checked_by_the_gateway(void **state)
{
	(void)state;
	struct model_client_validation validation = {
		.namespace = STR("web"),
		.ca_config_map = STR("clients"),
		.ca = STR("-----BEGIN CERTIFICATE-----\n"),
		.optional = true,
		.item = item(ITEM_ANNOTATION),
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
	assert_int_equal(written("HTTPRoute"), 0);
	assert_int_equal(written("ConfigMap"), 0);
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
	assert_int_equal(written("BackendTLSPolicy"), 2);
	assert_int_equal(written("ConfigMap"), 1);
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
	assert_int_equal(written("ReferenceGrant"), 2);
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
	assert_int_equal(written("ListenerSet"), 2);
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
	assert_int_equal(written("ReferenceGrant"), 0);
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
		one->comment = "drops\r\nkind: Secret \xe2\x80\xa8 x \xc2\x85 \xef\xbb\xbf";
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(client_certificates_are_checked_by_the_gateway),
		TEST(backends_are_verified),
		TEST(many_secrets_need_several_grants),
		TEST(issuers_move_to_the_object_with_the_listener),
		TEST(hosts_with_other_issuers_stand_in_other_sets),
		TEST(issuers_need_the_secret_in_their_own_namespace),
		TEST(metadata_without_a_place_is_accounted_for),
		TEST(labels_of_the_first_ingress_by_choice),
		TEST(comments_say_where_it_came_from),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
