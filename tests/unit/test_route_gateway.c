/* What a Gateway does with requests, where the conformance tests say little: paths, Location, CORS, shares,
 * statuses, policies. */
#include "test.h"

#include "route/gateway.h"

static struct arena arena;
static struct sources sources;
static struct kube_set kube;
static struct gateway_set set;
static struct findings findings;
static struct route_table *table;
static struct route_scratch scratch;

static const char gateway[] = "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\n"
			      "metadata: {name: gw, namespace: web}\n"
			      "spec:\n  gatewayClassName: x\n  listeners:\n"
			      "  - {name: http, port: 80, protocol: HTTP}\n"
			      "  - {name: alt, port: 8080, protocol: HTTP}\n"
			      "  - {name: tcp, port: 9000, protocol: TCP}\n"
			      "  - {name: a, port: 443, protocol: HTTPS, hostname: a.example,"
			      " tls: {certificateRefs: [{name: crt}]}}\n"
			      "  - {name: b, port: 443, protocol: HTTPS, hostname: '*.b.example',"
			      " tls: {certificateRefs: [{name: crt}]}}\n";

static int setup(void **state)
{
	(void)state;
	arena_init(&arena);
	route_scratch_init(&scratch, false);
	return 0;
}

static void load(const char *objects, bool complete)
{
	struct str text = str_format(&arena, "%s---\n%s", gateway, objects);
	struct error error;

	findings_init(&findings, &arena);
	sources_add(&sources, (struct source){.name = STR("world"), .text = text});
	assert_true(gateway_load(&set, &kube, &arena, &sources,
				 &(struct kube_load_options){.threads = 1}, &findings, &error));
	assert_int_equal(findings.count, 0);
	table = route_gateway_new(&set, &(struct route_gateway_options){.complete = complete});
}

/* An HTTPRoute with these rules. */
static void load_rules(const char *rules, bool complete)
{
	load(str_format(&arena,
			"apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\n"
			"metadata: {name: r, namespace: web}\n"
			"spec:\n  parentRefs: [{name: gw}]\n  rules:\n%s",
			rules)
		     .at,
	     complete);
}

static int teardown(void **state)
{
	(void)state;
	route_table_destroy(table);
	table = NULL;
	kube_set_finish(&kube);
	sources_finish(&sources);
	route_scratch_finish(&scratch);
	arena_finish(&arena);
	return 0;
}

static struct route_decision ask(struct route_request request)
{
	struct route_decision decision;

	if (!request.port)
		request.port = request.tls ? 443 : 80;
	if (!request.authority.at)
		request.authority = STR("a.example");
	if (!request.target.at)
		request.target = STR("/");
	route_decide(table, &request, &scratch, &decision);
	return decision;
}

static struct route_decision ask_path(const char *path)
{
	return ask((struct route_request){.target = str_from(path)});
}

