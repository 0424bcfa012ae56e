/* emitter.h - a target: one row with a table of what it can do.
 *
 * To add a target: write converters/to_<target>.c with its capability table and put its struct
 * emitter into the table in emitters.c.
 */
#ifndef CONVERTERS_EMITTER_H
#define CONVERTERS_EMITTER_H

#include "gateway/regex.h"
#include "model/feature.h"

enum support {
	SUPPORT_NONE,        /* nothing known to fit */
	SUPPORT_POLICY,      /* an object of the implementation: `where` names kind and field */
	SUPPORT_APPROXIMATE, /* an object or setting that comes near: `where` says which */
	SUPPORT_BUILT_IN,    /* the target behaves like that by itself */
};

struct capability {
	enum support support;
	const char *where; /* "BackendTrafficPolicy spec.timeout.tcp.connectTimeout" */
};

struct emitter {
	const char *name, *title;
	const char *gateway_class;   /* name of the GatewayClass people use; NULL for standard */
	const char *controller_name; /* to write that GatewayClass; NULL when it is not known or the
	                                implementation installs its own */
	enum regex_dialect dialect;
	bool cuts_requests; /* after a total time of its own, unless the route says otherwise */
	bool external_auth; /* carries out the ExternalAuth filter (GEP-1494, experimental channel) */
	bool limits_bodies; /* refuses large request bodies unless an object says otherwise */
	const char *
		listener_sets; /* first release that serves ListenerSets (v1); NULL: none is known */
	const struct capability *capabilities; /* FEATURE_KINDS cells; NULL for standard */
};

extern const struct emitter *const emitters[]; /* sorted by name, NULL-ended */

const struct emitter *emitter_find(struct str name);

/* Cell of the table; a zero cell when there is none. */
struct capability emitter_capability(const struct emitter *emitter, enum feature feature);

#endif
