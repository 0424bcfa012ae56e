/* The structural schema, in the order and the words of kube-openapi's validator. */
#include "schema/cel_parts.h"
#include "schema/pattern.h"
#include "schema/types.h"
#include "yaml/scalar.h"
#include "yaml/utf8.h"

/* One value at one place. */
struct place {
	struct schema_check *check;
	const struct schema_at *at;
	const struct schema *schema;
	const struct node *value;
};

static void say(const struct place *p, enum schema_violation_kind kind, struct str message)
{
	/* Texts of alternatives that are only tried would be lost. */
	if (p->check->silent)
		schema_say(p->check, p->at, p->value, (struct schema_violation){.kind = kind});
	else
		schema_say(p->check, p->at, p->value,
			   (struct schema_violation){.kind = kind,
						     .path = schema_path(p->check, p->at),
						     .message = message});
}

/* Texts are made only when they are shown. */
#define SAY(p, kind, ...)                                                                          \
	say((p), (kind), (p)->check->silent ? STR("") : schema_text((p)->check, __VA_ARGS__))

/* "Invalid value: X: PATH in body should ..." */
#define SAY_INVALID(p, kind, format, ...)                                                          \
	SAY(p, kind, "Invalid value: %.*s: %.*s in body " format,                                  \
	    STR_ARG(schema_quote((p)->check, (p)->value)),                                         \
	    STR_ARG(schema_path((p)->check, (p)->at)), __VA_ARGS__)

/* ---- types ---- */

static const char *name_of_type(const struct schema *schema)
{
	static const char *const names[] = {"",        "object", "array",  "string",
					    "integer", "number", "boolean"};

	return schema->int_or_string ? "integer,string" : names[schema->type];
}

static const char *name_of_value(const struct node *value)
{
	static const char *const names[] = {
		[NODE_NULL] = "null",   [NODE_STRING] = "string", [NODE_BOOL] = "boolean",
		[NODE_INT] = "integer", [NODE_FLOAT] = "number",  [NODE_LIST] = "array",
		[NODE_MAP] = "object",
	};

	return names[value->kind];
}

static bool fits_type(const struct schema *schema, const struct node *value)
{
	if (value->kind == NODE_NULL)
		return schema->nullable || (schema->type == SCHEMA_ANY && !schema->int_or_string);
	if (schema->int_or_string)
		return value->kind == NODE_INT || value->kind == NODE_STRING;
	switch (schema->type) {
	case SCHEMA_OBJECT:
		return value->kind == NODE_MAP;
	case SCHEMA_ARRAY:
		return value->kind == NODE_LIST;
	case SCHEMA_STRING:
		return value->kind == NODE_STRING;
	case SCHEMA_INTEGER:
		return value->kind == NODE_INT;
	case SCHEMA_NUMBER:
		return value->kind == NODE_INT || value->kind == NODE_FLOAT;
	case SCHEMA_BOOLEAN:
		return value->kind == NODE_BOOL;
	default:
		return true;
	}
}

/* The API server quotes the name of the type, not the value. */
static bool check_type(const struct place *p)
{
	const char *name = name_of_value(p->value);

	if (fits_type(p->schema, p->value))
		return true;
	SAY(p, SCHEMA_TYPE, "Invalid value: \"%s\": %.*s in body must be of type %s: \"%s\"", name,
	    STR_ARG(schema_path(p->check, p->at)), name_of_type(p->schema), name);
	return false;
}

/* ---- strings ---- */

static const struct pattern *pattern_in(const struct place *p)
{
	/* Compiled when first needed; a schema is shared, its pattern is the same everywhere. */
	struct schema *schema = (struct schema *)p->schema;

	if (!schema->pattern)
		schema->pattern = pattern_of(p->check->set->patterns, schema->pattern_text);
	return schema->pattern;
}

static void check_pattern(const struct place *p)
{
	const struct pattern *pattern = pattern_in(p);

	switch (pattern_search(p->check->set->patterns, pattern, p->value->text)) {
	case PATTERN_YES:
		return;
	case PATTERN_NO:
		SAY_INVALID(p, SCHEMA_INVALID, "should match '%.*s'", STR_ARG(pattern->text));
		return;
	default:
		SAY(p, SCHEMA_UNSUPPORTED_RULE, "the pattern '%.*s' was not checked: %.*s",
		    STR_ARG(pattern->text),
		    STR_ARG(pattern->why.len ? pattern->why : STR("it takes too long here")));
	}
}

