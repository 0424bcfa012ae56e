/* convert.h - one conversion run, from sources to written objects.
 *
 * Used by the command line and by the C API (ingress2gw/ingress2gw.h).
 */
#ifndef CONVERTERS_CONVERT_H
#define CONVERTERS_CONVERT_H

#include "base/buf.h"
#include "converters/emitter.h"
#include "converters/provider.h"
#include "gateway/plan.h"

enum output_format {
	OUTPUT_YAML,
	OUTPUT_JSON,
	OUTPUT_NAME,
	OUTPUT_NONE, /* the findings are all that is wanted */
};

struct convert_options {
	struct kube_load_options load;
	const struct provider *provider; /* NULL: detect per Ingress */
	struct str *classes;             /* --ingress-class; only these */
	size_t class_count;
	const struct emitter *emitter; /* NULL: standard */
	struct plan_options plan;      /* dialect and class come from the emitter */
	struct str controller_config; /* "[NS/]NAME" of the controller's ConfigMap; empty: detect */
	struct str default_certificate; /* "NS/NAME" */
	bool allow_unguarded;
	enum output_format format;
};

/* One written object, as text. */
struct convert_object {
	const char *kind;
	struct str namespace, name;
	enum role role;
	size_t offset, length; /* in the output buffer, without document separator */
};

struct convert_result {
	struct arena arena;
	struct kube_set set;
	struct model model;
	struct findings findings;
	struct buf output; /* all objects, in order, separators included */
	struct convert_object *objects;
	size_t object_count;
	size_t ingress_count;           /* Ingresses converted */
	size_t held_count;              /* rules held back for a guard */
	const char *provider_names[16]; /* providers that had Ingresses, NULL-ended */
};

/* Runs. False when an input could not be read (the rest is converted all the same). The result must
 * be finished in either case. */
bool convert_run(struct convert_result *result, const struct sources *sources,
		 const struct convert_options *options, struct error *error);
void convert_finish(struct convert_result *result);

#endif
