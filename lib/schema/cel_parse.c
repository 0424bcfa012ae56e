#include "base/bug.h"
#include "schema/cel_parts.h"

enum { SLOT_SELF = 0, SLOT_OLD_SELF = 1, TREE_DEPTH_MOST = 2 * CEL_DEPTH_MOST };

struct parser {
	struct arena *arena;
	struct patterns *patterns;
	struct str rest;
	struct cel_token token; /* looked at, not taken */
	struct cel_program *program;
	unsigned depth;
	struct str scopes[CEL_SLOTS_MOST]; /* variables of macros around this place */
	unsigned scope_count;
	bool failed;
};

static const struct cel_node *expression(struct parser *p);

/* ---- help ---- */

static void fail(struct parser *p, struct str problem)
{
	if (p->failed)
		return;
	p->failed = true;
	p->program->problem = problem;
}

#define FAIL(p, ...) fail((p), str_format((p)->arena, __VA_ARGS__))

static void advance(struct parser *p)
{
	p->token = cel_next_token(p->arena, &p->rest);
	if (p->token.kind == CEL_TOKEN_BAD)
		fail(p, p->token.text);
}

static bool looking_at(const struct parser *p, const char *sign)
{
	return !p->failed && p->token.kind == CEL_TOKEN_SIGN && str_is(p->token.text, sign);
}

static bool accept(struct parser *p, const char *sign)
{
	if (!looking_at(p, sign))
		return false;
	advance(p);
	return true;
}

static void expect(struct parser *p, const char *sign)
{
	if (!accept(p, sign))
		FAIL(p, "'%s' is missing", sign);
}

static struct cel_node *node_of(struct parser *p, enum cel_op op)
{
	struct cel_node *node = arena_new(p->arena, struct cel_node);

	node->op = op;
	return node;
}

static void add_argument(struct parser *p, struct cel_node *node, const struct cel_node *argument)
{
	if (argument->depth >= node->depth)
		node->depth = argument->depth + 1;
	if (node->depth > TREE_DEPTH_MOST)
		FAIL(p, "the rule is nested too deeply");
	ARENA_PUSH(p->arena, node->args, node->count, argument);
}

static const struct cel_node *constant(struct parser *p, struct cel_value value)
{
	struct cel_node *node = node_of(p, CEL_OP_CONSTANT);

	node->constant = value;
	return node;
}

/* What stands for an operand that could not be read; never evaluated. */
static const struct cel_node *nothing(struct parser *p)
{
	return constant(p, CEL_FAIL("unreadable"));
}

/* ---- names ---- */

/* Property names that are no identifiers are written __dot__, __dash__, __slash__, __underscores__ and
 * __namespace__ (any keyword); Kubernetes API concepts, "field names in CEL". */
static struct str unescape_name(struct parser *p, struct str name)
{
	static const struct {
		const char *written, *meant;
	} parts[] = {
		{"__underscores__", "__"}, {"__dot__", "."}, {"__dash__", "-"}, {"__slash__", "/"}};
	static const char *const keywords[] = {
		"true",     "false",   "null",      "in",       "as",  "break",  "const",
		"continue", "else",    "for",       "function", "if",  "import", "let",
		"loop",     "package", "namespace", "return",   "var", "void",   "while"};

	if (name.len > 4 && str_starts(name, "__") && str_ends(name, "__")) {
		struct str inside = str_sub(name, 2, name.len - 4);

		for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
			if (str_is(inside, keywords[i]))
				return inside;
	}
	if (str_find_str(name, "__") == SIZE_MAX)
		return name;

	char *out = arena_bytes(p->arena, name.len);
	size_t len = 0;

	while (name.len) {
		size_t i = 0;

		while (i < 4 && !str_starts(name, parts[i].written))
			i++;
		if (i < 4) {
			memcpy(out + len, parts[i].meant, strlen(parts[i].meant));
			len += strlen(parts[i].meant);
			name = str_from_pos(name, strlen(parts[i].written));
		} else {
			out[len++] = name.at[0];
			name = str_from_pos(name, 1);
		}
	}
	return (struct str){out, len};
}

static bool find_variable(const struct parser *p, struct str name, unsigned *slot)
{
	for (unsigned i = p->scope_count; i-- > 0;)
		if (str_eq(p->scopes[i], name)) {
			*slot = i;
			return true;
		}
	return false;
}

