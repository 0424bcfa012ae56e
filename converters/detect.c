#include "converters/detect.h"

#include "converters/guards.h"

#define CLASS_KEY "kubernetes.io/ingress.class"

static struct str annotation_class(const struct kube_ingress *ingress)
{
	const struct kube_pair *pair = kube_annotation(&ingress->meta, CLASS_KEY);

	return pair ? str_trim(pair->value) : (struct str){0};
}

struct str detect_class(const struct kube_ingress *ingress)
{
	struct str old = annotation_class(ingress);

	return old.len ? old : ingress->class_name.text;
}

bool detect_is_annotated(const struct kube_ingress *ingress)
{
	return annotation_class(ingress).len > 0;
}

static bool in_list(const char *const *list, struct str text)
{
	for (size_t i = 0; list[i]; i++)
		if (str_is(text, list[i]))
			return true;
	return false;
}

static const struct provider *by_controller(struct str controller)
{
	for (size_t i = 0; providers[i]; i++)
		if (in_list(providers[i]->controllers, controller))
			return providers[i];
	/* A second controller of the same make has a string of its own: "k8s.io/internal-ingress-nginx". */
	return str_find_str(controller, "ingress-nginx") != SIZE_MAX
		       ? provider_find(STR("ingress-nginx"))
		       : NULL;
}

static const struct provider *by_class_name(struct str name)
{
	for (size_t i = 0; providers[i]; i++)
		if (in_list(providers[i]->class_names, name))
			return providers[i];
	return NULL;
}

static bool has_prefix(const struct provider *provider, struct str key)
{
	for (size_t i = 0; provider->prefixes[i]; i++)
		if (str_starts(key, provider->prefixes[i]))
			return true;
	return false;
}

static const struct provider *by_annotations(const struct kube_ingress *ingress)
{
	for (size_t i = 0; providers[i]; i++)
		for (size_t a = 0; a < ingress->meta.annotations.count; a++)
			if (has_prefix(providers[i], ingress->meta.annotations.at[a].key))
				return providers[i];
	return NULL;
}

const struct kube_class *detect_default_class(const struct kube_set *set)
{
	for (size_t i = 0; i < set->class_count; i++)
		if (set->classes[i]->is_default)
			return set->classes[i];
	return NULL;
}

/* Class names of controllers people use that have no provider here. */
static bool is_other_controller(struct str name)
{
	static const char *const names[] = {
		"addon-http-application-routing",
		"alb",
		"apisix",
		"azure-application-gateway",
		"azure/application-gateway",
		"cilium",
		"cloudflare-tunnel",
		"contour",
		"gce",
		"gce-internal",
		"haproxy",
		"higress",
		"istio",
		"kong",
		"openshift-default",
		"skipper",
		"tailscale",
		"traefik",
		NULL,
	};

	return in_list(names, name);
}

static void note(struct findings *findings, const struct kube_ingress *ingress, const char *code,
		 struct str message, struct str hint)
{
	findings_add(findings,
		     (struct finding){
			     .code = code,
			     .object = kube_ref(&ingress->meta),
			     .path = STR("spec.ingressClassName"),
			     .span = ingress->class_name.span.line ? ingress->class_name.span
								   : ingress->meta.name_span,
			     .message = message,
			     .hint = hint,
		     });
}

/* An Ingress without a class is one of the default class, which the API server writes into it. */
static bool is_selected(const struct kube_set *set, const struct kube_ingress *ingress,
			const struct convert_options *options, struct findings *findings)
{
	struct str name = detect_class(ingress);

	if (!options->class_count)
		return true;
	if (!name.len && detect_default_class(set))
		name = detect_default_class(set)->meta.name;
	for (size_t i = 0; i < options->class_count; i++)
		if (str_eq(options->classes[i], name))
			return true;
	note(findings, ingress, "I2G120",
	     str_format(findings->arena, "skipped: its class is '%.*s'%s", STR_ARG(name),
			name.len ? "" : " (none)"),
	     STR("chosen by --ingress-class"));
	return false;
}

static void note_conflict(const struct kube_ingress *ingress, struct findings *findings)
{
	struct str old = annotation_class(ingress);

	if (old.len && ingress->class_name.text.len && !str_eq(old, ingress->class_name.text))
		note(findings, ingress, "I2G121",
		     str_format(findings->arena,
				"the annotation says class '%.*s', the field says '%.*s'",
				STR_ARG(old), STR_ARG(ingress->class_name.text)),
		     STR("remove the annotation"));
}

static const struct provider *
classless(const struct kube_set *set, const struct kube_ingress *ingress, struct findings *findings)
{
	const struct provider *found = by_annotations(ingress);
	const struct kube_class *class = detect_default_class(set);

	if (!found && class)
		found = by_controller(class->controller);
	note(findings, ingress, "I2G110",
	     found ? str_format(findings->arena, "no class is given; taken as %s", found->title)
		   : STR("no class is given; converted as a plain Ingress"),
	     STR("name the class in spec.ingressClassName"));
	return found;
}

