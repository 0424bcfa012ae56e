/* items.h - the framework's side of the ledger: every part of every Ingress is handed out. */
#ifndef CONVERTERS_ITEMS_H
#define CONVERTERS_ITEMS_H

#include "converters/provider.h"

/* A view, in the arena, with one open ledger item for each part of the Ingress. */
struct ingress_view *view_new(struct arena *arena, struct ledger *ledger,
			      const struct kube_ingress *ingress);

/* Accounts for annotations that are nobody's provider keys: other systems' metadata, keys of
 * controllers that are not handled yet (I2G119; those that may guard access hold the Ingress back:
 * the code to hold it with is returned, else NULL). `own` is the provider whose prefixes are left
 * alone; NULL for none. */
const char *view_account_metadata(const struct ingress_view *view, const struct provider *own,
				  struct findings *findings);

#endif
