/* GitHub: workflow commands, which become annotations of a pull request.
 *
 * A step may make 10 errors, 10 warnings and 10 notices; what comes later is dropped without a word. So
 * the worst come first, and a last line says how many there are more. $GITHUB_STEP_SUMMARY gets them all.
 */
#include "report/clean.h"
#include "report/formats.h"
#include "report/markup.h"

enum {
	ANNOTATIONS_MOST = 10, /* of each kind */
	MESSAGE_MOST = 4096,   /* bytes: an annotation is read in a margin */
};

/* As the runner's toolkit escapes them: data, and values of properties, which end at ":" and ",". */
static void add_escaped(struct buf *buf, struct str text, const char *special)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c && strchr(special, c))
			buf_format(buf, "%%%02X", (unsigned char)c);
		else
			buf_char(buf, c);
	}
}

static void add_property(struct buf *buf, const char *name, struct str value)
{
	struct buf clean;

	buf_init(&clean);
	clean_add(&clean, value);
	buf_text(buf, name);
	add_escaped(buf, buf_slice(&clean), "%\r\n:,");
	buf_finish(&clean);
}

static void add_data(struct buf *buf, const struct finding *finding)
{
	struct buf text;
	bool cut;

	buf_init(&text);
	report_message(&text, finding);
	add_escaped(buf, markup_clip(buf_slice(&text), MESSAGE_MOST, &cut), "%\r\n");
	if (cut)
		buf_text(buf, "...");
	buf_finish(&text);
}

static const char *command_name(enum severity severity)
{
	return severity == SEVERITY_INFO ? "notice" : severity_name(severity);
}

static void add_command(struct buf *buf, const struct report *report,
			const struct report_entry *entry, struct arena *arena)
{
	struct span span = report_place(report, entry->finding);

	buf_format(buf, "::%s ", command_name(entry->verdict.severity));
	if (span.line) {
		add_property(buf, "file=", report_path(report, span.source, arena));
		buf_format(buf, ",line=%u,endLine=%u,", span.line, span.line);
		if (span.column && span.length)
			buf_format(buf, "col=%u,endColumn=%u,", span.column,
				   span.column + span.length);
	}
	buf_format(buf, "title=%s %s::", entry->rule->code, entry->rule->name);
	add_data(buf, entry->finding);
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

		if (shown[severity] < ANNOTATIONS_MOST) {
			shown[severity]++;
			add_command(buf, report, &list.at[i], &arena);
		} else {
			left_out[severity]++;
		}
	}
	add_left_out(buf, left_out);
	arena_finish(&arena);
}
