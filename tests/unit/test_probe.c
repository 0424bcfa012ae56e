/* Probes: what tells them apart, how they are shown, and those that tables give. */
#include "requests.h"

#include <stdio.h>

#include "base/buf.h"
#include "compare/secret.h"
#include "converters/convert.h"
#include "converters/sides.h"

#include "arena_case.h"

/* ---- credentials ---- */

static void credentials_are_not_shown(void **state)
{
	static const char *const values[][3] = {
		{"Authorization", "Basic bWU6eA==", "Basic REDACTED"},
		{"authorization", "hmac-key", "REDACTED"},
		{"Cookie", "sid=1; theme=dark;x", "sid=REDACTED; theme=REDACTED;REDACTED"},
		{"Set-Cookie", "sid=1; Path=/; HttpOnly", "sid=REDACTED; Path=/; HttpOnly"},
		{"X-Api-Key", "k", "REDACTED"},
		{"X-Other", "k", "k"},
		{"Cookie", "", ""},
		{"Referer", "https://me:pw@a.example/?token=1",
		 "https://REDACTED@a.example/?token=REDACTED"},
	};
	static const char *const targets[][2] = {
		{"/a?token=1&b=2", "/a?token=REDACTED&b=2"},
		{"/a?b=2&X-Amz-Signature=ff#x", "/a?b=2&X-Amz-Signature=REDACTED"},
		{"http://u:p@h@a.example/x", "http://REDACTED@a.example/x"},
		{"/a?token=&token", "/a?token=&token"},
		{"/a?b=2#access_token=x&c=3", "/a?b=2#access_token=REDACTED&c=3"},
		{"/a#id_token=x", "/a#id_token=REDACTED"},
		{"/p@th/x", "/p@th/x"},
		{"/x?u=http://u:p@h/", "/x?u=http://u:p@h/"},
	};

	static const char *const bodies[][2] = {
		{"user=me&password=x", "user=me&password=REDACTED"},
		{"{\"user\": \"me\", \"password\" : \"a\\\"b\"}",
		 "{\"user\": \"me\", \"password\" : \"REDACTED\"}"},
		{"[{\"token\":\"\",\"secret\":1}]", "[{\"token\":\"\",\"secret\":1}]"},
		{"{\"password\":\"open", "{\"password\":\"REDACTED"},
		{"just a password", "just a password"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		struct str shown = secret_body(&arena, str_from(bodies[i][0]));

		assert_str(shown, bodies[i][1]);
		assert_str(secret_body(&arena, shown), bodies[i][1]);
	}
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		struct str name = str_from(values[i][0]);
		struct str shown = secret_header_value(&arena, name, str_from(values[i][1]));

		assert_str(shown, values[i][2]);
		assert_str(secret_header_value(&arena, name, shown), values[i][2]);
	}
	for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
		struct str shown = secret_target(&arena, str_from(targets[i][0]));

		assert_str(shown, targets[i][1]);
		assert_str(secret_target(&arena, shown), targets[i][1]);
	}
}

/* ---- identity ---- */

static struct probe probe_of(const char *target, const struct route_header *headers, size_t count)
{
	return (struct probe){.request = {.tls = true,
					  .port = 443,
					  .authority = STR("a.example"),
					  .sni = STR("a.example"),
					  .target = str_from(target),
					  .headers = headers,
					  .header_count = count}};
}

static void everything_that_is_sent_tells_probes_apart(void **state)
{
	const struct route_header a[] = {{STR("x-a"), STR("1")}}, b[] = {{STR("x-a"), STR("2")}},
				  upper[] = {{STR("X-A"), STR("1")}};
	const struct probe plain = probe_of("/", NULL, 0);
	struct probe others[9];
	uint64_t seen[9];

	(void)state;
	for (size_t i = 0; i < 9; i++)
		others[i] = plain;
	others[0].request.method = STR("HEAD");
	others[1].request.tls = false;
	others[2].request.authority = STR("A.example");
	others[3].request.sni = STR("b.example");
	others[4].request.target = STR("/x");
	others[5].body = STR("x");
	others[6].request.port = 8443;
	others[7] = probe_of("/", a, 1);
	others[8] = probe_of("/", b, 1);
	for (size_t i = 0; i < 9; i++) {
		seen[i] = probe_identity(&others[i]);
		assert_true(seen[i] != probe_identity(&plain));
		for (size_t k = 0; k < i; k++)
			assert_true(seen[i] != seen[k]);
	}
	others[0] = probe_of("/", upper, 1);
	assert_true(probe_identity(&others[0]) == seen[7]);
	others[1] = plain;
	others[1].request.method = STR("GET");
	others[1].number = 7;
	others[1].times = 3;
	assert_true(probe_identity(&others[1]) == probe_identity(&plain));
}

