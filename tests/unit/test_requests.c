/* Request files by lines and access logs, and what is common to all: repetitions, what is no request,
 * completion, recognition. */
#include "requests.h"

static struct fixture *one;

static int setup(void **state)
{
	(void)state;
	one = fixture_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fixture_free(one);
	return 0;
}

/* ---- one request a line ---- */

static void lines_are_requests(void **state)
{
	(void)state;
	assert_true(fixture_read(one, STR("# what matters\n"
					  "GET https://shop.example/cart\n"
					  "\n"
					  "https://shop.example/\r\n"
					  "HEAD http://shop.example:8080/a?b=c#d HTTP/1.0\n"
					  "POST https://[2001:db8::1]/x")));
	assert_probes(one, "GET https://shop.example/cart", "GET https://shop.example/",
		      "HEAD http://shop.example:8080/a?b=c", "POST https://[2001:db8::1]/x");
	assert_str(one->probes.at[0].origin, "file:2");
	assert_str(one->probes.at[0].request.sni, "shop.example");
	assert_int_equal(one->probes.at[0].request.port, 443);
	assert_int_equal(one->probes.at[2].request.port, 8080);
	assert_int_equal(one->probes.at[2].request.version, ROUTE_HTTP_1_0);
	/* A server name is a name (RFC 6066 3). */
	assert_int_equal(one->probes.at[3].request.sni.len, 0);
	assert_int_equal(one->findings.count, 0);
}

static void indented_lines_are_headers(void **state)
{
	(void)state;
	assert_true(fixture_read(one, STR("GET https://a.example/\n"
					  "    X-Canary: always\n"
					  "\tHost: b.example\n"
					  "    Content-Length: 5\n"
					  "    Cookie: sid=1\n"
					  "GET https://a.example/\n")));
	assert_probes(one, "GET https://b.example/", "GET https://a.example/");
	assert_int_equal(one->probes.at[0].request.header_count, 2);
	assert_str(fixture_header(one, 0, "x-canary"), "always");
	/* As curl does: the header is sent, the handshake is made for the host of the URL. */
	assert_str(one->probes.at[0].request.sni, "a.example");
}

static void a_path_is_completed(void **state)
{
	(void)state;
	one->options.host = STR("a.example");
	one->options.scheme = STR("http");
	one->options.port_http = 8080;
	assert_true(fixture_read(one, STR("GET /x\n/y\nGET //double\nOPTIONS *\n")));
	assert_probes(one, "GET http://a.example:8080/x", "GET http://a.example:8080/y",
		      "GET http://a.example:8080//double", "OPTIONS http://a.example:8080 *");
}

static void a_url_is_made_sendable(void **state)
{
	(void)state;
	assert_true(
		fixture_read(one, STR("GET https://me:s%3Acret@a.example/caf\xc3\xa9?q=%20\n")));
	assert_str(one->probes.at[0].request.target, "/caf%C3%A9?q=%20");
	assert_str(fixture_header(one, 0, "authorization"), "Basic bWU6czpjcmV0");
	assert_str(one->probes.at[0].request.authority, "a.example");
}

static void what_is_no_request_is_counted(void **state)
{
	static const char *const bad[] = {
		"GET ftp://a.example/",
		"GET https:///x",
		"GET /x",
		"hello world",
		"GET https://a b.example/",
		"GET https://a.example/ b c",
		"GET https://a.example:99999/",
		"GET https://a_{}.example/",
		"CONNECT https://a.example/",
		"GET https://a.example/\n  nothing",
		"GET https://a.example/\n  Bad Name: x",
		"GET https://a.example/\n  X-Break: a\rb",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct fixture *own = fixture_new();
		struct str text = str_format(&own->arena, "GET https://ok.example/\n%s\n", bad[i]);

		assert_true(fixture_read(own, text));
		if (own->probes.unreadable != 1 || own->probes.count != 1)
			fail_msg("'%s' was taken", bad[i]);
		assert_int_equal(own->findings.count, 1);
		assert_string_equal(own->findings.at[0].code, "I2G129");
		assert_int_equal(own->findings.at[0].span.line, 2);
		fixture_free(own);
	}
}

