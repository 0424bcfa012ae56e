/* Walks the tables of the ingress-nginx provider and of the emitters: every row is complete, sorted
 * and consistent with what it refers to. */
#include "test.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

#include "check/rules.h"
#include "converters/emitter.h"
#include "converters/from_ingress_nginx/nginx.h"

enum { PATH_SIZE = 4096, LINE_SIZE = 16384 };

static struct provider provider;

static int setup(void **state)
{
	(void)state;
	provider = (struct provider){
		.annotations = ingress_nginx_annotations,
		.annotation_count = &ingress_nginx_annotation_count,
		.options = ingress_nginx_options,
		.option_count = &ingress_nginx_option_count,
		.legacy = ingress_nginx_legacy,
		.legacy_count = &ingress_nginx_legacy_count,
	};
	return 0;
}

static void check_sentence(const char *key, const char *text)
{
	if (!text || !isupper((unsigned char)*text) || !str_ends(str_from(text), "."))
		fail_msg("%s: '%s' is no sentence", key, text ? text : "(null)");
	if (strstr(text, "  ") || strchr(text, '\n'))
		fail_msg("%s: '%s' has odd white space", key, text);
}

static void check_code(const char *key, const char *code)
{
	if (code && !rule_find(str_from(code)))
		fail_msg("%s: no rule has the code %s", key, code);
}

static bool is_scope(const char *scope)
{
	return strcmp(scope, "location") == 0 || strcmp(scope, "host") == 0 ||
	       strcmp(scope, "ingress") == 0 || strcmp(scope, "upstream") == 0;
}

static void annotations_are_complete(void **state)
{
	(void)state;
	assert_int_equal(ingress_nginx_annotation_count, 138);
	for (size_t i = 0; i < ingress_nginx_annotation_count; i++) {
		const struct annotation_row *row = &ingress_nginx_annotations[i];

		check_sentence(row->key, row->text);
		if (*row->differs)
			check_sentence(row->key, row->differs);
		check_code(row->key, row->code);
		if (!row->valid || !*row->type || !row->default_value || !row->field)
			fail_msg("%s: a member is missing", row->key);
		if (!is_scope(row->scope))
			fail_msg("%s: '%s' is no scope", row->key, row->scope);
		if (row->option && !option_find(&provider, str_from(row->option)))
			fail_msg("%s: no option is called %s", row->key, row->option);
	}
}

/* A key that can be lost needs a code to say so, and a key without difference needs none. */
static void losses_have_a_code(void **state)
{
	(void)state;
	for (size_t i = 0; i < ingress_nginx_annotation_count; i++) {
		const struct annotation_row *row = &ingress_nginx_annotations[i];

		if (row->mapping != MAPPING_CORE && !row->code)
			fail_msg("%s: has no code", row->key);
		if (*row->differs && !row->code)
			fail_msg("%s: differs, but has no code", row->key);
		if (row->mapping == MAPPING_CORE && !*row->field)
			fail_msg("%s: is core, but has no field", row->key);
		if (row->mapping == MAPPING_EXPERIMENTAL && !*row->field)
			fail_msg("%s: is experimental, but has no field", row->key);
	}
}

static void defaults_are_valid(void **state)
{
	(void)state;
	for (size_t i = 0; i < ingress_nginx_annotation_count; i++) {
		const struct annotation_row *row = &ingress_nginx_annotations[i];

		/* The one default that users cannot write: "$" is outside the key's characters. */
		if (strcmp(row->key, "auth-request-redirect") == 0)
			continue;
		if (!row->valid(str_from(row->default_value)))
			fail_msg("%s: refuses its default '%s'", row->key, row->default_value);
	}
}

/* What the annotation falls back to is what the option says when nobody sets it. */
static void defaults_agree_with_the_options(void **state)
{
	(void)state;
	for (size_t i = 0; i < ingress_nginx_annotation_count; i++) {
		const struct annotation_row *row = &ingress_nginx_annotations[i];

		if (!row->option || strcmp(row->key, "ssl-ciphers") == 0)
			continue;

		const struct option_row *option = option_find(&provider, str_from(row->option));

		assert_non_null(option);
		if (strcmp(row->default_value, option->default_value) != 0)
			fail_msg("%s: '%s' here, '%s' in the option", row->key, row->default_value,
				 option->default_value);
	}
}

