/* Probes out of tables: witnesses (route/witness.h) that can be asked over HTTP, each once. When there are
 * more than anybody wants to ask, those stay that say most: of every class of requests that the tables
 * decide alike the first ones, and more of those on which they disagree. */
#include <stdlib.h>

#include "base/bug.h"
#include "compare/requests.h"
#include "compare/tally.h"
#include "route/compare.h"

enum {
	TABLES_MOST = 8,  /* whose decisions are looked at; further ones only give witnesses */
	PER_HOST = 20000, /* witnesses of a host unless the caller says otherwise */
	WITNESSES_MOST = 2000000, /* looked at: what it takes is bounded whatever the input */
	DIFFERENT_MORE = 4,       /* times as many of a class on which tables disagree */
	ROUNDS = 64,              /* of classes, and within one of hosts; later ones are alike */
	RANKS = ROUNDS * ROUNDS,
};

struct generator {
	struct probes *probes;
	const struct route_table *const *tables;
	size_t table_count;
	struct route_scratch scratch[TABLES_MOST];
	struct tally seen, classes, hosts;
	uint16_t *ranks; /* of each witness that was new, in order; heap */
	size_t rank_count, rank_room;
	size_t by_rank[2][RANKS];        /* how many have it: safe methods, others */
	size_t least[2], left[2], taken; /* ranks below are taken, of this one so many */
};

/* ---- which witnesses can be asked ---- */

static uint64_t hash_text(uint64_t hash, struct str text)
{
	return tally_mix(tally_mix(hash, text.len), str_hash(text));
}

/* All of it, credentials as well: what the tables look at may be one. */
static uint64_t hash_request(const struct route_request *request)
{
	uint64_t hash = tally_mix(request->port, request->tls);

	hash = tally_mix(hash, (uint64_t)request->body_length);
	hash = hash_text(hash, route_method(request));
	hash = hash_text(hash, request->sni);
	hash = hash_text(hash, request->authority);
	hash = hash_text(hash, request->target);
	for (size_t i = 0; i < request->header_count; i++) {
		hash = hash_text(hash, request->headers[i].name);
		hash = hash_text(hash, request->headers[i].value);
	}
	return hash;
}

/* Whether it becomes a probe, if there is room. */
static bool is_new(struct generator *generator, const struct witness *witness)
{
	return witness->request.transport == ROUTE_HTTP && !witness->request.client.known &&
	       !tally_count(&generator->seen, hash_request(&witness->request));
}

/* ---- first pass: how telling each is ---- */

static uint64_t hash_decision(uint64_t hash, const struct route_decision *decision)
{
	hash = tally_mix(hash, (uint64_t)decision->action << 32 | decision->status);
	hash = tally_mix(hash, (uint64_t)decision->phase << 32 | decision->cors);
	hash = tally_mix(hash, (uint64_t)(uintptr_t)decision->place.object);
	return tally_mix(hash, (uint64_t)(uint32_t)decision->place.rule << 32 |
				       (uint32_t)decision->place.match);
}

