/* rollover.h - the way from the Ingresses to the Gateway as a checklist, made of what the input holds.
 *
 *   rollover.c          phases and steps, and how lines are added
 *   rollover_facts.c    what the steps are about: Gateways, hosts, namespaces, who stays
 *   rollover_before.c   steps before a route is applied
 *   rollover_switch.c   steps from the routes on, until the Ingresses are gone
 *   rollover_dns.c      records that external-dns keeps, and their steps
 *   rollover_text.c     as markdown
 *   rollover_json.c     as JSON (docs/plan.schema.json)
 *
 * A step that does not apply is not there.
 */
#ifndef CLI_ROLLOVER_H
#define CLI_ROLLOVER_H

#include "base/buf.h"
#include "cli/worlds.h"

struct rollover_lines {
	struct str *at;
	size_t count;
};

struct rollover_step {
	const char *id;
	struct str title, text;
	struct rollover_lines items;    /* what it is about, one a line */
	struct rollover_lines commands; /* for a POSIX shell */
	struct rollover_lines checks;   /* commands whose output says whether it is done */
	struct rollover_lines back;     /* commands that undo it; none: nothing is to be undone */
};

struct rollover_phase {
	const char *id, *title;
	struct rollover_step *steps;
	size_t count;
};

/* ---- facts ---- */

struct rollover_gateway {
	const struct gateway *gateway; /* NULL: it exists already, and only its name is known */
	struct str namespace, name;
	struct str address;  /* that it asks for; empty: the cluster chooses one */
	struct str variable; /* "$GATEWAY", "$GATEWAY_2" */
	uint32_t realm;      /* of the model: whose place it takes */
};

/* A controller that serves today. */
struct rollover_live {
	const struct provider *provider;
	struct str controller;
	uint32_t realm;                  /* of the model */
	struct rollover_lines classes;   /* that its Ingresses name; "" where one names none */
	const struct kube_meta *ingress; /* the first one, whose status has the address */
	struct str variable;             /* "$LIVE", "$LIVE_2" */
};

struct rollover_host {
	struct str name; /* "" is every host */
	bool https;
	struct str path;                        /* of a request that some route takes */
	const struct rollover_gateway *gateway; /* whose address its record gets; never NULL */
	const struct rollover_live *live;       /* whose address it has; never NULL */
	const struct model_host *host;
	const struct rollover_record
		*record; /* that external-dns keeps of it; NULL: none is known */
	bool held;       /* some of it was held back */
	bool again;      /* one before it, of another controller, has the name */
};

/* An Ingress that external-dns has records from. */
struct rollover_keeper {
	const struct kube_meta *ingress;
	bool stays; /* with external-dns: something of it, or of a name it shares, was held back */
};

/* A name that external-dns keeps a record for. */
struct rollover_record {
	struct str name;                  /* lower case */
	struct rollover_keeper **keepers; /* whoever names it; at least one */
	size_t keeper_count;
	const struct rollover_host *host; /* of that name; NULL: none */
	bool routed;                      /* a route names it: the record goes on */
};

struct rollover_object {
	const char *kind;
	struct str namespace, name;
	enum role role;
};

struct rollover_certificate {
	struct str namespace, name; /* of the Secret */
	struct rollover_lines hosts;
	bool given; /* it is in the input */
	struct str
		issuer; /* "cert-manager.io/cluster-issuer=letsencrypt"; empty: no cert-manager */
	struct str holder; /* "Gateway infra/public" that carries the issuer's annotation */
};

struct rollover_input {
	const struct convert_result *result;
	const struct convert_options *options;
	const struct gateway_set *set;         /* what the conversion wrote */
	const struct rollover_object *objects; /* the same as a list, in the order written */
	size_t object_count;
	const struct sources *sources;
	struct str paths;        /* of the input, quoted for a shell */
	struct str flags;        /* of the conversion, quoted, each with a blank in front */
	struct str flags_of_all; /* the same without --ingress-class */
	bool from_pipe; /* the input was standard input: `paths` is the file it should be kept in */
	/* What verify says. */
	size_t requests, differing, uncovered, unguarded;
	bool verified; /* there was something to compare */
};

