#include "cli/cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/conversion_flags.h"
#include "cli/diff_join.h"
#include "cli/diff_run.h"
#include "cli/diff_target.h"
#include "cli/diff_values.h"
#include "cli/diff_watch.h"
#include "cli/diff_world.h"
#include "cli/files.h"

struct command_values {
	struct input_values input;
	struct conversion_values conversion;
	struct diff_values diff;
};

static const struct flag_section sections[] = {
	{&input_flags, offsetof(struct command_values, input)},
	{&diff_group, offsetof(struct command_values, diff)},
	{&diff_request_group, offsetof(struct command_values, diff)},
	{&diff_answer_group, offsetof(struct command_values, diff)},
	{&selection_flags, offsetof(struct command_values, conversion)},
	{&target_flags, offsetof(struct command_values, conversion)},
	{NULL, 0},
};

struct job {
	struct cli *cli;
	const struct command_values *values;
	const struct diff_values *diff;
	struct convert_options options;
	struct diff_request request;
	struct diff_world world;
	struct probes probes;
	struct record replay;
	struct record_writer *record;
	struct record_options recording;
	struct findings findings; /* about files of requests */
	struct sources request_sources;
	size_t elsewhere; /* probes to ports that a side does not have */
	int live_log;
};

/* ---- which requests ---- */

static bool read_requests(struct job *job)
{
	const struct input_values input = {.files = job->diff->requests};
	const struct texts none = {NULL, 0};
	struct error error;
	bool good = true;

	if (!inputs_open(&job->request_sources, &input, &none, &job->cli->arena))
		return false;
	findings_init(&job->findings, &job->cli->arena);
	for (uint32_t i = 0; i < job->request_sources.count && good; i++)
		good = requests_read(&job->probes, &job->request_sources.at[i], i,
				     &job->request.reading, &job->findings, &error);
	/* Those of a file without any request say why there is none. */
	for (size_t i = 0; i < job->findings.count && (!good || !job->cli->global.quiet); i++)
		say_error("%.*s:%u: %.*s",
			  STR_ARG(source_name(&job->request_sources,
					      job->findings.at[i].span.source)),
			  job->findings.at[i].span.line, STR_ARG(job->findings.at[i].message));
	if (!good)
		say_error("%s", error.text);
	return good;
}

/* What was recorded is asked of the candidate; nothing else has an answer to compare with. Draws are asked as
 * often as they were recorded: shares are compared with shares. */
static void take_recorded(struct job *job)
{
	for (size_t i = 0; i < job->replay.count; i++) {
		const struct record_entry *entry = &job->replay.at[i];
		uint32_t number, draws = 0;
		struct probe *probe;

		if (!entry->first)
			continue;
		for (const struct record_entry *draw = entry; draw; draw = draw->next)
			draws++;
		number = probes_add(&job->probes)->number;
		probe = &job->probes.at[job->probes.count - 1];
		*probe = entry->probe;
		probe->number = number;
		probe->draws = entry->probe.draws ? draws : 0;
	}
}

static bool gather(struct job *job)
{
	const struct witness_options witnesses = {.seed = job->request.seed,
						  .known_only =
							  job->world.result.provider_names[0] &&
							  job->world.result.provider_names[1]};

	probes_init(&job->probes);
	if (job->diff->replay)
		take_recorded(job);
	else if (job->diff->requests.count && !read_requests(job))
		return false;
	else if (!job->diff->requests.count)
		probes_generate(&job->probes, job->world.tables, job->world.table_count,
				&witnesses);
	probes_choose(&job->probes, &job->request.choose);
	/* A recording says itself how often each was asked. */
	if (!job->diff->replay)
		probes_draw(&job->probes, job->world.tables, job->world.table_count);
	return true;
}

/* A port that is not named has no address: asking another one would be another question. */
static void leave_out_ports(struct job *job)
{
	const struct ask_options *ask = &job->request.ask;
	size_t kept = 0;

	for (size_t i = 0; i < job->probes.count; i++) {
		uint32_t port = job->probes.at[i].request.port;

		/* What our own candidate does not listen on is a difference. */
		if ((ask->no_live || diff_target_has_port(&ask->live, port)) &&
		    (job->world.proxy || diff_target_has_port(&ask->candidate, port)))
			job->probes.at[kept++] = job->probes.at[i];
	}
	job->elsewhere = job->probes.count - kept;
	job->probes.count = kept;
}

