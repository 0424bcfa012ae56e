/* Hosts, header edits, the ledger, feature words. */
#include "test.h"

#include "model/model.h"

static struct arena arena;
static struct model model;

static int setup(void **state)
{
	(void)state;
	arena_init(&arena);
	model_init(&model, &arena);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_finish(&arena);
	return 0;
}

static void a_host_is_made_once_and_sorted_with_the_hostless_first(void **state)
{
	(void)state;
	struct model_host *shop = model_host(&model, STR("shop.example.com"));

	model_host(&model, STR("api.example.com"));
	model_host(&model, STR(""));
	assert_ptr_equal(model_host(&model, STR("shop.example.com")), shop);
	assert_int_equal(model.host_count, 3);

	model_sort(&model);
	assert_str(model.hosts[0]->name, "");
	assert_str(model.hosts[1]->name, "api.example.com");
	assert_ptr_equal(model.hosts[2], shop);
}

static void rules_keep_their_order(void **state)
{
	(void)state;
	struct model_host *host = model_host(&model, STR("a.example"));

	for (unsigned i = 0; i < 9; i++)
		model_rule_add(&model, host, (struct model_rule){.listen = i});
	assert_int_equal(host->rule_count, 9);
	for (unsigned i = 0; i < 9; i++)
		assert_int_equal(host->rules[i]->listen, i);
}

static void a_header_stands_in_one_list_only(void **state)
{
	(void)state;
	struct model_header_edits edits = {0};

	model_header_remove(&arena, &edits, STR("X-A"));
	model_header_set(&arena, &edits, STR("x-a"), STR("1"));
	assert_int_equal(edits.remove_count, 0);
	assert_int_equal(edits.set_count, 1);

	model_header_set(&arena, &edits, STR("X-A"), STR("2"));
	assert_int_equal(edits.set_count, 1);
	assert_str(edits.set[0].value, "2");

	model_header_remove(&arena, &edits, STR("X-a"));
	model_header_remove(&arena, &edits, STR("X-A"));
	assert_int_equal(edits.set_count, 0);
	assert_int_equal(edits.remove_count, 1);
}

static void adding_respects_the_order_remove_set_add(void **state)
{
	(void)state;
	struct model_header_edits edits = {0};

	model_header_remove(&arena, &edits, STR("X-Removed"));
	model_header_add(&arena, &edits, STR("X-Removed"), STR("1"));
	model_header_set(&arena, &edits, STR("X-Set"), STR("1"));
	model_header_add(&arena, &edits, STR("x-set"), STR("2"));
	model_header_add(&arena, &edits, STR("X-Add"), STR("1"));
	model_header_add(&arena, &edits, STR("X-ADD"), STR("2"));

	assert_int_equal(edits.remove_count, 0);
	assert_int_equal(edits.set_count, 2);
	assert_str(edits.set[0].name, "X-Removed");
	assert_str(edits.set[1].value, "1, 2");
	assert_int_equal(edits.add_count, 1);
	assert_str(edits.add[0].value, "1, 2");
}

static void the_middle_of_a_long_list_can_go(void **state)
{
	(void)state;
	struct model_header_edits edits = {0};
	static const char *const names[] = {"A", "B", "C", "D", "E"};

	for (size_t i = 0; i < 5; i++)
		model_header_add(&arena, &edits, str_from(names[i]), STR("v"));
	model_header_remove(&arena, &edits, STR("C"));
	assert_int_equal(edits.add_count, 4);
	assert_str(edits.add[2].name, "D");
	model_header_add(&arena, &edits, STR("F"), STR("v"));
	assert_str(edits.add[4].name, "F");
	assert_str(edits.add[0].name, "A");
}