static const struct cel_node *variable(struct parser *p, struct str name)
{
	struct cel_node *node = node_of(p, CEL_OP_VARIABLE);

	if (!find_variable(p, name, &node->slot))
		FAIL(p, "variable '%.*s' is not known", STR_ARG(name));
	else if (node->slot == SLOT_OLD_SELF)
		p->program->old_self = true;
	return node;
}

/* ---- calls and macros ---- */

static void arguments(struct parser *p, struct cel_node *call)
{
	while (!p->failed && !accept(p, ")")) {
		add_argument(p, call, expression(p));
		if (!accept(p, ",") && !looking_at(p, ")"))
			FAIL(p, "')' is missing");
	}
}

static const struct cel_function *find_function(struct str name, bool method)
{
	for (size_t i = 0; i < cel_function_count; i++)
		if (cel_functions[i].method == method && str_is(name, cel_functions[i].name))
			return &cel_functions[i];
	return NULL;
}

/* The arguments were read, the receiver is the first. */
static const struct cel_node *finish_call(struct parser *p, struct cel_node *call, struct str name,
					  bool method)
{
	call->name = name;
	call->function = find_function(name, method);
	if (!call->function)
		FAIL(p, "%s '%.*s()' is not supported", method ? "method" : "function",
		     STR_ARG(name));
	else if (call->count < call->function->least || call->count > call->function->most)
		FAIL(p, "'%.*s()' does not take that many arguments", STR_ARG(name));
	else if (str_is(name, "matches") && call->args[1]->op == CEL_OP_CONSTANT &&
		 call->args[1]->constant.kind == CEL_STRING)
		call->pattern = pattern_of(p->patterns, call->args[1]->constant.text);
	if (call->pattern && call->pattern->why.len)
		FAIL(p, "the pattern of matches() cannot be used: %.*s",
		     STR_ARG(call->pattern->why));
	return call;
}

static bool find_macro(struct str name, enum cel_macro *macro)
{
	static const char *const names[] = {
		[CEL_MACRO_ALL] = "all",
		[CEL_MACRO_EXISTS] = "exists",
		[CEL_MACRO_EXISTS_ONE] = "exists_one",
		[CEL_MACRO_FILTER] = "filter",
		[CEL_MACRO_MAP] = "map",
	};

	for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(name, names[i])) {
			*macro = (enum cel_macro)i;
			return true;
		}
	if (str_is(name, "existsOne")) {
		*macro = CEL_MACRO_EXISTS_ONE;
		return true;
	}
	return false;
}

/* all(key, value, test): a name that stands for nothing yet, and a comma. */
static bool is_second_variable(const struct parser *p)
{
	struct str rest = p->rest;
	struct arena scratch;
	struct cel_token next;
	unsigned slot;
	bool comma;

	if (p->token.kind != CEL_TOKEN_NAME || find_variable(p, p->token.text, &slot))
		return false;
	arena_init(&scratch);
	next = cel_next_token(&scratch, &rest);
	comma = next.kind == CEL_TOKEN_SIGN && str_is(next.text, ",");
	arena_finish(&scratch);
	return comma;
}

static const struct cel_node *macro_call(struct parser *p, const struct cel_node *receiver,
					 enum cel_macro macro)
{
	struct cel_node *node = node_of(p, CEL_OP_MACRO);

	node->macro = macro;
	node->slot = p->scope_count;
	add_argument(p, node, receiver);
	if (p->token.kind != CEL_TOKEN_NAME || p->scope_count == CEL_SLOTS_MOST) {
		FAIL(p, "a macro without its variable, or too many macros in each other");
		return node;
	}
	p->scopes[p->scope_count++] = p->token.text;
	advance(p);
	expect(p, ",");
	if (is_second_variable(p))
		FAIL(p, "macros of two variables are not supported");
	add_argument(p, node, expression(p));
	if (macro == CEL_MACRO_MAP && accept(p, ","))
		add_argument(p, node, expression(p));
	expect(p, ")");
	p->scope_count--;
	return node;
}

/* has(a.b): the selection is only tested. */
static const struct cel_node *has_macro(struct parser *p)
{
	const struct cel_node *selection = expression(p);
	struct cel_node *node = node_of(p, CEL_OP_HAS);

	expect(p, ")");
	if (selection->op != CEL_OP_SELECT) {
		FAIL(p, "has() needs the selection of a field");
		return node;
	}
	node->name = selection->name;
	add_argument(p, node, selection->args[0]);
	return node;
}

