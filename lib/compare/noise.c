#include "compare/diff_parts.h"

/* Fields that a route may have; lines of text after which the whole text is noise; names that are told. */
enum { FIELDS_MOST = 256, LINES_MOST = 3, WORDS_MOST = 1000 };

/* A field that has one of two values by chance shows it within so many pairs in all but one of 4,096 cases. A route
 * with fewer is judged with the help of so many others. */
enum { SAMPLES_ENOUGH = 12, ROUTES_ENOUGH = 3 };

/* What one side has in each of so many pairs of a route, and the other in none, does not come and go: by chance it
 * is so in one of 4,096 cases. */
enum { STEADY_ENOUGH = 6 };

enum { MAY_BE_ABSENT = 1, MAY_DIFFER = 2 };

/* An entry of `fields` points here: no memory but for the key. */
static char flags[MAY_BE_ABSENT + MAY_DIFFER + 1];

void noise_init(struct noise *noise, struct arena *arena)
{
	*noise = (struct noise){.arena = arena};
	map_init(&noise->routes, arena);
	map_init(&noise->fields, arena);
	map_init(&noise->elsewhere, arena);
	map_init(&noise->missing, arena);
	map_init(&noise->names, arena);
}

static uint64_t field_key(uint64_t route, enum fact_kind kind, struct str name)
{
	return (str_hash(name) ^ route * 0x9e3779b97f4a7c15u) + (uint64_t)kind;
}

static struct str bytes_of(const uint64_t *key)
{
	return (struct str){(const char *)key, sizeof *key};
}

static void **entry(struct arena *arena, struct map *map, uint64_t key)
{
	uint64_t *copy;

	if (map_get(map, bytes_of(&key)))
		return map_at(map, bytes_of(&key));
	copy = arena_new(arena, uint64_t);
	*copy = key;
	return map_at(map, bytes_of(copy));
}

static unsigned flags_of(const struct noise *noise, uint64_t route, enum fact_kind kind,
			 struct str name)
{
	uint64_t key = field_key(route, kind, name);
	const char *at = map_get(&noise->fields, bytes_of(&key));

	return at ? (unsigned)(at - flags) : 0;
}

static bool is_absent(const struct fact *fact)
{
	return !fact->live.at || !fact->candidate.at;
}

static bool is_line(const struct fact *fact)
{
	return fact->kind == FACT_BODY && str_starts(fact->name, "line");
}

/* Where these differ the live side does not agree with itself. */
static bool can_be_noise(enum fact_kind kind)
{
	return kind != FACT_REACH && kind != FACT_STATUS && kind != FACT_BACKEND &&
	       kind != FACT_SHARE && kind != FACT_SESSION;
}

/* ---- learning ---- */

static void tell(struct noise *noise, const struct fact *fact)
{
	struct str words;
	struct arena_mark mark = arena_mark(noise->arena);

	if (noise->word_count >= WORDS_MOST)
		return;
	words = STR_JOIN(noise->arena, str_from(fact_kind_name(fact->kind)),
			 fact->name.len ? STR(" ") : STR(""), fact->name);
	if (map_get(&noise->names, words)) {
		arena_rewind(noise->arena, mark);
		return;
	}
	*map_at(&noise->names, words) = noise;
	ARENA_PUSH(noise->arena, noise->words, noise->word_count, words);
}

static struct noise_route *route_of(struct noise *noise, uint64_t route)
{
	void **at = entry(noise->arena, &noise->routes, route);

	if (!*at)
		*at = arena_new(noise->arena, struct noise_route);
	return *at;
}

static void learn_elsewhere(struct noise *noise, const struct fact *fact)
{
	uint64_t key = field_key(0, fact->kind, fact->name);
	void **at = entry(noise->arena, &noise->elsewhere, key);
	struct noise_elsewhere *elsewhere = *at;

	if (!elsewhere)
		*at = elsewhere = arena_new(noise->arena, struct noise_elsewhere);
	if (is_absent(fact))
		elsewhere->absent++;
	else
		elsewhere->other++;
}

static void note_missing(struct noise *noise, uint64_t route, const struct fact *fact)
{
	uint64_t key = field_key(route, fact->kind, fact->name);
	void **at = entry(noise->arena, &noise->missing, key);
	struct noise_missing *missing = *at;

	if (!missing)
		*at = missing = arena_new(noise->arena, struct noise_missing);
	if (fact->live.at)
		missing->live_only++;
	else
		missing->candidate_only++;
}