static void credentials_do_not_tell_probes_apart(void **state)
{
	const struct route_header a[] = {{STR("Cookie"), STR("sid=1")}},
				  b[] = {{STR("Cookie"), STR("sid=2")}};
	struct probe first = probe_of("/?token=1", a, 1), second = probe_of("/?token=2", b, 1);

	(void)state;
	assert_true(probe_identity(&first) == probe_identity(&second));
	second.request.header_count = 0;
	assert_true(probe_identity(&first) != probe_identity(&second));
	/* What a table matches is no secret of anybody. */
	second.request.header_count = 1;
	first.origin = second.origin = STR(PROBE_GENERATED);
	assert_true(probe_identity(&first) != probe_identity(&second));
}

/* ---- for people ---- */

static struct str described(const struct probe *probe)
{
	struct buf buf;
	struct str line;

	buf_init(&buf);
	probe_describe(&buf, probe);
	line = str_dup(&arena, buf_slice(&buf));
	buf_finish(&buf);
	return line;
}

static void a_probe_is_a_line(void **state)
{
	struct probe probe = probe_of("/a?token=x", NULL, 0);

	(void)state;
	assert_str(described(&probe), "GET https://a.example/a?token=REDACTED");
	probe.request.port = 8443;
	assert_str(described(&probe), "GET https://a.example:8443/a?token=REDACTED");
	probe.request.authority = STR("a.example:80");
	assert_str(described(&probe), "GET https://a.example:80/a?token=REDACTED");
	probe.request = (struct route_request){
		.method = STR("OPTIONS"), .port = 80, .target = STR("*"), .authority = STR("A.x.")};
	assert_str(described(&probe), "OPTIONS http://A.x. *");
	probe.request.target = STR("/\x1b[31m");
	assert_str(described(&probe), "OPTIONS http://A.x./\\x1b[31m");
}

/* What a shell makes of the command: one argument a line, standard input behind them. */
static struct str words_of(const struct probe *probe, bool input)
{
	struct buf buf, out;
	struct str text;
	char block[512], path[] = "/tmp/i2g-words-XXXXXX";
	size_t got;
	int fd = mkstemp(path);
	FILE *file = fdopen(fd, "w"), *pipe;

	assert_non_null(file);
	buf_init(&buf);
	buf_init(&out);
	buf_text(&buf, "curl() { printf '<%s>' \"$@\";");
	buf_text(&buf, input ? "printf '|'; cat; }\n" : "}\n");
	probe_curl(&buf, probe);
	buf_char(&buf, '\n');
	fwrite(buf.at, 1, buf.len, file);
	fclose(file);
	pipe = popen(str_format(&arena, "sh %s", path).at, "r");
	while ((got = fread(block, 1, sizeof block, pipe)) > 0)
		buf_add(&out, block, got);
	assert_int_equal(pclose(pipe), 0);
	remove(path);
	text = str_dup(&arena, buf_slice(&out));
	buf_finish(&out);
	buf_finish(&buf);
	return text;
}

static void a_probe_is_a_command(void **state)
{
	const struct route_header headers[] = {
		{STR("X-Quote"), STR("it's $HOME `id` \"q\" \\ !")},
		{STR("X-Empty"), STR("")},
		{STR("Authorization"), STR("Bearer s3cret")},
	};
	struct probe probe = probe_of("/a/../b?x='y'&[z]", headers, 3);

	(void)state;
	assert_str(words_of(&probe, false),
		   "<--http1.1><-i><-g><--path-as-is><-H><X-Quote: it's $HOME `id` \"q\" \\ !>"
		   "<-H><X-Empty;><-H><Authorization: Bearer REDACTED>"
		   "<https://a.example/a/../b?x='y'&[z]>");
	probe = probe_of("/", NULL, 0);
	probe.request.method = STR("HEAD");
	probe.request.version = ROUTE_HTTP_2;
	assert_str(words_of(&probe, false), "<--http2><-I><-g><--path-as-is><https://a.example/>");
	probe.request.method = STR("OPTIONS");
	probe.request.sni = STR("other.example");
	probe.request.port = 8443;
	assert_str(words_of(&probe, false),
		   "<--http2><-i><-X><OPTIONS><-g><--path-as-is><-H><Host: a.example>"
		   "<https://other.example:8443/>");
	probe.request = (struct route_request){
		.port = 80, .target = STR("*"), .authority = STR("b.example:80")};
	assert_str(words_of(&probe, false),
		   "<--http1.1><-i><-g><--path-as-is><-H><Host: b.example:80>"
		   "<--request-target><*><http://b.example/>");
}

