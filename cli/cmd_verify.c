#include "cli/cmd.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "check/rules.h"
#include "cli/conversion_flags.h"
#include "cli/finding_flags.h"
#include "cli/inputs.h"
#include "cli/lost.h"
#include "cli/pairs.h"
#include "cli/verify_text.h"
#include "cli/worlds.h"

struct verify_values {
	struct input_values input;
	struct conversion_values conversion;
	struct finding_values judging;
	struct texts against;
	const char *seed;
	bool strict;
};

#define AT(field) .offset = offsetof(struct verify_values, field)

static const struct flag flags[] = {
	{
		.name = "against",
		.kind = FLAG_LIST,
		.argument = "PATH",
		.help = "compare with the Gateway API objects of this file or directory",
		.more = "Without it, with what convert writes for the same Ingresses. When the "
			"input has no Ingress, its Gateway API objects are today's side. May be "
			"given several times.",
		AT(against),
	},
	{
		.name = "seed",
		.kind = FLAG_TEXT,
		.argument = "N",
		.help = "number that decides which paths of a regular expression are tried (1)",
		AT(seed),
	},
	{
		.name = "strict",
		.kind = FLAG_SWITCH,
		.help = "end with status 1 on every difference, also on those that a finding "
			"announces, and on settings that are not simulated",
		AT(strict),
	},
};

static const struct flag_group verify_group = {"Verification", flags, sizeof flags / sizeof *flags};

static const struct flag_section sections[] = {
	{&input_flags, offsetof(struct verify_values, input)},
	{&verify_group, 0},
	{&selection_flags, offsetof(struct verify_values, conversion)},
	{&target_flags, offsetof(struct verify_values, conversion)},
	{&finding_flags, offsetof(struct verify_values, judging)},
	{NULL, 0},
};

struct job {
	struct cli *cli;
	const struct verify_values *values;
	struct convert_options options;
	struct finding_request request;
	struct sources sources, against;
	struct convert_result result;
	struct gateway_world before, after;
	struct gateway_world converted; /* beside --against: what the findings are about */
	struct sides sides;
	struct pairs pairs;
	uint64_t seed;
	struct timespec start, shown; /* of the progress line */
	struct findings differences;
	struct findings unusable; /* what is not compared; spans are in `all` */
	struct sources all;       /* those of both sides; owns none of them */
	struct buf text, output;
	size_t errors, differing, gaps;
	bool incomplete;
};

/* ---- progress: one line, on a terminal, after a second ---- */

static double since(const struct timespec *then)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - then->tv_sec) + (double)(now.tv_nsec - then->tv_nsec) / 1e9;
}

static void show_progress(void *user, size_t requests)
{
	struct job *job = user;
	char line[64];

	if (!job->cli->err.is_terminal || job->cli->global.quiet || since(&job->start) < 1 ||
	    since(&job->shown) < 0.1)
		return;
	clock_gettime(CLOCK_MONOTONIC, &job->shown);
	snprintf(line, sizeof line, "\r%zu request classes ...", requests);
	say_bytes(STDERR_FILENO, "standard error", str_from(line));
}

static void end_progress(const struct job *job)
{
	if (job->shown.tv_sec)
		say_bytes(STDERR_FILENO, "standard error", STR("\r\033[K"));
}

/* ---- the two sides ---- */

static bool fail(struct job *job, const struct error *error)
{
	say_error("%s", error->text);
	job->incomplete = true;
	return false;
}

/* Nothing is no side: all requests would differ, or none. */
static bool check_side(struct job *job, const struct gateway_world *world, const char *which)
{
	struct error error;

	if (!gateway_world_is_empty(world))
		return true;
	error_set(&error, "nothing to compare: %s", which);
	return fail(job, &error);
}

/* Gateway API objects of --against, or what the conversion wrote. */
static bool read_after(struct job *job)
{
	struct input_values input = job->values->input;
	const struct texts none = {NULL, 0};
	struct error error;

	struct gateway_world *converted =
		job->values->against.count ? &job->converted : &job->after;

	if (job->result.set.ingress_count &&
	    !gateway_world_converted(converted, buf_slice(&job->output), &job->result,
				     &job->options, &error))
		return fail(job, &error);
	if (!job->values->against.count)
		return true;
	input.files = job->values->against;
	if (!inputs_open(&job->against, &input, &none, &job->cli->arena))
		job->incomplete = true;
	if (!gateway_world_read(&job->after, &job->against, NULL, &job->options, &error))
		return fail(job, &error);
	lost_collect(&job->unusable, &job->after.findings, NULL, job->sources.count);
	return check_side(job, &job->after, "--against holds no object of Gateway API");
}

