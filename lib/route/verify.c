#include "route/verify.h"

/* EXHAUSTED: how often patterns may reach their limit, which takes about a millisecond each time. */
enum { PROGRESS = 4096, EXHAUSTED = 5000 };

/* ---- asking ---- */

static unsigned ask_on(struct verify *verify, const struct route_request *request,
		       struct route_decision decisions[static 2])
{
	route_decide(verify->from, request, &verify->scratch[0], &decisions[0]);
	route_decide(verify->to, request, &verify->scratch[1], &decisions[1]);
	return route_compare(&decisions[0], &decisions[1]);
}

static bool is_passed(const struct route_decision *decision)
{
	return decision->tls && decision->tls->passthrough;
}

static bool is_closed(const struct route_decision *decision)
{
	return decision->action == ROUTE_CLOSE && decision->phase == ROUTE_PHASE_TLS;
}

static bool serves_nothing(const struct route_decision *decision)
{
	return is_closed(decision) || (decision->action == ROUTE_ANSWER && decision->status == 404);
}

/* On a connection of another name. Whether it comes about is a class of that name; without any name, a
 * controller shows its own certificate, which no client takes that checks it, and a Gateway ends the
 * handshake. A client that is told 421 asks again on a connection of its own for that host (RFC 9110
 * 15.5.20), which is a class as well. What is passed through has no host for anyone but the backend. */
static bool ends_alike(const struct route_request *request, const struct route_decision *from,
		       const struct route_decision *to)
{
	if (to->status == 421 || is_passed(from) || is_passed(to))
		return true;
	if (request->sni.len)
		return is_closed(from) || is_closed(to);
	return is_closed(to) && from->tls && !from->tls->name.len;
}

static bool is_on_its_own(const struct route_request *request)
{
	if (request->transport == ROUTE_TLS)
		return request->sni.len > 0;
	return !request->tls || str_eq_nocase(request->sni, route_host(request->authority));
}

/* "a.example.": which host that is is up to the target. Only a guard that it may pass by counts. */
static bool is_dotted(const struct route_request *request)
{
	return str_ends(route_host(request->authority), ".");
}

bool verify_is_alike_elsewhere(const struct route_request *request,
			       const struct route_decision *from, const struct route_decision *to)
{
	if (is_dotted(request))
		return !(route_compare(from, to) & ROUTE_DIFFERS_GUARD);
	return !is_on_its_own(request) && ends_alike(request, from, to);
}

/* In what the tables differ. On a connection that was made for another name only what does not differ on
 * one of its own counts, and where there is none, only what is served now; certificates are shown to that
 * name. */
static unsigned ask(struct verify *verify, const struct route_request *request,
		    struct route_decision decisions[static 2])
{
	struct route_request own = *request;
	unsigned known = ROUTE_DIFFERS_CERTIFICATE, differs;
	bool nowhere = false;

	if (is_dotted(request))
		return ask_on(verify, request, decisions) & ROUTE_DIFFERS_GUARD;
	if (is_on_its_own(request))
		return ask_on(verify, request, decisions);
	own.sni = route_host(request->authority);
	if (request->transport == ROUTE_HTTP) {
		known |= ask_on(verify, &own, decisions);
		nowhere = is_closed(&decisions[0]) && serves_nothing(&decisions[1]);
	}
	differs = ask_on(verify, request, decisions) & ~known;
	if (ends_alike(request, &decisions[0], &decisions[1]) ||
	    (nowhere && decisions[1].action != ROUTE_FORWARD))
		return 0;
	return differs;
}

/* The target with another path and the same query. */
static struct str with_path(struct arena *arena, struct str target, struct str path)
{
	struct route_target parts = route_target(target);

	if (!parts.has_query)
		return path;
	return str_format(arena, "%.*s?%.*s", STR_ARG(path), STR_ARG(parts.query));
}

/* What a request comes to: its aspects and the findings that cover them. */
struct judgement {
	unsigned aspects;
	struct verify_covers covers;
	struct route_decision decisions[2];
};

static void judge(struct verify *verify, const struct witness *witness, struct arena *arena,
		  struct judgement *judgement);

static bool is_same_rule(const struct route_place *a, const struct route_place *b)
{
	return a->object == b->object && a->rule == b->rule;
}

/* In what the tables differ in the same way when the path is written plainly. A plain difference that
 * findings cover is another one where a side decides otherwise than about the plain request: all of it where
 * another rule of the new side takes the request, since it is that one which was not meant. */
