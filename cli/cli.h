/* cli.h - commands are rows: one file cmd_<command>.c and one row in commands.c.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "cli/flags.h"
#include "cli/say.h"
#include "cli/term.h"

/* Values of the flags that every command has. */
struct global_values {
	int colour; /* enum term_colour */
	bool quiet;
	unsigned verbose;
	bool help, short_help, version;
	const char *config; /* --config */
	bool no_config;
};

extern const struct flag_group global_flags;

/* One run of the program. */
struct cli {
	struct arena arena;
	struct global_values global;
	struct term out, err;
	const char *command; /* its name */
	struct texts args;   /* what follows the command and is no flag */
	struct str project;  /* directory of the project's configuration; empty: there is none */
};

struct flag_section {
	const struct flag_group *group; /* NULL ends the list */
	size_t offset;                  /* of its values in the command's struct of values */
};

struct command {
	const char *name;
	const char *summary;     /* one line, lower case, no full stop */
	const char *usage;       /* what follows the name: "[flags] PATH..." */
	const char *description; /* for --help: whole sentences */
	const char *examples;    /* lines, without indentation */
	const struct flag_section *sections;
	size_t values_size;          /* of the struct of values, 0 when there are no own flags */
	const char *(*word)(size_t); /* words for completion of arguments; NULL: file names */
	int (*run)(struct cli *cli, const void *values);
};

extern const struct command *const commands[]; /* in the order of help, NULL-ended */

/* By name or by a spelling known from other tools (print); NULL when unknown. */
const struct command *command_find(struct str name);

/* Short help of the program / help of a command, short or long. */
void help_program(struct buf *buf, unsigned width);
void help_command(struct buf *buf, const struct command *command, unsigned width, bool more);

/* A command without input: its short help on standard error, and STATUS_INCOMPLETE. */
int help_no_input(const struct cli *cli, const struct command *command);

/* Words for completion and for "did you mean". NULL behind the last. */
const char *word_provider(size_t index);
const char *word_emitter(size_t index);
const char *word_explain(size_t index);

/* Number of rows of a provider's table; a provider without that table says NULL. */
static inline size_t rows_of(const size_t *count)
{
	return count ? *count : 0;
}

/* Writes the buffer to standard output and frees it; the exit status of a command that does no more
 * than that. */
int cli_print(struct buf *buf);

#endif