static bool read_before(struct job *job)
{
	struct error error;

	sides_build(&job->sides, &job->result.set, &job->options);
	if (job->result.set.ingress_count || !job->values->against.count)
		return true;
	if (!gateway_world_read(&job->before, &job->sources, NULL, &job->options, &error))
		return fail(job, &error);
	lost_collect(&job->unusable, &job->before.findings, "I2G617", 0);
	return check_side(job, &job->before,
			  "the input holds neither an Ingress nor an object of Gateway API");
}

/* ---- one comparison ---- */

/* Objects that the conversion wrote stand in no file. */
static const struct sources *written_in(const struct job *job)
{
	return job->values->against.count ? &job->against : NULL;
}

/* Findings have spans in the files of both sides. */
static void join_sources(struct job *job)
{
	const struct sources *const both[] = {&job->sources, &job->against};

	for (int side = 0; side < 2; side++)
		for (uint32_t i = 0; i < both[side]->count; i++)
			sources_add(&job->all, both[side]->at[i]);
}

static void tell_unusable(struct job *job)
{
	findings_append(&job->differences, &job->unusable);
	verify_unusable(&job->text, &job->unusable, &job->all, job->cli->out.colour);
	if (job->unusable.count)
		buf_char(&job->text, '\n');
}

static void tell_gaps(struct job *job, const struct verify *verify)
{
	size_t gaps = verify->from->gap_count + verify->to->gap_count;

	verify_gaps(&job->text, verify->from, &job->sources, job->cli->out.colour);
	verify_gaps(&job->text, verify->to, written_in(job), job->cli->out.colour);
	if (gaps)
		buf_char(&job->text, '\n');
	verify_gap_findings(&job->differences, verify->from, (const uint32_t[]){0});
	verify_gap_findings(&job->differences, verify->to,
			    job->values->against.count ? &job->sources.count : NULL);
	job->gaps += gaps;
}

static void compare(struct job *job, const struct route_table *from, const struct pair *pair)
{
	const struct witness_options options = {.seed = job->seed,
						.known_only = pair && pair->shares};
	struct verify verify = {.announced = pair ? pair->announced : job->converted.table,
				.explains = rule_explains,
				.progress = show_progress,
				.user = job};

	verify_run(&verify, from, pair ? pair->to : job->after.table, pair ? pair->findings : NULL,
		   &options);
	end_progress(job);
	verify_text(&job->text, &verify, &job->sources, written_in(job), job->cli->out.colour);
	if (job->text.len)
		buf_char(&job->text, '\n');
	tell_gaps(job, &verify);
	verify_summary(&job->text, &verify, job->seed, job->unusable.count);
	verify_findings(&job->differences, &verify, job->pairs.several ? pair->title : STR(""),
			job->values->against.count ? &job->sources.count : NULL);
	job->errors += verify_errors(&verify);
	job->differing += verify.differing;
	if (verify.exhausted)
		say_error("patterns take so much work that not all request classes were asked");
	job->incomplete |= verify.exhausted;
	verify_finish(&verify);
}

/* Each controller is asked at its own address, and says itself what was found there. */
static void compare_pair(struct job *job, const struct pair *pair)
{
	if (job->pairs.several)
		buf_format(&job->text, "%s%.*s:\n", job->text.len ? "\n" : "",
			   STR_ARG(pair->title));
	compare(job, pair->from->table, pair);
}

static bool pair_sides(struct job *job)
{
	const struct pairs_input input = {.sides = &job->sides,
					  .result = &job->result,
					  .after = &job->after,
					  .by_hand = job->values->against.count > 0,
					  .converted = &job->converted};
	struct error error;

	return pairs_make(&job->pairs, &job->cli->arena, &input, &error) || fail(job, &error);
}

static void compare_all(struct job *job)
{
	tell_unusable(job);
	if (job->before.table)
		compare(job, job->before.table, NULL);
	for (size_t i = 0; i < job->pairs.count; i++)
		compare_pair(job, &job->pairs.at[i]);
	if (job->before.table || job->pairs.count)
		return;
	if (job->result.ingress_count)
		say_error("nothing to compare: no Ingress of a controller whose behaviour is "
			  "known");
	else
		lost_say_no_ingress(&job->result, "to compare");
	job->incomplete = true;
}

