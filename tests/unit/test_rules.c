#include "test.h"

#include <ctype.h>

#include "check/rules.h"
#include "route/verify.h"

static void rows_are_sorted_and_unique(void **state)
{
	(void)state;
	for (size_t i = 1; i < rule_count; i++)
		assert_true(strcmp(rules[i - 1].code, rules[i].code) < 0);
	for (size_t i = 0; i < rule_count; i++)
		assert_ptr_equal(rule_find(str_from(rules[i].name)), &rules[i]);
}

static bool is_code(const char *code)
{
	return strlen(code) == 6 && strncmp(code, "I2G", 3) == 0 &&
	       isdigit((unsigned char)code[3]) && isdigit((unsigned char)code[4]) &&
	       isdigit((unsigned char)code[5]);
}

static bool is_sentence(const char *text)
{
	size_t len = strlen(text);

	return len > 1 && text[0] != ' ' && text[len - 1] == '.' && !strstr(text, "  ");
}

static bool is_title(const char *text)
{
	size_t len = strlen(text);

	return len > 1 && len <= 90 && text[len - 1] != '.' && !strchr(text, '\n');
}

static bool is_name(const char *name)
{
	return *name && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name);
}

static void every_row_says_everything(void **state)
{
	(void)state;
	for (size_t i = 0; i < rule_count; i++) {
		const struct rule *rule = &rules[i];

		if (!is_code(rule->code) || !is_name(rule->name) || !is_title(rule->title) ||
		    !is_sentence(rule->text) || strlen(rule->fix) < 2)
			fail_msg("row %s is not complete", rule->code);
	}
}

static void look_up_by_code_or_name(void **state)
{
	(void)state;
	assert_string_equal(rule_find(STR("I2G301"))->name, "auth-not-portable");
	assert_string_equal(rule_find(STR("i2g301"))->name, "auth-not-portable");
	assert_string_equal(rule_find(STR("path-case"))->code, "I2G204");
	assert_null(rule_find(STR("I2G999")));
	assert_null(rule_find(STR("")));
}

/* The column is the sum of the rows that cover differences by a finding of the code, and a code that
 * explains nothing has none. */
static void the_column_says_what_verify_takes(void **state)
{
	size_t explaining = 0;

	(void)state;
	for (size_t i = 0; i < rule_count; i++) {
		const struct rule *rule = &rules[i];

		if (rule->explains != verify_row_aspects(rule->code))
			fail_msg("%s explains %x by the table and %x by its rows", rule->code,
				 rule->explains, verify_row_aspects(rule->code));
		assert_true(rule->explains < ROUTE_ASPECTS_END);
		explaining += rule->explains != 0;
	}
	assert_true(explaining > 50);
	assert_int_equal(rule_explains("I2G402"), ROUTE_DIFFERS_TIMEOUTS);
	assert_int_equal(rule_explains("I2G100"), 0);
	assert_int_equal(rule_explains("I2G999"), 0);
}

static void row_of_a_finding(void **state)
{
	(void)state;
	assert_ptr_equal(rule_of(&(struct finding){.code = rules[0].code}), &rules[0]);
	assert_ptr_equal(rule_of(&(struct finding){.code = rules[rule_count - 1].code}),
			 &rules[rule_count - 1]);
}

static void counts_by_severity(void **state)
{
	struct arena arena;
	struct findings findings;
	size_t counts[3];

	(void)state;
	arena_init(&arena);
	findings_init(&findings, &arena);
	findings_add(&findings, (struct finding){.code = "I2G301"});
	findings_add(&findings, (struct finding){.code = "I2G204"});
	findings_add(&findings, (struct finding){.code = "I2G204"});
	findings_count(&findings, counts);
	assert_int_equal(counts[SEVERITY_ERROR], 1);
	assert_int_equal(counts[SEVERITY_WARNING], 2);
	assert_int_equal(counts[SEVERITY_INFO], 0);
	assert_string_equal(severity_name(SEVERITY_WARNING), "warning");
	arena_finish(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_sorted_and_unique),
		cmocka_unit_test(every_row_says_everything),
		cmocka_unit_test(look_up_by_code_or_name),
		cmocka_unit_test(the_column_says_what_verify_takes),
		cmocka_unit_test(row_of_a_finding),
		cmocka_unit_test(counts_by_severity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
