/* table.h - a side: everything that one world knows, ready to decide requests.
 *
 * A table is compiled once from the objects of a world and never changes afterwards; any number of
 * threads may ask it, each with a scratch of its own. To add a controller: embed `struct route_table`
 * as the first member of its own struct, write one `struct route_side`, and a function that compiles.
 */
#ifndef ROUTE_TABLE_H
#define ROUTE_TABLE_H

#include "base/arena.h"
#include "route/decision.h"
#include "route/request.h"

/* Where a decision may allocate, and what a pattern works with. One a thread. */
struct route_scratch {
	struct arena arena;
	struct arena_mark start;
	void *match, *limits, *stack; /* of PCRE2; private to matcher.c */
	bool explain;       /* fill in `trace` and `what` of the decision: costs time and memory */
	bool gave_up;       /* set by matchers, cleared when a decision begins */
	unsigned exhausted; /* patterns of this decision that reached the limit of work */
	uint64_t exhausted_all; /* of all decisions */
};

void route_scratch_init(struct route_scratch *scratch, bool explain);
void route_scratch_finish(struct route_scratch *scratch);

struct route_table;

/* What a match of a table looks at: what one must vary to see the table change its mind. */
enum route_path_kind { ROUTE_PATH_EXACT, ROUTE_PATH_PREFIX, ROUTE_PATH_ELEMENTS, ROUTE_PATH_REGEX };

enum route_field_kind { ROUTE_FIELD_HEADER, ROUTE_FIELD_QUERY, ROUTE_FIELD_COOKIE };

struct route_field_term {
	enum route_field_kind kind;
	bool regex;       /* the value is a pattern */
	struct str name;  /* headers: as written */
	struct str value; /* empty: any */
};

/* One match, or what else of the table a request can differ in. */
struct route_term {
	enum route_transport transport;
	struct str gateway_namespace, gateway; /* empty: the only one */
	uint32_t port;
	bool tls;
	struct str host; /* lower case; "" any; "*.x": one or, if `deep`, more labels below x */
	bool deep;
	enum route_path_kind path_kind;
	struct str path;   /* literal, or a pattern as its engine gets it; empty: any */
	bool path_nocase;  /* the pattern, or the literal, is compared without case */
	struct str method; /* empty: any */
	bool grpc;         /* takes gRPC requests only */
	const struct route_field_term *fields;
	size_t field_count;
	bool alone; /* its fields decide before anything else is looked at: they need not be combined
	               with those of others */
	const struct route_network *networks; /* that a guard names */
	size_t network_count;
	int64_t body_bytes;        /* larger bodies are refused; 0: any size is taken */
	const struct str *origins; /* of CORS: a request with Origin may be told apart */
	size_t origin_count;
	struct route_place place;
	/* Of the rule of a match; NULL and none where there is no rule, or it answers by itself. */
	const struct route_policy *policy;
	const struct route_backend *backends;
	size_t backend_count;
};

/* A port that a world listens on. */
enum route_front_protocol { ROUTE_FRONT_HTTP, ROUTE_FRONT_TLS, ROUTE_FRONT_TCP, ROUTE_FRONT_UDP };

struct route_front {
	enum route_front_protocol
		protocol; /* ROUTE_FRONT_TLS: every connection begins with a handshake */
	struct str gateway_namespace, gateway; /* empty: there is only one */
	uint32_t port;
};

struct route_side {
	const char *name;  /* "gateway", "ingress-nginx": for programs */
	const char *title; /* "Gateway API", "Ingress (ingress-nginx)": for people */
	/* What everything rests on that is said of this side: "the controller keeps to ..."; NULL: nothing
	 * that could be otherwise. */
	const char *premise;
	/* Decides. Pure: the same table and request give the same decision. `decision` need not be
	 * initialised. Texts and lists that are made live in the scratch until its next decision. */
	void (*decide)(const struct route_table *table, const struct route_request *request,
		       struct route_scratch *scratch, struct route_decision *decision);
	/* Says each term, in the order in which the table holds them. Terms and their texts live
	 * until `say` returns, or as long as the table. */
	void (*terms)(const struct route_table *table,
		      void (*say)(void *user, const struct route_term *term), void *user);
	/* Says each port, in the order of Gateways and numbers; texts live as long as the table. */
	void (*fronts)(const struct route_table *table,
		       void (*say)(void *user, const struct route_front *front), void *user);
	/* Asks memory for what decide() will look at, and does not wait. NULL: the side does not. */
	void (*expect)(const struct route_table *table, const struct route_request *request);
	void (*destroy)(struct route_table *table);
};

/* A setting of the input that may change what is answered, and that the table does not simulate. What it
 * decides about the requests concerned holds but for that setting, and no more may be said of it. */
struct route_gap {
	struct str what;  /* "configuration-snippet" */
	struct str field; /* in the object that has it; may be empty */
	struct span span; /* line 0: not known */
	bool served; /* it changes no decision, and a proxy carries it out: see struct route_trust */
	enum route_reach {
		ROUTE_REACH_OBJECT, /* requests that its object decides, or its rule and match */
		ROUTE_REACH_HOSTS,  /* all requests to hosts that its object names */
		ROUTE_REACH_ALL,
	} reach;
	/* `object` has the setting; a Service concerns the requests it gets. `rule` and `match` are -1
	 * for the whole of an object. */
	struct route_place place;
};

/* What a proxy of this side believes of what a client says of itself. Zero: the peer is the client, and what it
 * says about others is replaced. No part of a decision: whoever serves the table asks it. */
struct route_trust {
	/* X-Forwarded-Proto, -Port and -Host are taken for true (ingress-nginx: use-forwarded-headers). */
	bool forwarded;
	bool appends; /* the peer is appended to X-Forwarded-For, which is replaced otherwise */
	/* The field that names the client (nginx: real_ip_header, recursive); empty: none does. */
	struct str client_field;
	bool any_proxy;                      /* anybody's word is taken */
	const struct route_network *proxies; /* else whose */
	size_t proxy_count;
	bool underscores; /* names of fields may have them */
	bool odd_names;   /* and any other octet of a token (nginx: ignore_invalid_headers off) */
};

struct route_table {
	const struct route_side *side;
	struct route_trust trust;
	const struct route_gap *gaps; /* by file and line; live as long as the table */
	size_t gap_count;
};

/* Empties the scratch, then asks the side. */
void route_decide(const struct route_table *table, const struct route_request *request,
		  struct route_scratch *scratch, struct route_decision *decision);

/* A hint that this request will be decided soon. A table that no cache holds is far away: who says what
 * comes before doing something else does not wait for it later. Costs about half of a decision in a small
 * table; changes no decision. The request need not be the same struct later. */
void route_expect(const struct route_table *table, const struct route_request *request);

/* NULL is allowed. */
void route_table_destroy(struct route_table *table);

/* Adds a gap to a table while it is made. */
void route_gap_add(struct route_table *table, struct arena *arena, struct route_gap gap);

/* Puts the gaps in the order of the input once all are there. */
void route_gaps_sort(struct route_table *table);

/* Whether the decision of the table about this request may be another one because of the gap. */
bool route_gap_concerns(const struct route_table *table, const struct route_gap *gap,
			const struct route_request *request, const struct route_decision *decision);

/* Notes a candidate in the trace; does nothing unless the scratch explains. */
void route_explain(struct route_scratch *scratch, struct route_decision *decision,
		   struct route_step step);

#endif
