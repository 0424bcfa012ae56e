#include "arena_case.h"

#include "base/buf.h"
#include "proxy/h1.h"
#include "proxy/policy.h"

static const struct policy_facts plain = {.peer = STR_INIT("192.0.2.1"),
					  .tls = false,
					  .port = STR_INIT("8080"),
					  .request_id = STR_INIT("fresh")};
static const struct policy_facts secure = {.peer = STR_INIT("192.0.2.1"),
					   .tls = true,
					   .port = STR_INIT("8443"),
					   .request_id = STR_INIT("fresh")};

static void parse(struct head *head, const char *text)
{
	struct h1_reader reader;

	head_init(head, &arena);
	h1_request_start(&reader, head, NULL);
	assert_int_equal(h1_request_read(&reader, text, strlen(text)), H1_DONE);
}

/* What the backend sees of a request. */
static struct str forward(const char *text, enum policy_side side, const struct policy_facts *facts)
{
	struct head head;
	struct buf out;
	struct h1_frame frame;
	struct str copy;

	buf_init(&out);
	parse(&head, text);
	assert_int_equal(policy_answer(&head), 0);
	policy_request(&head, side, facts);
	frame = h1_frame(&head, false);
	h1_request_write(&out, &head, (struct str){0}, &frame);
	copy = str_dup(&arena, buf_slice(&out));
	buf_finish(&out);
	return copy;
}

#define HOST "GET / HTTP/1.1\r\nHost: a.test\r\n"

static void stands_in_for_a_gateway(void **state)
{
	(void)state;
	assert_str(forward(HOST "X-A: 1\r\n\r\n", POLICY_GATEWAY, &plain),
		   HOST "X-A: 1\r\nVia: 1.1 ingress2gw\r\nX-Forwarded-For: 192.0.2.1\r\n"
			"X-Forwarded-Host: a.test\r\nX-Forwarded-Proto: http\r\n"
			"X-Request-ID: fresh\r\n\r\n");
	assert_str(forward(HOST "x-request-id: mine\r\nX-Forwarded-For: 6.6.6.6\r\nProxy: evil\r\n"
				"X-Forwarded-For:\r\nX-Forwarded-Proto: gopher\r\nX-Forwarded-For: "
				", \r\nVia: 1.0 x\r\n"
				"X-Forwarded-For: 7.7.7.7\r\ntraceparent: 00-1\r\n\r\n",
			   POLICY_GATEWAY, &secure),
		   HOST
		   "x-request-id: mine\r\nX-Forwarded-For: 6.6.6.6, ,, 7.7.7.7, 192.0.2.1\r\n"
		   "X-Forwarded-Proto: https\r\nVia: 1.0 x, 1.1 ingress2gw\r\ntraceparent: 00-1\r\n"
		   "X-Forwarded-Host: a.test\r\n\r\n");
}

static void stands_in_for_ingress_nginx(void **state)
{
	(void)state;
	assert_str(
		forward(HOST
			"X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Host: evil.test\r\n"
			"X-Original-Forwarded-For: 5.5.5.5\r\nX_A: 1\r\nX!A: 1\r\nX-A: 1\r\n\r\n",
			POLICY_INGRESS_NGINX, &secure),
		HOST "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Host: a.test\r\n"
		     "X-Original-Forwarded-For: 6.6.6.6\r\nX-A: 1\r\n"
		     "X-Original-Forwarded-Host: evil.test\r\nX-Forwarded-Port: 443\r\n"
		     "X-Forwarded-Proto: https\r\nX-Forwarded-Scheme: https\r\n"
		     "X-Real-IP: 192.0.2.1\r\nX-Request-ID: fresh\r\nX-Scheme: https\r\n\r\n");
	/* A client without X-Forwarded-For cannot say what it once was. */
	assert_true(str_find_str(forward(HOST "X-Original-Forwarded-For: 5.5.5.5\r\n\r\n",
					 POLICY_INGRESS_NGINX, &plain),
				 "5.5.5.5") == SIZE_MAX);
	assert_true(str_find_str(forward(HOST "\r\n", POLICY_INGRESS_NGINX, &plain),
				 "X-Forwarded-Port: 8080\r\n") != SIZE_MAX);
}

