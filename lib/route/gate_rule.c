/* A rule of a route, compiled: its backends, policy and filters, and its matches. */
#include "route/gate.h"

/* ---- policy ---- */

static const struct route_retry *retry_new(struct gate_table *table,
					   const struct gateway_retry *view)
{
	struct route_retry *retry = arena_new(&table->arena, struct route_retry);

	*retry = (struct route_retry){
		.attempts = view->attempts ? view->attempts : 1,
		.codes = view->codes,
		.code_count = view->code_count,
		.connection_errors = true,
		.backoff_ms = view->backoff,
		.total_ms = ROUTE_UNSET,
	};
	return retry;
}

static const struct route_session *session_new(struct gate_table *table,
					       const struct gateway_session *view)
{
	struct route_session *session = arena_new(&table->arena, struct route_session);

	*session = (struct route_session){
		.kind = view->by_header ? ROUTE_SESSION_HEADER : ROUTE_SESSION_COOKIE,
		.name = view->name.text,
		.absolute_ms = view->absolute_timeout,
		.permanent = view->permanent,
	};
	return session;
}

/* GEP-1742: a duration of zero switches the timeout off, as a source does that knows none. What an implementation
 * does where nothing is said is not known here. */
static int64_t limit_of(int64_t duration)
{
	return duration > 0 ? duration : ROUTE_UNSET;
}

static const struct route_policy *policy_new(struct gate_table *table,
					     const struct gateway_rule *view,
					     const struct gate_filters *filters)
{
	bool empty = view->timeouts.request == GATEWAY_NO_DURATION &&
		     view->timeouts.backend_request == GATEWAY_NO_DURATION && !view->retry.given &&
		     !view->session.given && !filters->auth && !filters->mirror_count;

	if (empty)
		return &route_no_policy;

	struct route_policy *policy = arena_new(&table->arena, struct route_policy);

	*policy = route_no_policy;
	policy->request_ms = limit_of(view->timeouts.request);
	policy->backend_ms = limit_of(view->timeouts.backend_request);
	if (view->retry.given)
		policy->retry = retry_new(table, &view->retry);
	if (view->session.given)
		policy->session = session_new(table, &view->session);
	policy->auth = filters->auth;
	policy->mirrors = filters->mirrors;
	policy->mirror_count = filters->mirror_count;
	return policy;
}

/* ---- backends ---- */

/* Edits of the rule, then those of the backend. */
static struct route_edits joined(struct arena *arena, struct route_edits first,
				 const struct route_edit *more, size_t count)
{
	struct route_edit *all;

	if (!count)
		return first;
	all = arena_array(arena, struct route_edit, first.count + count);
	if (first.count)
		memcpy(all, first.at, first.count * sizeof *all);
	memcpy(all + first.count, more, count * sizeof *all);
	return (struct route_edits){all, first.count + count};
}

static bool has_turn(const struct gate_turn *turn)
{
	return turn->redirect || turn->rewrite || turn->cors;
}

static void add_backend(struct gate_table *table, struct gate_rule *rule,
			const struct gateway_backend *view, const struct gateway *gateway,
			struct gate_turn *turn)
{
	struct arena *arena = &table->arena;
	struct route_backend *backend =
		(struct route_backend *)&rule->backends[rule->backend_count];
	struct gate_filters filters = {0};

	*backend = gate_backend(table, rule->route, &view->ref, gateway);
	gate_filters_add(table, rule->route, &view->filters, gateway, &filters);
	backend->weight = view->weight;
	backend->request = joined(arena, rule->request, filters.request, filters.request_count);
	backend->response = joined(arena, rule->response, filters.response, filters.response_count);
	backend->auth = filters.auth;
	backend->mirrors = filters.mirrors;
	backend->mirror_count = filters.mirror_count;
	if (filters.broken) {
		backend->state = ROUTE_BACKEND_FILTER;
		backend->status = rule->grpc ? 503 : 500;
	}
	*turn = filters.turn;
	rule->weight += view->weight;
	rule->backend_count++;
}

