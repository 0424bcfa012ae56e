/* Recordings: what is written is read, but for credentials; whatever is left of a file is readable. */
#include "test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "compare/record.h"

static struct arena arena;
static char path[64];
static struct error error;

static int setup(void **state)
{
	(void)state;
	arena_init(&arena);
	snprintf(path, sizeof path, "/tmp/i2g-record-%d", (int)getpid());
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	remove(path);
	arena_finish(&arena);
	return 0;
}

static struct str file_text(void)
{
	struct buf buf;
	struct str text;
	char block[4096];
	size_t got;
	FILE *file = fopen(path, "rb");

	assert_non_null(file);
	buf_init(&buf);
	while ((got = fread(block, 1, sizeof block, file)) > 0)
		buf_add(&buf, block, got);
	fclose(file);
	text = str_dup(&arena, buf_slice(&buf));
	buf_finish(&buf);
	return text;
}

static struct answer answer_of(unsigned status, struct str body)
{
	struct answer answer = {.status = status,
				.version = ROUTE_HTTP_2,
				.body = body,
				.body_length = body.len,
				.micros = 1234};

	EVP_Digest(body.at, body.len, answer.body_hash, NULL, EVP_sha256(), NULL);
	return answer;
}

static const struct route_header probe_headers[] = {
	{STR_INIT("Authorization"), STR_INIT("Bearer tok-123456789")},
	{STR_INIT("Cookie"), STR_INIT("sid=cookie-secret; theme=dark")},
	{STR_INIT("X-Plain"), STR_INIT("a \"quoted\" \\ value")},
};

static struct probe probe_of(uint32_t number, const char *target)
{
	return (struct probe){.number = number,
			      .origin = STR("access.log:17"),
			      .times = 3,
			      .recorded_status = 404,
			      .body = STR("a\0b\xff"),
			      .request = {.method = STR("POST"),
					  .tls = true,
					  .port = 8443,
					  .sni = STR("a.example"),
					  .authority = STR("A.example:8443"),
					  .target = str_from(target),
					  .version = ROUTE_HTTP_2,
					  .body_length = 4,
					  .headers = probe_headers,
					  .header_count = 3}};
}

static const struct record_options plain_options = {.live = STR_INIT("https://203.0.113.7"),
						    .replace = true};

static void write_some(const struct record_options *options, const struct probe *probes,
		       size_t count, const struct answer *live)
{
	struct record_writer *writer = record_create(path, options, &error);

	assert_non_null(writer);
	for (size_t i = 0; i < count; i++)
		assert_true(record_add(writer, &probes[i], live, i % 2 ? NULL : live, &error));
	assert_true(record_close(writer, &error));
}

static void what_is_written_is_read(void **state)
{
	const struct answer_header headers[] = {
		{STR("content-type"), STR("text/html")},
		{STR("x-odd"), STR("caf\xe9 \x01")},
		{STR("set-cookie"), STR("sid=deadbeef; Path=/; Secure")},
	};
	const struct probe probes[] = {probe_of(1, "/a"), probe_of(7, "/b\"\\")};
	struct answer live = answer_of(200, STR("bin\0\xfe"));
	const struct answer *got;
	struct record record;

	(void)state;
	live.headers = headers;
	live.header_count = 3;
	live.backend = STR("web/cart");
	live.tls = (struct answer_tls){.version = STR("TLSv1.3"),
				       .alpn = STR("h2"),
				       .fingerprint = STR("ab12"),
				       .subject = STR("CN=a"),
				       .issuer = STR("CN=ca"),
				       .names = STR("a.example, b.example"),
				       .chain = 2};
	write_some(&plain_options, probes, 2, &live);
	assert_true(record_read(&record, file_text(), path, &error));
	assert_int_equal(record.count, 2);
	assert_int_equal(record.broken, 0);
	assert_str(record.live, "https://203.0.113.7");
	assert_str(record.at[1].probe.request.target, "/b\"\\");
	assert_str(record.at[0].probe.request.authority, "A.example:8443");
	assert_str(record.at[0].probe.origin, "access.log:17");
	assert_int_equal(record.at[0].probe.recorded_status, 404);
	assert_int_equal(record.at[0].probe.times, 3);
	assert_int_equal(record.at[0].probe.request.port, 8443);
	assert_int_equal(record.at[0].probe.request.version, ROUTE_HTTP_2);
	assert_true(str_eq(record.at[0].probe.body, probes[0].body));
	assert_str(record.at[0].probe.request.headers[2].value, "a \"quoted\" \\ value");
	assert_non_null(record.at[0].again);
	assert_null(record.at[1].again);
	got = record.at[0].live;
	assert_int_equal(got->status, 200);
	assert_int_equal(got->micros, 1234);
	assert_str(got->headers[1].value, "caf\xe9 \x01");
	assert_str(got->headers[2].value, "sid=REDACTED; Path=/; Secure");
	assert_str(got->tls.names, "a.example, b.example");
	assert_int_equal(got->tls.chain, 2);
	assert_str(got->backend, "web/cart");
	assert_true(str_eq(got->body, live.body));
	assert_int_equal(got->body_length, 5);
	assert_memory_equal(got->body_hash, live.body_hash, 32);
	record_finish(&record);
}

