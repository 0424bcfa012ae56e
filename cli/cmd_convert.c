#include "cli/cmd.h"

#include <unistd.h>

#include "cli/convert_flags.h"
#include "cli/files.h"
#include "cli/outdir.h"
#include "cli/summary.h"

struct job {
	struct cli *cli;
	const struct convert_values *values;
	struct convert_request request;
	struct sources sources;
	struct convert_result result;
};

/* ---- writing ---- */

static bool write_objects(struct job *job)
{
	const char *extension = job->request.options.format == OUTPUT_JSON ? ".json" : ".yaml";
	struct error error;

	if (job->result.output.full) {
		say_error("the objects are too large to be written");
		return false;
	}
	if (!job->values->output_dir)
		return say_bytes(STDOUT_FILENO, "standard output", buf_slice(&job->result.output));
	if (job->result.object_count == 0)
		return true;
	if (outdir_write(job->values->output_dir, &job->result, job->values->split, extension,
			 &error))
		return true;
	say_error("%s", error.text);
	return false;
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
	static const struct str raises[] = {STR_INIT("I2G1"), STR_INIT("I2G2"), STR_INIT("I2G3"),
					    STR_INIT("I2G4"), STR_INIT("I2G5"), STR_INIT("I2G60")};
	struct buf subject;
	struct finding_run run = {
		.findings = &job->result.findings,
		.sources = &job->sources,
		.raises = {raises, sizeof raises / sizeof *raises},
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
	struct report report;
	struct error error;
	int status;

	if (!convert_run(&job->result, &job->sources, &job->request.options, &error)) {
		say_error("%s", error.text);
		complete = false;
	}
	complete = judge(job, complete, &report) && complete;
	complete = write_objects(job) && complete;
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
