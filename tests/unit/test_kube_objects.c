#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "kube_case.h"

static void test_service(void **state)
{
	struct kube_case kase;
	const struct kube_service *service;

	(void)state;
	case_text(&kase, "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\n"
			 "spec:\n  clusterIP: None\n  ports:\n"
			 "  - {name: http, port: 80, targetPort: web}\n"
			 "  - {port: 443, targetPort: 8443, protocol: TCP, appProtocol: https}\n"
			 "  - {port: 53, protocol: UDP}\n"
			 "---\napiVersion: v1\nkind: Service\nmetadata: {name: far}\n"
			 "spec: {type: ExternalName, externalName: far.test}\n");
	assert_said(&kase, "");
	assert_int_equal(kase.set.service_count, 2);
	service = kube_service(&kase.set, STR("shop"), STR("web"));
	assert_non_null(service);
	assert_true(service->headless);
	assert_str(service->type, "ClusterIP");
	assert_int_equal(service->port_count, 3);
	assert_str(service->ports[0].name, "http");
	assert_str(service->ports[0].target_name, "web");
	assert_int_equal(service->ports[0].target_number, 0);
	assert_str(service->ports[1].app_protocol, "https");
	assert_int_equal(service->ports[1].target_number, 8443);
	assert_str(service->ports[2].protocol, "UDP");
	assert_int_equal(service->ports[2].target_number, 53);

	service = kube_service(&kase.set, STR("default"), STR("far"));
	assert_str(service->type, "ExternalName");
	assert_str(service->external_name, "far.test");
	assert_false(service->headless);
	assert_null(kube_service(&kase.set, STR("shop"), STR("far")));
	case_finish(&kase);
}

static void test_service_ports(void **state)
{
	struct kube_case kase;

	(void)state;
	case_text(&kase, "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  ports:\n"
			 "  - {name: 5, port: 0, targetPort: \"8080\"}\n  - http\n");
	assert_said(&kase,
		    "I2G105 6:12 spec.ports[0].name: expected string, got int; the API "
		    "server refuses this object [quote the value: \"5\"]\n"
		    "I2G105 6:21 spec.ports[0].port: invalid port 0: expected a number from "
		    "1 to 65535; the API server refuses this object\n"
		    "I2G105 6:36 spec.ports[0].targetPort: expected int, got string; the API "
		    "server refuses this object [write the number without quotes: 8080]\n");
	assert_int_equal(kase.set.services[0]->ports[0].target_number, 8080);
	case_finish(&kase);
}

#define SLICE(name, text)                                                                          \
	"apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata:\n  name: " name           \
	"\n  labels: {kubernetes.io/service-name: web}\nendpoints:\n" text "---\n"

static void test_endpoints(void **state)
{
	static const char endpoints[] = "apiVersion: v1\nkind: Endpoints\nmetadata: {name: web}\n"
					"subsets:\n- addresses: [{ip: 10.0.0.1}, {ip: 10.0.0.2}]\n"
					"  notReadyAddresses: [{ip: 10.0.0.3}]\n"
					"- addresses: [{ip: 10.0.0.4}]\n---\n";
	static const char slices[] =
		SLICE("web-a", "- {addresses: [10.0.0.1], conditions: {ready: true}}\n"
			       "- {addresses: [10.0.0.2], conditions: {ready: false}}\n"
			       "- {addresses: [10.0.0.3]}\n")
			SLICE("web-b", "- {addresses: [10.0.0.5]}\n- {addresses: []}\n");
	struct kube_case kase;

	(void)state;
	case_text(&kase, endpoints);
	assert_int_equal(kube_ready_endpoints(&kase.set, STR("default"), STR("web")), 3);
	assert_int_equal(kube_ready_endpoints(&kase.set, STR("shop"), STR("web")), -1);
	case_finish(&kase);

	case_text(&kase, slices);
	assert_said(&kase, "");
	assert_int_equal(kase.set.endpoints_count, 2);
	assert_str(kase.set.endpoints[0]->service, "web");
	assert_int_equal(kase.set.endpoints[0]->ready, 2);
	assert_int_equal(kube_ready_endpoints(&kase.set, STR("default"), STR("web")), 3);
	case_finish(&kase);

	/* The slices count and their mirror does not, whichever comes first. */
	for (int i = 0; i < 2; i++) {
		case_init(&kase);
		case_add(&kase, "a", str_from(i ? endpoints : slices));
		case_add(&kase, "b", str_from(i ? slices : endpoints));
		case_load(&kase, (struct kube_load_options){0});
		assert_int_equal(kase.set.endpoints_count, 3);
		assert_int_equal(kube_ready_endpoints(&kase.set, STR("default"), STR("web")), 3);
		case_finish(&kase);
	}
}

