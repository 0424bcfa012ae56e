/* The C API: a run from inputs to results, its errors, and the tables. */
#include "test.h"

#include <stdio.h>
#include <unistd.h>

#include <ingress2gw/ingress2gw.h>

static const char shop[] = "apiVersion: networking.k8s.io/v1\n"
			   "kind: Ingress\n"
			   "metadata:\n"
			   "  name: shop\n"
			   "  namespace: web\n"
			   "  annotations:\n"
			   "    nginx.ingress.kubernetes.io/limit-rps: \"5\"\n"
			   "spec:\n"
			   "  ingressClassName: nginx\n"
			   "  rules:\n"
			   "  - host: shop.example.com\n"
			   "    http:\n"
			   "      paths:\n"
			   "      - path: /\n"
			   "        pathType: Prefix\n"
			   "        backend:\n"
			   "          service:\n"
			   "            name: cart\n"
			   "            port:\n"
			   "              number: 8080\n";

static struct i2g_run *run_of(const char *text)
{
	struct i2g_run *run = i2g_create();

	i2g_add_text(run, "shop.yaml", text, strlen(text));
	return run;
}

static const struct i2g_object *find_object(const struct i2g_run *run, const char *kind)
{
	for (size_t i = 0; i < i2g_object_count(run); i++)
		if (strcmp(i2g_object_at(run, i)->kind, kind) == 0)
			return i2g_object_at(run, i);
	return NULL;
}

static const struct i2g_finding *find_finding(const struct i2g_run *run, const char *code)
{
	for (size_t i = 0; i < i2g_finding_count(run); i++)
		if (strcmp(i2g_finding_at(run, i)->code, code) == 0)
			return i2g_finding_at(run, i);
	return NULL;
}

static size_t item_sum(const struct i2g_run *run)
{
	size_t sum = 0;

	for (int outcome = I2G_INERT; outcome <= I2G_REFUSED; outcome++)
		sum += i2g_item_count(run, (enum i2g_outcome)outcome);
	return sum;
}

static void a_run_without_inputs_is_empty(void **state)
{
	struct i2g_run *run = i2g_create();
	size_t length = 7;

	(void)state;
	assert_string_equal(i2g_output(run, &length), "");
	assert_int_equal(length, 0);
	assert_int_equal(i2g_object_count(run), 0);
	assert_null(i2g_object_at(run, 0));
	assert_int_equal(i2g_finding_count(run), 0);
	assert_null(i2g_finding_at(run, 0));
	assert_int_equal(item_sum(run), 0);
	assert_int_equal(i2g_ingress_count(run) + i2g_held_count(run), 0);
	assert_string_equal(i2g_error(run), "");

	assert_true(i2g_convert(run));
	assert_int_equal(i2g_object_count(run), 0);
	assert_string_equal(i2g_output(run, NULL), "");
	i2g_destroy(run);
	i2g_destroy(NULL);
}

static void text_becomes_objects(void **state)
{
	struct i2g_run *run = run_of(shop);
	const struct i2g_object *route;
	size_t length;

	(void)state;
	assert_true(i2g_set(run, "allow-unguarded", "true"));
	assert_true(i2g_convert(run));
	route = find_object(run, "HTTPRoute");
	assert_non_null(route);
	assert_string_equal(route->ns, "web");
	assert_true(strlen(route->name) > 0);

	const char *output = i2g_output(run, &length);

	assert_int_equal(strlen(output), length);
	assert_true(route->text >= output && route->text + route->length <= output + length);
	assert_non_null(strstr(route->text, "shop.example.com"));
	assert_null(i2g_object_at(run, i2g_object_count(run)));
	assert_int_equal(i2g_ingress_count(run), 1);
	assert_true(item_sum(run) >= 5);
	i2g_destroy(run);
}

static void a_guard_holds_its_route_back(void **state)
{
	struct i2g_run *run = run_of(shop);

	(void)state;
	assert_true(i2g_convert(run));
	assert_true(i2g_held_count(run) > 0);
	assert_null(strstr(i2g_output(run, NULL), "name: cart"));
	i2g_destroy(run);
}

static void findings_have_all_their_parts(void **state)
{
	struct i2g_run *run = run_of(shop);
	const struct i2g_finding *finding;

	(void)state;
	assert_true(i2g_convert(run));
	finding = find_finding(run, "I2G306");
	assert_non_null(finding);
	assert_string_equal(finding->rule, "rate-limit-not-portable");
	assert_int_equal(finding->severity, I2G_ERROR);
	assert_string_equal(finding->kind, "Ingress");
	assert_string_equal(finding->ns, "web");
	assert_string_equal(finding->name, "shop");
	assert_string_equal(finding->file, "shop.yaml");
	assert_int_equal(finding->line, 7);
	assert_true(finding->column > 0);
	assert_non_null(strstr(finding->path, "limit-rps"));
	assert_true(strlen(finding->message) > 0);
	for (size_t i = 0; i < i2g_finding_count(run); i++) {
		finding = i2g_finding_at(run, i);
		assert_non_null(finding->hint);
		assert_non_null(finding->path);
		assert_true(finding->line > 0 || strlen(finding->file) == 0);
	}
	i2g_destroy(run);
}

