/* shorten.h - the least that a request must have to show its difference.
 *
 * A request out of a log or a browser has a dozen headers and a query; one of them may matter. For the example of each
 * group, requests with one part less are asked, then one without all parts that did not matter:
 *
 *   shorten_begin(&shorten, run);
 *   ask shorten.probes, judge the answers in a run of their own, shorten_learn(&shorten, &own);
 *   ask shorten.probes again: now one for each group; shorten_end(&shorten, &own) puts it into the groups.
 */
#ifndef COMPARE_SHORTEN_H
#define COMPARE_SHORTEN_H

#include "compare/diff.h"

enum {
	SHORTEN_GROUPS = 16, /* whose examples are tried */
	SHORTEN_PARTS = 40,  /* of one request, that are left out by themselves */
};

struct shorten_try;
struct shorten {
	struct diff_run *run;
	struct probes probes; /* to be asked now; none: there is nothing to shorten */
	struct shorten_try *tries;
	size_t count;
};

/* Examples with more than one header, or with a query, a body or a path of several elements. The run has ended. */
void shorten_begin(struct shorten *shorten, struct diff_run *run);

/* What the first round showed. Fills `probes` anew. */
void shorten_learn(struct shorten *shorten, const struct diff_run *own);

/* What the second one showed: groups whose shorter request still shows the difference get it. */
void shorten_end(struct shorten *shorten, const struct diff_run *own);

void shorten_finish(struct shorten *shorten);

#endif
