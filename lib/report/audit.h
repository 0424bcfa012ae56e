/* audit.h - how ready a set of Ingresses is to be migrated.
 *
 * An Ingress is BLOCKED when something of it would be lost or refused (a finding of error severity),
 * needs REVIEW when it will behave differently in a stated way (a warning), and is READY otherwise.
 * Findings that were set aside do not count: somebody has decided about them.
 */
#ifndef REPORT_AUDIT_H
#define REPORT_AUDIT_H

#include "kube/object.h"
#include "report/report.h"

enum readiness {
	READINESS_READY,
	READINESS_REVIEW,
	READINESS_BLOCKED,
	READINESS_KINDS,
};

/* "READY", ... / "ok", "warning", "error": how pages colour it. */
const char *readiness_name(enum readiness readiness);
const char *readiness_style(enum readiness readiness);

/* One Ingress that is looked at. */
struct audit_ingress {
	const struct kube_ingress *ingress;
	const char *controller; /* title of the provider */
	const char
		*retired; /* since when nobody maintains that controller; NULL: it is maintained */
};

/* The same Ingresses with another target. */
struct audit_target {
	const char *name, *title; /* "envoy-gateway", "Envoy Gateway" */
	bool experimental;        /* with the experimental channel */
	bool chosen;              /* the one that the rest of the audit is about */
	size_t counts[READINESS_KINDS];
};

struct audit_input {
	const struct report *report; /* judged findings of the conversion */
	const struct ledger *ledger;
	const struct kube_set *set; /* namespaces, for their labels; may be NULL */
	const struct audit_ingress *ingresses;
	size_t count;
	const struct str *owner_labels; /* the first that an Ingress or its namespace has */
	size_t owner_label_count;
};

struct audit_object {
	const struct audit_ingress *of;
	struct str class, owner; /* "(none)" when there is none */
	enum readiness readiness;
	size_t findings;           /* that count */
	const struct rule **codes; /* of them, each once, the worst first */
	size_t code_count;
};

/* Ingresses that have something in common. */
struct audit_group {
	struct str name;
	size_t counts[READINESS_KINDS];
	const struct rule *top; /* the worst and most frequent reason not to be ready; NULL: none */
	size_t top_count;       /* Ingresses that have it */
	unsigned *by_rule;      /* private */
};

struct audit_groups {
	struct audit_group *at; /* the largest first, then by name */
	size_t count;
};

struct audit_reason {
	const struct rule *rule;
	enum severity severity; /* what it counts as */
	size_t ingresses, findings;
};

struct audit_annotation {
	struct str key;
	size_t ingresses;               /* that have it */
	size_t unknown;                 /* to the controller, who does nothing for them: I2G103 */
	size_t outcomes[OUTCOME_KINDS]; /* of the others */
};

struct audit_advice {
	enum readiness level;  /* go, go with care, stop and think */
	struct str headline;   /* "Migrate now" */
	struct str text;       /* one sentence */
	struct str reasons[8]; /* whole sentences */
	size_t reason_count;
};

struct audit {
	struct arena *arena;
	const struct report *report;
	struct audit_object *objects; /* blocked ones first, then by namespace and name */
	size_t count;
	size_t counts[READINESS_KINDS];
	struct audit_groups classes, namespaces, owners;
	bool has_owners;              /* some Ingress has an owner */
	struct audit_reason *reasons; /* errors first, then by Ingresses; infos are none */
	size_t reason_count;
	struct audit_annotation *annotations; /* the most used first */
	size_t annotation_count;
	size_t covered, annotation_uses; /* annotations whose meaning is kept, of all */
	size_t elsewhere; /* errors and warnings about files, other objects or the run */
	const struct audit_target *targets;
	size_t target_count;
	struct audit_advice advice;
};

/* Looks at everything; `audit` points into the input and the arena. Targets and advice come later. */
void audit_init(struct audit *audit, const struct audit_input *input, struct arena *arena);

/* Adds what other targets would make of it, and the advice that follows. The array must live on. */
void audit_advise(struct audit *audit, const struct audit_target *targets, size_t count);

/* ---- formats ---- */

struct audit_format {
	const char *name, *title;
	void (*write)(struct buf *buf, const struct audit *audit);
};

extern const struct audit_format audit_formats[]; /* the first is the default */
extern const size_t audit_format_count;

#endif