static uint32_t least_of(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* Which of its class it is: the first plain one, the first in an unusual form, the second plain one, ...; and
 * of those which of its host, so that the last round with room for it is not used up by the first hosts. */
static unsigned rank_of(struct generator *generator, const struct witness *witness)
{
	struct route_decision decisions[TABLES_MOST];
	size_t count = generator->table_count;
	uint64_t host = hash_text(0, witness->host->name), class = tally_mix(host, witness->twist);
	bool differs = false;
	uint32_t round;

	class = tally_mix(class, witness->request.port << 1 | witness->request.tls);
	class = hash_text(class, route_method(&witness->request));
	for (size_t i = 0; i < count && i < TABLES_MOST; i++) {
		route_decide(generator->tables[i], &witness->request, &generator->scratch[i],
			     &decisions[i]);
		class = hash_decision(class, &decisions[i]);
		differs |= i && route_compare(&decisions[0], &decisions[i]) &
					~(unsigned)ROUTE_DIFFERS_POLICY;
	}
	round = tally_count(&generator->classes, class);
	if (differs)
		round /= DIFFERENT_MORE;
	round = least_of(round, ROUNDS) * 2 + (witness->twist != 0);
	round = least_of(round, ROUNDS - 1);
	return round * ROUNDS +
	       least_of(tally_count(&generator->hosts, tally_mix(host, round)), ROUNDS - 1);
}

static bool look(void *user, const struct witness *witness)
{
	struct generator *generator = user;
	unsigned rank;

	if (witness->request.transport != ROUTE_HTTP) {
		generator->probes->streams++;
		return true;
	}
	generator->probes->addresses += witness->request.client.known;
	if (!is_new(generator, witness))
		return true;
	rank = rank_of(generator, witness);
	generator->by_rank[!probe_is_safe(route_method(&witness->request))][rank]++;
	if (generator->rank_count == generator->rank_room) {
		generator->rank_room = generator->rank_room ? generator->rank_room * 2 : 1024;
		generator->ranks =
			realloc(generator->ranks, generator->rank_room * sizeof *generator->ranks);
		if (!generator->ranks)
			bug_out_of_memory(generator->rank_room);
	}
	generator->ranks[generator->rank_count++] = (uint16_t)rank;
	return generator->rank_count < WITNESSES_MOST;
}

/* Whole ranks as long as there is room, and of the next one what is met first. */
static void share_room(struct generator *generator)
{
	for (int unsafe = 0; unsafe < 2; unsafe++) {
		const size_t *count = generator->by_rank[unsafe];
		size_t room = PROBES_GENERATED_MOST, rank = 0;

		while (rank < RANKS && count[rank] <= room)
			room -= count[rank++];
		generator->least[unsafe] = rank;
		generator->left[unsafe] = room;
		for (; rank < RANKS; rank++)
			generator->probes->capped += count[rank];
		generator->probes->capped -= generator->least[unsafe] < RANKS ? room : 0;
	}
}

/* ---- second pass: those that are asked ---- */

static bool is_taken(struct generator *generator, const struct witness *witness)
{
	bool unsafe = !probe_is_safe(route_method(&witness->request));
	size_t rank = generator->ranks[generator->taken++];

	if (rank < generator->least[unsafe])
		return true;
	if (rank > generator->least[unsafe] || !generator->left[unsafe])
		return false;
	generator->left[unsafe]--;
	return true;
}

static bool take(void *user, const struct witness *witness)
{
	struct generator *generator = user;
	struct probe *probe;

	if (!is_new(generator, witness))
		return true;
	if (generator->taken == generator->rank_count)
		return false;
	if (!is_taken(generator, witness))
		return true;
	probe = probes_add(generator->probes);
	probe_set_request(probe, &generator->probes->arena, &witness->request);
	probe->origin = STR(PROBE_GENERATED);
	probe->times = 1;
	return true;
}

void probes_generate(struct probes *probes, const struct route_table *const *tables,
		     size_t table_count, const struct witness_options *options)
{
	struct generator generator = {
		.probes = probes, .tables = tables, .table_count = table_count};
	struct witness_options bounded = *options;
	struct witness_tally tally;

	if (!bounded.per_host)
		bounded.per_host = PER_HOST;
	for (size_t i = 0; i < TABLES_MOST; i++)
		route_scratch_init(&generator.scratch[i], false);
	witness_each(tables, table_count, &bounded, look, &generator, &tally);
	probes->capped += tally.capped;
	tally_finish(&generator.seen);
	share_room(&generator);
	if (generator.rank_count)
		witness_each(tables, table_count, &bounded, take, &generator, &tally);
	tally_finish(&generator.seen);
	tally_finish(&generator.classes);
	tally_finish(&generator.hosts);
	for (size_t i = 0; i < TABLES_MOST; i++)
		route_scratch_finish(&generator.scratch[i]);
	free(generator.ranks);
}