/* What is answered when no share can be asked, and nothing in its place either. */
static unsigned status_without(const struct gate_rule *rule)
{
	unsigned status = rule->grpc ? 503 : 500;
	bool first = true;

	for (uint32_t i = 0; i < rule->backend_count; i++) {
		const struct route_backend *backend = &rule->backends[i];

		if (!backend->weight)
			continue;
		if (backend->state == ROUTE_BACKEND_OK ||
		    (rule->turns && has_turn(&rule->turns[i])))
			return 0;
		if (first || backend->status < status)
			status = backend->status;
		first = false;
	}
	return status;
}

static void add_backends(struct gate_table *table, struct gate_rule *rule,
			 const struct gateway_rule *view, const struct gateway *gateway)
{
	struct gate_turn *turns = arena_array(&table->arena, struct gate_turn, view->backend_count);
	bool any = false;

	rule->backends = arena_array(&table->arena, struct route_backend, view->backend_count);
	for (size_t i = 0; i < view->backend_count; i++) {
		add_backend(table, rule, &view->backends[i], gateway, &turns[i]);
		any |= has_turn(&turns[i]);
	}
	if (any)
		rule->turns = turns;
}

static bool is_stream(const struct gateway_route *route)
{
	return route->kind != GATEWAY_HTTP_ROUTE && route->kind != GATEWAY_GRPC_ROUTE;
}

/* A connection is closed when no share can be asked. */
static bool can_connect(const struct gate_rule *rule)
{
	for (uint32_t i = 0; i < rule->backend_count; i++)
		if (rule->backends[i].weight && rule->backends[i].state == ROUTE_BACKEND_OK)
			return true;
	return false;
}

/* ---- matches ---- */

static const struct matcher *matcher_of(struct gate_table *table, enum gateway_match_type type,
					struct str text)
{
	return type == GATEWAY_MATCH_REGEX
		       ? matcher_new(&table->matchers, text, table->options->dialect)
		       : NULL;
}

static void add_conditions(struct gate_table *table, const struct gateway_value_matches *values,
			   bool query, struct gate_match *match)
{
	struct gate_condition *list = (struct gate_condition *)match->conditions;
	size_t count = match->condition_count;

	for (size_t i = 0; i < values->count; i++) {
		const struct gateway_value_match *value = &values->at[i];
		bool repeated = false;

		/* Of entries with the same name the first counts (spec: HTTPHeaderMatch.name). */
		for (size_t j = 0; j < i && !repeated; j++)
			repeated = query ? str_eq(values->at[j].name.text, value->name.text)
					 : str_eq_nocase(values->at[j].name.text, value->name.text);
		if (repeated)
			continue;
		ARENA_PUSH(
			&table->arena, list, count,
			(struct gate_condition){query, value->name.text, value->value.text,
						matcher_of(table, value->type, value->value.text)});
		*(query ? &match->query_count : &match->header_count) += 1;
	}
	match->conditions = list;
	match->condition_count = (uint16_t)count;
}

static void read_path(struct gate_table *table, const struct gateway_match *view,
		      struct gate_match *match)
{
	struct str path = view->path.text;

	match->length = (uint32_t)path.len;
	if (view->path_type == GATEWAY_MATCH_REGEX) {
		match->class = GATE_REGEX;
		match->matcher = matcher_of(table, GATEWAY_MATCH_REGEX, path);
	} else if (view->path_type == GATEWAY_MATCH_EXACT) {
		match->class = GATE_EXACT;
	} else {
		match->class = GATE_PREFIX;
		if (str_ends(path, "/"))
			path.len--;
		match->prefix = (uint32_t)path.len;
	}
	match->path = path;
}

/* Service and method of gRPC are elements of the path. A pattern for either makes a pattern of both,
 * unless there is no service: then any will do, and only the method is looked at. */
static void read_rpc(struct gate_table *table, const struct gateway_match *view,
		     struct gate_match *match)
{
	struct arena *arena = &table->arena;
	struct str service = view->service.text, method = view->rpc.text;
	bool regex = view->rpc_type == GATEWAY_MATCH_REGEX;

