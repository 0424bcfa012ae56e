/* Backends by lot: one answer says nothing about shares. Of each decision by lot one probe is asked so often
 * that shares can be compared, the others just often enough not to take luck for a difference; and one keeps
 * its cookies, where a client is to stay with its backend. */
#include "compare/requests.h"
#include "compare/tally.h"

enum {
	/* 1,000 draws a side tell 10 % from 15 % nine times in ten: the difference is 3.4 standard errors
	 * of two proportions, 1.96 of which are luck once in twenty. */
	DRAWS_SHARES = 1000,
	DRAWS_FEW = 20,
	DRAWS_CLIENT = 10, /* of one client */
	TABLES_MOST = 8,
};

/* What tables say about who answers a request. */
struct lot {
	uint64_t class;
	bool weighted; /* several backends may be asked */
	bool cookie;   /* a cookie keeps a client with its backend */
};

static uint64_t hash_backends(uint64_t hash, const struct route_decision *decision, size_t *alive)
{
	for (size_t i = 0; i < decision->backend_count; i++) {
		const struct route_backend *backend = &decision->backends[i];

		if (!backend->weight)
			continue;
		++*alive;
		hash = tally_mix(hash, str_hash(backend->namespace));
		hash = tally_mix(hash, str_hash(backend->name));
		hash = tally_mix(hash, (uint64_t)backend->port << 32 | backend->weight);
	}
	return hash;
}

static void add_decision(struct lot *lot, const struct route_decision *decision)
{
	const struct route_session *session = decision->policy->session;
	size_t alive = 0;

	lot->class = tally_mix(lot->class, decision->action);
	if (decision->action != ROUTE_FORWARD)
		return;
	lot->class = tally_mix(lot->class, (uint64_t)(uintptr_t)decision->place.object);
	lot->class = tally_mix(lot->class, (uint32_t)decision->place.rule);
	lot->class = hash_backends(lot->class, decision, &alive);
	lot->weighted |= alive > 1;
	lot->cookie |= session && session->kind == ROUTE_SESSION_COOKIE;
}

/* `before`: probes of the same class, so far. */
static void set_draws(struct probe *probe, const struct lot *lot, uint32_t before)
{
	uint32_t first_of_client = lot->weighted ? 1 : 0;

	probe->follows = lot->cookie && before == first_of_client;
	if (probe->follows)
		probe->draws = DRAWS_CLIENT;
	else if (lot->weighted)
		probe->draws = before ? DRAWS_FEW : DRAWS_SHARES;
	else
		probe->draws = 0;
}

void probes_draw(struct probes *probes, const struct route_table *const *tables, size_t table_count)
{
	struct route_scratch scratch;
	struct tally classes = {0};

	route_scratch_init(&scratch, false);
	for (size_t i = 0; i < probes->count; i++) {
		struct probe *probe = &probes->at[i];
		struct lot lot = {0};

		for (size_t t = 0; t < table_count && t < TABLES_MOST; t++) {
			struct route_decision decision;

			route_decide(tables[t], &probe->request, &scratch, &decision);
			add_decision(&lot, &decision);
		}
		if (lot.weighted || lot.cookie)
			set_draws(probe, &lot, tally_count(&classes, lot.class));
	}
	tally_finish(&classes);
	route_scratch_finish(&scratch);
}
