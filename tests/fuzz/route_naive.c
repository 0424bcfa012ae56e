#include "route_naive.h"

#include <stdio.h>
#include <stdlib.h>

unsigned naive_below(struct naive_bytes *bytes, unsigned limit)
{
	if (bytes->left) {
		bytes->left--;
		return *bytes->at++ % limit;
	}
	if (!bytes->seed)
		return 0;
	bytes->seed = bytes->seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(bytes->seed >> 33) % limit;
}

/* ---- a world ---- */

static const char *const hosts[] = {
	"",          "a.com", "b.a.com", "c.b.a.com", "*.a.com",
	"*.b.a.com", "*.com", "x.org",   "B.a.com",   "*.org",
};
enum { HOSTS = sizeof hosts / sizeof *hosts };

static const char *const paths[] = {
	"/",  "/a",  "/a/",  "/a/b",  "/a/b/", "/a/b/c", "/ab",
	"/A", "/aa", "/b/c", "/a%62", "/svc",  "/svc/m", "/averyverylongelement/b",
};
enum { PATHS = sizeof paths / sizeof *paths };

static const char *const patterns[] = {
	"/a.*", "/[ab]+", "/a/.*b", ".*", "/(?i)a(/|$)(.*).*", "/a|/b/c", "/a/b", "(", "/(a+)+b",
};
enum { PATTERNS = sizeof patterns / sizeof *patterns };

static const char *pick(struct naive_bytes *bytes, const char *const *words, unsigned count)
{
	return words[naive_below(bytes, count)];
}

static void add_listeners(struct naive_bytes *bytes, struct buf *yaml)
{
	unsigned count = 1 + naive_below(bytes, 6);

	for (unsigned i = 0; i < count; i++) {
		const char *host = pick(bytes, hosts, naive_below(bytes, 2) ? HOSTS : 1);
		bool secure = naive_below(bytes, 3) == 0;

		buf_format(yaml,
			   "  - {name: l%u, port: %d, protocol: %s, allowedRoutes: {namespaces: "
			   "{from: %s}}",
			   i, secure ? 443 : 80, secure ? "HTTPS" : "HTTP",
			   naive_below(bytes, 5) ? "All" : "Same");
		if (*host)
			buf_format(yaml, ", hostname: '%s'", host);
		if (secure)
			buf_text(yaml, ", tls: {certificateRefs: [{name: crt}]}");
		buf_text(yaml, "}\n");
	}
}

static void add_fields(struct naive_bytes *bytes, struct buf *yaml, const char *list)
{
	unsigned count = naive_below(bytes, 2) ? naive_below(bytes, 3) : 0;

	if (!count)
		return;
	buf_format(yaml, ", %s: [", list);
	for (unsigned i = 0; i < count; i++)
		buf_format(yaml, "%s{name: %s, value: '%s'%s}", i ? ", " : "",
			   pick(bytes, (const char *const[]){"x", "Y", "Cookie", "host"}, 4),
			   pick(bytes,
				(const char *const[]){"1", "1", "1|2", "1, 2", "1; 2", "a.com",
						      "[ab.]+com"},
				7),
			   naive_below(bytes, 2) ? "" : ", type: RegularExpression");
	buf_text(yaml, "]");
}

static void add_http_match(struct naive_bytes *bytes, struct buf *yaml)
{
	unsigned type = naive_below(bytes, 4);

	if (type == 0)
		buf_format(yaml, "path: {type: RegularExpression, value: '%s'}",
			   pick(bytes, patterns, PATTERNS));
	else
		buf_format(yaml, "path: {type: %s, value: '%s'}",
			   type == 1 ? "Exact" : "PathPrefix",
			   pick(bytes, paths, naive_below(bytes, 2) ? 2 : PATHS));
	if (naive_below(bytes, 3) == 0)
		buf_format(yaml, ", method: %s", naive_below(bytes, 2) ? "GET" : "POST");
	add_fields(bytes, yaml, "headers");
	add_fields(bytes, yaml, "queryParams");
}

