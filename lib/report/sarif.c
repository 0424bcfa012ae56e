/* SARIF 2.1.0 (OASIS): what code scanning services and editors read.
 *
 * GitHub refuses a file whose results have no location, or that has more than 25,000 results in a run.
 */
#include "report/formats.h"
#include "report/markup.h"
#include "yaml/write.h"

enum { RESULTS_MOST = 25000 };

struct sarif {
	struct buf *buf;
	const struct report *report;
	struct arena arena;
	struct report_list list; /* what counts, then what does not */
	size_t left_out;
	const struct report_id *ids;
	unsigned *numbers; /* by index into rules[]: index in the file, plus 1 */
	bool suppressed;   /* some result is */
};

static const char *level_name(enum severity severity)
{
	return severity == SEVERITY_INFO ? "note" : severity_name(severity);
}

/* ---- rules ---- */

static void add_help(struct sarif *s, const struct rule *rule)
{
	struct buf *buf = s->buf;

	buf_text(buf, ",\n      \"help\":{\"text\":");
	json_write_string(buf, str_format(&s->arena, "%s %s", rule->text, rule->fix));
	buf_text(buf, ",\"markdown\":");
	json_write_string(buf, str_format(&s->arena, "**%s**\n\n%s\n\n*What to do:* %s\n\n`%s %s`",
					  rule->title, rule->text, rule->fix, "ingress2gw explain",
					  rule->code));
	buf_char(buf, '}');
	if (s->report->pages.len) {
		buf_text(buf, ",\"helpUri\":");
		json_write_string(buf, str_format(&s->arena, "%.*s%s", STR_ARG(s->report->pages),
						  rule->code));
	}
}

static void add_rule(struct sarif *s, const struct rule *rule)
{
	struct buf *buf = s->buf;

	buf_format(buf, "{\"id\":\"%s\",\"name\":\"%s\"", rule->code, rule->name);
	buf_text(buf, ",\"shortDescription\":{\"text\":");
	json_write_string(buf, str_from(rule->title));
	buf_text(buf, "},\"fullDescription\":{\"text\":");
	json_write_string(buf, str_from(rule->text));
	buf_char(buf, '}');
	add_help(s, rule);
	buf_format(buf, ",\"defaultConfiguration\":{\"level\":\"%s\"}}",
		   level_name(rule->severity));
}

/* The rules that results refer to, in the order of the table. */
static void add_rules(struct sarif *s)
{
	unsigned count = 0;

	for (size_t i = 0; i < s->list.count; i++)
		s->numbers[s->list.at[i].rule - rules] = 1;
	buf_text(s->buf, ",\"rules\":[");
	for (size_t i = 0; i < rule_count; i++) {
		if (!s->numbers[i])
			continue;
		s->numbers[i] = ++count;
		buf_text(s->buf, count > 1 ? ",\n     " : "\n     ");
		add_rule(s, &rules[i]);
	}
	buf_char(s->buf, ']');
}

/* ---- results ---- */

/* A caret without a width is a place; without endColumn it would mean the rest of the line. */
static void add_region(struct buf *buf, struct span span)
{
	if (span.line)
		buf_format(buf,
			   ",\"region\":{\"startLine\":%u,\"startColumn\":%u,\"endColumn\":%u}",
			   span.line, span.column ? span.column : 1,
			   (span.column ? span.column : 1) + span.length);
}

