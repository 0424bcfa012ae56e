/* [METHOD] URL and the flags beside it become a request. */
#include "test.h"

#include "cli/match_request.h"

static struct arena arena;
static struct route_request request;
static struct error error;
static struct match_values values;

static int setup(void **state)
{
	(void)state;
	arena_init(&arena);
	values = (struct match_values){0};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_finish(&arena);
	return 0;
}

static bool read_words(const char *first, const char *second)
{
	const char *words[] = {first, second};
	const struct texts args = {words, second ? 2 : 1};

	return match_request_read(&request, &args, &values, &arena, &error);
}

static void a_url_says_port_tls_and_server_name(void **state)
{
	(void)state;
	static const struct {
		const char *url, *authority, *target, *sni;
		uint32_t port;
		bool tls;
		enum route_transport transport;
	} cases[] = {
		{"https://Shop.example/a?b=c#d", "Shop.example", "/a?b=c", "Shop.example", 443,
		 true, ROUTE_HTTP},
		{"http://shop.example:8080", "shop.example:8080", "/", "", 8080, false, ROUTE_HTTP},
		{"https://shop.example?x", "shop.example", "/?x", "shop.example", 443, true,
		 ROUTE_HTTP},
		{"https://192.0.2.1/", "192.0.2.1", "/", "", 443, true, ROUTE_HTTP},
		{"https://[2001:db8::1]:8443/", "[2001:db8::1]:8443", "/", "", 8443, true,
		 ROUTE_HTTP},
		{"tls://shop.example", "shop.example", "/", "shop.example", 443, false, ROUTE_TLS},
		{"tcp://shop.example:9000", "shop.example:9000", "/", "", 9000, false, ROUTE_TCP},
		{"UDP://shop.example:53", "shop.example:53", "/", "", 53, false, ROUTE_UDP},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_true(read_words(cases[i].url, NULL));
		assert_str(request.authority, cases[i].authority);
		assert_str(request.target, cases[i].target);
		assert_str(request.sni, cases[i].sni);
		assert_int_equal(request.port, cases[i].port);
		assert_int_equal(request.tls, cases[i].tls);
		assert_int_equal(request.transport, cases[i].transport);
		assert_str(request.method, "GET");
	}
}

static void flags_add_what_a_url_cannot_say(void **state)
{
	(void)state;
	static const char *headers[] = {"X-One: 1", "host:other.example", "X-Two:a: b "};

	values.headers = (struct texts){headers, 3};
	values.sni = "";
	values.from = "192.0.2.0/24";
	assert_true(read_words("PUT", "https://shop.example/x"));
	assert_str(request.method, "PUT");
	assert_str(request.authority, "other.example");
	assert_str(request.sni, "");
	assert_int_equal(request.header_count, 2);
	assert_str(request.headers[1].value, "a: b");
	assert_true(request.client.known);
	assert_int_equal(request.client.at[12], 192);
}

static void grpc_is_a_post_over_http2(void **state)
{
	(void)state;
	assert_true(read_words("grpcs://api.example/pkg.Service/Method", NULL));
	assert_str(request.method, "POST");
	assert_int_equal(request.version, ROUTE_HTTP_2);
	assert_true(request.tls);
	assert_true(route_is_grpc(&request));
}

static void what_cannot_be_read_is_said(void **state)
{
	(void)state;
	static const char *headers[] = {"no header"};
	static const char *const urls[] = {
		"shop.example/x",
		"ftp://shop.example/",
		"https:///x",
		"http://shop.example:0/",
		"http://shop.example:70000/",
		"tcp://shop.example",
		"http://user:pw@shop.example/",
		"https://[2001:db8::1/",
		"https://[nowhere]/",
		"https://2001:db8::1/",
		"https://a b.example/",
		"https://m\xc3\xbcnchen.example/",
		"https://shop.example/a b",
		"https://shop.example/a\n",
	};
	const struct texts none = {0};

	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
		assert_false(read_words(urls[i], NULL));
	assert_false(match_request_read(&request, &none, &values, &arena, &error));
	values.from = "nowhere";
	assert_false(read_words("http://shop.example/", NULL));
	assert_string_equal(error.text, "'nowhere' is no address");
	values.from = "192.0.2.0/33";
	assert_false(read_words("http://shop.example/", NULL));
	assert_string_equal(error.text, "'192.0.2.0/33' is no network");
	values.from = NULL;
	values.headers = (struct texts){headers, 1};
	assert_false(read_words("http://shop.example/", NULL));
	assert_string_equal(error.text, "'no header' is no header: NAME: VALUE");
}

static void headers_are_such_as_clients_send(void **state)
{
	(void)state;
	static const char *const bad[] = {"Two words: x", "X: a\nb", ": x", "\xc3\xbc: x"};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const char *headers[] = {bad[i]};

		values.headers = (struct texts){headers, 1};
		assert_false(read_words("http://shop.example/", NULL));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_url_says_port_tls_and_server_name, setup,
						teardown),
		cmocka_unit_test_setup_teardown(flags_add_what_a_url_cannot_say, setup, teardown),
		cmocka_unit_test_setup_teardown(grpc_is_a_post_over_http2, setup, teardown),
		cmocka_unit_test_setup_teardown(what_cannot_be_read_is_said, setup, teardown),
		cmocka_unit_test_setup_teardown(headers_are_such_as_clients_send, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
