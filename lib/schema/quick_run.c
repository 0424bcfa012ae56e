#include "schema/cel_scan.h"
#include "schema/pattern.h"
#include "schema/quick_rules.h"

/* What stands for a value that is not there once the run has given up. */
static const struct quick_cell no_fields[QUICK_FIELDS_MOST];
static const struct node no_node = {.kind = NODE_NULL};
static const struct quick_cell nothing = {.node = &no_node, .below = no_fields};

static const struct quick_cell *give_up(struct quick_run *run)
{
	run->unknown = true;
	return &nothing;
}

/* ---- cells ---- */

const struct quick_cell *quick_slot(const struct quick_expr *expr, struct quick_run *run)
{
	return run->slots[expr->slot];
}

static inline const struct quick_cell *cell_of(const struct quick_expr *expr, struct quick_run *run)
{
	const struct quick_cell *cell;

	if (expr->place == QUICK_IN_SLOT)
		return run->slots[expr->slot];
	if (expr->place != QUICK_FIELD_OF_SLOT)
		return expr->cell(expr, run);
	cell = &run->slots[expr->slot]->below[expr->field];
	return cell->node ? cell : give_up(run);
}

const struct quick_cell *quick_field_cell(const struct quick_expr *expr, struct quick_run *run)
{
	const struct quick_cell *cell = &cell_of(expr->a, run)->below[expr->field];

	return cell->node ? cell : give_up(run);
}

const struct quick_cell *quick_item_cell(const struct quick_expr *expr, struct quick_run *run)
{
	const struct quick_cell *list = cell_of(expr->a, run);

	return expr->constant < list->count ? &list->below[expr->constant] : give_up(run);
}

/* Scalars that are loaded from a cell share its place with it. */
static inline const struct quick_cell *source_of(const struct quick_expr *expr,
						 struct quick_run *run)
{
	return expr->place == QUICK_ELSEWHERE ? cell_of(expr->a, run) : cell_of(expr, run);
}

bool quick_load_truth(const struct quick_expr *expr, struct quick_run *run)
{
	return source_of(expr, run)->number;
}

int64_t quick_load_number(const struct quick_expr *expr, struct quick_run *run)
{
	return source_of(expr, run)->number;
}

struct str quick_load_text(const struct quick_expr *expr, struct quick_run *run)
{
	return source_of(expr, run)->node->text;
}

static inline struct str text_of(const struct quick_expr *expr, struct quick_run *run)
{
	struct str text;

	text = expr->place == QUICK_ELSEWHERE ? expr->text(expr, run)
					      : cell_of(expr, run)->node->text;
	run->steps += text.len / 16;
	return text;
}

static inline int64_t number_of(const struct quick_expr *expr, struct quick_run *run)
{
	return expr->place == QUICK_ELSEWHERE ? expr->number(expr, run)
					      : cell_of(expr, run)->number;
}

static inline bool truth_of(const struct quick_expr *expr, struct quick_run *run)
{
	return expr->truth(expr, run);
}

/* ---- literals ---- */

bool quick_constant_truth(const struct quick_expr *expr, struct quick_run *run)
{
	(void)run;
	return expr->constant;
}

int64_t quick_constant_number(const struct quick_expr *expr, struct quick_run *run)
{
	(void)run;
	return expr->constant;
}

struct str quick_constant_text(const struct quick_expr *expr, struct quick_run *run)
{
	(void)run;
	return expr->literal;
}

/* ---- logic ---- */

bool quick_has(const struct quick_expr *expr, struct quick_run *run)
{
	return cell_of(expr->a, run)->below[expr->field].node != NULL;
}

bool quick_and(const struct quick_expr *expr, struct quick_run *run)
{
	return truth_of(expr->a, run) && truth_of(expr->b, run);
}

bool quick_or(const struct quick_expr *expr, struct quick_run *run)
{
	return truth_of(expr->a, run) || truth_of(expr->b, run);
}

bool quick_not(const struct quick_expr *expr, struct quick_run *run)
{
	return !truth_of(expr->a, run);
}

bool quick_choose_truth(const struct quick_expr *expr, struct quick_run *run)
{
	return truth_of(truth_of(expr->a, run) ? expr->b : expr->c, run);
}

int64_t quick_choose_number(const struct quick_expr *expr, struct quick_run *run)
{
	return number_of(truth_of(expr->a, run) ? expr->b : expr->c, run);
}