static const struct provider *by_class(const struct kube_set *set,
				       const struct kube_ingress *ingress, struct str name,
				       struct findings *findings)
{
	const struct kube_class *class = kube_class(set, name);
	const struct provider *found = class ? by_controller(class->controller) : NULL;

	if (class) {
		if (!found)
			note(findings, ingress, "I2G120",
			     str_format(
				     findings->arena,
				     "class '%.*s' belongs to the controller '%.*s', which has no "
				     "provider yet: converted as a plain Ingress",
				     STR_ARG(name), STR_ARG(class->controller)),
			     (struct str){0});
		return found;
	}
	found = by_class_name(name);
	if (found)
		return found;
	if (is_other_controller(name)) {
		note(findings, ingress, "I2G120",
		     str_format(findings->arena,
				"class '%.*s' belongs to a controller that has no provider yet: "
				"converted as a plain Ingress",
				STR_ARG(name)),
		     (struct str){0});
		return NULL;
	}
	found = by_annotations(ingress);
	note(findings, ingress, "I2G126",
	     str_format(findings->arena, "the IngressClass '%.*s' is not in the input; taken as %s",
			STR_ARG(name), found ? found->title : "a plain Ingress"),
	     STR("add the IngressClass to the input, or choose with --provider"));
	return found;
}

const struct provider *detect_provider(const struct kube_set *set,
				       const struct kube_ingress *ingress,
				       const struct convert_options *options,
				       struct findings *findings)
{
	struct str name = detect_class(ingress);
	const struct provider *found;

	if (!is_selected(set, ingress, options, findings))
		return NULL;
	note_conflict(ingress, findings);
	if (options->provider)
		return options->provider;
	found = name.len ? by_class(set, ingress, name, findings)
			 : classless(set, ingress, findings);
	return found ? found : provider_find(STR("ingress"));
}

struct str detect_controller(const struct kube_set *set, struct str name)
{
	const struct kube_class *class = kube_class(set, name);

	return class && class->controller.len ? class->controller : name;
}

/* ---- the controller's ConfigMap ---- */

/* What the chart and the older manifests call it; whatever options it has. */
static bool is_config_by_name(struct str name)
{
	return str_ends(name, "ingress-nginx-controller") || str_is(name, "nginx-configuration");
}

static bool looks_like_config(const struct kube_config_map *map, const struct provider *provider)
{
	size_t known = 0;

	if (map->data.count && is_config_by_name(map->meta.name))
		return true;

	if (str_find_str(map->meta.name, "nginx") == SIZE_MAX &&
	    str_find_str(map->meta.name, "ingress") == SIZE_MAX)
		return false;
	for (size_t i = 0; i < map->data.count; i++)
		known += option_find(provider, map->data.at[i].key) != NULL;
	return known > 0 && known * 2 >= map->data.count;
}

static const struct kube_config_map *named(const struct kube_set *set, struct str wanted)
{
	size_t slash = str_find(wanted, '/');

	if (slash != SIZE_MAX)
		return kube_config_map(set, str_sub(wanted, 0, slash),
				       str_from_pos(wanted, slash + 1));
	for (size_t i = 0; i < set->config_map_count; i++)
		if (str_eq(set->config_maps[i]->meta.name, wanted))
			return set->config_maps[i];
	return NULL;
}

const struct kube_config_map *detect_config(const struct kube_set *set,
					    const struct provider *provider, struct str wanted)
{
	const struct kube_config_map *found = NULL;

	if (wanted.len)
		return named(set, wanted);
	for (size_t i = 0; provider->options && i < set->config_map_count; i++) {
		if (!looks_like_config(set->config_maps[i], provider))
			continue;
		if (found)
			return NULL; /* two candidates: nobody can tell */
		found = set->config_maps[i];
	}
	return found;
}

/* Not set, or a switch that is off. */
static bool is_off(struct str value)
{
	static const char *const words[] = {"", "0", "f", "F", "false", "FALSE", "False"};

	value = str_trim(value);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_is(value, words[i]))
			return true;
	return false;
}

const struct kube_pair *detect_rival_guard(const struct kube_set *set,
					   const struct provider *provider,
					   const struct kube_config_map **where)
{
	for (size_t i = 0; i < set->config_map_count; i++) {
		const struct kube_config_map *map = set->config_maps[i];

		for (size_t o = 0; looks_like_config(map, provider) && o < map->data.count; o++) {
			const struct kube_pair *pair = &map->data.at[o];

			*where = map;
			if (!is_off(pair->value) && guard_is_option(pair->key, provider))
				return pair;
		}
	}
	return NULL;
}

size_t detect_rivals(const struct kube_set *set, const struct provider *provider,
		     const struct kube_config_map *rivals[2])
{
	size_t count = 0;

	for (size_t i = 0; i < set->config_map_count; i++)
		if (looks_like_config(set->config_maps[i], provider)) {
			if (count < 2)
				rivals[count] = set->config_maps[i];
			count++;
		}
	return count;
}
