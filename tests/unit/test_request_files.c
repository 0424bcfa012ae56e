/* Request files that programs write: HAR, commands of curl, logs in JSON, descriptions of APIs. The fixtures have
 * the shape of what browsers, proxies and controllers write. */
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

static struct str body(size_t i)
{
	return one->probes.at[i].body;
}

/* ---- HAR ---- */

static const char chrome_har[] =
	"{\n"
	"  \"log\": {\n"
	"    \"version\": \"1.2\",\n"
	"    \"creator\": {\"name\": \"WebInspector\", \"version\": \"537.36\"},\n"
	"    \"pages\": [{\"startedDateTime\": \"2026-11-27T10:00:00.000Z\", \"id\": \"page_1\","
	" \"title\": \"https://shop.example/\", \"pageTimings\": {\"onLoad\": 12.5}}],\n"
	"    \"entries\": [\n"
	"      {\"_connectionId\": \"7\", \"_initiator\": {\"type\": \"script\", \"stack\": "
	"{\"callFrames\": [{\"url\": \"https://x.example/\"}]}},\n"
	"       \"request\": {\"method\": \"GET\", \"url\": "
	"\"https://shop.example/cart?id=1&q=%22\",\n"
	"        \"httpVersion\": \"http/2.0\", \"headers\": [\n"
	"         {\"name\": \":authority\", \"value\": \"shop.example\"},\n"
	"         {\"name\": \":method\", \"value\": \"GET\"},\n"
	"         {\"name\": \":path\", \"value\": \"/cart?id=1&q=%22\"},\n"
	"         {\"name\": \":scheme\", \"value\": \"https\"},\n"
	"         {\"name\": \"accept-language\", \"value\": \"de-DE,de;q=0.9\"},\n"
	"         {\"name\": \"sec-ch-ua\", \"value\": \"\\\"Chromium\\\";v=\\\"142\\\"\"}],\n"
	"        \"queryString\": [{\"name\": \"id\", \"value\": \"1\"}], \"cookies\": [],\n"
	"        \"headersSize\": -1, \"bodySize\": 0},\n"
	"       \"response\": {\"status\": 200, \"statusText\": \"\", \"httpVersion\": "
	"\"http/2.0\",\n"
	"        \"headers\": [], \"cookies\": [], \"content\": {\"size\": 5, \"mimeType\": "
	"\"text/html\", \"text\": \"<\\u0068>\\ud83d\\ude00\"}, \"redirectURL\": \"\"},\n"
	"       \"cache\": {}, \"timings\": {\"wait\": 3.1e1}, \"time\": 31},\n"
	"      {\"request\": {\"postData\": {\"mimeType\": \"application/json\", \"text\": "
	"\"{\\\"a\\\":\\\"\\u00e4\\\"}\"},\n"
	"        \"method\": \"POST\", \"url\": \"http://shop.example:8080/api\", \"httpVersion\": "
	"\"HTTP/1.1\", \"headers\": [{\"name\": \"Host\", \"value\": \"shop.example:8080\"},"
	" {\"name\": \"Content-Length\", \"value\": \"9\"}, {\"name\": \"Connection\", \"value\": "
	"\"keep-alive\"}]},\n"
	"       \"response\": {\"status\": 0, \"_error\": \"net::ERR_FAILED\"}},\n"
	"      {\"request\": {\"method\": \"GET\", \"url\": \"data:image/png;base64,AAAA\"}},\n"
	"      {\"request\": {\"method\": \"GET\", \"url\": \"wss://shop.example/live\"}}\n"
	"    ]\n"
	"  }\n"
	"}\n";

