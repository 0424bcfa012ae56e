/* nginx takes the first regex in the order of the length of its text. Targets have their own order:
 * Exact before regex before prefix for most, and longer before shorter within a kind. Where two
 * rules can take the same request and the orders differ, somebody has to look. */
#include "converters/from_ingress_nginx/nginx.h"

#include "gateway/precedence.h"

/* Beyond this many locations of a host only neighbours are compared. */
enum { ORDER_PAIRS_MOST = 400 };

/* Whether the target looks at `later` before `earlier`. Equal matches go to the route whose namespace
 * comes first. */
static bool overtakes(const struct nginx_location *earlier, const struct nginx_location *later)
{
	unsigned first = precedence_rank(&earlier->match);
	unsigned second = precedence_rank(&later->match);

	if (first != second)
		return second > first;
	if (earlier->written != later->written)
		return later->written > earlier->written;
	/* A rule for the header of a canary has a match more than that for any other request. */
	if (later->canary)
		return true;
	return str_cmp(later->owner->ingress->meta.namespace,
		       earlier->owner->ingress->meta.namespace) < 0;
}

static bool check_pair(struct nginx *nginx, const struct nginx_location *earlier,
		       const struct nginx_location *later)
{
	if (!earlier->match.value.len || !later->match.value.len ||
	    !paths_may_overlap(&earlier->match, &later->match) || !overtakes(earlier, later))
		return false;
	nginx_note_location(
		nginx, later, "I2G208",
		str_format(nginx->arena,
			   "nginx looks at '%.*s' first%s, a Gateway looks at this path "
			   "first: requests that fit both change their backend",
			   STR_ARG(earlier->path),
			   earlier->path.len > later->path.len ? " because its text is longer"
							       : ""),
		STR("make one of the two exclude the other, or check with the requests "
		    "you have"));
	if (!later->canary)
		nginx_last_scope(nginx)->backend = later->backend->name.text;
	ledger_mark(later->path_item, OUTCOME_APPROXIMATE, "I2G208");
	return true;
}

void nginx_check_order(struct nginx *nginx, struct nginx_server *server)
{
	size_t reach = server->location_count <= ORDER_PAIRS_MOST ? server->location_count : 2;

	if (!server->regex_cause)
		return;
	for (size_t i = 0; i < server->location_count; i++)
		server->locations[i]->written = (uint32_t)precedence_length(
			nginx->arena, &server->locations[i]->match, nginx->run->dialect);
	for (size_t j = 1; j < server->location_count; j++)
		for (size_t i = j >= reach ? j - reach + 1 : 0; i < j; i++)
			if (check_pair(nginx, server->locations[i], server->locations[j]))
				break;
}
