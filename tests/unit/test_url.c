/* URLs of annotations as Go's net/url takes them, and which hosts are Services. */
#include "test.h"

#include "converters/from_ingress_nginx/url.h"

static struct url parsed(const char *text)
{
	struct url url;
	const char *why = "";

	if (!url_parse(&url, str_from(text), &why))
		fail_msg("'%s' is refused: it %s", text, why);
	return url;
}

static void refused(const char *text, const char *phrase)
{
	struct url url;
	const char *why = "nothing";

	if (url_parse(&url, str_from(text), &why))
		fail_msg("'%s' is taken", text);
	assert_string_equal(why, phrase);
	assert_false(url_parse(&url, str_from(text), NULL));
}

static void a_url_has_its_parts(void **state)
{
	struct url url = parsed("https://user:pw@Auth.example:8443/verify/%41?a=1&b=2#frag");

	(void)state;
	assert_str(url.scheme, "https");
	assert_str(url.userinfo, "user:pw");
	assert_str(url.host, "Auth.example");
	assert_int_equal(url.port, 8443);
	assert_str(url.path, "/verify/%41");
	assert_str(url.query, "a=1&b=2");
	assert_str(url.fragment, "frag");
	assert_true(url.has_authority && url.has_query && url.has_fragment);
	assert_false(url.has_variables || url.host_variables || url.is_ip);
}

static void absent_parts_are_empty(void **state)
{
	struct url url = parsed("http://a.example");

	(void)state;
	assert_str(url.path, "");
	assert_false(url.has_query || url.has_fragment);
	assert_int_equal(url.port, 0);
	assert_int_equal(url_port(&url), 80);

	url = parsed("https://a.example?");
	assert_true(url.has_query);
	assert_str(url.query, "");
	assert_int_equal(url_port(&url), 443);

	url = parsed("ftp://a.example:");
	assert_int_equal(url.port, 0);
	assert_int_equal(url_port(&url), 0);

	url = parsed("");
	assert_false(url.has_authority);
	assert_str(url.scheme, "");
}

static void relative_references_have_no_host(void **state)
{
	struct url url = parsed("/oauth2/start?rd=/x");

	(void)state;
	assert_false(url.has_authority);
	assert_str(url.path, "/oauth2/start");
	assert_str(url.query, "rd=/x");

	url = parsed("//cdn.example/x");
	assert_true(url.has_authority);
	assert_str(url.scheme, "");
	assert_str(url.host, "cdn.example");

	/* Three slashes without a scheme are a path. */
	url = parsed("///x");
	assert_false(url.has_authority);
	assert_str(url.path, "///x");

	url = parsed("mailto:someone%");
	assert_str(url.scheme, "mailto");
	assert_str(url.path, "someone%");
}

static void addresses_are_told_from_names(void **state)
{
	(void)state;
	assert_true(parsed("http://10.0.0.1/").is_ip);
	assert_false(parsed("http://10.0.0.256/").is_ip);
	assert_false(parsed("http://10.0.1/").is_ip);

	struct url url = parsed("http://[2001:db8::1]:8080/x");

	assert_true(url.is_ip);
	assert_str(url.host, "2001:db8::1");
	assert_int_equal(url.port, 8080);
}

static void variables_are_seen(void **state)
{
	struct url url = parsed("https://$host/oauth2/start?rd=$escaped_request_uri");

	(void)state;
	assert_true(url.has_variables);
	assert_true(url.host_variables);
	assert_str(url.host, "$host");

	url = parsed("https://auth.example/start?rd=$scheme://x");
	assert_true(url.has_variables);
	assert_false(url.host_variables);

	assert_true(url_has_variable(STR("a${b}")));
	assert_true(url_has_variable(STR("$1")));
	assert_false(url_has_variable(STR("costs 5$")));
	assert_false(url_has_variable(STR("a$ b$-")));
}

static void what_go_refuses_is_refused(void **state)
{
	(void)state;
	refused("http://a.example/\n", "has a control character");
	refused(":80/x", "has no scheme in front of its colon");
	refused("a_b:8080/x", "has a colon in the first element of its path");
	/* Letters, digits and dots are a scheme: "a.example" here, with an opaque rest. */
	assert_str(parsed("a.example:8080/x").scheme, "a.example");
}