static void prefixes_are_replaced_as_the_table_of_the_spec_says(void **state)
{
	(void)state;
	static const struct {
		const char *path, *prefix, *replacement, *sent;
	} cases[] = {
		{"/foo/bar", "/foo", "/xyz", "/xyz/bar"},
		{"/foo/bar", "/foo", "/xyz/", "/xyz/bar"},
		{"/foo/bar", "/foo/", "/xyz", "/xyz/bar"},
		{"/foo/bar", "/foo/", "/xyz/", "/xyz/bar"},
		{"/foo", "/foo", "/xyz", "/xyz"},
		{"/foo/", "/foo", "/xyz", "/xyz/"},
		{"/foo/bar", "/foo", "", "/bar"},
		{"/foo/", "/foo", "", "/"},
		{"/foo", "/foo", "", "/"},
		{"/foo/", "/foo", "/", "/"},
		{"/foo", "/foo", "/", "/"},
		{"/foo/bar?x=1", "/foo", "/", "/bar"},
		{"/foo/bar", "/", "/xyz", "/xyz/foo/bar"},
		{"/", "/", "/xyz", "/xyz/"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		if (i) {
			teardown(NULL);
			setup(NULL);
		}
		load_rules(str_format(&arena,
				      "  - matches: [{path: {type: PathPrefix, value: %s}}]\n"
				      "    filters: [{type: URLRewrite, urlRewrite: {path: {type: "
				      "ReplacePrefixMatch, replacePrefixMatch: '%s'}}}]\n"
				      "    backendRefs: [{name: s, port: 80}]\n",
				      cases[i].prefix, cases[i].replacement)
				   .at,
			   false);
		assert_str(ask_path(cases[i].path).sent.path, cases[i].sent);
	}
}

static void locations_have_the_port_that_the_spec_says(void **state)
{
	(void)state;
	load_rules("  - matches: [{path: {value: /https}}]\n"
		   "    filters: [{type: RequestRedirect, requestRedirect: {scheme: https}}]\n"
		   "  - matches: [{path: {value: /port}}]\n"
		   "    filters: [{type: RequestRedirect, requestRedirect: {port: 8443}}]\n"
		   "  - matches: [{path: {value: /usual}}]\n"
		   "    filters: [{type: RequestRedirect, requestRedirect: {scheme: https, port: "
		   "443}}]\n"
		   "  - matches: [{path: {value: /host}}]\n"
		   "    filters: [{type: RequestRedirect, requestRedirect: {hostname: b.example, "
		   "statusCode: 301, path: {type: ReplaceFullPath, replaceFullPath: /new}}}]\n",
		   false);
	struct route_decision decision = ask_path("/https/x?y=1");

	assert_int_equal(decision.action, ROUTE_REDIRECT);
	assert_int_equal(decision.status, 302);
	assert_str(decision.location, "https://a.example/https/x?y=1");
	assert_str(ask_path("/port").location, "http://a.example:8443/port");
	assert_str(ask_path("/usual").location, "https://a.example/usual");
	decision = ask((struct route_request){
		.port = 8080, .authority = STR("A.example:8080"), .target = STR("/host/x?")});
	assert_int_equal(decision.status, 301);
	assert_str(decision.location, "http://b.example:8080/new?");
	assert_str(ask((struct route_request){.port = 8080, .target = STR("/https")}).location,
		   "https://a.example/https");
	assert_str(ask((struct route_request){
			       .tls = true, .sni = STR("a.example"), .target = STR("/host")})
			   .location,
		   "https://b.example/new");
}

static void shares_that_cannot_be_asked_are_answered(void **state)
{
	(void)state;
	load("apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\n"
	     "metadata: {name: r, namespace: web}\n"
	     "spec:\n  parentRefs: [{name: gw}]\n  rules:\n"
	     "  - matches: [{path: {value: /part}}]\n"
	     "    backendRefs: [{name: s, port: 80, weight: 3}, {name: gone, port: 80}]\n"
	     "  - matches: [{path: {value: /all}}]\n"
	     "    backendRefs: [{name: gone, port: 80}, {name: s, port: 81}]\n"
	     "  - matches: [{path: {value: /zero}}]\n"
	     "    backendRefs: [{name: s, port: 80, weight: 0}]\n"
	     "  - matches: [{path: {value: /none}}]\n"
	     "  - matches: [{path: {value: /other}}]\n"
	     "    backendRefs: [{name: t, namespace: other, port: 80}]\n"
	     "  - matches: [{path: {value: /idle}}]\n"
	     "    backendRefs: [{name: idle, port: 80}]\n"
	     "  - matches: [{path: {value: /unknown}}]\n"
	     "    filters: [{type: ExtensionRef, extensionRef: {group: x.io, kind: F, name: f}}]\n"
	     "    backendRefs: [{name: s, port: 80}]\n"
	     "---\napiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: web}\n"
	     "spec: {ports: [{port: 80}]}\n"
	     "---\napiVersion: v1\nkind: Service\nmetadata: {name: idle, namespace: web}\n"
	     "spec: {ports: [{port: 80}]}\n"
	     "---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\n"
	     "metadata: {name: idle-1, namespace: web, labels: {kubernetes.io/service-name: "
	     "idle}}\n"
	     "addressType: IPv4\nendpoints: []\n"
	     "---\napiVersion: v1\nkind: Service\nmetadata: {name: t, namespace: other}\n"
	     "spec: {ports: [{port: 80}]}\n",
	     true);
	struct route_decision decision = ask_path("/part");

	assert_int_equal(decision.action, ROUTE_FORWARD);
	assert_int_equal(decision.weight, 4);
	assert_int_equal(decision.backends[0].state, ROUTE_BACKEND_OK);
	assert_int_equal(decision.backends[1].state, ROUTE_BACKEND_MISSING);
	assert_int_equal(decision.backends[1].status, 500);
	assert_int_equal(ask_path("/all").status, 500);
	assert_int_equal(ask_path("/zero").status, 500);
	assert_int_equal(ask_path("/none").status, 500);
	assert_int_equal(ask_path("/other").status, 500);
	assert_int_equal(ask_path("/idle").status, 503);
	assert_int_equal(ask_path("/unknown").status, 500);
	assert_int_equal(ask_path("/").status, 404);
}

static void a_request_for_another_listener_is_misdirected(void **state)
{
	(void)state;
	static const struct {
		const char *sni, *host;
		enum route_action action;
		unsigned status;
	} cases[] = {
		{"a.example", "a.example", ROUTE_FORWARD, 0},
		{"a.example", "x.b.example", ROUTE_ANSWER, 421},
		{"a.example", "other.example", ROUTE_ANSWER, 404},
		{"x.b.example", "y.b.example", ROUTE_FORWARD, 0},
		{"x.b.example", "A.Example", ROUTE_ANSWER, 421},
		{"other.example", "a.example", ROUTE_CLOSE, 0},
		{"", "a.example", ROUTE_CLOSE, 0},
	};

	load_rules("  - backendRefs: [{name: s, port: 80}]\n", false);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct route_decision decision =
			ask((struct route_request){.tls = true,
						   .sni = str_from(cases[i].sni),
						   .authority = str_from(cases[i].host)});

		assert_int_equal(decision.action, cases[i].action);
		assert_int_equal(decision.status, cases[i].status);
	}
}

