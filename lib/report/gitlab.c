/* GitLab's code quality report: a JSON array of violations.
 *
 * GitLab compares the fingerprints of two branches and drops all but the first violation of one
 * fingerprint, so they must be unique and must survive moved lines: report_ids() sees to both. A path
 * must be relative to the repository's root, without "./", and every violation needs one.
 */
#include "report/formats.h"
#include "report/markup.h"

static const char *gitlab_severity(enum severity severity)
{
	static const char *const words[] = {
		[SEVERITY_INFO] = "info",
		[SEVERITY_WARNING] = "minor",
		[SEVERITY_ERROR] = "critical",
	};

	return words[severity];
}

static void add_violation(struct buf *buf, const struct report *report,
			  const struct report_entry *entry, const struct report_id *id)
{
	const struct finding *finding = entry->finding;
	struct span span = report_place(report, finding);
	struct arena arena;

	arena_init(&arena);
	buf_text(buf, "{\"description\":");
	markup_json(buf, finding->message);
	buf_format(buf, ",\"check_name\":\"%s %s\",\"fingerprint\":\"%s\",\"severity\":\"%s\"",
		   entry->rule->code, entry->rule->name, id->text,
		   gitlab_severity(entry->verdict.severity));
	buf_text(buf, ",\"location\":{\"path\":");
	markup_json(buf, report_path(report, span.source, &arena));
	buf_format(buf, ",\"lines\":{\"begin\":%u}}}", span.line ? span.line : 1);
	arena_finish(&arena);
}

void gitlab_write(struct buf *buf, const struct report *report)
{
	struct arena arena;

	arena_init(&arena);

	struct report_list list = report_list(report, &arena);
	const struct report_id *ids = report_ids(report, &arena);

	buf_char(buf, '[');
	for (size_t i = 0; i < list.count; i++) {
		buf_text(buf, i ? ",\n " : "\n ");
		add_violation(buf, report, &list.at[i], &ids[list.at[i].index]);
	}
	buf_text(buf, "]\n");
	arena_finish(&arena);
}
