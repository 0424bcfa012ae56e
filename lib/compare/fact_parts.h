/* fact_parts.h - private to fact*.c: how facts are gathered.
 */
#ifndef COMPARE_FACT_PARTS_H
#define COMPARE_FACT_PARTS_H

#include "compare/fact.h"

/* One comparison under way. */
struct fact_job {
	struct facts *facts;
	struct ignore *ignore;
	struct arena *arena; /* of the facts */
	const struct answer *live, *candidate;
	const struct answer
		*again;   /* the live side's second one; NULL: there is none to learn from */
	bool steady_body; /* the live side said the same bytes twice */
	unsigned counts[FACT_SESSION + 1]; /* facts of each kind */
};

/* Adds a fact unless it is ignored, known already, or one too many. `at` NULL: absent on that side. */
void fact_add(struct fact_job *job, enum fact_kind kind, struct str name, struct str live,
	      struct str candidate);

/* By kinds and names. */
void facts_sort(struct fact *facts, size_t count);

/* Add the facts of one theme. */
void fact_headers(struct fact_job *job);
void fact_cookies(struct fact_job *job);
void fact_location(struct fact_job *job);
void fact_body(struct fact_job *job);
/* False when one of the bodies is no JSON. */
bool fact_json(struct fact_job *job);
/* False when one of the bodies is not that of an echo server. */
bool fact_echo(struct fact_job *job);

/* Whether a fact is ignored; notes its name for the summary when it is. */
bool ignore_matches(struct ignore *ignore, enum fact_kind kind, struct str name);

/* The text with "<uuid>", "<time>", ... in the place of values that are new each time; the same slice when
 * there is none. `times_only`: the live side said the same twice, so an id is none that is new each time; a
 * time may be, if both answers came within a second. */
struct str mask_text(struct arena *arena, struct str text, bool times_only);
/* Whether two texts are equal but for such values. */
bool mask_same(struct arena *arena, struct str a, struct str b, bool times_only);

/* A body as JSON; finish it in any case. */
struct node;
struct body_json {
	const struct node *root; /* NULL: no JSON, too deep, or not all of it was kept */
	struct body_json_state *state;
};
void body_json_read(struct body_json *json, const struct answer *answer);
void body_json_finish(struct body_json *json);

/* The request as an echo server saw it, in the shape of the Gateway API conformance tests. Slices of the JSON. */
struct echo_said {
	struct str namespace, service, pod;
	struct str path, host, method, proto, port; /* proto, port: may be empty */
	const struct node *headers;                 /* a map */
};
bool echo_read(const struct node *root, struct echo_said *said);
/* "ns/service"; of a pod without service, what its name begins with. */
struct str echo_backend(const struct echo_said *said, struct arena *arena);

#endif
