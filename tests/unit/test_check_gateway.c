#include "check/gateway.h"
#include "gateway_case.h"

/* Findings of one text, one line each: "I2G261 7:3 web: message". */
static void assert_found(const char *text, const char *found)
{
	struct gateway_case kase;

	gateway_attach(&kase, text, (struct attach_options){0});
	gateway_check(&kase.attach, &kase.kube.findings);
	buf_clear(&kase.kube.said);
	for (size_t i = 0; i < kase.kube.findings.count; i++) {
		const struct finding *finding = &kase.kube.findings.at[i];

		buf_format(&kase.kube.said, "%s %.*s %.*s: %.*s\n", finding->code,
			   STR_ARG(finding->object.name), STR_ARG(finding->path),
			   STR_ARG(finding->message));
	}
	assert_said(&kase.kube, found);
	gateway_finish(&kase);
}

#define GATEWAY(listeners)                                                                         \
	HEAD("Gateway")                                                                            \
	"metadata: {name: gw}\nspec:\n  gatewayClassName: c\n  listeners:\n" listeners
#define HTTP "  - {name: http, port: 80, protocol: HTTP}\n"
#define HTTPS                                                                                      \
	"  - {name: https, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: cert}]}}\n"
#define BACKEND "    backendRefs: [{name: web, port: 80}]\n"
#define ROUTE(name, more, rules)                                                                   \
	"---\n" HEAD("HTTPRoute") "metadata: {name: " name "}\nspec:\n  parentRefs: [{name: "      \
				  "gw}]\n" more "  rules:\n" rules
#define MATCH(match) "  - matches: [" match "]\n" BACKEND
#define REDIRECT(match, redirect)                                                                  \
	"  - matches: [" match                                                                     \
	"]\n    filters: [{type: RequestRedirect, requestRedirect: {" redirect "}}]\n"

/* ---- matches ---- */

static void test_meanings(void **state)
{
	(void)state;
	/* Names of headers have no case, their order does not matter, the first of a name counts. */
	assert_found(GATEWAY(HTTP) ROUTE(
			     "r", "",
			     MATCH("{headers: [{name: A, value: '1'}, {name: b, value: '2'}]}")
				     MATCH("{headers: [{name: B, value: '2'}, {name: a, value: "
					   "'1'}, {name: b, value: '3'}]}")),
		     "I2G261 r spec.rules[1].matches[0]: this match never wins: "
		     "spec.rules[0].matches[0] takes the same requests first\n");
	/* What differs in anything is another match. */
	assert_found(GATEWAY(HTTP) ROUTE(
			     "r", "",
			     MATCH("{path: {value: /a}}") MATCH("{path: {type: Exact, value: /a}}")
				     MATCH("{path: {value: /a}, method: GET}")
					     MATCH("{path: {value: /A}}") MATCH("{path: {value: "
										"/a}, queryParams: "
										"[{name: q, value: "
										"v}]}")),
		     "");
	/* The same path twice in one rule. */
	assert_found(GATEWAY(HTTP)
			     ROUTE("r", "", MATCH("{path: {value: /a}}, {path: {value: /a/}}")),
		     "I2G261 r spec.rules[0].matches[0]: this match never wins: "
		     "spec.rules[0].matches[1] takes the same requests first\n");
}

static void test_other_routes(void **state)
{
	(void)state;
	assert_found(
		GATEWAY(HTTP) ROUTE("a", "  hostnames: [x.test, y.test]\n",
				    MATCH("{path: {value: /a}}"))
			ROUTE("b, creationTimestamp: 2024-01-01T00:00:00Z",
			      "  hostnames: [y.test, z.test]\n", MATCH("{path: {value: /a}}"))
				ROUTE("c", "  hostnames: [w.test]\n", MATCH("{path: {value: /a}}")),
		"I2G262 a spec.rules[0].matches[0]: this match does not win for y.test: "
		"HTTPRoute default/b takes the same requests, and it is older\n");
}

static void test_catch_alls(void **state)
{
	(void)state;
	assert_found(
		GATEWAY(HTTP) ROUTE("wild", "  hostnames: ['*.test']\n",
				    MATCH("{path: {value: /api}}"))
			ROUTE("one", "  hostnames: [a.test]\n", MATCH("{path: {value: /}}")) ROUTE(
				"two", "  hostnames: [b.test]\n",
				MATCH("{path: {value: /}}") MATCH("{path: {value: /api}}"))
				ROUTE("org", "  hostnames: [a.org]\n", MATCH("{path: {value: /}}")),
		"I2G263 one spec.rules[0].matches[0]: every request for a.test comes here: those "
		"for /api, which HTTPRoute default/wild takes for *.test, too\n");
}

