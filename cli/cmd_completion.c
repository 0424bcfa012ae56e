#include "cli/cmd.h"

/* Completion scripts are made from the command table and the flag tables, so they cannot disagree
 * with the program. They are self-contained: the shell does not run the program to complete. */

/* ---- what there is to complete ---- */

static bool has_value(const struct flag *flag)
{
	return flag->argument || flag->kind == FLAG_CHOICE;
}

static const char *choice_word(const struct flag *flag, size_t index)
{
	return flag->kind == FLAG_CHOICE ? flag->choices[index] : flag->word(index);
}

/* Whether the values of a flag are known words. */
static bool has_words(const struct flag *flag)
{
	return flag->kind == FLAG_CHOICE || flag->word;
}

static void add_words(struct buf *buf, const struct flag *flag)
{
	const char *word;

	for (size_t i = 0; (word = choice_word(flag, i)); i++)
		buf_format(buf, "%s%s", i ? " " : "", word);
}

/* Calls `add` for each flag of a command that is shown. */
static void each_flag(struct buf *buf, const struct command *command,
		      void (*add)(struct buf *buf, const struct command *command,
				  const struct flag *flag))
{
	static const struct flag_section none = {NULL, 0};
	const struct flag_section *at = command->sections ? command->sections : &none;

	for (; at->group; at++)
		for (size_t i = 0; i < at->group->count; i++)
			if (!at->group->flags[i].hidden)
				add(buf, command, &at->group->flags[i]);
	for (size_t i = 0; i < global_flags.count; i++)
		if (!global_flags.flags[i].hidden)
			add(buf, command, &global_flags.flags[i]);
}

static void add_arguments(struct buf *buf, const struct command *command)
{
	const char *word;

	for (size_t i = 0; (word = command->word(i)); i++)
		buf_format(buf, "%s%s", i ? " " : "", word);
}

static void add_commands(struct buf *buf)
{
	for (size_t i = 0; commands[i]; i++)
		buf_format(buf, "%s%s", i ? " " : "", commands[i]->name);
}

/* ---- bash ---- */

static void bash_name(struct buf *buf, const struct command *command, const struct flag *flag)
{
	(void)command;
	buf_format(buf, "--%s%s ", flag->name, has_value(flag) ? "=" : "");
}

static void bash_pattern(struct buf *buf, const struct command *command, const struct flag *flag)
{
	buf_format(buf, "\t'%s --%s'", command->name, flag->name);
	if (flag->letter)
		buf_format(buf, "|'%s -%c'", command->name, flag->letter);
}

static void bash_value(struct buf *buf, const struct command *command, const struct flag *flag)
{
	if (!has_value(flag))
		return;
	bash_pattern(buf, command, flag);
	buf_text(buf, ")\n\t\t");
	if (has_words(flag)) {
		buf_text(buf, "COMPREPLY=($(compgen -W '");
		add_words(buf, flag);
		buf_text(buf, "' -- \"$cur\"))");
	} else {
		buf_text(buf, "compopt -o filenames; COMPREPLY=($(compgen -f -- \"$cur\"))");
	}
	buf_text(buf, "\n\t\treturn\n\t\t;;\n");
}

static void bash_command(struct buf *buf, const struct command *command)
{
	buf_format(buf, "\t%s)\n\t\tflags='", command->name);
	each_flag(buf, command, bash_name);
	buf_text(buf, "'\n");
	if (command->word) {
		buf_text(buf, "\t\twords='");
		add_arguments(buf, command);
		buf_text(buf, "'\n");
	}
	buf_text(buf, "\t\t;;\n");
}