static void har_of_a_browser(void **state)
{
	(void)state;
	assert_true(fixture_read(one, STR(chrome_har)));
	assert_probes(one, "GET https://shop.example/cart?id=1&q=%22",
		      "POST http://shop.example:8080/api");
	assert_str(one->probes.at[0].origin, "file: entry 1");
	assert_int_equal(one->probes.at[0].recorded_status, 200);
	assert_int_equal(one->probes.at[0].request.version, ROUTE_HTTP_2);
	assert_int_equal(one->probes.at[0].request.header_count, 2);
	assert_str(fixture_header(one, 0, "sec-ch-ua"), "\"Chromium\";v=\"142\"");
	assert_int_equal(one->probes.at[1].recorded_status, 0);
	assert_str(body(1), "{\"a\":\"\xc3\xa4\"}");
	assert_int_equal(one->probes.at[1].request.body_length, 10);
	assert_str(fixture_header(one, 1, "content-type"), "application/json");
	assert_int_equal(one->probes.at[1].request.header_count, 1);
	assert_int_equal(one->probes.unreadable, 2);
	assert_int_equal(one->findings.at[0].span.line, 24);
}

/* A browser that is closed while it writes. */
static void a_har_that_is_cut_off(void **state)
{
	const struct str all = STR(chrome_har);

	(void)state;
	for (size_t len = 0; len < all.len - 2; len++) {
		struct fixture *own = fixture_new();

		own->options.format = "har";
		if (fixture_read(own, str_sub(all, 0, len)))
			assert_in_range(own->probes.count, 1, 2);
		assert_true(own->probes.unreadable > 0);
		fixture_free(own);
	}
}

static void bodies_of_har(void **state)
{
	(void)state;
	assert_true(fixture_read(
		one,
		STR("{\"log\":{\"entries\":[{\"request\":{\"method\":\"PUT\",\"url\":"
		    "\"https://a.example/"
		    "\",\"postData\":{\"text\":\"AP8=\",\"encoding\":\"base64\"},"
		    "\"headers\":[{\"name\":\"Content-Type\",\"value\":\"x/y\"}]}},"
		    "{\"request\":{\"method\":\"PUT\",\"url\":\"https://a.example/\",\"postData\":"
		    "{\"text\":\"!!!\",\"encoding\":\"base64\"}}}]}}")));
	assert_int_equal(one->probes.count, 1);
	assert_true(str_eq(body(0), (struct str){"\0\xff", 2}));
	assert_int_equal(one->probes.unreadable, 1);
}

/* ---- curl ---- */

static void curl_of_chrome(void **state)
{
	(void)state;
	assert_true(
		fixture_read(one, STR("curl 'https://shop.example/api/cart?x=1' \\\n"
				      "  -H 'accept: application/json, text/plain, */*' \\\n"
				      "  -H 'accept-language: de-DE,de;q=0.9' \\\n"
				      "  -b 'sid=abc; theme=dark' \\\n"
				      "  -H 'sec-ch-ua: \"Chromium\";v=\"142\"' \\\n"
				      "  --data-raw $'{\"text\":\"it\\'s \\u00e4 \\x21\\n\"}' \\\n"
				      "  --compressed ;\n"
				      "curl 'https://shop.example/x' -X 'DELETE' -H "
				      "'content-length: 0' --compressed ;\n"
				      "curl 'https://shop.example/it'\\''s' -H 'x: it'\\''s'\n")));
	assert_probes(one, "POST https://shop.example/api/cart?x=1",
		      "DELETE https://shop.example/x", "GET https://shop.example/it's");
	assert_str(body(0), "{\"text\":\"it's \xc3\xa4 !\n\"}");
	assert_str(fixture_header(one, 0, "cookie"), "sid=abc; theme=dark");
	assert_str(fixture_header(one, 0, "content-type"), "application/x-www-form-urlencoded");
	assert_str(one->probes.at[1].origin, "file:8");
	assert_str(fixture_header(one, 2, "x"), "it's");
	assert_int_equal(one->probes.unreadable, 0);
}

static void curl_of_firefox(void **state)
{
	(void)state;
	assert_true(fixture_read(
		one,
		STR("curl 'https://shop.example/login' --compressed -X POST -H 'User-Agent: "
		    "Mozilla/5.0 "
		    "(X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0' -H 'Content-Type: "
		    "application/x-www-form-urlencoded' -H 'Cookie: sid=1' -H 'TE: trailers' "
		    "--data-raw 'user=a&pw=b%26c'\r\n")));
	assert_probes(one, "POST https://shop.example/login");
	assert_str(body(0), "user=a&pw=b%26c");
	assert_int_equal(one->probes.at[0].request.header_count, 3);
}