/* ---- before anything is sent ---- */

/* Requests that the sides are sent, when none fails. */
struct load {
	size_t live, candidate;
	size_t often; /* probes that are asked so often that shares can be compared */
};

static struct load load_of(const struct job *job)
{
	struct load load = {0};

	for (size_t i = 0; i < job->probes.count; i++) {
		uint32_t draws = job->probes.at[i].draws;

		load.live += draws ? draws : 2;
		load.candidate += draws ? draws : 1;
		load.often += draws > 1;
	}
	if (job->request.ask.no_live)
		load.live = 0;
	return load;
}

static void describe_sides(struct buf *buf, const struct ask_options *ask, const struct load *load)
{
	size_t most = load->live > load->candidate ? load->live : load->candidate;
	double rate = ask->candidate.pace.rate;

	if (load->live)
		buf_format(buf, "%zu go to %.*s and ", load->live, STR_ARG(ask->live.name));
	buf_format(buf, "%zu %sto %.*s", load->candidate, load->live ? "" : "go ",
		   STR_ARG(ask->candidate.name));
	if (rate > 0)
		buf_format(buf, ", at most %g/s%s (about %.0f s)", rate,
			   load->live ? " to each" : "", (double)most / rate);
	buf_char(buf, '.');
}

static void describe(struct buf *buf, const struct job *job, bool loopback)
{
	const struct load load = load_of(job);
	size_t count = job->probes.count, seldom = count - load.often;

	buf_format(buf, "Asking %zu request%s", count, count == 1 ? "" : "s");
	if (load.often && seldom)
		buf_format(buf, ", %zu of them often to compare shares", load.often);
	else if (load.often)
		buf_text(buf, " often to compare shares");
	if (seldom && load.live)
		buf_format(buf, ", %s twice of the live side", load.often ? "the others" : "each");
	buf_text(buf, ": ");
	describe_sides(buf, &job->request.ask, &load);
	if (job->diff->unsafe_methods && !loopback)
		buf_text(buf, " Some may CHANGE something: --unsafe-methods.");
	if (job->probes.unsafe)
		buf_format(buf, " Not asked, as they may change something: %zu.",
			   job->probes.unsafe);
	if (job->elsewhere)
		buf_format(buf, " Not asked, as they go to ports without an address: %zu.",
			   job->elsewhere);
	buf_char(buf, '\n');
}

