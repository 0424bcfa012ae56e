/* Every validator of the ingress-nginx controller with values it takes and values it refuses. */
#include "test.h"

#include <stdio.h>

#include "converters/from_ingress_nginx/values.h"

struct check {
	const char *name;
	bool (*valid)(struct str value);
	const char *accept[12];
	const char *refuse[12];
};

#define CHECK(id) .name = #id, .valid = nginx_valid_##id

static const struct check checks[] = {
	{
		CHECK(any),
		.accept = {"", "anything ${at} \"all\"\n"},
	},
	{
		CHECK(bool),
		.accept = {"", "1", "t", "T", "TRUE", "true", "True", "0", "f", "FALSE", "False"},
		.refuse = {"yes", "on", "tRUE", "true ", " true", "\"true\"", "2", " "},
	},
	{
		CHECK(int),
		.accept = {"", "0", "60", "-1", "+5", "007", "9223372036854775807"},
		.refuse = {"60s", "1.5", " 60", "60 ", "1_000", "0x10", "-", "+",
			   "9223372036854775808"},
	},
	{
		CHECK(size),
		.accept = {"", "0", "1024", "8m", "8M", "1g", "10b", "8 m", " 8m "},
		.refuse = {"8mb", "8Mi", "m", "-1", "1.5m", "8m\n", " ", "8t"},
	},
	{
		CHECK(seconds),
		.accept = {"", "0", "3600", "-60", "0anything", "about 60"},
		.refuse = {"60s", "h", "-", "60 s", "x0"},
	},
	{
		CHECK(basic),
		.accept = {"", "ns/name", "a b", "A-Z_0.9~:", "/"},
		.refuse = {"a,b", "a?b", "$x", "a\tb", "a\n", "é"},
	},
	{
		CHECK(pair),
		.accept = {"", "ns/name", "ns / name"},
		.refuse = {"name", "/name", "ns/", "a/b/c", "ns/na$me"},
	},
	{
		CHECK(realm),
		.accept = {"", "Authentication Required", "a/b: c"},
		.refuse = {"Members, please", "\"quoted\"", "line\nline", "it's"},
	},
	{
		CHECK(url),
		.accept = {"", "https://a.example/x?y=z&a=b", "/a b", "a,b"},
		.refuse = {"/a#b", "/a%20b", "/$1", "/a+b", "a@b"},
	},
	{
		CHECK(redirect),
		.accept = {"", "https://www.example.com/x?y=z", "/relative", "a,b"},
		.refuse = {"https://www.example.com/$1", "/a b", "/a%20b", "/a#b", "/a+b"},
	},
	{
		CHECK(url_variable),
		.accept = {"", "http://auth.default.svc.cluster.local/verify",
			   "https://$host/oauth2/start?rd=$escaped_request_uri", "http://a /b"},
		.refuse = {"http://a/${x}", "http://a/#b", "http://a/%2f"},
	},
	{
		CHECK(capture_path),
		.accept = {"", "/$1", "/a/$2", "a", "https://example.com/$1"},
		.refuse = {"/$1?x=y", "/a b", "/${1}", "/(.*)", "/a+b"},
	},
	{
		CHECK(prefix_path),
		.accept = {"", "/prefix", "/$1", "/a b"},
		.refuse = {"/a?b", "/a{}", "true;"},
	},
	{
		CHECK(app_root),
		.accept = {"", "/app", "/app/$1", "//app"},
		.refuse = {"app", "https://example.com/app", "/a?b", "/a b"},
	},
	{
		CHECK(variable),
		.accept = {"", "$request_uri", "${request_uri}-text", "$a $b"},
		.refuse = {"$a:$b", "$a.b", "$a/b", "$a,$b"},
	},
	{
		CHECK(word),
		.accept = {"", "shop", "shop_cart-1", "a b"},
		.refuse = {"$uri", "a/b", "a.b", "HTTP {method}"},
	},
	{
		CHECK(file),
		.accept = {"", "index.php", "a b"},
		.refuse = {"/index.php", " ", "index.php;"},
	},
	{
		CHECK(regex),
		.accept = {"", "^(foo|bar)$", "[a-z]{2}\\.*", "a?b&c=d"},
		.refuse = {"a b", "a;b", "a\"b", "a,b", "a%b", "a#b", "a<b"},
	},
	{
		CHECK(server_name),
		.accept = {"", "www.example.com", " *.example.com ", "~^www\\d+\\.example\\.com$",
			   "$service_name.$namespace.svc", "https://a.example$request_uri"},
		.refuse = {"a b", "a,b", "a;b", "a%2f"},
	},
	{
		CHECK(server_names),
		.accept = {"", "a.example, b.example", "*.a.example,~^b\\.", "a,,b", "a,"},
		.refuse = {"a b, c", "a; b"},
	},
	{
		CHECK(service),
		.accept = {"", "web", "web-1", "a",
			   "a23456789012345678901234567890123456789012345678901234567890123"},
		.refuse = {"1web", "Web", "web-", "-web", "ns/web", "web.svc", "web_1",
			   "a234567890123456789012345678901234567890123456789012345678901234"},
	},
	{
		CHECK(cidrs),
		.accept = {"", "10.0.0.0/8", "10.1.2.3", "10.0.0.0/8, 192.168.0.0/16",
			   "10.0.0.0/8,\n  2001:db8::/32\n", "::1", "::ffff:10.0.0.1/128",
			   "0.0.0.0/0", "10.0.0.1/08"},
		.refuse = {"10.0.0.0/8,", "10.0.0.0/33", "10.0.0", "010.0.0.1", "fe80::1%eth0",
			   "10.0.0.0/-1", "10.0.0.0/", "2001:db8::/129", "office", "10.0.0.0/8 ;",
			   "10.0.0.1-10.0.0.9"},
	},
	{
		CHECK(cache),
		.accept = {"", "200 202 10m", "200 202 401 5m, 500 1s"},
		.refuse = {"200;5m", "200=5m", "200\t5m"},
	},
	{
		CHECK(header_list),
		.accept = {"", "X-User", "X-User, X_Groups", "X-User,", " X-User "},
		.refuse = {"X User", "X-User;X-Groups", "X-User:1", "X-User,\tX-Groups"},
	},
	{
		CHECK(cors_headers),
		.accept = {"", "DNT,X-Custom", "A, B_1"},
		.refuse = {"*", "A;B", "A\nB", "A:B"},
	},
	{
		CHECK(cors_methods),
		.accept = {"", "GET", "get, post", "GET, PUT, PROPFIND", "GET POST", "GET,",
			   "GET,\nPUT"},
		.refuse = {"*", "GET,,PUT", ",GET", "GET;PUT", "GET\n\nPUT", "M-SEARCH", " "},
	},
	{
		CHECK(cors_expose),
		.accept = {"", "*", "X-A, *", "X_A,X-B", "**"},
		.refuse = {"X-A,,X-B", ",X-A", "X-A:1", " "},
	},
	{
		CHECK(cors_origins),
		.accept = {"", "*", "null", "https://*.example.com", "http://a.example:8080",
			   "https://a.example, http://b.example", "a.example:4443", ":8080",
			   "capacitor://localhost", "https://a.example,,null", " * ",
			   "https://a.example,*.b.example"},
		.refuse = {"https://$upstream", "*, https://a.example", "https://a.example/",
			   "https://a.example:", "HTTPS://a.example", "a_b.example", "://a",
			   "https://**.a", "https://a.example\n"},
	},
	{
		CHECK(error_codes),
		.accept = {"", "404", "404,503", "404, 503", "404,503,", "404503", ",12", "404,54"},
		.refuse = {"302", "40", "4xx", "404;503", "404,,,503", "4004"},
	},
	{
		CHECK(error_page),
		.accept = {"", "/", "/error", "/error/page.html/", "@login",
			   "https://a.example/err", "a.example:8080/err", "https://a.example"},
		.refuse = {"@", "https://", "//a", "/a?b", "https://a:/x", "@a/b", "/a b?",
			   "ftp://a/b", "/err$1"},
	},
	{
		CHECK(common_name),
		.accept = {"", "CN=hello", "CN=(a|b)\\.example", "CN=.*", "CN=[a-z]+?", "CN=[]a]",
			   "CN=(?i)a", "CN="},
		.refuse = {"hello", "cn=a", "CN=(a", "CN=a)", "CN=*", "CN=[a", "CN=(?=a)",
			   "CN=(a)\\1", "CN=a**", "CN=a\\", "CN=(|*)"},
	},
	{
		CHECK(ciphers),
		.accept = {"", "HIGH:!aNULL:!MD5", "ALL:@STRENGTH", "DEFAULT@SECLEVEL=1",
			   "A:@SECLEVEL=0:@STRENGTH"},
		.refuse = {"A,B", "A:@SECLEVEL=9", "A:@STRONG", "A;B", "A@"},
	},
	{
		CHECK(proxy_ciphers),
		.accept = {"", "HIGH:!aNULL", "A+B:C_D-E"},
		.refuse = {"ALL:@STRENGTH", "A,B"},
	},
	{
		CHECK(protocols),
		.accept = {"", "TLSv1.2", "TLSv1.2 TLSv1.3", "TLSv1.2TLSv1.3", " "},
		.refuse = {"TLSv1", "TLSv1.1 TLSv1.2", "tlsv1.2", "TLSv1.2,TLSv1.3"},
	},
	{
		CHECK(cookie_domain),
		.accept = {"", "off", "a.example b.example", "a.example \t b.example"},
		.refuse = {"a.example", " a b", "a b ", "a b c", "$host a", "a ~b.c$"},
	},
	{
		CHECK(next_upstream),
		.accept = {"", "error", "error timeout", "error timeout http_503 non_idempotent",
			   "off", "errortimeout", "error "},
		.refuse = {"error  timeout", "error,timeout", "http_599", "updating", " error",
			   "ERROR"},
	},
	{CHECK(on_off), .accept = {"", "on", "off", " on "}, .refuse = {"true", "On", "1"}},
	{
		CHECK(verify_client),
		.accept = {"", "on", "off", "optional", "optional_no_ca", " on"},
		.refuse = {"true", "required", "ON"},
	},
	{CHECK(affinity), .accept = {"", "cookie", " cookie "}, .refuse = {"ip", "Cookie"}},
	{
		CHECK(affinity_mode),
		.accept = {"", "balanced", "persistent"},
		.refuse = {"sticky", "Balanced"},
	},
	{CHECK(canary_behavior), .accept = {"", "sticky", "legacy"}, .refuse = {"none"}},
	{
		CHECK(samesite),
		.accept = {"", "None", "lax", "STRICT", " Lax "},
		.refuse = {"no", "None;"},
	},
	{
		CHECK(backend_protocol),
		.accept = {"", "HTTP", "grpc", "Https", "AUTO_HTTP", "FCGI", "GRPCS", " HTTPS "},
		.refuse = {"h2c", "HTTP2", "AJP", "WS"},
	},
	{
		CHECK(load_balance),
		.accept = {"", "round_robin", "ewma", "chash", "chashsubset", "sticky_balanced",
			   "sticky_persistent"},
		.refuse = {"least_conn", "ip_hash", "EWMA"},
	},
	{CHECK(http_version), .accept = {"", "1.0", "1.1"}, .refuse = {"2", "1", "HTTP/1.1"}},
	{
		CHECK(connection),
		.accept = {"", "close", "keep-alive", " close"},
		.refuse = {"upgrade", "Keep-Alive"},
	},
	{CHECK(method), .accept = {"", "GET", "POST", " HEAD"}, .refuse = {"get", "PROPFIND"}},
	{CHECK(satisfy), .accept = {"", "any", "all"}, .refuse = {"Any", "both"}},
	{
		CHECK(auth_type),
		.accept = {"", "basic", "digest", "basic-auth"},
		.refuse = {"Basic", "oauth", "bas"},
	},
	{
		CHECK(secret_type),
		.accept = {"", "auth-file", "auth-map"},
		.refuse = {"file", "htpasswd"},
	},
};

