/* Who serves which Ingress today, and which Gateway takes its place. */
#include "test.h"

#include <stdio.h>

#include "base/buf.h"
#include "converters/convert.h"

static struct convert_options options;
static struct convert_result result;
static struct sources sources;
static struct arena arena;
static struct buf input;

static int setup(void **state)
{
	(void)state;
	arena_init(&arena);
	buf_init(&input);
	result = (struct convert_result){0};
	sources = (struct sources){0};
	options = (struct convert_options){.load.threads = 1, .format = OUTPUT_NONE};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	convert_finish(&result);
	sources_finish(&sources);
	buf_finish(&input);
	arena_finish(&arena);
	return 0;
}

static void class(const char *name, const char *string)
{
	buf_format(&input,
		   "---\napiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata:\n"
		   "  name: %s\nspec:\n  controller: %s\n",
		   name, string);
}

static void default_class(const char *name, const char *string)
{
	buf_format(&input,
		   "---\napiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata:\n"
		   "  name: %s\n  annotations:\n"
		   "    ingressclass.kubernetes.io/is-default-class: \"true\"\n"
		   "spec:\n  controller: %s\n",
		   name, string);
}

/* `key` is "field", "annotation" or "none". */
static void ingress(const char *name, const char *key, const char *named)
{
	buf_format(&input,
		   "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n"
		   "  name: %s\n  namespace: web\n  annotations:\n"
		   "    nginx.ingress.kubernetes.io/proxy-buffering: \"off\"\n",
		   name);
	if (strcmp(key, "annotation") == 0)
		buf_format(&input, "    kubernetes.io/ingress.class: %s\n", named);
	buf_text(&input, "spec:\n");
	if (strcmp(key, "field") == 0)
		buf_format(&input, "  ingressClassName: %s\n", named);
	buf_format(&input,
		   "  rules:\n  - host: %s.example\n    http:\n      paths:\n      - path: /\n"
		   "        pathType: Prefix\n        backend:\n          service:\n"
		   "            name: %s\n            port:\n              number: 80\n",
		   name, name);
}

static void run(void)
{
	struct error error;

	sources_add(&sources, (struct source){.name = STR("in"), .text = buf_slice(&input)});
	assert_true(convert_run(&result, &sources, &options, NULL, &error));
}

static void choose(bool (*set)(struct convert_options *, struct arena *, struct str),
		   const char *text)
{
	assert_true(set(&options, &arena, str_from(text)));
}

/* The controllers as "a,b>ns/gateway:class", "!" behind one that is there already. */
static void assert_controllers(const char *wanted)
{
	struct buf said;

	buf_init(&said);
	for (size_t i = 0; i < result.controllers.count; i++) {
		const struct controller *one = result.controllers.at[i];

		buf_text(&said, i ? " " : "");
		for (size_t c = 0; c < one->class_count; c++)
			buf_format(&said, "%s%.*s", c ? "," : "", STR_ARG(one->classes[c]));
		buf_format(&said, ">%.*s/%.*s:%.*s%s", STR_ARG(one->gateway.namespace),
			   STR_ARG(one->gateway.name), STR_ARG(one->gateway.class),
			   one->gateway.exists ? "!" : "");
	}
	assert_str(buf_slice(&said), wanted);
	buf_finish(&said);
}

static size_t count(const char *code)
{
	size_t found = 0;

	for (size_t i = 0; i < result.findings.count; i++)
		found += strcmp(result.findings.at[i].code, code) == 0;
	return found;
}

static uint32_t realm_of(const char *name)
{
	for (size_t i = 0; i < result.ingress_count; i++)
		if (str_is(result.ingresses[i].ingress->meta.name, name))
			return result.ingresses[i].realm;
	fail_msg("no Ingress %s", name);
	return 0;
}

static void one_controller_is_no_news(void **state)
{
	(void)state;
	class("nginx", "k8s.io/ingress-nginx");
	ingress("a", "field", "nginx");
	ingress("b", "annotation", "nginx");
	ingress("c", "none", "");
	run();
	assert_controllers("nginx>/:nginx");
	assert_int_equal(count("I2G130") + count("I2G131"), 0);
}

