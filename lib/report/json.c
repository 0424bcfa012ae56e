/* Our own JSON: one documented schema, ingress2gw-findings(5); fields are added, never renamed. */
#include "report/formats.h"
#include "yaml/write.h"

static const char *aside_words(const struct verdict *verdict)
{
	static const char *const words[] = {
		[VERDICT_NOWHERE] = "baseline", [VERDICT_ANNOTATION] = "annotation",
		[VERDICT_COMMENT] = "comment",  [VERDICT_CONFIG] = "config",
		[VERDICT_FLAG] = "flag",
	};

	return verdict->state == VERDICT_KNOWN ? words[VERDICT_NOWHERE] : words[verdict->place];
}

static void add_aside(struct buf *buf, const struct verdict *verdict)
{
	if (verdict->state == VERDICT_COUNTS)
		return;
	buf_format(buf, ",\"by\":\"%s\"", aside_words(verdict));
	if (verdict->reason.len) {
		buf_text(buf, ",\"reason\":");
		json_write_string(buf, verdict->reason);
	}
}

static void add_finding(struct buf *buf, const struct report *report,
			const struct report_entry *entry, const struct report_id *id)
{
	const struct finding *finding = entry->finding;

	buf_format(buf, "{\"id\":\"%s\",\"code\":\"%s\",\"name\":\"%s\",\"severity\":\"%s\"",
		   id->text, entry->rule->code, entry->rule->name,
		   severity_name(entry->verdict.severity));
	buf_text(buf, ",\"message\":");
	json_write_string(buf, finding->message);
	if (finding->hint.len) {
		buf_text(buf, ",\"hint\":");
		json_write_string(buf, finding->hint);
	}
	report_json_place(buf, report->sources, finding->span);
	report_json_object(buf, &finding->object);
	report_json_path(buf, finding->path);
	add_aside(buf, &entry->verdict);
	buf_char(buf, '}');
}

static void add_list(struct buf *buf, const struct report *report, const struct report_list *list,
		     const struct report_id *ids)
{
	for (size_t i = 0; i < list->count; i++) {
		buf_text(buf, i ? ",\n  " : "\n  ");
		add_finding(buf, report, &list->at[i], &ids[list->at[i].index]);
	}
}

void json_report_write(struct buf *buf, const struct report *report)
{
	struct arena arena;
	struct report_totals totals = report_totals(report);

	arena_init(&arena);
	buf_format(buf,
		   "{\"version\":1,\"summary\":{\"error\":%zu,\"warning\":%zu,\"info\":%zu,"
		   "\"suppressed\":%zu,\"baseline\":%zu},\n",
		   totals.counts[SEVERITY_ERROR], totals.counts[SEVERITY_WARNING],
		   totals.counts[SEVERITY_INFO], totals.ignored, totals.known);

	struct report_list list = report_list(report, &arena);
	struct report_list aside = report_list_aside(report, &arena);
	const struct report_id *ids = report_ids(report, &arena);

	buf_text(buf, " \"findings\":[");
	add_list(buf, report, &list, ids);
	buf_text(buf, "],\n \"suppressed\":[");
	add_list(buf, report, &aside, ids);
	buf_text(buf, "]}\n");
	arena_finish(&arena);
}
