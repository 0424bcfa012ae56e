/* The checklist as markdown: task lists, so that a pull request or an issue can tick them off. */
#include "cli/rollover.h"
#include "cli/rollover_names.h"
#include "report/clean.h"
#include "report/markup.h"

/* Below a task everything is indented, or it would end the list. */
static const char indent[] = "      ";

static void add_code(struct buf *buf, const char *title, const struct rollover_lines *lines)
{
	if (!lines->count)
		return;
	buf_format(buf, "\n%s%s\n\n%s```sh\n", indent, title, indent);
	for (size_t i = 0; i < lines->count; i++) {
		buf_text(buf, indent);
		clean_add(buf, lines->at[i]);
		buf_char(buf, '\n');
	}
	buf_format(buf, "%s```\n", indent);
}

static void add_items(struct buf *buf, const struct rollover_lines *lines)
{
	if (lines->count)
		buf_char(buf, '\n');
	for (size_t i = 0; i < lines->count; i++) {
		buf_format(buf, "%s- ", indent);
		markup_markdown(buf, lines->at[i]);
		buf_char(buf, '\n');
	}
}

static void add_step(struct buf *buf, const struct rollover_step *step, size_t phase, size_t number)
{
	buf_format(buf, "- [ ] **%zu.%zu ", phase, number);
	markup_markdown(buf, step->title);
	buf_text(buf, step->text.len ? ".** " : ".**");
	markup_markdown(buf, step->text);
	buf_char(buf, '\n');
	add_items(buf, &step->items);
	add_code(buf, "Do:", &step->commands);
	add_code(buf, "Check:", &step->checks);
	add_code(buf, "Back:", &step->back);
	buf_char(buf, '\n');
}

static void add_providers(struct buf *buf, const struct convert_result *result)
{
	for (size_t i = 0; result->provider_names[i]; i++) {
		buf_text(buf, !i ? "" : result->provider_names[i + 1] ? ", " : " and ");
		markup_markdown(buf, str_from(result->provider_names[i]));
	}
}

static void add_head(struct buf *buf, const struct rollover *r)
{
	const struct convert_result *result = r->input->result;
	struct rollover *changed = (struct rollover *)r;

	buf_text(buf, "# From Ingress to Gateway API\n\n");
	buf_str(buf, rollover_number(changed, result->ingress_count, "Ingress"));
	buf_text(buf, " of ");
	add_providers(buf, result);
	buf_text(buf, " in ");
	buf_str(buf, rollover_number(changed, r->namespace_count, "namespace"));
	buf_text(buf, ", ");
	buf_str(buf, rollover_number(changed, r->host_count, "host"));
	buf_format(buf, ", to %s (%s channel). ", rollover_emitter(r)->title,
		   r->input->options->plan.experimental ? "experimental" : "standard");
	if (rollover_is_blocked(r))
		buf_text(buf, "**Not ready: the first phase needs decisions.**\n");
	else
		buf_text(buf, "Nothing stands in the way.\n");
}

void rollover_markdown(struct buf *buf, const struct rollover *r)
{
	add_head(buf, r);
	buf_char(buf, '\n');
	for (size_t phase = 0; phase < r->count; phase++) {
		buf_format(buf, "## %zu. %s\n\n", phase + 1, r->phases[phase].title);
		for (size_t i = 0; i < r->phases[phase].count; i++)
			add_step(buf, &r->phases[phase].steps[i], phase + 1, i + 1);
	}
}