/* ---- CORS ---- */

static const char cors_rules[] =
	"  - matches: [{path: {value: /}}]\n"
	"    filters: [{type: CORS, cors: {allowOrigins: ['https://a.org', 'http://*.b.org:81'], "
	"allowMethods: [GET, PUT], allowHeaders: [X-One, X-Two], exposeHeaders: [X-Out], "
	"allowCredentials: true, maxAge: 9}}]\n"
	"    backendRefs: [{name: s, port: 80}]\n"
	"  - matches: [{path: {value: /any}}]\n"
	"    filters: [{type: CORS, cors: {allowOrigins: ['*'], allowMethods: ['*'], "
	"allowHeaders: ['*']}}]\n"
	"    backendRefs: [{name: s, port: 80}]\n";

static struct route_decision ask_origin(const char *path, const char *method, const char *origin,
					const char *wanted)
{
	static struct route_header headers[3];
	size_t count = 0;

	headers[count++] = (struct route_header){STR("Origin"), str_from(origin)};
	if (wanted)
		headers[count++] = (struct route_header){STR("Access-Control-Request-Method"),
							 str_from(wanted)};
	if (wanted)
		headers[count++] =
			(struct route_header){STR("Access-Control-Request-Headers"), STR("X-One")};
	return ask((struct route_request){.target = str_from(path),
					  .method = str_from(method),
					  .headers = headers,
					  .header_count = count});
}

static struct str late(const struct route_decision *decision, const char *name)
{
	for (size_t i = 0; i < decision->late.count; i++)
		if (str_is(decision->late.at[i].name, name))
			return decision->late.at[i].value;
	return STR("(absent)");
}

static void preflights_are_answered_by_the_gateway(void **state)
{
	(void)state;
	struct route_decision decision;

	load_rules(cors_rules, false);
	decision = ask_origin("/", "OPTIONS", "https://a.org", "PUT");
	assert_int_equal(decision.action, ROUTE_ANSWER);
	assert_int_equal(decision.status, 204);
	assert_str(late(&decision, "Access-Control-Allow-Origin"), "https://a.org");
	assert_str(late(&decision, "Access-Control-Allow-Credentials"), "true");
	assert_str(late(&decision, "Access-Control-Allow-Methods"), "GET, PUT");
	assert_str(late(&decision, "Access-Control-Allow-Headers"), "X-One, X-Two");
	assert_str(late(&decision, "Access-Control-Expose-Headers"), "X-Out");
	assert_str(late(&decision, "Access-Control-Max-Age"), "9");

	decision = ask_origin("/", "OPTIONS", "https://evil.org", "PUT");
	assert_int_equal(decision.status, 204);
	assert_int_equal(decision.late.count, 0);

	decision = ask_origin("/any", "OPTIONS", "https://x.org", "PUT");
	assert_str(late(&decision, "Access-Control-Allow-Origin"), "*");
	assert_str(late(&decision, "Access-Control-Allow-Methods"), "*");
	assert_str(late(&decision, "Access-Control-Allow-Headers"), "*");
	assert_str(late(&decision, "Access-Control-Max-Age"), "5");
	assert_str(late(&decision, "Access-Control-Allow-Credentials"), "(absent)");
}