static void curl_by_hand(void **state)
{
	(void)state;
	assert_true(fixture_read(
		one,
		STR("#!/bin/sh\n"
		    "# smoke test\n"
		    "$ curl -sSik --resolve a.example:443:203.0.113.7 https://a.example | jq .\n"
		    "curl -u me:pw -XPUT -d a=1 -d b=2 http://a.example/x > /dev/null\n"
		    "curl -G -d q=1 --data-urlencode 'n=a b&c' \"https://a.example/find?z\"\n"
		    "curl -I -A probe/1 -e https://r.example/ https://a.example/a/../b/./c?x/../y\n"
		    "curl --path-as-is --http1.0 https://a.example/a/../b\n"
		    "curl --json '{\"a\":1}' a.example/j -o out -w '%{http_code}\\n' --max-time 5\n"
		    "/usr/bin/curl -H 'Host: b.example' https://a.example/h -H 'X-Empty;' -H "
		    "'Gone:'\n"
		    "curl https://a.example/one https://a.example/two --next "
		    "https://a.example/three "
		    "--http2\n"
		    "LANG=C curl -g 'https://[2001:db8::1]:8443/{x}' && curl "
		    "'https://a.example/\\[y\\]'\n"
		    "curl --request-target '*' -X OPTIONS https://a.example/ "
		    "--oauth2-bearer tok\n")));
	assert_probes(one, "GET https://a.example/", "PUT http://a.example/x",
		      "GET https://a.example/find?z&q=1&n=a%20b%26c",
		      "HEAD https://a.example/b/c?x/../y", "GET https://a.example/a/../b",
		      "POST http://a.example/j", "GET https://b.example/h",
		      "GET https://a.example/one", "GET https://a.example/two",
		      "GET https://a.example/three", "GET https://[2001:db8::1]:8443/{x}",
		      "GET https://a.example/[y]", "OPTIONS https://a.example *");
	assert_str(body(1), "a=1&b=2");
	assert_str(fixture_header(one, 1, "authorization"), "Basic bWU6cHc=");
	assert_str(fixture_header(one, 3, "user-agent"), "probe/1");
	assert_int_equal(one->probes.at[4].request.version, ROUTE_HTTP_1_0);
	assert_str(fixture_header(one, 5, "accept"), "application/json");
	assert_str(one->probes.at[6].request.sni, "a.example");
	assert_str(fixture_header(one, 6, "x-empty"), "");
	assert_int_equal(one->probes.at[6].request.header_count, 1);
	assert_int_equal(one->probes.at[8].request.version, ROUTE_HTTP_1_1);
	assert_int_equal(one->probes.at[9].request.version, ROUTE_HTTP_2);
	assert_int_equal(one->probes.unreadable, 0);
}

static void curl_that_cannot_be_known(void **state)
{
	static const char *const bad[] = {
		"curl https://a.example/$ID",
		"curl -H \"X: $(date)\" https://a.example/",
		"curl \"https://a.example/`id`\"",
		"curl -d @file https://a.example/",
		"curl -F file=@x https://a.example/",
		"curl -T x https://a.example/",
		"curl 'https://a.example/{a,b}'",
		"curl 'https://a.example/[1-3]'",
		"curl -H 'X: 1'",
		"curl -H @headers https://a.example/",
		"wget https://a.example/",
		"curl 'https://a.example/",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct fixture *own = fixture_new();
		struct str text = str_format(&own->arena,
					     "curl https://ok.example/\n%s\n"
					     "curl https://ok.example/2\n",
					     bad[i]);

		assert_true(fixture_read(own, text));
		if (own->probes.unreadable != 1 || own->probes.count != 2)
			fail_msg("'%s': %zu probes, %zu unreadable", bad[i], own->probes.count,
				 own->probes.unreadable);
		assert_int_equal(own->findings.at[0].span.line, 2);
		fixture_free(own);
	}
}