static void only_the_first_are_shown(void **state)
{
	(void)state;
	assert_true(fixture_read(one, STR("GET https://a.example/\nx y\nx y\nx y\nx y\nx y\n")));
	assert_int_equal(one->probes.unreadable, 5);
	assert_int_equal(one->findings.count, 3);
}

static void repetitions_are_one_probe(void **state)
{
	const struct str again = STR("GET https://a.example/\nGET https://a.example/y\n");

	(void)state;
	assert_true(fixture_read(one, STR("GET https://a.example/\nGET https://a.example/x\n"
					  "GET https://a.example/\n  Accept: a/b\n"
					  "GET https://a.example/\n")));
	assert_true(fixture_read(one, again));
	assert_probes(one, "GET https://a.example/", "GET https://a.example/x",
		      "GET https://a.example/", "GET https://a.example/y");
	assert_int_equal(one->probes.at[0].times, 3);
	assert_int_equal(one->probes.at[2].times, 1);
	assert_int_equal(one->probes.at[3].number, 4);
}

static void a_file_without_requests_is_an_error(void **state)
{
	(void)state;
	assert_false(fixture_read(one, STR("hello\nworld\n")));
	assert_string_equal(one->error.text,
			    "cannot read requests from file: its form is none of a file of "
			    "requests; if it is one, name its format");
	assert_false(fixture_read(one, STR("")));
	one->options.format = "lines";
	assert_false(fixture_read(one, STR("hello\nworld\n")));
	assert_string_equal(
		one->error.text,
		"cannot read requests from file: read as lines, it holds no request that "
		"can be asked");
	one->options.format = "tea";
	assert_false(fixture_read(one, STR("GET https://a.example/\n")));
}

/* Sources are read in pieces: no line is lost or doubled at their edges, and none is too long for memory. */
static void long_files_and_long_lines(void **state)
{
	struct buf buf;
	struct str text;

	(void)state;
	buf_init(&buf);
	buf_text(&buf, "\xef\xbb\xbf");
	for (size_t i = 0; i < 60000; i++) {
		buf_format(&buf, "GET https://a.example/%zu\r\n", i);
		if (i % 20000 == 7) {
			buf_text(&buf, "GET https://a.example/");
			buf_fill(&buf, 'x', i + 1024 * 1024);
			buf_char(&buf, '\n');
		}
		if (i % 20000 == 8)
			buf_format(&buf, "  X-Head: %zu\n", i);
	}
	buf_text(&buf, "GET https://a.example/last");
	text = str_dup(&one->arena, buf_slice(&buf));
	buf_finish(&buf);
	assert_true(fixture_read(one, text));
	assert_int_equal(one->probes.count, 60001);
	assert_int_equal(one->probes.unreadable, 3);
	for (size_t i = 0; i < 60000; i++)
		assert_str(one->probes.at[i].request.target, str_format(&one->arena, "/%zu", i).at);
	assert_str(fixture_header(one, 8, "x-head"), "8");
	assert_str(fixture_header(one, 20008, "x-head"), "20008");
	assert_str(one->probes.at[60000].request.target, "/last");
	assert_str(one->probes.at[60000].origin, "file:60007");
}

/* ---- access logs ---- */

