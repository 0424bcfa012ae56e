/* What is not legal is not written, and makes the run fail: the check of convert's own output. */
#include "test.h"

#include <ingress2gw/ingress2gw.h>

#include "converters/convert.h"
#include "converters/legal.h"
#include "yaml/stream.h"

static struct arena arena;
static struct findings findings;
static struct legal legal;

static void start(bool experimental)
{
	arena_init(&arena);
	findings_init(&findings, &arena);
	legal_init(&legal, experimental, &findings);
}

static void end(void)
{
	legal_finish(&legal);
	arena_finish(&arena);
}

/* ---- objects as the planner hands them over ---- */

static bool verdict, clean[CREW_THREADS];

static void take(void *batch, const struct yaml_item *item)
{
	static char kind[64];
	const struct node *meta = node_get(item->root, "metadata");
	struct str name = node_text(item->root, "kind");
	struct plan_object object = {
		.kind = kind,
		.namespace = node_text(meta, "namespace"),
		.name = node_text(meta, "name"),
		.root = item->root,
	};

	(void)batch;
	snprintf(kind, sizeof kind, "%.*s", STR_ARG(name));
	for (unsigned worker = 0; worker < CREW_THREADS; worker++)
		clean[worker] = legal_is_clean(&legal, worker, item->root);
	verdict = legal_check(&legal, &object);
}

static struct findings *findings_of(void *batch)
{
	(void)batch;
	return &findings;
}

static bool is_legal(const char *text)
{
	const struct yaml_sink sink = {
		.user = &arena, .open = yaml_one_batch, .take = take, .findings = findings_of};
	struct sources sources = {0};
	struct error error;

	sources_add(&sources, (struct source){.name = STR("object"), .text = str_from(text)});
	assert_true(yaml_read(&sources, 0, NULL, 1, &sink, &error));
	sources_finish(&sources);
	return verdict;
}

#define ROUTE(spec)                                                                                \
	"{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, "                             \
	"metadata: {name: a, namespace: shop}, spec: " spec "}"

static void legal_objects_pass(void **state)
{
	(void)state;
	start(false);
	assert_true(is_legal(ROUTE("{hostnames: [a.example.com], rules: [{backendRefs: "
				   "[{name: s, port: 80}]}]}")));
	assert_true(clean[0] && clean[1]);
	assert_true(is_legal("{apiVersion: v1, kind: ConfigMap, metadata: {name: ca}, "
			     "data: {ca.crt: x}}"));
	assert_int_equal(findings.count, 0);
	end();
}

