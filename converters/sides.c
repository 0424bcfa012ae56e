#include "converters/sides.h"

#include "converters/detect.h"
#include "converters/items.h"

/* One provider's part of the set, read into a model that nobody looks at. */
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

static void claim(struct sides *sides, struct part *part, const struct provider *provider,
		  const struct kube_set *set, const struct convert_options *options)
{
	for (size_t i = 0; i < set->ingress_count; i++) {
		const struct kube_ingress *ingress = set->ingresses[i];

		if (has_content(ingress) &&
		    detect_provider(set, ingress, options, &part->findings) == provider)
			ARENA_PUSH(&sides->arena, part->views, part->view_count,
				   view_new(&sides->arena, &part->model.ledger, ingress));
	}
}

static struct ledger_item **items_of(struct part *part, const struct kube_config_map *config)
{
	struct ledger_item **items;

	if (!config)
		return NULL;
	items = arena_array(part->model.arena, struct ledger_item *, config->data.count);
	for (size_t i = 0; i < config->data.count; i++)
		items[i] = ledger_add(&part->model.ledger,
				      (struct ledger_item){.kind = ITEM_OPTION,
							   .owner = &config->meta,
							   .name = config->data.at[i].key,
							   .span = config->data.at[i].key_span});
	return items;
}

static void build(struct sides *sides, const struct provider *provider, const struct kube_set *set,
		  const struct convert_options *options)
{
	struct part part = {0};
	const struct kube_config_map *config =
		provider->options ? detect_config(set, provider, options->controller_config) : NULL;

	model_init(&part.model, &sides->arena);
	findings_init(&part.findings, &sides->arena);
	claim(sides, &part, provider, set, options);
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

	sides->at[sides->count++] = (struct side_of){provider, provider->side(&run)};
}

void sides_build(struct sides *sides, const struct kube_set *set,
		 const struct convert_options *options)
{
	*sides = (struct sides){0};
	arena_init(&sides->arena);
	for (size_t i = 0; providers[i]; i++)
		if (providers[i]->side)
			build(sides, providers[i], set, options);
}

void sides_finish(struct sides *sides)
{
	for (size_t i = 0; i < sides->count; i++)
		route_table_destroy(sides->at[i].table);
	arena_finish(&sides->arena);
	*sides = (struct sides){0};
}