	match->grpc = true;
	match->length = (uint32_t)service.len;
	match->method_length = (uint32_t)method.len;
	if (service.len && regex) {
		match->class = GATE_REGEX;
		match->path = str_format(arena, "/(%.*s)/(%.*s)", STR_ARG(service),
					 method.len ? (int)method.len : 5,
					 method.len ? method.at : "[^/]+");
		match->matcher = matcher_new(&table->matchers, match->path, MATCHER_RE2_FULL);
	} else if (service.len && method.len) {
		match->class = GATE_EXACT;
		match->path = str_format(arena, "/%.*s/%.*s", STR_ARG(service), STR_ARG(method));
	} else {
		match->class = GATE_PREFIX;
		match->is_rpc = service.len || method.len;
		match->path = service.len ? str_format(arena, "/%.*s", STR_ARG(service)) : STR("");
		match->prefix = (uint32_t)match->path.len;
		match->rpc = method;
		if (method.len && regex)
			match->rpc_matcher =
				matcher_new(&table->matchers, method, MATCHER_RE2_FULL);
	}
}

static struct gate_match *matches_new(struct gate_table *table, const struct gate_rule *rule)
{
	const struct gateway_rule *view = &rule->route->rules[rule->index];
	struct gate_match *matches =
		arena_array(&table->arena, struct gate_match, view->match_count);

	for (size_t i = 0; i < view->match_count; i++) {
		struct gate_match *match = &matches[i];

		match->rule = rule;
		match->index = (int)i;
		match->span = view->matches[i].span.line ? view->matches[i].span : view->span;
		match->method = view->matches[i].method.text;
		if (rule->grpc)
			read_rpc(table, &view->matches[i], match);
		else
			read_path(table, &view->matches[i], match);
		add_conditions(table, &view->matches[i].headers, false, match);
		add_conditions(table, &view->matches[i].params, true, match);
	}
	return matches;
}

/* ---- rules ---- */

const struct gate_rule *gate_rule_new(struct gate_table *table, const struct gateway_route *route,
				      size_t index, const struct gateway *gateway)
{
	const struct gateway_rule *view = &route->rules[index];
	struct gate_rule *rule = arena_new(&table->arena, struct gate_rule);
	struct gate_filters filters = {0};

	*rule = (struct gate_rule){
		.route = route,
		.object = gate_object(table, &route->meta),
		.index = (int)index,
		.span = view->span,
		.grpc = route->kind == GATEWAY_GRPC_ROUTE,
	};
	gate_filters_add(table, route, &view->filters, gateway, &filters);
	rule->request = (struct route_edits){filters.request, filters.request_count};
	rule->response = (struct route_edits){filters.response, filters.response_count};
	rule->broken = filters.broken;
	rule->policy = policy_new(table, view, &filters);
	if (has_turn(&filters.turn)) {
		struct gate_turn *turn = arena_new(&table->arena, struct gate_turn);

		*turn = filters.turn;
		rule->turn = turn;
	}
	add_backends(table, rule, view, gateway);
	if (is_stream(route))
		rule->weight = can_connect(rule) ? rule->weight : 0;
	else
		rule->status = rule->broken ? (rule->grpc ? 503 : 500) : status_without(rule);
	rule->matches = matches_new(table, rule);
	rule->match_count = view->match_count;
	return rule;
}

/* ---- precedence ---- */

static int larger_first(uint64_t a, uint64_t b)
{
	return a > b ? -1 : a < b;
}

/* Spec: HTTPRouteRule.matches and GRPCRouteRule.matches. Patterns have no place in it; here they stand
 * between exact paths and prefixes, longer ones first. */
static int compare_paths(const struct gate_match *a, const struct gate_match *b)
{
	int order = larger_first(a->class, b->class);

	if (!order && a->class == GATE_PREFIX)
		order = larger_first(a->prefix, b->prefix);
	if (!order)
		order = larger_first(a->grpc, b->grpc);
	if (!order)
		order = larger_first(a->length, b->length);
	if (!order)
		order = larger_first(a->method_length, b->method_length);
	return order;
}

int gate_match_compare(const struct gate_match *a, const struct gate_match *b)
{
	const struct gateway_route *x = a->rule->route, *y = b->rule->route;
	int order = compare_paths(a, b);

	if (!order)
		order = larger_first(a->method.len > 0, b->method.len > 0);
	if (!order)
		order = larger_first(a->header_count, b->header_count);
	if (!order)
		order = larger_first(a->query_count, b->query_count);
	if (!order && x != y)
		order = gateway_precedence(&x->meta, &y->meta);
	if (!order && x != y) /* a GRPCRoute and an HTTPRoute of one name */
		order = (int)x->kind - (int)y->kind;
	if (!order)
		order = a->rule->index - b->rule->index;
	return order ? order : a->index - b->index;
}
