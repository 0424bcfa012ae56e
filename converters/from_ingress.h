/* from_ingress.h - plain Ingress: what the conversion (from_ingress.c) and the source side
 * (from_ingress_side.c) share, which is how the input is read and nothing of what is made of it.
 */
#ifndef CONVERTERS_FROM_INGRESS_H
#define CONVERTERS_FROM_INGRESS_H

#include "converters/provider.h"

/* The views of a run, oldest first, then by namespace and name: who wins a path must not depend on the
 * order of files. Without a timestamp an Ingress is younger than all that have one. */
struct ingress_view **plain_by_age(const struct provider_run *run, struct arena *arena);

/* ImplementationSpecific, or no type: some controllers read the path as a prefix, some as a glob, some as
 * a regular expression. No path and a glob for everything mean the same to all. */
bool plain_is_guess(const struct kube_path *path);

/* The first entry of the Ingress whose hosts cover this one, or that names none; -1 for no such. */
int plain_tls_entry(const struct kube_ingress *ingress, struct str host);

/* The table of a run; struct provider's `side`. */
struct route_table *plain_side_new(struct provider_run *run);

#endif
