/* The echo that stands in for an application: what can be compared then. Where the live side has echoes as well, as
 * in a test, they are compared like any application. */
#include "compare/diff_parts.h"
#include "compare/fact_parts.h"
#include "route/compare.h"

/* Headers by which proxies speak to browsers, and applications seldom. */
static bool is_of_proxies(struct str name)
{
	return str_is(name, "strict-transport-security") || str_starts(name, "access-control-");
}

/* Headers that the echo sends about its own body. */
static bool is_of_echo(struct str name)
{
	return str_is(name, "content-type") || str_is(name, "x-content-type-options");
}

/* Pages by which controllers say that they have nothing to ask: nginx, the default backends of ingress-nginx
 * and of Go's HTTP library. */
static bool is_own_page(const struct answer *answer)
{
	static const char *const marks[] = {"<hr><center>nginx", "default backend - 404",
					    "404 page not found"};
	bool found = false;

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		found |= str_find_str(str_sub(answer->body, 0, 1024), marks[i]) != SIZE_MAX;
	return found && answer->status >= 400;
}

/* What a guard answers (403, 401, a redirect to the login) may be the application's as well. Where the guard is gone
 * then, nobody is to take the one for the other. */
static bool is_of_lost_guard(const struct forecast *forecast, const struct answer *live)
{
	return live->status >= 300 && forecast->has_from && forecast->has_to &&
	       route_compare(&forecast->from, &forecast->to) & ROUTE_DIFFERS_GUARD;
}

/* The live side answered by itself, as far as the tables or its words tell. */
static bool answers_itself(const struct forecast *forecast, const struct answer *live)
{
	return is_own_page(live) || is_of_lost_guard(forecast, live) ||
	       (forecast->has_from && forecast->from.action != ROUTE_FORWARD);
}

static bool counts(const struct fact *fact)
{
	switch (fact->kind) {
	case FACT_STATUS:
	case FACT_LOCATION:
	case FACT_BODY:
		return false;
	case FACT_COOKIE:
		return !fact->live.at;
	case FACT_HEADER:
		return is_of_proxies(fact->name) || (fact->candidate.at && !is_of_echo(fact->name));
	default:
		return true;
	}
}

bool stand_in_is(const struct diff_state *state, const struct forecast *forecast,
		 const struct answer *live, const struct answer *candidate)
{
	return !state->live_echoes && live->failure == ANSWER_CAME &&
	       candidate->failure == ANSWER_CAME && answer_is_echo(candidate) &&
	       !answers_itself(forecast, live);
}

size_t stand_in_drop(struct fact *facts, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (counts(&facts[i]))
			facts[kept++] = facts[i];
	return kept;
}
