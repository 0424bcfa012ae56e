#include "gateway/pack.h"
#include "gateway_case.h"

/* Every field that a route can have; what is no field of its kind is of the next route. */
static const char routes[] = HEAD(
	"HTTPRoute") "metadata:\n"
		     "  name: full\n"
		     "  namespace: shop\n"
		     "  creationTimestamp: 2024-01-31T08:00:00Z\n"
		     "  labels: {app: shop, empty: ''}\n"
		     "  annotations: {ingress2gw.dev/regex-dialect: RE2}\n"
		     "spec:\n"
		     "  useDefaultGateways: All\n"
		     "  parentRefs:\n"
		     "  - {name: public, namespace: infra, sectionName: https, port: 443}\n"
		     "  - {group: '', kind: Service, name: cart}\n"
		     "  hostnames: [shop.test, '*.shop.test']\n"
		     "  rules:\n"
		     "  - name: first\n"
		     "    matches:\n"
		     "    - path: {type: RegularExpression, value: /a.*}\n"
		     "      method: GET\n"
		     "      headers: [{name: X-A, value: b, type: RegularExpression}]\n"
		     "      queryParams: [{name: q, value: ''}]\n"
		     "    - path: {}\n"
		     "    filters:\n"
		     "    - type: RequestHeaderModifier\n"
		     "      requestHeaderModifier: {set: [{name: a, value: b}], add: [{name: c, "
		     "value: d}], "
		     "remove: [e, f]}\n"
		     "    - type: ResponseHeaderModifier\n"
		     "      responseHeaderModifier: {remove: [g]}\n"
		     "    - type: RequestMirror\n"
		     "      requestMirror: {backendRef: {name: copy, port: 1}, fraction: "
		     "{numerator: 3, "
		     "denominator: 7}}\n"
		     "    - type: URLRewrite\n"
		     "      urlRewrite: {hostname: h.test, path: {type: ReplacePrefixMatch, "
		     "replacePrefixMatch: /x}}\n"
		     "    - type: CORS\n"
		     "      cors: {allowCredentials: true, allowOrigins: ['https://a.test'], "
		     "allowMethods: "
		     "[GET], allowHeaders: [h], exposeHeaders: [i], maxAge: 9}\n"
		     "    - type: ExternalAuth\n"
		     "      externalAuth: {protocol: HTTP, backendRef: {name: auth, port: 2}, "
		     "http: {path: /p, "
		     "allowedHeaders: [j], allowedResponseHeaders: [k]}, forwardBody: {maxSize: "
		     "70000}}\n"
		     "    - type: ExtensionRef\n"
		     "      extensionRef: {group: example.com, kind: Waf, name: w}\n"
		     "    backendRefs:\n"
		     "    - {name: cart, port: 8080, weight: 0}\n"
		     "    - name: other\n"
		     "      namespace: elsewhere\n"
		     "      port: 65535\n"
		     "      weight: 1000000\n"
		     "      filters: [{type: RequestHeaderModifier, requestHeaderModifier: "
		     "{remove: [l]}}]\n"
		     "    timeouts: {request: 10s, backendRequest: 0s}\n"
		     "    retry: {codes: [500, 503], attempts: 3, backoff: 25ms}\n"
		     "    sessionPersistence: {sessionName: s, type: Cookie, absoluteTimeout: 1h, "
		     "cookieConfig: "
		     "{lifetimeType: Permanent}}\n"
		     "  - filters:\n"
		     "    - type: RequestRedirect\n"
		     "      requestRedirect: {scheme: https, hostname: r.test, path: {type: "
		     "ReplaceFullPath, "
		     "replaceFullPath: ''}, port: 8443, statusCode: 308}\n"
		     "---\n" HEAD(
			     "HTTPRoute") "metadata: {name: bare}\nspec: {}\n"
					  "---\n" HEAD(
						  "GRPCRoute") "metadata: {name: rpc}\n"
							       "spec:\n"
							       "  rules:\n"
							       "  - matches:\n"
							       "    - method: {type: "
							       "RegularExpression, service: a.*, "
							       "method: b}\n"
							       "    - headers: [{name: h, value: "
							       "v}]\n"
							       "---\n" HEAD(
								       "TLSRoute") "metadata: "
										   "{name: tls}\n"
										   "spec: "
										   "{hostnames: "
										   "[a.test], "
										   "rules: "
										   "[{backendRefs: "
										   "[{name: b, "
										   "port: 1}]}]}\n"
										   "---"
										   "\napiVersion: "
										   "gateway."
										   "networking.k8s."
										   "io/"
										   "v1alpha2\nkind:"
										   " UDPRoute\n"
										   "metadata: "
										   "{name: "
										   "udp}\nspec: "
										   "{rules: "
										   "[{backendRefs: "
										   "[{name: b, "
										   "port: 1}]}]}\n";