static void add_rpc_match(struct naive_bytes *bytes, struct buf *yaml)
{
	static const char *const methods[] = {
		"service: svc, method: m",
		"service: svc",
		"method: m",
		"service: a, method: b",
		"service: 's.*', type: RegularExpression",
		"method: 'm|b', type: RegularExpression",
	};

	buf_format(yaml, "method: {%s}", pick(bytes, methods, 6));
	add_fields(bytes, yaml, "headers");
}

static void add_rules(struct naive_bytes *bytes, struct buf *yaml, bool grpc)
{
	unsigned rules = 1 + naive_below(bytes, 3);

	buf_text(yaml, "  rules:\n");
	for (unsigned i = 0; i < rules; i++) {
		unsigned matches = naive_below(bytes, 6);

		buf_text(yaml, "  - backendRefs: [{name: s, port: 80}]\n");
		buf_text(yaml, matches ? "    matches:\n" : "");
		for (unsigned j = 0; j < matches; j++) {
			buf_text(yaml, "    - {");
			(grpc ? add_rpc_match : add_http_match)(bytes, yaml);
			buf_text(yaml, "}\n");
		}
	}
}

static void add_route(struct naive_bytes *bytes, struct buf *yaml, unsigned number)
{
	static const char *const ages[] = {"", ", creationTimestamp: 2026-01-01T00:00:00Z",
					   ", creationTimestamp: 2026-01-02T00:00:00Z"};
	bool grpc = naive_below(bytes, 5) == 0, few = naive_below(bytes, 2);
	unsigned count = naive_below(bytes, 2) ? naive_below(bytes, 4) : 0;
	unsigned gateway = naive_below(bytes, 2);

	buf_format(yaml,
		   "---\napiVersion: gateway.networking.k8s.io/v1\nkind: %s\n"
		   "metadata: {name: r%u, namespace: %s%s}\nspec:\n"
		   "  parentRefs: [{name: gw%u, namespace: one}, {name: gw%u, namespace: one",
		   grpc ? "GRPCRoute" : "HTTPRoute", number, naive_below(bytes, 2) ? "one" : "two",
		   pick(bytes, ages, 3), gateway, !gateway);
	if (naive_below(bytes, 4) == 0)
		buf_format(yaml, ", sectionName: l%u", naive_below(bytes, 3));
	buf_text(yaml, "}]\n");
	if (count) {
		buf_text(yaml, "  hostnames: [");
		for (unsigned i = 0; i < count; i++)
			buf_format(yaml, "%s'%s'", i ? ", " : "",
				   hosts[1 + naive_below(bytes, few ? 2 : HOSTS - 1)]);
		buf_text(yaml, "]\n");
	}
	add_rules(bytes, yaml, grpc);
}

void naive_world(struct naive_bytes *bytes, struct buf *yaml)
{
	unsigned routes = 2 + naive_below(bytes, 9);

	for (unsigned i = 0; i < 2; i++) {
		buf_format(yaml,
			   "---\napiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\n"
			   "metadata: {name: gw%u, namespace: one}\n"
			   "spec:\n  gatewayClassName: x\n  listeners:\n",
			   i);
		add_listeners(bytes, yaml);
	}
	for (unsigned i = 0; i < routes; i++)
		add_route(bytes, yaml, i);
}

struct route_request naive_request(struct naive_bytes *bytes, struct route_header headers[4])
{
	static const char *const asked[] = {
		"a.com", "b.a.com", "c.b.a.com", "d.c.b.a.com:8080", "A.COM",
		"x.org", "y.x.org", "com",       ".a.com",           "192.0.2.1",
	};
	static const char *const targets[] = {
		"/",
		"/a",
		"/a/",
		"/a/b",
		"/a/b/c/d",
		"/ab",
		"/A/b",
		"/a?Y=1&x=1",
		"/a/b?x=1&Y=1",
		"/b/c?x=2&x=1",
		"/svc/m",
		"/svc/o?Y=1,2",
		"*",
		"/a%62/c",
		"/averyverylongelement/b/c",
		"http://b.a.com/a?x=1",
		"//a",
		"/svc",
		"/a/m",
		"/aaaaaaaab",
	};
	struct route_request request = {.headers = headers};