static void the_text_may_be_gone_after_it_was_added(void **state)
{
	char *copy = strdup(shop);
	char name[] = "x.yaml";
	struct i2g_run *run = i2g_create();

	(void)state;
	i2g_add_text(run, name, copy, strlen(copy));
	memset(copy, 'x', strlen(copy));
	memset(name, 'y', sizeof(name) - 1);
	free(copy);
	assert_true(i2g_convert(run));
	assert_int_equal(i2g_ingress_count(run), 1);
	assert_string_equal(find_finding(run, "I2G306")->file, "x.yaml");
	i2g_destroy(run);
}

static void a_run_can_convert_again(void **state)
{
	struct i2g_run *run = run_of(shop);
	static const char service[] = "apiVersion: v1\nkind: Service\nmetadata: {name: cart, "
				      "namespace: web}\nspec: {ports: [{port: 8080}]}\n";
	size_t findings;

	(void)state;
	assert_true(i2g_convert(run));
	findings = i2g_finding_count(run);
	assert_true(i2g_held_count(run) > 0);

	assert_true(i2g_set(run, "allow-unguarded", "true"));
	i2g_add_text(run, "service.yaml", service, strlen(service));
	assert_true(i2g_convert(run));
	assert_int_equal(i2g_held_count(run), 0);
	assert_non_null(find_object(run, "HTTPRoute"));
	assert_true(i2g_finding_count(run) > 0 && findings > 0);
	i2g_destroy(run);
}

static void files_are_read(void **state)
{
	char path[] = "/tmp/test_api_XXXXXX";
	int descriptor = mkstemp(path);
	struct i2g_run *run = i2g_create();

	(void)state;
	assert_true(descriptor >= 0);
	assert_int_equal(write(descriptor, shop, strlen(shop)), strlen(shop));
	close(descriptor);
	i2g_add_file(run, path);
	assert_true(i2g_convert(run));
	assert_int_equal(i2g_ingress_count(run), 1);
	assert_string_equal(find_finding(run, "I2G306")->file, path);
	i2g_destroy(run);
	unlink(path);
}

static void a_missing_file_is_an_error_and_the_rest_is_converted(void **state)
{
	struct i2g_run *run = run_of(shop);

	(void)state;
	i2g_add_file(run, "/no/such/file.yaml");
	assert_false(i2g_convert(run));
	assert_non_null(strstr(i2g_error(run), "/no/such/file.yaml"));
	assert_int_equal(i2g_ingress_count(run), 1);
	i2g_destroy(run);
}

static void bad_text_is_a_finding(void **state)
{
	struct i2g_run *run = i2g_create();
	static const char nul[] = "a: \0b\n";

	(void)state;
	i2g_add_text(run, "bad.yaml", "a: [", 4);
	i2g_add_text(run, "nul.yaml", nul, sizeof(nul) - 1);
	i2g_add_text(run, "empty.yaml", "", 0);
	i2g_add_text(run, "none.yaml", NULL, 0);
	assert_true(i2g_convert(run));
	assert_non_null(find_finding(run, "I2G100"));
	assert_string_equal(find_finding(run, "I2G100")->file, "bad.yaml");
	assert_string_equal(find_finding(run, "I2G100")->kind, "");
	i2g_destroy(run);
}

static void options_take_their_values_only(void **state)
{
	static const struct {
		const char *name, *good, *bad;
	} rows[] = {
		{"allow-unguarded", "false", "yes"},
		{"channel", "experimental", "beta"},
		{"comments", "false", ""},
		{"controller-config", "ingress-nginx/ingress-nginx-controller", NULL},
		{"copy-labels", "true", "1"},
		{"default-ssl-certificate", "a/b", "b"},
		{"emitter", "istio", "istoi"},
		{"gateway", "infra/shared", "shared"},
		{"gateway", "infra/shared", "/shared"},
		{"gateway", "infra/shared", "infra/"},
		{"gateway-class", "eg", NULL},
		{"gateway-namespace", "infra", NULL},
		{"ingress-class", "nginx", NULL},
		{"listeners", "listenerset", "listeners"},
		{"namespace", "web", NULL},
		{"output", "json", "xml"},
		{"provider", "ingress-nginx", "nginx-ingress"},
		{"provider", "auto", ""},
		{"selector", "app=shop", NULL},
		{"threads", "1", "3"},
		{"topology", "namespace", "none"},
	};
	struct i2g_run *run = i2g_create();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (!i2g_set(run, rows[i].name, rows[i].good))
			fail_msg("%s=%s: %s", rows[i].name, rows[i].good, i2g_error(run));
		if (!rows[i].bad)
			continue;
		if (i2g_set(run, rows[i].name, rows[i].bad))
			fail_msg("%s takes '%s'", rows[i].name, rows[i].bad);
		assert_non_null(strstr(i2g_error(run), rows[i].name));
	}
	assert_false(i2g_set(run, "emiter", "istio"));
	assert_string_equal(i2g_error(run), "there is no option 'emiter'");
	i2g_destroy(run);
}