/* What is only shown by a shell is no matter where nothing of it is sent. */
static void variables_that_are_not_sent(void **state)
{
	(void)state;
	assert_true(
		fixture_read(one, STR("curl --cacert $CA -o \"$OUT\" 'https://a.example/$x'\n")));
	assert_probes(one, "GET https://a.example/$x");
}

/* ---- logs in JSON ---- */

static void json_logs(void **state)
{
	(void)state;
	assert_true(fixture_read(
		one,
		STR("{\"time\":\"2026-11-27T10:00:00+00:00\",\"remote_addr\":\"203.0.113.9\","
		    "\"host\":"
		    "\"nginx.example\",\"request\":\"GET /a?x=\\\"1\\\" "
		    "HTTP/2.0\",\"status\":\"200\"}\n"
		    "{\"authority\":\"envoy.example:8443\",\"method\":\"GET\",\"path\":\"/e?y\","
		    "\"protocol\":\"HTTP/2\",\"response_code\":404,\"response_flags\":\"NR\"}\n"
		    "{\"DownstreamStatus\":502,\"RequestHost\":\"traefik.example\","
		    "\"RequestMethod\":"
		    "\"HEAD\",\"RequestPath\":\"/t\",\"RequestProtocol\":\"HTTP/"
		    "1.1\",\"RequestScheme\":"
		    "\"http\",\"RequestAddr\":\"traefik.example\"}\n"
		    "{\"level\":\"info\",\"msg\":\"handled request\",\"request\":{\"remote_ip\":"
		    "\"1.2.3.4\",\"proto\":\"HTTP/"
		    "2.0\",\"method\":\"GET\",\"host\":\"caddy.example\","
		    "\"uri\":\"/c?z=1\",\"headers\":{\"Path\":[\"/no\"],\"Host\":\"no.example\"}},"
		    "\"status\":301}\n"
		    "{\"httpRequest\":{\"requestMethod\":\"GET\",\"requestUrl\":"
		    "\"https://gcp.example/g?a\",\"status\":200,\"userAgent\":\"x\"},\"resource\":"
		    "{\"labels\":{\"host\":\"no.example\"}}}\n"
		    "{\"user_agent\":{\"original\":\"Mozilla\"},\"url\":{\"path\":\"/"
		    "ecs\",\"query\":"
		    "\"q=1\",\"domain\":\"ecs.example\"},\"http\":{\"request\":{\"method\":\"GET\"}"
		    ","
		    "\"response\":{\"status_code\":200}}}\n"
		    "{\"log\":\"docker.example 1.2.3.4 - - [27/Nov/2026:10:00:00 +0000] \\\"GET /d "
		    "HTTP/1.1\\\" 200 "
		    "1\\n\",\"stream\":\"stdout\",\"kubernetes\":{\"host\":\"node1\"}}\n"
		    "{\"level\":\"warn\",\"msg\":\"worker restarted\"}\n"
		    "{\"method\":\"GET\",\"path\":\"/x\",\n"
		    "plain text\n")));
	assert_probes(one, "GET https://nginx.example/a?x=\"1\"",
		      "GET https://envoy.example:8443/e?y", "HEAD http://traefik.example/t",
		      "GET https://caddy.example/c?z=1", "GET https://gcp.example/g?a",
		      "GET https://ecs.example/ecs?q=1", "GET https://docker.example/d");
	assert_int_equal(one->probes.at[0].request.version, ROUTE_HTTP_2);
	assert_int_equal(one->probes.at[1].recorded_status, 404);
	assert_int_equal(one->probes.at[2].recorded_status, 502);
	assert_int_equal(one->probes.at[3].recorded_status, 301);
	assert_int_equal(one->probes.at[5].recorded_status, 200);
	assert_int_equal(one->probes.unreadable, 3);
}

