#include "kube_case.h"

/* ---- a plain Ingress ---- */

#define HEAD                                                                                       \
	"apiVersion: networking.k8s.io/v1\n"                                                       \
	"kind: Ingress\n"                                                                          \
	"metadata:\n"                                                                              \
	"  name: web\n"

static const char plain[] =
	HEAD "  namespace: shop\n"
	     "  creationTimestamp: \"2024-02-29T08:30:00Z\"\n"
	     "  labels: {tier: front, app: shop}\n"
	     "  annotations:\n"
	     "    nginx.ingress.kubernetes.io/use-regex: \"true\"\n"
	     "    cert-manager.io/cluster-issuer: ca\n"
	     "spec:\n"
	     "  ingressClassName: nginx\n"
	     "  defaultBackend:\n"
	     "    resource: {apiGroup: example.com, kind: Bucket, name: files}\n"
	     "  tls:\n"
	     "  - hosts: [shop.test, \"*.shop.test\"]\n"
	     "    secretName: shop-tls\n"
	     "  rules:\n"
	     "  - host: Shop.test\n"
	     "    http:\n"
	     "      paths:\n"
	     "      - path: /api\n"
	     "        pathType: Exact\n"
	     "        backend:\n"
	     "          service:\n"
	     "            name: api\n"
	     "            port:\n"
	     "              number: 8080\n"
	     "      - pathType: ImplementationSpecific\n"
	     "        backend: {service: {name: front, port: {name: http}}}\n"
	     "  - http:\n"
	     "      paths:\n"
	     "      - path: \"\"\n"
	     "        pathType: Prefix\n"
	     "        backend: {service: {name: api, port: {number: 80}}}\n"
	     "  - host: bare.test\n"
	     "status: {loadBalancer: {}}\n";

static void check_meta(const struct kube_meta *meta)
{
	assert_string_equal(meta->kind, "Ingress");
	assert_str(meta->version, "networking.k8s.io/v1");
	assert_str(meta->namespace, "shop");
	assert_true(meta->namespace_given);
	assert_false(meta->name_generated);
	assert_str(meta->name, "web");
	assert_span(meta->name_span, 4, 9, 3);
	assert_int_equal(meta->span.line, 1);
	assert_int_equal(meta->created, 1709195400);
	assert_int_equal(meta->labels.count, 2);
	assert_str(meta->labels.at[0].key, "app");
	assert_str(meta->labels.at[1].value, "front");
	assert_int_equal(meta->annotations.count, 2);
	assert_str(meta->annotations.at[0].key, "cert-manager.io/cluster-issuer");
	assert_span(meta->annotations.at[1].key_span, 9, 5, 37);
	assert_span(meta->annotations.at[1].value_span, 9, 44, 6);
	assert_str(kube_annotation(meta, "nginx.ingress.kubernetes.io/use-regex")->value, "true");
	assert_null(kube_annotation(meta, "nginx.ingress.kubernetes.io/app-root"));
}

static void check_rules(const struct kube_ingress *ingress)
{
	const struct kube_path *paths = ingress->rules[0].paths;

	assert_int_equal(ingress->rule_count, 3);
	assert_text(ingress->rules[0].host, "Shop.test", 19, 11);
	assert_int_equal(ingress->rules[0].path_count, 2);
	assert_text(paths[0].path, "/api", 22, 15);
	assert_int_equal(paths[0].type, KUBE_PATH_EXACT);
	assert_span(paths[0].type_span, 23, 19, 5);
	assert_int_equal(paths[0].backend.type, KUBE_BACKEND_SERVICE);
	assert_text(paths[0].backend.name, "api", 26, 19);
	assert_int_equal(paths[0].backend.port, 8080);
	assert_span(paths[0].backend.port_span, 28, 23, 4);
	assert_null(paths[1].path.text.at);
	assert_int_equal(paths[1].type, KUBE_PATH_SPECIFIC);
	assert_str(paths[1].backend.port_name, "http");
	assert_int_equal(paths[1].backend.port, 0);
	assert_span(paths[1].backend.port_span, 30, 55, 4);

	assert_null(ingress->rules[1].host.text.at);
	assert_non_null(ingress->rules[1].paths[0].path.text.at);
	assert_text(ingress->rules[1].paths[0].path, "", 33, 15);
	assert_int_equal(ingress->rules[1].paths[0].type, KUBE_PATH_PREFIX);
	assert_false(ingress->rules[2].has_http);
	assert_int_equal(ingress->rules[2].span.line, 36);
}