/* ---- what is said ---- */

/* Formats other than our own text get the differences as findings. */
static int tell_findings(struct job *job)
{
	struct finding_run run = {
		.findings = &job->differences, .sources = &job->all, .incomplete = job->incomplete};

	return finding_finish(&job->request, &run);
}

static int tell_text(const struct job *job)
{
	if (!say_bytes(STDOUT_FILENO, "standard output", buf_slice(&job->text)) || job->incomplete)
		return STATUS_INCOMPLETE;
	return job->errors ? STATUS_FINDINGS : STATUS_DONE;
}

static int tell(struct job *job)
{
	int status = job->values->judging.outputs.count ? tell_findings(job) : tell_text(job);

	if (status == STATUS_DONE &&
	    ((job->values->strict && (job->differing || job->gaps)) || job->unusable.count))
		return STATUS_FINDINGS;
	return status;
}

static void take_text(void *user, const struct convert_object *object, struct str text)
{
	(void)object;
	buf_str(user, text);
}

static int verify(struct job *job)
{
	const struct convert_sink sink = {&job->output, take_text};
	struct error error;
	int status = STATUS_INCOMPLETE;

	job->options.format = OUTPUT_YAML;
	buf_init(&job->output);
	if (!convert_run(&job->result, &job->sources, &job->options, &sink, &error))
		fail(job, &error);
	findings_init(&job->differences, &job->cli->arena);
	findings_init(&job->unusable, &job->cli->arena);
	lost_collect(&job->unusable, &job->result.findings, NULL, 0);
	buf_init(&job->text);
	clock_gettime(CLOCK_MONOTONIC, &job->start);
	if (read_before(job) && read_after(job) && pair_sides(job)) {
		join_sources(job);
		compare_all(job);
		status = tell(job);
	} else {
		lost_say(&job->result.findings, &job->sources);
		lost_say(&job->after.findings, &job->against);
	}
	free(job->all.at);
	buf_finish(&job->text);
	gateway_world_finish(&job->converted);
	gateway_world_finish(&job->after);
	gateway_world_finish(&job->before);
	sides_finish(&job->sides);
	convert_finish(&job->result);
	buf_finish(&job->output);
	return status;
}

/* ---- the command ---- */

static bool read_seed(struct job *job)
{
	char *end;

	job->seed = 1;
	if (!job->values->seed)
		return true;
	job->seed = strtoull(job->values->seed, &end, 10);
	if (*job->values->seed && !*end)
		return true;
	say_error("--seed takes a number, not '%s'", job->values->seed);
	return false;
}

static int run(struct cli *cli, const void *given)
{
	struct job job = {.cli = cli, .values = given};
	const struct input_values *input = &job.values->input;
	int status = STATUS_INCOMPLETE;

	if (!inputs_given(input, &cli->args))
		return help_no_input(cli, &cmd_verify);
	if (!read_seed(&job) ||
	    !conversion_read(&job.values->conversion, &job.options, &cli->arena) ||
	    !finding_request_read(&job.request, &job.values->judging, cli))
		return STATUS_INCOMPLETE;
	job.incomplete = !inputs_open(&job.sources, input, &cli->args, &cli->arena);
	if (!job.incomplete || job.sources.count)
		status = verify(&job);
	sources_finish(&job.against);
	sources_finish(&job.sources);
	return status;
}

const struct command cmd_verify = {
	.name = "verify",
	.summary = "prove offline that the converted routes answer as the Ingresses do",
	.usage = "[flags] PATH...",
	.description =
		"Asks today's controller and the new Gateway, both as this program understands "
		"them, about one request of every class that either can tell apart, and prints "
		"the shortest request of each difference with the finding that announced it. A "
		"difference that no finding covers ends with status 1, and so does a guarded "
		"request that is served without its guard, whoever announced it: also one whose "
		"path is spelled so (//admin) that it may pass by. Settings that are not "
		"simulated (snippets among them) are named; nothing is proven then.",
	.examples = "ingress2gw verify deploy/\n"
		    "ingress2gw verify deploy/ --against gateway.yaml\n"
		    "ingress2gw verify old-gateway/ --against new-gateway/ --strict",
	.sections = sections,
	.values_size = sizeof(struct verify_values),
	.run = run,
};
