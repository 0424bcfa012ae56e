/* Which match of a host takes a request: exact paths, patterns, prefixes from long to short. */
#include "route/gate.h"

/* ---- host names ---- */

static const struct gate_host *host_get(const struct gate_front *front, struct str key,
					uint64_t hash, bool wildcard)
{
	const struct gate_host *host = gate_host(front, index_find(&front->names, hash));

	while (host && (host->wildcard != wildcard || !hash_same_name(key, host->key)))
		host = gate_host(front, host->next);
	return host;
}

const struct gate_host *gate_wildcard_get(const struct gate_front *front, struct str suffix)
{
	return host_get(front, suffix, hash_name(suffix), true);
}

const struct gate_host *gate_host_find(const struct gate_front *front, struct str host,
				       uint64_t hash)
{
	const struct gate_host *found = host.len ? host_get(front, host, hash, false) : NULL;

	/* A wildcard stands for one label or more, so the first dot that counts is behind one. */
	for (size_t i = 1; front->wildcards && !found && i < host.len; i++)
		if (host.at[i] == '.')
			found = gate_wildcard_get(front, str_from_pos(host, i));
	if (!found && front->any)
		found = gate_host(front, front->any);
	return found;
}

/* ---- conditions ---- */

static bool value_fits(const struct gate_ask *ask, const struct gate_condition *condition,
		       struct str value)
{
	if (condition->matcher)
		return matcher_matches(condition->matcher, value, ask->scratch);
	return str_eq(condition->value, value);
}

/* Value of the first parameter of that name, as it is written. */
static struct str parameter(struct str query, struct str name)
{
	struct str part;
	bool more = true;

	while (str_split(&query, '&', &more, &part)) {
		size_t equal = str_find(part, '=');

		if (!str_eq(str_sub(part, 0, equal), name))
			continue;
		return equal == SIZE_MAX ? STR("") : str_from_pos(part, equal + 1);
	}
	return (struct str){0};
}

static bool condition_holds(const struct gate_ask *ask, const struct gate_condition *condition)
{
	struct str value;

	if (!condition->query)
		return route_header_value(ask->request, condition->name, &ask->scratch->arena,
					  &value) &&
		       value_fits(ask, condition, value);
	value = parameter(ask->target.query, condition->name);
	return value.at && value_fits(ask, condition, value);
}

/* ---- matches ---- */

/* Something stands behind the prefix: "/service/method". */
static struct str rpc_method(const struct gate_ask *ask, const struct gate_match *match)
{
	struct str rest = str_from_pos(ask->target.path, match->prefix + 1);

	if (match->prefix)
		return rest;

	size_t slash = str_find(rest, '/');

	return slash == SIZE_MAX ? STR("") : str_from_pos(rest, slash + 1);
}

static bool rpc_fits(const struct gate_ask *ask, const struct gate_match *match)
{
	struct str method = rpc_method(ask, match);

	if (match->rpc_matcher)
		return matcher_matches(match->rpc_matcher, method, ask->scratch);
	return match->rpc.len ? str_eq(match->rpc, method) : method.len > 0;
}

const char *gate_match_refuses(const struct gate_ask *ask, const struct gate_match *match)
{
	if (match->grpc && !ask->grpc)
		return "it is no gRPC request";
	if (match->method.len && !str_eq(match->method, route_method(ask->request)))
		return "another method";
	if (match->is_rpc && !rpc_fits(ask, match))
		return "another gRPC method";
	for (uint16_t i = 0; i < match->condition_count; i++)
		if (!condition_holds(ask, &match->conditions[i]))
			return match->conditions[i].query ? "a query parameter differs"
							  : "a header differs";
	return NULL;
}

static bool takes(const struct gate_ask *ask, const struct gate_entry *entry)
{
	return entry->plain || !gate_match_refuses(ask, entry->match);
}

static const struct gate_entry *first_of(const struct gate_ask *ask, const struct paths_node *node,
					 bool exact)
{
	const struct gate_spot *spot = (const struct gate_spot *)node->values;
	const struct gate_entry *entries = spot->count == 1 ? &spot->only : spot->entries;
	uint32_t end = exact ? spot->exact_count : spot->count;

	for (uint32_t i = exact ? 0 : spot->exact_count; i < end; i++)
		if (takes(ask, &entries[i]))
			return &entries[i];
	return NULL;
}

static const struct gate_entry *first_pattern(const struct gate_ask *ask,
					      const struct gate_patterns *patterns)
{
	struct heads_found found =
		heads_find(&patterns->heads, ask->target.path, &ask->scratch->arena);

	for (size_t i = 0; i < found.count; i++) {
		const struct gate_entry *entry =
			&patterns->entries[found.patterns ? found.patterns[i] : i];

		if (takes(ask, entry) &&
		    matcher_matches(entry->match->matcher, ask->target.path, ask->scratch))
			return entry;
	}
	return NULL;
}

const struct gate_entry *gate_match_find(struct gate_ask *ask, const struct gate_host *host)
{
	const struct paths *paths = &ask->table->paths;
	const struct paths_node *node = paths_find(paths, &host->paths, &ask->walk);
	const struct gate_entry *entry = NULL;

	if (node && node->length == ask->target.path.len)
		entry = first_of(ask, node, true);
	if (!entry && host->patterns)
		entry = first_pattern(ask, host->patterns);
	for (; node && !entry; node = paths_up(paths, node))
		entry = first_of(ask, node, false);
	return entry;
}