/* What is about the whole run is shown at the first file, because a result needs one. */
static void add_physical(struct sarif *s, struct span span)
{
	struct str path = report_path(s->report, span.source, &s->arena);
	bool absolute = str_starts(path, "/");

	buf_text(s->buf, "\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"");
	markup_uri(s->buf, path);
	buf_text(s->buf, absolute ? "\"}" : "\",\"uriBaseId\":\"%SRCROOT%\"}");
	add_region(s->buf, span);
	buf_char(s->buf, '}');
}

static void add_logical(struct sarif *s, const struct object_ref *object)
{
	struct str slash = object->namespace.len ? STR("/") : STR("");

	if (!object->name.len)
		return;
	buf_text(s->buf, s->report->sources->count ? "," : "");
	buf_text(s->buf, "\"logicalLocations\":[{\"name\":");
	markup_json(s->buf, object->name);
	buf_text(s->buf, ",\"fullyQualifiedName\":");
	markup_json(s->buf,
		    str_format(&s->arena, "%.*s/%.*s%.*s%.*s", STR_ARG(object->kind),
			       STR_ARG(object->namespace), STR_ARG(slash), STR_ARG(object->name)));
	buf_text(s->buf, ",\"kind\":\"object\"}]");
}

static void add_locations(struct sarif *s, const struct finding *finding)
{
	if (!s->report->sources->count && !finding->object.name.len)
		return;
	buf_text(s->buf, ",\n     \"locations\":[{");
	if (s->report->sources->count)
		add_physical(s, report_place(s->report, finding));
	add_logical(s, &finding->object);
	buf_text(s->buf, "}]");
}

/* Section 3.27.23: either all results of a run say something about suppression, or none. */
static void add_suppressions(struct sarif *s, const struct verdict *verdict)
{
	bool in_source = verdict->place == VERDICT_ANNOTATION || verdict->place == VERDICT_COMMENT;

	if (s->report->baseline)
		buf_format(s->buf, ",\"baselineState\":\"%s\"",
			   verdict->state == VERDICT_KNOWN ? "unchanged" : "new");
	if (!s->suppressed)
		return;
	buf_text(s->buf, ",\"suppressions\":[");
	if (verdict->state != VERDICT_COUNTS) {
		buf_format(s->buf, "{\"kind\":\"%s\",\"status\":\"accepted\"",
			   in_source ? "inSource" : "external");
		if (verdict->reason.len) {
			buf_text(s->buf, ",\"justification\":");
			markup_json(s->buf, verdict->reason);
		}
		buf_char(s->buf, '}');
	}
	buf_char(s->buf, ']');
}

static void add_message(struct sarif *s, const struct finding *finding)
{
	struct buf text;

	buf_init(&text);
	report_message(&text, finding);
	buf_text(s->buf, ",\"message\":{\"text\":");
	json_write_string(s->buf, buf_slice(&text));
	buf_char(s->buf, '}');
	buf_finish(&text);
}

static void add_result(struct sarif *s, const struct report_entry *entry)
{
	struct arena_mark mark = arena_mark(&s->arena);

	buf_format(s->buf, "{\"ruleId\":\"%s\",\"ruleIndex\":%u,\"level\":\"%s\"",
		   entry->rule->code, s->numbers[entry->rule - rules] - 1,
		   level_name(entry->verdict.severity));
	add_message(s, entry->finding);
	add_locations(s, entry->finding);
	buf_format(s->buf, ",\"partialFingerprints\":{\"i2gFinding/v1\":\"%s\"}",
		   s->ids[entry->index].text);
	add_suppressions(s, &entry->verdict);
	buf_char(s->buf, '}');
	arena_rewind(&s->arena, mark);
}

/* ---- the file ---- */

/* What counts goes first and, if there is too much, the worst of it. */
static void collect(struct sarif *s)
{
	struct report_list list = report_list(s->report, &s->arena);
	struct report_list aside = report_list_aside(s->report, &s->arena);
	size_t count = list.count + aside.count;

	if (count > RESULTS_MOST)
		report_worst_first(&list);
	s->suppressed = aside.count;
	s->list.at = arena_array(&s->arena, struct report_entry, count + 1);
	if (list.count)
		memcpy(s->list.at, list.at, list.count * sizeof *list.at);
	if (aside.count)
		memcpy(s->list.at + list.count, aside.at, aside.count * sizeof *aside.at);
	s->list.count = count < RESULTS_MOST ? count : RESULTS_MOST;
	s->left_out = count - s->list.count;
	s->ids = report_ids(s->report, &s->arena);
	s->numbers = arena_array(&s->arena, unsigned, rule_count);
}

static void add_notification(struct sarif *s)
{
	if (s->left_out)
		buf_format(s->buf,
			   ",\n   \"invocations\":[{\"executionSuccessful\":true,"
			   "\"toolExecutionNotifications\":[{\"level\":\"warning\","
			   "\"message\":{\"text\":\"%zu results were left out: code scanning takes "
			   "%d. The worst are here.\"}}]}]",
			   s->left_out, RESULTS_MOST);
}

void sarif_write(struct buf *buf, const struct report *report)
{
	struct sarif s = {.buf = buf, .report = report};

	arena_init(&s.arena);
	collect(&s);
	buf_text(buf, "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\","
		      "\"version\":\"2.1.0\",\"runs\":[\n"
		      "  {\"tool\":{\"driver\":{\"name\":\"ingress2gw\",\"version\":\"" I2G_VERSION
		      "\",\"semanticVersion\":\"" I2G_VERSION "\"");
	add_rules(&s);
	buf_text(buf, "}},\n   \"columnKind\":\"unicodeCodePoints\"");
	add_notification(&s);
	buf_text(buf, ",\n   \"results\":[");
	for (size_t i = 0; i < s.list.count; i++) {
		buf_text(buf, i ? ",\n    " : "\n    ");
		add_result(&s, &s.list.at[i]);
	}
	buf_text(buf, "]}]}\n");
	arena_finish(&s.arena);
}
