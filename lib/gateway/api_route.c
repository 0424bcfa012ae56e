#include "gateway/api_read.h"

static const struct api_ref_defaults parent = {GATEWAY_GROUP, "Gateway"};
static const struct api_ref_defaults service = {"", "Service"};

enum { WEIGHT_MOST = 1000000 };

static void read_backends(struct api_reader *reader, const struct node *map,
			  struct gateway_rule *rule)
{
	const struct node *list = api_list(reader, map, "backendRefs");

	if (!list || !list->count)
		return;
	rule->backends = arena_array(reader->base->arena, struct gateway_backend, list->count);
	node_each(item, list)
	{
		struct gateway_backend *backend = &rule->backends[rule->backend_count++];

		backend->ref = api_ref(reader, item, service);
		backend->weight = (uint32_t)api_number(reader, item, "weight",
						       (struct api_bounds){0, WEIGHT_MOST, 1},
						       &backend->weight_span);
		backend->filters = api_filters(reader, item);
	}
}

static void read_timeouts(struct api_reader *reader, const struct node *rule,
			  struct gateway_timeouts *timeouts)
{
	const struct node *map = api_map(reader, rule, "timeouts");

	timeouts->request = api_duration(reader, map, "request", &timeouts->request_span);
	timeouts->backend_request =
		api_duration(reader, map, "backendRequest", &timeouts->backend_request_span);
}

static void read_retry(struct api_reader *reader, const struct node *rule,
		       struct gateway_retry *retry)
{
	const struct node *map = api_map(reader, rule, "retry");
	const struct node *codes = api_list(reader, map, "codes");
	int64_t code;

	retry->given = map;
	retry->attempts = (uint32_t)api_number(reader, map, "attempts",
					       (struct api_bounds){1, INT32_MAX, 0}, NULL);
	retry->backoff = api_duration(reader, map, "backoff", NULL);
	if (!codes || !codes->count)
		return;
	retry->codes = arena_array(reader->base->arena, uint32_t, codes->count);
	node_each(item, codes)
	{
		if (!node_to_int(item, &code) || code < 100 || code > 599)
			api_misfit(reader, item, STR("expected a status code"));
		else
			retry->codes[retry->code_count++] = (uint32_t)code;
	}
}

static void read_session(struct api_reader *reader, const struct node *rule,
			 struct gateway_session *session)
{
	static const char *const types[] = {"Cookie", "Header", NULL};
	static const char *const lifetimes[] = {"Session", "Permanent", NULL};
	const struct node *map = api_map(reader, rule, "sessionPersistence");
	const struct node *cookie = api_map(reader, map, "cookieConfig");

	session->given = map;
	session->name = api_text(reader, map, "sessionName");
	session->by_header = api_choice(reader, map, "type", types, 0) == 1;
	session->permanent = api_choice(reader, cookie, "lifetimeType", lifetimes, 0) == 1;
	session->absolute_timeout = api_duration(reader, map, "absoluteTimeout", NULL);
}

/* `map` is NULL for the rule that an HTTPRoute without `rules` has. */
static void read_rule(struct api_reader *reader, const struct node *map,
		      const struct gateway_route *route, struct gateway_rule *rule)
{
	if (map && map->kind != NODE_MAP) {
		api_misfit(reader, map, STR("expected object"));
		return;
	}
	rule->span = api_span(reader, map);
	rule->name = api_text(reader, map, "name");
	read_backends(reader, map, rule);
	rule->timeouts =
		(struct gateway_timeouts){GATEWAY_NO_DURATION, GATEWAY_NO_DURATION, {0}, {0}};
	if (route->kind > GATEWAY_GRPC_ROUTE)
		return;
	api_matches(reader, map, route->kind, rule);
	rule->filters = api_filters(reader, map);
	read_retry(reader, map, &rule->retry);
	read_session(reader, map, &rule->session);
	if (route->kind == GATEWAY_HTTP_ROUTE)
		read_timeouts(reader, map, &rule->timeouts);
}

static void read_rules(struct api_reader *reader, const struct node *spec,
		       struct gateway_route *route)
{
	const struct node *list = api_list(reader, spec, "rules");
	bool by_default = route->kind == GATEWAY_HTTP_ROUTE && !api_get(spec, "rules");
	size_t count = by_default ? 1 : list ? list->count : 0;

	if (!count)
		return;
	route->rules = arena_array(reader->base->arena, struct gateway_rule, count);
	route->rule_count = count;
	if (by_default) {
		read_rule(reader, NULL, route, &route->rules[0]);
		return;
	}
	count = 0;
	node_each(item, list) read_rule(reader, item, route, &route->rules[count++]);
}

static void read_route(struct kube_reader *base, const struct node *root, void *object,
		       enum gateway_route_kind kind)
{
	struct gateway_route *route = object;
	struct api_reader reader = {base, root, route->meta.namespace};
	const struct node *spec = api_map(&reader, root, "spec");

	route->kind = kind;
	route->parents = api_refs(&reader, spec, "parentRefs", parent);
	if (kind <= GATEWAY_TLS_ROUTE)
		route->hostnames = api_texts(&reader, spec, "hostnames");
	route->use_default_gateways = api_text_or(&reader, spec, "useDefaultGateways", "");
	read_rules(&reader, spec, route);
}

void api_read_http_route(struct kube_reader *reader, const struct node *root, void *object)
{
	read_route(reader, root, object, GATEWAY_HTTP_ROUTE);
}

void api_read_grpc_route(struct kube_reader *reader, const struct node *root, void *object)
{
	read_route(reader, root, object, GATEWAY_GRPC_ROUTE);
}

void api_read_tls_route(struct kube_reader *reader, const struct node *root, void *object)
{
	read_route(reader, root, object, GATEWAY_TLS_ROUTE);
}

void api_read_tcp_route(struct kube_reader *reader, const struct node *root, void *object)
{
	read_route(reader, root, object, GATEWAY_TCP_ROUTE);
}

void api_read_udp_route(struct kube_reader *reader, const struct node *root, void *object)
{
	read_route(reader, root, object, GATEWAY_UDP_ROUTE);
}
