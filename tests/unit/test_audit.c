#include "test.h"

#include "report/audit.h"

struct fixture {
	struct arena arena;
	struct sources sources;
	struct findings findings;
	struct verdict *verdicts;
	size_t verdict_count;
	struct ledger ledger;
	struct kube_ingress ingresses[6];
	struct audit_ingress listed[6];
	struct kube_pair labels[6];
	struct report report;
	struct audit audit;
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);

	arena_init(&fixture->arena);
	findings_init(&fixture->findings, &fixture->arena);
	ledger_init(&fixture->ledger, &fixture->arena);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	sources_finish(&fixture->sources);
	arena_finish(&fixture->arena);
	free(fixture);
	return 0;
}

/* Ingresses a, b, ... of namespaces "one" and "two" in turn; the first ones belong to a team. */
static void look(struct fixture *fixture, size_t count, size_t owned)
{
	static const char *const names[] = {"a", "b", "c", "d", "e", "f"};
	static const struct str label = STR_INIT("team");
	struct audit_input input = {
		.report = &fixture->report,
		.ledger = &fixture->ledger,
		.ingresses = fixture->listed,
		.count = count,
		.owner_labels = &label,
		.owner_label_count = 1,
	};

	for (size_t i = 0; i < count; i++) {
		struct kube_ingress *ingress = &fixture->ingresses[i];

		ingress->meta.kind = "Ingress";
		ingress->meta.namespace = i % 2 ? STR("two") : STR("one");
		ingress->meta.name = str_from(names[i]);
		ingress->class_name.text = i % 3 ? STR("nginx") : STR("");
		fixture->labels[i] = (struct kube_pair){.key = label, .value = STR(" shop ")};
		if (i < owned)
			ingress->meta.labels = (struct kube_pairs){&fixture->labels[i], 1};
		fixture->listed[i] = (struct audit_ingress){ingress, "ingress-nginx", "March 2026"};
	}
	fixture->report.findings = &fixture->findings;
	fixture->report.verdicts = fixture->verdicts;
	fixture->report.sources = &fixture->sources;
	audit_init(&fixture->audit, &input, &fixture->arena);
}

static void find(struct fixture *fixture, const char *code, const char *namespace, const char *name,
		 enum verdict_state verdict)
{
	struct finding finding = {
		.code = code,
		.object = {STR("Ingress"), str_from(namespace), str_from(name)},
	};

	findings_add(&fixture->findings, finding);
	ARENA_PUSH(&fixture->arena, fixture->verdicts, fixture->verdict_count,
		   (struct verdict){.severity = rule_of(&finding)->severity, .state = verdict});
}

static const struct audit_object *object(const struct audit *audit, const char *name)
{
	for (size_t i = 0; i < audit->count; i++)
		if (str_is(audit->objects[i].of->ingress->meta.name, name))
			return &audit->objects[i];
	fail_msg("no Ingress %s", name);
	return NULL;
}

static void the_worst_finding_decides(void **state)
{
	struct fixture *fixture = *state;
	const struct audit *audit = &fixture->audit;

	find(fixture, "I2G204", "one", "a", VERDICT_COUNTS); /* warning */
	find(fixture, "I2G301", "one", "a", VERDICT_COUNTS); /* error */
	find(fixture, "I2G204", "two", "b", VERDICT_COUNTS);
	find(fixture, "I2G604", "one", "c", VERDICT_COUNTS);  /* info */
	find(fixture, "I2G301", "two", "d", VERDICT_IGNORED); /* somebody has decided */
	find(fixture, "I2G301", "two", "a", VERDICT_COUNTS);  /* of no Ingress that is looked at */
	look(fixture, 5, 0);
	assert_int_equal(object(audit, "a")->readiness, READINESS_BLOCKED);
	assert_int_equal(object(audit, "b")->readiness, READINESS_REVIEW);
	assert_int_equal(object(audit, "c")->readiness, READINESS_READY);
	assert_int_equal(object(audit, "d")->readiness, READINESS_READY);
	assert_int_equal(object(audit, "e")->readiness, READINESS_READY);
	assert_int_equal(audit->counts[READINESS_READY], 3);
	assert_int_equal(audit->elsewhere, 1);
	assert_string_equal(object(audit, "a")->codes[0]->code, "I2G301");
	assert_string_equal(object(audit, "a")->codes[1]->code, "I2G204");
	/* Blocked ones first. */
	assert_ptr_equal(object(audit, "a"), &audit->objects[0]);
	assert_ptr_equal(object(audit, "b"), &audit->objects[1]);
}

