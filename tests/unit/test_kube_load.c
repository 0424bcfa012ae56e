#include "kube_case.h"
#include "kube/read.h"

#define INGRESS(meta)                                                                              \
	"apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: " meta                         \
	"\nspec: {defaultBackend: {service: {name: web, port: {number: 80}}}}\n---\n"

/* ---- which objects are taken ---- */

/* A text that is no object, alone or in a list, is said; what is one of another kind is not. */
static void assert_said_of_scalars(const struct kube_case *kase)
{
	static const uint32_t lines[] = {15, 17, 18};

	assert_int_equal(kase->findings.count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_string_equal(kase->findings.at[i].code, "I2G105");
		assert_int_equal(kase->findings.at[i].span.line, lines[i]);
	}
}

static void test_other_kinds(void **state)
{
	struct kube_case kase;

	(void)state;
	case_text(&kase, "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n---\n"
			 "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: a}\n"
			 "---\nreplicaCount: 1\ningress: {enabled: true}\n---\n"
			 "resources: [a.yaml]\nkind: Kustomization\n---\n"
			 "just text\n---\n- a\n- b\n---\n# nothing\n---\n"
			 "kind: [Ingress]\napiVersion: {a: b}\nmetadata: 5\n");
	assert_said_of_scalars(&kase);
	assert_int_equal(kase.set.other_count, 8);
	assert_int_equal(kase.set.document_count, 8);
	assert_int_equal(kase.set.ingress_count + kase.set.service_count, 0);
	assert_int_equal(kase.set.source_count, 1);
	case_finish(&kase);
}

#define WEB "metadata: {name: web}\n"
#define SPEC "spec: {rules: [{host: a.test}]}\n"

