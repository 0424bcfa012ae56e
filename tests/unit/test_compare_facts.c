/* In what two answers differ: each kind of fact, what is masked and ignored, hostile values. */
#include "test.h"

#include "compare/fact.h"

static struct arena arena;
static struct ignore *ignore;
static struct facts facts;

static int setup(void **state)
{
	(void)state;
	arena_init(&arena);
	ignore = ignore_new(&arena);
	facts = (struct facts){.arena = &arena};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_finish(&arena);
	return 0;
}

/* An answer with headers "name: value", one a line, and a body. */
static struct answer answer(const char *head, struct str body)
{
	struct answer made = {
		.status = 200, .body = str_dup(&arena, body), .body_length = body.len};
	struct answer_header *headers = NULL;
	struct str rest = str_from(head), line;
	uint64_t hash = str_hash(body);
	bool more = rest.len > 0;

	while (str_split(&rest, '\n', &more, &line)) {
		size_t colon = str_find(line, ':');

		ARENA_PUSH(&arena, headers, made.header_count,
			   (struct answer_header){str_sub(line, 0, colon),
						  str_trim(str_from_pos(line, colon + 1))});
	}
	made.headers = headers;
	memcpy(made.body_hash, &hash, sizeof hash);
	return made;
}

/* "kind name: live | candidate", one a line; "-" for what is absent. */
static struct str said(const struct answer *live, const struct answer *candidate)
{
	struct str text = STR("");

	facts_find(&facts, ignore, live, candidate);
	for (size_t i = 0; i < facts.count; i++) {
		const struct fact *fact = &facts.at[i];

		text = str_format(&arena, "%.*s%s%s%s%.*s: %.*s | %.*s", STR_ARG(text),
				  i ? "\n" : "", fact_kind_name(fact->kind),
				  fact->name.len ? " " : "", STR_ARG(fact->name),
				  STR_ARG(fact->live.at ? fact->live : STR("-")),
				  STR_ARG(fact->candidate.at ? fact->candidate : STR("-")));
	}
	return text;
}

static struct str heads(const char *live, const char *candidate)
{
	struct answer a = answer(live, STR("")), b = answer(candidate, STR(""));

	return said(&a, &b);
}

static struct str bodies(const char *type, const char *live, const char *candidate)
{
	struct str head = str_format(&arena, "content-type: %s", type);
	struct answer a = answer(head.at, str_from(live));
	struct answer b = answer(head.at, str_from(candidate));

	return said(&a, &b);
}

static struct str json(const char *live, const char *candidate)
{
	return bodies("application/json", live, candidate);
}

/* ---- reach, status, backend, TLS ---- */

static void what_answers_differ_in(void **state)
{
	struct answer a = answer("", STR("")), b = a;

	(void)state;
	assert_str(said(&a, &b), "");
	b.status = 404;
	assert_str(said(&a, &b), "status: 200 | 404");
	b.status = 200;
	a.backend = STR("web/a");
	assert_str(said(&a, &b), "");
	b.backend = STR("web/b");
	assert_str(said(&a, &b), "backend: web/a | web/b");
	b.failure = ANSWER_TIMEOUT;
	b.why = STR("nothing came for 5 s");
	assert_str(said(&a, &b), "reach: 200 | 200, then timeout: nothing came for 5 s");
	a.failure = ANSWER_CUT;
	b.failure = ANSWER_HANDSHAKE;
	b.why = STR("");
	assert_str(said(&a, &b),
		   "reach: 200, then connection ended early | 200, then TLS handshake failed");
	a.status = b.status = 0;
	a.tls.version = STR("TLSv1.3");
	assert_str(said(&a, &b), "");
	b = a;
	b.status = 200;
	assert_str(said(&a, &b),
		   "reach: connection ended early | 200, then connection ended early");
	a.status = 500;
	assert_str(said(&a, &b), "status: 500 | 200");
}