static void bodies_are_in_the_command(void **state)
{
	struct probe probe = probe_of("/", NULL, 0);
	struct str words;

	(void)state;
	probe.request.method = STR("POST");
	probe.body = STR("@a'b\n%c");
	probe.request.body_length = (int64_t)probe.body.len;
	assert_str(words_of(&probe, false),
		   "<--http1.1><-i><-X><POST><-g><--path-as-is><--data-raw><@a'b\n%c>"
		   "<-H><Content-Type:><https://a.example/>");
	probe.body = (struct str){"a%\0'\\\xff", 6};
	words = words_of(&probe, true);
	assert_true(str_starts(words,
			       "<--http1.1><-i><-X><POST><-g><--path-as-is><--data-binary><@->"
			       "<-H><Content-Type:><https://a.example/>|"));
	assert_true(str_eq(str_from_pos(words, str_find(words, '|') + 1), probe.body));
	probe.body = STR("");
	probe.request.body_length = 5;
	words = words_of(&probe, true);
	assert_true(str_eq(str_from_pos(words, str_find(words, '|') + 1),
			   (struct str){"\0\0\0\0\0", 5}));
}

/* ---- out of tables ---- */

#define INGRESS(name, annotations, path)                                                           \
	"apiVersion: networking.k8s.io/v1\nkind: Ingress\n"                                        \
	"metadata: {name: " name ", namespace: web, annotations: {" annotations "}}\n"             \
	"spec:\n  ingressClassName: nginx\n  rules:\n  - host: a.example\n    http:\n"             \
	"      paths:\n      - {path: " path ", pathType: Prefix, backend: {service: "             \
	"{name: " name ", port: {number: 80}}}}\n---\n"

struct world {
	struct sources sources;
	struct convert_result result;
	struct sides sides;
	struct buf output;
	const struct route_table *tables[1];
};

static void keep_text(void *output, const struct convert_object *object, struct str text)
{
	(void)object;
	buf_str(output, text);
}

static void world_read(struct world *world, const char *text)
{
	const struct convert_options options = {.load.threads = 1,
						.plan = {.http_port = 80, .https_port = 443}};
	const struct convert_sink sink = {&world->output, keep_text};
	struct error error;

	*world = (struct world){.output = {0}};
	buf_init(&world->output);
	sources_add(&world->sources, (struct source){.name = STR("in"), .text = str_from(text)});
	assert_true(convert_run(&world->result, &world->sources, &options, &sink, &error));
	sides_build(&world->sides, &world->result.set, &options);
	assert_int_equal(world->sides.count, 1);
	world->tables[0] = world->sides.at[0].table;
}

static void world_finish(struct world *world)
{
	sides_finish(&world->sides);
	convert_finish(&world->result);
	buf_finish(&world->output);
	sources_finish(&world->sources);
}

static void generate(struct probes *probes, const struct world *world)
{
	probes_init(probes);
	probes_generate(probes, world->tables, 1, &(struct witness_options){.seed = 1});
}

static const struct probe *find(const struct probes *probes, const char *line, const char *header)
{
	for (size_t i = 0; i < probes->count; i++) {
		const struct probe *probe = &probes->at[i];
		struct str value;

		if (!str_is(described(probe), line))
			continue;
		if (header ? route_header_find(&probe->request, str_from(header), &value)
			   : !probe->request.header_count)
			return probe;
	}
	return NULL;
}

static void tables_give_probes(void **state)
{
	struct world world;
	struct probes probes;

	(void)state;
	world_read(&world,
		   INGRESS("shop",
			   "nginx.ingress.kubernetes.io/enable-cors: 'true', "
			   "nginx.ingress.kubernetes.io/cors-allow-origin: https://front.example",
			   "/shop"));
	generate(&probes, &world);
	assert_non_null(find(&probes, "GET http://a.example/shop", NULL));
	assert_non_null(find(&probes, "GET https://a.example/shop", NULL));
	assert_non_null(find(&probes, "GET https://A.EXAMPLE/shop/", NULL));
	assert_non_null(find(&probes, "OPTIONS https://a.example/shop", NULL));
	assert_non_null(find(&probes, "GET http://unknown.example/", NULL));
	for (size_t i = 0; i < probes.count; i++) {
		const struct probe *probe = &probes.at[i];

		assert_int_equal(probe->number, i + 1);
		assert_true(probe_is_generated(probe));
		assert_int_equal(probe->request.transport, ROUTE_HTTP);
		for (size_t k = 0; k < i; k++)
			if (probe_identity(probe) == probe_identity(&probes.at[k]))
				fail_msg("%.*s comes twice", STR_ARG(described(probe)));
	}
	assert_int_equal(probes.capped, 0);
	probes_finish(&probes);
	world_finish(&world);
}

