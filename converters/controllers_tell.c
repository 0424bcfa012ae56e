/* What is said of controllers and their Gateways. */
#include "converters/controllers.h"

#include "converters/convert.h"

enum { NAMES_MOST = 8 };

struct telling {
	const struct controllers *controllers;
	const struct convert_options *options;
	struct findings *findings;
	struct arena *arena;
};

static void say(const struct telling *telling, const char *code, struct str message,
		struct str hint)
{
	findings_add(telling->findings,
		     (struct finding){.code = code, .message = message, .hint = hint});
}

/* "'a', 'b'". */
static struct str list_names(struct arena *arena, const struct str *names, size_t count)
{
	struct str words = {0};

	for (size_t i = 0; i < count && i < NAMES_MOST; i++)
		words = str_format(arena, "%.*s%s'%.*s'", STR_ARG(words), i ? ", " : "",
				   STR_ARG(names[i]));
	return count > NAMES_MOST ? str_format(arena, "%.*s, ...", STR_ARG(words)) : words;
}

struct str controller_words(const struct controller *controller, struct arena *arena)
{
	struct str words = STR("no class");

	if (controller->class_count)
		words = str_format(arena, "class '%.*s'", STR_ARG(controller->classes[0]));
	if (controller->class_count > 1)
		words = str_format(arena, "%.*s and %zu more", STR_ARG(words),
				   controller->class_count - 1);
	if (controller->string.len)
		words = str_format(arena, "%.*s (%.*s)", STR_ARG(words),
				   STR_ARG(controller->string));
	return words;
}

/* ---- flags ---- */

static bool has_class(const struct controllers *controllers, struct str class)
{
	for (size_t i = 0; i < controllers->count; i++)
		for (size_t c = 0; c < controllers->at[i]->class_count; c++)
			if (str_eq(controllers->at[i]->classes[c], class))
				return true;
	return false;
}

/* Whether --ingress-class lets Ingresses of the class in. */
static bool is_selected(const struct convert_options *options, struct str class)
{
	bool selected = !options->class_count;

	for (size_t i = 0; i < options->class_count && !selected; i++)
		selected = str_eq(options->classes[i], class);
	return selected;
}

/* A name that was misspelt sends the routes elsewhere. */
static void tell_unused(const struct telling *telling, const struct class_choices *choices,
			const char *flag)
{
	for (size_t i = 0; i < choices->count; i++) {
		struct str class = choices->at[i].class;

		if (is_selected(telling->options, class) && !has_class(telling->controllers, class))
			say(telling, "I2G108",
			    str_format(telling->arena,
				       "no Ingress is of the class '%.*s', which --%s names",
				       STR_ARG(class), flag),
			    STR("see the classes with ingress2gw audit"));
	}
}

/* ---- who shares what ---- */

static void tell_joined(const struct telling *telling, const struct controller *controller)
{
	if (controller->joined_count < 2)
		return;
	say(telling, "I2G128",
	    str_format(telling->arena,
		       "Ingresses of the classes %.*s share one Gateway: what only one controller "
		       "serves today, an internal one perhaps, is reachable at the address of all",
		       STR_ARG(list_names(telling->arena, controller->joined,
					  controller->joined_count))),
	    str_format(telling->arena,
		       "give each class a Gateway of its own: leave out --gateway, or name one a "
		       "class, --gateway=%.*s=NS/NAME",
		       STR_ARG(controller->joined[0])));
}

/* "default/nginx"; with one for each namespace, what their names begin with. */
static struct str gateway_words(const struct telling *telling, const struct controller *controller)
{
	const struct plan_gateway *gateway = &controller->gateway;
	struct str home = gateway->namespace.len ? gateway->namespace : STR("default");

	if (telling->options->plan.topology == TOPOLOGY_SHARED || gateway->exists)
		return STR_JOIN(telling->arena, home, STR("/"), gateway->name);
	return str_format(telling->arena, "%.*s in each namespace", STR_ARG(gateway->name));
}

static void tell_apart(const struct telling *telling)
{
	const struct controllers *controllers = telling->controllers;
	struct str words = {0};

	if (controllers->count < 2)
		return;
	for (size_t i = 0; i < controllers->count && i < NAMES_MOST; i++) {
		const struct controller *controller = controllers->at[i];

		words = str_format(telling->arena, "%.*s%s%s%.*s on %.*s", STR_ARG(words),
				   i ? ", " : "",
				   controller->class_count ? "" : "those without class",
				   STR_ARG(list_names(telling->arena, controller->classes,
						      controller->class_count)),
				   STR_ARG(gateway_words(telling, controller)));
	}
	say(telling, "I2G130",
	    str_format(telling->arena,
		       "%zu controllers serve the Ingresses, each at an address of its own, so "
		       "each gets a Gateway: %.*s%s",
		       controllers->count, STR_ARG(words),
		       controllers->count > NAMES_MOST ? ", ..." : ""),
	    STR("the addresses of these Gateways are up to the target; an internal one has to be "
		"asked for"));
}