static void check_text(const struct place *p)
{
	const struct schema *schema = p->schema;
	double length = utf8_count(p->value->text.at, p->value->text.len);

	if (schema->max_length.given && length > schema->max_length.value)
		SAY(p, SCHEMA_TOO_LONG, "Too long: may not be more than %.0f bytes",
		    schema->max_length.value);
	if (schema->min_length.given && length < schema->min_length.value)
		SAY_INVALID(p, SCHEMA_INVALID, "should be at least %.0f chars long",
			    schema->min_length.value);
	if (schema->pattern_text.len)
		check_pattern(p);
	if (schema->format.len && !schema_format_fits(schema->format, p->value->text))
		SAY_INVALID(p, SCHEMA_TYPE, "must be of type %.*s: %.*s", STR_ARG(schema->format),
			    STR_ARG(schema_quote(p->check, p->value)));
}

/* ---- numbers ---- */

static bool fits_bits(const struct schema *schema, double value)
{
	if (str_is(schema->format, "int32"))
		return value >= -0x1p31 && value < 0x1p31;
	if (str_is(schema->format, "float"))
		return value >= -0x1.fffffep127 && value <= 0x1.fffffep127;
	/* Larger integers are no integers any more when they come here. */
	return true;
}

static bool is_multiple(double value, double of)
{
	double quotient = value / of;

	/* Beyond 2^53 every double is whole. */
	return quotient >= 0x1p53 || quotient <= -0x1p53 || quotient == (double)(int64_t)quotient;
}

static void check_number(const struct place *p)
{
	const struct schema *s = p->schema;
	double value = schema_number(p->value);

	if (!fits_bits(s, value))
		SAY(p, SCHEMA_INVALID,
		    "Invalid value: %.*s: Checked value must be of type %s with format %.*s",
		    STR_ARG(p->value->text), name_of_type(s), STR_ARG(s->format));
	if (s->multiple_of.given && !is_multiple(value, s->multiple_of.value))
		SAY_INVALID(p, SCHEMA_INVALID, "should be a multiple of %.10g",
			    s->multiple_of.value);
	if (s->maximum.given && s->exclusive_maximum && value >= s->maximum.value)
		SAY_INVALID(p, SCHEMA_INVALID, "should be less than %.10g", s->maximum.value);
	else if (s->maximum.given && value > s->maximum.value)
		SAY_INVALID(p, SCHEMA_INVALID, "should be less than or equal to %.10g",
			    s->maximum.value);
	if (s->minimum.given && s->exclusive_minimum && value <= s->minimum.value)
		SAY_INVALID(p, SCHEMA_INVALID, "should be greater than %.10g", s->minimum.value);
	else if (s->minimum.given && value < s->minimum.value)
		SAY_INVALID(p, SCHEMA_INVALID, "should be greater than or equal to %.10g",
			    s->minimum.value);
}

/* ---- lists and maps ---- */

static void check_count(const struct place *p, struct schema_bound least, struct schema_bound most,
			const char *noun)
{
	if (most.given && p->value->count > most.value)
		SAY(p, SCHEMA_TOO_MANY, "Too many: %u: must have at most %.0f items",
		    p->value->count, most.value);
	if (least.given && p->value->count < least.value)
		SAY_INVALID(p, SCHEMA_INVALID, "should have at least %.0f %s", least.value, noun);
}

static void check_list(const struct place *p)
{
	struct schema_at below = {.up = p->at};

	check_count(p, p->schema->min_items, p->schema->max_items, "items");
	node_each(item, p->schema->items ? p->value : NULL)
	{
		below.place = item;
		schema_check_value(p->check, &below, p->schema->items, item);
		below.index++;
	}
}

static void check_required(const struct place *p, struct str name)
{
	const struct schema_at below = {p->at, name, 0, NULL};
	const struct place missing = {p->check, &below, NULL, NULL};

	node_each(key, p->value) if (str_eq(key->text, name)) return;
	SAY(&missing, SCHEMA_REQUIRED, "Required value");
}

