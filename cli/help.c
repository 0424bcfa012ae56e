/* Help texts of the program and of a command. */
#include "cli/cmd.h"

#include <unistd.h>

enum { NAME_COLUMN = 14 };

void help_program(struct buf *buf, unsigned width)
{
	buf_text(
		buf,
		"Convert Kubernetes Ingress to Gateway API.\n\n"
		"  ingress2gw convert deploy/ | kubectl apply -f -      write Gateway API objects\n"
		"  helm template . | ingress2gw lint -                  what would break?\n"
		"  ingress2gw convert deploy/ --emitter=envoy-gateway   for one implementation\n"
		"  ingress2gw explain I2G301                            what a finding means\n\n"
		"Commands\n");
	for (size_t i = 0; commands[i]; i++) {
		buf_format(buf, "  %-*s", NAME_COLUMN - 2, commands[i]->name);
		text_wrap(buf, str_from(commands[i]->summary), NAME_COLUMN, NAME_COLUMN, width);
	}
	buf_text(buf, "\n'ingress2gw help COMMAND' says more, and so does 'man ingress2gw'.\n");
}

static void add_examples(struct buf *buf, const char *examples)
{
	struct str rest = str_from(examples), line;
	bool more = true;

	buf_text(buf, "Examples\n");
	while (str_split(&rest, '\n', &more, &line)) {
		buf_text(buf, "  ");
		buf_str(buf, line);
		buf_char(buf, '\n');
	}
	buf_char(buf, '\n');
}

static void add_flags(struct buf *buf, const struct command *command, unsigned width, bool more)
{
	for (const struct flag_section *at = command->sections; at && at->group; at++) {
		flags_help(buf, at->group, width, more);
		buf_char(buf, '\n');
	}
	flags_help(buf, &global_flags, width, more);
}

void help_command(struct buf *buf, const struct command *command, unsigned width, bool more)
{
	buf_format(buf, "Usage: ingress2gw %s%s%s\n\n", command->name, *command->usage ? " " : "",
		   command->usage);
	text_wrap(buf, str_from(more ? command->description : command->summary), 0, 0, width);
	buf_char(buf, '\n');
	if (command->examples)
		add_examples(buf, command->examples);
	add_flags(buf, command, width, more);
}

int help_no_input(const struct cli *cli, const struct command *command)
{
	struct buf buf;

	buf_init(&buf);
	help_command(&buf, command, cli->err.width, false);
	say_bytes(STDERR_FILENO, "standard error", buf_slice(&buf));
	buf_finish(&buf);
	return STATUS_INCOMPLETE;
}
