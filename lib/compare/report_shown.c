/* What of a result may be shown: everything but credentials. They stand in the request, in cookies that
 * are set, and wherever a backend repeats what it was sent. */
#include "compare/hide.h"
#include "compare/report_parts.h"
#include "compare/secret.h"

static struct str header_value(const struct hide *hide, struct str name, struct str value)
{
	return hide_text(hide, secret_header_value(hide->arena, name, value));
}

/* The header that a fact is about; empty: none. */
static struct str fact_header(const struct fact *fact)
{
	static const char seen[] = "header ";

	if (fact->kind == FACT_LOCATION)
		return STR("location");
	if (fact->kind == FACT_HEADER)
		return fact->name;
	return fact->kind == FACT_SEEN && str_starts(fact->name, seen)
		       ? str_from_pos(fact->name, strlen(seen))
		       : STR("");
}

/* Absent stays absent. */
static struct str fact_value(const struct hide *hide, const struct fact *fact, struct str value)
{
	struct str name = fact_header(fact);

	if (!value.at)
		return value;
	if (fact->kind == FACT_SEEN && str_is(fact->name, "path"))
		value = secret_target(hide->arena, value);
	return name.len ? header_value(hide, name, value) : hide_text(hide, value);
}

static const struct fact *shown_facts(const struct hide *hide, const struct diff_result *result)
{
	struct fact *facts = arena_array(hide->arena, struct fact, result->fact_count);

	for (size_t i = 0; i < result->fact_count; i++) {
		const struct fact *fact = &result->facts[i];

		facts[i] = *fact;
		facts[i].live = fact_value(hide, fact, fact->live);
		facts[i].candidate = fact_value(hide, fact, fact->candidate);
	}
	return facts;
}

static void show_request(const struct hide *hide, struct probe *probe)
{
	struct route_request *request = &probe->request;
	struct route_header *headers =
		arena_array(hide->arena, struct route_header, request->header_count);

	for (size_t i = 0; i < request->header_count; i++) {
		const struct route_header *header = &request->headers[i];
		struct str value = probe_shown_value(probe, header, hide->arena);

		headers[i] = (struct route_header){header->name, hide_text(hide, value)};
	}
	request->headers = headers;
	request->target = hide_text(hide, probe_shown_target(probe, hide->arena));
	request->authority = probe_shown_authority(probe, hide->arena);
	probe->body = hide_text(hide, probe_shown_body(probe, hide->arena));
}

const struct diff_result *report_shown(struct arena *arena, const struct diff_report *report,
				       const struct diff_result *result)
{
	struct diff_result *shown = arena_new(arena, struct diff_result);
	struct hide hide;

	*shown = *result;
	hide_init(&hide, arena);
	hide_headers(&hide, report->hidden, report->hidden_count);
	hide_probe(&hide, &result->probe);
	show_request(&hide, &shown->probe);
	shown->facts = shown_facts(&hide, result);
	shown->live = hide_shown(&hide, result->live);
	shown->candidate = hide_shown(&hide, result->candidate);
	shown->from = hide_text(&hide, result->from);
	shown->to = hide_text(&hide, result->to);
	return shown;
}

void report_command(struct buf *buf, const struct diff_report *report, const struct probe *probe)
{
	const struct diff_result result = {.probe = *probe, .group = DIFF_NO_GROUP};
	struct arena arena;

	arena_init(&arena);
	probe_curl(buf, &report_shown(&arena, report, &result)->probe);
	arena_finish(&arena);
}