static void nominated_fields_go_before_ours_come(void **state)
{
	struct str sent = forward(HOST "Connection: X-Forwarded-For, X-Mine\r\nX-Mine: 1\r\n"
				       "X-Forwarded-For: 6.6.6.6\r\n\r\n",
				  POLICY_GATEWAY, &plain);

	(void)state;
	assert_true(str_find_str(sent, "X-Forwarded-For: 192.0.2.1\r\n") != SIZE_MAX);
	assert_true(str_find_str(sent, "6.6.6.6") == SIZE_MAX);
	assert_true(str_find_str(sent, "X-Mine") == SIZE_MAX);
}

static void twins_of_known_names_are_dropped(void **state)
{
	struct str sent =
		forward(HOST "Transfer_Encoding: chunked\r\nX_Real-IP: 6.6.6.6\r\nX_A: 1\r\n\r\n",
			POLICY_GATEWAY, &plain);

	(void)state;
	assert_true(str_find_str(sent, "chunked") == SIZE_MAX);
	assert_true(str_find_str(sent, "6.6.6.6") == SIZE_MAX);
	assert_true(str_find_str(sent, "X_A: 1\r\n") != SIZE_MAX);
}

static unsigned answer(const char *text)
{
	struct head head;

	parse(&head, text);
	return policy_answer(&head);
}

static void answers_what_stops_here(void **state)
{
	(void)state;
	assert_int_equal(answer(HOST "\r\n"), 0);
	assert_int_equal(answer("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
	assert_int_equal(answer("OPTIONS / HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n"), 200);
	assert_int_equal(answer("TRACE / HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n"), 405);
	assert_int_equal(answer(HOST "Max-Forwards: 0\r\n\r\n"), 0);
	assert_int_equal(answer(HOST "Expect: frob\r\n\r\n"), 417);
	assert_int_equal(answer(HOST "Expect: y 100-continue\r\n\r\n"), 417);
	assert_int_equal(answer("GET / HTTP/1.0\r\nHost: a\r\nExpect: frob\r\n\r\n"), 0);
}

static void counts_down(void **state)
{
	(void)state;
	assert_true(str_find_str(forward("TRACE / HTTP/1.1\r\nHost: a\r\nMax-Forwards: 10\r\n\r\n",
					 POLICY_GATEWAY, &plain),
				 "Max-Forwards: 9\r\n") != SIZE_MAX);
	assert_true(str_find_str(forward(HOST "Max-Forwards: 10\r\n\r\n", POLICY_GATEWAY, &plain),
				 "Max-Forwards: 10\r\n") != SIZE_MAX);
}

static void expects_only_with_content(void **state)
{
	(void)state;
	assert_true(
		str_find_str(forward(HOST "Expect: 100-continue\r\n\r\n", POLICY_GATEWAY, &plain),
			     "Expect") == SIZE_MAX);
	assert_true(str_find_str(forward("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n"
					 "Content-Length: 3\r\n\r\n",
					 POLICY_GATEWAY, &plain),
				 "Expect: 100-Continue\r\n") != SIZE_MAX);
}

static void edits_responses(void **state)
{
	struct head head;

	(void)state;
	head_init(&head, &arena);
	head.status = 200;
	head_add(&head, STR("Server"), STR("x"));
	head_add(&head, STR("x-accel-redirect"), STR("/secret"));
	policy_response(&head, POLICY_GATEWAY, STR("now"));
	assert_str(head_value(&head, HEAD_SERVER), "x");
	assert_str(head_value(&head, HEAD_DATE), "now");
	policy_response(&head, POLICY_INGRESS_NGINX, STR("later"));
	assert_str(head_value(&head, HEAD_SERVER), "");
	assert_str(head_value(&head, HEAD_DATE), "now");
	assert_int_equal(head.ids[1], HEAD_GONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stands_in_for_a_gateway),
		cmocka_unit_test(stands_in_for_ingress_nginx),
		cmocka_unit_test(nominated_fields_go_before_ours_come),
		cmocka_unit_test(twins_of_known_names_are_dropped),
		cmocka_unit_test(answers_what_stops_here),
		cmocka_unit_test(counts_down),
		cmocka_unit_test(expects_only_with_content),
		cmocka_unit_test(edits_responses),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
