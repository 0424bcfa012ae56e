/* provider.h - a source controller: one row, one read function, one table of annotations.
 *
 * To add a vendor: write converters/from_<vendor>.c with its rows and read function, and put its
 * struct provider into the table in providers.c.
 */
#ifndef CONVERTERS_PROVIDER_H
#define CONVERTERS_PROVIDER_H

#include "base/finding.h"
#include "gateway/regex.h"
#include "kube/load.h"
#include "model/model.h"
#include "route/table.h"

/* What is known of an annotation key beyond its name. The documented class, from the view of the
 * standard emitter with default values; the value may make it worse. */
enum mapping {
	MAPPING_CORE,         /* a standard-channel field */
	MAPPING_EXPERIMENTAL, /* an experimental-channel field */
	MAPPING_POLICY,       /* an object of the implementation */
	MAPPING_LOSSY,        /* can be approximated */
	MAPPING_NONE,         /* no equivalent */
};
const char *mapping_name(enum mapping mapping); /* "core", "experimental", ... */

/* What the controller does with a value that its validation refuses. */
enum on_invalid {
	INVALID_DEFAULT,   /* uses the default */
	INVALID_DROP,      /* ignores the whole Ingress */
	INVALID_503,       /* the location answers 503 */
	INVALID_HOST_403,  /* the whole host answers 403 */
	INVALID_OPEN,      /* the protection is off: fails open */
	INVALID_UNCHECKED, /* never refused */
};
const char *on_invalid_words(enum on_invalid on_invalid);

/* How the source side (struct provider's `side`) knows a setting. */
enum simulated {
	SIMULATED_NOT,      /* it does not, and answers may depend on it: a gap (route/table.h) */
	SIMULATED_DECIDES,  /* decisions are made by it */
	SIMULATED_COMPARED, /* that it stands there is compared (guards, limits, sessions); whom it
	                       turns away is not decided */
	SIMULATED_SERVED,   /* a gap for whoever compares; a proxy that serves the table knows it */
	SIMULATED_NEEDLESS, /* it changes nothing that is compared: logs, buffers, which endpoint */
};

enum risk { RISK_LOW, RISK_MEDIUM, RISK_HIGH, RISK_CRITICAL };

/* One annotation key. A row is all there is to say about it. */
struct annotation_row {
	const char *key;                 /* without the prefix */
	const char *type;                /* "bool", "int", "size", "path", ... for people */
	const char *default_value;       /* as the controller has it; "" for none */
	bool (*valid)(struct str value); /* the controller's own validation */
	enum on_invalid on_invalid;
	enum risk risk;
	const char *scope; /* "location", "host", "ingress", "upstream" */
	enum simulated simulated;
	enum mapping mapping;
	enum feature feature; /* FEATURE_NONE when an apply function of the provider handles it */
	const char *option;   /* ConfigMap key that holds its default; NULL for none */
	const char *field;    /* Gateway API field, "" for none */
	const char *code;     /* finding raised when it does not map exactly; NULL for none */
	const char *text;     /* one sentence: what it does */
	const char *differs;  /* one sentence: what differs after conversion; "" for nothing */
	const char *golden;   /* golden case that shows it: testdata/<provider>/<golden> */
};

/* One option of the controller's ConfigMap. */
struct option_row {
	const char *key;
	const char *default_value;
	enum mapping mapping; /* MAPPING_CORE: converted; POLICY/LOSSY/NONE: reported */
	enum simulated simulated;
	enum feature feature; /* when set to something else than its default */
	bool inert;           /* process tuning: no request can tell */
	const char *code;
	const char *text;
};

/* A key that the provider's controller once knew or that people invented; reported with a hint. */
struct legacy_row {
	const char *key;
	const char *hint; /* what to use instead, or why it does nothing */
};

/* An Ingress with the ledger items of its parts, handed out by the framework. A provider marks every
 * one of them. */
