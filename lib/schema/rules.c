/* x-kubernetes-validations. Every rule has the limit of one call; an object has a limit of its own
 * (apiserver/pkg/apis/cel: PerCallLimit, RuntimeCELCostBudget). */
#include "schema/cel.h"
#include "schema/types.h"

struct site {
	struct schema_check *check;
	const struct schema_at *at;
	const struct node *self;
};

static struct cel_value run(const struct site *site, const struct cel_program *program)
{
	struct schema_check *check = site->check;
	uint64_t steps = check->budget < CEL_STEPS_MOST ? check->budget : CEL_STEPS_MOST;
	struct cel_run cel = {
		.arena = check->scratch, .patterns = check->set->patterns, .steps = steps};
	struct cel_value value = cel_evaluate(program, site->self, &cel);

	check->budget -= steps - cel.steps;
	return value;
}

/* ---- messages ---- */

static struct str trimmed_or(struct str text, struct str otherwise)
{
	text = str_trim(text);
	return text.len ? text : str_trim(otherwise);
}

/* messageExpression counts when it yields one line of text. */
static struct str message_of(const struct site *site, struct schema_rule *rule)
{
	struct schema_check *check = site->check;
	struct cel_value value = {.kind = CEL_NULL};

	if (rule->message_expression.len) {
		if (!rule->message_program)
			rule->message_program = cel_compile(check->set->arena, check->set->patterns,
							    rule->message_expression);
		if (!rule->message_program->problem.len && !rule->message_program->old_self)
			value = run(site, rule->message_program);
	}
	if (value.kind == CEL_STRING && str_trim(value.text).len &&
	    str_find(value.text, '\n') == SIZE_MAX)
		return str_dup(check->result->arena, str_trim(value.text));
	if (str_trim(rule->message).len)
		return str_trim(rule->message);
	return schema_text(check, "failed rule: %.*s", STR_ARG(str_trim(rule->rule)));
}

static void say(const struct site *site, const struct schema_rule *rule,
		enum schema_violation_kind kind, struct str message)
{
	struct str path = schema_path(site->check, site->at);

	if (rule->field_path.len)
		path = schema_text(
			site->check, "%.*s%.*s", STR_ARG(path),
			STR_ARG(path.len ? rule->field_path : str_from_pos(rule->field_path, 1)));
	schema_say(site->check, site->at, site->self,
		   (struct schema_violation){.kind = kind, .path = path, .message = message});
}

static void say_refused(const struct site *site, const struct schema_rule *rule, struct str message)
{
	struct schema_check *check = site->check;

	if (str_is(rule->reason, "FieldValueForbidden"))
		message = schema_text(check, "Forbidden: %.*s", STR_ARG(message));
	else if (str_is(rule->reason, "FieldValueRequired"))
		message = schema_text(check, "Required value: %.*s", STR_ARG(message));
	else if (str_is(rule->reason, "FieldValueDuplicate"))
		message = schema_text(check, "Duplicate value: %.*s",
				      STR_ARG(schema_quote(check, site->self)));
	else
		message = schema_text(check, "Invalid value: %.*s: %.*s",
				      STR_ARG(schema_quote(check, site->self)), STR_ARG(message));
	say(site, rule, SCHEMA_RULE, message);
}

/* ---- running ---- */

static void say_error(const struct site *site, struct schema_rule *rule, struct str error)
{
	struct str words = trimmed_or(rule->message, rule->rule);

	if (str_starts(error, "no such overload"))
		say_refused(
			site, rule,
			schema_text(site->check,
				    "'%.*s': call arguments did not match a supported operator, "
				    "function or macro signature for rule: %.*s",
				    STR_ARG(error), STR_ARG(words)));
	else if (str_starts(error, "operation cancelled"))
		say_refused(site, rule,
			    schema_text(site->check,
					"'%.*s': no further validation rules will be run due to "
					"call cost exceeds limit for rule: %.*s",
					STR_ARG(error), STR_ARG(words)));
	else
		say_refused(site, rule,
			    schema_text(site->check, "%.*s evaluating rule: %.*s", STR_ARG(error),
					STR_ARG(words)));
}

void schema_rule_compile(struct schema_set *set, struct schema_rule *rule)
{
	if (!rule->program)
		rule->program = cel_compile(set->arena, set->patterns, rule->rule);
}

static void apply(const struct site *site, struct schema_rule *rule)
{
	struct schema_check *check = site->check;
	struct arena_mark mark = arena_mark(check->scratch);

	schema_rule_compile(check->set, rule);
	if (rule->program->problem.len) {
		say(site, rule, SCHEMA_UNSUPPORTED_RULE,
		    schema_text(check, "%.*s, so this rule was not checked: %.*s",
				STR_ARG(rule->program->problem),
				STR_ARG(trimmed_or(rule->message, rule->rule))));
		return;
	}
	/* A transition rule compares with an object before: there is none on create. */
	if (rule->program->old_self)
		return;

	struct cel_value value = run(site, rule->program);

	if (value.kind == CEL_ERROR)
		say_error(site, rule, value.text);
	else if (value.kind != CEL_BOOL || !value.truth)
		say_refused(site, rule, message_of(site, rule));
	arena_rewind(check->scratch, mark);
}

static void check_list(struct schema_check *check, const struct schema_at *at,
		       const struct schema *schema, const struct node *list)
{
	struct schema_at below = {.up = at};

	node_each(item, schema->items ? list : NULL)
	{
		below.place = item;
		schema_check_rules(check, &below, schema->items, item);
		below.index++;
	}
}

void schema_check_rules(struct schema_check *check, const struct schema_at *at,
			const struct schema *schema, const struct node *value)
{
	const struct site site = {check, at, value};

	if (!schema->has_rules || value->kind == NODE_NULL)
		return;
	for (size_t i = 0; i < schema->rule_count && check->budget; i++)
		apply(&site, &schema->rules[i]);
	if (value->kind == NODE_LIST)
		check_list(check, at, schema, value);
	node_each(key, value->kind == NODE_MAP ? value : NULL)
	{
		const struct schema *field = schema_of_field(schema, key->text);
		const struct schema_at below = {at, key->text, 0, key};

		if (field)
			schema_check_rules(check, &below, field, key->value);
	}
}
