#include "converters/controllers.h"

#include <stdlib.h>

#include "converters/convert.h"
#include "converters/detect.h"
#include "gateway/limits.h"
#include "gateway/name.h"

/* ---- what flags say ---- */

/* `class` is empty for a value alone. */
static bool split(struct str text, struct class_choice *choice)
{
	size_t equals = str_find(text, '=');

	*choice = (struct class_choice){.value = text};
	if (equals == SIZE_MAX)
		return text.len > 0;
	choice->class = str_sub(text, 0, equals);
	choice->value = str_from_pos(text, equals + 1);
	return choice->class.len && choice->value.len;
}

bool controllers_set_gateway(struct convert_options *options, struct arena *arena, struct str text)
{
	struct plan_options plan = options->plan;
	struct class_choice choice;
	size_t slash;

	if (!split(text, &choice))
		return false;
	slash = str_find(choice.value, '/');
	if (slash == SIZE_MAX || slash == 0 || slash + 1 == choice.value.len)
		return false;
	plan.gateway_exists = true;
	plan.gateway_namespace = str_sub(choice.value, 0, slash);
	plan.gateway_name = str_from_pos(choice.value, slash + 1);
	if (!plan_names_are_legal(&plan, NULL))
		return false;
	if (choice.class.len)
		ARENA_PUSH(arena, options->gateways.at, options->gateways.count, choice);
	else
		options->plan = plan;
	return true;
}

bool controllers_set_class(struct convert_options *options, struct arena *arena, struct str text)
{
	struct plan_options plan = options->plan;
	struct class_choice choice;

	if (!split(text, &choice))
		return false;
	plan.gateway_class = choice.value;
	if (!plan_names_are_legal(&plan, NULL))
		return false;
	if (choice.class.len)
		ARENA_PUSH(arena, options->gateway_classes.at, options->gateway_classes.count,
			   choice);
	else
		options->plan = plan;
	return true;
}

bool controllers_set_config(struct convert_options *options, struct arena *arena, struct str text)
{
	struct class_choice choice;

	if (!split(text, &choice))
		return false;
	if (choice.class.len)
		ARENA_PUSH(arena, options->configs.at, options->configs.count, choice);
	else
		options->controller_config = choice.value;
	return true;
}

/* What was said last of a class; empty: nothing. */
static struct str choice_of(const struct class_choices *choices, struct str class)
{
	for (size_t i = choices->count; i > 0; i--)
		if (str_eq(choices->at[i - 1].class, class))
			return choices->at[i - 1].value;
	return (struct str){0};
}

struct str controller_class(const struct controller *controller)
{
	return controller->class_count ? controller->classes[0] : (struct str){0};
}

/* ---- classes ---- */

/* A class that Ingresses name. */
struct class
{
	struct str name, string; /* string: when it tells who serves the class */
	bool annotated;          /* some Ingress names it by annotation */
	struct controller *controller;
};

struct search {
	struct controllers *found;
	const struct kube_set *set;
	const struct claimed *claimed;
	const struct convert_options *options;
	struct arena *arena;
	struct map by_name; /* -> struct class */
	struct class **list;
	size_t count;
	struct map families; /* by string -> struct family */
	struct class *last;
	const struct kube_class *default_class; /* NULL: none is marked so */
	struct controller *classless;           /* NULL: every Ingress names a class */
	bool some_classless;
};

static struct class *class_at(struct search *search, const struct convert_ingress *ingress,
			      struct str name)
{
	struct class **place = (struct class **)map_at(&search->by_name, name);
	const struct kube_class *known;

	if (*place)
		return *place;
	*place = arena_new(search->arena, struct class);
	(*place)->name = name;
	known = kube_class(search->set, name);
	if (known && ingress->provider->by_controller)
		(*place)->string = known->controller;
	ARENA_PUSH(search->arena, search->list, search->count, *place);
	return *place;
}

/* Neighbours are mostly of one class. */
static struct class *class_of(struct search *search, const struct convert_ingress *ingress)
{
	struct str name = detect_class(ingress->ingress);