static void other_requests_are_forwarded_whatever_their_origin(void **state)
{
	(void)state;
	static const struct {
		const char *origin;
		enum route_cors cors;
	} cases[] = {
		{"https://a.org", ROUTE_CORS_ALLOWED},
		{"https://a.org:443", ROUTE_CORS_ALLOWED},
		{"https://a.org:444", ROUTE_CORS_REFUSED},
		{"http://a.org", ROUTE_CORS_REFUSED},
		{"http://x.b.org:81", ROUTE_CORS_ALLOWED},
		{"http://x.y.b.org:81", ROUTE_CORS_ALLOWED},
		{"http://b.org:81", ROUTE_CORS_REFUSED},
		{"http://xb.org:81", ROUTE_CORS_REFUSED},
		{"http://x.b.org", ROUTE_CORS_REFUSED},
		{"null", ROUTE_CORS_REFUSED},
	};

	load_rules(cors_rules, false);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct route_decision decision = ask_origin("/", "GET", cases[i].origin, NULL);

		assert_int_equal(decision.action, ROUTE_FORWARD);
		assert_int_equal(decision.cors, cases[i].cors);
		assert_int_equal(decision.late.count > 0, cases[i].cors == ROUTE_CORS_ALLOWED);
	}
	assert_int_equal(ask_path("/").cors, ROUTE_CORS_NONE);
	/* OPTIONS alone is no preflight. */
	assert_int_equal(ask_origin("/", "OPTIONS", "https://a.org", NULL).action, ROUTE_FORWARD);
}

/* ---- the rest of a rule ---- */

static void a_timeout_of_zero_is_none(void **state)
{
	(void)state;
	struct route_decision decision;

	load_rules("  - timeouts: {request: 0s, backendRequest: 0s}\n"
		   "    backendRefs: [{name: s, port: 80}]\n",
		   false);
	decision = ask_path("/x");
	assert_int_equal(decision.policy->request_ms, ROUTE_UNSET);
	assert_int_equal(decision.policy->backend_ms, ROUTE_UNSET);
}

static void a_rule_says_how_its_backends_are_asked(void **state)
{
	(void)state;
	struct route_decision decision;

	load_rules("  - timeouts: {request: 10s, backendRequest: 500ms}\n"
		   "    retry: {attempts: 2, codes: [500, 503], backoff: 50ms}\n"
		   "    sessionPersistence: {sessionName: sid, type: Cookie, absoluteTimeout: 1h,\n"
		   "      cookieConfig: {lifetimeType: Permanent}}\n"
		   "    filters:\n"
		   "    - {type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: X-A, "
		   "value: '1'}, {name: x-a, value: '2'}], add: [{name: X-B, value: b}], remove: "
		   "[X-C]}}\n"
		   "    - {type: RequestMirror, requestMirror: {backendRef: {name: m, port: 80}, "
		   "percent: 20}}\n"
		   "    - {type: ExternalAuth, externalAuth: {protocol: HTTP, backendRef: {name: "
		   "auth, port: 80}, http: {path: /check, allowedHeaders: [X-Id]}}}\n"
		   "    backendRefs:\n"
		   "    - {name: s, port: 80, filters: [{type: RequestHeaderModifier, "
		   "requestHeaderModifier: {set: [{name: X-Own, value: s}]}}]}\n"
		   "    - {name: t, port: 80, filters: [{type: URLRewrite, urlRewrite: {hostname: "
		   "t.example}}]}\n",
		   false);
	decision = ask_path("/x");
	assert_int_equal(decision.policy->request_ms, 10000);
	assert_int_equal(decision.policy->backend_ms, 500);
	assert_int_equal(decision.policy->retry->attempts, 2);
	assert_int_equal(decision.policy->retry->code_count, 2);
	assert_int_equal(decision.policy->retry->backoff_ms, 50);
	assert_str(decision.policy->session->name, "sid");
	assert_int_equal(decision.policy->session->absolute_ms, 3600000);
	assert_true(decision.policy->session->permanent);
	assert_int_equal(decision.policy->mirror_count, 1);
	assert_int_equal(decision.policy->mirrors[0].numerator * 5,
			 decision.policy->mirrors[0].denominator);
	assert_str(decision.policy->auth->backend.name, "auth");
	assert_str(decision.policy->auth->path, "/check");
	/* Of equal names the first counts; the rule's edits come before those of the backend. */
	assert_int_equal(decision.backends[0].request.count, 4);
	assert_str(decision.backends[0].request.at[0].value, "1");
	assert_int_equal(decision.backends[0].request.at[1].kind, ROUTE_EDIT_ADD);
	assert_int_equal(decision.backends[0].request.at[2].kind, ROUTE_EDIT_REMOVE);
	assert_str(decision.backends[0].request.at[3].name, "X-Own");
	assert_int_equal(decision.backends[1].request.count, 3);
	assert_str(route_sent(&decision, 0)->host, "a.example");
	assert_str(route_sent(&decision, 1)->host, "t.example");
}

