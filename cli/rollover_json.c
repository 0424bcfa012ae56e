/* The checklist as JSON, docs/plan.schema.json. Fields are added, never renamed. */
#include "cli/rollover.h"
#include "cli/rollover_names.h"
#include "yaml/write.h"

static void add_lines(struct buf *buf, const char *key, const struct rollover_lines *lines)
{
	if (!lines->count)
		return;
	buf_format(buf, ",\"%s\":[", key);
	for (size_t i = 0; i < lines->count; i++) {
		buf_text(buf, i ? "," : "");
		json_write_string(buf, lines->at[i]);
	}
	buf_char(buf, ']');
}

static void add_step(struct buf *buf, const struct rollover_step *step)
{
	buf_format(buf, "{\"id\":\"%s\",\"title\":", step->id);
	json_write_string(buf, step->title);
	if (step->text.len) {
		buf_text(buf, ",\"text\":");
		json_write_string(buf, step->text);
	}
	add_lines(buf, "items", &step->items);
	add_lines(buf, "commands", &step->commands);
	add_lines(buf, "checks", &step->checks);
	add_lines(buf, "back", &step->back);
	buf_char(buf, '}');
}

static void add_head(struct buf *buf, const struct rollover *r)
{
	const struct convert_result *result = r->input->result;

	buf_format(buf, "{\"version\":1,\"kind\":\"plan\",\"ready\":%s",
		   rollover_is_blocked(r) ? "false" : "true");
	buf_format(buf,
		   ",\"summary\":{\"ingresses\":%zu,\"namespaces\":%zu,\"hosts\":%zu,"
		   "\"objects\":%zu,\"errors\":%zu,\"warnings\":%zu,\"heldBack\":%zu}",
		   result->ingress_count, r->namespace_count, r->host_count, r->input->object_count,
		   r->errors, r->warnings, r->stay_count);
	buf_format(buf, ",\"emitter\":\"%s\",\"channel\":\"%s\",\"providers\":[",
		   rollover_emitter(r)->name,
		   r->input->options->plan.experimental ? "experimental" : "standard");
	for (size_t i = 0; result->provider_names[i]; i++)
		buf_format(buf, "%s\"%s\"", i ? "," : "", result->provider_names[i]);
	buf_char(buf, ']');
}

void rollover_json(struct buf *buf, const struct rollover *r)
{
	add_head(buf, r);
	buf_text(buf, ",\n \"phases\":[");
	for (size_t phase = 0; phase < r->count; phase++) {
		const struct rollover_phase *of = &r->phases[phase];

		buf_format(buf, "%s\n  {\"id\":\"%s\",\"title\":\"%s\",\"steps\":[",
			   phase ? "," : "", of->id, of->title);
		for (size_t i = 0; i < of->count; i++) {
			buf_text(buf, i ? ",\n   " : "\n   ");
			add_step(buf, &of->steps[i]);
		}
		buf_text(buf, "]}");
	}
	buf_text(buf, "]}\n");
}