	/* The default class is what the API server writes into an Ingress without one. */
	if (!name.len && search->default_class)
		name = search->default_class->meta.name;
	if (!name.len)
		return NULL;
	if (!search->last || !str_eq(search->last->name, name))
		search->last = class_at(search, ingress, name);
	return search->last;
}

static int compare_classes(const void *a, const void *b)
{
	return str_cmp((*(struct class *const *)a)->name, (*(struct class *const *)b)->name);
}

static void collect(struct search *search)
{
	for (size_t i = 0; i < search->claimed->count; i++) {
		const struct convert_ingress *ingress = &search->claimed->at[i];
		struct class *class = class_of(search, ingress);

		if (!class)
			search->some_classless = true;
		else if (detect_is_annotated(ingress->ingress))
			class->annotated = true;
	}
	if (search->count)
		qsort(search->list, search->count, sizeof *search->list, compare_classes);
}

/* ---- controllers ---- */

static struct controller *controller_new(struct search *search)
{
	struct controllers *controllers = search->found;
	struct controller *controller = arena_new(search->arena, struct controller);

	ARENA_PUSH(search->arena, controllers->at, controllers->count, controller);
	return controller;
}

static void add_class(struct search *search, struct controller *controller, struct class *class)
{
	class->controller = controller;
	if (!controller->class_count) {
		controller->string = class->string;
		ARENA_PUSH(search->arena, controller->joined, controller->joined_count,
			   class->name);
	}
	ARENA_PUSH(search->arena, controller->classes, controller->class_count, class->name);
}

static bool is_chosen(const struct search *search, struct str name)
{
	return choice_of(&search->options->gateways, name).len ||
	       choice_of(&search->options->gateway_classes, name).len ||
	       choice_of(&search->options->configs, name).len;
}

/* Classes with one string. */
struct family {
	size_t count, annotated, chosen; /* chosen: named by flags */
	struct controller *controller;
};

static struct family *family_of(struct search *search, const struct class *class)
{
	struct family **place = (struct family **)map_at(&search->families, class->string);

	if (!*place)
		*place = arena_new(search->arena, struct family);
	return *place;
}

static void survey(struct search *search)
{
	for (size_t i = 0; i < search->count; i++) {
		const struct class *class = search->list[i];
		struct family *family;

		if (!class->string.len)
			continue;
		family = family_of(search, class);
		family->count++;
		family->annotated += class->annotated;
		family->chosen += is_chosen(search, class->name);
	}
}

static enum controller_doubt doubt_of(const struct family *family)
{
	if (family->annotated > 1)
		return DOUBT_ANNOTATIONS;
	if (family->chosen > 1)
		return DOUBT_CHOICE;
	return family->count > 1 ? DOUBT_NAMESPACES : DOUBT_NONE;
}

static struct controller *controller_for(struct search *search, const struct class *class)
{
	struct family *family = class->string.len ? family_of(search, class) : NULL;
	enum controller_doubt doubt = family ? doubt_of(family) : DOUBT_NONE;

	if (!family || !family->controller || doubt == DOUBT_ANNOTATIONS || doubt == DOUBT_CHOICE) {
		struct controller *controller = controller_new(search);

		controller->doubt = doubt;
		if (!family)
			return controller;
		family->controller = controller;
	}
	return family->controller;
}

static void group(struct search *search)
{
	survey(search);
	for (size_t i = 0; i < search->count; i++)
		add_class(search, controller_for(search, search->list[i]), search->list[i]);
}

/* There is no default class either. */
static void place_classless(struct search *search)
{
	struct controllers *controllers = search->found;

	if (!search->some_classless)
		return;
	if (controllers->count == 1) {
		search->classless = controllers->at[0];
	} else {
		search->classless = controller_new(search);
		search->classless->doubt = controllers->count > 1 ? DOUBT_CLASSLESS : DOUBT_NONE;
	}
}

/* ---- the Gateway of each ---- */

static struct str choice_for(const struct controller *controller,
			     const struct class_choices *choices)
{
	struct str value = {0};

	for (size_t i = 0; i < controller->class_count && !value.len; i++)
		value = choice_of(choices, controller->classes[i]);
	return value;
}

