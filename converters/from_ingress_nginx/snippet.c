#include "converters/from_ingress_nginx/snippet_rules.h"

/* Length of a directive's quotation in a message. */
#define QUOTE 80

const struct snippet_row *snippet_row(struct str name)
{
	size_t low = 0, high = snippet_row_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = str_cmp(name, str_from(snippet_rows[middle].name));

		if (order == 0)
			return &snippet_rows[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

struct str snippet_arg(const struct snippet_directive *directive, size_t index)
{
	return index < directive->arg_count ? directive->args[index] : (struct str){0};
}

/* The text on one line and not too long, without the final ";". */
static struct str quote(struct arena *arena, struct str raw)
{
	static const char dots[] = {'.', '.', '.'};
	char *out = arena_bytes(arena, QUOTE + 6);
	size_t len = 0;

	if (str_ends(raw, ";"))
		raw.len--;
	for (size_t i = 0; i < raw.len; i++) {
		unsigned char c = (unsigned char)raw.at[i];
		bool blank = c <= ' ' || c == 0x7f;

		if (blank && (len == 0 || out[len - 1] == ' '))
			continue;
		/* Not within a code point. */
		if (len >= QUOTE && (c & 0xc0) != 0x80) {
			memcpy(out + len, dots, sizeof(dots));
			return (struct str){out, len + 3};
		}
		if (len < QUOTE + 3)
			out[len++] = blank ? ' ' : (char)c;
	}
	return (struct str){out, len};
}

static uint32_t code_points(struct str text)
{
	uint32_t count = 0;

	for (size_t i = 0; i < text.len; i++)
		count += ((unsigned char)text.at[i] & 0xc0) != 0x80;
	return count;
}

/* How far behind the first sign of its line a part of the snippet stands; lines that are longer than
 * people write count as if it stood at that sign. */
static uint32_t behind_margin(const struct snippet_value *value, struct str part)
{
	enum { LINE_MOST = 4096 };
	const char *at = part.at, *start = value->text.at;

	while (at > start && at[-1] != '\n' && part.at - at < LINE_MOST)
		at--;
	while (at < part.at && *at == ' ')
		at++;
	return part.at - at < LINE_MOST ? code_points((struct str){at, (size_t)(part.at - at)}) : 0;
}

/* A place in the snippet as a place in the file. */
static void place(const struct snippet_value *value, uint32_t line, uint32_t column,
		  struct str part, struct snippet_action *action)
{
	struct span *span = &action->span;

	*span = value->first;
	if (!value->literal || span->line == 0)
		return;
	action->in_block = !value->indent;
	span->line += 1 + line;
	span->column = value->indent ? value->indent + column + 1 : behind_margin(value, part) + 1;
	span->length = code_points(str_trim(str_sub(part, 0, str_find(part, '\n'))));
}

static const char *default_code(const struct snippet_action *action)
{
	if (action->kind == SNIPPET_INERT)
		return NULL;
	if (action->guard)
		return "I2G307";
	if (action->kind == SNIPPET_REFUSED || action->kind == SNIPPET_FEATURE)
		return "I2G243";
	return "I2G248";
}

struct snippet_action *snippet_act(struct snippet_run *run, struct snippet_action action,
				   struct str what)
{
	const struct snippet_directive *directive = run->directive;
	struct snippet_actions *actions = run->actions;

	if (!action.code)
		action.code = default_code(&action);
	action.directive = directive;
	place(run->value, directive->line, directive->column, directive->raw, &action);
	action.message = str_format(run->arena, "'%.*s' %.*s",
				    STR_ARG(quote(run->arena, directive->raw)), STR_ARG(what));
	ARENA_PUSH(run->arena, actions->at, actions->count, action);
	return &actions->at[actions->count - 1];
}

void snippet_refuse(struct snippet_run *run, const char *why, const char *hint)
{
	struct snippet_action action = {.kind = SNIPPET_REFUSED, .hint = str_from(hint)};

	snippet_act(run, action,
		    str_format(run->arena, "has no equivalent in Gateway API%s%s",
			       why ? ": it " : "", why ? why : ""));
}

void snippet_hold(struct snippet_run *run, enum feature feature, const char *why)
{
	struct snippet_action action = {
		.kind = SNIPPET_FEATURE,
		.guard = true,
		.feature = feature,
		.value = run->directive->raw,
	};

	snippet_act(run, action, str_from(why));
}

void snippet_inert(struct snippet_run *run, const char *why)
{
	snippet_act(run, (struct snippet_action){.kind = SNIPPET_INERT},
		    str_format(run->arena, "needs no equivalent: %s", why));
}

/* Features that do not change what the authentication service is asked. */
static bool is_about_transport(enum feature feature)
{
	static const enum feature features[] = {
		FEATURE_ACCESS_LOG,
		FEATURE_BUFFER_SIZE,
		FEATURE_COMPRESSION,
		FEATURE_REQUEST_BUFFERING,
		FEATURE_RESPONSE_BUFFERING,
		FEATURE_RETRY,
		FEATURE_RETRY_TIMEOUT,
		FEATURE_TIMEOUT_CONNECT,
		FEATURE_TIMEOUT_READ,
		FEATURE_TIMEOUT_SEND,
		FEATURE_TRACING,
	};

	for (size_t i = 0; i < sizeof(features) / sizeof(*features); i++)
		if (features[i] == feature)
			return true;
	return false;
}

/* The location of the authentication request: only that request sees it. What the service is asked
 * decides on its answer, so all else than its transport is a part of the check. */
static void classify_auth(struct snippet_run *run, const struct snippet_row *row)
{
	size_t first = run->actions->count;
	bool inert = row, transport = row;

	if (row)
		row->apply(run, row);
	for (size_t i = first; i < run->actions->count; i++) {
		const struct snippet_action *action = &run->actions->at[i];

		inert &= action->kind == SNIPPET_INERT;
		transport &= action->kind == SNIPPET_FEATURE && is_about_transport(action->feature);
	}
	if (inert)
		return;
	run->actions->count = first;
	if (!transport) {
		snippet_hold(run, FEATURE_SNIPPET,
			     "changes the authentication request, and may change its answer");
		return;
	}
	snippet_act(run,
		    (struct snippet_action){.kind = SNIPPET_FEATURE,
					    .feature = FEATURE_AUTH_OPTIONS,
					    .value = run->directive->raw},
		    STR("changes how the authentication request is sent"));
}

static void classify(struct snippet_run *run)
{
	const struct snippet_row *row = snippet_row(run->directive->name);

	if (run->value->place == SNIPPET_STREAM)
		snippet_stream(run);
	else if (run->value->place == SNIPPET_AUTH)
		classify_auth(run, row);
	else if (row)
		row->apply(run, row);
	else if (snippet_denies(run->directive))
		snippet_hold(run, FEATURE_SNIPPET, "holds directives that deny requests");
	else
		snippet_refuse(run, NULL, NULL);
}

/* Fails closed: what is not converted and may have kept requests from the backend is a guard. A server
 * of the stream block only acts on its own port, which is not written then. */
static void guard_rest(struct snippet_run *run, size_t first)
{
	if (run->value->place == SNIPPET_STREAM && str_is(run->directive->name, "server"))
		return;
	for (size_t i = first; i < run->actions->count; i++) {
		struct snippet_action *action = &run->actions->at[i];

		if ((action->kind != SNIPPET_REFUSED && action->kind != SNIPPET_FEATURE) ||
		    !snippet_diverts(run->directive))
			continue;
		action->guard = true;
		action->code = default_code(action);
	}
}

struct snippet_actions snippet_classify(struct arena *arena, const struct snippet *snippet,
					const struct snippet_value *value)
{
	struct snippet_actions actions = {0};
	struct snippet_run run = {
		.arena = arena,
		.value = value,
		.actions = &actions,
		.siblings = snippet->at,
		.sibling_count = snippet->count,
	};

	for (size_t i = 0; i < snippet->count; i++) {
		size_t first = actions.count;

		run.directive = &snippet->at[i];
		classify(&run);
		guard_rest(&run, first);
	}
	snippet_join_headers(&actions);
	return actions;
}

struct snippet_actions snippet_read(struct arena *arena, const struct snippet_value *value)
{
	struct snippet snippet;
	struct snippet_fault fault;
	struct snippet_actions actions = {0};

	if (snippet_parse(&snippet, arena, value->text, &fault))
		return snippet_classify(arena, &snippet, value);
	struct str rest = str_from_pos(value->text, fault.offset);
	struct snippet_action action = {
		.kind = SNIPPET_REFUSED,
		.code = "I2G307",
		.guard = true,
		.feature = FEATURE_SNIPPET,
		.value = value->text,
		.message =
			str_format(arena, "the snippet is no nginx configuration: %s", fault.text),
	};

	place(value, fault.line, fault.column, rest, &action);
	ARENA_PUSH(arena, actions.at, actions.count, action);
	return actions;
}
