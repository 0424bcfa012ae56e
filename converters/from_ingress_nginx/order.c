/* nginx takes the first regex in the order of the length of its text. Targets have their own order:
 * Exact before regex before prefix for most, and longer before shorter within a kind. Where two
 * rules can take the same request and the orders differ, somebody has to look. */
#include "converters/from_ingress_nginx/nginx.h"

#include "gateway/regex.h"

/* Beyond this many locations of a host only neighbours are compared. */
enum { ORDER_PAIRS_MOST = 400 };

static unsigned rank(const struct model_path *path)
{
	switch (path->kind) {
	case PATH_EXACT:
		return 3;
	case PATH_REGEX:
		return 2;
	case PATH_PREFIX:
		break;
	}
	return 1;
}

/* Text that every path the rule matches begins with. */
static struct str literal_head(const struct model_path *path)
{
	size_t end = 0;

	if (path->kind != PATH_REGEX)
		return path->value;
	/* Only the first alternative is anchored. */
	if (nginx_has_alternatives(path->value))
		return STR("");
	while (end < path->value.len && !strchr("\\^$.*+?()[]{}|", path->value.at[end]))
		end++;
	/* A quantifier makes the character before it optional. */
	if (end < path->value.len && end > 0 && strchr("*?{", path->value.at[end]))
		end--;
	return str_sub(path->value, 0, end);
}

static bool may_overlap(const struct model_path *a, const struct model_path *b)
{
	struct str left = literal_head(a), right = literal_head(b);
	size_t shared = left.len < right.len ? left.len : right.len;

	if (a->kind == PATH_EXACT && b->kind == PATH_EXACT)
		return str_eq_nocase(left, right);
	return str_eq_nocase(str_sub(left, 0, shared), str_sub(right, 0, shared));
}

/* Length of the value that is written: targets compare that, and not the text of the Ingress. */
static size_t written_length(struct nginx *nginx, const struct model_path *path)
{
	const char *why = NULL;

	if (path->kind != PATH_REGEX)
		return path->value.len;
	return regex_path(nginx->arena, path->value, nginx->run->dialect, &why).len;
}

/* Whether the target looks at `later` before `earlier`. Equal matches go to the route whose namespace
 * comes first. */
static bool overtakes(const struct nginx_location *earlier, const struct nginx_location *later)
{
	unsigned first = rank(&earlier->match), second = rank(&later->match);

	if (first != second)
		return second > first;
	if (earlier->written != later->written)
		return later->written > earlier->written;
	/* A rule for the header of a canary has a match more. */
	if (!earlier->canary != !later->canary)
		return later->canary != NULL;
	return str_cmp(later->owner->ingress->meta.namespace,
		       earlier->owner->ingress->meta.namespace) < 0;
}

static bool check_pair(struct nginx *nginx, const struct nginx_location *earlier,
		       const struct nginx_location *later)
{
	if (!earlier->match.value.len || !later->match.value.len ||
	    !may_overlap(&earlier->match, &later->match) || !overtakes(earlier, later))
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
		server->locations[i]->written =
			(uint32_t)written_length(nginx, &server->locations[i]->match);
	for (size_t j = 1; j < server->location_count; j++)
		for (size_t i = j >= reach ? j - reach + 1 : 0; i < j; i++)
			if (check_pair(nginx, server->locations[i], server->locations[j]))
				break;
}