static void check_order(const char *before, const char *key)
{
	if (before && strcmp(before, key) >= 0)
		fail_msg("%s does not belong behind %s", key, before);
}

static void rows_are_sorted(void **state)
{
	(void)state;
	const char *before = NULL;

	for (size_t i = 0; i < ingress_nginx_annotation_count; i++) {
		check_order(before, ingress_nginx_annotations[i].key);
		before = ingress_nginx_annotations[i].key;
	}
	before = NULL;
	for (size_t i = 0; i < ingress_nginx_option_count; i++) {
		check_order(before, ingress_nginx_options[i].key);
		before = ingress_nginx_options[i].key;
	}
	before = NULL;
	for (size_t i = 0; i < ingress_nginx_legacy_count; i++) {
		check_order(before, ingress_nginx_legacy[i].key);
		before = ingress_nginx_legacy[i].key;
	}
}

static void every_row_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < ingress_nginx_annotation_count; i++)
		assert_ptr_equal(
			annotation_find(&provider, str_from(ingress_nginx_annotations[i].key)),
			&ingress_nginx_annotations[i]);
	for (size_t i = 0; i < ingress_nginx_option_count; i++)
		assert_ptr_equal(option_find(&provider, str_from(ingress_nginx_options[i].key)),
				 &ingress_nginx_options[i]);
	assert_null(annotation_find(&provider, STR("")));
	assert_null(annotation_find(&provider, STR("affinit")));
	assert_null(annotation_find(&provider, STR("zzz")));
	assert_null(option_find(&provider, STR("proxy-body-sizes")));
}

static void options_are_complete(void **state)
{
	(void)state;
	for (size_t i = 0; i < ingress_nginx_option_count; i++) {
		const struct option_row *row = &ingress_nginx_options[i];

		check_sentence(row->key, row->text);
		check_code(row->key, row->code);
		assert_non_null(row->default_value);
		if (row->feature != FEATURE_NONE && !row->code)
			fail_msg("%s: has a feature, but no code", row->key);
		if (row->inert && row->feature != FEATURE_NONE)
			fail_msg("%s: is inert, but has a feature", row->key);
		if (row->mapping != MAPPING_CORE && !row->code)
			fail_msg("%s: has no code", row->key);
	}
}

/* An old key has a hint, and is not one that works. */
static void legacy_keys_are_gone(void **state)
{
	(void)state;
	for (size_t i = 0; i < ingress_nginx_legacy_count; i++) {
		const struct legacy_row *row = &ingress_nginx_legacy[i];

		if (annotation_find(&provider, str_from(row->key)))
			fail_msg("%s is a current key", row->key);
		if (strlen(row->hint) < 20 || str_ends(str_from(row->hint), "."))
			fail_msg("%s: '%s' is no hint", row->key, row->hint);
	}
}

/* Features that no row can name because the value decides: the provider's code adds them. */
static bool is_decided_by_value(enum feature feature)
{
	return feature == FEATURE_AUTH_DIGEST || feature == FEATURE_BACKEND_TLS ||
	       feature == FEATURE_BACKEND_TLS_CLIENT || feature == FEATURE_CLIENT_CERT ||
	       feature == FEATURE_FOREIGN_GUARD || feature == FEATURE_GEO ||
	       feature == FEATURE_HOST_REWRITE || feature == FEATURE_REDIRECT_LITERAL ||
	       feature == FEATURE_REGEX_REWRITE;
}

static void every_feature_is_used(void **state)
{
	(void)state;
	bool used[FEATURE_KINDS] = {false};

	for (size_t i = 0; i < ingress_nginx_annotation_count; i++)
		used[ingress_nginx_annotations[i].feature] = true;
	for (size_t i = 0; i < ingress_nginx_option_count; i++)
		used[ingress_nginx_options[i].feature] = true;
	for (enum feature f = FEATURE_NONE + 1; f < FEATURE_KINDS; f++)
		if (used[f] == is_decided_by_value(f))
			fail_msg("%s is %s", feature_name(f),
				 used[f] ? "used after all" : "unused");
}

