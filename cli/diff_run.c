#include "cli/diff_run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "compare/hide.h"
#include "compare/shorten.h"

/* The controller writes its log in pieces (buffer, flush): how long an answer waits for its line. */
enum { LOG_WAIT_MS = 3000, PENDING_MOST = 4096 };

/* An answer that waits for the log to say who gave it. */
struct pending {
	struct pending *next;
	struct arena arena;
	const struct probe *probe;
	struct answer *live, *again, *candidate;
	int64_t since_ms;
};

struct asking {
	const struct diff_round *round;
	struct diff_run *run;
	struct arena arena; /* of the log and of `drawn` */
	/* Of a recording, by the number of the probe: the draw that comes next; NULL: none was taken yet. */
	const struct record_entry **drawn;
	struct live_log *log;
	struct pending *first, **last;
	size_t waiting;
	size_t requests, taken; /* draws counted one by one: to be asked, answered */
	struct timespec start, shown;
	struct error error; /* of recording */
	bool failed;
};

/* ---- signals ---- */

static volatile bool interrupted;

static void end_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
}

void diff_catch_signals(void)
{
	sigset_t set;

	end_signals(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

bool diff_is_interrupted(void)
{
	const struct timespec now = {0};
	sigset_t set;

	end_signals(&set);
	if (!interrupted && sigtimedwait(&set, NULL, &now) > 0)
		interrupted = true;
	return interrupted;
}

/* ---- progress ---- */

static double since(const struct timespec *then)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - then->tv_sec) + (double)(now.tv_nsec - then->tv_nsec) / 1e9;
}

static void show_progress(struct asking *asking)
{
	const struct cli *cli = asking->round->cli;
	size_t asked = asking->taken, all = asking->requests;
	double took = since(&asking->start), rate;
	char line[160];

	if (!cli->err.is_terminal || cli->global.quiet || took < 1 ||
	    (asking->shown.tv_sec && since(&asking->shown) < 0.2))
		return;
	clock_gettime(CLOCK_MONOTONIC, &asking->shown);
	rate = (double)asked / took;
	snprintf(line, sizeof line, "\r\033[K%zu of %zu asked, %.0f/s, %zu differ, %.0f s left",
		 asked, all, rate, diff_so_far(asking->run),
		 rate > 0 ? (double)(all - asked) / rate : 0.0);
	say_bytes(STDERR_FILENO, "standard error", str_from(line));
}

static void end_progress(const struct asking *asking)
{
	if (asking->shown.tv_sec)
		say_bytes(STDERR_FILENO, "standard error", STR("\r\033[K"));
}

/* ---- what becomes of answers ---- */

static void judge(struct asking *asking, const struct probe *probe, const struct answer *live,
		  const struct answer *again, const struct answer *candidate)
{
	const struct diff_round *round = asking->round;

	if (round->record && live && !asking->failed &&
	    !record_add(round->record, probe, live, again, &asking->error))
		asking->failed = true;
	diff_take(asking->run, probe, live, again, candidate);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct str backend_in_log(const struct asking *asking, const struct probe *probe,
				 unsigned id)
{
	char text[96];

	snprintf(text, sizeof text, "i2g-%.*s-%u-%u", STR_ARG(asking->round->ask->run_id),
		 probe->number, id);
	return live_log_backend(asking->log, str_from(text));
}

/* Whether the log has both lines by now. */
static bool find_backends(const struct asking *asking, struct pending *one)
{
	if (one->live && !one->live->backend.len)
		one->live->backend = backend_in_log(asking, one->probe, 1);
	if (one->again && !one->again->backend.len)
		one->again->backend = backend_in_log(asking, one->probe, 2);
	return (!one->live || one->live->backend.len) && (!one->again || one->again->backend.len);
}

static void wait_for_log(struct asking *asking, const struct probe *probe,
			 const struct answer *live, const struct answer *again,
			 const struct answer *candidate)
{
	struct arena arena;
	struct pending *one;

	arena_init(&arena);
	one = arena_new(&arena, struct pending);
	one->arena = arena;
	one->probe = probe;
	one->since_ms = now_ms();
	one->live = live ? answer_copy(&one->arena, live) : NULL;
	one->again = again ? answer_copy(&one->arena, again) : NULL;
	one->candidate = candidate ? answer_copy(&one->arena, candidate) : NULL;
	*asking->last = one;
	asking->last = &one->next;
	asking->waiting++;
}

static void read_log(struct asking *asking)
{
	char bytes[64 * 1024];
	ssize_t len;

	while ((len = read(asking->round->live_log, bytes, sizeof bytes)) > 0)
		live_log_feed(asking->log, (struct str){bytes, (size_t)len});
}

/* In the order of the answers: the first ones have waited longest. */
static void release(struct asking *asking)
{
	struct pending *one;

	while ((one = asking->first) &&
	       (find_backends(asking, one) || asking->waiting > PENDING_MOST ||
		now_ms() - one->since_ms > LOG_WAIT_MS)) {
		struct arena arena = one->arena;

		judge(asking, one->probe, one->live, one->again, one->candidate);
		asking->first = one->next;
		if (!asking->first)
			asking->last = &asking->first;
		asking->waiting--;
		arena_finish(&arena);
	}
}

static void drain_log(struct asking *asking)
{
	const struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};

	while (asking->log && asking->first) {
		read_log(asking);
		release(asking);
		if (asking->first)
			nanosleep(&pause, NULL);
	}
}