/* format.dns1123Label().validate(x): one function of x here. */
static const struct cel_node *format_call(struct parser *p)
{
	struct cel_node *call = node_of(p, CEL_OP_CALL);
	struct str name;

	expect(p, ".");
	name = str_format(p->arena, "format.%.*s", STR_ARG(p->token.text));
	advance(p);
	expect(p, "(");
	expect(p, ")");
	expect(p, ".");
	if (!p->failed && !str_is(p->token.text, "validate"))
		FAIL(p, "only validate() of a named format is supported");
	advance(p);
	expect(p, "(");
	arguments(p, call);
	return p->failed ? nothing(p) : finish_call(p, call, name, false);
}

/* ---- operands ---- */

static const struct cel_node *name_operand(struct parser *p)
{
	struct str name = p->token.text;
	unsigned slot;

	advance(p);
	if (str_is(name, "true") || str_is(name, "false"))
		return constant(p, cel_bool(str_is(name, "true")));
	if (str_is(name, "null"))
		return constant(p, (struct cel_value){.kind = CEL_NULL});
	if (find_variable(p, name, &slot) && !looking_at(p, "("))
		return variable(p, name);
	if (str_is(name, "format") && looking_at(p, "."))
		return format_call(p);
	if (looking_at(p, ".")) {
		/* sets.contains(), math.greatest(), ip.isCanonical() ... */
		advance(p);
		FAIL(p, "function '%.*s.%.*s()' is not supported", STR_ARG(name),
		     STR_ARG(p->token.text));
		return nothing(p);
	}
	if (!accept(p, "("))
		return variable(p, name);
	if (str_is(name, "has"))
		return has_macro(p);

	struct cel_node *call = node_of(p, CEL_OP_CALL);

	arguments(p, call);
	return p->failed ? nothing(p) : finish_call(p, call, name, false);
}

static const struct cel_node *list_literal(struct parser *p)
{
	struct cel_node *list = node_of(p, CEL_OP_LIST);

	while (!p->failed && !accept(p, "]")) {
		add_argument(p, list, expression(p));
		if (!accept(p, ",") && !looking_at(p, "]"))
			FAIL(p, "']' is missing");
	}
	return list;
}

static const struct cel_node *map_literal(struct parser *p)
{
	struct cel_node *map = node_of(p, CEL_OP_MAP);

	while (!p->failed && !accept(p, "}")) {
		add_argument(p, map, expression(p));
		expect(p, ":");
		add_argument(p, map, expression(p));
		if (!accept(p, ",") && !looking_at(p, "}"))
			FAIL(p, "'}' is missing");
	}
	return map;
}

static const struct cel_node *primary(struct parser *p)
{
	struct cel_token token = p->token;

	if (token.kind == CEL_TOKEN_NAME)
		return name_operand(p);
	if (accept(p, "(")) {
		const struct cel_node *inside = expression(p);

		expect(p, ")");
		return inside;
	}
	if (accept(p, "["))
		return list_literal(p);
	if (accept(p, "{"))
		return map_literal(p);
	if (token.kind == CEL_TOKEN_STRING || token.kind == CEL_TOKEN_INT ||
	    token.kind == CEL_TOKEN_DOUBLE) {
		advance(p);
		if (token.kind == CEL_TOKEN_STRING)
			return constant(p, cel_string(token.text));
		if (token.kind == CEL_TOKEN_INT)
			return constant(p, cel_int(token.number));
		return constant(p, (struct cel_value){.kind = CEL_DOUBLE, .real = token.real});
	}
	FAIL(p,
	     token.kind == CEL_TOKEN_END ? "the rule ends too early"
					 : "'%.*s' is not expected here",
	     STR_ARG(token.text));
	return nothing(p);
}

static const struct cel_node *selection(struct parser *p, const struct cel_node *of)
{
	struct str name = p->token.text;
	enum cel_macro macro;

	if (p->token.kind != CEL_TOKEN_NAME) {
		FAIL(p, looking_at(p, "?") ? "optional fields are not supported"
					   : "a field name is missing");
		return of;
	}
	advance(p);
	if (!accept(p, "(")) {
		struct cel_node *select = node_of(p, CEL_OP_SELECT);

		select->name = unescape_name(p, name);
		add_argument(p, select, of);
		return select;
	}
	if (find_macro(name, &macro))
		return macro_call(p, of, macro);

	struct cel_node *call = node_of(p, CEL_OP_CALL);

	add_argument(p, call, of);
	arguments(p, call);
	return p->failed ? nothing(p) : finish_call(p, call, name, true);
}

