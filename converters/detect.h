/* detect.h - whose Ingress is this? */
#ifndef CONVERTERS_DETECT_H
#define CONVERTERS_DETECT_H

#include "converters/convert.h"

/* The class that an Ingress names: the annotation wins in controllers that read both. Empty: none. */
struct str detect_class(const struct kube_ingress *ingress);
bool detect_is_annotated(const struct kube_ingress *ingress); /* whether it does so by annotation */

/* Who serves a class: the controller of the IngressClass, the name of the class itself when that is not in the input. */
struct str detect_controller(const struct kube_set *set, struct str name);

/* The provider of an Ingress: --provider, else its IngressClass's controller, its class name, the
 * prefix of its annotations, the cluster's default class; the plain provider when nothing tells.
 * NULL when the Ingress is not to be converted (--ingress-class). Findings: I2G110 no class, I2G120
 * other class, I2G121 class conflict, I2G126 unknown class. */
const struct provider *detect_provider(const struct kube_set *set,
				       const struct kube_ingress *ingress,
				       const struct convert_options *options,
				       struct findings *findings);

/* The IngressClass that is marked as the default one; NULL when none is. */
const struct kube_class *detect_default_class(const struct kube_set *set);

/* The ConfigMap of the provider's controller: the one named by --controller-config, else the only
 * one in the input that looks like it (name, and options or a name that only it has).
 * NULL when there is none. */
const struct kube_config_map *detect_config(const struct kube_set *set,
					    const struct provider *provider, struct str wanted);

/* The first option that guards access among the ConfigMaps that look like the controller's, and whose
 * it is; for when detect_config() cannot tell which one it is. NULL when none has one. */
const struct kube_pair *detect_rival_guard(const struct kube_set *set,
					   const struct provider *provider,
					   const struct kube_config_map **where);

/* How many ConfigMaps look like the controller's; the first two of them. */
size_t detect_rivals(const struct kube_set *set, const struct provider *provider,
		     const struct kube_config_map *rivals[2]);

#endif
