/* cel.h - the part of the Common Expression Language that CRDs use in x-kubernetes-validations.
 *
 * Types: null, bool, int, double, string, duration, list, map, URL. Macros has, all, exists, exists_one,
 * filter, map. The functions are the rows of cel_functions[]. What is not there is a problem that the
 * program names; it is never taken for true. Depth, size and the number of steps are bounded.
 *
 * Differences from cel-go that no rule in use can see: there is no static type check, so a type error
 * shows when it is reached; lists of type set compare in order.
 */
#ifndef SCHEMA_CEL_H
#define SCHEMA_CEL_H

#include "base/arena.h"
#include "schema/pattern.h"
#include "yaml/node.h"

enum cel_kind {
	CEL_ERROR, /* text: "no such key: x" */
	CEL_NULL,
	CEL_BOOL,
	CEL_INT,
	CEL_DOUBLE,
	CEL_STRING,
	CEL_DURATION, /* number: nanoseconds */
	CEL_LIST,
	CEL_MAP,
	CEL_URL, /* text: a URL that was checked */
};

struct cel_items;

struct cel_value {
	enum cel_kind kind;
	union {
		bool truth;
		int64_t number;
		double real;
		struct str text;
		const struct node *node;       /* a list or map of the object; NULL when made: */
		const struct cel_items *items; /* a list, or keys and values of a map in turns */
	};
	bool made; /* a list or map that the expression made: `items` */
};

struct cel_items {
	struct cel_value *at;
	size_t count;
};

/* One evaluation. */
struct cel_run {
	struct arena *arena; /* scratch of values; the caller rewinds it */
	struct patterns *patterns;
	uint64_t steps;          /* that may still be made; 0: the cost limit was reached */
	struct cel_value *slots; /* private: variables */
};

struct cel_node;

/* A compiled expression. */
struct cel_program {
	struct str
		problem; /* why it cannot be run: "function 'foo()' is not known"; empty: it can */
	bool old_self;   /* a transition rule: looks at the object before an update */
	const struct cel_node *root;
};

/* Bounds of an expression and of one run of it; the API server's limit of one call is 1,000,000. */
enum { CEL_TEXT_MOST = 64 * 1024, CEL_DEPTH_MOST = 250, CEL_STEPS_MOST = 1000000 };

/* Never NULL; texts are copied. Variables: self, oldSelf. */
const struct cel_program *cel_compile(struct arena *arena, struct patterns *patterns,
				      struct str text);

/* Evaluates with `self` bound to a node. */
struct cel_value cel_evaluate(const struct cel_program *program, const struct node *self,
			      struct cel_run *run);

#endif
