/* finding.h - the first kind of bad: something about the user's YAML, or a gap in the target.
 *
 * Findings are data. They are appended to the run and never stop it. What a code means (severity,
 * title, text, fix) stands in one row of the rule table, check/rules.h; here a finding only names
 * its code. Identity is code + object + field path, never the line, so that baselines survive moved
 * lines.
 */
#ifndef BASE_FINDING_H
#define BASE_FINDING_H

#include "base/source.h"
#include "base/str.h"

struct arena;

/* The object a finding is about; all empty when it is about a file or the run. */
struct object_ref {
	struct str kind, namespace, name;
};

/* Where a finding is about less than its place. Empty: it is not. */
struct finding_scope {
	struct str part;    /* one rule or path of the object: "spec.rules[0].http.paths[1]" */
	struct str host;    /* requests for this host, "*.x" for those it takes, "*" for any name;
	                       of whichever object they are */
	struct str backend; /* a Service of the object's namespace */
	struct str below;   /* request paths that begin so */
	struct str value;   /* of a guard: when it changes, it is another finding */
	uint64_t realms; /* about the run as far as these realms of the model go: bit by number */
	struct finding_scope *also; /* the same of another part; all but `part` is as here */
};

struct finding {
	const char *code;            /* "I2G103": a row of the rule table */
	struct object_ref object;    /* whose file this stands in */
	struct str path;             /* field path: "spec.rules[0].http.paths[1].path" */
	struct span span;            /* where; line 0 when there is no place */
	struct str message;          /* what, in one sentence, lower case, no full stop */
	struct str hint;             /* how to fix it; may be empty */
	struct finding_scope *scope; /* NULL: it is about all of its place */
	bool in_block; /* the column counts from the first sign of its line, in a "|" block whose
	                  indentation the finder did not know; findings_place() makes it a column */
};

/* The scope to read, all empty when there is none / a copy of one in an arena. */
const struct finding_scope *finding_scope(const struct finding *finding);
struct finding_scope *finding_scope_new(struct arena *arena, struct finding_scope scope);

/* An append-only list. One per worker while reading; appended in input order afterwards. */
struct findings {
	struct arena *arena; /* owns the list; texts are owned by whoever made them */
	struct finding *at;
	size_t count;
};

void findings_init(struct findings *findings, struct arena *arena);
void findings_add(struct findings *findings, struct finding finding);

/* Puts findings in blocks at the columns of their lines, which are read from the sources. Sorted
 * findings cost one pass over a source. */
void findings_place(struct findings *findings, const struct sources *sources);

/* Moves all of `more` behind the findings already there (both arenas must outlive the list). */
void findings_append(struct findings *findings, const struct findings *more);

#endif