static void expect(const struct check *check, const char *value, bool accepted)
{
	if (check->valid(str_from(value)) != accepted)
		fail_msg("%s %s '%s'", check->name, accepted ? "refuses" : "accepts", value);
}

static void validators_follow_the_controller(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
		for (size_t j = 0; j < 12 && checks[i].accept[j]; j++)
			expect(&checks[i], checks[i].accept[j], true);
		for (size_t j = 0; j < 12 && checks[i].refuse[j]; j++)
			expect(&checks[i], checks[i].refuse[j], false);
	}
}

/* The controller does not validate an empty value, whatever the pattern says. */
static void empty_values_are_never_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
		expect(&checks[i], "", true);
		assert_true(checks[i].valid((struct str){0}));
	}
}

/* No validator may read past the slice or take a NUL for the end of a value. */
static void nul_bytes_are_refused(void **state)
{
	(void)state;
	for (size_t i = 1; i < sizeof checks / sizeof *checks; i++)
		if (checks[i].valid(STR("\0")))
			fail_msg("%s accepts a NUL byte", checks[i].name);
}

static void booleans_are_gos(void **state)
{
	(void)state;
	bool on = false;

	assert_true(nginx_read_bool(STR("T"), &on));
	assert_true(on);
	assert_true(nginx_read_bool(STR("False"), &on));
	assert_false(on);
	assert_false(nginx_read_bool(STR(""), &on));
	assert_false(nginx_read_bool(STR("on"), &on));
}

