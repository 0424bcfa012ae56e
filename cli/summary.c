#include "cli/summary.h"

#include "cli/flags.h"
#include "report/report.h"
#include "report/style.h"

enum { ERRORS_MOST = 20 };

static void add_read(struct buf *buf, const struct convert_result *result,
		     const struct sources *sources)
{
	size_t left_out = result->set.ingress_count - result->ingress_count;

	buf_text(buf, "Read ");
	report_number(buf, result->set.ingress_count, "Ingress");
	if (sources->count == 1 && str_is(sources->at[0].name, "-")) {
		buf_text(buf, " from standard input");
	} else {
		buf_text(buf, " in ");
		report_number(buf, result->set.source_count, "file");
	}
	for (size_t i = 0; result->provider_names[i]; i++)
		buf_format(buf, "%s%s", i ? ", " : " (", result->provider_names[i]);
	buf_text(buf, result->provider_names[0] ? ")." : ".");
	if (left_out)
		buf_format(buf, "  %zu %s left out.", left_out, left_out == 1 ? "was" : "were");
	buf_char(buf, '\n');
}

static void add_written(struct buf *buf, const struct convert_result *result)
{
	buf_text(buf, "Wrote ");
	for (size_t i = 0; i < result->kind_count; i++) {
		buf_text(buf, i ? ", " : "");
		report_number(buf, result->kinds[i].count, result->kinds[i].kind);
	}
	buf_text(buf, result->object_count ? "." : "nothing.");
	if (result->held_count) {
		buf_text(buf, "  ");
		report_number(buf, result->held_count, "rule");
		buf_text(buf, result->held_count == 1 ? " was held back." : " were held back.");
	}
	buf_char(buf, '\n');
}

/* ---- outcomes ---- */

/* The codes that explain the items of one outcome, the most frequent first. */
struct top {
	const struct rule *rule;
	size_t count;
};

enum { TOP = 3 };

static size_t count_codes(const struct ledger *ledger, enum outcome outcome, size_t *counts)
{
	size_t distinct = 0;

	for (size_t i = 0; i < ledger->count; i++) {
		const struct ledger_item *item = ledger_at(ledger, i);

		if (item->outcome != outcome || !item->code)
			continue;
		distinct += counts[rule_of(&(struct finding){.code = item->code}) - rules]++ == 0;
	}
	return distinct;
}

static void find_top(const size_t *counts, struct top top[TOP])
{
	for (size_t i = 0; i < rule_count; i++) {
		struct top next = {&rules[i], counts[i]};

		for (size_t j = 0; j < TOP; j++)
			if (next.count > top[j].count) {
				struct top smaller = top[j];

				top[j] = next;
				next = smaller;
			}
	}
}

static void add_codes(struct buf *buf, const struct ledger *ledger, enum outcome outcome)
{
	struct arena arena;
	struct top top[TOP] = {{NULL, 0}};
	size_t distinct, shown = 0;

	arena_init(&arena);

	size_t *counts = arena_array(&arena, size_t, rule_count);

	distinct = count_codes(ledger, outcome, counts);
	find_top(counts, top);
	arena_finish(&arena);
	for (; shown < TOP && top[shown].count; shown++)
		buf_format(buf, "%s%s %s (%zu)", shown ? ", " : "", top[shown].rule->code,
			   top[shown].rule->name, top[shown].count);
	if (distinct > shown)
		buf_format(buf, ", %zu more", distinct - shown);
}

static void add_outcome(struct buf *buf, const struct ledger *ledger, enum outcome outcome,
			size_t count)
{
	static const char *const words[OUTCOME_KINDS] = {
		[OUTCOME_INERT] = "no effect in the controller, or none needed",
		[OUTCOME_EXACT] = "same behaviour",
	};

	if (!count)
		return;
	buf_format(buf, "  %-12s %5zu  ", outcome_name(outcome), count);
	if (words[outcome])
		buf_text(buf, words[outcome]);
	else
		add_codes(buf, ledger, outcome);
	buf_char(buf, '\n');
}

static void add_outcomes(struct buf *buf, const struct ledger *ledger)
{
	static const enum outcome order[] = {OUTCOME_EXACT, OUTCOME_APPROXIMATE, OUTCOME_POLICY,
					     OUTCOME_REFUSED, OUTCOME_INERT};
	size_t counts[OUTCOME_KINDS];

	ledger_count(ledger, counts);
	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		add_outcome(buf, ledger, order[i], counts[order[i]]);
}

/* ---- closing lines ---- */

static void add_next(struct buf *buf, const struct findings *findings, bool verbose)
{
	if (!findings->count)
		return;
	buf_text(buf, "Next: ");
	if (!verbose)
		buf_text(buf, "ingress2gw lint ...                       "
			      "all findings, with source lines\n      ");
	buf_format(buf,
		   "ingress2gw explain %s                 what it means, and what to do\n"
		   "      ingress2gw convert --report=FILE.txt ...  what became of each item\n",
		   findings->at[0].code);
}

void summary_write(struct buf *buf, const struct convert_result *result, struct report report,
		   const struct term *term, bool verbose)
{
	/* Nothing written: the reason may be a warning only. */
	report.least = verbose                ? SEVERITY_INFO
		       : result->object_count ? SEVERITY_ERROR
					      : SEVERITY_WARNING;
	report.most = verbose ? 0 : ERRORS_MOST;
	report.width = term->width;
	report.colour = term->colour;
	report.subject = STR("");
	add_read(buf, result, report.sources);
	add_written(buf, result);
	buf_char(buf, '\n');
	add_outcomes(buf, &result->model.ledger);
	if (result->model.ledger.count)
		buf_char(buf, '\n');
	report_text_findings(buf, &report);
	report_summary(buf, &report);
	if (term->is_terminal)
		add_next(buf, &result->findings, verbose);
}