static void options_have_their_effect(void **state)
{
	struct i2g_run *run = run_of(shop);
	const struct i2g_object *object;

	(void)state;
	i2g_set(run, "allow-unguarded", "true");
	i2g_set(run, "output", "json");
	i2g_convert(run);
	assert_true(i2g_object_count(run) > 0);
	assert_int_equal(i2g_object_at(run, 0)->text[0], '{');

	i2g_set(run, "output", "yaml");
	i2g_set(run, "gateway", "infra/shared");
	i2g_convert(run);
	assert_null(find_object(run, "Gateway"));
	object = find_object(run, "HTTPRoute");
	assert_non_null(object);

	i2g_set(run, "namespace", "other");
	i2g_convert(run);
	assert_int_equal(i2g_ingress_count(run), 0);
	i2g_set(run, "namespace", "");
	i2g_set(run, "ingress-class", "other");
	i2g_convert(run);
	assert_int_equal(i2g_ingress_count(run), 0);
	i2g_set(run, "ingress-class", "nginx");
	i2g_convert(run);
	assert_int_equal(i2g_ingress_count(run), 1);
	i2g_destroy(run);
}

static void comments_can_be_left_out(void **state)
{
	struct i2g_run *run = run_of(shop);

	(void)state;
	i2g_set(run, "allow-unguarded", "true");
	i2g_convert(run);
	assert_non_null(strstr(i2g_output(run, NULL), "# "));
	i2g_set(run, "comments", "false");
	i2g_convert(run);
	assert_null(strstr(i2g_output(run, NULL), "# "));
	i2g_destroy(run);
}

static void tables_have_rows_and_columns(void **state)
{
	(void)state;
	for (int table = I2G_RULES; table <= I2G_EMITTERS; table++) {
		enum i2g_table at = (enum i2g_table)table;
		size_t columns = 0;

		assert_true(i2g_row_count(at) > 0);
		for (; i2g_column(at, columns); columns++)
			for (size_t row = 0; row < i2g_row_count(at); row++)
				assert_non_null(i2g_cell(at, row, i2g_column(at, columns)));
		assert_true(columns >= 2);
		assert_null(i2g_cell(at, i2g_row_count(at), i2g_column(at, 0)));
		assert_null(i2g_cell(at, 0, "no-such-column"));
	}
	assert_int_equal(i2g_row_count((enum i2g_table)99), 0);
	assert_null(i2g_column((enum i2g_table)99, 0));
	assert_null(i2g_cell((enum i2g_table)99, 0, "name"));
}

/* Row with that text in that column; the row count when there is none. */
static size_t find_row(enum i2g_table table, const char *column, const char *text)
{
	size_t row = 0;

	while (row < i2g_row_count(table) && strcmp(i2g_cell(table, row, column), text) != 0)
		row++;
	return row;
}

static void tables_say_what_the_library_knows(void **state)
{
	size_t row = find_row(I2G_RULES, "code", "I2G302");

	(void)state;
	assert_string_equal(i2g_cell(I2G_RULES, row, "name"), "basic-auth-not-portable");
	assert_string_equal(i2g_cell(I2G_RULES, row, "severity"), "error");
	row = find_row(I2G_ANNOTATIONS, "key", "use-regex");
	assert_string_equal(i2g_cell(I2G_ANNOTATIONS, row, "provider"), "ingress-nginx");
	assert_string_equal(i2g_cell(I2G_ANNOTATIONS, row, "type"), "bool");
	assert_true(find_row(I2G_PROVIDERS, "name", "ingress-nginx") <
		    i2g_row_count(I2G_PROVIDERS));
	assert_true(find_row(I2G_EMITTERS, "name", "standard") < i2g_row_count(I2G_EMITTERS));
	assert_true(i2g_row_count(I2G_ANNOTATIONS) >= 138);
}

static void the_version_is_a_number(void **state)
{
	unsigned major, minor, patch;

	(void)state;
	assert_int_equal(sscanf(i2g_version(), "%u.%u.%u", &major, &minor, &patch), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_without_inputs_is_empty),
		cmocka_unit_test(text_becomes_objects),
		cmocka_unit_test(a_guard_holds_its_route_back),
		cmocka_unit_test(findings_have_all_their_parts),
		cmocka_unit_test(the_text_may_be_gone_after_it_was_added),
		cmocka_unit_test(a_run_can_convert_again),
		cmocka_unit_test(files_are_read),
		cmocka_unit_test(a_missing_file_is_an_error_and_the_rest_is_converted),
		cmocka_unit_test(bad_text_is_a_finding),
		cmocka_unit_test(options_take_their_values_only),
		cmocka_unit_test(options_have_their_effect),
		cmocka_unit_test(comments_can_be_left_out),
		cmocka_unit_test(tables_have_rows_and_columns),
		cmocka_unit_test(tables_say_what_the_library_knows),
		cmocka_unit_test(the_version_is_a_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
