/* TAP version 14: one test point an object, its findings in the YAML block below.
 *
 * What stands in the baseline is TAP's TODO: not ok, but known. What was suppressed is ok.
 */
#include "report/clean.h"
#include "report/formats.h"
#include "report/groups.h"

/* Descriptions end at an unescaped "#". */
static void add_description(struct buf *buf, struct str text)
{
	struct buf clean;

	buf_init(&clean);
	clean_add(&clean, text);
	for (size_t i = 0; i < clean.len; i++) {
		if (clean.at[i] == '#' || clean.at[i] == '\\')
			buf_char(buf, '\\');
		buf_char(buf, clean.at[i]);
	}
	buf_finish(&clean);
}

/* Always in double quotes: every YAML reader agrees on those. */
static void add_quoted(struct buf *buf, struct str text)
{
	struct buf clean;

	buf_init(&clean);
	clean_add(&clean, text);
	buf_char(buf, '"');
	for (size_t i = 0; i < clean.len; i++) {
		if (clean.at[i] == '"' || clean.at[i] == '\\')
			buf_char(buf, '\\');
		buf_char(buf, clean.at[i]);
	}
	buf_text(buf, "\"\n");
	buf_finish(&clean);
}

static const char *state_name(enum verdict_state state)
{
	static const char *const words[] = {
		[VERDICT_COUNTS] = "found",
		[VERDICT_KNOWN] = "baseline",
		[VERDICT_IGNORED] = "suppressed",
	};

	return words[state];
}

static void add_finding(struct buf *buf, const struct report *report,
			const struct report_entry *entry, struct arena *arena)
{
	const struct finding *finding = entry->finding;

	buf_format(buf, "    - code: %s\n      name: %s\n      severity: %s\n      state: %s\n",
		   entry->rule->code, entry->rule->name, severity_name(entry->verdict.severity),
		   state_name(entry->verdict.state));
	buf_text(buf, "      message: ");
	add_quoted(buf, finding->message);
	if (finding->hint.len) {
		buf_text(buf, "      hint: ");
		add_quoted(buf, finding->hint);
	}
	if (finding->span.line) {
		buf_text(buf, "      file: ");
		add_quoted(buf, report_path(report, finding->span.source, arena));
		buf_format(buf, "      line: %u\n      column: %u\n", finding->span.line,
			   finding->span.column);
	}
}

static bool fails(const struct report *report, const struct report_group *group,
		  enum verdict_state state)
{
	int worst = report_group_worst(group, state);

	return worst >= SEVERITY_INFO && report_is_failure(report, (enum severity)worst);
}

static void add_point(struct buf *buf, const struct report *report,
		      const struct report_group *group, size_t number, struct arena *arena)
{
	bool failed = fails(report, group, VERDICT_COUNTS);
	bool known = !failed && fails(report, group, VERDICT_KNOWN);

	buf_format(buf, "%s %zu - ", failed || known ? "not ok" : "ok", number);
	add_description(buf, report_group_name(report, group, arena));
	if (group->placed && group->ref.name.len) {
		buf_text(buf, " in ");
		add_description(buf, report_path(report, group->source, arena));
	}
	buf_text(buf, known ? " # TODO in the baseline\n" : "\n");
	if (!group->count)
		return;
	buf_text(buf, "  ---\n  findings:\n");
	for (size_t i = 0; i < group->count; i++)
		add_finding(buf, report, &group->entries[i], arena);
	buf_text(buf, "  ...\n");
}

void tap_write(struct buf *buf, const struct report *report)
{
	struct arena arena;

	arena_init(&arena);

	struct report_groups groups = report_groups(report, &arena);

	buf_format(buf, "TAP version 14\n1..%zu%s\n", groups.count,
		   groups.count ? "" : " # SKIP nothing was examined");
	for (size_t i = 0; i < groups.count; i++)
		add_point(buf, report, groups.at[i], i + 1, &arena);
	arena_finish(&arena);
}