/* Bash splits --flag=value at the equals sign. */
static void write_bash(struct buf *buf)
{
	buf_text(buf, "# bash completion for ingress2gw\n"
		      "_ingress2gw()\n"
		      "{\n"
		      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} command= flag= flags= words= i\n"
		      "\tlocal before=${COMP_WORDS[COMP_CWORD - 1]}\n"
		      "\tCOMPREPLY=()\n"
		      "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		      "\t\tif [[ ${COMP_WORDS[i]} != -* ]]; then\n"
		      "\t\t\tcommand=${COMP_WORDS[i]}\n"
		      "\t\t\tbreak\n"
		      "\t\tfi\n"
		      "\tdone\n"
		      "\tif [[ $cur == = ]]; then\n"
		      "\t\tflag=$before\n"
		      "\t\tcur=\n"
		      "\telif [[ $before == = ]]; then\n"
		      "\t\tflag=${COMP_WORDS[COMP_CWORD - 2]}\n"
		      "\telif [[ $before == -* ]]; then\n"
		      "\t\tflag=$before\n"
		      "\tfi\n"
		      "\tcase \"$command $flag\" in\n");
	for (size_t i = 0; commands[i]; i++)
		each_flag(buf, commands[i], bash_value);
	buf_text(buf, "\tesac\n\tcase $command in\n\t'')\n\t\twords='");
	add_commands(buf);
	buf_text(buf, "'\n\t\tflags='");
	for (size_t i = 0; i < global_flags.count; i++)
		if (!global_flags.flags[i].hidden)
			bash_name(buf, NULL, &global_flags.flags[i]);
	buf_text(buf, "'\n\t\t;;\n");
	for (size_t i = 0; commands[i]; i++)
		bash_command(buf, commands[i]);
	buf_text(buf, "\tesac\n"
		      "\tif [[ $cur == -* ]]; then\n"
		      "\t\tCOMPREPLY=($(compgen -W \"$flags\" -- \"$cur\"))\n"
		      "\t\t[[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace\n"
		      "\telif [[ -n $words ]]; then\n"
		      "\t\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
		      "\telse\n"
		      "\t\tcompopt -o filenames\n"
		      "\t\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n"
		      "\tfi\n"
		      "}\n"
		      "complete -F _ingress2gw ingress2gw\n");
}

/* ---- zsh ---- */

/* Inside '...[help]': a quote would end the word, brackets and colons the part. */
static void zsh_help(struct buf *buf, const char *help)
{
	for (; *help; help++) {
		if (*help == '\'') {
			buf_text(buf, "'\\''");
			continue;
		}
		if (strchr("[]:\\", *help))
			buf_char(buf, '\\');
		buf_char(buf, *help);
	}
}

static void zsh_action(struct buf *buf, const struct flag *flag)
{
	buf_format(buf, ":%s:", flag->name);
	if (has_words(flag)) {
		buf_char(buf, '(');
		add_words(buf, flag);
		buf_char(buf, ')');
	} else {
		buf_text(buf, "_files");
	}
}

static void zsh_flag(struct buf *buf, const struct command *command, const struct flag *flag)
{
	bool repeats =
		flag->kind == FLAG_LIST || flag->kind == FLAG_COMMAS || flag->kind == FLAG_COUNT;

	(void)command;
	for (int form = flag->letter ? 0 : 1; form < 2; form++) {
		buf_format(buf, "\t\t\t'%s", repeats ? "*" : "");
		if (form == 0)
			buf_format(buf, "-%c%s[", flag->letter, has_value(flag) ? "+" : "");
		else
			buf_format(buf, "--%s%s[", flag->name, has_value(flag) ? "=" : "");
		zsh_help(buf, flag->help);
		buf_char(buf, ']');
		if (has_value(flag))
			zsh_action(buf, flag);
		buf_text(buf, "' \\\n");
	}
}

static void zsh_command(struct buf *buf, const struct command *command)
{
	buf_format(buf, "\t\t%s)\n\t\t\t_arguments \\\n", command->name);
	each_flag(buf, command, zsh_flag);
	if (command->word) {
		buf_text(buf, "\t\t\t'*:name:(");
		add_arguments(buf, command);
		buf_text(buf, ")'\n");
	} else {
		buf_text(buf, "\t\t\t'*:file:_files'\n");
	}
	buf_text(buf, "\t\t\t;;\n");
}

