#include "cli/pairs.h"

struct pairing {
	struct pairs *pairs;
	struct arena *arena;
	const struct pairs_input *input;
};

/* Some Gateways of a world. */
struct gateways {
	struct object_ref *at;
	size_t count;
};

/* Those that the conversion planned for a realm; with `world`, the ones that it has. */
static struct gateways planned(const struct pairing *pairing, uint32_t realm,
			       const struct gateway_world *world)
{
	const struct model_realm *planned = pairing->input->result->model.realms[realm];
	struct gateways list = {0};

	for (size_t i = 0; i < planned->gateway_count; i++) {
		const struct target *target = planned->gateways[i];

		if (!world || gateway_world_has(world, target->namespace, target->name))
			ARENA_PUSH(pairing->arena, list.at, list.count,
				   (struct object_ref){.kind = str_from(target->kind),
						       .namespace = target->namespace,
						       .name = target->name});
	}
	return list;
}

static struct str title_of(const struct pairing *pairing, const struct side_of *side,
			   const struct gateways *gateways)
{
	struct arena *arena = pairing->arena;
	struct str words = controller_words(side->controller, arena);

	for (size_t i = 0; i < gateways->count; i++)
		words = str_format(arena, "%.*s, Gateway %.*s/%.*s", STR_ARG(words),
				   STR_ARG(gateways->at[i].namespace),
				   STR_ARG(gateways->at[i].name));
	return words;
}

/* ---- what somebody wrote ---- */

static bool fail(const struct pairing *pairing, const struct side_of *side, struct error *error)
{
	struct str class = controller_class(side->controller);

	if (class.len)
		return error_set(error,
				 "which Gateway of --against takes the place of the controller of "
				 "class '%.*s'? Say it with --gateway=%.*s=NS/NAME",
				 STR_ARG(class), STR_ARG(class));
	return error_set(error,
			 "which Gateway of --against takes the place of the controller of the "
			 "Ingresses without class? Leave them out with --ingress-class=%.*s",
			 STR_ARG(controller_class(pairing->input->result->controllers.at[0])));
}

/* All there is when there is one controller, unless flags name a Gateway; so is the only Gateway. */
static bool choose(const struct pairing *pairing, const struct side_of *side,
		   struct gateways *gateways, struct error *error)
{
	*gateways = planned(pairing, side->realm, pairing->input->after);
	if (gateways->count && (pairing->pairs->several || side->controller->gateway.exists))
		return true;
	*gateways = (struct gateways){0};
	return !pairing->pairs->several || pairing->input->after->set.gateway_count <= 1 ||
	       fail(pairing, side, error);
}

/* ---- the list ---- */

/* What is said of the run as far as other controllers go says nothing of this one. */
static const struct findings *findings_of(const struct pairing *pairing, uint32_t realm)
{
	const struct findings *all = &pairing->input->result->findings;
	struct findings *own;

	if (!pairing->pairs->several)
		return all;
	own = arena_new(pairing->arena, struct findings);
	findings_init(own, pairing->arena);
	for (size_t i = 0; i < all->count; i++) {
		uint64_t realms = finding_scope(&all->at[i])->realms;

		if (!realms || realms >> realm & 1)
			findings_add(own, all->at[i]);
	}
	return own;
}

/* All share the one Gateway that somebody wrote. */
static bool share_all(const struct pairing *pairing, const struct gateways *gateways)
{
	return pairing->pairs->several && pairing->input->by_hand && !gateways->count;
}

/* Listeners of a Gateway that exists already, and is not in the input, are not known. */
static const struct route_table *announced(const struct pairing *pairing,
					   const struct side_of *side)
{
	struct gateway_world *converted = pairing->input->converted;
	struct gateways gateways;

	if (!converted || !converted->table || side->controller->gateway.exists)
		return NULL;
	if (!pairing->pairs->several)
		return converted->table;
	gateways = planned(pairing, side->realm, NULL);
	return gateway_world_part(converted, gateways.at, gateways.count);
}

static bool add_pair(const struct pairing *pairing, const struct side_of *side, struct error *error)
{
	bool by_hand = pairing->input->by_hand;
	struct gateways gateways = planned(pairing, side->realm, NULL);
	struct pair pair = {.from = side, .to = pairing->input->after->table};

	if (by_hand && !choose(pairing, side, &gateways, error))
		return false;
	if (by_hand ? gateways.count > 0 : pairing->pairs->several)
		pair.to = gateway_world_part(pairing->input->after, gateways.at, gateways.count);
	pair.announced = announced(pairing, side);
	pair.findings = findings_of(pairing, side->realm);
	pair.shares = sides_share(pairing->input->sides, side) || share_all(pairing, &gateways);
	pair.title = title_of(pairing, side, &gateways);
	ARENA_PUSH(pairing->arena, pairing->pairs->at, pairing->pairs->count, pair);
	return true;
}

bool pairs_make(struct pairs *pairs, struct arena *arena, const struct pairs_input *input,
		struct error *error)
{
	const struct pairing pairing = {pairs, arena, input};

	*pairs = (struct pairs){.several = input->sides->controllers.count > 1};
	for (size_t i = 0; i < input->sides->count; i++)
		if (!add_pair(&pairing, &input->sides->at[i], error))
			return false;
	return true;
}
