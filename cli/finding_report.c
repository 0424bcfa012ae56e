/* The findings of a run are judged and printed. */
#include "cli/finding_flags.h"

#include <unistd.h>

#include "cli/files.h"
#include "cli/finding_baseline.h"
#include "cli/glob.h"
#include "cli/paths.h"
#include "cli/repository.h"

/* ---- judging ---- */

/* --per-path: a pattern is compared with names as they look from the project, and as they were given. */
static void find_paths(struct finding_request *request, const struct sources *sources)
{
	struct arena *arena = &request->cli->arena;
	struct str base =
		request->cli->project.len ? request->cli->project : path_absolute(arena, STR("."));
	struct path_ignore *paths = arena_array(arena, struct path_ignore, request->path_count + 1);

	for (size_t i = 0; i < request->path_count; i++) {
		bool *fits = arena_array(arena, bool, sources->count + 1);

		for (uint32_t s = 0; s < sources->count; s++) {
			struct str name = source_name(sources, s);

			fits[s] = glob_excludes(request->paths[i].glob,
						path_from(arena, base, name).at);
		}
		paths[i] = (struct path_ignore){request->paths[i].codes, fits};
	}
	request->gate.paths = paths;
	request->gate.path_count = request->path_count;
}

/* A source that cannot be read was complained about when the objects were read. */
static void find_comments(struct finding_request *request, const struct sources *sources)
{
	struct error error;

	for (uint32_t i = 0; i < sources->count; i++)
		suppressions_scan(&request->suppressions, sources, i, &error);
}

bool finding_judge(struct finding_request *request, struct finding_run *run, struct report *report)
{
	struct repository repository = repository_find(&request->cli->arena);
	struct str *files;

	request->gate.raises = run->raises;
	request->gate.partial = run->partial;
	find_comments(request, run->sources);
	find_paths(request, run->sources);
	files = finding_baseline_files(request, run);
	*report = (struct report){
		.verdicts = gate_judge(&request->gate, run->findings, run->sources, files,
				       &request->cli->arena),
		.findings = run->findings,
		.sources = run->sources,
		.objects = run->objects,
		.object_count = run->object_count,
		.subject = run->subject,
		.pages = STR(I2G_PAGES),
		.root = repository.root,
		.directory = repository.directory,
		.baseline = request->baseline_path,
		.date = output_date(),
		.fail_on = (enum report_threshold)request->values->fail_on,
	};
	return finding_baseline_write(request, run);
}

/* ---- printing ---- */

static bool write_output(const struct output *output, struct report *report, const struct cli *cli)
{
	const struct report_format *format = &report_formats[output->format];
	const char *side = output_side(format->side_variable);
	bool shown = file_is_dash(output->path);
	struct buf buf;
	bool ok;

	/* A file is read later, somewhere else. */
	report->width = shown ? cli->out.width : 0;
	report->colour = shown && cli->out.colour;
	buf_init(&buf);
	format->write(&buf, report);
	ok = file_write(output->path, buf_slice(&buf));
	if (side) {
		buf_clear(&buf);
		format->write_side(&buf, report);
		ok = file_append(side, buf_slice(&buf)) && ok;
	}
	buf_finish(&buf);
	return ok;
}

static void write_counts(const struct report *report)
{
	struct buf buf;

	buf_init(&buf);
	report_summary(&buf, report);
	say_bytes(STDERR_FILENO, "standard error", buf_slice(&buf));
	buf_finish(&buf);
}

bool finding_write(const struct finding_request *request, struct report *report)
{
	bool ok = true;

	for (size_t i = 0; i < request->outputs.count; i++)
		ok = write_output(&request->outputs.at[i], report, request->cli) && ok;
	return ok;
}

bool finding_leaves_output(const struct finding_request *request, const char *flag)
{
	for (size_t i = 0; i < request->outputs.count; i++)
		if (file_is_dash(request->outputs.at[i].path)) {
			const char *format = word_format(request->outputs.at[i].format);

			say_error("-o %s and --%s both write to standard output; -o %s=FILE "
				  "writes to a file",
				  format, flag, format);
			return false;
		}
	return true;
}

static bool shows_counts(const struct finding_request *request, const struct finding_run *run)
{
	for (size_t i = 0; i < request->outputs.count; i++)
		if (file_is_dash(request->outputs.at[i].path) &&
		    report_formats[request->outputs.at[i].format].counts)
			return true;
	return request->outputs.count == 0 && !run->aside;
}

int finding_finish(struct finding_request *request, struct finding_run *run)
{
	const struct output text = {(size_t)(report_format_find(STR("text")) - report_formats),
				    "-"};
	const struct cli *cli = request->cli;
	struct report report;
	bool judged = finding_judge(request, run, &report);
	bool ok = request->outputs.count || run->aside ? finding_write(request, &report)
						       : write_output(&text, &report, cli);

	if (!shows_counts(request, run) && !cli->global.quiet)
		write_counts(&report);
	if (!judged || !ok || run->incomplete)
		return STATUS_INCOMPLETE;
	return report_fails(&report) ? STATUS_FINDINGS : STATUS_DONE;
}