static void strings_tell_controllers_apart(void **state)
{
	(void)state;
	class("nginx", "k8s.io/ingress-nginx");
	class("alias", "k8s.io/ingress-nginx");
	class("inside", "k8s.io/internal-ingress-nginx");
	ingress("a", "field", "nginx");
	ingress("b", "field", "alias");
	ingress("c", "field", "inside");
	run();
	assert_controllers("alias,nginx>/alias:alias inside>/inside:inside");
	assert_int_equal(realm_of("a"), 0);
	assert_int_equal(realm_of("b"), 0);
	assert_int_equal(realm_of("c"), 1);
	assert_int_equal(count("I2G130"), 1);
	assert_int_equal(count("I2G131"), 1); /* alias and nginx may be two installs */
	assert_int_equal(count("I2G128"), 0);
}

/* Without the IngressClass nobody knows the string. */
static void classes_that_are_not_there_are_apart(void **state)
{
	(void)state;
	ingress("a", "field", "nginx");
	ingress("b", "field", "nginx-internal");
	run();
	assert_controllers("nginx>/nginx:nginx nginx-internal>/nginx-internal:nginx-internal");
}

/* Traefik, NGINX Inc and Kong are told which class to take; all of their installs have one string. */
static void other_controllers_go_by_class(void **state)
{
	(void)state;
	class("a", "traefik.io/ingress-controller");
	class("b", "traefik.io/ingress-controller");
	ingress("x", "field", "a");
	ingress("y", "field", "b");
	run();
	assert_int_equal(result.controllers.count, 2);
	assert_int_equal(count("I2G131"), 0);
}

/* An install takes one class by annotation. */
static void annotations_tell_installs_apart(void **state)
{
	(void)state;
	class("a", "k8s.io/ingress-nginx");
	class("b", "k8s.io/ingress-nginx");
	ingress("x", "annotation", "a");
	ingress("y", "annotation", "b");
	run();
	assert_int_equal(result.controllers.count, 2);
	assert_int_equal(count("I2G131"), 2);
}

static void one_annotation_does_not(void **state)
{
	(void)state;
	class("a", "k8s.io/ingress-nginx");
	class("b", "k8s.io/ingress-nginx");
	ingress("x", "annotation", "a");
	ingress("y", "field", "b");
	run();
	assert_int_equal(result.controllers.count, 1);
}

static void the_default_class_takes_the_classless(void **state)
{
	(void)state;
	default_class("inside", "k8s.io/internal-ingress-nginx");
	class("nginx", "k8s.io/ingress-nginx");
	ingress("a", "field", "inside");
	ingress("b", "field", "nginx");
	ingress("c", "none", "");
	run();
	assert_int_equal(result.controllers.count, 2);
	assert_int_equal(realm_of("c"), realm_of("a"));
}

static void nobody_takes_the_classless(void **state)
{
	(void)state;
	class("inside", "k8s.io/internal-ingress-nginx");
	class("nginx", "k8s.io/ingress-nginx");
	ingress("a", "field", "inside");
	ingress("b", "field", "nginx");
	ingress("c", "none", "");
	run();
	assert_controllers(">/gateway:gateway inside>/inside:inside nginx>/nginx:nginx");
	assert_int_equal(realm_of("c"), 0);
	assert_int_equal(count("I2G131"), 1);
}

static void flags_name_gateways(void **state)
{
	(void)state;
	choose(controllers_set_gateway, "nginx=public/edge");
	choose(controllers_set_class, "inside=internal");
	options.plan.gateway_namespace = STR("infra");
	ingress("a", "field", "nginx");
	ingress("b", "field", "inside");
	run();
	assert_controllers("inside>infra/inside:internal nginx>public/edge:!");
	assert_int_equal(count("I2G603"), 0);
}

static void what_is_said_last_counts(void **state)
{
	(void)state;
	choose(controllers_set_class, "one");
	choose(controllers_set_class, "inside=two");
	choose(controllers_set_class, "three");
	choose(controllers_set_class, "inside=four");
	ingress("a", "field", "nginx");
	ingress("b", "field", "inside");
	run();
	assert_controllers("inside>/inside:four nginx>/nginx:three");
}

static void one_gateway_for_all_is_an_error(void **state)
{
	(void)state;
	choose(controllers_set_gateway, "infra/edge");
	ingress("a", "field", "nginx");
	ingress("b", "field", "inside");
	ingress("c", "none", "");
	run();
	assert_controllers("inside,nginx>infra/edge:!");
	assert_int_equal(count("I2G128"), 1);
	assert_int_equal(count("I2G130"), 0);
}