static void tell_left_out(const struct telling *telling)
{
	if (telling->controllers->left_out)
		say(telling, "I2G128",
		    str_format(telling->arena,
			       "%zu classes are not converted: this program keeps at most %d "
			       "controllers apart in one run",
			       telling->controllers->left_out, CONTROLLERS_MOST),
		    STR("convert them by themselves with --ingress-class"));
}

/* ---- what is not sure ---- */

static void tell_namespaces(const struct telling *telling, const struct controller *controller)
{
	say(telling, "I2G131",
	    str_format(telling->arena,
		       "the classes %.*s have one controller, '%.*s', so they share a Gateway: an "
		       "install with this --controller-class serves them all, unless "
		       "--watch-namespace divides them",
		       STR_ARG(list_names(telling->arena, controller->classes,
					  controller->class_count)),
		       STR_ARG(controller->string)),
	    str_format(telling->arena,
		       "if they have addresses of their own, name a class for each Gateway: "
		       "--gateway-class=%.*s=NAME,%.*s=NAME",
		       STR_ARG(controller->classes[0]), STR_ARG(controller->classes[1])));
}

static void tell_divided(const struct telling *telling, const struct controller *controller)
{
	say(telling, "I2G131",
	    str_format(telling->arena,
		       "the class %.*s gets a Gateway of its own%s, although another class has its "
		       "controller, '%.*s', too: an Ingress that names one of them in "
		       "spec.ingressClassName is served today by every install with this "
		       "--controller-class",
		       STR_ARG(list_names(telling->arena, controller->classes,
					  controller->class_count)),
		       controller->doubt == DOUBT_ANNOTATIONS
			       ? ", since an install takes one class by annotation"
			       : "",
		       STR_ARG(controller->string)),
	    STR("give each install a --controller-class of its own"));
}

static void tell_classless(const struct telling *telling, const struct controller *controller)
{
	say(telling, "I2G131",
	    str_format(telling->arena,
		       "no class is given, and which of several controllers serves such Ingresses "
		       "is not known: they go to a Gateway of their own, '%.*s'",
		       STR_ARG(controller->gateway.name)),
	    STR("name the class in spec.ingressClassName"));
}

static void tell_doubt(const struct telling *telling, const struct controller *controller)
{
	switch (controller->doubt) {
	case DOUBT_NONE:
		break;
	case DOUBT_NAMESPACES:
		tell_namespaces(telling, controller);
		break;
	case DOUBT_ANNOTATIONS:
	case DOUBT_CHOICE:
		tell_divided(telling, controller);
		break;
	case DOUBT_CLASSLESS:
		tell_classless(telling, controller);
		break;
	}
}

static void tell_guess(const struct telling *telling, const struct controller *controller)
{
	if (!controller->guessed)
		return;
	say(telling, "I2G603",
	    str_format(telling->arena,
		       controller->class_count
			       ? "gatewayClassName '%.*s' is a guess from the class of the "
				 "Ingresses"
			       : "no Ingress names a class: the Gateway and its gatewayClassName "
				 "are called '%.*s' for want of a name",
		       STR_ARG(controller->gateway.class)),
	    telling->controllers->count > 1
		    ? STR("choose the target with --emitter, or name the classes with "
			  "--gateway-class=CLASS=NAME")
		    : STR("choose the target with --emitter, or name the class with "
			  "--gateway-class"));
}

void controllers_tell(struct convert_result *result, const struct convert_options *options)
{
	const struct telling telling = {.controllers = &result->controllers,
					.options = options,
					.findings = &result->findings,
					.arena = &result->arena};

	if (!result->ingress_count)
		return;
	tell_unused(&telling, &options->gateways, "gateway");
	tell_unused(&telling, &options->gateway_classes, "gateway-class");
	tell_unused(&telling, &options->configs, "controller-config");
	tell_apart(&telling);
	tell_left_out(&telling);
	for (size_t i = 0; i < result->controllers.count; i++) {
		tell_joined(&telling, result->controllers.at[i]);
		tell_doubt(&telling, result->controllers.at[i]);
		tell_guess(&telling, result->controllers.at[i]);
	}
}
