/* flags.h - flags are rows of tables.
 *
 * One table a group of commands makes the parser, the help texts, the OPTIONS of the man pages and
 * the completions. A row says where its value goes: an offset into a struct of values, one struct a
 * group.
 */
#ifndef CLI_FLAGS_H
#define CLI_FLAGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

/* Values of a flag that may be given several times, in the order they were given. */
struct texts {
	const char **at;
	size_t count;
};

enum flag_kind {
	FLAG_SWITCH,  /* bool; --name, --name=true, --name=false */
	FLAG_COUNT,   /* unsigned: how often it was given */
	FLAG_TEXT,    /* const char *: the last one counts */
	FLAG_LIST,    /* struct texts: every one */
	FLAG_COMMAS,  /* struct texts: every one, commas separate several */
	FLAG_CHOICE,  /* int: index into choices; the first is the default */
	FLAG_ALIAS,   /* another spelling: stands for `alias`, "channel=experimental" */
	FLAG_REFUSED, /* known from other tools, but not accepted: `help` says why */
};

struct flag {
	const char *name; /* long, without dashes */
	enum flag_kind kind;
	char letter;                /* short; 0 for none */
	bool inverted;              /* FLAG_SWITCH: the value is true when the flag is false */
	bool hidden;                /* accepted, but not shown */
	const char *argument;       /* "NS/NAME"; NULL for switches */
	const char *help;           /* one sentence without capital and full stop */
	const char *more;           /* what --help and the man page add, whole sentences; or NULL */
	const char *const *choices; /* FLAG_CHOICE, NULL-ended */
	const char *(*word)(size_t); /* words for completion, NULL at the end; NULL: file names */
	const char *alias;
	size_t offset;
};

struct flag_group {
	const char *title; /* "Inputs" */
	const struct flag *flags;
	size_t count;
};

/* A group with the struct its values go to. */
struct flag_place {
	const struct flag_group *group; /* NULL ends the list */
	void *values;
};

struct flag_parser {
	const struct flag_place *places;
	struct arena *arena; /* owns lists and split texts */
	bool stop_early;     /* stop at the first argument that is no flag, leave the rest */
	struct texts rest;   /* arguments that are no flags */
	int used;            /* arguments read, argv[0] not counted */

	/* Private: values that were set, and how many of them before the last flags_seal(). */
	void **given;
	size_t given_count, sealed;
};

/* Reads argv[1...]: --flag=value, --flag value, -f value, -fvalue, -f=value, -qv; "--" ends the
 * flags and a single "-" is no flag. False with a sentence for the user when a flag is unknown
 * (with the nearest known one), or its value is missing or not one of its choices. */
bool flags_parse(struct flag_parser *parser, int argc, char **argv, struct error *error);

/* Sets a flag from elsewhere (environment, configuration) unless it was set before the last seal: what
 * comes first wins, and a list is taken whole from where it was found first. A flag that no group has is
 * passed over. */
bool flags_default(struct flag_parser *parser, const char *name, const char *value,
		   struct error *error);
void flags_seal(struct flag_parser *parser);

/* By long name without dashes; NULL when no group has it. */
const struct flag *flags_find(const struct flag_place *places, struct str name);

/* The nearest of some words within two edits, for "did you mean"; NULL for none. */
const char *flags_nearest(const char *const *words, size_t count, struct str word);

/* One line a flag: "  -f, --filename=PATH   read this file ..." wrapped to `width` columns; with
 * `more` the longer explanation and the choices too. Hidden flags are left out. */
void flags_help(struct buf *buf, const struct flag_group *group, unsigned width, bool more);

/* The same as scdoc source for the OPTIONS of a man page. */
void flags_scd(struct buf *buf, const struct flag_group *group);

/* Text wrapped to `width` columns, every line indented; the first one continues a line that has
 * `column` columns already. Ends with a newline. */
void text_wrap(struct buf *buf, struct str text, size_t column, unsigned indent, unsigned width);

#endif
