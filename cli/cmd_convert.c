#include "cli/cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "cli/convert_flags.h"
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

static bool is_dash(const char *path)
{
	return strcmp(path, "-") == 0;
}

static bool write_to(const char *path, struct str text)
{
	int fd;
	bool ok;

	if (is_dash(path))
		return say_bytes(STDOUT_FILENO, "standard output", text);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0) {
		say_error("cannot write %s: %s", path, strerror(errno));
		return false;
	}
	ok = say_bytes(fd, path, text);
	if (close(fd) != 0 && ok) {
		say_error("cannot write %s: %s", path, strerror(errno));
		return false;
	}
	return ok;
}

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
			ledger_format_for(is_dash(path) ? STR(".txt") : str_from(path));
		struct buf buf;

		buf_init(&buf);
		format->write(&buf, &job->result.model.ledger, &job->sources);
		ok = write_to(path, buf_slice(&buf)) && ok;
		buf_finish(&buf);
	}
	return ok;
}

static struct report make_report(struct job *job)
{
	struct buf subject;
	struct report report = {.findings = &job->result.findings, .sources = &job->sources};

	buf_init(&subject);
	report_number(&subject, job->result.set.ingress_count, "Ingress");
	report.subject = str_dup(&job->cli->arena, buf_slice(&subject));
	buf_finish(&subject);
	return report;
}

static bool write_findings_files(struct job *job)
{
	struct report report = make_report(job);
	bool ok = true;

	for (size_t i = 0; i < job->request.file_count; i++) {
		struct buf buf;

		buf_init(&buf);
		job->request.files[i].format->write(&buf, &report);
		ok = write_to(job->request.files[i].path, buf_slice(&buf)) && ok;
		buf_finish(&buf);
	}
	return ok;
}

static void tell(struct job *job)
{
	const struct term *term = &job->cli->err;
	int format = job->values->findings;
	struct report report = make_report(job);
	struct buf buf;

	if (format == FINDINGS_SUMMARY && job->cli->global.quiet)
		return;
	report.width = term->width;
	report.colour = term->colour;
	buf_init(&buf);
	if (format == FINDINGS_SUMMARY)
		summary_write(&buf, &job->result, &job->sources, term, job->cli->global.verbose);
	else
		report_format_find(str_from(convert_findings_name(format)))->write(&buf, &report);
	say_bytes(STDERR_FILENO, "standard error", buf_slice(&buf));
	buf_finish(&buf);
}

/* ---- the command ---- */

static bool fails(const struct findings *findings, int fail_on)
{
	size_t counts[3];

	findings_count(findings, counts);
	switch (fail_on) {
	case FAIL_NEVER:
		return false;
	case FAIL_INFO:
		return findings->count;
	case FAIL_WARNING:
		return counts[SEVERITY_WARNING] || counts[SEVERITY_ERROR];
	default:
		return counts[SEVERITY_ERROR];
	}
}

static int convert(struct job *job, bool complete)
{
	struct error error;
	int status;

	if (!convert_run(&job->result, &job->sources, &job->request.options, &error)) {
		say_error("%s", error.text);
		complete = false;
	}
	complete = write_objects(job) && complete;
	complete = write_findings_files(job) && complete;
	complete = write_ledgers(job) && complete;
	tell(job);
	status = !complete                                            ? STATUS_INCOMPLETE
		 : fails(&job->result.findings, job->values->fail_on) ? STATUS_FINDINGS
								      : STATUS_DONE;
	convert_finish(&job->result);
	return status;
}

static int no_input(struct cli *cli)
{
	struct buf buf;

	buf_init(&buf);
	help_command(&buf, &cmd_convert, cli->err.width, false);
	say_bytes(STDERR_FILENO, "standard error", buf_slice(&buf));
	buf_finish(&buf);
	return STATUS_INCOMPLETE;
}

static int run(struct cli *cli, const void *given)
{
	struct job job = {.cli = cli, .values = given};
	const struct input_values *input = &job.values->input;
	int status;

	if (!inputs_given(input, &cli->args))
		return no_input(cli);
	if (!convert_read_flags(&job.request, job.values, &cli->arena))
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