/* Wrong in schema, rule, name, and a field that would be lost in silence. */
static void illegal_objects_are_findings(void **state)
{
	static const char *const bad[][3] = {
		{ROUTE("{hostnames: ['a_b']}"), "spec.hostnames[0]",
		 "not written, because it is not legal in the standard channel: "
		 "spec.hostnames[0]: Invalid value: \"a_b\": spec.hostnames[0] in body should "
		 "match '^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?"
		 "(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$'"},
		{ROUTE("{rules: [{backendRefs: [{name: s}]}]}"), "spec.rules[0].backendRefs[0]",
		 "not written, because it is not legal in the standard channel: "
		 "spec.rules[0].backendRefs[0]: Invalid value: \"object\": Must have port for "
		 "Service reference"},
		{ROUTE("{rules: [{retry: {attempts: 1}}]}"), "spec.rules[0].retry",
		 "not written, because it is not legal in the standard channel: "
		 "spec.rules[0].retry: unknown field \"spec.rules[0].retry\""},
		{"{apiVersion: v1, kind: ConfigMap, metadata: {name: ca}, data: {'..a': x}}",
		 "data",
		 "not written, because it is not legal in the standard channel: "
		 "data: Invalid value: \"object\": a valid config key must consist of "
		 "alphanumeric characters, -, _ or ."},
		{"{apiVersion: gateway.networking.k8s.io/v1alpha2, kind: TCPRoute, metadata: "
		 "{name: a}, spec: {rules: [{backendRefs: [{name: s, port: 1}]}]}}",
		 "apiVersion",
		 "not written, because it is not legal in the standard channel: "
		 "apiVersion: this channel does not serve the kind"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct ledger ledger = {0};
		struct error error;

		start(false);
		assert_false(is_legal(bad[i][0]));
		assert_false(clean[0] || clean[1]);
		assert_int_equal(findings.count, 1);
		assert_string_equal(findings.at[0].code, "I2G690");
		assert_str(findings.at[0].path, bad[i][1]);
		assert_str(findings.at[0].message, bad[i][2]);
		assert_false(legal_settle(&legal, &ledger, &error));
		end();
	}
}

static void the_channel_counts(void **state)
{
	(void)state;
	start(true);
	assert_true(is_legal(ROUTE("{rules: [{retry: {attempts: 1}}]}")));
	assert_int_equal(findings.count, 0);
	end();
}

static void unknown_kinds_are_said(void **state)
{
	struct ledger ledger = {0};
	struct error error;

	(void)state;
	start(false);
	for (unsigned i = 0; i < 2; i++)
		assert_true(is_legal("{apiVersion: example.com/v1, kind: Policy, metadata: {}}"));
	assert_true(is_legal("{apiVersion: example.com/v1, kind: Other, metadata: {}}"));
	assert_true(legal_settle(&legal, &ledger, &error));
	assert_int_equal(findings.count, 2);
	assert_string_equal(findings.at[0].code, "I2G691");
	assert_str(findings.at[0].message, "2 objects of kind Policy (example.com/v1) were not "
					   "checked: no schema for it is built in");
	assert_str(findings.at[1].message, "1 object of kind Other (example.com/v1) was not "
					   "checked: no schema for it is built in");
	end();
}

/* ---- whole runs ---- */

static const char shop[] =
	"{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: shop, namespace: web}, "
	"spec: {ingressClassName: nginx, rules: [{host: a.example.com, http: {paths: [{path: /, "
	"pathType: Prefix, backend: {service: {name: s, port: {number: 80}}}}]}}]}}";

static void take_piece(void *user, const struct convert_object *object, struct str text)
{
	(void)user;
	(void)text;
	if (object)
		assert_string_not_equal(object->kind, "Gateway");
}

/* Whoever calls convert_run() may put a name into the options that nobody looked at: the Gateway that
 * comes of it is as illegal as one of a mistake in the planner. */
static void a_run_with_an_illegal_object_fails(void **state)
{
	const struct convert_options options = {
		.plan = {.gateway_class = STR("c"), .gateway_namespace = STR("No_Namespace")}};
	const struct convert_sink sink = {.write = take_piece};
	struct convert_result result;
	struct sources sources = {0};
	struct error error = {{0}};
	size_t counts[OUTCOME_KINDS];

	(void)state;
	sources_add(&sources, (struct source){.name = STR("shop"), .text = str_from(shop)});
	assert_false(convert_run(&result, &sources, &options, &sink, &error));
	assert_non_null(strstr(error.text, "not written: the first is Gateway No_Namespace/c; "
					   "this is a mistake of ingress2gw"));
	for (size_t i = 0; i < result.kind_count; i++)
		assert_string_not_equal(result.kinds[i].kind, "Gateway");
	ledger_count(&result.model.ledger, counts);
	assert_int_equal(counts[OUTCOME_REFUSED], 3);
	convert_finish(&result);
	sources_finish(&sources);
}

static void the_library_takes_no_illegal_names(void **state)
{
	static const char *const bad[][2] = {{"gateway", "a/B"},
					     {"gateway", "A/b"},
					     {"gateway-class", "a b"},
					     {"gateway-namespace", "a.b"}};
	struct i2g_run *run = i2g_create();

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(i2g_set(run, bad[i][0], bad[i][1]));
	i2g_add_text(run, "shop", shop, strlen(shop));
	assert_true(i2g_convert(run));
	i2g_destroy(run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(legal_objects_pass),
		cmocka_unit_test(illegal_objects_are_findings),
		cmocka_unit_test(the_channel_counts),
		cmocka_unit_test(unknown_kinds_are_said),
		cmocka_unit_test(a_run_with_an_illegal_object_fails),
		cmocka_unit_test(the_library_takes_no_illegal_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