/* Where a proxy finds what stands behind a Service: ready addresses, and the ports that belong to them. */
static void test_addresses(void **state)
{
	struct kube_case kase;
	const struct kube_endpoints *at;

	(void)state;
	case_text(
		&kase,
		SLICE("web-a",
		      "- {addresses: [10.0.0.1, 10.9.9.9]}\n"
		      "- {addresses: [10.0.0.2], conditions: {ready: false}}\n"
		      "ports: [{name: http, port: 8080}, {port: 99999}]\n") "apiVersion: v1\nkind: "
									    "Endpoints\nmetadata: "
									    "{name: "
									    "other}\nsubsets:\n"
									    "- notReadyAddresses: "
									    "[{ip: 10.0.0.3}]\n  "
									    "ports: [{port: 1}]\n"
									    "- addresses: [{ip: "
									    "10.0.0.4}]\n  ports: "
									    "[{port: 9090}]\n");
	assert_int_equal(kase.set.endpoints_count, 2);
	at = kase.set.endpoints[0];
	assert_int_equal(at->address_count, 1);
	assert_str(at->addresses[0], "10.0.0.1");
	assert_int_equal(at->port_count, 1);
	assert_str(at->ports[0].name, "http");
	assert_int_equal(at->ports[0].number, 8080);
	at = kase.set.endpoints[1];
	assert_int_equal(at->address_count, 1);
	assert_str(at->addresses[0], "10.0.0.4");
	assert_int_equal(at->ports[0].number, 9090);
	case_finish(&kase);
}

/* Private keys are kept for nobody but who shows them. */
static void test_keys(void **state)
{
	static const char secret[] = "apiVersion: v1\nkind: Secret\nmetadata: {name: tls}\n"
				     "stringData: {tls.crt: certificate, tls.key: private}\n";

	(void)state;
	for (int keep = 0; keep < 2; keep++) {
		struct kube_case kase;
		const struct kube_secret *found;

		case_init(&kase);
		case_add(&kase, "a", str_from(secret));
		case_load(&kase, (struct kube_load_options){.keep_keys = keep});
		found = kube_secret(&kase.set, STR("default"), STR("tls"));
		assert_non_null(found);
		assert_str(found->key, keep ? "private" : "");
		assert_str(found->certificate, keep ? "certificate" : "");
		case_finish(&kase);
	}
}

static void test_class_and_namespace(void **state)
{
	struct kube_case kase;
	const struct kube_class *class;

	(void)state;
	case_text(&kase, "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata:\n"
			 "  name: nginx\n  namespace: ignored\n  annotations:\n"
			 "    ingressclass.kubernetes.io/is-default-class: \"true\"\n"
			 "spec: {controller: k8s.io/ingress-nginx}\n"
			 "---\napiVersion: v1\nkind: Namespace\n"
			 "metadata: {name: shop, labels: {team: a}}\n");
	assert_said(&kase, "");
	class = kube_class(&kase.set, STR("nginx"));
	assert_str(class->controller, "k8s.io/ingress-nginx");
	assert_true(class->is_default);
	assert_str(class->meta.namespace, "");
	assert_null(kube_class(&kase.set, STR("kong")));
	assert_str(kube_namespace(&kase.set, STR("shop"))->meta.labels.at[0].value, "a");
	case_finish(&kase);
}

static void test_config_map(void **state)
{
	struct kube_case kase;
	const struct kube_config_map *map;

	(void)state;
	case_text(&kase, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: conf}\ndata:\n"
			 "  use-gzip: \"true\"\n  hsts: false\n  a: |\n    one\n    two\n");
	assert_said(&kase, "I2G105 6:9 data[hsts]: expected string, got bool; the API server "
			   "refuses this object [quote the value: \"false\"]\n");
	map = kube_config_map(&kase.set, STR("default"), STR("conf"));
	assert_int_equal(map->data.count, 3);
	assert_str(map->data.at[0].value, "one\ntwo\n");
	assert_str(map->data.at[1].value, "false");
	assert_span(map->data.at[2].key_span, 5, 3, 8);
	case_finish(&kase);
}

/* ---- Secrets ---- */

/* A self-signed certificate in PEM; `san` may be NULL. */
static struct str make_certificate(struct arena *arena, const char *name, const char *san)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = X509_new();
	BIO *bio = BIO_new(BIO_s_mem());
	char *pem;
	long len;

	X509_set_version(certificate, X509_VERSION_3);
	X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
	X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
				   (const unsigned char *)name, -1, -1, 0);
	X509_set_pubkey(certificate, key);
	if (san) {
		X509_EXTENSION *extension =
			X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, san);

		assert_non_null(extension);
		X509_add_ext(certificate, extension, -1);
		X509_EXTENSION_free(extension);
	}
	assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
	assert_true(PEM_write_bio_X509(bio, certificate));
	len = BIO_get_mem_data(bio, &pem);

	struct str text = str_dup(arena, (struct str){pem, (size_t)len});

	BIO_free(bio);
	X509_free(certificate);
	EVP_PKEY_free(key);
	return text;
}