static void nginx_combined(void **state)
{
	static const char text[] =
		"203.0.113.9 - - [27/Nov/2026:10:00:01 +0000] \"GET /shop?a=1 HTTP/1.1\" 200 612 "
		"\"https://a.example/\" \"Mozilla/5.0 (X11; \\x22Linux\\x22)\"\n"
		"2001:db8::7 - alice [27/Nov/2026:10:00:02 +0000] \"POST /login HTTP/2.0\" 302 0 "
		"\"-\" \"curl/8.5\"\n"
		"203.0.113.9 - - [27/Nov/2026:10:00:03 +0000] \"GET /shop?a=1 HTTP/1.1\" 200 612 "
		"\"-\" \"other\"\n"
		"203.0.113.9 - - [27/Nov/2026:10:00:04 +0000] \"-\" 408 0 \"-\" \"-\"\n"
		"203.0.113.9 - - [27/Nov/2026:10:00:04 +0000] \"\" 400 0 \"-\" \"-\"\n"
		"203.0.113.9 - - [27/Nov/2026:10:00:04 +0000] \"\\x16\\x03\\x01\\x02\" 400 150 "
		"\"-\" \"-\"\n"
		"203.0.113.9 - - [27/Nov/2026:10:00:05 +0000] \"GET /q\\x22uote HTTP/1.0\" 404 1 "
		"\"-\" \"-\"\n"
		"cut off in the mid";

	(void)state;
	one->options.host = STR("a.example");
	assert_true(fixture_read(one, STR(text)));
	assert_probes(one, "GET https://a.example/shop?a=1", "POST https://a.example/login",
		      "GET https://a.example/q\"uote");
	assert_int_equal(one->probes.at[0].times, 2);
	assert_int_equal(one->probes.at[0].recorded_status, 200);
	assert_int_equal(one->probes.at[1].recorded_status, 302);
	assert_int_equal(one->probes.at[1].request.version, ROUTE_HTTP_2);
	assert_int_equal(one->probes.at[2].request.version, ROUTE_HTTP_1_0);
	assert_int_equal(one->probes.unreadable, 4);
	assert_int_equal(one->findings.count, 3);
}

/* The default log-format-upstream of ingress-nginx. */
static void ingress_nginx(void **state)
{
	static const char text[] =
		"10.1.2.3 - - [27/Nov/2026:10:00:01 +0000] \"GET /cart HTTP/2.0\" 200 12 \"-\" "
		"\"curl/8.5.0\" 35 0.004 [web-cart-80] [] 10.244.0.7:8080 12 0.003 200 "
		"8f2a6c1d9b7e4f0312345678abcdef00\n"
		"10.1.2.3 - - [27/Nov/2026:10:00:02 +0000] \"GET /cart HTTP/2.0\" 502 150 \"-\" "
		"\"curl/8.5.0\" 35 0.004 [web-cart-80] [] 10.244.0.7:8080, 10.244.0.8:8080 0, 150 "
		"0.001, 0.003 502, 502 8f2a6c1d9b7e4f0312345678abcdef01\n";

	(void)state;
	one->options.host = STR("shop.example");
	assert_true(fixture_read(one, STR(text)));
	assert_probes(one, "GET https://shop.example/cart");
	/* The file says two things about the answer. */
	assert_int_equal(one->probes.at[0].recorded_status, 0);
	assert_int_equal(one->probes.at[0].times, 2);
}

static void a_log_without_host_needs_one(void **state)
{
	(void)state;
	assert_false(fixture_read(one, STR("1.2.3.4 - - [x] \"GET / HTTP/1.1\" 200 1\n")));
	assert_int_equal(one->probes.unreadable, 1);
	assert_str(one->findings.at[0].message,
		   "this is no request: it names no host (--request-host=URL does)");
}

static void apache_formats(void **state)
{
	static const char text[] =
		"www.example:443 203.0.113.9 - bob smith [27/Nov/2026:10:00:01 +0100] "
		"\"GET /a HTTP/1.1\" 301 312 \"-\" \"Mozilla \\\"quoted\\\"\"\n"
		"plain.example:80 203.0.113.9 - - [27/Nov/2026:10:00:01 +0100] "
		"\"GET /b HTTP/1.1\" 200 -\n"
		"odd.example:8443 2001:db8::1 - - [27/Nov/2026:10:00:01 +0100] "
		"\"GET /c HTTP/1.1\" - -\n"
		"203.0.113.9 - - [27/Nov/2026:10:00:01 +0100] \"GET http://abs.example/d "
		"HTTP/1.1\" "
		"200 5\n";

	(void)state;
	assert_true(fixture_read(one, STR(text)));
	assert_probes(one, "GET https://www.example/a", "GET http://plain.example/b",
		      "GET https://odd.example:8443/c", "GET http://abs.example/d");
	assert_int_equal(one->probes.at[2].recorded_status, 0);
}

/* ---- which are asked ---- */