static void test_l4(void **state)
{
	(void)state;
	assert_found(
		GATEWAY("  - {name: t, port: 1, protocol: TCP}\n  - {name: p, port: 443, protocol: "
			"TLS, tls: {mode: Passthrough}}\n") "---\n" HEAD("TCPRoute") "metadata: "
										     "{name: "
										     "b}\nspec: "
										     "{parentRefs: "
										     "[{name: "
										     "gw}], rules: "
										     "[{"
										     "backendRefs: "
										     "[{name: x, "
										     "port: "
										     "1}]}]}\n"
										     "---\n" HEAD(
											     "TCPRo"
											     "ute") "metadata: {name: a}\nspec: {parentRefs: [{name: "
												    "gw}], rules: [{backendRefs: [{name: x, port: "
												    "1}]}]}\n"
												    "---\n" HEAD(
													    "TLSRoute") "metadata: {name: s}\nspec: {parentRefs: [{name: gw}], hostnames: "
															"[a.test], rules: [{backendRefs: [{name: x, port: 1}]}]}\n"
															"---\n" HEAD(
																"TLSRoute") "metadata: {name: t}\nspec: {parentRefs: [{name: gw}], "
																	    "hostnames: [b.test, a.test], rules: [{backendRefs: "
																	    "[{name: x, port: 1}]}]}\n",
		"I2G264 b spec.parentRefs: TCPRoute default/a is on the same listener, and its "
		"name comes first: it gets all the traffic\n"
		"I2G262 t spec.hostnames: TLSRoute default/s is on the same listener with the "
		"same name, and its name comes first: it gets all the traffic\n");
}

/* ---- redirects ---- */

#define LOOP(listener)                                                                             \
	"I2G266 r spec.rules[0].filters[0]: on listener " listener                                 \
	" the redirect leads back to its own rule, for ever\n"

static void test_redirects(void **state)
{
	static const struct {
		const char *rules, *found;
	} cases[] = {
		/* Nothing changes; what changes. */
		{REDIRECT("{}", "statusCode: 301"), LOOP("\"http\" (HTTP, port 80)")},
		{REDIRECT("{}", "hostname: other.test"), ""},
		{REDIRECT("{}", "port: 8080"), ""},
		{REDIRECT("{}", "scheme: https"), ""},
		{REDIRECT("{}", "scheme: http"), LOOP("\"http\" (HTTP, port 80)")},
		{REDIRECT("{}", "hostname: a.test"), LOOP("\"http\" (HTTP, port 80)")},
		/* A client that posts asks again with GET, except after 307. */
		{REDIRECT("{method: POST}", "statusCode: 301"), ""},
		{REDIRECT("{method: POST}", "statusCode: 307"), LOOP("\"http\" (HTTP, port 80)")},
		/* Paths. */
		{REDIRECT("{path: {value: /a}}",
			  "path: {type: ReplaceFullPath, replaceFullPath: /b}"),
		 ""},
		{REDIRECT("{path: {value: /a}}",
			  "path: {type: ReplaceFullPath, replaceFullPath: /a/b}"),
		 LOOP("\"http\" (HTTP, port 80)")},
		{REDIRECT("{path: {value: /a}}",
			  "path: {type: ReplaceFullPath, replaceFullPath: /ab}"),
		 ""},
		{REDIRECT("{path: {type: Exact, value: /}}",
			  "path: {type: ReplaceFullPath, replaceFullPath: /app}"),
		 ""},
		{REDIRECT("{path: {value: /a}}",
			  "path: {type: ReplacePrefixMatch, replacePrefixMatch: /b}"),
		 ""},
		{REDIRECT("{path: {value: /a}}",
			  "path: {type: ReplacePrefixMatch, replacePrefixMatch: /a/}"),
		 LOOP("\"http\" (HTTP, port 80)")},
		{REDIRECT("{path: {value: /}}",
			  "path: {type: ReplacePrefixMatch, replacePrefixMatch: /app}"),
		 LOOP("\"http\" (HTTP, port 80)")},
		/* Another rule is nearer to where it leads. */
		{REDIRECT("{path: {value: /}}",
			  "path: {type: ReplaceFullPath, replaceFullPath: /app/x}")
			 MATCH("{path: {value: /app}}"),
		 ""},
	};
	char text[1000];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		snprintf(text, sizeof text, "%s%s",
			 GATEWAY(HTTP) ROUTE("r", "  hostnames: [a.test]\n", ""), cases[i].rules);
		assert_found(text, cases[i].found);
	}
	/* To https, and attached there as well. */
	assert_found(GATEWAY(HTTP HTTPS) ROUTE("r", "", REDIRECT("{}", "scheme: https")),
		     LOOP("\"https\" (HTTPS, port 443)"));
}

/* ---- single objects ---- */