static void every_name_of_a_field_is_found(void **state)
{
	static const char *const names[] = {
		":path",      "path",   "request_path", "request_uri", "request_url", "requestPath",
		"requestUrl", "target", "uri",          "URL",         "original"};
	static const char *const hosts[] = {":authority", "authority",    "domain",      "Host",
					    "http_host",  "request_host", "requestHost", "vhost"};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		for (size_t k = 0; k < sizeof hosts / sizeof *hosts; k++) {
			struct fixture *own = fixture_new();
			struct str text =
				str_format(&own->arena,
					   "{\"%s\":\"/x\",\"%s\":\"a.example\",\"verb\":\"PUT\"}",
					   names[i], hosts[k]);

			if (!fixture_read(own, text) || own->probes.count != 1)
				fail_msg("%s and %s are not known", names[i], hosts[k]);
			assert_str(fixture_line(own, 0), "PUT https://a.example/x");
			fixture_free(own);
		}
}

/* kubectl logs --timestamps, and the files of container runtimes. */
static void logs_of_containers(void **state)
{
	(void)state;
	one->options.host = STR("a.example");
	assert_true(fixture_read(
		one,
		STR("2026-11-27T10:00:00.123456789Z stdout F 10.0.0.1 - - [27/Nov/2026:10:00:00 "
		    "+0000] \"GET /one HTTP/1.1\" 200 1 \"-\" \"-\"\n"
		    "2026-11-27T10:00:00.123456789Z 10.0.0.1 - - [27/Nov/2026:10:00:00 +0000] "
		    "\"GET /two HTTP/1.1\" 200 1 \"-\" \"-\"\n")));
	assert_probes(one, "GET https://a.example/one", "GET https://a.example/two");
}

/* ---- descriptions of APIs ---- */

static const char pets[] =
	"openapi: 3.1.0\n"
	"info: {title: Pets, version: '1'}\n"
	"servers:\n"
	"- url: https://{region}.api.example/v1/\n"
	"  variables: {region: {default: eu}}\n"
	"paths:\n"
	"  /pets:\n"
	"    parameters:\n"
	"    - {name: X-Tenant, in: header, required: true, schema: {type: string, enum: [red, "
	"blue]}}\n"
	"    get:\n"
	"      operationId: listPets\n"
	"      parameters:\n"
	"      - {name: limit, in: query, schema: {type: integer, default: 20}}\n"
	"      - {name: page, in: query, schema: {type: integer}}\n"
	"      - {name: tag, in: query, required: true, example: 'a b&c', schema: {type: string}}\n"
	"      - {name: sid, in: cookie, example: 'x'}\n"
	"    post:\n"
	"      requestBody:\n"
	"        content:\n"
	"          application/json: {schema: {type: object}}\n"
	"  /pets/{petId}/photos/{n}:\n"
	"    get:\n"
	"      servers: [{url: 'https://photos.example'}]\n"
	"      parameters:\n"
	"      - {$ref: '#/components/parameters/pet'}\n"
	"      - {name: n, in: path, required: true, schema: {type: integer, minimum: 7}}\n"
	"  /shared:\n"
	"    $ref: '#/components/pathItems/sha~1red'\n"
	"  /loop:\n"
	"    $ref: '#/paths/~1loop'\n"
	"components:\n"
	"  parameters:\n"
	"    pet: {name: petId, in: path, required: true, schema: {type: string, format: uuid}}\n"
	"  pathItems:\n"
	"    sha/red: {head: {}}\n";

static void openapi(void **state)
{
	(void)state;
	assert_true(fixture_read(one, STR(pets)));
	assert_probes(
		one, "GET https://eu.api.example/v1/pets?limit=20&tag=a%20b%26c",
		"POST https://eu.api.example/v1/pets",
		"GET https://photos.example/pets/00000000-0000-4000-8000-000000000000/photos/7",
		"HEAD https://eu.api.example/v1/shared");
	assert_str(fixture_header(one, 0, "x-tenant"), "red");
	assert_str(fixture_header(one, 0, "cookie"), "sid=x");
	assert_str(fixture_header(one, 1, "x-tenant"), "red");
	assert_str(fixture_header(one, 1, "content-type"), "application/json");
	assert_str(body(1), "{}");
	assert_str(one->probes.at[2].origin, "file: GET /pets/{petId}/photos/{n}");
	assert_int_equal(one->probes.unreadable, 0);
}