static unsigned plain_aspects(struct verify *verify, const struct witness *witness,
			      struct arena *arena)
{
	struct judgement plainly;
	struct witness plain = *witness;
	struct route_decision twisted[2];

	if (!witness->plain.len)
		return 0;
	plain.request.target = with_path(arena, plain.request.target, witness->plain);
	plain.plain = (struct str){0};
	plain.twist &= ~(unsigned)(WITNESS_CASE | WITNESS_NORMAL);
	judge(verify, &plain, arena, &plainly);
	if (!plainly.aspects || plainly.covers.left)
		return plainly.aspects;
	route_decide(verify->from, &witness->request, &verify->scratch[3], &twisted[0]);
	route_decide(verify->to, &witness->request, &verify->scratch[4], &twisted[1]);
	if (!is_same_rule(&plainly.decisions[1].place, &twisted[1].place))
		return 0;
	return plainly.aspects & ~route_compare(&plainly.decisions[0], &twisted[0]) &
	       ~route_compare(&plainly.decisions[1], &twisted[1]);
}

/* Whether the new side answers as the findings say it will. */
static bool is_announced(struct verify *verify, const struct route_request *request,
			 const struct route_decision *to)
{
	struct route_decision announced;

	if (!verify->announced)
		return true;
	route_decide(verify->announced, request, &verify->scratch[2], &announced);
	return !route_compare(&announced, to);
}

static void judge(struct verify *verify, const struct witness *witness, struct arena *arena,
		  struct judgement *judgement)
{
	struct verify_case one = {.verify = verify,
				  .arena = arena,
				  .witness = witness,
				  .request = &witness->request,
				  .from = &judgement->decisions[0],
				  .to = &judgement->decisions[1]};

	judgement->covers = (struct verify_covers){0};
	judgement->aspects = ask(verify, &witness->request, judgement->decisions);
	if (!judgement->aspects)
		return;
	one.aspects = judgement->aspects;
	one.plainly = plain_aspects(verify, witness, arena);
	/* Decisions live until the next question. */
	if (witness->plain.len)
		ask(verify, &witness->request, judgement->decisions);
	verify_find_covers(&one, &judgement->covers);
	if (!is_announced(verify, &witness->request, one.to))
		judgement->covers = (struct verify_covers){.left = one.aspects};
}

/* ---- the shortest request ---- */

static bool same_covers(const struct verify_covers *a, const struct verify_covers *b)
{
	if (a->count != b->count || a->left != b->left)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (a->at[i].finding != b->at[i].finding)
			return false;
	return true;
}

/* One step towards a shorter request that differs alike; false when none is left. */
static bool same_outcome(struct verify *verify, const struct witness *shorter, struct arena *arena,
			 const struct judgement *as)
{
	struct judgement judgement;

	judge(verify, shorter, arena, &judgement);
	return judgement.aspects == as->aspects && same_covers(&judgement.covers, &as->covers);
}

static void drop_headers(struct verify *verify, struct witness *witness, struct arena *arena,
			 const struct judgement *as)
{
	for (size_t i = 0; i < witness->request.header_count;) {
		size_t count = witness->request.header_count;
		struct route_header *headers = arena_array(arena, struct route_header, count);
		struct witness shorter = *witness;

		for (size_t k = 0, n = 0; k < count; k++)
			if (k != i)
				headers[n++] = witness->request.headers[k];
		shorter.request.headers = headers;
		shorter.request.header_count = count - 1;
		if (same_outcome(verify, &shorter, arena, as))
			*witness = shorter;
		else
			i++;
	}
}

static void drop_rest(struct verify *verify, struct witness *witness, struct arena *arena,
		      const struct judgement *as)
{
	struct witness shorter = *witness;

	shorter.request.target = route_target(witness->request.target).path;
	if (shorter.request.target.len < witness->request.target.len &&
	    same_outcome(verify, &shorter, arena, as))
		*witness = shorter;
	shorter = *witness;
	shorter.request.method = (struct str){0};
	if (witness->request.method.len && same_outcome(verify, &shorter, arena, as))
		*witness = shorter;
}

static void try_shorter(struct verify *verify, struct witness *witness, struct witness shorter,
			struct arena *arena, const struct judgement *as)
{
	if (same_outcome(verify, &shorter, arena, as))
		*witness = shorter;
}

