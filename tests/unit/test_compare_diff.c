/* Verdicts, noise, shares, groups of a comparison, without sockets: answers are made here. */
#include "test.h"

#include "compare/diff.h"

static struct arena arena;
static struct diff_run run;

static int setup(void **state)
{
	(void)state;
	arena_init(&arena);
	diff_init(&run, NULL, NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	diff_finish(&run);
	arena_finish(&arena);
	return 0;
}

/* ---- answers and probes ---- */

static struct probe probe_to(uint32_t number, const char *host, const char *target)
{
	return (struct probe){
		.number = number,
		.request = {.port = 80, .authority = str_from(host), .target = str_from(target)},
		.origin = STR("generated"),
	};
}

static struct answer answer(unsigned status, const char *header, struct str body)
{
	struct answer made = {.status = status, .body = body, .body_length = body.len};
	struct answer_header *headers = arena_array(&arena, struct answer_header, 1);
	struct str text = str_from(header);
	size_t colon = str_find(text, ':');
	uint64_t hash = str_hash(body);

	if (colon != SIZE_MAX) {
		*headers = (struct answer_header){str_sub(text, 0, colon),
						  str_trim(str_from_pos(text, colon + 1))};
		made.headers = headers;
		made.header_count = 1;
	}
	memcpy(made.body_hash, &hash, sizeof hash);
	return made;
}

static struct answer from_backend(const char *backend)
{
	struct answer made = answer(200, "", STR("ok"));

	made.backend = str_from(backend);
	return made;
}

static void take(uint32_t number, const char *target, struct answer live, struct answer again,
		 struct answer candidate)
{
	struct probe probe = probe_to(number, "a.example", target);

	diff_take(&run, &probe, &live, &again, &candidate);
}

/* Hosts that were seen are found again, however many there are and however they are written. */
static void hosts_are_counted_once(void **state)
{
	struct answer a = answer(200, "x-a: 1", STR("ok"));

	(void)state;
	for (uint32_t round = 0; round < 2; round++)
		for (uint32_t i = 0; i < 500; i++) {
			char name[32];

			for (uint32_t k = 0; k <= i; k += 1 + i / 4) {
				struct probe probe;

				snprintf(name, sizeof name, "%c%u.example", round ? 'H' : 'h', k);
				probe = probe_to(i, name, "/");
				diff_take(&run, &probe, &a, &a, &a);
			}
		}
	diff_end(&run);
	assert_int_equal(run.equal, run.asked);
	for (size_t i = 0; i < run.host_count; i++)
		assert_true(str_ends(run.hosts[i].host, ".example") &&
			    run.hosts[i].host.at[0] == 'h');
	for (size_t i = 1; i < run.host_count; i++)
		assert_true(str_cmp(run.hosts[i - 1].host, run.hosts[i].host) < 0);
}

/* ---- verdicts ---- */

static void equal_probes_leave_counts_only(void **state)
{
	struct answer a = answer(200, "x-a: 1", STR("ok"));

	(void)state;
	for (uint32_t i = 1; i <= 10; i++)
		take(i, "/x", a, a, a);
	diff_end(&run);
	assert_int_equal(run.asked, 10);
	assert_int_equal(run.equal, 10);
	assert_int_equal(run.result_count, 0);
	assert_int_equal(run.group_count, 0);
	assert_int_equal(run.host_count, 1);
	assert_str(run.hosts[0].host, "a.example");
	assert_int_equal(run.hosts[0].equal, 10);
}

static void a_status_is_told_without_what_follows(void **state)
{
	struct answer a = answer(200, "x-a: 1", STR("ok")), b = answer(404, "", STR("none"));

	(void)state;
	take(1, "/x", a, a, b);
	diff_end(&run);
	assert_int_equal(run.different, 1);
	assert_int_equal(run.results[0].fact_count, 1);
	assert_int_equal(run.results[0].facts[0].kind, FACT_STATUS);
	assert_int_equal(run.results[0].live->status, 200);
	assert_int_equal(run.results[0].candidate->status, 404);
	assert_false(run.results[0].predicted);
	assert_int_equal(run.results[0].group, 0);
	assert_ptr_equal(run.groups[0].example, &run.results[0]);
}

static void who_does_not_agree_with_himself_is_flaky(void **state)
{
	struct answer a = answer(200, "", STR("ok")), b = answer(503, "", STR("no"));
	struct answer cut = {.failure = ANSWER_CUT};

	(void)state;
	take(1, "/x", a, b, a);
	take(2, "/x", from_backend("w/a"), from_backend("w/b"), from_backend("w/a"));
	take(3, "/x", a, cut, a);
	diff_end(&run);
	assert_int_equal(run.flaky, 3);
	assert_int_equal(run.equal + run.different, 0);
	assert_int_equal(run.result_count, 3);
	assert_int_equal(run.results[0].group, DIFF_NO_GROUP);
	assert_str(run.results[0].facts[0].live, "200");
	assert_str(run.results[0].facts[0].candidate, "503");
	assert_int_equal(run.results[1].facts[0].kind, FACT_BACKEND);
	assert_int_equal(run.hosts[0].flaky, 3);
}

static void who_says_nothing_was_not_asked(void **state)
{
	struct answer a = answer(200, "", STR("ok"));
	struct answer refused = {.failure = ANSWER_REFUSED}, cut = {.failure = ANSWER_CUT};
	struct answer late = {.failure = ANSWER_TIMEOUT};
	struct probe probe = probe_to(9, "b.example", "/");

	(void)state;
	take(1, "/x", refused, refused, a);
	take(5, "/x", refused, late, a);
	diff_take(&run, &probe, NULL, NULL, NULL);
	diff_take(&run, &probe, &a, &a, NULL);
	/* Both end the connection without a word: that is no HTTP. One of them does: that is an answer. */
	take(2, "/x", cut, cut, cut);
	take(3, "/x", cut, cut, a);
	take(4, "/x", a, a, refused);
	diff_end(&run);
	assert_int_equal(run.unasked, 5);
	assert_int_equal(run.flaky, 0);
	assert_int_equal(run.equal, 0);
	assert_int_equal(run.different, 2);
	assert_int_equal(run.live.failed, 2);
	assert_int_equal(run.candidate.failed, 1);
	assert_int_equal(run.hosts[1].unasked, 2);
	assert_int_equal(run.asked, 7);
}

static void one_answer_is_enough(void **state)
{
	struct answer a = answer(200, "", STR("ok")), b = answer(200, "", STR("ko"));
	struct probe probe = probe_to(1, "a.example", "/");

	(void)state;
	diff_take(&run, &probe, &a, NULL, &a);
	diff_take(&run, &probe, &a, NULL, &b);
	diff_end(&run);
	assert_int_equal(run.equal, 1);
	assert_int_equal(run.different, 1);
}

/* ---- noise ---- */

static struct answer with_header(const char *value)
{
	return answer(200, value, STR("ok"));
}

static void noise_is_learned_late_too(void **state)
{
	(void)state;
	take(1, "/x", with_header("x-pod: 1"), with_header("x-pod: 1"), with_header("x-pod: 2"));
	assert_int_equal(diff_so_far(&run), 1);
	take(2, "/x", with_header("x-pod: 1"), with_header("x-pod: 2"), with_header("x-pod: 3"));
	/* Another route keeps its own counsel. */
	take(3, "/y", with_header("x-pod: 1"), with_header("x-pod: 1"), with_header("x-pod: 2"));
	/* A value is noise; that the header is lost is not. */
	take(4, "/x", with_header("x-pod: 1"), with_header("x-pod: 2"), with_header(""));
	diff_end(&run);
	assert_int_equal(run.equal, 2);
	assert_int_equal(run.different, 2);
	assert_int_equal(run.results[0].probe.number, 3);
	assert_int_equal(run.results[1].probe.number, 4);
	assert_int_equal(run.noise_count, 1);
	assert_str(run.noise[0], "header x-pod");
}

/* One pair says little about a header with two values; three other routes say more, twelve pairs most. */
static void rare_routes_take_the_noise_of_others(void **state)
{
	uint32_t number = 1;

	(void)state;
	for (; number <= 3; number++)
		take(number, str_format(&arena, "/%c", 'a' + number).at, with_header("x-pod: 1"),
		     with_header("x-pod: 2"), with_header("x-pod: 1"));
	take(number++, "/rare", with_header("x-pod: 1"), with_header("x-pod: 1"),
	     with_header("x-pod: 2"));
	take(number++, "/rare", with_header("x-pod: 1"), with_header("x-pod: 1"), with_header(""));
	for (; number < 20; number++)
		take(number, "/often", with_header("x-pod: 1"), with_header("x-pod: 1"),
		     with_header("x-pod: 2"));
	diff_end(&run);
	assert_int_equal(run.equal, 4);
	assert_int_equal(run.results[0].probe.number, 5);
	assert_int_equal(run.different, 15);
}

static struct answer with_json(const char *text)
{
	return answer(200, "content-type: application/json", str_from(text));
}

static void noise_of_json_has_paths(void **state)
{
	(void)state;
	take(1, "/x/1", with_json("{\"t\":1,\"a\":1}"), with_json("{\"t\":2,\"a\":1}"),
	     with_json("{\"t\":3,\"a\":1}"));
	take(2, "/x/2", with_json("{\"t\":1,\"a\":1}"), with_json("{\"t\":2,\"a\":1}"),
	     with_json("{\"t\":3,\"a\":2}"));
	/* Below noise is noise. */
	take(3, "/x/3", with_json("{\"t\":{\"u\":1}}"), with_json("{\"t\":{\"u\":1}}"),
	     with_json("{\"t\":{\"u\":2}}"));
	diff_end(&run);
	assert_int_equal(run.equal, 2);
	assert_int_equal(run.different, 1);
	assert_int_equal(run.results[0].fact_count, 1);
	assert_str(run.results[0].facts[0].name, "$.a");
}

static void lines_that_move_are_noise(void **state)
{
	static const char *const texts[][2] = {
		{"a\nb\nc", "x\nb\nc"}, {"a\nb\nc", "a\nx\nc"}, {"a\nb\nc", "a\nb\nx"}};

	(void)state;
	for (uint32_t i = 0; i < 3; i++)
		take(i + 1, "/x", answer(200, "", str_from(texts[i][0])),
		     answer(200, "", str_from(texts[i][1])),
		     answer(200, "", str_from(texts[i][0])));
	take(4, "/x", answer(200, "", STR("a\nb\nc\nd")), answer(200, "", STR("a\nb\nc\nd")),
	     answer(200, "", STR("a\nb\nc\ne")));
	diff_end(&run);
	assert_int_equal(run.equal, 4);
}

/* ---- groups ---- */

static void differences_of_one_cause_are_a_group(void **state)
{
	struct answer a = answer(200, "x-a: 1", STR("ok")), b = answer(200, "", STR("ok"));
	struct answer moved = answer(301, "", STR("")), found = answer(302, "", STR(""));
	struct answer gone = answer(404, "", STR(""));

	(void)state;
	take(1, "/longer", a, a, b);
	take(2, "/x", moved, moved, found);
	take(3, "/s", a, a, b);
	take(4, "/x", moved, moved, gone);
	diff_end(&run);
	assert_int_equal(run.group_count, 3);
	assert_int_equal(run.groups[0].count, 2);
	assert_int_equal(run.groups[0].example->probe.number, 3);
	assert_int_equal(run.results[0].group, 0);
	assert_int_equal(run.results[1].group, 1);
	assert_int_equal(run.results[2].group, 0);
	assert_int_equal(run.results[3].group, 2);
	assert_int_equal(run.groups[2].count, 1);
	assert_str(run.results[3].probe.request.target, "/x");
}

/* ---- shares ---- */

static uint64_t seed;

static uint32_t draw(uint32_t below)
{
	uint64_t made = seed += 0x9e3779b97f4a7c15u; /* splitmix64 */

	made = (made ^ made >> 30) * 0xbf58476d1ce4e5b9u;
	made = (made ^ made >> 27) * 0x94d049bb133111ebu;
	return (uint32_t)((made ^ made >> 31) % below);
}

static struct answer by_lot(uint32_t percent)
{
	return from_backend(draw(100) < percent ? "web/canary" : "web/stable");
}

static void draws_of(uint32_t number, uint32_t count, uint32_t live, uint32_t candidate)
{
	struct probe probe = probe_to(number, "a.example", "/");

	probe.draws = count;
	for (uint32_t i = 0; i < count; i++) {
		struct answer a = by_lot(live), b = by_lot(live), c = by_lot(candidate);

		diff_take(&run, &probe, &a, &b, &c);
	}
}

static void shares_are_compared_by_statistics(void **state)
{
	(void)state;
	seed = 1;
	draws_of(1, 500, 10, 10);
	draws_of(2, 500, 10, 25);
	diff_end(&run);
	assert_int_equal(run.asked, 2);
	assert_int_equal(run.equal, 1);
	assert_int_equal(run.different, 1);
	assert_int_equal(run.results[0].probe.number, 2);
	assert_int_equal(run.results[0].facts[0].kind, FACT_SHARE);
	assert_str(run.results[0].facts[0].name, "web/canary");
}

static void equal_shares_give_no_alarm(void **state)
{
	(void)state;
	seed = 2;
	for (uint32_t round = 0; round < 20; round++) {
		for (uint32_t i = 1; i <= 1000; i++)
			draws_of(i, 60, 1 + i % 50, 1 + i % 50);
		diff_end(&run);
		assert_int_equal(run.equal, 1000);
		diff_finish(&run);
		diff_init(&run, NULL, NULL);
	}
}

static void a_draw_that_always_fails_needs_no_statistics(void **state)
{
	struct probe probe = probe_to(1, "a.example", "/");
	struct answer a = from_backend("web/a"), failed = answer(502, "", STR(""));
	struct answer refused = {.failure = ANSWER_REFUSED}, ended = {.failure = ANSWER_HANDSHAKE};
	struct answer untrusted = {.failure = ANSWER_UNTRUSTED};

	(void)state;
	probe.draws = 3;
	for (int i = 0; i < 3; i++)
		diff_take(&run, &probe, &a, &a, &failed);
	probe.number = 2;
	for (int i = 0; i < 3; i++)
		diff_take(&run, &probe, &a, &a, &refused);
	probe.number = 3;
	for (int i = 0; i < 3; i++)
		diff_take(&run, &probe, &refused, &refused, &a);
	/* It is we who hang up on a server that cannot prove who it is. */
	probe.number = 4;
	for (int i = 0; i < 3; i++)
		diff_take(&run, &probe, &untrusted, &untrusted, &ended);
	probe.number = 5;
	for (int i = 0; i < 3; i++)
		diff_take(&run, &probe, &a, &a, &untrusted);
	diff_end(&run);
	assert_int_equal(run.different, 2);
	assert_int_equal(run.unasked, 3);
	assert_int_equal(run.live.failed, 1);
	assert_int_equal(run.candidate.failed, 1);
	assert_int_equal(run.results[0].facts[0].kind, FACT_STATUS);
	assert_str(run.results[0].facts[0].candidate, "502");
	assert_int_equal(run.results[1].facts[0].kind, FACT_REACH);
}

/* Headers of draws are compared backend by backend. */
static void draws_are_compared_by_backend(void **state)
{
	struct probe probe = probe_to(1, "a.example", "/");

	(void)state;
	seed = 3;
	probe.draws = 200;
	for (uint32_t i = 0; i < 200; i++) {
		struct answer answers[3];

		for (int k = 0; k < 3; k++) {
			bool canary = draw(2);

			answers[k] =
				answer(200, canary ? "x-version: 2" : "x-version: 1", STR("ok"));
			answers[k].backend = canary ? STR("web/b") : STR("web/a");
			if (k == 2 && canary)
				answers[k].header_count = 0;
		}
		diff_take(&run, &probe, &answers[0], &answers[1], &answers[2]);
	}
	diff_end(&run);
	assert_int_equal(run.different, 1);
	assert_int_equal(run.results[0].fact_count, 1);
	assert_int_equal(run.results[0].facts[0].kind, FACT_HEADER);
	assert_str(run.results[0].facts[0].live, "2");
}

/* Answers are cut where there is no more room for them: the two sides of a comparison must not be cut unlike. */
static void many_draws_stay_comparable(void **state)
{
	struct str big = {memset(arena_bytes(&arena, 60000), 'x', 60000), 60000};
	struct answer a = answer(200, "x-a: 1", big);

	(void)state;
	a.backend = STR("web/a");
	for (uint32_t i = 1; i <= 2000; i++) {
		struct probe probe = probe_to(i, "a.example", "/");

		probe.draws = 2;
		diff_take(&run, &probe, &a, &a, &a);
		diff_take(&run, &probe, &a, &a, &a);
	}
	diff_end(&run);
	assert_int_equal(run.equal, 2000);
	assert_in_range(run.arena.used, 0, 60 * 1024 * 1024);
}

/* What differs for all backends is one fact, and is found whoever answers first. */
static void each_backend_is_compared_once(void **state)
{
	struct probe probe = probe_to(1, "a.example", "/");

	(void)state;
	probe.draws = 4;
	for (int i = 0; i < 4; i++) {
		struct answer live = answer(200, "x-a: 1", STR("ok"));
		struct answer candidate = answer(200, "", STR("ok"));

		live.backend = i % 2 ? STR("web/a") : STR("web/b");
		candidate.backend = i % 2 ? STR("web/b") : STR("web/a");
		diff_take(&run, &probe, &live, &live, &candidate);
	}
	diff_end(&run);
	assert_int_equal(run.different, 1);
	assert_int_equal(run.results[0].fact_count, 1);
	assert_str(run.results[0].facts[0].name, "x-a");
	assert_str(run.results[0].live->backend, "web/b");
	assert_str(run.results[0].candidate->backend, "web/b");
}

static void a_client_must_stay(void **state)
{
	struct probe probe = probe_to(1, "a.example", "/");

	(void)state;
	seed = 4;
	probe.draws = 30;
	probe.follows = true;
	for (uint32_t i = 0; i < 30; i++) {
		struct answer stays = from_backend("web/a"), moves = by_lot(50);

		probe.number = 1;
		diff_take(&run, &probe, &stays, &stays, &stays);
		probe.number = 2;
		diff_take(&run, &probe, &stays, &stays, &moves);
		probe.number = 3;
		diff_take(&run, &probe, &moves, &moves, &moves);
	}
	diff_end(&run);
	assert_int_equal(run.equal, 2);
	assert_int_equal(run.different, 1);
	assert_int_equal(run.results[0].probe.number, 2);
	assert_int_equal(run.results[0].facts[0].kind, FACT_SESSION);
	assert_str(run.results[0].facts[0].live, "stayed with web/a");
}

/* ---- latency ---- */

static void latency_has_percentiles(void **state)
{
	struct answer a = answer(200, "", STR("ok"));

	(void)state;
	for (uint32_t i = 1; i <= 1000; i++) {
		a.micros = i;
		take(i, "/", a, a, a);
	}
	diff_end(&run);
	assert_int_equal(run.live.latency.p50, 500);
	assert_int_equal(run.live.latency.p90, 900);
	assert_int_equal(run.candidate.latency.p99, 990);
	assert_int_equal(run.candidate.latency.most, 1000);
}

static void slow_answers_are_near_enough(void **state)
{
	static const int64_t times[] = {INT64_MIN, -1, 0, 123456, 98765432, INT64_MAX};
	struct answer a = answer(200, "", STR("ok"));

	(void)state;
	for (uint32_t i = 0; i < 6; i++) {
		a.micros = times[i];
		take(i, "/", a, a, a);
	}
	diff_end(&run);
	assert_in_range(run.live.latency.p50, 0, 0);
	assert_in_range(run.live.latency.p90, 98765432 - 200000, INT64_MAX);
	assert_true(run.live.latency.most == INT64_MAX);
}

/* ---- what is kept ---- */

static void secrets_and_large_bodies_are_not_kept(void **state)
{
	struct str big = {memset(arena_bytes(&arena, 60000), 'x', 60000), 60000};
	struct answer a = answer(200, "set-cookie: sid=secret; Path=/", big);
	struct answer b = answer(404, "set-cookie: sid=secret", big);

	(void)state;
	for (uint32_t i = 1; i <= 10000; i++)
		take(i, "/", a, a, b);
	diff_end(&run);
	assert_int_equal(run.different, 10000);
	assert_int_equal(run.group_count, 1);
	assert_str(run.results[0].live->headers[0].value, "sid=REDACTED; Path=/");
	assert_str(run.results[0].candidate->headers[0].value, "sid=REDACTED");
	assert_in_range(run.results[0].live->body.len, 1, 16 * 1024);
	assert_in_range(run.arena.used, 0, 60 * 1024 * 1024);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(equal_probes_leave_counts_only, setup, teardown),
		cmocka_unit_test_setup_teardown(hosts_are_counted_once, setup, teardown),
		cmocka_unit_test_setup_teardown(a_status_is_told_without_what_follows, setup,
						teardown),
		cmocka_unit_test_setup_teardown(who_does_not_agree_with_himself_is_flaky, setup,
						teardown),
		cmocka_unit_test_setup_teardown(who_says_nothing_was_not_asked, setup, teardown),
		cmocka_unit_test_setup_teardown(one_answer_is_enough, setup, teardown),
		cmocka_unit_test_setup_teardown(noise_is_learned_late_too, setup, teardown),
		cmocka_unit_test_setup_teardown(rare_routes_take_the_noise_of_others, setup,
						teardown),
		cmocka_unit_test_setup_teardown(noise_of_json_has_paths, setup, teardown),
		cmocka_unit_test_setup_teardown(lines_that_move_are_noise, setup, teardown),
		cmocka_unit_test_setup_teardown(differences_of_one_cause_are_a_group, setup,
						teardown),
		cmocka_unit_test_setup_teardown(shares_are_compared_by_statistics, setup, teardown),
		cmocka_unit_test_setup_teardown(equal_shares_give_no_alarm, setup, teardown),
		cmocka_unit_test_setup_teardown(a_draw_that_always_fails_needs_no_statistics, setup,
						teardown),
		cmocka_unit_test_setup_teardown(draws_are_compared_by_backend, setup, teardown),
		cmocka_unit_test_setup_teardown(many_draws_stay_comparable, setup, teardown),
		cmocka_unit_test_setup_teardown(each_backend_is_compared_once, setup, teardown),
		cmocka_unit_test_setup_teardown(a_client_must_stay, setup, teardown),
		cmocka_unit_test_setup_teardown(latency_has_percentiles, setup, teardown),
		cmocka_unit_test_setup_teardown(slow_answers_are_near_enough, setup, teardown),
		cmocka_unit_test_setup_teardown(secrets_and_large_bodies_are_not_kept, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
