/* install.h - what the workload of a controller says of it. */
#ifndef KUBE_INSTALL_H
#define KUBE_INSTALL_H

#include "base/source.h"
#include "base/str.h"

struct arena;
struct node;

/* A Deployment or DaemonSet that runs ingress-nginx, by the flags of its container. */
struct kube_install {
	struct kube_install *next; /* in the input */
	struct str config;         /* --configmap: "NS/NAME" */
	struct str class;          /* --ingress-class; empty: not given */
	struct str string;         /* --controller-class; empty: not given */
	struct span span;          /* of the flag --configmap */
};

/* NULL when the object is none, or names no ConfigMap. All its texts are the arena's. */
struct kube_install *kube_read_install(struct arena *arena, const struct node *root,
				       uint32_t source);

#endif
