/* Property: answers with all the noise of live systems give no difference, and each injected fault is found in it. */
#include "test.h"

#include "base/buf.h"
#include "compare/diff.h"

enum { RUNS = 20, PROBES = 1000, ROUTES = 40, FAULTY_PROBES = 200 };

static struct arena arena;
static uint64_t seed;

/* ---- chance: splitmix64 ---- */

static uint64_t next(void)
{
	uint64_t made = seed += 0x9e3779b97f4a7c15u;

	made = (made ^ made >> 30) * 0xbf58476d1ce4e5b9u;
	made = (made ^ made >> 27) * 0x94d049bb133111ebu;
	return made ^ made >> 31;
}

static uint32_t below(uint32_t limit)
{
	return (uint32_t)(next() % limit);
}

static struct str word(uint32_t length)
{
	static const char signs[] = "ghijklmnopqrstuvwxyzGHIJKLMNOPQRSTUVWXYZ0123456789";
	char *made = arena_bytes(&arena, length);

	for (uint32_t i = 0; i < length; i++)
		made[i] = signs[below(sizeof signs - 1)];
	return (struct str){made, length};
}

static struct str uuid(void)
{
	return str_format(&arena, "%08x-%04x-4%03x-8%03x-%08x%04x", below(UINT32_MAX), below(65536),
			  below(4096), below(4096), below(UINT32_MAX), below(65536));
}

static uint32_t epoch(void)
{
	return 1700000000u + below(100000000u);
}

/* ---- answers ---- */

/* What is said of a field in one answer; they are put in any order. */
struct parts {
	struct str at[16];
	size_t count;
};

static void part(struct parts *parts, struct str text)
{
	parts->at[parts->count++] = text;
}

static void shuffle(struct parts *parts)
{
	for (size_t i = parts->count; i > 1; i--) {
		size_t k = below((uint32_t)i);
		struct str moved = parts->at[k];

		parts->at[k] = parts->at[i - 1];
		parts->at[i - 1] = moved;
	}
}

static struct str joined(const struct parts *parts, const char *open, const char *close)
{
	struct str text = str_from(open);

	for (size_t i = 0; i < parts->count; i++)
		text = STR_JOIN(&arena, text, STR(""), i ? STR(",") : STR(""), parts->at[i]);
	return STR_JOIN(&arena, text, str_from(close));
}

static struct str items_of(uint32_t route)
{
	struct parts items = {0};

	for (uint32_t i = 0; i < 2 + route % 4; i++)
		part(&items, str_format(&arena, "{\"sku\":%u,\"price\":%u.5}", i, i + route));
	shuffle(&items);
	return joined(&items, "[", "]");
}

static struct str json_of(uint32_t route)
{
	struct parts keys = {0};

	part(&keys, str_format(&arena, "\"shop\":\"shop %u\"", route));
	part(&keys, str_format(&arena, "\"open\":true"));
	part(&keys, str_format(&arena, "\"id\":\"%.*s\"", STR_ARG(uuid())));
	part(&keys, str_format(&arena, "\"at\":%u", epoch()));
	part(&keys, str_format(&arena, "\"ms\":%u", below(100000)));
	part(&keys, str_format(&arena, "\"items\":%.*s", STR_ARG(items_of(route))));
	part(&keys, str_format(&arena, "\"by\":{\"%u\":{\"n\":1}}", below(1000)));
	if (below(2))
		part(&keys, str_format(&arena, "\"hint\":\"cached\""));
	shuffle(&keys);
	return joined(&keys, "{", "}");
}

static struct str html_of(uint32_t route)
{
	return str_format(&arena,
			  "<html>\n<title>page %u</title>\n<meta name=csrf content=%.*s>\n<p>now "
			  "%04u-01-31T12:%02u:00Z\n<p>%.*s\n</html>\n",
			  route, STR_ARG(word(24)), 2000 + below(100), below(60), STR_ARG(uuid()));
}