static const struct cel_node *member(struct parser *p)
{
	const struct cel_node *node = primary(p);

	while (!p->failed) {
		if (accept(p, ".")) {
			node = selection(p, node);
		} else if (accept(p, "[")) {
			struct cel_node *index = node_of(p, CEL_OP_INDEX);

			add_argument(p, index, node);
			add_argument(p, index, expression(p));
			expect(p, "]");
			node = index;
		} else {
			break;
		}
	}
	return node;
}

static const struct cel_node *unary(struct parser *p)
{
	bool negated = looking_at(p, "!");
	struct cel_node *node;

	if (!negated && !looking_at(p, "-"))
		return member(p);
	if (++p->depth > CEL_DEPTH_MOST) {
		FAIL(p, "the rule is nested too deeply");
		return nothing(p);
	}
	advance(p);
	node = node_of(p, negated ? CEL_OP_NOT : CEL_OP_NEGATE);
	add_argument(p, node, unary(p));
	p->depth--;
	return node;
}

/* ---- operators ---- */

enum { LEVELS = 5 };

static const struct operator_row {
	unsigned level; /* 0 binds least */
	const char *sign;
	enum cel_op op;
} operators[] = {
	{0, "||", CEL_OP_OR},
	{1, "&&", CEL_OP_AND},
	{2, "==", CEL_OP_EQUAL},
	{2, "!=", CEL_OP_UNEQUAL},
	{2, "<=", CEL_OP_LESS_EQUAL},
	{2, "<", CEL_OP_LESS},
	{2, ">=", CEL_OP_GREATER_EQUAL},
	{2, ">", CEL_OP_GREATER},
	{2, "in", CEL_OP_IN},
	{3, "+", CEL_OP_ADD},
	{3, "-", CEL_OP_SUBTRACT},
	{4, "*", CEL_OP_MULTIPLY},
	{4, "/", CEL_OP_DIVIDE},
	{4, "%", CEL_OP_REMAINDER},
};

static const struct operator_row *operator_at(const struct parser *p, unsigned level)
{
	if (p->failed || (p->token.kind != CEL_TOKEN_SIGN && p->token.kind != CEL_TOKEN_NAME))
		return NULL;
	for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
		if (operators[i].level == level && str_is(p->token.text, operators[i].sign))
			return &operators[i];
	return NULL;
}

static const struct cel_node *binary(struct parser *p, unsigned level)
{
	if (level == LEVELS)
		return unary(p);

	const struct cel_node *left = binary(p, level + 1);
	const struct operator_row *row;

	while ((row = operator_at(p, level))) {
		struct cel_node *node = node_of(p, row->op);

		advance(p);
		add_argument(p, node, left);
		add_argument(p, node, binary(p, level + 1));
		left = node;
	}
	return left;
}

static const struct cel_node *expression(struct parser *p)
{
	const struct cel_node *condition;

	if (++p->depth > CEL_DEPTH_MOST) {
		FAIL(p, "the rule is nested too deeply");
		return nothing(p);
	}
	condition = binary(p, 0);
	if (accept(p, "?")) {
		struct cel_node *choice = node_of(p, CEL_OP_CHOICE);

		add_argument(p, choice, condition);
		add_argument(p, choice, expression(p));
		expect(p, ":");
		add_argument(p, choice, expression(p));
		condition = choice;
	}
	p->depth--;
	return condition;
}

const struct cel_program *cel_compile(struct arena *arena, struct patterns *patterns,
				      struct str text)
{
	struct cel_program *program = arena_new(arena, struct cel_program);
	struct parser p = {
		.arena = arena,
		.patterns = patterns,
		.program = program,
		.scopes = {[SLOT_SELF] = STR_INIT("self"), [SLOT_OLD_SELF] = STR_INIT("oldSelf")},
		.scope_count = 2,
	};

	if (text.len > CEL_TEXT_MOST) {
		program->problem = STR("the rule is too long");
		return program;
	}
	p.rest = str_dup(arena, text);
	advance(&p);
	program->root = expression(&p);
	if (p.token.kind != CEL_TOKEN_END)
		FAIL(&p, "'%.*s' is not expected here", STR_ARG(p.token.text));
	return program;
}
