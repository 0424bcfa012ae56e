/* What the formats share. */
#include "report/report.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/map.h"
#include "report/clean.h"
#include "yaml/write.h"

static int compare_numbers(size_t a, size_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_entries(const void *left, const void *right)
{
	const struct report_entry *a = left, *b = right;
	const struct span *x = &a->finding->span, *y = &b->finding->span;
	int order = compare_numbers(x->line == 0, y->line == 0);

	if (!order)
		order = compare_numbers(x->source, y->source);
	if (!order)
		order = compare_numbers(x->line, y->line);
	if (!order)
		order = compare_numbers(x->column, y->column);
	return order ? order : compare_numbers(a->index, b->index);
}

static struct report_entry entry_of(const struct report *report, size_t index)
{
	const struct finding *finding = &report->findings->at[index];
	const struct rule *rule = rule_of(finding);

	return (struct report_entry){
		.finding = finding,
		.rule = rule,
		.verdict = report->verdicts ? report->verdicts[index] : verdict_plain(rule),
		.index = index,
	};
}

static struct report_list list_of(const struct report *report, struct arena *arena, bool counts)
{
	size_t count = report->findings->count;
	struct report_list list = {NULL, 0};

	if (!count)
		return list;
	list.at = arena_array(arena, struct report_entry, count);
	for (size_t i = 0; i < count; i++) {
		struct report_entry entry = entry_of(report, i);

		if (entry.verdict.severity >= report->least &&
		    (entry.verdict.state == VERDICT_COUNTS) == counts)
			list.at[list.count++] = entry;
	}
	qsort(list.at, list.count, sizeof *list.at, compare_entries);
	return list;
}

struct report_list report_list(const struct report *report, struct arena *arena)
{
	return list_of(report, arena, true);
}

struct report_list report_list_aside(const struct report *report, struct arena *arena)
{
	return list_of(report, arena, false);
}

static int compare_severity(const void *left, const void *right)
{
	const struct report_entry *a = left, *b = right;

	if (a->verdict.severity != b->verdict.severity)
		return a->verdict.severity > b->verdict.severity ? -1 : 1;
	return compare_entries(left, right);
}

void report_worst_first(struct report_list *list)
{
	if (list->count)
		qsort(list->at, list->count, sizeof *list->at, compare_severity);
}

struct report_totals report_totals(const struct report *report)
{
	struct report_totals totals = {0};

	for (size_t i = 0; i < report->findings->count; i++) {
		struct verdict verdict = entry_of(report, i).verdict;

		if (verdict.state == VERDICT_COUNTS)
			totals.counts[verdict.severity]++;
		else if (verdict.state == VERDICT_KNOWN)
			totals.known++;
		else
			totals.ignored++;
	}
	return totals;
}

bool report_is_failure(const struct report *report, enum severity severity)
{
	static const enum severity least[] = {
		[REPORT_FAIL_ERROR] = SEVERITY_ERROR,
		[REPORT_FAIL_WARNING] = SEVERITY_WARNING,
		[REPORT_FAIL_INFO] = SEVERITY_INFO,
	};

	return report->fail_on != REPORT_FAIL_NEVER && severity >= least[report->fail_on];
}

bool report_fails(const struct report *report)
{
	struct report_totals totals = report_totals(report);

	for (int severity = SEVERITY_INFO; severity <= SEVERITY_ERROR; severity++)
		if (totals.counts[severity] && report_is_failure(report, (enum severity)severity))
			return true;
	return false;
}

void report_number(struct buf *buf, size_t count, const char *noun)
{
	size_t len = strlen(noun);

	buf_format(buf, "%zu ", count);
	if (count == 1)
		buf_text(buf, noun);
	else if (len > 1 && noun[len - 1] == 'y' && !strchr("aeiou", noun[len - 2]))
		buf_format(buf, "%.*sies", (int)len - 1, noun);
	else
		buf_format(buf, "%s%s", noun, noun[len - 1] == 's' ? "es" : "s");
}

static void add_counts(struct buf *buf, const size_t counts[3])
{
	bool first = true;

	for (int severity = SEVERITY_ERROR; severity >= SEVERITY_INFO; severity--) {
		if (!counts[severity])
			continue;
		if (!first)
			buf_text(buf, ", ");
		first = false;
		report_number(buf, counts[severity], severity_name((enum severity)severity));
	}
	if (first)
		buf_text(buf, "no findings");
}

void report_counts(struct buf *buf, const struct findings *findings)
{
	size_t counts[3];

	findings_count(findings, counts);
	add_counts(buf, counts);
}

void report_summary(struct buf *buf, const struct report *report)
{
	struct report_totals totals = report_totals(report);

	if (report->subject.len) {
		clean_add(buf, report->subject);
		buf_text(buf, ", ");
	}
	add_counts(buf, totals.counts);
	if (totals.known)
		buf_format(buf, " (%zu more in the baseline", totals.known);
	if (totals.ignored)
		buf_format(buf, "%s%zu suppressed", totals.known ? ", " : " (", totals.ignored);
	buf_text(buf, totals.known || totals.ignored ? ").\n" : ".\n");
}

void report_message(struct buf *buf, const struct finding *finding)
{
	clean_add(buf, finding->message);
	if (!finding->hint.len)
		return;
	buf_text(buf, "\nHint: ");
	clean_add(buf, finding->hint);
}

void report_object(struct buf *buf, const struct object_ref *object)
{
	clean_add(buf, object->kind);
	buf_char(buf, ' ');
	if (object->namespace.len) {
		clean_add(buf, object->namespace);
		buf_char(buf, '/');
	}
	clean_add(buf, object->name);
}

struct report_id *report_ids(const struct report *report, struct arena *arena)
{
	size_t count = report->findings->count;
	struct report_id *ids = arena_array(arena, struct report_id, count + 1);
	struct map seen;

	map_init(&seen, arena);
	for (size_t i = 0; i < count; i++) {
		finding_id(ids[i].text, &report->findings->at[i], report->sources);

		struct str plain = str_dup(arena, str_from(ids[i].text));
		void **times = map_at(&seen, plain);
		uintptr_t number = (uintptr_t)*times + 1;

		*times = (void *)number;
		if (number > 1) {
			struct str mixed =
				str_format(arena, "%.*s %zu", STR_ARG(plain), (size_t)number);

			snprintf(ids[i].text, sizeof ids[i].text, "%016llx",
				 (unsigned long long)str_hash(mixed));
		}
	}
	return ids;
}

/* Cuts the next part off a field path: "rules" and "0" from "rules[0].http". */
static struct str next_part(struct str *path, bool *bracket)
{
	*bracket = path->len && path->at[0] == '[';
	if (*bracket) {
		size_t end = str_find(*path, ']');
		struct str part = str_sub(*path, 1, end == SIZE_MAX ? SIZE_MAX : end - 1);

		*path = str_from_pos(*path, end == SIZE_MAX ? path->len : end + 1);
		return part;
	}
	if (path->at[0] == '.')
		*path = str_from_pos(*path, 1);

	size_t end = 0;

	while (end < path->len && path->at[end] != '.' && path->at[end] != '[')
		end++;

	struct str part = str_sub(*path, 0, end);

	*path = str_from_pos(*path, end);
	return part;
}

void report_json_path(struct buf *buf, struct str path)
{
	const char *before = ",\"path\":[";

	if (!path.len)
		return;
	while (path.len) {
		bool bracket;
		struct str part = next_part(&path, &bracket);
		int64_t index;

		buf_text(buf, before);
		before = ",";
		if (bracket && str_to_int(part, &index) && index >= 0)
			buf_format(buf, "%lld", (long long)index);
		else
			json_write_string(buf, part);
	}
	buf_char(buf, ']');
}

void report_json_object(struct buf *buf, const struct object_ref *object)
{
	if (!object->kind.len && !object->name.len)
		return;
	buf_text(buf, ",\"object\":{\"kind\":");
	json_write_string(buf, object->kind);
	if (object->namespace.len) {
		buf_text(buf, ",\"namespace\":");
		json_write_string(buf, object->namespace);
	}
	buf_text(buf, ",\"name\":");
	json_write_string(buf, object->name);
	buf_char(buf, '}');
}

void report_json_place(struct buf *buf, const struct sources *sources, struct span span)
{
	if (!span.line)
		return;
	buf_text(buf, ",\"file\":");
	json_write_string(buf, source_name(sources, span.source));
	buf_format(buf, ",\"line\":%u,\"column\":%u,\"endColumn\":%u", span.line, span.column,
		   span.column + span.length);
}
