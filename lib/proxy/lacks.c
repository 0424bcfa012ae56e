#include "proxy/lacks.h"

#include "base/map.h"
#include "route/guards.h"

/* Guards that are carried out: the router turns away, or the handshake does. */
static const enum feature kept[] = {
	FEATURE_CLIENT_CERT,
	FEATURE_IP_ALLOW,
	FEATURE_IP_DENY,
};

/* No guards, and a client can tell. What the router does not know is among the gaps of its table. */
static const enum feature missing[] = {
	FEATURE_BANDWIDTH_LIMIT,
	FEATURE_COMPRESSION,
	FEATURE_RETRY,
	FEATURE_RETRY_TIMEOUT,
};

static bool is_among(const enum feature *list, size_t count, enum feature feature)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == feature)
			return true;
	return false;
}

static bool has_guard(const struct route_guards *guards, enum feature feature)
{
	switch (feature) {
	case FEATURE_AUTH_BASIC:
		return guards->basic != NULL;
	case FEATURE_AUTH_EXTERNAL:
		return guards->ask != NULL;
	case FEATURE_AUTH_SATISFY_ANY:
		return guards->any;
	case FEATURE_CONNECTION_LIMIT:
	case FEATURE_RATE_LIMIT:
		return guards->limits != NULL;
	case FEATURE_SNIPPET:
		return guards->raw != NULL;
	default:
		return false;
	}
}

static bool shuts(const struct route_policy *policy, const struct route_fact *fact)
{
	return feature_guards(fact->feature) &&
	       (fact->raw || !policy->guards || !has_guard(policy->guards, fact->feature)) &&
	       !is_among(kept, sizeof kept / sizeof *kept, fact->feature);
}

const char *lacks_guard(const struct route_policy *policy)
{
	for (size_t i = 0; i < policy->fact_count; i++)
		if (shuts(policy, &policy->facts[i]))
			return "an access guard of this rule is not carried out by serve";
	return NULL;
}

/* ---- the start ---- */

struct kind {
	struct str words;
	unsigned status; /* answered instead of what it guards; 0: served without it */
	size_t count;
	const struct object_ref *first;
	struct kind *next;
};

struct listing {
	struct arena arena;
	const struct backends *backends;
	struct map seen;  /* what was counted */
	struct map kinds; /* words -> struct kind * */
	struct kind *first, **end;
};

/* Terms name a rule once for each port and host. */
static void count(struct listing *listing, struct str words, unsigned status,
		  const struct route_place *place)
{
	struct str id =
		str_format(&listing->arena, "%p %d %u %u %.*s", (const void *)place->object,
			   place->rule, place->span.line, place->span.column, STR_ARG(words));
	void **seen = map_at(&listing->seen, id);
	struct kind **kind;

	if (*seen)
		return;
	*seen = listing;
	kind = (struct kind **)map_at(&listing->kinds, words);
	if (!*kind) {
		*kind = arena_new(&listing->arena, struct kind);
		**kind = (struct kind){.words = words, .status = status, .first = place->object};
		*listing->end = *kind;
		listing->end = &(*kind)->next;
	}
	(*kind)->count++;
}

static void count_policy(struct listing *listing, const struct route_term *term)
{
	const struct route_policy *policy = term->policy;

	for (size_t i = 0; i < policy->fact_count; i++) {
		const struct route_fact *fact = &policy->facts[i];

		if (shuts(policy, fact) ||
		    is_among(missing, sizeof missing / sizeof *missing, fact->feature))
			count(listing, str_from(feature_words(fact->feature)),
			      shuts(policy, fact) ? 501 : 0, &term->place);
	}
}

static bool has_address(const struct backends *backends, const struct route_backend *to)
{
	const struct backend_host *host = backends_host(backends, to->namespace, to->name);

	return backends_find(backends, to->namespace, to->name, to->port) ||
	       str_is(to->kind, "Address") || (host && host->count);
}

/* The echo does not stand in for whom a guard asks. */
static void count_asked(struct listing *listing, const struct route_backend *to,
			const struct route_term *term)
{
	if (!has_address(listing->backends, to))
		count(listing, STR("external authentication, whose server has no address"), 500,
		      &term->place);
}

static void count_guards(struct listing *listing, const struct route_term *term)
{
	const struct route_policy *policy = term->policy;

	if (policy->auth)
		count_asked(listing, &policy->auth->backend, term);
	if (policy->guards && policy->guards->ask)
		count_asked(listing, &policy->guards->ask->backend, term);
}

static void count_term(void *user, const struct route_term *term)
{
	struct listing *listing = user;

	if (term->policy) {
		count_policy(listing, term);
		count_guards(listing, term);
	}
	for (size_t i = 0; i < term->backend_count; i++) {
		const struct route_backend *share = &term->backends[i];

		if (share->protocol == ROUTE_PROTOCOL_FASTCGI)
			count(listing, STR("FastCGI backends"), 501, &term->place);
		if (share->auth)
			count_asked(listing, &share->auth->backend, term);
	}
}

static void say_kind(struct listing *listing, const struct kind *kind,
		     void (*say)(void *user, struct str line), void *user)
{
	struct str where = {0};

	if (kind->first)
		where = str_format(&listing->arena, ", %sin %.*s %.*s/%.*s",
				   kind->count > 1 ? "the first " : "", STR_ARG(kind->first->kind),
				   STR_ARG(kind->first->namespace), STR_ARG(kind->first->name));
	say(user, str_format(&listing->arena, "not carried out%s: %.*s (%zu%.*s)",
			     kind->status == 501   ? ", answered 501"
			     : kind->status == 500 ? ", answered 500"
						   : "",
			     STR_ARG(kind->words), kind->count, STR_ARG(where)));
}

void lacks_say(const struct route_table *table, const struct backends *backends,
	       void (*say)(void *user, struct str line), void *user)
{
	struct listing listing = {.backends = backends};

	arena_init(&listing.arena);
	map_init(&listing.seen, &listing.arena);
	map_init(&listing.kinds, &listing.arena);
	listing.end = &listing.first;
	table->side->terms(table, count_term, &listing);
	for (size_t i = 0; i < table->gap_count; i++)
		if (!table->gaps[i].served)
			count(&listing, table->gaps[i].what, 0, &table->gaps[i].place);
	for (const struct kind *kind = listing.first; kind; kind = kind->next)
		say_kind(&listing, kind, say, user);
	arena_finish(&listing.arena);
}