static void severities_are_those_of_the_verdicts(void **state)
{
	struct fixture *fixture = *state;

	find(fixture, "I2G301", "one", "a", VERDICT_COUNTS);
	fixture->verdicts[0].severity = SEVERITY_INFO;
	look(fixture, 1, 0);
	assert_int_equal(fixture->audit.counts[READINESS_READY], 1);
	assert_int_equal(fixture->audit.reason_count, 0);
}

/* What was lost with another Ingress of the host has its finding there. */
static void the_ledger_counts_without_a_finding(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		const char *code;
		enum outcome outcome;
		size_t owner;
	} items[] = {{"I2G117", OUTCOME_REFUSED, 0},
		     {"I2G204", OUTCOME_APPROXIMATE, 1},
		     {"I2G301", OUTCOME_EXACT, 2},
		     {"I2G301", OUTCOME_REFUSED, 3}};

	static struct kube_pair key = {.key = STR_INIT("x/key")};

	find(fixture, "I2G301", "two", "d", VERDICT_IGNORED);
	for (size_t i = 0; i < 4; i++) {
		struct kube_meta *owner = &fixture->ingresses[items[i].owner].meta;
		struct ledger_item *item =
			ledger_add(&fixture->ledger,
				   (struct ledger_item){.kind = ITEM_ANNOTATION, .owner = owner});

		owner->annotations = (struct kube_pairs){&key, 1};

		ledger_mark(item, items[i].outcome, items[i].code);
	}
	look(fixture, 4, 0);
	assert_int_equal(object(&fixture->audit, "a")->readiness, READINESS_BLOCKED);
	assert_int_equal(object(&fixture->audit, "b")->readiness, READINESS_REVIEW);
	assert_int_equal(object(&fixture->audit, "c")->readiness, READINESS_READY);
	assert_int_equal(object(&fixture->audit, "d")->readiness, READINESS_READY);
	assert_int_equal(fixture->audit.annotation_count, 1);
	assert_int_equal(fixture->audit.annotations[0].ingresses, 4);
	assert_int_equal(fixture->audit.annotation_uses, 4);
	assert_int_equal(fixture->audit.covered, 1);
}

static void groups_add_up(void **state)
{
	struct fixture *fixture = *state;
	const struct audit *audit = &fixture->audit;

	find(fixture, "I2G301", "one", "a", VERDICT_COUNTS);
	find(fixture, "I2G301", "one", "c", VERDICT_COUNTS);
	find(fixture, "I2G302", "one", "c", VERDICT_COUNTS);
	find(fixture, "I2G204", "two", "b", VERDICT_COUNTS);
	find(fixture, "I2G204", "two", "b", VERDICT_COUNTS);
	look(fixture, 6, 2);
	assert_int_equal(audit->namespaces.count, 2);
	assert_str(audit->namespaces.at[0].name, "one");
	assert_int_equal(audit->namespaces.at[0].counts[READINESS_BLOCKED], 2);
	assert_int_equal(audit->namespaces.at[0].counts[READINESS_READY], 1);
	assert_string_equal(audit->namespaces.at[0].top->code, "I2G301");
	assert_int_equal(audit->namespaces.at[0].top_count, 2);
	assert_int_equal(audit->namespaces.at[1].counts[READINESS_REVIEW], 1);
	assert_int_equal(audit->namespaces.at[1].top_count, 1);
	assert_int_equal(audit->classes.count, 2);
	assert_str(audit->classes.at[0].name, "nginx");
	assert_str(audit->classes.at[1].name, "(none)");
	assert_true(audit->has_owners);
	assert_str(audit->owners.at[0].name, "(none)");
	assert_str(audit->owners.at[1].name, "shop");
	assert_int_equal(audit->reason_count, 3);
	assert_string_equal(audit->reasons[0].rule->code, "I2G301");
	assert_int_equal(audit->reasons[0].ingresses, 2);
	assert_string_equal(audit->reasons[2].rule->code, "I2G204");
	assert_int_equal(audit->reasons[2].ingresses, 1);
	assert_int_equal(audit->reasons[2].findings, 2);
}