	request.gateway_namespace = STR("one");
	request.gateway = naive_below(bytes, 2) ? STR("gw0") : STR("gw1");
	request.tls = naive_below(bytes, 3) == 0;
	request.port = request.tls ? 443 : 80;
	request.authority = str_from(
		pick(bytes, asked, naive_below(bytes, 2) ? 2 : sizeof asked / sizeof *asked));
	if (request.tls)
		request.sni = naive_below(bytes, 3)
				      ? route_host(request.authority)
				      : str_from(pick(bytes, asked, sizeof asked / sizeof *asked));
	request.target = str_from(
		pick(bytes, targets, naive_below(bytes, 2) ? 5 : sizeof targets / sizeof *targets));
	request.method = naive_below(bytes, 2) ? STR("POST") : STR("GET");
	for (unsigned count = naive_below(bytes, 4); count; count--)
		headers[request.header_count++] = (struct route_header){
			str_from(pick(bytes, (const char *const[]){"X", "y", "cookie"}, 3)),
			str_from(pick(bytes, (const char *const[]){"1", "1", "2"}, 3))};
	if (naive_below(bytes, 4) == 0)
		headers[request.header_count++] =
			(struct route_header){STR("content-type"), STR("application/grpc")};
	return request;
}

/* ---- the naive router ---- */

struct question {
	const struct attach *attach;
	const struct route_request *request;
	struct matchers *matchers;
	struct route_scratch *scratch;
	struct route_target target;
	struct str host;
	bool grpc;
};

static bool covers(struct str pattern, struct str host)
{
	if (!pattern.len)
		return true;
	if (!str_starts(pattern, "*."))
		return str_eq_nocase(pattern, host);
	return host.len > pattern.len - 1 &&
	       str_eq_nocase(str_from_pos(host, host.len - pattern.len + 1),
			     str_from_pos(pattern, 1));
}

/* Exact names before wildcards, longer ones first. */
static size_t rank_of(struct str pattern)
{
	if (!pattern.len)
		return 1;
	return 2 + pattern.len + (str_starts(pattern, "*.") ? 0 : 1000);
}

static bool in_dialect(const struct question *q, struct str pattern, struct str text)
{
	return matcher_matches(matcher_new(q->matchers, pattern, MATCHER_RE2_FULL), text,
			       q->scratch);
}

static const struct attach_listener *listener_for(const struct question *q, struct str name)
{
	const struct attach_listener *best = NULL;

	for (size_t i = 0; i < q->attach->set->gateway_count; i++) {
		const struct attach_gateway *gateway = &q->attach->gateways[i];

		if (!str_eq(gateway->spec->meta.name, q->request->gateway))
			continue;
		for (size_t j = 0; j < gateway->own.count; j++) {
			const struct attach_listener *listener = &gateway->own.at[j];
			struct str host = listener->spec->hostname.text;

			if (listener->accepted.reason || listener->conflict ||
			    listener->spec->port != q->request->port || !covers(host, name))
				continue;
			if (!best || rank_of(host) > rank_of(best->spec->hostname.text))
				best = listener;
		}
	}
	return best;
}

static bool header_fits(const struct question *q, const struct gateway_value_match *want)
{
	char all[64] = "";
	bool there = false;

	if (str_is_nocase(want->name.text, "Host")) {
		struct str host =
			q->target.authority.len ? q->target.authority : q->request->authority;

		strncat(all, host.at, host.len);
		there = true;
	}
	for (size_t i = 0; i < q->request->header_count; i++) {
		const struct route_header *header = &q->request->headers[i];

		if (!str_eq_nocase(header->name, want->name.text))
			continue;
		strcat(all, there ? str_is_nocase(want->name.text, "Cookie") ? "; " : ", " : "");
		strncat(all, header->value.at, header->value.len);
		there = true;
	}
	if (want->type == GATEWAY_MATCH_REGEX)
		return there && in_dialect(q, want->value.text, str_from(all));
	return there && str_is(want->value.text, all);
}

