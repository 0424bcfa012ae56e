/* What a table does not simulate, and whom that concerns. */
#include <stdlib.h>

#include "base/arena.h"
#include "route/table.h"

void route_gap_add(struct route_table *table, struct arena *arena, struct route_gap gap)
{
	struct route_gap *gaps = (struct route_gap *)table->gaps;

	ARENA_PUSH(arena, gaps, table->gap_count, gap);
	table->gaps = gaps;
}

static int compare_gaps(const void *a, const void *b)
{
	const struct route_gap *left = a, *right = b;

	if (left->span.source != right->span.source)
		return left->span.source < right->span.source ? -1 : 1;
	if (left->span.line != right->span.line)
		return left->span.line < right->span.line ? -1 : 1;
	return str_cmp(left->what, right->what);
}

void route_gaps_sort(struct route_table *table)
{
	if (table->gap_count)
		qsort((void *)table->gaps, table->gap_count, sizeof *table->gaps, compare_gaps);
}

/* ---- whom it concerns ---- */

static bool same_object(const struct object_ref *a, const struct object_ref *b)
{
	return a == b || (a && b && str_eq(a->kind, b->kind) && str_eq(a->name, b->name) &&
			  str_eq(a->namespace, b->namespace));
}

static bool decides(const struct route_place *gap, const struct route_place *place)
{
	return same_object(gap->object, place->object) &&
	       (gap->rule < 0 || (gap->rule == place->rule && gap->match == place->match));
}

/* A Service that gets requests, whichever object decided so. */
static bool is_asked(const struct route_place *gap, const struct route_decision *decision)
{
	for (size_t i = 0; i < decision->backend_count; i++)
		if (str_eq(gap->object->kind, decision->backends[i].kind) &&
		    str_eq(gap->object->namespace, decision->backends[i].namespace) &&
		    str_eq(gap->object->name, decision->backends[i].name))
			return true;
	return false;
}

struct search {
	const struct route_gap *gap;
	struct str host;
	bool found;
};

static bool covers(struct str pattern, struct str host)
{
	struct str suffix = str_from_pos(pattern, 1);

	if (!str_starts(pattern, "*."))
		return str_eq_nocase(pattern, host);
	return host.len > suffix.len &&
	       str_eq_nocase(str_from_pos(host, host.len - suffix.len), suffix);
}

static void look(void *user, const struct route_term *term)
{
	struct search *search = user;

	search->found |= same_object(search->gap->place.object, term->place.object) &&
			 covers(term->host, search->host);
}

/* The object has a term on the host. Hosts of the request line and of the handshake both count. */
static bool names_host(const struct route_table *table, const struct route_gap *gap,
		       const struct route_request *request)
{
	struct search search = {.gap = gap, .host = route_host(request->authority)};

	table->side->terms(table, look, &search);
	if (search.found || !request->sni.len)
		return search.found;
	search.host = request->sni;
	table->side->terms(table, look, &search);
	return search.found;
}

bool route_gap_concerns(const struct route_table *table, const struct route_gap *gap,
			const struct route_request *request, const struct route_decision *decision)
{
	switch (gap->reach) {
	case ROUTE_REACH_ALL:
		return true;
	case ROUTE_REACH_HOSTS:
		if (names_host(table, gap, request))
			return true;
		break;
	case ROUTE_REACH_OBJECT:
		break;
	}
	return gap->place.object &&
	       (decides(&gap->place, &decision->place) || is_asked(&gap->place, decision));
}
