/* controllers.h - who serves which Ingress today, and the Gateway that takes its place.
 *
 * A controller has an address of its own, public or internal, and what it serves must not be reachable
 * at the address of another one. So each gets a Gateway of its own, unless --gateway joins them.
 *
 * Which Ingresses one process serves is not in the input; what is there tells:
 *
 *   - ingress-nginx takes every IngressClass whose spec.controller is its --controller-class, so classes
 *     with one string are one controller. Installs with the same string all serve the same Ingresses,
 *     unless --watch-namespace divides them.
 *   - By annotation a process takes one class only (--ingress-class). Two classes that are named by
 *     annotations are two installs, even with one string.
 *   - Other controllers are told which class to take, and share their string among installs (Traefik,
 *     NGINX Inc., Kong): each class is one controller. So is a class that is not in the input.
 *   - Ingresses without a class are of the default class; else of the only controller; else of nobody
 *     that could be named.
 *
 * Where this is a guess, I2G131 says so, and where the guess could open something it is the closed one.
 */
#ifndef CONVERTERS_CONTROLLERS_H
#define CONVERTERS_CONTROLLERS_H

#include "converters/provider.h"
#include "gateway/plan.h"

struct convert_options;
struct convert_result;

/* More than anybody runs in a cluster; Ingresses of classes beyond are not converted. */
enum { CONTROLLERS_MOST = 64 };

/* What a flag says of one class: "CLASS=VALUE". */
struct class_choice {
	struct str class, value;
};

struct class_choices {
	struct class_choice *at;
	size_t count;
};

/* Take the value of a flag, "VALUE" or "CLASS=VALUE", into the options; what is said last counts. VALUE is
 * NS/NAME of a Gateway that exists, a gatewayClassName, or [NS/]NAME of a ConfigMap. False when it is not, or
 * no object can be called so. The options point into the text. */
bool controllers_set_gateway(struct convert_options *options, struct arena *arena, struct str text);
bool controllers_set_class(struct convert_options *options, struct arena *arena, struct str text);
bool controllers_set_config(struct convert_options *options, struct arena *arena, struct str text);

/* Why it is not sure that a controller serves just these classes. */
enum controller_doubt {
	DOUBT_NONE,
	DOUBT_NAMESPACES, /* installs with one string may be divided by namespace */
	DOUBT_ANNOTATIONS, /* installs with one string, which share the Ingresses that use the field */
	DOUBT_CHOICE,      /* flags divide what is one controller by its string */
	DOUBT_CLASSLESS, /* its Ingresses name no class, and there are several controllers */
};

struct controller {
	struct str *classes; /* of its Ingresses, by name; none: they name no class */
	size_t class_count;
	struct str string; /* spec.controller of those classes; empty: not known */
	enum controller_doubt doubt;
	/* One class of each controller that shares the Gateway of --gateway, by name; one when it is a
	 * controller by itself. */
	struct str *joined;
	size_t joined_count;
	struct str config; /* [NS/]NAME of --controller-config, or of the flag --configmap of its
	                      workload; empty: none was named */
	const struct kube_install *install; /* whose flag says so; NULL: none does */
	struct plan_gateway gateway;
	bool guessed;            /* gateway.class is the name of a class of Ingresses */
	struct controller *into; /* private: the one that it shares the Gateway of */
};

/* An Ingress that is converted, and by whom. */
struct convert_ingress {
	const struct kube_ingress *ingress;
	const struct provider *provider;
	uint32_t realm; /* of the model: the place of its controller in the list of them */
};

/* In input order. */
struct claimed {
	struct convert_ingress *at;
	size_t count;
};

struct controllers {
	struct controller **at; /* by the name of the first class */
	size_t count;           /* at least one, if there is an Ingress */
	size_t left_out;        /* classes beyond the most there can be */
};

/* The name of its first class; empty when there is none. */
struct str controller_class(const struct controller *controller);

/* "class 'nginx' and 1 more (k8s.io/ingress-nginx)". */
struct str controller_words(const struct controller *controller, struct arena *arena);

/* Divides Ingresses whose providers are known: sets `realm` of each to the place of its controller in the
 * list, or to CONTROLLERS_MOST when it is left out. The list lives in the arena and points into set and
 * options. */
void controllers_find(struct controllers *controllers, struct arena *arena,
		      const struct kube_set *set, const struct claimed *claimed,
		      const struct convert_options *options);

/* Says what was decided: I2G108 classes of flags that no Ingress has, I2G128 controllers that share a
 * Gateway, I2G130 controllers that get one each, I2G131 what is not sure, I2G603 guessed classes. */
void controllers_tell(struct convert_result *result, const struct convert_options *options);

#endif