struct str quick_choose_text(const struct quick_expr *expr, struct quick_run *run)
{
	return text_of(truth_of(expr->a, run) ? expr->b : expr->c, run);
}

/* ---- comparison ---- */

bool quick_same_truth(const struct quick_expr *expr, struct quick_run *run)
{
	return truth_of(expr->a, run) == truth_of(expr->b, run);
}

bool quick_same_number(const struct quick_expr *expr, struct quick_run *run)
{
	return number_of(expr->a, run) == number_of(expr->b, run);
}

bool quick_same_text(const struct quick_expr *expr, struct quick_run *run)
{
	return str_eq(text_of(expr->a, run), text_of(expr->b, run));
}

bool quick_is_literal(const struct quick_expr *expr, struct quick_run *run)
{
	return str_eq(text_of(expr->a, run), expr->literal);
}

bool quick_less(const struct quick_expr *expr, struct quick_run *run)
{
	return number_of(expr->a, run) < number_of(expr->b, run);
}

bool quick_less_equal(const struct quick_expr *expr, struct quick_run *run)
{
	return number_of(expr->a, run) <= number_of(expr->b, run);
}

bool quick_is_choice(const struct quick_expr *expr, struct quick_run *run)
{
	struct str text = text_of(expr->a, run);

	run->steps += text.len / 64 * expr->choice_count;
	for (size_t i = 0; i < expr->choice_count; i++)
		if (str_eq(text, expr->choices[i]))
			return true;
	return false;
}

bool quick_is_in_list(const struct quick_expr *expr, struct quick_run *run)
{
	struct str text = text_of(expr->a, run);
	const struct quick_cell *list = cell_of(expr->b, run);

	run->steps += (text.len / 64 + 1) * list->count;
	for (uint32_t i = 0; i < list->count; i++)
		if (str_eq(text, list->below[i].node->text))
			return true;
	return false;
}

/* ---- numbers ---- */

static int64_t overflowed(struct quick_run *run)
{
	give_up(run);
	return 0;
}

int64_t quick_negate(const struct quick_expr *expr, struct quick_run *run)
{
	int64_t result;

	return __builtin_sub_overflow(INT64_C(0), number_of(expr->a, run), &result)
		       ? overflowed(run)
		       : result;
}

int64_t quick_add(const struct quick_expr *expr, struct quick_run *run)
{
	int64_t a = number_of(expr->a, run), result;

	return __builtin_add_overflow(a, number_of(expr->b, run), &result) ? overflowed(run)
									   : result;
}

int64_t quick_subtract(const struct quick_expr *expr, struct quick_run *run)
{
	int64_t a = number_of(expr->a, run), result;

	return __builtin_sub_overflow(a, number_of(expr->b, run), &result) ? overflowed(run)
									   : result;
}

int64_t quick_multiply(const struct quick_expr *expr, struct quick_run *run)
{
	int64_t a = number_of(expr->a, run), result;

	return __builtin_mul_overflow(a, number_of(expr->b, run), &result) ? overflowed(run)
									   : result;
}

int64_t quick_text_size(const struct quick_expr *expr, struct quick_run *run)
{
	return cel_length(text_of(expr->a, run));
}

int64_t quick_cell_size(const struct quick_expr *expr, struct quick_run *run)
{
	return cell_of(expr->a, run)->count;
}

int64_t quick_parse_duration(const struct quick_expr *expr, struct quick_run *run)
{
	int64_t nanoseconds = 0;

	if (!cel_scan_duration(text_of(expr->a, run), &nanoseconds))
		give_up(run);
	return nanoseconds;
}

/* ---- macros ---- */

/* The body for one more item; *truth is its answer. False when there is no going on. */
static inline bool turn(const struct quick_expr *expr, struct quick_run *run,
			const struct quick_cell *item, bool *truth)
{
	run->slots[expr->slot] = item;
	run->steps += expr->steps;
	*truth = truth_of(expr->b, run);
	if (run->steps >= run->limit)
		run->unknown = true;
	return !run->unknown;
}

bool quick_all(const struct quick_expr *expr, struct quick_run *run)
{
	const struct quick_cell *list = cell_of(expr->a, run);
	uint64_t own = 0;
	const uint64_t *keys = quick_keys(run, expr, list, &own);
	bool truth;

	for (uint32_t i = 0; i < list->count; i++) {
		if (keys && keys[i] != own) {
			run->steps += expr->steps;
			continue;
		}
		if (!turn(expr, run, &list->below[i], &truth) || !truth)
			return false;
	}
	return true;
}