static void failures_are_kept(void **state)
{
	const struct probe probe = probe_of(1, "/");
	struct answer live = {.failure = ANSWER_TIMEOUT, .why = STR("nothing came in 5 s")};
	struct record record;

	(void)state;
	write_some(&plain_options, &probe, 1, &live);
	assert_true(record_read(&record, file_text(), path, &error));
	assert_int_equal(record.at[0].live->failure, ANSWER_TIMEOUT);
	assert_str(record.at[0].live->why, "nothing came in 5 s");
	record_finish(&record);
}

static void entries_are_found_again(void **state)
{
	const struct route_header other[] = {{STR("Authorization"), STR("Bearer another")},
					     {STR("Cookie"), STR("x=y")},
					     probe_headers[2]};
	struct probe probes[] = {probe_of(1, "/a"), probe_of(2, "/b?token=zzz"),
				 probe_of(2, "/b?token=zzz"), probe_of(3, "/b?token=zzz")};
	const struct answer live = answer_of(200, STR("x"));
	const struct record_entry *entry;
	struct record record;

	(void)state;
	write_some(&plain_options, probes, 4, &live);
	assert_true(record_read(&record, file_text(), path, &error));
	assert_ptr_equal(record_find(&record, &probes[0]), &record.at[0]);
	entry = record_find(&record, &probes[1]);
	assert_ptr_equal(entry, &record.at[1]);
	assert_ptr_equal(entry->next, &record.at[2]);
	assert_null(entry->next->next);
	assert_ptr_equal(record_find(&record, &probes[3]), &record.at[3]);
	/* Another number, and other credentials. */
	probes[0].number = 99;
	probes[0].request.headers = other;
	assert_ptr_equal(record_find(&record, &probes[0]), &record.at[0]);
	probes[0].request.method = STR("PUT");
	assert_null(record_find(&record, &probes[0]));
	record_finish(&record);
}

/* ---- credentials ---- */

static bool stands_in(struct str text, const char *what)
{
	return str_find_str(text, what) != SIZE_MAX;
}

static void credentials_are_not_written(void **state)
{
	const struct route_header user[] = {{STR("X-Team"), STR("team-token-1")}};
	const struct record_options options = {
		.live = STR("live"), .headers = user, .header_count = 1, .replace = true};
	const struct answer_header headers[] = {{STR("x-echo"), STR("got tok-123456789")}};
	const struct probe probe = probe_of(1, "/x?api_key=key-in-query");
	struct answer live = answer_of(200, STR("{\"auth\":\"Bearer tok-123456789\","
						"\"c\":\"cookie-secret\",\"t\":\"team-token-1\"}"));
	struct answer expected;
	struct record record;
	struct str text;

	(void)state;
	live.headers = headers;
	live.header_count = 1;
	write_some(&options, &probe, 1, &live);
	text = file_text();
	assert_false(stands_in(text, "tok-123456789"));
	assert_false(stands_in(text, "cookie-secret"));
	assert_false(stands_in(text, "team-token-1"));
	assert_false(stands_in(text, "key-in-query"));
	assert_true(stands_in(text, "sid=REDACTED; theme=REDACTED"));
	assert_true(record_read(&record, text, path, &error));
	/* The bearer's scheme belongs to the value that is hidden. */
	expected = answer_of(200,
			     STR("{\"auth\":\"REDACTED\",\"c\":\"REDACTED\",\"t\":\"REDACTED\"}"));
	assert_true(str_eq(record.at[0].live->body, expected.body));
	assert_int_equal(record.at[0].live->body_length, expected.body_length);
	assert_memory_equal(record.at[0].live->body_hash, expected.body_hash, 32);
	record_finish(&record);
}

static void what_tables_match_is_no_secret(void **state)
{
	struct probe probe = probe_of(1, "/?token=of-a-match");
	const struct answer live = answer_of(200, STR("cookie-secret"));
	struct record record;

	(void)state;
	probe.origin = STR(PROBE_GENERATED);
	write_some(&plain_options, &probe, 1, &live);
	assert_true(record_read(&record, file_text(), path, &error));
	assert_str(record.at[0].probe.request.headers[1].value, "sid=cookie-secret; theme=dark");
	assert_str(record.at[0].probe.request.target, "/?token=of-a-match");
	assert_str(record.at[0].live->body, "cookie-secret");
	assert_ptr_equal(record_find(&record, &probe), &record.at[0]);
	record_finish(&record);
}

/* ---- files ---- */

