/* What of a result may be shown: everything but credentials. They stand in the request, in cookies that
 * are set, and wherever a backend repeats what it was sent. */
#include "compare/report_parts.h"
#include "compare/secret.h"

enum {
	HIDE_LEAST = 6, /* shorter values are found everywhere */
	HIDE_MOST = 64,
};

struct hidden {
	struct arena *arena;
	struct str values[HIDE_MOST];
	size_t count;
};

static void hide(struct hidden *hidden, struct str value)
{
	value = str_trim(value);
	if (value.len >= HIDE_LEAST && hidden->count < HIDE_MOST && !str_is(value, SECRET_REDACTED))
		hidden->values[hidden->count++] = value;
}

/* The whole value, and what of it a backend may show alone: the token behind the scheme, each cookie. */
static void hide_header(struct hidden *hidden, const struct route_header *header)
{
	struct str rest = header->value, part;
	size_t blank = str_find(header->value, ' ');
	bool more = true;

	hide(hidden, header->value);
	if (blank != SIZE_MAX)
		hide(hidden, str_from_pos(header->value, blank + 1));
	if (!str_is_nocase(header->name, "cookie"))
		return;
	while (str_split(&rest, ';', &more, &part)) {
		size_t equal = str_find(part, '=');

		hide(hidden, str_from_pos(part, equal == SIZE_MAX ? 0 : equal + 1));
	}
}

static void find_hidden(struct hidden *hidden, const struct diff_report *report,
			const struct probe *probe)
{
	for (size_t i = 0; i < report->hidden_count; i++)
		hide_header(hidden, &report->hidden[i]);
	for (size_t i = 0; i < probe->request.header_count; i++) {
		const struct route_header *header = &probe->request.headers[i];

		if (!str_eq(probe_shown_value(probe, header, hidden->arena), header->value))
			hide_header(hidden, header);
	}
}

/* Length of the hidden value that begins here; 0: none does. Of several the longest. */
static size_t hidden_at(const struct hidden *hidden, struct str rest)
{
	size_t longest = 0;

	for (size_t i = 0; i < hidden->count; i++) {
		struct str value = hidden->values[i];

		if (value.len > longest && value.len <= rest.len &&
		    memcmp(rest.at, value.at, value.len) == 0)
			longest = value.len;
	}
	return longest;
}

static struct str without(const struct hidden *hidden, struct str text)
{
	struct buf buf;
	bool found = false;

	if (!hidden->count || !text.len)
		return text;
	buf_init(&buf);
	for (size_t i = 0; i < text.len;) {
		size_t len = hidden_at(hidden, str_from_pos(text, i));

		if (len)
			buf_text(&buf, SECRET_REDACTED);
		else
			buf_char(&buf, text.at[i]);
		found |= len > 0;
		i += len ? len : 1;
	}
	if (found)
		text = str_dup(hidden->arena, buf_slice(&buf));
	buf_finish(&buf);
	return text;
}

static struct str header_value(const struct hidden *hidden, struct str name, struct str value)
{
	return without(hidden, secret_header_value(hidden->arena, name, value));
}

static const struct answer *shown_answer(const struct hidden *hidden, const struct answer *answer)
{
	struct answer *shown;
	struct answer_header *headers;

	if (!answer)
		return NULL;
	shown = arena_new(hidden->arena, struct answer);
	headers = arena_array(hidden->arena, struct answer_header, answer->header_count);
	*shown = *answer;
	for (size_t i = 0; i < answer->header_count; i++) {
		struct str name = answer->headers[i].name;

		headers[i] = (struct answer_header){
			name, header_value(hidden, name, answer->headers[i].value)};
	}
	shown->headers = headers;
	shown->why = without(hidden, answer->why);
	shown->body = without(hidden, answer->body);
	return shown;
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
static struct str fact_value(const struct hidden *hidden, const struct fact *fact, struct str value)
{
	struct str name = fact_header(fact);

	if (!value.at)
		return value;
	if (fact->kind == FACT_SEEN && str_is(fact->name, "path"))
		value = secret_target(hidden->arena, value);
	return name.len ? header_value(hidden, name, value) : without(hidden, value);
}

static const struct fact *shown_facts(const struct hidden *hidden, const struct diff_result *result)
{
	struct fact *facts = arena_array(hidden->arena, struct fact, result->fact_count);

	for (size_t i = 0; i < result->fact_count; i++) {
		const struct fact *fact = &result->facts[i];

		facts[i] = *fact;
		facts[i].live = fact_value(hidden, fact, fact->live);
		facts[i].candidate = fact_value(hidden, fact, fact->candidate);
	}
	return facts;
}

/* user:pw@host is no legal Host, but clients send what they like. */
static struct str shown_authority(struct arena *arena, struct str authority)
{
	size_t at = SIZE_MAX;

	for (size_t i = 0; i < authority.len; i++)
		if (authority.at[i] == '@')
			at = i;
	return at == SIZE_MAX ? authority
			      : STR_JOIN(arena, STR(SECRET_REDACTED), str_from_pos(authority, at));
}

static void show_request(const struct hidden *hidden, struct probe *probe)
{
	struct route_request *request = &probe->request;
	struct route_header *headers =
		arena_array(hidden->arena, struct route_header, request->header_count);

	for (size_t i = 0; i < request->header_count; i++) {
		const struct route_header *header = &request->headers[i];
		struct str value = probe_shown_value(probe, header, hidden->arena);

		headers[i] = (struct route_header){header->name, without(hidden, value)};
	}
	request->headers = headers;
	request->target = without(hidden, probe_shown_target(probe, hidden->arena));
	request->authority = shown_authority(hidden->arena, request->authority);
	probe->body = without(hidden, probe->body);
}

const struct diff_result *report_shown(struct arena *arena, const struct diff_report *report,
				       const struct diff_result *result)
{
	struct diff_result *shown = arena_new(arena, struct diff_result);
	struct hidden hidden = {.arena = arena};

	*shown = *result;
	find_hidden(&hidden, report, &result->probe);
	show_request(&hidden, &shown->probe);
	shown->facts = shown_facts(&hidden, result);
	shown->live = shown_answer(&hidden, result->live);
	shown->candidate = shown_answer(&hidden, result->candidate);
	shown->from = without(&hidden, result->from);
	shown->to = without(&hidden, result->to);
	return shown;
}