static void test_plain(void **state)
{
	struct kube_case kase;

	(void)state;
	case_text(&kase, plain);
	assert_said(&kase, "");
	assert_int_equal(kase.set.ingress_count, 1);

	const struct kube_ingress *ingress = kase.set.ingresses[0];

	check_meta(&ingress->meta);
	check_rules(ingress);
	assert_text(ingress->class_name, "nginx", 12, 21);
	assert_int_equal(ingress->default_backend.type, KUBE_BACKEND_RESOURCE);
	assert_str(ingress->default_backend.resource->group, "example.com");
	assert_str(ingress->default_backend.resource->kind, "Bucket");
	assert_text(ingress->default_backend.name, "files", 14, 59);
	assert_int_equal(ingress->tls_count, 1);
	assert_int_equal(ingress->tls[0].host_count, 2);
	assert_text(ingress->tls[0].hosts[1], "*.shop.test", 16, 24);
	assert_text(ingress->tls[0].secret, "shop-tls", 17, 17);
	case_finish(&kase);
}

/* ---- what the API server would say ---- */

/* An input and all that is said about it. */
struct said {
	const char *text, *findings;
};

static void check_said(const struct said *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct kube_case kase;

		case_text(&kase, cases[i].text);
		assert_said(&kase, cases[i].findings);
		case_finish(&kase);
	}
}

#define CHECK_SAID(cases) check_said((cases), sizeof(cases) / sizeof *(cases))

/* A rule that is right, behind what is tested. */
#define RULES                                                                                      \
	"  rules:\n"                                                                               \
	"  - http:\n"                                                                              \
	"      paths:\n"                                                                           \
	"      - path: /\n"                                                                        \
	"        pathType: Prefix\n"                                                               \
	"        backend: {service: {name: web, port: {number: 80}}}\n"

#define PATH                                                                                       \
	HEAD "spec:\n"                                                                             \
	     "  rules:\n"                                                                          \
	     "  - http:\n"                                                                         \
	     "      paths:\n"

static void test_types(void **state)
{
	static const struct said cases[] = {
		{HEAD "  annotations:\n    a: true\n    b: 8\n    c: 1.5\n    d:\n    e: [x]\n"
		      "    f: {g: h}\nspec:\n" RULES,
		 "I2G105 6:8 metadata.annotations[a]: expected string, got bool; the API server "
		 "refuses this object [quote the value: \"true\"]\n"
		 "I2G105 7:8 metadata.annotations[b]: expected string, got int; the API server "
		 "refuses this object [quote the value: \"8\"]\n"
		 "I2G105 8:8 metadata.annotations[c]: expected string, got float; the API server "
		 "refuses this object [quote the value: \"1.5\"]\n"
		 "I2G105 10:8 metadata.annotations[e]: expected string, got array; the API server "
		 "refuses this object\n"
		 "I2G105 11:8 metadata.annotations[f]: expected string, got object; the API "
		 "server refuses this object\n"},
		{HEAD "  labels: front\n  annotations: [a]\nspec:\n" RULES,
		 "I2G105 5:11 metadata.labels: expected object, got string; the API server "
		 "refuses this object [write a map: key: value]\n"
		 "I2G105 6:16 metadata.annotations: expected object, got array; the API server "
		 "refuses this object [write a map: key: value]\n"},
		{HEAD "  creationTimestamp: yesterday\nspec:\n" RULES,
		 "I2G105 5:22 metadata.creationTimestamp: invalid time \"yesterday\"; the API "
		 "server refuses this object [write it as 2024-01-31T08:00:00Z, or leave it "
		 "out]\n"},
		{HEAD "spec: none\n",
		 "I2G105 5:7 spec: expected object, got string; the API server refuses this "
		 "object\n"
		 "I2G111 5:7 spec: Ingress without rules and without a default backend routes "
		 "nothing [if this is a kustomize patch, give the output of kustomize build "
		 "instead]\n"},
		{HEAD "spec:\n  ingressClassName: 5\n" RULES,
		 "I2G105 6:21 spec.ingressClassName: expected string, got int; the API server "
		 "refuses this object [quote the value: \"5\"]\n"},
		{PATH "      - path: /\n        pathType: exact\n"
		      "        backend: {service: {name: web, port: {number: 80}}}\n"
		      "      - path: /\n        pathType: Prefx\n"
		      "        backend: {service: {name: web, port: {number: 80}}}\n",
		 "I2G105 10:19 spec.rules[0].http.paths[0].pathType: unsupported pathType "
		 "\"exact\": the API server knows Exact, ImplementationSpecific and Prefix "
		 "[did you mean Exact?]\n"
		 "I2G105 13:19 spec.rules[0].http.paths[1].pathType: unsupported pathType "
		 "\"Prefx\": the API server knows Exact, ImplementationSpecific and Prefix "
		 "[did you mean Prefix?]\n"},
		{HEAD "spec:\n  tls:\n    secretName: a\n" RULES,
		 "I2G105 7:5 spec.tls: expected array, got object; the API server refuses this "
		 "object [write a list: \"- \" in front of each item]\n"},
		{HEAD "spec:\n  tls:\n  - hosts: shop.test\n" RULES,
		 "I2G105 7:12 spec.tls[0].hosts: expected array, got string; the API server "
		 "refuses this object [write a list: \"- \" in front of each item]\n"},
	};

	(void)state;
	CHECK_SAID(cases);
}