static void addresses_nobody_has_are_counted(void **state)
{
	struct world world;
	struct probes probes;

	(void)state;
	world_read(&world,
		   INGRESS("shop",
			   "nginx.ingress.kubernetes.io/whitelist-source-range: 192.0.2.0/24",
			   "/"));
	generate(&probes, &world);
	assert_true(probes.addresses > 0);
	for (size_t i = 0; i < probes.count; i++)
		assert_false(probes.at[i].request.client.known);
	probes_finish(&probes);
	world_finish(&world);
}

/* More classes than are asked: every host keeps its own. */
static void the_most_telling_stay(void **state)
{
	struct world world;
	struct probes probes;
	struct buf text;
	size_t safe = 0;

	(void)state;
	buf_init(&text);
	for (size_t i = 0; i < 300; i++)
		buf_format(
			&text,
			"apiVersion: networking.k8s.io/v1\nkind: Ingress\n"
			"metadata: {name: i%zu, namespace: web}\n"
			"spec:\n  ingressClassName: nginx\n  rules:\n  - host: h%zu.example\n"
			"    http:\n      paths:\n"
			"      - {path: /a, pathType: Exact, backend: {service: {name: s, port: "
			"{number: 80}}}}\n"
			"      - {path: /b, pathType: Prefix, backend: {service: {name: s, port: "
			"{number: 80}}}}\n---\n",
			i, i);
	buf_char(&text, '\0');
	world_read(&world, text.at);
	generate(&probes, &world);
	assert_true(probes.capped > 0);
	for (size_t i = 0; i < probes.count; i++)
		safe += probe_is_safe(probe_method(&probes.at[i]));
	assert_int_equal(safe, PROBES_GENERATED_MOST);
	for (size_t i = 0; i < 300; i++) {
		assert_non_null(
			find(&probes, str_format(&arena, "GET http://h%zu.example/a", i).at, NULL));
		assert_non_null(
			find(&probes, str_format(&arena, "GET http://h%zu.example/b", i).at, NULL));
	}
	probes_finish(&probes);
	world_finish(&world);
	buf_finish(&text);
}

/* ---- by lot ---- */

static void count_draws(const struct probes *probes, size_t counts[static 4])
{
	memset(counts, 0, 4 * sizeof *counts);
	for (size_t i = 0; i < probes->count; i++) {
		const struct probe *probe = &probes->at[i];

		counts[0] += !probe->draws;
		counts[1] += probe->draws == 20 && !probe->follows;
		counts[2] += probe->draws == 1000 && !probe->follows;
		counts[3] += probe->draws == 10 && probe->follows;
	}
}

static void weights_are_drawn(void **state)
{
	struct world world;
	struct probes probes;
	size_t counts[4];

	(void)state;
	world_read(&world, INGRESS("main", "", "/")
				   INGRESS("next",
					   "nginx.ingress.kubernetes.io/canary: 'true', "
					   "nginx.ingress.kubernetes.io/canary-weight: '30', "
					   "nginx.ingress.kubernetes.io/canary-by-header: x-canary",
					   "/"));
	generate(&probes, &world);
	probes_draw(&probes, world.tables, 1);
	count_draws(&probes, counts);
	assert_int_equal(counts[2], 1);
	assert_true(counts[1] > 0);
	/* The header decides without luck; "unknown" does not. */
	assert_true(counts[0] > 0);
	assert_int_equal(counts[3], 0);
	probes_finish(&probes);
	world_finish(&world);
}

static void the_cookie_of_an_ingress_is_followed(void **state)
{
	struct world world;
	struct probes probes;
	size_t counts[4];

	(void)state;
	world_read(&world, INGRESS("main", "nginx.ingress.kubernetes.io/affinity: cookie", "/"));
	generate(&probes, &world);
	probes_draw(&probes, world.tables, 1);
	count_draws(&probes, counts);
	assert_int_equal(counts[3], 1);
	assert_int_equal(counts[0], probes.count - 1);
	probes_finish(&probes);
	world_finish(&world);
}

