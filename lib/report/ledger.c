/* convert --report=FILE: every item of the input with what became of it. */
#include "report/clean.h"
#include "report/report.h"
#include "yaml/write.h"

/* The target field with the item's index in the place of %u. */
static void add_target_field(struct buf *buf, const struct ledger_item *item)
{
	const char *text = target_field_text(item->target_field), *hole = strstr(text, "%u");

	if (!hole) {
		buf_text(buf, text);
		return;
	}
	buf_add(buf, text, (size_t)(hole - text));
	buf_format(buf, "%u%s", item->index, hole + strlen("%u"));
}

/* ---- JSON ---- */

static void json_target(struct buf *buf, const struct ledger_item *item)
{
	const struct target *target = item->target;

	if (!target)
		return;
	buf_text(buf, ",\"target\":{\"kind\":");
	json_write_string(buf, str_from(target->kind));
	if (target->namespace.len) {
		buf_text(buf, ",\"namespace\":");
		json_write_string(buf, target->namespace);
	}
	buf_text(buf, ",\"name\":");
	json_write_string(buf, target->name);
	if (target_field_text(item->target_field)) {
		buf_text(buf, ",\"field\":\"");
		add_target_field(buf, item);
		buf_char(buf, '"');
	}
	buf_char(buf, '}');
}

static void json_item(struct buf *buf, const struct ledger_item *item,
		      const struct sources *sources)
{
	struct object_ref owner = kube_ref(item->owner);
	char field[LEDGER_FIELD];

	buf_format(buf, "{\"kind\":\"%s\",\"name\":", item_kind_name(item->kind));
	json_write_string(buf, ledger_name(item));
	buf_format(buf, ",\"outcome\":\"%s\"", outcome_name(item->outcome));
	if (item->code)
		buf_format(buf, ",\"code\":\"%s\"", item->code);
	report_json_place(buf, sources, ledger_span(item));
	report_json_object(buf, &owner);
	report_json_path(buf, ledger_field(item, field));
	json_target(buf, item);
	buf_char(buf, '}');
}

static void json_ledger(struct buf *buf, const struct ledger *ledger, const struct sources *sources)
{
	size_t counts[OUTCOME_KINDS];

	ledger_count(ledger, counts);
	buf_text(buf, "{\"version\":1,\"outcomes\":");
	for (int outcome = OUTCOME_INERT; outcome < OUTCOME_KINDS; outcome++)
		buf_format(buf, "%c\"%s\":%zu", outcome == OUTCOME_INERT ? '{' : ',',
			   outcome_name((enum outcome)outcome), counts[outcome]);
	buf_text(buf, "},\n \"items\":[");
	for (size_t i = 0; i < ledger->count; i++) {
		buf_text(buf, i ? ",\n  " : "\n  ");
		json_item(buf, ledger_at(ledger, i), sources);
	}
	buf_text(buf, "]}\n");
}

/* ---- text ---- */

static void text_owner(struct buf *buf, const struct kube_meta *owner,
		       const struct sources *sources)
{
	struct object_ref ref = kube_ref(owner);

	report_object(buf, &ref);
	if (owner->span.line) {
		buf_text(buf, "  ");
		clean_add(buf, source_name(sources, owner->span.source));
		buf_format(buf, ":%u", owner->span.line);
	}
	buf_char(buf, '\n');
}

/* Appends blanks up to a column of the line that began at `start`, at least one. */
static void pad(struct buf *buf, size_t start, size_t column)
{
	size_t len = buf->len - start;

	buf_fill(buf, ' ', len < column ? column - len : 1);
}

static void text_item(struct buf *buf, const struct ledger_item *item)
{
	size_t start = buf->len;

	buf_format(buf, "  %-12s %-16s %-7s ", outcome_name(item->outcome),
		   item_kind_name(item->kind), item->code ? item->code : "");
	clean_add(buf, ledger_name(item));
	if (ledger_span(item).line)
		buf_format(buf, "  (line %u)", ledger_span(item).line);
	if (item->target) {
		struct object_ref ref = {str_from(item->target->kind), item->target->namespace,
					 item->target->name};

		pad(buf, start, 80);
		buf_text(buf, "-> ");
		report_object(buf, &ref);
		if (target_field_text(item->target_field)) {
			buf_char(buf, ' ');
			add_target_field(buf, item);
		}
	}
	buf_char(buf, '\n');
}

static void text_ledger(struct buf *buf, const struct ledger *ledger, const struct sources *sources)
{
	const struct kube_meta *owner = NULL;
	size_t counts[OUTCOME_KINDS];

	ledger_count(ledger, counts);
	for (size_t i = 0; i < ledger->count; i++) {
		if (ledger_at(ledger, i)->owner != owner) {
			if (owner)
				buf_char(buf, '\n');
			owner = ledger_at(ledger, i)->owner;
			text_owner(buf, owner, sources);
		}
		text_item(buf, ledger_at(ledger, i));
	}
	if (owner)
		buf_char(buf, '\n');
	report_number(buf, ledger->count, "item");
	for (int outcome = OUTCOME_INERT; outcome < OUTCOME_KINDS; outcome++)
		buf_format(buf, "%s %zu %s", outcome == OUTCOME_INERT ? ":" : ",", counts[outcome],
			   outcome_name((enum outcome)outcome));
	buf_char(buf, '\n');
}

const struct ledger_format ledger_formats[] = {
	{"json", ".json", json_ledger},
	{"text", ".txt", text_ledger},
};

const size_t ledger_format_count = sizeof ledger_formats / sizeof *ledger_formats;

const struct ledger_format *ledger_format_for(struct str file)
{
	for (size_t i = 0; i < ledger_format_count; i++)
		if (str_ends(file, ledger_formats[i].extension))
			return &ledger_formats[i];
	return NULL;
}
