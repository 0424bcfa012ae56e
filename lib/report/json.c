/* Our own JSON: one documented schema; fields are added, never renamed. */
#include "report/formats.h"
#include "yaml/write.h"

static void add_finding(struct buf *buf, const struct report *report, const struct finding *finding)
{
	const struct rule *rule = rule_of(finding);
	char id[17];

	report_id(id, finding, report->sources);
	buf_format(buf, "{\"id\":\"%s\",\"code\":\"%s\",\"name\":\"%s\",\"severity\":\"%s\"", id,
		   rule->code, rule->name, severity_name(rule->severity));
	buf_text(buf, ",\"message\":");
	json_write_string(buf, finding->message);
	if (finding->hint.len) {
		buf_text(buf, ",\"hint\":");
		json_write_string(buf, finding->hint);
	}
	report_json_place(buf, report->sources, finding->span);
	report_json_object(buf, &finding->object);
	report_json_path(buf, finding->path);
	buf_char(buf, '}');
}

void json_report_write(struct buf *buf, const struct report *report)
{
	struct arena arena;
	size_t counts[3];

	arena_init(&arena);
	findings_count(report->findings, counts);
	buf_format(buf,
		   "{\"version\":1,\"summary\":{\"error\":%zu,\"warning\":%zu,\"info\":%zu},\n",
		   counts[SEVERITY_ERROR], counts[SEVERITY_WARNING], counts[SEVERITY_INFO]);
	buf_text(buf, " \"findings\":[");

	struct report_list list = report_list(report, &arena);

	for (size_t i = 0; i < list.count; i++) {
		buf_text(buf, i ? ",\n  " : "\n  ");
		add_finding(buf, report, list.at[i]);
	}
	buf_text(buf, "]}\n");
	arena_finish(&arena);
}