static struct str echo_of(uint32_t route, const char *path)
{
	struct parts keys = {0};

	part(&keys, str_format(&arena, "\"path\":\"%s\"", path));
	part(&keys, STR("\"host\":\"a.example\""));
	part(&keys, STR("\"method\":\"GET\""));
	part(&keys, str_format(&arena,
			       "\"headers\":{\"X-Request-Id\":[\"%.*s\"],\"X-Forwarded-For\":"
			       "[\"10.0.0.%u\"],\"X-Tenant\":[\"t%u\"]}",
			       STR_ARG(uuid()), below(250), route));
	part(&keys, STR("\"namespace\":\"web\""));
	part(&keys, str_format(&arena, "\"service\":\"s%u\"", route));
	part(&keys, str_format(&arena, "\"pod\":\"s%u-%.*s\"", route, STR_ARG(word(5))));
	shuffle(&keys);
	return joined(&keys, "{", "}");
}

enum sort { SORT_JSON, SORT_HTML, SORT_ECHO, SORT_REDIRECT, SORTS };

static void seal(struct answer *answer, struct str body)
{
	uint64_t hash = str_hash(body);

	answer->body = body;
	answer->body_length = body.len;
	memset(answer->body_hash, 0, sizeof answer->body_hash);
	memcpy(answer->body_hash, &hash, sizeof hash);
	answer->backend = (struct str){0};
	answer_find_backend(answer, STR(""), &arena);
}

static void add_headers(struct answer *answer, uint32_t route)
{
	struct answer_header *headers = arena_array(&arena, struct answer_header, 16);
	size_t count = 0;

#define HEADER(field, ...) (headers[count++] = (struct answer_header){STR(field), __VA_ARGS__})
	HEADER("content-type",
	       route % SORTS == SORT_HTML ? STR("text/html") : STR("application/json"));
	HEADER("date", word(20));
	HEADER("x-request-id", uuid());
	HEADER("x-shop", str_format(&arena, "shop-%u", route));
	HEADER("x-pod", str_format(&arena, "pod-%u", below(2)));
	HEADER("x-ticket", word(12));
	HEADER("strict-transport-security", STR("max-age=31536000; includeSubDomains"));
	HEADER("set-cookie", str_format(&arena, "sid=%.*s; Path=/; HttpOnly", STR_ARG(word(16))));
	if (below(2))
		HEADER("x-cache", below(2) ? STR("HIT") : STR("MISS"));
	if (below(2))
		HEADER("transfer-encoding", STR("chunked"));
	if (route % SORTS == SORT_REDIRECT)
		HEADER("location",
		       str_format(&arena, "https://b.example/login?state=%.*s", STR_ARG(uuid())));
#undef HEADER
	for (size_t i = count; i > 1; i--) {
		size_t k = below((uint32_t)i);
		struct answer_header moved = headers[k];

		headers[k] = headers[i - 1];
		headers[i - 1] = moved;
	}
	answer->headers = headers;
	answer->header_count = count;
}

static struct answer answer_of(uint32_t route)
{
	struct answer answer = {.status = route % SORTS == SORT_REDIRECT ? 302 : 200,
				.micros = below(100000)};

	answer.tls = (struct answer_tls){.version = STR("TLSv1.3"),
					 .alpn = STR("h2"),
					 .fingerprint = STR("aa"),
					 .subject = STR("CN=a"),
					 .names = STR("a.example"),
					 .chain = 2};
	add_headers(&answer, route);
	switch (route % SORTS) {
	case SORT_JSON:
		seal(&answer, json_of(route));
		break;
	case SORT_HTML:
		seal(&answer, html_of(route));
		break;
	case SORT_ECHO:
		seal(&answer, echo_of(route, "/p"));
		break;
	default:
		seal(&answer, STR(""));
	}
	return answer;
}

static struct probe probe_of(uint32_t number, uint32_t route)
{
	return (struct probe){
		.number = number,
		.request = {.tls = true,
			    .port = 443,
			    .authority = STR("a.example"),
			    .target = str_format(&arena, "/route-%c%c/%u", 'a' + route % 26,
						 'a' + route / 26, number)},
	};
}