/* ---- advice ---- */

static struct audit advised(struct fixture *fixture, size_t ready, size_t review, size_t blocked,
			    const struct audit_target *targets, size_t count)
{
	struct audit audit = {
		.arena = &fixture->arena,
		.count = ready + review + blocked,
		.counts = {ready, review, blocked},
	};

	/* No retired controller: not what is asked here. */
	audit.objects = arena_array(&fixture->arena, struct audit_object, audit.count + 1);
	fixture->listed[0] = (struct audit_ingress){.controller = "x"};
	for (size_t i = 0; i < audit.count; i++)
		audit.objects[i].of = &fixture->listed[0];
	audit_advise(&audit, targets, count);
	return audit;
}

static void advice_follows_the_counts(void **state)
{
	struct fixture *fixture = *state;

	assert_str(advised(fixture, 0, 0, 0, NULL, 0).advice.headline, "Nothing to migrate");
	assert_str(advised(fixture, 9, 0, 0, NULL, 0).advice.headline, "Migrate now");
	assert_str(advised(fixture, 0, 9, 0, NULL, 0).advice.headline,
		   "Migrate now, after a review");
	assert_str(advised(fixture, 4, 1, 5, NULL, 0).advice.headline,
		   "Start now, decide in parallel");
	assert_str(advised(fixture, 4, 0, 5, NULL, 0).advice.headline, "Decide first");
	assert_int_equal(advised(fixture, 4, 0, 5, NULL, 0).advice.level, READINESS_BLOCKED);
}

static void advice_names_a_better_target(void **state)
{
	struct fixture *fixture = *state;
	const struct audit_target targets[] = {
		{.name = "standard", .title = "any", .chosen = true, .counts = {1, 0, 9}},
		{.name = "some", .title = "Some Gateway", .counts = {8, 0, 2}},
		{.name = "worse", .title = "Worse", .counts = {0, 0, 10}},
	};
	struct audit audit = advised(fixture, 1, 0, 9, targets, 3);

	assert_int_equal(audit.advice.reason_count, 1);
	assert_true(str_find_str(audit.advice.reasons[0],
				 "with Some Gateway, 2 are blocked instead of 9") != SIZE_MAX);
	audit = advised(fixture, 1, 0, 9, targets, 1);
	assert_int_equal(audit.advice.reason_count, 0);
}

static void advice_says_what_waiting_brings(void **state)
{
	struct fixture *fixture = *state;
	const struct audit_target targets[] = {
		{.name = "standard", .title = "any", .chosen = true, .counts = {1, 0, 9}},
		{.name = "standard", .title = "any", .experimental = true, .counts = {7, 0, 3}},
	};
	struct audit audit = advised(fixture, 1, 0, 9, targets, 2);

	assert_str(audit.advice.headline, "Wait, or decide first");
	assert_int_equal(audit.advice.reason_count, 1);
	assert_true(str_starts(audit.advice.reasons[0], "6 blocked ones could wait for a field"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_worst_finding_decides),
		TEST(severities_are_those_of_the_verdicts),
		TEST(the_ledger_counts_without_a_finding),
		TEST(groups_add_up),
		TEST(advice_follows_the_counts),
		TEST(advice_names_a_better_target),
		TEST(advice_says_what_waiting_brings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