static void test_versions(void **state)
{
	static const struct {
		const char *text, *findings;
		size_t ingresses;
	} cases[] = {
		{"apiVersion: networking.internal.knative.dev/v1alpha1\nkind: Ingress\n" WEB SPEC,
		 "I2G114 1:13 apiVersion: Ingress of networking.internal.knative.dev/v1alpha1 is "
		 "another kind than that of networking.k8s.io; it is ignored\n",
		 0},
		{"apiVersion: v1\nkind: Ingress\n" WEB SPEC,
		 "I2G105 1:13 apiVersion: no matches for kind \"Ingress\" in version \"v1\"; the "
		 "API server refuses this object [write apiVersion: networking.k8s.io/v1]\n",
		 1},
		{"apiVersion: networking.k8s.io/v2\nkind: Ingress\n" WEB SPEC,
		 "I2G105 1:13 apiVersion: no matches for kind \"Ingress\" in version "
		 "\"networking.k8s.io/v2\"; the API server refuses this object [write "
		 "apiVersion: networking.k8s.io/v1]\n",
		 1},
		{"kind: Ingress\n" WEB SPEC,
		 "I2G108 1:1 apiVersion: apiVersion is missing; the API server refuses this "
		 "object [write apiVersion: networking.k8s.io/v1]\n",
		 1},
		{"apiVersion: networking.k8s.io/v1\n" WEB SPEC,
		 "I2G108 1:1 kind: kind is missing; the API server refuses this object [write "
		 "kind: Ingress]\n",
		 1},
		{"apiVersion: networking.k8s.io/v1\nkind: ingress\n" WEB SPEC,
		 "I2G105 2:7 kind: no matches for kind \"ingress\" in version "
		 "\"networking.k8s.io/v1\"; the API server refuses this object [did you mean "
		 "Ingress?]\n",
		 1},
		{"kind: service\nname: values\n", "", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct kube_case kase;

		case_text(&kase, cases[i].text);
		assert_said(&kase, cases[i].findings);
		assert_int_equal(kase.set.ingress_count, cases[i].ingresses);
		assert_int_equal(kase.set.other_count, !cases[i].ingresses);
		if (kase.findings.count) {
			assert_str(kase.findings.at[0].object.kind, "Ingress");
			assert_str(kase.findings.at[0].object.namespace, "default");
			assert_str(kase.findings.at[0].object.name, "web");
		}
		case_finish(&kase);
	}
}

static void test_names(void **state)
{
	struct kube_case kase;

	(void)state;
	case_text(&kase, INGRESS("{namespace: shop}") INGRESS("5") INGRESS("{name: {NAME}}")
				 INGRESS("{name: n}"));
	assert_said(
		&kase,
		"I2G108 3:11 metadata: metadata.name is missing; the object is left out [write "
		"metadata.name]\n"
		"I2G105 8:11 metadata: expected object, got int; the API server refuses this "
		"object\n"
		"I2G108 8:11 metadata: metadata.name is missing; the object is left out [write "
		"metadata.name]\n"
		"I2G109 13:18 metadata.name: placeholder {NAME} was never filled in; YAML reads "
		"it as a map [write the real value, or render the template first]\n"
		"I2G108 13:11 metadata: metadata.name is missing; the object is left out [write "
		"metadata.name]\n"
		"I2G105 18:18 metadata.name: expected string, got bool; the API server refuses "
		"this object [quote the value: \"n\"]\n");
	assert_int_equal(kase.set.ingress_count, 1);
	assert_str(kase.set.ingresses[0]->meta.name, "n");
	case_finish(&kase);
}

static void test_illegal_names(void **state)
{
	static const char *const names[] = {"Web", "web_1", "-web", "web-", "a..b", "a.-b", "a-.b"};
	struct kube_case kase;
	struct buf buf;

	(void)state;
	buf_init(&buf);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		buf_format(&buf, "{apiVersion: v1, kind: Service, metadata: {name: %s}}\n---\n",
			   names[i]);
	buf_text(&buf, "{apiVersion: v1, kind: Service, metadata: {name: 1-web.a--b.c}}\n");
	case_init(&kase);
	case_add(&kase, "names", buf_slice(&buf));
	case_load(&kase, (struct kube_load_options){0});
	assert_int_equal(kase.findings.count, sizeof names / sizeof *names);
	for (size_t i = 0; i < kase.findings.count; i++) {
		assert_string_equal(kase.findings.at[i].code, "I2G105");
		assert_int_equal(kase.findings.at[i].span.line, 1 + 2 * i);
	}
	assert_str(
		kase.findings.at[0].message,
		"invalid name \"Web\": expected lower case letters, digits, \"-\" and \".\"; the "
		"API server refuses this object");
	assert_int_equal(kase.set.service_count, 8);
	case_finish(&kase);
	buf_finish(&buf);
}

/* Each object made of a prefix is another one, and none takes the name of a third. */
static void test_generated_names(void **state)
{
	struct kube_case kase;

	(void)state;
	case_text(&kase, INGRESS("{generateName: web-}") INGRESS("{name: web-2}")
				 INGRESS("{generateName: web-}") INGRESS("{generateName: web-}"));
	assert_said(&kase, "");
	assert_int_equal(kase.set.ingress_count, 4);
	assert_str(kase.set.ingresses[0]->meta.name, "web");
	assert_true(kase.set.ingresses[0]->meta.name_generated);
	assert_str(kase.set.ingresses[1]->meta.name, "web-2");
	assert_false(kase.set.ingresses[1]->meta.name_generated);
	assert_str(kase.set.ingresses[2]->meta.name, "web-3");
	assert_str(kase.set.ingresses[3]->meta.name, "web-4");
	case_finish(&kase);
}

/* What kubectl get prints: lists, status and bookkeeping. */
static void test_dumps(void **state)
{
	struct kube_case kase;

	(void)state;
	case_text(&kase, "apiVersion: networking.k8s.io/v1\nkind: IngressList\nitems:\n"
			 "- metadata:\n    name: web\n    uid: x\n    resourceVersion: \"1\"\n"
			 "    generation: 2\n    managedFields: [{manager: kubectl}]\n"
			 "    annotations:\n"
			 "      kubectl.kubernetes.io/last-applied-configuration: |\n        {}\n"
			 "  spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}\n"
			 "  status: {loadBalancer: {}}\n---\n"
			 "apiVersion: v1\nkind: List\nitems:\n"
			 "- {apiVersion: v1, kind: Service, metadata: {name: web}}\n"
			 "- {apiVersion: v1, kind: Pod, metadata: {name: web}}\n");
	assert_said(&kase, "");
	assert_int_equal(kase.set.ingress_count, 1);
	assert_str(kase.set.ingresses[0]->meta.version, "networking.k8s.io/v1");
	assert_int_equal(kase.set.ingresses[0]->meta.annotations.count, 0);
	assert_int_equal(kase.set.service_count, 1);
	assert_int_equal(kase.set.other_count, 1);
	assert_int_equal(kase.set.document_count, 3);
	case_finish(&kase);
}

/* ---- several sources ---- */

static void test_duplicates(void **state)
{
	struct kube_case kase;

	(void)state;
	case_init(&kase);
	case_add(&kase, "a.yaml", STR(INGRESS("{name: web}") INGRESS("{name: api}")));
	case_add(&kase, "b.yaml",
		 STR(INGRESS("{name: web, labels: {new: a}}")
			     INGRESS("{name: web, namespace: shop}")));
	case_load(&kase, (struct kube_load_options){0});
	assert_said(&kase,
		    "I2G112 3:18 metadata.name: the same Ingress stands at a.yaml:3; as with "
		    "kubectl apply, this one replaces it [leave one of the two out]\n");
	assert_int_equal(kase.findings.at[0].span.source, 1);
	assert_int_equal(kase.set.ingress_count, 3);
	assert_str(kase.set.ingresses[0]->meta.name, "web");
	assert_int_equal(kase.set.ingresses[0]->meta.labels.count, 1);
	assert_int_equal(kase.set.ingresses[0]->meta.order, 0);
	assert_str(kase.set.ingresses[1]->meta.name, "api");
	assert_str(kase.set.ingresses[2]->meta.namespace, "shop");
	assert_int_equal(kase.set.ingresses[2]->meta.order, 3);
	assert_int_equal(kase.set.source_count, 2);
	case_finish(&kase);
}

static void test_unreadable_source(void **state)
{
	struct kube_case kase;
	struct error error = {""};
	struct kube_load_options options = {0};

	(void)state;
	case_init(&kase);
	sources_add(&kase.sources,
		    (struct source){.name = STR("gone.yaml"), .path = "/nonexistent/gone.yaml"});
	sources_add(&kase.sources,
		    (struct source){.name = STR("lost.yaml"), .path = "/nonexistent/lost.yaml"});
	case_add(&kase, "a.yaml", STR(INGRESS("{name: web}")));
	assert_false(
		kube_load(&kase.set, &kase.arena, &kase.sources, &options, &kase.findings, &error));
	assert_non_null(strstr(error.text, "gone.yaml"));
	assert_int_equal(kase.set.ingress_count, 1);
	assert_int_equal(kase.set.source_count, 1);
	case_finish(&kase);
}

static void test_broken_documents(void **state)
{
	struct kube_case kase;

	(void)state;
	case_text(&kase, INGRESS("{name: web}") "a: \"\n---\n" INGRESS("{name: api}"));
	assert_int_equal(kase.set.ingress_count, 2);
	assert_int_equal(kase.set.document_count, 3);
	assert_int_equal(kase.findings.count, 1);
	assert_string_equal(kase.findings.at[0].code, "I2G100");
	case_finish(&kase);
}

/* ---- filters ---- */

#define MIXED                                                                                      \
	INGRESS("{name: a, namespace: shop, labels: {app: x}}")                                    \
	INGRESS("{name: b, namespace: blog, labels: {app: y}, wrong: 1}")                          \
	INGRESS("{name: c}")                                                                       \
	"apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: blog}\n---\n"               \
	"apiVersion: v1\nkind: Namespace\nmetadata: {name: blog}\n"

static void test_namespace_filter(void **state)
{
	struct kube_case kase;

	(void)state;
	case_init(&kase);
	case_add(&kase, "in", STR(MIXED));
	case_load(&kase, (struct kube_load_options){.namespace = STR("shop")});
	assert_said(&kase, "");
	assert_int_equal(kase.set.ingress_count, 1);
	/* What Ingresses depend on is read whatever its namespace. */
	assert_int_equal(kase.set.service_count, 1);
	assert_int_equal(kase.set.namespace_count, 1);
	assert_int_equal(kase.set.other_count, 0);
	case_finish(&kase);

	case_init(&kase);
	case_add(&kase, "in", STR(MIXED));
	case_load(&kase, (struct kube_load_options){.namespace = STR("default")});
	assert_int_equal(kase.set.ingress_count, 1);
	assert_str(kase.set.ingresses[0]->meta.name, "c");
	case_finish(&kase);
}

static void test_selector_filter(void **state)
{
	struct kube_case kase;
	struct error error = {""};

	(void)state;
	case_init(&kase);
	case_add(&kase, "in", STR(MIXED));
	case_load(&kase, (struct kube_load_options){.selector = STR("app!=y")});
	assert_said(&kase, "");
	assert_int_equal(kase.set.ingress_count, 2);
	assert_int_equal(kase.set.service_count, 1);
	case_finish(&kase);

	case_init(&kase);
	case_add(&kase, "in", STR(MIXED));
	assert_false(kube_load(&kase.set, &kase.arena, &kase.sources,
			       &(struct kube_load_options){.selector = STR("a b")}, &kase.findings,
			       &error));
	assert_non_null(strstr(error.text, "\"a b\" is no label selector"));
	assert_int_equal(kase.set.document_count, 0);
	case_finish(&kase);
}

/* ---- large inputs ---- */

/* About 6 MiB of Ingresses with something to say about some of them, duplicates included. */
static struct str large_input(struct arena *arena, struct buf *buf)
{
	for (unsigned i = 0; i < 12000; i++) {
		buf_format(buf,
			   "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n"
			   "  name: web-%u\n  namespace: team-%u\n  annotations:\n"
			   "    nginx.ingress.kubernetes.io/use-regex: %s\n"
			   "    nginx.ingress.kubernetes.io/rewrite-target: /\n"
			   "spec:\n  ingressClassName: nginx\n"
			   "  tls:\n  - {hosts: [h%u.test], secretName: h%u-tls}\n"
			   "  rules:\n  - host: h%u.test\n    http:\n      paths:\n"
			   "      - path: /\n        pathType: %s\n"
			   "        backend: {service: {name: front, port: {number: 80}}}\n"
			   "      - path: /api\n        pathType: Prefix\n"
			   "        backend: {service: {name: api, port: {name: http}}}\n---\n",
			   i % 11990, i % 10, i % 1000 == 7 ? "true" : "\"true\"", i, i, i,
			   i % 777 == 5 ? "prefix" : "Prefix");
		if (i % 3000 == 11)
			buf_text(buf, "apiVersion: [\n---\n");
	}
	return str_dup(arena, buf_slice(buf));
}

static void load_large(struct kube_case *kase, unsigned threads)
{
	struct buf buf;

	case_init(kase);
	buf_init(&buf);
	case_add(kase, "large.yaml", large_input(&kase->arena, &buf));
	buf_finish(&buf);
	case_load(kase, (struct kube_load_options){.threads = threads});
}

static void assert_same_ingress(const struct kube_ingress *a, const struct kube_ingress *b)
{
	assert_true(str_eq(a->meta.name, b->meta.name));
	assert_true(str_eq(a->meta.namespace, b->meta.namespace));
	assert_int_equal(a->meta.order, b->meta.order);
	assert_memory_equal(&a->meta.span, &b->meta.span, sizeof a->meta.span);
	assert_true(str_eq(a->rules[0].host.text, b->rules[0].host.text));
	assert_memory_equal(&a->rules[0].host.span, &b->rules[0].host.span, sizeof(struct span));
	assert_int_equal(a->rules[0].paths[0].type, b->rules[0].paths[0].type);
	assert_int_equal(a->rules[0].paths[1].backend.port, b->rules[0].paths[1].backend.port);
	assert_true(str_eq(a->meta.annotations.at[1].value, b->meta.annotations.at[1].value));
}

static void test_threads(void **state)
{
	struct kube_case one, two;

	(void)state;
	load_large(&one, 1);
	load_large(&two, 2);
	assert_int_equal(one.set.ingress_count, 11990);
	assert_int_equal(one.set.document_count, 12004);
	assert_int_equal(two.set.document_count, one.set.document_count);
	/* 12 bool annotations, 16 path types, 10 duplicates, 4 broken documents. */
	assert_int_equal(one.findings.count, 42);
	assert_true(str_eq(buf_slice(&one.said), buf_slice(&two.said)));
	assert_int_equal(one.set.ingress_count, two.set.ingress_count);
	for (size_t i = 0; i < one.set.ingress_count; i++)
		assert_same_ingress(one.set.ingresses[i], two.set.ingresses[i]);
	case_finish(&one);
	case_finish(&two);
}

/* Texts that stand in every object are there once: an Ingress costs little more than its structs. */
static void test_memory(void **state)
{
	struct kube_case kase;
	size_t input;

	(void)state;
	load_large(&kase, 1);
	input = kase.sources.at[0].text.len;
	assert_true((kase.arena.used - input) / kase.set.ingress_count < 1800);
	assert_ptr_equal(kase.set.ingresses[0]->class_name.text.at,
			 kase.set.ingresses[1]->class_name.text.at);
	assert_ptr_equal(kase.set.ingresses[5]->tls[0].hosts[0].text.at,
			 kase.set.ingresses[5]->rules[0].host.text.at);
	case_finish(&kase);
}

/* ---- hostile shapes ---- */

/* Every value of a good object replaced by every wrong shape: no crash, and something usable. */
static void test_shapes(void **state)
{
	static const char *const shapes[] = {
		"",      "~",    "x",      "5",   "true",           "[]",  "{}", "[~]",
		"[[x]]", "[{}]", "{a: b}", "{a}", "[x, 5, {b: c}]", "\"\""};
	static const char *const forms[] = {
		"metadata: @\n",
		"metadata: {name: @}\n",
		"metadata: {name: a, namespace: @}\n",
		"metadata: {name: a, labels: @, annotations: @}\n",
		"metadata: {name: a, labels: {a: @}, annotations: {a: @}}\n",
		"metadata: {name: a, creationTimestamp: @, generateName: @}\n",
		"metadata: {name: a}\nspec: @\ndata: @\nsubsets: @\nendpoints: @\n",
		"metadata: {name: a}\nspec: {rules: @, tls: @, ports: @, controller: @, type: @}\n",
		"metadata: {name: a}\nspec: {rules: [@], tls: [@], ports: [@]}\n"
		"data: {tls.crt: @, ca.crt: @}\nstringData: {tls.crt: @}\nsubsets: [@]\n"
		"endpoints: [@]\n",
		"metadata: {name: a}\nspec: {rules: [{host: @, http: @}], tls: [{hosts: @}],"
		" ports: [{port: @, targetPort: @, name: @}], defaultBackend: @, backend: @}\n"
		"subsets: [{addresses: @}]\nendpoints: [{addresses: @, conditions: @}]\n",
		"metadata: {name: a}\nspec: {rules: [{http: {paths: @}}], tls: [{hosts: [@]}],"
		" defaultBackend: {service: @, resource: @}}\n"
		"endpoints: [{addresses: [a], conditions: {ready: @}}]\n",
		"metadata: {name: a}\nspec: {rules: [{http: {paths: [{path: @, pathType: @,"
		" backend: {service: {name: @, port: @}, port: @}}]}}]}\n",
		"metadata: {name: a}\nspec: {rules: [{http: {paths: [{backend: {serviceName: @,"
		" servicePort: @, resource: @, service: {name: a, port: {name: @, number: "
		"@}}}}]}}]}"
		"\n",
	};
	static const char *const heads[] = {
		"apiVersion: networking.k8s.io/v1\nkind: Ingress\n",
		"apiVersion: extensions/v1beta1\nkind: Ingress\n",
		"apiVersion: networking.k8s.io/v1\nkind: IngressClass\n",
		"apiVersion: v1\nkind: Service\n",
		"apiVersion: v1\nkind: Endpoints\n",
		"apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\n",
		"apiVersion: v1\nkind: Secret\n",
		"apiVersion: v1\nkind: ConfigMap\n",
		"apiVersion: v1\nkind: Namespace\n",
		"apiVersion: @\nkind: Ingress\n",
		"apiVersion: v1\nkind: @\n",
	};
	struct buf buf;
	struct kube_case kase;
	size_t documents = 0;

	(void)state;
	buf_init(&buf);
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		for (size_t j = 0; j < sizeof forms / sizeof *forms; j++)
			for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) {
				const char *texts[] = {heads[i], forms[j]};

				for (size_t part = 0; part < 2; part++)
					for (const char *c = texts[part]; *c; c++)
						if (*c == '@')
							buf_text(&buf, shapes[k]);
						else
							buf_char(&buf, *c);
				buf_text(&buf, "---\n");
				documents++;
			}
	case_init(&kase);
	case_add(&kase, "shapes", buf_slice(&buf));
	case_load(&kase, (struct kube_load_options){0});
	assert_int_equal(kase.set.document_count, documents);
	for (size_t i = 0; i < kase.findings.count; i++) {
		/* All of it is good YAML, so only this module speaks. */
		assert_string_not_equal(kase.findings.at[i].code, "I2G100");
		assert_true(kase.findings.at[i].span.line > 0);
		assert_true(kase.findings.at[i].message.len > 0);
	}
	case_finish(&kase);
	buf_finish(&buf);
}

