/* Servers of stream snippets. */
#include "snippet_case.h"

static void assert_l4(const char *text, enum l4_kind kind, unsigned port, const char *backend)
{
	struct snippet_actions actions = read_at(SNIPPET_STREAM, text);
	struct snippet_action *action = &actions.at[actions.count - 1];

	if (action->kind != SNIPPET_L4)
		fail_msg("'%s': %.*s", text, STR_ARG(action->message));
	struct model_backend *got = &action->l4.backend;
	struct str words = str_format(&arena, "%.*s/%.*s:%u", STR_ARG(got->namespace),
				      STR_ARG(got->name), got->port);

	assert_int_equal(action->l4.kind, kind);
	assert_int_equal(action->l4.port, port);
	assert_string_equal(words.at, backend);
	assert_string_equal(got->kind, "Service");
	assert_string_equal(action->code, "I2G248");
}

static void plain_servers_are_routes(void **state)
{
	(void)state;
	assert_l4("server { listen 9000; proxy_pass db.data.svc.cluster.local:5432; }", L4_TCP,
		  9000, "data/db:5432");
	assert_l4("server { listen 53 udp reuseport; proxy_pass dns.infra:53; proxy_timeout 1s; }",
		  L4_UDP, 53, "infra/dns:53");
	assert_l4("server { listen 0.0.0.0:9000; listen [::]:9000; proxy_pass db.data.svc:1; }",
		  L4_TCP, 9000, "data/db:1");
	assert_l4("upstream up { server db.data.svc:5432; } server { listen 9000; proxy_pass up; }",
		  L4_TCP, 9000, "data/db:5432");
}

static void two_ports_are_two_routes(void **state)
{
	struct snippet_actions actions =
		read_at(SNIPPET_STREAM, "server { listen 53; listen 53 udp; listen [::]:53; "
					"proxy_pass dns.infra.svc:53; }");

	(void)state;
	assert_int_equal(actions.count, 2);
	assert_int_equal(actions.at[0].l4.kind, L4_TCP);
	assert_int_equal(actions.at[1].l4.kind, L4_UDP);
}

static void other_servers_are_refused(void **state)
{
	static const char *const servers[] = {
		"server { listen 9000; proxy_pass db:5432; }",
		"server { listen 9000; proxy_pass db.data.svc; }",
		"server { listen 9000; proxy_pass $up:1; }",
		"server { listen 9000; proxy_pass 10.0.0.1:5432; }",
		"server { listen 9000; proxy_pass db.data.svc:1/x; }",
		"server { listen 9000; }",
		"server { proxy_pass db.data.svc:1; }",
		"server { listen 9000 ssl; proxy_pass db.data.svc:1; }",
		"server { listen unix:/x; proxy_pass db.data.svc:1; }",
		"server { listen 127.0.0.1:9000; proxy_pass db.data.svc:1; }",
		"server { listen 0; proxy_pass db.data.svc:1; }",
		"server { listen 70000; proxy_pass db.data.svc:1; }",
		"server { listen 9000; proxy_pass db.data.svc:1; proxy_ssl on; }",
		"server { listen 9000; proxy_pass db.data.svc:1; proxy_pass db.data.svc:2; }",
		"map $a $b { x y; }",
		"log_format a b;",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(servers) / sizeof(*servers); i++) {
		struct snippet_action action = one_at(SNIPPET_STREAM, servers[i]);

		if (action.kind != SNIPPET_REFUSED || action.guard)
			fail_msg("'%s' is of kind %d", servers[i], (int)action.kind);
	}
	struct snippet_actions actions =
		read_at(SNIPPET_STREAM, "upstream up { server a.b.svc:1; server c.b.svc:1; } "
					"server { listen 9000; proxy_pass up; }");

	assert_int_equal(actions.at[0].kind, SNIPPET_INERT);
	assert_int_equal(actions.at[1].kind, SNIPPET_REFUSED);
	assert_true(one_at(SNIPPET_STREAM,
			   "server { listen 9000; deny all; proxy_pass db.data.svc:1; }")
			    .guard);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(plain_servers_are_routes),
		TEST(two_ports_are_two_routes),
		TEST(other_servers_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