/* A table that answers what the test says. */
static struct route_decision said;

static void say(const struct route_table *table, const struct route_request *request,
		struct route_scratch *scratch, struct route_decision *decision)
{
	(void)table;
	(void)request;
	(void)scratch;
	*decision = said;
}

static void no_fronts(const struct route_table *table,
		      void (*front)(void *user, const struct route_front *front), void *user)
{
	(void)table;
	(void)front;
	(void)user;
}

static void say_terms(const struct route_table *table,
		      void (*term)(void *user, const struct route_term *term), void *user)
{
	const struct str origins[] = {STR("https://front.example")};

	(void)table;
	term(user, &(struct route_term){.port = 80,
					.host = STR("a.example"),
					.path = STR("/x"),
					.origins = origins,
					.origin_count = 1});
	term(user, &(struct route_term){.transport = ROUTE_TCP, .port = 5432});
}

static void preflights_are_asked_and_streams_counted(void **state)
{
	static const struct route_side side = {
		.name = "said", .decide = say, .terms = say_terms, .fronts = no_fronts};
	const struct route_table table = {.side = &side};
	const struct route_table *tables[] = {&table};
	const struct probe *probe;
	struct probes probes;

	(void)state;
	said = (struct route_decision){
		.action = ROUTE_ANSWER, .status = 404, .policy = &route_no_policy};
	probes_init(&probes);
	probes_generate(&probes, tables, 1, &(struct witness_options){.seed = 1});
	probe = find(&probes, "OPTIONS http://a.example/x", "Access-Control-Request-Method");
	assert_non_null(probe);
	assert_str(probe->request.headers[0].value, "https://front.example");
	assert_non_null(find(&probes, "GET http://a.example/x", "Origin"));
	assert_int_equal(probes.streams, 1);
	probes_finish(&probes);
}

static void draw(struct probes *probes, enum route_session_kind kind, size_t backends)
{
	static const struct route_side side = {.name = "said", .decide = say};
	const struct route_table table = {.side = &side};
	const struct route_table *tables[] = {&table};
	const struct route_session session = {.kind = kind};
	const struct route_policy policy = {.session = &session};
	const struct route_backend two[] = {{.name = STR("a"), .weight = 1},
					    {.name = STR("b"), .weight = 1},
					    {.name = STR("never")}};

	said = (struct route_decision){.action = ROUTE_FORWARD,
				       .backends = two + 2 - backends,
				       .backend_count = backends + 1,
				       .policy = &policy};
	probes_init(probes);
	for (size_t i = 0; i < 3; i++)
		*probes_add(probes) = probe_of("/", NULL, 0);
	probes_draw(probes, tables, 1);
}

static void affinity_is_followed(void **state)
{
	struct probes probes;
	size_t counts[4];

	(void)state;
	draw(&probes, ROUTE_SESSION_COOKIE, 1);
	count_draws(&probes, counts);
	assert_int_equal(counts[3], 1);
	assert_int_equal(counts[0], 2);
	probes_finish(&probes);
	draw(&probes, ROUTE_SESSION_HEADER, 1);
	count_draws(&probes, counts);
	assert_int_equal(counts[0], 3);
	probes_finish(&probes);
}

static void affinity_and_weights(void **state)
{
	struct probes probes;

	(void)state;
	draw(&probes, ROUTE_SESSION_COOKIE, 2);
	assert_int_equal(probes.at[0].draws, 1000);
	assert_false(probes.at[0].follows);
	assert_int_equal(probes.at[1].draws, 10);
	assert_true(probes.at[1].follows);
	assert_int_equal(probes.at[2].draws, 20);
	probes_finish(&probes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(credentials_are_not_shown),
		cmocka_unit_test(everything_that_is_sent_tells_probes_apart),
		cmocka_unit_test(credentials_do_not_tell_probes_apart),
		cmocka_unit_test(a_probe_is_a_line),
		cmocka_unit_test(a_probe_is_a_command),
		cmocka_unit_test(bodies_are_in_the_command),
		cmocka_unit_test(tables_give_probes),
		cmocka_unit_test(addresses_nobody_has_are_counted),
		cmocka_unit_test(the_most_telling_stay),
		cmocka_unit_test(weights_are_drawn),
		cmocka_unit_test(preflights_are_asked_and_streams_counted),
		cmocka_unit_test(the_cookie_of_an_ingress_is_followed),
		cmocka_unit_test(affinity_is_followed),
		cmocka_unit_test(affinity_and_weights),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
