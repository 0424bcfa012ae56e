/* plan_case.h - what tests of the planner share: a model is made, planned, and every object that comes out is checked:
 * its limits, its parents, its grants, its place among the others.
 */
#ifndef TESTS_PLAN_CASE_H
#define TESTS_PLAN_CASE_H

#include "test.h"

#include "base/buf.h"
#include "gateway/plan.h"

/* Of the test that runs: the model, how it is planned, what was written and said. */
extern struct arena arena;
extern struct model model;
extern struct plan_options options;
extern struct buf output;
extern struct findings findings;

/* Trees of routes that were built apart from the planner, and by it. */
extern unsigned built_apart, built_here;

int setup(void **state);
int teardown(void **state);

/* ---- planning ---- */

/* Plans the model anew; `output` gets the objects as YAML. */
void run(void);

/* Whether the text stands in `output`. */
bool wrote(const char *text);

#define assert_wrote(text)                                                                         \
	do {                                                                                       \
		if (!wrote(text))                                                                  \
			fail_msg("'%s' is not in:\n%.*s", (text), STR_ARG(buf_slice(&output)));    \
	} while (0)
#define assert_not_wrote(text)                                                                     \
	do {                                                                                       \
		if (wrote(text))                                                                   \
			fail_msg("'%s' is in:\n%.*s", (text), STR_ARG(buf_slice(&output)));        \
	} while (0)

/* How many objects of this kind were written. */
unsigned written(const char *kind);

/* How many findings have this code. */
size_t raised(const char *code);

/* ---- making models ---- */

struct ledger_item *item(enum item_kind kind);
struct kube_meta *ingress(const char *namespace, const char *name);

/* Gives the object an annotation, and the ledger its item. */
void annotate(struct kube_meta *meta, const char *key, const char *value);

struct model_host *host(const char *name, unsigned listen);
void certificate(struct model_host *on, const char *namespace, const char *secret);
void owned(struct model_host *on, const struct kube_meta *owner);

/* A host on both ports, with the Secret "tls" of the namespace. */
struct model_host *tls_host(const char *name, const char *namespace);

struct model_backend backend(const char *namespace, const char *name);
void add_backend(struct model_rule *rule, struct model_backend added);

/* A rule of Ingress NAMESPACE/shop with one backend. */
struct model_rule *rule(struct model_host *on, const char *namespace, enum path_kind kind,
			const char *path);

/* A rule for "/" that redirects to HTTPS. */
struct model_rule *redirect(struct model_host *on, const char *namespace);

/* Marks the items of backends that were replaced by a redirect or so. */
void close_items(void);

#endif