static void certificates_are_compared(void **state)
{
	struct answer a = answer("", STR("")), b;

	(void)state;
	a.tls = (struct answer_tls){.version = STR("TLSv1.3"),
				    .alpn = STR("h2"),
				    .fingerprint = STR("aabb"),
				    .subject = STR("CN=a"),
				    .names = STR("a.example"),
				    .chain = 2};
	b = a;
	b.tls.fingerprint = STR("AABB");
	assert_str(said(&a, &b), "");
	b.tls.chain = 1;
	assert_str(said(&a, &b), "tls chain: 2 certificates | 1 certificates");
	b.tls = (struct answer_tls){.version = STR("TLSv1.2"),
				    .fingerprint = STR("ccdd"),
				    .subject = STR("CN=fake"),
				    .names = STR("ingress.local"),
				    .chain = 1};
	assert_str(said(&a, &b),
		   "tls alpn: h2 | http/1.1\n"
		   "tls certificate: a.example (CN=a) sha256 aabb | ingress.local (CN=fake) "
		   "sha256 ccdd\n"
		   "tls version: TLSv1.3 | TLSv1.2");
}

/* ---- headers ---- */

static void headers_are_compared_by_grammar(void **state)
{
	(void)state;
	assert_str(heads("x-a: 1\nx-b: 2", "x-b: 2\nx-a: 1"), "");
	assert_str(heads("x-a: 1", "x-b: 1"), "header x-a: 1 | -\nheader x-b: - | 1");
	assert_str(heads("x-a: 1\nx-a: 2", "x-a: 1, 2"), "");
	assert_str(heads("x-a: 2\nx-a: 1", "x-a: 1, 2"), "header x-a: 2, 1 | 1, 2");
	assert_str(heads("x-a:", "x-b: 1"), "header x-a:  | -\nheader x-b: - | 1");
	assert_str(heads("access-control-allow-methods: GET, PUT",
			 "access-control-allow-methods: put,get"),
		   "");
	assert_str(heads("access-control-allow-methods: GET, PUT",
			 "access-control-allow-methods: GET"),
		   "header access-control-allow-methods: GET, PUT | GET");
	assert_str(heads("vary: Origin\nvary: Accept", "vary: accept, origin"), "");
	assert_str(heads("strict-transport-security: max-age=1; includeSubDomains",
			 "strict-transport-security: includesubdomains;max-age=\"1\""),
		   "");
	assert_str(heads("strict-transport-security: max-age=1",
			 "strict-transport-security: max-age=2"),
		   "header strict-transport-security: max-age=1 | max-age=2");
	assert_str(heads("etag: W/\"a\"", "etag: \"a\""), "");
	assert_str(heads("etag: \"a\"", "etag: \"b\""), "header etag: \"a\" | \"b\"");
	assert_str(heads("content-type: Text/HTML;charset=UTF-8",
			 "content-type: text/html; charset=\"utf-8\""),
		   "");
	assert_str(heads("content-type: text/html", "content-type: text/plain"),
		   "body type: text/html | text/plain");
	assert_str(heads("content-type: text/html", ""), "body type: text/html | -");
}

static void built_in_headers_are_ignored(void **state)
{
	const struct str *names;

	(void)state;
	assert_str(heads("date: x\nserver: nginx\nage: 1\nvia: a\nconnection: close\n"
			 "content-length: 3\nx-request-id: 1\ntraceparent: 00",
			 "date: y\ntransfer-encoding: chunked\nkeep-alive: timeout=5"),
		   "");
	assert_int_equal(ignore_seen(ignore, &names), 10);
	assert_str(names[0], "header age");
	assert_str(names[1], "header connection");
}

/* ---- cookies ---- */