static enum route_action ask_with(const char *host, const char *target,
				  const struct route_header *headers, size_t count)
{
	return ask((struct route_request){.authority = str_from(host),
					  .target = str_from(target),
					  .headers = headers,
					  .header_count = count})
		.action;
}

static void headers_are_matched_as_they_were_sent(void **state)
{
	(void)state;
	static const struct route_header cookies[] = {{STR_INIT("cookie"), STR_INIT("a=1")},
						      {STR_INIT("Cookie"), STR_INIT("b=2")}};
	static const struct route_header others[] = {{STR_INIT("x"), STR_INIT("1")},
						     {STR_INIT("X"), STR_INIT("2")}};
	static const struct route_header host = {STR_INIT("Host"), STR_INIT("b.example:81")};

	load_rules("  - matches: [{headers: [{name: Cookie, value: a=1; b=2}]}]\n"
		   "    backendRefs: [{name: s, port: 80}]\n"
		   "  - matches: [{headers: [{name: X, value: '1, 2'}]}]\n"
		   "    backendRefs: [{name: s, port: 80}]\n"
		   "  - matches: [{headers: [{name: host, value: 'b.example:81'}]}]\n"
		   "    backendRefs: [{name: s, port: 80}]\n",
		   false);
	assert_int_equal(ask_with("a.example", "/", cookies, 2), ROUTE_FORWARD);
	assert_int_equal(ask_with("a.example", "/", cookies, 1), ROUTE_ANSWER);
	assert_int_equal(ask_with("a.example", "/", others, 2), ROUTE_FORWARD);
	assert_int_equal(ask_with("a.example", "/", others, 1), ROUTE_ANSWER);
	assert_int_equal(ask_with("b.example:81", "/", NULL, 0), ROUTE_FORWARD);
	assert_int_equal(ask_with("b.example", "/", NULL, 0), ROUTE_ANSWER);
	assert_int_equal(ask_with("a.example", "http://b.example:81/", NULL, 0), ROUTE_FORWARD);
	assert_int_equal(ask_with("a.example", "/", &host, 1), ROUTE_ANSWER);
}

static void grpc_gets_its_own_statuses(void **state)
{
	(void)state;
	static const struct route_header grpc = {STR_INIT("content-type"),
						 STR_INIT("application/grpc+proto")};
	struct route_request request = {.headers = &grpc,
					.header_count = 1,
					.method = STR("POST"),
					.target = STR("/svc/m")};

	load("apiVersion: gateway.networking.k8s.io/v1\nkind: GRPCRoute\n"
	     "metadata: {name: r, namespace: web}\n"
	     "spec:\n  parentRefs: [{name: gw}]\n  rules:\n"
	     "  - matches: [{method: {service: svc, method: m}}]\n"
	     "    backendRefs: [{name: s, port: 80}]\n"
	     "  - matches: [{method: {service: gone}}]\n"
	     "    backendRefs: [{name: x, namespace: other, port: 80}]\n",
	     false);
	struct route_decision decision = ask(request);

	assert_int_equal(decision.action, ROUTE_FORWARD);
	assert_int_equal(decision.backends[0].protocol, ROUTE_PROTOCOL_GRPC);
	assert_int_equal(decision.grpc_status, ROUTE_UNSET);
	request.target = STR("/svc/other");
	assert_int_equal(ask(request).grpc_status, 12);
	request.target = STR("/gone/m");
	assert_int_equal(ask(request).grpc_status, 14);
	request.header_count = 0;
	assert_int_equal(ask(request).status, 404);
}