static void ask(struct diff_run *run, uint32_t number, void (*break_it)(struct answer *answer))
{
	struct arena_mark mark = arena_mark(&arena);
	uint32_t route = number % ROUTES;
	struct probe probe = probe_of(number, route);
	struct answer live = answer_of(route), again = answer_of(route),
		      candidate = answer_of(route);

	if (break_it)
		break_it(&candidate);
	diff_take(run, &probe, &live, &again, &candidate);
	arena_rewind(&arena, mark);
}

/* ---- no difference ---- */

static void noise_is_no_difference(void **state)
{
	(void)state;
	for (seed = 1; seed <= RUNS; seed++) {
		uint64_t mine = seed;
		struct diff_run run;

		diff_init(&run, NULL, NULL);
		for (uint32_t i = 1; i <= PROBES; i++)
			ask(&run, i, NULL);
		diff_end(&run);
		for (size_t i = 0; i < run.result_count; i++)
			print_message("probe %u: %s %.*s: %.*s | %.*s\n",
				      run.results[i].probe.number,
				      fact_kind_name(run.results[i].facts[0].kind),
				      STR_ARG(run.results[i].facts[0].name),
				      STR_ARG(run.results[i].facts[0].live),
				      STR_ARG(run.results[i].facts[0].candidate));
		assert_int_equal(run.equal, PROBES);
		assert_in_range(run.arena.used, 1, 2 * 1024 * 1024);
		diff_finish(&run);
		seed = mine;
	}
}

/* ---- faults ---- */

static void set_header(struct answer *answer, const char *name, const char *value)
{
	struct answer_header *headers = (struct answer_header *)answer->headers;

	for (size_t i = 0; i < answer->header_count; i++)
		if (str_is(headers[i].name, name))
			headers[i].value = str_from(value);
}

static void drop_header(struct answer *answer, const char *name)
{
	struct answer_header *headers = (struct answer_header *)answer->headers;
	size_t kept = 0;

	for (size_t i = 0; i < answer->header_count; i++)
		if (!str_is(headers[i].name, name))
			headers[kept++] = headers[i];
	answer->header_count = kept;
}

/* The texts have the same length, so that only that differs. */
static void change_body(struct answer *answer, const char *from, const char *to)
{
	size_t at = str_find_str(answer->body, from);
	struct str body = str_dup(&arena, answer->body);

	assert_true(at != SIZE_MAX);
	memcpy((char *)body.at + at, to, strlen(to));
	seal(answer, body);
}

static void status(struct answer *answer)
{
	answer->status = 500;
}

static void no_answer(struct answer *answer)
{
	answer->failure = ANSWER_TIMEOUT;
}

static void lost_header(struct answer *answer)
{
	drop_header(answer, "x-shop");
}

/* Its value is noise, but that it is there is not. */
static void lost_noisy_header(struct answer *answer)
{
	drop_header(answer, "x-ticket");
}

static void other_header(struct answer *answer)
{
	set_header(answer, "x-shop", "shop-none");
}

static void more_headers(struct answer *answer)
{
	set_header(answer, "date", "x");
	((struct answer_header *)answer->headers)[answer->header_count++] =
		(struct answer_header){STR("x-new"), STR("1")};
}

static void lost_hsts(struct answer *answer)
{
	set_header(answer, "strict-transport-security", "max-age=0");
}

static void cookie_attribute(struct answer *answer)
{
	set_header(answer, "set-cookie", "sid=1; Path=/");
}

static void lost_cookie(struct answer *answer)
{
	drop_header(answer, "set-cookie");
}

static void certificate(struct answer *answer)
{
	answer->tls.fingerprint = STR("bb");
}

static void protocol(struct answer *answer)
{
	answer->tls.alpn = STR("http/1.1");
}

static void type(struct answer *answer)
{
	set_header(answer, "content-type", "text/plain");
}