static void swagger(void **state)
{
	(void)state;
	assert_true(fixture_read(
		one, STR("{\"swagger\":\"2.0\",\"host\":\"old.example:8443\",\"basePath\":\"/v2\","
			 "\"schemes\":[\"http\",\"https\"],\"paths\":{\"/a/"
			 "{b}\":{\"get\":{\"parameters\":"
			 "[{\"name\":\"b\",\"in\":\"path\",\"required\":true,\"type\":\"boolean\"},"
			 "{\"name\":\"c\",\"in\":\"query\",\"type\":\"string\",\"default\":\"d\"}]}"
			 "}}}")));
	assert_probes(one, "GET https://old.example:8443/v2/a/true?c=d");
}

static void a_server_without_host(void **state)
{
	(void)state;
	one->options.host = STR("a.example");
	assert_true(fixture_read(one, STR("openapi: 3.0.0\nservers: [{url: /base}]\n"
					  "paths: {/x: {get: {}}, /y: {get: null}}\n")));
	assert_probes(one, "GET https://a.example/base/x", "GET https://a.example/base/y");
}

static void a_description_that_is_none(void **state)
{
	(void)state;
	assert_false(fixture_read(one, STR("openapi: 3.0.0\npaths: [\n")));
	assert_string_equal(one->findings.at[0].code, "I2G100");
	assert_false(fixture_read(one, STR("openapi: 3.0.0\n")));
}

/* ---- recognition ---- */

static void formats_are_recognised(void **state)
{
	static const char *const texts[][2] = {
		{"apache", "a.example:80 1.2.3.4 - - [x] \"GET / HTTP/1.1\" 200 1\n"},
		{"curl", "# x\ncurl https://a.example/\n"},
		{"har", chrome_har},
		{"json", "{\"host\":\"a.example\",\"uri\":\"/x\"}\n"},
		{"lines", "GET https://a.example/\n"},
		{"nginx", "1.2.3.4 - - [x] \"GET / HTTP/1.1\" 200 1\n"},
		{"openapi", pets},
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct fixture *by_itself = fixture_new(), *told = fixture_new();

		assert_string_equal(requests_formats[i], texts[i][0]);
		by_itself->options.host = told->options.host = STR("a.example");
		told->options.format = texts[i][0];
		assert_true(fixture_read(by_itself, str_from(texts[i][1])));
		assert_true(fixture_read(told, str_from(texts[i][1])));
		assert_int_equal(by_itself->probes.count, told->probes.count);
		for (size_t k = 0; k < told->probes.count; k++)
			assert_true(probe_identity(&told->probes.at[k]) ==
				    probe_identity(&by_itself->probes.at[k]));
		fixture_free(by_itself);
		fixture_free(told);
	}
	assert_null(requests_formats[7]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(har_of_a_browser, setup, teardown),
		cmocka_unit_test_setup_teardown(a_har_that_is_cut_off, setup, teardown),
		cmocka_unit_test_setup_teardown(bodies_of_har, setup, teardown),
		cmocka_unit_test_setup_teardown(curl_of_chrome, setup, teardown),
		cmocka_unit_test_setup_teardown(curl_of_firefox, setup, teardown),
		cmocka_unit_test_setup_teardown(curl_by_hand, setup, teardown),
		cmocka_unit_test_setup_teardown(curl_that_cannot_be_known, setup, teardown),
		cmocka_unit_test_setup_teardown(variables_that_are_not_sent, setup, teardown),
		cmocka_unit_test_setup_teardown(json_logs, setup, teardown),
		cmocka_unit_test_setup_teardown(every_name_of_a_field_is_found, setup, teardown),
		cmocka_unit_test_setup_teardown(logs_of_containers, setup, teardown),
		cmocka_unit_test_setup_teardown(openapi, setup, teardown),
		cmocka_unit_test_setup_teardown(swagger, setup, teardown),
		cmocka_unit_test_setup_teardown(a_server_without_host, setup, teardown),
		cmocka_unit_test_setup_teardown(a_description_that_is_none, setup, teardown),
		cmocka_unit_test_setup_teardown(formats_are_recognised, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