static const struct record_entry *next_draw(struct asking *asking, const struct probe *probe)
{
	const struct record_entry **place = &asking->drawn[probe->number];
	const struct record_entry *entry =
		*place ? *place : record_find(asking->round->replay, probe);

	*place = entry ? entry->next : NULL;
	return entry;
}

/* The recording has "REDACTED" where a backend repeats a secret; so must the answer that is compared with it. What
 * was asked without the credential that the live side was shown is no answer to the same question. */
static void replay(struct asking *asking, const struct probe *probe, const struct answer *candidate)
{
	const struct record_options hidden = {.headers = asking->round->ask->headers,
					      .header_count = asking->round->ask->header_count};
	const struct record_entry *entry = next_draw(asking, probe);
	bool lacks = probe_lacks_secrets(probe, hidden.headers, hidden.header_count);
	struct arena arena;

	arena_init(&arena);
	judge(asking, probe, entry ? entry->live : NULL, entry ? entry->again : NULL,
	      lacks ? NULL : record_answer(&arena, &hidden, probe, candidate));
	arena_finish(&arena);
}

/* Credentials are gone before anything is compared, learned, named or cut: a piece of one cannot be told apart. */
static void take(void *user, const struct probe *probe, const struct answer *live,
		 const struct answer *again, const struct answer *candidate)
{
	struct asking *asking = user;
	const struct ask_options *ask = asking->round->ask;
	struct arena arena;
	struct hide hide;

	asking->taken++;
	if (asking->round->replay && candidate) {
		replay(asking, probe, candidate);
		return;
	}
	arena_init(&arena);
	hide_init(&hide, &arena);
	hide_headers(&hide, ask->headers, ask->header_count);
	hide_probe(&hide, probe);
	live = hide_answer(&hide, live);
	again = hide_answer(&hide, again);
	candidate = hide_answer(&hide, candidate);
	if (asking->log && live)
		wait_for_log(asking, probe, live, again, candidate);
	else
		judge(asking, probe, live, again, candidate);
	arena_finish(&arena);
}

/* Probes that were left out leave gaps in the numbers. */
static void begin_replay(struct asking *asking)
{
	const struct probes *probes = asking->round->probes;
	uint32_t most = 0;

	for (size_t i = 0; i < probes->count; i++)
		most = probes->at[i].number > most ? probes->at[i].number : most;
	asking->drawn = arena_array(&asking->arena, const struct record_entry *, most + 1u);
}

static bool go_on(void *user, size_t asked, size_t live_failures)
{
	struct asking *asking = user;

	(void)asked;
	(void)live_failures;
	if (asking->log) {
		read_log(asking);
		release(asking);
	}
	show_progress(asking);
	return !diff_is_interrupted() && !asking->failed;
}