static void read_many(size_t hosts, size_t paths)
{
	struct buf buf;

	buf_init(&buf);
	for (size_t h = 0; h < hosts; h++)
		for (size_t p = 0; p < (h ? paths : paths * 50); p++)
			buf_format(&buf, "%s https://h%zu.example/%zu\n", p % 7 ? "GET" : "POST", h,
				   p);
	assert_true(fixture_read(one, buf_slice(&buf)));
	buf_finish(&buf);
}

static void unsafe_methods_are_left_out(void **state)
{
	const struct str methods[] = {STR("HEAD"), STR("POST")};

	(void)state;
	assert_true(fixture_read(one, STR("GET https://a.example/\nPOST https://a.example/\n"
					  "HEAD https://a.example/\nOPTIONS https://a.example/\n"
					  "DELETE https://a.example/\nget https://a.example/\n")));
	probes_choose(&one->probes,
		      &(struct choose_options){.methods = methods, .method_count = 2});
	assert_probes(one, "HEAD https://a.example/");
	assert_int_equal(one->probes.at[0].number, 3);
	assert_int_equal(one->probes.unsafe, 2);
	assert_int_equal(one->probes.unreadable, 1);
}

static void a_sample_is_spread_and_repeatable(void **state)
{
	size_t of_first = 0;
	uint32_t numbers[20];

	(void)state;
	read_many(5, 20);
	probes_choose(&one->probes, &(struct choose_options){.sample = 20, .seed = 7});
	assert_int_equal(one->probes.count, 20);
	for (size_t i = 0; i < 20; i++) {
		numbers[i] = one->probes.at[i].number;
		of_first += str_is(one->probes.at[i].request.authority, "h0.example");
		assert_true(!i || numbers[i - 1] < numbers[i]);
	}
	assert_int_equal(of_first, 4);
	fixture_free(one);
	one = fixture_new();
	read_many(5, 20);
	probes_choose(&one->probes, &(struct choose_options){.sample = 20, .seed = 7});
	for (size_t i = 0; i < 20; i++)
		assert_int_equal(numbers[i], one->probes.at[i].number);
}

static void shards_are_the_whole(void **state)
{
	static bool seen[2000];
	size_t all;

	(void)state;
	read_many(5, 20);
	probes_choose(&one->probes, &(struct choose_options){.seed = 1});
	all = one->probes.count;
	for (uint32_t shard = 1; shard <= 4; shard++) {
		fixture_free(one);
		one = fixture_new();
		read_many(5, 20);
		probes_choose(&one->probes, &(struct choose_options){.shard = shard, .shards = 4});
		assert_in_range(one->probes.count, all / 6, all / 3);
		for (size_t i = 0; i < one->probes.count; i++) {
			assert_false(seen[one->probes.at[i].number]);
			seen[one->probes.at[i].number] = true;
		}
	}
	for (size_t i = 0, count = 0; i <= 2000; i++) {
		if (i == 2000)
			assert_int_equal(count, all);
		else
			count += seen[i];
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lines_are_requests, setup, teardown),
		cmocka_unit_test_setup_teardown(indented_lines_are_headers, setup, teardown),
		cmocka_unit_test_setup_teardown(a_path_is_completed, setup, teardown),
		cmocka_unit_test_setup_teardown(a_url_is_made_sendable, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_no_request_is_counted, setup, teardown),
		cmocka_unit_test_setup_teardown(only_the_first_are_shown, setup, teardown),
		cmocka_unit_test_setup_teardown(repetitions_are_one_probe, setup, teardown),
		cmocka_unit_test_setup_teardown(a_file_without_requests_is_an_error, setup,
						teardown),
		cmocka_unit_test_setup_teardown(long_files_and_long_lines, setup, teardown),
		cmocka_unit_test_setup_teardown(nginx_combined, setup, teardown),
		cmocka_unit_test_setup_teardown(ingress_nginx, setup, teardown),
		cmocka_unit_test_setup_teardown(a_log_without_host_needs_one, setup, teardown),
		cmocka_unit_test_setup_teardown(apache_formats, setup, teardown),
		cmocka_unit_test_setup_teardown(unsafe_methods_are_left_out, setup, teardown),
		cmocka_unit_test_setup_teardown(a_sample_is_spread_and_repeatable, setup, teardown),
		cmocka_unit_test_setup_teardown(shards_are_the_whole, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