static void a_file_is_not_overwritten(void **state)
{
	const struct record_options careful = {.live = STR("live")};
	struct record_writer *writer;
	const char *below;

	(void)state;
	write_some(&plain_options, NULL, 0, NULL);
	assert_null(record_create(path, &careful, &error));
	assert_string_equal(error.text, str_format(&arena,
						   "%s is there already: name another file "
						   "to record to",
						   path)
						.at);
	remove(path);
	writer = record_create(path, &careful, &error);
	assert_non_null(writer);
	assert_true(record_close(writer, &error));
	below = str_format(&arena, "%s/x", path).at;
	assert_null(record_create(below, &careful, &error));
	assert_string_equal(error.text,
			    str_format(&arena, "cannot create %s: Not a directory", below).at);
}

static void what_is_no_recording_is_refused(void **state)
{
	static const char *const cases[][2] = {
		{"", "f is empty: nothing was recorded"},
		{"hello\n",
		 "f:1: this is no recording: its first line is not what --record writes"},
		{"{\"ingress2gw\":\"diff\",\"version\":1}\n",
		 "f:1: this is no recording: its first line is not what --record writes"},
		{"{\"ingress2gw\":\"recording\",\"version\":2}\n",
		 "f:1: the recording is of version 2, and this program reads version 1"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct record record;

		assert_false(record_read(&record, str_from(cases[i][0]), "f", &error));
		assert_string_equal(error.text, cases[i][1]);
		record_finish(&record);
	}
}

static void later_fields_are_skipped(void **state)
{
	struct record record;

	(void)state;
	assert_true(record_read(&record,
				STR("{\"ingress2gw\":\"recording\",\"version\":1,\"more\":[{}]}\n"
				    "{\"number\":1,\"new\":{\"a\":[1,2,{}]},\"request\":{"
				    "\"target\":\"/\",\"x\":null},"
				    "\"live\":{\"status\":200,\"y\":[]}}\n"
				    "{\"number\":2,\"request\":{\"target\":\"/\"}}\n"
				    "\n"
				    "{\"number\":3,\"request\":{\"target\":\"/"
				    "\"},\"live\":{\"status\":\"200\"}}\n"),
				"f", &error));
	assert_int_equal(record.count, 1);
	assert_int_equal(record.broken, 3);
	record_finish(&record);
}

/* ---- cut off ---- */

static void a_cut_file_reads_up_to_its_last_whole_line(void **state)
{
	const struct probe probes[] = {probe_of(1, "/a"), probe_of(2, "/b"), probe_of(3, "/c")};
	const struct answer live = answer_of(200, STR("some \"text\" \xff"));
	struct str text;
	size_t whole = 0;

	(void)state;
	write_some(&plain_options, probes, 3, &live);
	text = file_text();
	for (size_t len = 1; len <= text.len; len++) {
		struct record record;
		bool good = record_read(&record, str_sub(text, 0, len), path, &error);

		/* Complete but for its line end is complete. */
		if (len < text.len && text.at[len] == '\n')
			whole++;
		assert_int_equal(good, whole > 0);
		if (good) {
			assert_int_equal(record.count, whole - 1);
			/* The rest of a line is that of a run that was killed. */
			assert_int_equal(record.broken, 0);
		}
		record_finish(&record);
	}
	assert_int_equal(whole, 4);
}

/* A child records until it is killed. */
static void a_killed_run_leaves_a_recording(void **state)
{
	(void)state;
	for (int round = 0; round < 10; round++) {
		struct record record;
		int ready[2], status;
		char c;
		pid_t child;

		assert_int_equal(pipe(ready), 0);
		child = fork();
		if (!child) {
			const struct answer live = answer_of(200, STR("body"));
			struct record_writer *writer = record_create(path, &plain_options, NULL);

			for (uint32_t i = 1; writer; i++) {
				const struct probe probe = probe_of(i, "/x");

				if (!record_add(writer, &probe, &live, &live, NULL) ||
				    (i == 20 && write(ready[1], "x", 1) != 1))
					break;
			}
			_exit(1);
		}
		assert_int_equal(read(ready[0], &c, 1), 1);
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		close(ready[0]);
		close(ready[1]);
		assert_true(record_read(&record, file_text(), path, &error));
		assert_true(record.count >= 20);
		assert_true(record.broken <= 1);
		for (size_t i = 0; i < record.count; i++)
			assert_int_equal(record.at[i].probe.number, i + 1);
		record_finish(&record);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(failures_are_kept),
		cmocka_unit_test(entries_are_found_again),
		cmocka_unit_test(credentials_are_not_written),
		cmocka_unit_test(what_tables_match_is_no_secret),
		cmocka_unit_test(a_file_is_not_overwritten),
		cmocka_unit_test(what_is_no_recording_is_refused),
		cmocka_unit_test(later_fields_are_skipped),
		cmocka_unit_test(a_cut_file_reads_up_to_its_last_whole_line),
		cmocka_unit_test(a_killed_run_leaves_a_recording),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