/* What is refused is still taken as it was meant. */
static void test_types_are_taken(void **state)
{
	struct kube_case kase;
	const struct kube_ingress *ingress;

	(void)state;
	case_text(&kase, HEAD "  annotations:\n    b: 8\n    a: true\n    d:\n    e: [x]\nspec:\n"
			      "  tls:\n  - hosts: shop.test\n  rules:\n  - host: 17\n    http:\n"
			      "    - path: /\n      pathType: prefix\n"
			      "      backend: {service: {name: web, port: {number: 80}}}\n"
			      "    - path: /x\n      pathType: Regex\n"
			      "      backend: {service: {name: web, port: {number: 80}}}\n");
	ingress = kase.set.ingresses[0];
	assert_int_equal(ingress->meta.annotations.count, 3);
	assert_str(ingress->meta.annotations.at[0].value, "true");
	assert_str(ingress->meta.annotations.at[1].value, "8");
	assert_str(ingress->meta.annotations.at[2].value, "");
	assert_text(ingress->tls[0].hosts[0], "shop.test", 12, 12);
	assert_text(ingress->rules[0].host, "17", 14, 11);
	assert_true(ingress->rules[0].has_http);
	assert_int_equal(ingress->rules[0].path_count, 2);
	assert_int_equal(ingress->rules[0].paths[0].type, KUBE_PATH_PREFIX);
	assert_int_equal(ingress->rules[0].paths[1].type, KUBE_PATH_UNKNOWN);
	case_finish(&kase);
}

static void test_unknown_fields(void **state)
{
	static const struct said cases[] = {
		{HEAD "  annotation: {a: b}\nspec:\n  ingressClass: nginx\n" RULES "extra: 1\n",
		 "I2G107 5:3 metadata.annotation: unknown field \"annotation\": kubectl refuses "
		 "it, other clients drop it in silence [did you mean annotations?]\n"
		 "I2G107 14:1 extra: unknown field \"extra\": kubectl refuses it, other clients "
		 "drop it in silence\n"
		 "I2G107 7:3 spec.ingressClass: unknown field \"ingressClass\": kubectl refuses "
		 "it, other clients drop it in silence\n"},
		{PATH "      - Path: /\n        pathType: Prefix\n"
		      "        backend: {service: {name: web, port: {number: 80}}}\n",
		 "I2G107 9:9 spec.rules[0].http.paths[0].Path: unknown field \"Path\": kubectl "
		 "refuses it, other clients drop it in silence [did you mean path?]\n"},
	};

	(void)state;
	CHECK_SAID(cases);
}