static bool query_fits(const struct question *q, const struct gateway_value_match *want)
{
	struct str rest = q->target.query, part;
	bool more = true;

	while (str_split(&rest, '&', &more, &part)) {
		size_t equal = str_find(part, '=');
		struct str value = equal == SIZE_MAX ? STR("") : str_from_pos(part, equal + 1);

		if (!str_eq(str_sub(part, 0, equal), want->name.text))
			continue;
		return want->type == GATEWAY_MATCH_REGEX ? in_dialect(q, want->value.text, value)
							 : str_eq(value, want->value.text);
	}
	return false;
}

/* Entries whose name was there before do not count. */
static bool is_first(const struct gateway_value_matches *list, size_t index, bool nocase)
{
	for (size_t i = 0; i < index; i++)
		if (nocase ? str_eq_nocase(list->at[i].name.text, list->at[index].name.text)
			   : str_eq(list->at[i].name.text, list->at[index].name.text))
			return false;
	return true;
}

static bool fields_fit(const struct question *q, const struct gateway_match *match,
		       unsigned *headers, unsigned *params)
{
	bool fit = true;

	*headers = *params = 0;
	for (size_t i = 0; i < match->headers.count; i++) {
		if (!is_first(&match->headers, i, true))
			continue;
		++*headers;
		fit &= header_fits(q, &match->headers.at[i]);
	}
	for (size_t i = 0; i < match->params.count; i++) {
		if (!is_first(&match->params, i, false))
			continue;
		++*params;
		fit &= query_fits(q, &match->params.at[i]);
	}
	return fit;
}

static bool http_path_fits(const struct question *q, const struct gateway_match *match)
{
	struct str path = q->target.path, value = match->path.text;

	if (match->path_type == GATEWAY_MATCH_EXACT)
		return str_eq(path, value);
	if (match->path_type == GATEWAY_MATCH_REGEX)
		return in_dialect(q, value, path);
	if (str_ends(value, "/"))
		value.len--;
	return str_eq(str_sub(path, 0, value.len), value) &&
	       (path.len == value.len || path.at[value.len] == '/');
}

static bool rpc_part_fits(const struct question *q, const struct gateway_match *match,
			  struct str wanted, struct str got)
{
	if (!wanted.len)
		return got.len > 0;
	return match->rpc_type == GATEWAY_MATCH_REGEX ? in_dialect(q, wanted, got)
						      : str_eq(wanted, got);
}

/* "/service/method"; a method may hold slashes where nothing is said of them. */
static bool rpc_path_fits(const struct question *q, const struct gateway_match *match)
{
	struct str path = str_from_pos(q->target.path, 1);
	size_t slash = str_find(path, '/');

	if (!match->service.text.len && !match->rpc.text.len)
		return q->target.path.at[0] == '/';
	return q->target.path.at[0] == '/' && slash != SIZE_MAX &&
	       rpc_part_fits(q, match, match->service.text, str_sub(path, 0, slash)) &&
	       rpc_part_fits(q, match, match->rpc.text, str_from_pos(path, slash + 1));
}

/* Larger is better, member by member; what follows is age, name and position. */
enum { KEYS = 8 };
struct candidate {
	uint64_t keys[KEYS];
	const struct gateway_route *route;
	int rule, match;
};

static struct candidate candidate_of(const struct gateway_route *route,
				     const struct gateway_match *match, struct str name)
{
	struct candidate made = {.route = route};
	bool grpc = route->kind == GATEWAY_GRPC_ROUTE;
	struct str path = match->path.text;
	enum gateway_match_type type = match->path_type;
	size_t literal = path.len - str_ends(path, "/");

	if (grpc) {
		type = match->rpc_type == GATEWAY_MATCH_REGEX && match->service.text.len
			       ? GATEWAY_MATCH_REGEX
		       : match->service.text.len && match->rpc.text.len ? GATEWAY_MATCH_EXACT
									: GATEWAY_MATCH_PREFIX;
		literal = match->service.text.len ? match->service.text.len + 1 : 0;
	}
	made.keys[0] = rank_of(name);
	made.keys[1] = type == GATEWAY_MATCH_EXACT ? 2 : type == GATEWAY_MATCH_REGEX ? 1 : 0;
	made.keys[2] = type == GATEWAY_MATCH_PREFIX ? literal : 0;
	made.keys[3] = grpc;
	made.keys[4] =
		grpc ? match->service.text.len * 2000 + match->rpc.text.len : path.len * 2000;
	made.keys[5] = match->method.text.len > 0;
	return made;
}

