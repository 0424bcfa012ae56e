/* cel_parts.h - the syntax tree and the functions: what parser and evaluator share.
 */
#ifndef SCHEMA_CEL_PARTS_H
#define SCHEMA_CEL_PARTS_H

#include "schema/cel.h"

enum cel_op {
	CEL_OP_CONSTANT,
	CEL_OP_VARIABLE,
	CEL_OP_SELECT, /* args[0].name */
	CEL_OP_HAS,    /* has(args[0].name) */
	CEL_OP_INDEX,  /* args[0][args[1]] */
	CEL_OP_LIST,
	CEL_OP_MAP, /* keys and values in turns */
	CEL_OP_CALL,
	CEL_OP_MACRO, /* args[0].all(slot, args[1]), map() with a filter: args[1], args[2] */
	CEL_OP_AND,
	CEL_OP_OR,
	CEL_OP_CHOICE, /* args[0] ? args[1] : args[2] */
	CEL_OP_NOT,
	CEL_OP_NEGATE,
	CEL_OP_EQUAL,
	CEL_OP_UNEQUAL,
	CEL_OP_LESS,
	CEL_OP_LESS_EQUAL,
	CEL_OP_GREATER,
	CEL_OP_GREATER_EQUAL,
	CEL_OP_IN,
	CEL_OP_ADD,
	CEL_OP_SUBTRACT,
	CEL_OP_MULTIPLY,
	CEL_OP_DIVIDE,
	CEL_OP_REMAINDER,
};

enum cel_macro {
	CEL_MACRO_ALL,
	CEL_MACRO_EXISTS,
	CEL_MACRO_EXISTS_ONE,
	CEL_MACRO_FILTER,
	CEL_MACRO_MAP,
};

/* Of a function, its receiver included / variables in scope: self, oldSelf, those of macros. */
enum { CEL_ARGS_MOST = 4, CEL_SLOTS_MOST = 32 };

struct cel_function {
	const char *name;
	bool method;          /* receiver.name(...); its receiver is args[0] */
	unsigned least, most; /* number of args */
	struct cel_value (*call)(struct cel_run *run, const struct cel_value *args, size_t count);
};

extern const struct cel_function cel_functions[];
extern const size_t cel_function_count;

/* matches() with a constant: the parser compiled the pattern. */
struct cel_value cel_matches(struct cel_run *run, struct cel_value text,
			     const struct pattern *compiled);

struct cel_node {
	enum cel_op op;
	enum cel_macro macro;
	unsigned slot;  /* variables and macros */
	unsigned depth; /* of the tree below, for the bound on recursion */
	struct str name;
	struct cel_value constant;
	const struct cel_function *function;
	const struct pattern *pattern; /* matches() with a constant */
	const struct cel_node **args;
	size_t count;
};

/* ---- tokens ---- */

enum cel_token_kind {
	CEL_TOKEN_END,
	CEL_TOKEN_BAD, /* text: what is wrong */
	CEL_TOKEN_NAME,
	CEL_TOKEN_STRING, /* text: escapes resolved */
	CEL_TOKEN_INT,
	CEL_TOKEN_DOUBLE,
	CEL_TOKEN_SIGN, /* "&&", "(", ... */
};

struct cel_token {
	enum cel_token_kind kind;
	struct str text;
	int64_t number;
	double real;
};

/* Cuts the next token off *rest. */
struct cel_token cel_next_token(struct arena *arena, struct str *rest);

/* ---- values ---- */

static inline struct cel_value cel_error(struct str text)
{
	return (struct cel_value){.kind = CEL_ERROR, .text = text};
}

#define CEL_FAIL(literal) cel_error(STR(literal))

static inline struct cel_value cel_bool(bool truth)
{
	return (struct cel_value){.kind = CEL_BOOL, .truth = truth};
}

static inline struct cel_value cel_int(int64_t number)
{
	return (struct cel_value){.kind = CEL_INT, .number = number};
}

static inline struct cel_value cel_string(struct str text)
{
	return (struct cel_value){.kind = CEL_STRING, .text = text};
}

/* "no such overload", CEL's name of a type error. */
struct cel_value cel_no_overload(void);

/* A node of the object as a value. */
struct cel_value cel_of_node(const struct node *node);

/* Members of a list, keys of a map. */
size_t cel_count(struct cel_value value);

/* Walks a list's items, or a map's keys. Start with a zeroed walker. */
struct cel_walk {
	bool started;
	const struct node *at;
	size_t index;
};
bool cel_each(struct cel_value of, struct cel_walk *walk, struct cel_value *item);

/* Value of a key; false when there is none. */
bool cel_find(struct cel_value map, struct cel_value key, struct cel_value *found);

/* Equality as CEL has it: int and double compare by value, other types are unequal. */
bool cel_equal(struct cel_value a, struct cel_value b);

/* <0, 0, >0 in *order; false when the two have no order. */
bool cel_order(struct cel_value a, struct cel_value b, int *order);

/* Nodes in a value, itself included: what comparing it costs. */
uint64_t cel_weight(struct cel_value value);

/* A list in the run's arena. */
struct cel_value cel_list_new(struct cel_run *run, const struct cel_items *items);

/* Takes `steps` off the run's budget; false when it is used up. */
static inline bool cel_spend(struct cel_run *run, uint64_t steps)
{
	run->steps -= run->steps < steps ? run->steps : steps;
	return run->steps > 0;
}

/* Code points of a text / the byte at which code point `index` begins (SIZE_MAX past the end). */
int64_t cel_length(struct str text);
size_t cel_offset(struct str text, int64_t index);

#endif