/* Whether the workload may be that of the controller: by the string of its classes, which is that of
 * ingress-nginx when nothing else is said, else by the class of its Ingresses. */
static bool may_run(const struct kube_install *install, const struct controller *controller)
{
	struct str string = install->string.len ? install->string : STR("k8s.io/ingress-nginx");
	struct str class = install->class.len ? install->class : STR("nginx");

	if (controller->string.len)
		return str_eq(controller->string, string);
	for (size_t i = 0; i < controller->class_count; i++)
		if (str_eq(controller->classes[i], class))
			return true;
	return !controller->class_count;
}

/* The ConfigMap that the flags of a workload in the input name; not when two name different ones. */
static void find_install(const struct search *search, struct controller *controller)
{
	const struct kube_install *found = NULL;

	for (const struct kube_install *install = search->set->installs; install;
	     install = install->next) {
		if (!may_run(install, controller))
			continue;
		if (found && !str_eq(found->config, install->config))
			return;
		found = install;
	}
	controller->install = found;
	if (found)
		controller->config = found->config;
}

static void choose_home(const struct search *search, struct controller *controller)
{
	const struct plan_options *plan = &search->options->plan;
	struct plan_gateway *gateway = &controller->gateway;
	struct str existing = choice_for(controller, &search->options->gateways);
	size_t slash = str_find(existing, '/');

	controller->config = choice_for(controller, &search->options->configs);
	if (!controller->config.len)
		controller->config = search->options->controller_config;
	if (!controller->config.len)
		find_install(search, controller);
	gateway->exists = existing.len || plan->gateway_exists;
	gateway->namespace = existing.len ? str_sub(existing, 0, slash) : plan->gateway_namespace;
	gateway->name = existing.len ? str_from_pos(existing, slash + 1) : plan->gateway_name;
}

/* Without a target nobody knows the GatewayClass; the class of the Ingresses is the best guess,
 * because people often name the new one alike. A class the user names is somebody else's object. */
static void choose_class(const struct search *search, struct controller *controller)
{
	const struct plan_options *plan = &search->options->plan;
	const struct emitter *emitter = search->options->emitter;
	struct plan_gateway *gateway = &controller->gateway;
	struct str name = controller_class(controller);

	gateway->class = choice_for(controller, &search->options->gateway_classes);
	if (!gateway->class.len)
		gateway->class = plan->gateway_class;
	if (!gateway->class.len && emitter && emitter->gateway_class) {
		gateway->class = str_from(emitter->gateway_class);
		gateway->controller_name = emitter->controller_name;
	}
	if (gateway->class.len || gateway->exists)
		return;
	controller->guessed = true;
	gateway->class = name_join(search->arena, GATEWAY_NAME, name.len ? name : STR("gateway"),
				   STR(""), STR(""));
}