/* ---- backends ---- */

#define BACKEND(text)                                                                              \
	PATH "      - path: /\n        pathType: Prefix\n        backend:\n          " text "\n"
#define AT "spec.rules[0].http.paths[0].backend"

static void test_backends(void **state)
{
	static const struct said cases[] = {
		{BACKEND("{serviceName: web, servicePort: 80}"),
		 "I2G107 12:12 " AT ".serviceName: serviceName and servicePort are unknown in "
		 "networking.k8s.io/v1: kubectl refuses them, other clients drop them in silence "
		 "[write service: {name: web, port: {number: 80}}]\n"},
		{BACKEND("{serviceName: web, servicePort: http}"),
		 "I2G107 12:12 " AT ".serviceName: serviceName and servicePort are unknown in "
		 "networking.k8s.io/v1: kubectl refuses them, other clients drop them in silence "
		 "[write service: {name: web, port: {name: http}}]\n"},
		{BACKEND("{service: web, port: {number: 80}}"),
		 "I2G105 12:21 " AT ".service: expected object, got string; the API server "
		 "refuses this object [write service: {name: web, port: {number: ...}}]\n"
		 "I2G107 12:26 " AT ".port: unknown field \"port\" in a backend: kubectl refuses "
		 "it, other clients drop it in silence [indent it: port belongs into service]\n"},
		{BACKEND("{service: {name: web, port: {name: \"80\"}}}"),
		 "I2G105 12:46 " AT ".service.port.name: port name 80 is a number; the API "
		 "server refuses this object [write number: 80]\n"},
		{BACKEND("{service: {name: web, port: {name: 80}}}"),
		 "I2G105 12:46 " AT ".service.port.name: port name 80 is a number; the API "
		 "server refuses this object [write number: 80]\n"},
		{BACKEND("{service: {name: web, port: {number: 65536}}}"),
		 "I2G105 12:48 " AT ".service.port.number: invalid port 65536: expected a number "
		 "from 1 to 65535; the API server refuses this object\n"},
		{BACKEND("{service: {name: web, port: {number: \"80\"}}}"),
		 "I2G105 12:48 " AT ".service.port.number: expected int, got string; the API "
		 "server refuses this object [write the number without quotes: 80]\n"},
		{BACKEND("{service: {name: web, port: {number: http}}}"),
		 "I2G105 12:48 " AT ".service.port.number: expected int, got string; the API "
		 "server refuses this object\n"},
		{BACKEND("{service: {name: web, port: 80}}"),
		 "I2G105 12:39 " AT ".service.port: expected object, got int; the API server "
		 "refuses this object [write port: {number: 80}]\n"},
		{BACKEND("{service: {name: web, port: http}}"),
		 "I2G105 12:39 " AT ".service.port: expected object, got string; the API server "
		 "refuses this object [write port: {name: http}]\n"},
		{BACKEND("{service: {name: web, port: {name: http, number: 80}}}"),
		 "I2G105 12:46 " AT ".service.port.name: port has both a name and a number; the "
		 "API server refuses this object [leave one of them out; the number is taken]\n"},
		{BACKEND("{service: {name: web}}"),
		 "I2G108 12:11 " AT ": backend without a port; the API server refuses this "
		 "object [write the number or the name of a port of the Service]\n"},
		{BACKEND("{service: {port: {number: 80}}}"),
		 "I2G108 12:11 " AT ": backend without the name of a Service [write service: "
		 "{name: ..., port: {number: ...}}]\n"},
		{BACKEND("{service: {name: web, port: {number: 80}}, resource: {kind: A, name: "
			 "b}}"),
		 "I2G105 12:54 " AT ".resource: backend has both a Service and a resource; the "
		 "API server refuses this object [leave one of them out; the Service is "
		 "taken]\n"},
		{BACKEND("web"),
		 "I2G105 12:11 " AT ": expected object, got string; the API server refuses this "
		 "object\n"},
		{PATH "      - path: /\n        pathType: Prefix\n",
		 "I2G108 9:9 spec.rules[0].http.paths[0]: path without a backend; the API server "
		 "refuses this object [write backend: {service: {name: ..., port: {number: "
		 "...}}}]\n"},
		{PATH "      - path: /a\n"
		      "        backend: {service: {name: web, port: {number: 80}}}\n",
		 "I2G108 9:15 spec.rules[0].http.paths[0]: pathType is missing; "
		 "networking.k8s.io/v1 requires it [write pathType: Prefix, or "
		 "ImplementationSpecific for what the controller does without one]\n"},
		{HEAD "spec:\n  rules:\n  - http: {}\n",
		 "I2G108 7:11 spec.rules[0].http: http without paths; the API server refuses "
		 "this object [write at least one path]\n"},
		{HEAD "spec:\n  backend: {service: {name: web, port: {number: 80}}}\n",
		 "I2G107 6:3 spec.backend: unknown field \"backend\" in this apiVersion: kubectl "
		 "refuses it, other clients drop it in silence [write defaultBackend]\n"},
	};

	(void)state;
	CHECK_SAID(cases);
}