/* Raw directives are never simulated; a guard is decided by or at least compared, so that its loss is
 * seen; and what a row says is only of logs and the like holds no guard. */
static void the_column_simulated_is_honest(void **state)
{
	(void)state;
	for (size_t i = 0; i < ingress_nginx_annotation_count; i++) {
		const struct annotation_row *row = &ingress_nginx_annotations[i];
		bool guards = feature_guards(row->feature);

		if (row->feature == FEATURE_SNIPPET
			    ? row->simulated != SIMULATED_NOT
			    : guards && (row->simulated == SIMULATED_NOT ||
					 row->simulated == SIMULATED_NEEDLESS))
			fail_msg("%s", row->key);
	}
	for (size_t i = 0; i < ingress_nginx_option_count; i++) {
		const struct option_row *row = &ingress_nginx_options[i];

		if (row->inert ? row->simulated != SIMULATED_NEEDLESS
			       : row->feature == FEATURE_SNIPPET && row->simulated != SIMULATED_NOT)
			fail_msg("%s", row->key);
	}
}

static void suggestions_are_near(void **state)
{
	(void)state;
	assert_string_equal(annotation_suggest(&provider, STR("ssl-redirct")), "ssl-redirect");
	assert_string_equal(annotation_suggest(&provider, STR("user-regexp")), "user-regex");
	assert_string_equal(annotation_suggest(&provider, STR("use-regx")), "use-regex");
	assert_string_equal(annotation_suggest(&provider, STR("limit-rsp")), "limit-rps");
	assert_string_equal(annotation_suggest(&provider, STR("Proxy-Body-Size")),
			    "proxy-body-size");
	assert_string_equal(annotation_suggest(&provider, STR("proxy-body-size ")),
			    "proxy-body-size");
	assert_null(annotation_suggest(&provider, STR("something-else")));
	assert_null(annotation_suggest(&provider, STR("")));
}

static void names_are_words(void **state)
{
	(void)state;
	assert_string_equal(mapping_name(MAPPING_CORE), "core");
	assert_string_equal(mapping_name(MAPPING_NONE), "none");
	for (enum mapping m = MAPPING_CORE; m <= MAPPING_NONE; m++)
		assert_non_null(mapping_name(m));
	for (enum on_invalid i = INVALID_DEFAULT; i <= INVALID_UNCHECKED; i++)
		assert_true(strlen(on_invalid_words(i)) > 10);
}

static void emitters_are_sorted_and_complete(void **state)
{
	(void)state;
	const char *before = NULL;

	for (size_t i = 0; emitters[i]; i++) {
		check_order(before, emitters[i]->name);
		before = emitters[i]->name;
		assert_ptr_equal(emitter_find(str_from(before)), emitters[i]);
		assert_true(*emitters[i]->title);
		if (strcmp(before, "standard") == 0) {
			assert_null(emitters[i]->gateway_class);
			assert_null(emitters[i]->capabilities);
			continue;
		}
		assert_non_null(emitters[i]->gateway_class);
		assert_non_null(strchr(emitters[i]->controller_name, '/'));
	}
	assert_null(emitter_find(STR("envoy")));
	assert_null(emitter_find(STR("")));
}

static void capabilities_say_where(void **state)
{
	(void)state;
	for (size_t i = 0; emitters[i]; i++)
		for (enum feature f = FEATURE_NONE; f < FEATURE_KINDS; f++) {
			struct capability cell = emitter_capability(emitters[i], f);
			bool says = cell.where && *cell.where;

			if (says != (cell.support != SUPPORT_NONE))
				fail_msg("%s: %s", emitters[i]->name,
					 f ? feature_name(f) : "a cell of no feature");
			if (says && str_ends(str_from(cell.where), "."))
				fail_msg("%s: '%s' ends with a full stop", emitters[i]->name,
					 cell.where);
		}
}

