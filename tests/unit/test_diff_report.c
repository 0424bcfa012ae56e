#include "test.h"

#include "compare/report.h"

struct fixture {
	struct arena arena;
	struct sources sources;
	struct buf buf;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	arena_init(&f->arena);
	buf_init(&f->buf);
	sources_add(&f->sources, (struct source){.name = STR("deploy/shop.yaml"), .text = STR("")});
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	buf_finish(&f->buf);
	sources_finish(&f->sources);
	arena_finish(&f->arena);
	free(f);
	return 0;
}

static const struct finding path_case = {
	.code = "I2G204",
	.object = {STR_INIT("Ingress"), STR_INIT("web"), STR_INIT("shop")},
	.span = {0, 23, 19, 15},
	.path = STR_INIT("spec.rules[0].http.paths[0].path"),
	.message = STR_INIT("paths are matched without regard to case"),
};

static const struct answer ok = {.status = 200, .micros = 1000};
static const struct answer not_found = {.status = 404, .micros = 1000};
static const struct fact lost[] = {{FACT_STATUS, {NULL, 0}, STR_INIT("200"), STR_INIT("404")}};
static const struct fact header[] = {
	{FACT_HEADER, STR_INIT("x-powered-by"), STR_INIT("PHP/8.2"), {NULL, 0}}};

static struct diff_result result_of(uint32_t number, struct str target, const struct fact *facts)
{
	return (struct diff_result){
		.verdict = DIFF_DIFFERENT,
		.probe = {.number = number,
			  .origin = STR("generated"),
			  .request = {.tls = true,
				      .port = 443,
				      .authority = STR("shop.example.com"),
				      .target = target}},
		.facts = facts,
		.fact_count = 1,
		.live = &ok,
		.candidate = facts == lost ? &not_found : &ok,
		.finding = facts == lost ? &path_case : NULL,
		.span = {0, 4, 1, 1},
	};
}

/* Two causes: one header that nobody announced, and `count` lost pages that a finding did. */
static struct diff_run run_of(struct fixture *f, uint32_t first, size_t count)
{
	struct diff_run run = {.equal = 998 - count, .complete = true, .seed = 7};
	struct diff_host host = {.host = STR("shop.example.com")};

	run.live.name = STR("https://203.0.113.7");
	run.candidate.name = STR("serve");
	ARENA_PUSH(&f->arena, run.results, run.result_count, result_of(first, STR("/v1"), header));
	for (uint32_t i = 0; i < count; i++)
		ARENA_PUSH(&f->arena, run.results, run.result_count,
			   result_of(first + 1 + i, i ? STR("/Cart/long") : STR("/Cart"), lost));
	for (size_t i = 1; i < run.result_count; i++)
		run.results[i].group = 1;
	run.groups = arena_array(&f->arena, struct diff_group, 2);
	run.groups[0] = (struct diff_group){&run.results[0], NULL, false, NULL, 1};
	run.groups[1] = (struct diff_group){&run.results[1], &path_case, false, NULL, count};
	run.group_count = 2;
	run.different = 1 + count;
	run.asked = run.equal + run.different;
	host.equal = run.equal;
	host.different = run.different;
	ARENA_PUSH(&f->arena, run.hosts, run.host_count, host);
	return run;
}

static struct str write_as(struct fixture *f, const struct diff_run *run, const char *name)
{
	const struct diff_report report = {.run = run, .sources = &f->sources};
	const struct diff_format *format = diff_formats;

	while (strcmp(format->name, name) != 0)
		format++;
	buf_clear(&f->buf);
	format->write(&f->buf, &report);
	return str_dup(&f->arena, buf_slice(&f->buf));
}

static void text_is_loud_about_what_nobody_announced(void **state)
{
	struct fixture *f = *state;
	struct diff_run run = run_of(f, 1, 2);

	run.took = 50000000;
	assert_str(write_as(f, &run, "text"),
		   "GET https://shop.example.com/v1\n"
		   "= status 200\n"
		   "- header x-powered-by: PHP/8.2\n"
		   "+ header x-powered-by: (absent)\n"
		   "  NOT PREDICTED: the routes decide alike, deploy/shop.yaml:4\n"
		   "GET https://shop.example.com/Cart\n"
		   "- status 200\n"
		   "+ status 404\n"
		   "  I2G204 path-case, deploy/shop.yaml:23 (2 requests, -v shows them)\n"
		   "\n"
		   "999 requests at 20/s: 996 agree, 3 differ (1 not predicted).\n");
}

static void large_numbers_have_commas(void **state)
{
	struct fixture *f = *state;
	static const struct str ignored[] = {STR_INIT("date"), STR_INIT("server")};
	const struct diff_run run = {.asked = 1234567,
				     .equal = 1234567,
				     .complete = true,
				     .ignored = ignored,
				     .ignored_count = 2};

	assert_str(write_as(f, &run, "text"), "1,234,567 requests: 1,234,567 agree, 0 differ.  "
					      "Ignored: date, server.\n");
}

/* ---- joining ---- */

