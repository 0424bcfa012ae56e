#include "cli/diff_join.h"

#include "cli/files.h"
#include "cli/repository.h"
#include "compare/report.h"

/* ---- writing ---- */

bool diff_write(const struct diff_run *run, const struct diff_shown *shown)
{
	struct repository repository = repository_find(&shown->cli->arena);
	struct diff_report report = {.run = run,
				     .sources = shown->sources,
				     .hidden = shown->hidden,
				     .hidden_count = shown->hidden_count,
				     .pages = STR(I2G_PAGES),
				     .root = repository.root,
				     .directory = repository.directory,
				     .date = output_date(),
				     .verbose = shown->cli->global.verbose > 0};
	struct buf buf;
	bool ok = true;

	buf_init(&buf);
	for (size_t i = 0; i < shown->outputs->count; i++) {
		const struct output *output = &shown->outputs->at[i];
		const struct diff_format *format = &diff_formats[output->format];
		const char *side = output_side(format->side_variable);

		buf_clear(&buf);
		report.colour = file_is_dash(output->path) && shown->cli->out.colour;
		format->write(&buf, &report);
		ok = output_write(output, buf_slice(&buf),
				  shown->quiet || shown->cli->global.quiet) &&
		     ok;
		if (side) {
			buf_clear(&buf);
			format->write_side(&buf, &report);
			ok = file_append(side, buf_slice(&buf)) && ok;
		}
	}
	buf_finish(&buf);
	return ok;
}

/* ---- joining ---- */

static bool merge_file(struct diff_run *run, struct sources *sources, const char *path)
{
	struct error error;
	struct buf text;
	bool ok;

	buf_init(&text);
	ok = file_read(path, &text, &error) &&
	     diff_merge(run, sources, buf_slice(&text), path, &error);
	buf_finish(&text);
	if (!ok)
		say_error("%s", error.text);
	return ok;
}

static bool merge_all(struct diff_run *run, struct sources *sources, const struct texts *paths)
{
	struct error error;

	for (size_t i = 0; i < paths->count; i++)
		if (!merge_file(run, sources, paths->at[i]))
			return false;
	if (diff_merge_end(run, &error))
		return true;
	say_error("%s", error.text);
	return false;
}

int diff_join(struct cli *cli, const struct outputs *outputs)
{
	struct sources sources = {0};
	const struct diff_shown shown = {.sources = &sources, .outputs = outputs, .cli = cli};
	struct diff_run run;
	int status = STATUS_INCOMPLETE;

	if (!cli->args.count)
		return say_error("--merge joins files that 'diff --shard=I/N -o json=FILE' wrote: "
				 "name them");
	diff_init(&run, NULL, NULL);
	if (merge_all(&run, &sources, &cli->args) && diff_write(&run, &shown) && run.complete &&
	    !run.unasked)
		status = run.different ? STATUS_FINDINGS : STATUS_DONE;
	diff_finish(&run);
	sources_finish(&sources);
	return status;
}