static void origins_are_checked_one_by_one(void **state)
{
	(void)state;
	assert_true(nginx_is_origin(STR("https://*.example.com:8443")));
	assert_true(nginx_is_origin(STR("tauri://localhost")));
	assert_true(nginx_is_origin(STR("null")));
	assert_false(nginx_is_origin(STR("example.com")));
	assert_false(nginx_is_origin(STR("https://example.com:")));
	assert_false(nginx_is_origin(STR("https://a.*.example.com")));
}

static void cache_durations_need_a_time(void **state)
{
	(void)state;
	assert_true(nginx_is_cache_duration(STR("200 202 10m")));
	assert_true(nginx_is_cache_duration(STR("1h 30m")));
	assert_true(nginx_is_cache_duration(STR(" 500ms")));
	assert_false(nginx_is_cache_duration(STR("200 202")));
	assert_false(nginx_is_cache_duration(STR("10m 200")));
	assert_false(nginx_is_cache_duration(STR("10 minutes")));
}

static void sizes_of_the_template_have_no_bytes(void **state)
{
	static const char *const sizes[] = {"0", "1024", "8k", "8M", "1g", "007m"};
	static const char *const others[] = {"",   "m",   "8b",   "0b", "8mb",
					     "-1", "8 m", "1.5m", " 8m"};

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		assert_true(nginx_is_size(str_from(sizes[i])));
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_false(nginx_is_size(str_from(others[i])));
}