static void json_value(struct answer *answer)
{
	change_body(answer, "\"open\":true", "\"open\":null");
}

static void json_key(struct answer *answer)
{
	change_body(answer, "\"open\"", "\"opem\"");
}

static void json_item(struct answer *answer)
{
	change_body(answer, "\"sku\":1", "\"sku\":9");
}

static void html_line(struct answer *answer)
{
	change_body(answer, "<title>page", "<title>code");
}

static void seen_path(struct answer *answer)
{
	change_body(answer, "\"/p\"", "\"/q\"");
}

static void seen_header(struct answer *answer)
{
	change_body(answer, "\"X-Tenant\"", "\"X-Tenanz\"");
}

static void backend(struct answer *answer)
{
	change_body(answer, "\"service\":\"s", "\"service\":\"r");
}

static void location(struct answer *answer)
{
	set_header(answer, "location",
		   "https://c.example/login?state=6f1c2e4a-9d7b-4c3f-8a55-0b1c2d3e4f50");
}

static void no_location(struct answer *answer)
{
	drop_header(answer, "location");
}

static const struct {
	void (*break_it)(struct answer *answer);
	enum fact_kind kind;
	int sort; /* of the answers that can be broken so; SORTS: all */
} faults[] = {
	{status, FACT_STATUS, SORTS},
	{no_answer, FACT_REACH, SORTS},
	{lost_header, FACT_HEADER, SORTS},
	{lost_noisy_header, FACT_HEADER, SORTS},
	{other_header, FACT_HEADER, SORTS},
	{more_headers, FACT_HEADER, SORTS},
	{lost_hsts, FACT_HEADER, SORTS},
	{cookie_attribute, FACT_COOKIE, SORTS},
	{lost_cookie, FACT_COOKIE, SORTS},
	{certificate, FACT_TLS, SORTS},
	{protocol, FACT_TLS, SORTS},
	{type, FACT_BODY, SORTS},
	{json_value, FACT_BODY, SORT_JSON},
	{json_key, FACT_BODY, SORT_JSON},
	{json_item, FACT_BODY, SORT_JSON},
	{html_line, FACT_BODY, SORT_HTML},
	{seen_path, FACT_SEEN, SORT_ECHO},
	{seen_header, FACT_SEEN, SORT_ECHO},
	{backend, FACT_BACKEND, SORT_ECHO},
	{location, FACT_LOCATION, SORT_REDIRECT},
	{no_location, FACT_LOCATION, SORT_REDIRECT},
};

static bool can_break(size_t fault, uint32_t number)
{
	uint32_t route = number % ROUTES;

	return faults[fault].sort == SORTS || (uint32_t)faults[fault].sort == route % SORTS;
}

static void check_fault(size_t fault, uint32_t broken)
{
	struct diff_run run;

	diff_init(&run, NULL, NULL);
	for (uint32_t i = 1; i <= FAULTY_PROBES; i++)
		ask(&run, i, i == broken ? faults[fault].break_it : NULL);
	diff_end(&run);
	if (run.different != 1)
		print_message("fault %zu in probe %u\n", fault, broken);
	assert_int_equal(run.different, 1);
	assert_int_equal(run.results[0].probe.number, broken);
	assert_int_equal(run.results[0].facts[0].kind, faults[fault].kind);
	diff_finish(&run);
}

static void faults_are_found_in_noise(void **state)
{
	(void)state;
	seed = 1000;
	for (size_t fault = 0; fault < sizeof faults / sizeof *faults; fault++) {
		uint32_t broken = 1 + below(FAULTY_PROBES);

		while (!can_break(fault, broken))
			broken = 1 + broken % FAULTY_PROBES;
		check_fault(fault, broken);
	}
}

static int setup(void **state)
{
	(void)state;
	arena_init(&arena);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_finish(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(noise_is_no_difference, setup, teardown),
		cmocka_unit_test_setup_teardown(faults_are_found_in_noise, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
