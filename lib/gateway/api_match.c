#include "gateway/api_read.h"

/* In the order of enum gateway_match_type. */
static const char *const path_types[] = {"Exact", "PathPrefix", "RegularExpression", NULL};
static const char *const value_types[] = {"Exact", "RegularExpression", NULL};

static enum gateway_match_type value_type(struct api_reader *reader, const struct node *map)
{
	return api_choice(reader, map, "type", value_types, 0) ? GATEWAY_MATCH_REGEX
							       : GATEWAY_MATCH_EXACT;
}

static struct gateway_value_matches values(struct api_reader *reader, const struct node *map,
					   const char *key)
{
	const struct node *list = api_list(reader, map, key);
	struct gateway_value_matches matches = {0};

	if (!list || !list->count)
		return matches;
	matches.at = arena_array(reader->base->arena, struct gateway_value_match, list->count);
	node_each(item, list) matches.at[matches.count++] = (struct gateway_value_match){
		.name = api_need_text(reader, item, "name"),
		.value = api_need_text(reader, item, "value"),
		.type = value_type(reader, item),
	};
	return matches;
}

/* A match without a path, and a path without a type or a value, means the prefix "/". */
static void http_match(struct api_reader *reader, const struct node *map,
		       struct gateway_match *match)
{
	const struct node *path = api_map(reader, map, "path");

	match->path_type = (enum gateway_match_type)api_choice(reader, path, "type", path_types,
							       GATEWAY_MATCH_PREFIX);
	match->path = api_text(reader, path, "value");
	if (!match->path.text.at)
		match->path.text = STR("/");
	match->method = api_text(reader, map, "method");
	match->headers = values(reader, map, "headers");
	match->params = values(reader, map, "queryParams");
}

static void grpc_match(struct api_reader *reader, const struct node *map,
		       struct gateway_match *match)
{
	const struct node *method = api_map(reader, map, "method");

	match->rpc_type = value_type(reader, method);
	match->service = api_text(reader, method, "service");
	match->rpc = api_text(reader, method, "method");
	match->headers = values(reader, map, "headers");
}

static void read_match(struct api_reader *reader, const struct node *map,
		       enum gateway_route_kind kind, struct gateway_match *match)
{
	match->span = api_span(reader, map);
	if (map && map->kind != NODE_MAP)
		api_misfit(reader, map, STR("expected object"));
	else if (kind == GATEWAY_HTTP_ROUTE)
		http_match(reader, map, match);
	else
		grpc_match(reader, map, match);
}

/* HTTPRoute: the default is one match of the prefix "/"; an empty list is none at all, which the CRD
 * allows and every implementation reads as the default. GRPCRoute: no matches take every request. */
void api_matches(struct api_reader *reader, const struct node *map, enum gateway_route_kind kind,
		 struct gateway_rule *rule)
{
	const struct node *list = api_list(reader, map, "matches");
	size_t count = list && list->count ? list->count : 1;

	rule->matches = arena_array(reader->base->arena, struct gateway_match, count);
	rule->match_count = count;
	if (!list || !list->count) {
		read_match(reader, NULL, kind, &rule->matches[0]);
		return;
	}
	count = 0;
	node_each(item, list) read_match(reader, item, kind, &rule->matches[count++]);
}