static struct str encode(struct arena *arena, struct str text)
{
	unsigned char *out = arena_bytes(arena, text.len / 3 * 4 + 5);
	int len = EVP_EncodeBlock(out, (const unsigned char *)text.at, (int)text.len);

	return (struct str){(const char *)out, (size_t)len};
}

/* Reads a Secret with these values of data; the case is the caller's to finish. */
static const struct kube_secret *load_secret(struct kube_case *kase, struct str certificate,
					     struct str ca)
{
	case_init(kase);
	case_add(kase, "secret.yaml",
		 str_format(&kase->arena,
			    "apiVersion: v1\nkind: Secret\ntype: kubernetes.io/tls\n"
			    "metadata: {name: tls}\ndata:\n  tls.key: c2VjcmV0\n  tls.crt: %.*s\n"
			    "  ca.crt: %.*s\nstringData: {note: x, tls.key: y}\n",
			    STR_ARG(certificate), STR_ARG(ca)));
	case_load(kase, (struct kube_load_options){0});
	assert_said(kase, "");
	return kube_secret(&kase->set, STR("default"), STR("tls"));
}

static void test_secret(void **state)
{
	struct kube_case kase;
	struct arena arena;
	const struct kube_secret *secret;
	struct str first, second;

	(void)state;
	arena_init(&arena);
	first = make_certificate(&arena, "ignored.test",
				 "DNS:shop.test,IP:10.0.0.1,DNS:*.shop.test");
	second = make_certificate(&arena, "chain.test", "DNS:chain.test");
	secret = load_secret(
		&kase,
		encode(&arena, str_format(&arena, "%.*s%.*s", STR_ARG(first), STR_ARG(second))),
		encode(&arena, second));
	assert_str(secret->type, "kubernetes.io/tls");
	assert_int_equal(secret->key_count, 4);
	assert_str(secret->keys[0], "ca.crt");
	assert_str(secret->keys[1], "note");
	assert_str(secret->keys[2], "tls.crt");
	assert_str(secret->keys[3], "tls.key");
	assert_true(secret->has_certificate);
	assert_int_equal(secret->name_count, 2);
	assert_str(secret->names[0], "shop.test");
	assert_str(secret->names[1], "*.shop.test");
	assert_true(str_eq(secret->ca, second));
	case_finish(&kase);
	arena_finish(&arena);
}

static void test_common_name(void **state)
{
	struct kube_case kase;
	struct arena arena;
	const struct kube_secret *secret;

	(void)state;
	arena_init(&arena);
	secret = load_secret(&kase, encode(&arena, make_certificate(&arena, "old.test", NULL)),
			     STR("bm90IGEgY2VydGlmaWNhdGU="));
	assert_true(secret->has_certificate);
	assert_int_equal(secret->name_count, 1);
	assert_str(secret->names[0], "old.test");
	assert_str(secret->ca, "");
	case_finish(&kase);
	arena_finish(&arena);
}

static void test_broken_certificates(void **state)
{
	static const char *const broken[] = {
		"",
		"\"\"",
		"ENC[AES256_GCM,data:x]",
		"LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==",
		"bm90IGEgY2VydGlmaWNhdGU=",
		"{a: b}",
		"7",
	};

	(void)state;
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		struct kube_case kase;
		const struct kube_secret *secret =
			load_secret(&kase, str_from(broken[i]), str_from(broken[i]));

		assert_false(secret->has_certificate);
		assert_int_equal(secret->name_count, 0);
		assert_int_equal(secret->key_count, 4);
		assert_str(secret->ca, "");
		case_finish(&kase);
	}
}

/* Every prefix of a certificate, and every byte of it changed: no crash, and names only if it reads. */
static void test_damaged_certificate(void **state)
{
	struct arena arena;
	struct str pem;

	(void)state;
	arena_init(&arena);
	pem = make_certificate(&arena, "a.test", "DNS:a.test");
	for (size_t i = 0; i < pem.len; i += 3) {
		struct kube_case kase;
		struct str damaged = str_dup(&arena, pem);

		((char *)damaged.at)[i] ^= 5;
		damaged.len -= i % 2 ? pem.len - i : 0;

		const struct kube_secret *secret =
			load_secret(&kase, encode(&arena, damaged), STR("x"));

		assert_true(secret->has_certificate || !secret->name_count);
		case_finish(&kase);
	}
	arena_finish(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_service),
		cmocka_unit_test(test_service_ports),
		cmocka_unit_test(test_endpoints),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_class_and_namespace),
		cmocka_unit_test(test_config_map),
		cmocka_unit_test(test_secret),
		cmocka_unit_test(test_common_name),
		cmocka_unit_test(test_broken_certificates),
		cmocka_unit_test(test_damaged_certificate),
	};

	return cmocka_run_group_tests_name("kube_objects", tests, NULL, NULL);
}
