#include <stdlib.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "cli/cli.h"
#include "cli/cmd.h"
#include "cli/configure.h"
#include "cli/inputs.h"

static const char *const colours[] = {"auto", "always", "never", NULL};

static const struct flag flags[] = {
	/* The first row with a letter gets it: -h is the short help, --help the long one. */
	{
		.name = "short-help",
		.letter = 'h',
		.kind = FLAG_SWITCH,
		.hidden = true,
		.help = "short help",
		.offset = offsetof(struct global_values, short_help),
	},
	{
		.name = "help",
		.letter = 'h',
		.kind = FLAG_SWITCH,
		.help = "help; -h is short, --help says more",
		.offset = offsetof(struct global_values, help),
	},
	{
		.name = "quiet",
		.letter = 'q',
		.kind = FLAG_SWITCH,
		.help = "no summary on standard error",
		.offset = offsetof(struct global_values, quiet),
	},
	{
		.name = "verbose",
		.letter = 'v',
		.kind = FLAG_COUNT,
		.help = "say more",
		.offset = offsetof(struct global_values, verbose),
	},
	{
		.name = "color",
		.kind = FLAG_CHOICE,
		.choices = colours,
		.help = "colour in text for people",
		.offset = offsetof(struct global_values, colour),
	},
	{
		.name = "no-color",
		.kind = FLAG_ALIAS,
		.hidden = true,
		.alias = "color=never",
		.help = "the same as --color=never",
	},
	{
		.name = "config",
		.kind = FLAG_TEXT,
		.argument = "FILE",
		.help = "read this configuration instead of the project's .ingress2gw.yaml",
		.offset = offsetof(struct global_values, config),
	},
	{
		.name = "no-config",
		.kind = FLAG_SWITCH,
		.help = "read no configuration file",
		.offset = offsetof(struct global_values, no_config),
	},
	{
		.name = "version",
		.kind = FLAG_SWITCH,
		.help = "print the version",
		.offset = offsetof(struct global_values, version),
	},
};

const struct flag_group global_flags = {"Everywhere", flags, sizeof flags / sizeof *flags};

/* ---- one command ---- */

enum { SECTIONS_MOST = 6 };

static void init_terms(struct cli *cli)
{
	term_init(&cli->out, STDOUT_FILENO, (enum term_colour)cli->global.colour);
	term_init(&cli->err, STDERR_FILENO, (enum term_colour)cli->global.colour);
}

static int print_help(struct cli *cli, const struct command *command)
{
	struct buf buf;

	buf_init(&buf);
	if (command)
		help_command(&buf, command, cli->out.width, cli->global.help);
	else
		help_program(&buf, cli->out.width);
	return cli_print(&buf);
}

/* Configuration is about what is read and found; it must not change what tables are listed. */
static bool reads_input(const struct command *command)
{
	for (const struct flag_section *at = command->sections; at && at->group; at++)
		if (at->group == &input_flags)
			return true;
	return false;
}

/* argv[0] is the command's name. */
static int run_command(struct cli *cli, const struct command *command, int argc, char **argv)
{
	struct flag_place places[SECTIONS_MOST + 2] = {{NULL, NULL}};
	char *values = arena_alloc(&cli->arena, command->values_size + 1);
	struct flag_parser parser = {.places = places, .arena = &cli->arena};
	struct error error;
	size_t count = 0;

	for (const struct flag_section *at = command->sections; at && at->group; at++)
		places[count++] = (struct flag_place){at->group, values + at->offset};
	places[count] = (struct flag_place){&global_flags, &cli->global};
	if (!flags_parse(&parser, argc, argv, &error)) {
		say_error("%s", error.text);
		return say_hint("ingress2gw help %s", command->name);
	}
	cli->command = command->name;
	cli->args = parser.rest;
	init_terms(cli);
	if (cli->global.help || cli->global.short_help)
		return print_help(cli, command);
	if (cli->global.version)
		command = command_find(STR("version"));
	else if (reads_input(command) && !configure(cli, &parser))
		return STATUS_INCOMPLETE;
	return command->run(cli, values);
}

/* ---- choosing it ---- */

static int unknown_command(const char *name)
{
	const char *names[32];
	size_t count = 0;

	while (commands[count] && count < sizeof names / sizeof *names) {
		names[count] = commands[count]->name;
		count++;
	}

	const char *near = flags_nearest(names, count, str_from(name));

	if (near)
		return say_error("unknown command '%s'; did you mean '%s'?", name, near);
	return say_error("unknown command '%s'; see 'ingress2gw help'", name);
}

/* A bare call is bad usage: a script with an empty variable must not pass for success. */
static int no_command(struct cli *cli)
{
	struct buf buf;
	int status = STATUS_INCOMPLETE;

	if (cli->global.version)
		return command_find(STR("version"))->run(cli, NULL);
	if (cli->global.help || cli->global.short_help)
		return print_help(cli, NULL);
	buf_init(&buf);
	help_program(&buf, cli->err.width);
	say_bytes(STDERR_FILENO, "standard error", buf_slice(&buf));
	buf_finish(&buf);
	return status;
}

static int run(struct cli *cli, int argc, char **argv)
{
	const struct flag_place places[] = {{&global_flags, &cli->global}, {NULL, NULL}};
	struct flag_parser parser = {.places = places, .arena = &cli->arena, .stop_early = true};
	struct error error;

	if (!flags_parse(&parser, argc, argv, &error))
		return say_error("%s; see 'ingress2gw help'", error.text);
	init_terms(cli);
	argc -= parser.used + 1;
	argv += parser.used + 1;
	if (argc <= 0)
		return no_command(cli);

	const struct command *command = command_find(str_from(argv[0]));

	if (!command)
		return unknown_command(argv[0]);
	return run_command(cli, command, argc, argv);
}

/* glibc takes large blocks from the heap, which cannot give back its middle, once it has seen some of
 * them freed. Arrays and output that grow would leave their old places behind there. */
static void map_large_blocks(void)
{
#ifdef __GLIBC__
	mallopt(M_MMAP_THRESHOLD, 128 * 1024);
#endif
}

int main(int argc, char **argv)
{
	struct cli cli = {0};
	int status;

	map_large_blocks();
	arena_init(&cli.arena);
	status = run(&cli, argc, argv);
	arena_finish(&cli.arena);
	return status;
}