bool quick_exists(const struct quick_expr *expr, struct quick_run *run)
{
	const struct quick_cell *list = cell_of(expr->a, run);
	uint64_t own = 0;
	const uint64_t *keys = quick_keys(run, expr, list, &own);
	bool truth;

	for (uint32_t i = 0; i < list->count; i++) {
		if (keys && keys[i] != own) {
			run->steps += expr->steps;
			continue;
		}
		if (!turn(expr, run, &list->below[i], &truth) || truth)
			return true;
	}
	return false;
}

int64_t quick_count_if(const struct quick_expr *expr, struct quick_run *run)
{
	const struct quick_cell *list = cell_of(expr->a, run);
	uint64_t own = 0;
	const uint64_t *keys = quick_keys(run, expr, list, &own);
	int64_t count = 0;
	bool truth;

	for (uint32_t i = 0; i < list->count; i++) {
		if (keys && keys[i] != own) {
			run->steps += expr->steps;
			continue;
		}
		if (!turn(expr, run, &list->below[i], &truth))
			break;
		count += truth;
	}
	return count;
}

bool quick_exists_one(const struct quick_expr *expr, struct quick_run *run)
{
	return quick_count_if(expr, run) == 1;
}

/* ---- texts ---- */

bool quick_starts(const struct quick_expr *expr, struct quick_run *run)
{
	struct str text = text_of(expr->a, run), start = text_of(expr->b, run);

	return text.len >= start.len && (!start.len || memcmp(text.at, start.at, start.len) == 0);
}

bool quick_ends(const struct quick_expr *expr, struct quick_run *run)
{
	struct str text = text_of(expr->a, run), end = text_of(expr->b, run);

	return text.len >= end.len &&
	       (!end.len || memcmp(text.at + text.len - end.len, end.at, end.len) == 0);
}

bool quick_contains(const struct quick_expr *expr, struct quick_run *run)
{
	struct str text = text_of(expr->a, run), what = text_of(expr->b, run);
	const char *at = text.at, *last;

	if (!what.len || what.len > text.len)
		return !what.len;
	last = text.at + (text.len - what.len);
	while (at <= last && (at = memchr(at, what.at[0], (size_t)(last - at) + 1))) {
		if (memcmp(at, what.at, what.len) == 0)
			return true;
		at++;
	}
	return false;
}

bool quick_matches(const struct quick_expr *expr, struct quick_run *run)
{
	enum pattern_answer answer =
		pattern_search(run->set->patterns, expr->pattern, text_of(expr->a, run));

	if (answer == PATTERN_UNKNOWN)
		give_up(run);
	return answer == PATTERN_YES;
}

/* A function of the table, for what is too rare to be written twice. */
static struct cel_value call(const struct quick_expr *expr, struct quick_run *run)
{
	struct cel_run cel = {
		.arena = run->scratch, .patterns = run->set->patterns, .steps = CEL_STEPS_MOST};
	struct cel_value args[2] = {cel_string(text_of(expr->a, run))}, result;

	if (expr->b)
		args[1] = cel_int(number_of(expr->b, run));
	result = expr->function->call(&cel, args, expr->b ? 2 : 1);
	run->steps += CEL_STEPS_MOST - cel.steps;
	return result;
}

bool quick_call_truth(const struct quick_expr *expr, struct quick_run *run)
{
	struct cel_value value = call(expr, run);

	if (value.kind != CEL_BOOL)
		give_up(run);
	return value.kind == CEL_BOOL && value.truth;
}

struct str quick_call_text(const struct quick_expr *expr, struct quick_run *run)
{
	struct cel_value value = call(expr, run);

	if (value.kind != CEL_STRING)
		give_up(run);
	return value.kind == CEL_STRING ? value.text : STR("");
}

/* ---- rules ---- */

bool quick_rules_hold(struct quick_run *run, const struct quick_schema *quick,
		      const struct quick_cell *self)
{
	run->slots[0] = self;
	for (size_t i = 0; i < quick->rule_count; i++) {
		const struct quick_rule *rule = &quick->rules[i];

		run->limit = run->steps + CEL_STEPS_MOST;
		run->steps += rule->steps;
		if (!truth_of(rule->expr, run) || run->unknown || run->steps >= run->limit)
			return false;
	}
	return true;
}
