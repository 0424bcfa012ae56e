#include "gateway_case.h"

static void test_gateway(void **state)
{
	struct gateway_case kase;
	const struct gateway *gateway;

	(void)state;
	gateway_text(&kase,
		     HEAD("Gateway") "metadata: {name: gw, namespace: infra}\n"
				     "spec:\n"
				     "  gatewayClassName: shared\n"
				     "  addresses: [{value: 203.0.113.7}]\n"
				     "  allowedListeners: {namespaces: {from: All}}\n"
				     "  listeners:\n"
				     "  - {name: http, port: 80, protocol: HTTP}\n"
				     "  - name: https\n"
				     "    port: 443\n"
				     "    protocol: HTTPS\n"
				     "    hostname: \"*.test\"\n"
				     "    tls: {certificateRefs: [{name: cert}]}\n"
				     "    allowedRoutes:\n"
				     "      kinds: [{kind: HTTPRoute}]\n"
				     "      namespaces:\n"
				     "        from: Selector\n"
				     "        selector:\n"
				     "          matchLabels: {team: web}\n"
				     "          matchExpressions: [{key: env, operator: NotIn, "
				     "values: [dev]}]\n"
				     "  tls:\n"
				     "    frontend:\n"
				     "      default: {validation: {caCertificateRefs: "
				     "[{group: '', kind: ConfigMap, name: ca}]}}\n"
				     "      perPort: [{port: 8443, tls: {validation: {mode: "
				     "AllowInsecureFallback, caCertificateRefs: []}}}]\n"
				     "    backend: {clientCertificateRef: {name: client}}\n");
	assert_said(&kase.kube, "");
	gateway = gateway_find(&kase.set, STR("infra"), STR("gw"));
	assert_non_null(gateway);
	assert_text(gateway->class_name, "shared", 5, 21);
	assert_int_equal(gateway->allowed_listeners.from, GATEWAY_FROM_ALL);
	assert_str(gateway->addresses[0].type.text, "IPAddress");
	assert_int_equal(gateway->listeners.count, 2);
	assert_int_equal(gateway->listeners.at[0].allowed.from, GATEWAY_FROM_SAME);
	assert_null(gateway->listeners.at[0].hostname.text.at);
	assert_false(gateway->listeners.at[0].has_tls);

	const struct gateway_listener *https = &gateway->listeners.at[1];

	assert_text(https->hostname, "*.test", 13, 15);
	assert_int_equal(https->mode, GATEWAY_TLS_TERMINATE);
	assert_str(https->certificates.at[0].kind, "Secret");
	assert_str(https->certificates.at[0].namespace, "infra");
	assert_str(https->kinds[0].group, GATEWAY_GROUP);
	assert_int_equal(https->allowed.from, GATEWAY_FROM_SELECTOR);
	assert_int_equal(https->allowed.selector.count, 2);
	assert_int_equal(https->allowed.selector.at[1].op, KUBE_SELECT_NOT_IN);
	assert_int_equal(gateway->frontend_count, 2);
	assert_true(gateway->frontends[0].validates);
	assert_int_equal(gateway->frontends[1].port, 8443);
	assert_true(gateway->frontends[1].insecure_fallback);
	assert_str(gateway->client_certificate.name.text, "client");
	assert_null(gateway_find(&kase.set, STR("default"), STR("gw")));
	gateway_finish(&kase);
}

