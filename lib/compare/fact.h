/* fact.h - in what two answers to one request differ.
 *
 * A fact is one thing that can be named: the status, one header, one cookie, one value of a JSON body. Facts
 * that differ between two answers of the live side are noise there and say nothing about the candidate.
 *
 *   fact.c          the facts of two answers, one function a kind
 *   fact_head.c     headers, each by the grammar of its value; cookies
 *   fact_location.c Location by its parts
 *   fact_body.c     bodies: text by lines, the rest by hash
 *   fact_json.c     bodies: JSON by structure
 *   echo.c          bodies of echo servers: who answered, and the request as it was seen there
 *   ignore.c        what is ignored by default and by the user
 *   mask.c          values that are new each time: UUIDs, times, long hex numbers, JWTs
 *
 * JSON paths name all items of a list alike, "$.items[*].id", and keys that are new each time as "*". Lists
 * with the same items in another order are equal: a proxy does not sort what backends say.
 */
#ifndef COMPARE_FACT_H
#define COMPARE_FACT_H

#include "compare/answer.h"
#include "base/error.h"

enum fact_kind {
	FACT_REACH, /* one side did not answer */
	FACT_STATUS,
	FACT_LOCATION, /* compared by its parts: "host, path" are those that differ */
	FACT_BACKEND,  /* another one answered */
	FACT_SEEN,     /* the request as an echo backend saw it: "path", "host", "header x-a" */
	FACT_HEADER,   /* of the answer */
	FACT_COOKIE,   /* name or attributes; values are not compared */
	FACT_TLS,      /* "certificate", "version", "alpn" */
	FACT_BODY,     /* "length", "type", a JSON path, "line 3" */
	FACT_SHARE,    /* of requests that a backend gets */
	FACT_SESSION,  /* the same client did not stay with its backend */
};

struct fact {
	enum fact_kind kind;
	struct str name;            /* of header, cookie, JSON path ...; may be empty */
	struct str live, candidate; /* as shown to people; `at` NULL: absent on that side */
};

struct facts {
	struct arena *arena;
	const struct route_request
		*request;           /* that was answered, for relative Locations; NULL: not known */
	const struct answer *again; /* a second answer of the live side: an id that it said twice is
	                               none that is new each time; NULL: not known */
	struct fact *at;
	size_t count;
};

/* "status", "header", ... */
const char *fact_kind_name(enum fact_kind kind);

/* What does not count. Built-in rules are always there; those of the user are added. */
struct ignore;
struct ignore *ignore_new(struct arena *arena);
/* A header of the answer, or of what an echo backend saw. */
void ignore_header(struct ignore *ignore, struct str name);
/* A kind: "tls", "body", ...; with ":name" one of it: "body:$.time", "cookie:sid". False with a sentence. */
bool ignore_fact(struct ignore *ignore, struct str spec, struct error *error);
/* Something else that does not count, in words: it is shown among the names. Kept once. */
void ignore_note(struct ignore *ignore, struct str what);
/* Names that were ignored in this run and did differ ("header date"), in the order of the alphabet, for the
 * summary. They live as long as the arena, the list until something is ignored next. */
size_t ignore_seen(const struct ignore *ignore, const struct str **names);

/* All facts in which two answers differ and that are not ignored, in the order of kinds and names. Texts are cut
 * to FACT_TEXT bytes around the first difference; of each kind at most FACT_MOST are kept, and "more" stands for
 * the rest. Only `arena`, `request` and `again` need to be set. */
enum { FACT_TEXT = 240, FACT_MOST = 64 };
void facts_find(struct facts *facts, struct ignore *ignore, const struct answer *live,
		const struct answer *candidate);

#endif
