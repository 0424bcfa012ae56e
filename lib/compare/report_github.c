/* GitHub: workflow commands, one a cause: an error when nothing announced the difference, else a warning;
 * a notice for what is flaky. */
#include "compare/report_parts.h"

#include "report/clean.h"
#include "report/workflow.h"

static void add_message(struct buf *buf, const struct diff_result *result, size_t count)
{
	struct buf text, clean;

	buf_init(&text);
	buf_init(&clean);
	probe_describe(&clean, &result->probe);
	if (count > 1)
		buf_format(&clean, " (and %zu more)", count - 1);
	buf_text(&clean, ": ");
	report_facts_line(&text, result);
	if (result->finding) {
		buf_text(&text, "; announced: ");
		buf_str(&text, result->finding->message);
	}
	clean_add(&clean, buf_slice(&text));
	workflow_message(buf, buf_slice(&clean));
	buf_finish(&clean);
	buf_finish(&text);
}

static void add_place(struct buf *buf, const struct diff_report *report, struct arena *arena,
		      struct span span)
{
	struct str path = report_source_path(report, span.source, arena);

	if (span.line && path.len)
		workflow_place(buf, path, span);
}

static void add_command(struct buf *buf, const struct diff_report *report,
			const struct diff_group *group)
{
	struct arena arena;
	const struct diff_result *result;
	struct buf title;

	arena_init(&arena);
	buf_init(&title);
	result = report_shown(&arena, report, group->example);
	report_cause_words(&title, result);
	buf_format(buf, "::%s ", group->finding ? "warning" : "error");
	add_place(buf, report, &arena, report_result_place(result));
	workflow_title(buf, buf_slice(&title));
	buf_text(buf, "::");
	add_message(buf, result, group->count);
	buf_char(buf, '\n');
	buf_finish(&title);
	arena_finish(&arena);
}

/* Groups that no finding announced come first in the run already. */
static size_t add_groups(struct buf *buf, const struct diff_report *report, bool predicted)
{
	const struct diff_run *run = report->run;
	size_t shown = 0, left_out = 0;

	for (size_t i = 0; i < run->group_count; i++) {
		if ((run->groups[i].finding != NULL) != predicted)
			continue;
		if (shown++ < WORKFLOW_ANNOTATIONS)
			add_command(buf, report, &run->groups[i]);
		else
			left_out++;
	}
	return left_out;
}

void report_github_write(struct buf *buf, const struct diff_report *report)
{
	const struct diff_run *run = report->run;
	size_t left_out = add_groups(buf, report, false) + add_groups(buf, report, true);

	if (run->flaky)
		buf_format(buf,
			   "::notice title=flaky::%zu %s: the live side does not agree with "
			   "itself\n",
			   run->flaky, run->flaky == 1 ? "request" : "requests");
	if (left_out)
		buf_format(buf,
			   "%zu more causes than GitHub shows for a step; the step summary has "
			   "all.\n",
			   left_out);
	diff_report_summary(buf, report);
}
