/* snippet_case.h - what tests of snippets share: a text is read, and what its one directive became is looked at. */
#ifndef TESTS_SNIPPET_CASE_H
#define TESTS_SNIPPET_CASE_H

#include "arena_case.h"

#include "converters/from_ingress_nginx/snippet_rules.h"

static inline struct snippet_actions read_at(enum snippet_place place, const char *text)
{
	struct snippet_value value = {.text = str_from(text), .place = place};

	return snippet_read(&arena, &value);
}

/* The one action of a configuration-snippet. */
static inline struct snippet_action one_at(enum snippet_place place, const char *text)
{
	struct snippet_actions actions = read_at(place, text);

	if (actions.count != 1)
		fail_msg("'%s' gives %zu actions", text, actions.count);
	return actions.at[0];
}

static inline struct snippet_action one(const char *text)
{
	return one_at(SNIPPET_LOCATION, text);
}

static inline void assert_header(const char *text, enum snippet_kind kind, const char *name,
				 const char *value, bool approximate)
{
	struct snippet_action action = one(text);

	if (action.kind != kind)
		fail_msg("'%s' is of kind %d", text, (int)action.kind);
	assert_string_equal(action.code, "I2G248");
	assert_str(action.name, name);
	assert_str(action.value, value);
	assert_false(action.guard);
	assert_int_equal(action.approximate, approximate);
}

static inline void assert_kind(const char *text, enum snippet_kind kind, const char *part)
{
	struct snippet_action action = one(text);

	if (action.kind != kind)
		fail_msg("'%s' is of kind %d: %.*s", text, (int)action.kind,
			 STR_ARG(action.message));
	if (str_find_str(action.message, part) == SIZE_MAX)
		fail_msg("'%s': %.*s", text, STR_ARG(action.message));
	if (kind == SNIPPET_INERT)
		assert_null(action.code);
	else
		assert_non_null(action.code);
}

#endif
