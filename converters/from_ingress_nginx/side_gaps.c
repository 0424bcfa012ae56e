/* Settings that stand in the input and that the source side does not simulate: the column `simulated` of
 * their rows says which. */
#include "converters/from_ingress_nginx/side.h"

static struct str field_of(struct side *side, const char *holder, struct str key)
{
	return str_format(&side->table->arena, "%s[%.*s]", holder, STR_ARG(key));
}

static void add(struct side *side, struct route_gap gap)
{
	gap.what = str_dup(&side->table->arena, gap.what);
	gap.span = gap.place.span;
	route_gap_add(&side->table->base, &side->table->arena, gap);
}

static bool is_gap(enum simulated simulated)
{
	return simulated == SIMULATED_NOT || simulated == SIMULATED_SERVED;
}

/* The text of a snippet is taken out unless the controller allows it. */
static bool is_live(const struct side *side, const struct annotation_row *row)
{
	const struct nginx_config *config = &side->nginx.config;

	return row->feature != FEATURE_SNIPPET || !config->known || config->snippets_allowed;
}

/* A snippet of which everything is understood is served. */
static bool is_served(struct side *side, const struct nginx_value *value)
{
	return value->row->simulated == SIMULATED_SERVED ||
	       ((str_is(str_from(value->row->key), "configuration-snippet") ||
		 str_is(str_from(value->row->key), "server-snippet")) &&
		side_raw_read(side, value->pair->value, &(struct route_raw){0}));
}

static void add_annotations(struct side *side, const struct nginx_ingress *owner)
{
	for (size_t i = 0; i < owner->value_count; i++) {
		const struct nginx_value *value = &owner->values[i];
		bool of_host =
			strstr(value->row->scope, "host") || strstr(value->row->scope, "server");

		if (!is_gap(value->row->simulated) || !str_trim(value->pair->value).len ||
		    !is_live(side, value->row))
			continue;
		add(side, (struct route_gap){
				  .what = str_from(value->row->key),
				  .field = field_of(side, "metadata.annotations", value->pair->key),
				  .served = is_served(side, value),
				  .reach = of_host ? ROUTE_REACH_HOSTS : ROUTE_REACH_OBJECT,
				  .place = side_place(owner, -1, -1, value->pair->key_span)});
	}
}

static void add_options(struct side *side)
{
	const struct kube_config_map *config = side->nginx.run->config;
	struct object_ref *ref = arena_new(&side->table->arena, struct object_ref);

	if (!config)
		return;
	*ref = kube_ref(&config->meta);
	for (size_t i = 0; i < config->data.count; i++) {
		const struct kube_pair *pair = &config->data.at[i];
		const struct option_row *row = option_find(side->nginx.run->provider, pair->key);

		if (!row || !is_gap(row->simulated) ||
		    str_is(str_trim(pair->value), row->default_value))
			continue;
		add(side, (struct route_gap){.what = pair->key,
					     .field = field_of(side, "data", pair->key),
					     .served = row->simulated == SIMULATED_SERVED,
					     .reach = ROUTE_REACH_ALL,
					     .place = {ref, pair->key_span, -1, -1}});
	}
}

void side_find_gaps(struct side *side)
{
	add_options(side);
	for (size_t i = 0; i < side->nginx.ingress_count; i++)
		add_annotations(side, side->nginx.ingresses[i]);
	route_gaps_sort(&side->table->base);
}