struct rollover {
	struct arena *arena;
	const struct rollover_input *input;
	struct rollover_phase *phases;
	size_t count;
	/* facts */
	struct rollover_gateway *gateways;
	size_t gateway_count;
	struct rollover_live
		*lives; /* in the order of their Ingresses; none: there is no Ingress */
	size_t live_count;
	struct rollover_host *hosts; /* in the order of the model */
	size_t host_count;
	struct rollover_certificate *certificates;
	size_t certificate_count;
	struct str *namespaces; /* with Ingresses that were converted, sorted */
	size_t namespace_count;
	size_t errors, warnings; /* findings */
	size_t stay_count;       /* Ingresses that cannot go yet: something of them was held back */
	struct rollover_keeper **keepers;
	size_t keeper_count;
	struct rollover_record **records; /* in the order of their Ingresses */
	size_t record_count;
	struct map record_map; /* name -> struct rollover_record */
	bool has_issuer;       /* cert-manager has */
	bool issuer_on_set;    /* on a ListenerSet */
};

/* Everything lives in the arena; the input must outlive it. */
void rollover_make(struct rollover *rollover, struct arena *arena,
		   const struct rollover_input *input);

/* Whether something must be decided before the first step. */
bool rollover_is_blocked(const struct rollover *rollover);

void rollover_markdown(struct buf *buf, const struct rollover *rollover);
void rollover_json(struct buf *buf, const struct rollover *rollover);

/* ---- private to rollover*.c ---- */

void rollover_find_facts(struct rollover *rollover);
void rollover_before(struct rollover *rollover);
void rollover_switch(struct rollover *rollover);

/* Fills `keepers` and `records`, before the hosts are found / gives them their hosts. */
void rollover_find_records(struct rollover *rollover);
void rollover_match_records(struct rollover *rollover);
/* The steps about the TTL and about external-dns, where there is something to do. */
void rollover_ttl(struct rollover *rollover);
void rollover_external_dns(struct rollover *rollover);
/* A line for each name that moves nowhere because external-dns keeps its record with an Ingress that stays. */
void rollover_kept_records(struct rollover *rollover, struct rollover_lines *lines);

/* A name that can be asked: any one below a wildcard. */
struct str rollover_asked(struct rollover *rollover, struct str name);

/* Begins a phase; a phase without steps is taken off again by the next one, and at the end. */
void rollover_phase(struct rollover *rollover, const char *id, const char *title);
/* A new step of the last phase. Valid until the next one. */
struct rollover_step *rollover_step(struct rollover *rollover, const char *id, struct str title);

/* printf into the arena, as a line. */
void rollover_line(struct rollover *rollover, struct rollover_lines *lines, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
struct str rollover_words(struct rollover *rollover, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* As a word of a POSIX shell: as it is when it is plain, else in single quotes. */
struct str rollover_quote(struct arena *arena, struct str text);

/* Of the objects that are written: whether it is a GatewayClass, whether one of them is. */
bool rollover_is_class(const struct rollover_object *object);
bool rollover_has_class(const struct rollover *rollover);

/* Whether some Gateway is made. */
bool rollover_makes_gateways(const struct rollover *rollover);

/* "3 Ingresses". */
struct str rollover_number(struct rollover *rollover, size_t count, const char *noun);

/* The controller that serves an Ingress that was converted. */
const struct rollover_live *rollover_live_of(const struct rollover *rollover,
					     const struct kube_meta *ingress);

/* Whether it serves an Ingress of that namespace. */
bool rollover_serves(const struct rollover *rollover, const struct rollover_live *live,
		     struct str namespace);

/* Whether something of this Ingress was held back. */
bool rollover_stays(const struct rollover *rollover, const struct kube_meta *ingress);

#endif