static void only_the_oldest_route_of_a_tcp_listener_gets_traffic(void **state)
{
	(void)state;
	struct route_decision decision;

	load("apiVersion: gateway.networking.k8s.io/v1\nkind: TCPRoute\n"
	     "metadata: {name: a, namespace: web, creationTimestamp: 2026-02-02T00:00:00Z}\n"
	     "spec: {parentRefs: [{name: gw}], rules: [{backendRefs: [{name: young, port: 1}]}]}\n"
	     "---\napiVersion: gateway.networking.k8s.io/v1\nkind: TCPRoute\n"
	     "metadata: {name: b, namespace: web, creationTimestamp: 2026-01-01T00:00:00Z}\n"
	     "spec: {parentRefs: [{name: gw}], rules: [{backendRefs: [{name: old, port: 1}]}]}\n",
	     false);
	decision = ask((struct route_request){.transport = ROUTE_TCP, .port = 9000});
	assert_int_equal(decision.action, ROUTE_FORWARD);
	assert_str(decision.backends[0].name, "old");
	assert_int_equal(decision.backends[0].protocol, ROUTE_PROTOCOL_TCP);
	decision = ask((struct route_request){.transport = ROUTE_TCP, .port = 9001});
	assert_int_equal(decision.action, ROUTE_CLOSE);
	decision = ask((struct route_request){.transport = ROUTE_UDP, .port = 9000});
	assert_int_equal(decision.action, ROUTE_CLOSE);
}

static void count(void *user, const struct route_term *term)
{
	unsigned *terms = user;

	assert_int_equal(term->port == 443, term->tls);
	++*terms;
}

static void terms_and_traces_name_every_match(void **state)
{
	(void)state;
	struct route_scratch loud;
	struct route_decision decision;
	struct route_request request = {
		.port = 80, .authority = STR("a.example"), .target = STR("/A/b")};
	unsigned terms = 0;

	load_rules("  - matches: [{path: {value: /a}}, {path: {value: /}, method: GET}]\n"
		   "    backendRefs: [{name: s, port: 80}]\n",
		   false);
	/* Two matches at two plain ports, at every name of the secure one, and the TCP port. */
	table->side->terms(table, count, &terms);
	assert_int_equal(terms, 2 * 2 + 2 * 2 + 1);
	route_scratch_init(&loud, true);
	route_decide(table, &request, &loud, &decision);
	assert_str(decision.what, "GET PathPrefix /");
	assert_int_equal(decision.trace.count, 4);
	assert_str(decision.trace.steps[2].what, "PathPrefix /a");
	assert_str(decision.trace.steps[2].why, "case differs");
	assert_true(decision.trace.steps[3].taken);
	route_scratch_finish(&loud);
}

/* As if there was no other one: its routes, and its addresses. */
static void a_table_of_some_gateways_knows_no_other(void **state)
{
	static const char objects[] =
		"apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\n"
		"metadata: {name: inside, namespace: web}\n"
		"spec:\n  gatewayClassName: x\n  listeners:\n"
		"  - {name: http, port: 80, protocol: HTTP}\n"
		"---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\n"
		"metadata: {name: r, namespace: web}\n"
		"spec:\n  parentRefs: [{name: inside}]\n  rules:\n"
		"  - backendRefs: [{group: example.com, kind: Bucket, name: b}]\n";
	const struct object_ref names[] = {
		{STR_INIT("Gateway"), STR_INIT("web"), STR_INIT("gw")},
		{STR_INIT("Gateway"), STR_INIT("web"), STR_INIT("inside")},
	};
	struct route_gateway_options options = {.gateway_count = 1};

	(void)state;
	load(objects, false);
	for (size_t i = 0; i < 2; i++) {
		route_table_destroy(table);
		options.gateways = &names[i];
		table = route_gateway_new(&set, &options);
		assert_int_equal(table->gap_count, i);
		assert_int_equal(ask((struct route_request){.port = 80}).action,
				 i ? ROUTE_FORWARD : ROUTE_ANSWER);
	}
	route_table_destroy(table);
	options.gateway_count = 0;
	table = route_gateway_new(&set, &options);
	assert_int_equal(ask((struct route_request){.port = 80}).action, ROUTE_CLOSE);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(prefixes_are_replaced_as_the_table_of_the_spec_says),
		CASE(locations_have_the_port_that_the_spec_says),
		CASE(shares_that_cannot_be_asked_are_answered),
		CASE(a_request_for_another_listener_is_misdirected),
		CASE(preflights_are_answered_by_the_gateway),
		CASE(other_requests_are_forwarded_whatever_their_origin),
		CASE(a_timeout_of_zero_is_none),
		CASE(a_rule_says_how_its_backends_are_asked),
		CASE(headers_are_matched_as_they_were_sent),
		CASE(grpc_gets_its_own_statuses),
		CASE(only_the_oldest_route_of_a_tcp_listener_gets_traffic),
		CASE(terms_and_traces_name_every_match),
		CASE(a_table_of_some_gateways_knows_no_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
