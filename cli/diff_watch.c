#include "cli/diff_watch.h"

#include <time.h>
#include <unistd.h>

#include "cli/diff_metrics.h"
#include "cli/files.h"

/* What was seen of a probe in a round. Probes that are not here were equal. */
struct seen {
	struct arena arena;
	struct map by_identity; /* 16 hex digits -> struct str *: what differed */
};

struct watching {
	struct diff_watch *watch;
	struct seen rounds[2];
	unsigned count; /* rounds that ended */
	int status;
	struct diff_metrics *metrics;
};

static struct str key_of(const struct probe *probe, char text[static 17])
{
	snprintf(text, 17, "%016llx", (unsigned long long)probe_fingerprint(probe));
	return (struct str){text, 16};
}

/* ---- what a round came to ---- */

static void describe_facts(struct buf *buf, const struct diff_result *result)
{
	if (result->verdict == DIFF_UNASKED)
		buf_text(buf, "not asked");
	for (size_t i = 0; i < result->fact_count; i++) {
		const struct fact *fact = &result->facts[i];

		buf_format(buf, "%s%s", i ? ", " : "", fact_kind_name(fact->kind));
		if (fact->name.len)
			buf_format(buf, " %.*s", STR_ARG(fact->name));
		if (fact->kind == FACT_STATUS || fact->kind == FACT_BACKEND)
			buf_format(buf, " %.*s -> %.*s", STR_ARG(fact->live),
				   STR_ARG(fact->candidate));
	}
}

static void remember(struct seen *seen, const struct diff_run *run)
{
	const struct arena_mark none = {0};
	char key[17];
	struct buf buf;

	arena_rewind(&seen->arena, none);
	map_init(&seen->by_identity, &seen->arena);
	buf_init(&buf);
	for (size_t i = 0; i < run->result_count; i++) {
		const struct diff_result *result = &run->results[i];
		struct str *what = arena_new(&seen->arena, struct str);

		/* A flaky one says nothing, now or later. */
		if (result->verdict == DIFF_FLAKY)
			continue;
		buf_clear(&buf);
		describe_facts(&buf, result);
		*what = str_dup(&seen->arena, buf_slice(&buf));
		*map_at(&seen->by_identity, str_dup(&seen->arena, key_of(&result->probe, key))) =
			what;
	}
	buf_finish(&buf);
}

/* ---- what changed ---- */

static void begin_line(struct buf *buf)
{
	time_t now = time(NULL);
	struct tm parts;
	char text[32];

	if (gmtime_r(&now, &parts) && strftime(text, sizeof text, "%H:%M:%SZ ", &parts))
		buf_text(buf, text);
}

static void say_probe(struct buf *buf, const char *what, const struct probe *probe)
{
	begin_line(buf);
	buf_text(buf, what);
	probe_describe(buf, probe);
}

static bool tell_change(struct buf *buf, const struct probe *probe, const struct str *before,
			const struct str *now)
{
	if (now && (!before || !str_eq(*before, *now))) {
		say_probe(buf, before ? "differs otherwise: " : "now differs: ", probe);
		buf_format(buf, ": %.*s\n", STR_ARG(*now));
	} else if (before && !now) {
		say_probe(buf, "agrees again: ", probe);
		buf_char(buf, '\n');
	} else {
		return false;
	}
	return true;
}

static size_t tell_changes(struct buf *buf, const struct probes *probes, const struct seen *before,
			   const struct seen *now)
{
	size_t changes = 0;
	char text[17];

	for (size_t i = 0; i < probes->count; i++) {
		struct str key = key_of(&probes->at[i], text);

		changes += tell_change(buf, &probes->at[i], map_get(&before->by_identity, key),
				       map_get(&now->by_identity, key));
	}
	return changes;
}

/* ---- rounds ---- */

static bool write_files(const struct watching *watching, const struct diff_run *run, bool first)
{
	struct diff_shown shown = *watching->watch->shown;
	const struct outputs *all = shown.outputs;
	struct outputs some = {0};
	struct arena arena;
	bool ok;

	arena_init(&arena);
	for (size_t i = 0; i < all->count; i++)
		if (first || !file_is_dash(all->at[i].path))
			ARENA_PUSH(&arena, some.at, some.count, all->at[i]);
	shown.outputs = &some;
	shown.quiet = !first;
	ok = diff_write(run, &shown);
	arena_finish(&arena);
	return ok;
}

static bool report(struct watching *watching, const struct diff_run *run)
{
	struct seen *before = &watching->rounds[(watching->count + 1) % 2];
	struct seen *now = &watching->rounds[watching->count % 2];
	bool first = watching->count == 0, ok;
	struct buf buf;

	remember(now, run);
	buf_init(&buf);
	ok = write_files(watching, run, first);
	if (!first)
		tell_changes(&buf, watching->watch->round->probes, before, now);
	ok = say_bytes(STDOUT_FILENO, "standard output", buf_slice(&buf)) && ok;
	buf_finish(&buf);
	return ok;
}

/* False: there is no going on. A round that was interrupted is not compared with: half of it was not asked. */
static bool one_round(struct watching *watching)
{
	struct diff_run run;
	bool ok = diff_round(watching->watch->round, &run);

	if (ok && (run.complete || !diff_is_interrupted())) {
		ok = report(watching, &run);
		watching->status =
			ok ? diff_status(watching->watch->round, &run) : STATUS_INCOMPLETE;
		watching->count++;
		diff_metrics_round(watching->metrics, &run);
	} else if (!watching->count) {
		watching->status = STATUS_INCOMPLETE;
	}
	diff_finish(&run);
	return ok && !diff_is_interrupted();
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool wait_until(int64_t due_ms)
{
	const struct timespec pause = {.tv_nsec = 50 * 1000 * 1000};

	while (now_ms() < due_ms && !diff_is_interrupted())
		nanosleep(&pause, NULL);
	return !diff_is_interrupted();
}

static void say_where(const struct watching *watching)
{
	struct buf buf;

	if (watching->watch->round->cli->global.quiet)
		return;
	buf_init(&buf);
	buf_format(&buf, "Metrics are at http://%s/metrics.\n",
		   diff_metrics_address(watching->metrics));
	say_bytes(STDERR_FILENO, "standard error", buf_slice(&buf));
	buf_finish(&buf);
}

int diff_watch(struct diff_watch *watch)
{
	struct watching watching = {.watch = watch, .status = STATUS_INCOMPLETE};
	struct error error;
	int64_t due_ms = now_ms();

	if (watch->admin.len) {
		watching.metrics = diff_metrics_start(watch->admin, &error);
		if (!watching.metrics)
			return say_error("%s", error.text);
		say_where(&watching);
	}
	for (int i = 0; i < 2; i++) {
		arena_init(&watching.rounds[i].arena);
		map_init(&watching.rounds[i].by_identity, &watching.rounds[i].arena);
	}
	while (one_round(&watching)) {
		due_ms += watch->every_ms;
		if (due_ms < now_ms())
			due_ms = now_ms();
		if (!wait_until(due_ms))
			break;
	}
	for (int i = 0; i < 2; i++)
		arena_finish(&watching.rounds[i].arena);
	diff_metrics_stop(watching.metrics);
	return watching.status;
}