static bool is_better(const struct candidate *a, const struct candidate *b)
{
	int order;

	if (!b->route)
		return true;
	for (int i = 0; i < KEYS; i++)
		if (a->keys[i] != b->keys[i])
			return a->keys[i] > b->keys[i];
	if (a->route != b->route) {
		order = gateway_precedence(&a->route->meta, &b->route->meta);
		return order ? order < 0 : a->route->kind < b->route->kind;
	}
	return a->rule != b->rule ? a->rule < b->rule : a->match < b->match;
}

static void look_at_rule(const struct question *q, const struct gateway_route *route, int rule,
			 struct str name, struct candidate *best)
{
	bool grpc = route->kind == GATEWAY_GRPC_ROUTE;

	for (size_t i = 0; i < route->rules[rule].match_count; i++) {
		const struct gateway_match *match = &route->rules[rule].matches[i];
		struct candidate made = candidate_of(route, match, name);
		unsigned headers, params;

		if (!fields_fit(q, match, &headers, &params) || (grpc && !q->grpc) ||
		    (match->method.text.len &&
		     !str_eq(match->method.text, route_method(q->request))) ||
		    !(grpc ? rpc_path_fits : http_path_fits)(q, match))
			continue;
		made.keys[6] = headers;
		made.keys[7] = params;
		made.rule = rule;
		made.match = (int)i;
		if (is_better(&made, best))
			*best = made;
	}
}

static void look_at_binding(const struct question *q, const struct gateway_route *route,
			    const struct attach_binding *binding, struct candidate *best)
{
	size_t names = binding->hostnames.count ? binding->hostnames.count : 1;

	for (size_t i = 0; i < names; i++) {
		struct str name =
			binding->hostnames.count ? binding->hostnames.at[i].text : STR("");

		for (size_t j = 0; covers(name, q->host) && j < route->rule_count; j++)
			look_at_rule(q, route, (int)j, name, best);
	}
}

static struct naive_answer look_at_all(const struct question *q,
				       const struct attach_listener *listener)
{
	struct candidate best = {0};

	for (size_t i = 0; i < q->attach->set->route_count; i++) {
		const struct attach_route *route = &q->attach->routes[i];

		for (size_t j = 0; j < route->parent_count; j++)
			for (size_t k = 0; k < route->parents[j].binding_count; k++)
				if (route->parents[j].bindings[k].listener == listener)
					look_at_binding(q, route->spec,
							&route->parents[j].bindings[k], &best);
	}
	if (!best.route)
		return (struct naive_answer){ROUTE_ANSWER, 404, NULL, -1, -1};
	return (struct naive_answer){ROUTE_FORWARD, 0, best.route, best.rule, best.match};
}

struct naive_answer naive_decide(const struct attach *attach, const struct route_request *request,
				 struct matchers *matchers, struct route_scratch *scratch)
{
	struct question q = {attach, request, matchers, scratch, route_target(request->target),
			     {0},    false};
	const struct attach_listener *listener, *known;

	q.host = route_host(q.target.authority.len ? q.target.authority : request->authority);
	q.grpc = route_is_grpc(request);
	listener = listener_for(&q, q.host);
	if (request->tls) {
		known = listener_for(&q, request->sni);
		if (!known)
			return (struct naive_answer){ROUTE_CLOSE, 0, NULL, -1, -1};
		if (listener && listener != known)
			return (struct naive_answer){ROUTE_ANSWER, 421, NULL, -1, -1};
	}
	if (!listener)
		return (struct naive_answer){ROUTE_ANSWER, 404, NULL, -1, -1};
	return look_at_all(&q, listener);
}

/* ---- side by side ---- */