static void write_zsh(struct buf *buf)
{
	buf_text(buf, "#compdef ingress2gw\n"
		      "_ingress2gw()\n"
		      "{\n"
		      "\tlocal -a commands\n"
		      "\tlocal state line curcontext=$curcontext\n"
		      "\tcommands=(\n");
	for (size_t i = 0; commands[i]; i++) {
		buf_format(buf, "\t\t'%s:", commands[i]->name);
		zsh_help(buf, commands[i]->summary);
		buf_text(buf, "'\n");
	}
	buf_text(buf, "\t)\n"
		      "\t_arguments -C '1:command:->command' '*::argument:->argument'\n"
		      "\tcase $state in\n"
		      "\tcommand)\n"
		      "\t\t_describe command commands\n"
		      "\t\t;;\n"
		      "\targument)\n"
		      "\t\tcase $words[1] in\n");
	for (size_t i = 0; commands[i]; i++)
		zsh_command(buf, commands[i]);
	buf_text(buf, "\t\tesac\n"
		      "\t\t;;\n"
		      "\tesac\n"
		      "}\n"
		      "if [ \"$funcstack[1]\" = _ingress2gw ]; then\n"
		      "\t_ingress2gw \"$@\"\n"
		      "else\n"
		      "\tcompdef _ingress2gw ingress2gw\n"
		      "fi\n");
}

/* ---- fish ---- */

static void fish_quoted(struct buf *buf, const char *text)
{
	buf_char(buf, '\'');
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			buf_char(buf, '\\');
		buf_char(buf, *text);
	}
	buf_char(buf, '\'');
}

static void fish_flag(struct buf *buf, const struct command *command, const struct flag *flag)
{
	buf_format(buf, "complete -c ingress2gw -n '__fish_seen_subcommand_from %s' -l %s",
		   command->name, flag->name);
	if (flag->letter)
		buf_format(buf, " -s %c", flag->letter);
	if (has_value(flag) && has_words(flag)) {
		buf_text(buf, " -x -a '");
		add_words(buf, flag);
		buf_char(buf, '\'');
	} else if (has_value(flag)) {
		buf_text(buf, " -r -F");
	}
	buf_text(buf, " -d ");
	fish_quoted(buf, flag->help);
	buf_char(buf, '\n');
}

static void write_fish(struct buf *buf)
{
	buf_text(buf, "# fish completion for ingress2gw\ncomplete -c ingress2gw -f\n");
	for (size_t i = 0; commands[i]; i++) {
		const struct command *command = commands[i];

		buf_format(buf, "complete -c ingress2gw -n __fish_use_subcommand -a %s -d ",
			   command->name);
		fish_quoted(buf, command->summary);
		buf_char(buf, '\n');
		buf_format(buf, "complete -c ingress2gw -n '__fish_seen_subcommand_from %s' ",
			   command->name);
		if (command->word) {
			buf_text(buf, "-a '");
			add_arguments(buf, command);
			buf_text(buf, "'\n");
		} else {
			buf_text(buf, "-F\n");
		}
		each_flag(buf, command, fish_flag);
	}
}

/* ---- the command ---- */

static const struct {
	const char *name;
	void (*write)(struct buf *buf);
} shells[] = {
	{"bash", write_bash},
	{"fish", write_fish},
	{"zsh", write_zsh},
};

static const char *word(size_t index)
{
	return index < sizeof shells / sizeof *shells ? shells[index].name : NULL;
}

static int run(struct cli *cli, const void *values)
{
	struct buf buf;

	(void)values;
	if (cli->args.count != 1)
		return say_error("completion takes the name of a shell: bash, fish or zsh");
	for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
		if (strcmp(shells[i].name, cli->args.at[0]) == 0) {
			buf_init(&buf);
			shells[i].write(&buf);
			return cli_print(&buf);
		}
	return say_error("there is no completion for '%s'; there is one for bash, fish and zsh",
			 cli->args.at[0]);
}

const struct command cmd_completion = {
	.name = "completion",
	.summary = "print a completion script for a shell",
	.usage = "SHELL",
	.description = "SHELL is bash, fish or zsh. The script completes commands, flags, their "
		       "values, codes and file names.",
	.examples = "source <(ingress2gw completion bash)\n"
		    "ingress2gw completion fish > ~/.config/fish/completions/ingress2gw.fish",
	.word = word,
	.run = run,
};