static void test_http_route(void **state)
{
	struct gateway_case kase;
	const struct gateway_route *route;
	const struct gateway_rule *rule;

	(void)state;
	gateway_text(
		&kase,
		HEAD("HTTPRoute") "metadata: {name: r, creationTimestamp: 2024-01-31T08:00:00Z}\n"
				  "spec:\n"
				  "  parentRefs: [{name: gw, namespace: infra, sectionName: http, "
				  "port: 80}]\n"
				  "  hostnames: [a.test, '*.b.test']\n"
				  "  rules:\n"
				  "  - matches:\n"
				  "    - path: {type: Exact, value: /a}\n"
				  "      method: GET\n"
				  "      headers: [{name: x, value: v, type: RegularExpression}]\n"
				  "      queryParams: [{name: q, value: '1'}]\n"
				  "    - headers: []\n"
				  "    filters:\n"
				  "    - type: RequestRedirect\n"
				  "      requestRedirect: {scheme: https, path: {type: "
				  "ReplacePrefixMatch, replacePrefixMatch: /z}}\n"
				  "    - {type: RequestMirror, requestMirror: {percent: 20, "
				  "backendRef: {name: m, port: 1}}}\n"
				  "    timeouts: {request: 1m30s, backendRequest: 500ms}\n"
				  "    retry: {attempts: 2, codes: [500, 503], backoff: 1s}\n"
				  "    sessionPersistence: {sessionName: s, absoluteTimeout: 1h, "
				  "cookieConfig: {lifetimeType: Permanent}}\n"
				  "  - backendRefs:\n"
				  "    - {name: web, port: 80, weight: 0}\n"
				  "    - {name: two, port: 81, filters: [{type: CORS, cors: "
				  "{allowOrigins: ['*']}}]}\n"
				  "---\n" HEAD("HTTPRoute") "metadata: {name: bare}\nspec: {}\n");
	assert_said(&kase.kube, "");
	route = gateway_route(&kase.set, GATEWAY_HTTP_ROUTE, STR("default"), STR("r"));
	assert_non_null(route);
	assert_int_equal(route->meta.created, 1706688000);
	assert_str(route->parents.at[0].section.text, "http");
	assert_int_equal(route->parents.at[0].port, 80);
	assert_text(route->hostnames.at[1], "*.b.test", 6, 23);
	rule = &route->rules[0];
	assert_int_equal(rule->match_count, 2);
	assert_int_equal(rule->matches[0].path_type, GATEWAY_MATCH_EXACT);
	assert_str(rule->matches[0].method.text, "GET");
	assert_int_equal(rule->matches[0].headers.at[0].type, GATEWAY_MATCH_REGEX);
	assert_str(rule->matches[0].params.at[0].value.text, "1");
	assert_int_equal(rule->matches[1].path_type, GATEWAY_MATCH_PREFIX);
	assert_str(rule->matches[1].path.text, "/");
	assert_int_equal(rule->filters.at[0].type, GATEWAY_FILTER_REDIRECT);
	assert_int_equal(rule->filters.at[0].redirect.status, 302);
	assert_int_equal(rule->filters.at[0].redirect.path.change, GATEWAY_PATH_PREFIX_REPLACED);
	assert_int_equal(rule->filters.at[1].mirror.numerator, 20);
	assert_int_equal(rule->filters.at[1].mirror.denominator, 100);
	assert_int_equal(rule->timeouts.request, 90000);
	assert_int_equal(rule->timeouts.backend_request, 500);
	assert_int_equal(rule->retry.code_count, 2);
	assert_int_equal(rule->retry.backoff, 1000);
	assert_true(rule->session.permanent);
	rule = &route->rules[1];
	assert_int_equal(rule->backends[0].weight, 0);
	assert_int_equal(rule->backends[1].weight, 1);
	assert_int_equal(rule->backends[1].weight_span.line, 0);
	assert_int_equal(rule->backends[1].filters.at[0].cors.max_age, 5);
	assert_int_equal(rule->timeouts.request, GATEWAY_NO_DURATION);

	/* A spec without rules has one that takes everything and has no backend. */
	route = gateway_route(&kase.set, GATEWAY_HTTP_ROUTE, STR("default"), STR("bare"));
	assert_int_equal(route->rule_count, 1);
	assert_str(route->rules[0].matches[0].path.text, "/");
	assert_int_equal(route->rules[0].matches[0].span.line, 0);
	assert_int_equal(route->rules[0].backend_count, 0);
	gateway_finish(&kase);
}

