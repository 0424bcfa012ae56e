/* places.h - where targets put what Gateway API has no field for. */
#ifndef CONVERTERS_PLACES_H
#define CONVERTERS_PLACES_H

#include <stdbool.h>

#include "converters/emitter.h"

struct arena;

/* Whether any target has a policy or something near it. */
bool feature_has_place(enum feature feature);

/* "Envoy Gateway: BackendTrafficPolicy ...; NGINX Gateway Fabric: ..." over all emitters that have a
 * place for the feature: at most three, typed policies before approximations; empty when none has. */
struct str feature_places(struct arena *arena, enum feature feature);

#endif
