/* GitHub: workflow commands, which become annotations of a pull request.
 *
 * A step may make 10 errors, 10 warnings and 10 notices; what comes later is dropped without a word. So
 * the worst come first, and a last line says how many there are more. $GITHUB_STEP_SUMMARY gets them all.
 */
#include "report/formats.h"
#include "report/workflow.h"

static const char *command_name(enum severity severity)
{
	return severity == SEVERITY_INFO ? "notice" : severity_name(severity);
}

static void add_command(struct buf *buf, const struct report *report,
			const struct report_entry *entry, struct arena *arena)
{
	struct span span = report_place(report, entry->finding);
	struct buf message;

	buf_format(buf, "::%s ", command_name(entry->verdict.severity));
	if (span.line)
		workflow_place(buf, report_path(report, span.source, arena), span);
	buf_format(buf, "title=%s %s::", entry->rule->code, entry->rule->name);
	buf_init(&message);
	report_message(&message, entry->finding);
	workflow_message(buf, buf_slice(&message));
	buf_finish(&message);
	buf_char(buf, '\n');
}

static void add_left_out(struct buf *buf, const size_t left_out[3])
{
	const char *before = "";

	for (int severity = SEVERITY_ERROR; severity >= SEVERITY_INFO; severity--) {
		if (!left_out[severity])
			continue;
		buf_text(buf, before);
		before = ", ";
		report_number(buf, left_out[severity], severity_name((enum severity)severity));
	}
	if (*before)
		buf_text(buf, " more than GitHub shows for a step; the step summary has all.\n");
}

void github_write(struct buf *buf, const struct report *report)
{
	struct arena arena;
	size_t shown[3] = {0}, left_out[3] = {0};

	arena_init(&arena);

	struct report_list list = report_list(report, &arena);

	report_worst_first(&list);
	for (size_t i = 0; i < list.count; i++) {
		enum severity severity = list.at[i].verdict.severity;

		if (shown[severity] < WORKFLOW_ANNOTATIONS) {
			shown[severity]++;
			add_command(buf, report, &list.at[i], &arena);
		} else {
			left_out[severity]++;
		}
	}
	add_left_out(buf, left_out);
	arena_finish(&arena);
}
