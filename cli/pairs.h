/* pairs.h - which Gateways take the place of which controller.
 *
 * A request is asked of one address: of what a controller serves there today, and of the Gateways that the
 * conversion made for it. What other controllers serve, and what is attached to other Gateways, does not
 * answer it.
 */
#ifndef CLI_PAIRS_H
#define CLI_PAIRS_H

#include "cli/worlds.h"

/* One controller, and what takes its place. */
struct pair {
	const struct side_of *from;
	const struct route_table *to;
	const struct route_table
		*announced;              /* what the conversion wrote for it; NULL: that is `to` */
	const struct findings *findings; /* of the conversion, but for what is about others */
	bool shares; /* another pair has the same Gateways: hosts that `from` does not name may be its */
	struct str title; /* "class 'nginx' (k8s.io/ingress-nginx), Gateway default/nginx" */
};

struct pairs {
	struct pair *at; /* in the order of the sides */
	size_t count;
	bool several; /* controllers, each with Gateways of its own */
};

struct pairs_input {
	const struct sides *sides;
	const struct convert_result *result; /* with the Gateways that the conversion planned */
	struct gateway_world *after;
	bool by_hand; /* somebody else wrote `after` */
	/* What the conversion wrote beside that; NULL, or without table: nobody asks. */
	struct gateway_world *converted;
};

/* Pairs each side with its Gateways of `after`: those that the conversion wrote. Of what was written by hand
 * the Gateways with the same names are taken, those that flags name, or the only one there is. False with an
 * error when that leaves a controller without. The arena keeps the list; all of the input must outlive it. */
bool pairs_make(struct pairs *pairs, struct arena *arena, const struct pairs_input *input,
		struct error *error);

#endif