static void test_other_kinds(void **state)
{
	struct gateway_case kase;
	const struct gateway_route *route;

	(void)state;
	gateway_text(
		&kase,
		HEAD("GRPCRoute") "metadata: {name: g}\n"
				  "spec: {rules: [{matches: [{method: {service: a.B, method: "
				  "C}}]}, {}]}\n"
				  "---\napiVersion: gateway.networking.k8s.io/v1alpha2\n"
				  "kind: TCPRoute\nmetadata: {name: t}\n"
				  "spec: {rules: [{backendRefs: [{name: db, port: 5432}]}]}\n"
				  "---\n" HEAD(
					  "BackendTLSPolicy") "metadata: {name: p}\n"
							      "spec: {targetRefs: [{group: '', "
							      "kind: Service, name: web, "
							      "sectionName: https}],\n"
							      "  validation: {hostname: web.test, "
							      "wellKnownCACertificates: System,\n"
							      "    subjectAltNames: [{type: URI, "
							      "uri: 'spiffe://a'}]}}\n"
							      "---\n" HEAD(
								      "ListenerSet") "metadata: "
										     "{name: l}\n"
										     "spec: "
										     "{parentRef: "
										     "{name: gw}, "
										     "listeners: "
										     "[{name: a, "
										     "port: 1, "
										     "protocol: "
										     "TCP}]}\n"
										     "---\n" HEAD(
											     "Gatew"
											     "ayCla"
											     "ss") "metadata: {name: c}\n"
												   "spec: {controllerName: example.com/c}\n"
												   /* Another project's Gateway is none of ours. */
												   "---\napiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: gw}\n");
	assert_said(&kase.kube, "");
	route = gateway_route(&kase.set, GATEWAY_GRPC_ROUTE, STR("default"), STR("g"));
	assert_str(route->rules[0].matches[0].service.text, "a.B");
	assert_str(route->rules[0].matches[0].rpc.text, "C");
	assert_int_equal(route->rules[1].match_count, 1);
	assert_null(route->rules[1].matches[0].service.text.at);
	assert_non_null(gateway_route(&kase.set, GATEWAY_TCP_ROUTE, STR("default"), STR("t")));
	assert_str(kase.set.policies[0]->targets.at[0].section.text, "https");
	assert_true(kase.set.policies[0]->sans[0].uri);
	assert_str(kase.set.listener_sets[0]->parent.kind, "Gateway");
	assert_str(gateway_class(&kase.set, STR("c"))->controller.text, "example.com/c");
	assert_int_equal(kase.set.gateway_count, 0);
	gateway_finish(&kase);
}

/* What has not the shape of its kind is left out, with one finding at the first such value. */
static void test_misfits(void **state)
{
	static const struct {
		const char *spec, *said;
	} cases[] = {
		{"rules: 3", "I2G617 4:15 spec.rules: spec.rules: expected array, got int; the "
			     "object is left out\n"},
		{"rules: [{backendRefs: [{port: 80}]}]",
		 "I2G617 4:31 spec.rules[0].backendRefs[0]: spec.rules[0].backendRefs[0]: name is "
		 "missing; the object is left out\n"},
		{"rules: [{matches: [{path: {type: Prefix, value: 5}}]}]",
		 "I2G617 4:41 spec.rules[0].matches[0].path.type: "
		 "spec.rules[0].matches[0].path.type: unsupported value \"Prefix\"; the object is "
		 "left out\n"},
		{"rules: [{timeouts: {request: 10}}]",
		 "I2G617 4:37 spec.rules[0].timeouts.request: spec.rules[0].timeouts.request: "
		 "expected string, got int; the object is left out\n"},
		{"rules: [{filters: [{type: CORS}]}]",
		 "I2G617 4:27 spec.rules[0].filters[0]: spec.rules[0].filters[0]: cors is missing; "
		 "the object is left out\n"},
		{"parentRefs: [{name: a, port: 70000}]",
		 "I2G617 4:37 spec.parentRefs[0].port: spec.parentRefs[0].port: 70000 is not from "
		 "1 to 65535; the object is left out\n"},
	};
	struct gateway_case kase;
	char text[400];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		snprintf(text, sizeof text, HEAD("HTTPRoute") "metadata: {name: r}\nspec: {%s}\n",
			 cases[i].spec);
		gateway_text(&kase, text);
		assert_said(&kase.kube, cases[i].said);
		assert_int_equal(kase.set.route_count, 0);
		gateway_finish(&kase);
	}
}

static void test_grants(void **state)
{
	struct gateway_case kase;
	struct gateway_ref ref = {.group = STR_INIT(""),
				  .kind = STR_INIT("Service"),
				  .namespace = STR_INIT("b"),
				  .name = {.text = STR_INIT("web")}};

	(void)state;
	gateway_text(&kase,
		     HEAD("ReferenceGrant") "metadata: {name: g, namespace: b}\n"
					    "spec:\n"
					    "  from: [{group: gateway.networking.k8s.io, kind: "
					    "HTTPRoute, namespace: a}]\n"
					    "  to: [{group: '', kind: Service, name: web}, "
					    "{group: '', kind: Secret}]\n");
	assert_said(&kase.kube, "");
	assert_true(gateway_is_permitted(&kase.set, "HTTPRoute", STR("a"), &ref));
	assert_true(gateway_is_permitted(&kase.set, "TCPRoute", STR("b"), &ref));
	assert_false(gateway_is_permitted(&kase.set, "TCPRoute", STR("a"), &ref));
	assert_false(gateway_is_permitted(&kase.set, "HTTPRoute", STR("c"), &ref));
	ref.name.text = STR("other");
	assert_false(gateway_is_permitted(&kase.set, "HTTPRoute", STR("a"), &ref));
	ref.kind = STR("Secret");
	assert_true(gateway_is_permitted(&kase.set, "HTTPRoute", STR("a"), &ref));
	ref.namespace = STR("c");
	assert_false(gateway_is_permitted(&kase.set, "HTTPRoute", STR("a"), &ref));
	gateway_finish(&kase);
}

