/* JUnit XML as GitLab and Jenkins read it.
 *
 * There is no specification; the elements and attributes here are those that Jenkins' schema (junit-10.xsd
 * of its xUnit plugin) allows. GitLab tells cases apart by classname and name, shows the text of
 * <failure>, not its message attribute, and ignores all but the first case of a name: so a case is a file,
 * an object and a code, and holds every finding of that code. Objects without findings are cases that
 * passed; what is below the threshold passed with its text as output; what stands in the baseline or was
 * suppressed was skipped.
 */
#include <stdlib.h>

#include "report/formats.h"
#include "report/groups.h"
#include "report/markup.h"

/* The findings of one code in one group, next to each other in `entries`. */
struct junit_case {
	const struct report_group *group;
	const struct report_entry *entries; /* none: the object passed */
	size_t count;
	int worst; /* severity among those that count; below SEVERITY_INFO when none does */
};

struct junit {
	struct buf *buf;
	const struct report *report;
	struct arena *arena;
	struct junit_case *cases; /* of one suite */
	size_t count, failures, skipped;
};

static int compare_codes(const void *left, const void *right)
{
	const struct report_entry *a = left, *b = right;

	if (a->rule != b->rule)
		return a->rule < b->rule ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

static int worst_of(const struct report_entry *entries, size_t count)
{
	struct report_group some = {.entries = (struct report_entry *)entries, .count = count};

	return report_group_worst(&some, VERDICT_COUNTS);
}

static bool fails(const struct junit *j, const struct junit_case *one)
{
	return one->worst >= SEVERITY_INFO &&
	       report_is_failure(j->report, (enum severity)one->worst);
}

static bool is_skipped(const struct junit_case *one)
{
	return one->count && one->worst < SEVERITY_INFO;
}

static void add_case(struct junit *j, struct junit_case one)
{
	ARENA_PUSH(j->arena, j->cases, j->count, one);
	j->failures += fails(j, &one);
	j->skipped += is_skipped(&one);
}

static void collect_group(struct junit *j, struct report_group *group)
{
	if (!group->count) {
		add_case(j, (struct junit_case){.group = group, .worst = SEVERITY_INFO - 1});
		return;
	}
	qsort(group->entries, group->count, sizeof *group->entries, compare_codes);
	for (size_t i = 0, next; i < group->count; i = next) {
		for (next = i + 1; next < group->count; next++)
			if (group->entries[next].rule != group->entries[i].rule)
				break;
		add_case(j, (struct junit_case){group, &group->entries[i], next - i,
						worst_of(&group->entries[i], next - i)});
	}
}

/* ---- writing ---- */

static void add_text(struct junit *j, const struct report_entry *entry)
{
	const struct finding *finding = entry->finding;
	struct buf *buf = j->buf;

	if (finding->span.line) {
		markup_xml(buf, report_path(j->report, finding->span.source, j->arena));
		buf_format(buf, ":%u:%u: ", finding->span.line, finding->span.column);
	}
	buf_format(buf, "%s: ", severity_name(entry->verdict.severity));
	markup_xml(buf, finding->message);
	buf_format(buf, " [%s]\n", entry->rule->code);
	if (finding->hint.len) {
		buf_text(buf, "hint: ");
		markup_xml(buf, finding->hint);
		buf_char(buf, '\n');
	}
}

/* The findings of the case that count; all of them when it was skipped. */
static void add_texts(struct junit *j, const struct junit_case *one)
{
	for (size_t i = 0; i < one->count; i++)
		if (one->entries[i].verdict.state == VERDICT_COUNTS || is_skipped(one))
			add_text(j, &one->entries[i]);
}

static void add_failure(struct junit *j, const struct junit_case *one)
{
	size_t first = 0;

	while (one->entries[first].verdict.state != VERDICT_COUNTS)
		first++;
	buf_format(j->buf, "<failure type=\"%s\" message=\"",
		   severity_name((enum severity)one->worst));
	markup_xml(j->buf, one->entries[first].finding->message);
	buf_text(j->buf, "\">");
	add_texts(j, one);
	buf_text(j->buf, "</failure>");
}

static void add_skipped(struct junit *j, const struct junit_case *one)
{
	const struct verdict *verdict = &one->entries[0].verdict;

	buf_text(j->buf, "<skipped message=\"");
	buf_text(j->buf, verdict->state == VERDICT_KNOWN ? "in the baseline" : "suppressed");
	if (verdict->reason.len) {
		buf_text(j->buf, ": ");
		markup_xml(j->buf, verdict->reason);
	}
	buf_text(j->buf, "\">");
	add_texts(j, one);
	buf_text(j->buf, "</skipped>");
}

static void write_case(struct junit *j, const struct junit_case *one, struct str suite)
{
	buf_text(j->buf, "    <testcase classname=\"");
	markup_xml(j->buf, suite);
	buf_text(j->buf, "\" name=\"");
	markup_xml(j->buf, report_group_name(j->report, one->group, j->arena));
	if (one->count)
		buf_format(j->buf, ": %s %s", one->entries[0].rule->code,
			   one->entries[0].rule->name);
	buf_text(j->buf, "\" time=\"0\"");
	buf_text(j->buf, one->count ? ">" : "/>\n");
	if (!one->count)
		return;
	if (fails(j, one)) {
		add_failure(j, one);
	} else if (is_skipped(one)) {
		add_skipped(j, one);
	} else {
		buf_text(j->buf, "<system-out>");
		add_texts(j, one);
		buf_text(j->buf, "</system-out>");
	}
	buf_text(j->buf, "</testcase>\n");
}

static void write_suite(struct junit *j, struct str name)
{
	buf_text(j->buf, "  <testsuite name=\"");
	markup_xml(j->buf, name);
	buf_format(j->buf,
		   "\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\" time=\"0\">\n",
		   j->count, j->failures, j->skipped);
	for (size_t i = 0; i < j->count; i++)
		write_case(j, &j->cases[i], name);
	buf_text(j->buf, "  </testsuite>\n");
}

static bool same_suite(const struct report_group *a, const struct report_group *b)
{
	return a->placed == b->placed && a->source == b->source;
}

static struct junit suite_of(const struct junit *all, const struct report_groups *groups,
			     size_t from, size_t *next)
{
	struct junit suite = {.buf = all->buf, .report = all->report, .arena = all->arena};

	for (*next = from; *next < groups->count; ++*next) {
		if (!same_suite(groups->at[*next], groups->at[from]))
			break;
		collect_group(&suite, groups->at[*next]);
	}
	return suite;
}

void junit_write(struct buf *buf, const struct report *report)
{
	struct arena arena;
	struct buf suites;
	struct junit all = {.buf = &suites, .report = report, .arena = &arena};

	arena_init(&arena);
	buf_init(&suites);

	struct report_groups groups = report_groups(report, &arena);

	for (size_t i = 0, next; i < groups.count; i = next) {
		struct junit suite = suite_of(&all, &groups, i, &next);
		const struct report_group *first = groups.at[i];

		write_suite(&suite, first->placed ? report_path(report, first->source, &arena)
						  : STR("the run"));
		all.count += suite.count;
		all.failures += suite.failures;
	}
	buf_format(buf,
		   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		   "<testsuites name=\"ingress2gw\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" "
		   "time=\"0\">\n",
		   all.count, all.failures);
	buf_str(buf, buf_slice(&suites));
	buf_text(buf, "</testsuites>\n");
	buf_finish(&suites);
	arena_finish(&arena);
}