static void the_worst_mark_of_an_item_counts(void **state)
{
	(void)state;
	struct ledger_item *item =
		ledger_add(&model.ledger, (struct ledger_item){.kind = ITEM_PATH});

	ledger_mark(item, OUTCOME_REFUSED, "I2G218");
	ledger_mark(item, OUTCOME_EXACT, NULL);
	ledger_mark(item, OUTCOME_REFUSED, "I2G301");
	assert_int_equal(item->outcome, OUTCOME_REFUSED);
	assert_string_equal(item->code, "I2G218");

	struct ledger_item *other =
		ledger_add(&model.ledger, (struct ledger_item){.kind = ITEM_HOST});

	ledger_mark(other, OUTCOME_EXACT, NULL);
	ledger_mark(other, OUTCOME_EXACT, "I2G604");
	assert_string_equal(other->code, "I2G604");
	ledger_mark(NULL, OUTCOME_EXACT, NULL);

	size_t counts[OUTCOME_KINDS];

	ledger_count(&model.ledger, counts);
	assert_int_equal(counts[OUTCOME_REFUSED], 1);
	assert_int_equal(counts[OUTCOME_EXACT], 1);
	assert_int_equal(counts[OUTCOME_OPEN], 0);
}

static void the_first_target_of_an_item_counts(void **state)
{
	(void)state;
	static const struct target first = {"HTTPRoute", STR_INIT("web"), STR_INIT("a")};
	static const struct target second = {"HTTPRoute", STR_INIT("web"), STR_INIT("b")};
	struct ledger_item item = {0};

	ledger_target(&item, &first, TARGET_RULE, 3);
	ledger_target(&item, &second, TARGET_RULE, 0);
	assert_ptr_equal(item.target, &first);
	assert_int_equal(item.index, 3);
}

static void annotations_are_found_by_owner_and_key(void **state)
{
	(void)state;
	struct str key = STR("cert-manager.io/issuer");
	struct kube_pair pairs[] = {{.key = STR("a")}, {.key = key, .key_span = {0, 7, 5, 22}}};
	struct kube_meta shop = {.namespace = STR("web"), .name = STR("shop")};
	struct kube_meta other = {.namespace = STR("web"), .name = STR("other"), .order = 1};
	struct ledger_item *items[2];

	shop.annotations = other.annotations = (struct kube_pairs){pairs, 2};
	for (uint32_t i = 0; i < 2; i++)
		items[i] = ledger_add(
			&model.ledger,
			(struct ledger_item){.kind = ITEM_ANNOTATION, .owner = &shop, .rule = i});
	assert_ptr_equal(ledger_find(&model.ledger, &shop, key), items[1]);
	assert_str(ledger_name(items[1]), "cert-manager.io/issuer");
	assert_int_equal(ledger_span(items[1]).line, 7);
	assert_null(ledger_find(&model.ledger, &other, key));
	assert_null(ledger_find(&model.ledger, &shop, STR("cert-manager.io/duration")));
}

static void every_enumerator_has_a_word(void **state)
{
	(void)state;
	for (int i = 0; i < ITEM_KINDS; i++)
		assert_true(strlen(item_kind_name((enum item_kind)i)) > 0);
	for (int i = 0; i < OUTCOME_KINDS; i++)
		assert_true(strlen(outcome_name((enum outcome)i)) > 0);
	for (int i = 0; i < FEATURE_KINDS; i++)
		assert_true(strlen(feature_words((enum feature)i)) > 0);
	assert_string_equal(feature_name(FEATURE_RATE_LIMIT), "RATE_LIMIT");
	assert_true(feature_guards(FEATURE_RATE_LIMIT));
	assert_false(feature_guards(FEATURE_BODY_SIZE));
	assert_string_equal(path_kind_name(PATH_PREFIX), "PathPrefix");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_host_is_made_once_and_sorted_with_the_hostless_first),
		TEST(rules_keep_their_order),
		TEST(a_header_stands_in_one_list_only),
		TEST(adding_respects_the_order_remove_set_add),
		TEST(the_middle_of_a_long_list_can_go),
		TEST(the_worst_mark_of_an_item_counts),
		TEST(the_first_target_of_an_item_counts),
		TEST(annotations_are_found_by_owner_and_key),
		TEST(every_enumerator_has_a_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
