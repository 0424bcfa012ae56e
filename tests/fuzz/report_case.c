#include "report_case.h"

#include "record.h"

enum { NUMBER_MOST = 1 << 20 };

static unsigned digit(struct str text, size_t index, unsigned count)
{
	return index < text.len ? (unsigned char)(text.at[index] - '0') % count : 0;
}

/* A span as the program makes them: a line has a source and a column; without a line all is 0. */
static struct span place(const struct report_case *made, struct str text)
{
	unsigned numbers[4] = {0};
	struct str part;
	bool more = true;

	for (size_t i = 0; i < 4 && str_split(&text, ':', &more, &part); i++)
		numbers[i] = record_number(part, NUMBER_MOST);
	if (!numbers[1] || !made->sources.count)
		return (struct span){0};
	return (struct span){numbers[0] % made->sources.count, numbers[1],
			     numbers[2] ? numbers[2] : 1, numbers[3]};
}

static void read_report(struct report_case *made, const struct record *record)
{
	struct report *report = &made->report;
	struct str flags = record->fields[1];

	report->baseline = str_find(flags, 'b') != SIZE_MAX;
	report->fail_on = str_find(flags, 'w') != SIZE_MAX   ? REPORT_FAIL_WARNING
			  : str_find(flags, 'i') != SIZE_MAX ? REPORT_FAIL_INFO
			  : str_find(flags, 'n') != SIZE_MAX ? REPORT_FAIL_NEVER
							     : REPORT_FAIL_ERROR;
	report->subject = record->fields[2];
	report->root = record->fields[3];
	report->directory = record->fields[4];
	for (size_t i = 0; i < record->fields[5].len; i++) /* an address comes from the build */
		if (record->fields[5].at[i] > ' ' && record->fields[5].at[i] <= '~' &&
		    !strchr("\"<>()[]\\", record->fields[5].at[i]))
			report->pages = STR("https://pages.example/rules/");
	for (size_t i = 6; i < record->count; i++)
		sources_add(&made->sources, (struct source){.name = record->fields[i]});
}

static void read_object(struct report_case *made, const struct record *record)
{
	const struct str *field = record->fields;

	ARENA_PUSH(&made->arena, made->objects, made->report.object_count,
		   (struct report_object){{field[1], field[2], field[3]}, place(made, field[4])});
}

static void read_finding(struct report_case *made, const struct record *record)
{
	const struct str *field = record->fields;
	struct verdict verdict = {
		.severity = (enum severity)digit(field[2], 0, 3),
		.state = (enum verdict_state)digit(field[2], 1, 3),
		.reason = field[10],
	};

	if (verdict.state == VERDICT_IGNORED)
		verdict.place = (enum verdict_place)(1 + digit(field[2], 2, 4));
	findings_add(&made->findings,
		     (struct finding){
			     .code = rules[record_number(field[1], NUMBER_MOST) % rule_count].code,
			     .object = {field[3], field[4], field[5]},
			     .span = place(made, field[6]),
			     .path = field[7],
			     .message = field[8],
			     .hint = field[9],
		     });
	ARENA_PUSH(&made->arena, made->verdicts, made->verdict_count, verdict);
}

void report_case_init(struct report_case *made, struct str bytes)
{
	struct str text;
	bool more = true;

	*made = (struct report_case){.verdict_count = 0};
	arena_init(&made->arena);
	findings_init(&made->findings, &made->arena);
	for (size_t i = 0; str_split(&bytes, '\x1e', &more, &text); i++) {
		struct record record = record_cut(text);

		if (i == 0)
			read_report(made, &record);
		else if (str_is(record.fields[0], "o"))
			read_object(made, &record);
		else if (str_is(record.fields[0], "f"))
			read_finding(made, &record);
	}
	made->report.findings = &made->findings;
	made->report.verdicts = made->verdicts;
	made->report.sources = &made->sources;
	made->report.objects = made->objects;
}

void report_case_finish(struct report_case *made)
{
	sources_finish(&made->sources);
	arena_finish(&made->arena);
}
