#include "cli/cmd.h"

#include <unistd.h>

#include "cli/config.h"
#include "report/report.h"

struct help_values {
	bool scd;
};

static const struct flag flags[] = {
	{
		.name = "flags-scd",
		.kind = FLAG_SWITCH,
		.hidden = true,
		.help = "print the OPTIONS of a command's man page",
		.offset = offsetof(struct help_values, scd),
	},
};

static const struct flag_group group = {"Help", flags, sizeof flags / sizeof *flags};
static const struct flag_section sections[] = {{&group, 0}, {NULL, 0}};

static void add_config(struct buf *buf);
static void add_formats(struct buf *buf);
static void add_topics(struct buf *buf);

static const struct {
	const char *name, *text;
	void (*add)(struct buf *buf); /* when tables say it */
} topics[] = {
	{"config", NULL, add_config},
	{"environment",
	 "INGRESS2GW_CONFIG                  a configuration file; as --config\n"
	 "INGRESS2GW_<FLAG>                  value of a flag that the configuration has, as in\n"
	 "                                   INGRESS2GW_FAIL_ON=warning; see ingress2gw help "
	 "config\n"
	 "XDG_CONFIG_HOME                    where ingress2gw/config.yaml of the user is; "
	 "~/.config "
	 "without it\n"
	 "INGRESS2GW_COLOR                   auto, always or never; as --color\n"
	 "NO_COLOR                           not empty: no colour\n"
	 "CLICOLOR_FORCE, FORCE_COLOR        neither empty nor 0: colour, also into files and "
	 "pipes\n"
	 "TERM                               dumb: no colour\n"
	 "COLUMNS                            width of text for people; else that of the terminal, "
	 "or 100\n"
	 "TMPDIR                             where standard input is kept while the program runs\n"
	 "\n"
	 "The first of a flag, INGRESS2GW_COLOR, NO_COLOR, CLICOLOR_FORCE and FORCE_COLOR, TERM "
	 "that\n"
	 "says something decides about colour; otherwise there is colour on terminals only.\n"
	 "There is no telemetry and no check for updates.\n",
	 NULL},
	{"exit-status",
	 "0      done\n"
	 "1      done, and there is something to look at: a finding at or above --fail-on (errors, "
	 "when\n"
	 "       the flag is not given); verify: a difference that no finding covers; match and\n"
	 "       diff: a difference; plan: something has to be decided first; explain: a name "
	 "that\n"
	 "       is not known\n"
	 "2      the answer is incomplete: bad usage, unreadable input, output that cannot be "
	 "written\n"
	 "128+n  ended by signal n; a reader that closes the pipe ends the program without a word\n"
	 "\n"
	 "A YAML error in a file is a finding. --fail-on=never turns status 1 off.\n",
	 NULL},
	{"formats", NULL, add_formats},
	{"topics", NULL, add_topics},
};

static void add_topics(struct buf *buf)
{
	for (size_t i = 0; i < sizeof topics / sizeof *topics; i++)
		buf_format(buf, "  %s\n", topics[i].name);
}

static const char *word(size_t index)
{
	enum { TOPICS = sizeof topics / sizeof *topics };

	if (index < TOPICS)
		return topics[index].name;
	return commands[index - TOPICS] ? commands[index - TOPICS]->name : NULL;
}

static int unknown(const char *name)
{
	const char *names[64];
	size_t count = 0;

	while (count < sizeof names / sizeof *names && (names[count] = word(count)))
		count++;

	const char *near = flags_nearest(names, count, str_from(name));

	if (near)
		return say_error("no help on '%s'; did you mean '%s'?", name, near);
	return say_error("no help on '%s'; see 'ingress2gw help'", name);
}

static void add_scd(struct buf *buf, const struct command *command)
{
	for (const struct flag_section *at = command->sections; at && at->group; at++)
		flags_scd(buf, at->group);
	flags_scd(buf, &global_flags);
}

static void add_formats(struct buf *buf)
{
	buf_text(buf, "Objects of convert (-o), on standard output:\n"
		      "  yaml      documents as kubectl prints them, with comments that say where "
		      "each came from\n"
		      "  json      a List\n"
		      "  name      one KIND/NAME a line\n"
		      "\n"
		      "Findings (-o FORMAT or FORMAT=FILE, also of convert with =FILE):\n");
	for (size_t i = 0; i < report_format_count; i++)
		buf_format(buf, "  %-8s  %s\n", report_formats[i].name, report_formats[i].title);
	buf_text(buf, "\n"
		      "JSON has \"version\": 1; fields are added, never renamed: "
		      "ingress2gw-findings(5).\n"
		      "The ledger (convert --report=FILE) says what became of each host, path, "
		      "backend, annotation\n"
		      "and option: .json for programs, .txt for people.\n");
}

static void add_config(struct buf *buf)
{
	buf_text(buf,
		 "Read are the project's .ingress2gw.yaml, looked for from the current "
		 "directory up to the root of\n"
		 "the repository, and the user's ~/.config/ingress2gw/config.yaml. What is "
		 "nearer wins: the command\n"
		 "line, then INGRESS2GW_<FLAG>, then the project, then the user. "
		 "--config=FILE stands for the\n"
		 "project's file, --no-config for none. Keys stand for flags; any other key is "
		 "an error.\n\n");
	for (size_t i = 0; config_key(i); i++)
		buf_format(buf, "  %-32s  --%s\n", config_key(i), config_flag(i));
	buf_text(buf, "\nSee ingress2gw.yaml(5).\n");
}

static int help_on(struct cli *cli, const char *name, bool scd)
{
	const struct command *command = command_find(str_from(name));
	struct buf buf;

	buf_init(&buf);
	if (command && scd) {
		add_scd(&buf, command);
		return cli_print(&buf);
	}
	if (command) {
		help_command(&buf, command, cli->out.width, true);
		return cli_print(&buf);
	}
	for (size_t i = 0; i < sizeof topics / sizeof *topics; i++)
		if (strcmp(topics[i].name, name) == 0) {
			if (topics[i].add)
				topics[i].add(&buf);
			else
				buf_text(&buf, topics[i].text);
			return cli_print(&buf);
		}
	return unknown(name);
}

static int run(struct cli *cli, const void *values)
{
	const struct help_values *help = values;
	struct buf buf;

	if (cli->args.count > 1)
		return say_error("help takes one command or topic");
	if (cli->args.count == 1)
		return help_on(cli, cli->args.at[0], help->scd);
	buf_init(&buf);
	help_program(&buf, cli->out.width);
	buf_text(&buf, "\nTopics\n");
	add_topics(&buf);
	return cli_print(&buf);
}

const struct command cmd_help = {
	.name = "help",
	.summary = "help on a command or topic",
	.usage = "[COMMAND | TOPIC]",
	.description = "Explains a command with all its flags, or one of the topics config, "
		       "environment, exit-status, formats and topics.",
	.sections = sections,
	.values_size = sizeof(struct help_values),
	.word = word,
	.run = run,
};
