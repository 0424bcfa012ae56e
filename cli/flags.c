#include "cli/flags.h"

#include "base/bug.h"

enum { NEAR = 2 };

/* A flag and the place of its value. */
struct target {
	const struct flag *flag;
	void *value;
};

static struct target find_long(const struct flag_place *places, struct str name)
{
	for (; places->group; places++)
		for (size_t i = 0; i < places->group->count; i++) {
			const struct flag *flag = &places->group->flags[i];

			if (str_is(name, flag->name))
				return (struct target){flag, (char *)places->values + flag->offset};
		}
	return (struct target){0};
}

static struct target find_letter(const struct flag_place *places, char letter)
{
	for (; places->group; places++)
		for (size_t i = 0; i < places->group->count; i++) {
			const struct flag *flag = &places->group->flags[i];

			if (flag->letter == letter)
				return (struct target){flag, (char *)places->values + flag->offset};
		}
	return (struct target){0};
}

const struct flag *flags_find(const struct flag_place *places, struct str name)
{
	return find_long(places, name).flag;
}

/* Edits from what was typed to a known word. A beginning of the word is as near as a typing error;
 * half of the letters exchanged is another word. */
static unsigned distance_of(struct str typed, const char *word)
{
	unsigned distance = str_distance(typed, str_from(word), NEAR);

	if (typed.len >= 3 && str_eq(typed, str_sub(str_from(word), 0, typed.len)))
		return distance < NEAR ? distance : NEAR;
	return distance * 2 <= typed.len ? distance : NEAR + 1;
}

const char *flags_nearest(const char *const *words, size_t count, struct str word)
{
	const char *best = NULL;
	unsigned least = NEAR + 1;

	for (size_t i = 0; i < count; i++) {
		unsigned distance = distance_of(word, words[i]);

		if (distance < least) {
			best = words[i];
			least = distance;
		}
	}
	return best;
}

static const char *nearest_flag(const struct flag_place *places, struct str name)
{
	const char *best = NULL;
	unsigned least = NEAR + 1;

	for (; places->group; places++)
		for (size_t i = 0; i < places->group->count; i++) {
			const struct flag *flag = &places->group->flags[i];
			unsigned distance = distance_of(name, flag->name);

			if (!flag->hidden && distance < least) {
				best = flag->name;
				least = distance;
			}
		}
	return best;
}

static bool unknown_flag(const struct flag_place *places, struct str name, struct error *error)
{
	const char *near = nearest_flag(places, name);

	if (near)
		return error_set(error, "unknown flag '--%.*s'; did you mean '--%s'?",
				 STR_ARG(name), near);
	return error_set(error, "unknown flag '--%.*s'", STR_ARG(name));
}

static bool takes_value(const struct flag *flag)
{
	return flag->kind != FLAG_SWITCH && flag->kind != FLAG_COUNT && flag->kind != FLAG_ALIAS &&
	       flag->kind != FLAG_REFUSED;
}

/* Whether it has a value of its own. */
static bool takes_place(const struct flag *flag)
{
	return flag->kind != FLAG_ALIAS && flag->kind != FLAG_REFUSED;
}

/* ---- storing values ---- */

static void add_text(struct arena *arena, struct texts *texts, const char *text)
{
	ARENA_PUSH(arena, texts->at, texts->count, text);
}

static void add_commas(struct arena *arena, struct texts *texts, const char *value)
{
	struct str rest = str_from(value), part;
	bool more = true;

	while (str_split(&rest, ',', &more, &part))
		if (part.len)
			add_text(arena, texts, str_dup(arena, part).at);
}

static bool set_switch(const struct target *target, const char *value, struct error *error)
{
	bool on = true;

	if (value && strcmp(value, "false") == 0)
		on = false;
	else if (value && strcmp(value, "true") != 0)
		return error_set(error, "--%s takes true or false, not '%s'", target->flag->name,
				 value);
	*(bool *)target->value = on != target->flag->inverted;
	return true;
}

static bool set_choice(const struct target *target, const char *value, struct error *error)
{
	const struct flag *flag = target->flag;
	size_t count = 0;

	BUG_UNLESS(value);
	for (; flag->choices[count]; count++)
		if (strcmp(flag->choices[count], value) == 0) {
			*(int *)target->value = (int)count;
			return true;
		}

	struct buf words;
	const char *near = flags_nearest(flag->choices, count, str_from(value));

	buf_init(&words);
	for (size_t i = 0; i < count; i++)
		buf_format(&words, "%s%s",
			   i == 0          ? ""
			   : i + 1 < count ? ", "
					   : " or ",
			   flag->choices[i]);
	if (near)
		error_set(error, "--%s cannot be '%s'; did you mean '%s'?", flag->name, value,
			  near);
	else
		error_set(error, "--%s cannot be '%s'; it can be %.*s", flag->name, value,
			  STR_ARG(buf_slice(&words)));
	buf_finish(&words);
	return false;
}

static bool set_alias(struct flag_parser *parser, const struct flag *flag, const char *value,
		      struct error *error);