/* A body, an address, the server name of another host. */
static void drop_edges(struct verify *verify, struct witness *witness, struct arena *arena,
		       const struct judgement *as)
{
	struct witness shorter = *witness;

	shorter.twist &= ~(unsigned)WITNESS_BODY;
	shorter.request.body_length = 0;
	if (witness->request.body_length)
		try_shorter(verify, witness, shorter, arena, as);
	shorter = *witness;
	shorter.twist &= ~(unsigned)WITNESS_ADDRESS;
	shorter.request.client.known = false;
	if (witness->request.client.known)
		try_shorter(verify, witness, shorter, arena, as);
	shorter = *witness;
	shorter.twist &= ~(unsigned)(WITNESS_OTHER_SNI | WITNESS_NO_SNI);
	shorter.request.sni = witness->host->name;
	if (witness->twist & (WITNESS_OTHER_SNI | WITNESS_NO_SNI))
		try_shorter(verify, witness, shorter, arena, as);
}

/* A twisted path means something by its twist: it stays as it is. */
static void drop_tail(struct verify *verify, struct witness *witness, struct arena *arena,
		      const struct judgement *as)
{
	struct witness shorter = *witness;

	while (!witness->plain.len && shorter.request.target.len > 1) {
		shorter.request.target.len--;
		if (!same_outcome(verify, &shorter, arena, as))
			return;
		*witness = shorter;
	}
}

/* ---- groups ---- */

/* A plain request tells more than one in an unusual form. */
static size_t cost(const struct witness *witness)
{
	const struct route_request *request = &witness->request;
	const unsigned unusual = WITNESS_HOST_FORM | WITNESS_OTHER_SNI | WITNESS_NO_SNI |
				 WITNESS_BODY | WITNESS_ADDRESS;
	size_t size = 40 * (size_t)__builtin_popcount(witness->twist & unusual) +
		      request->target.len + request->authority.len + 8 * request->tls +
		      16 * request->method.len;

	for (size_t i = 0; i < request->header_count; i++)
		size += 40 + request->headers[i].value.len;
	return size;
}

static struct str words(struct verify *verify, const struct route_request *request)
{
	struct buf buf;
	struct str text;

	buf_init(&buf);
	route_describe_request(&buf, request);
	text = str_dup(&verify->arena, buf_slice(&buf));
	buf_finish(&buf);
	return text;
}

/* What each side decides, in words. */
static struct str described(struct verify *verify, const struct judgement *judgement, int side)
{
	struct buf buf;
	struct str text;

	buf_init(&buf);
	route_describe(&buf, &judgement->decisions[side], &judgement->decisions[!side],
		       judgement->aspects);
	text = str_dup(&verify->arena, buf_slice(&buf));
	buf_finish(&buf);
	return text;
}

/* The findings are the cause; where one is missing, it is an element of today's side. A guard that is lost
 * never hides behind a harmless request with the same cause. */
static struct str group_key(struct arena *arena, const struct judgement *judgement)
{
	const struct route_place *place = &judgement->decisions[0].place;
	const struct verify_covers *covers = &judgement->covers;
	bool placed = covers->left || judgement->aspects & ROUTE_DIFFERS_GUARD;
	const void *parts[VERIFY_COVERS + 5] = {
		(void *)(uintptr_t)covers->left,
		(void *)(uintptr_t)(judgement->aspects & ROUTE_DIFFERS_GUARD)};
	size_t count = 2;

	for (size_t i = 0; i < covers->count; i++)
		parts[count++] = covers->at[i].finding;
	if (placed) {
		parts[count++] =
			place->object ? place->object : judgement->decisions[1].place.object;
		parts[count++] = (void *)(intptr_t)place->rule;
		parts[count++] = (void *)(intptr_t)place->match;
	}
	return str_dup(arena, (struct str){(const char *)parts, count * sizeof *parts});
}

/* What today's side decided by, else its host, else what the other one decided by. */
static const struct route_place *place_of(const struct judgement *judgement)
{
	const struct route_place *places[] = {
		&judgement->decisions[0].place, &judgement->decisions[0].host,
		&judgement->decisions[1].place, &judgement->decisions[1].host};

	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (places[i]->object)
			return places[i];
	return places[0];
}

