/* What carries guards out: limits on a clock of the test's own, hashes of passwords, variables of nginx. */
#include "test.h"

#include <stdio.h>

#include "proxy/client_limits.h"
#include "proxy/credentials.h"
#include "proxy/htpasswd.h"
#include "proxy/net.h"
#include "proxy/protobuf.h"

/* ---- limits ---- */

static struct limits limits;
static int64_t now;

static struct route_address client(unsigned char last)
{
	return (struct route_address){
		.known = true, .at = {[10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2, [15] = last}};
}

static enum limits_verdict ask(const struct route_limits *of, unsigned char last)
{
	struct route_address address = client(last);
	bool held;

	return limits_enter(&limits, of, &address, now, &held);
}

static unsigned burst(const struct route_limits *of, unsigned char last, unsigned most)
{
	unsigned count = 0;

	while (count < most && ask(of, last) == LIMITS_PASS)
		count++;
	return count;
}

static int begin(void **state)
{
	(void)state;
	limits_init(&limits);
	now = 5000;
	return 0;
}

static int end(void **state)
{
	(void)state;
	limits_finish(&limits);
	return 0;
}

/* limit-rps: "5": 26 at once, then one every 200 ms. */
static void a_bucket_leaks(void **state)
{
	const struct route_limits of = {.zone = STR_INIT("a/b"), .rates = {{5000, 25000}}};

	(void)state;
	assert_int_equal(burst(&of, 1, 100), 26);
	assert_int_equal(burst(&of, 2, 100), 26);
	now += 199;
	assert_int_equal(burst(&of, 1, 100), 0);
	now += 1;
	assert_int_equal(burst(&of, 1, 100), 1);
	now += 1000;
	assert_int_equal(burst(&of, 1, 100), 5);
	now += 1000 * 1000;
	assert_int_equal(burst(&of, 1, 100), 26);
}

/* What one bucket refuses costs nothing in the other. */
static void both_buckets_hold(void **state)
{
	const struct route_limits of = {.zone = STR_INIT("a/b"),
					.rates = {{1000, 1000}, {100, 5000}}};
	unsigned passed = 0;

	(void)state;
	for (unsigned i = 0; i < 10; i++, now += 1000)
		passed += burst(&of, 1, 100);
	assert_int_equal(passed, 6);
}

static void zones_and_exempt_clients_are_apart(void **state)
{
	const struct route_network exempt = {.at = {[10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2},
					     .bits = 121};
	const struct route_limits one = {.zone = STR_INIT("a/b"),
					 .rates = {{1000, 1000}},
					 .exempt = &exempt,
					 .exempt_count = 1};
	const struct route_limits two = {.zone = STR_INIT("a/c"), .rates = {{1000, 1000}}};

	(void)state;
	assert_int_equal(burst(&one, 1, 50), 50);
	assert_int_equal(burst(&one, 200, 50), 2);
	assert_int_equal(burst(&two, 200, 50), 2);
}

static void requests_at_a_time_are_counted(void **state)
{
	const struct route_limits of = {.zone = STR_INIT("a/b"), .connections = 2};
	struct route_address one = client(1);
	bool held;

	(void)state;
	assert_int_equal(ask(&of, 1), LIMITS_PASS);
	assert_int_equal(limits_enter(&limits, &of, &one, now, &held), LIMITS_PASS);
	assert_true(held);
	assert_int_equal(limits_enter(&limits, &of, &one, now, &held), LIMITS_CONNECTIONS);
	assert_false(held);
	limits_leave(&limits, &of, &one);
	assert_int_equal(ask(&of, 1), LIMITS_PASS);
}

/* Memory is fixed: more clients than there is room for, and those that hold requests stay. */
static void many_clients_push_out_the_oldest(void **state)
{
	const struct route_limits of = {
		.zone = STR_INIT("a/b"), .rates = {{1, 1}}, .connections = 1};
	struct route_address address = client(1);
	unsigned refused = 0;
	bool held;

	(void)state;
	assert_int_equal(ask(&of, 1), LIMITS_PASS);
	for (uint32_t i = 0; i < 100000; i++) {
		struct route_address other = client(0);

		memcpy(other.at, &i, sizeof i);
		now++;
		if (limits_enter(&limits, &of, &other, now, &held) != LIMITS_PASS)
			refused++;
		else
			limits_leave(&limits, &of, &other);
	}
	assert_int_equal(refused, 0);
	now += 1000 * 1000;
	assert_int_equal(limits_enter(&limits, &of, &address, now, &held), LIMITS_CONNECTIONS);
}

/* ---- passwords ---- */

static void files_are_read_as_nginx_does(void **state)
{
	const struct str file =
		STR("# a:b\nann:one\nbob:two:comment\r\n:empty\nann:later\nlast:three");

	(void)state;
	assert_str(htpasswd_find(file, STR("ann")), "one");
	assert_str(htpasswd_find(file, STR("bob")), "two");
	assert_str(htpasswd_find(file, STR("last")), "three");
	assert_str(htpasswd_find(file, STR("# a")), "");
	assert_str(htpasswd_find(file, STR("comment")), "");
	assert_str(htpasswd_find((struct str){0}, STR("ann")), "");
}

static void strangers_have_a_stand_in(void **state)
{
	(void)state;
	assert_str(htpasswd_stand_in(STR("ann:{PLAIN}x\nbob:$apr1$a$b\ncyd:$1$a$b")), "$apr1$a$b");
	assert_str(htpasswd_stand_in(STR("# a:$1$a$b\nann:{PLAIN}x\nbob:{SHA}y")), "{PLAIN}x");
	assert_str(htpasswd_stand_in(STR("nobody")), "");
}

/* ---- addresses that are not asked ---- */

static void addresses_of_machines_are_known(void **state)
{
	static const struct {
		const char *text;
		bool of_machine;
	} cases[] = {
		{"169.254.169.254", true},
		{"169.254.0.1", true},
		{"169.253.255.255", false},
		{"169.255.0.0", false},
		{"100.100.100.200", true},
		{"100.100.100.201", false},
		{"127.0.0.1", false},
		{"10.0.0.1", false},
		{"fe80::1", true},
		{"febf:ffff::1", true},
		{"fec0::1", false},
		{"fd00:ec2::254", true},
		{"fd00:ec2::253", false},
		{"::ffff:169.254.169.254", true},
		{"::1", false},
		{"2001:db8::a9fe:a9fe", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct net_address address;

		assert_true(net_parse_bare(&address, str_from(cases[i].text)));
		assert_int_equal(net_is_of_machine(&address), cases[i].of_machine);
	}
}

/* Made by "openssl passwd -apr1" for lengths around the block of MD5. */
static void apr1_is_that_of_apache(void **state)
{
	static const struct {
		const char *password, *hash;
	} cases[] = {
		{"", "$apr1$abcdefgh$L.PT565ESX4Tp2bqNs7Ie."},
		{"a", "$apr1$xy$T6yk43HTfQwCY.mtbxwJ8/"},
		{"0123456789abcdef", "$apr1$abcdefgh$sxHfOFLANAYXeGF./FBFh."},
		{"0123456789abcdef0", "$apr1$abcdefgh$ESn6vIjGN14YkA7CrwCho/"},
		{"0123456789abcdef0123456789abcdefg", "$apr1$abcdefgh$DKc51uj0ygEoyP2SKd8B51"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_true(htpasswd_matches(str_from(cases[i].hash), str_from(cases[i].password)));
		assert_false(htpasswd_matches(str_from(cases[i].hash), STR("other")));
	}
}

static void costs_have_a_bound(void **state)
{
	(void)state;
	assert_int_equal(htpasswd_kind(STR("$6$rounds=100000$salt$x")), HTPASSWD_DEAR);
	assert_int_equal(htpasswd_kind(STR("$6$rounds=100001$salt$x")), HTPASSWD_TOO_DEAR);
	assert_int_equal(htpasswd_kind(STR("$5$rounds=99999999999999999999$salt$x")),
			 HTPASSWD_UNKNOWN);
	assert_int_equal(
		htpasswd_kind(STR("$2b$12$abcdefghijklmnopqrstuuVPvDkkQUG35MoUyKxVnqEHQW7ZvYWUW")),
		HTPASSWD_DEAR);
	assert_int_equal(
		htpasswd_kind(STR("$2b$13$abcdefghijklmnopqrstuuVPvDkkQUG35MoUyKxVnqEHQW7ZvYWUW")),
		HTPASSWD_TOO_DEAR);
	assert_int_equal(htpasswd_kind(STR("$2b$31$short")), HTPASSWD_UNKNOWN);
	assert_int_equal(htpasswd_kind(STR("$y$j9T$salt$x")), HTPASSWD_UNKNOWN);
	assert_int_equal(htpasswd_kind(STR("plain text")), HTPASSWD_UNKNOWN);
	assert_int_equal(htpasswd_kind((struct str){0}), HTPASSWD_UNKNOWN);
	assert_false(htpasswd_matches(STR("{SHA}W8r/fyL/UzygmbNAjq2HbA67qac"), STR("open sesame")));
	assert_true(htpasswd_matches(STR("{SHA}W8r/fyL/UzygmbNAjq2HbA67qac="), STR("open sesame")));
	assert_false(htpasswd_matches(STR("{SSHA}W8r/"), STR("")));
}

static int64_t clock_us;
static unsigned looks;

/* A second goes by between two looks: that of a hash. */
static int64_t slow_clock(void)
{
	if (looks++ & 1)
		clock_us += 1000 * 1000;
	return clock_us;
}

static enum credentials_verdict sign_in(struct credentials *credentials, const char *user,
					const char *password, bool stranger)
{
	const struct credentials_claim claim = {
		.user = str_from(user),
		.password = str_from(password),
		.hash = STR("$1$abcdefgh$9qMkHazuSy1Q8myEum7yb/"), /* of "open sesame" */
		.stranger = stranger};

	return credentials_check(credentials, &claim, slow_clock);
}

static void guesses_use_the_budget_up(void **state)
{
	const struct credentials_claim plain = {
		.user = STR("ann"), .password = STR("x"), .hash = STR("{PLAIN}x")};
	struct credentials credentials = {0};
	char guess[16];
	unsigned busy = 0;

	(void)state;
	assert_int_equal(sign_in(&credentials, "ann", "open sesame", false), CREDENTIALS_RIGHT);
	for (unsigned i = 0; i < 100; i++) {
		snprintf(guess, sizeof guess, "%u", i);
		busy += sign_in(&credentials, "ann", guess, false) == CREDENTIALS_BUSY;
	}
	assert_true(busy > 0 && busy < 100);
	assert_int_equal(sign_in(&credentials, "ann", "open sesame", false), CREDENTIALS_RIGHT);
	assert_int_equal(credentials_check(&credentials, &plain, slow_clock), CREDENTIALS_RIGHT);
	credentials_finish(&credentials);
}

/* Same work, same budget, and remembered alike; but nobody gets in with the password of whose hash stands in, not even
 * who has been that user. */
static void strangers_cost_what_users_cost(void **state)
{
	struct credentials credentials = {0};
	int64_t left;

	(void)state;
	looks = 0;
	assert_int_equal(sign_in(&credentials, "ann", "open sesame", false), CREDENTIALS_RIGHT);
	left = credentials.budget_us;
	credentials_finish(&credentials);
	credentials = (struct credentials){0};
	looks = 0;
	assert_int_equal(sign_in(&credentials, "bob", "open sesame", true), CREDENTIALS_WRONG);
	assert_int_equal(credentials.budget_us, left);
	looks = 0;
	assert_int_equal(sign_in(&credentials, "bob", "open sesame", true), CREDENTIALS_WRONG);
	assert_int_equal(looks, 1);
	assert_int_equal(sign_in(&credentials, "ann", "open sesame", false), CREDENTIALS_RIGHT);
	assert_int_equal(sign_in(&credentials, "ann", "open sesame", true), CREDENTIALS_WRONG);
	credentials_finish(&credentials);
}

/* ---- messages of Protocol Buffers ---- */

static size_t count_fields(struct str message, bool *broken)
{
	struct protobuf at = {.rest = message};
	size_t count = 0;

	while (protobuf_next(&at))
		count++;
	*broken = at.broken;
	return count;
}

static void messages_are_read_as_written(void **state)
{
	struct buf out;
	struct str message;
	bool broken;

	(void)state;
	buf_init(&out);
	protobuf_number(&out, 1, 300);
	protobuf_text(&out, 2, STR("text"));
	protobuf_pair(&out, 3, STR("key"), STR(""));
	protobuf_number(&out, 9, UINT64_MAX);
	protobuf_text(&out, 4, (struct str){0});
	message = buf_slice(&out);
	assert_int_equal(count_fields(message, &broken), 4);
	assert_false(broken);
	assert_int_equal(protobuf_find_number(message, 1, 0), 300);
	assert_true(protobuf_find_number(message, 9, 0) == UINT64_MAX);
	assert_int_equal(protobuf_find_number(message, 2, 7), 7);
	assert_str(protobuf_find(message, 2), "text");
	assert_str(protobuf_find(protobuf_find(message, 3), 1), "key");
	assert_str(protobuf_find(message, 4), "");
	/* Whatever is cut off or changed ends, within its bytes. */
	for (size_t len = 0; len < message.len; len++) {
		char *copy = malloc(len + 1);

		memcpy(copy, message.at, len);
		assert_true(count_fields((struct str){copy, len}, &broken) <= len);
		for (unsigned c = 0; c < 256 && len; c++) {
			copy[len / 2] = (char)c;
			assert_true(count_fields((struct str){copy, len}, &broken) <= len);
		}
		free(copy);
	}
	assert_int_equal(count_fields(STR("\x0b"), &broken), 0);
	assert_true(broken);
	assert_int_equal(
		count_fields(STR("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), &broken), 0);
	assert_true(broken);
	buf_finish(&out);
}

/* ---- variables ---- */

static void texts_expand(void **state)
{
	struct str values[ROUTE_VARIABLES] = {
		[ROUTE_VAR_HOST] = STR("h"), [ROUTE_VAR_URI] = STR("/u")};
	struct arena arena;

	(void)state;
	arena_init(&arena);
	assert_str(route_expand(STR("http://$host$uri?${host}x$host"), values, &arena),
		   "http://h/u?hxh");
	assert_str(route_expand(STR("nothing"), values, &arena), "nothing");
	assert_str(route_expand(STR("$"), values, &arena), "");
	assert_true(route_expands(STR("$host/${request_uri}")));
	assert_true(route_expands((struct str){0}));
	assert_false(route_expands(STR("$hostname")));
	assert_false(route_expands(STR("a$")));
	assert_str(route_escape(STR("/a b?c=d&~-._"), &arena), "%2Fa%20b%3Fc%3Dd%26~-._");
	arena_finish(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_bucket_leaks, begin, end),
		cmocka_unit_test_setup_teardown(both_buckets_hold, begin, end),
		cmocka_unit_test_setup_teardown(zones_and_exempt_clients_are_apart, begin, end),
		cmocka_unit_test_setup_teardown(requests_at_a_time_are_counted, begin, end),
		cmocka_unit_test_setup_teardown(many_clients_push_out_the_oldest, begin, end),
		cmocka_unit_test(files_are_read_as_nginx_does),
		cmocka_unit_test(strangers_have_a_stand_in),
		cmocka_unit_test(addresses_of_machines_are_known),
		cmocka_unit_test(apr1_is_that_of_apache),
		cmocka_unit_test(costs_have_a_bound),
		cmocka_unit_test(guesses_use_the_budget_up),
		cmocka_unit_test(strangers_cost_what_users_cost),
		cmocka_unit_test(messages_are_read_as_written),
		cmocka_unit_test(texts_expand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