struct ingress_view {
	const struct kube_ingress *ingress;
	struct ledger_item *class;           /* NULL when no class is given */
	struct ledger_item *default_backend; /* NULL when there is none */
	struct ledger_item **hosts;          /* one a rule */
	struct ledger_item ***paths;         /* [rule][path] */
	struct ledger_item ***backends;      /* [rule][path] */
	struct ledger_item **tls;            /* one an entry */
	struct ledger_item **annotations; /* one an annotation, in the order of meta.annotations */
	const char
		*held; /* code: an annotation of another controller may guard access; else NULL */
	bool ignored;  /* set by the provider: the controller ignores the whole Ingress */
};

/* Marks every item of the view that is still open. */
void view_mark_open(const struct ingress_view *view, enum outcome outcome, const char *code);

struct provider;

/* What a key is to the provider of an Ingress. */
enum annotation_kind {
	ANNOTATION_OWN,           /* of the provider: a row, or unknown to it */
	ANNOTATION_CLASS,         /* kubernetes.io/ingress.class */
	ANNOTATION_FOREIGN,       /* of a controller that is not handled yet */
	ANNOTATION_FOREIGN_GUARD, /* the same, or of nobody known, and by its name it may guard access */
	ANNOTATION_OTHER,         /* of other systems, which do not route */
};
enum annotation_kind annotation_kind(const struct provider *provider, struct str key);

/* The annotation of a Service by which a controller that is not handled yet may guard access to it,
 * as GKE does with a BackendConfig and Kong with plugins; NULL when there is none. */
const struct kube_pair *service_guard(const struct kube_service *service);

/* Everything a provider needs while it reads. */
struct provider_run {
	const struct provider *provider;
	const struct kube_set *set;
	struct ingress_view **views; /* Ingresses claimed for this provider, input order */
	size_t view_count;
	const struct kube_config_map *config; /* the controller's ConfigMap; NULL when not known */
	const char
		*held; /* code: which ConfigMap is the controller's is not known, and one guards */
	struct ledger_item **options;   /* one an entry of config->data */
	struct str default_certificate; /* "ns/name" of --default-ssl-certificate, or empty */
	bool experimental;
	bool external_auth;         /* the target carries out the ExternalAuth filter */
	bool unguarded;             /* --allow-unguarded: routes are not held back */
	enum regex_dialect dialect; /* of the target: decides what order its regexes have */
	struct model *model;
	struct findings *findings;
};

struct provider {
	const char *name, *title;
	const char
		*retired; /* since when nobody maintains the controller; NULL: it is maintained */
	const char *const *prefixes;    /* annotation prefixes with "/", NULL-ended */
	const char *const *class_names; /* well-known class names, NULL-ended */
	const char *const *controllers; /* IngressClass controller strings, NULL-ended */
	/* A process takes the Ingresses of every IngressClass with its controller string. Otherwise it is
	 * one class that a process is told to take, whatever other classes share the string. */
	bool by_controller;
	/* Tables, sorted by key. Counts are pointers, so that a table in another file can grow by a
	 * row alone. */
	const struct annotation_row *annotations;
	const size_t *annotation_count;
	const struct option_row *options;
	const size_t *option_count;
	const struct legacy_row *legacy;
	const size_t *legacy_count;
	void (*read)(struct provider_run *run);
	/* The source side: what the controller decides about requests. Reads what `read` reads, through
	 * a run of its own whose model and findings nobody looks at; independent of what `read` makes of
	 * it. The table refers to the objects of the set. NULL: not known. */
	struct route_table *(*side)(struct provider_run *run);
};

extern const struct provider *const providers[]; /* sorted by name, NULL-ended */

/* By name, NULL when unknown. */
const struct provider *provider_find(struct str name);

/* Row of a key without prefix; NULL when unknown. */
const struct annotation_row *annotation_find(const struct provider *provider, struct str key);
const struct option_row *option_find(const struct provider *provider, struct str key);

/* Nearest known key (annotations, legacy) within two edits, for "did you mean"; NULL for none. */
const char *annotation_suggest(const struct provider *provider, struct str key);

#endif