struct merged {
	struct diff_run run;
	struct sources sources;
	struct error error;
};

static void merged_init(struct merged *m)
{
	memset(m, 0, sizeof *m);
	arena_init(&m->run.arena);
}

static void merged_finish(struct merged *m)
{
	sources_finish(&m->sources);
	arena_finish(&m->run.arena);
}

static bool merge(struct merged *m, struct str json, const char *path)
{
	return diff_merge(&m->run, &m->sources, json, path, &m->error);
}

static struct str shard_of(struct fixture *f, uint32_t shard, uint32_t shards, uint64_t seed)
{
	struct diff_run run = run_of(f, shard * 100, shard);

	run.shard = shard;
	run.shards = shards;
	run.seed = seed;
	run.unsafe = 16; /* counted before it was divided */
	run.live.latency.p99 = shard * 10;
	return write_as(f, &run, "json");
}

static void shards_become_one(void **state)
{
	struct fixture *f = *state;
	struct merged m;

	merged_init(&m);
	assert_true(merge(&m, shard_of(f, 2, 2, 7), "b.json"));
	assert_true(merge(&m, shard_of(f, 1, 2, 7), "a.json"));
	assert_true(diff_merge_end(&m.run, &m.error));
	assert_int_equal(m.run.equal, 998 - 1 + 998 - 2);
	assert_int_equal(m.run.different, 5);
	assert_int_equal(m.run.unsafe, 16);
	assert_int_equal(m.run.result_count, 5);
	assert_int_equal(m.run.results[0].probe.number, 100);
	assert_int_equal(m.run.group_count, 2);
	assert_null(m.run.groups[0].finding);
	assert_int_equal(m.run.groups[0].count, 2);
	assert_int_equal(m.run.groups[1].count, 3);
	assert_str(m.run.groups[1].example->probe.request.target, "/Cart");
	assert_int_equal(m.run.host_count, 1);
	assert_int_equal(m.run.hosts[0].different, 5);
	assert_int_equal(m.run.live.latency.p99, 20);
	assert_int_equal(m.run.shards, 0);
	assert_int_equal(m.sources.count, 1);
	merged_finish(&m);
}

static void refuses(struct fixture *f, struct str first, struct str second, const char *why)
{
	struct merged m;

	merged_init(&m);
	if (first.at)
		assert_true(merge(&m, first, "a.json"));
	if (second.at)
		assert_false(merge(&m, second, "b.json"));
	else
		assert_false(diff_merge_end(&m.run, &m.error));
	assert_string_equal(m.error.text, why);
	merged_finish(&m);
	(void)f;
}

static void what_is_not_of_one_whole_is_refused(void **state)
{
	struct fixture *f = *state;
	struct str none = {NULL, 0};

	refuses(f, none, none, "there is no result to merge");
	refuses(f, shard_of(f, 1, 3, 7), none, "of 3 shards 2 are missing: 2, 3");
	refuses(f, shard_of(f, 1, 3, 7), shard_of(f, 1, 3, 7),
		"b.json:1:63: shard 1 of 3 comes twice, first in a.json");
	refuses(f, shard_of(f, 1, 3, 7), shard_of(f, 2, 4, 7),
		"b.json:1:63: this is a shard of 4, but a.json is one of 3: they are not of one "
		"whole");
	refuses(f, shard_of(f, 1, 3, 7), shard_of(f, 2, 3, 8),
		"b.json:1:51: the seed is another one than in a.json: they are not of one whole");
	refuses(f, shard_of(f, 0, 0, 7), shard_of(f, 0, 0, 7),
		"b.json:1:1: this is a whole result and a.json is one too: only shards can be "
		"merged (--shard)");
}

static void what_is_no_result_is_refused(void **state)
{
	struct fixture *f = *state;
	struct str none = {NULL, 0}, json = shard_of(f, 1, 2, 7);

	refuses(f, none, STR(""), "b.json:1:1: the file is empty; -o json writes a result");
	refuses(f, none, STR("{\"version\":1,\"findings\":[]}"),
		"b.json:1:1: this is no result of diff; -o json writes one");
	refuses(f, none, STR("{\"kind\":\"diff\",\n \"version\":2}"),
		"b.json:2:12: this version of ingress2gw reads results of version 1; a newer one "
		"wrote this file");
	refuses(f, none, STR("{\"kind\":\"diff\",\"version\":1,\"seed\":\"1\",\"results\":[{}]}"),
		"b.json:1:50: there is no verdict ''");
	for (size_t len = 0; len + 1 < json.len; len += 7) {
		struct merged m;

		merged_init(&m);
		assert_false(merge(&m, str_sub(json, 0, len), "cut.json"));
		assert_true(m.error.text[0]);
		merged_finish(&m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(text_is_loud_about_what_nobody_announced, setup,
						teardown),
		cmocka_unit_test_setup_teardown(large_numbers_have_commas, setup, teardown),
		cmocka_unit_test_setup_teardown(shards_become_one, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_not_of_one_whole_is_refused, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_is_no_result_is_refused, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
