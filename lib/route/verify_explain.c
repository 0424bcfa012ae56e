#include "route/verify_explain.h"

/* Terms of a table that concern the host of the request. */
struct collector {
	struct arena *arena;
	struct str host;
	struct witness_host *into;
	bool exact, deep, wildcard; /* how tables name the host */
	bool is_from; /* terms are those of today's side: findings are about its elements */
};

static bool concerns(struct str pattern, struct str host)
{
	return !pattern.len || route_host_is_below(host, pattern);
}

/* "a.b.example.com" is deep below "*.example.com". */
static void note_name(struct collector *collector, const struct route_term *term)
{
	struct str below = str_sub(collector->host, 0, collector->host.len - term->host.len + 1);

	if (!term->host.len)
		return;
	if (!str_starts(term->host, "*."))
		collector->exact = true;
	else if (str_find(below, '.') == SIZE_MAX)
		collector->wildcard = true;
	else
		collector->deep = true;
}

static void collect(void *user, const struct route_term *term)
{
	struct collector *collector = user;
	struct route_term *copy;

	if (!concerns(term->host, collector->host))
		return;
	note_name(collector, term);
	if (!collector->is_from)
		return;
	copy = arena_new(collector->arena, struct route_term);
	copy->place = term->place;
	copy->host = str_dup(collector->arena, term->host);
	copy->path_kind = term->path_kind;
	copy->path = str_dup(collector->arena, term->path);
	ARENA_PUSH(collector->arena, collector->into->terms, collector->into->term_count, copy);
}

static bool has_capitals(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] >= 'A' && text.at[i] <= 'Z')
			return true;
	return false;
}

/* An absolute name has its dot in Host, not in the handshake. */
static struct str without_dot(struct str host)
{
	return str_ends(host, ".") ? str_sub(host, 0, host.len - 1) : host;
}

/* What is unusual about a request, as a witness would say it. */
static unsigned twist_of(const struct route_request *request, const struct collector *names)
{
	struct str path = route_target(request->target).path;
	struct str host = route_host(request->authority);
	unsigned twist = 0;

	if (has_capitals(path))
		twist |= WITNESS_CASE;
	if (str_find_str(path, "//") != SIZE_MAX || str_find_str(path, "/.") != SIZE_MAX ||
	    str_find(path, '%') != SIZE_MAX)
		twist |= WITNESS_NORMAL;
	if (has_capitals(host) || str_ends(host, "."))
		twist |= WITNESS_HOST_FORM;
	if (request->tls && !request->sni.len)
		twist |= WITNESS_NO_SNI;
	else if (request->tls && !str_eq_nocase(request->sni, without_dot(host)))
		twist |= WITNESS_OTHER_SNI;
	if (!names->exact && !names->wildcard)
		twist |= names->deep ? WITNESS_HOST_DEEP : WITNESS_HOST_UNKNOWN;
	return twist;
}

static void explain(const struct verify_question *question, struct verify_covers *covers)
{
	struct verify verify = {.from = question->from,
				.to = question->to,
				.findings = question->findings,
				.explains = question->explains};
	struct witness_host host = {0};
	struct witness witness = {.request = *question->request, .host = &host};
	struct collector collector = {.arena = &verify.arena, .into = &host, .is_from = true};
	struct verify_case one = {
		.verify = &verify,
		.arena = &verify.arena,
		.witness = &witness,
		.request = question->request,
		.from = question->decisions[0],
		.to = question->decisions[1],
		.aspects = route_compare(question->decisions[0], question->decisions[1]),
	};

	arena_init(&verify.arena);
	/* Tables and findings have names in lower case. */
	host.name = collector.host =
		str_lower(&verify.arena, route_host(question->request->authority));
	verify_index_init(&verify);
	question->from->side->terms(question->from, collect, &collector);
	collector.is_from = false;
	question->to->side->terms(question->to, collect, &collector);
	host.twist = twist_of(question->request, &collector) &
		     (WITNESS_HOST_DEEP | WITNESS_HOST_UNKNOWN);
	witness.twist = twist_of(question->request, &collector);
	verify_find_covers(&one, covers);
	/* What becomes of a dot behind the host is up to the target: nobody announces it. */
	if (str_ends(host.name, "."))
		covers->left &= ROUTE_DIFFERS_GUARD;
	verify_index_finish(&verify);
	arena_finish(&verify.arena);
}

/* What differs on a connection of the host's own as well is explained by what explains it there, as in verify. */
static void explain_elsewhere(const struct verify_question *question, struct verify_covers *covers)
{
	struct route_request own = *question->request;
	struct route_scratch scratch[2];
	struct route_decision decisions[2];
	struct verify_covers there;
	struct verify_question again = *question;
	unsigned explained;

	own.sni = without_dot(route_host(own.authority));
	again.request = &own;
	for (int i = 0; i < 2; i++) {
		route_scratch_init(&scratch[i], false);
		route_decide(i ? question->to : question->from, &own, &scratch[i], &decisions[i]);
		again.decisions[i] = &decisions[i];
	}
	explain(&again, &there);
	explained = covers->left & route_compare(&decisions[0], &decisions[1]) & ~there.left;
	for (size_t i = 0; i < there.count && covers->count < VERIFY_COVERS; i++)
		if (there.at[i].aspects & explained)
			covers->at[covers->count++] = (struct verify_cover){
				there.at[i].finding, there.at[i].aspects & explained};
	covers->left &= ~explained;
	for (int i = 0; i < 2; i++)
		route_scratch_finish(&scratch[i]);
}

void verify_explain(const struct verify_question *question, struct verify_covers *covers)
{
	const struct route_request *request = question->request;

	explain(question, covers);
	if (covers->left && request->tls && request->transport == ROUTE_HTTP &&
	    !str_eq_nocase(request->sni, without_dot(route_host(request->authority))))
		explain_elsewhere(question, covers);
}