static void bad_hosts_and_ports_are_refused(void **state)
{
	(void)state;
	refused("http://a.example:80a/", "has an invalid port");
	refused("http://a.example:65536/", "has an invalid port");
	refused("http://[::1/", "has a [ without ] in its host");
	refused("http://[::1]x/", "has an invalid port");
	refused("http://a b.example/", "has an invalid character in its host");
	refused("http://${host}/", "has an invalid character in its host");
	refused("http://a%2fb/", "has an invalid character in its host");
	refused("http://u ser@a.example/", "has an invalid character in its user name");
	refused("http://a.example/%zz", "has an invalid % escape in its path");
	refused("http://a.example/%4", "has an invalid % escape in its path");
	refused("http://a.example/#%g0", "has an invalid % escape in its fragment");
	parsed("http://a%25b/");
	parsed("http://a%c3%a9/");
	parsed("http://a.example/${uri}");
	parsed("http://a.example/x?%zz");
}

static void an_absolute_url_has_scheme_and_host(void **state)
{
	struct url url;
	const char *why = NULL;

	(void)state;
	assert_true(url_parse_absolute(&url, STR("http://auth.sso.svc/verify"), &why));
	assert_false(url_parse_absolute(&url, STR("//auth.sso.svc/verify"), &why));
	assert_string_equal(why, "has no scheme");
	assert_false(url_parse_absolute(&url, STR("http:///verify"), &why));
	assert_string_equal(why, "has no host");
	assert_false(url_parse_absolute(&url, STR("http://a..b/"), &why));
	assert_string_equal(why, "has \"..\" in its host");
	assert_false(url_parse_absolute(&url, STR("http://a:b/"), &why));
	assert_string_equal(why, "has an invalid port");
}

static void service(const char *host, const char *namespace, const char *name, bool bare,
		    bool guessed)
{
	struct url_service service;
	bool is_bare, is_guessed;

	if (!url_service(str_from(host), STR("own"), &service, &is_bare, &is_guessed))
		fail_msg("'%s' is taken for no Service", host);
	assert_str(service.namespace, namespace);
	assert_str(service.name, name);
	assert_int_equal(is_bare, bare);
	assert_int_equal(is_guessed, guessed);
}

static void cluster_names_are_services(void **state)
{
	(void)state;
	service("auth", "own", "auth", true, false);
	service("auth.sso", "sso", "auth", false, true);
	service("auth.sso.svc", "sso", "auth", false, false);
	service("auth.sso.svc.cluster.local", "sso", "auth", false, false);
	service("auth.sso.svc.cluster.local.", "sso", "auth", false, false);
	service("auth.sso.svc.corp.internal", "sso", "auth", false, true);
}

static void other_names_are_not(void **state)
{
	static const char *const hosts[] = {
		"auth.example.com",
		"10.0.0.1",
		"20",
		"",
		".",
		"Auth.sso.svc",
		"$host",
		"a..svc",
		"-a.sso",
		"2001:db8::1",
		"pod-0.auth.sso.svc",
		"sso.svcs.svc.x_y",
		"auth.sso.svc.example.com",
	};
	struct url_service service;

	(void)state;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++)
		if (url_service(str_from(hosts[i]), STR("own"), &service, NULL, NULL))
			fail_msg("'%s' is taken for a Service", hosts[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_url_has_its_parts),
		cmocka_unit_test(absent_parts_are_empty),
		cmocka_unit_test(relative_references_have_no_host),
		cmocka_unit_test(addresses_are_told_from_names),
		cmocka_unit_test(variables_are_seen),
		cmocka_unit_test(what_go_refuses_is_refused),
		cmocka_unit_test(bad_hosts_and_ports_are_refused),
		cmocka_unit_test(an_absolute_url_has_scheme_and_host),
		cmocka_unit_test(cluster_names_are_services),
		cmocka_unit_test(other_names_are_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