static bool is_same_text(const struct kube_text *a, const struct kube_text *b)
{
	return str_eq(a->text, b->text) && !a->text.at == !b->text.at &&
	       memcmp(&a->span, &b->span, sizeof a->span) == 0;
}

/* Packing what was unpacked yields the same bytes, so that nothing that is written is read otherwise;
 * the fields below show that what is written is what there was. */
static void test_round_trip(void **state)
{
	struct gateway_case kase;
	struct gateway_packs *packs;

	(void)state;
	gateway_text(&kase, routes);
	assert_said(&kase.kube, "");
	assert_int_equal(kase.set.route_count, 5);
	packs = gateway_packs_new(&kase.kube.arena);
	/* Texts enter the table when they come again: with the third round all of them are in it. */
	for (size_t i = 0; i < 15; i++) {
		const struct gateway_route *route = kase.set.routes[i % 5];
		const unsigned char *bytes = gateway_pack(packs, route);
		size_t size = gateway_packs_size(packs);
		struct gateway_route *again = gateway_unpack(packs, bytes, &kase.kube.arena);

		bytes = gateway_pack(packs, again);
		assert_string_equal(again->meta.kind, route->meta.kind);
		assert_true(str_eq(again->meta.name, route->meta.name));
		assert_int_equal(again->meta.created, route->meta.created);
		assert_int_equal(again->rule_count, route->rule_count);
		if (i < 10)
			continue;
		size = gateway_packs_size(packs) - size;
		assert_memory_equal(bytes, gateway_pack(packs, route), size);
	}
	gateway_finish(&kase);
}

static void check_rule(const struct gateway_rule *rule, const struct gateway_rule *same)
{
	assert_int_equal(rule->match_count, same->match_count);
	assert_int_equal(rule->filters.count, same->filters.count);
	assert_int_equal(rule->backend_count, same->backend_count);
	for (size_t i = 0; i < rule->filters.count; i++)
		assert_int_equal(rule->filters.at[i].type, same->filters.at[i].type);
	for (size_t i = 0; i < rule->backend_count; i++) {
		assert_int_equal(rule->backends[i].weight, same->backends[i].weight);
		assert_int_equal(rule->backends[i].ref.port, same->backends[i].ref.port);
		assert_true(is_same_text(&rule->backends[i].ref.name, &same->backends[i].ref.name));
	}
	for (size_t i = 0; i < rule->match_count; i++)
		assert_true(is_same_text(&rule->matches[i].path, &same->matches[i].path));
	assert_memory_equal(&rule->timeouts, &same->timeouts, sizeof rule->timeouts);
	assert_int_equal(rule->retry.backoff, same->retry.backoff);
	assert_int_equal(rule->session.absolute_timeout, same->session.absolute_timeout);
}