/* Backends as they were meant, of every wrong form above that names one. */
static void test_backends_are_taken(void **state)
{
	static const struct {
		const char *text, *name, *port_name;
		unsigned port;
	} cases[] = {
		{BACKEND("{serviceName: web, servicePort: 80}"), "web", "", 80},
		{BACKEND("{serviceName: web, servicePort: \"80\"}"), "web", "", 80},
		{BACKEND("{serviceName: web, servicePort: http}"), "web", "http", 0},
		{BACKEND("{service: web, port: {number: 80}}"), "web", "", 80},
		{BACKEND("{service: {name: web}, port: {name: http}}"), "web", "http", 0},
		{BACKEND("{service: {name: web, port: {name: \"80\"}}}"), "web", "", 80},
		{BACKEND("{service: {name: web, port: {name: 80}}}"), "web", "", 80},
		{BACKEND("{service: {name: web, port: {number: 65536}}}"), "web", "", 0},
		{BACKEND("{service: {name: web, port: {number: \"80\"}}}"), "web", "", 80},
		{BACKEND("{service: {name: web, port: 80}}"), "web", "", 80},
		{BACKEND("{service: {name: web, port: http}}"), "web", "http", 0},
		{BACKEND("{service: {name: web, port: {name: http, number: 80}}}"), "web", "", 80},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct kube_case kase;
		const struct kube_backend *backend;

		case_text(&kase, cases[i].text);
		backend = &kase.set.ingresses[0]->rules[0].paths[0].backend;
		assert_int_equal(backend->type, KUBE_BACKEND_SERVICE);
		assert_str(backend->name.text, cases[i].name);
		assert_str(backend->port_name, cases[i].port_name);
		assert_int_equal(backend->port, cases[i].port);
		case_finish(&kase);
	}
}

/* ---- old versions ---- */

static void test_old_version(void **state)
{
	struct kube_case kase;
	const struct kube_ingress *ingress;

	(void)state;
	case_text(&kase, "apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: web}\n"
			 "spec:\n  backend: {serviceName: front, servicePort: http}\n  rules:\n"
			 "  - http:\n      paths:\n      - path: /a\n"
			 "        backend: {serviceName: api, servicePort: \"8080\"}\n");
	assert_said(
		&kase,
		"I2G106 1:13 apiVersion: extensions/v1beta1 is gone since Kubernetes 1.22; read "
		"as networking.k8s.io/v1 [write apiVersion: networking.k8s.io/v1; service: "
		"{name, port} for serviceName and servicePort; defaultBackend for backend; "
		"pathType: ImplementationSpecific in paths without one]\n");
	ingress = kase.set.ingresses[0];
	assert_str(ingress->meta.version, "extensions/v1beta1");
	assert_int_equal(ingress->rules[0].paths[0].type, KUBE_PATH_MISSING);
	assert_int_equal(ingress->rules[0].paths[0].backend.port, 8080);
	assert_text(ingress->default_backend.name, "front", 5, 26);
	assert_str(ingress->default_backend.port_name, "http");
	assert_span(ingress->default_backend.port_span, 5, 46, 4);
	case_finish(&kase);
}