/* ---- a round ---- */

static void name_sides(const struct diff_round *round, struct diff_run *run)
{
	run->live.name = round->replay ? round->replay->live : round->ask->live.name;
	run->candidate.name = round->ask->candidate.name;
	run->unsafe = round->probes->unsafe;
	run->unreadable = round->probes->unreadable;
}

/* Who interrupts it knows that. */
static void say_why_it_ended(const struct diff_round *round, const struct diff_run *run)
{
	const struct ask_options *ask = round->ask;

	if (diff_is_interrupted())
		return;
	if (ask->max_ms && run->took >= (int64_t)ask->max_ms * 1000)
		say_error("the time of --max-time is over: not everything was asked");
	else
		say_error("%.*s did not answer %zu time%s: not everything was asked "
			  "(--max-errors)",
			  STR_ARG(ask->live.name), ask->max_errors,
			  ask->max_errors == 1 ? "" : "s");
}

/* One pass over the probes. */
static bool ask_probes(const struct diff_round *round, struct diff_run *run)
{
	struct asking asking = {.round = round, .run = run};
	struct error error;
	size_t asked;
	bool ok;

	arena_init(&asking.arena);
	asking.last = &asking.first;
	if (round->live_log >= 0)
		asking.log = live_log_new(&asking.arena, round->services);
	if (round->replay)
		begin_replay(&asking);
	round->ask->take = take;
	round->ask->go_on = go_on;
	round->ask->user = &asking;
	diff_init(run, round->ignore, round->models);
	if (round->earlier)
		diff_begin_as(run, round->earlier);
	name_sides(round, run);
	for (size_t i = 0; i < round->probes->count; i++)
		asking.requests += round->probes->at[i].draws ? round->probes->at[i].draws : 1;
	clock_gettime(CLOCK_MONOTONIC, &asking.start);
	ok = ask_all(round->ask, round->probes, &asked, &error);
	drain_log(&asking);
	end_progress(&asking);
	run->took = (int64_t)(since(&asking.start) * 1e6);
	run->complete = ok && asked == round->probes->count && !asking.failed;
	diff_end(run);
	if (ok && !run->complete && !asking.failed && !round->earlier)
		say_why_it_ended(round, run);
	if (!ok || asking.failed)
		say_error("%s", ok ? asking.error.text : error.text);
	arena_finish(&asking.arena);
	return ok && !asking.failed;
}

/* Nothing of this is recorded, and its failures are nobody's. */
static bool ask_shorter(const struct diff_round *round, struct shorten *shorten,
			void (*learn)(struct shorten *shorten, const struct diff_run *own))
{
	struct diff_round again = *round;
	struct diff_run own;
	bool ok;

	if (!shorten->probes.count || diff_is_interrupted())
		return false;
	again.probes = &shorten->probes;
	again.earlier = shorten->run;
	again.record = NULL;
	again.live_log = -1;
	ok = ask_probes(&again, &own);
	if (ok)
		learn(shorten, &own);
	diff_finish(&own);
	return ok;
}

static void shorten(const struct diff_round *round, struct diff_run *run)
{
	struct shorten shorten;

	shorten_begin(&shorten, run);
	if (ask_shorter(round, &shorten, shorten_learn))
		ask_shorter(round, &shorten, shorten_end);
	shorten_finish(&shorten);
}

bool diff_round(const struct diff_round *round, struct diff_run *run)
{
	bool ok = ask_probes(round, run);

	/* Requests of tables are short already, and a recording answers no others. */
	if (ok && run->complete && round->shorten && !round->replay)
		shorten(round, run);
	return ok;
}

int diff_status(const struct diff_round *round, const struct diff_run *run)
{
	if (!run->complete || round->lost || run->unasked || !run->asked)
		return STATUS_INCOMPLETE;
	if (run->candidate.failed == run->asked)
		return say_error("%.*s answered nothing: is it there?",
				 STR_ARG(run->candidate.name));
	return run->different ? STATUS_FINDINGS : STATUS_DONE;
}
