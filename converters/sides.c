#include "converters/sides.h"

#include "converters/detect.h"
#include "converters/items.h"

/* What one provider reads of one controller, read into a model that nobody looks at. */
struct part {
	struct model model;
	struct findings findings;
	struct ingress_view **views;
	size_t view_count;
};

static bool has_content(const struct kube_ingress *ingress)
{
	return ingress->rule_count || ingress->default_backend.type != KUBE_BACKEND_NONE;
}

static bool is_of(const struct convert_ingress *one, const struct provider *provider,
		  uint32_t realm)
{
	return one->realm == realm && one->provider == provider && has_content(one->ingress);
}

static bool has_views(const struct sides *sides, const struct provider *provider, uint32_t realm)
{
	for (size_t i = 0; i < sides->claimed.count; i++)
		if (is_of(&sides->claimed.at[i], provider, realm))
			return true;
	return false;
}

static void view(struct sides *sides, struct part *part, const struct provider *provider,
		 uint32_t realm)
{
	const struct claimed *claimed = &sides->claimed;

	for (size_t i = 0; i < claimed->count; i++) {
		const struct convert_ingress *one = &claimed->at[i];

		if (is_of(one, provider, realm))
			ARENA_PUSH(&sides->arena, part->views, part->view_count,
				   view_new(&sides->arena, &part->model.ledger, one->ingress));
	}
}

static struct ledger_item **items_of(struct part *part, const struct kube_config_map *config)
{
	struct ledger_item **items;

	if (!config)
		return NULL;
	items = arena_array(part->model.arena, struct ledger_item *, config->data.count);
	for (size_t i = 0; i < config->data.count; i++)
		items[i] =
			ledger_add(&part->model.ledger, (struct ledger_item){.kind = ITEM_OPTION,
									     .owner = &config->meta,
									     .rule = (uint32_t)i});
	return items;
}

/* ---- what is not sure of a controller ---- */

static const char *doubt_of(const struct controller *controller)
{
	if (controller->joined_count > 1)
		return "another controller with the same Gateway";
	switch (controller->doubt) {
	case DOUBT_NONE:
	case DOUBT_NAMESPACES:
		break;
	case DOUBT_ANNOTATIONS:
	case DOUBT_CHOICE:
		return "another install with the same controller string";
	case DOUBT_CLASSLESS:
		return "which controller serves an Ingress without a class";
	}
	return NULL;
}

static void add_gap(struct sides *sides, const struct side_of *side, const struct kube_meta *meta,
		    struct route_gap gap)
{
	struct object_ref *object = arena_new(&sides->arena, struct object_ref);

	*object = kube_ref(meta);
	gap.reach = ROUTE_REACH_ALL;
	gap.span = gap.span.line ? gap.span : meta->name_span;
	gap.place = (struct route_place){object, meta->name_span, -1, -1};
	route_gap_add(side->table, &sides->arena, gap);
	route_gaps_sort(side->table);
}

static void note_doubt(struct sides *sides, const struct side_of *side,
		       const struct kube_ingress *first)
{
	const char *what = doubt_of(side->controller);

	if (what)
		add_gap(sides, side, &first->meta,
			(struct route_gap){.what = str_from(what),
					   .field = STR("spec.ingressClassName"),
					   .span = first->class_name.span});
}

/* Each of several controllers has a ConfigMap of its own; this one was not named for any. */
static void note_config(struct sides *sides, const struct side_of *side,
			const struct kube_config_map *config)
{
	size_t alike = 0;

	for (uint32_t realm = 0; realm < sides->controllers.count; realm++)
		alike += has_views(sides, side->provider, realm);
	if (alike > 1)
		add_gap(sides, side, &config->meta,
			(struct route_gap){.what = STR("whose ConfigMap this is")});
}

/* ---- tables ---- */

static void build(struct sides *sides, const struct kube_set *set,
		  const struct convert_options *options, struct side_of side)
{
	struct part part = {0};
	const struct provider *provider = side.provider;
	const struct kube_config_map *config =
		provider->options ? detect_config(set, provider, side.controller->config) : NULL;

	model_init(&part.model, &sides->arena);
	findings_init(&part.findings, &sides->arena);
	view(sides, &part, provider, side.realm);
	if (!part.view_count)
		return;

	struct provider_run run = {.provider = provider,
				   .set = set,
				   .views = part.views,
				   .view_count = part.view_count,
				   .config = config,
				   .options = items_of(&part, config),
				   .default_certificate = options->default_certificate,
				   .model = &part.model,
				   .findings = &part.findings};

	side.table = provider->side(&run);
	note_doubt(sides, &side, part.views[0]->ingress);
	if (config && !side.controller->config.len)
		note_config(sides, &side, config);
	ARENA_PUSH(&sides->arena, sides->at, sides->count, side);
}

static struct claimed claim(struct sides *sides, const struct kube_set *set,
			    const struct convert_options *options)
{
	struct claimed claimed = {0};
	struct findings findings;

	findings_init(&findings, &sides->arena);
	for (size_t i = 0; i < set->ingress_count; i++) {
		const struct kube_ingress *ingress = set->ingresses[i];
		const struct provider *provider = detect_provider(set, ingress, options, &findings);

		if (provider)
			ARENA_PUSH(
				&sides->arena, claimed.at, claimed.count,
				(struct convert_ingress){.ingress = ingress, .provider = provider});
	}
	return claimed;
}

void sides_build(struct sides *sides, const struct kube_set *set,
		 const struct convert_options *options)
{
	*sides = (struct sides){0};
	arena_init(&sides->arena);
	sides->claimed = claim(sides, set, options);
	controllers_find(&sides->controllers, &sides->arena, set, &sides->claimed, options);
	for (uint32_t realm = 0; realm < sides->controllers.count; realm++)
		for (size_t i = 0; providers[i]; i++)
			if (providers[i]->side)
				build(sides, set, options,
				      (struct side_of){.provider = providers[i],
						       .controller = sides->controllers.at[realm],
						       .realm = realm});
}

bool sides_share(const struct sides *sides, const struct side_of *side)
{
	for (size_t i = 0; i < sides->count; i++)
		if (&sides->at[i] != side && sides->at[i].realm == side->realm)
			return true;
	return false;
}

void sides_finish(struct sides *sides)
{
	for (size_t i = 0; i < sides->count; i++)
		route_table_destroy(sides->at[i].table);
	arena_finish(&sides->arena);
	*sides = (struct sides){0};
}