static bool source_path(char path[PATH_SIZE], const char *relative, const char *name)
{
	const char *root = getenv("I2G_SOURCE_ROOT");

	if (!root)
		return false;
	return snprintf(path, PATH_SIZE, "%s/%s%s", root, relative, name) < PATH_SIZE;
}

static bool has_entries(const char *path)
{
	DIR *directory = opendir(path);
	bool found = false;

	if (!directory)
		return false;
	for (struct dirent *entry; !found && (entry = readdir(directory));)
		found = entry->d_name[0] != '.';
	closedir(directory);
	return found;
}

static void golden_cases_exist(void **state)
{
	(void)state;
	char path[PATH_SIZE];
	struct stat info;

	if (!source_path(path, "testdata/ingress-nginx/", "") || !has_entries(path)) {
		print_message("skipped: testdata/ingress-nginx has no cases\n");
		skip();
	}
	for (size_t i = 0; i < ingress_nginx_annotation_count; i++) {
		const struct annotation_row *row = &ingress_nginx_annotations[i];

		assert_true(source_path(path, "testdata/ingress-nginx/", row->golden));
		if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode))
			fail_msg("%s: there is no case %s", row->key, path);
	}
}

/* Cuts one field off a line of comma-separated values; quotes may hold commas, "" is a quote. */
static char *take_field(char **rest)
{
	char *field = *rest, *out = *rest, *at = *rest;
	bool quoted = false;

	for (; *at && (quoted || (*at != ',' && *at != '\n')); at++) {
		if (*at != '"')
			*out++ = *at;
		else if (quoted && at[1] == '"')
			*out++ = *at++;
		else
			quoted = !quoted;
	}
	*rest = *at ? at + 1 : at;
	*out = '\0';
	return field;
}

static const char *class_name(enum mapping mapping)
{
	return mapping == MAPPING_EXPERIMENTAL ? "exp" : mapping_name(mapping);
}

static void check_row(char *line)
{
	enum { KEY = 0, CLASS = 5, FIELDS = 6 };
	char *fields[FIELDS];

	for (size_t i = 0; i < FIELDS; i++)
		fields[i] = take_field(&line);
	assert_true(str_starts(str_from(fields[KEY]), NGINX_PREFIX));

	const char *key = fields[KEY] + sizeof NGINX_PREFIX - 1;
	const struct annotation_row *row = annotation_find(&provider, str_from(key));

	if (!row)
		fail_msg("there is no row for %s", key);
	else if (strcmp(class_name(row->mapping), fields[CLASS]) != 0)
		fail_msg("%s is %s here and %s in the reference", key, mapping_name(row->mapping),
			 fields[CLASS]);
}

static void rows_agree_with_the_reference(void **state)
{
	(void)state;
	static char line[LINE_SIZE];
	char path[PATH_SIZE];
	size_t count = 0;
	FILE *file = NULL;

	if (source_path(path, "../shared/reference/", "ingress-nginx-annotations.csv"))
		file = fopen(path, "r");
	if (!file) {
		print_message("skipped: the reference is not beside the source tree\n");
		skip();
	}
	while (fgets(line, sizeof line, file))
		if (count++)
			check_row(line);
	fclose(file);
	assert_int_equal(count - 1, ingress_nginx_annotation_count);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(annotations_are_complete),
		cmocka_unit_test(losses_have_a_code),
		cmocka_unit_test(defaults_are_valid),
		cmocka_unit_test(defaults_agree_with_the_options),
		cmocka_unit_test(rows_are_sorted),
		cmocka_unit_test(every_row_is_found),
		cmocka_unit_test(options_are_complete),
		cmocka_unit_test(legacy_keys_are_gone),
		cmocka_unit_test(every_feature_is_used),
		cmocka_unit_test(suggestions_are_near),
		cmocka_unit_test(the_column_simulated_is_honest),
		cmocka_unit_test(names_are_words),
		cmocka_unit_test(emitters_are_sorted_and_complete),
		cmocka_unit_test(capabilities_say_where),
		cmocka_unit_test(golden_cases_exist),
		cmocka_unit_test(rows_agree_with_the_reference),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