static void test_fields(void **state)
{
	struct gateway_case kase;
	struct gateway_packs *packs;
	const struct gateway_route *route, *same;

	(void)state;
	gateway_text(&kase, routes);
	packs = gateway_packs_new(&kase.kube.arena);
	for (size_t i = 0; i < kase.set.route_count; i++) {
		route = kase.set.routes[i];
		same = gateway_unpack(packs, gateway_pack(packs, route), &kase.kube.arena);
		assert_int_equal(route->rule_count, same->rule_count);
		for (size_t j = 0; j < route->rule_count; j++)
			check_rule(&route->rules[j], &same->rules[j]);
	}
	route = gateway_unpack(packs, gateway_pack(packs, kase.set.routes[0]), &kase.kube.arena);
	assert_true(str_eq(route->meta.labels.at[1].key, STR("empty")));
	assert_true(str_eq(route->meta.labels.at[1].value, STR("")));
	assert_int_equal(route->parents.at[0].section.span.line, 12);
	assert_int_equal(route->rules[0].filters.at[4].cors.max_age, 9);
	assert_int_equal(route->rules[0].filters.at[5].auth.body_size, 70000);
	assert_true(str_eq(route->rules[0].filters.at[6].extension.kind, STR("Waf")));
	assert_int_equal(route->rules[0].retry.codes[1], 503);
	assert_int_equal(route->rules[1].filters.at[0].redirect.status, 308);
	assert_non_null(route->rules[1].filters.at[0].redirect.path.value.text.at);
	gateway_finish(&kase);
}

static bool admit(void *user, const struct yaml_item *item, struct findings *findings)
{
	(void)user;
	(void)item;
	(void)findings;
	return true;
}

static void load_packed(struct gateway_case *kase, const char *text)
{
	const struct kube_load_options options = {.threads = 1, .gate = {admit, NULL}};
	struct error error = {""};

	case_init(&kase->kube);
	case_add(&kase->kube, "in.yaml", str_from(text));
	assert_true(gateway_load_packed(&kase->set, &kase->kube.set, &kase->kube.arena,
					&kase->kube.sources, &options, &kase->kube.findings,
					&error));
	case_print(&kase->kube);
}

#define ROUTE "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\n"

static const char named_alike[] = ROUTE "metadata: {generateName: a-}\n"
					"---\n" ROUTE "metadata: {name: b, namespace: x}\n"
					"---\n" ROUTE "metadata: {generateName: a-}\n"
					"---\n" ROUTE "metadata: {name: b, namespace: x}\n"
					"spec: {hostnames: [later.test]}\n";

/* Objects of one name and names that the cluster makes are found among packed routes as well. */
static void test_names(void **state)
{
	struct gateway_case kase;
	const struct gateway_route *route;

	(void)state;
	load_packed(&kase, named_alike);
	assert_int_equal(kase.set.route_count, 3);
	route = gateway_route_at(&kase.set, 0, &kase.kube.arena);
	assert_true(str_eq(route->meta.name, STR("a")));
	route = gateway_route_at(&kase.set, 1, &kase.kube.arena);
	assert_true(str_eq(route->hostnames.at[0].text, STR("later.test")));
	route = gateway_route_at(&kase.set, 2, &kase.kube.arena);
	assert_true(str_eq(route->meta.name, STR("a-2")));
	assert_non_null(strstr(kase.kube.said.at, "I2G112 15:"));
	gateway_finish(&kase);
}

/* What one more route costs, of a kind that repeats what others have said. */
static void test_size(void **state)
{
	enum { MOST = 250 };
	struct gateway_case kase;
	struct gateway_packs *packs;
	size_t before;

	(void)state;
	gateway_text(&kase,
		     HEAD("HTTPRoute") "metadata: {name: one-of-many, namespace: shop}\n"
				       "spec:\n"
				       "  parentRefs: [{name: public, namespace: infra}]\n"
				       "  hostnames: [one-of-many.example.com]\n"
				       "  rules:\n"
				       "  - matches: [{path: {type: PathPrefix, value: /}}]\n"
				       "    backendRefs: [{name: one-of-many, port: 80}]\n");
	packs = gateway_packs_new(&kase.kube.arena);
	gateway_pack(packs, kase.set.routes[0]);
	before = gateway_packs_size(packs);
	gateway_pack(packs, kase.set.routes[0]);
	assert_in_range(gateway_packs_size(packs) - before, 1, MOST);
	gateway_finish(&kase);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_size),
	};

	return cmocka_run_group_tests_name("gateway_pack", tests, NULL, NULL);
}