static void check_map(const struct place *p)
{
	check_count(p, p->schema->min_properties, p->schema->max_properties, "properties");
	for (size_t i = 0; i < p->schema->required.count; i++)
		check_required(p, p->schema->required.at[i]);
	node_each(key, p->value)
	{
		const struct schema *field = schema_of_field(p->schema, key->text);
		const struct schema_at below = {p->at, key->text, 0, key};

		if (field)
			schema_check_value(p->check, &below, field, key->value);
	}
}

/* ---- any value ---- */

static bool same_scalar(const struct node *a, const struct node *b)
{
	if (a->kind == NODE_STRING || b->kind == NODE_STRING)
		return a->kind == b->kind && str_eq(a->text, b->text);
	return cel_equal(cel_of_node(a), cel_of_node(b));
}

static void check_enum(const struct place *p)
{
	struct buf buf;
	const char *separator = "";

	node_each(choice, p->schema->enums) if (same_scalar(choice, p->value)) return;
	buf_init(&buf);
	node_each(choice, p->schema->enums)
	{
		buf_format(&buf, "%s%.*s", separator, STR_ARG(schema_quote(p->check, choice)));
		separator = ", ";
	}
	SAY(p, SCHEMA_NOT_SUPPORTED, "Unsupported value: %.*s: supported values: %.*s",
	    STR_ARG(schema_quote(p->check, p->value)), STR_ARG(buf_slice(&buf)));
	buf_finish(&buf);
}

/* Whether a schema holds, without saying anything; *visited: how far it was followed. */
static bool holds(const struct place *p, const struct schema *schema, size_t *visited)
{
	struct schema_check *check = p->check;
	size_t errors = check->errors, before = check->visited;
	bool silent = check->silent, good;

	check->silent = true;
	schema_check_value(check, p->at, schema, p->value);
	check->silent = silent;
	good = check->errors == errors;
	*visited = check->visited - before;
	check->errors = errors;
	return good;
}

/* Number of alternatives that hold. When none does, the errors of the one that went furthest are told,
 * as the API server does. */
static size_t count_holding(const struct place *p, const struct schema_list *list, bool tell)
{
	const struct schema *best = NULL;
	size_t count = 0, furthest = 0, visited;

	for (size_t i = 0; i < list->count; i++) {
		if (holds(p, list->at[i], &visited)) {
			count++;
		} else if (!best || visited > furthest) {
			best = list->at[i];
			furthest = visited;
		}
	}
	if (count == 0 && tell && best)
		schema_check_value(p->check, p->at, best, p->value);
	return count;
}

static void check_combinations(const struct place *p)
{
	const struct schema *s = p->schema;
	struct str path = p->check->silent ? STR("") : schema_path(p->check, p->at);
	size_t count;

	for (size_t i = 0; i < s->all_of.count; i++)
		schema_check_value(p->check, p->at, s->all_of.at[i], p->value);
	if (s->any_of.count && count_holding(p, &s->any_of, true) == 0)
		SAY(p, SCHEMA_INVALID,
		    "Invalid value: \"\": \"%.*s\" must validate at least one schema (anyOf)",
		    STR_ARG(path));
	count = count_holding(p, &s->one_of, true);
	if (s->one_of.count && count != 1)
		SAY(p, SCHEMA_INVALID,
		    "Invalid value: \"\": \"%.*s\" must validate one and only one schema (oneOf). "
		    "Found %s",
		    STR_ARG(path), count ? "2 valid alternatives" : "none valid");
	if (s->not &&holds(p, s->not, &count))
		SAY(p, SCHEMA_INVALID,
		    "Invalid value: \"\": \"%.*s\" must not validate the schema (not)",
		    STR_ARG(path));
}

void schema_check_value(struct schema_check *check, const struct schema_at *at,
			const struct schema *schema, const struct node *value)
{
	const struct place p = {check, at, schema, value};

	check->visited++;
	if (!check_type(&p))
		return;
	if (schema->all_of.count || schema->any_of.count || schema->one_of.count || schema->not )
		check_combinations(&p);
	if (schema->enums)
		check_enum(&p);
	switch (value->kind) {
	case NODE_STRING:
		check_text(&p);
		break;
	case NODE_INT:
	case NODE_FLOAT:
		check_number(&p);
		break;
	case NODE_LIST:
		check_list(&p);
		break;
	case NODE_MAP:
		check_map(&p);
		break;
	default:
		break;
	}
}