static void zero_of_any_unit_is_unlimited(void **state)
{
	static const char *const zeros[] = {"0", "00", "0k", "0M", "0g"};
	static const char *const others[] = {"", "1", "10", "01", "0b", "m", "100m", "0 ", "-0"};

	(void)state;
	for (size_t i = 0; i < sizeof zeros / sizeof *zeros; i++)
		assert_true(nginx_is_unlimited(str_from(zeros[i])));
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_false(nginx_is_unlimited(str_from(others[i])));
}

static void addresses_are_gos(void **state)
{
	(void)state;
	assert_true(nginx_is_address(STR("192.0.2.0/24")));
	assert_true(nginx_is_address(STR("2001:db8::1")));
	assert_false(nginx_is_address(STR("192.0.2.0/+24")));
	assert_false(nginx_is_address(STR("192.0.2.0/24/8")));
	assert_false(nginx_is_address(STR("192.0.2.1\0")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(validators_follow_the_controller),
		cmocka_unit_test(empty_values_are_never_refused),
		cmocka_unit_test(nul_bytes_are_refused),
		cmocka_unit_test(booleans_are_gos),
		cmocka_unit_test(origins_are_checked_one_by_one),
		cmocka_unit_test(cache_durations_need_a_time),
		cmocka_unit_test(addresses_are_gos),
		cmocka_unit_test(sizes_of_the_template_have_no_bytes),
		cmocka_unit_test(zero_of_any_unit_is_unlimited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
