#include "proxy/client_limits.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/bug.h"

/* 16384 clients at a time, about 1 MB once a limit is used at all; nginx has 5 MB a zone. */
enum { SETS = 2048, WAYS = 8 };

struct entry {
	uint8_t address[16];
	uint64_t zone;
	int64_t seen;       /* ms; 0: free */
	uint32_t excess[2]; /* thousandths of a request */
	uint32_t held;      /* requests under way */
};

struct limit_set {
	struct entry at[WAYS];
};

void limits_init(struct limits *limits)
{
	*limits = (struct limits){0};
	for (size_t i = 0; i < LIMITS_LOCKS; i++)
		pthread_mutex_init(&limits->locks[i], NULL);
	if (getrandom(&limits->seed, sizeof limits->seed, 0) < 0)
		limits->seed = (uint64_t)(uintptr_t)limits;
}

void limits_finish(struct limits *limits)
{
	for (size_t i = 0; i < LIMITS_LOCKS; i++)
		pthread_mutex_destroy(&limits->locks[i]);
	free(limits->sets);
}

/* ---- finding ---- */

/* Whoever picks addresses cannot pick sets: the seed is not known. */
static uint64_t hash_of(const struct limits *limits, uint64_t zone, const uint8_t address[16])
{
	uint64_t hash = limits->seed ^ zone, word;

	for (size_t i = 0; i < 16; i += sizeof word) {
		memcpy(&word, address + i, sizeof word);
		hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 29;
	}
	return hash;
}

/* All of them, under every lock: the table is made once. */
static void make_sets(struct limits *limits)
{
	for (size_t i = 0; i < LIMITS_LOCKS; i++)
		pthread_mutex_lock(&limits->locks[i]);
	if (!limits->sets)
		limits->sets = calloc(SETS, sizeof *limits->sets);
	if (!limits->sets)
		bug_out_of_memory(SETS * sizeof *limits->sets);
	for (size_t i = 0; i < LIMITS_LOCKS; i++)
		pthread_mutex_unlock(&limits->locks[i]);
}

static struct limit_set *lock(struct limits *limits, uint64_t hash)
{
	pthread_mutex_t *mutex = &limits->locks[hash % LIMITS_LOCKS];

	pthread_mutex_lock(mutex);
	if (!limits->sets) {
		pthread_mutex_unlock(mutex);
		make_sets(limits);
		pthread_mutex_lock(mutex);
	}
	return &limits->sets[hash % SETS];
}

static void unlock(struct limits *limits, uint64_t hash)
{
	pthread_mutex_unlock(&limits->locks[hash % LIMITS_LOCKS]);
}

/* The client's entry, else the one that was not seen for longest and holds nothing, else NULL. */
static struct entry *find(struct limit_set *set, uint64_t zone, const uint8_t address[16])
{
	struct entry *oldest = NULL;

	for (size_t i = 0; i < WAYS; i++) {
		struct entry *entry = &set->at[i];

		if (entry->seen && entry->zone == zone && !memcmp(entry->address, address, 16))
			return entry;
		if (!entry->held && (!oldest || entry->seen < oldest->seen))
			oldest = entry;
	}
	if (!oldest)
		return NULL;
	*oldest = (struct entry){.zone = zone};
	memcpy(oldest->address, address, 16);
	return oldest;
}

/* ---- counting ---- */

/* ngx_http_limit_req_lookup(): what has run out since, and this request. */
static bool fill(const struct route_rate *rate, const struct entry *entry, size_t number,
		 int64_t now, uint32_t *excess)
{
	int64_t since = now - entry->seen, level;

	*excess = 0;
	if (!rate->rate || !entry->seen)
		return true;
	since = since < 0 ? 0 : since;
	level = (int64_t)entry->excess[number] - (int64_t)rate->rate * since / 1000 + 1000;
	level = level < 0 ? 0 : level;
	if (level > rate->burst)
		return false;
	*excess = (uint32_t)level;
	return true;
}

static enum limits_verdict enter(struct entry *entry, const struct route_limits *of, int64_t now)
{
	uint32_t excess[2];

	for (size_t i = 0; i < 2; i++)
		if (!fill(&of->rates[i], entry, i, now, &excess[i]))
			return LIMITS_RATE;
	memcpy(entry->excess, excess, sizeof excess);
	entry->seen = now;
	if (of->connections && entry->held >= of->connections)
		return LIMITS_CONNECTIONS;
	entry->held += of->connections > 0;
	return LIMITS_PASS;
}

static bool is_exempt(const struct route_limits *of, const struct route_address *client)
{
	return !client->known || route_networks_have(of->exempt, of->exempt_count, client);
}

enum limits_verdict limits_enter(struct limits *limits, const struct route_limits *of,
				 const struct route_address *client, int64_t now, bool *held)
{
	uint64_t zone = str_hash(of->zone), hash = hash_of(limits, zone, client->at);
	enum limits_verdict verdict;
	struct entry *entry;

	*held = false;
	if (is_exempt(of, client))
		return LIMITS_PASS;
	entry = find(lock(limits, hash), zone, client->at);
	verdict = entry ? enter(entry, of, now ? now : 1) : LIMITS_CONNECTIONS;
	unlock(limits, hash);
	*held = verdict == LIMITS_PASS && of->connections;
	return verdict;
}

void limits_leave(struct limits *limits, const struct route_limits *of,
		  const struct route_address *client)
{
	uint64_t zone = str_hash(of->zone), hash = hash_of(limits, zone, client->at);
	struct entry *entry = find(lock(limits, hash), zone, client->at);

	if (entry && entry->held)
		entry->held--;
	unlock(limits, hash);
}
