/* gateway_parts.h - the groups of rules that gateway_check() runs. Private to lib/check/gateway*.c. */
#ifndef CHECK_GATEWAY_PARTS_H
#define CHECK_GATEWAY_PARTS_H

#include "base/arena.h"
#include "check/gateway.h"

struct gateway_run {
	struct attach *attach;
	struct arena kept;    /* until the end of the run */
	struct arena scratch; /* rewound after each object */
	struct findings *findings;
	struct map entries; /* matches by site and meaning: gateway_match.c */
	struct map paths;   /* paths by site */
	struct map sites;   /* by Gateway, port and host */
	bool full;          /* GATEWAY_COMPARED_MOST is reached */
};

/* Adds a finding about an object. Its texts are copied. */
void gateway_say(struct gateway_run *run, const struct kube_meta *meta, struct finding finding);

/* A text that lives until the object was looked at. */
struct str gateway_text(struct gateway_run *run, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Calls `check` for numbers from 0; what it made in `scratch` is forgotten after each. */
void gateway_each(struct gateway_run *run, size_t count,
		  void (*check)(struct gateway_run *run, size_t i));

/* What is wrong with one object by itself, and with its references. */
void gateway_check_listeners(struct gateway_run *run, const struct attach_listeners *listeners);
void gateway_check_gateway(struct gateway_run *run, const struct attach_gateway *gateway);
void gateway_check_set(struct gateway_run *run, const struct attach_set *set);
void gateway_check_policy(struct gateway_run *run, const struct attach_policy *policy);
void gateway_check_parents(struct gateway_run *run, const struct attach_route *route);
void gateway_check_references(struct gateway_run *run, const struct attach_route *route);
void gateway_check_rules(struct gateway_run *run, const struct attach_route *route);

/* A reference that does not resolve, as the finding that its state stands for; nothing when it does. */
struct gateway_place {
	const struct kube_meta *meta;
	struct str path;
	const struct gateway_ref *ref;
};
void gateway_say_ref(struct gateway_run *run, const struct gateway_place *place,
		     enum attach_ref_state state, const char *missing_code);

/* Everything of a kind uses an old version / is near a bound of the CRD. */
void gateway_check_version(struct gateway_run *run, const struct kube_meta *meta);
void gateway_check_bound(struct gateway_run *run, const struct gateway_place *place, size_t count,
			 size_t bound);

/* Matches of all routes against each other: first all are entered, by precedence of their routes; then
 * each can be asked about. */
void gateway_enter_matches(struct gateway_run *run);
void gateway_check_matches(struct gateway_run *run);

/* One place where the matches of a route count: a port of a Gateway and a host name ("" for all). */
struct gateway_site {
	const struct attach_listener *listener;
	struct str host;
};

/* Whether a path on a site is taken by something with a longer path than `path` (or that very path as
 * Exact) that is not the same match. Paths are compared by element. */
bool gateway_has_nearer_path(struct gateway_run *run, const struct gateway_site *site,
			     struct str target, struct str than);

/* A redirect that leads to the rule that it stands in. */
void gateway_check_redirects(struct gateway_run *run, const struct attach_route *route);

#endif