static bool admit(void *user, const struct yaml_item *item, struct findings *findings)
{
	(void)user;
	findings_add(findings, (struct finding){.code = "I2G610",
						.path = STR("seen"),
						.message = str_dup(findings->arena,
								   node_text(item->root, "kind"))});
	return !str_is(node_text(node_get(item->root, "metadata"), "name"), "bad");
}

/* The gate sees everything first; what it refuses never becomes an object. */
static void test_gate(void **state)
{
	struct gateway_case kase;
	const struct kube_load_options options = {
		.threads = 1, .gate = {.admit = admit}, .silent = true};

	(void)state;
	gateway_load_text(
		&kase,
		HEAD("HTTPRoute") "metadata: {name: bad}\nspec: {}\n---\n" HEAD(
			"HTTPRoute") "metadata: {name: good, oddity: 1}\nspec: {}\n---\n"
				     "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: "
				     "{ports: 3}\n---\n"
				     "apiVersion: v1\nkind: Service\nmetadata: {}\n",
		&options);
	assert_said(&kase.kube, "I2G610 0:0 seen: HTTPRoute\nI2G610 0:0 seen: HTTPRoute\n"
				"I2G610 0:0 seen: Service\nI2G610 0:0 seen: Service\n");
	assert_int_equal(kase.set.route_count, 1);
	assert_int_equal(kase.kube.set.service_count, 1);
	gateway_finish(&kase);
}

static void test_durations(void **state)
{
	static const struct {
		const char *text;
		int64_t milliseconds;
	} cases[] = {{"0s", 0},       {"1h", 3600000},    {"1h30m", 5400000},
		     {"10ms", 10},    {"1m5s3ms", 65003}, {"99999h", 359996400000},
		     {"", -1},        {"5", -1},          {"s", -1},
		     {"100000s", -1}, {"1s1s1s1s1s", -1}, {"1.5s", -1},
		     {"-1s", -1},     {"1d", -1}};
	int64_t got;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (cases[i].milliseconds < 0) {
			assert_false(gateway_duration_parse(str_from(cases[i].text), &got));
		} else {
			assert_true(gateway_duration_parse(str_from(cases[i].text), &got));
			assert_int_equal(got, cases[i].milliseconds);
		}
}

static struct kube_meta born(const char *namespace, const char *name, int64_t created)
{
	return (struct kube_meta){
		.namespace = str_from(namespace), .name = str_from(name), .created = created};
}

static void test_precedence(void **state)
{
	struct kube_meta older = born("z", "z", 1), newer = born("a", "a", 2);
	struct kube_meta unborn = born("a", "a", KUBE_NO_TIME), same = born("a", "b", KUBE_NO_TIME);
	struct kube_meta dashed = born("a-b", "a", KUBE_NO_TIME);

	(void)state;
	assert_true(gateway_precedence(&older, &newer) < 0);
	assert_true(gateway_precedence(&newer, &unborn) < 0);
	assert_true(gateway_precedence(&unborn, &same) < 0);
	assert_int_equal(gateway_precedence(&same, &same), 0);
	/* "a-b/a" sorts before "a/a": it is the whole text that counts. */
	assert_true(gateway_precedence(&dashed, &unborn) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gateway),     cmocka_unit_test(test_http_route),
		cmocka_unit_test(test_other_kinds), cmocka_unit_test(test_misfits),
		cmocka_unit_test(test_grants),      cmocka_unit_test(test_gate),
		cmocka_unit_test(test_durations),   cmocka_unit_test(test_precedence),
	};

	return cmocka_run_group_tests_name("gateway_api", tests, NULL, NULL);
}
