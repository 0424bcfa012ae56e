#include "cli/cmd.h"

#include <unistd.h>

#include "check/rules.h"
#include "converters/emitter.h"
#include "converters/provider.h"

const struct command *const commands[] = {
	&cmd_convert, &cmd_lint,       &cmd_audit,   &cmd_verify,   &cmd_diff,
	&cmd_plan,    &cmd_match,      &cmd_serve,   &cmd_validate, &cmd_explain,
	&cmd_list,    &cmd_completion, &cmd_version, &cmd_help,     NULL,
};

/* What other tools call it. */
static const struct {
	const char *spelling;
	const struct command *command;
} spellings[] = {
	{"print", &cmd_convert},
};

const struct command *command_find(struct str name)
{
	for (size_t i = 0; commands[i]; i++)
		if (str_is(name, commands[i]->name))
			return commands[i];
	for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++)
		if (str_is(name, spellings[i].spelling))
			return spellings[i].command;
	return NULL;
}

const char *word_provider(size_t index)
{
	return providers[index] ? providers[index]->name : NULL;
}

const char *word_emitter(size_t index)
{
	return emitters[index] ? emitters[index]->name : NULL;
}

/* Codes, rule names, then the annotations and options of every provider. */
const char *word_explain(size_t index)
{
	if (index < rule_count)
		return rules[index].code;
	index -= rule_count;
	if (index < rule_count)
		return rules[index].name;
	index -= rule_count;
	for (size_t i = 0; providers[i]; i++) {
		if (index < rows_of(providers[i]->annotation_count))
			return providers[i]->annotations[index].key;
		index -= rows_of(providers[i]->annotation_count);
		if (index < rows_of(providers[i]->option_count))
			return providers[i]->options[index].key;
		index -= rows_of(providers[i]->option_count);
	}
	return NULL;
}

int cli_print(struct buf *buf)
{
	bool ok = say_bytes(STDOUT_FILENO, "standard output", buf_slice(buf));

	buf_finish(buf);
	return ok ? STATUS_DONE : STATUS_INCOMPLETE;
}