static void cookies_are_names_and_attributes(void **state)
{
	(void)state;
	assert_str(heads("set-cookie: a=1; Path=/; HttpOnly", "set-cookie: a=2;httponly;path=/"),
		   "");
	assert_str(heads("set-cookie: a=1; Path=/; Secure", "set-cookie: a=1; Path=/x"),
		   "cookie a: path /; Secure | path /x");
	assert_str(heads("set-cookie: a=1; Max-Age=60",
			 "set-cookie: a=1; Expires=Fri, 01 Jan 2027 00:00:00 GMT"),
		   "");
	assert_str(heads("set-cookie: a=1; Max-Age=60", "set-cookie: a=1"),
		   "cookie a: path -; lasting | path -");
	assert_str(heads("set-cookie: a=1; Max-Age=60", "set-cookie: a=1; Max-Age=0"),
		   "cookie a: path -; lasting | path -; deleted");
	assert_str(heads("set-cookie: a=1; domain=.A.example; samesite=Lax", "set-cookie: b=1"),
		   "cookie a: path -; domain a.example; SameSite lax | -\ncookie b: - | path -");
	assert_str(heads("set-cookie: b=1\nset-cookie: a=1", "set-cookie: a=1\nset-cookie: b=3"),
		   "");
	assert_str(heads("set-cookie: a=1; path=/x\nset-cookie: a=1",
			 "set-cookie: a=1\nset-cookie: a=1; path=/y"),
		   "cookie a: path - | path /x | path - | path /y");
	heads("set-cookie: ;;;=;=", "set-cookie:");
	heads("set-cookie: =; path; domain; max-age; expires", "set-cookie: ; ; ;");
}

/* ---- Location ---- */

static struct str locations(const char *live, const char *candidate)
{
	return heads(str_format(&arena, "location: %s", live).at,
		     str_format(&arena, "location: %s", candidate).at);
}

static void locations_are_compared_by_parts(void **state)
{
	static const struct route_request request = {
		.tls = true,
		.port = 443,
		.authority = STR_INIT("a.example"),
		.target = STR_INIT("/x/y?q=1"),
	};

	(void)state;
	facts.request = &request;
	assert_str(locations("https://a.example/z", "HTTPS://A.example:443/z"), "");
	assert_str(locations("/z", "https://a.example/z"), "");
	assert_str(locations("//a.example/z", "/z"), "");
	assert_str(locations("z", "/x/z"), "");
	assert_str(locations("../z", "/z"), "");
	assert_str(locations("../../../z", "/z"), "");
	assert_str(locations(".", "/x/"), "");
	assert_str(locations("?a=1", "/x/y?a=1"), "");
	assert_str(locations("https://a.example", "https://a.example/"), "");
	assert_str(locations("/z", "https://b.example/z"),
		   "location host: /z | https://b.example/z");
	assert_str(locations("https://a.example/z", "http://a.example:8080/w?a"),
		   "location scheme, port, path, query: https://a.example/z | "
		   "http://a.example:8080/w?a");
	assert_str(locations("/z#a", "/z#b"), "location fragment: /z#a | /z#b");
	assert_str(locations("/z?state=6f1c2e4a-9d7b-4c3f-8a55-0b1c2d3e4f50",
			     "/z?state=00000000-9d7b-4c3f-8a55-0b1c2d3e4f50"),
		   "");
	assert_str(heads("location: /", ""), "location: / | -");
	assert_str(heads("", "location:"), "location: - | ");
	locations(":", "::");
	locations("http:", "http://");
	locations("http://:80", "//:");
	locations("http://[::1]:80/", "http://[::1]/");
	locations("?", "#");
	facts.request = NULL;
	assert_str(locations("/z", "https://a.example/z"), "");
}

/* ---- bodies ---- */

static void json_is_compared_by_structure(void **state)
{
	(void)state;
	assert_str(json("{\"a\": 1, \"b\": [1, 2]}", "{\"b\":[1,2],\"a\":1.0}"), "");
	assert_str(json("{\"a\":1}", "{\"a\":2}"), "body $.a: 1 | 2");
	assert_str(json("{\"a\":1}", "{\"a\":\"1\"}"), "body $.a: 1 | \"1\"");
	assert_str(json("{\"a\":null}", "{}"), "body $.a: null | -");
	assert_str(json("{\"a b\":{\"c\":true}}", "{\"a b\":{\"c\":false}}"),
		   "body $[\"a b\"].c: true | false");
	assert_str(
		json("[{\"id\":1,\"n\":\"x\"},{\"id\":2}]", "[{\"id\":2},{\"id\":1,\"n\":\"x\"}]"),
		"");
	assert_str(json("[{\"id\":1},{\"id\":2}]", "[{\"id\":2},{\"id\":3}]"),
		   "body $[*].id: 1 | 3");
	assert_str(json("[1,2]", "[1]"), "body $[*]: [2 items] | [1 items]");
	assert_str(json("{\"a\":[]}", "{\"a\":{}}"), "body $.a: [0 items] | {0 keys}");
	/* A List of Kubernetes is a value like others. */
	assert_str(json("{\"kind\":\"PodList\",\"items\":[{\"a\":1}],\"x\":1}",
			"{\"kind\":\"PodList\",\"items\":[{\"a\":2}],\"x\":2}"),
		   "body $.items[*].a: 1 | 2\nbody $.x: 1 | 2");
	assert_str(json("{\"by\":{\"17\":{\"n\":1}}}", "{\"by\":{\"17\":{\"n\":2}}}"),
		   "body $.by.*.n: 1 | 2");
}

