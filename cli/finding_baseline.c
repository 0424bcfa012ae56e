#include "cli/finding_baseline.h"

#include <errno.h>
#include <unistd.h>

#include "cli/files.h"
#include "cli/paths.h"

static bool is_writing(const struct finding_request *request)
{
	return request->values->update_baseline || request->values->prune_baseline;
}

static const char *writing_flag(const struct finding_request *request)
{
	return request->values->update_baseline ? "--update-baseline" : "--prune-baseline";
}

static bool is_usable(const struct finding_request *request)
{
	const struct finding_values *values = request->values;

	if (values->update_baseline && values->prune_baseline)
		say_error("--update-baseline takes out what is gone, too; --prune-baseline does "
			  "only that: give one of them");
	else if (is_writing(request) && !request->baseline_path)
		say_error("%s needs --baseline=FILE, or baseline in the configuration file",
			  writing_flag(request));
	else
		return true;
	return false;
}

static bool read_file(struct finding_request *request)
{
	const char *path = request->baseline_path;
	struct sources sources = {0};
	struct error error;
	bool ok;

	sources_add(&sources, (struct source){.name = str_from(path), .path = path});
	ok = baseline_read(&request->baseline, &sources, 0, &error);
	sources_finish(&sources);
	if (!ok)
		say_error("--baseline: %s", error.text);
	return ok;
}

bool finding_baseline_read(struct finding_request *request)
{
	const struct finding_values *values = request->values;

	if (values->baseline && *values->baseline)
		request->baseline_path = values->baseline;
	if (!is_usable(request))
		return false;
	if (!request->baseline_path)
		return true;
	baseline_init(&request->baseline, &request->cli->arena);
	request->gate.baseline = &request->baseline;
	request->gate.baseline_use = values->update_baseline  ? BASELINE_UPDATE
				     : values->prune_baseline ? BASELINE_PRUNE
							      : BASELINE_COMPARE;
	if (access(request->baseline_path, F_OK) == 0)
		return read_file(request);
	if (values->update_baseline)
		return true;
	say_error("--baseline: cannot read %s: %s", request->baseline_path, strerror(errno));
	say_hint("--update-baseline writes it");
	return false;
}

/* ---- what this run can judge ---- */

/* A file that is gone has no findings any more; about one that was not read nothing is known. */
static bool is_gone(struct arena *arena, struct str directory, struct str file)
{
	struct str path;

	if (str_is(file, "-"))
		return false;
	path = str_starts(file, "/")
		       ? file
		       : str_format(arena, "%.*s/%.*s", STR_ARG(directory), STR_ARG(file));
	return access(path.at, F_OK) != 0;
}

static bool could_meet(const struct finding_request *request, const struct finding_run *run,
		       const struct baseline_entry *entry)
{
	const struct rule *rule = rule_find(entry->code);

	return !run->partial && rule && gate_meets(&request->gate, rule);
}

/* Findings about the whole run can come from any file: only a run that reads all knows of them. */
static void mark_judged(struct finding_request *request, const struct finding_run *run,
			const struct str *files)
{
	static char yes, no; /* values of the map */
	struct arena *arena = &request->cli->arena;
	struct str directory = path_directory(arena, str_from(request->baseline_path));
	struct baseline *baseline = &request->baseline;
	bool all = true;
	struct map known;

	map_init(&known, arena);
	for (uint32_t i = 0; i < run->sources->count; i++)
		*map_at(&known, files[i]) = &yes;
	for (size_t i = 0; i < baseline->count; i++) {
		struct baseline_entry *entry = baseline->at[i];
		void **place = map_at(&known, entry->file);

		if (!*place)
			*place = is_gone(arena, directory, entry->file) ? &yes : &no;
		entry->judged = *place == &yes && could_meet(request, run, entry);
		all &= !entry->file.len || *place == &yes;
	}
	for (size_t i = 0; i < baseline->count; i++)
		if (!baseline->at[i]->file.len)
			baseline->at[i]->judged = all && could_meet(request, run, baseline->at[i]);
}

struct str *finding_baseline_files(struct finding_request *request, struct finding_run *run)
{
	struct arena *arena = &request->cli->arena;
	struct sources *sources = run->sources;
	struct baseline *baseline = &request->baseline;
	const char *path = request->baseline_path;
	struct str directory;
	struct str *files;
	uint32_t own;

	if (!path)
		return NULL;
	directory = path_directory(arena, str_from(path));
	files = arena_array(arena, struct str, sources->count + 1);
	for (uint32_t i = 0; i < sources->count; i++)
		files[i] = path_from(arena, directory, source_name(sources, i));
	mark_judged(request, run, files);
	own = sources_add(sources, (struct source){.name = str_from(path), .path = path});
	for (size_t i = 0; i < baseline->count; i++)
		if (baseline->at[i]->span.line)
			baseline->at[i]->span.source = own;
	return files;
}

/* ---- writing it ---- */

static bool is_whole(const struct finding_request *request, const struct finding_run *run)
{
	/* What is written anew keeps the findings of objects that are left out. */
	if (run->partial && !request->values->update_baseline)
		say_error("%s does not go together with -n, -l and --ingress-class: of the objects "
			  "they leave out nobody knows what is gone",
			  writing_flag(request));
	else if (run->incomplete)
		say_error("%s: the baseline is not written, because something could not be read",
			  writing_flag(request));
	else
		return true;
	return false;
}

static size_t count_entries(const struct baseline *baseline)
{
	size_t count = 0;

	for (size_t i = 0; i < baseline->count; i++)
		count += baseline->at[i]->count;
	return count;
}

static void tell(const struct finding_request *request)
{
	struct buf buf;

	buf_init(&buf);
	buf_format(&buf, "Wrote %s: ", request->baseline_path);
	report_number(&buf, count_entries(&request->baseline), "finding");
	buf_text(&buf, ".\n");
	say_bytes(STDERR_FILENO, "standard error", buf_slice(&buf));
	buf_finish(&buf);
}

bool finding_baseline_write(const struct finding_request *request, const struct finding_run *run)
{
	struct error error;
	struct buf buf;
	bool ok;

	if (!is_writing(request))
		return true;
	if (!is_whole(request, run))
		return false;
	buf_init(&buf);
	baseline_write(&buf, &request->baseline);
	ok = file_replace(request->baseline_path, buf_slice(&buf), &error);
	buf_finish(&buf);
	if (!ok)
		say_error("%s", error.text);
	else if (!request->cli->global.quiet)
		tell(request);
	return ok;
}
