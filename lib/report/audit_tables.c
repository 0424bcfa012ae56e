#include "report/audit_tables.h"

struct str audit_percent(struct arena *arena, size_t part, size_t whole)
{
	size_t percent = whole ? part * 100 / whole : 100;

	return str_format(arena, "%zu %%", percent);
}

struct str audit_subject(const struct audit *audit)
{
	struct buf buf;
	struct str subject;

	buf_init(&buf);
	report_number(&buf, audit->count, "Ingress");
	if (audit->count) {
		buf_text(&buf, " in ");
		report_number(&buf, audit->namespaces.count, "namespace");
	}
	subject = str_dup(audit->arena, buf_slice(&buf));
	buf_finish(&buf);
	return subject;
}

const char *readiness_meaning(enum readiness readiness)
{
	static const char *const meanings[] = {
		"keeps its behaviour",
		"will differ in a way that a warning describes",
		"something would be lost or refused",
	};

	return meanings[readiness];
}

static struct str number(const struct audit *audit, size_t count)
{
	return str_format(audit->arena, "%zu", count);
}

static void add_row(const struct audit *audit, struct table *table, struct table_row row)
{
	ARENA_PUSH(audit->arena, table->rows, table->count, row);
}

static void set_parts(struct table_row *row, const size_t counts[READINESS_KINDS])
{
	static const char *const nouns[] = {"ready", "to review", "blocked"};

	for (int i = READINESS_READY; i < READINESS_KINDS; i++) {
		row->parts[i] =
			(struct page_part){readiness_style((enum readiness)i), nouns[i], counts[i]};
		row->total += counts[i];
	}
}

/* ---- readiness by something ---- */

static struct table by_group(const struct audit *audit, const struct audit_groups *groups,
			     const char *title, const char *head)
{
	struct table table = {
		.title = title,
		.heads = {head, "INGRESSES", "READY", "REVIEW", "BLOCKED", "TOP REASON"},
		.numbers = {false, true, true, true, true},
		.columns = 6,
	};

	for (size_t i = 0; i < groups->count; i++) {
		const struct audit_group *group = &groups->at[i];
		struct table_row row = {.total = 0};

		set_parts(&row, group->counts);
		row.cells[0] = group->name;
		row.cells[1] = number(audit, row.total);
		for (size_t k = 0; k < READINESS_KINDS; k++)
			row.cells[2 + k] = number(audit, group->counts[k]);
		row.cells[5] = group->top
				       ? str_format(audit->arena, "%s %s (%zu)", group->top->code,
						    group->top->name, group->top_count)
				       : STR("-");
		add_row(audit, &table, row);
	}
	return table;
}

static struct table by_target(const struct audit *audit)
{
	struct table table = {
		.title = "Targets",
		.note = "The same Ingresses, converted for each implementation.",
		.heads = {"TARGET", "READY", "REVIEW", "BLOCKED", "FLAGS"},
		.numbers = {false, true, true, true},
		.columns = 5,
	};

	for (size_t i = 0; i < audit->target_count; i++) {
		const struct audit_target *target = &audit->targets[i];
		const char *channel = target->experimental ? " --channel=experimental" : "";
		struct table_row row = {.total = 0};

		set_parts(&row, target->counts);
		row.cells[0] = str_format(audit->arena, "%s%s%s", target->title,
					  target->experimental ? ", experimental channel" : "",
					  target->chosen ? " (this audit)" : "");
		for (size_t k = 0; k < READINESS_KINDS; k++)
			row.cells[1 + k] = number(audit, target->counts[k]);
		row.cells[4] = str_format(audit->arena, "--emitter=%s%s", target->name, channel);
		add_row(audit, &table, row);
	}
	return table;
}

/* ---- reasons and annotations ---- */

static struct table reasons(const struct audit *audit)
{
	struct table table = {
		.title = "Work",
		.note = "Most is decided once for all Ingresses that have the same reason.",
		.heads = {"CODE", "KIND", "INGRESSES", "WHAT IT IS", "WHAT TO DO"},
		.numbers = {false, false, true},
		.columns = 5,
	};

	for (size_t i = 0; i < audit->reason_count; i++) {
		const struct audit_reason *reason = &audit->reasons[i];
		bool blocks = reason->severity == SEVERITY_ERROR;
		struct table_row row = {.total = audit->count};

		row.parts[0] = (struct page_part){blocks ? "error" : "warning", "Ingresses",
						  reason->ingresses};
		row.cells[0] = str_from(reason->rule->code);
		row.cells[1] = blocks ? STR("decide") : STR("review");
		row.cells[2] = number(audit, reason->ingresses);
		row.cells[3] = str_from(reason->rule->title);
		row.cells[4] = str_from(reason->rule->fix);
		add_row(audit, &table, row);
	}
	return table;
}

static struct table annotations(const struct audit *audit)
{
	struct table table = {
		.title = "Annotations",
		.heads = {"ANNOTATION", "INGRESSES", "KEPT", "DIFFERENT", "POLICY", "LOST",
			  "UNKNOWN"},
		.numbers = {false, true, true, true, true, true, true},
		.columns = 7,
	};

	for (size_t i = 0; i < audit->annotation_count; i++) {
		const struct audit_annotation *annotation = &audit->annotations[i];
		const size_t *outcomes = annotation->outcomes;
		size_t kept = outcomes[OUTCOME_INERT] + outcomes[OUTCOME_EXACT];
		size_t between = outcomes[OUTCOME_APPROXIMATE] + outcomes[OUTCOME_POLICY];
		const size_t counts[] = {kept, between, outcomes[OUTCOME_REFUSED]};
		struct table_row row = {.total = 0};

		set_parts(&row, counts);
		row.cells[0] = annotation->key;
		row.cells[1] = number(audit, annotation->ingresses);
		row.cells[2] = number(audit, kept);
		row.cells[3] = number(audit, outcomes[OUTCOME_APPROXIMATE]);
		row.cells[4] = number(audit, outcomes[OUTCOME_POLICY]);
		row.cells[5] = number(audit, outcomes[OUTCOME_REFUSED]);
		row.cells[6] = number(audit, annotation->unknown);
		add_row(audit, &table, row);
	}
	return table;
}

/* ---- all of them ---- */

static void add_table(const struct audit *audit, struct tables *tables, struct table table)
{
	if (table.count)
		ARENA_PUSH(audit->arena, tables->at, tables->count, table);
}

/* When every target would do the same, a list of them says nothing. */
static bool targets_differ(const struct audit *audit)
{
	for (size_t i = 1; i < audit->target_count; i++)
		if (memcmp(audit->targets[i].counts, audit->targets[0].counts,
			   sizeof audit->targets[0].counts) != 0)
			return true;
	return false;
}

struct tables audit_tables(const struct audit *audit)
{
	struct tables tables = {NULL, 0};

	add_table(audit, &tables, by_group(audit, &audit->classes, "Classes", "CLASS"));
	if (targets_differ(audit))
		add_table(audit, &tables, by_target(audit));
	add_table(audit, &tables, reasons(audit));
	add_table(audit, &tables, by_group(audit, &audit->namespaces, "Namespaces", "NAMESPACE"));
	if (audit->has_owners)
		add_table(audit, &tables, by_group(audit, &audit->owners, "Owners", "OWNER"));
	add_table(audit, &tables, annotations(audit));
	return tables;
}