static void test_timeouts(void **state)
{
	static const struct {
		const char *timeouts;
		bool found;
	} cases[] = {
		{"timeouts: {request: 10s, backendRequest: 3s}, retry: {}", false},
		{"timeouts: {request: 10s, backendRequest: 10s}, retry: {}", true},
		{"timeouts: {request: 10s, backendRequest: 10s}", false},
		{"timeouts: {request: 10s}, retry: {}", true},
		{"timeouts: {request: 0s, backendRequest: 10s}, retry: {}", false},
		{"timeouts: {request: 1s, backendRequest: 2s}", true},
		{"timeouts: {backendRequest: 2s}, retry: {}", false},
	};
	struct gateway_case kase;
	char text[600];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		snprintf(text, sizeof text, "%s  - {backendRefs: [{name: web, port: 80}], %s}\n",
			 GATEWAY(HTTP) ROUTE("r", "", ""), cases[i].timeouts);
		gateway_attach(&kase, text, (struct attach_options){0});
		gateway_check(&kase.attach, &kase.kube.findings);
		assert_int_equal(kase.kube.findings.count, cases[i].found);
		if (cases[i].found)
			assert_string_equal(kase.kube.findings.at[0].code, "I2G267");
		gateway_finish(&kase);
	}
}

static void test_certificates(void **state)
{
	(void)state;
	assert_found(GATEWAY("  - {name: none, port: 443, protocol: HTTPS}\n"
			     "  - {name: options, port: 444, protocol: HTTPS, tls: {options: {a/b: "
			     "c}}}\n"
			     "  - {name: pass, port: 445, protocol: TLS, tls: {mode: "
			     "Passthrough}}\n"
			     "  - {name: far, port: 446, protocol: HTTPS, tls: {certificateRefs: "
			     "[{name: c, namespace: q}]}}\n"),
		     "I2G520 gw spec.listeners[0].protocol: listener \"none\" terminates TLS and "
		     "has no certificate\n"
		     "I2G623 gw spec.listeners[3].tls.certificateRefs[0]: Secret q/c is in "
		     "another namespace, and no ReferenceGrant there allows it\n");
}

/* A Gateway that stands elsewhere is no reason to complain about routes of its ListenerSet. */
static void test_gateway_elsewhere(void **state)
{
	(void)state;
	assert_found(
		HEAD("ListenerSet") "metadata: {name: set}\nspec: {parentRef: {name: gw, "
				    "namespace: infra}, listeners: [{name: l, port: 80, "
				    "protocol: HTTP}]}\n---\n" HEAD(
					    "HTTPRoute") "metadata: {name: r}\nspec: {parentRefs: "
							 "[{name: set, kind: "
							 "ListenerSet}], rules: [{backendRefs: "
							 "[{name: web, port: 80}]}]}\n",
		"");
}

/* Regular expressions: a stated dialect is enough, unless no RE2 can have it. */
static void test_regexes(void **state)
{
	(void)state;
	assert_found(
		GATEWAY(HTTP)
			ROUTE("r, annotations: {ingress2gw.dev/regex-dialect: PCRE}", "",
			      MATCH("{path: {type: RegularExpression, value: /a+}}")
				      MATCH("{path: {type: RegularExpression, value: /(?!b)}}")),
		"I2G268 r spec.rules[1].matches[0].path: the regular expression has parts that "
		"only a backtracking engine knows; implementations with RE2 refuse it\n");
}

/* More matches than are compared: said once, and the program ends in time. */
static void test_bound(void **state)
{
	struct gateway_case kase;
	struct buf text;
	size_t limits = 0;

	(void)state;
	buf_init(&text);
	buf_text(&text, GATEWAY(HTTP));
	for (int i = 0; i < 600; i++) {
		buf_format(&text,
			   "---\n" HEAD("HTTPRoute") "metadata: {name: r%d}\nspec:\n  "
						     "parentRefs: [{name: gw}]\n",
			   i);
		buf_text(&text, "  hostnames: [");
		for (int j = 0; j < 16; j++)
			buf_format(&text, "h%d.test,", j);
		buf_text(&text, "]\n  rules:\n  - backendRefs: [{name: web, port: 80}]\n    "
				"matches:\n");
		for (int j = 0; j < 120; j++)
			buf_format(&text, "    - {path: {value: /p%d}}\n", j);
	}
	buf_char(&text, '\0');
	gateway_attach(&kase, text.at, (struct attach_options){0});
	gateway_check(&kase.attach, &kase.kube.findings);
	for (size_t i = 0; i < kase.kube.findings.count; i++)
		limits += strcmp(kase.kube.findings.at[i].code, "I2G102") == 0;
	assert_int_equal(limits, 1);
	gateway_finish(&kase);
	buf_finish(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_meanings),     cmocka_unit_test(test_other_routes),
		cmocka_unit_test(test_catch_alls),   cmocka_unit_test(test_l4),
		cmocka_unit_test(test_redirects),    cmocka_unit_test(test_timeouts),
		cmocka_unit_test(test_certificates), cmocka_unit_test(test_regexes),
		cmocka_unit_test(test_bound),        cmocka_unit_test(test_gateway_elsewhere),
	};

	return cmocka_run_group_tests_name("check_gateway", tests, NULL, NULL);
}
