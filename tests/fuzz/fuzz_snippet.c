/* fuzz_snippet.c - raw nginx configuration: the parser and the meaning of its directives.
 *
 * Every directive of whatever parses must become an action in each place a snippet can have, and what
 * is converted must be legal in Gateway API.
 */
#include "base/bug.h"
#include "converters/from_ingress_nginx/snippet.h"
#include "gateway/limits.h"
#include "gateway/name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_within(struct str part, struct str whole)
{
	return part.len == 0 || (part.at >= whole.at && part.at + part.len <= whole.at + whole.len);
}

static size_t check_directives(const struct snippet_directive *list, size_t count, struct str text)
{
	size_t total = count, offset = 0;

	for (size_t i = 0; i < count; i++) {
		const struct snippet_directive *directive = &list[i];

		BUG_UNLESS(directive->raw.len > 1 && is_within(directive->raw, text));
		BUG_UNLESS(directive->raw.at == text.at + directive->offset);
		BUG_UNLESS(i == 0 || directive->offset > offset);
		BUG_UNLESS(is_within(directive->lua, directive->raw));
		BUG_UNLESS(directive->block || directive->child_count == 0);
		BUG_UNLESS(directive->raw.at[directive->raw.len - 1] ==
			   (directive->block ? '}' : ';'));
		offset = directive->offset;
		total += check_directives(directive->children, directive->child_count, text);
	}
	return total;
}

static void check_header(const struct snippet_action *action)
{
	BUG_UNLESS(action->name.len > 0 && action->name.len <= GATEWAY_HEADER_NAME);
	BUG_UNLESS(action->value.len <= GATEWAY_HEADER_VALUE);
	for (size_t i = 0; i < action->name.len; i++)
		BUG_UNLESS(action->name.at[i] > ' ' && action->name.at[i] < 0x7f);
	for (size_t i = 0; i < action->value.len; i++) {
		bool blank = action->value.at[i] == ' ' || action->value.at[i] == '\t';

		BUG_UNLESS(blank || (action->value.at[i] > ' ' && action->value.at[i] < 0x7f));
		BUG_UNLESS(!blank ||
			   (i > 0 && i + 1 < action->value.len && action->value.at[i - 1] > ' '));
	}
}

static void check_path(struct str path)
{
	BUG_UNLESS(path.len > 0 && path.at[0] == '/' && path.len <= GATEWAY_PATH);
}

/* An edit within a rule stays a legal one. */
static void check_narrowed(struct arena *arena, const struct snippet_action *action)
{
	static const struct model_path rules[] = {
		{PATH_EXACT, STR_INIT("/old")},
		{PATH_PREFIX, STR_INIT("/")},
		{PATH_PREFIX, STR_INIT("/old/sub")},
		{PATH_REGEX, STR_INIT("/old/[a-z]+")},
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		struct snippet_narrowed narrowed = snippet_narrow(arena, action, rules[i]);

		if (narrowed.cover != SNIPPET_COVERS_ALL && narrowed.cover != SNIPPET_COVERS_SOME)
			continue;
		check_path(narrowed.match.value);
		BUG_UNLESS(narrowed.edit != PATH_REPLACE_PREFIX ||
			   narrowed.match.kind == PATH_PREFIX);
	}
}

static void check_edit(const struct snippet_action *action)
{
	bool redirects = action->kind == SNIPPET_REDIRECT;
	enum path_edit edit = redirects ? action->redirect.edit : action->rewrite.edit;

	if (edit != PATH_KEEP)
		check_path(redirects ? action->redirect.path : action->rewrite.path);
	if (edit == PATH_REPLACE_PREFIX)
		BUG_UNLESS(action->match.kind == PATH_PREFIX && action->match.value.len > 0);
	if (action->match.value.len > 0)
		check_path(action->match.value);
	if (!redirects)
		return;
	BUG_UNLESS(action->redirect.port <= 65535);
	BUG_UNLESS(action->redirect.status >= 301 && action->redirect.status <= 308);
	BUG_UNLESS(action->redirect.hostname.len == 0 ||
		   name_is_subdomain(action->redirect.hostname));
}

static void check_action(struct arena *arena, const struct snippet_action *action)
{
	BUG_UNLESS(action->message.len > 0);
	BUG_UNLESS((action->code == NULL) == (action->kind == SNIPPET_INERT));
	BUG_UNLESS(!action->guard || str_is(str_from(action->code), "I2G307"));
	switch (action->kind) {
	case SNIPPET_RESPONSE_SET:
	case SNIPPET_RESPONSE_ADD:
	case SNIPPET_RESPONSE_REMOVE:
	case SNIPPET_REQUEST_SET:
	case SNIPPET_REQUEST_REMOVE:
		check_header(action);
		break;
	case SNIPPET_REDIRECT:
	case SNIPPET_REWRITE:
		check_edit(action);
		check_narrowed(arena, action);
		break;
	case SNIPPET_L4:
		BUG_UNLESS(action->l4.port >= 1 && action->l4.port <= 65535);
		BUG_UNLESS(name_is_label(action->l4.backend.name));
		BUG_UNLESS(name_is_label(action->l4.backend.namespace));
		break;
	case SNIPPET_FEATURE:
		BUG_UNLESS(action->feature > FEATURE_NONE && action->feature < FEATURE_KINDS);
		break;
	case SNIPPET_DENY:
		BUG_UNLESS(action->status >= 400 && action->status <= 999);
		break;
	case SNIPPET_REFUSED:
	case SNIPPET_INERT:
		break;
	}
}

/* Every directive of the top level has an action, in order. */
static void check_complete(const struct snippet *snippet, const struct snippet_actions *actions)
{
	size_t next = 0;

	for (size_t i = 0; i < snippet->count; i++) {
		BUG_UNLESS(next < actions->count && actions->at[next].directive == &snippet->at[i]);
		while (next < actions->count && actions->at[next].directive == &snippet->at[i])
			next++;
	}
	BUG_UNLESS(next == actions->count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct snippet_value value = {
		.text = {size ? (const char *)data : "", size},
		.first = {.line = 1, .column = 1},
		.literal = true,
		.indent = size % 8,
	};
	struct snippet snippet;
	struct snippet_fault fault;
	struct arena arena;

	arena_init(&arena);
	if (!snippet_parse(&snippet, &arena, value.text, &fault)) {
		BUG_UNLESS(fault.text && fault.offset <= size);
		struct snippet_actions actions = snippet_read(&arena, &value);

		BUG_UNLESS(actions.count == 1 && actions.at[0].guard);
		arena_finish(&arena);
		return 0;
	}
	BUG_UNLESS(size <= SNIPPET_BYTES);
	BUG_UNLESS(check_directives(snippet.at, snippet.count, value.text) <= SNIPPET_DIRECTIVES);
	for (int place = SNIPPET_LOCATION; place <= SNIPPET_STREAM; place++) {
		value.place = (enum snippet_place)place;
		struct snippet_actions actions = snippet_classify(&arena, &snippet, &value);

		check_complete(&snippet, &actions);
		for (size_t i = 0; i < actions.count; i++)
			check_action(&arena, &actions.at[i]);
	}
	arena_finish(&arena);
	return 0;
}