static void test_new_form_in_old_version(void **state)
{
	static const struct said cases[] = {
		{"apiVersion: networking.k8s.io/v1beta1\nkind: Ingress\nmetadata: {name: web}\n"
		 "spec:\n  defaultBackend: {service: {name: web, port: {number: 80}}}\n",
		 "I2G107 5:3 spec.defaultBackend: unknown field \"defaultBackend\" in this "
		 "apiVersion: kubectl refuses it, other clients drop it in silence [write "
		 "apiVersion: networking.k8s.io/v1]\n"
		 "I2G107 5:20 spec.defaultBackend.service: unknown field \"service\" in this "
		 "apiVersion; it belongs to networking.k8s.io/v1 [write apiVersion: "
		 "networking.k8s.io/v1]\n"
		 "I2G106 1:13 apiVersion: networking.k8s.io/v1beta1 is gone since Kubernetes "
		 "1.22; read as networking.k8s.io/v1 [write apiVersion: networking.k8s.io/v1]\n"},
	};

	(void)state;
	CHECK_SAID(cases);
}

/* ---- stubs and placeholders ---- */

#define STUB                                                                                       \
	"Ingress without rules and without a default backend routes nothing [if this is a "        \
	"kustomize patch, give the output of kustomize build instead]\n"

static void test_stub(void **state)
{
	struct kube_case kase;

	(void)state;
	case_text(&kase, HEAD);
	assert_said(&kase, "I2G111 1:1 spec: " STUB);
	assert_int_equal(kase.set.ingress_count, 1);
	case_finish(&kase);

	case_text(&kase, HEAD "spec:\n  rules: []\n");
	assert_said(&kase, "I2G111 6:3 spec: " STUB);
	case_finish(&kase);
}

#define RENDER                                                                                     \
	" was never filled in [render first (envsubst, kustomize build, helm template), then "     \
	"convert the result]\n"

static void test_placeholders(void **state)
{
	static const struct said cases[] = {
		{HEAD "spec:\n  tls:\n  - hosts:\n    - shop.$(ZONE)\n    - {YOUR_HOST}\n"
		      "    secretName: __SECRET__\n  rules:\n  - host: shop.${DOMAIN}\n    http:\n"
		      "      paths:\n      - path: /$1\n        pathType: Prefix\n"
		      "        backend: {service: {name: <service>, port: {number: 80}}}\n",
		 "I2G109 12:11 spec.rules[0].host: placeholder ${DOMAIN}" RENDER
		 "I2G109 17:35 spec.rules[0].http.paths[0].backend.service.name: placeholder "
		 "<service>" RENDER "I2G109 8:7 spec.tls[0].hosts[0]: placeholder $(ZONE)" RENDER
		 "I2G109 9:7 spec.tls[0].hosts[1]: placeholder {YOUR_HOST} was never filled in; "
		 "YAML reads it as a map [write the real value, or render the template first]\n"
		 "I2G109 10:17 spec.tls[0].secretName: placeholder __SECRET__" RENDER},
		{"apiVersion: networking.k8s.io/v1\nkind: Ingress\n"
		 "metadata: {name: \"{{ .Release.Name }}-web\", namespace: $NS}\nspec:\n" RULES,
		 "I2G109 3:18 metadata.name: placeholder {{ .Release.Name }}" RENDER
		 "I2G109 3:56 metadata.namespace: placeholder $NS" RENDER
		 "I2G105 3:56 metadata.namespace: invalid namespace \"$NS\": expected at most 63 "
		 "lower case letters, digits and \"-\"; the object is left out\n"},
	};

	(void)state;
	CHECK_SAID(cases);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_types_are_taken),
		cmocka_unit_test(test_unknown_fields),
		cmocka_unit_test(test_backends),
		cmocka_unit_test(test_backends_are_taken),
		cmocka_unit_test(test_old_version),
		cmocka_unit_test(test_new_form_in_old_version),
		cmocka_unit_test(test_stub),
		cmocka_unit_test(test_placeholders),
	};

	return cmocka_run_group_tests_name("kube_ingress", tests, NULL, NULL);
}
