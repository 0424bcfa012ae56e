/* items.h - the framework's side of the ledger: every part of every Ingress is handed out. */
#ifndef CONVERTERS_ITEMS_H
#define CONVERTERS_ITEMS_H

#include "converters/guards.h"
#include "converters/provider.h"

/* A view, in the arena, with one open ledger item for each part of the Ingress. */
struct ingress_view *view_new(struct arena *arena, struct ledger *ledger,
			      const struct kube_ingress *ingress);

/* Accounts for annotations that are nobody's provider keys: other systems' metadata, keys of
 * controllers that are not handled yet (I2G119; those that may guard access hold the Ingress back:
 * the code to hold it with is returned, else NULL). `own` is the provider whose prefixes are left
 * alone; NULL for none. */
const char *view_account_metadata(const struct ingress_view *view, const struct provider *own,
				  const struct guard_talk *talk);

/* Whether a key's name lets one expect a check of access. A key that is not understood and might be
 * such a check must not lead to an open route. */
bool item_may_guard(struct str key);

/* Whether a key belongs to a controller that is not handled yet. */
bool item_is_foreign(struct str key);

#endif
