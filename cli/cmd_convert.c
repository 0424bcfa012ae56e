#include "cli/cmd.h"

#include <unistd.h>

#include "cli/convert_flags.h"
#include "cli/files.h"
#include "cli/lost.h"
#include "cli/outdir.h"
#include "cli/summary.h"

enum { STREAM_PIECE = 64 * 1024 };

/* Objects on their way to standard output. */
struct stream {
	struct buf pending;
	bool failed;
};

struct job {
	struct cli *cli;
	const struct convert_values *values;
	struct convert_request request;
	struct sources sources;
	struct convert_result result;
	struct stream stream;
	struct outdir outdir; /* --output-dir */
};

/* ---- writing ---- */

static void flush(struct stream *stream)
{
	if (!stream->failed)
		stream->failed =
			!say_bytes(STDOUT_FILENO, "standard output", buf_slice(&stream->pending));
	buf_clear(&stream->pending);
}

/* Whole objects only: who reads the pipe never gets half of one, unless the system cuts it. */
static void write_object(void *user, const struct convert_object *object, struct str text)
{
	struct stream *stream = user;

	buf_str(&stream->pending, text);
	if (object && stream->pending.len >= STREAM_PIECE)
		flush(stream);
}

static bool finish_objects(struct job *job)
{
	struct error error;

	if (job->values->output_dir) {
		if (outdir_finish(&job->outdir, &error))
			return true;
		say_error("%s", error.text);
		return false;
	}
	flush(&job->stream);
	buf_finish(&job->stream.pending);
	return !job->stream.failed;
}

static bool write_ledgers(struct job *job)
{
	bool ok = true;

	for (size_t i = 0; i < job->values->reports.count; i++) {
		const char *path = job->values->reports.at[i];
		const struct ledger_format *format =
			ledger_format_for(file_is_dash(path) ? STR(".txt") : str_from(path));
		struct buf buf;

		buf_init(&buf);
		format->write(&buf, &job->result.model.ledger, &job->sources);
		ok = file_write(path, buf_slice(&buf)) && ok;
		buf_finish(&buf);
	}
	return ok;
}

static bool judge(struct job *job, bool complete, struct report *report)
{
	struct buf subject;
	struct finding_run run = {
		.findings = &job->result.findings,
		.sources = &job->sources,
		.raises = codes_of_conversion,
		.partial = conversion_is_partial(&job->values->conversion),
		.incomplete = !complete,
	};

	buf_init(&subject);
	report_number(&subject, job->result.set.ingress_count, "Ingress");
	run.subject = str_dup(&job->cli->arena, buf_slice(&subject));
	buf_finish(&subject);
	suppressions_add_set(&job->request.findings.suppressions, &job->result.set);
	return finding_judge(&job->request.findings, &run, report);
}

static void tell(struct job *job, struct report report)
{
	const struct term *term = &job->cli->err;
	const struct report_format *format = job->request.format;
	struct buf buf;

	if (!format && job->cli->global.quiet)
		return;
	report.width = term->width;
	report.colour = term->colour;
	buf_init(&buf);
	if (format)
		format->write(&buf, &report);
	else
		summary_write(&buf, &job->result, report, term, job->cli->global.verbose);
	say_bytes(STDERR_FILENO, "standard error", buf_slice(&buf));
	buf_finish(&buf);
}

/* ---- the command ---- */

static int convert(struct job *job, bool complete)
{
	const struct convert_sink sink =
		job->values->output_dir ? (struct convert_sink){&job->outdir, outdir_write}
					: (struct convert_sink){&job->stream, write_object};
	struct report report;
	struct error error;
	int status;

	if (!convert_run(&job->result, &job->sources, &job->request.options, &sink, &error)) {
		say_error("%s", error.text);
		complete = false;
	}
	if (complete && (lost_say_empty(&job->sources, job->result.set.document_count) ||
			 lost_say_unchosen(&job->result, &job->request.options, 0)))
		complete = false;
	complete = judge(job, complete, &report) && complete;
	complete = finish_objects(job) && complete;
	complete = finding_write(&job->request.findings, &report) && complete;
	complete = write_ledgers(job) && complete;
	tell(job, report);
	status = !complete               ? STATUS_INCOMPLETE
		 : report_fails(&report) ? STATUS_FINDINGS
					 : STATUS_DONE;
	convert_finish(&job->result);
	return status;
}

static int run(struct cli *cli, const void *given)
{
	struct job job = {.cli = cli, .values = given};
	const struct input_values *input = &job.values->input;
	int status;

	if (!inputs_given(input, &cli->args))
		return help_no_input(cli, &cmd_convert);
	if (!convert_read_flags(&job.request, job.values, cli))
		return STATUS_INCOMPLETE;
	/* Objects go to standard output before the ledger is complete. */
	for (size_t i = 0; i < job.values->reports.count; i++)
		if (!file_may_be_written(job.values->reports.at[i]))
			return STATUS_INCOMPLETE;

	job.outdir = (struct outdir){
		.dir = job.values->output_dir,
		.extension = job.request.options.format == OUTPUT_JSON ? ".json" : ".yaml",
		.split = job.values->split,
	};

	bool complete = inputs_open(&job.sources, input, &cli->args, &cli->arena);

	if (!complete && job.sources.count == 0)
		status = STATUS_INCOMPLETE;
	else
		status = convert(&job, complete);
	sources_finish(&job.sources);
	return status;
}

const struct command cmd_convert = {
	.name = "convert",
	.summary = "write Gateway API objects for these Ingresses",
	.usage = "[flags] PATH...",
	.description =
		"Reads Ingresses and what belongs to them (IngressClasses, Services, Secrets, "
		"ConfigMaps) from files, directories or standard input, and writes Gateway API "
		"objects "
		"to standard output. What is lost or different is said on standard error, with "
		"file "
		"and line; routes that would lose their access check are held back.",
	.examples = "ingress2gw convert deploy/ > gateway.yaml\n"
		    "kubectl get ingress,ingressclass,svc -A -o yaml | ingress2gw convert -\n"
		    "ingress2gw convert deploy/ --emitter=envoy-gateway --report=ledger.json",
	.sections = convert_sections,
	.values_size = sizeof(struct convert_values),
	.run = run,
};
