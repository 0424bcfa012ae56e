/* convert.h - one conversion run, from sources to written objects.
 *
 * Used by the command line and by the C API (ingress2gw/ingress2gw.h).
 */
#ifndef CONVERTERS_CONVERT_H
#define CONVERTERS_CONVERT_H

#include "converters/controllers.h"
#include "converters/emitter.h"
#include "converters/provider.h"
#include "gateway/plan.h"

enum output_format {
	OUTPUT_YAML,
	OUTPUT_JSON,
	OUTPUT_NAME,
	OUTPUT_NONE, /* the findings are all that is wanted; no sink is needed */
};

struct convert_options {
	struct kube_load_options load;
	const struct provider *provider; /* NULL: detect per Ingress */
	struct str *classes;             /* --ingress-class; only these */
	size_t class_count;
	const struct emitter *emitter; /* NULL: standard */
	struct plan_options plan;      /* dialect and class come from the emitter */
	/* What is said of single classes; `plan` is for those that are not named here. */
	struct class_choices gateways;        /* "NS/NAME" of one that exists */
	struct class_choices gateway_classes; /* its gatewayClassName */
	struct class_choices configs;         /* "[NS/]NAME" of its controller's ConfigMap */
	struct str controller_config; /* "[NS/]NAME" of the controller's ConfigMap; empty: detect */
	struct str default_certificate; /* "NS/NAME" */
	bool allow_unguarded;
	enum output_format format;
};

/* A written object; its text stands beside it. */
struct convert_object {
	const char *kind;
	struct str namespace, name; /* live as long as the result */
	enum role role;
};

/* Takes what is written, piece by piece in its order. Everything was read and planned before the first
 * piece, and an object comes as a whole. All pieces together are the output: those without an object
 * separate the others, or close a JSON List. Called on the thread of convert_run(). */
struct convert_sink {
	void *user;
	void (*write)(void *user, const struct convert_object *object, struct str text);
};

/* Objects of a kind; kinds stand in the order in which they are written. */
struct convert_count {
	const char *kind;
	size_t count;
};

struct convert_result {
	struct arena objects; /* of the set */
	struct arena arena;   /* of everything else */
	struct kube_set set;
	struct model model;
	struct findings findings;
	struct convert_count *kinds;
	size_t kind_count;
	size_t object_count;               /* of all kinds */
	struct convert_ingress *ingresses; /* those that were converted, in input order */
	size_t ingress_count;
	struct convert_ingress *ignored; /* those that their controller ignores as a whole */
	size_t ignored_count;
	struct controllers controllers;
	size_t held_count;              /* rules held back for a guard */
	const char *provider_names[16]; /* titles of providers that had Ingresses, NULL-ended */
};

/* Runs. False when an input could not be read (the rest is converted all the same), or when an object
 * was not written because it is not legal (legal.h). The result must be finished in any case. */
bool convert_run(struct convert_result *result, const struct sources *sources,
		 const struct convert_options *options, const struct convert_sink *sink,
		 struct error *error);
void convert_finish(struct convert_result *result);

/* Gives back everything but the set, which is what those who serve the routes look at. */
void convert_forget(struct convert_result *result);

#endif