static bool has_front(const struct attach *attach, const struct route_request *request)
{
	for (size_t i = 0; i < attach->set->gateway_count; i++) {
		const struct attach_gateway *gateway = &attach->gateways[i];

		for (size_t j = 0; j < gateway->own.count; j++)
			if (str_eq(gateway->spec->meta.name, request->gateway) &&
			    gateway->own.at[j].spec->port == request->port &&
			    !gateway->own.at[j].accepted.reason && !gateway->own.at[j].conflict)
				return true;
	}
	return false;
}

static const char *differs(const struct naive_answer *naive, const struct route_decision *decision,
			   const struct route_request *request, const struct buf *yaml)
{
	static char text[16384];
	struct str name = naive->route ? naive->route->meta.name : STR("none");
	const struct route_place *place = &decision->place;

	if (decision->action == naive->action && decision->status == naive->status &&
	    place->rule == naive->rule && place->match == naive->match &&
	    str_eq(place->object ? place->object->name : STR("none"), name))
		return NULL;
	snprintf(text, sizeof text,
		 "%.*s %.*s%.*s sni %.*s gateway %.*s: naive %s %u %.*s/%d/%d, fast %s %u "
		 "%.*s/%d/%d\n%.*s",
		 STR_ARG(route_method(request)), STR_ARG(request->authority),
		 STR_ARG(request->target), STR_ARG(request->sni), STR_ARG(request->gateway),
		 route_action_name(naive->action), naive->status, STR_ARG(name), naive->rule,
		 naive->match, route_action_name(decision->action), decision->status,
		 STR_ARG(place->object ? place->object->name : STR("none")), place->rule,
		 place->match, (int)yaml->len, yaml->at);
	return text;
}

struct comparison {
	struct attach attach;
	struct matchers matchers;
	struct route_table *table;
	struct route_scratch fast, naive;
	const struct buf *yaml;
};

static const char *compare_one(struct comparison *c, struct naive_bytes *bytes)
{
	struct route_header headers[4];
	struct route_request request = naive_request(bytes, headers);
	struct route_decision decision;
	struct naive_answer naive = {ROUTE_CLOSE, 0, NULL, -1, -1};

	c->fast.explain = naive_below(bytes, 4) == 0;
	route_expect(c->table, &request);
	route_decide(c->table, &request, &c->fast, &decision);
	if (has_front(&c->attach, &request))
		naive = naive_decide(&c->attach, &request, &c->matchers, &c->naive);
	return differs(&naive, &decision, &request, c->yaml);
}

static const char *compare_all(struct naive_bytes *bytes, const struct gateway_set *set,
			       struct arena *arena, const struct buf *yaml, unsigned requests)
{
	struct comparison c = {.yaml = yaml};
	const char *wrong = NULL;

	attach_run(&c.attach, arena, set, &(struct attach_options){0});
	matchers_init(&c.matchers, arena);
	c.table = route_gateway_new(set, &(struct route_gateway_options){0});
	route_scratch_init(&c.fast, false);
	route_scratch_init(&c.naive, false);
	while (requests-- && !wrong)
		wrong = compare_one(&c, bytes);
	route_scratch_finish(&c.naive);
	route_scratch_finish(&c.fast);
	route_table_destroy(c.table);
	matchers_finish(&c.matchers);
	return wrong;
}

const char *naive_compare(struct naive_bytes *bytes, unsigned requests)
{
	struct arena arena;
	struct sources sources = {0};
	struct findings findings;
	struct gateway_set set;
	struct kube_set kube;
	struct error error;
	struct buf yaml;
	const char *wrong = "the world could not be read";

	arena_init(&arena);
	findings_init(&findings, &arena);
	buf_init(&yaml);
	naive_world(bytes, &yaml);
	sources_add(&sources, (struct source){.name = STR("world"), .text = buf_slice(&yaml)});
	if (gateway_load(&set, &kube, &arena, &sources, &(struct kube_load_options){.threads = 1},
			 &findings, &error))
		wrong = compare_all(bytes, &set, &arena, &yaml, requests);
	kube_set_finish(&kube);
	sources_finish(&sources);
	buf_finish(&yaml);
	arena_finish(&arena);
	return wrong;
}