void noise_note_missing(struct noise *noise, uint64_t route, const struct facts *facts)
{
	for (size_t i = 0; i < facts->count; i++) {
		if (!can_be_noise(facts->at[i].kind) || !is_absent(&facts->at[i]))
			continue;
		note_missing(noise, 0, &facts->at[i]);
		note_missing(noise, route, &facts->at[i]);
	}
}

static void learn(struct noise *noise, uint64_t route, const struct fact *fact)
{
	unsigned known = flags_of(noise, route, fact->kind, fact->name);
	unsigned flag = is_absent(fact) ? MAY_BE_ABSENT : MAY_DIFFER;
	struct noise_route *all = route_of(noise, route);
	uint64_t key;

	if ((known | flag) == known)
		return;
	tell(noise, fact);
	if (!known && all->counts[fact->kind] >= FIELDS_MOST)
		return;
	if (!known)
		all->counts[fact->kind]++;
	if (is_line(fact))
		all->lines += str_is(fact->name, "lines") ? LINES_MOST : 1;
	learn_elsewhere(noise, fact);
	key = field_key(route, fact->kind, fact->name);
	*entry(noise->arena, &noise->fields, key) = &flags[known | flag];
}

void noise_learn(struct noise *noise, uint64_t route, const struct facts *facts)
{
	route_of(noise, route)->samples++;
	for (size_t i = 0; i < facts->count; i++)
		if (can_be_noise(facts->at[i].kind))
			learn(noise, route, &facts->at[i]);
}

/* ---- asking ---- */

/* A header that comes and goes has no value that could be relied on. One that only has another value each time
 * must still be there. */
static bool covers(unsigned known, const struct fact *fact)
{
	return known & MAY_BE_ABSENT || (known & MAY_DIFFER && !is_absent(fact));
}

/* A JSON value that is new each time is so with all below it. */
static bool is_below_noise(const struct noise *noise, uint64_t route, struct str path)
{
	for (; path.len > 1; path.len--)
		if ((path.at[path.len - 1] == '.' || path.at[path.len - 1] == '[') &&
		    flags_of(noise, route, FACT_BODY, str_sub(path, 0, path.len - 1)))
			return true;
	return false;
}

static struct noise_missing missing_on(const struct noise *noise, uint64_t route,
				       const struct fact *fact)
{
	uint64_t key = field_key(route, fact->kind, fact->name);
	const struct noise_missing *missing = map_get(&noise->missing, bytes_of(&key));

	return missing ? *missing : (struct noise_missing){0};
}

/* Whether both sides have it and have it not. Where one of them never has it, or lacks it in all answers of this
 * route, it is lost, whatever the live side does elsewhere. */
static bool comes_and_goes(const struct noise *noise, uint64_t route, unsigned samples,
			   const struct fact *fact)
{
	struct noise_missing all = missing_on(noise, 0, fact),
			     here = missing_on(noise, route, fact);

	if (!all.live_only || !all.candidate_only)
		return false;
	return samples < STEADY_ENOUGH ||
	       (here.live_only < samples && here.candidate_only < samples);
}

static bool is_elsewhere(const struct noise *noise, uint64_t route, unsigned samples,
			 const struct fact *fact)
{
	uint64_t key = field_key(0, fact->kind, fact->name);
	const struct noise_elsewhere *elsewhere = map_get(&noise->elsewhere, bytes_of(&key));

	if (!elsewhere || (fact->kind != FACT_HEADER &&
			   !(fact->kind == FACT_BODY && str_starts(fact->name, "$"))))
		return false;
	if (!is_absent(fact))
		return elsewhere->other >= ROUTES_ENOUGH || elsewhere->absent >= ROUTES_ENOUGH;
	return elsewhere->absent >= ROUTES_ENOUGH && comes_and_goes(noise, route, samples, fact);
}

bool noise_is(const struct noise *noise, uint64_t route, const struct fact *fact)
{
	static const struct noise_route nothing;
	const struct noise_route *all = map_get(&noise->routes, bytes_of(&route));

	if (!can_be_noise(fact->kind))
		return false;
	all = all ? all : &nothing;
	if (noise->complete && all->samples < SAMPLES_ENOUGH &&
	    is_elsewhere(noise, route, all->samples, fact))
		return true;
	if (all->counts[fact->kind] >= FIELDS_MOST)
		return true;
	if (is_line(fact) && all->lines >= LINES_MOST)
		return true;
	if (covers(flags_of(noise, route, fact->kind, fact->name), fact))
		return true;
	return fact->kind == FACT_BODY && str_starts(fact->name, "$") &&
	       is_below_noise(noise, route, fact->name);
}

size_t noise_drop(const struct noise *noise, uint64_t route, struct fact *facts, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (!noise_is(noise, route, &facts[i]))
			facts[kept++] = facts[i];
	return kept;
}