static void show(struct verify *verify, struct verify_difference *difference,
		 const struct witness *witness, const struct judgement *judgement)
{
	const struct route_place *place = place_of(judgement);
	char field[ROUTE_FIELD];

	difference->aspects = judgement->aspects;
	difference->covers = judgement->covers;
	difference->request = words(verify, &witness->request);
	difference->from = described(verify, judgement, 0);
	difference->to = described(verify, judgement, 1);
	difference->object = place->object;
	difference->span = place->span;
	difference->is_new =
		place == &judgement->decisions[1].place || place == &judgement->decisions[1].host;
	difference->field = str_dup(&verify->arena, route_place_field(place, field));
}

/* Kept beside a difference while the tables are asked. */
struct group {
	struct verify_difference difference;
	size_t cost;
};

static void shorten(struct verify *verify, struct group *group, const struct witness *witness,
		    struct arena *arena, const struct judgement *judgement)
{
	struct witness shorter = *witness;
	struct judgement shown;

	drop_edges(verify, &shorter, arena, judgement);
	drop_headers(verify, &shorter, arena, judgement);
	drop_rest(verify, &shorter, arena, judgement);
	drop_tail(verify, &shorter, arena, judgement);
	if (cost(&shorter) >= group->cost && group->difference.count > 1)
		return;
	judge(verify, &shorter, arena, &shown);
	group->cost = cost(&shorter);
	show(verify, &group->difference, &shorter, &shown);
}

static void differ(struct verify *verify, const struct witness *witness, struct arena *arena,
		   const struct judgement *judgement)
{
	struct str key = group_key(arena, judgement);
	struct group *group = map_get(&verify->groups, key);

	verify->differing++;
	if (!group) {
		group = arena_new(&verify->arena, struct group);
		*map_at(&verify->groups, str_dup(&verify->arena, key)) = group;
		ARENA_PUSH(&verify->arena, verify->differences, verify->difference_count,
			   &group->difference);
	}
	group->difference.count++;
	if (group->difference.count == 1 || cost(witness) < group->cost)
		shorten(verify, group, witness, arena, judgement);
}

/* ---- all ---- */

static bool is_exhausted(const struct verify *verify)
{
	uint64_t all = 0;

	for (int i = 0; i < VERIFY_SCRATCHES; i++)
		all += verify->scratch[i].exhausted_all;
	return all > EXHAUSTED;
}

static bool take(void *user, const struct witness *witness)
{
	struct verify *verify = user;
	struct judgement judgement;

	judgement.aspects = ask(verify, &witness->request, judgement.decisions);
	verify->undecided += judgement.decisions[0].gave_up || judgement.decisions[1].gave_up;
	if (judgement.aspects) {
		struct arena arena;

		arena_init(&arena);
		judge(verify, witness, &arena, &judgement);
		differ(verify, witness, &arena, &judgement);
		arena_finish(&arena);
	}
	if (verify->progress && verify->tally.requests % PROGRESS == 0)
		verify->progress(verify->user, verify->tally.requests);
	verify->exhausted = is_exhausted(verify);
	return !verify->exhausted;
}

void verify_run(struct verify *verify, const struct route_table *from, const struct route_table *to,
		const struct findings *findings, const struct witness_options *options)
{
	const struct route_table *const tables[] = {from, to};

	arena_init(&verify->arena);
	verify->from = from;
	verify->to = to;
	verify->findings = findings;
	map_init(&verify->groups, &verify->arena);
	for (int i = 0; i < VERIFY_SCRATCHES; i++)
		route_scratch_init(&verify->scratch[i], false);
	verify_index_init(verify);
	witness_each(tables, 2, options, take, verify, &verify->tally);
}

void verify_finish(struct verify *verify)
{
	for (int i = 0; i < VERIFY_SCRATCHES; i++)
		route_scratch_finish(&verify->scratch[i]);
	verify_index_finish(verify);
	arena_finish(&verify->arena);
}

bool verify_is_covered(const struct verify_difference *difference)
{
	return !difference->covers.left;
}

static size_t count_of(const struct verify *verify, bool uncovered, bool unguarded)
{
	size_t count = 0;

	for (size_t i = 0; i < verify->difference_count; i++) {
		const struct verify_difference *difference = verify->differences[i];

		count += (uncovered && !verify_is_covered(difference)) ||
			 (unguarded && difference->aspects & ROUTE_DIFFERS_GUARD);
	}
	return count;
}

size_t verify_uncovered(const struct verify *verify)
{
	return count_of(verify, true, false);
}

size_t verify_unguarded(const struct verify *verify)
{
	return count_of(verify, false, true);
}

size_t verify_errors(const struct verify *verify)
{
	return count_of(verify, true, true);
}
