/* file:line:col: severity: message [code] - what editors and problem matchers read. */
#include "report/clean.h"
#include "report/formats.h"

static void add_place(struct buf *buf, const struct report *report, const struct finding *finding)
{
	if (finding->span.line) {
		clean_add(buf, source_name(report->sources, finding->span.source));
		buf_format(buf, ":%u:%u: ", finding->span.line, finding->span.column);
	} else if (finding->object.name.len) {
		report_object(buf, &finding->object);
		buf_text(buf, ": ");
	}
}

void concise_write(struct buf *buf, const struct report *report)
{
	struct arena arena;

	arena_init(&arena);

	struct report_list list = report_list(report, &arena);

	for (size_t i = 0; i < list.count; i++) {
		const struct report_entry *entry = &list.at[i];

		add_place(buf, report, entry->finding);
		buf_format(buf, "%s: ", severity_name(entry->verdict.severity));
		clean_add(buf, entry->finding->message);
		buf_format(buf, " [%s]\n", entry->rule->code);
	}
	arena_finish(&arena);
}