static bool asks_back(void)
{
	char answer[8] = "";

	say_bytes(STDERR_FILENO, "standard error", STR("Go on? [y/N] "));
	return fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

/* Other people's servers are asked when somebody says so. */
static bool may_ask(const struct job *job)
{
	const struct ask_options *ask = &job->request.ask;
	bool loopback = (ask->no_live || diff_target_is_loopback(&ask->live)) &&
			diff_target_is_loopback(&ask->candidate);
	struct buf buf;

	buf_init(&buf);
	describe(&buf, job, loopback);
	if (!job->cli->global.quiet)
		say_bytes(STDERR_FILENO, "standard error", buf_slice(&buf));
	buf_finish(&buf);
	if (loopback || job->diff->yes)
		return true;
	if (isatty(STDIN_FILENO) && job->cli->err.is_terminal)
		return asks_back();
	say_error("these are not addresses of this machine: --yes says that they may be asked");
	return false;
}

static void choose_rate(struct job *job)
{
	struct ask_options *ask = &job->request.ask;
	double rate = job->request.rate;

	if (rate < 0)
		rate = (ask->no_live || diff_target_is_loopback(&ask->live)) &&
				       diff_target_is_loopback(&ask->candidate)
			       ? 0
			       : 20;
	ask->live.pace.rate = ask->candidate.pace.rate = rate;
}

/* ---- the sides ---- */

static bool read_live(struct job *job)
{
	struct ask_options *ask = &job->request.ask;
	struct buf text;
	struct error error;
	bool ok;

	ask->no_live = job->diff->replay != NULL;
	if (!ask->no_live)
		return diff_target_read(&ask->live, "live", &job->diff->live, &job->cli->arena);
	buf_init(&text);
	ok = file_read(job->diff->replay, &text, &error) &&
	     record_read(&job->replay, buf_slice(&text), job->diff->replay, &error);
	buf_finish(&text);
	if (!ok)
		say_error("%s", error.text);
	else if (job->replay.broken)
		say_error("%s: %zu line%s not read: what was recorded there is not compared",
			  job->diff->replay, job->replay.broken,
			  job->replay.broken == 1 ? " does" : "s do");
	return ok;
}

static void add_files(const struct diff_values *values, struct ask_target *target)
{
	target->ca = values->ca;
	target->certificate = values->certificate;
	target->key = values->key;
	target->insecure = values->insecure;
}

static bool read_sides(struct job *job)
{
	struct ask_options *ask = &job->request.ask;

	if (!read_live(job))
		return false;
	add_files(job->diff, &ask->live);
	if (!job->diff->candidate.count)
		return diff_world_serve(&job->world, job->cli, &job->diff->backends,
					&ask->candidate);
	if (!diff_target_read(&ask->candidate, "candidate", &job->diff->candidate,
			      &job->cli->arena))
		return false;
	add_files(job->diff, &ask->candidate);
	return true;
}

static bool open_files(struct job *job)
{
	struct error error;

	if (job->diff->live_log) {
		job->live_log = file_is_dash(job->diff->live_log)
					? STDIN_FILENO
					: open(job->diff->live_log, O_RDONLY | O_CLOEXEC);
		if (job->live_log < 0) {
			say_error("cannot read %s: %s", job->diff->live_log, strerror(errno));
			return false;
		}
		/* Only what is added from now on is about our requests. */
		lseek(job->live_log, 0, SEEK_END);
		fcntl(job->live_log, F_SETFL, fcntl(job->live_log, F_GETFL) | O_NONBLOCK);
	}
	if (!job->diff->record)
		return true;
	job->recording = (struct record_options){.live = job->request.ask.live.name,
						 .headers = job->request.ask.headers,
						 .header_count = job->request.ask.header_count};
	job->record = record_create(job->diff->record, &job->recording, &error);
	if (!job->record)
		say_error("%s", error.text);
	return job->record != NULL;
}

/* ---- what is said ---- */

static int ask_once(struct job *job, const struct diff_round *round, const struct diff_shown *shown)
{
	struct diff_run run;
	bool asked = diff_round(round, &run);
	int status;

	run.seed = job->request.seed;
	run.shard = job->request.choose.shard;
	run.shards = job->request.choose.shards;
	status = asked && diff_write(&run, shown) ? diff_status(round, &run) : STATUS_INCOMPLETE;
	diff_finish(&run);
	return status;
}

static int ask(struct job *job)
{
	struct diff_round round = {
		.cli = job->cli,
		.probes = &job->probes,
		.models = &job->world.models,
		.ask = &job->request.ask,
		.ignore = job->request.ignore,
		.record = job->record,
		.replay = job->diff->replay ? &job->replay : NULL,
		.shorten = job->diff->requests.count > 0 && !job->request.every_ms,
		.live_log = job->live_log,
		.services = &job->world.result.set,
		.lost = job->world.lost + job->replay.broken,
	};
	const struct diff_shown shown = {
		.sources = &job->world.sources,
		.hidden = job->request.ask.headers,
		.hidden_count = job->request.ask.header_count,
		.outputs = &job->request.outputs,
		.cli = job->cli,
	};
	struct diff_watch watch = {
		.round = &round,
		.shown = &shown,
		.every_ms = job->request.every_ms,
		.admin = str_from(job->diff->admin),
	};

	return job->request.every_ms ? diff_watch(&watch) : ask_once(job, &round, &shown);
}

static int compare(struct job *job)
{
	struct error error;
	int status;

	diff_catch_signals();
	if (!diff_world_read(&job->world, job->cli, &job->values->input, &job->diff->against,
			     &job->options) ||
	    !read_sides(job) || !gather(job))
		return STATUS_INCOMPLETE;
	leave_out_ports(job);
	diff_world_note_unseen(&job->world, job->request.ignore);
	if (!job->probes.count) {
		say_error("there is no request to ask");
		return STATUS_INCOMPLETE;
	}
	choose_rate(job);
	if (!may_ask(job) || !open_files(job))
		return STATUS_INCOMPLETE;
	status = ask(job);
	if (job->record && !record_close(job->record, &error))
		return say_error("%s", error.text);
	return status;
}

/* ---- the command ---- */

static bool check_files(const struct diff_values *values)
{
	const char *const files[] = {values->ca, values->certificate, values->key};

	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (files[i] && access(files[i], R_OK) < 0) {
			say_error("cannot read %s: %s", files[i], strerror(errno));
			return false;
		}
	return true;
}

/* What would not be looked at is not taken in silence. */
static bool check_replay(const struct diff_values *values)
{
	const struct {
		const char *flag, *why;
		bool given;
	} others[] = {
		{"requests", "what was recorded is what is asked", values->requests.count > 0},
		{"record", "the live side, whose answers would be kept, is not asked",
		 values->record != NULL},
		{"live-log", "the live side is not asked", values->live_log != NULL},
	};

	for (size_t i = 0; values->replay && i < sizeof others / sizeof *others; i++)
		if (others[i].given) {
			say_error("--%s does not go with --replay: %s", others[i].flag,
				  others[i].why);
			return false;
		}
	return true;
}

static bool check_merge(const struct diff_values *values)
{
	if (!values->live.count && !values->candidate.count && !values->replay &&
	    !values->requests.count && !values->record)
		return true;
	say_error("--merge joins results that are there, and asks nobody: give it their files, and "
		  "no --live, --candidate, --requests, --record or --replay");
	return false;
}

static bool check_values(const struct diff_values *values)
{
	if (!values->live.count == !values->replay) {
		say_error(values->replay ? "--live and --replay both say who answers today: give "
					   "one of them"
					 : "--live=ADDR says where the Ingress controller is (or "
					   "--replay=FILE, its answers from before)");
		return false;
	}
	if (values->admin && !values->every) {
		say_error("--admin goes with --every: a single run ends before anybody looks");
		return false;
	}
	if (values->backends.count && values->candidate.count) {
		say_error("--backend is for routes that this program serves, not for "
			  "--candidate");
		return false;
	}
	return check_replay(values) && check_files(values);
}

static int run(struct cli *cli, const void *given)
{
	const struct command_values *values = given;
	struct job job = {.cli = cli, .values = values, .diff = &values->diff, .live_log = -1};
	int status;

	if (!diff_values_read(&job.request, job.diff, cli))
		return STATUS_INCOMPLETE;
	if (job.diff->merge)
		return check_merge(job.diff) ? diff_join(cli, &job.request.outputs)
					     : STATUS_INCOMPLETE;
	if (!inputs_given(&values->input, &cli->args))
		return help_no_input(cli, &cmd_diff);
	if (!check_values(job.diff) ||
	    !conversion_read(&values->conversion, &job.options, &cli->arena))
		return STATUS_INCOMPLETE;
	status = compare(&job);
	probes_finish(&job.probes);
	record_finish(&job.replay);
	diff_world_finish(&job.world);
	sources_finish(&job.request_sources);
	return status;
}

const struct command cmd_diff = {
	.name = "diff",
	.summary = "ask the live Ingress and the new routes, compare the answers",
	.usage = "[flags] --live=ADDR PATH...",
	.description =
		"Sends the same requests to the running Ingress controller and to the new routes, "
		"and prints where the answers differ, with the finding that announced it. The "
		"requests are those that verify asks, one of every class that either side can tell "
		"apart, or real ones from a file. Only GET, HEAD and OPTIONS are sent unless "
		"--unsafe-methods says otherwise; redirects are not followed. Each request is sent "
		"twice to the live side: what differs there is noise. Nothing is written to a "
		"cluster. Status 0: equal, 1: differences, 2: not everything could be asked.",
	.examples =
		"ingress2gw diff deploy/ --live=203.0.113.7\n"
		"ingress2gw diff deploy/ --live=203.0.113.7 --candidate=203.0.113.8 --yes\n"
		"ingress2gw diff deploy/ --live=203.0.113.7 --requests=access.log --sample=1000",
	.sections = sections,
	.values_size = sizeof(struct command_values),
	.run = run,
};