static void test_many_findings(void **state)
{
	struct kube_case kase;
	struct buf buf;

	(void)state;
	buf_init(&buf);
	buf_text(&buf, INGRESS("{name: web}") "apiVersion: v1\nkind: ConfigMap\n"
					      "metadata: {name: a}\ndata:\n");
	for (unsigned i = 0; i < 100000; i++)
		buf_format(&buf, "  k%u: %u\n", (i * 7919) % 100000, i);
	case_init(&kase);
	case_add(&kase, "many", buf_slice(&buf));
	case_load(&kase, (struct kube_load_options){0});
	assert_int_equal(kase.findings.count, KUBE_FINDINGS_MOST + 1);
	assert_string_equal(kase.findings.at[KUBE_FINDINGS_MOST].code, "I2G102");
	assert_str(kase.findings.at[KUBE_FINDINGS_MOST].message,
		   "more than 500 findings in this object; the others are not listed");
	assert_int_equal(kase.set.document_count, 2);
	assert_int_equal(kase.set.config_maps[0]->data.count, 100000);
	assert_str(kase.set.config_maps[0]->data.at[0].key, "k0");
	case_finish(&kase);
	buf_finish(&buf);
}

static void test_duplicate_keys(void **state)
{
	struct kube_case kase;
	const struct kube_ingress *ingress;

	(void)state;
	case_text(&kase, INGRESS("{name: a, name: b, annotations: {z: one, a: x, z: two}}"));
	ingress = kase.set.ingresses[0];
	assert_str(ingress->meta.name, "b");
	assert_int_equal(ingress->meta.annotations.count, 2);
	assert_str(kube_annotation(&ingress->meta, "z")->value, "two");
	case_finish(&kase);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_other_kinds),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_illegal_names),
		cmocka_unit_test(test_generated_names),
		cmocka_unit_test(test_dumps),
		cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_unreadable_source),
		cmocka_unit_test(test_broken_documents),
		cmocka_unit_test(test_namespace_filter),
		cmocka_unit_test(test_selector_filter),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_many_findings),
		cmocka_unit_test(test_duplicate_keys),
	};

	return cmocka_run_group_tests_name("kube_load", tests, NULL, NULL);
}