static void values_that_are_new_each_time_are_masked(void **state)
{
	static const char *const pairs[][2] = {
		{"6f1c2e4a-9d7b-4c3f-8a55-0b1c2d3e4f50", "00000000-9d7b-4c3f-8a55-0b1c2d3e4f50"},
		{"2026-01-31T12:00:00Z", "2026-02-01T00:11:22.123+01:00"},
		{"2026-01-31 12:00", "2026-02-01 00:11:22,5"},
		{"Sun, 06 Nov 1994 08:49:37 GMT", "Mon, 07 Nov 1994 08:49:37 GMT"},
		{"at 12:34:56.7 sharp", "at 01:02:03 sharp"},
		{"t=1700000000", "t=1700000001.25"},
		{"t=1700000000123", "t=1600000000123"},
		{"0123456789abcdef", "fedcba98765432100"},
		{"eyJh.eyJz.c2ln", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."},
	};
	static const char *const others[][2] = {
		{"0123456789abcde", "0123456789abcdf"}, /* not long enough */
		{"2026-01-31", "2026-02-01"},           /* a day is content */
		{"1700000", "1700001"},
		{"g6f1c2e4a-9d7b-4c3f", "h6f1c2e4a-9d7b-4c3f"},
		{"eyJh.eyJz", "eyJh.eyJx"},
		{"a 6f1c2e4a-9d7b-4c3f-8a55-0b1c2d3e4f50",
		 "b 6f1c2e4a-9d7b-4c3f-8a55-0b1c2d3e4f50"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		assert_str(bodies("text/plain", pairs[i][0], pairs[i][1]), "");
		assert_str(heads(str_format(&arena, "x-a: %s", pairs[i][0]).at,
				 str_format(&arena, "x-a: %s", pairs[i][1]).at),
			   "");
		assert_str(json(str_format(&arena, "{\"a\":\"%s\"}", pairs[i][0]).at,
				str_format(&arena, "{\"a\":\"%s\"}", pairs[i][1]).at),
			   "");
	}
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		bodies("text/plain", others[i][0], others[i][1]);
		assert_int_equal(facts.count, 1);
	}
	assert_str(json("{\"t\":1700000000}", "{\"t\":1700000001}"), "");
	assert_str(json("{\"t\":17}", "{\"t\":18}"), "body $.t: 17 | 18");
	/* A time is not whatever stands in its place. */
	assert_str(json("{\"t\":1700000000}", "{\"t\":5}"), "body $.t: 1700000000 | 5");
}

static void text_is_compared_by_lines(void **state)
{
	(void)state;
	assert_str(bodies("text/html", "<a>\n<b>\n", "<a>  \r\n<b>"), "");
	assert_str(bodies("text/html", "<a>\n<b>\n<c>", "<a>\n<x>\n<c>"), "body line 2: <b> | <x>");
	assert_str(bodies("text/html", "a\nb\nc\nd", "a\nx\nc\ny"),
		   "body line 2: b | x\nbody line 4: d | y");
	assert_str(bodies("text/html", "a\nb\nc", "a\nc"), "body lines: b | -");
	assert_str(bodies("text/html", "", "a"), "body lines: - | a");
}

static void bytes_are_compared_by_hash(void **state)
{
	struct answer a = answer("", (struct str){"\0a", 2}),
		      b = answer("", (struct str){"\0b", 2});
	struct str words;

	(void)state;
	words = said(&a, &b);
	assert_int_equal(facts.count, 1);
	assert_true(str_starts(words, "body hash: sha256 "));
	b.body_length = 3;
	assert_str(said(&a, &b), "body length: 2 bytes | 3 bytes");
	/* What was not kept is compared all the same. */
	a = answer("", STR("same start"));
	b = a;
	a.body_length = b.body_length = 1000000;
	assert_str(said(&a, &b), "");
	b.body_hash[31] = 1;
	said(&a, &b);
	assert_str(facts.at[0].name, "hash");
	a = answer("content-encoding: gzip", STR("\x1f\x8b 1"));
	b = answer("content-encoding: gzip", STR("\x1f\x8b 2"));
	assert_str(said(&a, &b), "");
}

/* ---- echo servers ---- */

#define ECHO(path, service, more)                                                                  \
	"{\"path\":\"" path "\",\"host\":\"a.example\",\"method\":\"GET\",\"proto\":\"HTTP/1.1\"," \
	"\"headers\":{\"Accept\":[\"*/*\"]" more "},\"namespace\":\"web\",\"service\":\"" service  \
	"\",\"pod\":\"p\"}"

static void an_echo_says_what_was_seen(void **state)
{
	(void)state;
	assert_str(json(ECHO("/", "a", ""), ECHO("/", "a", "")), "");
	assert_str(json(ECHO("/x", "a", ""), ECHO("/y", "a", "")), "seen path: /x | /y");
	assert_str(json(ECHO("/", "a", ",\"X-A\":[\"1\",\"2\"]"), ECHO("/", "a", "")),
		   "seen header x-a: 1, 2 | -");
	assert_str(
		json(ECHO("/", "a", ",\"X-Forwarded-For\":[\"1.2.3.4\"],\"X-Request-Id\":[\"1\"]"),
		     ECHO("/", "a",
			  ",\"X-Forwarded-For\":[\"1.2.3.5\"],\"X-Forwarded-Proto\":"
			  "[\"http\"]")),
		"");
	assert_str(json(ECHO("/", "a", ",\"X-Forwarded-Proto\":[\"https\"]"),
			ECHO("/", "a", ",\"X-Forwarded-Proto\":[\"http\"]")),
		   "seen header x-forwarded-proto: https | http");
}

static struct str backend_of(const char *head, const char *body)
{
	struct answer made = answer(head, str_from(body));

	answer_find_backend(&made, STR("x-served-by"), &arena);
	return made.backend;
}

static void backends_are_found(void **state)
{
	(void)state;
	assert_str(backend_of("", ECHO("/", "cart", "")), "web/cart");
	assert_str(backend_of("",
			      "{\"path\":\"/\",\"method\":\"GET\",\"headers\":{},"
			      "\"namespace\":\"infra\",\"pod\":\"backend-v1-7d4b9c6f5-x2x8k\"}"),
		   "infra/backend-v1");
	assert_str(backend_of("", "{\"path\":\"/\",\"method\":\"GET\",\"headers\":{},"
				  "\"namespace\":\"infra\",\"pod\":\"db-0\"}"),
		   "infra/db");
	assert_str(backend_of("x-served-by: web/a", "hello"), "web/a");
	assert_str(backend_of("x-served-by: web/a", ECHO("/", "cart", "")), "web/cart");
	assert_str(backend_of("", "{\"path\":\"/\"}"), "");
	assert_str(backend_of("", "{\"path\":1,\"method\":[],\"headers\":{},\"namespace\":{}}"),
		   "");
	assert_str(backend_of("", "{"), "");
	assert_str(backend_of("", ""), "");
}

/* ---- the user's rules ---- */

static void the_user_may_ignore(void **state)
{
	struct error error;

	(void)state;
	ignore_header(ignore, STR("X-Powered-By"));
	assert_str(heads("x-powered-by: a", ""), "");
	assert_true(ignore_fact(ignore, STR("body:$.a"), &error));
	assert_str(json("{\"a\":{\"b\":1},\"ab\":1}", "{\"a\":{\"b\":2},\"ab\":2}"),
		   "body $.ab: 1 | 2");
	assert_true(ignore_fact(ignore, STR("body:$.items[3].id"), &error));
	assert_str(json("{\"items\":[{\"id\":1}]}", "{\"items\":[{\"id\":2}]}"), "");
	assert_true(ignore_fact(ignore, STR("header:X-Debug-*"), &error));
	assert_str(heads("x-debug-a: 1\nx-debu: 1", ""), "header x-debu: 1 | -");
	assert_true(ignore_fact(ignore, STR("cookie"), &error));
	assert_str(heads("set-cookie: a=1", ""), "");
	assert_true(ignore_fact(ignore, STR("tls:*"), &error));
	assert_false(ignore_fact(ignore, STR("colour"), &error));
	assert_true(strstr(error.text, "unknown kind of difference 'colour'") != NULL);
	assert_false(ignore_fact(ignore, STR("body:"), &error));
	assert_false(ignore_fact(ignore, STR(""), &error));
	ignore_header(ignore, STR("Set-Cookie"));
	ignore_header(ignore, STR(""));
}

/* ---- hostile values ---- */

static void much_is_cut(void **state)
{
	struct answer a, b;
	struct answer_header *headers = arena_array(&arena, struct answer_header, 20000);
	struct str deep = {memset(arena_bytes(&arena, 60000), '[', 60000), 60000};
	struct str big;

	(void)state;
	a = answer("", STR(""));
	b = a;
	for (size_t i = 0; i < 20000; i++)
		headers[i] = (struct answer_header){str_format(&arena, "x-%zu", i), STR("1")};
	b.headers = headers;
	b.header_count = 20000;
	said(&a, &b);
	assert_int_equal(facts.count, FACT_MOST + 1);
	assert_str(facts.at[0].name, "more");
	big = (struct str){memset(arena_bytes(&arena, 60000), 'x', 60000), 60000};
	a = answer("x-a: 1", big);
	b = answer("", STR("y"));
	said(&a, &b);
	for (size_t i = 0; i < facts.count; i++)
		assert_true(facts.at[i].live.len <= FACT_TEXT + 6);
	a = answer("", deep);
	b = answer("", STR("[]"));
	said(&a, &b);
	assert_str(facts.at[0].name, "line 1");
}

static void what_differs_late_is_shown(void **state)
{
	char live[600], candidate[600];

	(void)state;
	memset(live, 'a', sizeof live);
	memcpy(candidate, live, sizeof live);
	memcpy(live + 550, "here", 5);
	memcpy(candidate + 550, "gone", 5);
	bodies("text/plain", live, candidate);
	assert_int_equal(facts.count, 1);
	assert_true(str_find_str(facts.at[0].live, "here") != SIZE_MAX);
	assert_true(str_find_str(facts.at[0].candidate, "gone") != SIZE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_answers_differ_in, setup, teardown),
		cmocka_unit_test_setup_teardown(certificates_are_compared, setup, teardown),
		cmocka_unit_test_setup_teardown(headers_are_compared_by_grammar, setup, teardown),
		cmocka_unit_test_setup_teardown(built_in_headers_are_ignored, setup, teardown),
		cmocka_unit_test_setup_teardown(cookies_are_names_and_attributes, setup, teardown),
		cmocka_unit_test_setup_teardown(locations_are_compared_by_parts, setup, teardown),
		cmocka_unit_test_setup_teardown(json_is_compared_by_structure, setup, teardown),
		cmocka_unit_test_setup_teardown(values_that_are_new_each_time_are_masked, setup,
						teardown),
		cmocka_unit_test_setup_teardown(text_is_compared_by_lines, setup, teardown),
		cmocka_unit_test_setup_teardown(bytes_are_compared_by_hash, setup, teardown),
		cmocka_unit_test_setup_teardown(an_echo_says_what_was_seen, setup, teardown),
		cmocka_unit_test_setup_teardown(backends_are_found, setup, teardown),
		cmocka_unit_test_setup_teardown(the_user_may_ignore, setup, teardown),
		cmocka_unit_test_setup_teardown(much_is_cut, setup, teardown),
		cmocka_unit_test_setup_teardown(what_differs_late_is_shown, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