static void pairs_may_name_one_gateway(void **state)
{
	(void)state;
	choose(controllers_set_gateway, "nginx=infra/edge");
	choose(controllers_set_gateway, "inside=infra/edge");
	ingress("a", "field", "nginx");
	ingress("b", "field", "inside");
	ingress("c", "field", "third");
	run();
	assert_controllers("inside,nginx>infra/edge:! third>/third:third");
	assert_int_equal(count("I2G128"), 1);
	assert_int_equal(count("I2G130"), 1);
}

/* A user who names both knows better than their string. */
static void flags_divide_a_string(void **state)
{
	(void)state;
	choose(controllers_set_class, "a=x");
	choose(controllers_set_class, "b=x");
	class("a", "k8s.io/ingress-nginx");
	class("b", "k8s.io/ingress-nginx");
	ingress("p", "field", "a");
	ingress("q", "field", "b");
	run();
	assert_controllers("a>/a:x b>/b:x");
	assert_int_equal(count("I2G131"), 2);
}

static void a_flag_for_nobody_is_an_error(void **state)
{
	(void)state;
	choose(controllers_set_gateway, "ngnix=infra/edge");
	ingress("a", "field", "nginx");
	run();
	assert_int_equal(count("I2G108"), 1);
}

/* Class names are no names of objects: "a/b" and "a-b" would be one. */
static void gateways_have_names_of_their_own(void **state)
{
	(void)state;
	ingress("x", "annotation", "a/b");
	ingress("y", "annotation", "a-b");
	run();
	assert_int_equal(result.controllers.count, 2);
	assert_false(str_eq(result.controllers.at[0]->gateway.name,
			    result.controllers.at[1]->gateway.name));
	assert_true(str_starts(result.controllers.at[0]->gateway.name, "a-b-"));
	assert_true(str_starts(result.controllers.at[1]->gateway.name, "a-b-"));
}

static void too_many_are_left_out(void **state)
{
	char name[16];

	(void)state;
	for (int i = 0; i < CONTROLLERS_MOST + 3; i++) {
		snprintf(name, sizeof name, "c%03d", i);
		ingress(name, "field", name);
	}
	run();
	assert_int_equal(result.controllers.count, CONTROLLERS_MOST);
	assert_int_equal(result.controllers.left_out, 3);
	assert_int_equal(count("I2G128"), 1);
	assert_int_equal(realm_of("c063"), 63);
	assert_int_equal(realm_of("c064"), CONTROLLERS_MOST);
}

static void values_are_checked(void **state)
{
	static const char *const wrong[] = {
		"", "edge", "/edge", "infra/", "a=", "=b/c", "a=b", "a=b/", "a=B/c", "In_Fra/edge"};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(controllers_set_gateway(&options, &arena, str_from(wrong[i])));
	assert_false(controllers_set_class(&options, &arena, STR("a=No_Class")));
	assert_false(controllers_set_class(&options, &arena, STR("=x")));
	assert_false(controllers_set_config(&options, &arena, STR("a=")));
	assert_true(controllers_set_config(&options, &arena, STR("a=ingress/config")));
	assert_int_equal(options.gateways.count + options.gateway_classes.count, 0);
}

int main(void)
{
#define CASE(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(one_controller_is_no_news),
		CASE(strings_tell_controllers_apart),
		CASE(classes_that_are_not_there_are_apart),
		CASE(other_controllers_go_by_class),
		CASE(annotations_tell_installs_apart),
		CASE(one_annotation_does_not),
		CASE(the_default_class_takes_the_classless),
		CASE(nobody_takes_the_classless),
		CASE(flags_name_gateways),
		CASE(what_is_said_last_counts),
		CASE(one_gateway_for_all_is_an_error),
		CASE(pairs_may_name_one_gateway),
		CASE(flags_divide_a_string),
		CASE(a_flag_for_nobody_is_an_error),
		CASE(gateways_have_names_of_their_own),
		CASE(too_many_are_left_out),
		CASE(values_are_checked),
	};
#undef CASE

	return cmocka_run_group_tests(tests, NULL, NULL);
}