static int compare_names(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static void join(struct search *search, struct controller *into, struct controller *from)
{
	for (size_t i = 0; i < from->class_count; i++)
		ARENA_PUSH(search->arena, into->classes, into->class_count, from->classes[i]);
	for (size_t i = 0; i < from->joined_count; i++)
		ARENA_PUSH(search->arena, into->joined, into->joined_count, from->joined[i]);
	if (!str_eq(into->string, from->string))
		into->string = (struct str){0};
	from->into = into;
}

static void sort_names(struct controller *controller)
{
	if (controller->class_count)
		qsort(controller->classes, controller->class_count, sizeof *controller->classes,
		      compare_names);
	if (controller->joined_count)
		qsort(controller->joined, controller->joined_count, sizeof *controller->joined,
		      compare_names);
}

/* Whom the Gateway was given to; NULL for one that is made, which is nobody else's. */
static struct controller **taker_of(struct search *search, struct map *takers,
				    const struct plan_gateway *gateway)
{
	if (!gateway->exists)
		return NULL;
	return (struct controller **)map_at(
		takers, STR_JOIN(search->arena, gateway->namespace, STR("/"), gateway->name));
}

/* Those that --gateway sends to one Gateway. */
static void join_all(struct search *search)
{
	struct controllers *controllers = search->found;
	struct map takers;
	size_t kept = 0;

	map_init(&takers, search->arena);
	for (size_t i = 0; i < controllers->count; i++) {
		struct controller *controller = controllers->at[i];
		struct controller **taker = taker_of(search, &takers, &controller->gateway);

		if (taker && *taker) {
			join(search, *taker, controller);
			continue;
		}
		if (taker)
			*taker = controller;
		controllers->at[kept++] = controller;
	}
	controllers->count = kept;
	for (size_t i = 0; i < kept; i++)
		sort_names(controllers->at[i]);
}

static int compare_controllers(const void *a, const void *b)
{
	return str_cmp(controller_class(*(struct controller *const *)a),
		       controller_class(*(struct controller *const *)b));
}

/* One Gateway is named after its GatewayClass; several are told apart by the classes of Ingresses, as
 * ingress2gateway names them. */
static void name_gateways(struct search *search)
{
	const struct controllers *controllers = search->found;
	struct names names;

	names_init(&names, search->arena);
	for (size_t i = 0; i < controllers->count; i++) {
		struct plan_gateway *gateway = &controllers->at[i]->gateway;
		struct str class = controller_class(controllers->at[i]);

		if (gateway->exists)
			gateway->sets = STR_JOIN(search->arena, gateway->namespace, STR("/"),
						 gateway->name);
		else
			gateway->name =
				name_join(search->arena, GATEWAY_NAME,
					  class.len ? class : STR("gateway"), STR(""), STR(""));
		names_wish(&names, gateway->name, gateway->exists ? gateway->sets : class);
	}
	for (size_t i = 0; i < controllers->count; i++) {
		struct plan_gateway *gateway = &controllers->at[i]->gateway;
		struct str *name = gateway->exists ? &gateway->sets : &gateway->name;

		*name = names_get(&names, GATEWAY_NAME, gateway->name,
				  gateway->exists ? gateway->sets
						  : controller_class(controllers->at[i]));
	}
}

static void choose_gateways(struct search *search)
{
	struct controllers *controllers = search->found;

	for (size_t i = 0; i < controllers->count; i++) {
		choose_home(search, controllers->at[i]);
		choose_class(search, controllers->at[i]);
	}
	join_all(search);
	if (controllers->count > 1) {
		qsort(controllers->at, controllers->count, sizeof *controllers->at,
		      compare_controllers);
		name_gateways(search);
	}
	if (controllers->count > CONTROLLERS_MOST) {
		controllers->left_out = controllers->count - CONTROLLERS_MOST;
		controllers->count = CONTROLLERS_MOST;
	}
}

/* ---- the result ---- */

static uint32_t place_of(const struct controllers *controllers, const struct controller *controller)
{
	uint32_t i = 0;

	while (i < controllers->count && controllers->at[i] != controller)
		i++;
	return i;
}

static void assign(struct search *search)
{
	const struct controller *last = NULL;
	uint32_t realm = 0;

	for (size_t i = 0; i < search->claimed->count; i++) {
		struct convert_ingress *ingress = &search->claimed->at[i];
		const struct class *class = class_of(search, ingress);
		const struct controller *of = class ? class->controller : search->classless;

		if (of != last)
			realm = place_of(search->found, of->into ? of->into : of);
		last = of;
		ingress->realm = realm;
	}
}

void controllers_find(struct controllers *controllers, struct arena *arena,
		      const struct kube_set *set, const struct claimed *claimed,
		      const struct convert_options *options)
{
	struct search search = {.found = controllers,
				.set = set,
				.claimed = claimed,
				.options = options,
				.arena = arena,
				.default_class = detect_default_class(set)};

	*controllers = (struct controllers){0};
	map_init(&search.by_name, arena);
	map_init(&search.families, arena);
	collect(&search);
	group(&search);
	place_classless(&search);
	choose_gateways(&search);
	if (controllers->count > 1 || controllers->left_out)
		assign(&search);
}
