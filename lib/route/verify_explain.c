#include "route/verify_explain.h"

/* Terms of a table that concern the host of the request. */
struct collector {
	struct arena *arena;
	struct str host;
	struct witness_host *into;
};

static bool concerns(struct str pattern, struct str host)
{
	if (!pattern.len)
		return true;
	if (!str_starts(pattern, "*."))
		return str_eq_nocase(pattern, host);

	struct str suffix = str_from_pos(pattern, 1);

	return host.len > suffix.len &&
	       str_eq_nocase(str_from_pos(host, host.len - suffix.len), suffix);
}

static void collect(void *user, const struct route_term *term)
{
	struct collector *collector = user;
	struct route_term *copy;

	if (!concerns(term->host, collector->host))
		return;
	copy = arena_new(collector->arena, struct route_term);
	copy->place = term->place;
	ARENA_PUSH(collector->arena, collector->into->terms, collector->into->term_count, copy);
}

static bool has_capitals(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] >= 'A' && text.at[i] <= 'Z')
			return true;
	return false;
}

/* What is unusual about a request, as a witness would say it. */
static unsigned twist_of(const struct route_request *request)
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
	return twist;
}

void verify_explain(const struct verify_question *question, struct verify_covers *covers)
{
	struct verify verify = {.from = question->from,
				.to = question->to,
				.findings = question->findings,
				.explains = question->explains};
	struct witness_host host = {.name = route_host(question->request->authority)};
	struct witness witness = {
		.request = *question->request, .host = &host, .twist = twist_of(question->request)};
	struct collector collector = {&verify.arena, host.name, &host};
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
	verify_index_init(&verify);
	question->from->side->terms(question->from, collect, &collector);
	verify_find_covers(&one, covers);
	/* What becomes of a dot behind the host is up to the target: nobody announces it. */
	if (str_ends(host.name, "."))
		covers->left &= ROUTE_DIFFERS_GUARD;
	verify_index_finish(&verify);
	arena_finish(&verify.arena);
}
