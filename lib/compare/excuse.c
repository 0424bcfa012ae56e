/* What differs and is not held against the candidate: one row each. */
#include "compare/diff_parts.h"
#include "compare/fact_parts.h"

/* ---- when ---- */

static bool came(const struct answer *answer)
{
	return answer->failure == ANSWER_CAME;
}

/* What `serve` signs itself where the input has no certificate (proxy/tls.c). */
static bool is_made_up(const struct excuse_case *one)
{
	return str_find_str(one->live->tls.subject, "CN=ingress2gw serve") != SIZE_MAX ||
	       str_find_str(one->candidate->tls.subject, "CN=ingress2gw serve") != SIZE_MAX;
}

static bool is_own_page(const struct excuse_case *one)
{
	return forecast_own_answers(one->forecast);
}

static bool is_preflight(const struct excuse_case *one)
{
	return str_is(route_method(&one->probe->request), "OPTIONS") &&
	       (one->forecast->from.cors == ROUTE_CORS_PREFLIGHT ||
		one->forecast->to.cors == ROUTE_CORS_PREFLIGHT);
}

static bool is_plain_page(const struct excuse_case *one)
{
	return forecast_own_answers(one->forecast) && !is_preflight(one);
}

static bool asks_for_no_headers(const struct excuse_case *one)
{
	struct str value;

	return str_is(route_method(&one->probe->request), "OPTIONS") &&
	       !route_header_find(&one->probe->request, STR("access-control-request-headers"),
				  &value);
}

static bool is_elsewhere(const struct excuse_case *one)
{
	return forecast_elsewhere(one->forecast, one->probe, one->candidate);
}

static bool is_no_service(const struct excuse_case *one)
{
	return !came(one->candidate) && one->candidate->failure != ANSWER_TIMEOUT &&
	       (!came(one->live) || one->live->status == 404) && forecast_no_service(one->forecast);
}

/* ---- what ---- */

static bool any(const struct fact *fact)
{
	(void)fact;
	return true;
}

static bool is_reach(const struct fact *fact)
{
	return fact->kind == FACT_REACH;
}

static bool is_body(const struct fact *fact)
{
	return fact->kind == FACT_BODY;
}

static bool is_certificate(const struct fact *fact)
{
	return fact->kind == FACT_TLS &&
	       (str_is(fact->name, "certificate") || str_is(fact->name, "chain"));
}

static bool is_for_browsers(const struct fact *fact)
{
	return fact->kind == FACT_HEADER && (str_is(fact->name, "strict-transport-security") ||
					     str_starts(fact->name, "access-control-"));
}

static bool is_allowed_headers(const struct fact *fact)
{
	return fact->kind == FACT_HEADER && str_is(fact->name, "access-control-allow-headers");
}

/* ---- the rows ---- */

static const struct {
	const char *note; /* NULL: it is no difference at all */
	bool (*when)(const struct excuse_case *one);
	bool (*what)(const struct fact *fact);
} rows[] = {
	{"certificates that serve made up", is_made_up, is_certificate},
	{"hosts in a form that clients hardly send", is_elsewhere, any},
	/* Texts of a proxy's own pages are its own, and so are their types. */
	{"body of the proxies' own pages", is_own_page, is_body},
	/* A browser learns of HSTS from the page behind a redirect, and scripts see no error pages. */
	{"headers for browsers on the proxies' own pages", is_plain_page, is_for_browsers},
	/* A Gateway answers what was asked (Fetch 4.8), ingress-nginx always all. */
	{"header access-control-allow-headers where none were asked for", asks_for_no_headers,
	 is_allowed_headers},
	{NULL, is_no_service, is_reach},
};

static void apply(struct diff_state *state, struct facts *facts, size_t row)
{
	size_t kept = 0;

	for (size_t i = 0; i < facts->count; i++) {
		if (!rows[row].what(&facts->at[i]))
			facts->at[kept++] = facts->at[i];
		else if (rows[row].note)
			ignore_note(state->ignore, str_from(rows[row].note));
	}
	facts->count = kept;
}

void excuse_drop(struct diff_state *state, struct facts *facts, const struct excuse_case *one)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows && facts->count; i++)
		if (rows[i].when(one))
			apply(state, facts, i);
}