static bool was_given(const struct flag_parser *parser, const void *value, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (parser->given[i] == value)
			return true;
	return false;
}

static void note_given(struct flag_parser *parser, const struct target *target)
{
	if (takes_place(target->flag) && !was_given(parser, target->value, parser->given_count))
		ARENA_PUSH(parser->arena, parser->given, parser->given_count, target->value);
}

/* `value` is NULL when none was given with "=". */
static bool set_value(struct flag_parser *parser, const struct target *target, const char *value,
		      struct error *error)
{
	note_given(parser, target);
	switch (target->flag->kind) {
	case FLAG_SWITCH:
		return set_switch(target, value, error);
	case FLAG_COUNT:
		++*(unsigned *)target->value;
		return true;
	case FLAG_TEXT:
		*(const char **)target->value = value;
		return true;
	case FLAG_LIST:
		add_text(parser->arena, target->value, value);
		return true;
	case FLAG_COMMAS:
		add_commas(parser->arena, target->value, value);
		return true;
	case FLAG_CHOICE:
		return set_choice(target, value, error);
	case FLAG_ALIAS:
		return set_alias(parser, target->flag, value, error);
	case FLAG_REFUSED:
		return error_set(error, "--%s is not accepted: %s", target->flag->name,
				 target->flag->help);
	}
	BUG("flag %s has no kind", target->flag->name);
}

static bool set_alias(struct flag_parser *parser, const struct flag *flag, const char *value,
		      struct error *error)
{
	struct str name = str_from(flag->alias);
	size_t equals = str_find(name, '=');
	struct target target = find_long(parser->places, str_sub(name, 0, equals));

	if (value && strcmp(value, "false") == 0)
		return true;
	BUG_UNLESS(target.flag && equals != SIZE_MAX);
	return set_value(parser, &target, flag->alias + equals + 1, error);
}

/* ---- reading arguments ---- */

struct cursor {
	int argc, at;
	char **argv;
};

/* The value behind a flag: what stands in the same argument, or else the next argument. */
static bool take_value(struct cursor *cursor, const char *shown, const char **value,
		       struct error *error)
{
	if (*value)
		return true;
	if (cursor->at >= cursor->argc)
		return error_set(error, "%s needs a value", shown);
	*value = cursor->argv[cursor->at++];
	return true;
}

static bool read_long(struct flag_parser *parser, struct cursor *cursor, const char *arg,
		      struct error *error)
{
	struct str name = str_from(arg + 2);
	size_t equals = str_find(name, '=');
	const char *value = equals == SIZE_MAX ? NULL : arg + 2 + equals + 1;
	struct target target;

	name = str_sub(name, 0, equals);
	target = find_long(parser->places, name);
	if (!target.flag)
		return unknown_flag(parser->places, name, error);
	if (takes_value(target.flag) && !take_value(cursor, arg, &value, error))
		return false;
	return set_value(parser, &target, value, error);
}

static bool read_letters(struct flag_parser *parser, struct cursor *cursor, const char *arg,
			 struct error *error)
{
	for (const char *at = arg + 1; *at; at++) {
		struct target target = find_letter(parser->places, *at);
		char shown[] = {'-', *at, '\0'};
		const char *value = at[1] == '=' ? at + 2 : NULL;

		if (!target.flag)
			return error_set(error, "unknown flag '-%c'", *at);
		if (!takes_value(target.flag)) {
			if (!set_value(parser, &target, value, error))
				return false;
			if (value)
				return true;
			continue;
		}
		if (!value && at[1])
			value = at + 1;
		return take_value(cursor, shown, &value, error) &&
		       set_value(parser, &target, value, error);
	}
	return true;
}

static bool read_all(struct flag_parser *parser, struct cursor *cursor, struct error *error)
{
	bool flags_end = false;

	while (cursor->at < cursor->argc) {
		const char *arg = cursor->argv[cursor->at];
		bool ok = true;

		if (flags_end || arg[0] != '-' || arg[1] == '\0') {
			if (parser->stop_early)
				return true;
			add_text(parser->arena, &parser->rest, arg);
			cursor->at++;
			continue;
		}
		cursor->at++;
		if (strcmp(arg, "--") == 0)
			flags_end = true;
		else if (arg[1] == '-')
			ok = read_long(parser, cursor, arg, error);
		else
			ok = read_letters(parser, cursor, arg, error);
		if (!ok)
			return false;
	}
	return true;
}

bool flags_parse(struct flag_parser *parser, int argc, char **argv, struct error *error)
{
	struct cursor cursor = {.argc = argc, .argv = argv, .at = 1};
	bool ok = read_all(parser, &cursor, error);

	parser->used = cursor.at - 1;
	return ok;
}

/* ---- other places than the command line ---- */

void flags_seal(struct flag_parser *parser)
{
	parser->sealed = parser->given_count;
}

bool flags_default(struct flag_parser *parser, const char *name, const char *value,
		   struct error *error)
{
	struct target target = find_long(parser->places, str_from(name));

	if (!target.flag || was_given(parser, target.value, parser->sealed))
		return true;
	return set_value(parser, &target, value, error);
}
